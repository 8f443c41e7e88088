package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"cartwright/commerce"
	"cartwright/conversations"
)

// The victim is the bot that a test starts to kill it. These variables tell it when.
const (
	victimEnv    = "CARTWRIGHT_TEST_VICTIM" // be the bot
	crashAtEnv   = "CARTWRIGHT_TEST_CRASH"  // "LABEL@N": die when that point is reached for the Nth time
	crashNthEnv  = "CARTWRIGHT_TEST_NTH"    // "N": die at the Nth point of all, those of starting included
	linkLifeEnv  = "CARTWRIGHT_TEST_LINK"   // how long a payment link works
	lookEnv      = "CARTWRIGHT_TEST_LOOK"   // how often it looks for a purchase at Microsoft
	pointPrefix  = "point: "                // on the victim's standard output, each point that it reached
	readyMessage = "Cartwright is ready: "  // and where it is, once it is there
)

// victim runs the bot. It ends with whoever started it, whose pipe then closes.
func victim() int {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	p := newPoints()
	return run(context.Background(), nil, surroundings{
		env: os.LookupEnv, readFile: os.ReadFile, stdout: p, stderr: os.Stderr, started: func(string) { p.arm() },
		seams: seams{openDB: p.openDB, ports: p.ports, store: p.store, poster: p.poster, timings: waits},
	})
}

// victims are started from this test binary. One with the race detector in it builds
// another without, once: races are looked for in the bots that run inside the tests, and
// a death costs a fifth, so that there can be more of them.
var victims victimBinary

type victimBinary struct {
	once sync.Once
	dir  string
	err  error
}

func (b *victimBinary) get() (string, error) {
	if !raceDetector {
		return os.Args[0], nil
	}
	b.once.Do(b.build)
	return filepath.Join(b.dir, "bot.test"), b.err
}

func (b *victimBinary) build() {
	b.dir, b.err = os.MkdirTemp("", "cartwright-victim-")
	if b.err != nil {
		return
	}
	said, err := exec.Command("go", "test", "-c", "-vet=off", "-o", b.dir, ".").CombinedOutput()
	if err != nil {
		b.err = fmt.Errorf("build the bot that is killed: %w\n%s", err, said)
	}
}

func (b *victimBinary) remove() { _ = os.RemoveAll(b.dir) }

func waits(t commerce.Timings) commerce.Timings {
	t = patientReads(t)
	life, err := time.ParseDuration(os.Getenv(linkLifeEnv))
	if err == nil {
		t.Link = life
	}
	look, err := time.ParseDuration(os.Getenv(lookEnv))
	if err == nil {
		t.Look, t.LookMost = look, look
	}
	return t
}

// points are the places where the victim may die: before and after each write that is
// kept and each call that goes outside.
type points struct {
	mu    sync.Mutex
	armed bool // points of starting up have no names, only numbers
	at    string
	nth   int
	all   int
	seen  map[string]int
}

func newPoints() *points {
	nth, _ := strconv.Atoi(os.Getenv(crashNthEnv))
	return &points{at: os.Getenv(crashAtEnv), nth: nth, seen: map[string]int{}}
}

func (p *points) arm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = true
}

// Write is the victim's standard output, a line at a time.
func (p *points) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return os.Stdout.Write(line)
}

// reach says that the program is at a point, and dies there when it is the one.
func (p *points) reach(label string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all++
	if p.armed {
		p.seen[label]++
		label = label + "@" + strconv.Itoa(p.seen[label])
		fmt.Fprintln(os.Stdout, pointPrefix+label)
	}
	if p.all == p.nth || p.armed && label == p.at {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the others stand still too: they would have to reach a point
	}
}

// around makes a call between its two points.
func around[T any](p *points, name string, call func() (T, error)) (T, error) {
	p.reach("before " + name)
	result, err := call()
	p.reach("after " + name)
	return result, err
}

