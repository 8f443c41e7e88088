package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/conversations"
)

// calling has another answer for Discord's API: h is given how many calls there were, and what
// each was.
func (d *desk) calling(h func(n int, call string, w http.ResponseWriter)) {
	d.t.Helper()
	var mu sync.Mutex
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		calls++
		h(calls, r.Method+" "+r.URL.Path+" "+string(body), w)
	}))
	d.t.Cleanup(server.Close)
	d.Discord.api.url = server.URL + "/"
}

// twoMessages is a prompt that one message does not take.
func twoMessages() conversations.Prompt {
	p := conversations.Prompt{Name: "order", Title: "Long", Locale: "en"}
	for _, text := range []string{"one ", "two "} {
		p.Blocks = append(p.Blocks, conversations.Block{Text: &conversations.Notice{Text: strings.Repeat(text, 700)}})
	}
	return p
}

// What follows the first answer is shown though Discord limits the bot, fails, or does not know
// yet that there was an answer.
func TestWhatFollowsIsShownInTheEnd(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(http.ResponseWriter){
		"limited": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"retry_after": 0.1}`)
		},
		"failing": func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		"too early": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"code": 10015, "message": "Unknown Webhook"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.answer = func(conversations.Event) conversations.Reply { return conversations.Reply{Prompt: twoMessages()} }
			shown := make(chan string, 4)
			d.calling(func(n int, call string, w http.ResponseWriter) {
				if n == 1 {
					trouble(w)
					return
				}
				shown <- call
				fmt.Fprint(w, "{}")
			})
			d.delivers(d.request(fmt.Sprintf(delivered, 1, ""), noon))
			d.work.Wait()
			close(shown)
			if got := <-shown; !strings.HasPrefix(got, "POST /webhooks/1/tok ") || !strings.Contains(got, "two two") {
				t.Errorf("it is followed by %s", got)
			}
		})
	}
}

// whole tells when an answer was written and sent off whole.
type whole struct {
	*httptest.ResponseRecorder
	mu   sync.Mutex
	sent bool
}

func (w *whole) FlushError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = true
	return nil
}

// Over HTTP nothing follows an answer that has not been sent.
func TestNothingOvertakesTheAnswer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.answer = func(conversations.Event) conversations.Reply { return conversations.Reply{Prompt: twoMessages()} }
	w := &whole{ResponseRecorder: httptest.NewRecorder()}
	early := make(chan bool, 1)
	d.calling(func(_ int, _ string, to http.ResponseWriter) {
		w.mu.Lock()
		defer w.mu.Unlock()
		early <- !w.sent
		fmt.Fprint(to, "{}")
	})
	d.Interactions(w, d.request(fmt.Sprintf(delivered, 1, ""), noon))
	d.work.Wait()
	close(early)
	if overtaken, made := <-early; overtaken || !made {
		t.Error("the second message was sent before the first")
	}
}

// A turn that panics is answered at once, and once: that it did not work. So it is where it
// was said already that an answer is coming.
func TestAPanicIsToldOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.answer = func(conversations.Event) conversations.Reply { panic("a mistake") }
	i, err := decode([]byte(fmt.Sprintf(delivered, 1, "")))
	if err != nil {
		t.Fatal(err)
	}
	const within = 200 * time.Millisecond
	said := make(chan callback, 4)
	d.take(t.Context(), i, within, func(c callback, _ bool) { said <- c })
	time.Sleep(2 * within)
	if c := <-said; c.Type != answerMessage || !strings.Contains(string(encoded(c)), "de notre côté") || len(said) > 0 {
		t.Errorf("it is said: %s, and %d times more", encoded(c), len(said))
	}

	d.answer = func(conversations.Event) conversations.Reply { time.Sleep(2 * within); panic("a mistake") }
	i.ID = "2"
	d.take(t.Context(), i, within, func(c callback, _ bool) { said <- c })
	d.work.Wait()
	if c, shown := <-said, <-d.said; c.Type != answerDeferred || !strings.HasPrefix(shown, "PATCH ") || !strings.Contains(shown, "de notre côté") || len(said) > 0 {
		t.Errorf("it is said: %s, and shown: %s", encoded(c), shown)
	}
}

// A turn that took all of its time leaves enough to show what came of it.
func TestThereIsTimeToShow(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var turning context.Context
	shown := 0
	d.Discord.Turn = func(ctx context.Context, _ conversations.Event) conversations.Reply {
		turning = ctx
		return conversations.Reply{Prompt: twoMessages()}
	}
	d.calling(func(n int, _ string, w http.ResponseWriter) {
		if shown = n; turning.Err() == nil {
			t.Error("it is shown in the turn's time")
		}
		fmt.Fprint(w, `{"id": "9"}`)
	})
	d.delivers(d.request(fmt.Sprintf(delivered, 1, ""), noon))
	d.work.Wait()
	d.says("cart")
	if shown < 2 {
		t.Errorf("%d messages are shown", shown)
	}
}

// How long to wait is said by Discord in the body, and by what stands before it in a header.
func TestHowLongToWait(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header, body string
		want         time.Duration
	}{
		"Discord's own":       {"1", `{"retry_after": 2.5}`, 2500 * time.Millisecond},
		"by the header":       {"120", "<html>banned</html>", 2 * time.Minute},
		"by nobody":           {"", "<html>banned</html>", time.Second},
		"longer than a while": {"", `{"retry_after": 1e300}`, longestWait},
		"nonsense":            {"soon", `{"retry_after": -4}`, time.Second},
	} {
		wait, ok := errors.AsType[*conversations.Wait](limited(http.Header{"Retry-After": {c.header}}, []byte(c.body)))
		if !ok || wait.For != c.want {
			t.Errorf("%s: %+v", name, wait)
		}
	}
}
