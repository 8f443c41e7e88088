package commerce

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Two pieces of work, orders or tasks, may be for the same person, who had no licence when
// each was made. Who is being served by another one waits for what comes of it; and who was
// served by it just now has a licence, whatever the tenant's reads, which may be behind, say.
// Of somebody for whom no answer came nobody knows until reads must have caught up.
const (
	readsBehind = 15 * time.Minute
	rivalWait   = time.Second // for one who is being served
	unsureWait  = time.Minute // for one who may have been
)

// Rival is somebody's part in another order or task, which is at it, or has ended it just
// now: well, or without an answer (AssignFailed).
type Rival struct {
	Assignment
	Gives, Takes string    // Graph SKUs, "" for none
	At           time.Time // when that was written
}

// rivals are what other orders and tasks do for the same people, by user. What was written
// before fresh is in what is read of the tenant.
type rivals struct {
	by    map[string][]Rival
	fresh time.Time
}

// rivals finds those who were served since, or while what was read then may have been behind.
func (s *Service) rivals(tx Tx, of OrderRef, since time.Time) (rivals, error) {
	behind := s.Timings.Wait(readsBehind)
	r := rivals{by: map[string][]Rival{}, fresh: s.Now().Add(-behind)}
	others, err := tx.Rivals(of, since.Add(-behind))
	if err != nil {
		return rivals{}, err
	}
	slices.SortStableFunc(others, func(a, b Rival) int { return a.At.Compare(b.At) })
	for _, other := range others {
		r.by[other.User] = append(r.by[other.User], other)
	}
	return r, nil
}

// busy is how long somebody is to be left alone before they are looked at again, 0 where
// nobody else is at them: while another one serves them, and while it is not known whether
// one served them that clashes. Of two that have both begun, and do not know how it ended,
// the first by number goes on.
func (r rivals) busy(a Assignment, clashes func(Rival) bool) time.Duration {
	wait := time.Duration(0)
	for _, other := range r.by[a.User] {
		switch {
		case other.State == AssignIntended && (a.State == AssignPending || other.Order < a.Order):
			return rivalWait
		case other.State == AssignFailed && !other.At.Before(r.fresh) && clashes(other):
			wait = unsureWait
		}
	}
	return wait
}

// lately are the licences that others have given somebody who holds what is read, by SKU,
// and have not taken since. What reads must show by now, or what nobody knows of, counts
// where they do.
func (r rivals) lately(user string, holds Licences) map[string]Rival {
	given := map[string]Rival{}
	for _, other := range r.by[user] {
		done := other.State == AssignDone
		if done {
			delete(given, other.Takes)
		}
		if other.Gives != "" && (done && !other.At.Before(r.fresh) || other.State != AssignIntended && holds.Has(other.Gives)) {
			given[other.Gives] = other
		}
	}
	return given
}

// served reports whether somebody has just been given a licence.
func (r rivals) served(user string) bool { return len(r.lately(user, nil)) > 0 }

// adds reports whether it gives a licence to somebody who keeps what they have.
func (r Rival) adds() bool { return r.Gives != "" && r.Takes == "" }

// clashes reports whether a task does not go on beside r before it is known how that ended.
func (t Task) clashes(r Rival) bool {
	switch t.Kind {
	case TaskAssign:
		return r.adds() || r.Gives == t.SKU
	case TaskMove:
		return r.Gives == t.To
	}
	return false
}

// overtaken is why a task does nothing for somebody whom others have just given licences,
// ReasonNone where it goes on. Whoever holds another licence besides, or was seen to hold
// these when the task was asked for, is to have one more. holds is what is read of them.
func (t Task) overtaken(holds Licences, lately map[string]Rival) Reason {
	if _, same := lately[t.Gives()]; same {
		return ReasonHasThis
	}
	other := func(l Licence) bool { _, given := lately[l.SKU]; return !given && l.Fails == ReasonNone }
	if t.Kind != TaskAssign || slices.ContainsFunc(holds, other) {
		return ReasonNone
	}
	for _, sku := range slices.Sorted(maps.Keys(lately)) {
		if r := lately[sku]; r.adds() && (r.State == AssignFailed || !r.At.Before(t.StartedAt) || !holds.Has(sku)) {
			return ReasonHasLicence
		}
	}
	return ReasonNone
}

// sooner is the shorter of two waits, of which 0 is none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b == 0 {
		return cmp.Or(a, b)
	}
	return min(a, b)
}
