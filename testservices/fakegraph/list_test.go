package fakegraph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cartwright/testservices/fakegraph"
)

// ids are those of people in a list.
func ids(r reply) []string {
	all := []string{}
	for _, v := range r.values() {
		id, _ := v["id"].(string)
		all = append(all, id)
	}
	return all
}

// Each form of a filter and of a search finds those whom it is for.
func TestQueries(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	add := func(p fakegraph.Person) string { return a.graph.Add(p).ID }
	ada := add(fakegraph.Person{Name: "Ada O'Neill", UPN: "ada@contoso.com", Location: "FR"})
	bo := add(fakegraph.Person{Name: "Bo van der Berg", UPN: "bo@contoso.com", Location: "DE", Disabled: true})
	cy := add(fakegraph.Person{Name: "Cy Adams", Guest: true})
	wei := add(fakegraph.Person{Name: "王伟", UPN: "wei.wang@contoso.com", Location: "CN"})
	a.graph.Own(fakegraph.OfficeE3, 9)
	a.graph.Give(fakegraph.OfficeE3, ada)
	a.graph.GroupLicence("9a0b", fakegraph.OfficeE3, bo)
	a.graph.GroupFailure("9a0b", fakegraph.OfficeE3, "CountViolation", cy)
	for name, c := range map[string]struct {
		query []string
		want  []string
	}{
		"no licence":         {[]string{"$filter", "assignedLicenses/$count eq 0"}, []string{cy, wei}},
		"some licence":       {[]string{"$filter", "assignedLicenses/$count ne 0"}, []string{ada, bo}},
		"members without":    {[]string{"$filter", "assignedLicenses/$count eq 0 and accountEnabled eq true and userType eq 'Member'"}, []string{wei}},
		"with a licence":     {[]string{"$filter", "assignedLicenses/any(u:u/skuId eq " + fakegraph.OfficeE3 + ")"}, []string{ada, bo}},
		"with another":       {[]string{"$filter", "assignedLicenses/any(x:x/skuId eq " + strings.ToUpper(fakegraph.M365E5) + ")"}, []string{}},
		"by a beginning":     {[]string{"$filter", "startswith(displayName,'ada')"}, []string{ada}},
		"either beginning":   {[]string{"$filter", "startswith(displayName,'bo') or startswith(userPrincipalName,'WEI')"}, []string{bo, wei}},
		"and before or":      {[]string{"$filter", "startswith(displayName,'x') and accountEnabled eq true or id eq '" + bo + "'"}, []string{bo}},
		"in parentheses":     {[]string{"$filter", "accountEnabled eq true and (startswith(displayName,'x') or id eq '" + bo + "')"}, []string{}},
		"a quote":            {[]string{"$filter", "displayName eq 'Ada O''Neill'"}, []string{ada}},
		"addresses":          {[]string{"$filter", "userPrincipalName in ('ADA@contoso.com', 'bo@contoso.com','nobody@contoso.com')"}, []string{ada, bo}},
		"ids":                {[]string{"$filter", "id in ('" + wei + "','" + cy + "')"}, []string{cy, wei}},
		"disabled":           {[]string{"$filter", "accountEnabled eq false"}, []string{bo}},
		"not disabled":       {[]string{"$filter", "accountEnabled ne false"}, []string{ada, cy, wei}},
		"not guests":         {[]string{"$filter", "not(userType eq 'Guest')"}, []string{ada, bo, wei}},
		"a place":            {[]string{"$filter", "usageLocation eq 'CN'"}, []string{wei}},
		"by an ending":       {[]string{"$filter", "endswith(userPrincipalName,'g@contoso.com')"}, []string{wei}},
		"a word of the name": {[]string{"$search", `"displayName:ada"`}, []string{ada, cy}},
		"two words":          {[]string{"$search", `"displayName:berg bo"`}, []string{bo}},
		"inside of a word":   {[]string{"$search", `"displayName:dams"`}, []string{}},
		"either":             {[]string{"$search", `"displayName:bo" OR "userPrincipalName:wei"`}, []string{bo, wei}},
		"both":               {[]string{"$search", `"displayName:ada" AND "displayName:oneill"`}, []string{}},
		"written Chinese":    {[]string{"$search", `"displayName:王"`}, []string{wei}},
		"search and filter":  {[]string{"$search", `"displayName:ada"`, "$filter", "userType eq 'Guest'"}, []string{cy}},
		"sorted":             {[]string{"$orderby", "displayName desc", "$filter", "userType eq 'Member'"}, []string{wei, bo, ada}},
	} {
		r := a.users(eventual, append(c.query, "$count", "true")...)
		if got := ids(r); r.status != 200 || !slices.Equal(got, c.want) || r.body["@odata.count"] != float64(len(c.want)) {
			t.Errorf("%s: %d %v, not %v: %s", name, r.status, got, c.want, r.raw)
		}
	}

	// What no header is needed for is found without, and is not counted.
	if r := a.users("", "$filter", "id in ('"+ada+"')", "$count", "true"); !slices.Equal(ids(r), one(ada)) || r.body["@odata.count"] != nil {
		t.Errorf("without the header: %s", r.raw)
	}
	// With it a list of ids may be longer, while the address is not too long.
	if r := a.users(eventual, "$filter", "id in ('"+strings.Repeat(ada+"','", 20)+bo+"')", "$count", "true"); !slices.Equal(ids(r), []string{ada, bo}) {
		t.Errorf("twenty-one: %s", r.raw)
	}
	if r := a.users(eventual, "$filter", "id in ('"+strings.Repeat(ada+"','", 50)+bo+"')", "$count", "true"); r.status != 400 {
		t.Errorf("fifty-one: %s", r.raw)
	}
}

