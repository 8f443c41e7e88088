package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"cartwright/testservices"
)

// What a click costs on each platform: BenchmarkClick in the bot, with its guards, log,
// dialogue, cart in SQLite and a real Redis, and BenchmarkFloor in the least that could
// answer at all. Each runs as many clicks as the other, of the same size, in the same closed
// loop; compare them in one run (`make bench` prints the ratio).

// benchPeople click at once.
const benchPeople = 32

// benched is a platform as far as the benchmark needs it.
type benched interface {
	// click is a signed click of one of the people, the n-th of all.
	click(address string, person int, n int64, value string) (*http.Request, error)
	// arrived counts what came after the answers, one for each click.
	arrived() int64
}

// benchClicks are compared: the help, which is words alone; the cart; a page of the
// catalogue, the longest prompt of all.
var benchClicks = []struct{ name, value string }{{"help", "help"}, {"cart", "cart"}, {"list", "search"}}

func BenchmarkClick(b *testing.B) {
	b.Run("slack", slackClick)
	b.Run("discord", discordClick)
	b.Run("teams", teamsClick)
}

func BenchmarkFloor(b *testing.B) {
	b.Run("slack", slackFloor)
	b.Run("discord", discordFloor)
	b.Run("teams", teamsFloor)
}

func listen(b *testing.B) net.Listener {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// clicks has everybody click, and waits until each click has led to what comes after it.
func clicks(b *testing.B, address string, p benched, value string) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * benchPeople}}
	defer client.CloseIdleConnections()
	var people, all atomic.Int64
	before, busy := p.arrived(), processorTime(b)
	b.ReportAllocs()
	b.SetParallelism(benchPeople / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		person := int(people.Add(1)) % benchPeople
		for pb.Next() {
			r, err := p.click(address, person, all.Add(1), value)
			if err == nil {
				_, err = clickOnce(client, r)
			}
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
	for wait := 0; p.arrived()-before < int64(b.N) && wait < 5000; wait++ {
		time.Sleep(time.Millisecond)
	}
	b.StopTimer()
	b.ReportMetric(float64(p.arrived()-before)/float64(b.N), "edits/op")
	b.ReportMetric(float64(processorTime(b)-busy)/float64(b.N), "cpu-ns/op")
}

// processorTime is what this process has used so far: it says more than the clock where
// others use the machine too.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// clickOnce sends a click and reads the answer to it.
func clickOnce(client *http.Client, r *http.Request) ([]byte, error) {
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	return text, err
}

// benchServe runs a bot on SQLite and a real Redis, and answers where it is.
func benchServe(b *testing.B, organisations string, more settings) (base string) {
	b.Helper()
	redis, _ := testservices.Redis(b)
	set := usual.with(settings{
		"REDIS_URL": redis, "DATABASE_URL": "sqlite:" + filepath.Join(memory(b), "bot.db"), "ORGANISATIONS_FILE": organisations, "CLOCK_SPEED": "1",
	}).with(more)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan int, 1)
	go func() {
		defer close(ended)
		ended <- run(ctx, nil, surroundings{env: set.find, readFile: os.ReadFile, stdout: io.Discard, stderr: io.Discard, started: func(at string) { ready <- at }})
	}()
	b.Cleanup(func() { cancel(); <-ended })
	select {
	case at := <-ready:
		return "http://" + at
	case code := <-ended:
		b.Fatalf("the bot did not start: %d", code)
	}
	return ""
}

// leanTurn is the least of a turn: one value of somebody's is loaded and saved.
func leanTurn(b *testing.B) func(ctx context.Context, who string) error {
	b.Helper()
	at, _ := testservices.Redis(b)
	options, err := goredis.ParseURL(at)
	if err != nil {
		b.Fatal(err)
	}
	options.PoolSize = 20
	redis := goredis.NewClient(options)
	b.Cleanup(func() { redis.Close() })
	state := bytes.Repeat([]byte("s"), 600)
	return func(ctx context.Context, who string) error {
		if err := redis.Get(ctx, "floor:"+who).Err(); err != nil && !errors.Is(err, goredis.Nil) {
			return err
		}
		return redis.Set(ctx, "floor:"+who, state, time.Hour).Err()
	}
}

func leanServe(b *testing.B, do http.HandlerFunc) (address string) {
	b.Helper()
	l := listen(b)
	server := &http.Server{Handler: do}
	go server.Serve(l)
	b.Cleanup(func() { server.Close() })
	return "http://" + l.Addr().String()
}
