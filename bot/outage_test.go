package main

import (
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/conversations"
	"cartwright/testservices"
)

// turnLimit is how long a person waits for an answer, whatever is down.
const turnLimit = 4 * time.Second

// unavailable takes each kind of turn once and expects to be told that it did not work, what is
// kept and to try again, in time.
func unavailable(t *testing.T, b *buyer, place string) {
	t.Helper()
	for name, turn := range map[string]func() conversations.Prompt{
		"cart": func() conversations.Prompt { return b.say("cart") }, "buy": func() conversations.Prompt { return b.say("buy") },
		"orders": func() conversations.Prompt { return b.say("orders") }, "place": func() conversations.Prompt { return b.click(place, nil) },
	} {
		began := time.Now()
		p := turn()
		if took := time.Since(began); took > turnLimit && !raceDetector {
			t.Errorf("%s took %s", name, took)
		}
		if p.Name != "trouble" || len(p.Notices) != 1 || !strings.Contains(p.Notices[0].Text, "again") {
			t.Errorf("%s shows %s: %v", name, p.Name, p.Notices)
		}
	}
}

// recovered waits until the bot serves again, by itself.
func recovered(t *testing.T, b *buyer) {
	t.Helper()
	for deadline := time.Now().Add(patience); b.say("cart").Name == "trouble"; time.Sleep(pause) {
		if time.Now().After(deadline) {
			t.Fatal("it does not recover")
		}
	}
}

func TestADatabaseThatGoesAwayLosesNothing(t *testing.T) {
	t.Parallel()
	server := testservices.NewPostgres(t)
	url := server.Database(t)
	base, _ := host(t, usual.with(settings{"DATABASE_URL": url}))
	h := hosted{base, &account{t: t, db: books(t, url), url: url}}
	b := h.buyer("contoso", "aicha", plain)
	place := action(b.upTo("payment"), "place:")

	server.Stop(t)
	unavailable(t, b, place)
	server.Start(t)
	began := time.Now()
	recovered(t, b)
	t.Logf("served again after %s", time.Since(began).Round(time.Millisecond))
	if got := h.orders(); len(got) > 0 {
		t.Fatalf("%v were made of clicks that were said not to work", got)
	}

	// It goes away again while an order is under way: paid, not delivered.
	p := b.upTo("order")
	for action(p, "order.cancel:") != "" {
		p = b.next(p)
	}
	server.Stop(t)
	time.Sleep(4 * time.Second)
	server.Start(t)
	began = time.Now()
	h.finish(b)
	t.Logf("the order under way was finished after %s", time.Since(began).Round(time.Millisecond))
}

// settled waits until nothing is left to do.
func settled(a *account) {
	a.t.Helper()
	for deadline := time.Now().Add(patience); len(a.unfinished()) > 0; time.Sleep(pause) {
		if time.Now().After(deadline) {
			a.t.Fatalf("stuck, with these jobs left: %s", a.unfinished())
		}
	}
}

func TestARedisThatGoesAwayLosesOnlyTheForm(t *testing.T) {
	outages := map[string]struct {
		begin, end func(*testservices.RedisServer)
	}{
		"stopped": {(*testservices.RedisServer).Stop, (*testservices.RedisServer).Start},
		"hanging": {(*testservices.RedisServer).Pause, (*testservices.RedisServer).Resume},
	}
	at := places(t)[0]
	for name, outage := range outages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redis, server := testservices.Redis(t)
			h := at.host(t, settings{"REDIS_URL": redis})
			b := h.buyer("contoso", "aicha", plain)
			place := action(b.upTo("payment"), "place:")

			outage.begin(server)
			unavailable(t, b, place)
			outage.end(server)
			recovered(t, b)
			if got := h.orders(); len(got) > 0 {
				t.Fatalf("%v were made of clicks that were said not to work", got)
			}

			// An order under way needs no Redis.
			p := b.upTo("order")
			for action(p, "order.cancel:") != "" {
				p = b.next(p)
			}
			outage.begin(server)
			h.order = b.order
			for deadline := time.Now().Add(patience); h.read().State != commerce.StateCompleted; time.Sleep(pause) {
				if time.Now().After(deadline) {
					t.Fatalf("it waits for Redis: %s", h.read().State)
				}
			}
			outage.end(server)
			recovered(t, b)
			h.finish(b)
		})
	}
}
