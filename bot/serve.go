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
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/tracing"

	"cartwright/commerce"
	"cartwright/commerce/ledger"
	"cartwright/commerce/sandbox"
	"cartwright/config"
	"cartwright/conversations"
	"cartwright/conversations/redis"
	"cartwright/handlers"
	"cartwright/handlers/discord"
	"cartwright/handlers/pay"
	"cartwright/handlers/playground"
	"cartwright/handlers/slack"
	"cartwright/handlers/teams"
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

// turning answers an event.
type turning = func(context.Context, conversations.Event) conversations.Reply

// chats are the platforms that are served; nil where one is not.
type chats struct {
	page    *playground.Playground
	slack   *slack.Slack
	discord *discord.Discord
	teams   *teams.Teams

	installs *slack.Installer
}

// talk builds the dialogue and its platforms, and starts the jobs that tell people.
func (s *server) talk(ctx context.Context, cfg config.Config, service *commerce.Service, books *ledger.Ledger, store *redis.Store, public *url.URL, m *metrics) (c chats, err error) {
	directories, posters := map[string]conversations.Directory{}, map[string]conversations.Poster{}
	service.Directory = conversations.People{Directories: directories}
	reader, err := s.reads(ctx, store.Budget(cfg.OpenAI.DailyTokens), m)
	if err != nil {
		return c, err
	}
	engine := &conversations.Engine{
		Service: service, Store: s.store(store), Limiter: store, Directories: directories,
		Now: time.Now, Log: s.log, PerMinute: perMinute, Reader: reader,
	}
	c.page, err = s.playground(cfg, public, m.timed(engine.Turn))
	if err != nil {
		return c, err
	}
	if c.page != nil {
		directories[playground.Platform] = c.page
		posters[playground.Platform] = s.poster(c.page)
	}
	if cfg.Slack.Configured() {
		tokens := slackTokens(cfg.Slack, books)
		c.slack = s.slack(cfg, engine, tokens, m.timed(engine.Turn))
		if c.installs, err = s.slackInstaller(cfg, tokens, public); err != nil {
			return c, err
		}
		directories[slack.Platform] = c.slack
		posters[slack.Platform] = s.poster(c.slack)
	}
	if cfg.Discord.Configured() {
		c.discord = s.discord(cfg, engine, service, m.timed(engine.Turn))
		directories[discord.Platform] = c.discord
		posters[discord.Platform] = s.poster(c.discord)
	}
	if cfg.Teams.Configured() {
		c.teams = s.teams(cfg.Teams, engine, books, m.timed(engine.Turn))
		directories[teams.Platform] = c.teams
		posters[teams.Platform] = s.poster(c.teams)
	}
	announcements := &conversations.Announcements{Service: service, Sent: books, Posters: posters, Aside: playground.Platform, Now: time.Now, Directories: directories}
	radar := &conversations.Radar{
		Announcements: announcements, Directories: directories, Every: time.Duration(float64(time.Hour) / cfg.ClockSpeed),
		Organisations: func() []commerce.Organisation { return s.served(service) },
	}
	return c, s.startJobs(ctx, cfg, books, service, announcements, radar, m)
}

// served are the organisations whose backend there are adapters for.
func (s *server) served(service *commerce.Service) []commerce.Organisation {
	return slices.DeleteFunc(slices.Clone(s.current().Organisations), func(o commerce.Organisation) bool {
		_, ok := service.Backends[o.Backend]
		return !ok
	})
}

// ready tells people and tests where the program is.
func (s *server) ready(public *url.URL, at net.Addr) {
	fmt.Fprintf(s.stdout, "Cartwright is ready: %s\n", public)
	if s.started != nil {
		s.started(at.String())
	}
}

// startPages is how long after the start the pages it needed are kept: first requests are
// answered with them.
const startPages = 2 * time.Second

