package commerce

import (
	"context"
	"slices"
	"time"
)

// RenewalNotice are how many days before a renewal people hear of it, the earlier first.
var RenewalNotice = []int{30, 7}

// Renewal is a subscription that renews soon with seats that nobody uses.
type Renewal struct {
	Subscription
	Days   int    // the notice that is due, of RenewalNotice
	Unused int    // seats of the next term that nobody uses
	Cost   Plan   // the plan whose price they cost; zero where no price is known
	Buyer  string // person id of who bought it here last, "" for nobody
}

// Renewals lists what is due to be told of the organisation's subscriptions at a moment.
// CodeUnavailable: what is owned could not be read.
func (s *Service) Renewals(ctx context.Context, organisation string) ([]Renewal, error) {
	org, ports, err := s.organisation(organisation)
	if err != nil {
		return nil, err
	}
	read := readSeats(ctx, org, ports.Licensor, s.readTime(), s.Now)
	if !read.known {
		return nil, Refuse(CodeUnavailable)
	}
	bought, err := s.Ledger.Bought(ctx, org.ID)
	if err != nil {
		return nil, err
	}
	var due []Renewal
	for _, sub := range s.subscriptions(read) {
		if r, ok := sub.renewal(org, bought[sub.SKU], s.Now()); ok {
			due = append(due, r)
		}
	}
	return due, nil
}

// renewal is the notice that is due of a subscription, if any: the latest whose day has
// come, so that one that was missed is not sent late beside the next.
func (s Subscription) renewal(org Organisation, b Bought, now time.Time) (Renewal, bool) {
	unused := s.Next - s.Used
	if unused <= 0 || !s.RenewsAt.After(now) {
		return Renewal{}, false
	}
	days := 0
	for _, d := range RenewalNotice {
		if !now.Before(s.RenewsAt.Add(-time.Duration(d) * 24 * time.Hour)) {
			days = d
		}
	}
	if days == 0 {
		return Renewal{}, false
	}
	return Renewal{Subscription: s, Days: days, Unused: unused, Cost: s.cost(org, b, now), Buyer: b.Buyer}, true
}

// cost is the price of a seat in the plan that was bought, else in the first on sale.
func (s Subscription) cost(org Organisation, b Bought, now time.Time) Plan {
	plans := s.Offer.PlansFor(org, now)
	if len(plans) == 0 {
		return Plan{}
	}
	i := slices.IndexFunc(plans, func(p Plan) bool { return p.PlanID == b.Line.Plan })
	return plans[max(0, i)]
}
