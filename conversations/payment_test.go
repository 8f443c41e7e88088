package conversations_test

import (
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/conversations"
)

// What payers do, and what the order says then.
func TestPayments(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outcome string
		en, fr  string
		tone    conversations.Tone
		actions []string
		later   string // after some seconds, in English
	}{
		"paid": {"paid", "The vendor is preparing the licences.", "Le fournisseur prépare les licences.", conversations.Plain,
			nil, "Done. The licences are ready."},
		"declined": {"declined", "The payment was declined and nothing was charged. The order is kept: try again with the same link, or another card.",
			"Le paiement a été refusé et rien n’a été débité.", conversations.Warning, []string{"Pay", "Cancel the order"}, "The payment was declined"},
		"slow": {"slow", "The payment is being processed.", "Le paiement est en cours de traitement.", conversations.Plain,
			[]string{"Cancel the order"}, "Done. The licences are ready."},
		"slow, and declined in the end": {"slow_fail", "The payment is being processed.", "Le paiement est en cours de traitement.",
			conversations.Plain, []string{"Cancel the order"}, "The payment was declined"},
		"abandoned": {"abandoned", "The order is waiting for its payment. Nothing is bought until it is paid.", "La commande attend son paiement.",
			conversations.Plain, []string{"Pay", "Cancel the order"}, "The order is waiting for its payment."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.as("aicha")
			id := p.buys("business-premium", "5", "P1Y.annual", false)
			w.pays(id, c.outcome, "deliver")
			p.types("order " + id).sees(c.en).offers(c.actions...)
			if got := p.prompt.Notices[0].Tone; got != c.tone {
				t.Errorf("it is said in the tone %q, want %q", got, c.tone)
			}
			p.speaking("fr").types("order " + id).sees(c.fr)
			w.settles()
			p.speaking("en").types("order " + id).sees(c.later)
			sameAsAnnounced(t, w, p)
		})
	}
}

// A declined card is tried again with the same link.
func TestDeclinedThenPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	id := p.buys("business-premium", "5", "P1Y.annual", false)
	link := p.types("order " + id).prompt.Actions[0].URL
	w.pays(id, "declined", "deliver")
	if again := p.types("order " + id).prompt.Actions[0].URL; again != link {
		t.Errorf("the link is %s now, want %s", again, link)
	}
	w.pays(id, "paid", "deliver")
	w.settles()
	p.types("order "+id).sees("Done. The licences are ready.", "Paid = €1,454.40").lacks("declined")
}

// A link that expired: the order offers another, which works; the old one does not.
func TestALinkExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	id := p.buys("business-premium", "5", "P1Y.annual", false)
	old := p.types("order " + id).prompt.Actions[0].URL
	w.passes(24 * time.Hour)
	p.types("order "+id).sees("The payment link has expired and nothing was charged.").offers("New payment link", "Cancel the order")
	sameAsAnnounced(t, w, p)
	ask := p.refOf("order.link")
	p.clicks("New payment link").at("order").sees("The payment link is being made.").offers("Cancel the order")
	p.sends("", ask, nil).at("order").sees("That is not possible any more: the order is waiting for payment.")
	w.works()
	p.types("order "+id).sees("Payment link works until = 25 November 2026, 10:00").offers("Pay", "Cancel the order")
	if now := p.prompt.Actions[0].URL; now == old {
		t.Error("it is the old link")
	}
	_, _, err := w.service.PaymentPage(w.ctx, old[len("https://cartwright.example/pay/"):])
	if !commerce.IsCode(err, commerce.CodeNotFound) {
		t.Errorf("the old link answers %v", err)
	}
	w.pays(id, "paid", "deliver")
	w.settles()
	p.types("order " + id).sees("completed")
}

// A link is not offered again while its payment is being processed.
func TestASlowPaymentOutlivesItsLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	id := p.buys("business-premium", "5", "P1Y.annual", false)
	w.passes(24*time.Hour - time.Millisecond)
	w.pays(id, "slow", "deliver")
	w.mu.Lock()
	w.clock = w.clock.Add(50 * time.Millisecond)
	w.mu.Unlock()
	p.types("order " + id).sees("The payment is being processed.").offers("Cancel the order")
	w.settles()
	p.types("order " + id).sees("completed")
}

