package fakegraph_test

import (
	"strings"
	"testing"
	"time"

	"cartwright/testservices/fakegraph"
)

// assignLicense refuses what Microsoft refuses, by its texts, and changes nothing then.
func TestAssignmentsThatAreRefused(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	for _, sku := range []string{fakegraph.OfficeE3, fakegraph.BusinessPremium, fakegraph.TeamsPhone, fakegraph.ExchangeP1, fakegraph.DefenderForOfficeP2, "1fc08a02-8b3d-43b9-831e-f76859e04e1a"} {
		a.graph.Own(sku, 5)
	}
	a.graph.Own(fakegraph.VisioPlan1, 1)
	people := a.graph.AddPeople(5)
	ada, bo, cy, dee, eve := people[0].ID, people[1].ID, people[2].ID, people[3].ID, people[4].ID
	nowhere := a.graph.Add(fakegraph.Person{}).ID
	a.graph.Give(fakegraph.VisioPlan1, bo)
	a.graph.Give(fakegraph.OfficeE3, cy)
	a.graph.GroupLicence("9a0b", fakegraph.OfficeE3, dee)
	a.graph.Give(fakegraph.OfficeE3, eve)
	a.graph.Give(fakegraph.TeamsPhone, eve)
	const sharePoint = "1fc08a02-8b3d-43b9-831e-f76859e04e1a"
	for name, c := range map[string]struct {
		user, body string
		status     int
		code, text string
	}{
		"no usage location": {nowhere, change(one(fakegraph.OfficeE3), nil), 400, "Request_BadRequest", "License assignment cannot be done for user with invalid usage location."},
		"no seat":           {ada, change(one(fakegraph.VisioPlan1), nil), 400, "Request_BadRequest", "Subscription with SKU " + fakegraph.VisioPlan1 + " does not have any available licenses."},
		"exclusive": {
			cy, change(one(fakegraph.ExchangeP1), nil), 400, "Request_BadRequest",
			"License assignment failed because service plans EXCHANGE_S_ENTERPRISE, EXCHANGE_S_STANDARD are mutually exclusive.",
		},
		"conflicting": {
			cy, change(one(sharePoint), nil), 400, "Request_BadRequest",
			"License assignment failed because service plan SHAREPOINTENTERPRISE conflicts with service plan SHAREPOINTSTANDARD.",
		},
		"a plan is missing":       {ada, change(one(fakegraph.TeamsPhone), nil), 400, "Request_BadRequest", "License assignment failed because service plan MCOEV depends on the service plan(s) TEAMS1"},
		"a plan would be missing": {eve, change(nil, one(fakegraph.OfficeE3)), 400, "Request_BadRequest", "License assignment failed because service plan MCOEV depends on the service plan(s) TEAMS1"},
		"not owned":               {ada, change(one(fakegraph.M365E5), nil), 400, "Request_BadRequest", "License " + fakegraph.M365E5 + " does not correspond to a valid company License."},
		"by a group":              {dee, change(nil, one(fakegraph.OfficeE3)), 400, "Request_BadRequest", "User license is inherited from a group membership and it cannot be removed directly from the user."},
		"moved from a group":      {dee, change(one(fakegraph.BusinessPremium), one(fakegraph.OfficeE3)), 400, "Request_BadRequest", "User license is inherited from a group membership and it cannot be removed directly from the user."},
		"not held":                {ada, change(nil, one(fakegraph.OfficeE3)), 400, "Request_BadRequest", "User does not have a corresponding license."},
		"nobody":                  {"nobody@contoso.onmicrosoft.com", change(one(fakegraph.OfficeE3), nil), 404, "Request_ResourceNotFound", "Resource 'nobody@contoso.onmicrosoft.com' does not exist"},
		"no array to add":         {ada, `{"removeLicenses":[]}`, 400, "Request_BadRequest", "The missing parameters are: addLicenses."},
		"no array to remove":      {ada, `{"addLicenses":[{"skuId":"` + fakegraph.OfficeE3 + `"}]}`, 400, "Request_BadRequest", "The missing parameters are: removeLicenses."},
		"null for an array":       {ada, `{"addLicenses":[],"removeLicenses":null}`, 400, "Request_BadRequest", "The missing parameters are: removeLicenses."},
		"nothing":                 {ada, change(nil, nil), 400, "Request_BadRequest", "No license changes provided. At least one license to add or remove must be specified."},
		"another parameter":       {ada, `{"addLicenses":[],"removeLicenses":[],"reason":"x"}`, 400, "Request_BadRequest", "'reason'"},
		"no GUID to add":          {ada, change(one("ENTERPRISEPACK"), nil), 400, "BadRequest", "'Edm.Guid'"},
		"no GUID to remove":       {ada, change(nil, one("ENTERPRISEPACK")), 400, "BadRequest", "'Edm.Guid'"},
		"plans that are none":     {ada, `{"addLicenses":[{"skuId":"` + fakegraph.OfficeE3 + `","disabledPlans":null}],"removeLicenses":[]}`, 400, "BadRequest", "'disabledPlans'"},
		"another's plan":          {ada, `{"addLicenses":[{"skuId":"` + fakegraph.OfficeE3 + `","disabledPlans":["` + fakegraph.TeamsPhone + `"]}],"removeLicenses":[]}`, 400, "Request_BadRequest", "does not belong"},
		"an unknown property":     {ada, `{"addLicenses":[{"skuId":"` + fakegraph.OfficeE3 + `","quantity":1}],"removeLicenses":[]}`, 400, "BadRequest", "'quantity'"},
		"twice":                   {ada, change([]string{fakegraph.OfficeE3, fakegraph.OfficeE3}, nil), 400, "Request_BadRequest", "more than once"},
		"both":                    {cy, change(one(fakegraph.OfficeE3), one(fakegraph.OfficeE3)), 400, "Request_BadRequest", "more than once"},
		"no JSON":                 {ada, "{", 400, "BadRequest", "valid JSON"},
	} {
		r := a.call("POST", "/users/"+c.user+"/assignLicense", c.body)
		if r.status != c.status || r.code() != c.code || !strings.Contains(r.message(), c.text) {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	if changed := a.graph.Changed(); len(changed) != 0 {
		t.Errorf("refusals changed %v", changed)
	}

	// What one licence needs of another may come with it, in one call.
	if r := a.assign(ada, []string{fakegraph.TeamsPhone, fakegraph.OfficeE3}, nil); r.status != 200 {
		t.Errorf("together: %d %s", r.status, r.raw)
	}
	// What would conflict may go in the same call.
	if r := a.assign(cy, one(fakegraph.BusinessPremium), one(fakegraph.OfficeE3)); r.status != 200 {
		t.Errorf("a move: %d %s", r.status, r.raw)
	}
	// A plan that is switched off is in nobody's way.
	body := `{"addLicenses":[{"skuId":"` + fakegraph.ExchangeP1 + `","disabledPlans":["9aaf7827-d63c-4b61-89c3-182f06f82e5c"]}],"removeLicenses":[]}`
	if r := a.call("POST", "/users/"+dee+"/assignLicense", body); r.status != 200 {
		t.Errorf("switched off: %d %s", r.status, r.raw)
	}
}

// Lists of people refuse what Graph cannot do, and what it does only for who puts up with
// answers that are behind.
func TestQueriesThatAreRefused(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	a.graph.AddPeople(3)
	const none = "assignedLicenses/$count eq 0"
	sixteen := "id in ('" + strings.Repeat("a','", 15) + "b')"
	for name, c := range map[string]struct {
		header     string
		query      []string
		code, text string
	}{
		"advanced, no header":    {"", []string{"$filter", none, "$count", "true"}, "Request_UnsupportedQuery", "ConsistencyLevel"},
		"advanced, no count":     {eventual, []string{"$filter", none}, "Request_UnsupportedQuery", "ConsistencyLevel"},
		"advanced inside":        {"", []string{"$filter", "accountEnabled eq true and " + none}, "Request_UnsupportedQuery", "ConsistencyLevel"},
		"members without":        {"", []string{"$filter", none + " and accountEnabled eq true and userType eq 'Member'", "$count", "true"}, "Request_UnsupportedQuery", "ConsistencyLevel"},
		"members, no count":      {eventual, []string{"$filter", none + " and accountEnabled eq true and userType eq 'Member'"}, "Request_UnsupportedQuery", "ConsistencyLevel"},
		"a member in no quotes":  {eventual, []string{"$filter", none + " and userType eq Member", "$count", "true"}, "BadRequest", "in quotes"},
		"not equal":              {"", []string{"$filter", "userType ne 'Guest'"}, "Request_UnsupportedQuery", "ConsistencyLevel"},
		"negation":               {"", []string{"$filter", "not(userType eq 'Guest')"}, "Request_UnsupportedQuery", "ConsistencyLevel"},
		"an ending":              {"", []string{"$filter", "endswith(mail,'x')"}, "Request_UnsupportedQuery", "ConsistencyLevel"},
		"sorted and filtered":    {"", []string{"$filter", "startswith(displayName,'a')", "$orderby", "displayName"}, "Request_UnsupportedQuery", "ConsistencyLevel"},
		"sorted by licences":     {"", []string{"$orderby", "assignedLicenses"}, "Request_UnsupportedQuery", "Sorting not supported"},
		"search, no header":      {"", []string{"$search", `"displayName:a"`}, "Request_UnsupportedQuery", "ConsistencyLevel: eventual"},
		"search, no quotes":      {eventual, []string{"$search", "displayName:a"}, "BadRequest", "in quotes"},
		"search, no property":    {eventual, []string{"$search", `"a"`}, "BadRequest", "in quotes"},
		"search by a licence":    {eventual, []string{"$search", `"assignedLicenses:a"`}, "Request_UnsupportedQuery", "assignedLicenses"},
		"a SKU in quotes":        {"", []string{"$filter", "assignedLicenses/any(u:u/skuId eq '" + fakegraph.OfficeE3 + "')"}, "BadRequest", "incompatible types"},
		"another name in any":    {"", []string{"$filter", "assignedLicenses/any(u:x/skuId eq " + fakegraph.OfficeE3 + ")"}, "BadRequest", "u/skuId"},
		"more licences than one": {eventual, []string{"$filter", "assignedLicenses/$count eq 1", "$count", "true"}, "Request_UnsupportedQuery", "assignedLicenses"},
		"sixteen ids":            {"", []string{"$filter", sixteen}, "Request_UnsupportedQuery", "Max allowed: 15"},
		"a text with no quotes":  {"", []string{"$filter", "displayName eq Ada"}, "BadRequest", "in quotes"},
		"a quote inside":         {"", []string{"$filter", "displayName eq 'O'Neill'"}, "BadRequest", "Syntax error"},
		"an unknown property":    {"", []string{"$filter", "shoeSize eq '44'"}, "Request_UnsupportedQuery", "shoeSize"},
		"half a filter":          {"", []string{"$filter", "accountEnabled eq true and"}, "BadRequest", "too early"},
		"a truth in quotes":      {"", []string{"$filter", "accountEnabled eq 'true'"}, "BadRequest", "Edm.Boolean"},
		"a thousand":             {"", []string{"$top", "1000"}, "Request_UnsupportedQuery", "Must be between 1 and 999 inclusive."},
		"no page":                {"", []string{"$top", "0"}, "Request_UnsupportedQuery", "Must be between 1 and 999 inclusive."},
		"selection":              {"", []string{"$select", "id,licences"}, "BadRequest", "'licences'"},
		"skipping":               {"", []string{"$skip", "3"}, "BadRequest", "'$skip'"},
		"no option":              {"", []string{"filter", none}, "BadRequest", "'filter'"},
		"a page nobody gave":     {"", []string{"$skiptoken", "x"}, "Request_BadRequest", "page token"},
		"count of something":     {eventual, []string{"$count", "yes"}, "BadRequest", "$count"},
	} {
		if r := a.users(c.header, c.query...); r.status != 400 || r.code() != c.code || !strings.Contains(r.message(), c.text) {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	if got := len(a.graph.Refusals()); got != 31 {
		t.Errorf("%d calls are noted as refused", got)
	}
}

// Calls outside of what licensing takes are refused, by the reason.
func TestCallsThatAreRefused(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	ada := a.graph.AddPeople(1)[0]
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"SKUs by a filter":          {"GET", "/subscribedSkus?$filter=x", "", 400, "Request_UnsupportedQuery"},
		"subscriptions by a filter": {"GET", "/directory/subscriptions?$top=5", "", 400, "Request_UnsupportedQuery"},
		"an unknown path":           {"GET", "/licences", "", 400, "BadRequest"},
		"an unknown method":         {"DELETE", "/users/" + ada.ID, "{}", 400, "BadRequest"},
		"somebody who is not there": {"GET", "/users/nobody", "", 404, "Request_ResourceNotFound"},
		"one person by a filter":    {"GET", "/users/" + ada.ID + "?$filter=x", "", 400, "BadRequest"},
		"a usage location":          {"PATCH", "/users/" + ada.ID, `{"usageLocation":"DE"}`, 403, "Authorization_RequestDenied"},
	} {
		if r := a.call(c.method, c.path, c.body); r.status != c.status || r.code() != c.code {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	if r := a.call("POST", "/users/"+ada.ID+"/assignLicense", change(nil, nil), "Content-Type: text/plain"); r.status != 415 {
		t.Errorf("a text: %d %s", r.status, r.raw)
	}
	if touched := a.graph.Touched(); len(touched) != 0 {
		t.Errorf("touched were %v", touched)
	}

	// Who may, sets it; and it is noted.
	a.graph.Permit("User.ReadWrite.All")
	a.token = a.graph.Token()
	if r := a.call("PATCH", "/users/"+ada.ID, `{"usageLocation":"DE"}`); r.status != 204 || len(a.graph.Touched()) != 1 {
		t.Errorf("%d, touched were %v", r.status, a.graph.Touched())
	}
}

// Each call takes its permission; a token is worth what was granted when it was given, until it ends.
func TestTokensAndPermissions(t *testing.T) {
	t.Parallel()
	a := play(t, fakegraph.Options{})
	ada := a.graph.AddPeople(1)[0].ID
	a.graph.Own(fakegraph.OfficeE3, 1)
	may := func() (allowed string) {
		for _, c := range [][3]string{
			{"GET", "/subscribedSkus", ""}, {"GET", "/directory/subscriptions", ""}, {"GET", "/users", ""}, {"GET", "/users/" + ada, ""},
			{"POST", "/users/" + ada + "/assignLicense", change(one(fakegraph.OfficeE3), nil)},
		} {
			switch r := a.call(c[0], c[1], c[2]); {
			case r.status == 200:
				allowed += "y"
			case r.status == 403 && r.code() == "Authorization_RequestDenied":
				allowed += "n"
			default:
				t.Errorf("%v: %d %s", c, r.status, r.raw)
			}
		}
		return allowed
	}
	for permission, want := range map[string]string{
		"Organization.Read.All": "yynnn", "User.Read.All": "nnyyn", "LicenseAssignment.ReadWrite.All": "nnnny", "User.ReadWrite.All": "nnyyy", "Mail.Read": "nnnnn",
	} {
		a.graph.Permit(permission)
		a.token = a.graph.Token()
		if got := may(); got != want {
			t.Errorf("%s allows %s", permission, got)
		}
	}
	a.graph.Permit(fakegraph.Permissions...)
	if got := may(); strings.Count(got, "y") > 3 {
		t.Errorf("an old token has new permissions: %s", got)
	}
	a.token = a.graph.Token()
	if got := may(); got != "yyyyy" {
		t.Errorf("the three allow %s", got)
	}
	a.graph.Advance(time.Hour)
	if r := a.call("GET", "/users", ""); r.status != 401 || r.code() != "InvalidAuthenticationToken" || !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("after an hour: %d %s", r.status, r.raw)
	}
	a.token = a.graph.Token()
	a.graph.Revoke()
	if r := a.call("GET", "/users", ""); r.status != 401 {
		t.Errorf("after its end: %d", r.status)
	}
}
