package conversations

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cartwright/commerce"
)

// Verbs about approvals. A vote is a click on what it was printed with, and nothing else:
// no typed word reaches one.
const (
	verbApprovals = "approvals"
	verbApproval  = "approval"   // order
	verbApprove   = "approve"    // order, hash of its quote
	verbReject    = "reject"     // order, hash: asks why
	verbRejectWhy = "reject.why" // order, hash; field reason
	verbPropose   = "propose"    // order, hash: asks what
	verbProposal  = "propose.send"
	verbExplain   = "why"           // order: asks what it is for
	verbExplained = "why.send"      // order; field reason
	verbAccepted  = "order.accept"  // order, hash of the proposal
	verbDeclined  = "order.decline" // order, hash of the proposal
	fieldReason   = "reason"
	fieldSeats    = "seats_" // and the line
	fieldTerms    = "terms_" // and the line
)

// Steps about approvals.
const (
	stepApprovals step = "approvals"
	stepApproval  step = "approval"
	stepReject    step = "reject"  // why
	stepPropose   step = "propose" // what instead
	stepExplain   step = "explain" // what it is for
)

// clickApproval reads the clicks about approvals; ok is false for any other.
func clickApproval(s state, r ref, values map[string]string) (next state, eff effect, ok bool) {
	switch r.verb {
	case verbApprovals:
		s.Step = stepApprovals
	case verbApproval:
		s.Step, s.Order = stepApproval, r.text(0)
	case verbApprove:
		return s, vote{order: r.text(0), hash: r.text(1)}, true
	case verbReject:
		s.Step, s.Order, s.Shown, s.Reason = stepReject, r.text(0), r.text(1), ""
	case verbRejectWhy:
		s.Step, s.Order, s.Shown, s.Reason = stepReject, r.text(0), r.text(1), clipTo(values[fieldReason], commerce.MaxReason)
		return s, vote{order: s.Order, hash: s.Shown, reject: true, reason: s.Reason}, true
	case verbExplain:
		s.Step, s.Order, s.Reason = stepExplain, r.text(0), ""
	case verbExplained:
		s.Step, s.Order, s.Reason = stepExplain, r.text(0), strings.TrimSpace(values[fieldReason])
		return s, explanation{s.Order, s.Reason}, true
	case verbPropose:
		s.Step, s.Order, s.Shown, s.Changes = stepPropose, r.text(0), r.text(1), nil
	case verbProposal:
		if !s.asks(stepPropose, r.text(0), r.text(1)) {
			s.Changes = nil // of another order, or of another time
		}
		s.Step, s.Order, s.Shown, s.Changes = stepPropose, r.text(0), r.text(1), merged(s.Changes, readChanges(values))
		return s, proposal{order: s.Order, hash: s.Shown, changes: s.Changes}, true
	case verbAccepted:
		return s, answer{order: r.text(0), hash: r.text(1), accept: true}, true
	case verbDeclined:
		return s, answer{order: r.text(0), hash: r.text(1)}, true
	default:
		return s, nil, false
	}
	return s, nil, true
}

// lineForm is what was filled in for a line of an order; nil for a field that was not shown:
// a platform may ask for a line's fields in two parts.
type lineForm struct {
	Line  int     `json:"line"`
	Seats *string `json:"seats,omitempty"`
	Plan  *string `json:"plan,omitempty"`
}

// readChanges reads the fields of a proposal, by the lines that they are of.
func readChanges(values map[string]string) []lineForm {
	byLine := map[int]lineForm{}
	for key, value := range values {
		if l, ok := readChange(key, clip(value)); ok && (len(byLine) < commerce.MaxCartLines || byLine[l.Line].Line != 0) {
			byLine[l.Line] = l.over(byLine[l.Line])
		}
	}
	return slices.SortedFunc(maps.Values(byLine), func(a, b lineForm) int { return a.Line - b.Line })
}

func readChange(key, value string) (l lineForm, ok bool) {
	for prefix, field := range map[string]**string{fieldSeats: &l.Seats, fieldTerms: &l.Plan} {
		line, err := strconv.Atoi(strings.TrimPrefix(key, prefix))
		if strings.HasPrefix(key, prefix) && err == nil {
			l.Line, *field = line, &value
			return l, true
		}
	}
	return l, false
}