// Nobody pays: after a week the order expires, whatever became of its links.
func TestNobodyPays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	id := p.buys("business-premium", "5", "P1Y.annual", false)
	w.passes(24 * time.Hour)
	w.passes(6 * 24 * time.Hour)
	p.types("order "+id).sees("CW-1001: expired", "Nobody paid in time, so the order has expired. Nothing was charged.").offers()
	if !p.prompt.Closed {
		t.Error("the order's message is not closed")
	}
	p.sends("", "order.link:"+id, nil).sees("That is not possible any more: the order is expired.")
	p.sends("", "order.cancel:"+id, nil).sees("That is not possible any more: the order is expired.")
	p.sends("", "buy:business-premium", nil).at("details").lacks("On order")
}

// What the vendor makes of an order of two lines, the words and the money.
func TestWhatTheVendorMakesOfIt(t *testing.T) {
	t.Parallel()
	for scenario, c := range map[string]struct {
		en, fr             []string
		captured, refunded string // before tax 1212.00 and 309.60
		closed             bool
	}{
		"deliver": {
			[]string{"CW-1001: completed", "Done. The licences are ready.", "| delivered", "Paid = €1,825.92", "assigned 7 of 7"},
			[]string{"CW-1001 : terminée", "| livrée", "Payé = 1 825,92 €"}, "1825.92 EUR", "", true,
		},
		"refuse": {
			[]string{"CW-1001: failed", "The vendor did not take the order. Nothing was charged.", "| refused"},
			[]string{"CW-1001 : en échec", "Le fournisseur n’a pas accepté la commande. Rien n’a été débité.", "| refusée"}, "", "", true,
		},
		"refuse_one": {
			[]string{"CW-1001: completed", "Done in part.", "| delivered", "| refused", "Paid = €1,454.40", "assigned 5 of 5", "the licences were not delivered"},
			[]string{"Terminé en partie.", "| refusée", "Payé = 1 454,40 €"}, "1454.40 EUR", "", true,
		},
		"fail": {
			[]string{"CW-1001: failed", "The vendor could not deliver the licences. What was paid is given back.", "| not delivered", "Paid = €1,825.92", "Refunded = €1,825.92"},
			[]string{"Le fournisseur n’a pas pu livrer les licences.", "| non livrée", "Remboursé = 1 825,92 €"}, "1825.92 EUR", "1825.92 EUR", true,
		},
		"fail_one": {
			[]string{"CW-1001: completed", "Done in part.", "| delivered", "| not delivered", "Paid = €1,825.92", "Refunded = €371.52", "assigned 5 of 5"},
			[]string{"Terminé en partie.", "| non livrée", "Remboursé = 371,52 €"}, "1825.92 EUR", "371.52 EUR", true,
		},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", true).puts("business-standard", "2", "P1Y.annual", true)
			id := p.places()
			w.pays(id, "paid", scenario)
			w.settles()
			p.types("order " + id).at("order").sees(c.en...).lacks("Charged now")
			sameAsAnnounced(t, w, p)
			p.speaking("fr").types("order " + id).sees(c.fr...)
			o := w.order(id)
			if o.Payment.Captured.String() != c.captured || o.Payment.Refunded.String() != c.refunded || p.prompt.Closed != c.closed {
				t.Errorf("captured %s, refunded %s, closed %v", o.Payment.Captured, o.Payment.Refunded, p.prompt.Closed)
			}
			noSeatsLeftOpen(t, w)
		})
	}
}

// noSeatsLeftOpen requires that an order that is over counts against no cap.
func noSeatsLeftOpen(t *testing.T, w *world) {
	t.Helper()
	w.passes(time.Second)
	open, err := w.books.OpenSeats(w.ctx, "contoso", w.now())
	if err != nil || len(open) > 0 {
		t.Errorf("open seats are %v (%v)", open, err)
	}
}