// settle gives memory back that only the start needed, once, when it is over.
func (s *server) settle(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(startPages):
		if err := releaseStart(); err != nil {
			s.log.WarnContext(ctx, "memory of the start is kept", "err", err)
		}
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

// playground is the browser page, nil where it is off.
func (s *server) playground(cfg config.Config, public *url.URL, turn turning) (*playground.Playground, error) {
	if !cfg.Playground {
		return nil, nil //nolint:nilnil // nil is "off", to the routes too
	}
	key, err := derived(cfg.SecretKey, "cartwright playground session")
	if err != nil {
		return nil, err
	}
	return playground.New(playground.Options{
		Turn: turn, Organisations: s.playgroundOrganisations, Token: cfg.PlaygroundToken.Reveal(),
		Secure: public.Scheme == "https", Key: key, Now: time.Now, Random: rand.Reader, Log: s.log,
	}), nil
}

// playgroundOrganisations are the organisations and people that the page can be opened as.
func (s *server) playgroundOrganisations() []playground.Organisation {
	var all []playground.Organisation
	for _, o := range s.current().PlaygroundOrganisations() {
		org := playground.Organisation{ID: o.ID, Name: o.Name, Cloud: string(o.Cloud)}
		for _, p := range o.People {
			person := playground.Person{ID: p.ID, Name: p.Name, Locale: p.Locale}
			for _, r := range p.Roles {
				person.Roles = append(person.Roles, string(r))
			}
			org.People = append(org.People, person)
		}
		all = append(all, org)
	}
	return all
}

// startJobs starts the workers that carry orders on.
func (s *server) startJobs(ctx context.Context, cfg config.Config, books *ledger.Ledger, service *commerce.Service, a commerce.Announcer, radar *conversations.Radar, m *metrics) error {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("name this replica: %w", err)
	}
	stop, err := books.StartJobs(ctx, ledger.Jobs{
		ID:      host + "/" + strings.ReplaceAll(cfg.HTTPAddr, "/", "_"),
		Perform: m.counted("perform", service.Perform), Announce: m.counted("announce", a.Announce),
		PerformTask: m.counted("perform_task", service.PerformTask), AnnounceTask: m.counted("announce_task", a.AnnounceTask),
		Sweep: func(ctx context.Context) error { return errors.Join(service.Sweep(ctx), lookBriefly(ctx, radar)) }, Logger: s.log,
	})
	if err != nil {
		return err
	}
	s.atStop(stop)
	return nil
}

// lookBriefly bounds the radar: a platform that hangs must not hold up the sweep.
func lookBriefly(ctx context.Context, radar *conversations.Radar) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	return radar.Look(ctx)
}

// deliver brings the sandbox gateway's events to the service, until the program stops.
func (s *server) deliver(ctx context.Context, outside *sandbox.Sandbox, service *commerce.Service) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		outside.Run(ctx, func(ctx context.Context, raw []byte, header http.Header) error {
			return service.PaymentEvent(ctx, commerce.Sandbox, raw, header)
		})
	}()
	s.atStop(func(context.Context) error { cancel(); <-done; return nil })
}

// reloadOnHangup reads organisations and catalogue anew at SIGHUP, and refuses them whole
// if anything is wrong.
func (s *server) reloadOnHangup(ctx context.Context, outside *sandbox.Sandbox) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		defer signal.Stop(hangups)
		for {
			select {
			case <-hangups:
				s.reload(ctx, outside)
			case <-ctx.Done():
				return
			}
		}
	}()
}

func (s *server) reload(ctx context.Context, outside *sandbox.Sandbox) {
	fresh, err := config.Read(s.env, s.readFile)
	if err == nil {
		err = seed(ctx, outside, fresh)
	}
	if err != nil {
		s.log.Error("reload refused, nothing was changed", "err", err)
		return
	}
	next := s.current()
	next.Organisations, next.Graph.Apps, next.Catalogue = fresh.Organisations, fresh.Graph.Apps, fresh.Catalogue
	s.config.Store(&next)
	s.warn(fresh)
	s.log.Info("reloaded", "organisations", len(next.Organisations), "offers", len(next.Catalogue.Offers))
}

// warn logs what in the configuration is allowed and may be a mistake.
func (s *server) warn(cfg config.Config) {
	for _, w := range cfg.Warnings {
		s.log.Warn("the organisations file", "warning", w)
	}
}

// logHeads writes the audit's heads where they can be kept apart from the database.
func (s *server) logHeads(ctx context.Context, books *ledger.Ledger) {
	go func() {
		every := time.NewTicker(time.Hour)
		defer every.Stop()
		for {
			select {
			case <-every.C:
				s.logHeadsNow(ctx, books)
			case <-ctx.Done():
				return
			}
		}
	}()
	s.atStop(func(ctx context.Context) error { s.logHeadsNow(ctx, books); return nil })
}

func (s *server) logHeadsNow(ctx context.Context, books *ledger.Ledger) {
	heads, err := books.Heads(ctx)
	if err != nil {
		s.log.Error("audit heads", "err", err)
	}
	for _, h := range heads {
		s.log.Info("audit head", "organisation", h.Organisation, "seq", h.Seq, "mac", h.MAC)
	}
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

func (s *server) poster(poster conversations.Poster) conversations.Poster {
	if s.seams.poster != nil {
		return s.seams.poster(poster)
	}
	return poster
}
