package discord

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cartwright/conversations"
	"cartwright/testservices/fakediscord"
)

// behind is a Discord whose first answers to callbacks are a test's own; by is what passes a
// call on.
func behind(t *testing.T, fails func(n int64, w http.ResponseWriter, r *http.Request, by http.Handler)) (o *outpost, calls *atomic.Int64) {
	t.Helper()
	there := fakediscord.New(fakediscord.Options{})
	t.Cleanup(there.Close)
	at, err := url.Parse(there.APIURL())
	if err != nil {
		t.Fatal(err)
	}
	calls = new(atomic.Int64)
	by := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(at) }}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/callback") {
			by.ServeHTTP(w, r)
			return
		}
		fails(calls.Add(1), w, r, by)
	}))
	t.Cleanup(front.Close)
	o = newOutpost(t, there, front.URL+"/", there.Token)
	o.opens(t, openTime)
	until(t, "a connection", func() bool { return there.Identifies() == 1 })
	return o, calls
}

// A first answer that Discord does not take, or not in time, is sent again while Discord
// waits for one.
func TestFirstAnswersAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails func(n int64, w http.ResponseWriter, r *http.Request, by http.Handler)
		calls int64
	}{
		"a server's mistake, twice": {func(n int64, w http.ResponseWriter, r *http.Request, by http.Handler) {
			if n < 3 {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			by.ServeHTTP(w, r)
		}, 3},
		"a limit": {func(n int64, w http.ResponseWriter, r *http.Request, by http.Handler) {
			if n == 1 {
				w.WriteHeader(http.StatusTooManyRequests)
				fmt.Fprint(w, `{"retry_after": 0.5}`)
				return
			}
			by.ServeHTTP(w, r)
		}, 2},
		"nothing": {func(n int64, w http.ResponseWriter, r *http.Request, by http.Handler) {
			if n == 1 {
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
				return
			}
			by.ServeHTTP(w, r)
		}, 2},
		"it is taken, and nothing is said": {func(n int64, w http.ResponseWriter, r *http.Request, by http.Handler) {
			if n == 1 {
				by.ServeHTTP(httptest.NewRecorder(), r)
				<-r.Context().Done()
				return
			}
			by.ServeHTTP(w, r)
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, calls := behind(t, c.fails)
			o.commands(t)
			until(t, "the last call", func() bool { return calls.Load() == c.calls })
			o.leave()
			<-o.done
			if err := o.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if calls.Load() != c.calls || strings.Contains(o.logged.String(), "was not answered") {
				t.Errorf("%d calls, and this is logged:\n%s", calls.Load(), o.logged)
			}
		})
	}
}

// One that meets the same again is not tried again, nor one after Discord has stopped waiting.
func TestFirstAnswersAreGivenUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status      int
		body        string
		most, least int64
	}{
		"refused":                   {http.StatusNotFound, `{"code": 10062}`, 1, 1},
		"limited for long":          {http.StatusTooManyRequests, `{"retry_after": 60}`, 1, 1},
		"Discord is not there":      {http.StatusServiceUnavailable, ``, 40, 2},
		"answered, at the first go": {http.StatusBadRequest, `{"code": 40060}`, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, calls := behind(t, func(_ int64, w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			_ = o.ada.Command(t.Context(), "cart")
			until(t, "it is logged", func() bool { return strings.Contains(o.logged.String(), "was not answered") })
			if n := calls.Load(); n < c.least || n > c.most {
				t.Errorf("%d calls", n)
			}
		})
	}
}

// So many turns are at once as there are places. Who comes then waits as long as Discord does,
// and is served where one becomes free; the others are dropped, which is told once.
func TestPlacesByGateway(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	o.opens(t, openTime, func(g *gateway) { g.places = make(chan struct{}, 2) })
	until(t, "a connection", func() bool { return o.there.Identifies() == 1 })
	var turns, most atomic.Int64
	on := make(chan struct{})
	o.answer = func(ev conversations.Event) conversations.Reply {
		n := turns.Add(1)
		defer turns.Add(-1)
		most.Store(max(n, most.Load()))
		<-on
		return saying("You said " + ev.Text)
	}
	for n := range 5 { // of long ago
		o.there.Dispatch("INTERACTION_CREATE", map[string]any{"id": fmt.Sprint(n + 1), "token": "none", "type": 2, "guild_id": "42", "member": map[string]any{"user": map[string]any{"id": "7"}}, "data": map[string]any{"name": "m365"}})
	}
	until(t, "it is logged", func() bool { return strings.Contains(o.logged.String(), "were dropped") })
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { _ = o.ada.Command(t.Context(), "cart") })
	}
	until(t, "both places are taken", func() bool { return turns.Load() == 2 })
	close(on)
	all.Wait()
	o.commands(t)
	if n := strings.Count(o.logged.String(), "were dropped"); most.Load() != 2 || n != 1 {
		t.Errorf("%d turns at once, and it is told %d times:\n%s", most.Load(), n, o.logged)
	}
	if seen := o.ada.See("6"); len(seen) != 5 {
		t.Errorf("%d commands have an answer", len(seen))
	}
}

// What is dropped is told of once a minute, with how many there were.
func TestDroppedAreToldOnceAMinute(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	now, logged := noon, new(log)
	d.Now, d.Log = func() time.Time { return now }, slog.New(slog.NewTextHandler(logged, nil))
	g := newGateway(d.Discord)
	if n := cap(g.places); n != 256 {
		t.Errorf("there are %d places", n)
	}
	for range 3 {
		g.drop(t.Context())
		now = now.Add(25 * time.Second)
	}
	if text := logged.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "dropped=1") {
		t.Errorf("at first: %s", text)
	}
	g.drop(t.Context())
	if text := logged.String(); strings.Count(text, "\n") != 2 || !strings.Contains(text, "dropped=3") {
		t.Errorf("a minute later: %s", text)
	}
}

// Somebody whose turn panics is told so in their language, at once or in place of what said
// that the answer is coming; of why not a word.
func TestPanicsByGateway(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"at once": false, "late": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := outpostAt(t)
			o.opens(t, openTime)
			until(t, "a connection", func() bool { return o.there.Identifies() == 1 })
			on := make(chan struct{})
			o.answer = func(conversations.Event) conversations.Reply {
				if late {
					<-on
				}
				panic("a mistake")
			}
			o.ada.Locale = "fr"
			if err := o.ada.Command(t.Context(), "orders"); err != nil {
				t.Error(err)
			}
			close(on)
			until(t, "it is said", func() bool {
				return strings.Contains(o.ada.Last("6").Read(), "Une erreur s’est produite de notre côté")
			})
			got := o.ada.Last("6")
			if strings.Contains(got.Read(), "a mistake") || (got.Edits == 1) != late || got.To != "7" || len(o.ada.See("6")) != 1 {
				t.Errorf("it is edited %d times, for %q: %s", got.Edits, got.To, got.Read())
			}
			if !strings.Contains(o.logged.String(), "panicked") {
				t.Errorf("this is logged:\n%s", o.logged)
			}
		})
	}
}
