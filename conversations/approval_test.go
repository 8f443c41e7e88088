package conversations_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/ledger"
	"cartwright/conversations"
)

// approves gives the organisation the rules of the contract's example.
func (w *world) approves(rules ...commerce.Rule) {
	w.Helper()
	if len(rules) == 0 {
		rules = []commerce.Rule{
			{Name: "small", When: "committed < 500", Approvals: 0},
			{Name: "normal", When: "committed < 10000", Approvals: 1, From: []commerce.Role{commerce.Approver}},
			{Name: "large", Approvals: 2, From: []commerce.Role{commerce.Approver, "finance"}, DistinctRoles: true},
		}
	}
	w.changes(w.org, func(o *commerce.Organisation) {
		policy, problems := commerce.NewPolicy(rules, o.Currency)
		if len(problems) > 0 {
			w.Fatalf("the rules are wrong: %v", problems)
		}
		o.Policy = policy
	})
}

// reads is the message about an order that the bot posted to the person.
func (p *person) reads(order string) *person {
	p.Helper()
	p.prompt = conversations.Prompt{}
	p.chat.mu.Lock()
	defer p.chat.mu.Unlock()
	for ref, m := range p.chat.messages {
		if strings.HasPrefix(ref, p.org+"/"+p.id+"/") && strings.Contains(m.Title, order) {
			p.prompt = m
			return p
		}
	}
	p.Fatalf("%s has no message about %s", p.id, order)
	return p
}

// A small order needs nobody; a larger one a manager, who finds all that there is to
// decide on, and whose click sends it on to its payment by itself.
func TestAManagerApproves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	small := aicha.buys("business-basic", "2", "P1Y.annual", false)
	aicha.reads(small).sees("waiting for payment")

	aicha.puts("business-premium", "10", "P1Y.annual", false).types("cart").clicks("Check out").clicks("Next").at("payment").
		sees("1 approval is needed: Bruno or Chloé will be asked.", "The commitment, €2,424.00, is €500.00 or more.")
	aicha.clicks("Place order").at("submitted")
	w.works()
	order := w.orders()[0].ID
	aicha.reads(order).sees("waiting for approval", "1 more approval is needed, by Bruno or Chloé.", "Without an answer the request ends on 26 November 2026").
		lacks("Pay").offers("Say what it is for", "Remind the approvers", "Withdraw")

	aicha.clicks("Say what it is for").at("explain").fills("reason", strings.Repeat("x", 501)).clicks("Say what it is for").at("explain").sees("Write a reason of 1 to 500 characters")
	aicha.fills("reason", "Six people start in Lyon. <@U1>").clicks("Say what it is for").at("order")
	w.works()
	bruno.reads(order).sees("What it is for = Six people start in Lyon. <@U1>")
	bruno.sends("", "why.send:"+order, map[string]string{"reason": "mine"}).sees("You do not have the role")

	bruno.reads(order).at("approval").sees("Approval of "+order, "Aïcha, 23 November 2026", "€2,908.80", "€2,424.00", "Ordered in the last 30 days, besides this", "Why approval is needed",
		"Microsoft 365 Business Premium | 10").offers("Approve", "Approve with changes", "Reject", "Show the order")
	bruno.clicks("Approve").at("approval").sees("Approved by enough people.", "Bruno approved, 23 November 2026")
	w.works()
	bruno.reads(order).sees("Approved: Bruno gave the last approval").offers("Show the order")
	w.as("chloe").reads(order).sees("Approved: Bruno gave the last approval").offers("Show the order")
	aicha.reads(order).sees("waiting for payment", "Bruno approved").offers("Pay", "Cancel the order")
	if o := w.orders()[0]; o.Approval.Verdict != commerce.VerdictApproved || o.Approval.Votes[0].Hash != o.Quote.Hash {
		t.Errorf("the order is %+v", o.Approval)
	}
}

