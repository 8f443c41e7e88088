package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cartwright/conversations"
)

var discard = slog.New(slog.DiscardHandler)

const secret = "8f742231b10e8888abcd99yyyzzz85a5"

// desk is the platform with a dialogue that notes what it was asked, and a Slack that
// takes everything.
type desk struct {
	*Slack
	mu     sync.Mutex
	events []conversations.Event
	answer func(conversations.Event) conversations.Reply
	calls  []string
}

func newDesk(t testing.TB) *desk {
	d := &desk{answer: func(conversations.Event) conversations.Reply {
		return conversations.Reply{Prompt: conversations.Prompt{Name: "home", Locale: "en", Title: "Hello"}, InPlace: true}
	}}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.calls = append(d.calls, r.URL.Path+" "+string(body))
		channel := `"D1"`
		if strings.HasSuffix(r.URL.Path, "conversations.open") {
			channel = `{"id":"D1"}`
		}
		_, _ = io.WriteString(w, `{"ok":true,"channel":`+channel+`,"ts":"1.2"}`)
	}))
	t.Cleanup(web.Close)
	d.Slack = New(Options{
		Turn: func(_ context.Context, ev conversations.Event) conversations.Reply {
			d.mu.Lock()
			d.events = append(d.events, ev)
			d.mu.Unlock()
			return d.answer(ev)
		},
		Overview: func(context.Context, string, conversations.Account) conversations.Prompt {
			return conversations.Prompt{Name: "overview", Locale: "en", Title: "Hello"}
		},
		Organisation: func(team string) (string, bool) { return "contoso", team == "T1" },
		Groups:       func(string) []string { return nil },
		Tokens:       noTokens{}, SigningSecret: secret, APIURL: web.URL + "/api/", Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { _ = d.Close(context.Background()) })
	return d
}

type noTokens struct{}

func (noTokens) For(context.Context, string) (string, error)          { return "xoxb-1", nil }
func (noTokens) Uninstalled(context.Context, string, time.Time) error { return nil }

// seen are the events so far, once everything that was taken is done.
func (d *desk) asked() []conversations.Event {
	d.work.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.events
}

func sign(body string, at time.Time, key string) http.Header {
	ts := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = mac.Write([]byte("v0:" + ts + ":" + body))
	return http.Header{"X-Slack-Request-Timestamp": {ts}, "X-Slack-Signature": {"v0=" + hex.EncodeToString(mac.Sum(nil))}}
}

