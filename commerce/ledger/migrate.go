package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the ledger's tables and River's up to date. Several programs may do it
// at once.
func (l *Ledger) Migrate(ctx context.Context) error {
	err := l.alone(ctx, func() error {
		if err := l.migrateLedger(ctx); err != nil {
			return fmt.Errorf("migrate the ledger: %w", err)
		}
		if err := l.migrateRiver(ctx); err != nil {
			return fmt.Errorf("migrate the job queue: %w", err)
		}
		return nil
	})
	return err
}

// alone keeps other programs from migrating at the same time: with an advisory lock on
// PostgreSQL. SQLite has none, but there whoever came second finds the work done when it
// looks again.
func (l *Ledger) alone(ctx context.Context, migrate func() error) error {
	if l.dialect == sqliteDialect {
		err := migrate()
		for range 2 {
			if err == nil || ctx.Err() != nil {
				break
			}
			time.Sleep(200 * time.Millisecond)
			err = migrate()
		}
		return err
	}
	conn, err := l.jobs.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { _ = conn.Close() }()
	const lock = 7_101_042 // any number that nobody else takes in this database
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return fmt.Errorf("wait to migrate: %w", err)
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock)
	}()
	return migrate()
}

func (l *Ledger) migrateLedger(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect := goose.DialectPostgres
	if l.dialect == sqliteDialect {
		dialect = goose.DialectSQLite3
	}
	provider, err := goose.NewProvider(dialect, l.jobs, files, goose.WithSlog(slog.New(slog.DiscardHandler)),
		goose.WithTableName("ledger_migrations"))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

func (l *Ledger) migrateRiver(ctx context.Context) error {
	migrator, err := rivermigrate.New(l.driver(), &rivermigrate.Config{Logger: quiet(l.log)})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// driver is River's for the database, on the pool that is River's own.
func (l *Ledger) driver() riverdriver.Driver[*sql.Tx] {
	if l.dialect == sqliteDialect {
		return riversqlite.New(l.jobs)
	}
	return riverdatabasesql.New(l.jobs)
}
