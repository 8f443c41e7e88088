package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// atWork are the jobs that run in this process now.
type atWork struct {
	mu  sync.Mutex
	ids map[int64]bool
}

func (a *atWork) begin(id int64) (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids[id] = true
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.ids, id)
	}
}

func (a *atWork) has(id int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ids[id]
}

// run is one run of a job: one that waits for its turn again and again has the same attempt.
type run struct {
	job, attempt int64
	began        string // as the database writes it
}

// freeForgotten looks for jobs that are noted as running here and do not: when the
// database is away as a job ends, River tries to note that three times and gives up, and
// the job's order would wait until it is rescued. What two looks in a row find so is free
// again; running it once more is safe.
func (l *Ledger) freeForgotten(id string, here *atWork) func(context.Context) error {
	before := map[run]bool{}
	return func(ctx context.Context) error {
		idle := map[run]bool{}
		err := each(ctx, l.jobs, func(rows *sql.Rows) error {
			var r run
			err := rows.Scan(&r.job, &r.attempt, &r.began)
			if !here.has(r.job) {
				idle[r] = true
			}
			return err
		}, "SELECT id, attempt, COALESCE(CAST(attempted_at AS TEXT), '') FROM river_job WHERE state = 'running' AND "+l.lastHolder()+" = $1", id)
		if err != nil {
			return fmt.Errorf("look for forgotten jobs: %w", err)
		}
		for r := range idle {
			if !before[r] {
				continue
			}
			_, err := l.jobs.ExecContext(ctx, "UPDATE river_job SET state = 'available' WHERE id = $1 AND attempt = $2 AND state = 'running' AND COALESCE(CAST(attempted_at AS TEXT), '') = $3", r.job, r.attempt, r.began)
			if err != nil {
				return fmt.Errorf("free a forgotten job: %w", err)
			}
			l.log.WarnContext(ctx, "a job's end had not been noted", "job_id", r.job)
		}
		before = idle
		return nil
	}
}

// lastHolder is the replica that ran a job last.
func (l *Ledger) lastHolder() string {
	if l.dialect == postgresDialect {
		return "attempted_by[cardinality(attempted_by)]"
	}
	return "attempted_by ->> '$[#-1]'"
}
