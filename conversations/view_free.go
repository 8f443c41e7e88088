package conversations

import (
	"cartwright/commerce"
)

// freeFirst tells a buyer of licences that are owned already and that nobody uses, for
// those cost nothing more. Buying stays possible.
func freeFirst(p Prompt, o commerce.Offer, f facts) Prompt {
	h := f.shelf.Holding(o)
	if !h.Known || h.Free() == 0 {
		return p
	}
	p.Notices = append(p.Notices, Notice{Tone: Warning, Text: f.words.N("free.first", h.Free())})
	if f.may(commerce.Licensing) == nil {
		p.Actions = append([]Action{assignThose(o, h.Free(), f)}, p.Actions...)
	} else {
		p.Notices = append(p.Notices, Notice{Text: askFor(h.Free(), f, commerce.Licensing, "free.ask")})
	}
	return p
}

// freeCovers is the same of a cart line that what is free would cover, together with the
// other lines of its offer.
func freeCovers(item *Item, o commerce.Offer, f facts) {
	h, quantity := f.shelf.Holding(o), 0
	for _, l := range f.cart.Lines {
		if l.Offer == o.ID {
			quantity += l.Quantity
		}
	}
	if !h.Known || h.Free() == 0 || quantity > h.Free() {
		return
	}
	item.Lines = append(item.Lines, f.words.N("free.covers", h.Free()))
	if f.may(commerce.Licensing) == nil {
		item.Actions = append(item.Actions, assignThose(o, h.Free(), f))
	} else {
		item.Lines = append(item.Lines, askFor(h.Free(), f, commerce.Licensing, "free.ask"))
	}
}

func assignThose(o commerce.Offer, free int, f facts) Action {
	return Action{
		Ref: makeRef(verbAssign, o.GraphSKU), Label: f.words.N("free.assign", free), Name: f.words.N("free.assign_of", free, "product", o.Name),
	}
}
