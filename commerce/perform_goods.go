package commerce

import (
	"context"
	"errors"
	"slices"
	"time"
)

// place orders the lines at the vendor, once.
func (w *work) place(ctx context.Context) (outcome, error) {
	placed, err := w.placeOrFind(ctx)
	var refusal *Error
	switch {
	case errors.As(err, &refusal) && refusal.Code == CodeVendorRefused:
		return outcome{
			apply:  func(o *Order, _ time.Time) error { return o.refused() },
			action: "order.refused", data: map[string]any{"code": refusal.Code},
		}, nil
	case err != nil:
		return outcome{}, err
	}
	return outcome{
		apply:  func(o *Order, now time.Time) error { return o.placed(placed, now) },
		action: "order.placed", data: map[string]any{"vendor_order": placed.VendorOrder, "lines": placed.Lines},
	}, nil
}

func (w *work) placeOrFind(ctx context.Context) (Placed, error) {
	if w.repeated {
		placed, err := w.ports.Vendor.LookUp(ctx, w.org, w.order.Intent.Key)
		if !errors.Is(err, ErrNoTrace) {
			return placed, err
		}
	}
	p, err := w.placement()
	if err != nil {
		return Placed{}, err
	}
	return w.ports.Vendor.Place(ctx, w.org, p)
}

// placement is the order as the vendor sees it. CodeVendorRefused: an offer is gone.
func (w *work) placement() (Placement, error) {
	p := Placement{Key: w.order.Intent.Key, Order: w.order.ID}
	catalogue := w.Catalogue()
	for _, l := range w.order.Lines {
		offer, ok := catalogue.Offer(l.Offer)
		if !ok {
			return Placement{}, Refuse(CodeVendorRefused)
		}
		p.Lines = append(p.Lines, PlacementLine{ID: l.ID, Offer: offer, Plan: l.Plan, Quantity: l.Quantity})
	}
	return p, nil
}

// delivery asks the vendor how far it is, ever less often.
func (w *work) delivery(ctx context.Context) (outcome, error) {
	o := w.order
	placed, err := w.ports.Vendor.LookUp(ctx, w.org, o.key(StepPlace))
	if err != nil {
		return outcome{}, err
	}
	try := o
	try.Lines = slices.Clone(o.Lines)
	changed, err := try.delivered(placed, w.Now())
	if err != nil {
		return outcome{}, err
	}
	if !changed {
		age := w.Now().Sub(o.UpdatedAt)
		return outcome{wait: max(w.Timings.Recheck, min(age/10, 200*w.Timings.Recheck))}, nil
	}
	w.seats.forget(w.org.ID)
	return outcome{
		apply: func(o *Order, now time.Time) error {
			_, err := o.delivered(placed, now)
			return err
		},
		action: "order.delivery", data: map[string]any{"lines": placed.Lines},
	}, nil
}

// pick chooses the people of the next batch and writes down that they are about to be
// served. Those whose earlier attempt was not seen to end come again.
func (w *work) pick(tx Tx, o Order) error {
	all, err := tx.Assignments(o.ID)
	if err != nil {
		return err
	}
	now := w.Now()
	w.people, w.known, w.waiting, w.busy = nil, nil, nil, 0
	w.rival, err = w.rivals(tx, OrderRef{Organisation: o.Organisation, ID: o.ID}, now)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.State != AssignPending && a.State != AssignIntended || o.Line(a.Line).asksAgain().After(now) {
			continue
		}
		if wait := w.rival.busy(a, Rival.adds); wait > 0 && !w.rival.served(a.User) {
			w.busy = sooner(w.busy, wait)
			continue
		}
		if len(w.people) == AssignBatch || len(w.people) > 0 && w.people[0].Line != a.Line {
			w.wait(o, a)
			continue
		}
		if a.State == AssignIntended {
			w.known = append(w.known, a)
		}
		a.State = AssignIntended
		w.people = append(w.people, a)
	}
	return tx.SaveAssignments(w.people)
}

// wait notes somebody of a later batch who is to have the same licence as those of this one.
func (w *work) wait(o Order, a Assignment) {
	if o.Line(a.Line).GraphSKU == o.Line(w.people[0].Line).GraphSKU {
		w.waiting = append(w.waiting, a)
	}
}

// assign serves one batch: whoever holds a licence by now is not given another.
func (w *work) assign(ctx context.Context) (outcome, error) {
	done := outcome{
		apply:  func(o *Order, now time.Time) error { return o.peopleServed(now) },
		action: "assignment.batch",
	}
	switch {
	case len(w.people) == 0 && w.busy > 0:
		return outcome{wait: max(w.Timings.Recheck, w.Timings.Wait(w.busy))}, nil
	case len(w.people) == 0:
		return done, nil
	}
	line := *w.order.Line(w.people[0].Line)
	results, asksIn, err := w.batch(ctx, line.GraphSKU)
	if w.Timings.hopeless(err, later(line.ProvisionedAt, line.Slow.Since), w.Now()) {
		w.Log.WarnContext(ctx, "no licences can be given", "order", w.id, "err", err)
		results, err = unserved(w.people), nil
	}
	if err != nil {
		return outcome{}, err
	}
	results, again := line.unready(results, w.Now(), w.Timings)
	results, slow := line.Slow.after(results, asksIn, w.Now(), w.Timings)
	done.people = slices.Concat(results, turnedAway(results, w.waiting), givenUp(asksIn, slow, w.waiting))
	done.data = map[string]any{"people": summary(done.people)}
	done.apply = func(o *Order, now time.Time) error {
		o.Line(line.ID).AskAgain, o.Line(line.ID).Slow = again, slow
		return o.peopleServed(now)
	}
	w.seats.forget(w.org.ID)
	return done, nil
}

