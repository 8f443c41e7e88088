package redis

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/conversations"
	"cartwright/testservices"
)

const hour = time.Hour

var aicha = conversations.Key{
	Organisation: "contoso",
	Account:      conversations.Account{Platform: "slack", Workspace: "T1", ID: "U1"},
}

// Every story is told on every kind of Redis.
var stories = []struct {
	name string
	tell func(t *testing.T, s *Store)
}{
	{"a conversation is kept and versioned", keptAndVersioned},
	{"one of many savers wins", oneSaverWins},
	{"a conversation is forgotten in time", forgottenInTime},
	{"the loss of everything is noticed", lossNoticed},
	{"forgotten scripts are sent again", scriptsSentAgain},
	{"a pace is kept", paceKept},
	{"oversized and short-lived states are refused", oddStatesRefused},
	{"a person spends calls", personsSpend},
	{"an organisation spends tokens", tokensSpent},
}

func TestStories(t *testing.T) {
	t.Parallel()
	for kind, open := range map[string]func(t *testing.T) *Store{
		"embedded": func(t *testing.T) *Store { return open(t, "embedded") },
		"server":   openServer,
		"cluster":  openCluster,
		"sentinel": openSentinel,
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			for _, story := range stories {
				empty(t, s)
				t.Run(story.name, func(t *testing.T) { story.tell(t, s) })
			}
		})
	}
}

func empty(t *testing.T, s *Store) {
	t.Helper()
	err := s.client.FlushAll(t.Context()).Err()
	if err != nil {
		t.Fatalf("FLUSHALL: %v", err)
	}
}

func openServer(t *testing.T) *Store {
	t.Helper()
	url, _ := testservices.Redis(t)
	return open(t, url)
}

func open(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, time.Now)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		err := s.Close()
		if err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func openCluster(t *testing.T) *Store {
	t.Helper()
	url, server := testservices.Redis(t, "--cluster-enabled", "yes")
	admin := open(t, url)
	err := admin.client.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err()
	if err != nil {
		t.Fatalf("give the node its slots: %v", err)
	}
	eventually(t, func() bool {
		info, err := admin.client.ClusterInfo(t.Context()).Result()
		return err == nil && strings.Contains(info, "cluster_state:ok")
	})
	return open(t, "redis+cluster://"+server.Addr+","+server.Addr)
}

func openSentinel(t *testing.T) *Store {
	t.Helper()
	_, master := testservices.Redis(t)
	sentinel := startSentinel(t, master.Addr)
	return open(t, "redis+sentinel://"+sentinel+"/1?master=cartwright")
}

func eventually(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatal("it did not come about in 10 s")
}

func mustSave(t *testing.T, s *Store, version int64, state string, ttl time.Duration) (saved int64) {
	t.Helper()
	saved, err := s.Save(t.Context(), aicha, version, []byte(state), ttl)
	if err != nil {
		t.Fatalf("Save of version %d: %v", version, err)
	}
	return saved
}

func wantLoaded(t *testing.T, s *Store, wantState string, wantVersion int64) {
	t.Helper()
	state, version, err := s.Load(t.Context(), aicha)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	if string(state) != wantState || version != wantVersion {
		t.Fatalf("Load = %q, version %d; want %q, version %d", state, version, wantState, wantVersion)
	}
}

func keptAndVersioned(t *testing.T, s *Store) {
	state, version, err := s.Load(t.Context(), aicha)
	if state != nil || version != 0 || err != nil {
		t.Fatalf("Load of nothing = %q, %d, %v; want nil, 0, nil", state, version, err)
	}
	first := mustSave(t, s, 0, "licences: 4", hour)
	wantLoaded(t, s, "licences: 4", first)
	second := mustSave(t, s, first, "\x00\xff binary \r\n", hour)
	wantLoaded(t, s, "\x00\xff binary \r\n", second)

	other := aicha
	other.Organisation = "fabrikam"
	_, version, err = s.Load(t.Context(), other)
	if version != 0 || err != nil {
		t.Errorf("another organisation's conversation has version %d, %v; want none", version, err)
	}
}