// A large order needs two people, for two roles.
func TestTwoManagersApprove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, chloe, bruno, dagmar := w.as("aicha"), w.as("chloe"), w.as("bruno"), w.as("dagmar")
	order := aicha.buys("business-premium", "100", "P1Y.annual", false)
	aicha.reads(order).sees("2 more approvals are needed, by Bruno, Chloé or Dagmar.", "The commitment, €24,240.00, is €10,000.00 or more.")
	chloe.reads(order).clicks("Approve").sees("1 more approval is needed", "Chloé approved")
	chloe.sends("", chloe.last.Ref, nil).sees("You have voted on this already.")
	w.works()
	aicha.reads(order).sees("waiting for approval", "1 more approval is needed", "Chloé approved")
	bruno.reads(order).clicks("Approve").sees("Approved by enough people.")
	w.works()
	aicha.reads(order).sees("waiting for payment", "Chloé approved", "Bruno approved")
	dagmar.reads(order).sees("Approved: Bruno gave the last approval").offers("Show the order")
}

// One rejection ends it, with a reason that everybody reads.
func TestAManagerRejects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno, chloe := w.as("aicha"), w.as("bruno"), w.as("chloe")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	approve := chloe.reads(order).refOf("approve")
	bruno.reads(order).clicks("Reject").at("reject").clicks("Reject").at("reject").sees("Write a reason of 1 to 500 characters")
	bruno.fills("reason", "We have ten free ones.").clicks("Reject").at("approval").sees("Rejected by Bruno", "We have ten free ones.").offers("Show the order")
	w.works()
	aicha.reads(order).sees("rejected", "Rejected by Bruno, 23 November 2026, 10:00: “We have ten free ones.” Nothing was bought.")
	chloe.reads(order).sees("Rejected by Bruno", "We have ten free ones.").offers("Show the order")
	chloe.sends("", approve, nil).at("approval").sees("This was rejected before: Bruno was first.")
	w.works()
	if o := w.orders()[0]; o.State != commerce.StateRejected || len(o.Approval.Votes) != 1 {
		t.Errorf("the order is %s, with %+v", o.State, o.Approval)
	}
}

// Nobody votes who may not: not the buyer, whatever roles they have, nobody without a
// role, nobody whose lookup failed, nobody on another price. Each try is recorded, and
// nothing changes.
func TestWhoMayNotVote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	w.changes("contoso", func(o *commerce.Organisation) { o.People[0].Roles = append(o.People[0].Roles, commerce.Approver) })
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	approve := bruno.reads(order).refOf("approve")
	refused := func() int {
		return w.count("SELECT count(*) FROM audit_entries WHERE body LIKE '%approval.refused%'")
	}
	for i, c := range []struct {
		who, ref, says string
		before, after  func()
	}{
		{"aicha", approve, "You ordered this yourself, so you cannot approve or reject it. Bruno or Chloé can.", nil, nil},
		{"dagmar", approve, "You do not have the role that this needs.", nil, nil},
		{"emil", approve, "You do not have the role that this needs.", nil, nil},
		{"bruno", "approve:" + order + ":" + strings.Repeat("0", 32), "That was out of date", nil, nil},
		{"bruno", "approve:" + order, "That was out of date", nil, nil},
		{"bruno", approve, "Your roles could not be looked up just now", func() { w.directory.fail(true) }, func() { w.directory.fail(false) }},
	} {
		if c.before != nil {
			c.before()
		}
		w.as(c.who).sends("", c.ref, nil).sees(c.says)
		if c.after != nil {
			c.after()
		}
		w.works()
		if o := w.orders()[0]; len(o.Approval.Votes) != 0 || o.State != commerce.StateAwaitingApproval || refused() != i+1 {
			t.Errorf("%s with %s: the order is %s with %+v, and %d refusals are recorded", c.who, c.ref, o.State, o.Approval.Votes, refused())
		}
	}
	for _, text := range []string{"approve " + order, "Approve " + order, approve, "reject " + order + " no", "approval " + order} {
		bruno.types(text).at("home").sees("I did not understand")
	}
	if o := w.orders()[0]; len(o.Approval.Votes) != 0 {
		t.Errorf("a typed word voted: %+v", o.Approval.Votes)
	}
}

