package slack

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"cartwright/conversations"
)

const (
	// ackTime is when a delivery is acknowledged at the latest; Slack waits 3 s.
	ackTime = 2500 * time.Millisecond
	// turnTime is how long a turn and what it shows may take, whoever still waits for it.
	turnTime = 30 * time.Second
	// callTime is how long one call to Slack may take.
	callTime = 10 * time.Second
)

// delivery is one thing that Slack delivers, decoded.
type delivery interface {
	// id is the same when it is delivered again.
	id() string
	// turn has it answered. nil: there is nothing to turn.
	turn() *conversations.Event
	// ack is what the acknowledgement says of the reply; nil for an empty one. late: there
	// is no reply yet.
	ack(reply conversations.Reply, late bool) any
	// show brings the reply before the person.
	show(ctx context.Context, reply conversations.Reply, was taken)
}

// taken is how a delivery was.
type taken struct {
	late   bool  // the acknowledgement has not told of the reply
	number int64 // greater than those of all that were answered before
}

// take has a delivery answered and acknowledges it, once: with the reply or, where that
// takes longer than ackTime, without. What it returns goes on after that; nil is nothing.
// One that was taken already is acknowledged and nothing more.
func (s *Slack) take(ctx context.Context, d delivery, acknowledge func(ack any, late bool)) (after func(context.Context)) {
	if d == nil || !s.seen.first(d.id()) {
		acknowledge(nil, false)
		return nil
	}
	ev := d.turn()
	if ev == nil {
		acknowledge(d.ack(conversations.Reply{}, false), false)
		was := taken{number: s.answered.Add(1)}
		return func(ctx context.Context) { d.show(ctx, conversations.Reply{}, was) }
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnTime)
	defer cancel()
	var once sync.Once
	late := false
	hurry := time.AfterFunc(ackTime, func() {
		once.Do(func() { late = true; acknowledge(d.ack(conversations.Reply{}, true), true) })
	})
	defer hurry.Stop()
	reply := s.Turn(ctx, *ev)
	was := taken{number: s.answered.Add(1)}
	once.Do(func() { acknowledge(d.ack(reply, false), false) })
	was.late = late
	return func(ctx context.Context) { d.show(ctx, reply, was) }
}

// seen remembers deliveries for longer than Slack delivers one again soon, and than its
// signature is good.
type seen struct {
	now   func() time.Time
	mu    sync.Mutex
	at    map[[16]byte]int64 // the hash of its id -> when, in Unix seconds
	swept time.Time
}

const (
	seenLife = 15 * time.Minute
	seenMost = 100_000
)

// first reports whether the delivery is taken for the first time.
func (s *seen) first(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.at == nil || len(s.at) >= seenMost {
		s.at = map[[16]byte]int64{} // a flood: the engine still knows each account's last events
	}
	if now.Sub(s.swept) > time.Minute {
		for id, at := range s.at {
			if now.Unix()-at > int64(seenLife.Seconds()) {
				delete(s.at, id)
			}
		}
		s.swept = now
	}
	sum := sha256.Sum256([]byte(id))
	key := [16]byte(sum[:16])
	_, known := s.at[key]
	if !known {
		s.at[key] = now.Unix()
	}
	return !known
}

// lanes bring prompts to a message one after the other. Of those that wait only the newest
// is shown, and none after a newer one.
type lanes struct {
	mu    sync.Mutex
	open  map[string]*lane
	shown *cache[int64] // message -> number of the newest
	// fresh is a context to show one prompt in: whoever put it there may be done.
	fresh func() (context.Context, context.CancelFunc)
}

type lane struct{ next func(context.Context) }

// put does what brings a message up to date, now or after what is under way for it, and
// then in a context of its own. number is greater for what is newer.
func (l *lanes) put(ctx context.Context, message string, number int64, do func(context.Context)) {
	l.mu.Lock()
	if newest, _ := l.shown.get(message); newest > number {
		l.mu.Unlock()
		return
	}
	l.shown.put(message, number)
	if busy, ok := l.open[message]; ok {
		busy.next = do
		l.mu.Unlock()
		return
	}
	mine := &lane{}
	l.open[message] = mine
	l.mu.Unlock()
	do(ctx)
	for do = l.next(message, mine); do != nil; do = l.next(message, mine) {
		ctx, done := l.fresh()
		do(ctx)
		done()
	}
}

// next is what came meanwhile, nil where the lane is free.
func (l *lanes) next(message string, mine *lane) (do func(context.Context)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if do, mine.next = mine.next, nil; do == nil {
		delete(l.open, message)
	}
	return do
}
