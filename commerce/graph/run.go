package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"cartwright/commerce"
)

// run is a change for some users under way.
type run struct {
	*tenant
	change  change
	open    []string                   // who have no answer yet
	reasons map[string]commerce.Reason // of those who have
	unsure  map[string]bool            // who may have been served, though no answer came
	full    bool                       // Graph has said that no seat is left
	sent    bool
	limited bool                     // Graph wanted not to be asked when last it was, or was about to be
	askIn   map[string]time.Duration // how long it wants not to be asked for those who are kept out in the end
}

func newRun(t *tenant, c change, users []string) *run {
	return &run{tenant: t, change: c, open: ids(users), reasons: map[string]commerce.Reason{}, unsure: map[string]bool{}, askIn: map[string]time.Duration{}}
}

// rounds is how often a user is tried at the most.
const rounds = 5

// toTheEnd tries until everyone has an answer, or nothing helps. Nothing is sent without
// having looked who holds what: what worked and was not heard of is not done again.
func (r *run) toTheEnd(ctx context.Context) error {
	var failure error
	var waits time.Duration
	for n := range rounds {
		if err := r.settle(ctx); err != nil {
			return r.unknown(err)
		}
		if len(r.open) == 0 {
			return nil
		}
		waits, failure = r.round(ctx)
		if failure != nil && !mayPass(failure) {
			return failure
		}
		if !r.full && len(r.open) > 0 && !pause(ctx, max(waits, r.g.o.Pause<<n)) {
			break
		}
	}
	return r.giveUp(failure, waits)
}

// settle answers for those about whom looking at them decides.
func (r *run) settle(ctx context.Context) error {
	accounts, err := r.look(ctx, r.open, deciding)
	if err != nil {
		return err
	}
	r.eachOpen(func(user string) (commerce.Reason, bool) {
		a, exists := accounts[user]
		if !exists {
			return commerce.ReasonGone, true
		}
		return r.settled(a, r.unsure[user])
	})
	return nil
}

// settled says what is to be answered without Graph being asked to change anything.
func (r *run) settled(a account, unsure bool) (commerce.Reason, bool) {
	if r.change.done(a) {
		return commerce.ReasonNone, r.sent || r.change.to != "" // that nobody has what is to be taken may be seen too late: it is asked for
	}
	reason := r.change.hindrance(a)
	if reason == commerce.ReasonNone && r.full {
		if unsure {
			return commerce.ReasonUnavailable, true // what is seen may be behind what is
		}
		return commerce.ReasonNoSeat, true
	}
	return reason, reason != commerce.ReasonNone
}

// eachOpen asks about everyone who has no answer, and leaves those open for whom there is none.
func (r *run) eachOpen(answer func(user string) (commerce.Reason, bool)) {
	var open []string
	for _, user := range r.open {
		reason, ok := answer(user)
		if !ok {
			open = append(open, user)
			continue
		}
		r.reasons[user] = reason
	}
	r.open = open
}

// round sends the change for everyone who has no answer, once, unless the tenant is not to be
// asked now. Where it fails, all of them may have been served.
func (r *run) round(ctx context.Context) (waits time.Duration, err error) {
	if left := r.resting(); left > 0 {
		r.limited = true
		return left, nil
	}
	r.sent = true
	answers, waits, err := r.send(ctx, r.change, r.open)
	r.limited = waits > 0 || limits(err)
	if err != nil {
		for _, user := range r.open {
			r.unsure[user] = r.unsure[user] || !untouched(err)
		}
		return waits, err
	}
	return waits, r.keep(ctx, answers)
}

// keep takes the answers of a round. Where the app may change nobody that is an error.
func (r *run) keep(ctx context.Context, answers map[string]answered) error {
	if mayLack(answers) {
		if err := r.canAssign(ctx); err != nil {
			return unavailable(lacking(err, assignLicences))
		}
	}
	r.eachOpen(func(user string) (commerce.Reason, bool) {
		a := answers[user]
		r.limited = r.limited || a.refused != nil && limits(a.refused)
		reason, ok := r.understood(a)
		r.unsure[user] = r.unsure[user] || !ok && (a.missing || !a.refused.undone())
		r.full = r.full || reason == commerce.ReasonNoSeat
		return reason, ok
	})
	return nil
}

// mayLack reports whether somebody may not be changed, and nobody's answer shows that others may.
func mayLack(answers map[string]answered) bool {
	forbidden := false
	for _, a := range answers {
		if !a.missing && (a.refused == nil || a.refused.permitted()) {
			return false
		}
		forbidden = forbidden || a.refused != nil && a.refused.status == http.StatusForbidden
	}
	return forbidden
}

// understood is what an answer means for its user; ok is false where the user is to be
// looked at again.
func (r *run) understood(a answered) (reason commerce.Reason, ok bool) {
	switch {
	case a.missing:
		return "", false
	case a.refused == nil:
		return commerce.ReasonNone, true
	case a.refused.says == saysNotHeld:
		return commerce.ReasonNone, r.change.to == "" // taken already; moved, perhaps
	}
	if reason, ok = a.refused.reason(); ok || a.refused.repeatable() {
		return reason, ok
	}
	r.g.o.Log.Warn("Graph refuses a licence for a reason that is not known", "organisation", r.organisation, "answer", a.refused.Error())
	return commerce.ReasonUnavailable, true
}

// limits reports whether an answer is that too much was asked for.
func limits(err error) bool {
	no, ok := errors.AsType[*refused](err)
	return ok && no.status == http.StatusTooManyRequests
}

// untouched reports whether a call that failed certainly changed nothing.
func untouched(err error) bool {
	no, ok := errors.AsType[*refused](err)
	return ok && no.undone()
}

// mayPass reports whether a call that failed may go well later. What no answer came to may.
func mayPass(err error) bool {
	no, ok := errors.AsType[*refused](err)
	if ok {
		return no.repeatable()
	}
	_, coded := errors.AsType[*commerce.Error](err)
	return !coded
}

// pause waits, unless ctx would be over by then.
func pause(ctx context.Context, d time.Duration) bool {
	if ends, limited := ctx.Deadline(); d > longest || limited && time.Until(ends) < d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// giveUp says of those who have no answer that none came. Where the last call failed as a
// whole that is its error, unless Graph only wants to be asked later.
func (r *run) giveUp(failure error, waits time.Duration) error {
	if failure != nil && !r.limited {
		return r.unknown(failure)
	}
	r.eachOpen(func(user string) (commerce.Reason, bool) {
		if r.limited {
			r.askIn[user] = min(max(waits, r.g.o.Pause<<rounds), restMost)
		}
		return commerce.ReasonUnavailable, true
	})
	return nil
}

// unknown is err, without its code where something was sent: what came of that is not known.
func (r *run) unknown(err error) error {
	_, coded := errors.AsType[*commerce.Error](err)
	if !r.sent || !coded {
		return err
	}
	return fmt.Errorf("after something was sent: %s", err.Error())
}
