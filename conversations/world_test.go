package conversations_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/ledger"
	"cartwright/commerce/sandbox"
	"cartwright/config"
	"cartwright/conversations"
	"cartwright/conversations/redis"
)

// platform is the one that the tests' people are on.
const platform = "playground"

// monday is when every story begins.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// failer is testing.TB, or rapid's.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// world is the whole program in process, but for the platforms: a ledger on SQLite, the
// sandbox as everything outside, a Redis. Time stands still but for passes; jobs and the
// gateway's events run when works is called.
type world struct {
	failer
	org           string // whose the story is
	ctx           context.Context
	books         *ledger.Ledger
	outside       *sandbox.Sandbox
	service       *commerce.Service
	engine        *conversations.Engine
	announcements *conversations.Announcements
	store         *redis.Store
	chat          *chat
	directory     *directory
	down          outages
	close         func()

	mu        sync.Mutex // of what follows
	clock     time.Time
	catalogue commerce.Catalogue
	orgs      []commerce.Organisation

	events  int
	waits   map[int64]time.Time // job -> not before
	watches []func(p *person, ref string, before, after conversations.Prompt)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		failer: t, org: "contoso", ctx: t.Context(), clock: monday, catalogue: commerce.BuiltIn(), orgs: config.BuiltInOrganisations(),
		waits: map[int64]time.Time{}, directory: &directory{}, chat: newChat(),
	}
	w.open(filepath.Join(t.TempDir(), "world.db"), t.Fatalf)
	w.close = sync.OnceFunc(func() { w.store.Close(); w.books.Close() })
	t.Cleanup(w.close)
	return w
}

func (w *world) open(path string, fatal func(string, ...any)) {
	w.Helper()
	must := func(err error) {
		w.Helper()
		if err != nil {
			fatal("build the world: %v", err)
		}
	}
	must(os.WriteFile(path, template(), 0o600))
	keys, err := ledger.NewKeyring("the tests' secret key")
	must(err)
	w.books, err = ledger.Open(w.ctx, "sqlite:"+path, ledger.Options{Keys: keys, Now: w.now, Logger: slog.New(slog.DiscardHandler)})
	must(err)
	w.outside, err = sandbox.New(w.ctx, w.books.DB(), "sqlite", w.sandboxOptions())
	must(err)
	w.service = &commerce.Service{
		Ledger: w.books, Organisations: w.organisation, Catalogue: w.sold, Timings: patient(commerce.StandardTimings()),
		Backends: map[commerce.Backend]commerce.Ports{commerce.Sandbox: {
			Vendor: vendor{w.outside.Vendor(), &w.down}, Gateway: w.outside.Gateway(), Licensor: licensor{w.outside.Licensor(), &w.down},
		}},
		PublicURL: "https://cartwright.example", Now: w.now, Log: slog.New(slog.DiscardHandler),
		Directory: conversations.People{Directories: map[string]conversations.Directory{platform: w.directory}},
	}
	w.announcements = &conversations.Announcements{
		Service: w.service, Sent: w.books, Posters: map[string]conversations.Poster{platform: w.chat}, Now: w.now,
		Directories: map[string]conversations.Directory{platform: w.directory},
	}
	w.losesRedis()
}

// patient does not take a busy machine for an outside that does not answer.
func patient(t commerce.Timings) commerce.Timings {
	t.Read = 30 * time.Second
	return t
}

func (w *world) sandboxOptions() sandbox.Options {
	return sandbox.Options{
		PublicURL: "https://cartwright.example", Key: []byte("the tests' gateway key"), Catalogue: w.sold, Now: w.now, Speed: 100,
	}
}

// losesRedis makes a new engine on an empty Redis: what was half filled in is gone.
func (w *world) losesRedis() {
	w.Helper()
	if w.store != nil {
		w.store.Close()
	}
	// Lifetimes in the Redis stand still: what is lost is lost by this function.
	store, err := redis.Open(w.ctx, "embedded", func() time.Time { return monday })
	if err != nil {
		w.Fatalf("open Redis: %v", err)
	}
	w.store = store
	w.engine = &conversations.Engine{
		Service: w.service, Store: store, Limiter: store, Now: w.now, Log: slog.New(slog.DiscardHandler),
		Directories: map[string]conversations.Directory{platform: w.directory},
	}
}

