package conversations

import (
	"slices"

	"cartwright/commerce"
)

// checkPrompt shows the prices as verified just now, and any that moved.
func checkPrompt(s state, f facts) Prompt {
	q := f.cart.Quote
	if !shows(s, q) {
		return cartAgain(f, commerce.CodeStale) // the cart was changed from somewhere else
	}
	if !f.now.Before(q.Expires) {
		return cartAgain(f, commerce.CodeQuoteExpired)
	}
	p := Prompt{
		Name: "check", Title: f.words.T("check.title"),
		Blocks: []Block{{Table: quoteTable(*q, f)}, {Facts: quoteFacts(*q, f)}},
	}
	if !q.Accepted {
		p.Notices = append(p.Notices, Notice{Tone: Warning, Text: f.words.T("check.moved")})
	}
	if q.Moved() {
		p.Blocks = append([]Block{{Table: movedTable(*q, f)}}, p.Blocks...)
	}
	p.Blocks = append(p.Blocks, priceNotes(*q, f)...)
	p.Blocks = append(p.Blocks, muted(f.words.T("check.holds", "time", f.words.Time(q.Expires))))
	next := Action{Ref: makeRef(verbNext, q.Revision, q.Hash), Label: f.words.T("check.next"), Style: Primary}
	if !q.Accepted {
		next = Action{Ref: makeRef(verbAccept, q.Revision, q.Hash), Label: f.words.T("check.accept"), Style: Primary}
	}
	p.Actions = []Action{next, {Ref: makeRef(verbCart), Label: f.words.T("action.back_to_cart")}, cancelAction(f)}
	return p
}

// shows reports whether q is the quote that the conversation has shown.
func shows(s state, q *commerce.Quote) bool { return q != nil && q.Hash == s.Hash }

// cartAgain is the cart, where its quote does not serve any more, with the reason.
func cartAgain(f facts, why commerce.Code) Prompt {
	p := cartPrompt(state{}, f)
	p.Notices = append(p.Notices, Notice{Tone: Warning, Text: sentence(f, commerce.Refuse(why))})
	return p
}

func quoteTable(q commerce.Quote, f facts) *Table {
	t := &Table{
		Caption: f.words.T("check.table"),
		Head: []string{
			f.words.T("table.product"), f.words.T("table.licences"), f.words.T("table.plan"),
			f.words.T("table.unit"), f.words.T("table.sum"),
		},
		Numeric: []bool{false, true, false, true, true},
	}
	for _, l := range q.Lines {
		t.Rows = append(t.Rows, []string{l.Name, f.words.Number(l.Quantity), planName(f, l.Plan), money(f, l.Unit), money(f, l.Subtotal)})
	}
	return t
}

// movedTable shows each price that moved: as seen, as it is, and the difference.
func movedTable(q commerce.Quote, f facts) *Table {
	t := &Table{
		Caption: f.words.T("check.moved_table"),
		Head:    []string{f.words.T("table.product"), f.words.T("table.seen"), f.words.T("table.now"), f.words.T("table.difference")},
		Numeric: []bool{false, true, true, true},
	}
	for _, l := range q.Lines {
		if l.Moved() {
			t.Rows = append(t.Rows, []string{l.Name, money(f, l.Seen), money(f, l.Unit), f.words.MoneyDifference(l.Unit.Minus(l.Seen).Amount())})
		}
	}
	return t
}

// quoteFacts are what is paid now, and what is promised.
func quoteFacts(q commerce.Quote, f facts) []Fact {
	return append(sums(q, f),
		Fact{Label: f.words.T("quote.charged"), Value: money(f, q.Charged)},
		Fact{Label: f.words.T("quote.committed"), Value: money(f, q.Committed)},
	)
}

