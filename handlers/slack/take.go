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
	if d == nil || !s.seen.First(d.id()) {
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
