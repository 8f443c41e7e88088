package commerce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Perform takes an order's next step: the one that it waited for at version. It answers
// how long to wait before asking again, 0 for never: the order then has a job of its
// own, or needs none. An error means that the outcome is not known; the next call looks
// it up before it repeats anything.
//
// A step is three things: a transaction that takes the lease and writes down what is
// about to be done, the call, and a transaction that keeps what came of it, unless the
// order has changed meanwhile.
func (s *Service) Perform(ctx context.Context, ref OrderRef, version int) (time.Duration, error) {
	org, ports, err := s.organisation(ref.Organisation)
	if err != nil {
		return 0, err
	}
	w := &work{Service: s, org: org, ports: ports, id: ref.ID}
	wait, err := w.begin(ctx, version)
	if err != nil || w.step == StepNone {
		return wait, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timings.Lease*2/3)
	defer cancel()
	done, err := w.call(ctx)
	ctx = context.WithoutCancel(ctx) // what was learnt is kept even while the program stops
	if err != nil {
		return 0, fmt.Errorf("order %s, step %s: %w", ref.ID, w.step, w.giveUp(ctx, err))
	}
	return w.finish(ctx, done)
}

// work is one step of one order under way.
type work struct {
	*Service
	org      Organisation
	ports    Ports
	id       string
	order    Order // as it is once the intent was written
	step     Step
	repeated bool          // an earlier attempt left its intent: look up first
	people   []Assignment  // of this batch
	known    []Assignment  // of people whose earlier attempt was not seen to end
	waiting  []Assignment  // of later batches, for the same licence
	rival    rivals        // what other orders and tasks do for the same people
	busy     time.Duration // after that somebody who waits for what comes of it is looked at again, 0 for nobody
}

// outcome is what a call brought: a pure change of the order, and for the audit.
type outcome struct {
	apply  func(o *Order, now time.Time) error
	people []Assignment
	action string
	data   map[string]any
	token  string        // a new payment link's secret
	wait   time.Duration // nothing new: ask again then
	// settle, where it is set, finds out what the call brought in the transaction that keeps it.
	settle func(tx Tx, o Order, now time.Time) (outcome, error)
}

// begin takes the lease and writes the intent. w.step stays StepNone where there is
// nothing to do now.
func (w *work) begin(ctx context.Context, version int) (wait time.Duration, err error) {
	err = w.Ledger.Change(ctx, func(tx Tx) error {
		w.step, w.people, w.repeated, wait = StepNone, nil, false, 0
		o, err := tx.Order(w.id)
		if err != nil || superseded(o, version) {
			return err
		}
		now := w.Now()
		step, due := o.Next(now, w.Timings)
		if step == StepNone {
			return nil
		}
		if due.After(now) {
			wait = due.Sub(now)
			return tx.Postpone(o.ID, due)
		}
		leased, err := tx.Lease(o.ID, now, now.Add(w.Timings.Lease))
		if err != nil {
			return err
		}
		if !leased {
			wait = w.Timings.Lease / 10
			return nil
		}
		return w.intend(tx, o, step, version)
	})
	return wait, err
}

// superseded reports whether the order has moved on since the job was made for version.
// The job's own intent does not count.
func superseded(o Order, version int) bool {
	return o.Version != version && (o.Intent == nil || o.Intent.For != version)
}

// looks are the steps that change nothing outside.
var looks = []Step{StepVerdict, StepUnanswered, StepRemind, StepEscalate, StepDelivery, StepLinkExpiry, StepPayBy, StepWatch}

// intend writes down what is about to be done. A look changes nothing outside, so it
// needs no intent.
func (w *work) intend(tx Tx, o Order, step Step, version int) error {
	now := w.Now()
	w.step = step
	if slices.Contains(looks, step) {
		w.order = o
		return nil
	}
	if step == StepAssign {
		err := w.pick(tx, o)
		if err != nil {
			return err
		}
	}
	w.repeated = o.Intent != nil && o.Intent.Step == step
	if w.repeated {
		w.order = o
		return nil
	}
	if step == StepPlace {
		err := o.placing(now)
		if err != nil {
			return err
		}
	}
	o.Version++
	o.UpdatedAt = now
	o.Intent = &Intent{Step: step, Key: o.key(step), At: now, For: version}
	w.order = o
	return tx.SaveOrder(o, now)
}

// key is the idempotency key of the order's next call of a kind: the same for each
// attempt, another for the next link, capture or refund.
func (o Order) key(step Step) string {
	switch step {
	case StepHandOver:
		return o.Key + "/" + string(StepPlace)
	case StepPlace, StepCapture, StepVoid:
		return o.Key + "/" + string(step)
	case StepOpenPayment:
		return o.linkKey(o.Payment.Link + 1)
	}
	return fmt.Sprintf("%s/%s/%d", o.Key, step, o.Version)
}

