package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"cartwright/commerce"
)

// OpenSeats counts no line that was refused or failed, and nothing of an order that
// came to nothing.
func (l *Ledger) OpenSeats(ctx context.Context, org string, seen time.Time) (map[string]int, error) {
	return openSeats(ctx, &l.reads, org, seen)
}

// OpenSeats locks the organisation: two buyers at the cap come one after the other.
func (t *tx) OpenSeats(org string, seen time.Time) (map[string]int, error) {
	if err := t.Lock(org); err != nil {
		return nil, err
	}
	return openSeats(t.ctx, t, org, seen)
}

// openQuery lists the open seats of each line; $1 is the organisation, $2 when seats were
// seen. They are few, and summed here: a database sorts them for it.
const openQuery = `SELECT l.graph_sku AS sku, l.quantity AS quantity, '' AS body FROM order_lines l JOIN orders o ON o.id = l.order_id
	WHERE l.organisation = $1 AND o.state NOT IN ('rejected', 'expired', 'cancelled', 'failed')
	AND (l.state IN ('pending', 'placed') OR l.state = 'provisioned' AND l.provisioned_at >= $2)`

func openSeats(ctx context.Context, q querier, org string, seen time.Time) (map[string]int, error) {
	open := map[string]int{}
	err := each(ctx, q, func(rows *sql.Rows) error {
		var sku, none string
		var quantity int
		err := rows.Scan(&sku, &quantity, &none)
		open[sku] += quantity
		return err
	}, openQuery, org, micros(seen))
	if err != nil {
		return nil, fmt.Errorf("count open seats of %s: %w", org, err)
	}
	return open, nil
}

// Spent reads the orders themselves: there are few in a month.
func (l *Ledger) Spent(ctx context.Context, org string, since time.Time) ([]commerce.Commitment, error) {
	return spent(ctx, &l.reads, org, since)
}

// Spent locks the organisation: of two orders at once the second one counts the first.
func (t *tx) Spent(org string, since time.Time) ([]commerce.Commitment, error) {
	if err := t.Lock(org); err != nil {
		return nil, err
	}
	return spent(t.ctx, t, org, since)
}

func spent(ctx context.Context, q querier, org string, since time.Time) ([]commerce.Commitment, error) {
	var all []commerce.Commitment
	err := each(ctx, q, func(rows *sql.Rows) error {
		var id, body string
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		var o commerce.Order
		err := json.Unmarshal([]byte(body), &o)
		if o.Commits() {
			all = append(all, commerce.Commitment{Order: id, Amount: o.Committed()})
		}
		return err
	}, `SELECT id, body FROM orders WHERE organisation = $1 AND submitted_at >= $2
		AND state NOT IN ('rejected', 'expired', 'cancelling', 'failed')`, org, micros(since))
	if err != nil {
		return nil, fmt.Errorf("sum up what %s has spent: %w", org, err)
	}
	return all, nil
}

// Assignments lists an order's people by line, then by name.
func (l *Ledger) Assignments(ctx context.Context, order string) ([]commerce.Assignment, error) {
	return assignments(ctx, &l.reads, order)
}

// Assignments locks the order, and so its people.
func (t *tx) Assignments(order string) ([]commerce.Assignment, error) {
	if _, err := t.exec("UPDATE orders SET version = version WHERE id = $1", order); err != nil {
		return nil, fmt.Errorf("lock order %s: %w", order, err)
	}
	return assignments(t.ctx, t, order)
}

// Rivals locks the organisation. Of an order that was resolved by hand nobody is served any
// more, whatever its people say.
func (t *tx) Rivals(of commerce.OrderRef, since time.Time) ([]commerce.Rival, error) {
	if err := t.Lock(of.Organisation); err != nil {
		return nil, err
	}
	people, err := t.rivalOrders(of, since)
	if err == nil {
		var tasks []commerce.Rival
		tasks, err = t.rivalTasks(of, since)
		people = append(people, tasks...)
	}
	if err != nil {
		return nil, fmt.Errorf("list whom others beside %s serve: %w", of.ID, err)
	}
	return people, nil
}

