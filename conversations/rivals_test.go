package conversations_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/testservices/fakegraph"
)

// crossing is a Licensor whose callers look at who holds what at the same time, before
// either gives anything. While it is shut nobody is served.
type crossing struct {
	commerce.Licensor
	shut atomic.Bool
	here chan struct{}
}

func (c *crossing) Licences(ctx context.Context, org commerce.Organisation, users []string) (map[string]commerce.Licences, error) {
	if c.shut.Load() {
		return nil, errOutage
	}
	held, err := c.Licensor.Licences(ctx, org, users)
	select {
	case c.here <- struct{}{}:
	case <-c.here:
	case <-time.After(50 * time.Millisecond):
	}
	return held, err
}

// Two orders chose the same people before either had served them, and their jobs run at the
// same time. Each person gets one licence; and each order says of each what became of them.
func TestTwoOrdersForTheSamePeople(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]string{"of one product": "business-premium", "of two": "business-standard"} {
		for where, lag := range map[string]time.Duration{"sandbox": 0, "graph": 0, "graph whose reads are behind": time.Minute} {
			t.Run(name+", "+where, func(t *testing.T) {
				t.Parallel()
				w, fake := newWorld(t), (*fakegraph.Graph)(nil)
				if where != "sandbox" {
					e := newEntra(t)
					w, fake = e.world, e.fake
					fake.Own(fakegraph.BusinessPremium, 30)
					fake.Own(fakegraph.BusinessStandard, 30)
					e.people(12)
				}
				ports := w.service.Backends[commerce.Sandbox]
				c := &crossing{Licensor: ports.Licensor, here: make(chan struct{})}
				c.shut.Store(true)
				ports.Licensor = c
				w.service.Backends[commerce.Sandbox] = ports
				p := w.as("aicha")
				orders := []string{p.buys("business-premium", "8", "P1Y.annual", true), p.buys(second, "10", "P1Y.annual", true)}
				for _, id := range orders {
					w.pays(id, "paid", "deliver")
				}
				w.minutes(5)
				for _, id := range orders {
					if o := w.order(id); o.State != commerce.StateAssigning {
						t.Fatalf("%s is %s", id, o.State)
					}
				}
				if fake != nil {
					fake.Lag(lag)
				}
				c.shut.Store(false)
				w.atOnce(orders...)
				w.eachHasOne(c.Licensor, orders)
				if fake != nil && len(fake.Repeats()) > 0 {
					t.Errorf("given what they had: %v", fake.Repeats())
				}
			})
		}
	}
}

// atOnce runs the jobs of the orders side by side until both have ended.
func (w *world) atOnce(orders ...string) {
	w.Helper()
	for range 60 {
		var all sync.WaitGroup
		open := 0
		for _, id := range orders {
			o := w.order(id)
			if o.State.Ended() {
				continue
			}
			open++
			all.Go(func() {
				_, _ = w.service.Perform(w.ctx, commerce.OrderRef{Organisation: "contoso", ID: id}, o.Version)
			})
		}
		all.Wait()
		if open == 0 {
			return
		}
		w.mu.Lock()
		w.clock = w.clock.Add(time.Second)
		w.mu.Unlock()
	}
	w.Fatalf("the orders do not end")
}

// eachHasOne compares what the orders say of people with what these hold.
func (w *world) eachHasOne(licensor commerce.Licensor, orders []string) {
	w.Helper()
	w.minutes(5)
	assigned, users := map[string]string{}, map[string]bool{}
	org, _ := w.organisation("contoso")
	for _, id := range orders {
		o := w.order(id)
		people, err := w.books.Assignments(w.ctx, id)
		if err != nil {
			w.Fatalf("the people of %s: %v", id, err)
		}
		for _, a := range people {
			held, err := licensor.Licences(w.ctx, org, []string{a.User})
			if err != nil {
				w.Fatalf("look at %s: %v", a.User, err)
			}
			has, sku := held[a.User], o.Line(a.Line).GraphSKU
			switch {
			case len(has) > 1:
				w.Errorf("%s has %v", a.Name, has)
			case a.State == commerce.AssignDone && (!has.Has(sku) || assigned[a.User] != ""):
				w.Errorf("%s says that it served %s, who has %v (and %s says so too)", id, a.Name, has, assigned[a.User])
			case a.State == commerce.AssignSkipped && a.Reason == commerce.ReasonHasLicence && has.None():
				w.Errorf("%s says that %s has a licence", id, a.Name)
			case a.Reason == commerce.ReasonUnavailable: // the sandbox's person of whom no answer comes at first
			case !slices.Contains([]commerce.AssignmentState{commerce.AssignDone, commerce.AssignSkipped}, a.State):
				w.Errorf("%s: %s is %s %s", id, a.Name, a.State, a.Reason)
			}
			if a.State == commerce.AssignDone {
				assigned[a.User] = id
			}
			if a.Reason == commerce.ReasonNone || a.Reason == commerce.ReasonHasLicence {
				users[a.User] = true
			}
		}
	}
	if len(assigned) != len(users) || len(users) < 10 {
		w.Errorf("%d of %d people were served", len(assigned), len(users))
	}
}
