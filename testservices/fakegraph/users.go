package fakegraph

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// usual are the properties that come where none are chosen.
var usual = strings.Fields("businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName")

// chosen are those that come only where they are.
var chosen = strings.Fields("accountEnabled assignedLicenses city companyName country createdDateTime department licenseAssignmentStates onPremisesSyncEnabled usageLocation userType")

// shown is somebody as a read has them.
func (p *person) shown(v version, properties []string) map[string]any {
	kind := "Member"
	if p.Guest {
		kind = "Guest"
	}
	known := map[string]any{
		"id": p.ID, "displayName": p.Name, "userPrincipalName": p.UPN, "mail": p.UPN, "businessPhones": []any{}, "usageLocation": null(v.location),
		"accountEnabled": !p.Disabled, "userType": kind, "createdDateTime": stamp(p.created), "assignedLicenses": v.assigned(), "licenseAssignmentStates": v.states(),
	}
	shown := map[string]any{}
	for _, name := range properties {
		shown[name] = known[name]
	}
	return shown
}

// assigned are licences as assignedLicenses has them: one of each SKU, whether by a group or not.
func (v version) assigned() []any {
	list := []any{}
	for _, sku := range v.skus() {
		i := slices.IndexFunc(v.licences, func(l licence) bool { return l.sku == sku && l.failure == "" })
		list = append(list, map[string]any{"skuId": sku, "disabledPlans": texts(v.licences[i].disabled)})
	}
	return list
}

func (v version) states() []any {
	list := []any{}
	for _, l := range v.licences {
		state, failure := "Active", "None"
		if l.failure != "" {
			state, failure = "Error", l.failure
		}
		list = append(list, map[string]any{
			"skuId": l.sku, "disabledPlans": texts(l.disabled), "assignedByGroup": null(l.group), "state": state, "error": failure, "lastUpdatedDateTime": stamp(l.at),
		})
	}
	return list
}

func texts(of []string) []string {
	if of == nil {
		return []string{}
	}
	return of
}

// selection reads $select.
func selection(q *request) ([]string, *answer) {
	if !q.query.Has("$select") {
		return usual, nil
	}
	var names []string
	for name := range strings.SplitSeq(q.query.Get("$select"), ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(usual, name) && !slices.Contains(chosen, name) {
			return nil, new(badSyntax("Parsing OData Select and Expand failed: Could not find a property named '%s' on type 'microsoft.graph.user'.", name))
		}
		names = append(names, name)
	}
	return names, nil
}

// options are refused where they are none of those, or come twice.
func options(q *request, known ...string) *answer {
	for _, name := range slices.Sorted(maps.Keys(q.query)) {
		switch {
		case !slices.Contains(known, name):
			return new(badSyntax("The query parameter '%s' is not supported.", name))
		case len(q.query[name]) > 1:
			return new(badSyntax("Query option '%s' was specified more than once, but it must be specified at most once.", name))
		}
	}
	return nil
}

func (g *Graph) getUser(q *request) answer {
	if no := options(q, "$select"); no != nil {
		return *no
	}
	names, no := selection(q)
	if no != nil {
		return *no
	}
	p := g.who(q.user)
	if p == nil {
		return notFound(q.user)
	}
	shown := p.shown(p.then(g.seen()), names)
	shown["@odata.context"] = q.base + "/$metadata#users/$entity"
	return answer{status: http.StatusOK, body: shown}
}

// patchUser sets a usage location, and nothing else.
func (g *Graph) patchUser(q *request) answer {
	p := g.who(q.user)
	location, is := q.body["usageLocation"].(string)
	switch {
	case p == nil:
		return notFound(q.user)
	case !is || len(q.body) != 1:
		return bad("Only usageLocation can be set here.")
	case len(location) != 2:
		return bad("Invalid value specified for property 'usageLocation' of resource 'User'.")
	}
	v := p.now()
	v.at, v.location = g.now(), location
	p.versions = append(p.versions, v)
	g.touched = append(g.touched, p.ID)
	return answer{status: http.StatusNoContent}
}
