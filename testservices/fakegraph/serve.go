package fakegraph

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Call is one call of Graph; those inside of batches have one each, before the batch's own.
type Call struct {
	Method, Path  string // the path after /v1.0, as it was sent
	Query         url.Values
	At            time.Time
	Body          map[string]any
	Status        int    // 0 for no answer
	Error         string // the code and text that it was answered with
	Batch         int    // the number of the batch that it came in, from 1; 0 for alone
	Units, Writes int    // what it cost
	ClientRequest string // the client-request-id that it named
	Lost          bool   // it was done, and answered by a fault
}

// request is a call, as far as it was read.
type request struct {
	method, path string // the path after /v1.0
	query        url.Values
	header       http.Header
	body         map[string]any
	raw          []byte
	roles        []string
	base         string // that nextLinks begin with
	batch        int
	user         string // of the path
	units        int
	writes       int
}

// eventual says whether the caller put up with answers that are behind.
func (q *request) eventual() bool {
	return strings.EqualFold(q.header.Get("ConsistencyLevel"), "eventual")
}

func refuse(status int, code, format string, args ...any) answer {
	message := fmt.Sprintf(format, args...)
	inner := map[string]any{"date": time.Now().UTC().Format("2006-01-02T15:04:05"), "request-id": guid(), "client-request-id": guid()}
	return answer{
		status: status, header: map[string]string{}, code: code, message: message,
		body: map[string]any{"error": map[string]any{"code": code, "message": message, "innerError": inner}},
	}
}

func bad(format string, args ...any) answer {
	return refuse(http.StatusBadRequest, "Request_BadRequest", format, args...)
}

func badSyntax(format string, args ...any) answer {
	return refuse(http.StatusBadRequest, "BadRequest", format, args...)
}

func unsupported(format string, args ...any) answer {
	return refuse(http.StatusBadRequest, "Request_UnsupportedQuery", format, args...)
}

func notFound(id string) answer {
	return refuse(http.StatusNotFound, "Request_ResourceNotFound", "Resource '%s' does not exist or one of its queried reference-property objects are not present.", id)
}

