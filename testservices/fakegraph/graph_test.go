package fakegraph_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"cartwright/testservices/fakegraph"
)

// app is one that a test plays: it has a token.
type app struct {
	t        *testing.T
	graph    *fakegraph.Graph
	token    string
	patience time.Duration
}

func play(t *testing.T, o fakegraph.Options) app {
	t.Helper()
	g := fakegraph.New(o)
	t.Cleanup(g.Close)
	return app{t, g, g.Token(), time.Minute}
}

// reply is what a call was answered with.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// code and message are those of an error.
func (r reply) code() string    { return r.text("code") }
func (r reply) message() string { return r.text("message") }

func (r reply) text(name string) string {
	e, _ := r.body["error"].(map[string]any)
	s, _ := e[name].(string)
	return s
}

// values are the items of a list.
func (r reply) values() []map[string]any {
	var items []map[string]any
	all, _ := r.body["value"].([]any)
	for _, v := range all {
		items = append(items, v.(map[string]any))
	}
	return items
}

// try makes a call, whose answer may never come. Headers are "Name: value".
func (a app) try(method, path, body string, headers ...string) (reply, error) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.graph.Cloud.Graph+"/v1.0"+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	client := a.graph.Client()
	client.Timeout = a.patience
	response, err := client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	got := reply{status: response.StatusCode, header: response.Header, raw: raw}
	_ = json.Unmarshal(raw, &got.body)
	return got, err
}

func (a app) call(method, path, body string, headers ...string) reply {
	a.t.Helper()
	got, err := a.try(method, path, body, headers...)
	if err != nil {
		a.t.Fatal(err)
	}
	return got
}

const eventual = "ConsistencyLevel: eventual"

// users lists people by a query of pairs: "$filter", "…".
func (a app) users(header string, pairs ...string) reply {
	a.t.Helper()
	q := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		q.Set(pair[0], pair[1])
	}
	if header == "" {
		return a.call("GET", "/users?"+q.Encode(), "")
	}
	return a.call("GET", "/users?"+q.Encode(), "", header)
}

// change is a body of assignLicense.
func change(add, remove []string) string {
	body := map[string]any{"addLicenses": []any{}, "removeLicenses": append([]string{}, remove...)}
	for _, sku := range add {
		body["addLicenses"] = append(body["addLicenses"].([]any), map[string]any{"skuId": sku, "disabledPlans": []string{}})
	}
	return encoded(body)
}

func encoded(v any) string {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		panic(err)
	}
	return b.String()
}

// assign gives and takes licences of one person.
func (a app) assign(id string, add, remove []string) reply {
	a.t.Helper()
	return a.call("POST", "/users/"+url.PathEscape(id)+"/assignLicense", change(add, remove))
}

func one(sku string) []string { return []string{sku} }

// A licence is given, is seen to be there, is moved in one call, and is taken. Seats follow.
func TestALicenceComesMovesAndGoes(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	a.graph.Own(fakegraph.OfficeE3, 2)
	a.graph.Own(fakegraph.BusinessPremium, 1)
	ada := a.graph.AddPeople(1)[0]
	seats := func(e3, premium int) {
		t.Helper()
		got := map[string]float64{}
		for _, item := range a.call("GET", "/subscribedSkus", "").values() {
			got[item["skuId"].(string)] = item["consumedUnits"].(float64)
		}
		if got[fakegraph.OfficeE3] != float64(e3) || got[fakegraph.BusinessPremium] != float64(premium) {
			t.Errorf("used are %v", got)
		}
	}
	if r := a.assign(ada.UPN, one(fakegraph.OfficeE3), nil); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	seats(1, 0)
	if r := a.assign(ada.ID, one(fakegraph.BusinessPremium), one(fakegraph.OfficeE3)); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	seats(0, 1)
	if bare := a.graph.Bare(); len(bare) != 0 {
		t.Errorf("the move left %v without a licence", bare)
	}
	read := a.call("GET", "/users/"+ada.ID+"?$select=assignedLicenses,licenseAssignmentStates", "").body
	if got := encoded(read["assignedLicenses"]); !strings.Contains(got, fakegraph.BusinessPremium) || strings.Contains(got, fakegraph.OfficeE3) {
		t.Errorf("Ada has %s", got)
	}

	// Giving again takes no second seat, and is counted.
	a.assign(ada.ID, one(fakegraph.BusinessPremium), nil)
	seats(0, 1)
	if got := a.graph.Repeats()[ada.ID]; got != 1 {
		t.Errorf("%d repeats", got)
	}

	// Without the last one Ada is without any.
	a.assign(ada.ID, nil, one(fakegraph.BusinessPremium))
	seats(0, 0)
	if bare := a.graph.Bare(); !slices.Equal(bare, one(ada.ID)) {
		t.Errorf("bare are %v", bare)
	}
	if n, changed := a.graph.Assignments(ada.ID), a.graph.Changed(); n != 4 || !slices.Equal(changed, one(ada.ID)) {
		t.Errorf("%d assignments, of %v", n, changed)
	}

	// Who has a licence by a group gets one without another seat, and keeps the group's.
	bo := a.graph.AddPeople(1)[0].ID
	a.graph.GroupLicence("9a0b", fakegraph.BusinessPremium, bo)
	for _, r := range []reply{a.assign(bo, one(fakegraph.BusinessPremium), nil), a.assign(bo, nil, one(fakegraph.BusinessPremium))} {
		if r.status != 200 {
			t.Errorf("%d %s", r.status, r.raw)
		}
	}
	seats(0, 1)
}

// The tenant changes by others' hands too: people leave, licences are taken, products are new.
func TestWhatOthersDo(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	people := a.graph.AddPeople(2)
	sku := "0123abcd-0000-4000-8000-000000000000"
	a.graph.Sell(fakegraph.Product{SKU: sku, Part: "NEW", Plans: []fakegraph.Plan{{ID: sku, Name: "MCOEV"}}})
	a.graph.Own(sku, 2)
	if r := a.assign(people[0].ID, one(sku), nil); !strings.Contains(r.message(), "depends on the service plan(s) TEAMS1") {
		t.Errorf("a new product's plan: %s", r.raw)
	}
	a.graph.Give(sku, people[0].ID, people[1].ID)
	a.graph.Take(sku, people[0].ID)
	a.graph.Leave(people[1].ID)
	if owned, used := a.graph.Seats(sku); owned != 2 || used != 0 || len(a.graph.Changed()) != 0 {
		t.Errorf("%d of %d are used", used, owned)
	}
	if r := a.call("GET", "/users/"+people[1].ID, ""); r.status != 404 {
		t.Errorf("who left is %d", r.status)
	}
}
