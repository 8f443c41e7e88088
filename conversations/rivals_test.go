package conversations_test

import (
	"context"
	"net/http"
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
		var asked atomic.Int64 // for how long they wait, together
		open := 0
		for _, id := range orders {
			o := w.order(id)
			if o.State.Ended() {
				continue
			}
			open++
			all.Go(func() {
				wait, _ := w.service.Perform(w.ctx, commerce.OrderRef{Organisation: "contoso", ID: id}, o.Version)
				asked.Add(int64(wait))
			})
		}
		all.Wait()
		if open == 0 {
			return
		}
		w.mu.Lock()
		w.clock = w.clock.Add(max(time.Second, time.Duration(asked.Load())))
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

// A task and an order, or two tasks, are for the same people, who had no licence when each was
// asked for. One after the other while what is read of them is behind, or both at once: each
// person gets one licence.
func TestATaskBesideOtherWork(t *testing.T) {
	t.Parallel()
	type desk struct {
		*entra
		ids   []string
		order string
	}
	assigns := func(d *desk, sku string) string {
		asked := commerce.TaskRequest{Kind: commerce.TaskAssign, SKU: sku, Users: d.ids, Once: sku}
		preview, err := d.service.Preview(d.ctx, d.officer(), asked)
		if err != nil {
			d.Fatalf("%v", err)
		}
		task, err := d.service.StartTask(d.ctx, commerce.Request{Actor: d.officer(), Event: sku}, asked, preview.Hash())
		if err != nil {
			d.Fatalf("%v", err)
		}
		return task.ID
	}
	for name, c := range map[string]struct {
		lag  time.Duration
		lost bool // answers are, so that the same call asks again
		does func(d *desk)
	}{
		"the task, then the order": {5 * time.Minute, false, func(d *desk) {
			assigns(d, fakegraph.BusinessStandard)
			d.works()
			d.pays(d.order, "paid", "deliver")
		}},
		"the order, then the task": {5 * time.Minute, false, func(d *desk) {
			d.pays(d.order, "paid", "deliver")
			d.settles()
			assigns(d, fakegraph.BusinessStandard)
		}},
		"a task, then a task of another product": {5 * time.Minute, false, func(d *desk) {
			assigns(d, fakegraph.BusinessStandard)
			d.works()
			assigns(d, fakegraph.BusinessPremium)
		}},
		"at once": {0, false, func(d *desk) {
			d.crosses(func() {
				d.pays(d.order, "paid", "deliver")
				d.minutes(2)
			}, func() string { return assigns(d, fakegraph.BusinessStandard) }, d.order)
		}},
		"an order that gave up without an answer, then a task": {5 * time.Minute, true, func(d *desk) {
			d.fake.Fail(fakegraph.Fault{Path: "/users/", Inner: true, Done: true, Status: http.StatusGatewayTimeout, Times: -1})
			d.pays(d.order, "paid", "deliver")
			d.minutes(2)
			d.fake.Heal()
			assigns(d, fakegraph.BusinessStandard)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &desk{entra: newEntra(t)}
			d.fake.Own(fakegraph.BusinessPremium, 30)
			d.fake.Own(fakegraph.BusinessStandard, 30)
			d.ids = d.people(10)
			d.passes(time.Hour)
			d.order = d.as("aicha").buys("business-premium", "10", "P1Y.annual", true)
			d.fake.Lag(c.lag)
			c.does(d)
			d.minutes(25)
			for _, id := range d.ids {
				if has := d.fake.Licences(id); len(has) != 1 {
					t.Errorf("somebody has %v", has)
				}
			}
			if n := d.count("SELECT count(*) FROM tasks WHERE state = 'running'"); n > 0 || !d.world.order(d.order).State.Ended() && name != "a task, then a task of another product" {
				t.Errorf("%d tasks have not ended, and the order is %s", n, d.world.order(d.order).State)
			}
			if !c.lost && len(d.fake.Repeats()) > 0 {
				t.Errorf("given what they had: %v", d.fake.Repeats())
			}
		})
	}
}

// crosses readies an order and a task while nobody is served, and then runs them side by side
// until both have ended.
func (w *world) crosses(ready func(), starts func() string, order string) {
	w.Helper()
	ports := w.service.Backends[commerce.Sandbox]
	c := &crossing{Licensor: ports.Licensor, here: make(chan struct{})}
	task := starts()
	c.shut.Store(true)
	ports.Licensor = c
	w.service.Backends[commerce.Sandbox] = ports
	ready()
	c.shut.Store(false)
	for range 60 {
		o, read := w.order(order), commerce.OrderRef{Organisation: "contoso", ID: task}
		t, err := w.books.Task(w.ctx, "contoso", task)
		if err != nil || o.State.Ended() && t.State == commerce.TaskDone {
			break
		}
		var both sync.WaitGroup
		both.Go(func() {
			_, _ = w.service.Perform(w.ctx, commerce.OrderRef{Organisation: "contoso", ID: order}, o.Version)
		})
		both.Go(func() { _, _ = w.service.PerformTask(w.ctx, read, t.Version) })
		both.Wait()
		w.mu.Lock()
		w.clock = w.clock.Add(time.Second)
		w.mu.Unlock()
	}
}