// Whoever loses the role between their vote and the verdict does not count; a lookup that
// fails then leaves the request open until it works.
func TestALostRoleDoesNotCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno, chloe := w.as("aicha"), w.as("bruno"), w.as("chloe")
	order := aicha.buys("business-premium", "100", "P1Y.annual", false)
	bruno.reads(order).clicks("Approve")
	w.works()
	w.changes("contoso", func(o *commerce.Organisation) { o.People[1].Roles = nil })
	chloe.reads(order).clicks("Approve").sees("Approved by enough people.")
	w.works()
	aicha.reads(order).sees("waiting for approval", "1 more approval is needed", "Chloé approved").lacks("Bruno approved")
	w.directory.fail(true)
	w.changes("contoso", func(o *commerce.Organisation) { o.People[1].Roles = []commerce.Role{commerce.Approver} })
	w.directory.fail(false)
	bruno.types("approvals").clicks("Show the request for " + order).clicks("Approve").sees("Approved by enough people.")
	w.directory.fail(true)
	w.works()
	if o := w.orders()[0]; o.State != commerce.StateAwaitingApproval || len(o.Approval.Votes) != 2 {
		t.Errorf("while nobody can be looked up the order is %s with %+v", o.State, o.Approval.Votes)
	}
	w.directory.fail(false)
	w.passes(time.Minute)
	aicha.reads(order).sees("waiting for payment")
}

// What is paid is at most what was approved: a price that has risen since asks anew, one
// that has fallen is paid.
func TestThePriceAtTheVerdict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	old := bruno.reads(order).refOf("approve")
	w.sells("business-premium", priced(t, "250.00"))
	bruno.clicks("Approve")
	w.works()
	bruno.reads(order).sees("The price rose from €2,424.00 to €2,500.00 before tax", "1 approval of the new price is needed.").offers("Approve", "Approve with changes", "Reject", "Show the order")
	aicha.reads(order).sees("The price rose from €2,424.00 to €2,500.00", "waiting for approval")
	bruno.sends("", old, nil).sees("That was out of date")
	w.sells("business-premium", priced(t, "240.00"))
	bruno.reads(order).clicks("Approve")
	w.works()
	aicha.reads(order).sees("waiting for payment", "€2,880.00")
	if o := w.orders()[0]; o.Approval.Round != 2 || len(o.Approval.Void) != 1 || o.Quote.Subtotal.Number() != "2400.00" {
		t.Errorf("round %d, void %+v, subtotal %s", o.Approval.Round, o.Approval.Void, o.Quote.Subtotal)
	}
}

// A request that nobody answers ends, and one that the buyer takes back.
func TestARequestEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	late := aicha.buys("business-premium", "10", "P1Y.annual", false)
	w.passes(73 * time.Hour)
	aicha.reads(late).sees("expired", "Nobody answered the request for approval in time")
	bruno.reads(late).sees("Nobody answered the request for approval in time").offers("Show the order")
	bruno.sends("", "approve:"+late+":"+w.orders()[0].Quote.Hash, nil).sees("expired")

	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.types("withdraw " + order).sees("You do not have the role")
	aicha.types("withdraw " + order).at("order").sees("being cancelled")
	w.works()
	bruno.reads(order).sees("cancelled").offers("Show the order")
	aicha.types("withdraw " + order).sees("cancelled")
}

// What waits for somebody, and what they asked for.
func TestApprovals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	bruno.types("approvals").at("approvals").sees("Nothing waits for your approval")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	aicha.types("approvals").at("approvals").sees("You asked for", order).lacks("Waiting for you").clicks("Show the request for " + order).at("approval").offers("Show the order")
	bruno.types("approvals").sees("Waiting for you", order).clicks("Show the request for "+order).at("approval").offers("Approve", "Approve with changes", "Reject", "Show the order")
	w.as("dagmar").types("approvals").sees("Nothing waits for your approval")
	bruno.clicks("Reject").clicks("Back to the request").at("approval").clicks("Show the order").at("order")
	w.as("emil").types("approvals").sees("You do not have the role")
}

// Orders of the last 30 days count, so that splitting one dodges no limit.
func TestSplittingAnOrderDodgesNoLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "free", When: "committed + spent_30d < 1000"}, commerce.Rule{Name: "asked", Approvals: 1, From: []commerce.Role{commerce.Approver}})
	aicha := w.as("aicha")
	for range 2 {
		aicha.buys("business-premium", "2", "P1Y.annual", false)
	}
	third := aicha.buys("business-premium", "2", "P1Y.annual", false)
	aicha.reads(third).sees("waiting for approval", "The rule “asked” asks for it.")
	if orders := w.orders(); orders[1].State != commerce.StateAwaitingPayment {
		t.Errorf("the second is %s", orders[1].State)
	}
}

