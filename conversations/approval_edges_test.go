package conversations_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/ledger"
)

// entriesOf are what the audit has of an order's entries of a kind.
func entriesOf(w *world, order, action string) (all []string) {
	_ = w.books.Export(w.ctx, ledger.ExportQuery{Organisation: "contoso", Order: order}, func(r ledger.Record) error {
		if r.Action == action {
			all = append(all, string(r.Data))
		}
		return nil
	})
	return all
}

// leaps lets time pass in which nothing is done.
func (w *world) leaps(d time.Duration) { w.mu.Lock(); w.clock = w.clock.Add(d); w.mu.Unlock() }

// refused counts the refused votes in the audit.
func (w *world) refused() int {
	return w.count("SELECT count(*) FROM audit_entries WHERE body LIKE '%approval.refused%'")
}

// A click after the request has ended counts no more, though nothing has ended it yet.
func TestAVoteComesTooLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order)
	w.leaps(100 * time.Hour)
	bruno.clicks("Approve")
	w.works()
	o := w.order(order)
	if o.State != commerce.StateExpired {
		t.Errorf("a vote %s after the end counts: %s", w.now().Sub(o.Approval.ExpiresAt), o.State)
	}
}

// Nor does the buyer's answer to a proposal.
func TestAnAnswerComesTooLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order).clicks("Approve with changes").fills("seats_1", "5").clicks("Propose")
	w.works()
	aicha.reads(order)
	w.leaps(100 * time.Hour)
	aicha.clicks("Accept the proposal")
	w.works()
	if o := w.order(order); o.State != commerce.StateExpired {
		t.Errorf("accepted after the end: %s", o.State)
	}
}

// Once the approvals are enough a proposal changes nothing: the order goes on.
func TestAProposalAfterTheLastApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno, chloe := w.as("aicha"), w.as("bruno"), w.as("chloe")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	chloe.reads(order).clicks("Approve with changes").fills("seats_1", "5")
	b := bruno.reads(order).clicks("Approve")
	b.sees("Approved by enough people.")
	chloe.clicks("Propose")
	w.works()
	if o := w.order(order); o.State != commerce.StateAwaitingPayment {
		t.Errorf("after quorum, a proposal takes it away: %s", o.State)
	}
	w.passes(80 * time.Hour)
	if o := w.order(order); o.State != commerce.StateAwaitingPayment {
		t.Errorf("and then: %s %s votes %d", o.State, o.Reason, len(o.Approval.Votes))
	}
}

// Whoever gave the last approval that was needed is named, not whoever clicked after them.
func TestWhoWasFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno, chloe := w.as("aicha"), w.as("bruno"), w.as("chloe")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	ref := chloe.reads(order).refOf("approve")
	bruno.reads(order).clicks("Approve").sees("Approved by enough people.")
	chloe.sends("", ref, nil)
	w.works()
	bruno.reads(order)
	bruno.sends("", ref, nil)
	if o := w.order(order); len(o.Approval.Votes) != 1 {
		t.Errorf("%d votes of 1 wanted", len(o.Approval.Votes))
	}
	bruno.sees("Bruno was first")
}

// The buyer finds what waits for their own answer.
func TestApprovalsListProposals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order).clicks("Approve with changes").fills("seats_1", "5").clicks("Propose")
	w.works()
	aicha.types("approvals")
	aicha.sees(order)
}

// The audit has what a revision was about, what the order is for, and who tried to answer it.
func TestTheAuditOfARevision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	aicha.reads(order).clicks("Say what it is for").fills("reason", "For Lyon.").clicks("Say what it is for")
	w.works()
	bruno.reads(order).clicks("Approve with changes").fills("seats_1", "5").clicks("Propose")
	w.works()
	aicha.reads(order)
	before := w.refused()
	bruno.sends("", aicha.refOf("order.accept"), nil)
	bruno.sends("", aicha.refOf("order.decline"), nil)
	if w.refused() != before+2 {
		t.Errorf("refused answers to a proposal recorded: %d, want 2", w.refused()-before)
	}
	aicha.clicks("Accept the proposal")
	w.works()
	if e := entriesOf(w, order, "approval.explained"); !strings.Contains(strings.Join(e, ""), "Lyon") {
		t.Errorf("the reason is not in the audit: %v", e)
	}
	if e := entriesOf(w, order, "approval.accepted"); !strings.Contains(strings.Join(e, ""), w.order(order).Quote.Hash) {
		t.Errorf("the hash of what was accepted is not in the audit: %v", e)
	}
}

