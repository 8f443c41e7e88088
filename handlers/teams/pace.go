package teams

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"cartwright/conversations"
)

// Teams takes of a bot 7 messages in a second, 8 in two and 60 in thirty, in each
// conversation. So many at once, and so many a second, are never more than any of these.
const (
	paceBurst = 4
	pacePer   = rate.Limit(1.8)
	pacedMost = 10_000
)

// paces keep the messages of each conversation within its limits.
type paces struct {
	now  func() time.Time
	mu   sync.Mutex
	each map[string]*rate.Limiter
}

// paceWait is how long somebody waits in line to be sent a message; who would wait longer is
// told to come later.
const paceWait = 3 * time.Second

// wait returns once a message may be sent. Who came first is first: somebody who writes on
// and on does not keep an order's message from being sent. *conversations.Wait: later.
func (p *paces) wait(ctx context.Context, conversation string) error {
	now := p.now()
	place := p.limiter(conversation).ReserveN(now, 1)
	delay := place.DelayFrom(now)
	switch {
	case delay <= 0:
		return nil
	case delay > paceWait:
		place.CancelAt(now)
		return &conversations.Wait{For: delay, Cause: errPaced}
	}
	select {
	case <-time.After(delay):
		return nil
	case <-ctx.Done():
		place.CancelAt(p.now())
		return &conversations.Wait{For: time.Second, Cause: errPaced}
	}
}

var errPaced = errors.New("the conversation has had its messages for now")

func (p *paces) limiter(conversation string) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.each[conversation]
	if l == nil {
		if p.each == nil || len(p.each) >= pacedMost {
			p.each = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(pacePer, paceBurst)
		p.each[conversation] = l
	}
	return l
}
