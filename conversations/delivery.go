package conversations

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Once tells what is delivered for the first time, for platforms that deliver again what
// they have not seen answered. Its zero value with Now set is ready.
type Once struct {
	Now func() time.Time

	mu    sync.Mutex
	at    map[[16]byte]int64 // the hash of its id -> when, in Unix seconds
	swept time.Time
}

const (
	onceLife = 15 * time.Minute // longer than any platform delivers again, and than its signatures are good
	onceMost = 100_000
)

// First reports whether the id is met for the first time.
func (o *Once) First(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.Now()
	if o.at == nil || len(o.at) >= onceMost {
		o.at = map[[16]byte]int64{} // a flood: the engine still knows each account's last events
	}
	if now.Sub(o.swept) > time.Minute {
		forget(o.at, func(at int64) bool { return now.Unix()-at > int64(onceLife.Seconds()) })
		o.swept = now
	}
	sum := sha256.Sum256([]byte(id))
	key := [16]byte(sum[:16])
	_, known := o.at[key]
	if !known {
		o.at[key] = now.Unix()
	}
	return !known
}

func forget[K comparable, V any](all map[K]V, old func(V) bool) {
	for k, v := range all {
		if old(v) {
			delete(all, k)
		}
	}
}

// Safely does what goes on behind an answer, where nobody else would recover: a panic is
// logged, and is the end of that alone.
func Safely(ctx context.Context, log *slog.Logger, do func()) {
	defer func() {
		if why := recover(); why != nil {
			log.ErrorContext(ctx, "what goes on behind an answer panicked", "why", why, "stack", string(debug.Stack()))
		}
	}()
	do()
}

// Lanes bring prompts to a message one after the other. Of those that wait only the newest
// is shown, and none after a newer one. Its zero value with Now and Fresh set is ready.
type Lanes struct {
	Now func() time.Time
	// Fresh is a context to show one prompt in: whoever put it there may be done.
	Fresh func() (context.Context, context.CancelFunc)

	mu    sync.Mutex
	open  map[string]*lane
	shown map[string]shown
	swept time.Time
}

type lane struct{ next func(context.Context) }

// shown is the number of the newest prompt that a message was given.
type shown struct {
	number int64
	at     time.Time
}

// shownLife is longer than anything is on its way to a message.
const shownLife = time.Minute

// Put does what brings a message up to date, now or after what is under way for it, and
// then in a context of its own. number is greater for what is newer.
func (l *Lanes) Put(ctx context.Context, message string, number int64, do func(context.Context)) {
	mine, ok := l.enter(message, number, do)
	if !ok {
		return
	}
	do(ctx)
	for do = l.next(message, mine); do != nil; do = l.next(message, mine) {
		ctx, done := l.Fresh()
		do(ctx)
		done()
	}
}

// enter takes the message's lane. ok is false where another has it, who does it later, or
// where something newer was shown.
func (l *Lanes) enter(message string, number int64, do func(context.Context)) (mine *lane, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown == nil {
		l.open, l.shown = map[string]*lane{}, map[string]shown{}
	}
	now := l.Now()
	if now.Sub(l.swept) > shownLife {
		forget(l.shown, func(s shown) bool { return now.Sub(s.at) > shownLife })
		l.swept = now
	}
	if l.shown[message].number > number {
		return nil, false
	}
	l.shown[message] = shown{number, now}
	if busy, taken := l.open[message]; taken {
		busy.next = do
		return nil, false
	}
	mine = &lane{}
	l.open[message] = mine
	return mine, true
}

// next is what came meanwhile, nil where the lane is free.
func (l *Lanes) next(message string, mine *lane) (do func(context.Context)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if do, mine.next = mine.next, nil; do == nil {
		delete(l.open, message)
	}
	return do
}
