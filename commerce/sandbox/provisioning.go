package sandbox

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"cartwright/commerce"
)

// follow reads an order after carrying out what became due.
func (v *Vendor) follow(ctx context.Context, tx *sql.Tx, org commerce.Organisation, key string) (commerce.Placed, error) {
	var placed commerce.Placed
	err := tx.QueryRowContext(ctx, `UPDATE sandbox_orders SET key = key WHERE key = $1 AND organisation = $2 RETURNING vendor_order`,
		key, org.ID).Scan(&placed.VendorOrder)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return placed, commerce.ErrNoTrace
	case err != nil:
		return placed, fmt.Errorf("lock the order: %w", err)
	}
	if err := v.provision(ctx, tx, org, key); err != nil {
		return placed, fmt.Errorf("provision: %w", err)
	}
	placed.Lines, err = linesOf(ctx, tx, key)
	return placed, err
}

type delivery struct {
	sku      string
	quantity int
	state    commerce.LineState
	renews   int64
}

// provision lets the lines that are due meet their fate, and grows seats by them.
func (v *Vendor) provision(ctx context.Context, tx *sql.Tx, org commerce.Organisation, key string) error {
	due, err := meet(ctx, tx, key, v.now())
	if err != nil {
		return err
	}
	// always in the same order, so that two orders cannot wait for each other
	slices.SortFunc(due, func(a, b delivery) int { return cmp.Compare(a.sku, b.sku) })
	for _, d := range due {
		if d.state != commerce.LineProvisioned {
			continue
		}
		if err := v.grow(ctx, tx, org.ID, d); err != nil {
			return err
		}
	}
	return nil
}

// grow adds to what is owned, and to what is planned, but only after a renewal that has
// passed: what comes later is no part of it.
func (v *Vendor) grow(ctx context.Context, tx *sql.Tx, org string, d delivery) error {
	if _, err := v.lockSeats(ctx, tx, org, d.sku); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO sandbox_seats (organisation, sku, owned, renews_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (organisation, sku) DO UPDATE SET owned = sandbox_seats.owned + excluded.owned,
		planned = CASE WHEN sandbox_seats.planned = 0 THEN 0 ELSE sandbox_seats.planned + excluded.owned END,
		renews_at = CASE WHEN excluded.renews_at < sandbox_seats.renews_at THEN excluded.renews_at ELSE sandbox_seats.renews_at END`,
		org, d.sku, d.quantity, d.renews)
	if err != nil {
		return fmt.Errorf("grow the seats: %w", err)
	}
	return nil
}

// meet changes the state of the due lines, each once.
func meet(ctx context.Context, tx *sql.Tx, key string, now int64) ([]delivery, error) {
	rows, err := tx.QueryContext(ctx, `UPDATE sandbox_subscriptions SET state = fate
		WHERE key = $1 AND state = $2 AND due_at <= $3 RETURNING sku, quantity, state, renews_at`,
		key, string(commerce.LinePlaced), now)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(d *delivery) []any { return []any{&d.sku, &d.quantity, &d.state, &d.renews} })
}

func linesOf(ctx context.Context, tx *sql.Tx, key string) ([]commerce.PlacedLine, error) {
	rows, err := tx.QueryContext(ctx, `SELECT line, state, subscription, renews_at, undo_until
		FROM sandbox_subscriptions WHERE key = $1 ORDER BY due_at, line`, key)
	if err != nil {
		return nil, fmt.Errorf("read the lines: %w", err)
	}
	type row struct {
		commerce.PlacedLine
		renews, undo int64
	}
	read, err := collect(rows, func(r *row) []any { return []any{&r.ID, &r.State, &r.Subscription, &r.renews, &r.undo} })
	lines := make([]commerce.PlacedLine, len(read))
	for i, r := range read {
		lines[i] = r.PlacedLine
		lines[i].RenewsAt, lines[i].UndoUntil = moment(r.renews), moment(r.undo)
	}
	return lines, err
}

// collect reads all rows, each into what fields points at, and closes them.
func collect[T any](rows *sql.Rows, fields func(*T) []any) ([]T, error) {
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		var one T
		if err := rows.Scan(fields(&one)...); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
