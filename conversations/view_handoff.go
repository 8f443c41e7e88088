package conversations

import (
	"strings"

	"cartwright/commerce"
)

// microsoft reports whether the organisation buys from Microsoft itself, which then
// charges.
func (f facts) microsoft() bool { return f.org.Backend == commerce.Direct }

// paid is the key of a sentence that says how an order is paid.
func (f facts) paid(key string) string {
	if f.microsoft() {
		return key + "_microsoft"
	}
	return key
}

// indicative says whose price holds where Microsoft charges it.
func indicative(f facts) []Block {
	if !f.microsoft() {
		return nil
	}
	return []Block{muted(f.words.T("order.indicative"))}
}

// handOffMoment names how far an order is that its buyer buys at Microsoft.
func handOffMoment(o commerce.Order) string {
	switch {
	case o.HandOff != nil && !o.HandedOver() && !o.HandOff.Unread.IsZero():
		return "hand_over_unread"
	case !o.HandedOver():
		return "hand_over_coming"
	case o.BoughtSome():
		return "handed_over_partly"
	case o.SeenAny():
		return "handed_over_other"
	}
	return "handed_over"
}

// stateOf names an order's state. Before what is owned is noted nobody is told to buy: what
// is bought by then is never seen.
func stateOf(o commerce.Order, f facts) string {
	if o.State == commerce.StateHandedOver && !o.HandedOver() {
		return f.words.T("state.handing_over")
	}
	return f.words.T("state." + string(o.State))
}

// boughtOtherwise reports whether an order ended with something else than was ordered.
func boughtOtherwise(o commerce.Order) bool {
	for _, l := range o.Lines {
		if o.HandedOver() && l.Licences() != l.Quantity {
			return true
		}
	}
	return false
}

// handOff tells what was seen of a purchase at Microsoft, and what it takes.
func handOff(o commerce.Order, f facts) []Block {
	if o.HandOff == nil {
		return nil
	}
	blocks := append(seen(o, f), notAsked(o, f)...)
	if o.State == commerce.StateHandedOver && o.HandedOver() {
		blocks = append(blocks, muted(f.words.T("order.watching")), muted(f.words.T("order.buying_roles")))
	}
	if o.State == commerce.StateCompleted && o.People().Failed > 0 {
		blocks = append(blocks, muted(f.words.T("order.assigning_roles")))
	}
	return blocks
}

// notAsked says that Microsoft cannot be asked, and until when that is tried; or that it could
// not be when the order was completed.
func notAsked(o commerce.Order, f facts) []Block {
	key := "order.unread"
	switch {
	case o.Blind() && o.State == commerce.StateCompleted:
		key = "order.ended_unread"
	case o.State.Ended() || o.HandOff.Unread.IsZero():
		return nil
	}
	h := o.HandOff
	return []Block{{Text: &Notice{Tone: Warning, Text: f.words.T(key, "date", f.words.DateTime(h.Unread), "until", f.words.DateTime(h.Until))}}}
}

// seen lists what was bought: of each line, and of what was not ordered.
func seen(o commerce.Order, f facts) []Block {
	if !o.SeenAny() {
		return nil
	}
	title := "order.was_bought"
	if o.Watched() {
		title = "order.seen_so_far"
	}
	list := &List{Title: f.words.T(title)}
	for _, l := range o.Lines {
		list.Items = append(list.Items, f.words.T("order.seen_line", "product", l.Name, "bought", f.words.Number(l.Bought), "ordered", f.words.Number(l.Quantity)))
	}
	for _, p := range o.Others() {
		list.Items = append(list.Items, f.words.T("order.seen_other", "product", productOf(p, f.catalogue), "seats", f.words.Number(p.Seats)))
	}
	return []Block{{List: list}}
}

// productOf is the name of a product that was not ordered, or what Microsoft calls it.
func productOf(p commerce.Purchase, catalogue commerce.Catalogue) string {
	for _, o := range catalogue.Offers {
		if strings.EqualFold(o.GraphSKU, p.SKU) {
			return o.Name
		}
	}
	if p.Part != "" {
		return p.Part
	}
	return p.SKU
}

// handOffActions are the way to the admin centre and, for the buyer, what they may say.
func handOffActions(o commerce.Order, f facts) []Action {
	if o.State != commerce.StateHandedOver {
		return nil
	}
	var actions []Action
	if o.HandedOver() {
		actions = append(actions, Action{Label: f.own("list.title"), URL: f.cloud().shop, Style: Primary})
	}
	if o.Buyer != f.actor.Person {
		return actions
	}
	if o.HandedOver() {
		actions = append(actions, Action{Ref: makeRef(verbBought, o.ID), Label: f.words.T("order.said_bought")})
	}
	if o.SeenAny() {
		actions = append(actions, enoughAction(o, f))
	}
	if o.HandOff.Patience > 0 {
		actions = append(actions, Action{Ref: makeRef(verbWanted, o.ID), Label: f.words.T("order.still_wanted")})
	}
	return actions
}

func enoughAction(o commerce.Order, f facts) Action {
	label := f.words.T("order.said_enough")
	return Action{
		Ref: makeRef(verbEnough, o.ID), Label: label,
		Confirm: &Confirm{
			Title: f.words.T("order.enough_title", "order", o.ID), Text: f.words.T("order.enough_text"),
			Yes: label, No: f.words.T("action.keep"),
		},
	}
}
