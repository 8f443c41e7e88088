// Package slack is Slack as one of the platforms: it verifies and decodes what Slack
// delivers over HTTP or a socket, has it answered by a turn, acknowledges in time, and
// shows prompts as Block Kit in messages, modals and the app's home.
package slack

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"cartwright/conversations"
)

// Platform is the name that accounts of Slack carry.
const Platform = "slack"

// Options is what the platform is made of. Every field is needed but SigningSecret.
type Options struct {
	// Turn answers an event; it is called with a context that outlives the delivery.
	Turn func(context.Context, conversations.Event) conversations.Reply
	// Overview is what the app's home shows to an account of an organisation.
	Overview func(ctx context.Context, organisation string, account conversations.Account) conversations.Prompt
	// Organisation is the id of the one that a workspace belongs to; ok is false for none.
	Organisation func(workspace string) (id string, ok bool)
	// Groups are the user groups that grant a role in an organisation.
	Groups func(organisation string) []string
	Tokens TokenSource
	// SigningSecret is what Slack signs its requests with; "": nothing comes over HTTP.
	SigningSecret string
	APIURL        string // ends in a slash
	Now           func() time.Time
	Log           *slog.Logger
}

// TokenSource knows the bot's token in each workspace.
type TokenSource interface {
	// For is the token to call Slack with in a workspace.
	For(ctx context.Context, workspace string) (string, error)
	// Uninstalled forgets a token that was taken back, unless it was given after that time.
	Uninstalled(ctx context.Context, workspace string, at time.Time) error
}

// Slack takes what Slack delivers, and is a platform: a Poster and a Directory.
type Slack struct {
	Options
	api      *api
	lanes    conversations.Lanes
	answered atomic.Int64 // deliveries
	paces    paces
	seen     conversations.Once
	profiles *conversations.Cache[conversations.Profile]
	members  *conversations.Cache[[]string]
	uses     *conversations.Cache[int]    // posts to a response_url so far, by who gave it
	channels *conversations.Cache[string] // of direct messages, by account
	work     sync.WaitGroup               // what goes on after an acknowledgement
	base     context.Context              //nolint:containedctx // of that work: it ends when Close gives up waiting
	stop     context.CancelFunc
}

var (
	_ conversations.Poster    = (*Slack)(nil)
	_ conversations.Directory = (*Slack)(nil)
)

// New makes the platform out of its options.
func New(o Options) *Slack {
	base, stop := context.WithCancel(context.Background())
	return &Slack{
		Options: o,
		api:     newAPI(o),
		lanes: conversations.Lanes{Now: o.Now, Fresh: func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(base, turnTime)
		}},
		seen:     conversations.Once{Now: o.Now},
		profiles: conversations.NewCache[conversations.Profile](o.Now, profileLife),
		members:  conversations.NewCache[[]string](o.Now, membersLife),
		uses:     conversations.NewCache[int](o.Now, responseLife),
		channels: conversations.NewCache[string](o.Now, channelLife),
		base:     base, stop: stop,
	}
}

// Close waits for what was acknowledged to be shown, as long as ctx lasts.
func (s *Slack) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() { s.work.Wait(); close(done) }()
	defer s.stop()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// behind goes on after the acknowledgement; the program waits for it when it stops.
func (s *Slack) behind(do func(ctx context.Context)) {
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(s.base, turnTime)
		defer cancel()
		conversations.Safely(ctx, s.Log, func() { do(ctx) })
	})
}

// ServesHTTP reports whether anything is taken over HTTP.
func (s *Slack) ServesHTTP() bool { return s.SigningSecret != "" }

// sender is how Slack is called: with time limits, and never led elsewhere.
func sender() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() // it is one
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 256, 64
	return &http.Client{
		Timeout: callTime, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
