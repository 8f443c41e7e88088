package ledger

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quietFor is how long River's repeats of one complaint are left out: while the database
// is down it complains ten times a second.
const quietFor = 30 * time.Second

// quiet is a logger for River, which says a lot: warnings and errors only, and the same
// complaint, unless it is of one job, once in a while.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(&quietHandler{Handler: log.Handler(), said: &said{at: map[string]time.Time{}}})
}

type quietHandler struct {
	slog.Handler
	said *said
}

// said is when each complaint was last let through.
type said struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (h *quietHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h *quietHandler) Handle(ctx context.Context, r slog.Record) error {
	if !ofAJob(r) && h.said.lately(r.Message, r.Time) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func ofAJob(r slog.Record) (found bool) {
	r.Attrs(func(a slog.Attr) bool {
		found = a.Key == "job_id"
		return !found
	})
	return found
}

func (s *said) lately(message string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, ok := s.at[message]; ok && now.Sub(last) < quietFor {
		return true
	}
	s.at[message] = now
	return false
}

func (h *quietHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &quietHandler{h.Handler.WithAttrs(attrs), h.said}
}

func (h *quietHandler) WithGroup(name string) slog.Handler {
	return &quietHandler{h.Handler.WithGroup(name), h.said}
}
