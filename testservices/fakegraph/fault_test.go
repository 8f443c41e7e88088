package fakegraph_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"cartwright/testservices/fakegraph"
)

// Failures come as they are ordered, as often, and then no more.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault fakegraph.Fault
		met   func(reply, error) bool
		done  bool
	}{
		"too many":          {fakegraph.Fault{Status: 429, RetryAfter: "1.5"}, func(r reply, _ error) bool { return r.status == 429 && r.header.Get("Retry-After") == "1.5" }, false},
		"too many, no time": {fakegraph.Fault{Status: 429}, func(r reply, _ error) bool { return r.status == 429 && r.header.Get("Retry-After") == "" }, false},
		"down":              {fakegraph.Fault{Status: 503}, func(r reply, _ error) bool { return r.status == 503 && r.code() == "serviceNotAvailable" }, false},
		"down, yet done":    {fakegraph.Fault{Status: 504, Done: true}, func(r reply, _ error) bool { return r.status == 504 }, true},
		"no answer":         {fakegraph.Fault{Drop: true}, func(_ reply, err error) bool { return errors.Is(err, io.EOF) }, false},
		"done, no answer":   {fakegraph.Fault{Drop: true, Done: true}, func(_ reply, err error) bool { return errors.Is(err, io.EOF) }, true},
		"hanging":           {fakegraph.Fault{Hang: time.Hour}, func(_ reply, err error) bool { return timedOut(err) }, false},
		"done and hanging":  {fakegraph.Fault{Hang: time.Hour, Done: true}, func(_ reply, err error) bool { return timedOut(err) }, true},
		"truncated":         {fakegraph.Fault{Cut: 10}, func(r reply, err error) bool { return err == nil && len(r.raw) == 10 && r.body == nil }, true},
		"broken off":        {fakegraph.Fault{Cut: 10, Drop: true}, func(_ reply, err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }, true},
		"huge":              {fakegraph.Fault{Huge: 3 << 20}, func(r reply, _ error) bool { return len(r.raw) > 3<<20 && json.Valid(r.raw) }, true},
		"garbage":           {fakegraph.Fault{Body: "<html>"}, func(r reply, _ error) bool { return r.status == 200 && string(r.raw) == "<html>" }, true},
		"expired":           {fakegraph.Fault{Status: 401}, func(r reply, _ error) bool { return r.code() == "InvalidAuthenticationToken" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := play(t, fakegraph.Options{})
			ada := a.graph.AddPeople(1)[0].ID
			a.graph.Own(fakegraph.OfficeE3, 1)
			c.fault.Method = "POST"
			a.graph.Fail(c.fault)
			if c.fault.Hang > 0 {
				a.patience = 2 * time.Second
			}
			path, body := "/users/"+ada+"/assignLicense", change(one(fakegraph.OfficeE3), nil)
			if r := a.users(""); r.status != 200 {
				t.Errorf("it meets a GET: %d", r.status)
			}
			if r, err := a.try("POST", path, body); !c.met(r, err) {
				t.Errorf("%d %v %.200s", r.status, err, r.raw)
			}
			if done := len(a.graph.Holders(fakegraph.OfficeE3)) == 1; done != c.done {
				t.Errorf("done: %v", done)
			}
			if calls := a.posts(); calls[0].Lost != (c.done && c.fault.Done) || c.fault.Hang > 0 && !c.done && calls[0].Status != 0 {
				t.Errorf("noted is %+v", calls)
			}
			if r := a.call("POST", path, body); r.status != 200 {
				t.Errorf("afterwards: %d", r.status)
			}
		})
	}
}

// posts are the calls that change something, once there is one: who has gone does not see its end.
func (a app) posts() []fakegraph.Call {
	a.t.Helper()
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if calls := a.graph.Calls("POST"); len(calls) > 0 {
			return calls
		}
	}
	a.t.Fatal("no call came")
	return nil
}

func timedOut(err error) bool {
	var e *url.Error
	return errors.As(err, &e) && e.Timeout()
}

// A fault meets as many calls of its path as it is for, after those that it lets pass.
func TestWhomFaultsMeet(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	a.graph.Fail(fakegraph.Fault{Path: "/subscribedSkus", Skip: 1, Times: 2, Status: 500})
	var got []int
	for range 4 {
		got = append(got, a.call("GET", "/subscribedSkus", "").status)
		a.call("GET", "/users", "")
	}
	if !slices.Equal(got, []int{200, 500, 500, 200}) || len(a.graph.Refusals()) != 2 {
		t.Errorf("statuses are %v, refusals %d", got, len(a.graph.Refusals()))
	}

	// An outage lasts until its end.
	a.graph.Fail(fakegraph.Fault{Times: -1, Status: 503})
	for range 3 {
		if r := a.call("GET", "/users", ""); r.status != 503 {
			t.Errorf("in an outage: %d", r.status)
		}
	}
	a.graph.Heal()
	if r := a.call("GET", "/users", ""); r.status != 200 {
		t.Errorf("after it: %d", r.status)
	}
}

