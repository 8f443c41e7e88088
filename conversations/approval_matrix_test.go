package conversations_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"cartwright/commerce"
)

// deed is something that can be done about a request for approval.
type deed struct {
	do     func(s *commerce.Service, r commerce.Request, o commerce.Order) error
	who    []string         // may do it
	states []commerce.State // and in which
}

func deeds() map[string]deed {
	waiting, either := []commerce.State{commerce.StateAwaitingApproval}, []commerce.State{commerce.StateAwaitingApproval, commerce.StateChangesProposed}
	ctx := context.Background()
	approvers := []string{"bruno", "chloe"}
	last := func(_ commerce.Order, err error) error { return err }
	return map[string]deed{
		"approve": {func(s *commerce.Service, r commerce.Request, o commerce.Order) error {
			return last(s.Approve(ctx, r, o.ID, o.Quote.Hash))
		}, approvers, waiting},
		"reject": {func(s *commerce.Service, r commerce.Request, o commerce.Order) error {
			return last(s.Reject(ctx, r, o.ID, o.Quote.Hash, "no"))
		}, approvers, waiting},
		"propose": {func(s *commerce.Service, r commerce.Request, o commerce.Order) error {
			return last(s.Propose(ctx, r, o.ID, o.Quote.Hash, []commerce.LineChange{{Line: 1, Quantity: 3, Plan: o.Quote.Lines[0].Plan}}))
		}, approvers, waiting},
		"accept": {func(s *commerce.Service, r commerce.Request, o commerce.Order) error {
			return last(s.AcceptProposal(ctx, r, o.ID, o.Approval.Proposal.Quote.Hash))
		}, []string{"aicha"}, []commerce.State{commerce.StateChangesProposed}},
		"decline": {func(s *commerce.Service, r commerce.Request, o commerce.Order) error {
			return last(s.DeclineProposal(ctx, r, o.ID, o.Approval.Proposal.Quote.Hash))
		}, []string{"aicha"}, []commerce.State{commerce.StateChangesProposed}},
		"withdraw": {func(s *commerce.Service, r commerce.Request, o commerce.Order) error {
			return last(s.Withdraw(ctx, r, o.ID))
		}, []string{"aicha"}, either},
		"nudge": {func(s *commerce.Service, r commerce.Request, o commerce.Order) error {
			return last(s.Nudge(ctx, r, o.ID))
		}, []string{"aicha"}, waiting},
		"explain": {func(s *commerce.Service, r commerce.Request, o commerce.Order) error {
			return last(s.Explain(ctx, r, o.ID, "why"))
		}, []string{"aicha"}, waiting},
	}
}

// Who may do what in which state: each role, each deed, each state; known, unknown to the
// organisation, and not to be found out. What is refused is told by a code, and changes nothing.
func TestWhoMayDoWhatInWhichState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 2, From: []commerce.Role{commerce.Approver}})
	id := w.as("aicha").buys("business-premium", "10", "P1Y.annual", false)
	w.as("bruno").types("order " + id)
	seen := w.order(id)
	w.as("chloe").reads(id).clicks("Approve with changes").fills("seats_1", "5").clicks("Propose")
	proposal := w.order(id).Approval.Proposal
	n := 0
	for name, d := range deeds() {
		for _, state := range commerce.States {
			for _, who := range []string{"aicha", "bruno", "chloe", "dagmar", "emil", "nobody", "adatum/bruno", "failed/bruno"} {
				n++
				o := w.sets(id, seen, state, proposal)
				r := commerce.Request{Event: fmt.Sprintf("matrix:%d", n), Actor: w.actor(who)}
				err := d.do(w.service, r, o)
				may := slices.Contains(d.who, who) && slices.Contains(d.states, state)
				after := w.order(id)
				if (err == nil) != may || (after.Version != o.Version) != may || err != nil && commerce.CodeOf(err) == commerce.CodeInternal {
					t.Errorf("%s by %s in %s: %v, version %d to %d", name, who, state, err, o.Version, after.Version)
				}
			}
		}
	}
}

// sets has the order be in a state, as if nobody had done anything about its request.
func (w *world) sets(id string, as commerce.Order, state commerce.State, p *commerce.Proposal) commerce.Order {
	w.Helper()
	now := w.order(id)
	as.Version, as.State = now.Version+1, state
	a := *as.Approval
	a.Proposal, a.ExpiresAt = p, monday.Add(72*time.Hour)
	as.Approval = &a
	if err := w.books.Change(w.ctx, func(tx commerce.Tx) error { return tx.SaveOrder(as, time.Time{}) }); err != nil {
		w.Fatalf("set the state: %v", err)
	}
	return w.order(id)
}

// actor is somebody of the organisation, of another, or whose lookup failed.
func (w *world) actor(who string) commerce.Actor {
	org, _ := w.organisation("contoso")
	a := commerce.Actor{Organisation: org.ID, Person: who, Name: who, Account: commerce.Account{Platform: platform, ID: who}}
	switch who {
	case "adatum/bruno":
		a.Organisation, a.Person, a.Roles = "adatum", "bruno", []commerce.Role{commerce.Approver}
	case "failed/bruno":
		a.Person, a.Failed = "bruno", true
	case "nobody":
		a.Person = ""
	default:
		p, _ := org.Person(who)
		a.Roles = p.Roles
	}
	return a
}
