package ledger

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cartwright/commerce"
)

func saveCart(t *testing.T, l *Ledger, revision int) {
	t.Helper()
	change(t, l, func(tx commerce.Tx) error {
		return tx.SaveCart(commerce.Cart{Organisation: org, Person: buyer, Revision: revision})
	})
}

func wantStock(t *testing.T, l *Ledger, revision, open int) {
	t.Helper()
	cart, seats, err := l.Stock(t.Context(), org, buyer, noon)
	check(t, err)
	if cart.Revision != revision || seats["E3"] != open || cart.Organisation != org || cart.Person != buyer {
		t.Errorf("the stock is %+v and %v, want revision %d and %d of E3 on order", cart, seats, revision, open)
	}
	seats["E3"] = 99 // the caller's own
}

// What a program writes it reads at once, and what another one writes within a while:
// on PostgreSQL, where several serve, at once too.
func TestStockIsAsItWasWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		var ahead atomic.Int64
		now := func() time.Time { return noon.Add(time.Duration(ahead.Load())) }
		here, there := openWith(t, url, Options{Now: now}), openWith(t, url, Options{Now: now})
		wantStock(t, here, 0, 0)
		saveCart(t, here, 3)
		wantStock(t, here, 3, 0)
		order := newOrder("CW-1", 3)
		order.Lines = []commerce.OrderLine{line(1, "E3", 5, commerce.LinePending)}
		save(t, here, order, noon)
		wantStock(t, here, 3, 5)
		wantStock(t, here, 3, 5)

		saveCart(t, there, 4)
		wantStock(t, there, 4, 5)
		if here.writer == nil {
			wantStock(t, here, 4, 5)
		}
		ahead.Add(int64(stockLife))
		wantStock(t, here, 4, 5)
	})
}

// However reads and writes meet, nobody reads older than what was written before they asked.
func TestStockIsNeverOlderThanAWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		var written atomic.Int64
		var all sync.WaitGroup
		done := make(chan struct{})
		for range 4 {
			all.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					least := written.Load()
					cart, _, err := l.Stock(t.Context(), org, buyer, noon)
					if err != nil || int64(cart.Revision) < least {
						t.Errorf("revision %d is read after %d was written, %v", cart.Revision, least, err)
						return
					}
				}
			})
		}
		for revision := 1; revision <= 60; revision++ {
			saveCart(t, l, revision)
			written.Store(int64(revision))
		}
		close(done)
		all.Wait()
	})
}
