package conversations

import (
	"slices"
	"time"

	"cartwright/commerce"
)

// orderPrompt is the order's message: the same whether it was asked for or is the one
// that the bot edits for as long as the order lives.
func orderPrompt(o commerce.Order, people []commerce.Assignment, link string, f facts) Prompt {
	p := Prompt{
		Name: "order", Title: f.words.T("order.title", "order", o.ID, "state", stateOf(o, f)),
		Organisation: f.org.Name, Locale: f.words.Lang(),
		Notices: []Notice{happening(o, f)},
		Closed:  o.State.Ended(),
	}
	p.Blocks = slices.Concat(approvalSoFar(o, f), handOff(o, f), handingOut(o, f))
	p.Below = append([]Block{{Table: orderTable(o, f)}, {Facts: orderFacts(o, f)}}, append(indicative(f), results(o, people, f)...)...)
	p.Actions = orderActions(o, link, f)
	if leadsOut(p.Actions) {
		p.Notices = append(p.Notices, f.demonstration()...)
	}
	return p
}

// happening is what is going on with the order, in a sentence.
func happening(o commerce.Order, f facts) Notice {
	if o.Approval != nil && (o.State == commerce.StateAwaitingApproval || o.Approval.Proposal != nil && o.State == commerce.StateChangesProposed || o.Approval.Verdict == commerce.VerdictRejected) {
		return approvalNotice(o, f)
	}
	n := Notice{Text: f.words.T("order.now." + moment(o, f.now))}
	switch o.State {
	case commerce.StateCompleted:
		n.Tone = Good
		if !o.Payment.Refunded.IsZero() || o.People().Failed > 0 || boughtOtherwise(o) {
			n.Tone = Warning
		}
	case commerce.StateFailed, commerce.StateExpired, commerce.StateRejected:
		n.Tone = Bad
	case commerce.StateHandedOver:
		if o.SeenAny() {
			n.Tone = Warning
		}
	}
	if o.State == commerce.StateAwaitingPayment && (o.Payment.Declined || o.Payment.Status == commerce.PaymentExpired) {
		n.Tone = Warning
	}
	if o.Outcome != "" {
		n.Text = f.words.T("order.now.resolved", "reason", o.Outcome)
	}
	return n
}

// moment names what is going on, finer than the state where people need it.
func moment(o commerce.Order, now time.Time) string {
	switch o.State {
	case commerce.StateAwaitingPayment:
		return paymentMoment(o, now)
	case commerce.StateHandedOver:
		return handOffMoment(o)
	case commerce.StateAssigning:
		switch {
		case o.Unready():
			return "not_yet"
		case o.Slowed():
			return "slowed"
		}
	case commerce.StateCompleted:
		return completedMoment(o)
	case commerce.StateFailed:
		if o.Reason == commerce.CodeProvisioning {
			return "failed_provisioning"
		}
		return "failed_refused"
	case commerce.StateExpired:
		switch o.Reason {
		case commerce.CodeApprovalExpired:
			return "approval_expired"
		case commerce.CodeNotBought:
			return "not_bought"
		case commerce.CodeUnseen:
			return "unseen"
		}
	case commerce.StateCancelled:
		switch {
		case o.Reason == commerce.CodeUnseen:
			return "cancelled_unseen"
		case o.BoughtSome():
			return "cancelled_bought"
		}
	case commerce.StateRejected:
		if o.Reason != "" {
			return "gone"
		}
	}
	return string(o.State)
}

func paymentMoment(o commerce.Order, now time.Time) string {
	switch {
	case o.Payment.Status == commerce.PaymentNone:
		return "link_coming"
	case o.Payment.Status == commerce.PaymentProcessing:
		return "payment_processing"
	case o.Links(now):
		return "link_expired"
	case o.Payment.Declined:
		return "payment_declined"
	}
	return "awaiting_payment"
}

func completedMoment(o commerce.Order) string {
	partly := false
	for _, l := range o.Lines {
		partly = partly || l.State == commerce.LineRefused || l.State == commerce.LineFailed
	}
	switch {
	case partly:
		return "completed_partly"
	case boughtOtherwise(o):
		return "completed_otherwise"
	case o.People().Failed > 0 && o.Unready():
		return "completed_not_yet"
	case o.People().Failed > 0:
		return "completed_people_failed"
	}
	return "completed"
}

func orderTable(o commerce.Order, f facts) *Table {
	t := &Table{
		Caption: f.words.T("order.table", "order", o.ID),
		Head: []string{
			f.words.T("table.product"), f.words.T("table.licences"), f.words.T("table.plan"),
			f.words.T("table.sum"), f.words.T("table.state"),
		},
		Numeric: []bool{false, true, false, true, false},
	}
	for _, l := range o.Lines {
		t.Rows = append(t.Rows, []string{
			l.Name, f.words.Number(l.Quantity), planName(f, l.Plan), money(f, l.Subtotal), lineState(o, l, f),
		})
	}
	return t
}

