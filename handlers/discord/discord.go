// Package discord is Discord as one of the platforms: it verifies and decodes interactions,
// which come over HTTP or by the gateway, has them answered by a turn in time, and shows
// prompts as components in messages and modals.
package discord

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"cartwright/conversations"
)

// Platform is the name that accounts of Discord carry; a workspace is a guild.
const Platform = "discord"

// Options is what the platform is made of. Every field is needed.
type Options struct {
	// Turn answers an event; it is called with a context that outlives the delivery.
	Turn func(context.Context, conversations.Event) conversations.Reply
	// Question is what is asked before an event is sent; ok is false where nothing is.
	Question func(context.Context, conversations.Event) (c conversations.Confirm, ok bool)
	// Organisation is the id of the one that a guild belongs to; ok is false for none.
	Organisation func(guild string) (id string, ok bool)
	// Suggest names products of an organisation that may be meant by what is being typed.
	Suggest func(organisation, typed string) []string
	// Guilds are those of every organisation that knows an account, in its order.
	Guilds func(account string) []string
	// Channel is where an organisation's approvals are asked for, "" for none.
	Channel     func(organisation string) string
	Application string            // id
	ByGateway   bool              // interactions come by the gateway, not over HTTP
	PublicKey   ed25519.PublicKey // what Discord signs its requests with; not needed by the gateway
	Token       string            // of the bot
	APIURL      string            // ends in a slash
	Now         func() time.Time
	Log         *slog.Logger
}

// Discord takes interactions, and is a platform: a Poster and a Directory.
type Discord struct {
	Options
	api     api
	seen    conversations.Once
	origins origins
	work    sync.WaitGroup // what goes on after an answer

	health health // of the gateway

	mu       sync.Mutex
	channels map[string]string // of direct messages, by account
	people   map[string]known  // by guild and account
}

var (
	_ conversations.Poster    = (*Discord)(nil)
	_ conversations.Directory = (*Discord)(nil)
)

const (
	// turnTime is how long a turn may take, whoever still waits for it, and as long to show it.
	turnTime = 30 * time.Second
	// callTime is how long one call to Discord may take.
	callTime = 10 * time.Second
)

// New makes the platform out of its options.
func New(o Options) *Discord {
	return &Discord{
		Options: o, seen: conversations.Once{Now: o.Now}, channels: map[string]string{},
		api: api{url: o.APIURL, token: o.Token, http: &http.Client{
			Timeout:       callTime,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}},
	}
}

// Close waits for what was deferred to be shown, as long as ctx lasts.
func (d *Discord) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() { d.work.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
