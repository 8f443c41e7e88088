package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cartwright/commerce"
)

// Licences are in order. Those that a group cannot give are among them where Graph says that
// the person's other licences are why.
func (g *Graph) Licences(ctx context.Context, org commerce.Organisation, users []string) (map[string]commerce.Licences, error) {
	t, err := g.tenant(org)
	if err != nil {
		return nil, fmt.Errorf("read the licences of %s: %w", org.ID, err)
	}
	found, err := t.look(ctx, users, "id,assignedLicenses,licenseAssignmentStates")
	if err != nil {
		return nil, fmt.Errorf("read the licences of %s: %w", org.ID, err)
	}
	held := make(map[string]commerce.Licences, len(found))
	for _, user := range users {
		if a, exists := found[strings.ToLower(user)]; exists {
			held[user] = a.licences()
		}
	}
	return held, nil
}

// licences are those that somebody has, and those that they lack for what they have.
func (a account) licences() commerce.Licences {
	all := commerce.Licences{}
	for _, l := range a.Licences {
		all = append(all, commerce.Licence{SKU: strings.ToLower(l.SKU), ByGroup: a.grouped(l.SKU)})
	}
	for _, s := range a.States {
		sku, fails := strings.ToLower(s.SKU), s.fails()
		if fails != commerce.ReasonNone && !all.Has(sku) && all.Fails(sku) == commerce.ReasonNone {
			all = append(all, commerce.Licence{SKU: sku, ByGroup: true, Fails: fails})
		}
	}
	slices.SortFunc(all, func(one, other commerce.Licence) int { return strings.Compare(one.SKU, other.SKU) })
	return all
}

// fails is why a group cannot give somebody its licence, where it is for the plans of what
// they have beside: a licence of their own would not go with them either.
func (s state) fails() commerce.Reason {
	switch {
	case s.Group == "" || s.State != "Error":
	case s.Error == "MutuallyExclusiveViolation":
		return commerce.ReasonConflict
	case s.Error == "DependencyViolation":
		return commerce.ReasonNoBase
	}
	return commerce.ReasonNone
}

func (a account) holds(sku string) bool {
	return slices.ContainsFunc(a.Licences, func(l licence) bool { return strings.EqualFold(l.SKU, sku) })
}

// grouped reports whether a group gives, or tries to give, a licence of the SKU. What a
// group gives only the group can take: without its own the user would have it still.
func (a account) grouped(sku string) bool {
	return slices.ContainsFunc(a.States, func(s state) bool { return s.Group != "" && strings.EqualFold(s.SKU, sku) })
}

// change takes a licence of from away from a user and gives them one of to, both in one
// call. One of them is "" where there is only something to give or to take.
type change struct{ from, to string }

// done reports whether somebody has what they are to have.
func (c change) done(a account) bool {
	return (c.from == "" || !a.holds(c.from)) && (c.to == "" || a.holds(c.to))
}

// hindrance says why nothing can be done for somebody, of what Graph does not refuse by
// itself, and of what it is not to be asked for.
func (c change) hindrance(a account) commerce.Reason {
	switch {
	case c.from != "" && !a.holds(c.from): // in a move
		return commerce.ReasonNoLicence
	case c.from != "" && a.grouped(c.from):
		return commerce.ReasonByGroup
	case c.to == "":
		return commerce.ReasonNone
	case a.holds(c.to):
		return commerce.ReasonHasThis
	}
	return a.user().Ineligible()
}

// body is that of a call that makes the change. Graph wants both lists.
func (c change) body() assignment {
	b := assignment{Add: []addition{}, Remove: []string{}}
	if c.to != "" {
		b.Add = append(b.Add, addition{SKU: c.to, Disabled: []string{}})
	}
	if c.from != "" {
		b.Remove = append(b.Remove, c.from)
	}
	return b
}

type assignment struct {
	Add    []addition `json:"addLicenses"`
	Remove []string   `json:"removeLicenses"`
}

type addition struct {
	SKU      string   `json:"skuId"`
	Disabled []string `json:"disabledPlans"`
}

// deciding are the fields on which it depends whether somebody is given a licence.
const deciding = accountFields + ",assignedLicenses,licenseAssignmentStates"

// look reads the fields of the users, by id in small letters. Those who are gone are absent.
func (t *tenant) look(ctx context.Context, users []string, fields string) (map[string]account, error) {
	found, err := t.listed(ctx, "id", ids(users), fields)
	if err != nil {
		return nil, lacking(err, readUsers)
	}
	by := make(map[string]account, len(found))
	for _, a := range found {
		by[strings.ToLower(a.ID)] = a
	}
	return by, nil
}
