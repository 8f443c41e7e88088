package commerce

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// openPayment makes a payment page, after closing an earlier one for good: two links
// that both work could be paid twice.
func (w *work) openPayment(ctx context.Context) (outcome, error) {
	o := w.order
	err := w.closeEarlier(ctx)
	if err != nil {
		return outcome{}, err
	}
	session, err := w.openOrFind(ctx)
	if err != nil {
		return outcome{}, err
	}
	link := o.Payment.Link + 1
	return outcome{
		apply:  func(o *Order, _ time.Time) error { return o.opened(session, link) },
		action: "payment.opened", token: random128(),
		data: map[string]any{"amount": o.Quote.Charged, "expires": session.Expires, "link": link},
	}, nil
}

func (w *work) closeEarlier(ctx context.Context) error {
	o := w.order
	if o.Payment.Closing == "" {
		return nil
	}
	err := w.ports.Gateway.Void(ctx, w.org, o.Payment.Closing, o.linkKey(o.Payment.Link)+"/void")
	if err != nil {
		return fmt.Errorf("close the earlier link: %w", err)
	}
	return nil
}

func (w *work) openOrFind(ctx context.Context) (Session, error) {
	o := w.order
	if w.repeated {
		session, err := w.ports.Gateway.LookUp(ctx, w.org, o.Intent.Key)
		if !errors.Is(err, ErrNoTrace) {
			return session, err
		}
	}
	return w.ports.Gateway.Open(ctx, w.org, PaymentRequest{
		Key: o.Intent.Key, Order: o.ID, Amount: o.Quote.Charged, Locale: o.Locale, Lines: o.Quote.Lines,
		Expires: w.Now().Add(w.Timings.Link), Return: w.PublicURL + "/", Merchant: w.org.Name,
	})
}

// linkExpiry asks what became of a link whose time is over: its payment may have come
// and its event not.
func (w *work) linkExpiry(ctx context.Context) (outcome, error) {
	o := w.order
	session, err := w.ports.Gateway.LookUp(ctx, w.org, o.linkKey(o.Payment.Link))
	if err != nil {
		return outcome{}, err
	}
	status := session.Status
	switch status {
	case PaymentProcessing:
		if o.Payment.Status == PaymentProcessing {
			return outcome{wait: w.Timings.Link / 24}, nil
		}
	case PaymentOpen, PaymentVoided:
		status = PaymentExpired // nothing was taken, and nothing can be any more
	case PaymentCaptured:
		return outcome{}, fmt.Errorf("session %s was captured by somebody else", session.ID)
	}
	return outcome{
		apply:  func(o *Order, now time.Time) error { return o.heard(status, session.Declined, now) },
		action: "payment." + string(status), data: map[string]any{"looked_up": true},
	}, nil
}

// capture takes the money for what the vendor took.
func (w *work) capture(ctx context.Context) (outcome, error) {
	o := w.order
	amount := o.Due()
	done := outcome{
		apply:  func(o *Order, now time.Time) error { return o.captured(amount, now) },
		action: "payment.captured", data: map[string]any{"amount": amount},
	}
	if w.repeated {
		session, err := w.ports.Gateway.LookUp(ctx, w.org, o.linkKey(o.Payment.Link))
		if err != nil || session.Status == PaymentCaptured {
			return done, err
		}
	}
	err := w.ports.Gateway.Capture(ctx, w.org, o.Payment.Session, o.Intent.Key, amount)
	return done, err
}

// void lets secured money go, or closes a page that was not paid. The page of a call
// whose answer was lost is found by its key.
func (w *work) void(ctx context.Context) (outcome, error) {
	o := w.order
	if w.ports.Gateway == nil {
		return w.callOff(ctx)
	}
	done := outcome{apply: (*Order).voided, action: "payment.voided"}
	err := w.closeEarlier(ctx)
	if err != nil {
		return done, err
	}
	id := o.Payment.Session
	if id == "" {
		session, err := w.ports.Gateway.LookUp(ctx, w.org, o.linkKey(o.Payment.Link+1))
		if err != nil && !errors.Is(err, ErrNoTrace) {
			return done, err
		}
		if err == nil {
			id = session.ID
		}
	}
	if id == "" {
		return done, nil
	}
	return done, w.ports.Gateway.Void(ctx, w.org, id, o.Intent.Key)
}

// refund gives back what was taken for licences that did not come.
func (w *work) refund(ctx context.Context) (outcome, error) {
	o := w.order
	amount := o.refund()
	done := outcome{
		apply:  func(o *Order, now time.Time) error { return o.refunded(amount, now) },
		action: "payment.refunded", data: map[string]any{"amount": amount},
	}
	if w.repeated {
		session, err := w.ports.Gateway.LookUp(ctx, w.org, o.linkKey(o.Payment.Link))
		if err != nil || session.Refunded.Cmp(o.Payment.Refunded.Plus(amount)) >= 0 {
			return done, err
		}
	}
	return done, w.ports.Gateway.Refund(ctx, w.org, o.Payment.Session, o.Intent.Key, amount)
}
