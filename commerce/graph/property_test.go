package graph_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cartwright/commerce"
	"cartwright/testservices/fakegraph"
)

// mishaps are what may go wrong with a call, before or after its work was done.
var mishaps = []fakegraph.Fault{
	{Status: http.StatusTooManyRequests, RetryAfter: "0.002"}, {Status: http.StatusTooManyRequests}, {Status: http.StatusServiceUnavailable},
	{Status: http.StatusGatewayTimeout, Done: true}, {Status: http.StatusInternalServerError, Done: true}, {Drop: true}, {Drop: true, Done: true},
	{Drop: true, Cut: 50}, {Cut: 50}, {Body: "busy"}, {Huge: 2 << 20}, {Status: http.StatusUnauthorized}, {Status: http.StatusConflict},
	{Hang: time.Minute, Done: true}, {Hang: time.Minute},
}

// drawFault is a mishap of a batch, of one call in it, of a read or of the login.
func drawFault(t *rapid.T) fakegraph.Fault {
	f := rapid.SampledFrom(mishaps).Draw(t, "mishap")
	f.Method, f.Path = "", rapid.SampledFrom([]string{"/$batch", "/users/", "/users", "/token"}).Draw(t, "where")
	f.Inner = f.Path == "/users/"
	f.Skip, f.Times = rapid.IntRange(0, 5).Draw(t, "after"), rapid.IntRange(1, 4).Draw(t, "times")
	if f.Inner {
		f.Drop, f.Cut, f.Body, f.Huge = false, 0, "", 0
	}
	return f
}

// Whatever goes wrong on the way, nobody is given a licence twice, nobody is without one
// because of a move, nobody is touched who was not named, and what is answered is true.
func TestWhateverGoesWrong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newTale(t, rt)
		for range rapid.IntRange(1, 4).Draw(rt, "faults") {
			w.fake.Fail(drawFault(rt))
		}
		kind := rapid.SampledFrom([]commerce.TaskKind{commerce.TaskAssign, commerce.TaskRemove, commerce.TaskMove}).Draw(rt, "kind")
		for range rapid.IntRange(1, 3).Draw(rt, "tries") {
			w.check(rt, kind, w.perform(kind))
		}
	})
}

// tale is a tenant of eight people, of whom five are named.
type tale struct {
	*world
	people, named []string
	before        map[string][]string
}

func newTale(t *testing.T, rt *rapid.T) *tale {
	w := &tale{world: newWorld(t, fakegraph.Options{}), before: map[string][]string{}}
	w.people = w.world.people(8)
	w.fake.Own(owned, 8)
	w.fake.Own(other, rapid.IntRange(2, 8).Draw(rt, "seats"))
	for _, id := range w.people {
		switch rapid.IntRange(0, 4).Draw(rt, "holds") {
		case 0:
		case 1:
			w.fake.GroupLicence("sales", owned, id)
		default:
			w.fake.Give(owned, id)
		}
		w.before[id] = w.fake.Licences(id)
	}
	w.named = rapid.Permutation(w.people).Draw(rt, "order")[:5]
	return w
}

func (w *tale) perform(kind commerce.TaskKind) map[string]commerce.Reason {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	var results []commerce.AssignResult
	var err error
	switch kind {
	case commerce.TaskAssign:
		results, err = w.Assign(ctx, contoso, other, w.named)
	case commerce.TaskRemove:
		results, err = w.Remove(ctx, contoso, owned, w.named)
	default:
		results, err = w.Move(ctx, contoso, owned, other, w.named)
	}
	if err != nil {
		w.discreet(err.Error())
		return nil
	}
	reasons := map[string]commerce.Reason{}
	for _, r := range results {
		reasons[r.User] = r.Reason
	}
	return reasons
}

func (w *tale) check(rt *rapid.T, kind commerce.TaskKind, reasons map[string]commerce.Reason) {
	if again := w.fake.Repeats(); len(again) > 0 {
		rt.Fatalf("given twice: %v", again)
	}
	if bare := w.fake.Bare(); kind != commerce.TaskRemove && len(bare) > 0 {
		rt.Fatalf("left without: %v", bare)
	}
	for _, sku := range []string{owned, other} {
		if seats, used := w.fake.Seats(sku); used > seats {
			rt.Fatalf("%d of %d seats are used", used, seats)
		}
	}
	for _, id := range w.people {
		now := w.fake.Licences(id)
		named := slices.Contains(w.named, id)
		if !named && fmt.Sprint(now) != fmt.Sprint(w.before[id]) {
			rt.Fatalf("%s was not named, and has %v in place of %v", id, now, w.before[id])
		}
		if reason, answered := reasons[id]; named && answered && reason == commerce.ReasonNone && !done(kind, now) {
			rt.Fatalf("%s: said to be done, and has %v", id, now)
		}
	}
	for _, n := range w.fake.Batches() {
		if n > commerce.AssignBatch {
			rt.Fatalf("a batch of %d", n)
		}
	}
	if len(w.fake.Touched()) > 0 {
		rt.Fatal("a usage location was set")
	}
}

// done reports whether somebody with those licences has what a task was for.
func done(kind commerce.TaskKind, has []string) bool {
	switch kind {
	case commerce.TaskAssign:
		return slices.Contains(has, other)
	case commerce.TaskRemove:
		return !slices.Contains(has, owned)
	}
	return slices.Contains(has, other) && !slices.Contains(has, owned)
}
