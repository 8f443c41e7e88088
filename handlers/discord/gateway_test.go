package discord

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cartwright/conversations"
	"cartwright/testservices/fakediscord"
)

// log keeps what is logged.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// outpost is the platform at the gateway of a Discord.
type outpost struct {
	*Discord
	there  *fakediscord.Discord
	ada    *fakediscord.Person
	logged *log
	answer func(conversations.Event) conversations.Reply
	done   chan struct{} // the gateway is given up
	leave  context.CancelFunc
}

func saying(text string) conversations.Reply {
	return conversations.Reply{Prompt: conversations.Prompt{Name: "home", Title: text, Locale: "en"}}
}

func newOutpost(t *testing.T, there *fakediscord.Discord, url, token string) *outpost {
	t.Helper()
	o := &outpost{there: there, ada: there.Join("7", "ada"), logged: new(log), done: make(chan struct{})}
	o.answer = func(ev conversations.Event) conversations.Reply { return saying("You said " + ev.Text) }
	o.Discord = New(Options{
		Turn:         func(_ context.Context, ev conversations.Event) conversations.Reply { return o.answer(ev) },
		Organisation: func(string) (string, bool) { return "contoso", true }, Guilds: func(string) []string { return []string{"42"} },
		Suggest: func(string, string) []string { return []string{"Premium"} }, Channel: func(string) string { return "" },
		Application: there.Application, ByGateway: true, Token: token, APIURL: url, Now: time.Now, Log: slog.New(slog.NewTextHandler(o.logged, nil)),
	})
	return o
}

