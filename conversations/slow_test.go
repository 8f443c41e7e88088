package conversations_test

import (
	"net/http"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/testservices/fakegraph"
)

// limits are how Microsoft says that too much is asked of it.
var limits = map[string]fakegraph.Fault{
	"inside of batches": {Path: "/users/", Inner: true, Method: http.MethodPost, Status: http.StatusTooManyRequests, RetryAfter: "50", Times: -1},
	"of whole batches":  {Path: "/$batch", Status: http.StatusTooManyRequests, RetryAfter: "50", Times: -1},
}

// A limit of Microsoft's is no failure of anybody: the order waits for as long as Microsoft
// says, tells its buyer, and goes on where it was.
func TestAnOrderThatMicrosoftSlowsDown(t *testing.T) {
	t.Parallel()
	for name, limit := range limits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newThere(t, commerce.Worldwide)
			w.graph.AddPeople(100)
			p := w.as("aicha")
			id := p.buys("business-premium", "100", "P1Y.annual", true)
			w.graph.Buy(fakegraph.BusinessPremium, 100, 0)
			limit.Skip = map[string]int{"inside of batches": 30, "of whole batches": 2}[name]
			w.graph.Fail(limit)
			w.passes(time.Minute)
			served := len(w.graph.Holders(fakegraph.BusinessPremium))
			p.types("order "+id).sees("assigning licences", "Microsoft limits how fast they can be assigned").lacks("could not be given", "Try again")
			w.sameAsPosted(p, id)
			if n := len(w.graph.Batches()); served < 20 || served >= 100 || n > 3 {
				t.Errorf("%d are served, in batches of %v", served, w.graph.Batches())
			}
			w.passes(20 * time.Second)
			if n := len(w.graph.Batches()); n > 3 {
				t.Errorf("asked before the time, in batches of %v", w.graph.Batches())
			}
			w.graph.Heal()
			w.passes(time.Minute)
			p.types("order "+id).sees(id+": completed", "assigned 100 of 100").lacks("limits how fast", "could not be given")
			w.sameAsPosted(p, id)
			w.holds(100)
		})
	}
}

// After two hours in which nobody got an answer it is given up, for everyone at once, and a
// person may try again; as long as some are served it goes on.
func TestAnOrderThatMicrosoftKeepsOut(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	w.graph.AddPeople(100)
	p := w.as("aicha")
	id := p.buys("business-premium", "100", "P1Y.annual", true)
	w.graph.Buy(fakegraph.BusinessPremium, 100, 0)
	limit := limits["of whole batches"]
	limit.RetryAfter, limit.Skip = "900", 1
	w.graph.Fail(limit)
	w.waits(100 * time.Minute)
	p.types("order "+id).sees("assigning licences", "limits how fast", "assigned 20 of 100")
	w.waits(40 * time.Minute)
	p.types("order "+id).sees(id+": completed", "80 people could not be given a licence").offers("Go to Admin Home", "Who gets a licence", "Try again for 80 people")
	w.graph.Heal()
	w.waits(20 * time.Minute)
	p.types("order " + id).clicks("Try again for 80 people")
	w.waits(10 * time.Minute)
	p.types("order "+id).sees(id+": completed", "assigned 100 of 100")
	w.holds(100)
}

// A task waits as an order does.
func TestATaskThatMicrosoftSlowsDown(t *testing.T) {
	t.Parallel()
	for name, limit := range limits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newThere(t, commerce.Worldwide)
			w.graph.Own(fakegraph.BusinessStandard, 100)
			asked := commerce.TaskRequest{Kind: commerce.TaskAssign, SKU: fakegraph.BusinessStandard, Once: "form"}
			for _, one := range w.graph.AddPeople(100) {
				asked.Users = append(asked.Users, one.ID)
			}
			preview, err := w.service.Preview(w.ctx, w.officer(), asked)
			if err != nil {
				t.Fatal(err)
			}
			w.graph.Fail(limit)
			task, err := w.service.StartTask(w.ctx, commerce.Request{Actor: w.officer(), Event: "start"}, asked, preview.Hash())
			if err != nil {
				t.Fatal(err)
			}
			p := w.as("aicha")
			w.passes(time.Second)
			p.sends("", "task:"+task.ID, nil).sees("slowly: Microsoft limits how fast that may be done", "0 of 100").lacks("Try again")
			w.passes(20 * time.Second)
			if n := len(w.graph.Batches()); n > 1 {
				t.Errorf("asked before the time, in batches of %v", w.graph.Batches())
			}
			w.waits(100 * time.Minute)
			p.sends("", "task:"+task.ID, nil).sees("slowly: Microsoft limits how fast that may be done")
			w.graph.Heal()
			w.passes(time.Minute)
			p.sends("", "task:"+task.ID, nil).sees("100 of 100").lacks("limits how fast", "Try again")
			if n := len(w.graph.Holders(fakegraph.BusinessStandard)); n != 100 || len(w.graph.Repeats()) > 0 {
				t.Errorf("%d hold one, again %v", n, w.graph.Repeats())
			}
		})
	}
}