// messages counts the messages about an order that the person was sent.
func (p *person) messages(order string) int {
	p.chat.mu.Lock()
	defer p.chat.mu.Unlock()
	n := 0
	for ref, m := range p.chat.messages {
		if strings.HasPrefix(ref, p.org+"/"+p.id+"/") && strings.Contains(m.Title, order) {
			n++
		}
	}
	return n
}

// The bot dies while it posts a request, and the request is answered before it tries again:
// what may stand there open is followed by how it ended. Who was never asked hears nothing.
func TestARequestThatMayHaveBeenPosted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno, chloe := w.as("aicha"), w.as("bruno"), w.as("chloe")
	aicha.puts("business-premium", "10", "P1Y.annual", false).clicks("Check out").clicks("Next").clicks("Place order")
	order := w.orders()[0].ID
	for _, p := range []*person{bruno, chloe} {
		if _, _, ok, err := w.books.Claim(w.ctx, order, p.account()); !ok || err != nil {
			t.Fatalf("the message is not claimed: %v, %v", ok, err)
		}
	}
	if err := w.books.Done(w.ctx, order, chloe.account(), "", 0, nil); err != nil { // it was not posted
		t.Fatal(err)
	}
	w.as("bruno").sends("", "approve:"+order+":"+w.orders()[0].Quote.Hash, nil).sees("Approved by enough people.")
	w.works()
	w.passes(time.Minute)
	bruno.reads(order).sees("Approved: Bruno gave the last approval").lacks("<Approve>")
	if n := chloe.messages(order); n != 0 {
		t.Errorf("who was never asked has %d messages", n)
	}
}

// Nobody knows whether a request was posted to one, another's platform refused it, and a third
// answers: the first is told how it ended, in case they read it.
func TestARequestOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fails error
		told  int
	}{{errors.New("no answer in time"), 1}, {fmt.Errorf("%w: no such account", conversations.ErrRefused), 0}, {&conversations.Wait{For: time.Second, Cause: errors.New("gateway timeout")}, 1}} {
		w := newWorld(t)
		w.approves()
		aicha, bruno, chloe := w.as("aicha"), w.as("bruno"), w.as("chloe")
		w.chat.shuns, w.chat.why = "chloe", c.fails
		aicha.puts("business-premium", "10", "P1Y.annual", false).clicks("Check out").clicks("Next").clicks("Place order")
		order := w.orders()[0].ID
		if _, err := w.announces(order, w.orders()[0].Version); err == nil && !errors.As(c.fails, new(*conversations.Wait)) {
			t.Fatal("everybody is said to be asked")
		}
		w.chat.shuns, w.chat.why = "", nil
		bruno.reads(order).clicks("Approve").sees("Approved by enough people.")
		w.works()
		w.passes(time.Minute)
		if n := chloe.messages(order); n != c.told {
			t.Errorf("after %v they have %d messages, not %d", c.fails, n, c.told)
		}
		if c.told > 0 {
			chloe.reads(order).sees("Approved: Bruno gave the last approval").lacks("<Approve>")
		}
	}
}

// Those who have not answered are reminded, later and later, in working hours; then others
// are asked too; and every copy tells how it ended.
func TestReminders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{
		Name: "asked", Approvals: 2, From: []commerce.Role{commerce.Approver}, Remind: 10 * time.Hour, Expires: 20 * 24 * time.Hour,
		Escalate: commerce.Escalation{After: 72 * time.Hour, To: []commerce.Role{"cfo"}},
	})
	aicha, bruno, chloe, dagmar := w.as("aicha"), w.as("bruno"), w.as("chloe"), w.as("dagmar")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false) // on Monday at 10
	chloe.reads(order).clicks("Approve")
	w.passes(11 * time.Hour) // 21:00: it is due and not sent
	if bruno.messages(order) != 1 {
		t.Errorf("at night there are %d messages", bruno.messages(order))
	}
	w.passes(12 * time.Hour) // Tuesday at 9
	if bruno.messages(order) != 2 || chloe.messages(order) != 1 {
		t.Errorf("the next morning there are %d messages for who has not answered and %d for who has", bruno.messages(order), chloe.messages(order))
	}
	w.passes(24 * time.Hour)
	if bruno.messages(order) != 3 || dagmar.messages(order) != 0 {
		t.Errorf("after two days there are %d messages, and %d elsewhere", bruno.messages(order), dagmar.messages(order))
	}
	w.passes(30 * time.Hour)
	dagmar.reads(order).sees("1 more approval is needed, by Bruno or Dagmar.").lacks("Reminder").clicks("Approve").sees("Approved by enough people.")
	w.works()
	bruno.chat.mu.Lock()
	for ref, m := range bruno.chat.messages {
		if strings.Contains(ref, "/bruno/") && !m.Closed {
			t.Errorf("a copy still asks:\n%s", written(m))
		}
	}
	bruno.chat.mu.Unlock()
	aicha.reads(order).sees("waiting for payment")
}

