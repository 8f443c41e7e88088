package discord

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

const (
	// atOnce is how many interactions of the gateway's are answered at once, as over HTTP.
	atOnce = 256
	// tryTime is how long one try of a first answer may take, and againTime how long it is
	// until the next where Discord does not say.
	tryTime   = time.Second
	againTime = 100 * time.Millisecond
	// moreTime is what is left of the three seconds after ackTime.
	moreTime = 3*time.Second - ackTime
)

// codeAnswered is Discord's for an interaction that was answered already.
const codeAnswered = 40060

// delivered takes an interaction, beside the connection.
func (g *gateway) delivered(ctx context.Context, raw []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.over {
		g.work.Go(func() { g.takeDelivered(ctx, raw) })
	}
}

func (g *gateway) takeDelivered(ctx context.Context, raw []byte) {
	i, err := decode(raw)
	if err != nil || i.Type == typePing {
		g.Log.WarnContext(ctx, "an interaction of Discord's cannot be read", "err", err)
		return
	}
	until := g.Now().Add(g.left(i) + moreTime)
	if !g.enter(until) {
		g.drop(ctx)
		return
	}
	defer func() { <-g.places }()
	a := &answering{g: g, i: i, until: until}
	defer a.recovered(ctx)
	g.take(ctx, i, g.left(i), func(c callback, _ bool) { a.answer(context.WithoutCancel(ctx), c) })
}

// enter waits for a place, as long as Discord waits for an answer.
func (g *gateway) enter(until time.Time) bool {
	select {
	case g.places <- struct{}{}:
		return true
	default:
	}
	late := time.NewTimer(until.Sub(g.Now()))
	defer late.Stop()
	select {
	case g.places <- struct{}{}:
		return true
	case <-late.C:
		return false
	}
}

// drop counts what was delivered and found no place, and tells of them once a minute.
func (g *gateway) drop(ctx context.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dropped++
	if now := g.Now(); g.told.IsZero() || now.Sub(g.told) >= time.Minute {
		g.Log.ErrorContext(ctx, "deliveries of Discord's were dropped: too many at once", "dropped", g.dropped)
		g.dropped, g.told = 0, now
	}
}

// answering is the first answer to an interaction, by the REST API: the gateway takes none.
type answering struct {
	g     *gateway
	i     interaction
	until time.Time // Discord waits

	mu   sync.Mutex
	sent bool
	over bool // nothing more is said
}

func (a *answering) answer(ctx context.Context, c callback) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.over {
		a.sent = true
		a.send(ctx, c)
	}
}

// send tries again while Discord waits: what it answered slowly may have been taken.
func (a *answering) send(ctx context.Context, c callback) {
	err := a.try(ctx, c)
	for again := false; ; again = true {
		if no, ok := errors.AsType[*refused](err); ok && again && no.Code == codeAnswered {
			return
		}
		wait, ok := pause(err)
		if !ok || !a.g.Now().Add(wait).Before(a.until) {
			break
		}
		time.Sleep(wait)
		err = a.try(ctx, c)
	}
	if err != nil {
		a.g.Log.WarnContext(ctx, "an interaction of Discord's was not answered", "id", a.i.ID, "err", err)
	}
}

func (a *answering) try(ctx context.Context, c callback) error {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	return a.g.api.call(ctx, http.MethodPost, "interactions/"+a.i.ID+"/"+a.i.Token+"/callback", c, nil)
}

// pause is how long it is until the next try; ok is false where that would meet the same.
func pause(err error) (wait time.Duration, ok bool) {
	later, ok := errors.AsType[*conversations.Wait](err)
	if !ok {
		return 0, false
	}
	if no, limited := errors.AsType[*refused](err); limited && no.Status == http.StatusTooManyRequests {
		return later.For, true
	}
	return againTime, true
}

// recovered tells somebody whose turn panicked that it did not work, in place of what says
// that the answer is coming where that was said already.
func (a *answering) recovered(ctx context.Context) {
	why := recover()
	if why == nil {
		return
	}
	a.g.Log.ErrorContext(ctx, "taking an interaction of Discord's panicked", "why", why, "stack", string(debug.Stack()))
	ctx, cancel := lasting(ctx)
	defer cancel()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	sorry := messages(failed(a.i.Locale), wizardButton, flagEphemeral)
	if a.sent {
		a.g.follow(ctx, a.i, sorry, true)
		return
	}
	a.send(ctx, callback{Type: answerMessage, Data: sorry[0]})
}

// failed is what somebody is shown of a mistake of this program's.
func failed(lang string) conversations.Prompt {
	words := locale.For(locale.Match(lang), nil)
	return conversations.Prompt{
		Name: "trouble", Locale: words.Lang(), Title: words.T("trouble.title"),
		Notices: []conversations.Notice{{Tone: conversations.Bad, Text: words.T("error.internal")}},
	}
}
