package commerce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Directory finds out what a person may do now, outside any event.
type Directory interface {
	// Actor is the person with the roles that they hold now, by the organisations file and
	// by the groups of the account. Failed: it could not be found out.
	Actor(ctx context.Context, org Organisation, person string, account Account) Actor
}

// Requirement is the approval that a quote needs, as things stand: the amount spent in the
// last 30 days may be another by the time of the order.
func (s *Service) Requirement(ctx context.Context, actor Actor, q Quote) (Requirement, error) {
	org, _, err := s.organisation(actor.Organisation)
	if err != nil {
		return Requirement{}, err
	}
	spent, err := s.Ledger.Spent(ctx, org.ID, s.Now().Add(-SpentWindow))
	if err != nil {
		return Requirement{}, err
	}
	return org.Policy.Evaluate(FactsOf(q, org, s.Catalogue(), actor.Person, sum(spent, "")))
}

// Approve votes for an order, on the quote with that hash.
func (s *Service) Approve(ctx context.Context, r Request, id, hash string) (Order, error) {
	return s.vote(ctx, r, id, Vote{Hash: hash})
}

// Reject votes against an order, which ends it, and says why. CodeReason: it does not.
func (s *Service) Reject(ctx context.Context, r Request, id, hash, reason string) (Order, error) {
	reason = strings.TrimSpace(strings.ToValidUTF8(reason, "\uFFFD"))
	return s.vote(ctx, r, id, Vote{Hash: hash, Reject: true, Reason: reason})
}

// vote casts a vote once for an event. One that may not be cast is recorded too.
func (s *Service) vote(ctx context.Context, r Request, id string, v Vote) (Order, error) {
	org, _, err := s.organisation(r.Actor.Organisation)
	if err != nil {
		return Order{}, err
	}
	voter, err := s.entitled(ctx, org, r.Actor)
	if err != nil {
		return Order{}, s.refuseVote(ctx, r, id, v, err)
	}
	_, _, err = s.once(ctx, r.Event, func(tx Tx) (string, error) {
		o, err := tx.Order(id)
		switch {
		case err != nil:
			return "", err
		case o.Organisation != org.ID:
			return "", Refuse(CodeNotFound)
		}
		if err := o.answerable(org, voter, v, s.Now()); err != nil {
			return "", err
		}
		v.sign(voter, o.authority(voter), s.Now())
		return o.ID, s.cast(tx, o, r, v)
	})
	if err != nil {
		return Order{}, s.refuseVote(ctx, r, id, v, err)
	}
	return s.Ledger.Order(ctx, org.ID, id)
}

// answerable says why a vote cannot be cast, nil where it can.
func (o Order) answerable(org Organisation, voter Voter, v Vote, now time.Time) error {
	if err := o.MayVote(org, voter, v.Hash); err != nil {
		return err
	}
	if err := o.open(v.Reject, now); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(v.Reason); v.Reject && (n == 0 || n > MaxReason) {
		return Refuse(CodeReason, "max", MaxReason)
	}
	return nil
}

// entitled is the actor as a voter, once they may see what is voted on.
func (s *Service) entitled(ctx context.Context, org Organisation, actor Actor) (Voter, error) {
	if err := mayRead(org, actor); err != nil {
		return Voter{}, err
	}
	return s.Voter(ctx, org, actor)
}

func (s *Service) cast(tx Tx, o Order, r Request, v Vote) error {
	action := "approval.approved"
	if v.Reject {
		action = "approval.rejected"
	}
	if err := o.vote(v, s.Now()); err != nil {
		return err
	}
	o.Version++
	return s.keep(tx, o, r.Actor, r.Event, action, map[string]any{"vote": v, "round": o.Approval.Round, "missing": o.Approval.Missing()})
}

// refuseVote records a vote that was refused, in the organisation's audit, and answers
// with the refusal. Nothing else changes.
func (s *Service) refuseVote(ctx context.Context, r Request, id string, v Vote, why error) error {
	code := CodeOf(why)
	switch code {
	case CodeInternal, CodeReason, CodeQuantity, CodeNoChange, CodeUnavailable, CodeOfferGone, CodeNoPrice:
		return why // it failed, or whoever may vote has mistyped
	}
	_, _, err := s.once(ctx, r.Event+"/refused", func(tx Tx) (string, error) {
		e, err := s.entry(Order{ID: id, Organisation: r.Actor.Organisation}, r.Actor, r.Event, "approval.refused", map[string]any{
			"code": code, "hash": v.Hash, "reject": v.Reject,
		})
		if err != nil {
			return "", err
		}
		return id, tx.Append(e)
	})
	if err != nil {
		return errors.Join(fmt.Errorf("record a refused vote: %w", err), why)
	}
	return why
}

// verdict finds out what a verdict is passed on: what each voter may do now, what the
// goods cost now. What does not answer leaves the request open, to be tried again.
func (w *work) verdict(ctx context.Context) (outcome, error) {
	j := judgement{roles: map[string][]Role{}, tolerance: w.org.Tolerance, microsoft: w.ports.Gateway == nil}
	for _, v := range w.order.Approval.Votes {
		voter, err := w.Voter(ctx, w.org, w.Directory.Actor(ctx, w.org, v.Person, v.Account))
		if err != nil || voter.Failed || voter.Unsure && v.For != "" {
			return w.unsure(errors.Join(err, fmt.Errorf("the roles behind the vote of %s could not be looked up", v.Person)))
		}
		j.roles[v.Person] = w.order.backing(v, voter)
	}
	if err := w.reprice(ctx, &j); err != nil {
		return w.unsure(err)
	}
	round := w.order.Approval.Round
	return outcome{
		apply:  func(o *Order, now time.Time) error { return o.judge(j, now, w.Timings) },
		action: "approval.judged", data: map[string]any{"round": round, "roles": j.roles, "subtotal": j.quote.Subtotal, "hash": j.quote.Hash},
	}, nil
}

