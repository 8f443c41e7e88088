package commerce

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Proposal is what an approver would approve instead of what was ordered. The buyer accepts
// or declines it.
type Proposal struct {
	By    Vote  `json:"by"` // their approval of Quote, if it is accepted
	Quote Quote `json:"quote"`
}

// Declined is a proposal that the buyer did not take.
type Declined struct {
	By string    `json:"by"` // the name of whoever proposed it
	At time.Time `json:"at"`
}

// LineChange is what a line of an order would become: no more licences, or another plan. A
// quantity of 0 and the plan that is none leave it as it is.
type LineChange struct {
	Line     int
	Quantity int
	Plan     PlanID
}

// revised is the cart of the order with changes. CodeQuantity: a line would grow, or end;
// CodeNoChange: nothing differs.
func (o Order) revised(changes []LineChange) (Cart, error) {
	c := o.cart()
	changed := false
	for i := range c.Lines {
		l := &c.Lines[i]
		at := slices.IndexFunc(changes, func(c LineChange) bool { return c.Line == l.ID })
		if at < 0 {
			continue
		}
		n, plan := cmp.Or(changes[at].Quantity, l.Quantity), cmp.Or(changes[at].Plan, l.Plan)
		if n < 1 || n > l.Quantity {
			return Cart{}, Refuse(CodeQuantity, "min", 1, "max", l.Quantity)
		}
		changed = changed || l.Quantity != n || l.Plan != plan
		l.Quantity, l.Plan = n, plan
	}
	if !changed {
		return Cart{}, Refuse(CodeNoChange)
	}
	return c, nil
}

// Propose offers the buyer of an order to approve it with changes, by who has seen the
// quote with that hash.
func (s *Service) Propose(ctx context.Context, r Request, id, hash string, changes []LineChange) (Order, error) {
	org, ports, err := s.organisation(r.Actor.Organisation)
	if err != nil {
		return Order{}, err
	}
	voter, err := s.entitled(ctx, org, r.Actor)
	if err != nil {
		return Order{}, s.refuseVote(ctx, r, id, Vote{Hash: hash}, err)
	}
	seen, err := s.Ledger.Order(ctx, org.ID, id)
	if err != nil {
		return Order{}, s.refuseVote(ctx, r, id, Vote{Hash: hash}, err)
	}
	var quote Quote // of no use where they may not: the repeat of an event that was applied is told apart below
	if seen.answerable(org, voter, Vote{Hash: hash}, s.Now()) == nil {
		quote, err = s.priceOf(ctx, org, ports, seen, changes)
	}
	if err != nil {
		return Order{}, err
	}
	_, _, err = s.once(ctx, r.Event, func(tx Tx) (string, error) {
		o, err := tx.Order(id)
		if err != nil {
			return "", err
		}
		if err := o.answerable(org, voter, Vote{Hash: hash}, s.Now()); err != nil {
			return "", err
		}
		if quote.Hash == "" {
			return "", Refuse(CodeStale) // it could not be proposed when it was looked at, and now it can
		}
		by := Vote{Hash: quote.Hash}
		by.sign(voter, o.authority(voter), s.Now())
		return o.ID, s.propose(tx, o, r, Proposal{By: by, Quote: quote})
	})
	if err != nil {
		return Order{}, s.refuseVote(ctx, r, id, Vote{Hash: hash}, err)
	}
	return s.Ledger.Order(ctx, org.ID, id)
}

// priceOf is what the order would cost with changes, at the prices of now.
func (s *Service) priceOf(ctx context.Context, org Organisation, ports Ports, o Order, changes []LineChange) (Quote, error) {
	cart, err := o.revised(changes)
	if err != nil {
		return Quote{}, err
	}
	prices, err := s.prices(ctx, org, ports.Vendor, cart)
	if err != nil {
		return Quote{}, err
	}
	for i := range cart.Lines {
		cart.Lines[i].Seen = prices[i].Price // it is the buyer who accepts the whole
	}
	shelf := Shelf{Organisation: org, Catalogue: s.Catalogue(), Now: s.Now()}
	for _, l := range cart.Lines {
		offer, ok := shelf.Offer(l.Offer)
		if !ok {
			return Quote{}, Refuse(CodeOfferGone)
		}
		if _, ok := shelf.plan(offer, l.Plan); !ok || l.Quantity < offer.Seats.Min {
			return Quote{}, Refuse(CodeQuantity, "min", max(1, offer.Seats.Min), "max", l.Quantity)
		}
	}
	return shelf.Price(cart, prices, s.Timings.Quote)
}

