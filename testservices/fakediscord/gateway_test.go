package fakediscord_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cartwright/testservices/fakediscord"
)

// line is a connection to the gateway by hand.
type line struct {
	t    *testing.T
	conn *websocket.Conn
}

type packet struct {
	Op   int             `json:"op"`
	Type string          `json:"t"`
	Seq  int             `json:"s"`
	Data json.RawMessage `json:"d"`
}

func dial(t *testing.T, d *fakediscord.Discord, query string) *line {
	t.Helper()
	got, err := http.Get(d.APIURL() + "api/v9/gateway")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	var at struct{ URL string }
	if err := json.NewDecoder(got.Body).Decode(&at); err != nil {
		t.Fatal(err)
	}
	conn, _, err := websocket.DefaultDialer.Dial(at.URL+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	return &line{t, conn}
}

func (l *line) sends(text string) {
	l.t.Helper()
	if err := l.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		l.t.Fatal(err)
	}
}

// gets the next packet of an operation; an event is told by its name too.
func (l *line) gets(op int, name string) packet {
	l.t.Helper()
	var p packet
	if err := l.conn.ReadJSON(&p); err != nil || p.Op != op || p.Type != name {
		l.t.Fatalf("%d %s, %v, not %d %s", p.Op, p.Type, err, op, name)
	}
	return p
}

// ends waits for the connection to end, with a code.
func (l *line) ends(code int) {
	l.t.Helper()
	for {
		_, _, err := l.conn.ReadMessage()
		if end := new(websocket.CloseError); errors.As(err, &end) {
			if end.Code != code {
				l.t.Errorf("it is closed with %d, not %d", end.Code, code)
			}
			return
		}
		if err != nil {
			l.t.Fatalf("it ends by %v, not %d", err, code)
		}
	}
}

const (
	plain    = "?v=10&encoding=json"
	identify = `{"op": 2, "d": {"token": "the.bots.token", "properties": {}, "intents": 0}}`
)

// What a client does wrong ends its connection, with the code that Discord has for it.
func TestGatewayIsStrict(t *testing.T) {
	t.Parallel()
	d := fakediscord.New(fakediscord.Options{Heartbeat: 400 * time.Millisecond})
	t.Cleanup(d.Close)
	dial(t, d, "?v=8&encoding=json").ends(4012)
	dial(t, d, "?v=10&encoding=etf").ends(4002)
	dial(t, d, plain).ends(4009) // without a heartbeat
	for text, code := range map[string]int{
		`hello`: 4002, `{"op": 2, "d": {"token": "another", "properties": {}, "intents": 0}}`: 4004, `{"op": 2, "d": {"token": "the.bots.token", "properties": {}}}`: 4013,
		`{"op": 3, "d": {}}`: 4003, `{"op": 6, "d": {"token": "another", "session_id": "x", "seq": 1}}`: 4004,
		`{"op": 2, "d": {"token": "the.bots.token", "properties": {}, "intents": 33280}}`: 4014, `{"op": 2, "d": {"token": "the.bots.token", "properties": {}, "intents": 4194304}}`: 4013,
		`{"op": 2, "d": {"token": "the.bots.token", "intents": 0}}`: 4002,
	} {
		l := dial(t, d, plain)
		l.gets(10, "")
		l.sends(text)
		l.ends(code)
	}
	twice := dial(t, d, plain)
	twice.sends(identify)
	twice.sends(identify)
	twice.ends(4005)
	odd := dial(t, d, plain)
	odd.sends(identify)
	odd.sends(`{"op": 77}`)
	odd.ends(4001)
	many := dial(t, d, plain)
	for range 121 {
		many.sends(`{"op": 1, "d": null}`)
	}
	many.ends(4008)
}

