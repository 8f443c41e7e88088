package graph

import (
	"context"
	"fmt"
	"strings"

	"cartwright/commerce"
)

// Assign leaves out whoever has a licence of the SKU already, by themselves or through a
// group.
func (g *Graph) Assign(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	results, err := g.serve(ctx, org, change{to: sku}, users)
	if err != nil {
		return nil, fmt.Errorf("assign licences in %s: %w", org.ID, err)
	}
	return results, nil
}

// Remove leaves alone whoever has the licence through a group: ReasonByGroup. Taking from
// somebody who has none is no error.
func (g *Graph) Remove(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	results, err := g.serve(ctx, org, change{from: sku}, users)
	if err != nil {
		return nil, fmt.Errorf("remove licences in %s: %w", org.ID, err)
	}
	return results, nil
}

// Move leaves alone whoever has the licence through a group: ReasonByGroup. Whoever holds
// both keeps both: ReasonHasThis.
func (g *Graph) Move(ctx context.Context, org commerce.Organisation, from, to string, users []string) ([]commerce.AssignResult, error) {
	if from == "" || to == "" || strings.EqualFold(from, to) {
		return nil, fmt.Errorf("move licences in %s: %w", org.ID, misusef("from %q to %q", from, to))
	}
	results, err := g.serve(ctx, org, change{from, to}, users)
	if err != nil {
		return nil, fmt.Errorf("move licences in %s: %w", org.ID, err)
	}
	return results, nil
}

func (g *Graph) serve(ctx context.Context, org commerce.Organisation, c change, users []string) ([]commerce.AssignResult, error) {
	if len(users) > commerce.AssignBatch {
		return nil, misusef("%d users at once", len(users))
	}
	if c == (change{}) {
		return nil, misusef("no licence is named")
	}
	t, err := g.tenant(org)
	if err != nil {
		return nil, err
	}
	r := newRun(t, c, users)
	if err := r.toTheEnd(ctx); err != nil {
		return nil, err
	}
	results := make([]commerce.AssignResult, len(users))
	for i, user := range users {
		reason, answered := r.reasons[strings.ToLower(user)]
		if !answered {
			reason = commerce.ReasonGone // no id of Graph's
		}
		results[i] = commerce.AssignResult{User: user, Reason: reason, AskIn: r.askIn[strings.ToLower(user)]}
	}
	return results, nil
}
