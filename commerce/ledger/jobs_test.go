package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river/rivertype"

	"cartwright/commerce"
	"cartwright/testservices"
)

// call is one call of a job's function.
type call struct {
	kind    string
	ref     commerce.OrderRef
	version int
	at      time.Time
}

// recorder is Jobs whose functions say what they were called for.
type recorder struct {
	calls chan call
	Jobs
}

func record(id string) *recorder {
	r := &recorder{calls: make(chan call, 100)}
	note := func(kind string) func(context.Context, commerce.OrderRef, int) (time.Duration, error) {
		return func(_ context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
			r.calls <- call{kind, ref, version, time.Now()}
			return 0, nil
		}
	}
	r.Jobs = Jobs{
		ID: id, Perform: note("perform"), Announce: note("announce"),
		PerformTask: note("perform task"), AnnounceTask: note("announce task"),
	}
	return r
}

func start(t testing.TB, l *Ledger, j Jobs) {
	t.Helper()
	stop, err := l.StartJobs(t.Context(), j)
	check(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		check(t, stop(ctx))
	})
}

// next waits for a call; it is long, for a busy machine, and only a failure takes it.
func (r *recorder) next(t testing.TB) call {
	t.Helper()
	select {
	case c := <-r.calls:
		return c
	case <-time.After(20 * time.Second):
		t.Fatal("no job ran")
		return call{}
	}
}

func (r *recorder) quiet(t testing.TB, d time.Duration) {
	t.Helper()
	select {
	case c := <-r.calls:
		t.Fatalf("a job ran: %+v", c)
	case <-time.After(d):
	}
}

var ref = commerce.OrderRef{Organisation: org, ID: "CW-1"}

func perform(t testing.TB, l *Ledger, version int, at time.Time) {
	t.Helper()
	change(t, l, func(tx commerce.Tx) error { return tx.Perform(ref, version, at) })
}

func TestJobsRunAfterTheCommitAndNotAfterARollback(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		r := record("a")
		start(t, l, r.Jobs)
		err := l.Change(t.Context(), func(tx commerce.Tx) error {
			return errors.Join(tx.Perform(ref, 1, time.Time{}), tx.Announce(ref, 1), errors.New("regret"))
		})
		if err == nil {
			t.Fatal("the change was kept")
		}
		change(t, l, func(tx commerce.Tx) error {
			check(t, tx.Perform(ref, 2, time.Time{}))
			check(t, tx.Announce(ref, 3))
			r.quiet(t, 300*time.Millisecond)
			return nil
		})
		committed := time.Now()
		got := map[string]int{}
		for range 2 {
			c := r.next(t)
			got[c.kind] = c.version
			if c.ref != ref {
				t.Errorf("it ran for %+v", c.ref)
			}
			t.Logf("%s: %s after the commit", c.kind, c.at.Sub(committed))
		}
		if diff := cmp.Diff(map[string]int{"perform": 2, "announce": 3}, got); diff != "" {
			t.Errorf("jobs (-want +got):\n%s", diff)
		}
		r.quiet(t, 300*time.Millisecond)
	})
}

// late is how much later than asked a job may run. It is some 100 ms on an idle machine;
// what it must not be is River's scheduler, which looks each 5 s.
const late = time.Second

func wantAt(t testing.TB, name string, got, want time.Time) {
	t.Helper()
	t.Logf("%s: %s after its time", name, got.Sub(want))
	if got.Before(want.Add(-2*time.Millisecond)) || got.After(want.Add(late)) {
		t.Errorf("%s: ran %s after its time, want 0 to %s", name, got.Sub(want), late)
	}
}

func TestJobsWaitAsLongAsTheyAsk(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		r := record("a")
		waits := []time.Duration{50 * time.Millisecond, time.Second, 6 * time.Second, 0}
		runs := 0
		r.Perform = func(_ context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
			r.calls <- call{"perform", ref, version, time.Now()}
			runs++
			return waits[runs-1], nil
		}
		start(t, l, r.Jobs)
		due := time.Now().Add(1500 * time.Millisecond)
		perform(t, l, 1, due)
		c := r.next(t)
		wantAt(t, "enqueued for later", c.at, due)
		for _, wait := range waits[:3] {
			due := c.at.Add(wait)
			c = r.next(t)
			wantAt(t, fmt.Sprintf("asked to wait %s", wait), c.at, due)
		}
		r.quiet(t, 300*time.Millisecond)
	})
}

