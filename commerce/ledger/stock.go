package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"sync"
	"time"

	"cartwright/commerce"
)

// Stock reads what each click needs with one query. On SQLite, which one program serves, it
// is remembered until this program writes; what another one writes meanwhile, such as a
// command of an operator's, is seen within stockLife.
func (l *Ledger) Stock(ctx context.Context, org, person string, seen time.Time) (commerce.Cart, map[string]int, error) {
	of := stockOf{org, person}
	s, writes, known := l.stocks.get(of, seen, l.now())
	if !known {
		var err error
		if s, err = l.readStock(ctx, of, seen); err != nil {
			return commerce.Cart{}, nil, fmt.Errorf("read a cart and open seats of %s: %w", org, err)
		}
		if l.writer != nil {
			s.at = l.now()
			l.stocks.put(of, s, writes)
		}
	}
	cart, err := readCart(s.cart, org, person)
	return cart, maps.Clone(s.open), err
}

func (l *Ledger) readStock(ctx context.Context, of stockOf, seen time.Time) (stock, error) {
	s := stock{seen: seen, cart: "{}", open: map[string]int{}}
	err := each(ctx, &l.reads, func(rows *sql.Rows) error {
		var sku, cart string
		var quantity int
		err := rows.Scan(&sku, &quantity, &cart)
		if sku == "" {
			s.cart = cart
		} else {
			s.open[sku] += quantity
		}
		return err
	}, `SELECT '' AS sku, 0 AS quantity, body FROM carts WHERE organisation = $1 AND person = $3
		UNION ALL `+openQuery, of.organisation, micros(seen), of.person)
	return s, err
}

const (
	stockLife  = 5 * time.Second
	mostStocks = 5_000
)

type stockOf struct{ organisation, person string }

type stock struct {
	seen time.Time // when the seats were read, beside which it is
	cart string
	open map[string]int // by SKU; nobody changes it
	at   time.Time
}

// stocks are what was read since the last write. The zero value has none.
type stocks struct {
	mu     sync.Mutex
	writes int64
	kept   map[stockOf]stock
}

// get also tells how many writes there were; put takes what was read since then only.
func (s *stocks) get(of stockOf, seen, now time.Time) (stock, int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, ok := s.kept[of]
	return kept, s.writes, ok && kept.seen.Equal(seen) && now.Sub(kept.at) < stockLife
}

func (s *stocks) put(of stockOf, read stock, writes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if writes != s.writes {
		return
	}
	if s.kept == nil || len(s.kept) >= mostStocks {
		s.kept = map[stockOf]stock{}
	}
	s.kept[of] = read
}

// written forgets everything: something was written, or may have been.
func (s *stocks) written() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	s.kept = nil
}
