package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// How long a connection that broke or could not be made waits before the next try, at first
// and at most: Discord takes 1000 new sessions a day, and makes the token void after that.
const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 2 * time.Minute
)

const (
	// openTime is how long the gateway may take to let the bot in.
	openTime = 15 * time.Second
	// hangTime is how long discordgo may take to notice that its connection was broken.
	hangTime = 2 * time.Second
)

// hopeless are the codes that the gateway closes with where another try meets the same.
var hopeless = map[int]string{
	4004: "the token is refused: copy DISCORD_BOT_TOKEN anew from the application's Bot page",
	4010: "Discord refuses the shard", 4011: "the bot is in more servers than one connection takes: use HTTP instead of DISCORD_GATEWAY",
	4012: "Discord no longer has this version of the gateway",
	4013: "Discord no longer takes the intents that this version asks for: update it, or use HTTP instead of DISCORD_GATEWAY",
	4014: "Discord does not let the application have messages in servers and direct messages (intents GUILD_MESSAGES and DIRECT_MESSAGES, which need no switch on its Bot page): look there for what Discord says of it, or use HTTP instead of DISCORD_GATEWAY",
}

// gateway is a connection that is made anew whenever it breaks, by discordgo's socket alone:
// what is delivered is decoded and answered here.
type gateway struct {
	*Discord
	session *discordgo.Session
	lost    chan struct{} // the connection broke
	beats   beats
	places  chan struct{} // of what is answered at once

	openTime, identifyTime, ackWait time.Duration

	known    atomic.Bool // the session was let in, and can be resumed
	mayBegin atomic.Bool // the connection is to begin a session
	invalid  atomic.Bool // Discord has ended the session

	mu      sync.Mutex
	line    net.Conn  // of the newest connection
	begun   time.Time // when a session was begun last
	over    bool      // nothing more is taken
	self    string    // the bot's own account
	talks   talks     // what people wrote that is not answered yet
	dropped int       // of what was delivered, that nobody was told of
	told    time.Time // when somebody was told of any
}

func newGateway(d *Discord) *gateway {
	return &gateway{
		Discord: d, lost: make(chan struct{}, 1), beats: beats{d.Now, make(chan time.Time, 1)}, places: make(chan struct{}, atOnce), talks: talks{},
		openTime: openTime, identifyTime: identifyTime, ackWait: ackWait,
	}
}

// Gateway takes what Discord delivers by its gateway, until ctx ends or Discord refuses the
// bot for good, which is logged. What is being answered then is for Close to wait for.
func (d *Discord) Gateway(ctx context.Context) {
	newGateway(d).run(ctx)
}

func (g *gateway) run(ctx context.Context) {
	g.health.set(false, g.Now())
	g.start(ctx)
	defer g.end()
	retry := firstRetry
	for ctx.Err() == nil {
		began := g.Now()
		err := g.connect(ctx)
		g.health.set(false, g.Now())
		if ctx.Err() != nil {
			return
		}
		if why, ok := isHopeless(err); ok {
			g.health.giveUp(why)
			g.Log.ErrorContext(ctx, "Discord's gateway is not tried again", "why", why, "err", err)
			return
		}
		if g.Now().Sub(began) > lastRetry {
			retry = firstRetry
		}
		g.wait(ctx, err, retry)
		retry = min(2*retry, lastRetry)
	}
}

// wait waits until it may be tried again.
func (g *gateway) wait(ctx context.Context, err error, retry time.Duration) {
	wait := g.untilAgain(err, retry)
	g.Log.WarnContext(ctx, "no connection to Discord", "err", err, "again_in", wait.Round(time.Millisecond))
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	}
}

// untilAgain is how long that is, which is longer where a session is to be begun.
func (g *gateway) untilAgain(err error, retry time.Duration) time.Duration {
	wait := retry/2 + rand.N(retry) //nolint:gosec // to spread replicas, no secret
	if errors.Is(err, errInvalid) {
		wait = max(wait, g.untilAnew())
	}
	if !g.known.Load() {
		wait = max(wait, g.untilBegun())
	}
	return wait
}

func isHopeless(err error) (why string, ok bool) {
	closed, is := errors.AsType[*websocket.CloseError](err)
	if !is {
		return "", false
	}
	why, ok = hopeless[closed.Code]
	return why, ok
}

