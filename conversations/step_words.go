package conversations

import (
	"slices"
	"strings"
	"unicode/utf8"

	"cartwright/commerce"
	"cartwright/conversations/intent"
)

// ownWords is a text as it is to be read; ok is false where it is a command with its proper
// arguments, or too long to be read.
func ownWords(text string) (words string, ok bool) {
	words = typed(text)
	word, rest := firstWord(words)
	switch strings.ToLower(word) {
	case "", "move", "delegate": // the one has nothing to read, the others have words of their own
		return "", false
	case "order", "withdraw", "nudge":
		ok = rest != "" && readNumber("CW", rest) == "" && readNumber("L", rest) == ""
	case "buy", "cart", "orders", "subscriptions", "approvals", "help", "cancel", "assign", "remove":
		ok = rest != ""
	default:
		ok = true
	}
	return words, ok && utf8.RuneCountInString(text) <= maxText
}

// heed does what somebody wrote in their own words: it opens a form, or shows something.
// ok is false where the command that the text begins with is all that was found in it.
func heed(s state, ev Event, f facts) (next state, eff effect, ok bool) {
	if f.meant == nil {
		return s, nil, false
	}
	text := typed(ev.Text)
	word, rest := firstWord(text)
	word = strings.ToLower(word)
	switch in := *f.meant; {
	case word == "buy":
		next, ok = askedFor(s, rest, in, ev, f)
		return next, nil, ok
	case in.Kind == intent.Assign, in.Kind == intent.Unassign:
		next, eff = handOver(s, word, rest, in, text, f)
		return next, eff, true
	case word == "assign", word == "remove":
		if in.Kind == intent.None {
			return s, nil, false
		}
		next, eff = handOutOr(s, commerce.TaskKind(word), rest, f, func(s state) state { return lead(s, in, ev, f) })
		return next, eff, true
	case in.Kind == intent.None && slices.Contains(plainly, word):
		return s, nil, false
	}
	return lead(s, *f.meant, ev, f), nil, true
}

// plainly are the commands that are carried out even if nothing is found in what follows
// them: they only show something. A cancel is none of them, for what was meant to end may
// be a subscription.
var plainly = []string{"cart", "orders", "order", "subscriptions", "approvals", "help", "withdraw", "nudge"}

// lead goes where an Intent that asks for nothing to be done leads.
func lead(s state, in intent.Intent, ev Event, f facts) state {
	switch in.Kind {
	case intent.Buy:
		return wished(s, in, ev, f)
	case intent.Cart:
		s.Step = stepCart
	case intent.Subscriptions:
		s.Step, s.Page = stepSubscriptions, 0
	case intent.Help:
		s.Step = stepHelp
	case intent.Cancel:
		return callOff(s)
	default:
		s.Step = stepHome
		return s.say(Plain, "words.none", "text", quoted(typed(ev.Text)))
	}
	return s
}

// askedFor reads what follows the command. A product's whole name, or a name that the list
// can find and nothing else could be read of, is that and no more.
func askedFor(s state, rest string, in intent.Intent, ev Event, f facts) (state, bool) {
	if _, whole := namedWhole(rest, f); whole || in.Kind != intent.Buy {
		return s, false
	}
	ws, more := wishesOf(in, typed(ev.Text))
	if (!ws.resolved() || ws.namesOnly() && ev.Values[fieldQuantity] == "") && len(find(f.shelf.Offers(), rest, "")) > 0 {
		return s, false
	}
	if n := clip(ev.Values[fieldQuantity]); n != "" && !ws.idle() {
		ws.Now = ws.Now.mute(intent.Quantity)
		ws.Now.Quantity = n
	}
	return begin(s, ws, more, f), true
}

// namesOnly reports whether a product is named and nothing is said of it: the list shows what
// it costs, and what else is called so.
func (w wishes) namesOnly() bool {
	return len(w.Next) == 0 && w.Now.Offer != "" && w.Now.Quantity == "" && w.Now.Billing == "" && w.Now.Assign == "" && len(w.Now.Unclear) == 0
}

// resolved reports whether an offer was found for a wish, or several.
func (w wishes) resolved() bool {
	return slices.ContainsFunc(append(slices.Clone(w.Next), w.Now), func(w wish) bool { return w.Offer != "" || len(w.Among) > 0 })
}

// wished opens the form of what somebody wants to buy, or corrects the one that is open.
func wished(s state, in intent.Intent, ev Event, f facts) state {
	ws, more := wishesOf(in, typed(ev.Text))
	if ws.Of == 1 && more == 0 {
		if next, ok := correct(s, ws.Now, f); ok {
			return next
		}
	}
	return begin(s, ws, more, f)
}

// begin opens the form of the first product; the others wait. more are those left out.
func begin(s state, ws wishes, more int, f facts) state {
	s.Wishes, s.Step, s.Query, s.Group, s.Page, s.Wanted = ws, stepList, "", "", 0, ""
	if more > 0 {
		s = s.count(Warning, "words.too_many", more, "most", maxWishes)
	}
	if ws.idle() {
		return s
	}
	return pursue(s, f)
}

