package discord

import (
	"context"

	"github.com/go-json-experiment/json"

	"cartwright/conversations"
)

const (
	// maxTalkers is how many people are answered at once, and maxWaiting how much of what
	// one wrote waits for that.
	maxTalkers = 256
	maxWaiting = 8
)

// talks are what people wrote that is not answered yet, by their accounts: somebody who is
// being answered has an entry.
type talks map[string][]func()

// ready notes the bot's own account, by which it is mentioned.
func (g *gateway) ready(raw []byte) {
	var said struct {
		User user `json:"user"`
	}
	_ = json.Unmarshal(raw, &said) // without it nothing is a mention
	g.mu.Lock()
	defer g.mu.Unlock()
	g.self = said.User.ID
}

// heard takes a message that is for the bot, beside the connection. One that was taken
// already, as Discord may deliver it again, changes nothing.
func (g *gateway) heard(ctx context.Context, raw []byte) {
	s, err := readSpoken(raw)
	if err != nil {
		g.Log.WarnContext(ctx, "a message of Discord's cannot be read", "err", err)
		return
	}
	g.mu.Lock()
	self := g.self
	g.mu.Unlock()
	text, ok := s.words(self)
	if !ok || !g.seen.First("message:"+s.ID) {
		return
	}
	if !g.queue(s.Author.ID, func() { conversations.Safely(ctx, g.Log, func() { g.converse(ctx, s, text) }) }) {
		g.drop(ctx)
	}
}

// queue has somebody answered once all that they wrote before is; ok is false where too much
// waits for that.
func (g *gateway) queue(who string, do func()) (ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	waiting, busy := g.talks[who]
	switch {
	case g.over:
		return true
	case len(waiting) >= maxWaiting, !busy && len(g.talks) >= maxTalkers:
		return false
	case busy:
		g.talks[who] = append(waiting, do)
		return true
	}
	g.talks[who] = nil
	g.work.Go(func() {
		for ; do != nil; do = g.next(who) {
			do()
		}
	})
	return true
}

// next is what is to be answered next of what somebody wrote, nil for nothing.
func (g *gateway) next(who string) func() {
	g.mu.Lock()
	defer g.mu.Unlock()
	waiting := g.talks[who]
	if len(waiting) == 0 {
		delete(g.talks, who)
		return nil
	}
	g.talks[who] = waiting[1:]
	return waiting[0]
}
