package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"cartwright/conversations"
	"cartwright/testservices/fakeslack"
)

// stage is the platform in a Slack that is played, at a time that the test moves.
type stage struct {
	*testing.T
	*Slack
	fake   *fakeslack.Slack
	aicha  *fakeslack.Client
	answer func(conversations.Event) conversations.Reply

	mu    sync.Mutex
	clock time.Time
}

func (s *stage) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}

func (s *stage) passes(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = s.clock.Add(d)
}

type botToken struct{ token string }

func (t botToken) For(context.Context, string) (string, error)        { return t.token, nil }
func (botToken) Uninstalled(context.Context, string, time.Time) error { return nil }

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{T: t, clock: time.Now()}
	s.fake = fakeslack.New(fakeslack.Options{Now: s.now})
	t.Cleanup(s.fake.Close)
	w := s.fake.Workspace("T1")
	w.Channel("C1", "U1")
	s.aicha = w.Person(fakeslack.Person{ID: "U1", Name: "Aïcha"})
	s.Slack = New(Options{
		Turn: func(_ context.Context, ev conversations.Event) conversations.Reply { return s.answer(ev) },
		Overview: func(context.Context, string, conversations.Account) conversations.Prompt {
			return said("overview", "Overview")
		},
		Organisation: func(team string) (string, bool) { return "contoso", team == "T1" },
		Groups:       func(string) []string { return nil },
		Tokens:       botToken{w.Token}, APIURL: s.fake.APIURL(), Now: s.now, Log: discard,
	})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); s.Sockets(ctx, s.fake.AppToken(), 1) }()
	t.Cleanup(func() { stop(); <-done; _ = s.Close(context.Background()) })
	for s.fake.Connections() == 0 {
		time.Sleep(time.Millisecond)
	}
	return s
}

func said(name, title string) conversations.Prompt {
	return conversations.Prompt{Name: name, Organisation: "Contoso", Locale: "en", Title: title, Actions: []conversations.Action{{Ref: "more", Label: "More"}}}
}

func asksForANumber() conversations.Prompt {
	p := said("details", "How many?")
	p.Fields = []conversations.Field{{Key: "quantity", Kind: conversations.NumberField, Label: "Licences", Value: "1", Required: true, Min: 1}}
	p.Submit = &conversations.Action{Ref: "send", Label: "Send", Style: conversations.Primary}
	p.Again = "again:details"
	return p
}

func (s *stage) until(what string, seen func() bool) {
	s.Helper()
	for deadline := time.Now().Add(20 * time.Second); !seen(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("it never came to this: %s\n%v", what, s.aicha.See("C1"))
		}
	}
}

func (s *stage) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// steps answers a click with a form and the form with what it led to.
func steps(ev conversations.Event) conversations.Reply {
	switch ev.Ref {
	case "more":
		return conversations.Reply{Prompt: asksForANumber(), InPlace: true}
	case "send":
		return conversations.Reply{Prompt: said("cart", "You chose "+ev.Values["quantity"]), InPlace: true}
	}
	return conversations.Reply{Prompt: said("home", "Hello")}
}

// A form that lay open for half an hour: its message cannot be edited any more, so the
// answer comes in a new one. In the last minute the old one still says so.
func TestAResponseURLThatEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		waits    time.Duration
		messages int
		first    string
	}{
		"in time":         {28 * time.Minute, 1, "You chose 1"},
		"the last minute": {29*time.Minute + 30*time.Second, 2, "This goes on below"},
		"too late":        {31 * time.Minute, 2, "Hello"},
	} {
		s := newStage(t)
		s.answer = steps
		s.ok(s.aicha.Command(t.Context(), "C1", "/m365", ""))
		s.until(name+": the answer", func() bool { return s.aicha.Last("C1").TS != "" })
		s.ok(s.aicha.Press(t.Context(), s.aicha.Last("C1"), "More"))
		s.until(name+": the form", func() bool { return s.aicha.Modal() != nil })
		s.passes(c.waits)
		s.ok(s.aicha.Submit(t.Context()))
		s.until(name+": what it led to", func() bool { return strings.Contains(s.aicha.Last("C1").Read(), "You chose 1") })
		seen := s.aicha.See("C1")
		if len(seen) != c.messages || !strings.Contains(seen[0].Read(), c.first) || seen[len(seen)-1].To != "U1" {
			t.Errorf("%s: %d messages, the first\n%s", name, len(seen), seen[0].Read())
		}
	}
}