func around0(p *points, name string, call func() error) error {
	_, err := around(p, name, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

// ports wrap what is there. No gateway is told from one by being nil, and stays that.
func (p *points) ports(outside commerce.Ports) commerce.Ports {
	mortal := commerce.Ports{Vendor: mortalVendor{outside.Vendor, p}, Licensor: mortalLicensor{outside.Licensor, p}}
	if outside.Gateway != nil {
		mortal.Gateway = mortalGateway{outside.Gateway, p}
	}
	return mortal
}

func (p *points) store(s conversations.Store) conversations.Store     { return mortalStore{s, p} }
func (p *points) poster(to conversations.Poster) conversations.Poster { return mortalPoster{to, p} }

type mortalVendor struct {
	commerce.Vendor
	p *points
}

func (v mortalVendor) Prices(ctx context.Context, org commerce.Organisation, asked []commerce.PriceOf) ([]commerce.Plan, error) {
	return around(v.p, "vendor.prices", func() ([]commerce.Plan, error) { return v.Vendor.Prices(ctx, org, asked) })
}

func (v mortalVendor) Place(ctx context.Context, org commerce.Organisation, pl commerce.Placement) (commerce.Placed, error) {
	return around(v.p, "vendor.place", func() (commerce.Placed, error) { return v.Vendor.Place(ctx, org, pl) })
}

func (v mortalVendor) LookUp(ctx context.Context, org commerce.Organisation, key string) (commerce.Placed, error) {
	return around(v.p, "vendor.look_up", func() (commerce.Placed, error) { return v.Vendor.LookUp(ctx, org, key) })
}

func (v mortalVendor) PlanRenewal(ctx context.Context, org commerce.Organisation, sku string, seats int) error {
	return around0(v.p, "vendor.plan_renewal", func() error { return v.Vendor.PlanRenewal(ctx, org, sku, seats) })
}

type mortalGateway struct {
	commerce.Gateway
	p *points
}

func (g mortalGateway) Open(ctx context.Context, org commerce.Organisation, r commerce.PaymentRequest) (commerce.Session, error) {
	return around(g.p, "gateway.open", func() (commerce.Session, error) { return g.Gateway.Open(ctx, org, r) })
}

func (g mortalGateway) LookUp(ctx context.Context, org commerce.Organisation, key string) (commerce.Session, error) {
	return around(g.p, "gateway.look_up", func() (commerce.Session, error) { return g.Gateway.LookUp(ctx, org, key) })
}

func (g mortalGateway) Capture(ctx context.Context, org commerce.Organisation, session, key string, amount commerce.Money) error {
	return around0(g.p, "gateway.capture", func() error { return g.Gateway.Capture(ctx, org, session, key, amount) })
}

func (g mortalGateway) Void(ctx context.Context, org commerce.Organisation, session, key string) error {
	return around0(g.p, "gateway.void", func() error { return g.Gateway.Void(ctx, org, session, key) })
}

func (g mortalGateway) Refund(ctx context.Context, org commerce.Organisation, session, key string, amount commerce.Money) error {
	return around0(g.p, "gateway.refund", func() error { return g.Gateway.Refund(ctx, org, session, key, amount) })
}

func (g mortalGateway) Event(raw []byte, header http.Header) (commerce.PaymentEvent, error) {
	return around(g.p, "gateway.event", func() (commerce.PaymentEvent, error) { return g.Gateway.Event(raw, header) })
}

type mortalLicensor struct {
	commerce.Licensor
	p *points
}

func (l mortalLicensor) Seats(ctx context.Context, org commerce.Organisation) ([]commerce.OwnedSeats, error) {
	return around(l.p, "licensor.seats", func() ([]commerce.OwnedSeats, error) { return l.Licensor.Seats(ctx, org) })
}

func (l mortalLicensor) Unlicensed(ctx context.Context, org commerce.Organisation) ([]commerce.User, error) {
	return around(l.p, "licensor.unlicensed", func() ([]commerce.User, error) { return l.Licensor.Unlicensed(ctx, org) })
}

func (l mortalLicensor) Licences(ctx context.Context, org commerce.Organisation, users []string) (map[string]commerce.Licences, error) {
	return around(l.p, "licensor.licences", func() (map[string]commerce.Licences, error) { return l.Licensor.Licences(ctx, org, users) })
}

func (l mortalLicensor) Assign(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	return around(l.p, "licensor.assign", func() ([]commerce.AssignResult, error) { return l.Licensor.Assign(ctx, org, sku, users) })
}

func (l mortalLicensor) Users(ctx context.Context, org commerce.Organisation, q commerce.UserQuery) ([]commerce.User, error) {
	return around(l.p, "licensor.users", func() ([]commerce.User, error) { return l.Licensor.Users(ctx, org, q) })
}

func (l mortalLicensor) Remove(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	return around(l.p, "licensor.remove", func() ([]commerce.AssignResult, error) { return l.Licensor.Remove(ctx, org, sku, users) })
}

func (l mortalLicensor) Move(ctx context.Context, org commerce.Organisation, from, to string, users []string) ([]commerce.AssignResult, error) {
	return around(l.p, "licensor.move", func() ([]commerce.AssignResult, error) { return l.Licensor.Move(ctx, org, from, to, users) })
}

type mortalStore struct {
	conversations.Store
	p *points
}

func (s mortalStore) Save(ctx context.Context, key conversations.Key, version int64, state []byte, ttl time.Duration) (int64, error) {
	step := meaning.FindStringSubmatch(string(state))
	return around(s.p, "store.save "+step[2], func() (int64, error) { return s.Store.Save(ctx, key, version, state, ttl) })
}

type mortalPoster struct {
	conversations.Poster
	p *points
}

func (m mortalPoster) Post(ctx context.Context, org string, to conversations.Account, prompt conversations.Prompt) (string, error) {
	return around(m.p, "poster.post "+prompt.Title, func() (string, error) { return m.Poster.Post(ctx, org, to, prompt) })
}

func (m mortalPoster) Edit(ctx context.Context, org string, to conversations.Account, ref string, prompt conversations.Prompt) error {
	return around0(m.p, "poster.edit "+prompt.Title, func() error { return m.Poster.Edit(ctx, org, to, ref, prompt) })
}
