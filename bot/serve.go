package main

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/tracing"

	"cartwright/commerce"
	"cartwright/commerce/ledger"
	"cartwright/commerce/sandbox"
	"cartwright/config"
	"cartwright/conversations"
	"cartwright/conversations/redis"
	"cartwright/handlers"
	"cartwright/handlers/pay"
)

// seams wrap the parts at which a test may stop the program. A zero seam changes nothing.
type seams struct {
	openDB func(driver, dsn string) (*sql.DB, error)
	ports  func(commerce.Ports) commerce.Ports
	store  func(conversations.Store) conversations.Store
	poster func(conversations.Poster) conversations.Poster
	graph  http.RoundTripper // to Microsoft Graph and its login; nil: the network
	// timings change an order's waits, such as how long a payment link works.
	timings func(commerce.Timings) commerce.Timings
}

// perMinute is how many events of one account are served in a minute: far more than a
// person has, so that it is met by floods alone.
const perMinute = 600

// shutdownTime is how long requests and jobs may take to finish after SIGTERM.
const shutdownTime = 20 * time.Second

type serveCommand struct{}

func (serveCommand) Run(p *program) error {
	log := slog.New(slog.NewTextHandler(p.stderr, nil))
	slog.SetDefault(log)
	cfg, err := p.configured()
	if err != nil {
		return err
	}
	s := &server{program: p, log: log}
	s.warn(cfg)
	s.config.Store(&cfg)
	err = s.serve(p.ctx, cfg)
	if p.ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // told to stop while it was starting
	}
	return err
}

// server is the running program. What it is made of is built in serve, top to bottom.
type server struct {
	*program
	log    *slog.Logger
	config atomic.Pointer[config.Config]

	closers []func(context.Context) error // in the order of building
}

// serve builds everything, runs until ctx ends, and stops it in the opposite order.
func (s *server) serve(ctx context.Context, cfg config.Config) (err error) {
	defer func() { err = errors.Join(err, s.stop()) }()

	public, err := s.listen(ctx, cfg.HTTPAddr)
	if err != nil {
		return err
	}
	admin, err := s.listen(ctx, cfg.AdminAddr)
	if err != nil {
		return err
	}
	publicURL := reachable(cfg.PublicURL, public.Addr())
	books, err := s.openLedger(cfg, ledger.Options{Logger: s.log, OpenDB: s.seams.openDB})
	if err != nil {
		return err
	}
	s.atStop(func(context.Context) error { return books.Close() })
	store, err := redis.Open(ctx, cfg.Redis.Reveal(), time.Now)
	if err != nil {
		return err
	}
	s.atStop(func(context.Context) error { return store.Close() })
	outside, err := s.startSandbox(ctx, cfg, books, publicURL)
	if err != nil {
		return err
	}
	spans, err := s.tracing(ctx, cfg.Tracing)
	if err != nil {
		return err
	}
	service := s.service(cfg, books, outside, spans, publicURL)
	metrics := newMetrics()
	chats, err := s.talk(ctx, cfg, service, books, store, publicURL, metrics)
	if err != nil {
		return err
	}
	s.deliver(ctx, outside, service)
	s.reloadOnHangup(ctx, outside)
	s.logHeads(ctx, books)

	s.serveHTTP(ctx, admin, handlers.Admin(handlers.AdminOptions{
		Ready:   append([]handlers.Check{{Name: "database", Do: books.DB().PingContext}, {Name: "redis", Do: store.Ping}}, watchDiscord(chats.discord, metrics)...),
		Metrics: metrics.registry, Log: s.log,
	}))
	s.serveHTTP(ctx, public, handlers.Routes(handlers.Options{
		PublicURL: publicURL, Listener: public.Addr(), Playground: chats.page, Slack: chats.slack, Installs: chats.installs, Discord: discordOverHTTP(chats.discord), Teams: chats.teams,
		Pay: pay.New(pay.Options{Pages: service, Payer: payer{outside, func() []commerce.Organisation { return s.current().Organisations }}, Log: s.log}),
		Log: s.log, Random: rand.Reader,
	}))
	if chats.page != nil {
		s.atStop(func(context.Context) error { chats.page.Close(); return nil }) // before the listener: its streams would hold it
	}
	s.listenToSlack(ctx, cfg, chats.slack)
	s.listenToDiscord(ctx, chats.discord)
	s.ready(publicURL, public.Addr())
	s.settle(ctx)
	<-ctx.Done()
	s.log.Info("stopping")
	return nil
}

