package teams

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cartwright/conversations"
)

// A login of Microsoft's that hangs holds nobody for longer than they would wait.
func TestALoginThatHangs(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	login := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(login.Close)
	t.Cleanup(func() { close(release) })
	c := newConnector(Options{AppID: "a", Password: "p", TokenURL: login.URL, ServiceHosts: []string{"127.0.0.1:1"}, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		began := time.Now()
		err := c.call(ctx, "http://127.0.0.1:1/", http.MethodGet, "/", nil, nil)
		if _, ok := errors.AsType[*conversations.Wait](err); !ok || time.Since(began) > 2*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		cancel()
	}
}

// While a service fails it is called ever more rarely, and the log tells once a minute;
// once it answers, all is as before.
func TestAnOutage(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	h := &health{now: func() time.Time { return now }, log: slog.New(slog.NewTextHandler(&log, nil))}
	down := errDown{errors.New("it answers 503")}
	for i, about := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
		err := h.after(t.Context(), down)
		wait, ok := errors.AsType[*conversations.Wait](err)
		if least := time.Duration(about) * time.Second / 2; !ok || wait.For < least || wait.For > 3*least {
			t.Errorf("failure %d: %v, want %v to %v", i+1, err, least, 3*least)
		}
		now = now.Add(10 * time.Second)
	}
	if n := strings.Count(log.String(), "it answers 503"); n != 2 {
		t.Errorf("the log tells %d times in 80 seconds:\n%s", n, log.String())
	}
	refusal := &refused{Status: http.StatusNotFound}
	if err := h.after(t.Context(), refusal); !errors.Is(err, error(refusal)) {
		t.Errorf("a refusal is %v", err)
	}
	if wait, _ := errors.AsType[*conversations.Wait](h.after(t.Context(), down)); wait == nil || wait.For > 2*time.Second {
		t.Errorf("the first failure after it answered: %v", wait)
	}
}

// Limits are kept as long as Teams says; what is refused for good is no wait.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		header string
		wait   time.Duration // 0: it is no wait
		down   bool
	}{
		"limited":                {429, "7", 7 * time.Second, false},
		"limited without a word": {429, "", time.Second, false},
		"limited for ever":       {429, "86400", longestWait, false},
		"limited by nonsense":    {429, "soon", time.Second, false},
		"to be tried again":      {412, "", time.Second, false},
		"down, and back by then": {503, "9", 9 * time.Second, false},
		"down":                   {502, "", 0, true},
		"blocked":                {403, "", 0, false},
		"too large":              {413, "", 0, false},
	} {
		got := &http.Response{StatusCode: c.status, Header: http.Header{}}
		if c.header != "" {
			got.Header.Set("Retry-After", c.header)
		}
		err := settled(got, []byte(`{"error": {"code": "X", "message": "y"}}`), nil)
		wait, waits := errors.AsType[*conversations.Wait](err)
		_, down := errors.AsType[errDown](err)
		if waits != (c.wait > 0) || waits && wait.For != c.wait || down != c.down || !waits && !down && statusOf(err) != c.status {
			t.Errorf("%s: %v", name, err)
		}
	}
}
