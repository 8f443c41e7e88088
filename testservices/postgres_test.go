package testservices

import (
	"bufio"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func connect(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	a, b := connect(t, Postgres(t)), connect(t, Postgres(t))
	run(t, a, "CREATE TABLE things (id BIGINT)")
	run(t, b, "CREATE TABLE things (id BIGINT)")
}

func TestCopiesHaveWhatWasPreparedOnce(t *testing.T) {
	prepared := 0
	fresh := PostgresTemplate(t, func(url string) {
		prepared++
		db, err := sql.Open("pgx", url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		run(t, db, "CREATE TABLE things (id BIGINT PRIMARY KEY)")
	})
	for range 3 {
		run(t, connect(t, fresh(t)), "INSERT INTO things VALUES (1)")
	}
	if prepared != 1 {
		t.Errorf("prepared %d times", prepared)
	}
}

func TestAServerKeepsItsDataWhileItIsStopped(t *testing.T) {
	server := NewPostgres(t)
	db := connect(t, server.Database(t))
	run(t, db, "CREATE TABLE things (id BIGINT)")
	server.Stop(t)
	if err := db.PingContext(t.Context()); err == nil {
		t.Error("it answers though it is stopped")
	}
	server.Start(t)
	run(t, db, "INSERT INTO things VALUES (1)")
}

// The tests are killed: nobody is left to stop the server, and it ends all the same.
func TestTheServerEndsWithItsTests(t *testing.T) {
	if os.Getenv("TESTSERVICES_VICTIM") != "" {
		fmt.Println("url", Postgres(t))
		select {}
	}
	needPostgres(t)
	victim := exec.Command(os.Args[0], "-test.run=^TestTheServerEndsWithItsTests$")
	victim.Env = append(os.Environ(), "TESTSERVICES_VICTIM=1", "TMPDIR="+openFolder(t))
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Process.Kill() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	db := connect(t, strings.TrimSpace(strings.TrimPrefix(line, "url ")))
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	for deadline := time.Now().Add(10 * time.Second); db.PingContext(t.Context()) == nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server outlived its tests")
		}
	}
}

// openFolder is a temporary folder that PostgreSQL's own account may enter, too.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "testservices-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
