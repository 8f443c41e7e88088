package commerce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// PerformTask takes a task's next step: a batch of people, or the plan of a renewal. Like
// Perform it is a transaction that takes the lease and writes down who is about to be
// served, the call, and a transaction that keeps what came of it. Every call may be
// repeated: it asks for a state, not for a change.
func (s *Service) PerformTask(ctx context.Context, ref OrderRef, version int) (time.Duration, error) {
	org, ports, err := s.organisation(ref.Organisation)
	if err != nil {
		return 0, err
	}
	w := &taskWork{Service: s, org: org, ports: ports, id: ref.ID, version: version}
	wait, err := w.begin(ctx)
	if err != nil || !w.leased {
		return wait, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timings.Lease*2/3)
	defer cancel()
	results, asksIn, err := w.call(ctx)
	ctx = context.WithoutCancel(ctx) // what was learnt is kept even while the program stops
	if w.task.Kind != TaskRenew && s.Timings.hopeless(err, later(w.task.StartedAt, w.task.Slow.Since), s.Now()) {
		s.Log.WarnContext(ctx, "licences cannot be changed", "task", ref.ID, "err", err)
		results, err = unserved(w.people), nil
	}
	if err != nil {
		return 0, fmt.Errorf("task %s: %w", ref.ID, w.giveUp(ctx, err))
	}
	results, slow := w.task.Slow.after(results, asksIn, s.Now(), s.Timings)
	w.task.Slow = slow
	return 0, w.finish(ctx, append(results, givenUp(asksIn, slow, w.waiting)...))
}

// taskWork is one step of one task under way.
type taskWork struct {
	*Service
	org     Organisation
	ports   Ports
	id      string
	version int

	leased  bool
	task    Task
	people  []Assignment  // of this batch
	begun   []string      // users of it whose earlier attempt was not seen to end
	waiting []Assignment  // of later batches
	rival   rivals        // what orders and other tasks do for the same people
	busy    time.Duration // as in work
}

func (w *taskWork) begin(ctx context.Context) (wait time.Duration, err error) {
	err = w.Ledger.Change(ctx, func(tx Tx) error {
		w.leased, w.people, w.begun, w.waiting, wait = false, nil, nil, nil, 0
		w.task, err = tx.Task(w.id)
		if err != nil || w.task.Version != w.version || w.task.State != TaskRunning {
			return err
		}
		now := w.Now()
		if left := w.task.Slow.Until.Sub(now); left > 0 {
			wait = left
			return nil
		}
		w.leased, err = tx.LeaseTask(w.id, now, now.Add(w.Timings.Lease))
		if err != nil {
			return err
		}
		if !w.leased {
			wait = w.Timings.Lease / 10
			return nil
		}
		if err := w.pick(tx); err != nil || len(w.people) > 0 || w.busy == 0 {
			return err
		}
		w.leased, wait = false, max(w.Timings.Recheck, w.Timings.Wait(w.busy))
		_, err = tx.LeaseTask(w.id, now, time.Time{})
		return err
	})
	return wait, err
}

// pick chooses the people of the batch and writes down that they are about to be served.
func (w *taskWork) pick(tx Tx) error {
	all, err := tx.TaskPeople(w.id)
	if err != nil {
		return err
	}
	w.rival, err = w.rivals(tx, OrderRef{Organisation: w.task.Organisation, ID: w.id}, w.task.StartedAt)
	if err != nil {
		return err
	}
	w.busy = 0
	for _, a := range all {
		wait := w.rival.busy(a, w.task.clashes)
		switch {
		case a.State != AssignPending && a.State != AssignIntended:
			continue
		case wait > 0:
			w.busy = sooner(w.busy, wait)
			continue
		case len(w.people) == AssignBatch:
			w.waiting = append(w.waiting, a)
			continue
		}
		if a.State == AssignIntended {
			w.begun = append(w.begun, a.User)
		}
		a.State = AssignIntended
		w.people = append(w.people, a)
	}
	return tx.SaveTaskPeople(w.people)
}