// Five posts, and then it goes on in a fresh copy.
func TestAResponseURLThatIsUsedUp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.answer = steps
	s.ok(s.aicha.Command(t.Context(), "C1", "/m365", ""))
	s.until("the answer", func() bool { return s.aicha.Last("C1").TS != "" })
	var at place
	s.Turn = func(context.Context, conversations.Event) conversations.Reply {
		return conversations.Reply{Prompt: asksForANumber(), InPlace: true}
	}
	s.ok(s.aicha.Press(t.Context(), s.aicha.Last("C1"), "More"))
	s.until("the form", func() bool { return s.aicha.Modal() != nil })
	at = placeOf(s.aicha.Modal().Metadata)
	for range 6 {
		s.present(t.Context(), at, said("cart", "Cart"))
	}
	seen := s.aicha.See("C1")
	if !strings.Contains(seen[0].Read(), "This goes on below") || len(seen) != 3 || !strings.Contains(seen[2].Read(), "Cart") {
		t.Errorf("%d messages, the first\n%s", len(seen), seen[0].Read())
	}
	if len(s.fake.Refusals()) > 0 {
		t.Errorf("refused were %v", s.fake.Refusals())
	}
}

// A turn takes longer than Slack waits: the form closes and its message tells; a dialogue
// in a modal says that it takes a moment, and then shows what it led to.
func TestSlowSubmissions(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"a message", "a modal"} {
		s := newStage(t)
		s.answer = func(ev conversations.Event) conversations.Reply {
			if ev.Ref == "send" {
				time.Sleep(ackTime + 200*time.Millisecond)
			}
			return steps(ev)
		}
		if where == "a message" {
			s.ok(s.aicha.Command(t.Context(), "C1", "/m365", ""))
			s.until("the answer", func() bool { return s.aicha.Last("C1").TS != "" })
			s.ok(s.aicha.Press(t.Context(), s.aicha.Last("C1"), "More"))
			s.until("the form", func() bool { return s.aicha.Modal() != nil })
			s.ok(s.aicha.Submit(t.Context()))
			if s.aicha.Modal() != nil {
				t.Error("the form is still open")
			}
			s.until("the message tells", func() bool { return strings.Contains(s.aicha.Last("C1").Read(), "You chose 1") })
			continue
		}
		s.ok(s.aicha.MessageShortcut(t.Context(), "m365_thread", "C1", "1.1"))
		s.until("the modal", func() bool { return s.aicha.Modal() != nil })
		s.ok(s.aicha.PressIn(t.Context(), s.aicha.Modal(), "More"))
		s.until("the form", func() bool { return strings.Contains(s.aicha.Modal().Read(), "Licences") })
		s.ok(s.aicha.Submit(t.Context()))
		if got := s.aicha.Modal().Read(); !strings.Contains(got, "One moment") {
			t.Errorf("meanwhile the modal says\n%s", got)
		}
		s.until("the modal tells", func() bool { return strings.Contains(s.aicha.Modal().Read(), "You chose 1") })
	}
}

