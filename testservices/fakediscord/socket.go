package fakediscord

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Opcodes of the gateway.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opPresence  = 3
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// Codes that the gateway closes with.
const (
	closeUnknownOp     = 4001
	closeDecode        = 4002
	closeNotIdentified = 4003
	closeBadToken      = 4004
	closeIdentified    = 4005
	closeRate          = 4008
	closeTimedOut      = 4009
	closeBadVersion    = 4012
	closeBadIntents    = 4013
	closeNotAllowed    = 4014
)

// socket is one connection of the app's.
type socket struct {
	discord *Discord
	conn    *websocket.Conn
	write   sync.Mutex
	session *session // nil until it is identified
	sends   []time.Time
}

// notCompressed is what Discord would not say.
const notCompressed = "only JSON that is not compressed is played here"

// patience is how many heartbeats an app may leave out, and half of one.
const patience = 1.5

func (d *Discord) serveSocket(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &socket{discord: d, conn: conn}
	d.mu.Lock()
	d.gateway.sockets = append(d.gateway.sockets, c)
	d.gateway.dials++
	d.mu.Unlock()
	defer c.forget()
	q := r.URL.Query()
	switch v := q.Get("v"); {
	case v != "9" && v != "10":
		c.close(closeBadVersion, "Invalid API version")
		return
	case q.Get("encoding") != "json", q.Get("compress") != "":
		c.close(closeDecode, notCompressed)
		return
	}
	c.send(map[string]any{"op": opHello, "s": nil, "t": nil, "d": map[string]any{"heartbeat_interval": d.Heartbeat.Milliseconds(), "_trace": []string{"fake"}}})
	c.listen()
}

// forget leaves the session for the app to resume, unless the app closed it itself.
func (c *socket) forget() {
	_ = c.conn.Close()
	d := c.discord
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gateway.sockets = slices.DeleteFunc(d.gateway.sockets, func(other *socket) bool { return other == c })
	if c.session != nil && c.session.socket == c {
		c.session.socket = nil
	}
}

func (c *socket) send(v any) {
	c.write.Lock()
	defer c.write.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_ = c.conn.WriteJSON(v)
}

func (c *socket) close(code int, why string) {
	c.write.Lock()
	defer c.write.Unlock()
	_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(time.Second))
}

const (
	maxPayload = 4096
	maxSends   = 120 // a minute
)

