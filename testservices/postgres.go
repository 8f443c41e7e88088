package testservices

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Postgres gives the caller a fresh, empty database on the test process's own
// PostgreSQL, and drops it after the test.
func Postgres(tb testing.TB) (url string) {
	tb.Helper()
	return shared(tb).Database(tb)
}

// PostgresTemplate prepares one database and returns a function that copies it, in
// some tens of milliseconds, for each test that asks. prepare closes its connections.
// The function works until the test process ends: keep it in a sync.OnceValue or so.
func PostgresTemplate(tb testing.TB, prepare func(url string)) func(tb testing.TB) (url string) {
	tb.Helper()
	server := shared(tb)
	template := server.create(tb, "")
	prepare(server.url(template))
	return func(tb testing.TB) string {
		tb.Helper()
		// Without fsync, copying the files takes half the time of PostgreSQL's default.
		return server.own(tb, server.create(tb, " TEMPLATE "+template+" STRATEGY FILE_COPY"))
	}
}

var sharedServer struct {
	once   sync.Once
	server *PostgresServer
	err    error
}

func shared(tb testing.TB) *PostgresServer {
	tb.Helper()
	needMain(tb)
	needPostgres(tb)
	sharedServer.once.Do(func() {
		s, err := newPostgres()
		sharedServer.server, sharedServer.err = s, err
		if s != nil {
			onExit(s.remove)
		}
	})
	if sharedServer.err != nil {
		tb.Fatal(sharedServer.err)
	}
	return sharedServer.server
}

// PostgresServer is a PostgreSQL of a test's own, for those that stop it.
type PostgresServer struct {
	dir     string // holds data and log; "" once removed
	port    int
	account *account
	process *process // nil while stopped
	db      *sql.DB  // on the database that is nobody's test's
	made    atomic.Int64
}

// NewPostgres starts a PostgreSQL for this test alone.
func NewPostgres(tb testing.TB) *PostgresServer {
	tb.Helper()
	needPostgres(tb)
	s, err := newPostgres()
	if s != nil {
		tb.Cleanup(s.remove)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Database makes an empty database and drops it after the test.
func (s *PostgresServer) Database(tb testing.TB) (url string) {
	tb.Helper()
	return s.own(tb, s.create(tb, ""))
}

// Stop ends the server as an administrator would: connections are cut, transactions
// rolled back.
func (s *PostgresServer) Stop(tb testing.TB) {
	tb.Helper()
	if err := s.stop(); err != nil {
		tb.Fatal(err)
	}
}

// Start starts a stopped server again, on its earlier port.
func (s *PostgresServer) Start(tb testing.TB) {
	tb.Helper()
	if err := s.start(); err != nil {
		tb.Fatal(err)
	}
}

func (s *PostgresServer) create(tb testing.TB, from string) (name string) {
	tb.Helper()
	name = fmt.Sprintf("test_%d", s.made.Add(1))
	if err := s.admin("CREATE DATABASE " + name + from); err != nil {
		tb.Fatal(err)
	}
	return name
}

// own has the database dropped after the test: hundreds of them would fill a disk.
func (s *PostgresServer) own(tb testing.TB, name string) (url string) {
	tb.Helper()
	tb.Cleanup(func() {
		if s.process == nil {
			return
		}
		if err := s.admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	return s.url(name)
}

func (s *PostgresServer) url(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s", s.port, database)
}

func (s *PostgresServer) admin(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if _, err := s.db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// newPostgres returns a server to remove even with an error, once it made a folder.
func newPostgres() (*PostgresServer, error) {
	account, err := postgresAccount()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "cartwright-postgres-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	s := &PostgresServer{dir: dir, account: account}
	if err := account.own(dir); err != nil {
		return s, err
	}
	initdb := exec.Command(postgresProgram("initdb"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
		"--locale=C", "--no-sync", "-D", filepath.Join(dir, "data"))
	initdb.Dir, initdb.SysProcAttr = dir, account.attributes()
	if out, err := initdb.CombinedOutput(); err != nil {
		return s, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s, s.startOnFreePort()
}

// startOnFreePort tries again where somebody else took the port in between.
func (s *PostgresServer) startOnFreePort() error {
	var err error
	for range 3 {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if s.db, err = sql.Open("pgx", s.url("postgres")); err != nil {
			return fmt.Errorf("open PostgreSQL: %w", err)
		}
		if err = s.start(); err == nil {
			return nil
		}
	}
	return err
}

func (s *PostgresServer) start() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open PostgreSQL's log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(postgresProgram("postgres"), "-D", filepath.Join(s.dir, "data"),
		"-p", fmt.Sprint(s.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "shared_buffers=32MB", "-c", "max_connections=300")
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	cmd.SysProcAttr = s.account.attributes()
	if s.process, err = startProcess(cmd); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := s.awaitReady(); err != nil {
		_ = s.stop()
		return err
	}
	return nil
}

func (s *PostgresServer) awaitReady() error {
	var err error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if err = s.admin("SELECT 1"); err == nil {
			return nil
		}
		if s.process.ended() {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	tail, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return fmt.Errorf("wait for PostgreSQL: %w\n%s", err, bytes.TrimSpace(tail))
}

func (s *PostgresServer) stop() error {
	if s.process == nil {
		return nil
	}
	err := s.process.stop(os.Interrupt, 15*time.Second) // SIGINT: fast shutdown
	s.process = nil
	return err
}

func (s *PostgresServer) remove() {
	if s.db != nil {
		_ = s.db.Close()
	}
	_ = s.stop()
	_ = os.RemoveAll(s.dir)
}

func needPostgres(tb testing.TB) {
	tb.Helper()
	if postgresProgram("postgres") == "" || postgresProgram("initdb") == "" {
		Missing(tb, "PostgreSQL (Debian: postgresql)", "anything on PostgreSQL")
	}
}

// postgresProgram finds the newest installed program of that name, "" for none: Debian
// keeps the server's outside the PATH.
func postgresProgram(name string) string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) > 0 {
		slices.Sort(found)
		return found[len(found)-1]
	}
	path, _ := exec.LookPath(name)
	return path
}
