package conversations

import (
	"maps"
	"slices"
	"testing"
	"time"

	"cartwright/commerce"
)

// handOffMoments are those of an order that its buyer buys at Microsoft.
func handOffMoments() map[string]func(*commerce.Order) {
	sees := func(s commerce.State, bought, others int, change ...func(*commerce.Order)) func(*commerce.Order) {
		return func(o *commerce.Order) {
			atMicrosoft(o, s, bought, others)
			for _, c := range change {
				c(o)
			}
		}
	}
	return map[string]func(*commerce.Order){
		"hand_over_coming": func(o *commerce.Order) { o.State, o.HandOff = commerce.StateHandedOver, &commerce.HandOff{} },
		"hand_over_unread": func(o *commerce.Order) {
			o.State, o.HandOff = commerce.StateHandedOver, unasked(&commerce.HandOff{Patience: 1})
		},
		"handed_over":         sees(commerce.StateHandedOver, 0, 0),
		"handed_over_partly":  sees(commerce.StateHandedOver, 2, 0, func(o *commerce.Order) { unasked(o.HandOff).Patience = 1 }),
		"handed_over_other":   sees(commerce.StateHandedOver, 0, 10),
		"completed_otherwise": sees(commerce.StateCompleted, 2, 10),
		"not_bought":          sees(commerce.StateExpired, 0, 0, func(o *commerce.Order) { o.Reason = commerce.CodeNotBought }),
		"cancelled_bought":    sees(commerce.StateCancelled, 2, 0),
		"unseen":              sees(commerce.StateExpired, 0, 0, func(o *commerce.Order) { o.Reason = commerce.CodeUnseen; unasked(o.HandOff) }),
		"cancelled_unseen":    sees(commerce.StateCancelled, 2, 0, func(o *commerce.Order) { o.Reason = commerce.CodeUnseen; unasked(o.HandOff) }),
	}
}

// unasked is the hand-off while Microsoft cannot be asked.
func unasked(h *commerce.HandOff) *commerce.HandOff {
	h.Unread, h.Until = morning.Add(time.Hour), morning.AddDate(0, 0, 14)
	return h
}

// atMicrosoft is an order of which that much of its first line was seen, and that much of
// something else.
func atMicrosoft(o *commerce.Order, s commerce.State, bought, others int) {
	o.State = s
	o.HandOff = &commerce.HandOff{At: morning, Until: morning.AddDate(0, 0, 14)}
	claim := func(line int, sku, part string, n int) {
		if n > 0 {
			o.HandOff.Claims = append(o.HandOff.Claims, commerce.Claim{Line: line, SKU: sku, Part: part, Subscription: "s" + sku, To: n})
		}
	}
	claim(o.Lines[0].ID, o.Lines[0].GraphSKU, "FIRST", bought)
	claim(0, "sku-unheard-of", "POWER_APPS_PER_USER", others)
	o.Lines = slices.Clone(o.Lines)
	o.Lines[0].Bought = bought
	for i := range o.Lines {
		switch l := &o.Lines[i]; {
		case !s.Ended() || bought == 0:
		case l.Bought > 0:
			l.State = commerce.LineProvisioned
		default:
			l.State = commerce.LineUnbought
		}
	}
}

// buyingThere is f where the organisation buys from Microsoft.
func (f facts) buyingThere() facts {
	f.org.Backend, f.shelf.Organisation.Backend = commerce.Direct, commerce.Direct
	var listed commerce.Catalogue
	for _, o := range f.shelf.Catalogue.Offers {
		o.Plans = slices.Clone(o.Plans)
		for i := range o.Plans {
			o.Plans[i].Demonstration, o.Plans[i].Indicative = false, true
		}
		listed.Offers = append(listed.Offers, o)
	}
	f.shelf.Catalogue = listed
	return f
}

// handOffGoldens are what reads differently where Microsoft charges.
func handOffGoldens(t *testing.T, at place) map[string]golden {
	t.Helper()
	all := map[string]golden{}
	f := goldenFacts(t, at).buyingThere().two(t)
	quoted := f.quoted(t, nil)
	on := func(s step) golden {
		return golden{state{Step: s, Hash: quoted.cart.Quote.Hash, Revision: quoted.cart.Revision}, quoted}
	}
	all["cart-microsoft"], all["check-microsoft"], all["payment-microsoft"] = golden{state{Step: stepCart}, quoted}, on(stepCheck), on(stepPayment)
	all["submitted-microsoft"] = golden{state{Step: stepSubmitted, Order: "CW-1042"}, quoted.ordered(t, nil)}
	voter := asked(t, at, nil).buyingThere()
	voter.order.Quote.Charged = commerce.Zero(voter.order.Quote.Currency)
	all["approval-microsoft"] = golden{state{Step: stepApproval, Order: voter.order.ID}, voter}
	renewing := licenceGoldens(t, at)["renew"]
	renewing.facts = renewing.facts.buyingThere()
	renewing.state = renewing.state.fail(commerce.Refuse(commerce.CodeAtMicrosoft), "")
	all["renew-microsoft"] = renewing
	failed := quoted.ordered(t, func(o *commerce.Order) { atMicrosoft(o, commerce.StateCompleted, o.Lines[0].Quantity, 0) })
	if at.cloud == commerce.Worldwide {
		served(&failed, "completed_people_failed")
	}
	unread := quoted.ordered(t, func(o *commerce.Order) { atMicrosoft(o, commerce.StateCompleted, 2, 0); unasked(o.HandOff) })
	all["order-completed-unread-microsoft"] = golden{state{Step: stepOrder, Order: unread.order.ID}, unread}
	all["order-people-failed-microsoft"] = golden{state{Step: stepOrder, Order: failed.order.ID}, failed}
	return all
}

// overThere are the situations that only an organisation has which buys from Microsoft: not
// one of the closed cloud.
func overThere() []string {
	names := []string{
		"cart-microsoft", "check-microsoft", "payment-microsoft", "submitted-microsoft", "approval-microsoft", "renew-microsoft", "order-people-failed-microsoft", "order-completed-unread-microsoft",
	}
	for _, name := range slices.Sorted(maps.Keys(handOffMoments())) {
		names = append(names, "order-"+name)
	}
	return names
}
