package conversations_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
)

// counted is a Licensor that counts what it is asked to change.
type counted struct {
	commerce.Licensor
	batches []int          // people of each call
	asked   map[string]int // how often, by user
	before  func(batch int)
	around  func(call func() ([]commerce.AssignResult, error)) ([]commerce.AssignResult, error)
}

// counting makes the world's Licensor count from now on. before is called before each call,
// the first of which is 1.
func (w *world) counting(before func(batch int)) *counted {
	ports := w.service.Backends[commerce.Sandbox]
	c := &counted{Licensor: ports.Licensor, asked: map[string]int{}, before: before}
	ports.Licensor = c
	w.service.Backends[commerce.Sandbox] = ports
	return c
}

func (c *counted) call(users []string, call func() ([]commerce.AssignResult, error)) ([]commerce.AssignResult, error) {
	c.batches = append(c.batches, len(users))
	for _, u := range users {
		c.asked[u]++
	}
	if c.before != nil {
		c.before(len(c.batches))
	}
	if c.around != nil {
		return c.around(call)
	}
	return call()
}

func (c *counted) Assign(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	return c.call(users, func() ([]commerce.AssignResult, error) { return c.Licensor.Assign(ctx, org, sku, users) })
}

func (c *counted) Move(ctx context.Context, org commerce.Organisation, from, to string, users []string) ([]commerce.AssignResult, error) {
	return c.call(users, func() ([]commerce.AssignResult, error) { return c.Licensor.Move(ctx, org, from, to, users) })
}

func (c *counted) Remove(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	return c.call(users, func() ([]commerce.AssignResult, error) { return c.Licensor.Remove(ctx, org, sku, users) })
}

// Once there is no seat left nobody else is asked for: of 1,000 people nobody waits for 48
// calls that come to nothing. They can be tried again, and nobody but they.
func TestNoSeatLeftEndsATask(t *testing.T) {
	t.Parallel()
	for kind, begin := range map[string]func(p *person) *person{
		"assign": func(p *person) *person {
			p.owns(basicSKU, 1031)
			return p.types("assign business basic").clicks("Everyone without a licence")
		},
		"move": func(p *person) *person {
			p.exec(`INSERT INTO sandbox_licences (organisation, sku, user_id, at) SELECT 'contoso', $1, id, 0 FROM sandbox_users WHERE id LIKE 'hired-%'`, exchangeSKU)
			p.owns(exchangeSKU, 2000)
			p.owns(basicSKU, 1031)
			p.exec("DELETE FROM sandbox_licences WHERE sku = $1 AND user_id NOT LIKE 'hired-%'", exchangeSKU)
			return p.sends("", "move:"+exchangeSKU+":"+basicSKU, nil).clicks("Everyone who has the old licence")
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.exec("DELETE FROM sandbox_users AS p WHERE organisation = 'contoso' AND NOT EXISTS (SELECT 1 FROM sandbox_licences h WHERE h.user_id = p.id)")
			w.hires(1000)
			p := begin(w.as("aicha")).clicks("Preview for 1,000 people").at("preview")
			w.owns(basicSKU, 31+30) // somebody takes the others meanwhile
			c := w.counting(nil)
			w.startsAsSeen(p, 1031)
			w.settles()
			task, err := w.books.Task(w.ctx, "contoso", "L-1001")
			want := commerce.Progress{Total: 1000, Assigned: 30, Failed: 970}
			if err != nil || task.People != want || task.State != commerce.TaskDone || fmt.Sprint(c.batches) != "[20 20]" {
				t.Fatalf("%s with %+v after batches of %v, %v", task.State, task.People, c.batches, err)
			}
			p.sends("", "task:L-1001", nil).sees("no licence left").clicks("Try again for 970 people")
			w.owns(basicSKU, 1031)
			w.settles()
			p.sends("", "task:L-1001", nil).sees("1,000 of 1,000").lacks("Try again")
			if len(c.batches) != 2+49 || w.holders(basicSKU) != 1031 {
				t.Errorf("%d batches, and %d people hold one", len(c.batches), w.holders(basicSKU))
			}
		})
	}
}

// unready is a Licensor at which licences that are bought cannot be given before a time.
type unready struct {
	commerce.Licensor
	now   func() time.Time
	ready time.Time
	asked []time.Time
}

// readyAt makes the world's Licensor give no licences before then.
func (w *world) readyAt(at time.Time) *unready {
	ports := w.service.Backends[commerce.Sandbox]
	u := &unready{Licensor: ports.Licensor, now: w.now, ready: at}
	ports.Licensor = u
	w.service.Backends[commerce.Sandbox] = ports
	return u
}

