package playground_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/conversations"
)

var aicha = conversations.Account{Platform: "playground", Workspace: "contoso", ID: "aicha"}

// stream is an open page's.
type stream struct {
	t     testing.TB
	lines *bufio.Scanner
	leave context.CancelFunc
}

func (h house) follow(t testing.TB, organisation, person, lang string) stream {
	t.Helper()
	ctx, leave := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(leave)
	address := h.URL + "/playground/stream?organisation=" + organisation + "&person=" + person + "&lang=" + lang
	r, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("the stream is %d %s", resp.StatusCode, kind)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<24)
	return stream{t, lines, leave}
}

// next is the next event's name and data; "" at the end.
func (s stream) next() (name, data string) {
	for s.lines.Scan() {
		line := s.lines.Text()
		switch {
		case strings.HasPrefix(line, "event: "):
			name = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			data = line[len("data: "):]
		case line == "" && name != "":
			return name, data
		}
	}
	return "", ""
}

func (s stream) reset() []message {
	s.t.Helper()
	name, data := s.next()
	var all struct{ Messages []message }
	if err := json.Unmarshal([]byte(data), &all); name != "reset" || err != nil || all.Messages == nil {
		s.t.Fatalf("the stream begins with %q %q: %v", name, data, err)
	}
	return all.Messages
}

func (s stream) message() message {
	s.t.Helper()
	name, data := s.next()
	var m message
	if err := json.Unmarshal([]byte(data), &m); name != "message" || err != nil {
		s.t.Fatalf("the stream goes on with %q %q: %v", name, data, err)
	}
	return m
}

func (h house) transcript(t testing.TB, organisation, person string) []message {
	t.Helper()
	s := h.follow(t, organisation, person, "en")
	defer s.leave()
	return s.reset()
}

// Two windows of one person and one of another: both of hers see all of it, live.
func TestTheStreamTellsEveryPageOfTheAccount(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	one, two := h.follow(t, "contoso", "aicha", "en"), h.follow(t, "contoso", "aicha", "en")
	his := h.follow(t, "contoso", "bruno", "en")
	if len(one.reset())+len(two.reset())+len(his.reset()) != 0 {
		t.Fatal("a new chat is not empty")
	}
	_, a := h.post(t, turn("typed-0001", `,"text":"cart"`))
	ref, err := h.Post(t.Context(), "contoso", aicha, orderPrompt(1))
	if err != nil {
		t.Fatal(err)
	}
	err = h.Edit(t.Context(), "contoso", aicha, ref, orderPrompt(12))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []stream{one, two} {
		typed, reply, posted, edited := s.message(), s.message(), s.message(), s.message()
		if typed.Text != "cart" || reply.ID != a.Message.ID || posted.ID != ref || edited.ID != ref {
			t.Errorf("the stream told of %+v", []message{typed, reply, posted, edited})
		}
		if posted.Prompt.Blocks[1].Progress.Done != 1 || edited.Prompt.Blocks[1].Progress.Done != 12 || edited.Rev <= posted.Rev {
			t.Errorf("the edit is %+v after %+v", edited, posted)
		}
	}
	if _, err := h.Post(t.Context(), "contoso", conversations.Account{Platform: "playground", Workspace: "contoso", ID: "bruno"}, homePrompt()); err != nil {
		t.Fatal(err)
	}
	if got := his.message(); title(got) != homePrompt().Title {
		t.Errorf("somebody else's page was told of %+v", got)
	}
	one.leave()
	if got := h.transcript(t, "contoso", "aicha"); len(got) != 3 || got[2].Prompt.Blocks[1].Progress.Done != 12 {
		t.Errorf("a page that comes back is told %+v", got)
	}
}

func TestAMessageThatIsGone(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ctx := t.Context()
	if err := h.Edit(ctx, "contoso", aicha, "0123456789abcdef", homePrompt()); !errors.Is(err, conversations.ErrMessageGone) {
		t.Errorf("of an earlier run: %v", err)
	}
	_, typed := h.post(t, turn("typed-0001", `,"text":"cart"`))

	if err := h.Edit(ctx, "contoso", aicha, "said-typed-0001", homePrompt()); !errors.Is(err, conversations.ErrMessageGone) {
		t.Errorf("of what a person typed: %v", err)
	}
	other := conversations.Account{Platform: "playground", Workspace: "contoso", ID: "bruno"}
	if err := h.Edit(ctx, "contoso", other, typed.Message.ID, homePrompt()); !errors.Is(err, conversations.ErrMessageGone) {
		t.Errorf("of somebody else: %v", err)
	}
	nobody := conversations.Account{Platform: "playground", Workspace: "contoso", ID: "zoe"}
	if _, err := h.Post(ctx, "contoso", nobody, homePrompt()); err == nil {
		t.Error("a message was posted to nobody")
	}
}

// SIGTERM must not wait for pages that stay open all day.
func TestCloseEndsTheStreams(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	s := h.follow(t, "contoso", "aicha", "en")
	s.reset()
	h.Close()
	h.Close()
	if name, _ := s.next(); name != "" {
		t.Errorf("after Close came %q", name)
	}
}

func TestStreamsRefused(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for address, want := range map[string]int{
		"?organisation=contoso&person=zoe":   404,
		"?organisation=adatum&person=aicha":  404,
		"":                                   404,
		"?organisation=contoso&person=aicha": 200,
	} {
		resp, err := http.Head(h.URL + "/playground/stream" + address)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("HEAD %s: %d, want %d", address, resp.StatusCode, want)
		}
	}
	for range 100 {
		s := h.follow(t, "contoso", "aicha", "en")
		s.reset()
	}
	resp, err := http.Get(h.URL + "/playground/stream?organisation=contoso&person=aicha")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("one page too many: %d", resp.StatusCode)
	}
}

// The language chosen in the page is the person's for as long as the page is open.
func TestTheLanguageOfThePage(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	bruno := conversations.Account{Platform: "playground", Workspace: "contoso", ID: "bruno"}
	profile := func() conversations.Profile {
		t.Helper()
		p, err := h.Profile(t.Context(), "contoso", bruno)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if diff := cmp.Diff(conversations.Profile{Name: "Bruno", Locale: "fr"}, profile()); diff != "" {
		t.Error(diff)
	}
	var during conversations.Profile
	h.answer = func(conversations.Event) conversations.Reply {
		during = profile()
		return conversations.Reply{}
	}
	h.post(t, `{"id":"id-0000001","organisation":"contoso","person":"bruno","lang":"en"}`)
	if during.Locale != "en" || profile().Locale != "fr" {
		t.Errorf("in the turn %q, after it %q", during.Locale, profile().Locale)
	}
	s := h.follow(t, "contoso", "bruno", "en")
	s.reset()
	if got := profile().Locale; got != "en" {
		t.Errorf("while the page is open: %q", got)
	}
	s.leave()
	for range 100 {
		if profile().Locale == "fr" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if got := profile().Locale; got != "fr" {
		t.Errorf("once the page is closed: %q", got)
	}
	stranger, err := h.Profile(t.Context(), "contoso", conversations.Account{Platform: "playground", Workspace: "contoso", ID: "stranger"})
	if err != nil || stranger.Name == "" || stranger.Closed {
		t.Errorf("the stranger is %+v, %v", stranger, err)
	}
	for _, a := range []conversations.Account{{Platform: "slack", Workspace: "contoso", ID: "bruno"}, {Platform: "playground", Workspace: "x", ID: "bruno"}} {
		if _, err := h.Profile(t.Context(), "contoso", a); err == nil {
			t.Errorf("there is a profile of %+v", a)
		}
	}
}
