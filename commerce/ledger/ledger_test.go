package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/testservices"
)

func TestMain(m *testing.M) { os.Exit(testservices.Main(m)) }

const (
	org    = "contoso"
	buyer  = "aicha"
	secret = "a secret of at least sixteen bytes"
)

// noon is when every story happens, unless it says otherwise.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// onBoth tells the same story on SQLite and on PostgreSQL.
func onBoth(t *testing.T, story func(t *testing.T, url string)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		story(t, sqliteURL(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		story(t, postgresURL(t))
	})
}

func sqliteURL(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")
}

var template struct {
	sync.Mutex
	copy func(testing.TB) string
}

// postgresURL is a fresh database with the schema in it.
func postgresURL(t testing.TB) string {
	template.Lock()
	defer template.Unlock()
	if template.copy == nil {
		template.copy = testservices.PostgresTemplate(t, func(url string) {
			l := mustOpen(t, url, Options{})
			check(t, l.Migrate(context.Background()))
			check(t, l.Close())
		})
	}
	return template.copy(t)
}

func keyring(t testing.TB, current string, old ...string) Keyring {
	t.Helper()
	ring, err := NewKeyring(current, old...)
	check(t, err)
	return ring
}

func mustOpen(t testing.TB, url string, o Options) *Ledger {
	t.Helper()
	if len(o.Keys.keys) == 0 {
		o.Keys = keyring(t, secret)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(testLog{t}, nil))
	}
	l, err := Open(t.Context(), url, o)
	check(t, err)
	return l
}

// testLog shows the log of a test that fails. River may log after the test's end.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Log(string(p))
	}
	return len(p), nil
}

// open is a ledger with its schema up to date, closed after the test.
func open(t testing.TB, url string) *Ledger { return openWith(t, url, Options{}) }

func openWith(t testing.TB, url string, o Options) *Ledger {
	t.Helper()
	l := mustOpen(t, url, o)
	t.Cleanup(func() { check(t, l.Close()) })
	if l.dialect == sqliteDialect { // the template has the schema
		check(t, l.Migrate(t.Context()))
	}
	return l
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func change(t testing.TB, l *Ledger, fn func(tx commerce.Tx) error) {
	t.Helper()
	check(t, l.Change(t.Context(), fn))
}

var keyCount struct {
	sync.Mutex
	n int
}

// newOrder is an order at version 1 of the buyer's cart at revision.
func newOrder(id string, revision int) commerce.Order {
	keyCount.Lock()
	defer keyCount.Unlock()
	keyCount.n++
	return commerce.Order{
		ID: id, Key: fmt.Sprintf("%032x", keyCount.n), Organisation: org, Buyer: buyer, State: commerce.StateAwaitingPayment,
		Version: 1, Quote: commerce.Quote{Revision: revision, Currency: "EUR"}, SubmittedAt: noon, UpdatedAt: noon,
	}
}

func line(id int, sku string, quantity int, state commerce.LineState) commerce.OrderLine {
	l := commerce.OrderLine{GraphSKU: sku, State: state}
	l.ID, l.Quantity = id, quantity
	return l
}

func save(t testing.TB, l *Ledger, o commerce.Order, due time.Time) {
	t.Helper()
	change(t, l, func(tx commerce.Tx) error { return tx.SaveOrder(o, due) })
}

// atOnce runs fn n times at the same time and returns the errors.
func atOnce(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		group.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	group.Wait()
	return errs
}

// behind does behind the ledger's back what somebody with the database's password can do.
func behind(t testing.TB, l *Ledger, query string, args ...any) {
	t.Helper()
	n, err := affected(l.db.ExecContext(t.Context(), query, args...))
	check(t, err)
	if n == 0 {
		t.Fatalf("%s: no row", query)
	}
}

func TestNothingIsKeptOfAFailedChange(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		regret := errors.New("regret")
		err := l.Change(t.Context(), func(tx commerce.Tx) error {
			check(t, tx.SaveCart(commerce.Cart{Organisation: org, Person: buyer, Revision: 3}))
			check(t, tx.SaveOrder(newOrder("CW-1", 1), noon))
			check(t, tx.Append(commerce.Entry{Organisation: org, Action: "order.submitted"}))
			return regret
		})
		if !errors.Is(err, regret) {
			t.Fatalf("got %v, want the function's own error", err)
		}
		cart, err := l.Cart(t.Context(), org, buyer)
		check(t, err)
		if cart.Revision != 0 || cart.Organisation != org || cart.Person != buyer {
			t.Errorf("the cart is %+v, want an empty one at revision 0", cart)
		}
		if _, err := l.Order(t.Context(), org, "CW-1"); !commerce.IsCode(err, commerce.CodeNotFound) {
			t.Errorf("the order: got %v, want not found", err)
		}
		if heads, err := l.Heads(t.Context()); err != nil || len(heads) != 0 {
			t.Errorf("heads: %v, %v", heads, err)
		}
	})
}

