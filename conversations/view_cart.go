package conversations

import (
	"slices"

	"cartwright/commerce"
)

// cartPrompt shows the draft order. A line that cannot be bought stays, with the reason,
// outside the sum; checking out waits for it.
func cartPrompt(s state, f facts) Prompt {
	p := Prompt{Name: "cart", Title: f.words.T("cart.title")}
	another := Action{Ref: makeRef(verbSearch), Label: f.words.T("cart.another")}
	if len(f.cart.Lines) == 0 {
		another.Label, another.Style = f.own("list.title"), Primary
		p.Blocks = []Block{paragraph(f.words.T("cart.empty"))}
		p.Actions = slices.Concat(wishAction(s, f), []Action{another, {Ref: makeRef(verbHome), Label: f.words.T("action.home")}})
		return p
	}
	problems := f.shelf.Problems(f.cart)
	for _, l := range f.cart.Lines {
		p.Blocks = append(p.Blocks, Block{Item: lineItem(l, problems[l.ID], f)})
	}
	p.Blocks = append(p.Blocks, Block{Facts: []Fact{{
		Label: f.words.T("cart.subtotal"), Value: money(f, cartSubtotal(f, problems)), Strong: true,
	}}})
	p.Blocks = append(p.Blocks, indicative(f)...)
	if !f.org.Buying {
		p.Blocks = append(p.Blocks, Block{Text: &Notice{Tone: Warning, Text: sentence(f, commerce.Refuse(commerce.CodeBuyingStopped))}})
	}
	p.Actions = slices.Concat(wishAction(s, f), cartActions(f, problems), []Action{another, emptyAction(f), cancelAction(f)})
	return p
}

func cartActions(f facts, problems map[int]error) []Action {
	revision := f.cart.Revision
	switch {
	case len(problems) > 0:
		return []Action{{Ref: makeRef(verbFix, revision), Label: f.words.N("cart.fix", len(problems)), Style: Primary}}
	case !f.org.Buying:
		return nil
	}
	return []Action{{Ref: makeRef(verbCheckOut, revision), Label: f.words.T("cart.check_out"), Style: Primary}}
}

func emptyAction(f facts) Action {
	return Action{
		Ref: makeRef(verbEmpty, f.cart.Revision), Label: f.words.T("cart.clear"), Style: Danger,
		Confirm: &Confirm{
			Title: f.words.T("cart.clear_title"), Text: f.words.N("cart.clear_text", len(f.cart.Lines)),
			Yes: f.words.T("cart.clear"), No: f.words.T("action.keep"),
		},
	}
}

func lineItem(l commerce.CartLine, problem error, f facts) *Item {
	revision := f.cart.Revision
	offer, known := f.shelf.Catalogue.Offer(l.Offer)
	item := &Item{Title: l.Offer}
	if known {
		item.Title = offer.Name
	}
	item.Lines = []string{f.words.N("cart.line", l.Quantity, "plan", planName(f, l.Plan), "price", unitPrice(f, l.Plan, l.Seen), "sum", money(f, l.Seen.Times(l.Quantity)))}
	if h := f.shelf.Holding(offer); known && h.Known {
		item.Lines = append(item.Lines, f.words.T("details.new_total_line", "added", l.Quantity, "total", f.total(offer, l.ID)+l.Quantity))
	}
	if l.AutoAssign {
		item.Lines = append(item.Lines, f.words.T("cart.auto_assign"))
	}
	_, sold := f.shelf.Offer(l.Offer)
	if sold {
		item.Actions = []Action{{Ref: makeRef(verbChange, l.ID, revision), Label: f.words.T("cart.change"), Name: f.words.T("cart.change_line", "offer", item.Title)}}
	}
	item.Actions = append(item.Actions, Action{Ref: makeRef(verbRemove, l.ID, revision), Label: f.words.T("cart.remove"), Name: f.words.T("cart.remove_line", "offer", item.Title)})
	if known {
		freeCovers(item, offer, f)
	}
	if problem != nil {
		item.Tag, item.Tone = f.words.T("cart.invalid"), Bad
		item.Lines = append([]string{sentence(f, problem)}, item.Lines...)
	}
	return item
}

// cartSubtotal is the sum of the lines that can be bought, at the prices seen.
func cartSubtotal(f facts, problems map[int]error) commerce.Money {
	sum := commerce.Zero(f.org.Currency)
	for _, l := range f.cart.Lines {
		if problems[l.ID] == nil {
			sum = sum.Plus(l.Seen.Times(l.Quantity))
		}
	}
	return sum
}
