// Package teams is Microsoft Teams as one of the platforms: it verifies and decodes what the
// Bot Connector delivers, has it answered by a turn in time, and shows prompts as Adaptive
// Cards, whose inputs stand in the message itself.
package teams

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"cartwright/conversations"
)

// Platform is the name that accounts of Teams carry. A workspace is a tenant, an account the
// object id of somebody in it.
const Platform = "teams"

// Options is what the platform is made of. Every field is needed but those of Anonymous.
type Options struct {
	// Turn answers an event; it is called with a context that outlives the delivery.
	Turn func(context.Context, conversations.Event) conversations.Reply
	// Look is what the event would show, without a step taken.
	Look func(context.Context, conversations.Event) conversations.Prompt
	// Organisation is the id of the one that a tenant belongs to; ok is false for none.
	Organisation func(tenant string) (id string, ok bool)
	// Channel is where an organisation's approvals are asked for, "" for none.
	Channel func(organisation string) string
	// Readers are the object ids of those with a role in an organisation.
	Readers    func(organisation string) []string
	References References

	AppID, Password string
	OpenIDURL       string // of the metadata of inbound tokens
	Issuer          string // of inbound tokens
	TokenURL, Scope string // of outbound tokens
	ServiceHosts    []string
	ServiceURL      string // of who was never heard of; "" where there is none to try
	// Anonymous takes deliveries without a token, from an emulator on this machine.
	Anonymous bool
	Now       func() time.Time
	Log       *slog.Logger
}

// References keeps where people are reached, by tenant and object id.
type References interface {
	// Load is what was kept; found is false for nothing.
	Load(ctx context.Context, key string) (body []byte, found bool, err error)
	Save(ctx context.Context, key string, body []byte, at time.Time) error
	// Delete forgets it, unless it was kept after that time.
	Delete(ctx context.Context, key string, unlessAfter time.Time) error
}

// Teams takes what Teams delivers, and is a platform: a Poster and a Directory.
type Teams struct {
	Options
	connector connector
	inbound   *Inbound
	met       conversations.Once // messages that were answered
	lanes     conversations.Lanes
	turned    atomic.Int64
	known     *conversations.Cache[reference]
	profiles  *conversations.Cache[conversations.Profile]
	work      sync.WaitGroup  // what goes on after an answer
	base      context.Context //nolint:containedctx // of that work: it ends when Close gives up waiting
	stop      context.CancelFunc
}

var (
	_ conversations.Poster    = (*Teams)(nil)
	_ conversations.Directory = (*Teams)(nil)
)

const (
	// ackTime is when a delivery is answered at the latest; Teams waits 5 s for an invoke.
	ackTime = 3 * time.Second
	// turnTime is how long a turn and what it shows may take, whoever still waits for it.
	turnTime = 30 * time.Second
	// showTime is how long something may wait to be shown, while Teams limits the bot.
	showTime = 5 * time.Minute
	// callTime is how long one call to Microsoft may take.
	callTime = 10 * time.Second
	// profileLife is how long it is believed who somebody is.
	profileLife = 5 * time.Minute
	// referenceLife is how long it is believed where somebody is reached, before the
	// ledger is asked again: another program may know better.
	referenceLife = time.Hour
)

// New makes the platform out of its options.
func New(o Options) *Teams {
	base, stop := context.WithCancel(context.Background())
	c := newConnector(o)
	return &Teams{
		Options: o, connector: c, base: base, stop: stop,
		inbound: &Inbound{OpenIDURL: o.OpenIDURL, Issuer: o.Issuer, AppID: o.AppID, HTTP: c.http, Now: o.Now, Log: o.Log},
		met:     conversations.Once{Now: o.Now},
		lanes: conversations.Lanes{Now: o.Now, Fresh: func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(base, showTime)
		}},
		known:    conversations.NewCache[reference](o.Now, referenceLife),
		profiles: conversations.NewCache[conversations.Profile](o.Now, profileLife),
	}
}

// Warm fetches what the first delivery would wait for.
func (t *Teams) Warm() {
	if t.Anonymous {
		return
	}
	t.behind(func(ctx context.Context) {
		t.inbound.refresh(ctx)
		if _, err := t.connector.tokens.get(ctx); err != nil {
			t.Log.ErrorContext(ctx, "Teams cannot be called", "err", unsigned(err))
		}
	})
}

// graceTime is how long what was answered may still take to be shown, once the program stops.
const graceTime = 10 * time.Second

// Close waits a little for what was answered to be shown, and then gives that up, which is
// logged where it is.
func (t *Teams) Close(context.Context) error {
	give := time.AfterFunc(graceTime, t.stop)
	defer give.Stop()
	defer t.stop()
	t.work.Wait()
	return nil
}

// behind goes on after an answer; the program waits for it when it stops.
func (t *Teams) behind(do func(ctx context.Context)) {
	t.work.Go(func() {
		ctx, cancel := context.WithTimeout(t.base, showTime)
		defer cancel()
		conversations.Safely(ctx, t.Log, func() { do(ctx) })
	})
}
