package conversations

import (
	"slices"

	"cartwright/commerce"
	"cartwright/conversations/intent"
)

// correct takes a wish for a correction of what is under way: the open form, the product
// that is being looked for, or a line of the cart. ok is false where it is a wish of its own.
func correct(s state, w wish, f facts) (next state, ok bool) {
	switch s.Step {
	case stepDetails:
		if _, open := f.shelf.Offer(s.Form.Offer); open {
			return correctForm(s, w, f)
		}
	case stepList:
		return correctChoice(s, w, f)
	case stepCart, stepCheck, stepPayment:
		return correctLine(s, w, f)
	}
	return s, false
}

// correctForm changes the open form, or opens that of another product with what was said
// of this one.
func correctForm(s state, w wish, f facts) (state, bool) {
	if !w.mentions(intent.Product) || w.Offer == s.Form.Offer {
		return s.amend(w, f), true
	}
	if w.mentions(intent.Quantity) {
		return s, false
	}
	plan := s.Form.Plan
	s.Wishes = s.Wishes.instead(s.wish().amended(w).named(w))
	s.Wishes.Now.Quantity = s.Form.Quantity
	s = pursue(s.say(Plain, "words.instead"), f)
	kept := s.Form
	if kept.Plan = plan; s.Step == stepDetails && !w.mentions(intent.Billing) && f.offers(kept) {
		s.Form = kept
	}
	return s, true
}

// wish is what was wished of the product whose form is open.
func (s state) wish() wish {
	if s.Wishes.Now.Offer == s.Form.Offer && !s.Wishes.idle() {
		return s.Wishes.Now
	}
	w := wish{Offer: s.Form.Offer, Billing: readPlan(s.Form.Plan).Billing}
	if s.Form.AutoAssign {
		w.Assign = "true"
	}
	return w
}

// correctChoice says more of the product that is being looked for.
func correctChoice(s state, w wish, f facts) (state, bool) {
	looking := !s.Wishes.idle() && s.Wishes.Now.Offer == ""
	if !looking || w.mentions(intent.Product) && w.mentions(intent.Quantity) {
		return s, false
	}
	s.Wishes.Now = s.Wishes.Now.amended(w).named(w)
	return pursue(s, f), true
}

// correctLine opens the line of the cart that is meant, with the change filled in; it is
// not applied. Of several it asks which.
func correctLine(s state, w wish, f facts) (state, bool) {
	lines := slices.DeleteFunc(slices.Clone(f.cart.Lines), func(l commerce.CartLine) bool {
		return w.mentions(intent.Product) && l.Offer != w.Offer
	})
	if len(lines) == 0 {
		return s, false
	}
	s.Wishes = s.Wishes.kept()
	if len(lines) == 1 {
		s = change(s, ref{verb: verbChange, args: readRef(makeRef(verbChange, lines[0].ID, f.cart.Revision)).args}, f)
		if s.Step != stepDetails {
			return s, true
		}
		return s.amend(w, f), true
	}
	w.Change = true
	s.Step, s.Wishes = stepCart, s.Wishes.instead(w)
	return s.say(Plain, "words.which_line"), true
}

// amend fills a wish into the open form, and says what that changes.
func (s state) amend(w wish, f facts) state {
	offer, _ := f.shelf.Offer(s.Form.Offer)
	was := s.Form
	w.Change, s.Wishes = false, s.Wishes.instead(s.asWished(w))
	if w.mentions(intent.Quantity) {
		s.Form.Quantity = w.Quantity
	}
	if w.mentions(intent.Billing) {
		s.Form.Plan = w.plan(offer, f)
	}
	if w.mentions(intent.AutoAssign) {
		s.Form.AutoAssign = w.Assign == "true" && f.autoAssigns(offer)
	}
	if w.Assign == "true" && !f.autoAssigns(offer) {
		s = s.say(Warning, "words.not_assigned", "offer", offer.Name)
	}
	return s.tellChanges(was, f).weighed(offer, f)
}

// asWished is what is known of the open form's product with what is said of it now.
func (s state) asWished(w wish) wish {
	known := wish{Offer: s.Form.Offer}
	if s.Wishes.Now.Offer == s.Form.Offer && !s.Wishes.Now.Change {
		known = s.Wishes.Now
	}
	return known.amended(w)
}

// tellChanges says what of the form is another now. What is to be asked is asked at its field.
func (s state) tellChanges(was form, f facts) state {
	before := len(s.Issues)
	now := s.Form
	if now.Quantity != was.Quantity && now.Quantity != "" {
		s = s.say(Good, "words.changed.quantity", "now", now.Quantity)
	}
	if now.Plan != was.Plan && now.Plan != "" {
		s = s.say(Good, "words.changed.plan", "now", planName(f, readPlan(now.Plan)))
	}
	if now.AutoAssign != was.AutoAssign {
		s = s.say(Good, map[bool]string{true: "words.changed.assign", false: "words.changed.no_assign"}[now.AutoAssign])
	}
	if len(s.Issues) == before && now == was {
		return s.say(Plain, "words.unchanged")
	}
	return s
}

// kept is w with the wish whose turn it is among those that wait: something else comes
// between. One that was alone is given up.
func (w wishes) kept() wishes {
	if len(w.Next) == 0 {
		return wishes{}
	}
	return wishes{Next: append([]wish{w.Now}, w.Next...), At: w.At - 1, Of: w.Of}
}

// instead is w with another wish in the place of the one whose turn it is.
func (w wishes) instead(now wish) wishes {
	if w.idle() {
		return wishes{Now: now, At: 1, Of: 1}
	}
	w.Now = now
	return w
}

// named is w with the product of another.
func (w wish) named(other wish) wish {
	if !other.mentions(intent.Product) {
		return w
	}
	w = w.mute(intent.Product)
	w.Offer, w.Named, w.Among = other.Offer, other.Named, other.Among
	if text, ok := saidOf(other.Heard, intent.Product); ok {
		w.Heard = append(w.Heard, phrase{intent.Product, text})
	}
	return w
}