func oneSaverWins(t *testing.T, s *Store) {
	version := int64(0)
	for range 5 {
		saved, errs := saveAtOnce(t, s, version, 24)
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, conversations.ErrLostRace):
				t.Errorf("Save: %v; want nil or ErrLostRace", err)
			}
		}
		if won != 1 {
			t.Fatalf("%d savers of version %d won, want 1", won, version)
		}
		version = saved
	}
	wantLoaded(t, s, "state", version)
}

func saveAtOnce(t *testing.T, s *Store, version int64, savers int) (saved int64, errs []error) {
	versions, errs := make([]int64, savers), make([]error, savers)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			<-start
			versions[i], errs[i] = s.Save(t.Context(), aicha, version, []byte("state"), hour)
		})
	}
	close(start)
	all.Wait()
	return slices.Max(versions), errs // losers answer 0
}

func forgottenInTime(t *testing.T, s *Store) {
	gone := mustSave(t, s, 0, "soon gone", 2*time.Second)
	wantLoaded(t, s, "soon gone", gone)
	eventually(t, func() bool {
		_, version, err := s.Load(t.Context(), aicha)
		return err == nil && version == 0
	})
	anew := mustSave(t, s, 0, "anew", hour)
	mustSave(t, s, anew, "and shorter", time.Second) // the lifetime is the last save's
	eventually(t, func() bool {
		_, version, err := s.Load(t.Context(), aicha)
		return err == nil && version == 0
	})
}

func lossNoticed(t *testing.T, s *Store) {
	lost := mustSave(t, s, mustSave(t, s, 0, "licences: 4", hour), "licences: 5", hour)
	empty(t, s)
	wantLoaded(t, s, "", 0)
	_, err := s.Save(t.Context(), aicha, lost, []byte("licences: 6"), hour)
	if !errors.Is(err, conversations.ErrLostRace) {
		t.Errorf("Save on top of what was lost: %v, want ErrLostRace", err)
	}
	wantLoaded(t, s, "", 0)
	again := mustSave(t, s, mustSave(t, s, 0, "licences: 1", hour), "licences: 2", hour)
	_, err = s.Save(t.Context(), aicha, lost, []byte("licences: 6"), hour)
	if !errors.Is(err, conversations.ErrLostRace) || again == lost {
		t.Errorf("Save on top of what was lost, as often as was saved since: %v, want ErrLostRace", err)
	}
	wantLoaded(t, s, "licences: 2", again)
}

func scriptsSentAgain(t *testing.T, s *Store) {
	version := int64(0)
	for range 3 {
		version = mustSave(t, s, version, "state", hour)
		ok, _, err := s.Allow(t.Context(), "aicha", 60)
		if !ok || err != nil {
			t.Fatalf("Allow = %v, %v; want true", ok, err)
		}
		err = s.client.ScriptFlush(t.Context()).Err()
		if err != nil {
			t.Fatalf("SCRIPT FLUSH: %v", err)
		}
	}
}

func paceKept(t *testing.T, s *Store) {
	const perMinute = 120
	for i := range perMinute {
		ok, wait, err := s.Allow(t.Context(), "commands/aicha", perMinute)
		if !ok || wait != 0 || err != nil {
			t.Fatalf("call %d: Allow = %v, %v, %v; want true", i+1, ok, wait, err)
		}
	}
	wait := untilRefused(t, s, perMinute)
	ok, _, err := s.Allow(t.Context(), "commands/bruno", perMinute)
	if !ok || err != nil {
		t.Errorf("somebody else: Allow = %v, %v; want true", ok, err)
	}
	time.Sleep(wait + 20*time.Millisecond)
	ok, _, err = s.Allow(t.Context(), "commands/aicha", perMinute)
	if !ok || err != nil {
		t.Errorf("after the wait of %v: Allow = %v, %v; want true", wait, ok, err)
	}
	_, _, err = s.Allow(t.Context(), "commands/aicha", 0)
	if err == nil {
		t.Error("Allow of none a minute: no error")
	}
}