// pursue opens the form of the wish whose turn it is, or lists what it may be.
func pursue(s state, f facts) state {
	w := s.Wishes.Now
	s.Step, s.Query, s.Group, s.Page = stepList, "", "", 0
	offer, sold := f.shelf.Offer(w.Offer)
	switch {
	case w.Offer == "":
		return s.unnamed(f)
	case !sold:
		s.Wishes.Now.Offer = ""
		return s.say(Warning, "words.not_sold", "offer", f.offerName(w.Offer))
	case f.closedTo(&offer, offer.FirstPlan(f.org, f.now).PlanID) != nil:
		s.Wishes.Now.Offer, s.Query = "", offer.Name // the list says why not
		return s
	}
	return s.filled(offer, f)
}

// unnamed asks which product is meant: one of some, or of all.
func (s state) unnamed(f facts) state {
	w := s.Wishes.Now
	s.Wishes.Now.Among = slices.DeleteFunc(slices.Clone(w.Among), func(id string) bool {
		_, sold := f.shelf.Offer(id)
		return !sold
	})
	switch {
	case len(s.Wishes.Now.Among) > 0:
		return s.say(Plain, "words.which_of", "text", w.Named)
	case w.Named != "":
		s.Query = strings.TrimSuffix(w.Named, "…")
		return s.say(Warning, "words.unknown", "text", w.Named)
	}
	return s.say(Plain, "words.which")
}

// filled is the form of an offer with all that was understood in it.
func (s state) filled(o commerce.Offer, f facts) state {
	w := s.Wishes.Now
	able := f.autoAssigns(o)
	s.Step, s.Wanted = stepDetails, ""
	s.Form = form{Offer: o.ID, Revision: f.cart.Revision, Quantity: w.Quantity, Plan: w.plan(o, f), AutoAssign: w.Assign == "true" && able}
	if w.Assign == "true" && !able {
		s = s.say(Warning, "words.not_assigned", "offer", o.Name)
	}
	return s.weighed(o, f)
}

// weighed says at once what the cart would say to the number of licences.
func (s state) weighed(o commerce.Offer, f facts) state {
	if s.Form.Quantity == "" {
		return s
	}
	n, err := commerce.ReadQuantity(s.Form.Quantity, o)
	if err == nil {
		plan := o.FirstPlan(f.org, f.now).PlanID
		if f.offers(s.Form) {
			plan = readPlan(s.Form.Plan)
		}
		_, err = f.cart.Put(f.shelf, commerce.CartLine{ID: s.Form.Line, Offer: o.ID, Plan: plan, Quantity: n})
	}
	if commerce.IsCode(err, commerce.CodeQuantity) || commerce.IsCode(err, commerce.CodeOverCap) {
		return s.fail(err, fieldQuantity)
	}
	return s
}

// onward leads from a product that is in the cart now to the one that was wished next; nil
// where the product was not wished.
func (s state) onward(f facts) func(state, commerce.Cart) state {
	if s.Wishes.idle() || s.Wishes.Now.Offer != s.Form.Offer {
		return nil
	}
	return func(s state, now commerce.Cart) state {
		f.cart = now
		return goOn(s, f)
	}
}

// goOn takes up the next wish; after the last one comes the cart.
func goOn(s state, f facts) state {
	s.Wishes = s.Wishes.after()
	if s.Wishes.idle() {
		s.Step = stepCart
		return s
	}
	return pursue(s, f)
}

// among goes on with the wishes, or past one of them. A click that was printed for another
// one skips nothing.
func among(s state, r ref, f facts) state {
	switch {
	case s.Wishes.idle():
		s.Step = stepCart
		return s.fail(commerce.Refuse(commerce.CodeStale), "")
	case r.verb == verbSkip && r.int(0) == s.Wishes.At:
		return goOn(s, f)
	}
	return pursue(s, f)
}

// clicked is w after a click: a choice that is not made by it is not asked for any more.
func (w wishes) clicked(r ref, at step) wishes {
	switch {
	case r.verb == verbSearch && at != stepList && len(w.Next) == 0:
		return wishes{}
	case w.Now.Change && r.verb != verbChange:
		return w.after()
	}
	if r.verb == verbSearch {
		w.Now.Among = nil // it is searched for
	}
	return w
}

// waitFor reports whether an offer that is chosen from the list is the one wished.
func (w wishes) waitFor(offer string, at step) bool {
	return at == stepList && !w.idle() && (w.Now.Offer == "" || w.Now.Offer == offer)
}

// aside is w while an offer is bought that nobody wished.
func (w wishes) aside(offer string) wishes {
	if len(w.Next) == 0 {
		return wishes{}
	}
	w.Now = wish{Offer: offer}
	return w
}

// of is w with its offer chosen.
func (w wish) of(offer string) wish {
	w.Offer, w.Among, w.Named = offer, nil, ""
	return w
}

// offerName is what an offer is called, sold here or not.
func (f facts) offerName(id string) string {
	for _, c := range []commerce.Catalogue{f.shelf.Catalogue, f.catalogue} { // a shelf is only for who buys
		if o, ok := c.Offer(id); ok {
			return o.Name
		}
	}
	return id
}
