package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"cartwright/commerce"
	"cartwright/testservices"
)

var crashEach = flag.Int("crash-each", 0, "kill the bot at each n-th crash point only (0: at all, or, under the race detector, at a part)")

// workers are how many bots live at once: most of the time each waits for the clock.
const workers = 6

// plain buys two products and hands nine licences out. The sandbox lets one of these
// people's first attempt fail, so there is somebody to try again.
var plain = story{
	name: "deliver", wants: []want{{"business-premium", 9, true}, {"visio-p2", 2, false}},
	outcome: "paid", scenario: "deliver", ends: commerce.StateCompleted, places: true,
}

// stories are the ways of an order's life. Each has every crash point that the ones before
// it have not, or where it leads elsewhere.
var stories = []story{
	plain,
	{name: "cancel", wants: plain.wants[1:], cancels: true, ends: commerce.StateCancelled, crashes: naming("cancel", "void")},
	{
		name: "refuse", wants: plain.wants, outcome: "paid", scenario: "refuse", ends: commerce.StateFailed, places: true,
		crashes: naming("place", "order.placed", "void"),
	},
	{
		name: "refuse one", wants: plain.wants, outcome: "paid", scenario: "refuse_one", ends: commerce.StateCompleted, places: true,
		crashes: naming("order.placed", "capture"),
	},
	{
		name: "fail one", wants: plain.wants, outcome: "paid", scenario: "fail_one", ends: commerce.StateCompleted, places: true,
		crashes: naming("refund", "order.delivery"),
	},
	{
		name: "fail", wants: plain.wants, outcome: "paid", scenario: "fail", ends: commerce.StateFailed, places: true,
		crashes: naming("refund", "order.delivery"),
	},
	{
		name: "pay slowly", wants: plain.wants[1:], outcome: "slow", scenario: "deliver", ends: commerce.StateCompleted, places: true,
		crashes: naming("payment.processing", "payment.secured", "gateway.event", "sandbox_events"),
	},
	{
		name: "a second link", wants: plain.wants[1:], outcome: "paid", scenario: "deliver", ends: commerce.StateCompleted, places: true,
		waits: true, more: settings{linkLifeEnv: "700ms"}, crashes: naming("open", "link_asked", "expired", "void", "gateway.look_up"),
	},
	{
		name: "approved", wants: plain.wants[1:], approve: []string{"bruno", "dagmar"}, outcome: "paid", scenario: "deliver", ends: commerce.StateCompleted, places: true,
		more: managers, crashes: naming("approval", "submitted", "opened", "post", "edit"),
	},
	{
		name: "rejected", wants: plain.wants[1:], approve: []string{"bruno"}, rejects: "chloe", ends: commerce.StateRejected,
		more: managers, crashes: naming("rejected"),
	},
	{
		name: "stood in", wants: plain.wants[1:], away: "bruno", standsIn: "emil", approve: []string{"emil", "dagmar"}, outcome: "paid", scenario: "deliver",
		ends: commerce.StateCompleted, places: true, more: managers, crashes: naming("delegated", "approval.approved", "approval.judged"),
	},
	{
		name: "proposed", wants: plain.wants[1:], proposes: "chloe", approve: []string{"dagmar"}, outcome: "paid", scenario: "deliver",
		ends: commerce.StateCompleted, places: true, more: managers, crashes: naming("proposed", "accepted", "post", "edit", "approval.judged"),
	},
	{
		name: "unanswered", wants: plain.wants[1:], ends: commerce.StateExpired,
		more: settings{"ORGANISATIONS_FILE": "testdata/unanswered.yaml"}, crashes: naming("remind", "escalat", "expired", "post", "edit"),
	},
}

// managers is an organisation in which every larger order needs two approvals.
var managers = settings{"ORGANISATIONS_FILE": "testdata/approvals.yaml"}

// naming picks the points whose names contain one of the words.
func naming(words ...string) func(string) bool {
	return func(point string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(point, w) })
	}
}

