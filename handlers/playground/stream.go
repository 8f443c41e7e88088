package playground

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// heartbeat keeps what lies between from closing a silent stream, and finds out about
// pages that went away.
const heartbeat = 15 * time.Second

// Stream sends what happens in one account's chat as Server-Sent Events: first `reset`
// with all messages so far, then a `message` for each that is new or replaced by id.
func (p *Playground) Stream(w http.ResponseWriter, r *http.Request) {
	if !p.allowed(r) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	q := r.URL.Query()
	account, ok := p.account(q.Get("organisation"), q.Get("person"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	if r.Method == http.MethodHead {
		return
	}
	reader, soFar, ok := p.chats.open(account, language(q.Get("lang")))
	if !ok {
		header.Set("Retry-After", "10")
		http.Error(w, "too many open pages", http.StatusServiceUnavailable)
		return
	}
	defer p.chats.leave(account, reader)
	p.follow(events{w, http.NewResponseController(w)}, r, reader, soFar)
}

// follow writes until the page or the server goes away, or the page is too slow.
func (p *Playground) follow(out events, r *http.Request, reader *reader, soFar []Message) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	err := out.send("reset", map[string]any{"messages": soFar})
	for err == nil {
		select {
		case m, more := <-reader.news:
			if !more {
				return
			}
			err = out.send("message", m)
		case <-tick.C:
			err = out.write(": still here\n\n")
		case <-p.closed:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// events writes to a stream. The server's own write
// deadline is for requests that end.
type events struct {
	w  http.ResponseWriter
	to *http.ResponseController
}

func (e events) send(name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	return e.write(fmt.Sprintf("event: %s\ndata: %s\n\n", name, data))
}

func (e events) write(text string) error {
	// Where the connection knows no deadlines there is none to move.
	_ = e.to.SetWriteDeadline(time.Now().Add(2 * heartbeat))
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.to.Flush()
}
