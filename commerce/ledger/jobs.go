package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"cartwright/commerce"
)

// Announcements have a queue of their own: a platform that hangs holds up no order.
const (
	orderQueue        = "orders"
	announcementQueue = "announcements"
)

const (
	// jobTime bounds one run of a job.
	jobTime = time.Minute
	// rescueAfter is when a job of a replica that is gone for good is run elsewhere.
	rescueAfter = 2 * time.Minute
	// maxAttempts is some days of trying; the sweep gives what is still due a new job.
	maxAttempts = 1000
	// kept is how long a finished job stays to be looked at.
	kept = time.Hour

	firstRetry, longestRetry = time.Second, 5 * time.Minute
	sweepEvery               = time.Minute
	freeEvery                = 5 * time.Second
)

// Jobs are what the workers call. Perform and Announce say how long to wait before they
// want to be called again for the same version, 0 for never; after an error they are
// called again by themselves, after 1 s, 2 s, 4 s … 5 min. Sweep runs at the start and
// each minute.
type Jobs struct {
	// ID names this replica, the same after a restart and never the same as another's
	// that runs: what it was at when it was killed is free again when it starts.
	ID       string
	Perform  func(ctx context.Context, ref commerce.OrderRef, version int) (wait time.Duration, err error)
	Announce func(ctx context.Context, ref commerce.OrderRef, version int) (wait time.Duration, err error)
	// PerformTask and AnnounceTask are the same for tasks.
	PerformTask  func(ctx context.Context, ref commerce.OrderRef, version int) (wait time.Duration, err error)
	AnnounceTask func(ctx context.Context, ref commerce.OrderRef, version int) (wait time.Duration, err error)
	Sweep        func(ctx context.Context) error
	Logger       *slog.Logger // the ledger's by default
	MaxWorkers   int          // of each of the two queues; 10 by default
}

type (
	performArgs      struct{ orderAt }
	announceArgs     struct{ orderAt }
	taskPerformArgs  struct{ orderAt }
	taskAnnounceArgs struct{ orderAt }
)

// orderAt names an order or a task at a version.
type orderAt struct {
	Organisation string `json:"organisation"`
	Order        string `json:"order"`
	Version      int    `json:"version"`
}

func (o orderAt) at() (commerce.OrderRef, int) {
	return commerce.OrderRef{Organisation: o.Organisation, ID: o.Order}, o.Version
}

func (performArgs) Kind() string      { return "order_perform" }
func (announceArgs) Kind() string     { return "order_announce" }
func (taskPerformArgs) Kind() string  { return "task_perform" }
func (taskAnnounceArgs) Kind() string { return "task_announce" }

// Perform enqueues the order's next step. The job is available from the start, for its
// time: a scheduled one waits for the scheduler's next round, 5 s apart.
func (t *tx) Perform(ref commerce.OrderRef, version int, at time.Time) error {
	options := &river.InsertOpts{Queue: orderQueue, MaxAttempts: maxAttempts}
	wait := at.Sub(t.ledger.now())
	if !at.IsZero() && wait > 0 {
		options.ScheduledAt = time.Now().Add(wait) // the workers' clock is the database's, not the ledger's
	}
	made, err := t.ledger.insert.InsertTx(t.ctx, t.Tx, performArgs{orderAt{ref.Organisation, ref.ID, version}}, options)
	if err == nil && !options.ScheduledAt.IsZero() {
		_, err = t.exec("UPDATE river_job SET state = 'available' WHERE id = $1", made.Job.ID)
	}
	if err != nil {
		return fmt.Errorf("enqueue the next step of order %s: %w", ref.ID, err)
	}
	return nil
}

func (t *tx) Announce(ref commerce.OrderRef, version int) error {
	return t.enqueue(announcementQueue, announceArgs{orderAt{ref.Organisation, ref.ID, version}})
}

func (t *tx) PerformTask(ref commerce.OrderRef, version int) error {
	return t.enqueue(orderQueue, taskPerformArgs{orderAt{ref.Organisation, ref.ID, version}})
}

func (t *tx) AnnounceTask(ref commerce.OrderRef, version int) error {
	return t.enqueue(announcementQueue, taskAnnounceArgs{orderAt{ref.Organisation, ref.ID, version}})
}

func (t *tx) enqueue(queue string, args river.JobArgs) error {
	_, err := t.ledger.insert.InsertTx(t.ctx, t.Tx, args, &river.InsertOpts{Queue: queue, MaxAttempts: maxAttempts})
	if err != nil {
		return fmt.Errorf("enqueue %s %+v: %w", args.Kind(), args, err)
	}
	return nil
}