// untilRefused calls on: on a slow machine the pace has let some more through meanwhile.
func untilRefused(t *testing.T, s *Store, perMinute int) time.Duration {
	t.Helper()
	for range perMinute {
		ok, wait, err := s.Allow(t.Context(), "commands/aicha", perMinute)
		if err != nil {
			t.Fatalf("Allow: %v", err)
		}
		if !ok {
			if wait <= 0 || wait > time.Minute/time.Duration(perMinute) {
				t.Errorf("refused with a wait of %v; want up to 0.5 s", wait)
			}
			return wait
		}
	}
	t.Fatalf("%d calls a minute, and never refused", 2*perMinute)
	return 0
}

func oddStatesRefused(t *testing.T, s *Store) {
	full := strings.Repeat("x", MaxState)
	version := mustSave(t, s, 0, full, hour)
	wantLoaded(t, s, full, version)
	_, err := s.Save(t.Context(), aicha, version, []byte(full+"x"), hour)
	if err == nil || errors.Is(err, conversations.ErrLostRace) {
		t.Errorf("Save of MaxState+1 bytes: %v, want a refusal", err)
	}
	_, err = s.Save(t.Context(), aicha, version, []byte("x"), 0)
	if err == nil || errors.Is(err, conversations.ErrLostRace) {
		t.Errorf("Save for no time: %v, want a refusal", err)
	}
	wantLoaded(t, s, full, version)
}

// A click may cost one round trip to load and one to save.
func TestLoadAndSaveAreOneCommandEach(t *testing.T) {
	t.Parallel()
	s := open(t, "embedded")
	version := mustSave(t, s, 0, "state", hour) // connects and sends the script
	before := s.embedded.server.CommandCount()
	wantLoaded(t, s, "state", version)
	if n := s.embedded.server.CommandCount() - before; n != 1 {
		t.Errorf("Load took %d commands, want 1", n)
	}
	before = s.embedded.server.CommandCount()
	mustSave(t, s, version, "state", hour)
	// The script's own three commands count too.
	if n := s.embedded.server.CommandCount() - before; n > 4 {
		t.Errorf("Save took %d commands, want EVALSHA and the script's", n)
	}
}

// A clock that runs fast lets embedded conversations expire fast.
func TestEmbeddedFollowsTheClock(t *testing.T) {
	t.Parallel()
	start := time.Now()
	s, err := Open(t.Context(), "embedded", func() time.Time { return start.Add(time.Since(start) * 3600) })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	mustSave(t, s, 0, "state", time.Hour)
	eventually(t, func() bool {
		_, version, err := s.Load(t.Context(), aicha)
		return err == nil && version == 0
	})
}

// Not parallel: it looks at every goroutine of the process.
func TestClosedEmbeddedLeavesNothingRunning(t *testing.T) {
	for range 3 {
		s, err := Open(context.Background(), "embedded", time.Now)
		if err != nil {
			t.Fatal(err)
		}
		mustSave(t, s, 0, "state", hour)
		err = s.Close()
		if err != nil {
			t.Fatalf("Close: %v", err)
		}
		err = s.Ping(t.Context())
		if err == nil {
			t.Fatal("Ping after Close: no error")
		}
	}
	var left string
	for range 100 {
		stacks := make([]byte, 1<<20)
		left = string(stacks[:runtime.Stack(stacks, true)])
		if !strings.Contains(left, "miniredis") && !strings.Contains(left, "go-redis") && !strings.Contains(left, "embedded).tick") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("still running after Close:\n%s", left)
}

// Ids come from outside: no two lists of parts may make one key, and no part may
// choose the slot of a cluster.
func TestNamesNeverMeet(t *testing.T) {
	t.Parallel()
	parts := []string{"", "a", "aa", "a/", "/", "{x}", "}", "\x00"}
	seen := map[string][]string{}
	for i := range len(parts) * len(parts) * len(parts) {
		list := []string{parts[i%8], parts[i/8%8], parts[i/64]}
		key := name("conversation", list...)
		if other, taken := seen[key]; taken {
			t.Errorf("%q and %q are both named %q", list, other, key)
		}
		seen[key] = list
		if strings.Count(key, "{") != 1 || strings.Count(key, "}") != 1 || len(key) > 80 {
			t.Errorf("%q is named %q", list, key)
		}
	}
}
