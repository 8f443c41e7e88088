package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cartwright/commerce"
)

// Order finds an order of the organisation; org "" is any, for the person on call.
// CodeNotFound: there is none, or it is another organisation's.
func (l *Ledger) Order(ctx context.Context, org, id string) (commerce.Order, error) {
	if org == "" {
		return scanOrder(l.reads.QueryRowContext(ctx, "SELECT body FROM orders WHERE id = $1", id))
	}
	return scanOrder(l.reads.QueryRowContext(ctx, "SELECT body FROM orders WHERE id = $1 AND organisation = $2", id, org))
}

// Orders lists orders, newest first.
func (l *Ledger) Orders(ctx context.Context, q commerce.OrderQuery) ([]commerce.Order, error) {
	where, args := "WHERE 1 = 1", []any{}
	only := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where += fmt.Sprintf(" AND %s = $%d", column, len(args))
		}
	}
	only("organisation", q.Organisation)
	only("person", q.Person)
	only("state", string(q.State))
	if !q.Since.IsZero() {
		args = append(args, micros(q.Since))
		where += fmt.Sprintf(" AND submitted_at >= $%d", len(args))
	}
	for _, ended := range commerce.EndStates {
		if q.UnderWay {
			args = append(args, string(ended))
			where += fmt.Sprintf(" AND state <> $%d", len(args))
		}
	}
	limit := q.Limit
	if limit == 0 {
		limit = 50
	}
	order := fmt.Sprintf(" ORDER BY submitted_at DESC, id DESC LIMIT %d OFFSET %d", limit, q.Offset)
	var orders []commerce.Order
	err := each(ctx, l.db, func(rows *sql.Rows) error {
		o, err := scanOrder(rows)
		orders = append(orders, o)
		return err
	}, "SELECT body FROM orders "+where+order, args...)
	if err != nil {
		return nil, fmt.Errorf("list orders: %w", err)
	}
	return orders, nil
}

// Due lists orders whose next step was due before t, that nobody has a lease on now, and
// that no job waits or runs for.
func (l *Ledger) Due(ctx context.Context, t time.Time) ([]commerce.OrderRef, error) {
	var due []commerce.OrderRef
	err := each(ctx, l.db, func(rows *sql.Rows) error {
		var ref commerce.OrderRef
		err := rows.Scan(&ref.Organisation, &ref.ID)
		due = append(due, ref)
		return err
	}, `SELECT o.organisation, o.id FROM orders o
		WHERE o.due_at > 0 AND o.due_at < $1 AND o.lease_until <= $2 AND NOT EXISTS (
			SELECT 1 FROM river_job j
			WHERE j.kind = 'order_perform' AND j.state IN ('available', 'pending', 'retryable', 'running', 'scheduled')
			AND j.args ->> 'order' = o.id AND CAST(j.args ->> 'version' AS BIGINT) IN (o.version, o.job_version))
		ORDER BY o.due_at`, micros(t), micros(l.now()))
	if err != nil {
		return nil, fmt.Errorf("list orders that are due: %w", err)
	}
	return due, nil
}

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func scanOrder(row scanner) (commerce.Order, error) { return scanBody[commerce.Order](row) }

// scanBody reads a row's body. CodeNotFound: there is no row.
func scanBody[T any](row scanner) (T, error) {
	var body string
	var read, none T
	err := row.Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return none, commerce.Refuse(commerce.CodeNotFound)
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &read)
	}
	if err != nil {
		return none, fmt.Errorf("read a body: %w", err)
	}
	return read, nil
}

func (t *tx) Order(id string) (commerce.Order, error) {
	return scanOrder(t.row("UPDATE orders SET version = version WHERE id = $1 RETURNING body", id))
}

func (t *tx) OrderOfSession(session string) (commerce.Order, error) {
	return scanOrder(t.row(`UPDATE orders SET version = version
		WHERE id = (SELECT order_id FROM payment_sessions WHERE session = $1) RETURNING body`, session))
}

// HandOffs reads the orders themselves: it is asked for only when something was bought.
func (t *tx) HandOffs(org string) ([]commerce.Order, error) {
	if err := t.Lock(org); err != nil {
		return nil, err
	}
	var all []commerce.Order
	err := each(t.ctx, t, func(rows *sql.Rows) error {
		o, err := scanOrder(rows)
		if o.HandedOver() {
			all = append(all, o)
		}
		return err
	}, "SELECT body FROM orders WHERE organisation = $1 AND body LIKE '%\"hand_off\":%' ORDER BY id", org)
	if err != nil {
		return nil, fmt.Errorf("list what %s was handed over: %w", org, err)
	}
	return all, nil
}

