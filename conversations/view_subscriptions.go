package conversations

import (
	"errors"
	"slices"
	"time"

	"cartwright/commerce"
)

// licencesPrompt is the prompt of a step about owned licences, or else where everything
// begins.
func licencesPrompt(s state, f facts) Prompt {
	switch s.Step {
	case stepSubscriptions:
		return subscriptionsPrompt(s, f)
	case stepChoose, stepTarget:
		return choosePrompt(s, f)
	case stepPick:
		return pickPrompt(s, f)
	case stepAddresses:
		return addressesPrompt(s, f)
	case stepPreview:
		return previewPrompt(s, f)
	case stepPreviewPeople:
		return previewPeoplePrompt(s, f)
	case stepStarted:
		return startedPrompt(f)
	case stepTask:
		return taskStepPrompt(f)
	case stepTaskPeople:
		return taskPeoplePrompt(s, f)
	case stepRenew:
		return renewPrompt(s, f)
	}
	return homePrompt(f)
}

// subscriptionsPrompt lists what the organisation owns, and what is on order.
func subscriptionsPrompt(s state, f facts) Prompt {
	p := Prompt{Name: "subscriptions", Title: f.words.T("subscriptions.title")}
	if !f.ownedKnown {
		return unread(p, Action{Ref: makeRef(verbSubscriptions, s.Page), Label: f.words.T("action.again"), Style: Primary}, f)
	}
	all := slices.Concat(f.owned, f.awaited())
	page, from, to := window(s.Page, len(all))
	switch {
	case len(all) == 0:
		p.Blocks = []Block{paragraph(f.words.T("subscriptions.none"))}
	case len(all) > to-from:
		p.Blocks = []Block{muted(found(f, len(all), from, to))}
	}
	if len(f.owned) > 0 {
		p.Blocks = append(p.Blocks, muted(f.words.T("subscriptions.as_of", "date", f.words.DateTime(f.seatsAsOf()))))
	}
	for _, sub := range all[from:to] {
		p.Blocks = append(p.Blocks, Block{Item: subscriptionItem(sub, f)})
	}
	if len(f.owned) > 0 && f.may(commerce.Licensing) != nil {
		p.Blocks = append(p.Blocks, muted(ask(f, commerce.Licensing, "subscriptions.ask")))
	}
	p.Actions = append(pageActions(f, verbSubscriptions, page, to < len(all)), buyAction(f, len(all) == 0)...)
	p.Actions = append(p.Actions, startAction(f))
	return p
}

// seatsAsOf is when what is owned was read, which may have been remembered a little.
func (f facts) seatsAsOf() time.Time {
	if f.shelf.Known && !f.shelf.AsOf.IsZero() {
		return f.shelf.AsOf
	}
	return f.now
}

// awaited are the offers of which nothing is owned yet and some is on order.
func (f facts) awaited() []commerce.Subscription {
	var all []commerce.Subscription
	for _, o := range f.shelf.Catalogue.Offers {
		_, owned := bySKU(f.owned, o.GraphSKU)
		if !owned && f.shelf.Holding(o).Open > 0 {
			all = append(all, commerce.Subscription{OwnedSeats: commerce.OwnedSeats{SKU: o.GraphSKU}, Name: o.Name, Offer: o})
		}
	}
	return all
}

func subscriptionItem(sub commerce.Subscription, f facts) *Item {
	item := &Item{Title: sub.Name, Actions: subscriptionActions(sub, f)}
	if sub.Owned > 0 || sub.Used > 0 {
		item.Lines = []string{f.words.N("subscriptions.owned", sub.Owned, "used", sub.Used, "free", sub.Free())}
		item.Progress = usage(sub, f)
		item.Tag, item.Tone = f.words.N("subscriptions.free", sub.Free()), Good
		if sub.Free() == 0 {
			item.Tag, item.Tone = f.words.T("subscriptions.none_free"), Muted
		}
	}
	item.Lines = append(item.Lines, renewalLines(sub, f)...)
	if open := f.shelf.Holding(sub.Offer).Open; open > 0 && sub.Offer.ID != "" {
		item.Lines = append(item.Lines, f.words.N("subscriptions.open", open))
	}
	return item
}

