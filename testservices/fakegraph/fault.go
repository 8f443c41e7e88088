package fakegraph

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// Fault is a failure that calls meet. Empty fields of the first group fit all calls; without
// one of the second nothing fails.
type Fault struct {
	Method, Path string // the path begins so, after /v1.0; /token is the login
	Filter       string // the $filter begins so
	Inner        bool   // calls inside of batches, and not those alone
	Skip         int    // as many that fit go well first
	Times        int    // 1 by default; -1 for all, until Heal

	Status     int           // such as 503
	Code       string        // Graph's error beside the status; a fitting one by default
	RetryAfter string        // the header, in seconds: "2.128"
	Hang       time.Duration // before the answer; ends where the caller goes, who is then served no more
	Drop       bool          // the connection ends without an answer, or after Cut
	Body       string        // in place of the answer's: no JSON, or not what was asked for
	Odd        string        // of a call inside of a batch: JSON fields in place of its reply's, such as {"status": "200"}
	Cut        int           // bytes of the answer that are sent
	Huge       int           // bytes of blanks that come before the answer
	Done       bool          // the work is done first, and then the failure comes
}

// Fail has calls fail.
func (g *Graph) Fail(f Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	g.faults = append(g.faults, &f)
}

// Heal has nothing fail any more.
func (g *Graph) Heal() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = nil
}

// fault takes one of what is to fail, the zero one for none.
func (g *Graph) fault(q *request) Fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.faults {
		fits := (f.Method == "" || f.Method == q.method) && strings.HasPrefix(q.path, f.Path) && strings.HasPrefix(q.query.Get("$filter"), f.Filter) && f.Inner == (q.batch > 0)
		switch {
		case !fits || f.Times == 0:
		case f.Skip > 0:
			f.Skip--
		default:
			f.Times--
			return *f
		}
	}
	return Fault{}
}

// inPlace says whether the fault keeps the answer from being sent.
func (f Fault) inPlace() bool { return f.Status != 0 || f.Drop && f.Cut == 0 }

// around does the work of a call before the fault, or not at all. A call that hangs is not
// done where its caller has gone.
func (g *Graph) around(r *http.Request, q *request, f Fault, work func() answer) answer {
	var a answer
	if !f.Done && !g.pause(r, f.Hang) {
		g.note(q, a, false)
		return a
	}
	does := f.Done || !f.inPlace()
	if does {
		a = work()
		g.note(q, a, f.Done)
	}
	if f.Done {
		g.pause(r, f.Hang)
	}
	if f.Status != 0 {
		a = f.answer()
	}
	if !does {
		g.note(q, a, false)
	}
	return a
}

// faulty answers a call, as well as its fault lets it.
func (g *Graph) faulty(w http.ResponseWriter, r *http.Request, q *request, work func() answer) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, bodyLimit+1)) // until then nobody notices a caller who goes
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	f := g.fault(q)
	a := g.around(r, q, f, work)
	if a.status == 0 || f.Drop && f.Cut == 0 {
		panic(http.ErrAbortHandler)
	}
	a.headers(w.Header())
	w.WriteHeader(a.status)
	_, _ = w.Write(f.damaged(a.encoded()))
	if f.Drop {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func (f Fault) damaged(body []byte) []byte {
	if f.Body != "" {
		body = []byte(f.Body)
	}
	if f.Huge > 0 {
		body = append(bytes.Repeat([]byte(" "), f.Huge), body...)
	}
	if f.Cut > 0 {
		body = body[:min(f.Cut, len(body))]
	}
	return body
}

var faultCodes = map[int]string{
	http.StatusUnauthorized: "InvalidAuthenticationToken", http.StatusTooManyRequests: "TooManyRequests", http.StatusInternalServerError: "InternalServerError",
	http.StatusBadGateway: "BadGateway", http.StatusServiceUnavailable: "serviceNotAvailable", http.StatusGatewayTimeout: "GatewayTimeout",
}

func (f Fault) answer() answer {
	setDefault(&f.Code, faultCodes[f.Status])
	setDefault(&f.Code, "UnknownError")
	a := refuse(f.Status, f.Code, "On demand.")
	if f.RetryAfter != "" {
		a.header["Retry-After"] = f.RetryAfter
	}
	return a
}

// pause waits, and says whether the caller is still there.
func (g *Graph) pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
	case <-g.stop:
	}
	return false
}

// answer is what a call is answered with.
type answer struct {
	status        int
	header        map[string]string
	body          any    // nil for none
	odd           string // JSON fields in place of a batch's reply's
	code, message string // of an error
}

func (a answer) headers(h http.Header) {
	if a.body != nil {
		h.Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
		h.Set("OData-Version", "4.0")
	}
	for name, value := range a.header {
		h.Set(name, value)
	}
}

func (a answer) encoded() []byte {
	if a.body == nil {
		return nil
	}
	raw, err := json.Marshal(a.body)
	if err != nil {
		panic(err)
	}
	return raw
}