func (o Order) linkKey(link int) string { return fmt.Sprintf("%s/%s/%d", o.Key, StepOpenPayment, link) }

// call makes the step's outside call.
func (w *work) call(ctx context.Context) (outcome, error) {
	switch w.step {
	case StepVerdict:
		return w.verdict(ctx)
	case StepUnanswered:
		return outcome{apply: (*Order).unanswered, action: "approval.expired"}, nil
	case StepRemind:
		return outcome{apply: func(o *Order, now time.Time) error { o.Approval.remind(now, w.Timings); return nil }, action: "approval.reminded"}, nil
	case StepEscalate:
		return outcome{apply: func(o *Order, _ time.Time) error { o.Approval.Escalated = true; return nil }, action: "approval.escalated"}, nil
	case StepOpenPayment:
		return w.openPayment(ctx)
	case StepLinkExpiry:
		return w.linkExpiry(ctx)
	case StepPayBy:
		return outcome{apply: (*Order).overdue, action: "order.expired"}, nil
	case StepPlace:
		return w.place(ctx)
	case StepHandOver:
		return w.handOver(ctx)
	case StepWatch:
		return w.watch(ctx)
	case StepCapture:
		return w.capture(ctx)
	case StepDelivery:
		return w.delivery(ctx)
	case StepAssign:
		return w.assign(ctx)
	case StepVoid:
		return w.void(ctx)
	case StepRefund:
		return w.refund(ctx)
	}
	return outcome{}, fmt.Errorf("no such step")
}

// finish keeps what came of the call, at the version that the call was made for.
func (w *work) finish(ctx context.Context, done outcome) (wait time.Duration, err error) {
	err = w.Ledger.Change(ctx, func(tx Tx) error {
		wait = 0
		now := w.Now()
		o, err := tx.Order(w.id)
		if err != nil {
			return err
		}
		_, err = tx.Lease(w.id, now, time.Time{})
		if err != nil || o.Version != w.order.Version {
			return err // somebody changed it; its own job sees to what comes next
		}
		done := done // anew each time: the transaction may be repeated
		if done.settle != nil {
			done, err = done.settle(tx, o, now)
			if err != nil {
				return err
			}
		}
		if done.apply == nil {
			wait = done.wait
			return tx.Postpone(w.id, now.Add(done.wait))
		}
		return w.keepOutcome(tx, o, done, now)
	})
	return wait, err
}

func (w *work) keepOutcome(tx Tx, o Order, done outcome, now time.Time) error {
	o.Intent = nil
	err := w.keepPeople(tx, &o, done.people)
	if err != nil {
		return err
	}
	err = done.apply(&o, now)
	if err != nil {
		return err
	}
	err = w.dropUndelivered(tx, &o)
	if err != nil {
		return err
	}
	if done.token != "" {
		err = tx.SetPaymentToken(o.ID, done.token)
		if err != nil {
			return err
		}
	}
	o.Version++
	return w.keep(tx, o, Bot, "", done.action, done.data)
}

// giveUp gives the lease back after a call whose outcome is not known. The intent stays.
func (w *work) giveUp(ctx context.Context, cause error) error {
	return w.giveBack(ctx, cause, func(tx Tx) error {
		_, err := tx.Lease(w.id, w.Now(), time.Time{})
		return err
	})
}

// giveBack does so with lease, in a transaction of its own; cause is what is told.
func (s *Service) giveBack(ctx context.Context, cause error, lease func(Tx) error) error {
	err := s.Ledger.Change(ctx, lease)
	if err != nil {
		return fmt.Errorf("%w; and the lease was not given back: %w", cause, err)
	}
	return cause
}

// Sweep gives every unfinished order and task that has lost its job a new one.
func (s *Service) Sweep(ctx context.Context) error {
	lost, err := s.Ledger.Due(ctx, s.Now().Add(-2*s.Timings.Lease))
	if err != nil {
		return err
	}
	var errs []error
	for _, ref := range lost {
		err := s.wake(ctx, ref)
		if err != nil {
			errs = append(errs, fmt.Errorf("wake order %s: %w", ref.ID, err))
		}
	}
	return errors.Join(append(errs, s.sweepTasks(ctx))...)
}

// wake gives an order a job for its next step, now.
func (s *Service) wake(ctx context.Context, ref OrderRef) error {
	return s.Ledger.Change(ctx, func(tx Tx) error {
		o, err := tx.Order(ref.ID)
		if err != nil {
			return err
		}
		step, due := o.Next(s.Now(), s.Timings)
		if step == StepNone {
			return tx.Postpone(o.ID, time.Time{})
		}
		s.Log.WarnContext(ctx, "order had lost its job", "order", o.ID, "step", step)
		return tx.Perform(ref, o.Version, notBefore(due, s.Now()))
	})
}
