package fakegraph

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// batchLimit is how many requests a batch takes.
const batchLimit = 20

// step is a request of a batch.
type step struct {
	id      string
	after   []string
	request *request
}

// batch does what does not wait for anything in any order, and answers in any order.
func (g *Graph) batch(r *http.Request, q *request) answer {
	steps, no := parseBatch(q)
	if q.method != http.MethodPost {
		no = new(refuse(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."))
	}
	if no != nil {
		return *no
	}
	g.mu.Lock()
	g.batches = append(g.batches, len(steps))
	number := len(g.batches)
	g.mu.Unlock()
	shuffle(steps)
	statuses, replies := map[string]int{}, []any{}
	for len(statuses) < len(steps) {
		for _, s := range steps {
			if _, done := statuses[s.id]; done || !s.ready(statuses) {
				continue
			}
			s.request.batch = number
			a := g.step(r, s, statuses)
			statuses[s.id] = a.status
			replies = append(replies, a.reply(s.id))
		}
	}
	shuffle(replies)
	return answer{status: http.StatusOK, body: map[string]any{"responses": replies}}
}

func shuffle[T any](of []T) {
	rand.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
}

func (s step) ready(statuses map[string]int) bool {
	return !slices.ContainsFunc(s.after, func(id string) bool { return statuses[id] == 0 })
}

// step answers one of a batch, which fails where one failed that it waits for.
func (g *Graph) step(r *http.Request, s step, statuses map[string]int) answer {
	if slices.ContainsFunc(s.after, func(id string) bool { return statuses[id] >= http.StatusBadRequest }) {
		a := refuse(http.StatusFailedDependency, "FailedDependency", "The request failed because of a failed dependency.")
		g.note(s.request, a, false)
		return a
	}
	f := g.fault(s.request)
	a := g.around(r, s.request, f, func() answer { return g.do(s.request) })
	a.odd = f.Odd
	if a.status == 0 { // its caller has gone; nobody reads this
		a = refuse(http.StatusGatewayTimeout, "GatewayTimeout", "The caller has gone.")
	}
	return a
}

func (a answer) reply(id string) map[string]any {
	headers := map[string]string{}
	h := http.Header{}
	a.headers(h)
	for name := range h {
		headers[name] = h.Get(name)
	}
	reply := map[string]any{"id": id, "status": a.status, "headers": headers}
	if a.body != nil {
		reply["body"] = a.body
	}
	if a.odd != "" {
		if err := json.Unmarshal([]byte(a.odd), &reply); err != nil {
			panic(err)
		}
	}
	return reply
}

// parseBatch reads a batch, all or nothing.
func parseBatch(q *request) ([]step, *answer) {
	var body struct {
		Requests []map[string]any `json:"requests"`
	}
	if json.Unmarshal(q.raw, &body) != nil || len(body.Requests) == 0 || len(q.body) != 1 {
		return nil, new(badSyntax("Invalid batch payload format."))
	}
	if n := len(body.Requests); n > batchLimit {
		return nil, new(badSyntax("Number of batch request steps exceeds the maximum value of %d: %d.", batchLimit, n))
	}
	var steps []step
	for _, v := range body.Requests {
		s, err := parseStep(q, v)
		if err == nil && slices.ContainsFunc(steps, func(other step) bool { return strings.EqualFold(other.id, s.id) }) {
			err = fmt.Errorf("Duplicate request id '%s'.", s.id) //nolint:revive,staticcheck // it is Graph's text
		}
		if err != nil {
			return nil, new(badSyntax("%s", err.Error()))
		}
		steps = append(steps, s)
	}
	return steps, checkOrder(steps)
}

// checkOrder demands one of the three orders that Graph knows: nothing waits, each waits for the
// one before, or all wait for the same one.
func checkOrder(steps []step) *answer {
	parallel, serial := true, len(steps[0].after) == 0
	var same []string
	for i, s := range steps {
		parallel = parallel && len(s.after) == 0
		serial = serial && (i == 0 || slices.Equal(s.after, []string{steps[i-1].id}))
		same = append(same, s.after...)
	}
	if parallel || serial || waitForOne(steps, same) {
		return nil
	}
	return new(badSyntax("Invalid dependency found: requests must be parallel, serial, or all depend on the same one."))
}

func waitForOne(steps []step, same []string) bool {
	slices.Sort(same)
	if len(same) != len(steps)-1 || len(slices.Compact(same)) != 1 {
		return false
	}
	first := slices.IndexFunc(steps, func(s step) bool { return s.id == same[0] })
	return first >= 0 && len(steps[first].after) == 0
}

func parseStep(outer *request, v map[string]any) (s step, err error) {
	id, _ := v["id"].(string)
	method, _ := v["method"].(string)
	address, _ := v["url"].(string)
	body, hasBody := v["body"].(map[string]any)
	s.id = id
	for name := range v {
		if !slices.Contains([]string{"id", "method", "url", "headers", "body", "dependsOn"}, name) {
			return s, fmt.Errorf("request '%s' has a property '%s', which is unknown", id, name)
		}
	}
	u, err := url.Parse(address)
	query := url.Values{}
	if err == nil {
		query, err = url.ParseQuery(u.RawQuery)
	}
	header := headersOf(v)
	writes := method != http.MethodGet
	switch {
	case id == "":
		return s, fmt.Errorf("a request has no id that is a text")
	case !slices.Contains([]string{"GET", "POST", "PATCH", "PUT", "DELETE"}, method):
		return s, fmt.Errorf("request '%s' has no method that is known", id)
	case err != nil || address == "" || u.IsAbs() || u.Host != "" || strings.Contains(u.Path, "$batch"):
		return s, fmt.Errorf("request '%s' has no url that is relative: '%s'", id, address)
	case writes && (!hasBody || !strings.HasPrefix(header.Get("Content-Type"), "application/json")):
		return s, fmt.Errorf("Write request id : %s does not contain Content-Type header or body.", id) //nolint:revive,staticcheck // it is Graph's text
	}
	for _, after := range list(v["dependsOn"]) {
		on, _ := after.(string)
		s.after = append(s.after, on)
	}
	s.request = &request{
		method: method, path: "/" + strings.TrimPrefix(u.EscapedPath(), "/"), query: query, header: header, body: body, roles: outer.roles, base: outer.base,
	}
	return s, nil
}

func headersOf(v map[string]any) http.Header {
	h := http.Header{}
	fields, _ := v["headers"].(map[string]any)
	for name, value := range fields {
		text, _ := value.(string)
		h.Set(name, text)
	}
	return h
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// Batches are how many requests were in each batch so far.
func (g *Graph) Batches() []int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.batches)
}
