package commerce

import "time"

// The changes of an order, each a pure function of the order and what was learnt. All
// leave Version alone: it moves when the order is saved.

// opened takes a fresh payment page.
func (o *Order) opened(s Session, link int) error {
	o.Payment.Link = link
	o.Payment.Session, o.Payment.URL, o.Payment.Closing = s.ID, s.URL, ""
	o.Payment.Status, o.Payment.Declined = PaymentOpen, s.Declined
	o.Payment.Expires = s.Expires
	return nil
}

// relink asks for a new payment page. What is still heard of the old one is ignored: it
// is closed, and its money let go, before there is another.
func (o *Order) relink() {
	o.Payment.Closing, o.Payment.Session, o.Payment.URL = o.Payment.Session, "", ""
	o.Payment.Status, o.Payment.Declined = PaymentNone, false
}

// heard takes what the gateway says of the session. Late and repeated news changes
// nothing; money that was secured after the order ended shows, and is let go by a step.
func (o *Order) heard(status PaymentStatus, declined bool, now time.Time) error {
	if rank(status) < rank(o.Payment.Status) && !(status == PaymentOpen && o.Payment.Status == PaymentProcessing) {
		return nil
	}
	switch status {
	case PaymentOpen, PaymentProcessing, PaymentExpired:
		if o.State == StateAwaitingPayment {
			o.Payment.Status, o.Payment.Declined = status, declined
		}
	case PaymentSecured:
		if o.Payment.Status == PaymentSecured {
			return nil
		}
		o.Payment.Status, o.Payment.Declined, o.Payment.SecuredAt = PaymentSecured, false, now
		if o.State == StateAwaitingPayment {
			return o.to(StatePaymentSecured, now)
		}
	}
	return nil
}

func rank(s PaymentStatus) int {
	switch s {
	case PaymentNone:
		return 0
	case PaymentOpen:
		return 1
	case PaymentProcessing:
		return 2
	case PaymentExpired:
		return 3
	case PaymentSecured:
		return 4
	}
	return 5 // captured, voided: ours to do
}

// overdue ends an order that nobody paid.
func (o *Order) overdue(now time.Time) error {
	o.Reason = CodeLinkExpired
	return o.to(StateExpired, now)
}

// placing is written before the vendor is called: from here on nobody can cancel.
func (o *Order) placing(now time.Time) error {
	if o.State == StatePlacing {
		return nil
	}
	return o.to(StatePlacing, now)
}

// placed takes the vendor's answer, line by line.
func (o *Order) placed(p Placed, now time.Time) error {
	o.VendorOrder = p.VendorOrder
	for _, pl := range p.Lines {
		o.line(pl, now)
	}
	if o.delivers() == 0 {
		o.Reason = CodeVendorRefused
	}
	return nil
}

func (o *Order) line(pl PlacedLine, now time.Time) {
	l := o.Line(pl.ID)
	if l == nil || l.State == LineProvisioned || l.State == LineFailed || l.State == LineRefused {
		return
	}
	if pl.State == LineProvisioned {
		l.ProvisionedAt = now
	}
	l.State, l.Subscription, l.RenewsAt, l.UndoUntil = pl.State, pl.Subscription, pl.RenewsAt, pl.UndoUntil
}

// refused takes the vendor's refusal of the whole order.
func (o *Order) refused() error {
	for i := range o.Lines {
		if o.Lines[i].State == LinePending {
			o.Lines[i].State = LineRefused
		}
	}
	o.Reason = CodeVendorRefused
	return nil
}

// captured takes the money for what was placed, and goes on to the delivery.
func (o *Order) captured(amount Money, now time.Time) error {
	o.Payment.Status, o.Payment.Captured = PaymentCaptured, amount
	if o.State.Ended() {
		return nil // resolved by hand meanwhile
	}
	return o.to(StateProvisioning, now)
}

// delivered takes the vendor's news of the lines and goes on when all are settled and
// nothing is owed. It reports whether anything changed.
func (o *Order) delivered(p Placed, now time.Time) (changed bool, err error) {
	before := o.delivers()
	waiting := 0
	for _, pl := range p.Lines {
		l := o.Line(pl.ID)
		was := LineState("")
		if l != nil {
			was = l.State
		}
		o.line(pl, now)
		changed = changed || l != nil && l.State != was
	}
	for _, l := range o.Lines {
		if l.State == LinePlaced {
			waiting++
		}
	}
	if waiting > 0 || o.owesRefund() {
		return changed, nil
	}
	if o.delivers() == 0 {
		if before > 0 {
			o.Reason = CodeProvisioning
		}
		return true, o.to(StateFailed, now)
	}
	return true, o.handOut(now)
}

// handOut goes on to the people, or to the end where there are none to serve.
func (o *Order) handOut(now time.Time) error {
	if p := o.People(); p.Total > p.Assigned+p.Failed {
		return o.to(StateAssigning, now)
	}
	return o.to(StateCompleted, now)
}

// refunded gives back what was taken for licences that did not come.
func (o *Order) refunded(amount Money, now time.Time) error {
	o.Payment.Refunded = o.Payment.Refunded.Plus(amount)
	for i := range o.Lines {
		l := &o.Lines[i]
		if l.State == LineFailed && l.Refunded.IsZero() {
			l.Refunded = l.Subtotal.Plus(o.Quote.tax(l.Subtotal))
		}
	}
	if o.State == StateProvisioning && o.delivers() == 0 {
		o.Reason = CodeProvisioning
		return o.to(StateFailed, now)
	}
	return nil
}

// voided lets the money go.
func (o *Order) voided(now time.Time) error {
	o.Payment.Status = PaymentVoided
	switch o.State {
	case StateCancelling:
		return o.to(StateCancelled, now)
	case StatePlacing:
		return o.to(StateFailed, now)
	}
	return nil
}

// peopleServed ends the order once nobody waits any more.
func (o *Order) peopleServed(now time.Time) error {
	if p := o.People(); p.Total > p.Assigned+p.Failed {
		return nil
	}
	return o.to(StateCompleted, now)
}

// Links reports whether a new payment link may be asked for.
func (o Order) Links(now time.Time) bool {
	return o.State == StateAwaitingPayment && now.Before(o.Payment.PayBy) &&
		(o.Payment.Status == PaymentExpired || o.Payment.Status == PaymentOpen && !now.Before(o.Payment.Expires))
}

// Payable reports whether the payment link works.
func (o Order) Payable(now time.Time) bool {
	return o.State == StateAwaitingPayment && o.Payment.Status == PaymentOpen && now.Before(o.Payment.Expires)
}
