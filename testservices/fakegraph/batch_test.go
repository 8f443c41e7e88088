package fakegraph_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"cartwright/testservices/fakegraph"
)

type object = map[string]any

var asJSON = object{"Content-Type": "application/json"}

// giving is a request of a batch that gives somebody a licence.
func giving(id, user, sku string) object {
	return object{
		"id": id, "method": "POST", "url": "/users/" + user + "/assignLicense", "headers": asJSON,
		"body": object{"addLicenses": []any{object{"skuId": sku}}, "removeLicenses": []any{}},
	}
}

func (a app) batch(requests ...object) reply {
	a.t.Helper()
	return a.call("POST", "/$batch", encoded(object{"requests": requests}))
}

// responses are the replies of a batch by id, and the ids in their order.
func responses(r reply) (ids []string, byID map[string]object) {
	byID = map[string]object{}
	all, _ := r.body["responses"].([]any)
	for _, v := range all {
		one := v.(object)
		ids = append(ids, one["id"].(string))
		byID[one["id"].(string)] = one
	}
	return ids, byID
}

// A batch is refused as a whole where it has not the form of one.
func TestBatchesThatAreRefused(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	ada := a.graph.AddPeople(1)[0].ID
	a.graph.Own(fakegraph.OfficeE3, 30)
	get := object{"id": "1", "method": "GET", "url": "/users/" + ada}
	with := func(name string, value any) object {
		c := object{"id": "2", "method": "GET", "url": "/users"}
		c[name] = value
		return c
	}
	many := make([]object, 21)
	for i := range many {
		many[i] = giving(fmt.Sprint(i), ada, fakegraph.OfficeE3)
	}
	bare := giving("2", ada, fakegraph.OfficeE3)
	delete(bare, "headers")
	for name, c := range map[string]struct {
		requests []object
		text     string
	}{
		"none":               {nil, "Invalid batch payload"},
		"twenty-one":         {many, "maximum value of 20"},
		"an id twice":        {[]object{get, get}, "Duplicate"},
		"no id":              {[]object{get, with("id", nil)}, "no id"},
		"a number as id":     {[]object{get, with("id", 2)}, "no id"},
		"no method":          {[]object{get, with("method", "get")}, "no method"},
		"another host":       {[]object{get, with("url", "https://graph.microsoft.com/v1.0/users")}, "relative"},
		"no url":             {[]object{get, with("url", "")}, "relative"},
		"a batch inside":     {[]object{get, with("url", "/$batch")}, "relative"},
		"no content type":    {[]object{get, bare}, "does not contain Content-Type header or body"},
		"waiting for nobody": {[]object{get, with("dependsOn", []string{"9"})}, "Invalid dependency"},
		"waiting for itself": {[]object{get, with("dependsOn", []string{"2"})}, "Invalid dependency"},
		"some waiting":       {[]object{get, with("dependsOn", []string{"1"}), {"id": "3", "method": "GET", "url": "/users"}}, "Invalid dependency"},
		"waiting for two":    {[]object{get, {"id": "3", "method": "GET", "url": "/users", "dependsOn": []string{"1"}}, with("dependsOn", []string{"1", "3"})}, "Invalid dependency"},
		"a property":         {[]object{get, with("verb", "x")}, "'verb'"},
	} {
		if r := a.batch(c.requests...); r.status != 400 || r.code() != "BadRequest" || !strings.Contains(r.message(), c.text) {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	if n := len(a.graph.Batches()) + len(a.graph.Changed()); n != 0 {
		t.Error("refused batches were done")
	}
	if r := a.call("GET", "/$batch", ""); r.status != 405 {
		t.Errorf("it can be read: %d", r.status)
	}
}

// A batch is answered with 200 and in any order; each request has its own status, and its own
// header where one is needed.
func TestABatch(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	people := a.graph.AddPeople(20)
	a.graph.Own(fakegraph.OfficeE3, 19)
	var requests []object
	var sent []string
	for i, p := range people {
		sent = append(sent, fmt.Sprint(i))
		requests = append(requests, giving(sent[i], p.ID, fakegraph.OfficeE3))
	}
	r := a.batch(requests...)
	order, byID := responses(r)
	given := 0
	for _, one := range byID {
		switch {
		case one["status"] == 200.0:
			given++
		case !strings.Contains(encoded(one["body"]), "does not have any available licenses"):
			t.Errorf("a reply is %v", one)
		}
	}
	if r.status != 200 || len(byID) != 20 || given != 19 || slices.Equal(order, sent) {
		t.Errorf("%d, %d given, in the order %v", r.status, given, order)
	}
	if got := a.graph.Batches(); !slices.Equal(got, []int{20}) || len(a.graph.Calls("POST")) != 21 {
		t.Errorf("batches %v, calls %d", got, len(a.graph.Calls("POST")))
	}

	// An advanced query takes the header inside.
	statuses := func(requests ...object) (got []any) {
		_, byID := responses(a.batch(requests...))
		for _, r := range requests {
			got = append(got, byID[r["id"].(string)]["status"])
		}
		return got
	}
	get := func(id, url string, headers object) object {
		return object{"id": id, "method": "GET", "url": url, "headers": headers}
	}
	query := "/users?$filter=assignedLicenses/$count%20eq%200&$count=true"
	if got := statuses(get("1", query, nil), get("2", query[1:], object{"ConsistencyLevel": "eventual"})); !slices.Equal(got, []any{400.0, 200.0}) {
		t.Errorf("queries are %v", got)
	}
	// What waits for what fails fails too: one after the other, or all after the same one.
	after := func(r object, id string) object {
		r["dependsOn"] = []string{id}
		return r
	}
	nobody, somebody := giving("1", "nobody", fakegraph.OfficeE3), get("1", "/users", nil)
	if got := statuses(nobody, after(get("2", "/users", nil), "1"), after(get("3", "/users", nil), "2")); !slices.Equal(got, []any{404.0, 424.0, 424.0}) {
		t.Errorf("in a row they are %v", got)
	}
	if got := statuses(after(giving("2", "nobody", fakegraph.OfficeE3), "1"), somebody, after(get("3", "/users", nil), "1")); !slices.Equal(got, []any{404.0, 200.0, 200.0}) {
		t.Errorf("after the same one they are %v", got)
	}
}

// A request inside a batch fails by itself, with its own time to wait.
func TestABatchThatFailsInPart(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	people := a.graph.AddPeople(3)
	a.graph.Own(fakegraph.OfficeE3, 9)
	a.graph.Fail(fakegraph.Fault{Inner: true, Path: "/users/" + people[0].ID, Status: 429, RetryAfter: "2.128"})
	a.graph.Fail(fakegraph.Fault{Inner: true, Path: "/users/" + people[1].ID, Status: 504, Done: true})
	if r := a.assign(people[0].ID, one(fakegraph.VisioPlan1), nil); r.status == 429 {
		t.Error("a fault inside batches meets a call outside")
	}
	r := a.batch(giving("1", people[0].ID, fakegraph.OfficeE3), giving("2", people[1].ID, fakegraph.OfficeE3), giving("3", people[2].ID, fakegraph.OfficeE3))
	_, byID := responses(r)
	wait := byID["1"]["headers"].(object)["Retry-After"]
	if r.status != 200 || byID["1"]["status"] != 429.0 || wait != "2.128" || byID["2"]["status"] != 504.0 || byID["3"]["status"] != 200.0 {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if got := a.graph.Holders(fakegraph.OfficeE3); !slices.Equal(got, []string{people[1].ID, people[2].ID}) {
		t.Errorf("holders are %v", got)
	}
	a.graph.Fail(fakegraph.Fault{Inner: true, Odd: `{"status": "204", "headers": {"Retry-After": 2}}`})
	_, byID = responses(a.batch(giving("1", people[0].ID, fakegraph.OfficeE3)))
	if odd := byID["1"]; odd["status"] != "204" || odd["headers"].(object)["Retry-After"] != 2.0 || odd["body"] == nil || len(a.graph.Holders(fakegraph.OfficeE3)) != 3 {
		t.Errorf("an odd reply is %v", odd)
	}
}

// Limits count inside batches. Who waits as long as they are told is served.
func TestThrottling(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	a := play(t, fakegraph.Options{Now: func() time.Time { return start }})
	a.graph.Throttle(&fakegraph.Limits{Units: 100, Writes: 30})
	people := a.graph.AddPeople(40)
	a.graph.Own(fakegraph.OfficeE3, 40)
	give := func(from, to int) (given int, wait string) {
		var requests []object
		for i, p := range people[from:to] {
			requests = append(requests, giving(fmt.Sprint(i), p.ID, fakegraph.OfficeE3))
		}
		_, byID := responses(a.batch(requests...))
		for _, one := range byID {
			switch headers, _ := one["headers"].(object); one["status"] {
			case 200.0:
				given++
			case 429.0:
				wait = max(wait, headers["Retry-After"].(string))
			}
		}
		return given, wait
	}
	if n, _ := give(0, 20); n != 20 {
		t.Errorf("%d of the first twenty", n)
	}
	// 30 writes in 150 s are one in 5 s.
	if n, wait := give(20, 40); n != 10 || wait != "5" {
		t.Errorf("%d of the next twenty, then a wait of %q s", n, wait)
	}
	if n := a.graph.Throttled(); n != 10 {
		t.Errorf("%d were throttled", n)
	}
	a.graph.Advance(5 * time.Second)
	if r := a.assign(people[39].ID, one(fakegraph.OfficeE3), nil); r.status != 200 || r.header.Get("x-ms-resource-unit") != "1" {
		t.Errorf("after the wait: %s", r.raw)
	}

	// Reads cost by what they choose. Near the limit Graph says how near.
	a.graph.Advance(time.Minute)
	near := 0.0
	for i := range 100 {
		r := a.users("", "$select", "id", "$top", "5")
		if share := r.header.Get("x-ms-throttle-limit-percentage"); share != "" {
			if _, err := fmt.Sscan(share, &near); err != nil {
				t.Fatal(err)
			}
		} else if i > 85 {
			t.Errorf("call %d says no share", i)
		}
	}
	if r := a.users(""); r.status != 429 || r.code() != "TooManyRequests" || math.Abs(near-1) > 0.01 || r.header.Get("Retry-After") != "0.200" {
		t.Errorf("%d after %v, wait %q", r.status, near, r.header.Get("Retry-After"))
	}
	a.graph.Advance(200 * time.Millisecond)
	if r := a.users(""); r.status != 200 {
		t.Errorf("after the wait: %d", r.status)
	}

	// Such a list costs two units, less for one choice or a short page; never less than one.
	a.graph.Throttle(nil)
	before := len(a.graph.Calls("GET"))
	a.users("")
	a.users("", "$top", "19")
	a.users("", "$top", "20")
	a.users("", "$top", "19", "$select", "id")
	a.call("GET", "/subscribedSkus", "")
	var units []int
	for _, c := range a.graph.Calls("GET")[before:] {
		units = append(units, c.Units)
	}
	if !slices.Equal(units, []int{2, 1, 2, 1, 3}) {
		t.Errorf("they cost %v", units)
	}

	for people, units := range map[int]int{49: 3500, 50: 5000, 500: 5000, 501: 8000} {
		if got := fakegraph.DocumentedLimits(people).Units; got != units {
			t.Errorf("%d people: %d units", people, got)
		}
	}
}
