package commerce

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func testOrder(t testing.TB, lines ...CartLine) Order {
	t.Helper()
	s := testShelf(t, nil)
	c := quotedCart(t, s, filled(t, s, lines...))
	o, _ := NewOrder("CW-1001", "00ff", Actor{Organisation: "contoso", Person: "aicha"}, c, s, nil)
	if err := o.admit(Requirement{}, noon, StandardTimings()); err != nil {
		t.Fatal(err)
	}
	return o
}

// The chart in docs and the table in code are the same.
func TestChartIsTheTable(t *testing.T) {
	t.Parallel()
	chart, err := os.ReadFile("../docs/order-states.md")
	if err != nil {
		t.Fatal(err)
	}
	var drawn, coded []string
	for line := range strings.Lines(string(chart)) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), " --> ")
		to, _, _ = strings.Cut(to, ":")
		if ok && from != "[*]" && to != "[*]" {
			drawn = append(drawn, from+" "+strings.TrimSpace(to))
		}
	}
	for from, tos := range transitions {
		for _, to := range tos {
			coded = append(coded, string(from)+" "+string(to))
		}
	}
	slices.Sort(drawn)
	slices.Sort(coded)
	if !slices.Equal(drawn, coded) {
		t.Errorf("docs/order-states.md draws\n%s\nand the code allows\n%s", strings.Join(drawn, "\n"), strings.Join(coded, "\n"))
	}
}

func TestNobodyIsServedTwice(t *testing.T) {
	t.Parallel()
	s := testShelf(t, nil)
	c := quotedCart(t, s, filled(t, s,
		CartLine{Offer: "basic", Plan: yearly(), Quantity: 2, AutoAssign: true},
		CartLine{Offer: "e3", Plan: yearly(), Quantity: 5},
		CartLine{Offer: "premium", Plan: yearly(), Quantity: 9, AutoAssign: true},
	))
	people := []User{
		{ID: "4", Name: "Denise", Location: "FR"}, {ID: "1", Name: "Ana", Location: "FR"}, {ID: "5", Name: "Eva"},
		{ID: "2", Name: "Bob", Location: "FR", Guest: true}, {ID: "3", Name: "Carl", Location: "FR"}, {ID: "6", Name: "Finn", Location: "FR", Disabled: true},
	}
	o, all := NewOrder("CW-1", "k", Actor{Person: "aicha"}, c, s, people)
	var got []string
	for _, a := range all {
		got = append(got, fmt.Sprintf("%d %s %s %s", a.Line, a.Name, a.State, a.Reason))
	}
	want := []string{
		"1 Ana pending ", "1 Carl pending ", "1 Bob skipped guest", "1 Eva skipped no_location", "1 Finn skipped disabled", "3 Denise pending ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if p := o.People(); p != (Progress{Total: 3, Skipped: 3}) {
		t.Errorf("progress %+v", p)
	}
}

func TestLateAndRepeatedNewsOfThePayment(t *testing.T) {
	t.Parallel()
	o := testOrder(t, CartLine{Offer: "basic", Plan: yearly(), Quantity: 1})
	_ = o.opened(Session{ID: "s", Expires: noon.Add(time.Hour)}, 1)
	hear := func(s PaymentStatus, declined bool) {
		t.Helper()
		if err := o.heard(s, declined, noon); err != nil {
			t.Fatal(err)
		}
	}
	hear(PaymentOpen, true)
	if !o.Payment.Declined || !o.Payable(noon) {
		t.Fatalf("declined: %+v", o.Payment)
	}
	hear(PaymentProcessing, false)
	if o.Payable(noon) {
		t.Fatal("a payment under way can be paid again")
	}
	hear(PaymentSecured, false)
	hear(PaymentSecured, false)
	hear(PaymentProcessing, false)
	hear(PaymentOpen, true)
	if o.State != StatePaymentSecured || o.Payment.Status != PaymentSecured || o.Payment.Declined {
		t.Fatalf("order %s, payment %+v", o.State, o.Payment)
	}
}

func TestMoneyOfAnEndedOrderIsLetGo(t *testing.T) {
	t.Parallel()
	o := testOrder(t, CartLine{Offer: "basic", Plan: yearly(), Quantity: 1})
	_ = o.opened(Session{ID: "s"}, 1)
	if err := o.to(StateCancelling, noon); err != nil {
		t.Fatal(err)
	}
	_ = o.voided(noon)
	o.Payment.Status = PaymentOpen // the gateway took the payment all the same
	_ = o.heard(PaymentSecured, false, noon)
	if step, _ := o.Next(noon, StandardTimings()); o.State != StateCancelled || step != StepVoid {
		t.Errorf("order %s waits for %q", o.State, step)
	}
}

// An order that was ended by hand leaves no page behind that could still be paid, and
// takes no money for what was never placed.
func TestResolvedOrderTakesNoMoney(t *testing.T) {
	t.Parallel()
	for _, status := range []PaymentStatus{PaymentOpen, PaymentProcessing, PaymentSecured} {
		o := testOrder(t, CartLine{Offer: "basic", Plan: yearly(), Quantity: 1})
		_ = o.opened(Session{ID: "s", Expires: noon.Add(time.Hour)}, 1)
		o.Payment.Status = status
		if o.resolvable(StateCompleted) {
			t.Error("an order that was never placed can be completed by hand")
		}
		o.resolve(StateFailed, "by hand", noon)
		if step, _ := o.Next(noon, StandardTimings()); step != StepVoid {
			t.Errorf("%s: waits for %q", status, step)
		}
	}
}