// call serves the batch. A refusal of a renewal's plan is an answer. asksIn says how long
// nobody more is to be asked for.
func (w *taskWork) call(ctx context.Context) (results []Assignment, asksIn time.Duration, err error) {
	if w.task.Kind == TaskRenew {
		return nil, 0, w.plan(ctx)
	}
	if len(w.people) == 0 {
		return nil, 0, nil
	}
	held, err := w.ports.Licensor.Licences(ctx, w.org, ids(w.people))
	if err != nil {
		return nil, 0, err
	}
	var rest []Assignment
	for _, a := range w.people {
		has, exists := held[a.User]
		state, reason, ok := w.task.settled(has, exists, slices.Contains(w.begun, a.User))
		if overtaken := w.task.overtaken(has, w.rival.lately(a.User, has)); !ok && overtaken != ReasonNone {
			state, reason, ok = AssignSkipped, overtaken, true
		}
		if !ok {
			rest = append(rest, a)
			continue
		}
		a.State, a.Reason = state, reason
		results = append(results, a)
	}
	if len(rest) == 0 {
		return results, 0, nil
	}
	given, err := w.serve(ctx, ids(rest))
	if err != nil {
		return nil, 0, err
	}
	results = append(results, resultsOf(rest, given)...)
	return append(results, turnedAway(results, w.waiting)...), longest(given), nil
}

func (w *taskWork) serve(ctx context.Context, users []string) ([]AssignResult, error) {
	switch w.task.Kind {
	case TaskRemove:
		return w.ports.Licensor.Remove(ctx, w.org, w.task.SKU, users)
	case TaskMove:
		return w.ports.Licensor.Move(ctx, w.org, w.task.SKU, w.task.To, users)
	}
	return w.ports.Licensor.Assign(ctx, w.org, w.task.SKU, users)
}

// plan asks for the seats of the next term, unless another number than the person saw is
// planned by now, such as by somebody in the admin centre.
func (w *taskWork) plan(ctx context.Context) error {
	seats, err := w.ports.Licensor.Seats(ctx, w.org)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(seats, func(s OwnedSeats) bool { return s.SKU == w.task.SKU })
	if i < 0 || !seats[i].RenewsAt.Equal(w.task.RenewsAt) || seats[i].Next != w.task.Was && seats[i].Next != w.task.Quantity {
		w.task.Reason = CodeStale
		return nil
	}
	err = w.ports.Vendor.PlanRenewal(ctx, w.org, w.task.SKU, w.task.Quantity)
	if code := CodeOf(err); code != "" && code != CodeInternal && code != CodeUnavailable {
		w.task.Reason = code
		return nil
	}
	return err
}

// finish keeps what came of the step, at the version that it was made for.
func (w *taskWork) finish(ctx context.Context, results []Assignment) error {
	err := w.Ledger.Change(ctx, func(tx Tx) error {
		t, err := tx.Task(w.id)
		if err != nil {
			return err
		}
		now := w.Now()
		_, err = tx.LeaseTask(w.id, now, time.Time{})
		if err != nil || t.Version != w.version {
			return err
		}
		t.Reason, t.Slow = w.task.Reason, w.task.Slow
		return w.keepResults(tx, t, results, now)
	})
	w.seats.forget(w.org.ID)
	return err
}

func (w *taskWork) keepResults(tx Tx, t Task, results []Assignment, now time.Time) error {
	err := tx.SaveTaskPeople(results)
	if err != nil {
		return err
	}
	all, err := tx.TaskPeople(w.id)
	if err != nil {
		return err
	}
	t.count(all, now)
	if t.Reason != "" {
		t.State = TaskFailed
	}
	t.Version++
	action, data := "licences.batch", map[string]any{"people": summary(results)}
	if t.Kind == TaskRenew {
		action, data = "licences.planned", map[string]any{"seats": t.Quantity, "refused": t.Reason}
	}
	return w.keepTask(tx, t, Bot, "", action, data)
}

// giveUp gives the lease back after a call whose outcome is not known.
func (w *taskWork) giveUp(ctx context.Context, cause error) error {
	return w.giveBack(ctx, cause, func(tx Tx) error {
		_, err := tx.LeaseTask(w.id, w.Now(), time.Time{})
		return err
	})
}

// sweepTasks gives every running task that has lost its job a new one.
func (s *Service) sweepTasks(ctx context.Context) error {
	lost, err := s.Ledger.DueTasks(ctx, s.Now().Add(-2*s.Timings.Lease))
	if err != nil {
		return err
	}
	var errs []error
	for _, ref := range lost {
		err := s.Ledger.Change(ctx, func(tx Tx) error {
			t, err := tx.Task(ref.ID)
			if err != nil || t.State != TaskRunning {
				return err
			}
			s.Log.WarnContext(ctx, "task had lost its job", "task", t.ID)
			return tx.PerformTask(ref, t.Version)
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("wake task %s: %w", ref.ID, err))
		}
	}
	return errors.Join(errs...)
}
