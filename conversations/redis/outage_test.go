package redis

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cartwright/testservices"
)

// A turn is over in 2.5 s, the sentence that memory is gone included.
const tooLong = 2 * time.Second

// startSentinel starts a Sentinel that watches the master under the name cartwright.
func startSentinel(t *testing.T, master string) (addr string) {
	t.Helper()
	host, port, err := net.SplitHostPort(master)
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	err = os.WriteFile(conf, []byte("sentinel monitor cartwright "+host+" "+port+" 1\n"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, sentinel := testservices.Redis(t, conf, "--sentinel")
	return sentinel.Addr
}

// refused makes every call, and wants each to fail in time.
func refused(t *testing.T, s *Store) {
	t.Helper()
	for what, call := range map[string]func() error{
		"Ping":  func() error { return s.Ping(t.Context()) },
		"Load":  func() error { _, _, err := s.Load(t.Context(), aicha); return err },
		"Save":  func() error { _, err := s.Save(t.Context(), aicha, 0, []byte("x"), hour); return err },
		"Allow": func() error { _, _, err := s.Allow(t.Context(), "aicha", 60); return err },
	} {
		begun := time.Now()
		err := call()
		took := time.Since(begun)
		if err == nil || took > tooLong {
			t.Errorf("%s without Redis: %v after %v; want an error within %v", what, err, took, tooLong)
		}
	}
}

// back waits until the store has found its Redis again, by itself and soon: after many
// failures the pool tries once a second.
func back(t *testing.T, s *Store) {
	t.Helper()
	begun := time.Now()
	eventually(t, func() bool { return s.Ping(t.Context()) == nil })
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("found Redis again after %v, want within 3 s", took)
	}
}

func TestKilledRedisIsToldAndComesBack(t *testing.T) {
	t.Parallel()
	url, server := testservices.Redis(t)
	s := open(t, url)
	for range 2 {
		mustSave(t, s, 0, "licences: 4", hour)
		server.Stop()
		refused(t, s)
		server.Start()
		back(t, s)
		wantLoaded(t, s, "", 0)
	}
}

func TestHangingRedisHoldsNobody(t *testing.T) {
	t.Parallel()
	url, server := testservices.Redis(t)
	s := open(t, url)
	version := mustSave(t, s, 0, "licences: 4", hour)
	server.Pause()
	refused(t, s)
	server.Resume()
	back(t, s)
	wantLoaded(t, s, "licences: 4", version)
}

func TestProgramMayStartBeforeItsRedis(t *testing.T) {
	t.Parallel()
	url, server := testservices.Redis(t)
	server.Stop()
	s := open(t, url)
	refused(t, s)
	server.Start()
	back(t, s)
	mustSave(t, s, 0, "licences: 4", hour)
}