// sums add the lines and the tax up.
func sums(q commerce.Quote, f facts) []Fact {
	rows := []Fact{{Label: f.words.T("quote.subtotal"), Value: money(f, q.Subtotal)}}
	if q.TaxRate != "" {
		rows = append(rows, Fact{Label: f.words.T("quote.tax", "name", q.TaxName, "rate", f.words.Percent(q.TaxRate)), Value: money(f, q.Tax)})
	}
	return append(rows, Fact{Label: f.words.T("quote.total"), Value: money(f, q.Total), Strong: true})
}

// priceNotes say what a price is worth: a list price, or invented for a demonstration.
func priceNotes(q commerce.Quote, f facts) []Block {
	if f.microsoft() {
		return indicative(f)
	}
	for _, l := range q.Lines {
		switch {
		case l.Demonstration:
			return []Block{muted(f.words.T("check.demonstration"))}
		case l.Indicative:
			return []Block{muted(f.words.T("check.indicative"))}
		}
	}
	return nil
}

// paymentPrompt says which approval will be asked and what is about to happen; its one
// primary action places the order.
func paymentPrompt(s state, f facts) Prompt {
	q := f.cart.Quote
	if !shows(s, q) {
		return cartAgain(f, commerce.CodeStale)
	}
	if !f.now.Before(q.Expires) {
		return cartAgain(f, commerce.CodeQuoteExpired)
	}
	if !q.Accepted {
		return checkPrompt(s, f)
	}
	p := Prompt{
		Name: "payment", Title: f.words.T("payment.title"),
		Blocks: []Block{
			{Facts: []Fact{
				{Label: f.words.T("payment.approval"), Value: approval(f.need, f)},
				{Label: f.words.T("quote.charged"), Value: money(f, q.Charged), Strong: true},
				{Label: f.words.T("quote.committed"), Value: money(f, q.Committed)},
			}},
			{Table: quoteTable(*q, f)},
			paragraph(f.words.T(f.paid(then(f.need)))),
		},
		Notices: f.demonstration(),
		Actions: []Action{
			{Ref: makeRef(verbPlace, q.Revision, q.Hash), Label: f.words.T("payment.place"), Style: Primary},
			{Ref: makeRef(verbCart), Label: f.words.T("action.back_to_cart")},
			cancelAction(f),
		},
	}
	p.Blocks = slices.Concat(p.Blocks, required(f.need, f.actor.Person, f), paymentWays(f), indicative(f))
	if n := assignable(*q, f); n > 0 {
		p.Blocks = append(p.Blocks, paragraph(f.words.N("payment.assigns", n)))
	}
	return p
}

// then is what placing the order leads to.
func then(need commerce.Requirement) string {
	if need.Approvals > 0 {
		return "payment.then_approved"
	}
	return "payment.then"
}

// approval says what approval will be asked.
func approval(need commerce.Requirement, f facts) string {
	if need.Approvals == 0 {
		return f.words.T("payment.approval_none")
	}
	return f.words.N("payment.approvals", need.Approvals)
}

// assignable is how many people will get a licence automatically, as far as it is known.
func assignable(q commerce.Quote, f facts) int {
	seats := 0
	for _, l := range q.Lines {
		if l.AutoAssign {
			seats += l.Quantity
		}
	}
	able := 0
	for _, u := range f.people.People {
		if u.Ineligible() == commerce.ReasonNone {
			able++
		}
	}
	return min(seats, able)
}

// submittedPrompt closes the wizard: the order has a message of its own.
func submittedPrompt(f facts) Prompt {
	if f.cloud().confirms {
		return confirmation(f)
	}
	text := "submitted.text"
	if f.order.State == commerce.StateAwaitingApproval {
		text = "submitted.asked"
	}
	return Prompt{
		Name: "submitted", Title: f.words.T("submitted.title", "order", f.order.ID), Closed: true,
		Blocks: []Block{paragraph(f.words.T(f.paid(text), "order", f.order.ID))},
		Actions: []Action{
			{Ref: makeRef(verbOrder, f.order.ID), Label: f.words.T("submitted.show")},
			{Ref: makeRef(verbHome), Label: f.words.T("action.home")},
		},
	}
}
