package conversations_test

import (
	"context"
	"testing"

	"cartwright/conversations"
	"cartwright/conversations/intent"
)

// asked counts what a store is asked for.
type asked struct {
	conversations.Store
	loads int
}

func (s *asked) Load(ctx context.Context, key conversations.Key) ([]byte, int64, error) {
	s.loads++
	return s.Store.Load(ctx, key)
}

// Two copies of the bot, and a form that is corrected now at one, now at the other: what
// the one remembers is not gone on from once the other went on.
func TestTwoCopiesOfTheBot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reads(map[string]intent.Intent{
		"make it 30": buying(intent.Item{Quantity: 30}), "make it 40": buying(intent.Item{Quantity: 40}), "paid yearly": buying(intent.Item{Billing: "annual"}),
	})
	one := w.engine
	two := &conversations.Engine{Service: one.Service, Store: one.Store, Limiter: one.Limiter, Directories: one.Directories, Now: one.Now, Log: one.Log, Reader: one.Reader}
	p := w.as("aicha").sends("", "buy:business-premium", nil).holds("quantity", "1")
	w.engine = two
	p.types("make it 30").holds("quantity", "30")
	w.engine = one
	p.types("paid yearly").holds("quantity", "30", "plan", "P1Y.annual")
	w.engine = two
	p.types("make it 40").holds("quantity", "40", "plan", "P1Y.annual")
}

// Who only looks around costs the store one question in all.
func TestWhatWasSavedIsRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := &asked{Store: w.store}
	w.engine.Store = s
	p := w.as("aicha").types("cart").types("buy").types("help").types("orders")
	if s.loads != 1 {
		t.Errorf("it was asked %d times, want once", s.loads)
	}
	p.puts("business-premium", "5", "P1Y.annual", false)
	if s.loads < 2 {
		t.Error("a line was put into the cart on memory alone")
	}
}