// The buyer reminds them, once a day.
func TestNudge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	aicha.types("nudge " + order).at("order").lacks("They were reminded")
	w.works()
	if bruno.messages(order) != 2 {
		t.Errorf("there are %d messages", bruno.messages(order))
	}
	aicha.reads(order).clicks("Remind the approvers").sees("A reminder was asked for less than a day ago")
	bruno.types("nudge " + order).sees("You do not have the role")
	w.works()
	if bruno.messages(order) != 2 {
		t.Errorf("there are %d messages", bruno.messages(order))
	}
}

// A manager would approve fewer, monthly: the buyer sees the difference and accepts. The
// proposer's approval counts, and no other one that was given before.
func TestAManagerApprovesWithChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 2, From: []commerce.Role{commerce.Approver, "finance"}})
	aicha, bruno, chloe, dagmar := w.as("aicha"), w.as("bruno"), w.as("chloe"), w.as("dagmar")
	order := aicha.buys("business-premium", "10", "P1Y.annual", true)
	old := dagmar.reads(order).refOf("approve")
	bruno.reads(order).clicks("Approve")
	w.works()
	chloe.reads(order).clicks("Approve with changes").at("propose").sees("Choose fewer licences or another plan.", "[Licences of Microsoft 365 Business Premium: 10]").
		clicks("Propose").at("propose").sees("nothing in it differs")
	chloe.fills("seats_1", "11").clicks("Propose").at("propose").sees("Enter a whole number from 1 to 10")
	chloe.fills("seats_1", "4", "terms_1", "P1Y.monthly").clicks("Propose").at("approval").sees("Chloé would approve something else. Aïcha accepts or declines it.", "What is proposed instead").offers("Show the order")
	w.works()
	bruno.reads(order).sees("Chloé would approve something else.").offers("Show the order")
	dagmar.sends("", old, nil).sees("waiting for changes to be agreed")
	aicha.reads(order).sees("waiting for changes to be agreed", "Chloé would approve something else.", "What is proposed instead", "| Microsoft 365 Business Premium | 4 | Yearly, paid monthly", "€101.81").
		offers("Who gets a licence", "Accept the proposal", "Decline the proposal", "Withdraw")
	bruno.sends("", aicha.refOf("order.accept"), nil).sees("You do not have the role")
	aicha.clicks("Accept the proposal").at("order").sees("waiting for approval", "1 more approval is needed", "Chloé approved").lacks("Bruno approved", "What is proposed instead")
	w.works()
	dagmar.reads(order).clicks("Approve")
	w.works()
	aicha.reads(order).sees("waiting for payment", "| Microsoft 365 Business Premium | 4 | Yearly, paid monthly", "4 people will get a licence")
	o := w.orders()[0]
	if o.Approval.Round != 2 || len(o.Approval.Void) != 1 || o.Approval.Void[0].Person != "bruno" || o.People().Total != 4 {
		t.Errorf("%+v, for %+v people", o.Approval, o.People())
	}
}

// A platform asks for a line's licences in one part and for its plan in the next: each part
// keeps what the others brought, and what was not asked for stays as it was ordered.
func TestALineInTwoParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	aicha.puts("business-premium", "10", "P1Y.annual", false).puts("visio-p2", "6", "P1Y.annual", false).puts("business-basic", "8", "P1Y.annual", false)
	order := aicha.places()
	part := "again:propose:" + order + ":" + w.orders()[0].Quote.Hash
	bruno.reads(order).clicks("Approve with changes").at("propose")
	bruno.sends("", part, map[string]string{"seats_1": "4", "terms_1": "P1Y.annual", "seats_2": "6", "terms_2": "P1Y.annual", "seats_3": "8"}).holds("seats_1", "4", "terms_3", "P1Y.annual")
	bruno.sends("", part, map[string]string{"terms_3": "P1Y.monthly"}).holds("seats_1", "4", "seats_3", "8", "terms_3", "P1Y.monthly")
	bruno.sends("", "propose.send:"+order+":"+w.orders()[0].Quote.Hash, nil).at("approval").sees("4", "Yearly, paid monthly")
	q := w.orders()[0].Approval.Proposal.Quote
	if len(q.Lines) != 3 || q.Lines[0].Quantity != 4 || q.Lines[1].Quantity != 6 || q.Lines[2].Quantity != 8 || q.Lines[2].Plan.Billing != commerce.Monthly || q.Lines[1].Plan.Billing != commerce.Annual {
		t.Errorf("it is proposed: %+v", q.Lines)
	}
}

