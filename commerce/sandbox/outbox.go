package sandbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	pollEvery   = 250 * time.Millisecond
	retryFirst  = 250 * time.Millisecond // doubled by each attempt that fails, at speed 1
	retryMost   = time.Minute
	answerLimit = 10 * time.Second
	deliverable = 8 // sessions whose events are delivered side by side
)

// tell puts the news of s into the outbox, to be delivered from due on.
func (s *Sandbox) tell(ctx context.Context, tx *sql.Tx, paying session, due time.Time) error {
	id, err := s.id()
	if err != nil {
		return err
	}
	id = "evt_" + id
	body, err := json.Marshal(event{id, paying.id, paying.order, paying.status, paying.declined})
	if err != nil {
		return fmt.Errorf("write the event: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sandbox_events (id, session, seq, body, due_at, attempts, delivered_at)
		SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, 0, 0 FROM sandbox_events WHERE session = $5`,
		id, paying.id, string(body), micros(due), paying.id)
	if err != nil {
		return fmt.Errorf("store the event: %w", err)
	}
	return nil
}

// Run delivers the gateway's events until ctx ends: those of a session one after the
// other, each again, with growing pauses, until deliver returns nil. An event may be
// delivered twice and late: after a crash, and by each program on the database.
func (s *Sandbox) Run(ctx context.Context, deliver Deliver) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		n, err := s.deliverDue(ctx, deliver)
		if err != nil && ctx.Err() == nil {
			s.o.Logger.WarnContext(ctx, "sandbox events wait", "error", err)
		}
		if err == nil && n > 0 {
			continue // the sessions' next events may be due already
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// envelope is a due event.
type envelope struct {
	id, body string
	attempts int
}

// deliverDue tries the first undelivered event of each session, where it is due.
func (s *Sandbox) deliverDue(ctx context.Context, deliver Deliver) (int, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, body, attempts FROM sandbox_events e
		WHERE delivered_at = 0 AND due_at <= $1 AND NOT EXISTS (
			SELECT 1 FROM sandbox_events f WHERE f.session = e.session AND f.seq < e.seq AND f.delivered_at = 0)
		ORDER BY due_at, id LIMIT 64`, s.now())
	if err != nil {
		return 0, fmt.Errorf("find due events: %w", err)
	}
	due, err := collect(rows, func(e *envelope) []any { return []any{&e.id, &e.body, &e.attempts} })
	if err != nil {
		return 0, fmt.Errorf("read due events: %w", err)
	}
	var group errgroup.Group
	group.SetLimit(deliverable)
	for _, e := range due {
		group.Go(func() error { return s.deliver(ctx, deliver, e) })
	}
	return len(due), group.Wait()
}

func (s *Sandbox) deliver(ctx context.Context, deliver Deliver, e envelope) error {
	answer, stop := context.WithTimeout(ctx, answerLimit)
	defer stop()
	refused := deliver(answer, []byte(e.body), s.sign([]byte(e.body)))
	if ctx.Err() != nil {
		return ctx.Err() // nothing is noted: it comes again after the restart
	}
	if refused == nil {
		_, err := s.db.ExecContext(ctx, `UPDATE sandbox_events SET delivered_at = $2 WHERE id = $1`, e.id, s.now())
		return err
	}
	pause := s.delay(min(retryMost, retryFirst<<min(e.attempts, 10)))
	s.o.Logger.WarnContext(ctx, "sandbox event not taken", "event", e.id, "attempts", e.attempts+1, "again_in", pause, "error", refused)
	_, err := s.db.ExecContext(ctx, `UPDATE sandbox_events SET attempts = attempts + 1, due_at = $2 WHERE id = $1 AND delivered_at = 0`,
		e.id, micros(s.o.Now().Add(pause)))
	return err
}
