package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"modernc.org/sqlite"
	sqlitecode "modernc.org/sqlite/lib"
)

type dialect string

const (
	sqliteDialect   dialect = "sqlite"
	postgresDialect dialect = "postgres"
)

// location is where a database is and how to connect to it.
type location struct {
	dialect          dialect
	driver           string // of database/sql
	dsn, jobsDSN     string
	conns, jobsConns int
}

// locate reads DATABASE_URL. Its errors do not repeat it: it may hold a password.
func locate(address string) (location, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "sqlite":
		return locateSQLite(strings.TrimPrefix(rest, "//"))
	case "postgres", "postgresql":
		return locatePostgres(address)
	}
	return location{}, errors.New("the database is sqlite:PATH or postgres://…")
}

// locateSQLite makes the file where it is missing, for its owner's eyes only.
//
// The ledger's commits are on the disk before anybody hears of them (synchronous FULL):
// an order survives a power cut. River's own are not waited for (NORMAL): what they may
// lose is that a job ran, and running it again is safe.
func locateSQLite(path string) (location, error) {
	if path == "" || strings.Contains(path, ":memory:") {
		return location{}, errors.New("SQLite needs the path of a file")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator chooses it
	if err != nil {
		return location{}, err
	}
	if err := file.Close(); err != nil {
		return location{}, err
	}
	dsn := func(synchronous string) string {
		query := url.Values{"_txlock": {"immediate"}, "_pragma": {
			"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(" + synchronous + ")", "foreign_keys(1)",
		}}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
	}
	return location{
		dialect: sqliteDialect, driver: "sqlite", dsn: dsn("FULL"), jobsDSN: dsn("NORMAL"),
		conns: 8, jobsConns: 1,
	}, nil
}

// locatePostgres bounds what a replica that hangs in a transaction can hold up.
func locatePostgres(address string) (location, error) {
	u, err := url.Parse(address)
	if err != nil {
		return location{}, errors.New("the database's postgres:// address cannot be read")
	}
	query := u.Query()
	if !query.Has("idle_in_transaction_session_timeout") {
		query.Set("idle_in_transaction_session_timeout", "60000")
	}
	u.RawQuery = query.Encode()
	return location{
		dialect: postgresDialect, driver: "pgx", dsn: u.String(), jobsDSN: u.String(),
		conns: 20, jobsConns: 6,
	}, nil
}

// querier is what reads need: a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// reads are a pool's reads, each query prepared once for each connection: to parse a query
// costs SQLite more than to answer one.
type reads struct {
	db       *sql.DB
	local    bool // nothing waits for another machine, nor for a writer: a read is not called off
	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
}

func (r *reads) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.RLock()
	s, ok := r.prepared[query]
	r.mu.RUnlock()
	if ok {
		return s, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.prepared[query]; ok {
		return s, nil
	}
	s, err := r.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if r.prepared == nil {
		r.prepared = map[string]*sql.Stmt{}
	}
	r.prepared[query] = s
	return s, nil
}

func (r *reads) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := r.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(r.within(ctx), args...)
}

func (r *reads) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := r.prepare(ctx, query)
	if err != nil {
		return r.db.QueryRowContext(ctx, query, args...) // which says what is wrong
	}
	return s.QueryRowContext(r.within(ctx), args...)
}

// within is ctx, or for a local read one that cannot end: to watch for its end costs two
// goroutines for each query.
func (r *reads) within(ctx context.Context) context.Context {
	if r.local && ctx.Err() == nil {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (r *reads) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, s := range r.prepared {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// each hands the rows of a query to scan, one at a time.
func each(ctx context.Context, q querier, scan func(row *sql.Rows) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// micros is a time as it is stored: 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// errBegin marks a transaction that did not begin: nothing can have happened in it.
var errBegin = errors.New("begin")

// passing reports whether a transaction that failed with err did nothing and may work
// when it is run again.
func passing(err error) bool {
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		const serialization, deadlock = "40001", "40P01"
		return pg.Code == serialization || pg.Code == deadlock || errors.Is(err, errBegin)
	}
	if lite := (*sqlite.Error)(nil); errors.As(err, &lite) {
		primary := lite.Code() & 0xff
		return primary == sqlitecode.SQLITE_BUSY || primary == sqlitecode.SQLITE_LOCKED
	}
	return errors.Is(err, errBegin) || errors.Is(err, driver.ErrBadConn)
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count rows: %w", err)
	}
	return n, nil
}
