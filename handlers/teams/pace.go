package teams

import (
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

// take is nil where a message may be sent now. *conversations.Wait: later.
func (p *paces) take(conversation string) error {
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
	now := p.now()
	r := l.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now) // whoever comes then takes it
		return &conversations.Wait{For: wait, Cause: errors.New("the conversation has had its messages for now")}
	}
	return nil
}