func (t *tx) OrderOfCart(org, person string, revision int) (commerce.Order, bool, error) {
	o, err := scanOrder(t.row(`UPDATE orders SET version = version
		WHERE organisation = $1 AND person = $2 AND cart_revision = $3 RETURNING body`, org, person, revision))
	if commerce.IsCode(err, commerce.CodeNotFound) {
		return commerce.Order{}, false, nil
	}
	return o, err == nil, err
}

// SaveOrder is CodeStale where the stored version is not the one before o's, and where
// an order of the same cart revision exists.
func (t *tx) SaveOrder(o commerce.Order, due time.Time) error {
	err := t.saveOrder(o, due)
	if err == nil {
		err = t.saveLines(o)
	}
	if err == nil {
		err = t.saveSession(o)
	}
	if err != nil {
		return fmt.Errorf("save order %s at version %d: %w", o.ID, o.Version, err)
	}
	return nil
}

func (t *tx) saveOrder(o commerce.Order, due time.Time) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	jobVersion := o.Version
	if o.Intent != nil {
		jobVersion = o.Intent.For
	}
	var rows int64
	if o.Version == 1 {
		rows, err = t.exec(`INSERT INTO orders (id, key, organisation, person, cart_revision, submitted_at,
			state, version, job_version, body, due_at, lease_until, lease_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, 0, '') ON CONFLICT DO NOTHING`,
			o.ID, o.Key, o.Organisation, o.Buyer, o.Quote.Revision, micros(o.SubmittedAt),
			string(o.State), jobVersion, string(body), micros(due))
	} else {
		rows, err = t.exec(`UPDATE orders SET state = $3, version = $2, job_version = $4, body = $5, due_at = $6
			WHERE id = $1 AND version = $2 - 1`,
			o.ID, o.Version, string(o.State), jobVersion, string(body), micros(due))
	}
	if err == nil && rows == 0 {
		err = commerce.Refuse(commerce.CodeStale)
	}
	return err
}

func (t *tx) saveLines(o commerce.Order) error {
	for _, l := range o.Lines {
		_, err := t.exec(`INSERT INTO order_lines (order_id, line, organisation, graph_sku, quantity, state, provisioned_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (order_id, line) DO UPDATE SET graph_sku = excluded.graph_sku, quantity = excluded.quantity,
			state = excluded.state, provisioned_at = excluded.provisioned_at`,
			o.ID, l.ID, o.Organisation, l.GraphSKU, l.Open(), string(l.State), micros(l.ProvisionedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// saveSession refuses a session that another order has: its payer's money would count
// for both.
func (t *tx) saveSession(o commerce.Order) error {
	if o.Payment.Session == "" {
		return nil
	}
	rows, err := t.exec(`INSERT INTO payment_sessions (session, order_id) VALUES ($1, $2)
		ON CONFLICT (session) DO UPDATE SET order_id = excluded.order_id
		WHERE payment_sessions.order_id = excluded.order_id`, o.Payment.Session, o.ID)
	if err == nil && rows == 0 {
		err = errors.New("another order has its payment session")
	}
	return err
}

func (t *tx) Postpone(order string, due time.Time) error {
	rows, err := t.exec("UPDATE orders SET due_at = $2 WHERE id = $1", order, micros(due))
	if err == nil && rows == 0 {
		err = commerce.Refuse(commerce.CodeNotFound)
	}
	if err != nil {
		return fmt.Errorf("postpone order %s: %w", order, err)
	}
	return nil
}

func (t *tx) Lease(order string, now, until time.Time) (bool, error) {
	return t.lease("orders", order, now, until)
}

// lease remembers which replica took it: only that one gives it back, and after a crash
// it is free as soon as the replica starts its jobs again.
func (t *tx) lease(table, id string, now, until time.Time) (bool, error) {
	holder := *t.ledger.holder.Load()
	query := "UPDATE " + table + " SET lease_until = $4, lease_by = $2 WHERE id = $1 AND lease_until <= $3"
	if until.IsZero() {
		query = "UPDATE " + table + " SET lease_until = $4 WHERE id = $1 AND (lease_by = $2 OR lease_until <= $3)"
	}
	rows, err := t.exec(query, id, holder, micros(now), micros(until))
	if err != nil {
		return false, fmt.Errorf("lease %s of %s: %w", id, table, err)
	}
	return rows == 1, nil
}
