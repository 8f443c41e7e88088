package conversations

import (
	"context"
	"errors"
	"time"

	"cartwright/commerce"
	"cartwright/conversations/intent"
	"cartwright/conversations/locale"
)

// facts is what a step and a prompt are made from, besides the state.
type facts struct {
	org    commerce.Organisation
	actor  commerce.Actor
	words  locale.Words
	now    time.Time
	shelf  commerce.Shelf
	cart   commerce.Cart
	denied error          // the actor is no buyer: for whatever needs one
	meant  *intent.Intent // what the event's text was read as; nil: it was not read

	people   commerce.Unlicensed
	orders   []commerce.Order
	more     bool // there are orders after these
	order    commerce.Order
	link     string
	assigned []commerce.Assignment

	owned      []commerce.Subscription
	ownedKnown bool
	picked     []commerce.User // the first of those chosen for a task
	found      []commerce.User // by the search for people
	preview    commerce.Preview
	task       commerce.Task // zero where there is no such task
	unread     error         // what did not answer, of these

	catalogue commerce.Catalogue
	need      commerce.Requirement // of the cart's quote
	request   commerce.Case        // of the order
	forMe     []commerce.Order     // that wait for the actor's vote
	voter     commerce.Voter       // the actor, with those for whom they stand in
	standing  commerce.Delegations // of the organisation
}

// pageSize is how many things a list shows at once.
const pageSize = 6

func (f facts) sells(o commerce.Offer, id commerce.PlanID) bool {
	for _, p := range o.PlansFor(f.org, f.now) {
		if p.PlanID == id {
			return true
		}
	}
	return false
}

// offers reports whether what a form asks for is on sale in that plan.
func (f facts) offers(form form) bool {
	o, ok := f.shelf.Offer(form.Offer)
	return ok && f.sells(o, readPlan(form.Plan))
}

// stillOpen reports whether a form can go on as it was filled in: in a plan that is on sale, or
// in none yet.
func (f facts) stillOpen(form form) bool {
	_, sold := f.shelf.Offer(form.Offer)
	return sold && form.Plan == "" || f.offers(form)
}

// known is what nothing is read for: who it is.
func (e *Engine) known(f facts) facts {
	f.now, f.catalogue = e.Now(), e.Service.Catalogue()
	f.denied = commerce.Authorise(f.org, f.actor, commerce.Buyer)
	return f
}

// ground reads what every other step needs: what is sold, the cart.
func (e *Engine) ground(ctx context.Context, f facts) (facts, error) {
	if f = e.known(f); f.mayBuy() {
		return e.stock(ctx, f)
	}
	return f, nil
}

// mayBuy reports whether the actor is a buyer; denied says why not.
func (f facts) mayBuy() bool { return f.denied == nil }

// stock reads what is sold and what is in the cart.
func (e *Engine) stock(ctx context.Context, f facts) (facts, error) {
	var err error
	f.shelf, f.cart, err = e.Service.Stock(ctx, f.actor)
	return f, err
}

// gather reads what the prompt of the state needs besides.
func (e *Engine) gather(ctx context.Context, s state, f facts) (facts, error) {
	if denied(s.Step, f) {
		return f, nil // the prompt is the refusal
	}
	var err error
	switch s.Step {
	case stepDetails:
		f.people = e.Service.Unlicensed(ctx, f.org.ID)
	case stepPayment:
		f.people = e.Service.Unlicensed(ctx, f.org.ID)
		if f.cart.Quote != nil {
			f.need, err = e.Service.Requirement(ctx, f.actor, *f.cart.Quote)
		}
		if err == nil && f.need.Approvals > 0 {
			f, err = e.gatherVoter(ctx, f)
		}
	case stepApprovals, stepDelegate, stepApproval, stepReject, stepPropose:
		return e.gatherApproval(ctx, s, f)
	case stepOrders:
		f.orders, err = e.Service.Orders(ctx, f.actor, s.Page*pageSize, pageSize+1)
		if len(f.orders) > pageSize {
			f.orders, f.more = f.orders[:pageSize], true
		}
	case stepOrder, stepSubmitted, stepPeople, stepExplain:
		return e.gatherOrder(ctx, s, f)
	case stepSubscriptions, stepChoose, stepTarget, stepPick, stepAddresses, stepPreview, stepPreviewPeople, stepRenew,
		stepStarted, stepTask, stepTaskPeople:
		return e.gatherLicences(ctx, s, f)
	}
	return f, err
}

// gatherApproval reads what whoever approves, or has somebody stand in, needs to know.
func (e *Engine) gatherApproval(ctx context.Context, s state, f facts) (facts, error) {
	f, err := e.gatherVoter(ctx, f)
	switch {
	case err != nil || s.Step == stepDelegate:
		return f, err
	case s.Step == stepApprovals:
		f.forMe, f.orders, err = e.Service.Approvals(ctx, f.actor)
		return f, err
	}
	f, err = e.gatherOrder(ctx, s, f)
	if err == nil && f.order.Approval != nil {
		f.request, err = e.Service.Case(ctx, f.order)
	}
	return f, err
}

// gatherVoter reads who stands in for whom.
func (e *Engine) gatherVoter(ctx context.Context, f facts) (facts, error) {
	var err error
	f.voter, err = e.Service.Voter(ctx, f.org, f.actor)
	f.standing = f.voter.Delegations
	return f, err
}

func (e *Engine) gatherOrder(ctx context.Context, s state, f facts) (facts, error) {
	var err error
	f.order, err = e.Service.Order(ctx, f.actor, s.Order)
	if err != nil {
		return f, err
	}
	f.link, err = e.Service.PaymentLink(ctx, f.order)
	if err != nil {
		return f, err
	}
	f.assigned, err = e.Service.People(ctx, f.order)
	if err == nil && f.order.State == commerce.StateAwaitingApproval && f.standing == nil {
		f, err = e.gatherVoter(ctx, f)
	}
	return f, err
}

// coded reports whether err is a refusal that a person is told of, rather than a failure.
func coded(err error) bool {
	var refusal *commerce.Error
	return errors.As(err, &refusal)
}
