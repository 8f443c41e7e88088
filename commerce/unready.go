package commerce

import (
	"slices"
	"time"
)

// Licences that the vendor has delivered Microsoft may not give yet: it says that there are
// none of the kind. That passes, in minutes as a rule, so whoever was asked for is asked for
// again, ever less often. After readyWithin it is given up, and a person may try again.
const (
	readyWithin = 2 * time.Hour
	askedFirst  = time.Minute
	askedLast   = 15 * time.Minute
)

// asksIn is how long to wait until licences of the line are asked for again, 0 for no longer.
func (l OrderLine) asksIn(now time.Time, t Timings) time.Duration {
	age := now.Sub(l.ProvisionedAt)
	left := t.Wait(readyWithin) - age
	if left <= 0 {
		return 0
	}
	return max(t.Recheck, min(max(t.Wait(askedFirst), age/2), t.Wait(askedLast), left))
}

// hopeless reports whether a call for people, which was refused as a whole, is given up: it
// changed nothing, and it is so long since that a person has to see to it, such as to a
// permission that the bot's app lacks.
func (t Timings) hopeless(err error, since, now time.Time) bool {
	return err != nil && CodeOf(err) != CodeInternal && now.Sub(since) >= t.Wait(readyWithin)
}

// unserved are people who were asked for in vain. They may be tried again.
func unserved(people []Assignment) []Assignment {
	people = slices.Clone(people)
	for i := range people {
		people[i].State, people[i].Reason = AssignFailed, ReasonUnavailable
	}
	return people
}

// Unready reports whether Microsoft could not give licences of the order yet when it was
// last asked.
func (o Order) Unready() bool {
	return slices.ContainsFunc(o.Lines, func(l OrderLine) bool { return !l.AskAgain.IsZero() })
}

// nextBatch is when the first of those who wait can be asked for.
func (o Order) nextBatch(now time.Time) time.Time {
	var first time.Time
	for _, l := range o.Lines {
		due := later(now, l.asksAgain())
		if l.People.Total > l.People.Assigned+l.People.Failed && (first.IsZero() || due.Before(first)) {
			first = due
		}
	}
	return later(now, first)
}

// unready are the results of a batch of the line, in which whoever is to be asked for again
// waits, and when that is: the zero time where Microsoft gives licences of it. Where it has
// not for too long they have failed, and the time is that of the last try.
func (l OrderLine) unready(results []Assignment, now time.Time, t Timings) (kept []Assignment, again time.Time) {
	notYet := func(a Assignment) bool { return a.Reason == ReasonNotYet }
	if !slices.ContainsFunc(results, notYet) {
		return results, time.Time{}
	}
	wait := l.asksIn(now, t)
	kept = slices.Clone(results)
	for i := range kept {
		if notYet(kept[i]) && wait > 0 {
			kept[i].State = AssignPending
		}
	}
	return kept, now.Add(wait)
}
