package discord

import (
	"strings"
	"testing"
	"time"
)

// A gateway counts as away once there was no connection for a minute, and at once where it
// is not tried again.
func TestHealthOfTheGateway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	now := noon
	d.Now = func() time.Time { return now }
	ready := func(when string, want bool) {
		t.Helper()
		if err := d.CheckGateway(t.Context()); (err == nil) != want {
			t.Errorf("%s: %v", when, err)
		}
	}
	ready("before it is opened", true)
	d.health.set(false, now)
	now = now.Add(downTime)
	d.health.set(false, now) // another try
	ready("for a minute", true)
	now = now.Add(time.Second)
	ready("for longer", false)
	d.health.set(true, now)
	now = now.Add(time.Hour)
	ready("connected", true)
	if !d.GatewayUp() {
		t.Error("it is connected and not up")
	}
	d.health.set(false, now)
	ready("it has just broken", true)
	if d.GatewayUp() {
		t.Error("it is broken and up")
	}
	d.health.giveUp("the token is refused")
	ready("given up", false)
	if err := d.CheckGateway(t.Context()); !strings.Contains(err.Error(), "the token is refused") {
		t.Error(err)
	}
}