func (u *unready) Assign(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	u.asked = append(u.asked, u.now())
	if !u.now().Before(u.ready) {
		return u.Licensor.Assign(ctx, org, sku, users)
	}
	results := make([]commerce.AssignResult, len(users))
	for i, user := range users {
		results[i] = commerce.AssignResult{User: user, Reason: commerce.ReasonUndelivered}
	}
	return results, nil
}

// minutes lets so many pass, one after the other.
func (w *world) minutes(n int) {
	w.Helper()
	for range n {
		w.passes(time.Minute)
	}
}

// Licences that Microsoft does not give yet are asked for again, ever less often, and the
// buyer sees what they wait for.
func TestLicencesThatAreNotReadyYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("UPDATE sandbox_users SET stumbles = 0")
	p := w.as("aicha")
	id := p.buys("business-premium", "40", "P1Y.annual", true)
	u := w.readyAt(w.now().Add(40 * time.Minute))
	w.pays(id, "paid", "deliver")
	w.minutes(20)
	p.types("order "+id).at("order").sees("assigning licences", "Microsoft has not made them available yet", "assigned 0 of 40").lacks("could not be given", "Try again")
	p.clicks("Who gets a licence").sees("Amélie Traoré: Microsoft has not made the licences available yet")
	sameAsAnnounced(t, w, p.types("order "+id))
	w.minutes(40)
	p.types("order "+id).sees("Done. The licences are ready.", "assigned 40 of 40").lacks("not made")
	if n := len(u.asked); n < 6 || n > 12 {
		t.Errorf("asked %d times in an hour, at %v", n, u.asked)
	}
	for i := 2; i < len(u.asked)-1; i++ {
		if before, after := u.asked[i-1].Sub(u.asked[i-2]), u.asked[i].Sub(u.asked[i-1]); after < before-time.Minute {
			t.Errorf("asked again after %s, and then after %s", before, after)
		}
	}
	if n := w.count("SELECT count(*) FROM sandbox_grants"); n != 40 {
		t.Errorf("%d licences were given, want 40", n)
	}
}

// After two hours it is given up, for everyone at once. A person may try again, once for
// each click.
func TestLicencesThatDoNotGetReady(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("UPDATE sandbox_users SET stumbles = 0")
	p := w.as("aicha")
	id := p.buys("business-premium", "40", "P1Y.annual", true)
	u := w.readyAt(w.now().Add(24 * time.Hour))
	w.pays(id, "paid", "deliver")
	w.minutes(110)
	p.types("order " + id).sees("assigning licences")
	w.minutes(20)
	asked := len(u.asked)
	if asked > 20 {
		t.Errorf("asked %d times", asked)
	}
	p.types("order "+id).sees("completed", "has not made them available yet, so not everyone could be given one", "40 people could not be given a licence",
		"Álvaro Olsen: Microsoft has not made the licences available yet").clicks("Try again for 40 people")
	w.minutes(5)
	p.types("order "+id).sees("completed", "Try again for 40 people")
	if len(u.asked) != asked+1 {
		t.Errorf("asked %d times for one click", len(u.asked)-asked)
	}
	w.passes(24 * time.Hour)
	p.types("order " + id).clicks("Try again for 40 people")
	w.minutes(1)
	p.types("order "+id).sees("Done. The licences are ready.", "assigned 40 of 40").lacks("not made")
}

// A task of which Microsoft gives no licences ends with that, and not with a call for each
// batch.
func TestATaskOfLicencesThatAreNotReady(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owns(basicSKU, 100)
	p := w.as("aicha").types("assign business basic").clicks("Everyone without a licence").clicks("Preview for 42 people").clicks("Assign 40 licences").at("started")
	u := w.readyAt(w.now().Add(time.Hour))
	w.minutes(30)
	p.sends("", "task:L-1001", nil).sees("40 people", "Microsoft has not made the licences available yet").offers("Try again for 40 people", "Show everyone", "Subscriptions")
	if len(u.asked) != 1 {
		t.Errorf("asked %d times", len(u.asked))
	}
	w.minutes(30)
	p.clicks("Try again for 40 people")
	w.exec("UPDATE sandbox_users SET stumbles = 0")
	w.settles()
	p.sends("", "task:L-1001", nil).sees("assigned 40 of 40")
}

