package teams

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cartwright/conversations"
	"cartwright/testservices/faketeams"
)

// kept is where people are reached, as long as the test lasts.
type kept struct {
	mu    sync.Mutex
	known map[string][]byte
}

func (k *kept) Load(_ context.Context, key string) ([]byte, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	body, ok := k.known[key]
	return body, ok, nil
}

func (k *kept) Save(_ context.Context, key string, body []byte, _ time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[key] = body
	return nil
}

func (k *kept) Delete(_ context.Context, key string, _ time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.known, key)
	return nil
}

// desk is the platform in a tenant, and what was turned.
type desk struct {
	*Teams
	t      *testing.T
	ms     *faketeams.Teams
	aicha  *faketeams.Person
	kept   kept
	busy   sync.RWMutex // read by those who are being served
	mu     sync.Mutex
	turned []conversations.Event
	answer func(conversations.Event) conversations.Reply
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, ms: faketeams.New(faketeams.Options{}), kept: kept{known: map[string][]byte{}}, answer: func(conversations.Event) conversations.Reply {
		return conversations.Reply{Prompt: hello}
	}}
	t.Cleanup(d.ms.Close)
	d.Teams = New(Options{
		Turn: d.turnOf, Look: func(_ context.Context, ev conversations.Event) conversations.Prompt {
			return d.turnOf(t.Context(), ev).Prompt
		},
		Organisation: func(tenant string) (string, bool) { return "contoso", tenant == d.ms.Tenant }, Channel: func(string) string { return "" },
		Readers: func(string) []string { return nil }, References: &d.kept, AppID: d.ms.AppID, Password: d.ms.Password, OpenIDURL: d.ms.OpenIDURL(),
		Issuer: d.ms.Issuer, TokenURL: d.ms.TokenURL() + d.ms.Tenant + "/oauth2/v2.0/token", Scope: d.ms.Scope, ServiceHosts: []string{d.ms.ServiceHost()},
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.busy.RLock()
		defer d.busy.RUnlock()
		d.Messages(w, r)
	}))
	t.Cleanup(bot.Close)
	d.ms.Deliver(bot.URL)
	d.aicha = d.ms.Person(faketeams.Person{Name: "Aïcha"})
	return d
}

var hello = conversations.Prompt{Name: "home", Title: "Hello", Locale: "en", Actions: []conversations.Action{{Ref: "cart", Label: "Cart"}}}

func (d *desk) turnOf(_ context.Context, ev conversations.Event) conversations.Reply {
	d.mu.Lock()
	d.turned = append(d.turned, ev)
	d.mu.Unlock()
	return d.answer(ev)
}

// events are those so far, once all that they led to is shown.
func (d *desk) events() []conversations.Event {
	d.busy.Lock()
	defer d.busy.Unlock()
	d.work.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.turned)
}

