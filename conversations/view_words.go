package conversations

import (
	"slices"
	"strconv"

	"cartwright/commerce"
	"cartwright/conversations/intent"
)

// heardShown reports whether the prompt is about the wish whose turn it is.
func (s state) heardShown() bool {
	w := s.Wishes
	return !w.idle() && !w.Now.Change && (s.Step == stepDetails && w.Now.Offer == s.Form.Offer || s.Step == stepList && w.Now.Offer == "")
}

// readingBlocks show somebody how they were read: their own words beside what these filled in.
func readingBlocks(s state, f facts) []Block {
	if !s.heardShown() {
		return nil
	}
	blocks := turnBlocks(s, f)
	var rows []Fact
	for _, h := range s.Wishes.Now.Heard {
		if meaning := s.Wishes.Now.meaning(h.Slot, f); meaning != "" {
			rows = append(rows, Fact{Label: f.words.T(slotNames[h.Slot]), Value: f.words.T("words.read", "text", h.Text, "meaning", meaning)})
		}
	}
	if len(rows) > 0 {
		blocks = append(blocks, Block{Heading: f.words.T("words.heading")}, Block{Facts: rows})
	}
	return blocks
}

// slotNames are the keys of what a slot is called.
var slotNames = map[intent.Slot]string{
	intent.Quantity: "table.licences", intent.Product: "table.product", intent.Billing: "table.plan", intent.AutoAssign: "words.assignment",
}

// turnBlocks say which of several products it is, and which come then.
func turnBlocks(s state, f facts) []Block {
	w := s.Wishes
	if w.Of < 2 || w.At < 1 {
		return nil
	}
	var then []string
	for _, next := range w.Next {
		then = append(then, f.wishName(next))
	}
	if len(then) == 0 {
		return []Block{muted(f.words.T("words.last", "at", w.At, "of", w.Of))}
	}
	return []Block{muted(f.words.T("words.turn", "at", w.At, "of", w.Of, "then", f.words.List(then)))}
}

// meaning is what was understood of a slot, "" for nothing.
func (w wish) meaning(slot intent.Slot, f facts) string {
	switch {
	case slot == intent.Product && w.Offer != "":
		return f.offerName(w.Offer)
	case slot == intent.Quantity && w.Quantity != "":
		if n, err := strconv.Atoi(w.Quantity); err == nil {
			return f.words.N("words.read.quantity", n)
		}
	case slot == intent.Billing && w.Billing != "":
		return f.words.T("words.read." + string(w.Billing))
	case slot == intent.AutoAssign && w.Assign == "true":
		return f.words.T("words.read.assign")
	case slot == intent.AutoAssign && w.Assign == "false":
		return f.words.T("words.read.no_assign")
	}
	return ""
}

// question is what is asked at a field that the words left open, "" for nothing.
func question(s state, o commerce.Offer, f facts, field string) string {
	if !s.heardShown() {
		return ""
	}
	w := s.Wishes.Now
	switch {
	case field == fieldQuantity && s.Form.Quantity == "":
		if text, unclear := w.about(intent.Quantity); unclear && text != "" {
			return f.words.T("words.how_many_exactly", "text", text)
		}
		return f.words.T("words.how_many")
	case field == fieldPlan && s.Form.Plan == "":
		return w.whichPlan(o, f)
	}
	return ""
}

// whichPlan asks for the plan.
func (w wish) whichPlan(o commerce.Offer, f facts) string {
	text, unclear := w.about(intent.Billing)
	switch {
	case unclear && text != "":
		return f.words.T("words.which_billing", "text", text)
	case w.Billing == commerce.Monthly && len(w.fits(o, f)) > 1:
		return f.words.T("words.which_monthly")
	}
	return f.words.T("details.choose_plan")
}

// askedAt is what is wrong with a field, or else what it is to be answered with.
func askedAt(s state, o commerce.Offer, f facts, field string) string {
	if wrong := fieldError(s, f, field); wrong != "" {
		return wrong
	}
	return question(s, o, f, field)
}

// skipAction leaves a product out, where others wait.
func skipAction(s state, f facts) []Action {
	if !s.heardShown() || len(s.Wishes.Next) == 0 {
		return nil
	}
	return []Action{{Ref: makeRef(verbSkip, s.Wishes.At), Label: f.words.T("words.skip")}}
}

// wishAction goes on with the products that wait while the cart is looked at.
func wishAction(s state, f facts) []Action {
	w := s.Wishes
	if w.Of < 2 || w.Now.Change {
		return nil
	}
	return []Action{{Ref: makeRef(verbWish, w.At), Label: f.words.T("words.on", "at", w.At, "of", w.Of)}}
}

// wished keeps of the offers, which are the caller's to give, those that a wish may mean.
func (w wishes) wished(offers []*commerce.Offer) []*commerce.Offer {
	if w.idle() || w.Now.Offer != "" || len(w.Now.Among) == 0 {
		return offers
	}
	return slices.DeleteFunc(offers, func(o *commerce.Offer) bool { return !slices.Contains(w.Now.Among, o.ID) })
}