// template is a database with all tables and tenants, made once and copied.
var template = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "cartwright-conversations-")
	if err != nil {
		panic(err)
	}
	templateDir = dir
	path := filepath.Join(dir, "template.db")
	if err := makeTemplate(context.Background(), path); err != nil {
		panic(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return raw
})

var templateDir string

func forgetTemplate() {
	if templateDir != "" {
		_ = os.RemoveAll(templateDir)
	}
}

func makeTemplate(ctx context.Context, path string) error {
	keys, err := ledger.NewKeyring("the tests' secret key")
	if err != nil {
		return err
	}
	books, err := ledger.Open(ctx, "sqlite:"+path, ledger.Options{Keys: keys, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer books.Close()
	err = books.Migrate(ctx)
	if err != nil {
		return err
	}
	w := &world{clock: monday, catalogue: commerce.BuiltIn()}
	outside, err := sandbox.New(ctx, books.DB(), "sqlite", w.sandboxOptions())
	if err != nil {
		return err
	}
	for _, org := range config.BuiltInOrganisations() {
		err = outside.Seed(ctx, org)
		if err != nil {
			return err
		}
	}
	_, err = books.DB().ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) sold() commerce.Catalogue {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.catalogue
}

func (w *world) organisation(id string) (commerce.Organisation, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.orgs {
		if o.ID == id {
			return o, true
		}
	}
	return commerce.Organisation{}, false
}

// changes edits the organisation from now on.
func (w *world) changes(id string, edit func(*commerce.Organisation)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.orgs {
		if w.orgs[i].ID == id {
			edit(&w.orgs[i])
		}
	}
}

// sells edits the offer from now on; edit returns false to withdraw it.
func (w *world) sells(id string, edit func(*commerce.Offer) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var next commerce.Catalogue
	for _, o := range w.catalogue.Offers {
		o.Plans = append([]commerce.Plan(nil), o.Plans...)
		if o.ID != id || edit(&o) {
			next.Offers = append(next.Offers, o)
		}
	}
	w.catalogue = next
}

// passes lets time pass, and then all work that is due be done.
func (w *world) passes(d time.Duration) {
	w.Helper()
	w.mu.Lock()
	w.clock = w.clock.Add(d)
	w.mu.Unlock()
	w.works()
}

// settles lets seconds pass until no order and no task is under way.
func (w *world) settles() {
	w.Helper()
	for range 40 {
		w.passes(2 * time.Second)
		orders := w.count(`SELECT count(*) FROM orders WHERE state IN ('payment_secured', 'placing', 'provisioning', 'assigning', 'cancelling')`)
		if orders == 0 && w.count("SELECT count(*) FROM tasks WHERE state = 'running'") == 0 {
			return
		}
	}
	w.Fatalf("the orders and tasks do not come to an end")
}

// works delivers the gateway's events and runs the jobs, until nothing is due.
func (w *world) works() {
	w.Helper()
	for range 200 {
		w.hears()
		if !w.runsJobs() {
			return
		}
	}
	w.Fatalf("the jobs do not come to an end")
}

// hears delivers the gateway's events that are due.
func (w *world) hears() {
	due := func() bool {
		return w.count("SELECT count(*) FROM sandbox_events WHERE delivered_at = 0 AND due_at <= $1", w.now().UnixMicro()) > 0
	}
	if !due() {
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.outside.Run(ctx, func(ctx context.Context, raw []byte, header http.Header) error {
			return w.service.PaymentEvent(ctx, commerce.Sandbox, raw, header)
		})
	}()
	for due() {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
}

// job is one of River's, which the tests run by hand.
type job struct {
	id      int64
	kind    string
	ref     commerce.OrderRef
	version int
}

func (w *world) jobs() []job {
	w.Helper()
	rows, err := w.books.DB().QueryContext(w.ctx, `SELECT id, kind, args ->> 'organisation', args ->> 'order', args ->> 'version'
		FROM river_job ORDER BY id`)
	if err != nil {
		w.Fatalf("read the jobs: %v", err)
	}
	defer rows.Close()
	var all []job
	for rows.Next() {
		var j job
		if err := rows.Scan(&j.id, &j.kind, &j.ref.Organisation, &j.ref.ID, &j.version); err != nil {
			w.Fatalf("read a job: %v", err)
		}
		all = append(all, j)
	}
	if err := rows.Err(); err != nil {
		w.Fatalf("read the jobs: %v", err)
	}
	return all
}

func (w *world) runsJobs() (ran bool) {
	w.Helper()
	for _, j := range w.jobs() {
		if w.waits[j.id].After(w.now()) {
			continue
		}
		ran = true
		wait, err := w.run(j)
		if err != nil {
			wait = time.Second
		}
		w.waits[j.id] = w.now().Add(wait)
		if wait == 0 {
			w.exec("DELETE FROM river_job WHERE id = $1", j.id)
		}
	}
	return ran
}

// run is one job, of a program that may be killed in the middle of it.
func (w *world) run(j job) (wait time.Duration, err error) {
	defer func() {
		if cause := recover(); cause == any(errKilled) {
			err = errKilled
		} else if cause != nil {
			panic(cause)
		}
	}()
	switch j.kind {
	case "order_announce":
		return w.announcements.Announce(w.ctx, j.ref, j.version)
	case "task_announce":
		return w.announcements.AnnounceTask(w.ctx, j.ref, j.version)
	case "task_perform":
		return w.service.PerformTask(w.ctx, j.ref, j.version)
	}
	return w.service.Perform(w.ctx, j.ref, j.version)
}

func (w *world) exec(query string, args ...any) {
	w.Helper()
	if _, err := w.books.DB().ExecContext(w.ctx, query, args...); err != nil {
		w.Fatalf("%s: %v", query, err)
	}
}

func (w *world) count(query string, args ...any) (n int) {
	w.Helper()
	if err := w.books.DB().QueryRowContext(w.ctx, query, args...).Scan(&n); err != nil {
		w.Fatalf("%s: %v", query, err)
	}
	return n
}

// tables are what the program remembers for good.
var tables = []string{
	"counters", "applied", "carts", "orders", "order_lines", "payment_sessions", "payment_tokens", "assignments",
	"tasks", "task_people", "audit_entries", "audit_heads", "river_job",
}

// remembered is all that the ledger holds, to be compared.
func (w *world) remembered() string {
	w.Helper()
	var all strings.Builder
	for _, table := range tables {
		w.dump(&all, table)
	}
	return all.String()
}

func (w *world) dump(to io.Writer, table string) {
	w.Helper()
	rows, err := w.books.DB().QueryContext(w.ctx, "SELECT * FROM "+table+" ORDER BY 1, 2")
	if err != nil {
		w.Fatalf("read %s: %v", table, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		w.Fatalf("read %s: %v", table, err)
	}
	for rows.Next() {
		row := make([]any, len(columns))
		for i := range row {
			row[i] = new(sql.RawBytes)
		}
		if err := rows.Scan(row...); err != nil {
			w.Fatalf("read %s: %v", table, err)
		}
		for i := range row {
			fmt.Fprintf(to, "%s.%s=%s ", table, columns[i], *row[i].(*sql.RawBytes))
		}
		fmt.Fprintln(to)
	}
	if err := rows.Err(); err != nil {
		w.Fatalf("read %s: %v", table, err)
	}
}

// order is the order as the ledger has it.
func (w *world) order(id string) commerce.Order {
	w.Helper()
	o, err := w.books.Order(w.ctx, w.org, id)
	if err != nil {
		w.Fatalf("read order %s: %v", id, err)
	}
	return o
}

// orders are all of the organisation's, newest first.
func (w *world) orders() []commerce.Order {
	w.Helper()
	all, err := w.books.Orders(w.ctx, commerce.OrderQuery{Organisation: w.org, Limit: 1000})
	if err != nil {
		w.Fatalf("list the orders: %v", err)
	}
	return all
}

// pays is what a payer does on the sandbox's page of an order, and all that follows at once.
func (w *world) pays(order, outcome, scenario string) {
	w.Helper()
	session := w.order(order).Payment.Session
	if err := w.outside.Pay(w.ctx, session, outcome, scenario); err != nil {
		w.Fatalf("pay %s: %v", order, err)
	}
	w.works()
}