// batch asks for licences for those of it who need one still. asksIn says how long nobody
// more is to be asked for.
func (w *work) batch(ctx context.Context, sku string) (results []Assignment, asksIn time.Duration, err error) {
	held, err := w.ports.Licensor.Licences(ctx, w.org, ids(w.people))
	if err != nil {
		return nil, 0, err
	}
	results, rest := w.settleKnown(held, sku)
	if len(rest) == 0 {
		return results, 0, nil
	}
	given, err := w.ports.Licensor.Assign(ctx, w.org, sku, ids(rest))
	if err != nil {
		return nil, 0, err
	}
	return append(results, resultsOf(rest, given)...), longest(given), nil
}

// turnedAway are those who wait for a licence once there is no seat left, or Microsoft gives
// none: nobody is asked for them in vain. Whoever may have been served already, though no
// answer came, is not among them.
func turnedAway(results, waiting []Assignment) []Assignment {
	last := slices.IndexFunc(results, func(a Assignment) bool {
		return a.State == AssignFailed && (a.Reason == ReasonNoSeat || a.Reason == ReasonNotYet)
	})
	if last < 0 {
		return nil
	}
	return away(waiting, results[last].Reason)
}

// givenUp are those who wait where Microsoft wanted not to be asked for too long.
func givenUp(asksIn time.Duration, slow Slow, waiting []Assignment) []Assignment {
	if asksIn == 0 || slow.Is() {
		return nil
	}
	return away(waiting, ReasonUnavailable)
}

// away are those who were not asked for, and now are not to be.
func away(waiting []Assignment, reason Reason) []Assignment {
	var away []Assignment
	for _, a := range waiting {
		if a.State == AssignPending {
			a.State, a.Reason = AssignFailed, reason
			away = append(away, a)
		}
	}
	return away
}

// settleKnown decides by what people hold now: the earlier attempt worked, they gained
// a licence elsewhere, they are gone; the rest is to be served.
func (w *work) settleKnown(held map[string]Licences, sku string) (results, rest []Assignment) {
	for _, a := range w.people {
		has, exists := held[a.User]
		attempted := slices.ContainsFunc(w.known, func(k Assignment) bool { return k.User == a.User })
		switch {
		case !exists:
			a.State, a.Reason = AssignSkipped, ReasonGone
		case attempted && has.Has(sku):
			a.State, a.Reason = AssignDone, ReasonNone
		case !has.None() || w.rival.served(a.User):
			a.State, a.Reason = AssignSkipped, ReasonHasLicence
		default:
			rest = append(rest, a)
			continue
		}
		results = append(results, a)
	}
	return results, rest
}

// resultsOf gives each person the Licensor's answer; one without an answer has failed, and
// whoever is kept out only for now stays to be served.
func resultsOf(people []Assignment, given []AssignResult) []Assignment {
	answers := make(map[string]AssignResult, len(given))
	for _, r := range given {
		answers[r.User] = r
	}
	out := slices.Clone(people)
	for i := range out {
		answer, ok := answers[out[i].User]
		reason := answer.Reason
		switch {
		case !ok:
			reason = ReasonUnavailable
		case answer.AskIn > 0:
			out[i].State, out[i].Reason = AssignIntended, ReasonNone
			continue
		case reason == ReasonUndelivered:
			reason = ReasonNotYet // which of the two only the order knows, and its lines are there
		}
		out[i].State, out[i].Reason = stateFor(reason), reason
	}
	return out
}

// stateFor tells what may help in a retry from what never will.
func stateFor(r Reason) AssignmentState {
	switch r {
	case ReasonNone:
		return AssignDone
	case ReasonUnavailable, ReasonNoSeat, ReasonConflict, ReasonNotYet, ReasonForbidden:
		return AssignFailed
	}
	return AssignSkipped
}

// again is somebody who is to be served once more. Where no answer came, the first attempt
// may have worked after all: that is looked up.
func again(a Assignment) (AssignmentState, Reason) {
	if a.Reason == ReasonUnavailable {
		return AssignIntended, ReasonNone
	}
	return AssignPending, ReasonNone
}

func ids(as []Assignment) []string {
	out := make([]string, len(as))
	for i, a := range as {
		out[i] = a.User
	}
	return out
}

// summary is what the audit keeps of a batch: who, and what became of them.
func summary(as []Assignment) map[string]string {
	out := make(map[string]string, len(as))
	for _, a := range as {
		out[a.User] = string(a.State)
		if a.Reason != ReasonNone {
			out[a.User] += ":" + string(a.Reason)
		}
	}
	return out
}

// keepPeople saves a batch's results and brings the order's counts up to date.
func (w *work) keepPeople(tx Tx, o *Order, results []Assignment) error {
	if len(results) == 0 {
		return nil
	}
	err := tx.SaveAssignments(results)
	if err != nil {
		return err
	}
	all, err := tx.Assignments(o.ID)
	if err != nil {
		return err
	}
	o.count(all)
	return nil
}

// dropUndelivered takes the people off the list whose line's licences did not come.
func (w *work) dropUndelivered(tx Tx, o *Order) error {
	all, err := tx.Assignments(o.ID)
	if err != nil {
		return err
	}
	var dropped []Assignment
	for i, a := range all {
		l := o.Line(a.Line)
		if a.State == AssignPending && l != nil && (l.State == LineFailed || l.State == LineRefused) {
			all[i].State, all[i].Reason = AssignSkipped, ReasonUndelivered
			dropped = append(dropped, all[i])
		}
	}
	if len(dropped) == 0 {
		return nil
	}
	o.count(all)
	return tx.SaveAssignments(dropped)
}
