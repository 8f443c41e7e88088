package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"cartwright/commerce"
)

const (
	changeTime     = 15 * time.Second // for a change with all its attempts
	changeAttempts = 6
)

// Change runs fn in one transaction, again where the database asks for it: after a
// deadlock, a lost lock, a connection that broke before anything was sent. It takes at
// most 15 seconds. Should the connection break during the commit itself, the error does
// not tell whether it happened; the event's claim makes a repeat safe.
func (l *Ledger) Change(ctx context.Context, fn func(commerce.Tx) error) error {
	return l.change(ctx, func(t *tx) error { return fn(t) })
}

func (l *Ledger) change(ctx context.Context, fn func(*tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, changeTime)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := l.try(ctx, fn)
		if err == nil || attempt == changeAttempts || !passing(err) {
			return err
		}
		pause := time.Duration(attempt) * (5*time.Millisecond + rand.N(20*time.Millisecond)) //nolint:gosec // a jitter is no secret
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

func (l *Ledger) try(ctx context.Context, fn func(*tx) error) error {
	if l.writer != nil {
		select {
		case l.writer <- struct{}{}:
			defer func() { <-l.writer }()
		case <-ctx.Done():
			return fmt.Errorf("wait to write: %w", ctx.Err())
		}
	}
	sqlTx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", errBegin, err)
	}
	defer func() { _ = sqlTx.Rollback() }() // after a commit it does nothing
	if err := fn(&tx{ctx: ctx, Tx: sqlTx, ledger: l}); err != nil {
		return err
	}
	defer l.stocks.written()
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// tx is one transaction. It keeps the context of its Change, so that commerce.Tx's
// methods need none.
type tx struct {
	ctx context.Context //nolint:containedctx // commerce.Tx has none: it is bound to its transaction's
	*sql.Tx
	ledger *Ledger
}

func (t *tx) exec(query string, args ...any) (rows int64, err error) {
	return affected(t.ExecContext(t.ctx, query, args...)) //nolint:gosec // queries are this package's own constants
}

func (t *tx) row(query string, args ...any) *sql.Row { return t.QueryRowContext(t.ctx, query, args...) }

// Claim inserts the event; whoever inserts the same one waits here for this
// transaction's end.
func (t *tx) Claim(event string) (result string, fresh bool, err error) {
	rows, err := t.exec("INSERT INTO applied (event, result, at) VALUES ($1, '', $2) ON CONFLICT DO NOTHING",
		event, micros(t.ledger.now()))
	if err != nil {
		return "", false, fmt.Errorf("claim event: %w", err)
	}
	if rows == 1 {
		return "", true, nil
	}
	if err := t.row("SELECT result FROM applied WHERE event = $1", event).Scan(&result); err != nil {
		return "", false, fmt.Errorf("read what the event did: %w", err)
	}
	return result, false, nil
}

func (t *tx) Applied(event, result string) error {
	rows, err := t.exec("UPDATE applied SET result = $2 WHERE event = $1", event, result)
	if err == nil && rows == 0 {
		err = errors.New("it was not claimed")
	}
	if err != nil {
		return fmt.Errorf("note what the event did: %w", err)
	}
	return nil
}

func (t *tx) Lock(org string) error {
	_, err := t.exec("INSERT INTO organisations (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id", org)
	if err != nil {
		return fmt.Errorf("lock organisation %s: %w", org, err)
	}
	return nil
}

// NextOrderID leaves no gaps: a transaction that is not kept gives its number back, and
// the next one waits for it.
func (t *tx) NextOrderID() (string, error) {
	n, err := t.count("order")
	return fmt.Sprintf("CW-%d", n), err
}

func (t *tx) count(what string) (n int64, err error) {
	err = t.row("UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value", what).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("number the next %s: %w", what, err)
	}
	return n, nil
}
