package commerce

import (
	"context"
	"time"
)

// What the person on call may do. Each use is an audit entry under their name.

// OnCall is the actor for the commands of the person on call.
func OnCall(name string) Actor { return Actor{Person: "on-call:" + name} }

// Retry takes the step that an order is due for now, instead of when its job tries again,
// and serves again the people of a completed order whose assignment failed. An order that
// waits for its buyer or for a date is CodeOrderState.
func (s *Service) Retry(ctx context.Context, by Actor, id string) (Order, error) {
	return s.onCall(ctx, by, id, "order.retried", nil, func(tx Tx, o *Order) error {
		if o.State == StateCompleted && o.People().Failed > 0 {
			return s.retryPeople(tx, o)
		}
		step, due := o.Next(s.Now(), s.Timings)
		if step == StepNone || due.After(s.Now()) {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		return nil
	})
}

// Resolve ends an order by hand, when the program cannot: as completed or as failed.
// What was secured or taken for licences that did not come is given back.
func (s *Service) Resolve(ctx context.Context, by Actor, id string, as State, reason string) (Order, error) {
	return s.onCall(ctx, by, id, "order.resolved", map[string]any{"as": as, "reason": reason}, func(_ Tx, o *Order) error {
		if o.State.Ended() || !o.resolvable(as) {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		o.resolve(as, reason, s.Now())
		return nil
	})
}

// resolvable reports whether the order may be ended as that: what was never placed cannot
// have been completed.
func (o *Order) resolvable(as State) bool {
	return as == StateFailed || as == StateCompleted && (o.VendorOrder != "" || o.HandedOver())
}

// resolve is the one way past the chart, for a person who knows better.
func (o *Order) resolve(as State, reason string, now time.Time) {
	for i := range o.Lines {
		l := &o.Lines[i]
		switch {
		case l.State != LinePending && l.State != LinePlaced:
		case as == StateCompleted:
			l.State, l.ProvisionedAt = LineProvisioned, now
			if o.HandedOver() && l.Bought == 0 {
				l.Bought = l.Quantity // which nobody saw but who says so
			}
		default:
			l.State = LineFailed
		}
	}
	o.State, o.EndedAt, o.Outcome, o.Intent = as, now, reason, nil
	if as == StateFailed && o.Reason == "" {
		o.Reason = CodeProvisioning
	}
}

func (s *Service) onCall(ctx context.Context, by Actor, id, action string, data map[string]any, fn func(Tx, *Order) error) (Order, error) {
	var saved Order
	err := s.Ledger.Change(ctx, func(tx Tx) error {
		o, err := tx.Order(id)
		if err != nil {
			return err
		}
		err = fn(tx, &o)
		if err != nil {
			return err
		}
		o.Version++
		saved = o
		return s.keep(tx, o, by, "", action, data)
	})
	return saved, err
}
