package conversations

import (
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
)

// asked is a request for two approvals, of somebody in a place.
func asked(t testing.TB, at place, change func(*commerce.Order)) facts {
	t.Helper()
	f := goldenFacts(t, at).ordered(t, func(o *commerce.Order) {
		one := 10000
		limit, err := commerce.NewMoney("10000", o.Quote.Currency)
		if err != nil {
			t.Fatal(err)
		}
		o.State = commerce.StateAwaitingApproval
		o.Approval = &commerce.Approval{Round: 1, RequestedAt: morning, ExpiresAt: morning.Add(72 * time.Hour), Need: commerce.Requirement{
			Rule: "large", Approvals: 2, From: []commerce.Role{commerce.Approver, "finance"}, DistinctRoles: true,
			Why: []commerce.PolicyReason{
				{Fact: "committed", Op: commerce.AtLeast, Value: commerce.Operand{Money: o.Quote.Committed}, Limit: commerce.Operand{Money: limit}},
				{Fact: "quantity", Op: commerce.Above, Value: commerce.Operand{Number: &one}, Limit: commerce.Operand{Number: &one}},
				{Fact: "products", Op: commerce.Has, Limit: commerce.Operand{Texts: []string{"business-premium"}}},
				{Fact: "groups", Op: commerce.HasNot, Limit: commerce.Operand{Texts: []string{"apps", "add-on"}}},
				{Fact: "term", Op: commerce.Is, Limit: commerce.Operand{Texts: []string{"P1Y"}}},
				{Fact: "spent_30d", Op: commerce.Below, Value: commerce.Operand{Money: limit}, Limit: commerce.Operand{Money: limit}},
				{Fact: "buyer", Op: commerce.IsNot, Limit: commerce.Operand{Texts: []string{"bruno"}}},
			},
		}}
		if change != nil {
			change(o)
		}
	})
	f.catalogue = commerce.BuiltIn()
	f.request = commerce.Case{Free: map[int]int{f.order.Lines[0].ID: 3}, Spent: f.order.Quote.Total}
	f.actor.Person, f.actor.Name, f.actor.Roles = "bruno", "Bruno", []commerce.Role{commerce.Approver}
	f.denied = commerce.Authorise(f.org, f.actor, commerce.Buyer)
	f.voter = commerce.Voter{Actor: f.actor}
	return f
}

func voted(name string, reject bool) commerce.Vote {
	v := commerce.Vote{Person: strings.ToLower(name), Name: name, Roles: []commerce.Role{commerce.Approver, "finance"}, At: morning.Add(time.Hour), Reject: reject}
	if reject {
		v.Reason = "There are three free ones. <!channel>"
	}
	return v
}

// requests are the moments of a request.
func requests(t testing.TB) map[string]func(*commerce.Order) {
	t.Helper()
	return map[string]func(*commerce.Order){
		"open": nil,
		"declined": func(o *commerce.Order) {
			o.Approval.Declined = &commerce.Declined{By: "Chloé", At: morning.Add(2 * time.Hour)}
		},
		"half": func(o *commerce.Order) { o.Approval.Votes = []commerce.Vote{voted("Chloé", false)} },
		"checking": func(o *commerce.Order) {
			o.Approval.Need.Approvals, o.Approval.Votes = 1, []commerce.Vote{voted("Chloé", false)}
		},
		"moved": func(o *commerce.Order) { o.Approval.Moved, o.Approval.Round = o.Quote.Lines[1].Subtotal, 2 },
		"retaxed": func(o *commerce.Order) {
			o.Approval.Moved, o.Approval.Rose, o.Approval.Round = o.Quote.Tax, commerce.RoseTotal, 2
		},
		"recommitted": func(o *commerce.Order) {
			o.Approval.Moved, o.Approval.Rose, o.Approval.Round = o.Quote.Lines[1].Subtotal, commerce.RoseCommitted, 2
		},
		"approved": func(o *commerce.Order) {
			o.State, o.Approval.Verdict, o.Approval.Votes = commerce.StateAwaitingPayment, commerce.VerdictApproved, []commerce.Vote{voted("Chloé", false), voted("Dagmar", false)}
		},
		"rejected": func(o *commerce.Order) {
			o.State, o.Approval.Verdict, o.Approval.Votes = commerce.StateRejected, commerce.VerdictRejected, []commerce.Vote{voted("Chloé", true)}
		},
		"unanswered": func(o *commerce.Order) { o.State, o.Reason = commerce.StateExpired, commerce.CodeApprovalExpired },
		"withdrawn":  func(o *commerce.Order) { o.State = commerce.StateCancelled },
		"proposed": func(o *commerce.Order) {
			o.State, o.Approval.Proposal = commerce.StateChangesProposed, &commerce.Proposal{By: voted("Chloé", false), Quote: o.Quote}
		},
	}
}