func (c *socket) listen() {
	beat := time.Duration(patience * float64(c.discord.Heartbeat))
	c.conn.SetCloseHandler(func(code int, _ string) error {
		if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
			c.end()
		}
		c.close(code, "")
		return nil
	})
	_ = c.conn.SetReadDeadline(time.Now().Add(beat))
	for {
		_, raw, err := c.conn.ReadMessage()
		switch {
		case isTimeout(err):
			c.close(closeTimedOut, "Session timed out")
			return
		case err != nil:
			return
		}
		var got struct {
			Op   *int            `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if len(raw) > maxPayload || json.Unmarshal(raw, &got) != nil || got.Op == nil {
			c.close(closeDecode, "Error while decoding payload")
			return
		}
		if *got.Op == opHeartbeat {
			_ = c.conn.SetReadDeadline(time.Now().Add(beat))
		}
		if code, why := c.take(*got.Op, got.Data); code != 0 {
			c.close(code, why)
			return
		}
	}
}

func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

// end ends the session that the app closed.
func (c *socket) end() {
	d := c.discord
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gateway.sessions = slices.DeleteFunc(d.gateway.sessions, func(s *session) bool { return s == c.session })
}

func (c *socket) take(op int, data json.RawMessage) (code int, why string) {
	d := c.discord
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	c.sends = append(slices.DeleteFunc(c.sends, func(at time.Time) bool { return now.Sub(at) > time.Minute }), now)
	switch {
	case len(c.sends) > maxSends:
		return closeRate, "You are being rate limited."
	case op == opHeartbeat:
		d.gateway.heartbeats++
		if !d.gateway.silent {
			c.send(map[string]any{"op": opAck, "d": nil, "s": nil, "t": nil})
		}
	case op == opIdentify && c.session != nil, op == opResume && c.session != nil:
		return closeIdentified, "Already authenticated"
	case (op == opIdentify || op == opResume) && d.gateway.early > 0:
		d.gateway.early--
		c.send(map[string]any{"op": opReconnect, "d": nil, "s": nil, "t": nil})
	case op == opIdentify:
		return d.identify(c, data)
	case op == opResume:
		return d.resume(c, data)
	case c.session == nil:
		return closeNotIdentified, "Not authenticated"
	case op != opPresence:
		return closeUnknownOp, "Unknown opcode"
	}
	return 0, ""
}

func (d *Discord) ours(token string) bool {
	return !d.gateway.void && strings.TrimPrefix(token, "Bot ") == d.Token
}

func (d *Discord) identify(c *socket, data json.RawMessage) (code int, why string) {
	var given struct {
		Token      string         `json:"token"`
		Properties map[string]any `json:"properties"`
		Intents    *int           `json:"intents"`
		Compress   bool           `json:"compress"`
	}
	switch err := json.Unmarshal(data, &given); {
	case err != nil || given.Properties == nil:
		return closeDecode, "Error while decoding payload"
	case given.Compress:
		return closeDecode, notCompressed
	case !d.ours(given.Token):
		return closeBadToken, "Authentication failed"
	case given.Intents == nil || *given.Intents&^knownIntents != 0:
		return closeBadIntents, "Invalid intent(s)"
	case d.gateway.disallows != 0:
		return d.gateway.disallows, "Disallowed intent(s)"
	case *given.Intents&privileged != 0:
		return closeNotAllowed, "Disallowed intent(s)"
	}
	switch code, soon := d.mayBegin(); {
	case code != 0:
		return code, "Authentication failed"
	case soon || d.gateway.voided > 0:
		d.gateway.voided = max(d.gateway.voided-1, 0)
		c.send(map[string]any{"op": opInvalid, "d": false, "s": nil, "t": nil})
		return 0, ""
	}
	d.gateway.identifies++
	s := &session{id: fmt.Sprintf("session-%d", d.gateway.identifies), socket: c, intents: *given.Intents}
	d.gateway.intents = append(d.gateway.intents, s.intents)
	c.session = s
	d.gateway.sessions = append(d.gateway.sessions, s)
	s.dispatch("READY", map[string]any{
		"v": 10, "user": d.bot(), "guilds": []any{map[string]any{"id": d.Guild, "unavailable": true}}, "session_id": s.id, "session_type": "normal",
		"resume_gateway_url": d.socketURL(), "shard": []int{0, 1}, "application": map[string]any{"id": d.Application, "flags": 0}, "_trace": []string{"fake"},
	})
	if s.intents&guilds != 0 {
		s.dispatch("GUILD_CREATE", d.whole())
	}
	return 0, ""
}

// resume sends what was missed, in order. What cannot be resumed is told to identify.
func (d *Discord) resume(c *socket, data json.RawMessage) (code int, why string) {
	var given struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int    `json:"seq"`
	}
	if json.Unmarshal(data, &given) != nil {
		return closeDecode, "Error while decoding payload"
	}
	if !d.ours(given.Token) {
		return closeBadToken, "Authentication failed"
	}
	n := slices.IndexFunc(d.gateway.sessions, func(s *session) bool { return s.id == given.Session })
	if n < 0 || given.Seq > d.gateway.sessions[n].seq {
		c.send(map[string]any{"op": opInvalid, "d": false, "s": nil, "t": nil})
		return 0, ""
	}
	s := d.gateway.sessions[n]
	d.gateway.resumes++
	c.session, s.socket = s, c
	from := max(given.Seq-d.gateway.repeats, 0)
	d.gateway.repeats = 0
	for _, e := range s.events[from:] {
		if e["t"] != "RESUMED" && e["t"] != "READY" {
			c.send(e)
		}
	}
	s.dispatch("RESUMED", map[string]any{"_trace": []string{"fake"}})
	return 0, ""
}
