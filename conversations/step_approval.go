package conversations

import (
	"context"

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
	fieldReason   = "reason"
)

// Steps about approvals.
const (
	stepApprovals step = "approvals"
	stepApproval  step = "approval"
	stepReject    step = "reject" // why
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
	default:
		return s, nil, false
	}
	return s, nil, true
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
