package fakeslack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket is one connection of the app's.
type socket struct {
	slack *Slack
	conn  *websocket.Conn

	write sync.Mutex
	mu    sync.Mutex
	acks  map[string]chan []byte
	gone  chan struct{}
}

func (s *Slack) openConnection(token string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case token != s.AppToken():
		return map[string]any{"ok": false, "error": "invalid_auth"}
	case s.refuses > 0:
		s.refuses--
		return map[string]any{"ok": false, "error": "internal_error"}
	}
	return map[string]any{"url": "ws" + strings.TrimPrefix(s.web.URL, "http") + "/socket?ticket=1"}
}

// RefuseConnections refuses the next connections.
func (s *Slack) RefuseConnections(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuses = n
}

// Connections is how many there are.
func (s *Slack) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// Drop breaks the oldest connection without a word; Disconnect asks the app to make it
// anew, with Slack's reason: warning, refresh_requested or link_disabled.
func (s *Slack) Drop() {
	if c := s.oldest(); c != nil {
		c.drop()
	}
}

// Disconnect says that the oldest connection is about to end, and ends it.
func (s *Slack) Disconnect(reason string) {
	if c := s.oldest(); c != nil {
		c.send(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "wss-1"}})
		time.AfterFunc(300*time.Millisecond, c.drop)
	}
}

func (s *Slack) oldest() *socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sockets) == 0 {
		return nil
	}
	return s.sockets[0]
}

func (c *socket) drop() { _ = c.conn.Close() }

func (c *socket) send(v any) {
	c.write.Lock()
	defer c.write.Unlock()
	_ = c.conn.WriteJSON(v)
}

func (s *Slack) serveSocket(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &socket{slack: s, conn: conn, acks: map[string]chan []byte{}, gone: make(chan struct{})}
	s.mu.Lock()
	s.sockets = append(s.sockets, c)
	n := len(s.sockets)
	s.mu.Unlock()
	c.send(map[string]any{
		"type": "hello", "num_connections": n, "connection_info": map[string]any{"app_id": "A1"},
		"debug_info": map[string]any{"host": "wss-1", "build_number": 1, "approximate_connection_time": 18060},
	})
	go c.ping()
	c.listen()
	s.mu.Lock()
	s.sockets = slices.DeleteFunc(s.sockets, func(other *socket) bool { return other == c })
	s.mu.Unlock()
	close(c.gone)
}

func (c *socket) ping() {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			c.write.Lock()
			_ = c.conn.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(time.Second))
			c.write.Unlock()
		case <-c.gone:
			return
		}
	}
}

// maxAck is how much an acknowledgement carries; Slack drops a larger one without a word.
const maxAck = 20_000

func (c *socket) listen() {
	for {
		_, raw, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload"`
		}
		if len(raw) >= maxAck || json.Unmarshal(raw, &ack) != nil {
			continue
		}
		c.mu.Lock()
		waiting, ok := c.acks[ack.ID]
		delete(c.acks, ack.ID)
		c.mu.Unlock()
		if ok {
			waiting <- ack.Payload
		}
	}
}

var envelopes = map[string]string{"commands": "slash_commands", "interactions": "interactive", "events": "events_api"}

// bySocket delivers to any one of the connections, and to another where that one breaks
// or does not acknowledge in time.
func (s *Slack) bySocket(ctx context.Context, d Delivery) ([]byte, error) {
	s.mu.Lock()
	id := fmt.Sprintf("envelope-%d", s.number())
	s.mu.Unlock()
	envelope := map[string]any{"type": envelopes[d.Kind], "envelope_id": id, "payload": d.payload, "accepts_response_payload": d.answers}
	for attempt := range 4 {
		c, err := s.connection(ctx, attempt)
		if err != nil {
			return nil, err
		}
		waiting := make(chan []byte, 1)
		c.mu.Lock()
		c.acks[id] = waiting
		c.mu.Unlock()
		c.send(envelope)
		select {
		case answer := <-waiting:
			if !d.answers || string(answer) == "null" {
				return nil, nil
			}
			return answer, nil
		case <-c.gone:
		case <-time.After(s.AckTime):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if d.Kind != "events" && attempt > 0 {
			break // somebody waits for it: they are told
		}
	}
	return nil, ErrTimeout
}

// connection waits for one to be there.
func (s *Slack) connection(ctx context.Context, n int) (*socket, error) {
	deadline := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		if len(s.sockets) > 0 {
			c := s.sockets[(s.numbers+n)%len(s.sockets)]
			s.mu.Unlock()
			return c, nil
		}
		s.mu.Unlock()
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			return nil, fmt.Errorf("%w: no connection", ErrTimeout)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
