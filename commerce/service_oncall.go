package commerce

import (
	"context"
	"time"
)

// What the person on call may do. Each use is an audit entry under their name.

// OnCall is the actor for the commands of the person on call.
func OnCall(name string) Actor { return Actor{Person: "on-call:" + name} }

// Retry takes an order's next step now instead of when it is due, and tries again the
// people of a completed order whose assignment failed.
func (s *Service) Retry(ctx context.Context, by Actor, id string) (Order, error) {
	return s.onCall(ctx, by, id, "order.retried", nil, func(tx Tx, o *Order) error {
		if o.State == StateCompleted && o.People().Failed > 0 {
			return s.retryPeople(tx, o)
		}
		step, _ := o.Next(s.Now(), s.Timings)
		if step == StepNone {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		return nil
	})
}

// Resolve ends an order by hand, when the program cannot: as completed or as failed.
// What was secured or taken for licences that did not come is given back.
func (s *Service) Resolve(ctx context.Context, by Actor, id string, as State, reason string) (Order, error) {
	return s.onCall(ctx, by, id, "order.resolved", map[string]any{"as": as, "reason": reason}, func(_ Tx, o *Order) error {
		if o.State.Ended() || as != StateCompleted && as != StateFailed {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		o.resolve(as, reason, s.Now())
		return nil
	})
}

// resolve is the one way past the chart, for a person who knows better.
func (o *Order) resolve(as State, reason string, now time.Time) {
	for i := range o.Lines {
		l := &o.Lines[i]
		switch {
		case l.State != LinePending && l.State != LinePlaced:
		case as == StateCompleted:
			l.State, l.ProvisionedAt = LineProvisioned, now
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