// service is the domain, over the books and the outside.
func (s *server) service(cfg config.Config, books *ledger.Ledger, outside *sandbox.Sandbox, spans tracing.Provider, public *url.URL) *commerce.Service {
	return &commerce.Service{
		Ledger: books, Organisations: organisations(s.current), Catalogue: s.catalogue,
		Backends: map[commerce.Backend]commerce.Ports{
			commerce.Sandbox: s.ports(commerce.Ports{Vendor: outside.Vendor(), Gateway: outside.Gateway(), Licensor: outside.Licensor()}),
			commerce.Direct:  s.ports(direct(s.graph(s.current, spans, s.log), s.catalogue)),
		},
		Timings:   s.timings(cfg.ClockSpeed),
		PublicURL: public.String(), Now: time.Now, Log: s.log,
	}
}

// ready tells people and tests where the program is.
func (s *server) ready(public *url.URL, at net.Addr) {
	fmt.Fprintf(s.stdout, "Cartwright is ready: %s\n", public)
	if s.started != nil {
		s.started(at.String())
	}
}

func (s *server) listen(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s.atStop(func(context.Context) error {
		err := l.Close()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		return err
	})
	return l, nil
}

// reachable is the public URL with the port that was really given, where none was asked for.
func reachable(public *url.URL, at net.Addr) *url.URL {
	if public.Port() != "0" {
		return public
	}
	u := *public
	u.Host = at.String()
	return &u
}

func (s *server) serveHTTP(ctx context.Context, l net.Listener, h http.Handler) {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ErrorLog:    slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	go func() {
		err := srv.Serve(l)
		if !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("serve", "addr", l.Addr(), "err", err)
		}
	}()
	s.atStop(srv.Shutdown)
}

// startSandbox plays the outside for the organisations that ask for it.
func (s *server) startSandbox(ctx context.Context, cfg config.Config, books *ledger.Ledger, public *url.URL) (*sandbox.Sandbox, error) {
	key, err := derived(cfg.SecretKey, "cartwright sandbox gateway")
	if err != nil {
		return nil, err
	}
	outside, err := sandbox.New(ctx, books.DB(), dialect(cfg), sandbox.Options{
		PublicURL: public.String(), Key: key, Catalogue: s.catalogue, Now: time.Now, Random: rand.Reader,
		Speed: cfg.ClockSpeed, Logger: s.log,
	})
	if err != nil {
		return nil, err
	}
	return outside, seed(ctx, outside, cfg)
}

func seed(ctx context.Context, outside *sandbox.Sandbox, cfg config.Config) error {
	for _, org := range cfg.PlaygroundOrganisations() {
		err := outside.Seed(ctx, org)
		if err != nil {
			return err
		}
	}
	return nil
}

func dialect(cfg config.Config) string {
	if _, ok := cfg.SQLitePath(); ok {
		return "sqlite"
	}
	return "postgres"
}

// derived is a key for one purpose, made of the secret one.
func derived(secret config.Secret, purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(secret.Reveal()), nil, purpose, 32)
}

func (s *server) current() config.Config        { return *s.config.Load() }
func (s *server) catalogue() commerce.Catalogue { return s.config.Load().Catalogue }

// atStop notes what is to be done when the program stops.
func (s *server) atStop(do func(context.Context) error) { s.closers = append(s.closers, do) }

// stop undoes what serve built, last things first, within the time that is left.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i](ctx))
	}
	return errors.Join(errs...)
}

// ports, timings, store and poster are the parts as they are, or as a seam makes them.
func (s *server) ports(p commerce.Ports) commerce.Ports {
	if s.seams.ports != nil {
		return s.seams.ports(p)
	}
	return p
}

func (s *server) timings(speed float64) commerce.Timings {
	t := commerce.StandardTimings().Faster(speed)
	if s.seams.timings != nil {
		return s.seams.timings(t)
	}
	return t
}

func (s *server) store(store conversations.Store) conversations.Store {
	if s.seams.store != nil {
		return s.seams.store(store)
	}
	return store
}
