package commerce

import (
	"context"
	"time"
)

// RenewalNotice are how many days before a renewal people hear of it, the earlier first.
var RenewalNotice = []int{30, 7}

// notices are those of RenewalNotice that come. Of a month's term only the last does: the
// earlier would be due as soon as the renewal before is over, each month, and say twice
// what is still to come. A term that was not bought here is not known, and taken for a
// year.
func (b Bought) notices() []int {
	if b.Line.Plan.Commitment == Month {
		return RenewalNotice[len(RenewalNotice)-1:]
	}
	return RenewalNotice
}

// Renewal is a subscription that renews soon with seats that nobody uses.
type Renewal struct {
	Subscription
	Days   int    // the notice that is due, of RenewalNotice
	Unused int    // seats of the next term that nobody uses
	Cost   Plan   // a plan at today's price; zero where none is on sale
	Paid   bool   // that plan was bought here; else it is the first on sale, and what is paid is not known
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
	for _, d := range b.notices() {
		if !now.Before(s.RenewsAt.Add(-time.Duration(d) * 24 * time.Hour)) {
			days = d
		}
	}
	if days == 0 {
		return Renewal{}, false
	}
	cost, paid := s.cost(org, b, now)
	return Renewal{Subscription: s, Days: days, Unused: unused, Cost: cost, Paid: paid, Buyer: b.Buyer}, true
}

// cost is what a seat costs now in the plan that was bought here, else in the first on
// sale, and whether it was bought.
func (s Subscription) cost(org Organisation, b Bought, now time.Time) (Plan, bool) {
	if plan, ok := s.Offer.Price(org, b.Line.Plan, now); ok {
		return plan, true
	}
	plans := s.Offer.PlansFor(org, now)
	if len(plans) == 0 {
		return Plan{}, false
	}
	return plans[0], false
}
