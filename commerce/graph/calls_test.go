package graph_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/commerce/graph"
)

const (
	ana    = "a11ce000-0000-4000-8000-000000000001"
	ben    = "a11ce000-0000-4000-8000-000000000002"
	basic  = "3b555118-da6a-4418-894f-7df1e2096870"
	e3     = "6fd2c87f-b296-42f0-b197-1e91e994b900"
	tenant = "99999999-8888-4777-8666-555555555555"
)

// wire answers calls by their path, and keeps what was asked: the form of what goes over
// the network, beside what a tenant makes of it.
type wire struct {
	mu      sync.Mutex
	answers map[string]string // by path, without /v1.0
	asked   []asked
	hangs   func(path string) bool // nil: nothing does
}

type asked struct {
	Host, Call  string // such as "GET /users"
	Query       map[string]string
	Consistency string
	Body        string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.hangs != nil && w.hangs(r.URL.Path) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/v1.0")
	answer, known := w.answers[path]
	if strings.HasSuffix(path, "/openid-configuration") {
		base := "https://" + r.URL.Host + "/" + tenant
		answer, known = fmt.Sprintf(`{"issuer": "%s/v2.0", "token_endpoint": "%s/oauth2/v2.0/token", "authorization_endpoint": "%s/oauth2/v2.0/authorize"}`, base, base, base), true
	}
	if strings.HasSuffix(path, "/token") {
		answer, known = `{"token_type": "Bearer", "expires_in": 3600, "access_token": "secret"}`, true
	}
	w.keep(r, path)
	status := http.StatusOK
	if !known {
		status = http.StatusNotFound
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

func (w *wire) keep(r *http.Request, path string) {
	if strings.HasSuffix(path, "/openid-configuration") {
		return
	}
	a := asked{Host: r.URL.Host, Call: r.Method + " " + path, Consistency: r.Header.Get("ConsistencyLevel")}
	for name, values := range r.URL.Query() {
		if a.Query == nil {
			a.Query = map[string]string{}
		}
		a.Query[name] = values[0]
	}
	if r.Body != nil {
		raw, _ := io.ReadAll(r.Body)
		a.Body = string(raw)
	}
	w.asked = append(w.asked, a)
}

// wired is a Graph at the end of a wire.
func wired(answers map[string]string) (*graph.Graph, *wire) {
	w := &wire{answers: answers}
	return graph.New(graph.Options{
		Tenant: func(string) (graph.Tenant, bool) {
			return graph.Tenant{ID: tenant, App: "11111111-2222-4333-8444-555555555555", Secret: "the app's secret"}, true
		},
		Transport: w, Log: slog.New(slog.DiscardHandler), Pause: time.Microsecond,
		Now: func() time.Time { return time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC) },
	}), w
}

// A token is asked for at the cloud's own login, for the cloud's own Graph.
func TestHowATokenIsAskedFor(t *testing.T) {
	t.Parallel()
	for cloud, want := range map[commerce.Cloud][3]string{
		commerce.Worldwide: {"login.microsoftonline.com", "graph.microsoft.com", "https://graph.microsoft.com/.default"},
		commerce.Vianet:    {"login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn/.default"},
	} {
		g, w := wired(map[string]string{"/users": `{"value": []}`})
		if _, err := g.Unlicensed(t.Context(), commerce.Organisation{ID: "x", Cloud: cloud}); err != nil {
			t.Fatal(err)
		}
		form, _ := url.ParseQuery(w.asked[0].Body)
		if w.asked[0].Host != want[0] || w.asked[1].Host != want[1] || !strings.Contains(form.Get("scope"), want[2]) || form.Get("grant_type") != "client_credentials" {
			t.Errorf("%s: %+v", cloud, w.asked)
		}
	}
}

// Each query of people has the form that Graph documents: advanced ones with their header and
// count, text in quotes, at most 15 values in a list.
func TestHowPeopleAreAskedFor(t *testing.T) {
	t.Parallel()
	const fields = "id,displayName,userPrincipalName,usageLocation,accountEnabled,userType"
	many := make([]string, 31)
	for i := range many {
		many[i] = fmt.Sprintf("p%02d@x", i)
	}
	cases := map[string]struct {
		ask  func(*graph.Graph) ([]commerce.User, error)
		want []asked
	}{
		"unlicensed": {
			func(g *graph.Graph) ([]commerce.User, error) { return g.Unlicensed(t.Context(), contosoOnWire) },
			[]asked{{Query: map[string]string{"$filter": "assignedLicenses/$count eq 0 and accountEnabled eq true and userType eq 'Member'", "$count": "true", "$select": fields, "$top": "999"}, Consistency: "eventual"}},
		},
		"text": {
			users(t, commerce.UserQuery{Text: ` zoé o'neill" OR "id:1`}),
			[]asked{{Query: map[string]string{
				"$search": `"displayName:zoé o neill OR id 1" OR "userPrincipalName:zoéo'neillORid1"`, "$count": "true", "$orderby": "displayName", "$select": fields, "$top": "50",
			}, Consistency: "eventual"}},
		},
		"an address": {
			users(t, commerce.UserQuery{Addresses: []string{"o'neill@x", "a#ext#@x"}}),
			[]asked{{Query: map[string]string{"$filter": "userPrincipalName in ('a#ext#@x','o''neill@x')", "$select": fields}}},
		},
		"ids": {
			users(t, commerce.UserQuery{IDs: []string{ana, "me", "../users/" + ben, ana}}),
			[]asked{{Query: map[string]string{"$filter": "id in ('" + ana + "')", "$select": fields}}},
		},
		"holders": {
			users(t, commerce.UserQuery{Holding: basic}),
			[]asked{{Query: map[string]string{"$filter": "assignedLicenses/any(u:u/skuId eq " + basic + ")", "$select": fields, "$top": "999"}}},
		},
		"holders of no SKU": {users(t, commerce.UserQuery{Holding: "x) or true"}), nil},
		"nobody's id":       {users(t, commerce.UserQuery{IDs: []string{"me"}}), nil},
	}
	for name, c := range cases {
		g, w := wired(map[string]string{"/users": `{"value": []}`})
		if _, err := c.ask(g); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range c.want {
			c.want[i].Host, c.want[i].Call = "graph.microsoft.com", "GET /users"
		}
		if diff := cmp.Diff(c.want, w.calls()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	g, w := wired(map[string]string{"/users": `{"value": []}`})
	if _, err := users(t, commerce.UserQuery{Addresses: many})(g); err != nil || len(w.calls()) != 3 {
		t.Errorf("31 addresses in %d calls, %v", len(w.calls()), err)
	}
}

// A next page is asked for at the same host and path, or not at all.
func TestANextPageElsewhereIsNotAskedFor(t *testing.T) {
	t.Parallel()
	for next, calls := range map[string]int{
		"https://graph.microsoft.com/v1.0/users?$skiptoken=1": 2, // whose next page is itself
		"https://evil.example/v1.0/users?$skiptoken=1":        1,
		"https://graph.microsoft.com:444/v1.0/users":          1,
		"http://graph.microsoft.com/v1.0/users":               1,
		"https://graph.microsoft.com/v1.0/me":                 1,
		"https://ana@graph.microsoft.com/v1.0/users":          1,
		"/v1.0/users?$skiptoken=1":                            1,
		"::":                                                  1,
	} {
		g, w := wired(map[string]string{"/users": `{"value": [], "@odata.nextLink": "` + next + `"}`, "/me": `{"value": []}`})
		if _, err := g.Unlicensed(t.Context(), contosoOnWire); !commerce.IsCode(err, commerce.CodeUnavailable) || len(w.calls()) != calls {
			t.Errorf("%s: %v after %v", next, err, w.calls())
		}
	}
}

var contosoOnWire = commerce.Organisation{ID: "contoso", Cloud: commerce.Worldwide}

func users(t *testing.T, q commerce.UserQuery) func(*graph.Graph) ([]commerce.User, error) {
	return func(g *graph.Graph) ([]commerce.User, error) { return g.Users(t.Context(), contosoOnWire, q) }
}

// calls are what was asked of Graph, without the login.
func (w *wire) calls() []asked {
	var all []asked
	for _, a := range w.asked {
		if !strings.HasSuffix(a.Call, "/token") {
			all = append(all, a)
		}
	}
	return all
}

// Seats that cannot be used are none; those in their last month are; what renews never has no
// renewal; nothing is for sale but to people.
func TestSeatsAsGraphTellsThem(t *testing.T) {
	t.Parallel()
	g, _ := wired(map[string]string{
		"/subscribedSkus": `{"value": [
			{"skuId": "` + strings.ToUpper(basic) + `", "capabilityStatus": "Enabled", "appliesTo": "User", "consumedUnits": 7, "prepaidUnits": {"enabled": 5, "warning": 1, "suspended": 40, "lockedOut": 3}},
			{"skuId": "` + e3 + `", "capabilityStatus": "Warning", "appliesTo": "User", "consumedUnits": 1, "prepaidUnits": {"enabled": 0, "warning": 2, "suspended": 0}},
			{"skuId": "suspended", "capabilityStatus": "Suspended", "appliesTo": "User", "consumedUnits": 1, "prepaidUnits": {"enabled": 0, "warning": 0, "suspended": 9}},
			{"skuId": "company", "capabilityStatus": "Enabled", "appliesTo": "Company", "consumedUnits": 0, "prepaidUnits": {"enabled": 1}}]}`,
		"/directory/subscriptions": `{"value": [
			{"id": "s1", "skuId": "` + basic + `", "status": "Enabled", "nextLifecycleDateTime": "2027-03-01T00:00:00Z"},
			{"id": "s2", "skuId": "` + basic + `", "status": "Enabled", "nextLifecycleDateTime": "2027-02-01T00:00:00Z"},
			{"id": "s3", "skuId": "` + basic + `", "status": "Enabled", "nextLifecycleDateTime": "2026-10-01T00:00:00Z"},
			{"id": "s4", "skuId": "` + basic + `", "status": "Suspended", "nextLifecycleDateTime": "2026-12-01T00:00:00Z"},
			{"id": "s5", "skuId": "` + e3 + `", "status": "Warning", "nextLifecycleDateTime": "2026-11-20T00:00:00Z"},
			{"id": "s6", "skuId": "` + e3 + `", "status": "Enabled", "nextLifecycleDateTime": "9999-12-31T23:59:59Z"},
			{"id": "s7", "skuId": "` + e3 + `", "status": "Enabled", "nextLifecycleDateTime": null}]}`,
	})
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	got, err := g.Seats(t.Context(), contosoOnWire)
	want := []commerce.OwnedSeats{
		{SKU: basic, Owned: 6, Used: 7, Next: 6, RenewsAt: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), AsOf: now},
		{SKU: e3, Owned: 2, Used: 1, Next: 2, AsOf: now},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// holder is ana as a read has her, with a licence of a SKU.
func holder(sku string) string {
	return `{"value": [{"id": "` + ana + `", "displayName": "Ana", "usageLocation": "FR", "accountEnabled": true, "userType": "Member", "assignedLicenses": [{"skuId": "` + sku + `"}], "licenseAssignmentStates": []}]}`
}

// A move is one call that gives and takes; an assignment has both lists too.
func TestHowLicencesAreExchanged(t *testing.T) {
	t.Parallel()
	const done = `{"responses": [{"id": "1", "status": 200, "body": {}}]}`
	cases := map[string]struct {
		holds string
		call  func(*graph.Graph) ([]commerce.AssignResult, error)
		want  string
	}{
		"assign": {e3, func(g *graph.Graph) ([]commerce.AssignResult, error) {
			return g.Assign(t.Context(), contosoOnWire, basic, []string{strings.ToUpper(ana)})
		}, `{"addLicenses": [{"skuId": "` + basic + `", "disabledPlans": []}], "removeLicenses": []}`},
		"remove": {basic, func(g *graph.Graph) ([]commerce.AssignResult, error) {
			return g.Remove(t.Context(), contosoOnWire, basic, []string{ana})
		}, `{"addLicenses": [], "removeLicenses": ["` + basic + `"]}`},
		"move": {basic, func(g *graph.Graph) ([]commerce.AssignResult, error) {
			return g.Move(t.Context(), contosoOnWire, basic, e3, []string{ana})
		}, `{"addLicenses": [{"skuId": "` + e3 + `", "disabledPlans": []}], "removeLicenses": ["` + basic + `"]}`},
	}
	for name, c := range cases {
		g, w := wired(map[string]string{"/users": holder(c.holds), "/$batch": done})
		results, err := c.call(g)
		if err != nil || len(results) != 1 || results[0].Reason != "" || !strings.EqualFold(results[0].User, ana) {
			t.Errorf("%s: %v, %v", name, results, err)
		}
		calls := w.calls()
		var got, want any
		_ = json.Unmarshal([]byte(calls[len(calls)-1].Body), &got)
		_ = json.Unmarshal([]byte(`{"requests": [{"id": "1", "method": "POST", "url": "/users/`+ana+`/assignLicense", "headers": {"Content-Type": "application/json"}, "body": `+c.want+`}]}`), &want)
		if diff := cmp.Diff(want, got); diff != "" || len(calls) != 2 {
			t.Errorf("%s, %d calls (-want +got):\n%s", name, len(calls), diff)
		}
	}
}

// What Graph says in words alone is told apart. Whatever else it says is no reason.
func TestWhatGraphSays(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]commerce.Reason{
		"License assignment cannot be done for user with invalid usage location.":                            commerce.ReasonNoLocation,
		"Subscription with SKU " + basic + " does not have any available licenses.":                          commerce.ReasonNoSeat,
		"License assignment failed because service plan A conflicts with service plan B.":                    commerce.ReasonConflict,
		"License assignment failed because service plans A, B are mutually exclusive.":                       commerce.ReasonConflict,
		"License assignment failed because service plan A depends on the service plan(s) B":                  commerce.ReasonNoBase,
		"License " + basic + " does not correspond to a valid company License.":                              commerce.ReasonUndelivered,
		"User license is inherited from a group membership and it cannot be removed directly from the user.": commerce.ReasonByGroup,
		"USER LICENSE IS INHERITED FROM A GROUP MEMBERSHIP AND IT CANNOT BE REMOVED DIRECTLY FROM THE USER.": commerce.ReasonByGroup,
		"Something that nobody has written down about ana@contoso.example.":                                  commerce.ReasonUnavailable,
	} {
		text, _ := json.Marshal(message)
		g, w := wired(map[string]string{
			"/users":  holder(e3),
			"/$batch": `{"responses": [{"id": "1", "status": 400, "headers": {}, "body": {"error": {"code": "Request_BadRequest", "message": ` + string(text) + `}}}]}`,
		})
		got, err := g.Assign(t.Context(), contosoOnWire, basic, []string{ana})
		if err != nil || got[0].Reason != want || len(w.calls()) != 2 {
			t.Errorf("%s: %v, %v, in %d calls", message, got, err, len(w.calls()))
		}
	}
}

// Somebody who left between the look and the call is gone. What was taken already is taken;
// what was moved already is looked at again.
func TestWhatElseABatchAnswers(t *testing.T) {
	t.Parallel()
	const notHeld = `{"error": {"code": "Request_BadRequest", "message": "User does not have a corresponding license."}}`
	reply := func(status int, body string) string {
		return fmt.Sprintf(`{"responses": [{"id": "7", "status": 200}, {"id": "1", "status": %d, "body": %s}]}`, status, body)
	}
	for name, c := range map[string]struct {
		batch string
		move  bool
		want  commerce.Reason
	}{
		"gone":              {reply(404, `{"error": {"code": "Request_ResourceNotFound", "message": "Resource 'ana@contoso.example' does not exist"}}`), false, commerce.ReasonGone},
		"not found by whom": {reply(404, `{"error": {"code": "UnknownError", "message": "No such page"}}`), false, commerce.ReasonUnavailable},
		"no page at all":    {reply(404, `"<html>"`), false, commerce.ReasonUnavailable},
		"taken already":     {reply(400, notHeld), false, commerce.ReasonNone},
		"moved, not seen":   {reply(400, notHeld), true, commerce.ReasonUnavailable},
		"no body":           {reply(200, "null"), false, commerce.ReasonNone},
		"no answer for her": {`{"responses": []}`, false, commerce.ReasonUnavailable},
	} {
		g, _ := wired(map[string]string{"/users": holder(basic), "/$batch": c.batch})
		got, err := g.Remove(t.Context(), contosoOnWire, basic, []string{ana})
		if c.move {
			got, err = g.Move(t.Context(), contosoOnWire, basic, e3, []string{ana})
		}
		if err != nil || got[0].Reason != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// A Tenant that is written out has no secret in it.
func TestASecretIsNotWrittenOut(t *testing.T) {
	t.Parallel()
	app := graph.Tenant{ID: "t", App: "a", Secret: "hush"}
	if text := fmt.Sprintf("%v %+v %#v %s", app, app, app, app); strings.Contains(text, "hush") {
		t.Error(text)
	}
}
