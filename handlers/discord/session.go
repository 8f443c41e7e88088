package discord

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

const (
	// identifyTime is how long apart sessions are begun: Discord takes one in 5 s.
	identifyTime = 5 * time.Second
	// ackWait is how long Discord may take to acknowledge a heartbeat: less than the 41 s
	// after which the next is due, by when the line counts as dead.
	ackWait = 10 * time.Second
)

// identifying are the gateways by what their sessions name their shard by.
var identifying sync.Map // *[2]int -> *gateway

// discordgo answers an invalid session at once by a new one, without a word to anybody but
// its log, as often as it is told so. What it says before that names the shard.
func init() {
	discordgo.Logger = func(_, _ int, format string, args ...any) {
		if len(args) == 0 || !strings.HasPrefix(format, "Identify Packet") {
			return
		}
		op, ok := reflect.ValueOf(args[0]).FieldByName("Data").Interface().(discordgo.Identify)
		if !ok {
			return
		}
		if g, ok := identifying.Load(op.Shard); ok {
			g.(*gateway).identifies()
		}
	}
}

// identifies lets a connection begin one session, if it is to begin one. Any more answer an
// invalid one, too soon: it hangs up before they are sent.
func (g *gateway) identifies() {
	if g.mayBegin.Swap(false) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.begun = g.Now()
		return
	}
	g.invalid.Store(true)
	g.hangUp()
}

// untilBegun is how long it takes until a session may be begun.
func (g *gateway) untilBegun() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.begun.IsZero() {
		return 0
	}
	return g.identifyTime - g.Now().Sub(g.begun)
}

// untilAnew is how long Discord has a bot wait whose session became invalid: 1 to 5 s.
func (g *gateway) untilAnew() time.Duration {
	return g.identifyTime/5 + rand.N(g.identifyTime*4/5) //nolint:gosec // to spread bots, no secret
}

// beats hears of each message that is sent, which are heartbeats once a connection is open.
// It is what gorilla has for buffers, because nothing else tells of them; it keeps none.
type beats struct {
	now  func() time.Time
	sent chan time.Time
}

// Get is called before each message.
func (b beats) Get() any {
	select {
	case b.sent <- b.now():
	default:
	}
	return nil
}

// Put is called after it.
func (beats) Put(any) {}

// acknowledged is when Discord acknowledged a heartbeat last.
func (g *gateway) acknowledged() time.Time {
	g.session.RLock()
	defer g.session.RUnlock()
	return g.session.LastHeartbeatAck
}
