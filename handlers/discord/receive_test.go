package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cartwright/conversations"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// desk is the platform with a key of its own, and what was turned.
type desk struct {
	*Discord
	t      *testing.T
	key    ed25519.PrivateKey
	turned []conversations.Event
	calls  atomic.Int64
	said   chan string // what Discord's API was called with
	answer func(conversations.Event) conversations.Reply
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, key: private, said: make(chan string, 16), answer: func(conversations.Event) conversations.Reply {
		return conversations.Reply{Prompt: conversations.Prompt{Name: "home", Title: "Hello", Locale: "en"}}
	}}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d.calls.Add(1)
		d.said <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization") + " " + string(body)
		fmt.Fprint(w, `{"id": "9", "user": {"id": "7", "username": "aicha"}, "roles": ["5"]}`)
	}))
	t.Cleanup(api.Close)
	d.Discord = New(Options{
		Turn: func(_ context.Context, ev conversations.Event) conversations.Reply {
			d.turned = append(d.turned, ev)
			return d.answer(ev)
		},
		Question: func(_ context.Context, ev conversations.Event) (conversations.Confirm, bool) {
			return conversations.Confirm{Title: "Approve CW-1?", Text: "12 € are charged.", Yes: "Yes, approve", No: "Not yet"}, ev.Ref == "approve:CW-1:h"
		},
		Organisation: func(guild string) (string, bool) { return "contoso", guild == "42" }, Guilds: func(string) []string { return []string{"42"} },
		Suggest: func(organisation, typed string) []string {
			return []string{organisation + " " + typed, strings.Repeat("x", 200)}
		},
		Channel: func(string) string { return "" }, Application: "1", PublicKey: public, Token: "bot token", APIURL: api.URL + "/",
		Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { _ = d.Close(context.Background()) })
	return d
}

// request is signed as Discord signs.
func (d *desk) request(body string, at time.Time) *http.Request {
	stamp := strconv.FormatInt(at.Unix(), 10)
	r := httptest.NewRequest(http.MethodPost, "/discord/interactions", strings.NewReader(body))
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(d.key, []byte(stamp+body))))
	return r
}

func (d *desk) delivers(r *http.Request) (int, callback) {
	d.t.Helper()
	w := httptest.NewRecorder()
	d.Interactions(w, r)
	var c callback
	if w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), &c); err != nil {
			d.t.Fatal(err)
		}
	}
	return w.Code, c
}

const delivered = `{"id": "%d", "application_id": "1", "type": 2, "token": "tok", "guild_id": "42", "channel_id": "6", "locale": "fr",
	"member": {"user": {"id": "7", "username": "aicha"}, "roles": ["5"]}, "data": {"id": "3", "name": "m365", "type": 1, "options": [%s]}}`