func TestAFailedJobIsTriedAgainAndAPanicIsAnError(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		r := record("a")
		var log syncBuffer
		r.Logger = slog.New(slog.NewTextHandler(&log, nil))
		runs := 0
		r.Announce = func(_ context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
			r.calls <- call{"announce", ref, version, time.Now()}
			runs++
			if runs == 1 {
				panic("at the disco")
			}
			return 0, nil
		}
		start(t, l, r.Jobs)
		change(t, l, func(tx commerce.Tx) error { return tx.Announce(ref, 1) })
		first, second := r.next(t), r.next(t)
		if pause := second.at.Sub(first.at); pause < 700*time.Millisecond || pause > 3*time.Second {
			t.Errorf("tried again after %s, want about 1 s", pause)
		}
		for _, want := range []string{"at the disco", "jobs_test.go", "level=ERROR"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q: %s", want, &log)
			}
		}
	})
}

type syncBuffer struct {
	sync.Mutex
	strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Builder.Write(p)
}

func (b *syncBuffer) String() string {
	b.Lock()
	defer b.Unlock()
	return b.Builder.String()
}

func TestBackoffDoublesWithErrorsInARow(t *testing.T) {
	t.Parallel()
	ago := func(times ...time.Duration) *rivertype.JobRow {
		row := &rivertype.JobRow{}
		for _, d := range times {
			row.Errors = append(row.Errors, rivertype.AttemptError{At: time.Now().Add(-d)})
		}
		return row
	}
	var steady []time.Duration
	for i := range 900 {
		steady = append([]time.Duration{time.Duration(i+1) * longestRetry}, steady...)
	}
	for _, tt := range []struct {
		name string
		job  *rivertype.JobRow
		want time.Duration
	}{
		{"the first", ago(), time.Second},
		{"the third", ago(3*time.Second, 2*time.Second), 4 * time.Second},
		{"the ninth", ago(9, 8, 7, 6, 5, 4, 3, 2), 256 * time.Second},
		{"the tenth", ago(10, 9, 8, 7, 6, 5, 4, 3, 2), longestRetry},
		{"after days", ago(steady...), longestRetry},
		{"after an hour without", ago(70*time.Minute, 65*time.Minute, 60*time.Minute), time.Second},
		{"the second after an hour without", ago(65*time.Minute, 60*time.Minute, time.Second), 2 * time.Second},
	} {
		got := time.Until(backoff{}.NextRetry(tt.job))
		if got < tt.want*79/100 || got > tt.want*121/100 {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A replica is killed in the middle of a job. Started again it goes on at once.
func TestAKilledReplicaGoesOnWhereItWas(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		save(t, l, newOrder("CW-1", 1), noon)
		perform(t, l, 1, time.Time{})
		victim := anotherProcess(t, "TestVictim", "LEDGER_VICTIM="+url)
		waitFor(t, "the job to run", func() bool {
			var running, claimed int
			check(t, l.db.QueryRow("SELECT COUNT(*) FROM river_job WHERE state = 'running'").Scan(&running))
			check(t, l.db.QueryRow("SELECT COUNT(*) FROM sent_messages WHERE claimed_by = 'victim'").Scan(&claimed))
			return running == 1 && claimed == 1
		})
		check(t, victim.Process.Kill())
		_ = victim.Wait()

		other := record("another replica")
		stop, err := l.StartJobs(t.Context(), other.Jobs)
		check(t, err)
		other.quiet(t, 500*time.Millisecond)
		check(t, stop(t.Context()))

		restarted := open(t, url)
		r := record("victim")
		leased := make(chan bool, 1)
		r.Perform = func(ctx context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
			r.calls <- call{"perform", ref, version, time.Now()}
			return 0, restarted.Change(ctx, func(tx commerce.Tx) error {
				got, err := tx.Lease("CW-1", time.Now(), time.Now().Add(time.Minute))
				leased <- got
				return err
			})
		}
		began := time.Now()
		start(t, restarted, r.Jobs)
		c := r.next(t)
		t.Logf("taken up %s after the start", c.at.Sub(began))
		if c.version != 1 || c.at.Sub(began) > 2*time.Second {
			t.Errorf("version %d after %s, want 1 at once", c.version, c.at.Sub(began))
		}
		if !<-leased {
			t.Error("the killed replica's lease still holds")
		}
		if _, _, ok, err := restarted.Claim(t.Context(), "CW-1", commerce.Account{ID: "U1"}); !ok || err != nil {
			t.Errorf("the killed replica's claim of a message still holds: %v, %v", ok, err)
		}
	})
}

// TestVictim is the replica that is killed: it runs in a process of its own.
func TestVictim(t *testing.T) {
	url := os.Getenv("LEDGER_VICTIM")
	if url == "" {
		t.Skip("a part of TestAKilledReplicaGoesOnWhereItWas")
	}
	l, err := Open(context.Background(), url, Options{Keys: keyring(t, secret)})
	check(t, err)
	_, err = l.StartJobs(context.Background(), Jobs{ID: "victim",
		Perform: func(ctx context.Context, _ commerce.OrderRef, _ int) (time.Duration, error) {
			check(t, l.Change(ctx, func(tx commerce.Tx) error {
				_, err := tx.Lease("CW-1", time.Now(), time.Now().Add(time.Hour))
				return err
			}))
			_, _, _, err := l.Claim(ctx, "CW-1", commerce.Account{ID: "U1"})
			check(t, err)
			select {}
		},
	})
	check(t, err)
	select {}
}

// anotherProcess runs one test of this binary in another process.
func anotherProcess(t *testing.T, test string, env ...string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	check(t, err)
	cmd := exec.Command(binary, "-test.run=^"+test+"$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), env...)
	check(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd
}

func waitFor(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestDueOrdersAreThoseThatLostTheirJob(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := openWith(t, url, Options{Now: func() time.Time { return noon }})
		due := noon.Add(-time.Minute)
		for i, tt := range []struct {
			name    string
			due     time.Time
			version int // of its job, 0 for none
			intent  int // the version that its intent is for, 0 for none
			lease   time.Time
		}{
			{name: "lost", due: due},
			{name: "never", due: time.Time{}},
			{name: "later", due: noon.Add(time.Minute)},
			{name: "has its job", due: due, version: 1},
			{name: "has an older job", due: due, version: 9},
			{name: "its job wrote an intent", due: due, version: 7, intent: 7},
			{name: "held", due: due, lease: noon.Add(time.Second)},
			{name: "was held", due: due, lease: noon},
		} {
			o := newOrder(tt.name, i)
			if tt.intent > 0 {
				o.Intent = &commerce.Intent{For: tt.intent}
			}
			save(t, l, o, tt.due)
			change(t, l, func(tx commerce.Tx) error {
				if !tt.lease.IsZero() {
					_, err := tx.Lease(o.ID, noon.Add(-time.Hour), tt.lease)
					check(t, err)
				}
				if tt.version == 0 {
					return nil
				}
				return tx.Perform(commerce.OrderRef{Organisation: org, ID: o.ID}, tt.version, time.Time{})
			})
		}
		lost := func() (ids []string) {
			refs, err := l.Due(t.Context(), noon.Add(-time.Second))
			check(t, err)
			for _, r := range refs {
				ids = append(ids, r.ID)
			}
			slices.Sort(ids)
			return ids
		}
		if diff := cmp.Diff([]string{"has an older job", "lost", "was held"}, lost()); diff != "" {
			t.Errorf("due (-want +got):\n%s", diff)
		}
		behind(t, l, "DELETE FROM river_job WHERE kind = 'order_perform'")
		change(t, l, func(tx commerce.Tx) error { return tx.Postpone("lost", noon.Add(time.Hour)) })
		want := []string{"has an older job", "has its job", "its job wrote an intent", "was held"}
		if diff := cmp.Diff(want, lost()); diff != "" {
			t.Errorf("due without jobs (-want +got):\n%s", diff)
		}
	})
}

func TestTheSweepRunsAtTheStartAndSurvivesAPanic(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		r := record("a")
		swept := make(chan struct{}, 1)
		r.Logger = slog.New(slog.DiscardHandler)
		r.Sweep = func(context.Context) error {
			swept <- struct{}{}
			panic("in the sweep")
		}
		start(t, l, r.Jobs)
		select {
		case <-swept:
		case <-time.After(10 * time.Second):
			t.Fatal("no sweep")
		}
	})
}