// TestNothingIsLostOrDoneTwice kills the bot at each of its crash points, one life each,
// starts it again, and looks at what became of the order and of the world outside.
func TestNothingIsLostOrDoneTwice(t *testing.T) {
	for _, at := range places(t) {
		t.Run(at.kind, func(t *testing.T) {
			began := time.Now()
			cases := crashCases(t, at)
			all, each := len(cases), stride(at)
			cases = slices.DeleteFunc(cases, func(c crashCase) bool { return c.number%each != 0 })
			missed := liveAll(t, at, cases)
			t.Logf("%d of %d deaths (each %d) in %s; %d points were not reached in their second life: %s",
				len(cases), all, each, time.Since(began).Round(time.Second), len(missed), strings.Join(missed, ", "))
			if len(missed) > 3+len(cases)/20 {
				t.Error("more crash points than a few were not reached")
			}
		})
	}
}

// stride is how many points there are to a death. A bot on PostgreSQL takes twice the time.
func stride(at place) int {
	switch {
	case *crashEach > 0:
		return *crashEach
	case !raceDetector && !testing.Short():
		return 1
	case raceDetector && at.kind == "postgres":
		return 11
	}
	return 5
}

// crashCase is a life and where it is cut off.
type crashCase struct {
	story
	number int
	dies   settings
	name   string
	deaths int // at least; 0: it is not sure
}

// crashCases lives each story once, undisturbed, to learn the points.
func crashCases(t *testing.T, at place) []crashCase {
	t.Helper()
	recorded := make([][]string, len(stories))
	parallel(len(stories), func(_, i int) {
		t.Run("undisturbed "+stories[i].name, func(t *testing.T) {
			l := newLife(t, at, stories[i], nil, "")
			l.run()
			recorded[i] = l.points()
		})
	})
	var cases []crashCase
	add := func(c crashCase) {
		c.number = len(cases)
		cases = append(cases, c)
	}
	for i, points := range recorded {
		for _, point := range chosen(points) {
			if stories[i].crashes == nil || stories[i].crashes(point) {
				add(crashCase{story: stories[i], dies: settings{crashAtEnv: point}, name: stories[i].name + "/" + point, deaths: 1})
			}
		}
	}
	for seed := range uint64(12) {
		s := stories[seed%4]
		s.stormy = true
		add(crashCase{story: s, name: fmt.Sprintf("%s/again and again %d", s.name, seed), dies: settings{stormSeed: strconv.FormatUint(seed, 10)}})
	}
	return cases
}

// reads change nothing outside, and a saved form may be lost: there once is enough.
var reads = naming("seats", "unlicensed", "licences@", "users", "prices", "store.save")