// Votes that nobody was offered are refused, and are entries of the audit.
func TestForgedVotesAreRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno, dagmar := w.as("aicha"), w.as("bruno"), w.as("dagmar")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	ref := bruno.reads(order).refOf("approve")
	hash := ref[strings.LastIndex(ref, ":")+1:]
	for i, c := range []struct {
		p      *person
		ref    string
		values map[string]string
	}{
		{bruno, "approve:CW-99999:" + hash, nil},
		{aicha, "reject.why:" + order + ":" + hash, map[string]string{"reason": " "}},
		{aicha, "propose.send:" + order + ":" + hash, map[string]string{"seats_1": "10", "terms_1": "P1Y.annual"}},
		{dagmar, "propose.send:" + order + ":" + hash, map[string]string{"seats_1": "11", "terms_1": "P1Y.annual"}},
	} {
		before := w.refused()
		c.p.sends("", c.ref, c.values)
		if n := w.refused() - before; n != 1 {
			t.Errorf("case %d %s %s: %d recorded; shown %v", i, c.p.id, c.ref, n, c.p.prompt.Notices)
		}
	}
}

// Every copy names whoever stands in, and no more once that has ended.
func TestCopiesNameTheStandIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 1, From: []commerce.Role{commerce.Approver}})
	aicha, bruno, chloe, dagmar := w.as("aicha"), w.as("bruno"), w.as("chloe"), w.as("dagmar")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.types("delegate @dagmar until 2026-11-27").clicks("Have them stand in")
	w.works()
	if p := written(chloe.reads(order).prompt); !strings.Contains(p, "Dagmar for Bruno") {
		t.Errorf("an open copy does not know of the stand-in:\n%s", p)
	}
	if p := written(aicha.reads(order).prompt); !strings.Contains(p, "Dagmar for Bruno") {
		t.Errorf("nor does the buyer's")
	}
	bruno.types("approvals").clicks("End standing in")
	w.works()
	if p := written(dagmar.reads(order).prompt); strings.Contains(p, "Dagmar for Bruno") || strings.Contains(p, "<Approve>") {
		t.Errorf("after it was ended the stand-in's copy still asks:\n%s", p)
	}
}

// A verdict that can never be passed does not hold the order for ever.
func TestALookupThatFailsForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order).clicks("Approve")
	w.directory.fail(true)
	w.works()
	for range 20 {
		w.passes(24 * time.Hour)
	}
	if o := w.order(order); o.State == commerce.StateAwaitingApproval {
		t.Errorf("%s after its expiry the order still waits: %s", w.now().Sub(o.Approval.ExpiresAt), o.State)
	}
}

// A further round asks others only when its own time is over.
func TestEscalationBeginsWithTheRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 2, From: []commerce.Role{commerce.Approver, "finance"}, Expires: 200 * time.Hour, Remind: 150 * time.Hour,
		Escalate: commerce.Escalation{After: 48 * time.Hour, To: []commerce.Role{"cfo"}}})
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	w.passes(time.Hour)
	bruno.reads(order).clicks("Approve with changes").fills("seats_1", "5").clicks("Propose")
	w.works()
	w.passes(60 * time.Hour)
	aicha.reads(order).clicks("Accept the proposal")
	w.works()
	if o := w.order(order); o.Approval.Escalated {
		t.Errorf("round %d is escalated the moment that it begins (expires %s)", o.Approval.Round, o.Approval.ExpiresAt)
	}
}

