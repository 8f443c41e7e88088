package discord

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cartwright/conversations"
)

// Behind a turn that does not come to an end a click in the wizard is answered in time by
// nothing yet, and one in a message of its own, and a form, by that the answer is coming;
// what comes of each is shown once it is there.
func TestNobodyWaitsTooLong(t *testing.T) {
	t.Parallel()
	const did = `{"id":"1","type":TYPE,"token":"tok","guild_id":"42","locale":"en-US","member":{"user":{"id":"7"}},MESSAGE"data":{"custom_id":"ID"}}`
	for name, c := range map[string]struct {
		kind, id, message string
		want              int
	}{
		"a click":                       {"3", "w1!cart", `"message":{"id":"1","components":[]},`, answerDeferredUpdate},
		"a click in an order's message": {"3", "o1!order:CW-1", `"message":{"id":"1","components":[]},`, answerDeferred},
		"a form":                        {"5", "w!details", `"message":{"id":"1","components":[]},`, answerDeferredUpdate},
		"a form of a command":           {"5", "w!details", "", answerDeferred},
		"a command":                     {"2", "", "", answerDeferred},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			released := make(chan struct{})
			d.answer = func(conversations.Event) conversations.Reply {
				<-released
				return conversations.Reply{Prompt: conversations.Prompt{Name: "cart", Title: "Slow", Locale: "en"}}
			}
			server := httptest.NewServer(http.HandlerFunc(d.Interactions))
			t.Cleanup(server.Close)
			r := d.request(strings.NewReplacer("TYPE", c.kind, "MESSAGE", c.message, "ID", c.id).Replace(did), noon)
			r.URL.Host, r.URL.Scheme, r.RequestURI = strings.TrimPrefix(server.URL, "http://"), "http", ""
			began := time.Now()
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer got.Body.Close()
			var first callback
			if err := json.NewDecoder(got.Body).Decode(&first); err != nil || first.Type != c.want || time.Since(began) > 3*time.Second {
				t.Errorf("%+v after %v, %v", first, time.Since(began), err)
			}
			if n := d.calls.Load(); n > 0 {
				t.Errorf("%d calls before it is there", n)
			}
			close(released)
			if said := <-d.said; !strings.HasPrefix(said, "PATCH /webhooks/1/tok/messages/@original  {") || !strings.Contains(said, "## Slow") {
				t.Errorf("then Discord is told: %s", said)
			}
		})
	}
}
