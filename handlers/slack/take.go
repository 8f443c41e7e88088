package slack

import (
	"context"
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
	// show brings the reply before the person. late: the acknowledgement has not told of it.
	show(ctx context.Context, reply conversations.Reply, late bool)
}

// take answers a delivery within ackTime: with what it is to be acknowledged, and what
// goes on after that. One that was taken already is acknowledged and nothing more.
func (s *Slack) take(d delivery) (ack any, after func(context.Context)) {
	if d == nil || !s.seen.first(d.id()) {
		return nil, nil
	}
	ev := d.turn()
	if ev == nil {
		return d.ack(conversations.Reply{}, false), func(ctx context.Context) { d.show(ctx, conversations.Reply{}, false) }
	}
	replies := make(chan conversations.Reply, 1)
	s.behind(func(ctx context.Context) { replies <- s.Turn(ctx, *ev) })
	wait := time.NewTimer(ackTime)
	defer wait.Stop()
	select {
	case reply := <-replies:
		return d.ack(reply, false), func(ctx context.Context) { d.show(ctx, reply, false) }
	case <-wait.C:
		return d.ack(conversations.Reply{}, true), func(ctx context.Context) { d.show(ctx, <-replies, true) }
	}
}

// seen remembers deliveries for longer than Slack delivers one again soon, and than its
// signature is good.
type seen struct {
	now   func() time.Time
	mu    sync.Mutex
	at    map[string]time.Time
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
		s.at = map[string]time.Time{} // a flood: the engine still knows each account's last events
	}
	if now.Sub(s.swept) > time.Minute {
		for id, at := range s.at {
			if now.Sub(at) > seenLife {
				delete(s.at, id)
			}
		}
		s.swept = now
	}
	_, known := s.at[id]
	if !known {
		s.at[id] = now
	}
	return !known
}

// lanes bring prompts to a message one after the other. Of those that wait only the
// newest is shown.
type lanes struct {
	mu   sync.Mutex
	open map[string]*lane
}

type lane struct {
	next func()
}

// put does what brings a message up to date, now or after what is under way for it.
func (l *lanes) put(message string, do func()) {
	l.mu.Lock()
	if l.open == nil {
		l.open = map[string]*lane{}
	}
	if busy, ok := l.open[message]; ok {
		busy.next = do
		l.mu.Unlock()
		return
	}
	mine := &lane{}
	l.open[message] = mine
	l.mu.Unlock()
	for do != nil {
		do()
		l.mu.Lock()
		if do, mine.next = mine.next, nil; do == nil {
			delete(l.open, message)
		}
		l.mu.Unlock()
	}
}
