package sandbox_test

import (
	"context"
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
	"cartwright/testservices"
)

func TestMain(m *testing.M) { os.Exit(testservices.Main(m)) }

// lab is one sandbox on a database of its own, with a clock that stands still.
type lab struct {
	*sandbox.Sandbox
	t       *testing.T
	db      *sql.DB
	dialect string
	clock   *clock
	options sandbox.Options
}

// onEachDatabase tells the story on SQLite and on PostgreSQL.
func onEachDatabase(t *testing.T, story func(l *lab), adjust ...func(*sandbox.Options)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		story(newLab(t, "sqlite", "sqlite", sqliteURL(t), adjust...))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		story(newLab(t, "postgres", "pgx", testservices.Postgres(t), adjust...))
	})
}

func sqliteURL(t *testing.T) string {
	return "file:" + filepath.Join(t.TempDir(), "outside.db") +
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)"
}

func newLab(t *testing.T, dialect, driver, url string, adjust ...func(*sandbox.Options)) *lab {
	t.Helper()
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxIdleConns(16) // those who race do not wait for new connections
	clock := &clock{now: time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)}
	l := &lab{t: t, db: db, dialect: dialect, clock: clock, options: sandbox.Options{
		PublicURL: "http://bot.example/", Key: []byte("0123456789abcdef"), Now: clock.Now,
		Catalogue: func() commerce.Catalogue { return catalogue },
	}}
	for _, a := range adjust {
		a(&l.options)
	}
	l.restart()
	for _, org := range []commerce.Organisation{contoso, adatum} {
		if err := l.Seed(t.Context(), org); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// restart forgets everything that is not in the database.
func (l *lab) restart() {
	l.t.Helper()
	s, err := sandbox.New(l.t.Context(), l.db, l.dialect, l.options)
	if err != nil {
		l.t.Fatal(err)
	}
	l.Sandbox = s
}

func (l *lab) count(query string, args ...any) int {
	l.t.Helper()
	var n int
	if err := l.db.QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
		l.t.Fatal(err)
	}
	return n
}

func (l *lab) seats(org commerce.Organisation, sku string) commerce.OwnedSeats {
	l.t.Helper()
	all, err := l.Licensor().Seats(l.t.Context(), org)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, s := range all {
		if s.SKU == sku {
			return s
		}
	}
	return commerce.OwnedSeats{}
}

func speed(factor float64) func(*sandbox.Options) {
	return func(o *sandbox.Options) { o.Speed = factor }
}

type clock struct {
	sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.now = c.now.Add(d)
}

// atOnce runs fn n times side by side.
func atOnce(n int, fn func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() { <-start; fn(i) })
	}
	close(start)
	all.Wait()
}

// inbox listens to the gateway as the bot does: it believes only what verifies.
type inbox struct {
	sync.Mutex
	t       *testing.T
	gateway *sandbox.Gateway
	fail    int // how many deliveries are to be turned away first
	tries   int
	taken   []commerce.PaymentEvent
}

func (i *inbox) deliver(_ context.Context, raw []byte, header http.Header) error {
	event, err := i.gateway.Event(raw, header)
	if err != nil {
		i.t.Errorf("the sandbox does not believe its own event: %v", err)
	}
	i.Lock()
	defer i.Unlock()
	i.tries++
	if i.tries <= i.fail {
		return http.ErrServerClosed
	}
	i.taken = append(i.taken, event)
	return nil
}

func (i *inbox) news() []commerce.PaymentStatus {
	i.Lock()
	defer i.Unlock()
	var all []commerce.PaymentStatus
	for _, e := range i.taken {
		all = append(all, e.Status)
	}
	return all
}

// listen runs the gateway's delivery until the returned function is called.
func (l *lab) listen(fail int) (*inbox, func()) {
	in := &inbox{t: l.t, gateway: l.Gateway(), fail: fail}
	ctx, cancel := context.WithCancel(l.t.Context())
	var running sync.WaitGroup
	current := l.Sandbox
	running.Go(func() { current.Run(ctx, in.deliver) })
	stop := func() { cancel(); running.Wait() }
	l.t.Cleanup(stop)
	return in, stop
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

const (
	basicSKU   = "3b555118-da6a-4418-894f-7df1e2096870"
	visioSKU   = "c5928f49-12ba-48f7-ada3-0d743a3601d5"
	premiumSKU = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"
	addOnSKU   = "639dec6b-bb19-468b-871c-c5c441c4b0cb"
)

var (
	contoso = commerce.Organisation{ID: "contoso", Name: "Contoso SARL", Cloud: commerce.Worldwide, Country: "FR", Currency: "EUR", Backend: commerce.Sandbox}
	adatum  = commerce.Organisation{ID: "adatum", Name: "Adatum", Cloud: commerce.Vianet, Country: "CN", Currency: "CNY", Backend: commerce.Sandbox}
	nobody  = commerce.Organisation{ID: "nobody", Cloud: commerce.Worldwide, Currency: "EUR", Backend: commerce.Sandbox}

	yearly  = commerce.PlanID{Commitment: commerce.Year, Billing: commerce.Annual}
	spread  = commerce.PlanID{Commitment: commerce.Year, Billing: commerce.Monthly}
	monthly = commerce.PlanID{Commitment: commerce.Month, Billing: commerce.Monthly}

	basic = commerce.Offer{
		ID: "business-basic", Name: "Microsoft 365 Business Basic", Group: commerce.Business, GraphSKU: basicSKU,
		Seats: commerce.Seats{Min: 1, Max: 300}, Clouds: []commerce.Cloud{commerce.Worldwide, commerce.Vianet},
		Plans: []commerce.Plan{
			{PlanID: yearly, Price: money("60.00 EUR")}, {PlanID: yearly, Price: money("480.00 CNY")},
			{PlanID: spread, Price: money("5.25 EUR")},
			{PlanID: monthly, Price: money("6.00 EUR")}, {PlanID: monthly, Price: money("48.00 CNY")},
		},
	}
	premium = commerce.Offer{
		ID: "business-premium", Name: "Microsoft 365 Business Premium", Group: commerce.Business, GraphSKU: premiumSKU,
		Seats: commerce.Seats{Min: 5}, Clouds: []commerce.Cloud{commerce.Worldwide},
		Plans: []commerce.Plan{
			{PlanID: yearly, Price: money("200.00 EUR")},
			{PlanID: yearly, Price: money("220.00 EUR"), From: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
		},
	}
	addOn = commerce.Offer{
		ID: "copilot", Name: "Microsoft 365 Copilot", Group: commerce.AddOn, GraphSKU: addOnSKU, Seats: commerce.Seats{Min: 1},
		Needs: []string{"business-premium", "withdrawn"}, Clouds: []commerce.Cloud{commerce.Worldwide},
	}
	catalogue = commerce.Catalogue{Offers: []commerce.Offer{basic, premium, addOn}}
)

func money(text string) commerce.Money {
	var m commerce.Money
	if err := m.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return m
}