// Of a thousand people the message shows how far it is, now and then, and not at each batch.
func TestHowFarItIs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		batch       time.Duration
		least, most int
		shows       []string
	}{
		"fast": {time.Second, 9, 11, []string{"assigned 20 of 1,000", "being assigned", "assigned 520 of 1,000", "Done. 1,000 people", "assigned 1,000 of 1,000"}},
		"slow": {30 * time.Second, 20, 51, []string{"assigned 20 of 1,000", "assigned 60 of 1,000", "assigned 100 of 1,000", "Done. 1,000 people", "assigned 1,000 of 1,000"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.exec("DELETE FROM sandbox_users AS p WHERE organisation = 'contoso' AND NOT EXISTS (SELECT 1 FROM sandbox_licences h WHERE h.user_id = p.id)")
			w.hires(1000)
			w.owns(basicSKU, 1031)
			w.as("aicha").types("assign business basic").clicks("Everyone without a licence").clicks("Preview for 1,000 people").clicks("Assign 1,000 licences").at("started")
			w.counting(func(int) {
				w.mu.Lock()
				w.clock = w.clock.Add(test.batch)
				w.mu.Unlock()
			})
			w.settles()
			if n := w.chat.edits; w.chat.posts != 1 || n < test.least || n > test.most {
				t.Errorf("%d posts and %d edits for 50 batches", w.chat.posts, n)
			}
			said := ""
			for _, p := range w.chat.shown {
				said += written(p)
			}
			for _, text := range test.shows {
				i := strings.Index(said, text)
				if i < 0 {
					t.Fatalf("%q was never shown after what came before it", text)
				}
				said = said[i:]
			}
		})
	}
}

// startsAsSeen starts what the preview shows, which is so again only for that moment.
func (w *world) startsAsSeen(p *person, seats int) {
	w.Helper()
	owned := w.count("SELECT owned FROM sandbox_seats WHERE organisation = 'contoso' AND sku = $1", basicSKU)
	w.exec("UPDATE sandbox_seats SET owned = $1 WHERE organisation = 'contoso' AND sku = $2", seats, basicSKU)
	p.sends("", p.refOf("start"), nil).at("started")
	w.exec("UPDATE sandbox_seats SET owned = $1 WHERE organisation = 'contoso' AND sku = $2", owned, basicSKU)
}

// The same holds of the people of an order.
func TestNoSeatLeftEndsAnOrdersAssignment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hires(300)
	w.exec("UPDATE sandbox_users SET stumbles = 0")
	p := w.as("aicha")
	id := p.buys("business-premium", "300", "P1Y.annual", true)
	c := w.counting(func(batch int) {
		if batch == 2 { // somebody else takes all but 5 of what is left
			w.exec("UPDATE sandbox_seats SET owned = 25 WHERE organisation = 'contoso' AND sku = (SELECT sku FROM sandbox_grants LIMIT 1)")
		}
	})
	w.pays(id, "paid", "deliver")
	w.settles()
	if got := w.order(id).People(); got.Assigned != 25 || got.Failed != 275 || fmt.Sprint(c.batches) != "[20 20]" {
		t.Fatalf("%+v after batches of %v", got, c.batches)
	}
	p.types("order "+id).sees("not everyone could be given one", "no licence left").clicks("Try again for 275 people")
	w.exec("UPDATE sandbox_seats SET owned = 300 WHERE organisation = 'contoso' AND owned = 25")
	w.settles()
	p.types("order " + id).sees("assigned 300 of 300")
	for user, n := range c.asked {
		if n > 2 {
			t.Errorf("%s was asked for %d times", user, n)
		}
	}
	if n := w.count("SELECT count(*) FROM sandbox_grants"); n != 300 {
		t.Errorf("%d licences were given, want 300", n)
	}
}

// slowly is a directory of which a list takes longer than a turn waits.
type slowly struct {
	commerce.Licensor
	takes time.Duration
}

func (l slowly) Unlicensed(ctx context.Context, org commerce.Organisation) ([]commerce.User, error) {
	select {
	case <-time.After(l.takes):
		return l.Licensor.Unlicensed(ctx, org)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A tenant whose people take longer to read than a turn waits: the first time it is said, and
// the next time they are there, with when they were read; an order for them can be placed.
func TestPeopleWhoAreReadBehindATurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ports := w.service.Backends[commerce.Sandbox]
	ports.Licensor = slowly{ports.Licensor, 400 * time.Millisecond}
	w.service.Backends[commerce.Sandbox] = ports
	w.service.Timings.Read = 100 * time.Millisecond
	p := w.as("aicha").sends("", "buy:business-premium", nil).sees("Who has no licence could not be read just now")
	time.Sleep(time.Second)
	w.mu.Lock()
	w.clock = w.clock.Add(2 * time.Minute)
	w.mu.Unlock()
	p.sends("", "buy:business-premium", nil).lacks("could not be read").sees("people have no licence", "As of 23 November 2026")
	time.Sleep(time.Second)
	p.puts("business-premium", "5", "P1Y.annual", true).clicks("Check out").clicks("Next").clicks("Place order").at("submitted")
	time.Sleep(time.Second)
	w.mu.Lock()
	w.clock = w.clock.Add(6 * time.Minute)
	w.mu.Unlock()
	p.sends("", "buy:business-premium", nil).sees("could not be read")
}