func TestACallerWhoGaveUpIsNotKeptWaiting(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		change(t, l, func(tx commerce.Tx) error { return tx.Lock(org) })
		locked, release := make(chan struct{}), make(chan struct{})
		held := make(chan error, 1)
		go func() {
			held <- l.Change(context.Background(), func(tx commerce.Tx) error {
				defer func() { <-release }()
				defer close(locked)
				return tx.Lock(org)
			})
		}()
		<-locked
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		err := l.Change(ctx, func(tx commerce.Tx) error { return tx.Lock(org) })
		if err == nil || commerce.CodeOf(err) != commerce.CodeInternal {
			t.Errorf("got %v, want an uncoded error", err)
		}
		if waited := time.Since(start); waited > 2*time.Second {
			t.Errorf("waited %s", waited)
		}
		close(release)
		check(t, <-held)
	})
}

func TestSeveralProgramsMigrateAtOnce(t *testing.T) {
	t.Parallel()
	story := func(url string) func(t *testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			ledgers := []*Ledger{}
			for range 3 {
				l := mustOpen(t, url, Options{})
				defer l.Close()
				ledgers = append(ledgers, l)
			}
			for _, err := range atOnce(len(ledgers), func(i int) error { return ledgers[i].Migrate(t.Context()) }) {
				check(t, err)
			}
		}
	}
	t.Run("sqlite", story(sqliteURL(t)))
	t.Run("postgres", story(testservices.Postgres(t)))
}

// The program is ready within a second of starting; this is the ledger's part of it.
// The quickest of some counts, which takes a quarter of its limit on a quiet machine: the
// others may have waited for another test's turn.
func TestMigrationIsQuick(t *testing.T) {
	const most, mostAgain = 400 * time.Millisecond, 100 * time.Millisecond
	fresh, again := time.Hour, time.Hour
	for tries := 0; tries < 10 && (tries < 3 || fresh > most || again > mostAgain); tries++ {
		url := sqliteURL(t)
		fresh = min(fresh, migrating(t, url))
		again = min(again, migrating(t, url))
	}
	t.Logf("fresh: %s, up to date: %s", fresh, again)
	if fresh > most || again > mostAgain {
		t.Errorf("fresh took %s, want 400 ms at most; up to date %s, want 100 ms", fresh, again)
	}
}

func migrating(t *testing.T, url string) time.Duration {
	t.Helper()
	start := time.Now()
	l := mustOpen(t, url, Options{})
	check(t, l.Migrate(t.Context()))
	took := time.Since(start)
	check(t, l.Close())
	return took
}

func TestAddressesOfDatabases(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "mysql://x", "sqlite:", "sqlite::memory:", "sqlite:/no/such/folder/x.db", "postgres://u:hunter2@[bad/x"} {
		_, err := Open(t.Context(), url, Options{Keys: keyring(t, secret)})
		if err == nil {
			t.Errorf("%q was opened", url)
		} else if s := err.Error(); len(url) > 20 && strings.Contains(s, "hunter2") {
			t.Errorf("the error shows the password: %s", s)
		}
	}
	path := filepath.Join(t.TempDir(), "odd ?name#100%.db")
	open(t, "sqlite:"+path)
	info, err := os.Stat(path)
	check(t, err)
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the file's mode is %o, want 600", mode)
	}
}