// start makes the session. discordgo itself neither reconnects, which it would go on with
// for ever, nor logs, which would be a line for each modal: it knows no labels. What it has
// to say is listened to all the same.
func (g *gateway) start(ctx context.Context) {
	s, err := discordgo.New("Bot " + g.Token)
	if err != nil {
		panic(err) // it has none to return
	}
	s.ShouldReconnectOnError, s.ShouldRetryOnRateLimit, s.MaxRestRetries, s.LogLevel = false, false, 0, discordgo.LogDebug
	s.StateEnabled, s.Compress, s.SyncEvents = false, false, true
	s.Identify.Intents, s.Identify.Shard = intents, &[2]int{0, 1}
	s.Client = &http.Client{Timeout: callTime, Transport: toward(g.APIURL)}
	s.Dialer = &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: callTime, NetDialContext: g.dial, WriteBufferPool: g.beats}
	s.AddHandler(func(_ *discordgo.Session, _ *discordgo.Disconnect) {
		select {
		case g.lost <- struct{}{}:
		default:
		}
	})
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		switch e.Type {
		case "READY":
			g.known.Store(true)
			g.ready(e.RawData)
		case "INTERACTION_CREATE":
			g.delivered(ctx, e.RawData)
		case "MESSAGE_CREATE":
			g.heard(ctx, e.RawData)
		}
	})
	g.forget()
	g.known.Store(false)
	identifying.Store(s.Identify.Shard, g)
	g.session = s
}

// forget lets go of the session.
func (g *gateway) forget() {
	if g.session != nil {
		identifying.Delete(g.session.Identify.Shard)
	}
}

// toward sends discordgo's calls to the API that is configured.
type toward string

func (t toward) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ok := strings.CutPrefix(r.URL.String(), discordgo.EndpointAPI)
	if !ok {
		return nil, fmt.Errorf("discordgo calls %s", r.URL.Host)
	}
	there, err := r.URL.Parse(string(t) + path)
	if err != nil {
		return nil, errors.New("the address of Discord's API is none")
	}
	r = r.Clone(r.Context())
	r.URL, r.Host = there, there.Host
	return http.DefaultTransport.RoundTrip(r)
}

// dial keeps hold of the connection, so that one that says nothing can be broken.
func (g *gateway) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	line, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.line = line
	return line, nil
}

func (g *gateway) hangUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.line != nil {
		_ = g.line.Close()
	}
}

var (
	errBroken  = errors.New("it broke")
	errStuck   = errors.New("discordgo is stuck; a session is begun anew")
	errInvalid = errors.New("the session is invalid; one is begun anew")
	errSilent  = errors.New("a heartbeat was not acknowledged")
)

// connect opens a connection, by which the session goes on where it was, and stays until it
// breaks.
func (g *gateway) connect(ctx context.Context) error {
	select {
	case <-g.lost: // of the connection before
	default:
	}
	g.invalid.Store(false)
	g.mayBegin.Store(!g.known.Load())
	err := g.open(ctx)
	if err == nil {
		g.Log.InfoContext(ctx, "connected to Discord")
		g.health.set(true, g.Now())
		err = g.stay(ctx)
	}
	if g.invalid.Load() {
		g.start(ctx)
		return errInvalid
	}
	return err
}

// stay waits for the connection to break, and breaks it where a heartbeat is not acknowledged.
func (g *gateway) stay(ctx context.Context) error {
	var beat time.Time
	var late <-chan time.Time
	for {
		select {
		case <-g.lost:
			return errBroken
		case <-ctx.Done():
			return ctx.Err()
		case at := <-g.beats.sent:
			if late == nil {
				beat, late = at, time.After(g.ackWait)
			}
		case <-late:
			late = nil
			if g.acknowledged().Before(beat) {
				g.hangUp()
				g.parted(ctx)
				return errSilent
			}
		}
	}
}

// parted waits until discordgo has noticed that its connection was broken.
func (g *gateway) parted(ctx context.Context) {
	select {
	case <-g.lost:
	case <-time.After(hangTime):
		g.start(ctx)
	case <-ctx.Done():
	}
}

// open opens a connection. discordgo waits without end for a gateway that says nothing, and
// locks itself out where it is told to reconnect before it was let in.
func (g *gateway) open(ctx context.Context) error {
	opening, cancel := context.WithTimeout(ctx, g.openTime)
	defer cancel()
	opened := make(chan error, 1)
	go func(s *discordgo.Session) { opened <- s.Open() }(g.session)
	select {
	case err := <-opened:
		return err
	case <-opening.Done():
		g.hangUp()
	}
	select {
	case err := <-opened:
		return errors.Join(opening.Err(), err)
	case <-time.After(hangTime):
		g.start(ctx)
		return errStuck
	}
}

// end closes the session; what comes after that is not taken.
func (g *gateway) end() {
	g.mu.Lock()
	g.over = true
	g.mu.Unlock()
	g.forget()
	_ = g.session.Close()
}