// orderFacts are who and when, the money, and what can still be undone.
func orderFacts(o commerce.Order, f facts) []Fact {
	rows := []Fact{{Label: f.words.T("order.by"), Value: f.words.T("order.by_value", "name", o.BuyerName, "date", f.words.DateTime(o.SubmittedAt))}}
	rows = append(rows, sums(o.Quote, f)...)
	rows = append(rows, Fact{Label: f.words.T("quote.committed"), Value: money(f, o.Quote.Committed)})
	if !o.Payment.Captured.IsZero() {
		rows = append(rows, Fact{Label: f.words.T("order.captured"), Value: money(f, o.Payment.Captured), Strong: true})
	}
	if !o.Payment.Refunded.IsZero() {
		rows = append(rows, Fact{Label: f.words.T("order.refunded"), Value: money(f, o.Payment.Refunded)})
	}
	if o.Payable(f.now) {
		rows = append(rows, Fact{Label: f.words.T("order.pay_until"), Value: f.words.DateTime(o.Payment.Expires)})
	}
	if o.HandedOver() && o.State == commerce.StateHandedOver {
		rows = append(rows, Fact{Label: f.words.T("order.buy_until"), Value: f.words.DateTime(o.HandOff.Until)})
	}
	if until := undoUntil(o); !until.IsZero() && o.State == commerce.StateCompleted {
		rows = append(rows, Fact{Label: f.words.T("order.undo_until"), Value: f.words.DateTime(until)})
	}
	if o.VendorOrder != "" && o.Reason != commerce.CodeVendorRefused {
		rows = append(rows, Fact{Label: f.words.T("order.vendor_order"), Value: o.VendorOrder})
	}
	return rows
}

// undoUntil is until when all of the order can still be undone at the vendor.
func undoUntil(o commerce.Order) time.Time {
	var first time.Time
	for _, l := range o.Lines {
		if !l.UndoUntil.IsZero() && (first.IsZero() || l.UndoUntil.Before(first)) {
			first = l.UndoUntil
		}
	}
	return first
}

// handingOut shows how far the licences are in people's hands, or how many will have them.
func handingOut(o commerce.Order, f facts) []Block {
	sum := o.People()
	switch {
	case sum.Total == 0 || !handsOut(o):
		return nil
	case o.State != commerce.StateCompleted && o.State != commerce.StateAssigning:
		return []Block{muted(f.words.N("order.hands_out", sum.Total))}
	}
	return []Block{{Progress: &Progress{
		Label: f.words.T("order.assigned", "done", sum.Assigned, "total", sum.Total), Done: sum.Assigned, Total: sum.Total,
	}}}
}

// results name who got a licence, and who got none and why.
func results(o commerce.Order, people []commerce.Assignment, f facts) []Block {
	if o.State != commerce.StateCompleted && o.State != commerce.StateAssigning {
		return nil
	}
	var blocks []Block
	failed, skipped, assigned := byResult(people, f)
	for _, group := range []struct {
		key   string
		names []string
	}{{"order.people_failed", failed}, {"order.people_skipped", skipped}, {"order.people_assigned", assigned}} {
		if len(group.names) > 0 {
			blocks = append(blocks, nameList(f, f.words.N(group.key, len(group.names)), group.names))
		}
	}
	return blocks
}

// handsOut reports whether the order gives anybody a licence, or has: one that came to
// nothing does not.
func handsOut(o commerce.Order) bool { return !o.State.Ended() || o.State == commerce.StateCompleted }

func byResult(people []commerce.Assignment, f facts) (failed, skipped, assigned []string) {
	for _, a := range people {
		named := a.Name
		if a.Reason != commerce.ReasonNone {
			named = f.words.T("people.with_reason", "name", a.Name, "reason", f.words.T("reason."+string(a.Reason)))
		}
		switch a.State {
		case commerce.AssignFailed:
			failed = append(failed, named)
		case commerce.AssignSkipped:
			skipped = append(skipped, named)
		case commerce.AssignDone:
			assigned = append(assigned, named)
		}
	}
	return failed, skipped, assigned
}

func orderActions(o commerce.Order, link string, f facts) []Action {
	var actions []Action
	if link != "" && o.Buyer == f.actor.Person {
		actions = append(actions, Action{Label: f.words.T("order.pay"), URL: link, Style: Primary})
	}
	if o.State == commerce.StateCompleted {
		admin := adminAction(f)
		admin.Style = Primary
		actions = append(actions, admin)
	}
	actions = append(actions, handOffActions(o, f)...)
	if sum := o.People(); sum.Total+sum.Skipped > namesShown && handsOut(o) {
		actions = append(actions, Action{Ref: makeRef(verbOrderPeople, o.ID, 0), Label: f.words.T("order.people")})
	}
	if o.Buyer != f.actor.Person {
		return actions
	}
	actions = append(actions, answerActions(o, f)...)
	if o.Links(f.now) {
		actions = append(actions, Action{Ref: makeRef(verbOrderLink, o.ID), Label: f.words.T("order.new_link"), Style: Primary})
	}
	if o.State == commerce.StateCompleted && o.People().Failed > 0 {
		actions = append(actions, Action{Ref: makeRef(verbOrderRetry, o.ID), Label: f.words.N("order.retry", o.People().Failed)})
	}
	if o.State == commerce.StateAwaitingApproval && o.Approval != nil && !o.Approval.Quorum() {
		actions = append(actions, Action{Ref: makeRef(verbExplain, o.ID), Label: f.words.T("approval.explain")})
		actions = append(actions, Action{Ref: makeRef(verbOrderNudge, o.ID), Label: f.words.T("approval.nudge")})
	}
	if o.State.Cancellable() {
		actions = append(actions, cancelOrderAction(o, f))
	}
	return actions
}