// login asks for a token by a form, changed in one field.
func login(t *testing.T, g *fakegraph.Graph, tenant, field, value string) (int, map[string]any) {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {g.AppID}, "client_secret": {g.Secret}, "scope": {g.Cloud.Scope()}}
	form.Set(field, value)
	r, err := http.NewRequestWithContext(t.Context(), "POST", g.Cloud.Login+"/"+tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := g.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

// The login gives tokens to the app only, in its tenant, for its cloud; and says by a number why not.
func TestLogin(t *testing.T) {
	t.Parallel()
	for _, cloud := range []fakegraph.Cloud{fakegraph.Worldwide, fakegraph.China} {
		a := play(t, fakegraph.Options{Cloud: cloud})
		other := fakegraph.China
		if cloud == other {
			other = fakegraph.Worldwide
		}
		for name, c := range map[string]struct {
			tenant, field, value string
			status               int
			code, text           string
		}{
			"another tenant":   {"contoso.com", "", "", 400, "invalid_request", "AADSTS90002"},
			"another grant":    {a.graph.Tenant, "grant_type", "password", 400, "unsupported_grant_type", "AADSTS70003"},
			"another app":      {a.graph.Tenant, "client_id", "x", 400, "unauthorized_client", "AADSTS700016"},
			"no secret":        {a.graph.Tenant, "client_secret", "", 401, "invalid_client", "AADSTS7000216"},
			"another secret":   {a.graph.Tenant, "client_secret", "x", 401, "invalid_client", "AADSTS7000215"},
			"one permission":   {a.graph.Tenant, "scope", cloud.Graph + "/User.Read.All", 400, "invalid_scope", "AADSTS1002012"},
			"another cloud's":  {a.graph.Tenant, "scope", other.Scope(), 400, "invalid_resource", "AADSTS500011"},
			"as MSAL asks":     {a.graph.Tenant, "scope", cloud.Scope() + " openid offline_access profile", 200, "", ""},
			"as it should ask": {a.graph.Tenant, "", "", 200, "", ""},
		} {
			status, body := login(t, a.graph, c.tenant, c.field, c.value)
			code, _ := body["error"].(string)
			description, _ := body["error_description"].(string)
			if status != c.status || code != c.code || !strings.HasPrefix(description, c.text) {
				t.Errorf("%s: %d %v", name, status, body)
			}
		}
		if n := a.graph.TokenCalls(); n != 9 {
			t.Errorf("%d token calls", n)
		}

		// Its token works, and in that cloud only.
		_, body := login(t, a.graph, a.graph.Tenant, "", "")
		a.token, _ = body["access_token"].(string)
		if r := a.call("GET", "/subscribedSkus", ""); r.status != 200 {
			t.Errorf("with the token: %d", r.status)
		}
		elsewhere := play(t, fakegraph.Options{Cloud: other})
		elsewhere.token = a.token
		if r := elsewhere.call("GET", "/subscribedSkus", ""); r.status != 401 {
			t.Errorf("in another cloud: %d", r.status)
		}
		if _, err := a.graph.Client().Get(other.Graph + "/v1.0/users"); err == nil {
			t.Error("the other cloud's hosts are there")
		}
		if r, err := a.graph.Client().Get(cloud.Login + "/v1.0/users"); err != nil || r.StatusCode != 404 {
			t.Errorf("Graph is at the login's host: %v", err)
		}
		a.graph.EndSecret()
		if _, body := login(t, a.graph, a.graph.Tenant, "", ""); !strings.HasPrefix(body["error_description"].(string), "AADSTS7000222") {
			t.Errorf("an old secret: %v", body)
		}
	}
}

// Calls name themselves, and are noted by that name.
func TestCallsAreKnownByTheirNames(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	r := a.call("GET", "/users", "", "client-request-id: a-name")
	if r.header.Get("client-request-id") != "a-name" || r.header.Get("request-id") == "" || a.graph.Calls("GET")[0].ClientRequest != "a-name" {
		t.Errorf("headers are %v", r.header)
	}
}