// usage is how many of the owned licences are used, as a bar.
func usage(sub commerce.Subscription, f facts) *Progress {
	if sub.Owned == 0 {
		return nil
	}
	return &Progress{
		Label: f.words.T("subscriptions.usage", "used", sub.Used, "owned", sub.Owned), Done: min(sub.Used, sub.Owned), Total: sub.Owned,
	}
}

// renewalLines say when a subscription renews and, where that is another number, with
// how many licences.
func renewalLines(sub commerce.Subscription, f facts) []string {
	if sub.RenewsAt.IsZero() {
		return nil
	}
	lines := []string{f.words.T("subscriptions.renews", "date", f.words.Date(sub.RenewsAt))}
	if sub.Next != sub.Owned {
		lines = append(lines, f.words.N("subscriptions.planned", sub.Next, "date", f.words.Date(sub.RenewsAt)))
	}
	return lines
}

// subscriptionActions are what the reader can do with a subscription now.
func subscriptionActions(sub commerce.Subscription, f facts) []Action {
	var actions []Action
	if f.may(commerce.Licensing) == nil {
		for _, kind := range []commerce.TaskKind{commerce.TaskAssign, commerce.TaskRemove, commerce.TaskMove} {
			if _, ok := bySKU(fitting(kind, f.owned), sub.SKU); ok {
				actions = append(actions, kindAction(kind, sub, f))
			}
		}
	}
	if f.plans(sub) {
		actions = append(actions, planAction(sub, f))
	}
	return actions
}

// kindAction begins a task of the kind with the subscription.
func kindAction(kind commerce.TaskKind, sub commerce.Subscription, f facts) Action {
	return Action{
		Ref: makeRef(string(kind), sub.SKU), Label: f.words.T("action." + string(kind)),
		Name: f.words.T("action."+string(kind)+"_of", "product", sub.Name),
	}
}

// planAction asks how many licences are owned from the next renewal on.
func planAction(sub commerce.Subscription, f facts) Action {
	key := "action.plan"
	if sub.Next != sub.Owned {
		key = "action.replan"
	}
	return Action{Ref: makeRef(verbRenew, sub.SKU), Label: f.words.T(key), Name: f.words.T(key+"_of", "product", sub.Name)}
}

// buyAction offers to buy, to those who may.
func buyAction(f facts, primary bool) []Action {
	if f.may(commerce.Buyer) != nil {
		return nil
	}
	a := Action{Ref: makeRef(verbSearch), Label: f.own("list.title")} // from the start: what was searched for before is over
	if primary {
		a.Style = Primary
	}
	return []Action{a}
}

func subscriptionsAction(f facts) Action {
	return Action{Ref: makeRef(verbSubscriptions, 0), Label: f.words.T("action.subscriptions")}
}

// ask says who holds a role that the reader lacks.
func ask(f facts, role commerce.Role, key string) string {
	key, holders := whom(f, role, key)
	return f.words.T(key, holders...)
}

// askFor is ask for a sentence with a plural.
func askFor(n int, f facts, role commerce.Role, key string) string {
	key, holders := whom(f, role, key)
	return f.words.N(key, n, holders...)
}

// whom is the key of the sentence that says whom to ask, with its values.
func whom(f facts, role commerce.Role, key string) (string, []any) {
	var refusal *commerce.Error
	if errors.As(f.may(role), &refusal) {
		if names, _ := argList(refusal, "ask"); len(names) > 0 {
			return key, []any{"ask", f.words.Or(names)}
		}
	}
	return key + ".nobody", nil
}

// unread is p where what is owned could not be read: it can be tried again.
func unread(p Prompt, again Action, f facts) Prompt {
	p.Blocks = []Block{{Text: &Notice{Tone: Warning, Text: f.words.T("subscriptions.unknown")}}}
	p.Actions = []Action{again, startAction(f)}
	return p
}