// What is typed is read without the bot's name, whatever Teams makes of blanks and signs.
func TestWhatIsTyped(t *testing.T) {
	t.Parallel()
	bot := account{ID: "28:1"}
	for name, c := range map[string]struct {
		a    activity
		want string
	}{
		"plain":                    {activity{Text: "  buy 25 "}, "buy 25"},
		"a mention":                {activity{Text: "<at>Cartwright</at>&nbsp;order CW-1\n", Entities: []entity{{Type: "mention", Text: "<at>Cartwright</at>", Mentioned: bot}}}, "order CW-1"},
		"another of the same name": {activity{Text: "delegate <at>Cartwright</at>", Entities: []entity{{Type: "mention", Text: "<at>Cartwright</at>", Mentioned: account{ID: "29:2"}}}}, "delegate <@29:2>"},
		"two of the same name": {activity{Text: "assign <at>Max</at> <at>Max</at> and <at>Max</at>", Entities: []entity{
			{Type: "mention", Text: "<at>Max</at>", Mentioned: account{ID: "29:2"}}, {Type: "mention", Text: "<at>Max</at>", Mentioned: account{ID: "29:3"}},
		}}, "assign <@29:2> <@29:3> and <@29:2>"},
		"signs":                    {activity{Text: "order A&amp;B &lt;x&gt;\u00a0y"}, "order A&B <x> y"},
		"nothing":                  {activity{}, ""},
		"an entity without a text": {activity{Text: "cart", Entities: []entity{{Type: "mention", Mentioned: bot}}}, "cart"},
	} {
		c.a.Recipient = bot
		if got := c.a.said(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The app is added again after another copy of the bot, which this one did not hear of, took
// note that it was removed; or before this one hears of the removal. Either way its person
// can be reached.
func TestTheAppIsAddedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 3 {
		if err := d.aicha.Install(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.events()
		d.kept.mu.Lock()
		n := len(d.kept.known)
		clear(d.kept.known)
		d.kept.mu.Unlock()
		if n == 0 {
			t.Fatal("where she is reached is not kept")
		}
	}
}

// What a client sends of inputs is text, or is made text; what it claims to have been
// printed with is taken for no input.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	var s submission
	if err := json.Unmarshal([]byte(`{"m365.ref": "details:1", "m365.own": "approval", "m365.more": "x", "quantity": 25, "auto_assign": true, "plan": "year", "none": null}`), &s); err != nil {
		t.Fatal(err)
	}
	p, ok := s.printed()
	if !ok || p != (printed{"details:1", "approval"}) {
		t.Errorf("printed with %+v", p)
	}
	v := s.values()
	if len(v) != 4 || v["quantity"] != "25" || v["auto_assign"] != "true" || v["plan"] != "year" || v["none"] != "" {
		t.Errorf("%v", v)
	}
	for _, forged := range []string{`{}`, `{"m365.ref": 1}`, `{"m365.ref": ""}`, `{"m365.ref": {"a": 1}}`} {
		var s submission
		if err := json.Unmarshal([]byte(forged), &s); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.printed(); ok {
			t.Errorf("%s is taken for what was printed here", forged)
		}
	}
}

// Only services that are called may deliver; nothing is sent anywhere else, whatever a token
// says.
func TestHosts(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://smba.trafficmanager.net/amer/": "smba.trafficmanager.net", "https://SMBA.trafficmanager.net": "smba.trafficmanager.net",
		"http://smba.trafficmanager.net/": "", "https://x@smba.trafficmanager.net/": "", "https://smba.trafficmanager.net/?x=1": "", "//smba.trafficmanager.net": "",
		"http://127.0.0.1:8080/": "127.0.0.1:8080", "http://127.0.0.1.evil.example/": "", "file:///etc/passwd": "", "": "", "https://smba.trafficmanager.net.evil.example/": "smba.trafficmanager.net.evil.example",
	} {
		if got := host(url); got != want {
			t.Errorf("%q is at %q, want %q", url, got, want)
		}
	}
	c := newConnector(Options{ServiceHosts: []string{"smba.trafficmanager.net"}, Now: time.Now})
	if err := c.call(t.Context(), "https://smba.trafficmanager.net.evil.example/", http.MethodGet, "/", nil, nil); err == nil || !strings.Contains(err.Error(), "TEAMS_SERVICE_HOSTS") {
		t.Errorf("another host is called: %v", err)
	}
}

// A message that is delivered again is answered once; a click again shows the same.
func TestDeliveredAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if err := d.aicha.Says(t.Context(), "cart"); err != nil {
		t.Fatal(err)
	}
	d.events()
	again, err := d.ms.Redeliver(t.Context(), d.ms.Deliveries()[0])
	if err != nil || again.Status != http.StatusOK {
		t.Fatal(again.Status, err)
	}
	if n := len(d.events()); n != 1 {
		t.Errorf("it was turned %d times", n)
	}
	card := d.aicha.Last(d.aicha.Chat())
	if _, err := d.aicha.Press(t.Context(), card, "cart", nil); err != nil {
		t.Fatal(err)
	}
	all := d.ms.Deliveries()
	click, err := d.ms.Redeliver(t.Context(), all[len(all)-1])
	if err != nil || click.Status != http.StatusOK || !strings.Contains(string(click.Answer), "Hello") {
		t.Errorf("a click again: %d %s %v", click.Status, click.Answer, err)
	}
	events := d.events()
	if n := len(events); n != 3 || events[1].ID != events[2].ID {
		t.Errorf("%d events, the clicks %v", n, events[1:])
	}
	if seen := d.aicha.See(d.aicha.Chat()); len(seen) != 2 {
		t.Errorf("%d messages are in the chat", len(seen))
	}
}

// What is malformed or not asked for is answered and nothing is done.
func TestMalformed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	good := "Bearer " + d.ms.Token(nil)
	where := `"channelId": "msteams", "serviceUrl": "` + d.ms.ServiceURL() + `", "from": {"id": "29:1", "aadObjectId": "a"}, "recipient": {"id": "28:1"}, "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": "` + d.ms.Tenant + `"}`
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"no JSON": {`{`, 401}, "a list": {`[]`, 401}, "no type": {`{` + where + `}`, 400}, "a number for an id": {`{"type": "message", "id": 1, ` + where + `}`, 401},
		"a long id":            {`{"type": "message", "id": "` + strings.Repeat("x", 1001) + `", ` + where + `}`, 400},
		"an id with a blank":   {`{"type": "message", "id": "1 2", ` + where + `}`, 400},
		"a reaction":           {`{"type": "messageReaction", "id": "1", ` + where + `}`, 200},
		"another invoke":       {`{"type": "invoke", "name": "task/fetch", "id": "1", ` + where + `}`, 501},
		"an invoke of nothing": {`{"type": "invoke", "name": "adaptiveCard/action", "id": "1", ` + where + `}`, 200},
		"an invoke of a list":  {`{"type": "invoke", "name": "adaptiveCard/action", "id": "1", "value": [], ` + where + `}`, 200},
	} {
		status, answer, err := d.ms.Post(t.Context(), good, []byte(c.body))
		if err != nil || status != c.want {
			t.Errorf("%s: %d %s %v, want %d", name, status, answer, err, c.want)
		}
		if status == 200 && strings.Contains(c.body, "invoke") && !strings.Contains(string(answer), `"statusCode":400`) {
			t.Errorf("%s is answered %s", name, answer)
		}
	}
	if n := len(d.events()); n > 0 {
		t.Errorf("%d events were turned", n)
	}
}