// Only what Discord signed, and just now, is taken; anything else is 401 and does nothing.
func TestOnlyDiscord(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	body := fmt.Sprintf(delivered, 1, `{"name": "cart", "type": 1}`)
	for name, spoil := range map[string]func(*http.Request) *http.Request{
		"no signature": func(r *http.Request) *http.Request { r.Header.Del("X-Signature-Ed25519"); return r },
		"no timestamp": func(r *http.Request) *http.Request { r.Header.Del("X-Signature-Timestamp"); return r },
		"no hex":       func(r *http.Request) *http.Request { r.Header.Set("X-Signature-Ed25519", "zz"); return r },
		"too short":    func(r *http.Request) *http.Request { r.Header.Set("X-Signature-Ed25519", "00"); return r },
		"another body": func(r *http.Request) *http.Request { r.Body = io.NopCloser(strings.NewReader(body + " ")); return r },
		"another time": func(r *http.Request) *http.Request {
			r.Header.Set("X-Signature-Timestamp", strconv.FormatInt(noon.Unix()+1, 10))
			return r
		},
		"too old":         func(*http.Request) *http.Request { return d.request(body, noon.Add(-freshness-time.Second)) },
		"from the future": func(*http.Request) *http.Request { return d.request(body, noon.Add(freshness+time.Second)) },
		"somebody else's": func(*http.Request) *http.Request { return newDesk(t).request(body, noon) },
		"a time in words": func(r *http.Request) *http.Request { r.Header.Set("X-Signature-Timestamp", "now"); return r },
	} {
		if code, _ := d.delivers(spoil(d.request(body, noon))); code != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, code)
		}
	}
	if len(d.turned) > 0 {
		t.Errorf("these were taken: %+v", d.turned)
	}
	for _, body := range []string{"", "null", "[]", "{}", `{"type": 2}`, `{"type": 3, "id": "x", "token": "t", "user": {"id": "7"}}`, `{"type": 2, "id": "1", "token": "t", "guild_id": "../x", "user": {"id": "7"}}`} {
		if code, _ := d.delivers(d.request(body, noon)); code != http.StatusBadRequest {
			t.Errorf("%s: %d", body, code)
		}
	}
	if code, c := d.delivers(d.request(`{"id": "2", "type": 1, "token": "t"}`, noon.Add(-freshness))); code != http.StatusOK || c.Type != answerPong {
		t.Errorf("a ping is answered with %d, %+v", code, c)
	}
}

// Commands are read as they would be typed, clicks and forms by what they were printed with.
func TestWhatWasDone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for given, want := range map[string]string{
		``:                            "",
		`{"name": "cart", "type": 1}`: "cart",
		`{"name": "buy", "type": 1, "options": [{"name": "product", "type": 3, "value": "business premium"}]}`:                                           "buy business premium",
		`{"name": "delegate", "type": 1, "options": [{"name": "person", "type": 6, "value": "8"}, {"name": "until", "type": 3, "value": "2026-12-24"}]}`: "delegate <@8> until 2026-12-24",
		`{"name": "delegate", "type": 1, "options": [{"name": "until", "type": 3, "value": "2026-12-24"}, {"name": "person", "type": 6, "value": "8"}]}`: "delegate <@8> until 2026-12-24",
		`{"name": "delegate", "type": 1, "options": [{"name": "until", "type": 3, "value": "2026-12-24"}]}`:                                              "delegate until 2026-12-24",
	} {
		i, err := decode([]byte(fmt.Sprintf(delivered, 1, given)))
		if ev := i.event(place{"contoso", "42"}); err != nil || ev.Text != want || ev.ID != "discord:1" || ev.Account != (conversations.Account{Platform: "discord", Workspace: "42", ID: "7"}) {
			t.Errorf("%s: %+v, %v", given, ev, err)
		}
	}
	i, err := decode([]byte(`{"id": "5", "type": 5, "token": "t", "guild_id": "42", "member": {"user": {"id": "7"}}, "data": {"custom_id": "w!details:basic:0:1", "components": [
		{"type": 18, "component": {"type": 4, "custom_id": "quantity", "value": "25"}}, {"type": 18, "component": {"type": 21, "custom_id": "plan", "value": "P1Y.annual"}},
		{"type": 18, "component": {"type": 3, "custom_id": "person", "values": ["chloe"]}}, {"type": 18, "component": {"type": 23, "custom_id": "auto_assign", "value": true}},
		{"type": 18, "component": {"type": 3, "custom_id": "group", "values": []}}, {"type": 18, "component": {"type": 3, "custom_id": "odd", "values": [{"id": 1}]}},
		{"type": 10}, {"type": 99, "component": {"type": 98, "custom_id": "new", "value": {"never": "seen"}}}]}}`))
	ev := i.event(place{"contoso", "42"})
	if err != nil || ev.Ref != "details:basic:0:1" || fmt.Sprint(ev.Values) != "map[auto_assign:true group: new: odd: person:chloe plan:P1Y.annual quantity:25]" {
		t.Errorf("%+v, %v", ev, err)
	}
	if code, c := d.delivers(d.request(fmt.Sprintf(delivered, 77, ""), noon)); code != http.StatusOK || c.Type != answerMessage || len(d.turned) != 1 {
		t.Errorf("%d, %+v of %+v", code, c, d.turned)
	}
	if code, _ := d.delivers(d.request(fmt.Sprintf(delivered, 77, ""), noon)); code != http.StatusUnauthorized || len(d.turned) != 1 {
		t.Errorf("a second time: %d of %+v", code, d.turned)
	}
	if p, err := d.Profile(t.Context(), "contoso", conversations.Account{Workspace: "42", ID: "7"}); err != nil || p.Locale != "fr" || fmt.Sprint(p.Groups) != "[5]" || d.calls.Load() != 0 {
		t.Errorf("what the interaction has said: %+v, %v, %d calls", p, err, d.calls.Load())
	}
	stranger := strings.Replace(fmt.Sprintf(delivered, 78, ""), `"guild_id": "42"`, `"guild_id": "43"`, 1)
	if _, c := d.delivers(d.request(stranger, noon)); !strings.Contains(string(encoded(c)), "43") || len(d.turned) != 1 {
		t.Errorf("in a guild of nobody's: %s", encoded(c))
	}
}

