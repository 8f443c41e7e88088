package commerce

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// handOver writes down what is owned; then the buyer is shown where to buy. After a crash
// it is read again: nobody has seen the way yet.
func (w *work) handOver(ctx context.Context) (outcome, error) {
	placed, err := w.handedOver(ctx)
	if refusal, ok := errors.AsType[*Error](err); ok && refusal.Code == CodeVendorRefused {
		return outcome{apply: (*Order).notHandedOver, action: "order.refused", data: map[string]any{"code": refusal.Code}}, nil
	}
	if err == nil && placed.Owned == nil {
		err = errors.New("the vendor has no gateway and does not tell what is owned")
	}
	if err != nil {
		return w.unnoted(ctx, err)
	}
	return outcome{
		apply:  func(o *Order, now time.Time) error { o.handed(*placed.Owned, now, w.Timings); return nil },
		action: "order.handed_over",
		data:   map[string]any{"subscriptions": len(placed.Owned.Subscriptions), "owned": placed.Owned.seats()},
	}, nil
}

func (w *work) handedOver(ctx context.Context) (Placed, error) {
	p, err := w.placement()
	if err != nil {
		return Placed{}, err
	}
	return w.ports.Vendor.Place(ctx, w.org, p)
}

// notHandedOver takes the refusal of what cannot be bought at Microsoft.
func (o *Order) notHandedOver(now time.Time) error {
	if err := o.refused(); err != nil {
		return err
	}
	return o.to(StateFailed, now)
}

// watch looks at what is owned by now, and in the finishing transaction finds out what of
// it was bought for this order.
func (w *work) watch(ctx context.Context) (outcome, error) {
	estate, err := w.estate(ctx)
	if err != nil {
		return w.unread(ctx, err), nil
	}
	return outcome{settle: func(tx Tx, o Order, now time.Time) (outcome, error) {
		return w.settleWatch(tx, o, estate, now)
	}}, nil
}

// estate reads what the tenant owns now.
func (w *work) estate(ctx context.Context) (Estate, error) {
	return owned(ctx, w.org, w.ports.Vendor, w.order)
}

func owned(ctx context.Context, org Organisation, v Vendor, o Order) (Estate, error) {
	found, err := v.LookUp(ctx, org, o.key(StepHandOver))
	if err == nil && found.Owned == nil {
		err = fmt.Errorf("order %s: its vendor does not tell what is owned", o.ID)
	}
	if err != nil {
		return Estate{}, err
	}
	return *found.Owned, nil
}

// unnoted tries on, as after any error, unless it is time to say or to end something. One
// failure alone may be nothing.
func (w *work) unnoted(ctx context.Context, why error) (outcome, error) {
	o := w.order
	if !w.repeated || o.blind(w.Now(), w.Timings) == sawNothing {
		return outcome{}, why
	}
	return w.unread(ctx, why), nil
}

// unread finds out what it means that the tenant cannot be read.
func (w *work) unread(ctx context.Context, why error) outcome {
	w.Log.WarnContext(ctx, "what is owned was not read", "order", w.id, "err", why)
	return outcome{settle: func(tx Tx, o Order, now time.Time) (outcome, error) {
		done, err := w.keepLook(tx, o, o.blind(now, w.Timings), now)
		if done.data != nil {
			done.data["code"] = CodeOf(why)
		}
		return done, err
	}}
}

func (w *work) settleWatch(tx Tx, o Order, estate Estate, now time.Time) (outcome, error) {
	missed := o.missed(estate)
	claims, err := w.claims(tx, o, estate)
	if err != nil {
		return outcome{}, err
	}
	saw := o.watched(claims, now, w.Timings)
	if saw == sawNothing && missed {
		saw = sawOlder
	}
	return w.keepLook(tx, o, saw, now)
}

// keepLook keeps an order as a look has left it.
func (w *work) keepLook(tx Tx, o Order, saw string, now time.Time) (outcome, error) {
	if saw == sawNothing {
		return outcome{wait: o.pace(now, w.Timings)}, nil
	}
	if err := w.follow(tx, &o, saw, now); err != nil {
		return outcome{}, err
	}
	w.seats.forget(w.org.ID)
	return outcome{apply: become(o), action: saw, data: o.tally()}, nil
}

// become makes an order what it was worked out to be.
func become(o Order) func(*Order, time.Time) error {
	o.Intent = nil
	return func(was *Order, _ time.Time) error { *was = o; return nil }
}

// claims is what was bought for the order of what is owned, given what other orders of the
// organisation are waiting for and have claimed.
func (s *Service) claims(tx Tx, o Order, estate Estate) ([]Claim, error) {
	if !estate.grewSince(o.HandOff.Baseline) {
		return nil, nil
	}
	all, err := tx.HandOffs(o.Organisation)
	if err != nil {
		return nil, err
	}
	open, settled := []Order{o}, []Claim(nil)
	for _, other := range all {
		switch {
		case other.ID == o.ID || !other.HandedOver():
		case other.Watched():
			open = append(open, other)
		default:
			settled = append(settled, other.HandOff.Claims...)
		}
	}
	return Purchases(open, settled, estate)[o.ID], nil
}

// follow moves the order along after a look.
func (s *Service) follow(tx Tx, o *Order, saw string, now time.Time) error {
	switch saw {
	case sawTooLong:
		return o.gaveUp(now)
	case sawUnseen:
		return o.unseen(now)
	case sawEnough:
		if err := o.to(StateProvisioning, now); err != nil {
			return err
		}
		if err := s.trim(tx, o); err != nil {
			return err
		}
		return o.handOut(now)
	}
	return nil
}

// callOff looks at the tenant once more before an order is called off that could have been
// bought already.
func (w *work) callOff(ctx context.Context) (outcome, error) {
	if !w.order.HandedOver() {
		return outcome{apply: (*Order).voided, action: "payment.voided"}, nil
	}
	estate, err := w.estate(ctx)
	if err != nil {
		return w.unread(ctx, err), nil
	}
	return outcome{settle: func(tx Tx, o Order, now time.Time) (outcome, error) {
		claims, err := w.claims(tx, o, estate)
		if err == nil {
			err = o.calledOff(claims, now)
		}
		w.seats.forget(w.org.ID)
		return outcome{apply: become(o), action: "order.called_off", data: o.tally()}, err
	}}, nil
}