// Connections break, are asked to be made anew, and are refused for a while: they come
// back, and what was delivered meanwhile is answered once.
func TestSocketsComeBack(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.answer = steps
	says := func(what string) {
		t.Helper()
		before := len(s.aicha.See("C1"))
		s.ok(s.aicha.Mention(t.Context(), "C1", "", "hello"))
		s.until(what, func() bool { return len(s.aicha.See("C1")) == before+1 })
	}
	says("at first")
	s.fake.Drop()
	says("after a connection broke")
	s.fake.Disconnect("refresh_requested")
	says("while a connection is made anew")
	s.fake.RefuseConnections(2)
	s.fake.Drop()
	s.until("the connection is gone", func() bool { return s.fake.Connections() == 0 })
	says("after connections were refused")
	time.Sleep(50 * time.Millisecond)
	if n := len(s.aicha.See("C1")); n != 4 {
		t.Errorf("%d answers to four mentions", n)
	}
}

// Slack delivers an event again that it thinks was not taken: with its headers, and to no
// effect.
func TestRetriesOfEvents(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	body, err := json.Marshal(map[string]any{
		"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": map[string]any{"type": "app_mention", "user": "U1", "text": "<@UBOT> cart", "channel": "C1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for retry := range 4 {
		header := sign(string(body), time.Now(), secret)
		if retry > 0 {
			header["X-Slack-Retry-Num"], header["X-Slack-Retry-Reason"] = []string{string(rune('0' + retry))}, []string{"http_timeout"}
		}
		if w := d.deliver(d.Events, jsonType, string(body), header); w.Code != 200 {
			t.Errorf("%d", w.Code)
		}
	}
	if n := len(d.asked()); n != 1 {
		t.Errorf("%d events of one", n)
	}
	if n := len(d.calls); n != 1 {
		t.Errorf("%d answers: %v", n, d.calls)
	}
}

// Whoever asks for three things at once has three answers; of three clicks in one message
// the last one's stays.
func TestEachCommandHasItsAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.answer = func(ev conversations.Event) conversations.Reply {
		return conversations.Reply{Prompt: said("home", "Answer to "+ev.Text+ev.Ref), InPlace: ev.Ref != ""}
	}
	s.fake.Break(fakeslack.Fault{Method: "response_url", Times: 3, Hang: 200 * time.Millisecond})
	for _, text := range []string{"one", "two", "three"} {
		s.ok(s.aicha.Command(t.Context(), "C1", "/m365", text))
	}
	s.until("three answers", func() bool { return len(s.aicha.See("C1")) == 3 })
	m := s.aicha.Last("C1")
	for _, ref := range []string{"a", "b", "c", "d"} {
		s.ok(s.aicha.Click(t.Context(), m, fakeslack.Button{Action: "w1", Value: ref, Text: ref}))
	}
	s.until("the last click's answer", func() bool { return strings.Contains(s.aicha.Last("C1").Read(), "Answer to d") })
	if n := len(s.aicha.See("C1")); n != 3 {
		t.Errorf("%d messages", n)
	}
}

// What Slack answers to a response_url is told apart: done, later, or never there.
func TestAnAnswersAnswer(t *testing.T) {
	t.Parallel()
	status, after := 0, ""
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", after)
		w.WriteHeader(status)
	}))
	t.Cleanup(hook.Close)
	a := &api{http: hook.Client()}
	for _, c := range []struct {
		status int
		after  string
		want   error
	}{
		{http.StatusOK, "", nil},
		{http.StatusTooManyRequests, "7", &slack.RateLimitedError{RetryAfter: 7 * time.Second}},
		{http.StatusTooManyRequests, "soon", &slack.RateLimitedError{}},
		{http.StatusNotFound, "", slack.StatusCodeError{Code: 404, Status: "404 Not Found"}},
		{http.StatusInternalServerError, "", slack.StatusCodeError{Code: 500, Status: "500 Internal Server Error"}},
	} {
		status, after = c.status, c.after
		if err := a.answer(t.Context(), hook.URL, answer{Text: "x"}); !reflect.DeepEqual(err, c.want) {
			t.Errorf("%d, %q: %v, want %v", c.status, c.after, err, c.want)
		}
	}
}