func (s *Service) propose(tx Tx, o Order, r Request, p Proposal) error {
	o.Approval.Proposal = &p
	if err := o.to(StateChangesProposed, s.Now()); err != nil {
		return err
	}
	o.Version++
	return s.keep(tx, o, r.Actor, r.Event, "approval.proposed", map[string]any{"proposal": o.Approval.Proposal})
}

// AcceptProposal makes the proposal with that hash the order: its proposer has approved it,
// and no other vote counts any more.
func (s *Service) AcceptProposal(ctx context.Context, r Request, id, hash string) (Order, error) {
	return s.answerProposal(ctx, r, id, hash, "approval.accepted", func(tx Tx, o *Order) error {
		org, _, err := s.organisation(o.Organisation)
		if err != nil {
			return err
		}
		spent, err := tx.Spent(org.ID, s.Now().Add(-SpentWindow))
		if err != nil {
			return err
		}
		need, err := org.Policy.Evaluate(FactsOf(o.Approval.Proposal.Quote, org, s.Catalogue(), o.Buyer, sum(spent, o.ID)))
		if err != nil {
			return err
		}
		if err := o.revise(need, s.Now(), s.Timings); err != nil {
			return err
		}
		return s.trim(tx, o)
	})
}

// DeclineProposal leaves the order as it was asked for, with the votes that it has.
func (s *Service) DeclineProposal(ctx context.Context, r Request, id, hash string) (Order, error) {
	return s.answerProposal(ctx, r, id, hash, "approval.declined", func(_ Tx, o *Order) error {
		o.Approval.Declined = &Declined{By: o.Approval.Proposal.By.Name, At: s.Now()}
		o.Approval.Proposal = nil
		return o.to(StateAwaitingApproval, s.Now())
	})
}

// answerProposal has the buyer answer the proposal with that hash. What is refused is recorded.
func (s *Service) answerProposal(ctx context.Context, r Request, id, hash, action string, fn func(Tx, *Order) error) (Order, error) {
	o, err := s.changeOrder(ctx, r, id, action, func(tx Tx, o *Order) error {
		if err := o.proposes(hash, s.Now()); err != nil {
			return err
		}
		return fn(tx, o)
	})
	if err != nil {
		return Order{}, s.refuseVote(ctx, r, id, Vote{Hash: hash}, err)
	}
	return o, nil
}

// proposes says why no proposal with that hash can be answered, nil where it can.
func (o Order) proposes(hash string, now time.Time) error {
	switch {
	case o.State != StateChangesProposed || o.Approval == nil || o.Approval.Proposal == nil:
		return Refuse(CodeOrderState, "state", string(o.State))
	case o.Approval.Proposal.Quote.Hash != hash:
		return Refuse(CodeStale)
	case !now.Before(o.Approval.ExpiresAt):
		return Refuse(CodeApprovalExpired)
	}
	return nil
}

// revise takes the proposal. An order that by itself would need nobody still has needed
// somebody to say so: its proposer.
func (o *Order) revise(need Requirement, now time.Time, t Timings) error {
	a := o.Approval
	a.Void = append(a.Void, a.Votes...)
	a.Votes = []Vote{a.Proposal.By}
	o.price(a.Proposal.Quote)
	a.Proposal = nil
	a.Moved, a.Rose, a.Declined = Money{}, "", nil
	if need.Approvals > 0 {
		a.Need = need
	} else {
		a.Need.Approvals, a.Need.DistinctRoles, a.Need.Rule, a.Need.Why = 1, false, "", nil // no rule asks any more
	}
	escalated := a.Escalated
	a.renew(now, t)
	a.Escalated = escalated && len(a.held(a.Votes[0].Roles)) == 0 // who was asked by that alone still counts
	return o.to(StateAwaitingApproval, now)
}

// trim leaves those without a licence for whom there is none any more.
func (s *Service) trim(tx Tx, o *Order) error {
	all, err := tx.Assignments(o.ID)
	if err != nil {
		return err
	}
	all = inOrder(all)
	left := map[int]int{}
	for _, l := range o.Lines {
		left[l.ID] = l.Licences()
	}
	var dropped []Assignment
	for i, a := range all {
		if a.State != AssignPending {
			continue
		}
		if left[a.Line]--; left[a.Line] < 0 {
			all[i].State, all[i].Reason = AssignSkipped, ReasonNoSeat
			if l := o.Line(a.Line); l != nil && l.State == LineUnbought {
				all[i].Reason = ReasonUndelivered
			}
			dropped = append(dropped, all[i])
		}
	}
	o.count(all)
	return tx.SaveAssignments(dropped)
}
