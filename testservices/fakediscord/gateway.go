package fakediscord

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// gateway is the app's sessions, and its connections, the newest last.
type gateway struct {
	sessions   []*session
	sockets    []*socket
	identifies int
	resumes    int
	refuses    int // connections that are still refused
	early      int // connections that are still asked to be made anew before they are let in
	dials      int
	begun      []time.Time // when there were IDENTIFYs, in the last day
	void       bool        // the token is: more sessions were begun than may be
	heartbeats int         // that came
	silent     bool        // heartbeats are not acknowledged
	voided     int         // IDENTIFYs that are still answered by that the session is invalid
	intents    []int       // of each IDENTIFY that was taken
	disallows  int         // the code by which the intents are refused, 0: they are not
	repeats    int         // events that the next session to be resumed is sent again
}

// maxSessions is how many may be begun in a day. Discord makes the token void after that.
const maxSessions = 1000

// session is what can be resumed.
type session struct {
	id      string
	seq     int
	intents int
	events  []map[string]any // that were dispatched, whether anybody took them or not
	socket  *socket          // nil while the app is away
}

func (d *Discord) socketURL() string { return "ws" + strings.TrimPrefix(d.web.URL, "http") + "/socket" }

func (d *Discord) getGateway(r *http.Request, _ any) (answer, *refusal) {
	if d.gateway.refuses > 0 {
		d.gateway.refuses--
		return answer{}, &refusal{status: http.StatusServiceUnavailable, why: "503: Service Unavailable"}
	}
	v := map[string]any{"url": d.socketURL()}
	if strings.HasSuffix(r.URL.Path, "/bot") {
		v["shards"] = 1
		v["session_start_limit"] = map[string]any{"total": maxSessions, "remaining": maxSessions - len(d.today()), "reset_after": 86_400_000, "max_concurrency": 1}
	}
	return ok(v)
}

// Identifies is how many sessions were begun.
func (d *Discord) Identifies() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gateway.identifies
}

// Resumes is how often a session was taken up again.
func (d *Discord) Resumes() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gateway.resumes
}

// Connections is how many there are.
func (d *Discord) Connections() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.gateway.sockets)
}

// Dials is how many connections there have been.
func (d *Discord) Dials() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gateway.dials
}

// SpendSessions has the application have begun as many sessions as it may in a day.
func (d *Discord) SpendSessions() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.today()) < maxSessions {
		d.gateway.begun = append(d.gateway.begun, d.now())
	}
}

// today are the IDENTIFYs of the last day.
func (d *Discord) today() []time.Time {
	now := d.now()
	d.gateway.begun = slices.DeleteFunc(d.gateway.begun, func(at time.Time) bool { return now.Sub(at) >= 24*time.Hour })
	return d.gateway.begun
}

// mayBegin counts an IDENTIFY. One more than a day has makes the token void; one that comes
// too soon after another is answered by that the session is invalid.
func (d *Discord) mayBegin() (code int, soon bool) {
	all, now := d.today(), d.now()
	d.gateway.begun = append(d.gateway.begun, now)
	if len(all) >= maxSessions {
		d.gateway.void = true
		return closeBadToken, false
	}
	return 0, len(all) > 0 && now.Sub(all[len(all)-1]) < d.IdentifyEvery
}

// Begun is when there were IDENTIFYs in the last day, those that were refused too.
func (d *Discord) Begun() []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.today())
}

// RefuseSessions answers so many IDENTIFYs by that the session is invalid.
func (d *Discord) RefuseSessions(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gateway.voided = n
}

// Heartbeats is how many came.
func (d *Discord) Heartbeats() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gateway.heartbeats
}

// Ignore acknowledges no heartbeats from now on, or does again.
func (d *Discord) Ignore(heartbeats bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gateway.silent = heartbeats
}

// AskEarly asks so many connections to be made anew in place of letting them in.
func (d *Discord) AskEarly(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gateway.early = n
}

// Dispatch sends an event of a test's own.
func (d *Discord) Dispatch(name string, data any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dispatch(name, data)
}

// RefuseConnections refuses to say where the gateway is, so many times.
func (d *Discord) RefuseConnections(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gateway.refuses = n
}

// Drop breaks all connections without a word. What happens from then on is kept for the
// sessions to be resumed.
func (d *Discord) Drop() {
	for _, c := range d.leave() {
		_ = c.conn.Close()
	}
}

// leave takes the sessions from their connections, so that nothing more is sent on these.
func (d *Discord) leave() []*socket {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.gateway.sessions {
		s.socket = nil
	}
	return slices.Clone(d.gateway.sockets)
}

// AskToReconnect asks the app to connect anew and resume, as Discord does now and then.
func (d *Discord) AskToReconnect() {
	for _, c := range d.leave() {
		c.send(map[string]any{"op": opReconnect, "d": nil, "s": nil, "t": nil})
	}
}

// Invalidate ends all sessions: what was not taken is lost, and the app has to identify.
func (d *Discord) Invalidate() {
	all := d.leave()
	d.mu.Lock()
	d.gateway.sessions = nil
	for _, c := range all {
		c.session = nil
	}
	d.mu.Unlock()
	for _, c := range all {
		c.send(map[string]any{"op": opInvalid, "d": false, "s": nil, "t": nil})
	}
}

// connected waits until an app has a session, in use or to be resumed.
func (d *Discord) connected(ctx context.Context) error {
	for deadline := time.Now().Add(10 * time.Second); ; {
		d.mu.Lock()
		n := len(d.gateway.sessions)
		d.mu.Unlock()
		if n > 0 {
			return nil
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: no application is at the gateway", ErrTimeout)
		}
	}
}

// dispatch gives an event to all sessions, now or when they are resumed.
func (d *Discord) dispatch(name string, data any) {
	for _, s := range d.gateway.sessions {
		s.dispatch(name, data)
	}
}

func (s *session) dispatch(name string, data any) {
	s.seq++
	e := map[string]any{"op": opDispatch, "t": name, "s": s.seq, "d": data}
	s.events = append(s.events, e)
	if s.socket != nil {
		s.socket.send(e)
	}
}