// Declined, the request goes on with the votes that it has; unanswered, it ends.
func TestAProposalIsDeclined(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 2, From: []commerce.Role{commerce.Approver, "finance"}})
	aicha, bruno, chloe := w.as("aicha"), w.as("bruno"), w.as("chloe")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order).clicks("Approve")
	w.works()
	chloe.reads(order).clicks("Approve with changes").fills("seats_1", "5").clicks("Propose")
	w.works()
	accept := aicha.reads(order).refOf("order.accept")
	aicha.clicks("Decline the proposal").sees("waiting for approval", "1 more approval is needed", "Bruno approved", "Aïcha declined what Chloé proposed")
	aicha.sends("", accept, nil).sees("waiting for approval")
	w.works()
	chloe.reads(order).clicks("Approve with changes").fills("seats_1", "6").clicks("Propose")
	w.works()
	aicha.sends("", accept, nil).sees("That was out of date")
	w.passes(73 * time.Hour)
	aicha.reads(order).sees("expired", "Nobody answered the request for approval in time")
	for _, p := range []*person{bruno, chloe} {
		p.reads(order).sees("Nobody answered the request for approval in time").offers("Show the order")
	}
}

// Two managers at the same instant, and one who clicks twice: one vote of each, one verdict,
// and everybody is told how things stand.
func TestManagersAtTheSameInstant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno, chloe := w.as("aicha"), w.as("bruno"), w.as("chloe")
	for round := range 6 {
		order := aicha.buys("business-basic", "20", "P1Y.annual", false)
		approve := bruno.reads(order).refOf("approve")
		reject := strings.Replace(approve, "approve:", "reject.why:", 1)
		events := []conversations.Event{
			{Account: bruno.account(), Ref: approve}, {Account: bruno.account(), Ref: approve},
			{Account: chloe.account(), Ref: reject, Values: map[string]string{"reason": "No."}}, {Account: chloe.account(), Ref: approve},
		}
		replies := make([]conversations.Reply, len(events))
		var all sync.WaitGroup
		for i := range events {
			events[i].ID, events[i].Organisation = fmt.Sprintf("%s:at once:%d:%d", platform, round, i), "contoso"
			all.Go(func() { replies[i] = w.engine.Turn(w.ctx, events[i]) })
		}
		all.Wait()
		w.works()
		o := w.orders()[0]
		votes := map[string]int{}
		for _, v := range o.Approval.Votes {
			votes[v.Person]++
		}
		last, _ := o.Approval.Last()
		rejected := last.Reject
		if votes["bruno"] > 1 || votes["chloe"] > 1 || rejected != (o.State == commerce.StateRejected) || !rejected && o.State != commerce.StateAwaitingPayment {
			t.Errorf("the order is %s with %+v", o.State, o.Approval.Votes)
		}
		for i, r := range replies {
			if r.Prompt.Name != "approval" || len(r.Prompt.Notices) == 0 {
				t.Errorf("event %d is answered with:\n%s", i, written(r.Prompt))
			}
		}
	}
}

