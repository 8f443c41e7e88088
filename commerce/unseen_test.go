package commerce

import (
	"testing"
	"time"
)

// What a tenant that cannot be read leads to, by what has been seen and how late it is.
func TestBlind(t *testing.T) {
	t.Parallel()
	timings := StandardTimings()
	late, over := noon.Add(timings.Ask), noon.Add(timings.GiveUp)
	some, other := []Claim{{Line: 1, SKU: "a", To: 3}}, []Claim{{SKU: "b", To: 3}}
	for name, c := range map[string]struct {
		state  State
		claims []Claim
		enough bool
		unread bool // it could not be read before either
		at     time.Time
		want   string
		ends   State
		reason Code
	}{
		"for the first time":                   {state: StateHandedOver, at: noon, want: sawUnread, ends: StateHandedOver},
		"still":                                {state: StateHandedOver, unread: true, at: noon, want: sawNothing, ends: StateHandedOver},
		"for a day":                            {state: StateHandedOver, unread: true, at: late, want: sawLate, ends: StateHandedOver},
		"after a day":                          {state: StateHandedOver, at: late, want: sawLate, ends: StateHandedOver},
		"a part was seen, a day ago":           {state: StateHandedOver, claims: some, unread: true, at: late, want: sawLate, ends: StateHandedOver},
		"just before the end":                  {state: StateHandedOver, unread: true, at: over.Add(-time.Nanosecond), want: sawLate, ends: StateHandedOver},
		"to the end":                           {state: StateHandedOver, unread: true, at: over, want: sawUnseen, ends: StateExpired, reason: CodeUnseen},
		"first at the end":                     {state: StateHandedOver, at: over, want: sawUnseen, ends: StateExpired, reason: CodeUnseen},
		"to the end, and a part was seen":      {state: StateHandedOver, claims: some, unread: true, at: over, want: sawEnough, ends: StateHandedOver},
		"to the end, and another was seen":     {state: StateHandedOver, claims: other, unread: true, at: over, want: sawUnseen, ends: StateExpired, reason: CodeUnseen},
		"to the end, and another is all":       {state: StateHandedOver, claims: other, enough: true, unread: true, at: over, want: sawEnough, ends: StateHandedOver},
		"the buyer's last word was of nothing": {state: StateHandedOver, enough: true, unread: true, at: over, want: sawUnseen, ends: StateExpired, reason: CodeUnseen},
		"called off":                           {state: StateCancelling, at: noon, want: sawUnread, ends: StateCancelling},
		"called off, a day ago":                {state: StateCancelling, unread: true, at: late, want: sawNothing, ends: StateCancelling},
		"called off, to the end":               {state: StateCancelling, unread: true, at: over, want: sawUnseen, ends: StateCancelled, reason: CodeUnseen},
		"called off, and a part was seen":      {state: StateCancelling, claims: some, unread: true, at: over, want: sawUnseen, ends: StateCancelled, reason: CodeUnseen},
	} {
		o := waiting("CW-1", noon, estate(noon), wants{"a", 5})
		o.State = StateSubmitted
		if err := o.cleared(noon, timings); err != nil {
			t.Fatal(err)
		}
		o.see(c.claims, noon)
		o.State, o.HandOff.Enough = c.state, c.enough
		if c.unread {
			o.HandOff.Unread = noon.Add(-time.Hour)
		}
		before := *o.HandOff
		saw := o.blind(c.at, timings)
		if saw == sawUnseen {
			if err := o.unseen(c.at); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if saw != c.want || o.State != c.ends || o.Reason != c.reason {
			t.Errorf("%s: %q, %s %q; want %q, %s %q", name, saw, o.State, o.Reason, c.want, c.ends, c.reason)
		}
		if asked := o.HandOff.Asked > before.Asked; asked != (c.want == sawLate) || o.HandOff.Unread.IsZero() || o.Blind() != o.State.Ended() {
			t.Errorf("%s: asked %v, and is blind: %v", name, asked, o.Blind())
		}
		if len(c.claims) > 0 && c.claims[0].Line == 1 && (saw == sawEnough || o.State.Ended()) && o.Lines[0].State != LineProvisioned {
			t.Errorf("%s: what was seen is %s", name, o.Lines[0].State)
		}
	}
}

// The limits hold from the beginning, and anew from when the way is shown.
func TestTheLimitsOfAHandOff(t *testing.T) {
	t.Parallel()
	timings := StandardTimings()
	o := Order{State: StateSubmitted, HandOff: &HandOff{}}
	if err := o.cleared(noon, timings); err != nil {
		t.Fatal(err)
	}
	if h := o.HandOff; o.HandedOver() || !h.AskAt.Equal(noon.Add(timings.Ask)) || !h.Until.Equal(noon.Add(timings.GiveUp)) {
		t.Errorf("before the way is shown: %+v", h)
	}
	o.hand().ask(noon.Add(timings.Ask), timings)
	o.hand().Unread = noon
	later := noon.Add(30 * time.Hour)
	o.handed(estate(later), later, timings)
	if h := o.HandOff; h.Asked != 1 || h.Patience != 0 || !h.Unread.IsZero() || !h.AskAt.Equal(later.Add(timings.Ask)) || !h.Until.Equal(later.Add(timings.GiveUp)) {
		t.Errorf("once it is shown: %+v", h)
	}
	if old := (HandOff{}); old.over(later) || old.asks(later) {
		t.Error("one without limits is given up")
	}
}