func TestStoppingLetsARunningJobFinish(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		r := record("a")
		release := make(chan struct{})
		finished := false
		r.Perform = func(ctx context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
			r.calls <- call{"perform", ref, version, time.Now()}
			select {
			case <-release:
				finished = true
			case <-ctx.Done():
			}
			return 0, ctx.Err()
		}
		starting, cancel := context.WithCancel(t.Context())
		stop, err := l.StartJobs(starting, r.Jobs)
		check(t, err)
		perform(t, l, 1, time.Time{})
		r.next(t)
		cancel() // stop alone stops them
		time.AfterFunc(200*time.Millisecond, func() { close(release) })
		check(t, stop(t.Context()))
		if !finished {
			t.Error("the job was cut off")
		}
		var state string
		check(t, l.db.QueryRow("SELECT state FROM river_job").Scan(&state))
		if state != "completed" {
			t.Errorf("the job is %s", state)
		}
	})
}

func TestStoppingInAHurryCancelsAJobAndKeepsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		r := record("a")
		r.Perform = func(ctx context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
			r.calls <- call{"perform", ref, version, time.Now()}
			<-ctx.Done()
			return 0, ctx.Err()
		}
		stop, err := l.StartJobs(t.Context(), r.Jobs)
		check(t, err)
		perform(t, l, 1, time.Time{})
		r.next(t)
		hurry, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := stop(hurry); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		again := record("a")
		start(t, l, again.Jobs)
		if c := again.next(t); c.version != 1 {
			t.Errorf("got %+v", c)
		}
	})
}

