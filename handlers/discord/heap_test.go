package discord

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cartwright/conversations"
)

// roundTrips answers calls without a network.
type roundTrips func(*http.Request) string

func (f roundTrips) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(f(r))), Request: r}, nil
}

// heap is what is in use once nothing is left to be collected.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// crowd is a click of one of many people, each with a token of its own.
const crowd = `{"id":"%d","type":3,"token":"token-%d","guild_id":"42","channel_id":"6","locale":"en-US","member":{"user":{"id":"%d","username":"u"},"roles":["5"]},
	"message":{"id":"%d","components":[{"type":10,"content":"x"}]},"data":{"custom_id":"w1!cart"}}`

// 55,000 people click, once each, and every tenth is answered by what takes another message
// of their interaction's, which is a call to an address that nothing else is called at: nothing is
// left of them but what is kept for a while, which is as much after the first 5,000 as after
// 50,000 more.
func TestHeapIsFlat(t *testing.T) {
	short := conversations.Prompt{Name: "cart", Title: "Cart", Locale: "en"}
	long := conversations.Prompt{Name: "cart", Title: "Cart", Locale: "en", Blocks: []conversations.Block{
		{Text: &conversations.Notice{Text: strings.Repeat("x", maxText-100)}}, {Text: &conversations.Notice{Text: strings.Repeat("y", 200)}},
	}}
	var calls, ahead atomic.Int64
	began := time.Unix(1_800_000_000, 0)
	d := New(Options{
		Turn: func(_ context.Context, ev conversations.Event) conversations.Reply {
			if strings.HasSuffix(ev.ID, "0") {
				return conversations.Reply{Prompt: long}
			}
			return conversations.Reply{Prompt: short}
		},
		Organisation: func(string) (string, bool) { return "contoso", true }, APIURL: "http://localhost/", Application: "1",
		Now: func() time.Time { return began.Add(time.Duration(ahead.Load()) * time.Millisecond) }, Log: slog.New(slog.DiscardHandler),
	})
	d.api.http.Transport = roundTrips(func(r *http.Request) string {
		if strings.HasPrefix(r.URL.Path, "/webhooks/1/token-") {
			calls.Add(1)
		}
		return "{}"
	})
	n := 0
	run := func(times int) {
		for range times {
			n++
			body := fmt.Sprintf(crowd, n, n, n, n)
			i, err := decode([]byte(body)) // signatures leave nothing, and cost most of the time
			if err != nil {
				t.Fatal(err)
			}
			answered := false
			d.take(t.Context(), i, ackTime, func(c callback, _ bool) { answered = c.Type == answerUpdate && len(encoded(c)) > 0 })
			if !answered {
				t.Fatalf("%d is not answered", n)
			}
			ahead.Add(250)
		}
		d.work.Wait()
	}
	run(5_000)
	before := heap()
	run(remembered)
	grown := heap() - before
	runtime.KeepAlive(d)
	t.Logf("the heap grew by %d kB", grown>>10)
	if calls.Load() != int64(n/10) {
		t.Errorf("%d calls for every tenth of %d people", calls.Load(), n)
	}
	if grown > 1<<20 {
		t.Errorf("50,000 interactions left %d kB", grown>>10)
	}
}
