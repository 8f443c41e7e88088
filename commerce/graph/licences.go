package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cartwright/commerce"
)

// Licences are in order, those that somebody has through a group among them.
func (g *Graph) Licences(ctx context.Context, org commerce.Organisation, users []string) (map[string][]string, error) {
	t, err := g.tenant(org)
	if err != nil {
		return nil, fmt.Errorf("read the licences of %s: %w", org.ID, err)
	}
	found, err := t.look(ctx, users, "id,assignedLicenses")
	if err != nil {
		return nil, fmt.Errorf("read the licences of %s: %w", org.ID, err)
	}
	held := make(map[string][]string, len(found))
	for _, user := range users {
		if a, exists := found[strings.ToLower(user)]; exists {
			held[user] = a.skus()
		}
	}
	return held, nil
}

// skus are those that somebody has.
func (a account) skus() []string {
	skus := make([]string, len(a.Licences))
	for i, l := range a.Licences {
		skus[i] = strings.ToLower(l.SKU)
	}
	slices.Sort(skus)
	return skus
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