func TestTimings(t *testing.T) {
	t.Parallel()
	o := testOrder(t, CartLine{Offer: "basic", Plan: yearly(), Quantity: 1})
	timings := StandardTimings()
	_ = o.opened(Session{ID: "s", Expires: noon.Add(timings.Link)}, 1)
	if step, due := o.Next(noon, timings); step != StepLinkExpiry || !due.Equal(noon.Add(24*time.Hour)) {
		t.Errorf("waits for %s at %s", step, due)
	}
	_ = o.heard(PaymentExpired, false, noon)
	if step, due := o.Next(noon, timings); step != StepPayBy || !due.Equal(noon.Add(7*24*time.Hour)) {
		t.Errorf("waits for %s at %s", step, due)
	}
	if !o.Links(noon) || o.Links(noon.Add(8*24*time.Hour)) {
		t.Error("a new link may be asked for until the order expires, and not after")
	}
	if fast := timings.Faster(3600); fast.Link != 24*time.Second || fast.Lease != timings.Lease {
		t.Errorf("faster: %+v", fast)
	}
}

// world is an outside that answers as it likes, for one order.
type fickleWorld struct {
	r                           *rapid.T
	secured, captured, refunded Money
	placed                      bool
	lines                       []PlacedLine
}

// Whatever the outside answers, an order ends, takes money only for what is delivered,
// places at most once and never without secured money.
func TestOrderLife(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		o := testOrder(t,
			CartLine{Offer: "basic", Plan: monthly(), Quantity: 3}, CartLine{Offer: "e3", Plan: yearly(), Quantity: 2},
		)
		w := &fickleWorld{r: r, secured: Zero("EUR"), captured: Zero("EUR"), refunded: Zero("EUR")}
		now := noon
		for range 60 {
			now = now.Add(time.Duration(rapid.IntRange(1, 20).Draw(r, "hours")) * time.Hour)
			if rapid.IntRange(0, 9).Draw(r, "event") == 0 {
				w.personOrGateway(&o, now)
			}
			step, due := o.Next(now, StandardTimings())
			if step == StepNone {
				break
			}
			if !due.After(now) {
				w.take(&o, step, now)
			}
		}
		if !o.State.Ended() {
			r.Fatalf("still %s, waiting for the payment of %+v", o.State, o.Payment)
		}
		delivered := o.Due()
		if o.State != StateCompleted {
			delivered = Zero("EUR")
		}
		if taken := w.captured.Minus(w.refunded); !taken.Equal(delivered) {
			r.Fatalf("%s: took %s for what is worth %s", o.State, taken, delivered)
		}
		if step, _ := o.Next(now, StandardTimings()); step != StepNone {
			r.Fatalf("%s, and still owes %s", o.State, step)
		}
	})
}

func (w *fickleWorld) check(err error) {
	if err != nil {
		w.r.Fatal(err)
	}
}

// personOrGateway cancels, or pays.
func (w *fickleWorld) personOrGateway(o *Order, now time.Time) {
	switch rapid.SampledFrom([]string{"cancel", "paid", "slow", "declined"}).Draw(w.r, "what") {
	case "cancel":
		if o.State.Cancellable() {
			w.check(o.to(StateCancelling, now))
		}
	case "paid":
		w.secure(o, now)
	case "slow":
		w.check(o.heard(PaymentProcessing, false, now))
	case "declined":
		w.check(o.heard(PaymentOpen, true, now))
	}
}

func (w *fickleWorld) secure(o *Order, now time.Time) {
	if o.Payment.Session != "" && o.Payment.Status != PaymentCaptured && o.Payment.Status != PaymentVoided {
		w.secured = o.Quote.Charged
		w.check(o.heard(PaymentSecured, false, now))
	}
}

// take plays the outside's part of a step.
func (w *fickleWorld) take(o *Order, step Step, now time.Time) {
	switch step {
	case StepOpenPayment:
		w.check(o.opened(Session{ID: "s", Expires: now.Add(24 * time.Hour)}, o.Payment.Link+1))
	case StepLinkExpiry:
		if rapid.Bool().Draw(w.r, "paid after all") {
			w.secure(o, now)
		} else {
			w.check(o.heard(PaymentExpired, false, now))
		}
	case StepPayBy:
		w.check(o.overdue(now))
	case StepPlace:
		if w.placed || w.secured.IsZero() {
			w.r.Fatalf("placed twice, or with %s secured", w.secured)
		}
		w.placed = true
		w.check(o.placing(now))
		w.place(o, now)
	case StepCapture:
		w.captured = w.captured.Plus(o.Due())
		w.check(o.captured(o.Due(), now))
	case StepDelivery:
		w.deliver(o, now)
	case StepVoid:
		w.secured = Zero("EUR")
		w.check(o.voided(now))
	case StepRefund:
		amount := o.refund()
		w.refunded = w.refunded.Plus(amount)
		w.check(o.refunded(amount, now))
	}
}

func (w *fickleWorld) place(o *Order, now time.Time) {
	if rapid.IntRange(0, 5).Draw(w.r, "refused") == 0 {
		w.check(o.refused())
		return
	}
	for _, l := range o.Lines {
		state := rapid.SampledFrom([]LineState{LinePlaced, LinePlaced, LineRefused}).Draw(w.r, "placed")
		w.lines = append(w.lines, PlacedLine{ID: l.ID, State: state})
	}
	w.check(o.placed(Placed{VendorOrder: "v", Lines: w.lines}, now))
}

func (w *fickleWorld) deliver(o *Order, now time.Time) {
	for i := range w.lines {
		if w.lines[i].State == LinePlaced {
			w.lines[i].State = rapid.SampledFrom([]LineState{LinePlaced, LineProvisioned, LineFailed}).Draw(w.r, "delivered")
		}
	}
	_, err := o.delivered(Placed{Lines: w.lines}, now)
	w.check(err)
}
