package graph_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/commerce/graph"
	"cartwright/testservices/fakegraph"
)

// A thousand people are served in the fewest batches that there can be, and never faster
// than the limits let it, whatever is done for them: a move is one call for each person too.
func TestAThousandPeopleInFiftyBatches(t *testing.T) {
	t.Parallel()
	for kind, serve := range map[commerce.TaskKind]func(*world, ...string) []commerce.Reason{
		commerce.TaskAssign: func(w *world, users ...string) []commerce.Reason { return w.assign(owned, users...) },
		commerce.TaskRemove: func(w *world, users ...string) []commerce.Reason { return w.remove(other, users...) },
		commerce.TaskMove:   func(w *world, users ...string) []commerce.Reason { return w.move(other, owned, users...) },
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fakegraph.Options{Limits: fakegraph.DocumentedLimits(1000)})
			people := w.people(1000)
			w.fake.Own(owned, 1000)
			w.fake.Own(other, 1000)
			if kind != commerce.TaskAssign {
				w.fake.Give(other, people...)
			}
			for batch := range slices.Chunk(people, commerce.AssignBatch) {
				for i, reason := range serve(w, batch...) {
					if reason != none {
						t.Fatalf("%d: %s", i, reason)
					}
				}
			}
			w.inFiftyBatches(kind)
		})
	}
}

func (w *world) inFiftyBatches(kind commerce.TaskKind) {
	w.t.Helper()
	batches := w.fake.Batches()
	if len(batches) != 50 || slices.Min(batches) != 20 || slices.Max(batches) != 20 {
		w.t.Errorf("batches of %v", batches)
	}
	if n := w.fake.Throttled(); n != 0 {
		w.t.Errorf("throttled %d times", n)
	}
	has := map[commerce.TaskKind]int{commerce.TaskAssign: 1000, commerce.TaskMove: 1000}[kind]
	_, given := w.fake.Seats(owned)
	if _, left := w.fake.Seats(other); given != has || left != 0 || len(w.fake.Repeats()) != 0 {
		w.t.Errorf("%d have one and %d the other, again %v", given, left, w.fake.Repeats())
	}
	if n := len(w.fake.Bare()); kind == commerce.TaskMove && n != 0 {
		w.t.Errorf("%d were left without", n)
	}
	// 1,000 changes, and a look at 15 people and at 5 before each batch.
	if n := len(w.fake.Calls("")); n != 1000+50+2*50 {
		w.t.Errorf("%d calls", n)
	}
	if n := w.fake.TokenCalls(); n != 1 {
		w.t.Errorf("%d tokens", n)
	}
}

// What was done and never heard of is seen, and not done again.
func TestABatchWhoseAnswerIsLostIsLookedInto(t *testing.T) {
	for name, fault := range map[string]fakegraph.Fault{
		"the line drops":    {Drop: true},
		"the gateway fails": {Status: http.StatusGatewayTimeout},
		"the answer is cut": {Cut: 30},
		"no JSON":           {Body: "<html>busy</html>"},
		"a huge answer":     {Huge: 2 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fakegraph.Options{})
			people := w.people(20)
			w.fake.Own(owned, 20)
			w.fake.Own(other, 20)
			fault.Method, fault.Path, fault.Done = http.MethodPost, "/$batch", true
			w.fake.Fail(fault)
			for _, reason := range w.assign(owned, people...) {
				if reason != none {
					t.Errorf("assigned: %q", reason)
				}
			}
			w.fake.Fail(fault)
			for _, reason := range w.move(owned, other, people...) {
				if reason != none {
					t.Errorf("moved: %q", reason)
				}
			}
			if n := len(w.fake.Batches()); n != 2 || len(w.fake.Repeats()) != 0 || len(w.fake.Bare()) != 0 {
				t.Errorf("%d batches, again for %v, left bare %v", n, w.fake.Repeats(), w.fake.Bare())
			}
			w.discreet()
		})
	}
}