// A turn that takes long is answered in time, and shown when it is there.
func TestInTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.answer = func(conversations.Event) conversations.Reply {
		time.Sleep(ackTime + 200*time.Millisecond)
		return conversations.Reply{Prompt: conversations.Prompt{Name: "home", Title: "Slow", Locale: "en"}}
	}
	server := httptest.NewServer(http.HandlerFunc(d.Interactions))
	t.Cleanup(server.Close)
	r := d.request(fmt.Sprintf(delivered, 1, ""), noon)
	r.URL.Host, r.URL.Scheme, r.RequestURI = strings.TrimPrefix(server.URL, "http://"), "http", ""
	began := time.Now()
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	var c callback
	if err := json.NewDecoder(got.Body).Decode(&c); err != nil || c.Type != answerDeferred || time.Since(began) > 3*time.Second {
		t.Fatalf("%+v after %v, %v", c, time.Since(began), err)
	}
	if said := <-d.said; !strings.HasPrefix(said, "PATCH /webhooks/1/tok/messages/@original  {") || !strings.Contains(said, "## Slow") {
		t.Errorf("then Discord is told: %s", said)
	}
}

// How each thing is answered: in the message that was clicked, beside it, by a modal, or by
// asking whether it is meant.
func TestWhereItIsAnswered(t *testing.T) {
	t.Parallel()
	form := conversations.Prompt{
		Name: "details", Title: "Details", Locale: "en", Fields: []conversations.Field{{Key: "quantity", Kind: conversations.NumberField, Label: "Licences"}},
		Submit: &conversations.Action{Ref: "details:x", Label: "Add", Style: conversations.Primary}, Again: "again:details",
	}
	search := form
	search.Submit = &conversations.Action{Ref: "search", Label: "Search"}
	order := conversations.Prompt{Name: "order", Title: "CW-1", Locale: "en"}
	for name, c := range map[string]struct {
		at    spot
		reply conversations.Reply
		want  int
	}{
		"a command":                     {spot{}, conversations.Reply{Prompt: order}, answerMessage},
		"a command that asks":           {spot{}, conversations.Reply{Prompt: form}, answerModal},
		"a command that finds":          {spot{}, conversations.Reply{Prompt: search}, answerMessage},
		"a click":                       {spot{kind: wizardButton, click: true, message: true}, conversations.Reply{Prompt: order}, answerUpdate},
		"a click that asks":             {spot{kind: wizardButton, click: true, message: true}, conversations.Reply{Prompt: form}, answerModal},
		"a click to search":             {spot{kind: press{form: true}, click: true, message: true}, conversations.Reply{Prompt: search}, answerModal},
		"a form":                        {spot{kind: wizardButton, submit: true, message: true}, conversations.Reply{Prompt: order}, answerUpdate},
		"a form that is wrong":          {spot{kind: wizardButton, submit: true, message: true}, conversations.Reply{Prompt: form}, answerUpdate},
		"a form of a command":           {spot{kind: wizardButton, submit: true}, conversations.Reply{Prompt: order}, answerMessage},
		"a click in an order's message": {spot{kind: ownButton, click: true, message: true}, conversations.Reply{Prompt: order, Did: true}, answerDeferredUpdate},
		"one that shows another":        {spot{kind: ownButton, click: true, message: true}, conversations.Reply{Prompt: order}, answerMessage},
		"one that was refused":          {spot{kind: ownButton, click: true, message: true}, conversations.Reply{Prompt: order, Did: true, Said: 1}, answerMessage},
		"one that leads elsewhere":      {spot{kind: ownButton, click: true, message: true}, conversations.Reply{Prompt: search}, answerMessage},
		"a form of an order's message":  {spot{kind: ownButton, submit: true, message: true}, conversations.Reply{Prompt: order}, answerMessage},
		"yes, of an order's message":    {spot{kind: press{asked: true, own: true}, click: true, message: true}, conversations.Reply{Prompt: order}, answerUpdate},
	} {
		if got, _ := c.at.answer(c.reply); got.Type != c.want {
			t.Errorf("%s: %d, want %d", name, got.Type, c.want)
		}
	}
	d := newDesk(t)
	click := `{"id": "5", "type": 3, "token": "t", "guild_id": "42", "locale": "de", "member": {"user": {"id": "7"}}, "message": {"id": "1", "components": [
		{"type": 1, "components": [{"type": 2, "style": 1, "label": "Bestellung genehmigen", "custom_id": "co1!approve:CW-1:abc"}]}]}, "data": {"custom_id": "co1!approve:CW-1:abc"}}`
	_, c := d.delivers(d.request(click, noon))
	if text := string(encoded(c)); c.Type != answerMessage || len(d.turned) > 0 || !strings.Contains(text, "Bestellung genehmigen?") || !strings.Contains(text, "!approve:CW-1:abc") {
		t.Errorf("a click that is to be meant: %s", text)
	}

	// What the prompt itself asks is asked; no does nothing.
	_, c = d.delivers(d.request(strings.NewReplacer(`"id": "5"`, `"id": "6"`, ":abc", ":h").Replace(click), noon))
	text := string(encoded(c))
	for _, want := range []string{"Approve CW-1?", "12 € are charged.", "Yes, approve", "Not yet", "ao1!approve:CW-1:h", "ao2!" + keepRef} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not asked: %s", want, text)
		}
	}
	_, c = d.delivers(d.request(strings.NewReplacer(`"id": "5"`, `"id": "7"`, "co1!approve:CW-1:abc", "ao2!"+keepRef).Replace(click), noon))
	if text := string(encoded(c)); c.Type != answerUpdate || !strings.Contains(text, "Es wurde nichts getan") || len(d.turned) > 0 {
		t.Errorf("no is answered %s", text)
	}
}

// What is being typed is completed, by products of the guild's organisation alone.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	given := `{"name": "buy", "type": 1, "options": [{"name": "product", "type": 3, "value": "busi", "focused": true}]}`
	typing := strings.Replace(fmt.Sprintf(delivered, 1, given), `"type": 2`, `"type": 4`, 1)
	for range 2 { // each letter asks again
		_, c := d.delivers(d.request(typing, noon))
		text := string(encoded(c))
		if c.Type != answerSuggest || !strings.Contains(text, `"contoso busi"`) || strings.Contains(text, strings.Repeat("x", 101)) || len(d.turned) > 0 {
			t.Errorf("%s", text)
		}
	}
	_, c := d.delivers(d.request(strings.Replace(typing, `"guild_id": "42"`, `"guild_id": "43"`, 1), noon))
	if text := string(encoded(c)); !strings.Contains(text, `"choices":[]`) {
		t.Errorf("a guild of nobody's: %s", text)
	}
}
