package commerce

import "time"

// A tenant that cannot be read says neither that something was bought nor that nothing was.
// The buyer is asked all the same, and the order ends when its time is over: with what was
// seen of it before, or as one of which nobody knows.

// Blind reports whether Microsoft could not be asked any more when the order ended: what
// was not seen of it may have been bought.
func (o Order) Blind() bool {
	return o.HandOff != nil && o.State.Ended() && !o.HandOff.Unread.IsZero() && (o.HandedOver() || o.Reason == CodeUnseen)
}

// over reports whether the order has waited for as long as it may.
func (h HandOff) over(now time.Time) bool { return !h.Until.IsZero() && !now.Before(h.Until) }

// asks reports whether the buyer is to be asked whether it is still wanted.
func (h HandOff) asks(now time.Time) bool { return !h.AskAt.IsZero() && !now.Before(h.AskAt) }

// blind takes a look at a tenant that could not be read, and says what it led to.
func (o *Order) blind(now time.Time, t Timings) string {
	h := o.hand()
	first := h.Unread.IsZero()
	if first {
		h.Unread = now
	}
	waits := o.State == StateHandedOver
	switch {
	case h.over(now) && waits && (o.BoughtSome() || h.Enough && o.SeenAny()):
		o.bought(now)
		return sawEnough
	case h.over(now):
		return sawUnseen
	case waits && h.asks(now):
		h.ask(now, t)
		return sawLate
	case first:
		return sawUnread
	}
	return sawNothing
}

// unseen ends an order of which nobody knows whether it was bought. One that was called
// off keeps what had been seen.
func (o *Order) unseen(now time.Time) error {
	o.Reason = CodeUnseen
	if o.State != StateCancelling {
		return o.to(StateExpired, now)
	}
	if o.BoughtSome() {
		o.bought(now)
	}
	return o.to(StateCancelled, now)
}