// A click whose turn takes long is answered before Teams gives up, and the message shows in
// the end what became of it.
func TestASlowTurn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if err := d.aicha.Says(t.Context(), "cart"); err != nil {
		t.Fatal(err)
	}
	d.events()
	card := d.aicha.Last(d.aicha.Chat())
	release := make(chan struct{})
	d.answer = func(conversations.Event) conversations.Reply {
		<-release
		return conversations.Reply{Prompt: conversations.Prompt{Name: "cart", Title: "At last", Locale: "en"}}
	}
	began := time.Now()
	answer, err := d.aicha.Press(t.Context(), card, "cart", nil)
	if took := time.Since(began); err != nil || took > 4*time.Second || !strings.Contains(answer.Text, "takes a moment") {
		t.Errorf("%q after %v: %v", answer.Text, took, err)
	}
	close(release)
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(d.aicha.Now(card).Read(), "At last"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the message shows\n%s", d.aicha.Now(card).Read())
		}
	}
	if n := len(d.aicha.See(d.aicha.Chat())); n != 2 {
		t.Errorf("%d messages are in the chat", n)
	}
}

// In each conversation no more is sent than Teams takes.
func TestPaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &paces{now: time.Now}
		var sent []time.Time
		for len(sent) < 130 {
			if err := p.wait(t.Context(), "a:1"); err != nil {
				t.Fatal(err)
			}
			sent = append(sent, time.Now())
		}
		for _, limit := range faketeams.DocumentedLimits[:3] {
			for i := limit.Count; i < len(sent); i++ {
				if sent[i].Sub(sent[i-limit.Count]) < limit.In {
					t.Fatalf("%d within %v", limit.Count+1, limit.In)
				}
			}
		}
		began := time.Now()
		if err := p.wait(t.Context(), "a:2"); err != nil || time.Since(began) > 0 {
			t.Errorf("another conversation waits: %v", err)
		}

		// Those who wait are served in turn, and nobody waits in a long line.
		turn := make(chan int, 20)
		refused := 0
		for i := range 20 {
			go func() {
				if err := p.wait(t.Context(), "a:3"); err != nil {
					turn <- -1
					return
				}
				turn <- i
			}()
			synctest.Wait()
		}
		last := -1
		for range 20 {
			switch i := <-turn; {
			case i < 0:
				refused++
			case i < last:
				t.Errorf("%d is sent after %d", i, last)
			default:
				last = i
			}
		}
		if refused != 20-9 { // four at once, and five in three seconds
			t.Errorf("%d are told to come later", refused)
		}
	})
}

// Whatever is delivered, nothing panics, and nothing is turned without a conversation and a
// person.
func FuzzActivities(f *testing.F) {
	for _, seed := range []string{
		`{"type": "message", "id": "1", "channelId": "msteams", "serviceUrl": "https://x/", "text": "<at>a</at> b", "from": {"id": "29:1", "aadObjectId": "a"}, "conversation": {"id": "a:1"}, "entities": [{"type": "mention", "text": "<at>a</at>", "mentioned": {"id": "28:1"}}]}`,
		`{"type": "invoke", "name": "adaptiveCard/action", "id": "1", "channelId": "msteams", "serviceUrl": "https://x/", "from": {"id": "29:1"}, "conversation": {"id": "a:1"}, "value": {"action": {"verb": "m365", "data": {"m365.ref": "cart", "quantity": 3}}}}`,
		`{"type": "installationUpdate", "action": "add"}`, `[]`, `{"value": {"m365.ref": 1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var mu sync.Mutex
		teams := New(Options{
			Turn: func(_ context.Context, ev conversations.Event) conversations.Reply {
				mu.Lock()
				defer mu.Unlock()
				if ev.Account.ID == "" || len(ev.ID) > 200 {
					t.Errorf("%+v is turned", ev)
				}
				return conversations.Reply{Prompt: hello}
			},
			Look:         func(context.Context, conversations.Event) conversations.Prompt { return hello },
			Organisation: func(string) (string, bool) { return "contoso", true }, Channel: func(string) string { return "" }, Readers: func(string) []string { return nil },
			References: &kept{known: map[string][]byte{}}, AppID: "a", Anonymous: true, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		w := httptest.NewRecorder()
		teams.Messages(w, httptest.NewRequest(http.MethodPost, "/api/messages", strings.NewReader(string(body))))
		teams.work.Wait()
		if _, err := io.ReadAll(w.Body); err != nil || w.Code >= 500 && w.Code != http.StatusNotImplemented {
			t.Errorf("%d, %v", w.Code, err)
		}
	})
}
