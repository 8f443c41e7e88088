package conversations_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"cartwright/conversations"
)

// shaky is a store between the engine and the Redis that fails, or is overtaken.
type shaky struct {
	conversations.Store
	loads, saves error
	overtaken    int // saves that lose their race yet to come
	lost         int // that did
}

func (s *shaky) Load(ctx context.Context, key conversations.Key) ([]byte, int64, error) {
	if s.loads != nil {
		return nil, 0, s.loads
	}
	return s.Store.Load(ctx, key)
}

func (s *shaky) Save(ctx context.Context, key conversations.Key, version int64, state []byte, ttl time.Duration) (int64, error) {
	if s.saves != nil {
		return 0, s.saves
	}
	if s.overtaken > 0 {
		s.overtaken--
		s.lost++
		return 0, conversations.ErrLostRace
	}
	return s.Store.Save(ctx, key, version, state, ttl)
}

// A Redis out of reach is told, with what is kept; afterwards everything goes on.
func TestRedisOutOfReach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", false)
	away := errors.New("no answer")
	for _, s := range []*shaky{{Store: w.store, saves: away}, {Store: w.store, loads: away}} { // nothing is remembered after a save that failed
		w.engine.Store = s
		p.types("cart").at("trouble").sees("Something did not answer just now. Nothing was lost and nothing was done twice").offers("Cart", "Orders", "Subscriptions", "Start page")
	}
	w.engine.Store = w.store
	p.clicks("Cart").at("cart").sees("5 licences")
}

// A step that was carried out and not saved is not carried out again by the same event.
func TestCarriedOutAndNotSaved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "buy:business-premium", nil).fills("quantity", "5")
	w.engine.Store = &shaky{Store: w.store, saves: errors.New("no answer")}
	p.clicks("Check out now").at("trouble")
	w.engine.Store = w.store
	p.delivers(p.last).at("cart").sees("5 licences")
	p.clicks("Check out").clicks("Next").at("payment")
	w.engine.Store = &shaky{Store: w.store, saves: errors.New("no answer")}
	p.clicks("Place order").at("trouble")
	w.engine.Store = w.store
	p.delivers(p.last).at("submitted").sees("CW-1001")
	if n := len(w.orders()); n != 1 {
		t.Errorf("%d orders, want 1", n)
	}
}

// The first of two clicks on Place order was carried out and its answer lost: the second,
// which is another event, is answered with the same order.
func TestASecondClickAfterALostAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", false).clicks("Check out").clicks("Next").at("payment")
	place := p.refOf("place")
	w.engine.Store = &shaky{Store: w.store, saves: errors.New("no answer")}
	p.sends("", place, nil).at("trouble")
	w.engine.Store = w.store
	p.sends("", place, nil).at("submitted").sees("CW-1001")
	if n := len(w.orders()); n != 1 {
		t.Errorf("%d orders, want 1", n)
	}
}

// A redelivery repeats what was said, not only the prompt that it was said in.
func TestARedeliveryRepeatsWhatWasSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "buy:business-premium", nil).fills("quantity", "ten", "plan", "P9Y.never").clicks("Check out now")
	p.sees("Enter a whole number", "Choose one of these.").delivers(p.last).sees("Enter a whole number", "Choose one of these.")
	p.types("what?").sees("I did not understand").delivers(p.last).sees("I did not understand")
}

// A step that is overtaken is taken again from where the conversation is by then, and
// changes the ledger once; one that is overtaken for ever gives up.
func TestLostRaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "buy:business-premium", nil).fills("quantity", "5")
	s := &shaky{Store: w.store, overtaken: 3}
	w.engine.Store = s
	p.clicks("Check out now").at("cart").sees("5 licences, ")
	if s.lost != 3 {
		t.Errorf("%d races were lost, want 3", s.lost)
	}
	s.overtaken = 1000
	p.types("cart").at("trouble").sees("Something did not answer just now.")
	if s.lost > 10 {
		t.Errorf("it tried %d times", s.lost)
	}
}

// Two devices at once: everybody gets an answer, and of two changes of one revision one
// is told that it came too late.
func TestTwoDevicesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", false)
	add := func(id, offer string) conversations.Reply {
		return w.engine.Turn(w.ctx, conversations.Event{
			ID: id, Organisation: "contoso", Account: p.account(), Ref: "details:" + offer + ":0:1",
			Values: map[string]string{"quantity": "1", "plan": "P1Y.annual"},
		})
	}
	var both sync.WaitGroup
	for id, offer := range map[string]string{"x:1": "visio-p2", "x:2": "business-standard"} {
		both.Go(func() {
			if name := add(id, offer).Prompt.Name; name != "cart" {
				t.Errorf("%s leads to %s", offer, name)
			}
		})
	}
	both.Wait()
	cart, err := w.books.Cart(w.ctx, "contoso", "aicha")
	if err != nil || len(cart.Lines) != 2 || cart.Revision != 2 {
		t.Errorf("the cart is %+v (%v)", cart, err)
	}
}

// A database out of reach is told as well, and nobody is told what it said.
func TestDatabaseOutOfReach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	w.exec("ALTER TABLE carts RENAME TO elsewhere")
	p.types("cart").at("trouble").sees("Something did not answer just now.").lacks("carts", "SQL")
	p.types("").at("trouble")
	w.exec("ALTER TABLE elsewhere RENAME TO carts")
	p.types("cart").at("cart")
}

// Lines and offers that went away between what was shown and the click.
func TestWhatWentAwayMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("buy premium")
	buy := p.refOf("buy")
	details := p.sends("", buy, nil).at("details").prompt.Submit.Ref
	p.puts("business-premium", "5", "P1Y.annual", false)
	change := p.refOf("line.change")
	w.sells("business-premium", withdrawn)
	const gone = "This is not sold any more, or not in this form."
	p.sends("", buy, nil).at("list").sees(gone)
	p.sends("", details, map[string]string{"quantity": "1", "plan": "P1Y.annual"}).at("list").sees(gone)
	p.sends("", change, nil).at("cart").sees(gone)
	accept := p.puts("visio-p2", "1", "P1Y.annual", false).refOf("checkout")
	if accept != "" {
		t.Error("a cart with a line that is gone can be checked out")
	}
}

// A quote that was accepted on another device, or replaced, is not accepted twice.
func TestAcceptingWhatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", false)
	w.sells("business-premium", priced(t, "250.00"))
	accept := p.clicks("Check out").refOf("accept")
	other := w.as("aicha")
	state := func() { other.sends("", accept, nil) }
	w.exec("UPDATE carts SET body = replace(body, '\"quote\":', '\"quoted\":')")
	state()
	other.at("cart").sees("That was out of date")
}