func (d *desk) deliver(handler http.HandlerFunc, kind, body string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/slack", strings.NewReader(body))
	r.Header = header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	handler(w, r)
	return w
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

func clickBody(trigger string) string {
	return url.Values{"payload": {clickPayload(trigger)}}.Encode()
}

func clickPayload(trigger string) string {
	return fmt.Sprintf(`{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1","team_id":"T1"},"trigger_id":%q,
		"container":{"type":"message","message_ts":"1.1","channel_id":"C1"},"response_url":"https://hooks.slack.com/actions/1",
		"actions":[{"action_id":"w1","value":"cart","type":"button"}]}`, trigger)
}

// Slack's own example, and everything around it that is not quite it: nothing comes in
// but what is signed with the secret, over these very bytes, within five minutes.
func TestSignatures(t *testing.T) {
	t.Parallel()
	now := time.Now()
	body := clickBody("1.1.a")
	good := sign(body, now, secret)
	without := func(name string) http.Header { h := good.Clone(); h.Del(name); return h }
	with := func(name, value string) http.Header { h := good.Clone(); h.Set(name, value); return h }
	for name, c := range map[string]struct {
		header http.Header
		body   string
		want   int
	}{
		"good":                  {good, body, 200},
		"four minutes old":      {sign(body, now.Add(-4*time.Minute), secret), body, 200},
		"four minutes ahead":    {sign(body, now.Add(4*time.Minute), secret), body, 200},
		"six minutes old":       {sign(body, now.Add(-6*time.Minute), secret), body, 401},
		"six minutes ahead":     {sign(body, now.Add(6*time.Minute), secret), body, 401},
		"a century ahead":       {sign(body, now.Add(876_000*time.Hour), secret), body, 401},
		"another secret":        {sign(body, now, secret+"x"), body, 401},
		"no secret":             {sign(body, now, ""), body, 401},
		"another body":          {good, body + "&x=1", 401},
		"no signature":          {without("X-Slack-Signature"), body, 401},
		"no time":               {without("X-Slack-Request-Timestamp"), body, 401},
		"nothing":               {http.Header{}, body, 401},
		"an empty signature":    {with("X-Slack-Signature", ""), body, 401},
		"version 1":             {with("X-Slack-Signature", "v1="+good.Get("X-Slack-Signature")[3:]), body, 401},
		"a short signature":     {with("X-Slack-Signature", good.Get("X-Slack-Signature")[:20]), body, 401},
		"no hex":                {with("X-Slack-Signature", "v0=zz"), body, 401},
		"a time that is none":   {with("X-Slack-Request-Timestamp", "now"), body, 401},
		"another time":          {with("X-Slack-Request-Timestamp", strconv.FormatInt(now.Unix()-1, 10)), body, 401},
		"a time that overflows": {with("X-Slack-Request-Timestamp", "9223372036854775807"), body, 401},
	} {
		for _, handler := range []string{"commands", "interactions", "events"} {
			d := newDesk(t)
			w := d.deliver(map[string]http.HandlerFunc{"commands": d.Commands, "interactions": d.Interactions, "events": d.Events}[handler], formType, c.body, c.header)
			if (w.Code == 401) != (c.want == 401) {
				t.Errorf("%s to %s: %d", name, handler, w.Code)
			}
			if w.Code == 401 && (w.Body.Len() > 0 || len(d.asked()) > 0) {
				t.Errorf("%s to %s: refused with %q, and %d events", name, handler, w.Body, len(d.asked()))
			}
			if handler == "interactions" && c.want == 200 && len(d.asked()) != 1 {
				t.Errorf("%s: %d events", name, len(d.asked()))
			}
		}
	}
}

// Slack's documentation signs this body so.
func TestSlacksOwnExample(t *testing.T) {
	t.Parallel()
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	got := sign(body, time.Unix(1531420618, 0), secret).Get("X-Slack-Signature")
	if got != "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" {
		t.Errorf("these tests sign as %s", got)
	}
}

// A request that was caught is sent again, byte for byte: it is acknowledged, and nothing
// happens.
func TestAReplayIsWithoutEffect(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	body := clickBody("1.1.a")
	header := sign(body, time.Now(), secret)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if w := d.deliver(d.Interactions, formType, body, header); w.Code != 200 {
				t.Errorf("%d", w.Code)
			}
		})
	}
	all.Wait()
	if n := len(d.asked()); n != 1 {
		t.Errorf("%d events of one click", n)
	}
}

// The query is not signed: what it says is nobody's word.
func TestTheQueryIsNotRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	body := "other=1"
	r := httptest.NewRequest(http.MethodPost, "/slack/interactions?"+clickBody("1.1.a"), strings.NewReader(body))
	r.Header = sign(body, time.Now(), secret)
	r.Header.Set("Content-Type", formType)
	w := httptest.NewRecorder()
	d.Interactions(w, r)
	if w.Code != 400 || len(d.asked()) != 0 {
		t.Errorf("%d, %d events", w.Code, len(d.asked()))
	}
}