// over is a line's form on top of an earlier one of it.
func (l lineForm) over(before lineForm) lineForm {
	return lineForm{Line: l.Line, Seats: cmp.Or(l.Seats, before.Seats), Plan: cmp.Or(l.Plan, before.Plan)}
}

// asks reports whether a form about an order, as it was priced then, is what is shown.
func (s state) asks(form step, order, hash string) bool {
	return s.Step == form && s.Order == order && s.Shown == hash
}

// merged are lines with what was filled in for them last.
func merged(before, now []lineForm) []lineForm {
	for _, l := range before {
		if i := slices.IndexFunc(now, func(n lineForm) bool { return n.Line == l.Line }); i >= 0 {
			now[i] = now[i].over(l)
		} else {
			now = append(now, l)
		}
	}
	slices.SortFunc(now, func(a, b lineForm) int { return a.Line - b.Line })
	return now[:min(len(now), commerce.MaxCartLines)]
}

// proposal offers to approve an order with changes.
type proposal struct {
	order, hash string
	changes     []lineForm
}

func (e proposal) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	changes := make([]commerce.LineChange, len(e.changes))
	for i, c := range e.changes {
		changes[i].Line = c.Line
		if c.Plan != nil {
			changes[i].Plan = readPlan(*c.Plan)
		}
		if c.Seats == nil {
			continue
		}
		n, err := commerce.ReadQuantity(*c.Seats, commerce.Offer{Seats: commerce.Seats{Min: 1}})
		if err != nil {
			return result{}, err
		}
		changes[i].Quantity = n
	}
	order, err := s.Propose(ctx, r, e.order, e.hash, changes)
	return result{order: order}, err
}

func (e proposal) then(s state, _ result, err error) state {
	switch commerce.CodeOf(err) {
	case commerce.CodeQuantity, commerce.CodeNoChange, commerce.CodeUnavailable:
		return s.fail(err, "")
	}
	s.Step, s.Order, s.Shown, s.Changes = stepApproval, e.order, "", nil
	if err != nil {
		return s.fail(err, "")
	}
	return s
}

// explanation says what an order is for.
type explanation struct{ order, why string }

func (e explanation) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	order, err := s.Explain(ctx, r, e.order, e.why)
	return result{order: order}, err
}

func (e explanation) then(s state, _ result, err error) state {
	if commerce.IsCode(err, commerce.CodeReason) {
		s.Reason = clipTo(s.Reason, 2*commerce.MaxReason)
		return s.fail(err, fieldReason)
	}
	s.Step, s.Order, s.Reason = stepOrder, e.order, ""
	if err != nil {
		return s.fail(err, "")
	}
	return s.say(Good, "approval.explained")
}

// answer is the buyer's to a proposal.
type answer struct {
	order, hash string
	accept      bool
}

func (e answer) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	do := s.DeclineProposal
	if e.accept {
		do = s.AcceptProposal
	}
	order, err := do(ctx, r, e.order, e.hash)
	return result{order: order}, err
}

func (e answer) then(s state, _ result, err error) state {
	s.Step, s.Order = stepOrder, e.order
	if err != nil {
		return s.fail(err, "")
	}
	return s
}

// vote casts the actor's vote on an order.
type vote struct {
	order, hash string
	reject      bool
	reason      string
}

func (e vote) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	if e.reject {
		order, err := s.Reject(ctx, r, e.order, e.hash, e.reason)
		return result{order: order}, err
	}
	order, err := s.Approve(ctx, r, e.order, e.hash)
	return result{order: order}, err
}

func (e vote) then(s state, _ result, err error) state {
	if commerce.IsCode(err, commerce.CodeReason) {
		return s.fail(err, fieldReason)
	}
	s.Step, s.Order, s.Shown, s.Reason = stepApproval, e.order, "", ""
	if err != nil {
		return s.fail(err, "")
	}
	return s
}

func withdrawOrder(s *commerce.Service) changeOrder { return s.Withdraw }
func nudgeOrder(s *commerce.Service) changeOrder    { return s.Nudge }
