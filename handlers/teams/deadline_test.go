package teams

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cartwright/conversations"
)

// inTime is how long Teams waits for the answer to an invoke.
const inTime = 5 * time.Second

// stuck keeps references in a store that does not answer before it is released.
type stuck struct {
	nowhere
	released chan struct{}
}

func (s stuck) Load(ctx context.Context, _ string) ([]byte, bool, error) {
	select {
	case <-s.released:
		return nil, false, nil
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

// Behind a turn, or a store, that does not come to an end a click is answered in time with
// that it is being worked on, and something written is taken; what comes of either is shown
// once it is there.
func TestNobodyWaitsTooLong(t *testing.T) {
	t.Parallel()
	for name, slowStore := range map[string]bool{"a slow turn": false, "a slow store": true} {
		for kind, shown := range map[string]string{"invoke": "PUT /v3/conversations/a:7/activities/m7", "message": "POST /v3/conversations/a:7/activities"} {
			t.Run(name+" behind a "+kind, func(t *testing.T) {
				t.Parallel()
				released, called := make(chan struct{}), make(chan string, 4)
				turn := func(ctx context.Context, ev conversations.Event) conversations.Reply {
					<-released
					return greeting(ctx, ev)
				}
				var store References = nowhere{}
				if slowStore {
					turn, store = greeting, stuck{released: released}
				}
				p, _ := emulated(t, store, turn, func(r *http.Request) string {
					body, _ := io.ReadAll(r.Body)
					called <- r.Method + " " + r.URL.Path + " " + string(body)
					return `{"id":"1"}`
				})
				began := time.Now()
				said := served(t, p, did(kind, 7))
				if took := time.Since(began); took > inTime-time.Second || took < ackTime/2 {
					t.Errorf("it is answered after %v", took)
				}
				if want := "This takes a moment"; kind == "invoke" && !strings.Contains(said, want) || kind == "message" && said != "200 " {
					t.Errorf("it is answered with %s", said)
				}
				select {
				case early := <-called:
					t.Errorf("before it is there this is shown: %s", early)
				default:
				}
				close(released)
				select {
				case got := <-called:
					if !strings.HasPrefix(got, shown) || !strings.Contains(got, `"Cart"`) {
						t.Errorf("then this is shown: %s", got)
					}
				case <-time.After(inTime):
					t.Error("nothing is shown")
				}
			})
		}
	}
}

// served delivers an activity over a connection, since the answer is there before its handler
// is done, and answers what came back.
func served(t *testing.T, p *Teams, body string) string {
	t.Helper()
	got, err := http.Post(newServer(t, p), "application/json", strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	defer got.Body.Close()
	text := make([]byte, 4096)
	n, _ := got.Body.Read(text)
	return fmt.Sprintf("%d %s", got.StatusCode, text[:n])
}

func newServer(t *testing.T, p *Teams) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(p.Messages))
	t.Cleanup(s.Close)
	return s.URL
}