// Only those who failed are tried again, and everyone else keeps what they have.
func TestRetryOfTheFailures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	id := p.buys("business-premium", "40", "P1Y.annual", true)
	w.pays(id, "paid", "deliver")
	w.settles()
	p.types("order "+id).sees("The licences are there, but not everyone could be given one.", "assigned 39 of 40",
		"1 person could not be given a licence: Émile Ximénez: no answer, try again later").offers("Go to Admin Home", "Who gets a licence", "Try again for 1 person")
	retry := p.refOf("order.retry")
	p.clicks("Try again for 1 person").at("order").sees("The licences have arrived and are being assigned.")
	w.settles()
	p.types("order "+id).sees("Done. The licences are ready.", "assigned 40 of 40").offers("Go to Admin Home", "Who gets a licence")
	p.sends("", retry, nil).sees("That is not possible any more: the order is completed.")
	if n := w.count("SELECT count(*) FROM sandbox_grants"); n != 40 {
		t.Errorf("%d licences were given, want 40", n)
	}
	p.clicks("Who gets a licence").at("people").sees("1 to 25 of 42", "Álvaro Olsen: has the licence").offers("Next page", "Back to the order")
	p.clicks("Next page").sees("26 to 42 of 42", "Zoé Nguyen: has the licence").offers("Previous page", "Back to the order")
	p.clicks("Back to the order").at("order")
}

// Whoever gained a licence since the order was made is skipped.
func TestSomebodyGainedALicence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	id := p.buys("business-premium", "3", "P1Y.annual", true)
	w.exec(`INSERT INTO sandbox_licences (organisation, sku, user_id, at)
		SELECT organisation, 'elsewhere', id, 0 FROM sandbox_users WHERE organisation = 'contoso' AND name = 'Amélie Traoré'`)
	w.pays(id, "paid", "deliver")
	w.settles()
	p.types("order "+id).sees("assigned 2 of 2", "Amélie Traoré: already has a licence", "2 people got a licence: Álvaro Olsen, Bastien Urbain")
}

// An order can be called off until it is placed, and what was paid is let go.
func TestCancelling(t *testing.T) {
	t.Parallel()
	pays := func(outcome string) func(*world) {
		return func(w *world) {
			if err := w.outside.Pay(w.ctx, w.order("CW-1001").Payment.Session, outcome, "deliver"); err != nil {
				w.Fatalf("pay: %v", err)
			}
			w.hears()
		}
	}
	for name, reach := range map[string]func(*world){
		"before there is a link": nil,
		"with a link":            func(w *world) { w.works() },
		"declined":               func(w *world) { w.works(); pays("declined")(w) },
		"processing":             func(w *world) { w.works(); pays("slow")(w) },
		"secured":                func(w *world) { w.works(); pays("paid")(w) },
		"the link expired":       func(w *world) { w.works(); w.passes(24 * time.Hour) },
		"a new link was asked": func(w *world) {
			w.works()
			w.passes(24 * time.Hour)
			w.as("aicha").sends("", "order.link:CW-1001", nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", true).clicks("Check out").clicks("Next").clicks("Place order")
			if reach != nil {
				reach(w)
			}
			p.types("order CW-1001")
			p.clicks("Cancel the order").at("order").sees("The order is being cancelled.")
			w.settles()
			p.types("order CW-1001").sees("CW-1001: cancelled", "The order was cancelled. Nothing was charged.").offers()
			sameAsAnnounced(t, w, p)
			p.sends("", "order.cancel:CW-1001", nil).sees("That is not possible any more: the order is cancelled.")
			if n := w.count("SELECT count(*) FROM sandbox_orders") + w.count("SELECT count(*) FROM sandbox_sessions WHERE status NOT IN ('voided', 'expired')"); n != 0 {
				t.Errorf("%d things are left outside", n)
			}
			noSeatsLeftOpen(t, w)
		})
	}
}

// Once it is being placed nobody can call it off.
func TestTooLateToCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	id := p.buys("business-premium", "5", "P1Y.annual", false)
	cancel := p.types("order " + id).refOf("order.cancel")
	w.pays(id, "paid", "deliver")
	p.sends("", cancel, nil).at("order").sees("That is not possible any more: the order is being set up.").lacks("<Cancel the order>")
	w.settles()
	p.types("order " + id).sees("completed")
}
