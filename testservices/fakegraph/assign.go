package fakegraph

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

var guids = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// change is what assignLicense is asked for.
type change struct {
	add    []licence
	remove []string
}

// assignLicense changes somebody's licences: everything that it is asked for, or nothing.
func (g *Graph) assignLicense(q *request) answer {
	c, no := parseChange(q.body)
	if no != nil {
		return *no
	}
	p := g.who(q.user)
	if p == nil {
		return notFound(q.user)
	}
	if p.Restricted {
		return forbidden()
	}
	if no := g.check(p, c); no != nil {
		return *no
	}
	g.apply(p, c)
	shown := p.shown(p.now(), append([]string{"assignedLicenses", "accountEnabled", "usageLocation"}, usual...))
	shown["@odata.context"] = q.base + "/$metadata#users/$entity"
	return answer{status: http.StatusOK, body: shown}
}

// parseChange reads a body, in which both arrays are.
func parseChange(body map[string]any) (c change, no *answer) {
	var missing []string
	for _, name := range []string{"addLicenses", "removeLicenses"} {
		if _, is := body[name].([]any); !is {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return c, new(bad("One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: %s.", strings.Join(missing, ", ")))
	}
	for name := range body {
		if name != "addLicenses" && name != "removeLicenses" {
			return c, new(bad("The parameter '%s' in the request payload is not a valid parameter for the operation 'assignLicense'.", name))
		}
	}
	for _, v := range body["addLicenses"].([]any) {
		l, no := parseLicence(v)
		if no != nil {
			return c, no
		}
		c.add = append(c.add, l)
	}
	for _, v := range body["removeLicenses"].([]any) {
		sku, _ := v.(string)
		if !guids.MatchString(sku) {
			return c, errGUID(v)
		}
		c.remove = append(c.remove, strings.ToLower(sku))
	}
	return c, c.wrong()
}

func errGUID(v any) *answer {
	return new(badSyntax("Cannot convert the literal '%v' to the expected type 'Edm.Guid'.", v))
}

func parseLicence(v any) (licence, *answer) {
	fields, _ := v.(map[string]any)
	sku, _ := fields["skuId"].(string)
	if !guids.MatchString(sku) {
		return licence{}, errGUID(fields["skuId"])
	}
	l := licence{sku: strings.ToLower(sku)}
	for name, field := range fields {
		off, isList := field.([]any)
		switch {
		case name == "skuId":
		case name != "disabledPlans":
			return l, new(badSyntax("The property '%s' does not exist on type 'microsoft.graph.assignedLicense'.", name))
		case !isList:
			return l, new(badSyntax("A null or other value was found for the property 'disabledPlans', which is a collection."))
		}
		for _, plan := range off {
			id, _ := plan.(string)
			if !guids.MatchString(id) {
				return l, errGUID(plan)
			}
			l.disabled = append(l.disabled, strings.ToLower(id))
		}
	}
	return l, nil
}

// wrong is what a change is refused for, whoever it is of.
func (c change) wrong() *answer {
	if len(c.add)+len(c.remove) == 0 {
		return new(bad("No license changes provided. At least one license to add or remove must be specified."))
	}
	seen := slices.Clone(c.remove)
	for _, l := range c.add {
		seen = append(seen, l.sku)
	}
	slices.Sort(seen)
	if len(slices.Compact(slices.Clone(seen))) < len(seen) {
		return new(bad("One or more licenses are specified more than once."))
	}
	return nil
}

// check is why that person cannot have that change, nil where they can.
func (g *Graph) check(p *person, c change) *answer {
	_, owned := g.owned(g.now())
	for _, l := range c.add {
		if owned[l.sku] == nil {
			return new(bad("License %s does not correspond to a valid company License.", l.sku))
		}
		for _, plan := range l.disabled {
			if !slices.ContainsFunc(g.product(l.sku).Plans, func(of Plan) bool { return of.ID == plan }) {
				return new(bad("License assignment failed because service plan %s does not belong to license %s.", plan, l.sku))
			}
		}
	}
	v := p.now()
	if len(c.add) > 0 && v.location == "" {
		return new(bad("License assignment cannot be done for user with invalid usage location."))
	}
	if no := c.checkRemoval(v); no != nil {
		return no
	}
	if no := g.checkPlans(c.after(v)); no != nil {
		return no
	}
	return g.checkSeats(v, c)
}

func (c change) checkRemoval(v version) *answer {
	for _, sku := range c.remove {
		switch direct, inherited := v.has(sku); {
		case direct:
		case inherited:
			return new(bad("User license is inherited from a group membership and it cannot be removed directly from the user."))
		default:
			return new(bad("User does not have a corresponding license."))
		}
	}
	return nil
}

func (g *Graph) checkPlans(after []licence) *answer {
	names := g.planNames(after)
	switch one, other, form, found := conflict(names); {
	case found && form == "exclusive":
		return new(bad("License assignment failed because service plans %s, %s are mutually exclusive.", one, other))
	case found:
		return new(bad("License assignment failed because service plan %s conflicts with service plan %s.", one, other))
	}
	if plan, of, found := lacking(names); found {
		return new(bad("License assignment failed because service plan %s depends on the service plan(s) %s", plan, strings.Join(of, ", ")))
	}
	return nil
}

func (g *Graph) checkSeats(v version, c change) *answer {
	for _, l := range c.add {
		direct, inherited := v.has(l.sku)
		if !direct && !inherited && g.usable(l.sku) <= g.consumed(l.sku, g.now()) {
			return new(bad("Subscription with SKU %s does not have any available licenses.", l.sku))
		}
	}
	return nil
}

// after is what somebody has after the change.
func (c change) after(v version) []licence {
	replaced := slices.Clone(c.remove)
	for _, l := range c.add {
		replaced = append(replaced, l.sku)
	}
	kept := slices.DeleteFunc(slices.Clone(v.licences), func(l licence) bool { return l.group == "" && slices.Contains(replaced, l.sku) })
	return append(kept, c.add...)
}

func (g *Graph) apply(p *person, c change) {
	before := p.now()
	after := c.after(before)
	for _, l := range c.add {
		if direct, _ := before.has(l.sku); direct {
			g.repeats[p.ID]++
		}
	}
	for i := range after {
		setDefault(&after[i].at, g.now())
	}
	g.set(p, after)
	p.assigned++
	p.changed = true
	if len(before.skus()) > 0 && len(p.now().skus()) == 0 {
		g.bare = append(g.bare, p.ID)
	}
}