// What is paid is what was approved, tax included.
func TestTheTaxRisesBeforeTheVerdict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order).clicks("Approve")
	was := w.order(order).Quote.Charged
	w.changes("contoso", func(o *commerce.Organisation) { o.Tax.Rate = "0.5" })
	w.works()
	o := w.order(order)
	if o.State == commerce.StateAwaitingPayment && o.Quote.Charged.Cmp(was) > 0 {
		t.Errorf("%s was approved and %s is to be paid; vote hash %s, quote %s", was, o.Quote.Charged, o.Approval.Votes[0].Hash, o.Quote.Hash)
	}
}

// A day that never was ends nothing.
func TestADayLongAgo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	w.changes("contoso", func(o *commerce.Organisation) { o.TimeZone = time.UTC })
	bruno := w.as("bruno")
	bruno.types("delegate chloe until 2026-11-27").clicks("Have them stand in").sees("Chloé stands in")
	bruno.sends("", "delegate.send", map[string]string{"person": "dagmar", "until": "0000-12-31"})
	bruno.sees("Enter a day")
}

// Nobody comes to stand in through somebody who has left.
func TestNothingLeadsThroughSomebodyGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 1, From: []commerce.Role{commerce.Approver}})
	aicha, bruno, chloe, dagmar := w.as("aicha"), w.as("bruno"), w.as("chloe"), w.as("dagmar")
	chloe.types("delegate dagmar until 2026-12-27").clicks("Have them stand in")
	bruno.types("delegate chloe until 2026-12-27").clicks("Have them stand in")
	w.changes("contoso", func(o *commerce.Organisation) {
		o.People = slices.DeleteFunc(slices.Clone(o.People), func(p commerce.Person) bool { return p.ID == "chloe" })
	})
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	dagmar.sends("", bruno.reads(order).refOf("approve"), nil).sees("You do not have the role")
	if o := w.order(order); len(o.Approval.Votes) > 0 {
		t.Errorf("Dagmar was chosen by Chloé, who is gone, and approves in Bruno's name: %+v", o.Approval.Votes)
	}
}

// A vote in one's own name does not wait for those for whom one stands in too.
func TestAnotherNameCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 1, From: []commerce.Role{commerce.Approver, "finance"}})
	aicha, bruno, dagmar := w.as("aicha"), w.as("bruno"), w.as("dagmar")
	dagmar.types("delegate bruno until 2027-08-27").clicks("Have them stand in")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	w.exec(`UPDATE delegations SET body = REPLACE(body, '"platform":"playground"', '"platform":"slack"')`)
	bruno.reads(order).clicks("Approve")
	w.works()
	if o := w.order(order); o.State != commerce.StateAwaitingPayment {
		t.Errorf("bruno's own vote waits for dagmar's platform: %s", o.State)
	}
}

// Whose vote is void hears of it by a further message: an edit rings nowhere.
func TestAFurtherRoundIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order)
	w.sells("business-premium", priced(t, "250.00"))
	bruno.clicks("Approve")
	w.works()
	if n := bruno.messages(order); w.order(order).Approval.Round != 2 || n != 2 {
		t.Errorf("round %d, bruno has %d messages: his was only edited", w.order(order).Approval.Round, n)
	}
}

// Who was asked by escalation alone and proposes has their vote, once it is accepted.
func TestAnEscalatedProposersVoteCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 1, From: []commerce.Role{commerce.Approver}, Expires: 200 * time.Hour, Remind: 150 * time.Hour,
		Escalate: commerce.Escalation{After: 48 * time.Hour, To: []commerce.Role{"cfo"}}})
	aicha, dagmar := w.as("aicha"), w.as("dagmar")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	w.passes(49 * time.Hour)
	dagmar.reads(order).clicks("Approve with changes").fills("seats_1", "5").clicks("Propose")
	w.works()
	aicha.reads(order).clicks("Accept the proposal")
	w.works()
	if o := w.order(order); o.State != commerce.StateAwaitingPayment {
		t.Errorf("accepted, but %s votes %+v missing %d", o.State, o.Approval.Votes, o.Approval.Missing())
	}
}