// A manager goes away: somebody else is asked too, answers in their name, and is told so by
// every copy. Nobody votes twice in a name, and it ends with the day.
func TestSomebodyStandsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 1, From: []commerce.Role{commerce.Approver}, Remind: time.Hour})
	aicha, bruno, dagmar := w.as("aicha"), w.as("bruno"), w.as("dagmar")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	w.passes(2 * time.Hour)
	approve := bruno.reads(order).refOf("approve")
	dagmar.sends("", approve, nil).sees("You do not have the role")

	bruno.types("delegate @dagmar until 2026-11-27").at("delegate").sees("[Who stands in: dagmar]", "[Until the end of: 2026-11-27]").
		clicks("Have them stand in").at("approvals").sees("Dagmar stands in for you until the end of 27 November 2026.").offers("Have somebody stand in", "End standing in", "Start page")
	dagmar.types("approvals").sees("You stand in for Bruno until the end of 27 November 2026.", order)
	w.works()
	if n := dagmar.messages(order); n != 1 {
		t.Errorf("Dagmar has %d messages, want one: the last reminder was before she was asked", n)
	}
	dagmar.reads(order).sees("1 more approval is needed, by Bruno, Chloé or Dagmar for Bruno.").clicks("Approve").sees("Dagmar for Bruno approved")
	bruno.sends("", approve, nil).sees("The vote of Bruno has been cast already, by Dagmar.")
	w.works()
	for _, p := range []*person{bruno, dagmar, w.as("chloe")} {
		p.reads(order).sees("Approved: Dagmar for Bruno gave the last approval").lacks("<Approve>")
	}
	aicha.reads(order).sees("Dagmar for Bruno approved")

	w.passes(5 * 24 * time.Hour)
	second := aicha.buys("business-basic", "10", "P1Y.annual", false)
	dagmar.types("approvals").lacks("You stand in for Bruno", second)
	bruno.types("approvals").lacks("stands in for you").sees(second)
}

// What may be said of a delegation: whom, by name or mention, in the person's own words, and
// until when; what cannot be is said, and nothing is done.
func TestADelegationIsReadWithCare(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	bruno := w.as("bruno")
	for text, want := range map[string][]string{
		"delegate":                            {"[Who stands in: ]", "[Until the end of: ]"},
		"delegate CHLOE until 27.11.2026":     {"[Who stands in: chloe]", "[Until the end of: 2026-11-27]"},
		"delegate @Chloé UNTIL 2026年11月27日":   {"[Who stands in: chloe]", "[Until the end of: 2026-11-27]"},
		"delegate <@chloe|x> until 2026/11/7": {"[Who stands in: chloe]", "[Until the end of: 2026-11-07]"},
		"delegate @nobody until 2026-11-27":   {"Choose a colleague who holds a role here", "[Until the end of: 2026-11-27]"},
		"delegate chloe until friday":         {"[Who stands in: chloe]", "Enter a day from today"},
	} {
		bruno.types(text).at("delegate").sees(want...)
	}
	send := bruno.refOf("delegate.send")
	for _, c := range [][3]string{
		{"bruno", "2026-11-27", "Choose a colleague"}, {"emil", "2026-11-27", "Choose a colleague"}, {"nobody", "2026-11-27", "Choose a colleague"},
		{"chloe", "2026-11-22", "Enter a day from today"}, {"chloe", "2028-01-01", "Enter a day from today"}, {"chloe", "", "Enter a day from today"},
	} {
		bruno.sends("", send, map[string]string{"person": c[0], "until": c[1]}).at("delegate").sees(c[2])
	}
	if n := w.count("SELECT count(*) FROM delegations"); n != 0 {
		t.Errorf("%d delegations were made", n)
	}
	bruno.sends("", send, map[string]string{"person": "chloe", "until": "2026-11-23"}).at("approvals").sees("until the end of 23 November 2026")
	bruno.sends("", send, map[string]string{"person": "dagmar", "until": "2026-11-24"}).sees("Dagmar stands in for you").lacks("Chloé stands in")
	bruno.clicks("End standing in").lacks("stands in for you")
	w.as("aicha").sends("", send, map[string]string{"person": "chloe", "until": "2026-11-27"}).sees("You do not have the role")
	w.as("aicha").types("delegate").at("delegate").sees("There is nothing that you approve here").lacks("[Who stands in")
	if n := w.count("SELECT count(*) FROM audit_entries WHERE body LIKE '%approval.delegat%'"); n != 3 {
		t.Errorf("%d entries of the audit, want 3", n)
	}
}

