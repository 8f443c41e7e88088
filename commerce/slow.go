package commerce

import (
	"slices"
	"time"
)

// Slow is that Microsoft wants to be asked for less: that is no failure of the people whom
// it keeps out. They stay to be served, and nobody of theirs is asked for before Until. The
// zero Slow: it does not.
type Slow struct {
	Since time.Time `json:"since"` // nobody has had an answer since
	Until time.Time `json:"until"`
}

// Is reports whether Microsoft wanted it when last it was asked.
func (s Slow) Is() bool { return !s.Until.IsZero() }

// after takes the results of a batch after which Microsoft is not to be asked for a while,
// 0 where it may be. Where nobody has had an answer for too long it is given up: those who
// were kept out have failed, which kept says, and the Slow is the zero one.
func (s Slow) after(results []Assignment, asksIn time.Duration, now time.Time, t Timings) (kept []Assignment, next Slow) {
	if asksIn == 0 {
		return results, Slow{}
	}
	if !s.Is() || slices.ContainsFunc(results, func(a Assignment) bool { return !a.keptOut() }) {
		s.Since = now
	}
	if now.Sub(s.Since) < t.Wait(readyWithin) {
		return results, Slow{Since: s.Since, Until: now.Add(max(asksIn, t.Recheck))}
	}
	kept = slices.Clone(results)
	for i, a := range kept {
		if a.keptOut() {
			kept[i].State, kept[i].Reason = AssignFailed, ReasonUnavailable
		}
	}
	return kept, Slow{}
}

// keptOut reports whether somebody of a batch that was answered stays to be served.
func (a Assignment) keptOut() bool { return a.State == AssignIntended }

// longest is how long Microsoft is not to be asked after it has answered so.
func longest(given []AssignResult) time.Duration {
	var most time.Duration
	for _, r := range given {
		most = max(most, r.AskIn)
	}
	return most
}

// Slowed reports whether Microsoft limits how fast the order's licences are given.
func (o Order) Slowed() bool {
	return slices.ContainsFunc(o.Lines, func(l OrderLine) bool { return l.Slow.Is() })
}

// asksAgain is when somebody of the line may be asked for.
func (l OrderLine) asksAgain() time.Time { return later(l.AskAgain, l.Slow.Until) }