// PostgreSQL is stopped under a busy ledger, and started again.
func TestAfterAnOutageEverythingGoesOn(t *testing.T) {
	t.Parallel()
	server := testservices.NewPostgres(t)
	l := mustOpen(t, server.Database(t), Options{})
	t.Cleanup(func() { check(t, l.Close()) })
	check(t, l.Migrate(t.Context()))
	r := record("a")
	var log syncBuffer
	r.Logger = slog.New(slog.NewTextHandler(&log, nil))
	start(t, l, r.Jobs)
	perform(t, l, 1, time.Time{})
	r.next(t)

	server.Stop(t)
	began := time.Now()
	err := l.Change(t.Context(), func(tx commerce.Tx) error { return tx.Perform(ref, 2, time.Time{}) })
	if err == nil || commerce.CodeOf(err) != commerce.CodeInternal {
		t.Errorf("while it is down: got %v, want an uncoded error", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %s to notice", took)
	}
	if _, err := l.Order(t.Context(), org, "CW-1"); err == nil || commerce.IsCode(err, commerce.CodeNotFound) {
		t.Errorf("a read while it is down: got %v", err)
	}
	time.Sleep(2 * time.Second) // for River to notice, and complain
	if lines := strings.Count(log.String(), "\n"); lines == 0 || lines > 10 {
		t.Errorf("the log of an outage has %d lines, want a few:\n%s", lines, &log)
	}

	server.Start(t)
	perform(t, l, 3, time.Time{})
	if c := r.next(t); c.version != 3 {
		t.Errorf("after it is back: got %+v, want version 3", c)
	}
	r.quiet(t, 300*time.Millisecond)
}
