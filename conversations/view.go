package conversations

import (
	"fmt"
	"slices"

	"cartwright/commerce"
)

// view makes the prompt that a state calls for, from the facts. It is pure, so a prompt
// can always be shown again.
func view(s state, f facts) Prompt {
	var p Prompt
	switch {
	case denial(s.Step, f) != nil:
		p = refusal(s.Step, f)
		s.Issues = nil
	case s.Step == stepList:
		p = listPrompt(s, f)
	case s.Step == stepDetails:
		p = detailsPrompt(s, f)
	case s.Step == stepCart:
		p = cartPrompt(s, f)
	case s.Step == stepCheck:
		p = checkPrompt(s, f)
	case s.Step == stepPayment:
		p = paymentPrompt(s, f)
	case s.Step == stepSubmitted:
		p = submittedPrompt(f)
	case s.Step == stepOrders:
		p = ordersPrompt(s, f)
	case s.Step == stepOrder:
		p = orderPrompt(f.order, f.assigned, f.link, f)
	case s.Step == stepPeople:
		p = peoplePrompt(s, f)
	case s.Step == stepApprovals:
		p = approvalsPrompt(f)
	case s.Step == stepDelegate:
		p = delegatePrompt(s, f)
	case s.Step == stepApproval && f.order.Approval != nil:
		p = approvalPrompt(f.order, f.request, mayVote(f.order, f), f)
	case s.Step == stepReject && f.order.Approval != nil:
		p = rejectPrompt(s, f)
	case s.Step == stepPropose && f.order.Approval != nil:
		p = proposePrompt(s, f)
	case s.Step == stepExplain && f.order.Approval != nil:
		p = explainPrompt(s, f)
	case s.Step == stepExplain, s.Step == stepApproval, s.Step == stepReject, s.Step == stepPropose:
		p = orderPrompt(f.order, f.assigned, f.link, f)
	case s.Step == stepHelp:
		p = helpPrompt(f)
	case s.Step == stepClosed:
		p = closedPrompt(s, f)
	default:
		p = licencesPrompt(s, f)
	}
	p.Organisation, p.Locale, p.Again = f.org.Name, f.words.Lang(), againRef(p, s)
	p.Notices = append(notices(s, f), p.Notices...)
	return p
}

// againRef leads to the prompt's fields once more, "" where it has none.
func againRef(p Prompt, s state) string {
	switch at := step(p.Name); {
	case len(p.Fields) == 0:
		return ""
	case at == stepDetails:
		return makeRef(verbAgain, p.Name, s.Form.Offer, s.Form.Line, s.Form.Revision)
	case at == stepRenew:
		return makeRef(verbAgain, p.Name, s.Licences.SKU)
	case at == stepExplain:
		return makeRef(verbAgain, p.Name, s.Order)
	case at == stepReject, at == stepPropose:
		return makeRef(verbAgain, p.Name, s.Order, s.Shown)
	}
	return makeRef(verbAgain, p.Name)
}

// notices are the sentences of what just happened; those of a field stand at the field.
func notices(s state, f facts) []Notice {
	var all []Notice
	for _, i := range s.Issues {
		if i.field == "" {
			all = append(all, Notice{Tone: i.tone, Text: i.text(f)})
		}
	}
	return all
}

func (i issue) text(f facts) string {
	if i.err != nil {
		return sentence(f, i.err)
	}
	args := slices.Clone(i.args)
	for n, a := range args {
		if texts, ok := a.([]string); ok {
			args[n] = f.words.List(texts)
		}
	}
	if i.n != nil {
		return f.words.N(i.key, *i.n, args...)
	}
	return f.words.T(i.key, args...)
}

// fieldError is what is wrong with a field, "" for nothing.
func fieldError(s state, f facts, key string) string {
	for _, i := range s.Issues {
		if i.field == key {
			return i.text(f)
		}
	}
	return ""
}

// sentence is a coded error in the person's words: what happened, what is kept, what to
// do. An uncoded one never comes here.
func sentence(f facts, err error) string {
	var args []any
	refusal, _ := err.(*commerce.Error) //nolint:errorlint // a refusal is handed on as it is; a wrapped one reads as internal
	if refusal != nil {
		for name, value := range refusal.Args {
			args = append(args, name, spoken(f, name, value))
		}
	}
	code := commerce.CodeOf(err)
	if code == commerce.CodeAtMicrosoft {
		args = append(args, "link", f.cloud().products)
	}
	if code == commerce.CodeQuantity && refusal.Args["max"] == commerce.MaxQuantity {
		return f.words.T("error.quantity", args...)
	}
	if ask, ok := argList(refusal, "ask"); ok && len(ask) == 0 {
		return f.words.T("error."+string(code)+".nobody", args...)
	}
	return f.words.T("error."+string(code), args...)
}

func argList(e *commerce.Error, name string) ([]string, bool) {
	if e == nil {
		return nil, false
	}
	list, ok := e.Args[name].([]string)
	return list, ok
}

// spoken is an error's argument in the person's words.
func spoken(f facts, name string, value any) any {
	switch v := value.(type) {
	case []string:
		return f.words.Or(v)
	case string:
		if name == "state" || name == "verdict" {
			return f.words.T(name + "." + v)
		}
		return v
	case int:
		return v
	}
	return fmt.Sprint(value)
}

// trouble is the prompt of an event that could not be served.
func trouble(f facts, err error) Prompt {
	p := Prompt{
		Name: "trouble", Organisation: f.org.Name, Locale: f.words.Lang(), Title: f.words.T("trouble.title"),
		Notices: []Notice{{Tone: Bad, Text: sentence(f, err)}},
	}
	if f.org.ID != "" {
		p.Actions = waysOut(f)
	}
	return p
}

// waysOut lead on from where somebody is stuck, to what they may see.
func waysOut(f facts) []Action {
	var actions []Action
	f.denied = f.may(commerce.Buyer) // trouble comes before anybody asked
	if f.mayBuy() {
		actions = append(actions, Action{Ref: makeRef(verbCart), Label: f.words.T("action.cart")})
	}
	if f.reads() {
		actions = append(actions, Action{Ref: makeRef(verbOrders, 0), Label: f.words.T("action.orders")}, subscriptionsAction(f))
	}
	return append(actions, startAction(f))
}

// refusal tells somebody who may not take the step whom to ask.
func refusal(s step, f facts) Prompt {
	err := denial(s, f)
	p := Prompt{
		Name: "refused", Title: f.words.T("refused.title"),
		Notices: []Notice{{Tone: Warning, Text: sentence(f, err)}},
	}
	switch {
	case commerce.IsCode(err, commerce.CodeLookupFailed):
		p.Title = f.words.T("trouble.title")
	case s.handing():
		p.Title = f.words.T("refused.licensing")
	}
	p.Actions = waysOut(f)
	return p
}

// paragraph is a block of plain text.
func paragraph(text string) Block { return Block{Text: &Notice{Text: text}} }

func muted(text string) Block { return Block{Text: &Notice{Tone: Muted, Text: text}} }

func money(f facts, m commerce.Money) string {
	if m.None() {
		return ""
	}
	return f.words.Money(m.Amount())
}

// cancelAction leads out of the wizard.
func cancelAction(f facts) Action {
	return Action{Ref: makeRef(verbCancel), Label: f.words.T("action.cancel")}
}