// Somebody's properties come where they are chosen, and a group's licences with the group.
func TestWhatIsReadOfSomebody(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	guest := a.graph.Add(fakegraph.Person{Name: "Cy", Guest: true, Disabled: true})
	a.graph.Give(fakegraph.VisioPlan1, guest.ID)
	a.graph.GroupLicence("9a0b", fakegraph.VisioPlan1, guest.ID)
	a.graph.GroupFailure("9a0b", fakegraph.OfficeE3, "CountViolation", guest.ID)
	plain := a.call("GET", "/users/"+strings.ReplaceAll(guest.UPN, "#", "%23"), "").body
	if plain["displayName"] != "Cy" || plain["assignedLicenses"] != nil || plain["usageLocation"] != nil {
		t.Errorf("without a choice come %v", plain)
	}
	all := a.call("GET", "/users/"+guest.ID+"?$select=id,usageLocation,accountEnabled,userType,assignedLicenses,licenseAssignmentStates", "").body
	if all["accountEnabled"] != false || all["userType"] != "Guest" || all["usageLocation"] != nil {
		t.Errorf("chosen come %v", all)
	}
	if n := len(all["assignedLicenses"].([]any)); n != 1 {
		t.Errorf("%d assigned licences", n)
	}
	var states []string
	for _, v := range all["licenseAssignmentStates"].([]any) {
		s := v.(map[string]any)
		states = append(states, fmt.Sprint(s["assignedByGroup"], s["state"], s["error"]))
	}
	if want := []string{"<nil>ActiveNone", "9a0bActiveNone", "9a0bErrorCountViolation"}; !slices.Equal(states, want) {
		t.Errorf("states are %q", states)
	}
	if _, used := a.graph.Seats(fakegraph.VisioPlan1); used != 1 {
		t.Errorf("one person uses %d seats", used)
	}
}