func forbidden() answer {
	return refuse(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

// operation is what a path and method do, and the permissions of which one is enough.
type operation struct {
	any []string
	do  func(*request) answer
}

var (
	readOrganisation = []string{"Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	readUsers        = []string{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	writeUsers       = []string{"User.ReadWrite.All", "Directory.ReadWrite.All"}
	writeLicences    = []string{"LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}
)

// find is the operation of a request. Its user, where the path has one, goes into q.
func (g *Graph) find(q *request) (operation, bool) {
	switch q.method + " " + q.path {
	case "GET /subscribedSkus":
		return operation{readOrganisation, g.subscribedSkus}, true
	case "GET /directory/subscriptions":
		return operation{readOrganisation, g.companySubscriptions}, true
	case "GET /users":
		return operation{readUsers, g.listUsers}, true
	}
	user, rest, _ := strings.Cut(strings.TrimPrefix(q.path, "/users/"), "/")
	if !strings.HasPrefix(q.path, "/users/") || user == "" {
		return operation{}, false
	}
	q.user, _ = url.PathUnescape(user)
	switch q.method + " " + rest {
	case "GET ":
		return operation{readUsers, g.getUser}, true
	case "PATCH ":
		return operation{writeUsers, g.patchUser}, true
	case "POST assignLicense", "POST microsoft.graph.assignLicense":
		return operation{writeLicences, g.assignLicense}, true
	}
	return operation{}, false
}

// do answers one call that may be made, alone or from a batch, and notes it.
func (g *Graph) do(q *request) answer {
	op, known := g.find(q)
	g.mu.Lock()
	defer g.mu.Unlock()
	a, over := g.throttle(q)
	switch {
	case over:
	case !known:
		a = badSyntax("Resource not found for the segment '%s'.", strings.TrimPrefix(q.path, "/"))
	case !slices.ContainsFunc(q.roles, func(role string) bool { return slices.Contains(op.any, role) }):
		a = forbidden()
	default:
		a = op.do(q)
	}
	if a.header == nil {
		a.header = map[string]string{}
	}
	a.header["x-ms-resource-unit"] = strconv.Itoa(q.units)
	g.usage(&a)
	return a
}

// note keeps a call of Graph. Status is 0 where nothing was done, or answered.
func (g *Graph) note(q *request, a answer, lost bool) {
	if q.path == tokenPath {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	c := Call{
		Method: q.method, Path: q.path, Query: q.query, At: g.now(), Body: q.body, Status: a.status, Batch: q.batch,
		Units: q.units, Writes: q.writes, Lost: lost, ClientRequest: q.header.Get("client-request-id"),
	}
	if a.code != "" {
		c.Error = a.code + ": " + a.message
	}
	g.calls = append(g.calls, c)
}

// serve answers a call that came by itself.
func (g *Graph) serve(w http.ResponseWriter, r *http.Request) {
	if !g.at(g.Cloud.Graph, r) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	id := r.Header.Get("client-request-id")
	setDefault(&id, guid())
	w.Header().Set("client-request-id", id)
	w.Header().Set("request-id", guid())
	w.Header().Set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"Test","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"TEST"}}`)
	q := &request{
		method: r.Method, path: strings.TrimPrefix(r.URL.EscapedPath(), "/v1.0"), header: r.Header, base: "https://" + r.Host + "/v1.0", query: r.URL.Query(),
	}
	if p, err := url.PathUnescape(q.path); err == nil && !strings.HasPrefix(q.path, "/users/") {
		q.path = p // $batch may come as %24batch
	}
	g.faulty(w, r, q, func() answer { return g.handle(r, q) })
}

func (g *Graph) handle(r *http.Request, q *request) answer {
	if no := g.authorise(r, q); no != nil {
		return *no
	}
	if no := q.read(r); no != nil {
		return *no
	}
	if q.path == "/$batch" {
		return g.batch(r, q)
	}
	return g.do(q)
}

// authorise looks for a token that this login gave, and that has not ended.
func (g *Graph) authorise(r *http.Request, q *request) *answer {
	g.mu.Lock()
	defer g.mu.Unlock()
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	given := g.tokens[text]
	var message string
	switch {
	case text == "" || !strings.EqualFold(scheme, "Bearer"):
		message = "Access token is empty."
	case given == nil || !g.now().Before(given.ends):
		message = "Lifetime validation failed, the token is expired."
	default:
		q.roles = given.roles
		return nil
	}
	a := refuse(http.StatusUnauthorized, "InvalidAuthenticationToken", "%s", message)
	a.header["WWW-Authenticate"] = fmt.Sprintf(`Bearer realm="", authorization_uri="%s/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`, g.Cloud.Login)
	return &a
}

const bodyLimit = 4 << 20 // bytes; Graph's

func (q *request) read(r *http.Request) *answer {
	var err error
	if q.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return new(badSyntax("The query cannot be read."))
	}
	if q.method == http.MethodGet {
		return nil
	}
	q.raw, err = io.ReadAll(io.LimitReader(r.Body, bodyLimit+1))
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil || len(q.raw) > bodyLimit:
		return new(refuse(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request is too large."))
	case kind != "application/json":
		return new(refuse(http.StatusUnsupportedMediaType, "Request_BadRequest", "A supported MIME type could not be found that matches the content type of the request."))
	case json.Unmarshal(q.raw, &q.body) != nil || q.body == nil:
		return new(badSyntax("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."))
	}
	return nil
}

// Calls are those so far, of a method where it is not "".
func (g *Graph) Calls(method string) []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(g.calls), func(c Call) bool { return method != "" && c.Method != method })
}

// Refusals are the calls that were answered with an error.
func (g *Graph) Refusals() []Call {
	return slices.DeleteFunc(g.Calls(""), func(c Call) bool { return c.Error == "" })
}
