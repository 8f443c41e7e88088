package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"cartwright/commerce"
)

// AppliedTo reads what Applied stored for an event.
func (l *Ledger) AppliedTo(ctx context.Context, event string) (result string, found bool, err error) {
	err = l.reads.QueryRowContext(ctx, "SELECT result FROM applied WHERE event = $1", event).Scan(&result)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read what the event did: %w", err)
	}
	return result, true, nil
}

// Task finds a task of the organisation. CodeNotFound: there is none, or it is another
// organisation's.
func (l *Ledger) Task(ctx context.Context, org, id string) (commerce.Task, error) {
	return scanTask(l.reads.QueryRowContext(ctx, "SELECT body FROM tasks WHERE id = $1 AND organisation = $2", id, org))
}

func scanTask(row scanner) (commerce.Task, error) { return scanBody[commerce.Task](row) }

// DueTasks lists tasks whose next step was due before t, that nobody has a lease on now,
// and that no job waits or runs for.
func (l *Ledger) DueTasks(ctx context.Context, t time.Time) ([]commerce.OrderRef, error) {
	var due []commerce.OrderRef
	err := each(ctx, l.db, func(rows *sql.Rows) error {
		var ref commerce.OrderRef
		err := rows.Scan(&ref.Organisation, &ref.ID)
		due = append(due, ref)
		return err
	}, `SELECT t.organisation, t.id FROM tasks t
		WHERE t.due_at > 0 AND t.due_at < $1 AND t.lease_until <= $2 AND NOT EXISTS (
			SELECT 1 FROM river_job j
			WHERE j.kind = 'task_perform' AND j.state IN ('available', 'pending', 'retryable', 'running', 'scheduled')
			AND j.args ->> 'order' = t.id AND CAST(j.args ->> 'version' AS BIGINT) = t.version)
		ORDER BY t.due_at`, micros(t), micros(l.now()))
	if err != nil {
		return nil, fmt.Errorf("list tasks that are due: %w", err)
	}
	return due, nil
}

// Bought finds the newest delivered line of each SKU.
func (l *Ledger) Bought(ctx context.Context, org string) (map[string]commerce.Bought, error) {
	newest := map[string]commerce.Bought{}
	err := each(ctx, l.db, func(rows *sql.Rows) error {
		var line int
		var sku, body string
		var o commerce.Order
		err := rows.Scan(&sku, &line, &body)
		if err == nil {
			err = json.Unmarshal([]byte(body), &o)
		}
		if bought := o.Line(line); err == nil && bought != nil {
			newest[sku] = commerce.Bought{Order: o.ID, Buyer: o.Buyer, Line: *bought}
		}
		return err
	}, `SELECT l.graph_sku, l.line, o.body FROM order_lines l JOIN orders o ON o.id = l.order_id
		WHERE l.organisation = $1 AND l.provisioned_at > 0 AND l.state = 'provisioned' AND NOT EXISTS (
			SELECT 1 FROM order_lines n WHERE n.organisation = l.organisation AND n.graph_sku = l.graph_sku
			AND n.state = 'provisioned' AND n.provisioned_at > l.provisioned_at)
		ORDER BY l.order_id, l.line`, org)
	if err != nil {
		return nil, fmt.Errorf("find who bought what %s owns: %w", org, err)
	}
	return newest, nil
}

// TaskPeople lists a task's people by name.
func (l *Ledger) TaskPeople(ctx context.Context, task string) ([]commerce.Assignment, error) {
	return taskPeople(ctx, l.db, task)
}

// TaskPeople is called with the task locked.
func (t *tx) TaskPeople(task string) ([]commerce.Assignment, error) {
	return taskPeople(t.ctx, t, task)
}

func taskPeople(ctx context.Context, q querier, task string) ([]commerce.Assignment, error) {
	var people []commerce.Assignment
	err := each(ctx, q, func(rows *sql.Rows) error {
		a := commerce.Assignment{Order: task}
		err := rows.Scan(&a.User, &a.Name, &a.State, &a.Reason)
		people = append(people, a)
		return err
	}, "SELECT user_id, name, state, reason FROM task_people WHERE task_id = $1", task)
	if err != nil {
		return nil, fmt.Errorf("list the people of task %s: %w", task, err)
	}
	slices.SortFunc(people, func(a, b commerce.Assignment) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.User, b.User))
	})
	return people, nil
}

func (t *tx) SaveTaskPeople(people []commerce.Assignment) error {
	for _, a := range people {
		_, err := t.exec(`INSERT INTO task_people (task_id, user_id, name, state, reason, saved_at)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (task_id, user_id) DO UPDATE SET
			name = excluded.name, state = excluded.state, reason = excluded.reason, saved_at = excluded.saved_at`,
			a.Order, a.User, a.Name, string(a.State), string(a.Reason), micros(t.ledger.now()))
		if err != nil {
			return fmt.Errorf("save the people of task %s: %w", a.Order, err)
		}
	}
	return nil
}

// NextTaskID counts as NextOrderID does.
func (t *tx) NextTaskID() (string, error) {
	n, err := t.count("task")
	return fmt.Sprintf("L-%d", n), err
}

func (t *tx) Task(id string) (commerce.Task, error) {
	return scanTask(t.row("UPDATE tasks SET version = version WHERE id = $1 RETURNING body", id))
}

func (t *tx) RunningTasks(org string) ([]commerce.Task, error) {
	var running []commerce.Task
	err := each(t.ctx, t, func(rows *sql.Rows) error {
		task, err := scanTask(rows)
		running = append(running, task)
		return err
	}, "SELECT body FROM tasks WHERE organisation = $1 AND state = $2 ORDER BY id", org, string(commerce.TaskRunning))
	if err != nil {
		return nil, fmt.Errorf("list the running tasks of %s: %w", org, err)
	}
	return running, nil
}

// SaveTask is CodeStale where the stored version is not the one before the task's.
func (t *tx) SaveTask(task commerce.Task, due time.Time) error {
	body, err := json.Marshal(task)
	if err != nil {
		return err
	}
	var rows int64
	if task.Version == 1 {
		rows, err = t.exec(`INSERT INTO tasks (id, organisation, state, version, body, due_at, lease_until, lease_by)
			VALUES ($1, $2, $3, 1, $4, $5, 0, '') ON CONFLICT DO NOTHING`,
			task.ID, task.Organisation, string(task.State), string(body), micros(due))
	} else {
		rows, err = t.exec("UPDATE tasks SET state = $3, version = $2, body = $4, due_at = $5 WHERE id = $1 AND version = $2 - 1",
			task.ID, task.Version, string(task.State), string(body), micros(due))
	}
	if err == nil && rows == 0 {
		err = commerce.Refuse(commerce.CodeStale)
	}
	if err != nil {
		return fmt.Errorf("save task %s at version %d: %w", task.ID, task.Version, err)
	}
	return nil
}

func (t *tx) LeaseTask(task string, now, until time.Time) (bool, error) {
	return t.lease("tasks", task, now, until)
}