// A reply of a batch that is not as documented is one person's alone: the others are served by
// their own, and it is looked into what came of this one before it is sent again.
func TestAnOddReplyIsOnePersonsAlone(t *testing.T) {
	for name, fault := range map[string]fakegraph.Fault{
		"a header is a number":      {Odd: `{"headers": {"Retry-After": 2}}`},
		"a header is a list":        {Odd: `{"headers": {"Set-Cookie": ["a", "b"]}}`},
		"the headers are a list":    {Odd: `{"headers": []}`},
		"the status is a text":      {Odd: `{"status": "200"}`},
		"the id is a number":        {Odd: `{"id": 1}`},
		"the id is nobody's":        {Odd: `{"id": "77"}`},
		"the body is a text":        {Odd: `{"body": "done"}`},
		"nothing was done":          {Odd: `{"status": "429"}`, Status: http.StatusTooManyRequests},
		"the refusal is not told":   {Odd: `{"status": 503, "body": [1]}`, Done: true},
		"the status is not one":     {Odd: `{"status": -1}`},
		"there is no status at all": {Odd: `{"status": null}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fakegraph.Options{})
			people := w.people(20)
			w.fake.Own(owned, 20)
			w.fake.Own(other, 20)
			fault.Path, fault.Inner, fault.Skip = "/users/", true, 7
			w.fake.Fail(fakegraph.Fault{Path: "/users/", Inner: true, Skip: 3, Status: http.StatusBadRequest})
			w.fake.Fail(fault)
			tally := map[commerce.Reason]int{}
			for _, reason := range w.assign(owned, people...) {
				tally[reason]++
			}
			if diff := cmp.Diff(map[commerce.Reason]int{none: 19, commerce.ReasonUnavailable: 1}, tally); diff != "" {
				t.Errorf("one is refused (-want +got):\n%s", diff)
			}
			for i, serve := range []func() []commerce.Reason{
				func() []commerce.Reason { return w.assign(owned, people...) },
				func() []commerce.Reason { return w.move(owned, other, people...) },
				func() []commerce.Reason { return w.remove(other, people...) },
			} {
				if i > 0 {
					w.fake.Fail(fault)
				}
				for _, reason := range serve() {
					if reason != none {
						t.Errorf("%d: %q", i, reason)
					}
				}
				if n := len(w.fake.Bare()); n > 0 && i < 2 {
					t.Errorf("%d were left bare", n)
				}
			}
			sent := 0
			for _, n := range w.fake.Batches() {
				sent += n
			}
			want := 61 // one again, who was refused
			if fault.Status != 0 {
				want += 3 // nothing had been done for one, each time
			}
			if sent != want || len(w.fake.Repeats()) != 0 {
				t.Errorf("%d calls in batches of %v, again for %v", sent, w.fake.Batches(), w.fake.Repeats())
			}
			w.discreet()
		})
	}
}

// Only those are sent again whom a limit kept out, after the longest wait that is named,
// which may be a fraction of a second.
func TestALimitInsideOfABatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	people := w.people(20)
	w.fake.Own(owned, 20)
	limit := fakegraph.Fault{Path: "/users/", Inner: true, Status: http.StatusTooManyRequests}
	limit.RetryAfter, limit.Times = "0.05", 3
	w.fake.Fail(limit)
	limit.RetryAfter, limit.Times = "0.31", 2
	w.fake.Fail(limit)
	limit.RetryAfter, limit.Times = "", 1
	w.fake.Fail(limit)
	for _, reason := range w.assign(owned, people...) {
		if reason != none {
			t.Errorf("%q", reason)
		}
	}
	if diff := cmp.Diff([]int{20, 6}, w.fake.Batches()); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
	var first, second time.Time
	for _, c := range w.fake.Calls(http.MethodPost) {
		if c.Batch == 1 {
			first = c.At
		} else if c.Batch == 2 && second.IsZero() {
			second = c.At
		}
	}
	if waited := second.Sub(first); waited < 300*time.Millisecond || waited > 5*time.Second {
		t.Errorf("waited %s", waited)
	}
}

// A tenant that asks for more than its limit is slowed down by it: everyone is served in the
// end, once.
func TestALimitThatBinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{Limits: &fakegraph.Limits{Units: 100}})
	options := w.options()
	options.Pause = 300 * time.Millisecond
	w.Graph = graph.New(options)
	people := w.people(120)
	w.fake.Own(owned, 120)
	for batch := range slices.Chunk(people, commerce.AssignBatch) {
		if got := w.assign(owned, batch...); slices.Max(got) != none {
			t.Errorf("%q", got)
		}
	}
	if _, used := w.fake.Seats(owned); used != 120 || len(w.fake.Repeats()) != 0 || w.fake.Throttled() == 0 {
		t.Errorf("%d are served, again %v, throttled %d times", used, w.fake.Repeats(), w.fake.Throttled())
	}
}

// A wait that would outlast the caller is not begun: those who were kept out may be tried
// again, the others are served.
func TestALimitThatOutlastsTheCaller(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	people := w.people(3)
	w.fake.Own(owned, 3)
	w.fake.Fail(fakegraph.Fault{Path: "/users/", Inner: true, Status: http.StatusTooManyRequests, RetryAfter: "50"})
	begun := time.Now()
	got := w.assign(owned, people...)
	slices.Sort(got)
	if diff := cmp.Diff([]commerce.Reason{none, none, commerce.ReasonUnavailable}, got); diff != "" || time.Since(begun) > 10*time.Second {
		t.Errorf("after %s (-want +got):\n%s", time.Since(begun), diff)
	}
}

// However Graph says that too much was asked of it, nobody has failed: those who are left are
// answered with how long it wants not to be asked, and until then nothing is changed in the
// tenant, for them or for others. Looking goes on.
func TestATenantThatIsNotToBeAsked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  fakegraph.Fault
		asksIn time.Duration
		sent   int
	}{
		"inside of the batch":     {fakegraph.Fault{Path: "/users/", Inner: true, RetryAfter: "50"}, 50 * time.Second, 20},
		"the whole batch":         {fakegraph.Fault{Path: "/$batch", RetryAfter: "150.5"}, 150500 * time.Millisecond, 0},
		"for longer than is sane": {fakegraph.Fault{Path: "/$batch", RetryAfter: "86400"}, time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fakegraph.Options{})
			var later atomic.Int64
			options := w.options()
			begun := time.Now()
			options.Now = func() time.Time { return begun.Add(time.Duration(later.Load())) }
			w.Graph = graph.New(options)
			people := w.people(40)
			w.fake.Own(owned, 40)
			c.fault.Method, c.fault.Status, c.fault.Times = http.MethodPost, http.StatusTooManyRequests, -1
			w.fake.Fail(c.fault)
			for i, batch := range [][]string{people[:20], people[20:], people[:20]} {
				got, err := w.Assign(soon(t), contoso, owned, batch)
				for _, r := range got {
					if r.Reason != commerce.ReasonUnavailable || r.AskIn != c.asksIn {
						t.Fatalf("%d: %q, ask in %s, want %s", i, r.Reason, r.AskIn, c.asksIn)
					}
				}
				if err != nil || len(got) != 20 {
					t.Fatalf("%d: %d answers, %v", i, len(got), err)
				}
			}
			if n := len(w.fake.Calls(http.MethodPost)); n != 1+c.sent || time.Since(begun) > 10*time.Second {
				t.Errorf("%d calls in %s, want one batch", n, time.Since(begun))
			}
			if _, err := w.Licences(soon(t), contoso, people); err != nil {
				t.Errorf("nobody may look: %v", err)
			}
			w.fake.Heal()
			later.Store(int64(c.asksIn))
			for batch := range slices.Chunk(people, 20) {
				if got := w.assign(owned, batch...); slices.Max(got) != none {
					t.Errorf("afterwards: %q", got)
				}
			}
			if _, used := w.fake.Seats(owned); used != 40 || len(w.fake.Repeats()) != 0 {
				t.Errorf("%d are served, again %v", used, w.fake.Repeats())
			}
		})
	}
}

// A limit that does not say for how long is waited for some times, and then left for later.
func TestALimitWithoutATime(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fakegraph.Fault{
		"inside of the batch": {Path: "/users/", Inner: true}, "the whole batch": {Path: "/$batch"},
	} {
		w := newWorld(t, fakegraph.Options{})
		people := w.people(3)
		w.fake.Own(owned, 3)
		fault.Method, fault.Status, fault.Times = http.MethodPost, http.StatusTooManyRequests, -1
		w.fake.Fail(fault)
		got, err := w.Assign(soon(t), contoso, owned, people)
		for _, r := range got {
			if r.Reason != commerce.ReasonUnavailable || r.AskIn <= 0 {
				t.Errorf("%s: %q, ask in %s", name, r.Reason, r.AskIn)
			}
		}
		if err != nil || len(got) != 3 {
			t.Errorf("%s: %d answers, %v", name, len(got), err)
		}
	}
}

// Somebody whom no app may change is one person's trouble, alone in a batch or among others:
// that the app lacks the permission is said only where it may change nobody at all.
func TestSomebodyWhomNoAppMayChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	people := append(w.people(2), w.fake.Add(fakegraph.Person{Location: "FR", Restricted: true}).ID)
	w.fake.Own(owned, 3)
	for range 2 {
		if diff := cmp.Diff([]commerce.Reason{none, none, commerce.ReasonForbidden}, w.assign(owned, people...)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff([]int{3, 1}, w.fake.Batches()); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
	w.fake.Permit(fakegraph.Permissions[:2]...)
	w.fake.Revoke()
	_, err := w.Assign(soon(t), contoso, owned, people[2:])
	if lacks, ok := errors.AsType[*graph.Missing](err); !ok || lacks.Permission != "LicenseAssignment.ReadWrite.All" {
		t.Errorf("without the permission: %v", err)
	}
}

// A batch that a limit keeps out as a whole comes again when Graph says.
func TestALimitOfAWholeBatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	people := w.people(2)
	w.fake.Own(owned, 2)
	w.fake.Fail(fakegraph.Fault{Method: http.MethodPost, Path: "/$batch", Status: http.StatusTooManyRequests, RetryAfter: "0.2"})
	begun := time.Now()
	if got := w.assign(owned, people...); !cmp.Equal(got, []commerce.Reason{none, none}) || time.Since(begun) < 200*time.Millisecond {
		t.Errorf("after %s: %q", time.Since(begun), got)
	}
}

// Once there is no seat left nobody is sent again, not even those whom a limit kept out.
func TestNoSeatEndsTheRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	people := w.people(20)
	w.fake.Own(owned, 4)
	w.fake.Fail(fakegraph.Fault{Path: "/users/", Inner: true, Skip: 15, Times: 5, Status: http.StatusTooManyRequests, RetryAfter: "0.1"})
	tally := map[commerce.Reason]int{}
	for _, reason := range w.assign(owned, people...) {
		tally[reason]++
	}
	if diff := cmp.Diff(map[commerce.Reason]int{none: 4, noSeat: 16}, tally); diff != "" || len(w.fake.Batches()) != 1 {
		t.Errorf("in %v (-want +got):\n%s", w.fake.Batches(), diff)
	}
}

// Whoever may have been given the last seat without anybody hearing of it is not told that
// there was none.
func TestALostAnswerAtTheLastSeat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	people := w.people(6)
	w.fake.Own(owned, 1)
	w.fake.Fail(fakegraph.Fault{Path: "/users/", Inner: true, Done: true, Status: http.StatusGatewayTimeout})
	w.fake.Fail(fakegraph.Fault{Path: "/users/", Inner: true, Skip: 3, Status: http.StatusTooManyRequests})
	w.fake.Lag(time.Hour) // and what is seen is behind
	tally := map[commerce.Reason]int{}
	for _, reason := range w.assign(owned, people...) {
		tally[reason]++
	}
	if diff := cmp.Diff(map[commerce.Reason]int{commerce.ReasonUnavailable: 1, noSeat: 5}, tally); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// While what is seen is behind what was done, nobody gets a second licence, nobody loses
// both in a move, and what was asked for is done.
func TestWhatIsSeenIsBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	people := w.people(5)
	w.fake.Own(owned, 5)
	w.fake.Own(other, 5)
	w.fake.Lag(time.Hour)
	for range 2 {
		if got := w.assign(owned, people...); slices.Max(got) != none {
			t.Errorf("assigned: %q", got)
		}
	}
	w.fake.Advance(2 * time.Hour)
	if got := w.move(owned, other, people...); slices.Max(got) != none {
		t.Errorf("moved: %q", got)
	}
	if got := w.move(owned, other, people...); slices.Min(got) != commerce.ReasonUnavailable {
		t.Errorf("moved again, and not to be seen yet: %q", got)
	}
	w.fake.Lag(0)
	if got := w.move(owned, other, people...); slices.Max(got) != none {
		t.Errorf("moved again: %q", got)
	}
	w.fake.Lag(time.Hour)
	if got := w.remove(other, people...); slices.Max(got) != none {
		t.Errorf("removed: %q", got)
	}
	if _, used := w.fake.Seats(other); used != 0 {
		t.Errorf("%d seats are used in the end", used)
	}
}

// What a group gives is the group's to take, by itself or beside one's own.
func TestAGroupsLicences(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	p := w.people(4)
	w.fake.Own(owned, 9)
	w.fake.Own(other, 9)
	w.fake.GroupLicence("sales", owned, p[0], p[1])
	w.fake.Give(owned, p[1], p[2])
	w.fake.GroupLicence("sales", other, p[3])
	byGroup := commerce.ReasonByGroup
	for what, got := range map[string][2][]commerce.Reason{
		"removed":  {w.remove(owned, p[0], p[1]), {byGroup, byGroup}},
		"moved":    {w.move(owned, other, p[0], p[1]), {byGroup, byGroup}},
		"assigned": {w.assign(owned, p[0], p[1]), {none, none}},
	} {
		if diff := cmp.Diff(got[1], got[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	w.fake.Give(owned, p[3])
	if got := w.move(owned, other, p[3]); got[0] != commerce.ReasonHasThis {
		t.Errorf("to what a group gives: %q", got)
	}
	if len(w.fake.Batches()) != 0 || len(w.fake.Changed()) != 0 {
		t.Errorf("sent %v, changed %v", w.fake.Batches(), w.fake.Changed())
	}
}

// What a group cannot give, Graph says why of: for the plans of somebody's other licences that
// is told before anything is asked for. A licence that works with an error is one.
func TestWhatAGroupCannotGive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	p := w.people(1)[0]
	const conflict, depends, count, place, own = fakegraph.ExchangeP2, fakegraph.TeamsPhone, fakegraph.EntraP1, fakegraph.Copilot, fakegraph.VisioPlan1
	w.fake.Give(own, p)
	for sku, failure := range map[string]string{
		conflict: "MutuallyExclusiveViolation", depends: "DependencyViolation", count: "CountViolation", place: "ProhibitedInUsageLocationViolation", own: "MutuallyExclusiveViolation",
	} {
		w.fake.GroupFailure("sales", sku, failure, p)
	}
	got, err := w.Licences(soon(t), contoso, []string{p})
	want := commerce.Licences{
		{SKU: conflict, ByGroup: true, Fails: commerce.ReasonConflict}, {SKU: own, ByGroup: true}, {SKU: depends, ByGroup: true, Fails: commerce.ReasonNoBase},
	}
	if diff := cmp.Diff(want, got[p]); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if has := got[p]; has.Has(conflict) || !has.Has(own) || has.None() || !has[:1].None() {
		t.Errorf("what fails counts, or what works does not: %v", has)
	}
}

// Plans that exclude each other, that are missing, and people who left in between.
func TestWhatOnlyGraphKnows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	p := w.people(3)
	for _, sku := range []string{fakegraph.ExchangeP1, fakegraph.ExchangeP2, fakegraph.TeamsPhone} {
		w.fake.Own(sku, 9)
	}
	w.fake.Give(fakegraph.ExchangeP1, p[0])
	if got := w.assign(fakegraph.ExchangeP2, p[0]); got[0] != commerce.ReasonConflict {
		t.Errorf("the other plan of two: %q", got)
	}
	if got := w.move(fakegraph.ExchangeP1, fakegraph.ExchangeP2, p[0]); got[0] != none {
		t.Errorf("moved to the other plan: %q", got)
	}
	if got := w.assign(fakegraph.TeamsPhone, p[1]); got[0] != commerce.ReasonNoBase {
		t.Errorf("without Teams: %q", got)
	}
	if got := w.assign(notOwned, p[1]); got[0] != commerce.ReasonUndelivered {
		t.Errorf("not owned: %q", got)
	}
	if len(w.fake.Touched()) != 0 {
		t.Error("a usage location was set")
	}
}

// A token that is no longer taken is replaced, inside of its hour, and the call comes again.
func TestATokenThatIsRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	people := w.people(2)
	w.fake.Own(owned, 2)
	for range 2 {
		if _, err := w.Seats(soon(t), contoso); err != nil {
			t.Fatal(err)
		}
		w.fake.Revoke()
	}
	if got := w.assign(owned, people...); slices.Max(got) != none {
		t.Errorf("%q", got)
	}
	if n := w.fake.TokenCalls(); n < 3 || n > 5 { // the two reads of seats may each ask for one
		t.Errorf("%d tokens", n)
	}
}

// A login that refuses says why by its code, and nothing that it sent.
func TestALoginThatRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	w.fake.EndSecret()
	_, err := w.Seats(soon(t), contoso)
	no, ok := errors.AsType[*graph.SignInError](err)
	if !ok || no.Code != "AADSTS7000222" || !commerce.IsCode(err, commerce.CodeUnavailable) {
		t.Fatalf("%v", err)
	}
	w.discreet(err.Error())
	if strings.Contains(err.Error(), w.fake.AppID) {
		t.Errorf("it says all: %v", err)
	}
}

// A permission that is not granted has its name in what the operator is told.
func TestAPermissionThatIsMissing(t *testing.T) {
	t.Parallel()
	for i, missing := range fakegraph.Permissions {
		w := newWorld(t, fakegraph.Options{Permissions: slices.Delete(slices.Clone(fakegraph.Permissions), i, i+1)})
		user := w.people(1)[0]
		w.fake.Own(owned, 1)
		_, seats := w.Seats(soon(t), contoso)
		_, people := w.Unlicensed(soon(t), contoso)
		_, given := w.Assign(soon(t), contoso, owned, []string{user})
		err := []error{seats, people, given}[i]
		lacks, ok := errors.AsType[*graph.Missing](err)
		if !ok || lacks.Permission != missing || !commerce.IsCode(err, commerce.CodeUnavailable) {
			t.Errorf("without %s: %v", missing, err)
		}
		found := map[string]bool{}
		for what, err := range w.Checks(soon(t), contoso) {
			_, permission, _ := strings.Cut(what, ": ")
			lacks, ok := errors.AsType[*graph.Missing](err)
			found[permission] = err == nil
			if err != nil && (!ok || lacks.Permission != permission) {
				t.Errorf("%s: %v", what, err)
			}
		}
		want := map[string]bool{}
		for _, p := range fakegraph.Permissions {
			want[p] = p != missing
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("bot doctor, without %s (-want +got):\n%s", missing, diff)
		}
	}
}

// bot doctor changes nothing, and says what to do about a secret that has ended.
func TestDoctor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	w.people(1)
	for what, err := range w.Checks(soon(t), contoso) {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(w.fake.Changed())+len(w.fake.Batches()) != 0 {
		t.Error("something was changed")
	}
	for i, f := range []fakegraph.Fault{
		{Status: http.StatusBadRequest, Code: "BadRequest"}, {Status: http.StatusNotFound, Code: "UnknownError"}, {Status: http.StatusNotFound, Body: "<html>"},
		{Status: http.StatusBadRequest, Code: "Request_BadRequest"}, {Status: http.StatusNotFound, Code: "Request_ResourceNotFound"},
	} {
		f.Method, f.Path = http.MethodPost, "/users/"
		w.fake.Fail(f)
		for what, err := range w.Checks(soon(t), contoso) {
			if unseen := i < 3 && strings.HasSuffix(what, "LicenseAssignment.ReadWrite.All"); (err != nil) != unseen || unseen && !strings.Contains(err.Error(), "could not be seen") {
				t.Errorf("%d: %s: %v", i, what, err)
			}
		}
	}
	w.withoutALogin()
	w.restart()
	w.fake.EndSecret()
	told := 0
	for what, err := range w.Checks(soon(t), contoso) {
		told++
		if err == nil || !strings.Contains(err.Error(), "make a new one") || what != "Graph of contoso: sign-in" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	for _, err := range w.Checks(soon(t), commerce.Organisation{ID: "stranger", Cloud: commerce.Worldwide}) {
		if !commerce.IsCode(err, commerce.CodeNotFound) {
			t.Errorf("no app: %v", err)
		}
	}
}

// withoutALogin has bot doctor look while nobody can sign in: that is one trouble, and says
// nothing of the permissions.
func (w *world) withoutALogin() {
	w.t.Helper()
	for name, f := range map[string]fakegraph.Fault{
		"it fails": {Status: http.StatusServiceUnavailable}, "the line drops": {Drop: true}, "no JSON": {Body: "<html>"}, "it hangs": {Hang: time.Minute},
	} {
		f.Path, f.Times = "/token", -1
		w.fake.Fail(f)
		ctx, cancel := context.WithTimeout(w.t.Context(), 500*time.Millisecond)
		told := 0
		for what, err := range w.Checks(ctx, contoso) {
			told++
			if what != "Graph of contoso: sign-in" || err == nil || !strings.Contains(err.Error(), "no permission was looked at") || strings.Contains(err.Error(), "secret") {
				w.t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		cancel()
		if told != 1 {
			w.t.Errorf("%s: told %d times", name, told)
		}
		w.fake.Heal()
	}
}

// Each cloud has its own Graph, login and tokens. The closed one has none.
func TestClouds(t *testing.T) {
	t.Parallel()
	for cloud, at := range map[commerce.Cloud]fakegraph.Cloud{commerce.Worldwide: fakegraph.Worldwide, commerce.Vianet: fakegraph.China} {
		w := newWorld(t, fakegraph.Options{Cloud: at})
		w.fake.Own(owned, 3)
		org := contoso
		for _, org.Cloud = range commerce.Clouds {
			seats, err := w.Seats(soon(t), org)
			if (err == nil && len(seats) == 1) != (org.Cloud == cloud) {
				t.Errorf("a tenant of %s asked in %s: %v, %v", cloud, org.Cloud, seats, err)
			}
		}
	}
}

// Other hosts may stand in for a cloud's. Tokens are still for that cloud.
func TestOtherHosts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{Cloud: fakegraph.China})
	w.fake.Own(owned, 3)
	options := w.options()
	options.Hosts = map[commerce.Cloud]graph.Hosts{commerce.Vianet: {Graph: w.fake.URL(), Login: w.fake.URL()}}
	w.Graph = graph.New(options)
	org := contoso
	org.Cloud = commerce.Vianet
	if seats, err := w.Seats(soon(t), org); err != nil || len(seats) != 1 {
		t.Errorf("%v, %v", seats, err)
	}
}

// A service that hangs costs each of the first callers their own time, and nobody after
// them any; once it is well again it is asked again. The clock is the test's own.
func TestAServiceThatHangs(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"Graph": "/v1.0/subscribedSkus", "the login": "/oauth2/v2.0/token"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g, w := wired(map[string]string{"/subscribedSkus": `{"value": []}`, "/directory/subscriptions": `{"value": []}`})
				var well atomic.Bool
				w.hangs = func(asked string) bool { return strings.HasSuffix(asked, path) && !well.Load() }
				ask := func() (time.Duration, error) {
					ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
					defer cancel()
					begun := time.Now()
					_, err := g.Seats(ctx, contosoOnWire)
					return time.Since(begun), err
				}
				for range 4 {
					if took, err := ask(); took != 150*time.Millisecond || !commerce.IsCode(err, commerce.CodeUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("after %s: %v", took, err)
					}
				}
				if took, err := ask(); took != 0 || !commerce.IsCode(err, commerce.CodeUnavailable) || errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the breaker: after %s: %v", took, err)
				}
				well.Store(true)
				time.Sleep(9900 * time.Millisecond)
				if _, err := ask(); !commerce.IsCode(err, commerce.CodeUnavailable) {
					t.Errorf("too early: %v", err)
				}
				time.Sleep(101 * time.Millisecond)
				if took, err := ask(); took != 0 || err != nil {
					t.Errorf("well again: after %s: %v", took, err)
				}
			})
		})
	}
}

// A list of everyone that takes longer than its callers have keeps nobody from looking at a few
// people, whose licences a batch waits for.
func TestALongListShutsNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	people := w.people(3)
	w.fake.Own(owned, 3)
	w.fake.Fail(fakegraph.Fault{Path: "/users", Filter: "assignedLicenses/$count", Hang: time.Minute, Times: -1})
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := w.Unlicensed(ctx, contoso); !commerce.IsCode(err, commerce.CodeUnavailable) {
			t.Errorf("%v", err)
		}
		cancel()
	}
	if got := w.assign(owned, people...); slices.Max(got) != none {
		t.Errorf("%q", got)
	}
	if _, err := w.Users(soon(t), contoso, commerce.UserQuery{Text: "a"}); err != nil {
		t.Error(err)
	}
}

// Those who wait for one token behind somebody who has much time wait no longer than their own.
func TestNobodyWaitsForAnothersLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	asked := make(chan struct{}, 1)
	options := w.options()
	options.Transport = round(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			select {
			case asked <- struct{}{}:
			default:
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		return w.fake.Client().Transport.RoundTrip(r)
	})
	w.Graph = graph.New(options)
	patient, stop := context.WithCancel(t.Context())
	left := make(chan struct{})
	go func() {
		defer close(left)
		_, _ = w.Unlicensed(patient, contoso)
	}()
	<-asked
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if _, err := w.Unlicensed(ctx, contoso); time.Since(begun) > 2*time.Second || !commerce.IsCode(err, commerce.CodeUnavailable) {
		t.Errorf("after %s: %v", time.Since(begun), err)
	}
	stop()
	<-left
}

// round is a network of one function.
type round func(*http.Request) (*http.Response, error)

func (f round) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Reads that fail are tried again; answers that never end or are cut are not believed.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		fault fakegraph.Fault
		fails bool
	}{
		"down for a moment":  {fakegraph.Fault{Status: http.StatusServiceUnavailable, Times: 2}, false},
		"a line that drops":  {fakegraph.Fault{Drop: true}, false},
		"cut in the middle":  {fakegraph.Fault{Drop: true, Cut: 40}, false},
		"down for long":      {fakegraph.Fault{Status: http.StatusBadGateway, Times: 50}, true},
		"cut, and well sent": {fakegraph.Fault{Cut: 40}, true},
		"no JSON":            {fakegraph.Fault{Body: "<html>busy</html>"}, true},
		"a huge page":        {fakegraph.Fault{Huge: 9 << 20}, true},
		"a large page":       {fakegraph.Fault{Huge: 7 << 20}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fakegraph.Options{})
			w.people(3)
			c.fault.Method, c.fault.Path = http.MethodGet, "/users"
			w.fake.Fail(c.fault)
			users, err := w.Unlicensed(soon(t), contoso)
			if c.fails != (err != nil) || !c.fails && len(users) != 3 {
				t.Fatalf("%d people, %v", len(users), err)
			}
			if c.fails && !commerce.IsCode(err, commerce.CodeUnavailable) {
				t.Errorf("%v", err)
			}
			if c.fails {
				w.discreet(err.Error())
			}
		})
	}
}

// An answer without a list in it says of nobody that they are gone, or have no licence: it
// is none.
func TestAnAnswerThatIsNoList(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `{"error": {"code": "UnknownError"}}`, `{"value": null}`, `{"value": [{}]}`, `{"value": {}}`, `[]`} {
		w := newWorld(t, fakegraph.Options{})
		people := w.people(3)
		w.fake.Own(owned, 3)
		w.fake.Fail(fakegraph.Fault{Method: http.MethodGet, Path: "/users", Body: body, Times: -1})
		ask := commerce.UserQuery{IDs: people}
		for what, call := range map[string]func() (any, error){
			"assign":     func() (any, error) { return w.Assign(soon(t), contoso, owned, people) },
			"licences":   func() (any, error) { return w.Licences(soon(t), contoso, people) },
			"find":       func() (any, error) { return w.Users(soon(t), contoso, ask) },
			"unlicensed": func() (any, error) { return w.Unlicensed(soon(t), contoso) },
		} {
			if got, err := call(); !commerce.IsCode(err, commerce.CodeUnavailable) {
				t.Errorf("%s, %s: %v, %v", body, what, got, err)
			}
		}
		for what, err := range w.Checks(soon(t), contoso) {
			if users := strings.HasSuffix(what, "User.Read.All"); users != (err != nil) {
				t.Errorf("%s, bot doctor: %s: %v", body, what, err)
			}
		}
		w.fake.Heal()
		if got := w.assign(owned, people...); slices.Max(got) != none {
			t.Errorf("%s, afterwards: %q", body, got)
		}
	}
}

// A line that fails has nobody's address in what is said of it, though the call had.
func TestALineThatFailsNamesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	options := w.options()
	options.Transport = round(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/v1.0/users" {
			return nil, errors.New("no route")
		}
		return w.fake.Client().Transport.RoundTrip(r)
	})
	w.Graph = graph.New(options)
	_, err := w.Users(soon(t), contoso, commerce.UserQuery{Addresses: []string{"ana@contoso.onmicrosoft.com"}})
	if !commerce.IsCode(err, commerce.CodeUnavailable) || !strings.Contains(err.Error(), "no route") {
		t.Fatalf("%v", err)
	}
	w.discreet(err.Error())
}

// A redirect is not followed: the token stays where it is.
func TestARedirectIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	options := w.options()
	options.Transport = round(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "elsewhere.example" {
			t.Errorf("asked there, with the token: %t", r.Header.Get("Authorization") != "")
		}
		if r.URL.Path != "/v1.0/users" {
			return w.fake.Client().Transport.RoundTrip(r)
		}
		return &http.Response{
			StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://elsewhere.example/v1.0/people"}}, Body: http.NoBody, Request: r,
		}, nil
	})
	w.Graph = graph.New(options)
	if _, err := w.Unlicensed(soon(t), contoso); !commerce.IsCode(err, commerce.CodeUnavailable) {
		t.Errorf("%v", err)
	}
}