// A proposal that is delivered again, with the conversation lost, is no refused one.
func TestAProposalThatComesAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order).clicks("Approve with changes").fills("seats_1", "5").clicks("Propose")
	before := w.refused()
	w.losesRedis()
	bruno.delivers(bruno.last)
	if w.refused() != before {
		t.Errorf("%d refusals recorded; %v", w.refused()-before, bruno.prompt.Notices)
	}
}

// Nor do prices that never come hold the order for ever.
func TestPricesThatNeverCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order).clicks("Approve")
	w.down.prices = true
	w.works()
	for range 20 {
		w.passes(24 * time.Hour)
	}
	if o := w.order(order); o.State == commerce.StateAwaitingApproval {
		t.Errorf("still waiting %s after expiry", w.now().Sub(o.Approval.ExpiresAt))
	}
}

// A deciding vote in the last second is not lost by a lookup that fails for two.
func TestAShortFailureLosesNoVerdict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, bruno := w.as("aicha"), w.as("bruno")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.reads(order)
	w.leaps(72*time.Hour - time.Second)
	bruno.clicks("Approve")
	w.directory.fail(true)
	w.works()
	w.passes(2 * time.Second)
	w.directory.fail(false)
	w.passes(2 * time.Second)
	if o := w.order(order); o.State != commerce.StateAwaitingPayment {
		t.Errorf("a blip of 2s after an accepted deciding vote: %s", o.State)
	}
}

// A delegation that is over by itself is off every copy, too.
func TestADelegationLapses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves(commerce.Rule{Name: "asked", Approvals: 1, From: []commerce.Role{commerce.Approver}, Expires: 300 * time.Hour, Remind: 290 * time.Hour})
	aicha, bruno, dagmar := w.as("aicha"), w.as("bruno"), w.as("dagmar")
	order := aicha.buys("business-premium", "10", "P1Y.annual", false)
	bruno.types("delegate @dagmar until 2026-11-24").clicks("Have them stand in")
	w.works()
	w.leaps(72 * time.Hour)
	w.looks(w.radar())
	w.works()
	if p := written(dagmar.reads(order).prompt); strings.Contains(p, "Dagmar for Bruno") || strings.Contains(p, "<Approve>") {
		t.Errorf("lapsed and still:\n%s", p)
	}
}

// A platform that has no room for all lines of a proposal asks for them in parts: what was
// filled in is kept until it is sent, whole, and is of that order and price alone.
func TestAProposalInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, chloe := w.as("aicha"), w.as("chloe")
	aicha.puts("business-premium", "10", "P1Y.annual", false)
	order := aicha.buys("visio-p2", "8", "P1Y.annual", false)
	form := chloe.reads(order).clicks("Approve with changes").at("propose").prompt
	chloe.sends("", form.Again, map[string]string{"seats_1": "4", "terms_1": "P1Y.annual"}).at("propose").sees("[Licences of Microsoft 365 Business Premium: 4]", ": 8]")
	chloe.sends("", form.Again, map[string]string{"seats_2": "three", "terms_2": "P1Y.annual"}).at("propose").sees(": 4]", ": three]")
	chloe.sends("", form.Again, nil).at("propose").sees(": 4]", ": three]")
	chloe.sends("", form.Submit.Ref, nil).at("propose").sees("Enter a whole number")
	chloe.sends("", form.Again, map[string]string{"seats_2": "3", "terms_2": "P1Y.annual"}).at("propose")
	chloe.types("help").sends("", form.Again, nil).at("propose").sees(": 10]", ": 8]") // it was left
	chloe.sends("", form.Again, map[string]string{"seats_1": "4", "terms_1": "P1Y.annual"}).sends("", form.Again, map[string]string{"seats_2": "3", "terms_2": "P1Y.annual"})
	chloe.sends("", form.Submit.Ref, nil).at("approval").sees("Premium | 4 |", "| 3 |")
}