// grace is how long a verdict that cannot be passed is tried after the last vote.
const grace = 24 * time.Hour

// unsure leaves the request open, to be looked at again, until its time is over and some
// more since the last vote.
func (w *work) unsure(why error) (outcome, error) {
	last, _ := w.order.Approval.Last()
	if w.Now().Before(later(w.order.Approval.ExpiresAt, last.At.Add(w.Timings.Wait(grace)))) {
		return outcome{}, why
	}
	return outcome{
		apply:  func(o *Order, now time.Time) error { return o.unanswered(now) },
		action: "approval.expired", data: map[string]any{"why": "lookup"},
	}, nil
}

// reprice asks the vendor for the order's prices of now.
func (w *work) reprice(ctx context.Context, j *judgement) error {
	cart := w.order.cart()
	prices, err := w.prices(ctx, w.org, w.ports.Vendor, cart)
	if err != nil && CodeOf(err) == CodeUnavailable {
		return err
	}
	shelf := Shelf{Organisation: w.org, Catalogue: w.Catalogue(), Now: w.Now()}
	if err == nil {
		j.quote, err = shelf.Price(cart, prices, w.Timings.Quote)
	}
	if err != nil {
		if CodeOf(err) == CodeInternal {
			return err
		}
		j.gone = err
		return nil
	}
	spent, err := w.Ledger.Spent(ctx, w.org.ID, w.Now().Add(-SpentWindow))
	if err != nil {
		return err
	}
	j.need, err = w.org.Policy.Evaluate(FactsOf(j.quote, w.org, w.Catalogue(), w.order.Buyer, sum(spent, w.id)))
	return err
}

// Approvals lists what waits for the actor's vote, and what they asked for themselves,
// newest first.
func (s *Service) Approvals(ctx context.Context, actor Actor) (forMe, mine []Order, err error) {
	org, _, err := s.organisation(actor.Organisation)
	if err != nil {
		return nil, nil, err
	}
	voter, err := s.entitled(ctx, org, actor)
	if err != nil {
		return nil, nil, err
	}
	all, err := s.every(ctx, OrderQuery{Organisation: org.ID, State: StateAwaitingApproval})
	if err != nil {
		return nil, nil, err
	}
	proposed, err := s.every(ctx, OrderQuery{Organisation: org.ID, Person: actor.Person, State: StateChangesProposed})
	if err != nil {
		return nil, nil, err
	}
	mine = proposed
	for _, o := range all {
		switch {
		case o.Buyer == actor.Person:
			mine = append(mine, o)
		case o.MayVote(org, voter, o.Quote.Hash) == nil && o.open(false, s.Now()) == nil:
			forMe = append(forMe, o)
		}
	}
	return forMe, mine, nil
}

// Withdraw takes a request for approval back: the order is called off.
func (s *Service) Withdraw(ctx context.Context, r Request, id string) (Order, error) {
	return s.changeOrder(ctx, r, id, "approval.withdrawn", func(_ Tx, o *Order) error {
		if o.State != StateAwaitingApproval && o.State != StateChangesProposed {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		return o.to(StateCancelling, s.Now())
	})
}

// Nudge reminds those who have not answered, once a day. CodeNudged: it was done lately, or
// nobody is waited for.
func (s *Service) Nudge(ctx context.Context, r Request, id string) (Order, error) {
	return s.changeOrder(ctx, r, id, "approval.nudged", func(_ Tx, o *Order) error { return o.nudge(s.Now(), s.Timings) })
}

// Explain has the buyer say what the order is for, to those who are to approve it.
// CodeReason: it is too long.
func (s *Service) Explain(ctx context.Context, r Request, id, why string) (Order, error) {
	why = strings.TrimSpace(strings.ToValidUTF8(why, "\uFFFD"))
	if utf8.RuneCountInString(why) > MaxReason {
		return Order{}, Refuse(CodeReason, "max", MaxReason)
	}
	return s.changeOrder(ctx, r, id, "approval.explained", func(_ Tx, o *Order) error {
		if o.State != StateAwaitingApproval {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		o.Approval.Why = why
		return nil
	})
}

// Case is what whoever approves an order decides on, beside the order itself.
type Case struct {
	Free  map[int]int // by line: licences of the same kind that nobody uses; none: not known
	Spent Money       // what the organisation has ordered in the last 30 days besides, committed
}

// Case reads what the approval of an order is decided on. What does not answer is left out.
func (s *Service) Case(ctx context.Context, o Order) (Case, error) {
	c := Case{Free: map[int]int{}}
	spent, err := s.Ledger.Spent(ctx, o.Organisation, s.Now().Add(-SpentWindow))
	if err != nil {
		return c, err
	}
	c.Spent = Zero(o.Quote.Currency).Plus(sum(spent, o.ID))
	shelf, err := s.Shelf(ctx, o.Organisation)
	if err != nil {
		return c, err
	}
	for _, l := range o.Lines {
		if h, ok := shelf.Holdings[l.GraphSKU]; ok && h.Known {
			c.Free[l.ID] = h.Free()
		}
	}
	return c, nil
}

// SpentWindow is how far back spent_30d looks.
const SpentWindow = 30 * 24 * time.Hour

// Commitment is what an order of some time ago commits the organisation to.
type Commitment struct {
	Order  string
	Amount Money
}

// sum adds commitments up, without those of one order.
func sum(spent []Commitment, without string) Money {
	var total Money
	for _, c := range slices.DeleteFunc(slices.Clone(spent), func(c Commitment) bool { return c.Order == without }) {
		total = total.Plus(c.Amount)
	}
	return total
}
