package conversations

import (
	"testing"

	"pgregory.net/rapid"

	"cartwright/commerce"
	"cartwright/conversations/intent"
)

// anyIntent is whatever a reader may hand over, also what none would.
func anyIntent(t *rapid.T) intent.Intent {
	offers := rapid.SampledFrom([]string{"", "premium", "basic", "e3", "copilot", "visio", "long", "gone", "x:y\x00", "CW-1042"})
	slots := rapid.SampledFrom([]intent.Slot{intent.Product, intent.Quantity, intent.Billing, intent.AutoAssign, "approve", ""})
	item := rapid.Custom(func(t *rapid.T) intent.Item {
		return intent.Item{
			Product: offers.Draw(t, "product"), Quantity: rapid.IntRange(-3, 20_000).Draw(t, "quantity"),
			Billing:    rapid.SampledFrom([]commerce.Billing{"", commerce.Annual, commerce.Monthly, "weekly"}).Draw(t, "billing"),
			AutoAssign: rapid.SampledFrom([]*bool{nil, new(bool), func() *bool { v := true; return &v }()}).Draw(t, "assign"),
		}
	})
	ask := rapid.Custom(func(t *rapid.T) intent.Ask {
		return intent.Ask{
			Item: rapid.IntRange(-1, 12).Draw(t, "of"), Slot: slots.Draw(t, "slot"), Said: rapid.String().Draw(t, "said"),
			Candidates: rapid.SliceOfN(offers, 0, 20).Draw(t, "candidates"),
		}
	})
	evidence := rapid.Custom(func(t *rapid.T) intent.Evidence {
		return intent.Evidence{
			Item: rapid.IntRange(-1, 12).Draw(t, "of"), Slot: slots.Draw(t, "slot"), Start: rapid.IntRange(-5, 60).Draw(t, "start"), End: rapid.IntRange(-5, 60).Draw(t, "end"),
		}
	})
	return intent.Intent{
		Kind:  rapid.SampledFrom(append([]intent.Kind{"approve", "place", ""}, intent.Kinds...)).Draw(t, "kind"),
		Items: rapid.SliceOfN(item, 0, 13).Draw(t, "items"), Asks: rapid.SliceOfN(ask, 0, 5).Draw(t, "asks"),
		Evidence: rapid.SliceOfN(evidence, 0, 9).Draw(t, "evidence"),
	}
}

// ownText is a text that is read, whichever command it begins with.
func ownText(t *rapid.T) string {
	begin := rapid.SampledFrom(append([]string{"", "/m365", "please", "approve", "confirm", "place"}, commands...)).Draw(t, "command")
	text := begin + " " + rapid.SampledFrom([]string{"", "it", "CW-1042", "CW-1042 now", "my order CW-1042", "visio", "premium", "to a@b.example"}).Draw(t, "rest") + rapid.String().Draw(t, "text")
	if _, ok := ownWords(text); !ok {
		t.Skip("a command")
	}
	return text
}

// Whatever is read in whatever text, wherever somebody is: nothing is done to an order, a
// vote, a cart or a licence. All that is ever asked of the domain is what is owned; the rest
// is a form to be looked at. What is kept stays small, can be kept, and is shown soundly.
func TestNoIntentDoesAnything(t *testing.T) {
	t.Parallel()
	f := asked(t, english, nil)
	f.cart = goldenFacts(t, english).two(t).cart
	f.actor.Roles = append(f.actor.Roles, commerce.Licensing, commerce.Approver)
	f.owned, f.ownedKnown = []commerce.Subscription{}, true
	steps := []step{stepHome, stepHelp, stepClosed, stepList, stepDetails, stepCart, stepCheck, stepPayment, stepSubmitted, stepOrders, stepOrder, stepApproval, stepReject, stepPropose, stepChoose, stepPick, stepPreview, stepRenew}
	rapid.Check(t, func(t *rapid.T) {
		s := state{
			Step: rapid.SampledFrom(steps).Draw(t, "step"), Order: f.order.ID, Revision: f.cart.Revision, Hash: "0f3c",
			Form: form{Offer: rapid.SampledFrom([]string{"", "premium", "visio", "gone"}).Draw(t, "open"), Quantity: "25", Plan: "P1Y.annual"},
		}
		for n := range rapid.IntRange(1, 4).Draw(t, "messages") {
			in := anyIntent(t)
			f.meant = &in
			next, eff := advance(s, Event{ID: string(rune('a' + n)), Text: ownText(t)}, f)
			if eff != nil {
				if _, reads := eff.(openLicences); !reads {
					t.Fatalf("%+v does %T", in, eff)
				}
				next = eff.then(next, result{known: true, owned: f.owned}, nil)
			}
			s = decodeState(next.encode())
			if size := len(next.encode()); size > 20_000 {
				t.Fatalf("the state has %d bytes", size)
			}
			if s.Step == stepDetails || s.Step == stepList || s.Step == stepCart {
				for _, wrong := range Unsound(view(s, f)) {
					t.Fatalf("%+v shows: %s", in, wrong)
				}
			}
		}
	})
}

// A conversation that was kept before products could be wished reads as it was.
func TestAnEarlierConversation(t *testing.T) {
	t.Parallel()
	s := decodeState([]byte(`{"step":"details","wanted":"3","form":{"offer":"visio","quantity":"3","plan":"P1Y.annual"},"licences":{"kind":"assign","named":"basic"}}`))
	if s.Step != stepDetails || s.Form.Quantity != "3" || s.Wanted != "3" || !s.Wishes.idle() || s.Licences.Named != "basic" {
		t.Errorf("it is read as %+v", s)
	}
}
