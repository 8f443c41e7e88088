// Package ledger keeps carts, orders, their people, the audit chains, sent messages and
// jobs in SQL: SQLite or PostgreSQL, with one set of statements for both. It is
// [commerce.Ledger], and conversations' memory of sent messages.
//
// Whoever changes a row locks it first, with an UPDATE … RETURNING, because SQLite has
// no FOR UPDATE; there a writing transaction has the whole database to itself anyway.
package ledger

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"cartwright/commerce"
)

var (
	_ commerce.Ledger = (*Ledger)(nil)
	_ commerce.Tx     = (*tx)(nil)
)

// Options make a Ledger. Keys is required; the rest works at its zero value.
type Options struct {
	// Keys sign the audit chains and seal payment tokens.
	Keys Keyring
	// Now is time.Now by default.
	Now func() time.Time
	// OpenDB makes the pool that every change of the ledger's runs on: sql.Open by
	// default. River's workers and the migrations have a pool of their own.
	OpenDB func(driverName, dsn string) (*sql.DB, error)
	// Logger hears River's warnings; slog.Default() by default.
	Logger *slog.Logger
}

// Ledger is safe for concurrent use, also by several programs on one database.
type Ledger struct {
	db      *sql.DB
	reads   reads   // of db
	jobs    *sql.DB // River's and the migrations'
	dialect dialect
	keys    Keyring
	now     func() time.Time
	log     *slog.Logger
	insert  *river.Client[*sql.Tx] // inserts jobs only: a command line may have no workers

	// holder is who takes leases and claims here: random, or Jobs.ID once jobs run.
	holder atomic.Pointer[string]
	// writer queues this process's writers on SQLite, in turn: SQLite itself lets them
	// poll for its one write lock, and the unlucky wait for seconds. nil on PostgreSQL.
	writer chan struct{}
	stocks stocks
}

// Open opens the database at url, "sqlite:PATH" or "postgres://…". It changes nothing
// but makes an SQLite file where there is none; see Migrate.
func Open(ctx context.Context, url string, o Options) (*Ledger, error) {
	if len(o.Keys.keys) == 0 {
		return nil, errors.New("open the ledger: no key")
	}
	at, err := locate(url)
	if err != nil {
		return nil, fmt.Errorf("open the ledger: %w", err)
	}
	l := &Ledger{dialect: at.dialect, keys: o.Keys, now: o.Now, log: cmp.Or(o.Logger, slog.Default())}
	if l.now == nil {
		l.now = time.Now
	}
	holder := rand.Text()
	l.holder.Store(&holder)
	if err := l.open(ctx, at, o.OpenDB); err != nil {
		return nil, errors.Join(fmt.Errorf("open the ledger: %w", err), l.Close())
	}
	return l, nil
}

func (l *Ledger) open(ctx context.Context, at location, openDB func(driverName, dsn string) (*sql.DB, error)) (err error) {
	if openDB == nil {
		openDB = sql.Open
	}
	if l.db, err = openDB(at.driver, at.dsn); err != nil {
		return err
	}
	if l.jobs, err = sql.Open(at.driver, at.jobsDSN); err != nil {
		return err
	}
	l.reads.db, l.reads.local = l.db, at.dialect == sqliteDialect
	l.db.SetMaxOpenConns(at.conns)
	l.db.SetMaxIdleConns(at.conns / 2)
	l.jobs.SetMaxOpenConns(at.jobsConns)
	l.jobs.SetMaxIdleConns(at.jobsConns)
	if at.dialect == sqliteDialect {
		l.writer = make(chan struct{}, 1)
	}
	if err := l.db.PingContext(ctx); err != nil {
		return err
	}
	l.insert, err = river.NewClient(l.driver(), &river.Config{Logger: quiet(l.log)})
	return err
}

// DB is the ledger's database, for the sandbox's tables and transactions.
func (l *Ledger) DB() *sql.DB { return l.db }

// Close ends every connection. Jobs are stopped before.
func (l *Ledger) Close() error {
	errs := []error{l.reads.close()}
	for _, db := range []*sql.DB{l.jobs, l.db} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
