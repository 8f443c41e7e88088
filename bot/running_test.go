package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/testservices"
)

// patience is how long anything here may take that is normally done at once.
var patience = 20 * time.Second

func init() {
	if raceDetector {
		patience *= 3
	}
}

// settings are environment variables.
type settings map[string]string

func (s settings) with(more settings) settings {
	all := maps.Clone(s)
	maps.Copy(all, more)
	return all
}

func (s settings) find(name string) (string, bool) {
	value, ok := s[name]
	return value, ok
}

func (s settings) list() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		all = append(all, name+"="+s[name])
	}
	return all
}

// usual is a bot on free ports, whose sandbox hurries.
var usual = settings{
	"HTTP_ADDR": "127.0.0.1:0", "ADMIN_ADDR": "127.0.0.1:0", "REDIS_URL": "embedded",
	"SECRET_KEY": "a key of the tests, which is 32 bytes long or more", "CLOCK_SPEED": "40",
}

// patientReads do not take a busy machine for an outside that does not answer.
func patientReads(t commerce.Timings) commerce.Timings {
	t.Read = patience
	return t
}

// host runs the bot in this process until the test ends, and answers where it is.
func host(t testing.TB, s settings) (base string, stop func()) {
	t.Helper()
	return hostThrough(t, s, seams{})
}

// hostThrough does so with seams of the test's own.
func hostThrough(t testing.TB, s settings, through seams) (base string, stop func()) {
	t.Helper()
	return hostLogging(t, s, through, new(lockedBuffer))
}

// hostLogging does so, and what the bot says can be read while it runs.
func hostLogging(t testing.TB, s settings, through seams, log *lockedBuffer) (base string, stop func()) {
	t.Helper()
	if through.timings == nil {
		through.timings = patientReads
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan int, 1)
	go func() {
		ended <- run(ctx, nil, surroundings{
			env: s.find, readFile: os.ReadFile, stdout: log, stderr: log, started: func(address string) { ready <- address },
			seams: through,
		})
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if code := <-ended; code != exitOK {
			t.Errorf("the bot ended with %d:\n%s", code, log)
		}
		if t.Failed() {
			t.Logf("the bot said:\n%s", log.tail())
		}
	})
	select {
	case address := <-ready:
		t.Cleanup(stop)
		return "http://" + address, stop
	case code := <-ended:
		cancel()
		t.Fatalf("the bot did not start: %d\n%s", code, log)
	case <-time.After(patience):
		cancel()
		t.Fatalf("the bot is not ready:\n%s", log)
	}
	return "", nil
}

// lockedBuffer is written by one and read by another.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// tail is the end of what was said, without the requests, which are many.
func (b *lockedBuffer) tail() string {
	var kept []string
	for said := range strings.Lines(b.String()) {
		if !strings.Contains(said, "msg=request ") {
			kept = append(kept, said)
		}
	}
	return strings.Join(kept[max(0, len(kept)-40):], "")
}

// process is a bot of its own, that may be killed.
type process struct {
	base   string // "" while it is not ready
	ready  chan struct{}
	dead   chan struct{}
	stdin  io.Closer
	cmd    *exec.Cmd
	log    *lockedBuffer
	mu     sync.Mutex
	points []string // that it reached
}

// launch starts a test binary as a bot.
func launch(t testing.TB, s settings) *process {
	t.Helper()
	binary, err := victims.get()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{ready: make(chan struct{}), dead: make(chan struct{}), log: new(lockedBuffer), cmd: exec.Command(binary)}
	p.cmd.Env = append(os.Environ(), s.with(settings{victimEnv: "1", "GOGC": "400"}).list()...)
	p.cmd.Stderr = p.log
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	err = p.cmd.Start()
	if err != nil {
		t.Fatal(err)
	}
	go p.listen(stdout)
	return p
}

// listen reads what the bot says until it is dead.
func (p *process) listen(out io.Reader) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), readyMessage); ok {
			p.base = address
			close(p.ready)
		}
		if point, ok := strings.CutPrefix(lines.Text(), pointPrefix); ok {
			p.mu.Lock()
			p.points = append(p.points, point)
			p.mu.Unlock()
		}
	}
	_ = p.cmd.Wait() // that it was killed is what it is here for
	close(p.dead)
}

func (p *process) reached() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.points)
}

// up waits until the bot serves, or is dead: false.
func (p *process) up(t testing.TB) bool {
	t.Helper()
	select {
	case <-p.ready:
		return true
	case <-p.dead:
		return false
	case <-time.After(patience):
		t.Fatalf("the bot is neither ready nor dead:\n%s", p.log.tail())
		return false
	}
}

// ended waits up to a while for the bot to be dead.
func (p *process) ended(within time.Duration) bool {
	select {
	case <-p.dead:
		return true
	case <-time.After(within):
		return false
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.dead
	_ = p.stdin.Close()
}

// place is where a bot keeps what matters.
type place struct {
	kind string // sqlite or postgres
	// fresh makes a database as a bot leaves it that has started and done nothing.
	fresh func(t testing.TB) (url string)
}

// places are the two kinds of database. Each is prepared once.
func places(t testing.TB) []place {
	t.Helper()
	return []place{{"sqlite", sqliteTemplate(t)}, {"postgres", postgresTemplate(t)}}
}

var sqliteMade = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "cartwright-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	err = prepared("sqlite:" + path)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func sqliteTemplate(t testing.TB) func(testing.TB) string {
	t.Helper()
	made, err := sqliteMade()
	if err != nil {
		t.Fatal(err)
	}
	return func(t testing.TB) string {
		t.Helper()
		path := filepath.Join(memory(t), "bot.db")
		err := os.WriteFile(path, made, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		return "sqlite:" + path
	}
}

// memory is a folder for a test, in memory where there is a place for that: what was
// written before a kill is there after it, whatever it is written to.
func memory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "cartwright-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

var (
	postgresOnce  sync.Once
	postgresFresh func(testing.TB) string
)

func postgresTemplate(t testing.TB) func(testing.TB) string {
	t.Helper()
	postgresOnce.Do(func() {
		postgresFresh = testservices.PostgresTemplate(t, func(url string) {
			err := prepared(url)
			if err != nil {
				t.Fatal(err)
			}
		})
	})
	return postgresFresh
}

// prepared starts a bot on an empty database and stops it once it is ready.
func prepared(url string) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	log := new(lockedBuffer)
	code := run(ctx, nil, surroundings{
		env: usual.with(settings{"DATABASE_URL": url}).find, readFile: os.ReadFile, stdout: log, stderr: log,
		started: func(string) { stop() },
	})
	if code != exitOK {
		return fmt.Errorf("prepare a database: the bot ended with %d:\n%s", code, log)
	}
	return nil
}

// books opens a bot's database to look into it.
func books(t testing.TB, url string) *sql.DB {
	t.Helper()
	name, dsn := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		name, dsn = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(name, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(2)
	return db
}