// leadsOut reports whether an action is a link: to pay, or to the admin centre.
func leadsOut(actions []Action) bool {
	return slices.ContainsFunc(actions, func(a Action) bool { return a.URL != "" })
}

func cancelOrderAction(o commerce.Order, f facts) Action {
	label := f.words.T("order.cancel")
	if o.State == commerce.StateAwaitingApproval || o.State == commerce.StateChangesProposed {
		label = f.words.T("approval.withdraw")
	}
	text := "order.cancel_text"
	if o.HandedOver() {
		text = "order.cancel_text_handed_over"
	}
	return Action{
		Ref: makeRef(verbOrderCancel, o.ID), Label: label, Style: Danger,
		Confirm: &Confirm{
			Title: f.words.T("order.cancel_title", "order", o.ID), Text: f.words.T(text),
			Yes: label, No: f.words.T("action.keep"),
		},
	}
}

// ordersPrompt lists the organisation's orders, newest first.
func ordersPrompt(s state, f facts) Prompt {
	p := Prompt{Name: "orders", Title: f.words.T("orders.title")}
	if len(f.orders) == 0 {
		p.Blocks = []Block{paragraph(f.words.T("orders.none"))}
	}
	for _, o := range f.orders {
		p.Blocks = append(p.Blocks, Block{Item: orderItem(o, f)})
	}
	p.Actions = append(pageActions(f, verbOrders, s.Page, f.more), startAction(f))
	return p
}

// orderItem is an order in a list.
func orderItem(o commerce.Order, f facts) *Item {
	return &Item{
		Title: o.ID, Tag: stateOf(o, f), Tone: stateTone(o.State),
		Lines: []string{
			f.words.T("order.by_value", "name", o.BuyerName, "date", f.words.DateTime(o.SubmittedAt)),
			contents(o, f),
		},
		Actions: []Action{{Ref: makeRef(verbOrder, o.ID), Label: f.words.T("orders.show"), Name: f.words.T("orders.show_order", "order", o.ID)}},
	}
}

// contents is what an order is about, in a line.
func contents(o commerce.Order, f facts) string {
	n := 0
	for _, l := range o.Lines {
		n += l.Quantity
	}
	key := "orders.line"
	if len(o.Lines) > 1 {
		key = "orders.line_more"
	}
	return f.words.N(key, n, "product", o.Lines[0].Name, "others", len(o.Lines)-1, "total", money(f, o.Quote.Total))
}

func stateTone(s commerce.State) Tone {
	switch s {
	case commerce.StateCompleted:
		return Good
	case commerce.StateFailed, commerce.StateRejected, commerce.StateExpired:
		return Bad
	case commerce.StateCancelled:
		return Muted
	}
	return Plain
}

// peoplePage is how many people a page of them names.
const peoplePage = 25

// peoplePrompt lists everyone an order gives licences to, and what became of them.
func peoplePrompt(s state, f facts) Prompt {
	people := f.assigned
	from := min(s.Page*peoplePage, max(0, (len(people)-1)/peoplePage*peoplePage))
	to := min(len(people), from+peoplePage)
	list := &List{Title: f.words.T("people.range", "from", from+1, "to", to, "total", len(people))}
	for _, a := range people[from:to] {
		result := f.words.T("assignment." + string(a.State))
		if a.Reason != commerce.ReasonNone {
			result = f.words.T("reason." + string(a.Reason))
		}
		list.Items = append(list.Items, f.words.T("people.with_reason", "name", a.Name, "reason", result))
	}
	p := Prompt{Name: "people", Title: f.words.T("people.title", "order", f.order.ID), Blocks: []Block{{List: list}}}
	if len(people) == 0 {
		p.Blocks = []Block{paragraph(f.words.T("people.none"))}
	}
	p.Actions = append(pageActions(f, verbOrderPeople, from/peoplePage, to < len(people), f.order.ID),
		Action{Ref: makeRef(verbOrder, f.order.ID), Label: f.words.T("people.back")})
	return p
}

// lineState is how far a line is. What nobody placed before the order ended was not bought.
func lineState(o commerce.Order, l commerce.OrderLine, f facts) string {
	switch {
	case o.Blind() && l.Bought == 0:
		return f.words.T("line.unseen")
	case o.State.Ended() && l.State == commerce.LinePending:
		return f.words.T("line.not_bought")
	}
	return f.words.T("line." + string(l.State))
}