func approvalGoldens(t *testing.T, at place) map[string]golden {
	t.Helper()
	all := map[string]golden{}
	for name, change := range requests(t) {
		f := asked(t, at, change)
		all["approval-"+name] = golden{state{Step: stepApproval, Order: f.order.ID}, f}
		buyer := goldenFacts(t, at)
		buyer.order, buyer.catalogue, buyer.assigned = f.order, f.catalogue, f.assigned
		all["order-asked-"+name] = golden{state{Step: stepOrder, Order: f.order.ID}, buyer}
	}
	f := asked(t, at, nil)
	shown := state{Step: stepReject, Order: f.order.ID, Shown: f.order.Quote.Hash}
	all["reject"] = golden{shown, f}
	all["reject-without-a-reason"] = golden{shown.fail(commerce.Refuse(commerce.CodeReason, "max", commerce.MaxReason), fieldReason), f}
	shown.Step = stepPropose
	all["propose"] = golden{shown, f}
	shown.Changes = []lineForm{{Line: f.order.Lines[0].ID, Seats: new("2"), Plan: new("P1Y.annual")}}
	all["propose-nothing"] = golden{shown.fail(commerce.Refuse(commerce.CodeNoChange), ""), f}
	buyer := goldenFacts(t, at)
	buyer.order = f.order
	paying := checkoutGoldens(t, at)["payment"]
	if paying.state.Step != stepPayment {
		t.Fatal("there is no golden of the payment step")
	}
	paying.facts.need, paying.facts.catalogue = f.order.Approval.Need, f.catalogue
	all["payment-asked"] = paying
	all["explain"] = golden{state{Step: stepExplain, Order: f.order.ID}, buyer}
	delegationGoldens(all, f)
	all["approvals-none"] = golden{state{Step: stepApprovals}, f}
	many := f
	for range 3 {
		many.forMe, many.orders = append(many.forMe, f.order), append(many.orders, f.order)
	}
	all["approvals"] = golden{state{Step: stepApprovals}, many}
	return all
}

// delegationGoldens are of the form, and of what is told of who stands in for whom.
func delegationGoldens(all map[string]golden, f facts) {
	policy, problems := commerce.NewPolicy([]commerce.Rule{{Name: "all", Approvals: 1, From: []commerce.Role{commerce.Approver, "finance"}}}, f.org.Currency)
	if len(problems) > 0 {
		panic(problems)
	}
	f.org.Policy = policy
	all["delegate"] = golden{state{Step: stepDelegate, StandIn: standIn{Person: "chloe", Until: "2026-12-24"}}, f}
	wrong := state{Step: stepDelegate, StandIn: standIn{Until: "2020-01-01"}}
	all["delegate-wrong"] = golden{wrong.fail(commerce.Refuse(commerce.CodeStandIn), fieldPerson).fail(commerce.Refuse(commerce.CodeUntil), fieldUntil), f}
	f.standing = commerce.Delegations{
		{From: "bruno", FromName: "Bruno", To: "dagmar", ToName: "Dagmar", Until: morning.Add(96 * time.Hour)},
		{From: "chloe", FromName: "Chloé", To: "bruno", ToName: "Bruno", Until: morning.Add(48 * time.Hour)},
	}
	f.voter = commerce.InFile(f.org, commerce.Person{ID: "bruno", Name: "Bruno", Roles: f.actor.Roles}, f.standing)
	all["approvals-stood-in"] = golden{state{Step: stepApprovals}, f}
	voted := voted("Dagmar", false)
	voted.For, voted.ForName = "chloe", "Chloé"
	approval := *f.order.Approval
	approval.Votes = []commerce.Vote{voted}
	f.order.Approval = &approval
	all["approval-stood-in"] = golden{state{Step: stepApproval, Order: f.order.ID}, f}
	f.actor.Roles = []commerce.Role{commerce.Viewer}
	all["delegate-nothing"] = golden{state{Step: stepDelegate}, f}
}

// The summary of a month, of little and of much.
func TestSummaries(t *testing.T) {
	t.Parallel()
	for _, cloud := range commerce.Clouds {
		for name, times := range map[string]int{"summary": 1, "summary-long": 2 * rowsShown} {
			var all []Prompt
			for _, at := range places(cloud) {
				p := summaryPrompt(spending(t, at, times), asked(t, at, nil))
				for _, wrong := range Unsound(p) {
					t.Errorf("%s in %s: %s", name, at.lang, wrong)
				}
				all = append(all, p)
			}
			differInWordsAlone(t, name, all)
			compareGolden(t, goldenFile(name, cloud), all)
		}
	}
}

func spending(t *testing.T, at place, times int) commerce.Summary {
	t.Helper()
	o := asked(t, at, nil).order
	sum := commerce.Summary{Month: morning.AddDate(0, -1, 0), Total: o.Quote.Committed, Charged: o.Quote.Total, Waiting: times, Waits: o.Quote.Committed, OpenLeft: o.Quote.Committed}
	for range times {
		sum.Ordered = append(sum.Ordered, o)
		sum.Open = append(sum.Open, commerce.OpenCommitment{Name: o.Lines[0].Name, Quantity: 25, Until: morning.AddDate(0, 5, 0), Left: o.Quote.Subtotal})
	}
	return sum
}
