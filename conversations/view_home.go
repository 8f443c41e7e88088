package conversations

import (
	"cartwright/commerce"
)

// homePrompt is where everything begins: what can be done, as buttons.
func homePrompt(f facts) Prompt {
	cart := Action{Ref: makeRef(verbCart), Label: f.words.T("action.cart")}
	if n := len(f.cart.Lines); n > 0 {
		cart.Label = f.words.N("action.cart_lines", n)
	}
	p := Prompt{
		Name: "home", Title: f.words.T("home.title", "name", f.actor.Name),
		Blocks: []Block{paragraph(f.words.T("home.text", "organisation", f.org.Name))},
	}
	if f.mayBuy() {
		p.Actions = append(buyAction(f, true), cart)
	}
	p.Actions = append(p.Actions, approvalsAction(f)...)
	p.Actions = append(p.Actions, subscriptionsAction(f))
	p.Actions = append(p.Actions, handOutActions(f)...)
	p.Actions = append(p.Actions,
		Action{Ref: makeRef(verbOrders, 0), Label: f.words.T("action.orders")},
		Action{Ref: makeRef(verbHelp), Label: f.words.T("action.help")},
	)
	return p
}

// approvalsAction leads to what waits for approval, where anything ever does.
func approvalsAction(f facts) []Action {
	if len(f.org.Policy.Roles()) == 0 || !f.reads() {
		return nil
	}
	return []Action{{Ref: makeRef(verbApprovals), Label: f.words.T("approvals.title")}}
}

// handOutActions begin what is done with owned licences, for those who may.
func handOutActions(f facts) []Action {
	if f.may(commerce.Licensing) != nil {
		return nil
	}
	var actions []Action
	for _, k := range []commerce.TaskKind{commerce.TaskAssign, commerce.TaskRemove, commerce.TaskMove} {
		actions = append(actions, Action{Ref: makeRef(string(k)), Label: f.words.T("home." + string(k))})
	}
	return actions
}

// closedPrompt follows a cancel. The cart is still there.
func closedPrompt(s state, f facts) Prompt {
	p := Prompt{Name: "closed", Title: f.words.T("closed.title"), Closed: true}
	p.Actions = []Action{{Ref: makeRef(verbHome), Label: f.words.T("action.home")}}
	text := f.words.T("closed.text")
	if n := len(f.cart.Lines); n > 0 {
		text = f.words.N("closed.text_cart", n)
		p.Actions = append([]Action{{Ref: makeRef(verbCart), Label: f.words.N("action.cart_lines", n)}}, p.Actions...)
	}
	if s.Licences.Kind != "" {
		text = f.words.T("closed.licences")
	}
	p.Blocks = []Block{paragraph(text)}
	return p
}

// commands are the words that can be typed, in the order of the help.
var commands = []string{"buy", "cart", "orders", "order", "approvals", "withdraw", "nudge", "delegate", "subscriptions", "assign", "remove", "move", "cancel", "help"}

func helpPrompt(f facts) Prompt {
	p := Prompt{Name: "help", Title: f.words.T("help.title"), Blocks: []Block{paragraph(f.words.T("help.text"))}}
	var rows []Fact
	for _, c := range commands {
		rows = append(rows, Fact{Label: f.words.T("help.command." + c), Value: f.words.T("help." + c)})
	}
	p.Blocks = append(p.Blocks, Block{Facts: rows}, muted(f.words.T("help.safe")))
	p.Actions = []Action{startAction(f)}
	if denial(stepHome, f) != nil {
		p.Actions = waysOut(f)
	}
	return p
}

// startAction leads to where everything begins: the help, for those who may do nothing.
func startAction(f facts) Action {
	if denial(stepHome, f) == nil {
		return Action{Ref: makeRef(verbHome), Label: f.words.T("action.home")}
	}
	return Action{Ref: makeRef(verbHelp), Label: f.words.T("action.help")}
}