// StartJobs starts this replica's workers. stop lets running jobs finish until its ctx
// ends, then cancels them; they are run again by whoever starts next.
func (l *Ledger) StartJobs(ctx context.Context, j Jobs) (stop func(ctx context.Context) error, err error) {
	if j.ID == "" {
		return nil, errors.New("start jobs: no ID")
	}
	j.Logger = cmp.Or(j.Logger, l.log)
	if err := l.recover(ctx, j.ID); err != nil {
		return nil, fmt.Errorf("start jobs: %w", err)
	}
	l.holder.Store(&j.ID)
	here := &atWork{ids: map[int64]bool{}}
	client, err := river.NewClient(l.driver(), riverConfig(j, here))
	if err != nil {
		return nil, fmt.Errorf("start jobs: %w", err)
	}
	ctx = context.WithoutCancel(ctx) // stop alone stops them, and in order
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("start jobs: %w", err)
	}
	stopFreeing := regularly(ctx, freeEvery, "free jobs", j.Logger, l.freeForgotten(j.ID, here))
	stopSweep := func() {}
	if j.Sweep != nil {
		stopSweep = regularly(ctx, sweepEvery, "sweep", j.Logger, j.Sweep)
	}
	return func(ctx context.Context) error {
		stopSweep()
		stopFreeing()
		err := client.Stop(ctx)
		if err == nil {
			return nil
		}
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		return fmt.Errorf("stop jobs: %w", errors.Join(err, client.StopAndCancel(patience)))
	}, nil
}

func riverConfig(j Jobs, here *atWork) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker[performArgs]{do: j.Perform, here: here, log: j.Logger})
	river.AddWorker(workers, &worker[announceArgs]{do: j.Announce, here: here, log: j.Logger})
	river.AddWorker(workers, &worker[taskPerformArgs]{do: j.PerformTask, here: here, log: j.Logger})
	river.AddWorker(workers, &worker[taskAnnounceArgs]{do: j.AnnounceTask, here: here, log: j.Logger})
	queue := river.QueueConfig{MaxWorkers: cmp.Or(j.MaxWorkers, 10)}
	return &river.Config{
		ID: j.ID, Workers: workers, Logger: quiet(j.Logger),
		Queues:            map[string]river.QueueConfig{orderQueue: queue, announcementQueue: queue},
		FetchPollInterval: 100 * time.Millisecond, FetchCooldown: 20 * time.Millisecond,
		JobTimeout: jobTime, RescueStuckJobsAfter: rescueAfter, RetryPolicy: backoff{},
		CompletedJobRetentionPeriod: kept, CancelledJobRetentionPeriod: kept,
	}
}

// recover frees what this replica held when it was killed: jobs, leases, claims of
// messages, and the lead of the replicas.
func (l *Ledger) recover(ctx context.Context, id string) error {
	return l.change(ctx, func(t *tx) error {
		for _, statement := range []string{
			"UPDATE river_job SET state = 'available' WHERE state = 'running' AND " + l.lastHolder() + " = $1",
			"DELETE FROM river_leader WHERE leader_id = $1",
			"UPDATE orders SET lease_until = 0 WHERE lease_by = $1 AND lease_until > 0",
			"UPDATE tasks SET lease_until = 0 WHERE lease_by = $1 AND lease_until > 0",
			"UPDATE sent_messages SET claimed_until = 0 WHERE claimed_by = $1 AND claimed_until > 0",
		} {
			if _, err := t.exec(statement, id); err != nil {
				return fmt.Errorf("free what the replica held: %w", err)
			}
		}
		return nil
	})
}

// worker runs jobs of one kind.
type worker[A interface {
	river.JobArgs
	at() (commerce.OrderRef, int)
}] struct {
	river.WorkerDefaults[A]
	do   func(ctx context.Context, ref commerce.OrderRef, version int) (time.Duration, error)
	here *atWork
	log  *slog.Logger
}

func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	defer w.here.begin(job.ID)()
	ref, version := job.Args.at()
	var wait time.Duration
	err := guarded(ctx, w.log, job.Kind, func() (err error) {
		wait, err = w.do(ctx, ref, version)
		return err
	})
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

// guarded makes a panic an error, and logs where it was.
func guarded(ctx context.Context, log *slog.Logger, what string, do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			log.ErrorContext(ctx, "panic", "in", what, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return do()
}

// regularly does something now and then until it is stopped.
func regularly(ctx context.Context, every time.Duration, what string, log *slog.Logger, do func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			err := guarded(ctx, log, what, func() error { return do(ctx) })
			if err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, what, "err", err)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}

// backoff doubles the wait with each error in a row, by up to a fifth more or less.
type backoff struct{}

func (backoff) NextRetry(job *rivertype.JobRow) time.Time {
	wait := min(firstRetry<<min(inARow(job.Errors), 20), longestRetry)
	return time.Now().Add(wait*4/5 + rand.N(wait*2/5)) //nolint:gosec // a jitter is no secret
}

// inARow counts the latest errors between which there was no time for a success: a job
// that looks again and again for days keeps all its errors.
func inARow(errs []rivertype.AttemptError) int {
	n, next := 0, time.Now()
	for i := len(errs) - 1; i >= 0 && next.Sub(errs[i].At) < 2*longestRetry; i-- {
		n, next = n+1, errs[i].At
	}
	return n
}
