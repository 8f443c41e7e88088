package discord

import (
	"strings"
	"testing"
	"time"

	"cartwright/testservices/fakediscord"
)

// commands has Ada use a command, to which there is an answer.
func (o *outpost) commands(t *testing.T) {
	t.Helper()
	if err := o.ada.Command(t.Context(), "cart"); err != nil || !strings.Contains(o.ada.Last("6").Read(), "You said cart") {
		t.Errorf("%v, %s", err, o.ada.Last("6").Read())
	}
}

// A session that Discord calls invalid is not answered by another at once: the bot hangs up,
// waits, and begins one by a new connection. That goes for a bot that is not let in, for one
// that was, and for one that wants to go on where it was.
func TestInvalidSessions(t *testing.T) {
	t.Parallel()
	there := fakediscord.New(fakediscord.Options{IdentifyEvery: 200 * time.Millisecond})
	t.Cleanup(there.Close)
	o := newOutpost(t, there, there.APIURL(), there.Token)
	there.RefuseSessions(2)
	o.opens(t, openTime, func(g *gateway) { g.identifyTime = 300 * time.Millisecond })
	until(t, "a session", func() bool { return there.Identifies() == 1 })
	if n := len(there.Begun()); n != 3 || there.Dials() != 3 {
		t.Errorf("%d sessions were begun by %d connections before one was let in", n, there.Dials())
	}
	until(t, "the connection counts", o.GatewayUp)
	there.Invalidate()
	until(t, "a second session", func() bool { return there.Identifies() == 2 })
	o.commands(t)
	until(t, "the connection counts", o.GatewayUp)
	there.Drop()
	there.Invalidate()
	until(t, "a third session", func() bool { return there.Identifies() == 3 })
	o.commands(t)
	if n := len(there.Begun()); n != 5 {
		t.Errorf("%d sessions were begun", n)
	}
	if n := strings.Count(o.logged.String(), errInvalid.Error()); n < 3 {
		t.Errorf("of an invalid session it is logged %d times:\n%s", n, o.logged)
	}
}

// How long the bot waits is a second to five after an invalid session, and five between two
// that it begins.
func TestPauses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	now := noon
	d.Now = func() time.Time { return now }
	g := newGateway(d.Discord)
	for range 1000 {
		if wait := g.untilAnew(); wait < time.Second || wait > 5*time.Second {
			t.Fatalf("it waits for %v", wait)
		}
	}
	if wait := g.untilBegun(); wait > 0 {
		t.Errorf("the first session waits for %v", wait)
	}
	g.mayBegin.Store(true)
	g.identifies()
	now = now.Add(2 * time.Second)
	if wait := g.untilBegun(); wait != 3*time.Second {
		t.Errorf("the second one waits for %v", wait)
	}
	if wait := g.untilAgain(errBroken, firstRetry); wait != 3*time.Second {
		t.Errorf("a bot that was never let in waits for %v", wait)
	}
	now = now.Add(time.Hour)
	if wait := g.untilAgain(errInvalid, firstRetry); wait < time.Second {
		t.Errorf("after an hour an invalid session is followed by another after %v", wait)
	}
	g.known.Store(true)
	if wait := g.untilAgain(errBroken, firstRetry); wait > 2*firstRetry {
		t.Errorf("a session that can be resumed waits for %v", wait)
	}
}

// A line on which heartbeats are not acknowledged is hung up after the first of them, and
// the session goes on by another; one on which they are is left alone.
func TestADeadLine(t *testing.T) {
	t.Parallel()
	there := fakediscord.New(fakediscord.Options{Heartbeat: 300 * time.Millisecond})
	t.Cleanup(there.Close)
	o := newOutpost(t, there, there.APIURL(), there.Token)
	there.Ignore(true)
	o.opens(t, openTime, func(g *gateway) { g.ackWait = 200 * time.Millisecond })
	until(t, "the session is taken up again", func() bool { return there.Resumes() == 1 })
	if n := there.Heartbeats(); n > 3 {
		t.Errorf("it took %d heartbeats", n)
	}
	there.Ignore(false)
	if logged := o.logged.String(); !strings.Contains(logged, errSilent.Error()) {
		t.Errorf("this is logged:\n%s", logged)
	}
	beats := there.Heartbeats()
	until(t, "a line that is good", func() bool { return there.Heartbeats() >= beats+2 })
	dials := there.Dials()
	until(t, "more heartbeats", func() bool { return there.Heartbeats() >= beats+6 })
	if there.Identifies() != 1 || there.Dials() != dials {
		t.Errorf("%d sessions, and %d connections after %d", there.Identifies(), there.Dials(), dials)
	}
	o.commands(t)
}
