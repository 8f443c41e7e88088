package main

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cartwright/commerce"
	"cartwright/conversations"
	"cartwright/testservices"
)

// buyers is a file with an organisation in which several people buy.
func buyers(t testing.TB) settings {
	t.Helper()
	path := filepath.Join(t.TempDir(), "organisations.yaml")
	text := `organisations:
  - id: northwind
    name: Northwind
    cloud: worldwide
    country: FR
    currency: EUR
    time_zone: Europe/Paris
    backend: sandbox
    people:
      - {name: Ana, roles: [buyer]}
      - {name: Ben, roles: [buyer]}
      - {name: Cleo, roles: [buyer]}
      - {name: Dan, roles: [buyer]}
`
	err := os.WriteFile(path, []byte(text), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return settings{"ORGANISATIONS_FILE": path}
}

// hosted is a bot in this process, on a database of its own, and people who use it.
type hosted struct {
	base string
	*account
}

func (at place) host(t testing.TB, s settings) hosted {
	t.Helper()
	url := at.fresh(t)
	base, _ := host(t, usual.with(settings{"DATABASE_URL": url}).with(s))
	return hosted{base, &account{t: t, db: books(t, url), url: url}}
}

func (h hosted) buyer(org, person string, s story) *buyer {
	return &buyer{line: fixed(h.t, h.base), org: org, person: person, story: s}
}

// orders are all that there are.
func (h hosted) orders() []string {
	h.t.Helper()
	return column[string](h.account, `SELECT id FROM orders ORDER BY id`)
}

// finish lives a story to its end, and checks what came of it.
func (h hosted) finish(b *buyer) {
	h.t.Helper()
	b.live()
	h.order = b.order
	settled(h.account)
	h.check(b.story)
}

// upTo goes through the wizard until a prompt of that name is shown.
func (b *buyer) upTo(name string) conversations.Prompt {
	b.t.Helper()
	p := b.say("cart")
	for range 40 {
		if p.Name == name {
			return p
		}
		p = b.next(p)
	}
	b.t.Fatalf("never came to %s: %s %v", name, p.Name, p.Notices)
	return p
}

// together does all at once.
func together(do ...func()) {
	var group sync.WaitGroup
	for _, one := range do {
		group.Go(one)
	}
	group.Wait()
}

var visio = story{
	wants: []want{{"visio-p2", 2, false}}, outcome: "paid", scenario: "deliver", ends: commerce.StateCompleted, places: true,
}

// everywhere runs a test on each kind of database.
func everywhere(t *testing.T, test func(t *testing.T, at place)) {
	for _, at := range places(t) {
		t.Run(at.kind, func(t *testing.T) { test(t, at) })
	}
}

func TestTheSameEventTwiceIsOneOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		h := at.host(t, nil)
		b := h.buyer("contoso", "aicha", visio)
		click := turn{ID: rand.Text(), Ref: action(b.upTo("payment"), "place:")}
		shown := make([]conversations.Prompt, 5)
		redeliver := func(i int) func() { return func() { shown[i] = b.turn(click) } }
		together(redeliver(0), redeliver(1), redeliver(2), redeliver(3))
		redeliver(4)()
		for i, p := range shown {
			if p.Name != "submitted" {
				t.Errorf("delivery %d shows %s %v", i, p.Name, p.Notices)
			}
		}
		if got := h.orders(); len(got) != 1 {
			t.Errorf("orders: %v", got)
		}
	})
}

func TestAnEventThatComesAgainPutsNoLineTwice(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		redis, _ := testservices.Redis(t)
		h := at.host(t, settings{"REDIS_URL": redis})
		b := h.buyer("contoso", "aicha", visio)
		form := turn{
			ID: rand.Text(), Ref: b.upTo("details").Submit.Ref,
			Values: map[string]string{"quantity": "2", "plan": "P1Y.monthly", "auto_assign": "false"},
		}
		together(func() { b.turn(form) }, func() { b.turn(form) }, func() { b.turn(form) })
		empty(t, redis) // the conversation does not know the event any more; the ledger does
		p := b.turn(form)
		if lines := items(p); p.Name != "cart" || len(p.Notices) > 0 || len(lines) != 1 || !strings.HasPrefix(lines[0].Lines[0], "2 ") {
			t.Errorf("%s holds %+v and says %v", p.Name, lines, p.Notices)
		}
	})
}

func TestTwoClicksAtOnceAreOneOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		h := at.host(t, nil)
		b := h.buyer("contoso", "aicha", visio)
		place := action(b.upTo("payment"), "place:")
		click := func() {
			p := b.click(place, nil)
			if p.Name != "submitted" && p.Name != "cart" {
				t.Errorf("a click shows %s %v", p.Name, p.Notices)
			}
		}
		together(click, click, click, click)
		if got := h.orders(); len(got) != 1 {
			t.Errorf("orders: %v", got)
		}
		b.clicked = true
		h.finish(b)
	})
}

func TestAnOldClickAfterTheSubmitBuysNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		h := at.host(t, nil)
		b := h.buyer("contoso", "aicha", visio)
		old := action(b.upTo("payment"), "place:")
		b.click(old, nil)
		b.story = story{wants: []want{{"business-premium", 3, false}}}
		b.upTo("payment") // with another cart, whose quote is shown
		p := b.click(old, nil)
		if p.Name != "cart" || len(p.Notices) == 0 || len(items(p)) != 1 {
			t.Errorf("the old click shows %s %v", p.Name, p.Notices)
		}
		if got := h.orders(); len(got) != 1 {
			t.Errorf("orders: %v", got)
		}
	})
}

func TestOfTwoBuyersAtTheCapOneBuys(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		h := at.host(t, buyers(t))
		most := story{wants: []want{{"business-premium", 200, false}}} // of 300
		people := []*buyer{h.buyer("northwind", "ana", most), h.buyer("northwind", "ben", most)}
		var ready []string
		for _, b := range people {
			ready = append(ready, action(b.upTo("payment"), "place:"))
		}
		shown := make([]conversations.Prompt, 2)
		together(
			func() { shown[0] = people[0].click(ready[0], nil) },
			func() { shown[1] = people[1].click(ready[1], nil) },
		)
		if got := h.orders(); len(got) != 1 {
			t.Fatalf("orders: %v", got)
		}
		loser := shown[0]
		if loser.Name == "submitted" {
			loser = shown[1]
		}
		if loser.Name != "cart" || len(items(loser)) != 1 || len(loser.Notices) == 0 || !strings.Contains(loser.Notices[0].Text, "300") {
			t.Errorf("the other one is shown %s with %d lines: %v", loser.Name, len(items(loser)), loser.Notices)
		}
	})
}

// Redis is emptied before each step of the wizard: the step is taken from the cart, and
// an order is made only from a quote that was shown again.
func TestRedisEmptiedInTheMiddleBuysNothingUnseen(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		redis, _ := testservices.Redis(t)
		for _, step := range []string{"list", "details", "check", "payment"} {
			t.Run(step, func(t *testing.T) {
				h := at.host(t, settings{"REDIS_URL": redis})
				empty(t, redis)
				b := h.buyer("contoso", "aicha", visio)
				p := b.upTo(step)
				empty(t, redis)
				p = b.next(p)
				if len(h.orders()) > 0 || p.Name == "submitted" || p.Name == "payment" {
					t.Errorf("from %s it went on to %s: %v", step, p.Name, h.orders())
				}
				h.finish(b)
			})
		}
	})
}
