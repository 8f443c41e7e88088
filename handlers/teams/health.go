package teams

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"cartwright/conversations"
)

// How soon a service that fails is called again, at first and at most.
const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// health is how a service that is called is doing. While it fails it is called ever more
// rarely, and the person on call is told once a minute.
type health struct {
	now func() time.Time
	log *slog.Logger

	mu    sync.Mutex
	wait  time.Duration // 0: it answers
	since time.Time     // of the outage
	told  time.Time
}

// errDown says that a call failed through no fault of its own.
type errDown struct{ cause error }

func (e errDown) Error() string { return e.cause.Error() }
func (e errDown) Unwrap() error { return e.cause }

// after notes how a call went. What failed because the service is down is a
// *conversations.Wait, longer each time.
func (h *health) after(ctx context.Context, err error) error {
	down, failed := errors.AsType[errDown](err)
	h.mu.Lock()
	defer h.mu.Unlock()
	if !failed {
		h.wait = 0
		return err
	}
	now := h.now()
	if h.wait == 0 {
		h.wait, h.since = firstRetry, now
	} else {
		h.wait = min(2*h.wait, lastRetry)
	}
	if now.Sub(h.told) >= time.Minute {
		h.told = now
		h.log.WarnContext(ctx, "Teams' service does not take calls", "since", h.since, "err", down.cause)
	}
	spread := h.wait/2 + rand.N(h.wait) //nolint:gosec // to spread callers, no secret
	return &conversations.Wait{For: spread, Cause: down.cause}
}