// A text that was cut in the middle of a letter is no reason to refuse a click.
func TestHalfALetter(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	body := url.Values{"payload": {strings.Replace(clickPayload("1"), `"team":`, `"message":{"text":"\ud83d"},"team":`, 1)}}.Encode()
	if w := d.deliver(d.Interactions, formType, body, sign(body, time.Now(), secret)); w.Code != 200 || len(d.asked()) != 1 {
		t.Errorf("%d, %d events", w.Code, len(d.asked()))
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ to, kind, body string }{
		"no payload":        {"interactions", formType, ""},
		"no JSON":           {"interactions", formType, "payload=%7B"},
		"no user":           {"interactions", formType, url.Values{"payload": {`{"type":"block_actions","team":{"id":"T1"}}`}}.Encode()},
		"no view":           {"interactions", formType, url.Values{"payload": {`{"type":"view_submission","team":{"id":"T1"},"user":{"id":"U1"}}`}}.Encode()},
		"JSON as a payload": {"interactions", jsonType, `{"type":"block_actions"}`},
		"a broken escape":   {"commands", formType, "text=%zz"},
		"no team":           {"commands", formType, "text=help&user_id=U1&trigger_id=1"},
		"a name twice":      {"interactions", formType, url.Values{"payload": {strings.Replace(clickPayload("1"), `"user":`, `"user":{"id":"U9","team_id":"T1"},"user":`, 1)}}.Encode()},
		"an event of none":  {"events", jsonType, `{"type":"event_callback"}`},
		"no JSON event":     {"events", jsonType, `x`},
	} {
		d := newDesk(t)
		w := d.deliver(map[string]http.HandlerFunc{"commands": d.Commands, "interactions": d.Interactions, "events": d.Events}[c.to], c.kind, c.body, sign(c.body, time.Now(), secret))
		if w.Code != 400 || len(d.asked()) != 0 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// Whatever hangs behind, Slack is answered in three seconds, and the person later: of a
// command, a mention and a direct message alike.
func TestAcknowledgedInTime(t *testing.T) {
	t.Parallel()
	const happened = `{"type":"event_callback","team_id":"T1","event_id":"E1","event":{"type":"%s","channel_type":"im","user":"U1","text":"need 5 visio","channel":"C1"}}`
	for name, c := range map[string]struct {
		body, kind string
		serve      func(*desk) http.HandlerFunc
	}{
		"a command": {
			url.Values{"team_id": {"T1"}, "user_id": {"U1"}, "channel_id": {"C1"}, "trigger_id": {"1"}, "text": {"need 5 visio"}}.Encode(), formType,
			func(d *desk) http.HandlerFunc { return d.Commands },
		},
		"a mention":        {fmt.Sprintf(happened, "app_mention"), "application/json", func(d *desk) http.HandlerFunc { return d.Events }},
		"a direct message": {fmt.Sprintf(happened, "message"), "application/json", func(d *desk) http.HandlerFunc { return d.Events }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acknowledgedInTime(t, c.body, c.kind, c.serve)
		})
	}
}

func acknowledgedInTime(t *testing.T, body, kind string, serve func(*desk) http.HandlerFunc) {
	t.Helper()
	d := newDesk(t)
	release := make(chan struct{})
	d.answer = func(conversations.Event) conversations.Reply {
		<-release
		return conversations.Reply{Prompt: conversations.Prompt{Name: "home", Locale: "en", Title: "At last"}, InPlace: true}
	}
	web := httptest.NewServer(serve(d))
	defer web.Close()
	began := time.Now()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, web.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = sign(body, began, secret)
	r.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	told, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if took := time.Since(began); took > 2900*time.Millisecond || answer.StatusCode != 200 || len(told) != 0 || err != nil {
		t.Errorf("answered %d %q after %v", answer.StatusCode, told, took)
	}
	close(release)
	web.Close() // waits for what is behind
	d.asked()
	if len(d.calls) != 1 || !strings.Contains(d.calls[0], "At+last") {
		t.Errorf("then Slack was told %v", d.calls)
	}
}

// A response_url is followed to Slack and nowhere else.
func TestOnlySlackIsAnswered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for address, want := range map[string]bool{
		"https://hooks.slack.com/actions/T1/2/3": true,
		d.APIURL + "x":                           true,
		"http://hooks.slack.com/actions/T1/2/3":  false,
		"https://hooks.slack.com.evil.example/":  false,
		"https://hooks.slack.com@evil.example/":  false,
		"https://evil@hooks.slack.com/":          false,
		"https://slack.com/":                     false,
		"https://169.254.169.254/latest":         false,
		"//hooks.slack.com/":                     false,
		"":                                       false,
		"file:///etc/passwd":                     false,
	} {
		if got := d.api.mayFollow(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestTyped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"<@U0BOT> buy premium":                    "buy premium",
		"  <@U0BOT>  ":                            "",
		"<@U0BOT|cartwright> cart":                "cart",
		"buy R&amp;D &lt;3":                       "buy R&D <3",
		"assign <mailto:a@b.example|a@b.example>": "assign a@b.example",
		"see <https://contoso.example>":           "see https://contoso.example",
		"delegate <@U2> until Friday":             "delegate <@U2> until Friday",
		"<!channel> buy":                          "<!channel> buy",
		"&amp;lt;!channel&amp;gt;":                "&lt;!channel&gt;",
	} {
		if got := typed(text, true); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// Slack has sent a list for "no values".
func TestFieldsOfAView(t *testing.T) {
	t.Parallel()
	v := view{State: jsontext.Value(`{"values":{"quantity|abc":{"input":{"type":"number_input","value":"5"}},
		"plan|abc":{"input":{"type":"radio_buttons","selected_option":{"value":"P1Y.annual"}}},
		"auto_assign|abc":{"input":{"type":"checkboxes","selected_options":[{"value":"true"}]}},
		"q|abc":{"input":{"type":"plain_text_input","value":null}}}}`)}
	got := v.fields()
	for key, want := range map[string]string{"quantity": "5", "plan": "P1Y.annual", "auto_assign": "true", "q": ""} {
		if got[key] != want {
			t.Errorf("%s is %q", key, got[key])
		}
	}
	for _, none := range []string{``, `null`, `{"values":[]}`, `{"values":null}`, `[]`, `{"values":{"a":[]}}`} {
		if got := (view{State: jsontext.Value(none)}).fields(); len(got) != 0 {
			t.Errorf("%s has %v", none, got)
		}
	}
}

// fuzzed is a desk whose Slack is in the process: what is fuzzed never leaves it.
func fuzzed(f *testing.F) *desk {
	d := newDesk(f)
	d.Turn = func(_ context.Context, ev conversations.Event) conversations.Reply { return d.answer(ev) }
	d.api.http = &http.Client{Transport: inside{}}
	return d
}

// inside answers every request, wherever it goes.
type inside struct{}

func (inside) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	_, _ = io.WriteString(w, `{"ok":true,"channel":{"id":"D1"},"ts":"1.2"}`)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func FuzzInteractions(f *testing.F) {
	d := fuzzed(f)
	values, _ := url.ParseQuery(clickBody("1"))
	f.Add(values.Get("payload"))
	f.Add(`{"type":"view_submission","team":null,"user":{"id":"U1","team_id":"T1"},"view":{"id":"V1","callback_id":"form","private_metadata":"{\"t\":\"T9\"}","state":{"values":[]}}}`)
	f.Add(`{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"actions":[null],"view":{"type":"home"}}`)
	f.Add(`{"type":"message_action","team":{"id":"T1"},"user":{"id":"U1"},"trigger_id":"1"}`)
	f.Add(`{"type":"view_closed","team":{"id":"T1"},"user":{"id":"U1"},"view":{}}`)
	f.Fuzz(func(t *testing.T, payload string) {
		body := url.Values{"payload": {payload}}.Encode()
		w := d.deliver(d.Interactions, formType, body, sign(body, time.Now(), secret))
		if w.Code != 200 && w.Code != 400 {
			t.Errorf("%d", w.Code)
		}
		d.work.Wait()
	})
}

func FuzzEvents(f *testing.F) {
	d := fuzzed(f)
	f.Add(`{"type":"event_callback","team_id":"T1","event_id":"E1","event":{"type":"app_mention","user":"U1","text":"<@U0> cart","channel":"C1"}}`)
	f.Add(`{"type":"event_callback","team_id":"T1","event_id":"E2","event":{"type":"user_change","user":{"id":"U1"}}}`)
	f.Add(`{"type":"event_callback","team_id":"T1","event_id":"E3","event":{"type":"app_home_opened","user":"U1","tab":"home"}}`)
	f.Add(`{"type":"url_verification","challenge":"x"}`)
	f.Fuzz(func(t *testing.T, body string) {
		w := d.deliver(d.Events, jsonType, body, sign(body, time.Now(), secret))
		if w.Code != 200 && w.Code != 400 {
			t.Errorf("%d", w.Code)
		}
		d.work.Wait()
	})
}

func FuzzCommands(f *testing.F) {
	d := fuzzed(f)
	f.Add("team_id=T1&user_id=U1&trigger_id=1&text=buy+premium")
	f.Add("ssl_check=1")
	f.Fuzz(func(t *testing.T, body string) {
		w := d.deliver(d.Commands, formType, body, sign(body, time.Now(), secret))
		if w.Code != 200 && w.Code != 400 {
			t.Errorf("%d", w.Code)
		}
		d.work.Wait()
	})
}

// posted is a form's answer, as JSON.
func posted(t *testing.T, address string, form url.Values, into any) {
	t.Helper()
	answer, err := http.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