func (t *tx) rivalOrders(of commerce.OrderRef, since time.Time) ([]commerce.Rival, error) {
	var people []commerce.Rival
	err := each(t.ctx, t, func(rows *sql.Rows) error {
		var r commerce.Rival
		var at int64
		err := rows.Scan(&r.Order, &r.Line, &r.User, &r.Name, &r.State, &r.Reason, &at, &r.Gives)
		r.At = time.UnixMicro(at).UTC()
		people = append(people, r)
		return err
	}, `SELECT a.order_id, a.line, a.user_id, a.name, a.state, a.reason, a.saved_at, l.graph_sku
		FROM assignments a JOIN orders o ON o.id = a.order_id JOIN order_lines l ON l.order_id = a.order_id AND l.line = a.line
		WHERE o.organisation = $1 AND a.order_id <> $2 AND (a.state = 'intended' AND o.state = 'assigning'
			OR a.saved_at >= $3 AND (a.state = 'assigned' OR a.state = 'failed' AND a.reason = $4))`,
		of.Organisation, of.ID, micros(since), string(commerce.ReasonUnavailable))
	return people, err
}

func (t *tx) rivalTasks(of commerce.OrderRef, since time.Time) ([]commerce.Rival, error) {
	var people []commerce.Rival
	err := each(t.ctx, t, func(rows *sql.Rows) error {
		var r commerce.Rival
		var at int64
		var body string
		err := rows.Scan(&r.Order, &r.User, &r.Name, &r.State, &r.Reason, &at, &body)
		var task commerce.Task
		if err == nil {
			err = json.Unmarshal([]byte(body), &task)
		}
		r.At, r.Gives, r.Takes = time.UnixMicro(at).UTC(), task.Gives(), task.Takes()
		people = append(people, r)
		return err
	}, `SELECT p.task_id, p.user_id, p.name, p.state, p.reason, p.saved_at, t.body FROM task_people p JOIN tasks t ON t.id = p.task_id
		WHERE t.organisation = $1 AND p.task_id <> $2 AND (p.state = 'intended' AND t.state = 'running'
			OR p.saved_at >= $3 AND (p.state = 'assigned' OR p.state = 'failed' AND p.reason = $4))`,
		of.Organisation, of.ID, micros(since), string(commerce.ReasonUnavailable))
	return people, err
}

// assignments sorts here, because databases do not agree on the order of names.
func assignments(ctx context.Context, q querier, order string) ([]commerce.Assignment, error) {
	var people []commerce.Assignment
	err := each(ctx, q, func(rows *sql.Rows) error {
		a := commerce.Assignment{Order: order}
		err := rows.Scan(&a.Line, &a.User, &a.Name, &a.State, &a.Reason)
		people = append(people, a)
		return err
	}, "SELECT line, user_id, name, state, reason FROM assignments WHERE order_id = $1", order)
	if err != nil {
		return nil, fmt.Errorf("list the people of order %s: %w", order, err)
	}
	slices.SortFunc(people, func(a, b commerce.Assignment) int {
		return cmp.Or(a.Line-b.Line, cmp.Compare(a.Name, b.Name), cmp.Compare(a.User, b.User))
	})
	return people, nil
}

func (t *tx) SaveAssignments(people []commerce.Assignment) error {
	for _, a := range people {
		_, err := t.exec(`INSERT INTO assignments (order_id, user_id, line, name, state, reason, saved_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (order_id, user_id) DO UPDATE SET
			line = excluded.line, name = excluded.name, state = excluded.state, reason = excluded.reason, saved_at = excluded.saved_at`,
			a.Order, a.User, a.Line, a.Name, string(a.State), string(a.Reason), micros(t.ledger.now()))
		if err != nil {
			return fmt.Errorf("save the people of order %s: %w", a.Order, err)
		}
	}
	return nil
}