// A session is taken up where it was left, with what was missed in its order; one that was
// closed, or that Discord ended, is not.
func TestGatewayResumes(t *testing.T) {
	t.Parallel()
	d := fakediscord.New(fakediscord.Options{AckTime: 50 * time.Millisecond})
	t.Cleanup(d.Close)
	ada := d.Join("11", "ada")
	l := dial(t, d, plain)
	l.gets(10, "")
	l.sends(identify)
	var ready struct {
		Session string `json:"session_id"`
	}
	must(t, json.Unmarshal(l.gets(0, "READY").Data, &ready))
	l.sends(`{"op": 1, "d": 1}`)
	l.gets(11, "")
	_ = ada.Command(t.Context(), "cart")
	last := l.gets(0, "INTERACTION_CREATE").Seq
	d.Drop()
	_ = ada.Command(t.Context(), "orders")
	_ = ada.Command(t.Context(), "help")

	resume := fmt.Sprintf(`{"op": 6, "d": {"token": "the.bots.token", "session_id": %q, "seq": %d}}`, ready.Session, last)
	again := dial(t, d, plain)
	again.gets(10, "")
	again.sends(resume)
	for n := range 2 {
		if got := again.gets(0, "INTERACTION_CREATE"); got.Seq != last+1+n {
			t.Errorf("the event %d comes as number %d", got.Seq, n)
		}
	}
	again.gets(0, "RESUMED")
	d.AskToReconnect()
	again.gets(7, "")
	_ = again.conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1012, ""))
	third := dial(t, d, plain)
	third.gets(10, "")
	third.sends(resume)
	third.gets(0, "INTERACTION_CREATE")
	third.gets(0, "INTERACTION_CREATE")
	third.gets(0, "RESUMED")
	if d.Identifies() != 1 || d.Resumes() != 2 {
		t.Errorf("%d sessions, resumed %d times", d.Identifies(), d.Resumes())
	}
	d.Invalidate()
	third.gets(9, "")
	third.sends(resume)
	third.gets(9, "")
	third.sends(identify)
	must(t, json.Unmarshal(third.gets(0, "READY").Data, &ready))
	_ = third.conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	third.ends(1000)
	fourth := dial(t, d, plain)
	fourth.gets(10, "")
	fourth.sends(fmt.Sprintf(`{"op": 6, "d": {"token": "the.bots.token", "session_id": %q, "seq": 1}}`, ready.Session))
	fourth.gets(9, "")
}

// A session that is begun too soon after another is invalid, where a test asks for that; the
// next that is begun in time is not. More than a thousand in a day make the token void, and
// a day later it still is.
func TestGatewayLimitsSessions(t *testing.T) {
	t.Parallel()
	d := fakediscord.New(fakediscord.Options{IdentifyEvery: 5 * time.Second})
	t.Cleanup(d.Close)
	begins := func() *line {
		l := dial(t, d, plain)
		l.gets(10, "")
		l.sends(identify)
		return l
	}
	begins().gets(0, "READY")
	begins().gets(9, "")
	d.Later(5 * time.Second)
	begins().gets(0, "READY")
	if n := len(d.Begun()); n != 3 || d.Identifies() != 2 {
		t.Errorf("of %d that were begun %d were let in", n, d.Identifies())
	}
	d.Later(24 * time.Hour)
	if n := len(d.Begun()); n != 0 {
		t.Errorf("a day later there are %d of the last day", n)
	}
	begins().gets(0, "READY")
	d.SpendSessions()
	begins().ends(4004)
	d.Later(24 * time.Hour)
	begins().ends(4004)
}

// Heartbeats are not acknowledged where a test asks for that.
func TestGatewayIgnores(t *testing.T) {
	t.Parallel()
	d := fakediscord.New(fakediscord.Options{})
	t.Cleanup(d.Close)
	l := dial(t, d, plain)
	l.gets(10, "")
	d.Ignore(true)
	l.sends(`{"op": 1, "d": null}`)
	l.sends(identify)
	l.gets(0, "READY")
	d.Ignore(false)
	l.sends(`{"op": 1, "d": null}`)
	l.gets(11, "")
	if n := d.Heartbeats(); n != 2 {
		t.Errorf("%d heartbeats came", n)
	}
}
