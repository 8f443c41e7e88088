package teams

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
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

// nowhere keeps no references.
type nowhere struct{}

func (nowhere) Load(context.Context, string) ([]byte, bool, error)    { return nil, false, nil }
func (nowhere) Save(context.Context, string, []byte, time.Time) error { return nil }
func (nowhere) Delete(context.Context, string, time.Time) error       { return nil }

// emulated is the platform without tokens and network: what it calls is answered by calls.
func emulated(t *testing.T, references References, turn func(context.Context, conversations.Event) conversations.Reply, calls roundTrips) (*Teams, *atomic.Int64) {
	t.Helper()
	var ahead atomic.Int64 // milliseconds
	p := New(Options{
		Turn: turn, Organisation: func(string) (string, bool) { return "contoso", true }, Channel: func(string) string { return "" },
		References: references, ServiceHosts: []string{"localhost"}, Anonymous: true, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.UnixMilli(1_800_000_000_000 + ahead.Load()) },
	})
	p.connector.http.Transport = calls
	t.Cleanup(func() { _ = p.Close(context.Background()) })
	return p, &ahead
}

// did is an activity of the n-th person, in their own chat, that nobody has seen before.
func did(kind string, n int) string {
	value := `"text":"cart"`
	if kind == "invoke" {
		value = fmt.Sprintf(`"name":"adaptiveCard/action","replyToId":"m%d","value":{"action":{"type":"Action.Execute","verb":"m365","data":{"m365.ref":"cart"}},"trigger":"manual"}`, n)
	}
	return fmt.Sprintf(`{"type":%q,"id":"f:%d","channelId":"msteams","serviceUrl":"http://localhost/","locale":"en-US","from":{"id":"29:%d","aadObjectId":"o%d"},"recipient":{"id":"28:1"},
		"conversation":{"id":"a:%d","conversationType":"personal","tenantId":"t"},%s}`, kind, n, n, n, n, value)
}

func (t *Teams) delivered(body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	t.Messages(w, httptest.NewRequest(http.MethodPost, "/api/messages", strings.NewReader(body)))
	return w
}

func greeting(context.Context, conversations.Event) conversations.Reply {
	return conversations.Reply{Prompt: conversations.Prompt{Name: "cart", Title: "Cart", Locale: "en"}}
}

// heap is what is in use once nothing is left to be collected.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// 45,000 people click or write, once each: nothing is left of them but what caches keep for
// a while, which are as full after the first 5,000 as after 40,000 more.
func TestHeapIsFlat(t *testing.T) {
	var calls atomic.Int64
	p, ahead := emulated(t, nowhere{}, greeting, func(*http.Request) string { calls.Add(1); return `{"id":"1"}` })
	n := 0
	run := func(times int) {
		for range times {
			n++
			kind := []string{"invoke", "message"}[n%2]
			if w := p.delivered(did(kind, n)); w.Code != http.StatusOK {
				t.Fatalf("%s %d: %d", kind, n, w.Code)
			}
			ahead.Add(250)
		}
		p.work.Wait()
	}
	run(5_000)
	before := heap()
	run(2 * 20_000) // Cache holds 20,000, and a map of paces 10,000
	grown := heap() - before
	runtime.KeepAlive(p)
	t.Logf("the heap grew by %d kB", grown>>10)
	if calls.Load() != int64(n) {
		t.Errorf("%d calls for %d people", calls.Load(), n)
	}
	if grown > 1<<20 {
		t.Errorf("40,000 interactions left %d kB", grown>>10)
	}
}
