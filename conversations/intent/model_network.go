package intent

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
	"golang.org/x/sync/semaphore"
)

// caller follows no redirects and reads no more of an answer than a good one has. It has no
// deadline of its own: each call has one.
type caller struct{ client *http.Client }

func newCaller(network http.RoundTripper) caller {
	if network == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = callsAtOnce
		network = t
	}
	return caller{&http.Client{Transport: network, CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected }}}
}

func (c caller) Do(r *http.Request) (*http.Response, error) {
	got, err := c.client.Do(r) //nolint:gosec // the address is the operator's, and checked by private
	if err != nil {
		return nil, err
	}
	got.Body = http.MaxBytesReader(nil, got.Body, maxBody)
	return got, nil
}

const failures = 5 // in a row, after which nobody asks for restTime

// guard keeps a server that fails, or that asks for it, alone for a while.
type guard struct {
	breaker *gobreaker.CircuitBreaker[answer]
	slots   *semaphore.Weighted
	now     func() time.Time

	mu    sync.Mutex
	until time.Time // by a Retry-After
}

func newGuard(now func() time.Time, log *slog.Logger) *guard {
	return &guard{now: now, slots: semaphore.NewWeighted(callsAtOnce), breaker: gobreaker.NewCircuitBreaker[answer](gobreaker.Settings{
		Name: "model", Timeout: restTime, ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
		IsSuccessful: answers, IsExcluded: saysNothing,
		OnStateChange: func(_ string, from, to gobreaker.State) {
			log.Warn("breaker of the language model", "was", from.String(), "is", to.String())
		},
	})}
}

// answers reports whether the server works: what a model makes of one person's text must
// not keep it from the others.
func answers(err error) bool {
	return err == nil || endedIn(NoChoice, Refusal, CutOff, Unfinished, BadForm, Foreign, OutOfBounds)(err)
}

// saysNothing reports whether a call's end tells nothing of the server: it was not made, or
// what somebody wrote may be the cause.
func saysNothing(err error) bool {
	return endedIn(Cancelled, Limited, SpentPerson, SpentOrganisation, BudgetUnknown)(err) || ofText(err)
}

// ofText reports whether a text may be why a server refused it: a filter before the model or
// in it, or the text's length. What is wrong with the configuration may look the same, which
// doctor and the log tell.
func ofText(err error) bool {
	f, ok := errors.AsType[*Failure](err)
	return ok && f.Outcome == Refused && slices.Contains(textual, f.Status)
}

var textual = []int{
	http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusUnavailableForLegalReasons,
}

func endedIn(outcomes ...Outcome) func(error) bool {
	return func(err error) bool {
		f, ok := errors.AsType[*Failure](err)
		for _, o := range outcomes {
			if ok && f.Outcome == o {
				return true
			}
		}
		return false
	}
}

// do calls, if the server is not left alone, there is room, and then may agrees.
func (g *guard) do(may func() error, call func() (answer, error)) (answer, error) {
	if g.resting() {
		return answer{}, &Failure{Outcome: Resting}
	}
	if !g.slots.TryAcquire(1) {
		return answer{}, &Failure{Outcome: Busy}
	}
	defer g.slots.Release(1)
	var got answer // Execute keeps none with an error
	_, err := g.breaker.Execute(func() (_ answer, err error) {
		if err = may(); err == nil {
			got, err = call()
		}
		return answer{}, err
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		err = &Failure{Outcome: Resting}
	}
	g.heed(err)
	return got, err
}

func (g *guard) resting() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now().Before(g.until) || g.breaker.State() == gobreaker.StateOpen
}

// heed keeps to what the server asks for.
func (g *guard) heed(err error) {
	f, ok := errors.AsType[*Failure](err)
	if !ok || f.Outcome != Limited {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := g.now().Add(f.Wait); until.After(g.until) {
		g.until = until
	}
}