// chosen are the first, the middle and the last occurrence of each point.
func chosen(points []string) []string {
	times := map[string]int{}
	for _, point := range points {
		label, n, _ := strings.Cut(point, "@")
		nth, _ := strconv.Atoi(n)
		times[label] = max(times[label], nth)
	}
	var all []string
	for label, n := range times {
		for _, nth := range []int{1, (n + 1) / 2, n} {
			point := label + "@" + strconv.Itoa(nth)
			if nth == 1 || !reads(point) {
				all = append(all, point)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// stormSeed makes a life with several deaths, at random points.
const stormSeed = "storm"

// parallel runs do for 0…n-1 on several workers.
func parallel(n int, do func(worker, i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for i := next.Add(1) - 1; int(i) < n; i = next.Add(1) - 1 {
				do(worker, int(i))
			}
		})
	}
	group.Wait()
}

// liveAll lives the cases and names those whose bot did not die.
func liveAll(t *testing.T, at place, cases []crashCase) (missed []string) {
	t.Helper()
	var mu sync.Mutex
	redis := make([]string, workers)
	if at.kind == "postgres" {
		for i := range redis {
			redis[i], _ = testservices.Redis(t)
		}
	}
	parallel(len(cases), func(worker, i int) {
		t.Run(cases[i].name, func(t *testing.T) {
			empty(t, redis[worker])
			l := newLife(t, at, cases[i].story, cases[i].dies, redis[worker])
			l.run()
			if l.deaths < cases[i].deaths {
				mu.Lock()
				defer mu.Unlock()
				missed = append(missed, cases[i].name)
			}
		})
	})
	return missed
}

// empty drops everything in a Redis, where there is one.
func empty(t *testing.T, url string) {
	t.Helper()
	if url == "" {
		return
	}
	options, err := goredis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := goredis.NewClient(options)
	defer client.Close()
	err = client.FlushAll(t.Context()).Err()
	if err != nil {
		t.Fatal(err)
	}
}

// life is one story on a database of its own, with the bots that live in it.
type life struct {
	t      *testing.T
	story  story
	env    settings
	dies   settings
	storm  *rand.Rand // nil: there is at most one death
	db     string
	bot    *process
	bots   []*process
	deaths int
}

func newLife(t *testing.T, at place, s story, dies settings, redis string) *life {
	t.Helper()
	l := &life{t: t, story: s, dies: dies, db: at.fresh(t)}
	l.env = usual.with(s.more).with(settings{"DATABASE_URL": l.db})
	l.env["REDIS_URL"] = cmp.Or(redis, "embedded")
	if seed, err := strconv.ParseUint(dies[stormSeed], 10, 64); err == nil {
		l.storm = rand.New(rand.NewPCG(seed, 1))
	}
	t.Cleanup(func() {
		if l.bot != nil {
			l.bot.kill()
		}
		if t.Failed() {
			l.tell()
		}
	})
	return l
}

// run lives the story to its end, and checks what came of it.
func (l *life) run() {
	l.t.Helper()
	b := &buyer{
		line: &line{t: l.t, base: l.base, broken: l.broken, client: patient()},
		org:  "contoso", person: "aicha", story: l.story,
	}
	defer b.client.CloseIdleConnections()
	b.live()
	a := &account{t: l.t, db: books(l.t, l.db), url: l.db, order: b.order}
	l.until(a.unfinished)
	l.bot.kill()
	l.bot = nil
	a.check(l.story)
}

// base is where the bot is. One that is dead is started again.
func (l *life) base() string {
	l.t.Helper()
	for {
		if l.bot != nil && l.bot.ended(0) {
			l.deaths++
			l.bot = nil
		}
		if len(l.bots) > 12 {
			l.t.Fatal("the bot dies again and again")
		}
		if l.bot == nil {
			l.bot = launch(l.t, l.env.with(l.death()))
			l.bots = append(l.bots, l.bot)
		}
		if l.bot.up(l.t) {
			return l.bot.base
		}
	}
}

// death is where the next bot dies, if it does: the first one, and in a storm some more.
func (l *life) death() settings {
	switch {
	case l.storm != nil && len(l.bots) < 6:
		return settings{crashNthEnv: strconv.Itoa(1 + l.storm.IntN(90))}
	case l.storm == nil && len(l.bots) == 0:
		return l.dies
	}
	return nil
}

// broken waits for the death that broke the line.
func (l *life) broken(err error) {
	l.t.Helper()
	if l.bot != nil && !l.bot.ended(patience) {
		l.t.Fatalf("the bot lives and does not answer: %v", err)
	}
}

// until waits until nothing is left to do. The bot may die on the way there.
func (l *life) until(unfinished func() []string) {
	l.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		l.base()
		left := unfinished()
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("stuck, with these jobs left: %s", left)
		}
	}
}

// points are those that the last bot reached.
func (l *life) points() []string { return l.bots[len(l.bots)-1].reached() }

// tell helps to find out what went wrong.
func (l *life) tell() {
	for i, bot := range l.bots {
		reached := bot.reached()
		l.t.Logf("bot %d of %d reached %d points, at last %s, and said:\n%s", i+1, len(l.bots), len(reached),
			strings.Join(reached[max(0, len(reached)-12):], ", "), bot.log.tail())
	}
}

// verified runs `bot audit verify`.
func verified(t testing.TB, url string) {
	t.Helper()
	said := new(lockedBuffer)
	code := run(context.Background(), []string{"audit", "verify"}, surroundings{
		env: usual.with(settings{"DATABASE_URL": url}).find, readFile: os.ReadFile, stdout: said, stderr: said,
	})
	if code != exitOK {
		t.Errorf("audit verify: %d\n%s", code, said)
	}
}
