package ledger

import (
	"testing"
	"time"
)

// A run that nobody is at any more is freed once two looks have found it. A job that is run
// again and again is at each look in another run, though in the same attempt.
func TestAForgottenRunIsFreed(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		save(t, l, newOrder("CW-1", 1), noon)
		perform(t, l, 1, time.Time{})
		by := `["here"]`
		if l.dialect == postgresDialect {
			by = `{here}`
		}
		began := func(at time.Time) {
			t.Helper()
			set := "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = $1, attempted_by = $2"
			_, err := l.jobs.ExecContext(t.Context(), set, at, by)
			check(t, err)
		}
		look := l.freeForgotten("here", &atWork{ids: map[int64]bool{}})
		freed := func(want int) {
			t.Helper()
			check(t, look(t.Context()))
			var n int
			check(t, l.jobs.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM river_job WHERE state = 'available'").Scan(&n))
			if n != want {
				t.Errorf("%d jobs are free, want %d", n, want)
			}
		}
		began(noon)
		freed(0)
		began(noon.Add(time.Second))
		freed(0)
		freed(1)
	})
}