// Where a platform's lists are too short for all colleagues the name is typed: it is read like
// one that is given with the command, and a name that two people have is nobody's.
func TestAStandInIsChosenByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	bruno := w.as("bruno")
	send := bruno.types("delegate").refOf("delegate.send")
	bruno.sends("", send, map[string]string{"person": " CHLOÉ", "until": "2026-11-24"}).at("approvals").sees("Chloé stands in for you")
	w.changes("contoso", func(o *commerce.Organisation) {
		o.People = append(slices.Clone(o.People), commerce.Person{ID: "dagmar-2", Name: "DAGMAR", Roles: []commerce.Role{commerce.Approver}})
	})
	bruno.sends("", send, map[string]string{"person": "Dagmar", "until": "2026-11-24"}).at("delegate").sees("Choose a colleague")
	bruno.types("delegate Dagmar until 2026-11-24").at("delegate").sees("[Who stands in: ]", "Choose a colleague", "Dagmar (dagmar)", "DAGMAR (dagmar-2)")
	bruno.types("delegate <@dagmar> until 2026-11-24").at("delegate").sees("[Who stands in: dagmar]")
	bruno.sends("", send, map[string]string{"person": "dagmar (DAGMAR-2)", "until": "2026-11-24"}).at("approvals").sees("DAGMAR stands in for you")
	bruno.sends("", send, map[string]string{"person": "dagmar", "until": "2026-11-24"}).at("approvals").sees("Dagmar stands in for you")
}

// Somebody votes for a manager who loses the role, or takes the delegation back, before
// the verdict: the vote counts no more.
func TestAVoteInANameThatLostItsRole(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *world, bruno *person){
		"the role is lost": func(w *world, _ *person) {
			w.changes("contoso", func(o *commerce.Organisation) { o.People = without(o.People, "bruno", commerce.Approver) })
		},
		"it is taken back": func(_ *world, bruno *person) { bruno.types("approvals").clicks("End standing in") },
		"it is over":       func(w *world, _ *person) { w.mu.Lock(); w.clock = w.clock.Add(48 * time.Hour); w.mu.Unlock() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.approves(commerce.Rule{Name: "asked", Approvals: 1, From: []commerce.Role{commerce.Approver}})
			aicha, bruno, dagmar := w.as("aicha"), w.as("bruno"), w.as("dagmar")
			order := aicha.buys("business-premium", "10", "P1Y.annual", false)
			bruno.types("delegate dagmar until 2026-11-24").clicks("Have them stand in")
			w.works()
			dagmar.reads(order).clicks("Approve").sees("Approved by enough people")
			change(w, bruno)
			w.works()
			if o := w.order(order); o.State != commerce.StateAwaitingApproval || len(o.Approval.Votes) != 0 || len(o.Approval.Void) != 1 {
				t.Errorf("the order is %s with %+v", o.State, o.Approval)
			}
		})
	}
}

// without is the people with a role less for one of them.
func without(people []commerce.Person, id string, role commerce.Role) []commerce.Person {
	people = slices.Clone(people)
	for i := range people {
		if people[i].ID == id {
			people[i].Roles = slices.DeleteFunc(slices.Clone(people[i].Roles), func(r commerce.Role) bool { return r == role })
		}
	}
	return people
}

// The audit has each message that somebody was shown and, of each vote, the hash of what
// the voter had in front of them: an auditor finds both, a year later.
func TestTheAuditHasWhatWasShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order).clicks("Approve")
	w.works()
	type data struct {
		Quote, Shown string
		Version      int
		Vote         commerce.Vote
	}
	seen := map[string]int{} // action, account and quote
	var voted *commerce.Vote
	err := w.books.Export(w.ctx, ledger.ExportQuery{Organisation: "contoso", Order: order}, func(r ledger.Record) error {
		var d data
		if r.Action == "approval.approved" || strings.HasPrefix(r.Action, "message.") {
			if err := json.Unmarshal(r.Data, &d); err != nil {
				return err
			}
		}
		switch {
		case r.Action == "approval.approved":
			voted = &d.Vote
			if seen["message.posted bruno "+d.Vote.Hash] != 1 {
				t.Errorf("Bruno votes on %s and was shown %v", d.Vote.Hash, seen)
			}
		case strings.HasPrefix(r.Action, "message."):
			seen[r.Action+" "+r.Account.ID+" "+d.Quote]++
			if len(d.Shown) != 64 || d.Version == 0 || r.Actor != "bot" {
				t.Errorf("%+v of %+v", d, r)
			}
		}
		return nil
	})
	if err != nil || voted == nil {
		t.Fatalf("%v; the vote is %v", err, voted)
	}
	for _, who := range []string{"bruno", "chloe", "aicha"} {
		if seen["message.edited "+who+" "+voted.Hash] == 0 {
			t.Errorf("the edits that %s saw are not there: %v", who, seen)
		}
	}
}
