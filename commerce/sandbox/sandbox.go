// Package sandbox plays every outside system in process: the vendor, the payment
// gateway with its page, and the tenant's directory with its licences. It is the
// embedded default and the tests' world.
//
// What it knows is in tables of its own (sandbox_*), changed in transactions of its own,
// so it outlives the program as real outside systems do. sandbox_calls holds each call
// that arrived, sandbox_grants each licence that was given and sandbox_removals each that
// was taken away: tests count there.
package sandbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"cartwright/commerce"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Options says how the sandbox plays. Key is required; the rest works at its zero value.
type Options struct {
	PublicURL string // base of the payment page's address
	Key       []byte // signs the gateway's events; at least 16 bytes
	Catalogue func() commerce.Catalogue
	Now       func() time.Time
	Random    io.Reader // read by several goroutines at once
	Speed     float64   // every delay is divided by it
	Logger    *slog.Logger
	Seeds     map[string]Tenant // by organisation: what Seed puts there instead of its own
}

// Sandbox is the world outside. It is safe for concurrent use, also by several programs
// on one database.
type Sandbox struct{ *world }

// Vendor sells licences.
type Vendor struct{ *world }

// Gateway takes payments.
type Gateway struct{ *world }

// Licensor keeps the tenants' people and licences.
type Licensor struct{ *world }

// world is what they all share.
type world struct {
	db   *sql.DB
	o    Options
	wake chan struct{} // tells Run that an event is due now
}

// Deliver hands one of the gateway's events to whoever listens, as a webhook would.
// Anything but nil makes it come again.
type Deliver func(ctx context.Context, raw []byte, header http.Header) error

// New brings the sandbox's tables up to date. dialect is "sqlite" or "postgres". On
// SQLite transactions must begin immediately (_txlock=immediate).
func New(ctx context.Context, db *sql.DB, dialect string, o Options) (*Sandbox, error) {
	if len(o.Key) < 16 {
		return nil, errors.New("start the sandbox: the key has less than 16 bytes")
	}
	if err := migrate(ctx, db, dialect); err != nil {
		return nil, fmt.Errorf("migrate the sandbox: %w", err)
	}
	return &Sandbox{&world{db: db, o: o.filled(), wake: make(chan struct{}, 1)}}, nil
}

func (o Options) filled() Options {
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	if o.Catalogue == nil {
		builtIn := commerce.BuiltIn()
		o.Catalogue = func() commerce.Catalogue { return builtIn }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// migrate holds PostgreSQL's advisory lock meanwhile: replicas start together.
func migrate(ctx context.Context, db *sql.DB, dialect string) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithTableName("sandbox_migrations"), goose.WithDisableGlobalRegistry(true)}
	speaks := goose.DialectSQLite3
	switch dialect {
	case "sqlite":
	case "postgres":
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return err
		}
		speaks, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	default:
		return fmt.Errorf("unknown dialect %q", dialect)
	}
	provider, err := goose.NewProvider(speaks, db, files, options...)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// Vendor is the sandbox as the vendor.
func (s *Sandbox) Vendor() *Vendor { return &Vendor{s.world} }

// Gateway is the sandbox as the payment gateway.
func (s *Sandbox) Gateway() *Gateway { return &Gateway{s.world} }

// Licensor is the sandbox as the tenants' directory.
func (s *Sandbox) Licensor() *Licensor { return &Licensor{s.world} }

// change runs fn in one transaction and keeps nothing of it when fn fails.
func (w *world) change(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// record notes a call before anything comes of it.
func (w *world) record(ctx context.Context, name, key string, org commerce.Organisation) error {
	_, err := w.db.ExecContext(ctx, `INSERT INTO sandbox_calls (name, key, organisation, at) VALUES ($1, $2, $3, $4)`,
		name, key, org.ID, w.now())
	if err != nil {
		return fmt.Errorf("record the call: %w", err)
	}
	return nil
}

// known reports whether the outside has such a customer.
func (w *world) known(ctx context.Context, org commerce.Organisation) (bool, error) {
	var n int
	err := w.db.QueryRowContext(ctx, `SELECT count(*) FROM sandbox_organisations WHERE id = $1`, org.ID).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("find the organisation: %w", err)
	}
	return n > 0, nil
}

// now is the time as the tables hold it.
func (w *world) now() int64 { return micros(w.o.Now()) }

// delay is d, at the sandbox's speed.
func (w *world) delay(d time.Duration) time.Duration {
	return time.Duration(float64(d) / w.o.Speed)
}

// id makes a name that nobody can guess: 128 random bits.
func (w *world) id() (string, error) {
	bits := make([]byte, 16)
	if _, err := io.ReadFull(w.o.Random, bits); err != nil {
		return "", fmt.Errorf("read random bits: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(bits), nil
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// added reports whether an INSERT … ON CONFLICT DO NOTHING made a row.
func added(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
