package commerce

import (
	"fmt"
	"time"
)

// Step is what an order waits for next: an outside call, or a date.
type Step string

const (
	StepNone        Step = ""
	StepVerdict     Step = "verdict"         // the votes are enough: look at voters and prices again
	StepUnanswered  Step = "approval_expiry" // nobody decided in time
	StepRemind      Step = "remind"          // nobody decided yet
	StepEscalate    Step = "escalate"        // nor when others are to be asked too
	StepOpenPayment Step = "open_payment"
	StepLinkExpiry  Step = "link_expiry" // ask the gateway whether an old link was paid after all
	StepPayBy       Step = "pay_by"      // nobody paid in time
	StepPlace       Step = "place"
	StepHandOver    Step = "hand_over" // direct: note what is owned, then show where to buy
	StepWatch       Step = "watch"     // direct: look whether it was bought
	StepCapture     Step = "capture"
	StepDelivery    Step = "delivery" // ask the vendor how far the lines are
	StepAssign      Step = "assign"
	StepVoid        Step = "void"
	StepRefund      Step = "refund"
)

// Timings are the lengths of an order's waits; a sandbox may run them faster.
type Timings struct {
	Quote    time.Duration // a quote holds
	Link     time.Duration // a payment link works
	PayBy    time.Duration // an order waits for its payment
	Lease    time.Duration // one outside call has, at the most
	Read     time.Duration // a turn waits for an outside read; 0: ReadTimeout
	Recheck  time.Duration // between two looks at a delivery, at first; it grows with the order's age
	Look     time.Duration // between two looks for a purchase at Microsoft, at first; it grows with time
	LookMost time.Duration // and that is the longest
	Still    time.Duration // a purchase that is not what was ordered is taken for all after that
	Ask      time.Duration // a buyer who has bought nothing is asked after that
	GiveUp   time.Duration // nothing was bought: the order ends
	Speed    float64       // how many times faster waits are that an organisation sets itself; 0: as they are
}

// Wait is how long a wait of the organisation's own takes.
func (t Timings) Wait(d time.Duration) time.Duration {
	if t.Speed == 0 {
		return d
	}
	return time.Duration(float64(d) / t.Speed)
}

// StandardTimings are those of a real organisation.
func StandardTimings() Timings {
	return Timings{
		Quote: QuoteLife, Link: 24 * time.Hour, PayBy: 7 * 24 * time.Hour,
		Lease: 30 * time.Second, Recheck: time.Second,
		Look: 10 * time.Second, LookMost: 15 * time.Minute, Still: 24 * time.Hour, Ask: 24 * time.Hour, GiveUp: 14 * 24 * time.Hour,
	}
}

// Faster is t at speed times its pace. Leases guard real calls, so they stay.
func (t Timings) Faster(speed float64) Timings {
	scale := func(d time.Duration) time.Duration { return time.Duration(float64(d) / speed) }
	t.Quote, t.Link, t.PayBy, t.Recheck = scale(t.Quote), scale(t.Link), scale(t.PayBy), scale(t.Recheck)
	t.Look, t.LookMost, t.Still, t.Ask, t.GiveUp = scale(t.Look), scale(t.LookMost), scale(t.Still), scale(t.Ask), scale(t.GiveUp)
	t.Speed = speed
	t.Recheck, t.Look = max(t.Recheck, 50*time.Millisecond), max(t.Look, 50*time.Millisecond)
	return t
}

// Next is what the order waits for, and since or until when. It is the whole order of
// events: what was secured is placed, what was placed is captured, what could not be
// delivered is given back.
func (o Order) Next(now time.Time, t Timings) (Step, time.Time) {
	switch o.State {
	case StateAwaitingApproval:
		return o.Approval.next(now, t)
	case StateChangesProposed:
		return StepUnanswered, o.Approval.ExpiresAt
	case StateAwaitingPayment:
		return o.nextPayment(now, t)
	case StateHandedOver:
		if !o.HandedOver() {
			return StepHandOver, now
		}
		return StepWatch, now
	case StatePaymentSecured:
		return StepPlace, now
	case StatePlacing:
		return o.nextPlacing(), now
	case StateProvisioning:
		if o.owesRefund() {
			return StepRefund, now
		}
		return StepDelivery, now
	case StateAssigning:
		return StepAssign, o.nextBatch(now)
	case StateCancelling:
		return StepVoid, now
	}
	return o.settle(), now
}

func (o Order) nextPayment(now time.Time, t Timings) (Step, time.Time) {
	switch o.Payment.Status {
	case PaymentNone:
		return StepOpenPayment, now
	case PaymentProcessing:
		// The gateway's event says how it ended; this is for the event that never came.
		return StepLinkExpiry, later(o.Payment.Expires, o.UpdatedAt.Add(t.Link/24))
	case PaymentExpired:
		return StepPayBy, o.Payment.PayBy
	}
	return StepLinkExpiry, o.Payment.Expires
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (o Order) nextPlacing() Step {
	switch {
	case !o.answered():
		return StepPlace
	case o.delivers() == 0:
		return StepVoid
	}
	return StepCapture
}

// settle is what an ended order still owes: a page that could still be paid is closed,
// secured money goes back, and so does what was captured for licences that never came.
func (o Order) settle() Step {
	switch {
	case !o.State.Ended():
		return StepNone
	case o.Payment.Status == PaymentSecured && o.State == StateCompleted && o.VendorOrder != "":
		return StepCapture
	case o.Payment.Status == PaymentSecured || o.Payment.Status == PaymentOpen || o.Payment.Status == PaymentProcessing:
		return StepVoid
	case o.owesRefund():
		return StepRefund
	}
	return StepNone
}

// answered reports whether the vendor has said what it makes of every line.
func (o Order) answered() bool {
	for _, l := range o.Lines {
		if l.State == LinePending {
			return false
		}
	}
	return true
}

// delivers counts the lines that the vendor delivers, or has delivered.
func (o Order) delivers() int {
	n := 0
	for _, l := range o.Lines {
		if l.State == LinePlaced || l.State == LineProvisioned {
			n++
		}
	}
	return n
}

// Due is what is owed for the lines that were not refused and did not fail.
func (o Order) Due() Money {
	sub := Zero(o.Quote.Currency)
	for _, l := range o.Lines {
		if l.State != LineRefused && l.State != LineFailed {
			sub = sub.Plus(l.Subtotal)
		}
	}
	return sub.Plus(o.Quote.tax(sub))
}

// refund is what was taken and is not owed.
func (o Order) refund() Money {
	return o.Payment.Captured.Minus(o.Payment.Refunded).Minus(o.Due())
}

func (o Order) owesRefund() bool {
	return !o.Payment.Captured.IsZero() && o.refund().Cmp(Zero(o.Quote.Currency)) > 0
}

// to moves the order along the chart; anything else is a mistake of the program.
func (o *Order) to(s State, now time.Time) error {
	for _, allowed := range transitions[o.State] {
		if allowed == s {
			if (o.State == StateAwaitingApproval || o.State == StateChangesProposed) && o.Approval != nil {
				o.Approval.Closed = o.Version + 1 // the one that is being made
			}
			o.State = s
			o.EndedAt = time.Time{}
			if s.Ended() {
				o.EndedAt = now
			}
			return nil
		}
	}
	return fmt.Errorf("order %s: no way from %s to %s", o.ID, o.State, s)
}
