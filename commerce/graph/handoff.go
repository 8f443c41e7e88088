package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cartwright/commerce"
)

var _ commerce.Vendor = (*HandOff)(nil)

// HandOff is the Vendor of an organisation that buys from Microsoft itself: no API takes
// such an order, so a person places it in the admin centre. HandOff tells what the tenant
// owns, before and after. It changes nothing, and keeps nothing.
type HandOff struct {
	g         *Graph
	catalogue func() commerce.Catalogue
}

// NewHandOff makes a HandOff that reads tenants through g.
func NewHandOff(g *Graph, catalogue func() commerce.Catalogue) *HandOff {
	return &HandOff{g, catalogue}
}

// Prices are the catalogue's: Microsoft tells its own in the admin centre only.
func (h *HandOff) Prices(_ context.Context, org commerce.Organisation, asked []commerce.PriceOf) ([]commerce.Plan, error) {
	catalogue, now := h.catalogue(), h.g.o.Now()
	plans := make([]commerce.Plan, len(asked))
	for i, a := range asked {
		offer, known := catalogue.Offer(a.Offer)
		if !known {
			continue
		}
		if plan, priced := offer.Price(org, a.Plan, now); priced {
			plan.Indicative = true
			plans[i] = plan
		}
	}
	return plans, nil
}

// Place is CodeVendorRefused for an order that makes no sense in the organisation's cloud.
func (h *HandOff) Place(ctx context.Context, org commerce.Organisation, p commerce.Placement) (commerce.Placed, error) {
	if err := h.check(org, p); err != nil {
		return commerce.Placed{}, fmt.Errorf("hand %s over: %w", p.Order, err)
	}
	return h.LookUp(ctx, org, p.Key)
}

// LookUp is CodeUnavailable where the tenant cannot be read.
func (h *HandOff) LookUp(ctx context.Context, org commerce.Organisation, _ string) (commerce.Placed, error) {
	at := h.g.o.Now()
	skus, subscriptions, err := h.g.owned(ctx, org)
	if err != nil {
		return commerce.Placed{}, fmt.Errorf("read what %s owns: %w", org.ID, err)
	}
	estate := estateOf(skus, subscriptions)
	estate.At = at
	return commerce.Placed{Owned: &estate}, nil
}

// PlanRenewal is CodeAtMicrosoft.
func (h *HandOff) PlanRenewal(context.Context, commerce.Organisation, string, int) error {
	return commerce.Refuse(commerce.CodeAtMicrosoft)
}

func (h *HandOff) check(org commerce.Organisation, p commerce.Placement) error {
	if p.Key == "" || p.Order == "" || len(p.Lines) == 0 {
		return refuse("an order needs a key, a number and lines")
	}
	catalogue, seen := h.catalogue(), map[int]bool{}
	for _, l := range p.Lines {
		offer, sold := catalogue.Offer(l.Offer.ID)
		switch {
		case seen[l.ID]:
			return refuse("line %d comes twice", l.ID)
		case !sold || !slices.Contains(offer.Clouds, org.Cloud) || offer.GraphSKU != l.Offer.GraphSKU:
			return refuse("offer %q is not sold", l.Offer.ID)
		case !slices.ContainsFunc(offer.PlansFor(org, h.g.o.Now()), func(plan commerce.Plan) bool { return plan.PlanID == l.Plan }):
			return refuse("offer %q has no plan %v", l.Offer.ID, l.Plan)
		case l.Quantity < max(1, offer.Seats.Min) || offer.Seats.Max > 0 && l.Quantity > offer.Seats.Max:
			return refuse("offer %q is not sold %d times", l.Offer.ID, l.Quantity)
		}
		seen[l.ID] = true
	}
	return nil
}

func refuse(format string, args ...any) error {
	return commerce.Refuse(commerce.CodeVendorRefused).Because(fmt.Errorf(format, args...))
}

// estateOf puts together what Graph tells by SKU and by subscription.
func estateOf(skus []subscribed, subscriptions []subscription) commerce.Estate {
	estate := commerce.Estate{Usable: map[string]int{}}
	for _, s := range skus {
		estate.Usable[strings.ToLower(s.SKU)] += s.Prepaid.Enabled
	}
	for _, s := range subscriptions {
		estate.Subscriptions = append(estate.Subscriptions, commerce.OwnedSubscription{
			ID: s.ID, SKU: strings.ToLower(s.SKU), Part: s.Part, Seats: s.Total, Enabled: s.Status == "Enabled", Trial: s.Trial,
			Created: s.created(), RenewsAt: s.ends(),
		})
	}
	return estate
}