// A list comes in pages, each with the header; who got a licence in between does not shift the
// next page.
func TestPages(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{PageLimit: 10})
	people := a.graph.AddPeople(25)
	a.graph.Own(fakegraph.OfficeE3, 25)
	query := []string{"$filter", "assignedLicenses/$count eq 0", "$count", "true", "$select", "id", "$top", "999"}
	first := a.users(eventual, query...)
	link, _ := first.body["@odata.nextLink"].(string)
	next, is := strings.CutPrefix(link, a.graph.Cloud.Graph+"/v1.0")
	if len(first.values()) != 10 || first.body["@odata.count"] != 25.0 || !is {
		t.Fatalf("the first page is %s", first.raw)
	}
	if r := a.call("GET", next, ""); r.code() != "Request_UnsupportedQuery" {
		t.Errorf("without the header the next page is %s", r.raw)
	}
	if r := a.call("GET", strings.Replace(next, "999", "998", 1), "", eventual); r.status != 400 {
		t.Errorf("another query goes on: %s", r.raw)
	}
	a.graph.Give(fakegraph.OfficeE3, people[0].ID, people[10].ID)
	all := ids(first)
	for next != "" {
		r := a.call("GET", next, "", eventual)
		all = append(all, ids(r)...)
		link, _ = r.body["@odata.nextLink"].(string)
		next = strings.TrimPrefix(link, a.graph.Cloud.Graph+"/v1.0")
	}
	slices.Sort(all)
	if len(all) != 24 || len(slices.Compact(all)) != 24 {
		t.Errorf("the pages have %d people", len(all))
	}

	// Links do not last for ever.
	link, _ = a.users("").body["@odata.nextLink"].(string)
	a.graph.Advance(time.Hour)
	a.token = a.graph.Token()
	if r := a.call("GET", strings.TrimPrefix(link, a.graph.Cloud.Graph+"/v1.0"), ""); r.code() != "Directory_ExpiredPageToken" {
		t.Errorf("after an hour: %s", r.raw)
	}
}

// What was bought appears after its time: first the subscription, then what can be assigned.
func TestAPurchaseAppears(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{Provisioning: 5 * time.Minute})
	ada := a.graph.AddPeople(1)[0].ID
	old := a.graph.Own(fakegraph.OfficeE3, 3)
	bought := a.graph.Buy(fakegraph.M365E5, 2, 15*time.Minute)
	a.graph.Grow(old, 4, 15*time.Minute)
	see := func(subscriptions, seats, assignable string) {
		t.Helper()
		var got, skus []string
		for _, s := range a.call("GET", "/directory/subscriptions", "").values() {
			got = append(got, fmt.Sprint(s["totalLicenses"]))
		}
		for _, s := range a.call("GET", "/subscribedSkus", "").values() {
			skus = append(skus, fmt.Sprint(s["prepaidUnits"].(map[string]any)["enabled"]))
		}
		if strings.Join(got, " ") != subscriptions || strings.Join(skus, " ") != seats {
			t.Errorf("subscriptions %v, SKUs %v", got, skus)
		}
		if r := a.assign(ada, one(fakegraph.M365E5), nil); r.message() != assignable {
			t.Errorf("an assignment: %s", r.raw)
		}
	}
	refused := "License " + fakegraph.M365E5 + " does not correspond to a valid company License."
	see("3", "3", refused)
	a.graph.Advance(15 * time.Minute)
	see("7 2", "7", refused)
	a.graph.Advance(5 * time.Minute)
	see("7 2", "7 2", "")

	// Once it is not paid for its seats do not count.
	a.graph.Turn(bought, "Suspended")
	item := a.call("GET", "/subscribedSkus", "").values()[1]
	if owned, used := a.graph.Seats(fakegraph.M365E5); owned != 0 || used != 1 || item["capabilityStatus"] != "Suspended" {
		t.Errorf("suspended: %d of %d: %v", used, owned, item)
	}
}

// Reads may be behind. Writes are not.
func TestReadsThatAreBehind(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	ada := a.graph.AddPeople(1)[0].ID
	a.graph.Own(fakegraph.OfficeE3, 1)
	a.graph.Lag(30 * time.Second)
	a.assign(ada, one(fakegraph.OfficeE3), nil)
	unlicensed := func() int {
		return len(a.users(eventual, "$filter", "assignedLicenses/$count eq 0", "$count", "true").values())
	}
	if n := unlicensed(); n != 1 {
		t.Errorf("at once %d are without", n)
	}
	if r := a.assign(ada, nil, one(fakegraph.OfficeE3)); r.status != 200 {
		t.Errorf("it cannot be taken: %s", r.raw)
	}
	a.assign(ada, one(fakegraph.OfficeE3), nil)
	a.graph.Advance(time.Minute)
	if n := unlicensed(); n != 0 {
		t.Errorf("a minute later %d are without", n)
	}
}