// opens the gateway, until the test ends.
func (o *outpost) opens(t *testing.T, openTime time.Duration, changes ...func(*gateway)) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	o.leave = leave
	g := newGateway(o.Discord)
	g.openTime, g.identifyTime = openTime, time.Millisecond
	for _, change := range changes {
		change(g)
	}
	go func() { defer close(o.done); g.run(ctx) }()
	t.Cleanup(func() {
		leave()
		<-o.done
		if err := o.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func outpostAt(t *testing.T) *outpost {
	t.Helper()
	there := fakediscord.New(fakediscord.Options{})
	t.Cleanup(there.Close)
	return newOutpost(t, there, there.APIURL(), there.Token)
}

func until(t *testing.T, what string, seen func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !seen(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

// A token that is refused is said once, with what to do, and nothing is tried again: each
// try would be one of a thousand.
func TestARefusedToken(t *testing.T) {
	t.Parallel()
	there := fakediscord.New(fakediscord.Options{})
	t.Cleanup(there.Close)
	o := newOutpost(t, there, there.APIURL(), "hush")
	o.opens(t, openTime)
	select {
	case <-o.done:
	case <-time.After(20 * time.Second):
		t.Fatal("it goes on")
	}
	logged := o.logged.String()
	if there.Dials() != 1 || strings.Count(logged, "\n") != 1 || !strings.Contains(logged, "copy DISCORD_BOT_TOKEN anew") || strings.Contains(logged, "hush") {
		t.Errorf("%d connections, and this is logged:\n%s", there.Dials(), logged)
	}
	if err := o.CheckGateway(t.Context()); err == nil || o.GatewayUp() {
		t.Error("nobody is told that the gateway was given up")
	}
}

// A gateway that is not there, that says nothing, or that sends the bot away before it was
// let in, is tried again; the bot stops when it is told to, all the same.
func TestABadGateway(t *testing.T) {
	t.Parallel()
	t.Run("not there", func(t *testing.T) {
		t.Parallel()
		o := outpostAt(t)
		o.there.RefuseConnections(2)
		o.opens(t, openTime)
		until(t, "a connection", func() bool { return o.there.Identifies() == 1 })
		if n := strings.Count(o.logged.String(), "no connection to Discord"); n != 2 {
			t.Errorf("%d failures are logged:\n%s", n, o.logged)
		}
	})
	t.Run("sends it away", func(t *testing.T) {
		t.Parallel()
		o := outpostAt(t)
		o.there.AskEarly(1)
		o.opens(t, 200*time.Millisecond)
		until(t, "a connection", func() bool { return o.there.Identifies() == 1 })
		if err := o.ada.Command(t.Context(), "cart"); err != nil || !strings.Contains(o.ada.Last("6").Read(), "You said cart") {
			t.Errorf("%v, %s", err, o.ada.Last("6").Read())
		}
	})
	t.Run("says nothing", func(t *testing.T) {
		t.Parallel()
		var hungUp atomic.Int64
		var web *httptest.Server
		mux := http.NewServeMux()
		mux.HandleFunc("GET /gateway", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"url": "ws%s/socket"}`, strings.TrimPrefix(web.URL, "http"))
		})
		mux.HandleFunc("GET /socket/", func(w http.ResponseWriter, r *http.Request) {
			var up websocket.Upgrader
			if conn, err := up.Upgrade(w, r, nil); err == nil {
				_, _, _ = conn.ReadMessage()
				hungUp.Add(1)
			}
		})
		web = httptest.NewServer(mux)
		t.Cleanup(web.Close)
		there := fakediscord.New(fakediscord.Options{})
		t.Cleanup(there.Close)
		o := newOutpost(t, there, web.URL+"/", "token")
		o.opens(t, 50*time.Millisecond)
		until(t, "the bot hangs up three times", func() bool { return hungUp.Load() == 3 })
	})
}

// A turn that takes long is answered later, also where the interaction itself came late
// because the connection was broken; the bot does not stop before it has.
func TestLongTurnsByGateway(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	o.opens(t, openTime)
	until(t, "a connection", func() bool { return o.there.Identifies() == 1 })
	on := make(chan struct{})
	o.answer = func(ev conversations.Event) conversations.Reply {
		<-on
		return saying("You said " + ev.Text)
	}
	o.there.Drop()
	if err := o.ada.Command(t.Context(), "cart"); err != nil {
		t.Fatalf("nobody said in time that the answer is coming: %v", err)
	}
	if got := o.ada.Last("6"); got.Read() != "" || got.To != "7" {
		t.Errorf("%+v is not what says that it is coming", got)
	}
	if logged := o.logged.String(); o.there.Dials() != 2 || strings.Count(logged, "no connection to Discord") != 1 {
		t.Errorf("%d connections, and this is logged:\n%s", o.there.Dials(), logged)
	}
	o.leave()
	<-o.done
	close(on)
	if err := o.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if got := o.ada.Last("6"); !strings.Contains(got.Read(), "You said cart") || got.Edits != 1 {
		t.Errorf("it stopped, and there is %q, edited %d times", got.Read(), got.Edits)
	}
}

// What is being answered when the bot is told to stop is answered.
func TestTurnsInHandByGateway(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	o.opens(t, openTime)
	until(t, "a connection", func() bool { return o.there.Identifies() == 1 })
	o.answer = func(ev conversations.Event) conversations.Reply {
		o.leave()
		<-o.done
		return saying("You said " + ev.Text)
	}
	if err := o.ada.Command(t.Context(), "cart"); err != nil || !strings.Contains(o.ada.Last("6").Read(), "You said cart") {
		t.Errorf("%v, %s", err, o.ada.Last("6").Read())
	}
}

// An interaction's token is authority enough: the bot's goes only where it is needed.
func TestTheTokenIsNotSentNeedlessly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for path, needed := range map[string]bool{"interactions/1/tok/callback": false, "webhooks/1/tok": false, "channels/1/messages": true} {
		if err := d.api.call(t.Context(), http.MethodPost, path, callback{}, nil); err != nil {
			t.Fatal(err)
		}
		if sent := <-d.said; strings.Contains(sent, "bot token") != needed {
			t.Errorf("%s", sent)
		}
	}
}

// What panics is logged, and the bot goes on. An answer that is refused is logged too.
func TestTroubleByGateway(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	o.opens(t, openTime)
	until(t, "a connection", func() bool { return o.there.Identifies() == 1 })
	o.answer = func(ev conversations.Event) conversations.Reply {
		if ev.Text == "orders" {
			panic("a mistake")
		}
		return saying("You said " + ev.Text)
	}
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	_ = o.ada.Command(ctx, "orders")
	until(t, "it is logged", func() bool { return strings.Contains(o.logged.String(), "panicked") })
	if err := o.ada.Command(t.Context(), "cart"); err != nil || !strings.Contains(o.ada.Last("6").Read(), "You said cart") {
		t.Errorf("%v, %s", err, o.ada.Last("6").Read())
	}
	choices, err := o.ada.Type(t.Context(), "buy", "product", "pre")
	if err != nil || len(choices) != 1 {
		t.Errorf("%v, %v", choices, err)
	}
	o.there.Dispatch("INTERACTION_CREATE", map[string]any{"id": "1", "token": "none", "type": 2, "guild_id": "42", "member": map[string]any{"user": map[string]any{"id": "7"}}, "data": map[string]any{"name": "m365"}})
	until(t, "it is logged", func() bool { return strings.Contains(o.logged.String(), "10062") })
	o.there.Dispatch("INTERACTION_CREATE", map[string]any{"type": 1})
	until(t, "it is logged", func() bool { return strings.Contains(o.logged.String(), "cannot be read") })
	if strings.Contains(o.logged.String(), o.there.Token) {
		t.Errorf("the token is in the log:\n%s", o.logged)
	}
}

// How long an interaction can still wait goes by when it happened, as far as clocks agree.
func TestTimeThatIsLeft(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	at := func(ago time.Duration) interaction {
		return interaction{ID: fmt.Sprint((noon.Add(-ago).UnixMilli() - discordEpoch) << 22)}
	}
	for ago, want := range map[time.Duration]time.Duration{
		0: ackTime, time.Second: ackTime - time.Second, ackTime: leastTime, time.Hour: leastTime, -time.Second: ackTime, -time.Hour: ackTime,
	} {
		if got := d.left(at(ago)); got != want {
			t.Errorf("after %v: %v, not %v", ago, got, want)
		}
	}
	if got := d.left(interaction{ID: strings.Repeat("9", 100)}); got != ackTime {
		t.Errorf("an id that is none: %v", got)
	}
}
