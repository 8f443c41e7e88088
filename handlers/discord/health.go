package discord

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// downTime is how long the gateway may be away before the bot counts as not ready.
const downTime = time.Minute

// health is how the gateway's connection is.
type health struct {
	mu      sync.Mutex
	up      bool
	down    time.Time // since when there was none; zero: none was opened yet
	givenUp string    // why, for good
}

func (h *health) set(up bool, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.up || h.down.IsZero() {
		h.down = now
	}
	h.up = up
}

func (h *health) giveUp(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.givenUp = why
}

// GatewayUp reports whether there is a connection to the gateway.
func (d *Discord) GatewayUp() bool {
	d.health.mu.Lock()
	defer d.health.mu.Unlock()
	return d.health.up
}

// CheckGateway is an error where the gateway was given up for good, or has been away for more
// than a minute.
func (d *Discord) CheckGateway(context.Context) error {
	h := &d.health
	h.mu.Lock()
	defer h.mu.Unlock()
	switch away := d.Now().Sub(h.down); {
	case h.givenUp != "":
		return errors.New("Discord's gateway is not tried again: " + h.givenUp)
	case !h.up && !h.down.IsZero() && away > downTime:
		return fmt.Errorf("there has been no connection to Discord's gateway for %v", away.Round(time.Second))
	}
	return nil
}
