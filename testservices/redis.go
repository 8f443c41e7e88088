package testservices

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// redisPatience is how long a redis-server may take to answer: it needs some 20 ms.
const redisPatience = 10 * time.Second

// RedisServer is a redis-server of a test's own, without persistence. Stopped and
// started again it is empty, on the same port.
type RedisServer struct {
	Addr string // host:port

	tb      testing.TB
	args    []string
	process *process      // nil while stopped
	log     *bytes.Buffer // of process, to be read once it has ended
}

// Redis starts a redis-server for this test alone. url is for REDIS_URL; settings are
// further ones for its command line, a file of settings first.
func Redis(tb testing.TB, settings ...string) (url string, server *RedisServer) {
	tb.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		Missing(tb, "Redis (Debian: redis-server)", "anything on a Redis outside the process")
	}
	for range 3 { // somebody else may take the free port first
		server, err = newRedis(tb, program, settings)
		if err == nil {
			tb.Cleanup(server.Stop)
			return "redis://" + server.Addr, server
		}
	}
	tb.Fatal(err)
	return "", nil
}

func newRedis(tb testing.TB, program string, settings []string) (*RedisServer, error) {
	tb.Helper()
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	args := append([]string{program}, settings...)
	args = append(args, "--bind", "127.0.0.1", "--port", strconv.Itoa(port),
		"--dir", tb.TempDir(), "--save", "", "--appendonly", "no")
	s := &RedisServer{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), tb: tb, args: args}
	return s, s.start()
}

// Start starts the stopped server again, empty, on the port it had.
func (s *RedisServer) Start() {
	s.tb.Helper()
	err := s.start()
	if err != nil {
		s.tb.Fatal(err)
	}
}

func (s *RedisServer) start() error {
	s.log = new(bytes.Buffer)
	cmd := exec.Command(s.args[0], s.args[1:]...)
	cmd.Stdout, cmd.Stderr = s.log, s.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started, err := startProcess(cmd)
	if err != nil {
		return fmt.Errorf("start Redis: %w", err)
	}
	s.process = started
	err = s.ready()
	if err != nil {
		s.Stop()
		return fmt.Errorf("start Redis: %w:\n%s", err, s.log)
	}
	return nil
}

func (s *RedisServer) ready() error {
	for deadline := time.Now().Add(redisPatience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if s.process.ended() {
			return errors.New("it ended at once")
		}
		if s.answers() {
			return nil
		}
	}
	return fmt.Errorf("no answer within %s", redisPatience)
}

// answers reports whether the server speaks; that it asks for a password will do.
func (s *RedisServer) answers() bool {
	conn, err := net.DialTimeout("tcp", s.Addr, redisPatience)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(redisPatience))
	_, err = conn.Write([]byte("PING\r\n"))
	if err != nil {
		return false
	}
	answer := make([]byte, 64)
	n, _ := conn.Read(answer)
	return bytes.HasPrefix(answer[:n], []byte("+PONG")) || bytes.HasPrefix(answer[:n], []byte("-NOAUTH"))
}

// Stop kills the server: every connection breaks, and all it held is lost. Stopping a
// stopped server does nothing.
func (s *RedisServer) Stop() {
	if s.process == nil {
		return
	}
	_ = s.process.cmd.Process.Kill() // it may have ended already
	<-s.process.done
	s.process = nil
}

// Pause makes the server hang: connections are accepted, and nothing is answered.
func (s *RedisServer) Pause() { s.signal(syscall.SIGSTOP) }

// Resume ends a Pause.
func (s *RedisServer) Resume() { s.signal(syscall.SIGCONT) }

func (s *RedisServer) signal(sig os.Signal) {
	s.tb.Helper()
	err := s.process.cmd.Process.Signal(sig)
	if err != nil {
		s.tb.Fatalf("send Redis %v: %v", sig, err)
	}
}
