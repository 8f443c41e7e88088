package commerce

import (
	"slices"
	"time"
)

// Approval is an order's request for approval: what was asked, who has voted on what, and
// how it ended. It begins anew, in a further round, where the price has moved.
type Approval struct {
	Need        Requirement `json:"need"`
	Round       int         `json:"round"` // 1, 2, …
	Votes       []Vote      `json:"votes,omitempty"`
	Void        []Vote      `json:"void,omitempty"` // those that count no more, of all rounds
	Why         string      `json:"why,omitempty"`  // what the buyer says to it
	RequestedAt time.Time   `json:"requested_at"`
	RoundAt     time.Time   `json:"round_at,omitzero"` // when the round began
	ExpiresAt   time.Time   `json:"expires_at"`
	Escalated   bool        `json:"escalated,omitempty"` // the roles of Need.Escalate are asked too
	Reminders   int         `json:"reminders,omitempty"` // each is a further message
	RemindAt    time.Time   `json:"remind_at,omitzero"`  // the next one by itself
	RemindedAt  time.Time   `json:"reminded_at,omitzero"`
	NudgedAt    time.Time   `json:"nudged_at,omitzero"` // the last one that the buyer asked for
	Verdict     Verdict     `json:"verdict,omitempty"`
	DecidedAt   time.Time   `json:"decided_at,omitzero"`
	Closed      int         `json:"closed,omitempty"`   // the order's version at which it stopped to wait
	Proposal    *Proposal   `json:"proposal,omitempty"` // waits for the buyer
	Declined    *Declined   `json:"declined,omitempty"` // the last proposal that the buyer did not take
	Moved       Money       `json:"moved,omitzero"`     // what was approved, where a verdict found more
	Rose        Rose        `json:"rose,omitempty"`     // of what Moved is
	Since       int         `json:"since,omitempty"`    // reminders before this round
}

// Verdict is how a request for approval ended, "" while it is open.
type Verdict string

const (
	VerdictApproved Verdict = "approved"
	VerdictRejected Verdict = "rejected"
)

// Rose says which amount is higher than what was approved.
type Rose string

const (
	RosePrice     Rose = "price"     // the subtotal
	RoseCommitted Rose = "committed" // over the term
	RoseTotal     Rose = "total"     // with tax
)

// Vote is one person's answer to a request, on the quote that they were shown.
type Vote struct {
	Person  string    `json:"person"`
	Name    string    `json:"name"`
	Account Account   `json:"account"`
	For     string    `json:"for,omitempty"` // the person for whom they stand in, in whose name this is
	ForName string    `json:"for_name,omitempty"`
	Roles   []Role    `json:"roles"` // all that whoever is voted for held: who is asked may change
	Hash    string    `json:"hash"`  // of the quote
	Reject  bool      `json:"reject,omitempty"`
	Reason  string    `json:"reason,omitempty"` // of a rejection
	At      time.Time `json:"at"`
}

// MaxReason is how long a reason may be, in characters.
const MaxReason = 500

// request begins a request for approval.
func (o *Order) request(need Requirement, now time.Time, t Timings) error {
	o.Approval = &Approval{Need: need, Round: 1, RequestedAt: now}
	o.Approval.wait(now, t)
	return o.to(StateAwaitingApproval, now)
}

// wait begins the waits of a round.
func (a *Approval) wait(now time.Time, t Timings) {
	a.RoundAt, a.Escalated = now, false
	a.ExpiresAt = now.Add(t.Wait(a.Need.Expires))
	a.RemindAt = now.Add(t.Wait(a.Need.Remind))
}

// next is what an open request waits for.
func (a Approval) next(now time.Time, t Timings) (Step, time.Time) {
	if a.Quorum() {
		return StepVerdict, now
	}
	step, due := StepUnanswered, a.ExpiresAt
	if a.RemindAt.Before(due) {
		step, due = StepRemind, a.RemindAt
	}
	began := a.RoundAt
	if began.IsZero() {
		began = a.RequestedAt // it was asked for by an earlier version of the program
	}
	if at := began.Add(t.Wait(a.Need.Escalate.After)); len(a.Need.Escalate.To) > 0 && !a.Escalated && at.Before(due) {
		step, due = StepEscalate, at
	}
	return step, due
}

// renew begins a further round, of which those who were asked hear by a further message.
func (a *Approval) renew(now time.Time, t Timings) {
	a.Round++
	a.wait(now, t)
	a.Reminders++
	a.RemindedAt, a.Since = now, a.Reminders
}

// remind asks again those who have not answered, and then later than this time.
func (a *Approval) remind(now time.Time, t Timings) {
	a.Reminders++
	a.RemindedAt = now
	a.RemindAt = now.Add(t.Wait(a.Need.Remind) << min(a.Reminders-a.Since, 6))
}

// nudge is remind, at the buyer's wish, once a day.
func (o *Order) nudge(now time.Time, t Timings) error {
	a := o.Approval
	if o.State != StateAwaitingApproval || a == nil {
		return Refuse(CodeOrderState, "state", string(o.State))
	}
	if a.Quorum() || !a.NudgedAt.IsZero() && now.Before(a.NudgedAt.Add(t.Wait(nudgeEvery))) {
		return Refuse(CodeNudged)
	}
	a.NudgedAt = now
	a.remind(now, t)
	return nil
}

const nudgeEvery = 24 * time.Hour

// Asks lists the roles that may vote now.
func (a Approval) Asks() []Role {
	if !a.Escalated {
		return a.Need.From
	}
	return slices.Concat(a.Need.From, a.Need.Escalate.To)
}

// Voted is the person's vote of this round.
func (a Approval) Voted(person string) (Vote, bool) {
	i := slices.IndexFunc(a.Votes, func(v Vote) bool { return v.Person == person })
	if i < 0 {
		return Vote{}, false
	}
	return a.Votes[i], true
}

// Last is the vote that ended the request, or the latest one.
func (a Approval) Last() (Vote, bool) {
	if len(a.Votes) == 0 {
		return Vote{}, false
	}
	return a.Votes[len(a.Votes)-1], true
}

// Quorum reports whether the votes are enough: of so many people, each with a role that
// was asked and, where the rule wants it, each for another role.
func (a Approval) Quorum() bool { return a.Missing() == 0 }

// Missing is how many approvals are still wanted.
func (a Approval) Missing() int {
	var people [][]Role
	for _, v := range a.Votes {
		if held := a.held(v.Roles); !v.Reject && len(held) > 0 {
			people = append(people, held)
		}
	}
	have := len(people)
	if a.Need.DistinctRoles {
		have = matched(people)
	}
	return max(0, a.Need.Approvals-have)
}

// Lacking is how many approvals the rule would miss if everybody but the buyer approved.
func (r Rule) Lacking(people []Person, buyer string) int {
	a := Approval{Need: Requirement{Approvals: r.Approvals, From: r.From, DistinctRoles: r.DistinctRoles}}
	for _, p := range people {
		if p.ID != buyer {
			a.Votes = append(a.Votes, Vote{Person: p.ID, Roles: p.Roles})
		}
	}
	return a.Missing()
}

// held are those of roles that are asked.
func (a Approval) held(roles []Role) []Role {
	asked := a.Asks()
	return slices.DeleteFunc(slices.Clone(roles), func(r Role) bool { return !slices.Contains(asked, r) })
}

// matched is the most people who can each be given a role of their own (Kuhn's algorithm).
func matched(people [][]Role) int {
	given := map[Role]int{}
	var give func(person int, tried map[Role]bool) bool
	give = func(person int, tried map[Role]bool) bool {
		for _, r := range people[person] {
			if tried[r] {
				continue
			}
			tried[r] = true
			if holder, taken := given[r]; !taken || give(holder, tried) {
				given[r] = person
				return true
			}
		}
		return false
	}
	n := 0
	for person := range people {
		if give(person, map[Role]bool{}) {
			n++
		}
	}
	return n
}

// MayVote says why the voter may not vote on the order, nil where they may. hash is of the
// quote that they were shown.
func (o Order) MayVote(org Organisation, voter Voter, hash string) error {
	a := o.Approval
	switch {
	case a == nil || o.State != StateAwaitingApproval:
		return o.decided()
	case voter.Failed:
		return Refuse(CodeLookupFailed)
	case voter.Organisation != org.ID || voter.Person == "":
		return Refuse(CodeUnknownPerson, "ask", org.holders(Buyer))
	case voter.Person == o.Buyer:
		return Refuse(CodeOwnOrder, "ask", o.Approvers(org))
	}
	may := o.authorities(voter)
	switch {
	case len(may) == 0 && voter.Unsure:
		return Refuse(CodeLookupFailed)
	case len(may) == 0:
		return Refuse(CodeNotAllowed, "role", string(firstRole(a.Asks())), "ask", o.Approvers(org))
	case hash != o.Quote.Hash:
		return Refuse(CodeStale)
	}
	if v, voted := a.Voted(voter.Person); voted {
		return Refuse(CodeVoted, "at", v.At.UTC().Format(time.RFC3339))
	}
	if len(a.unused(may)) == 0 {
		return Refuse(CodeRepresented, "name", a.voterFor(may[0].person), "for", may[0].name)
	}
	return nil
}

// open says why the request can be answered no more, whoever it is by, nil where it can: it
// is over or, for all but a rejection, has all the approvals that it needs and waits for its
// verdict.
func (o Order) open(rejection bool, now time.Time) error {
	a := o.Approval
	switch {
	case a == nil || o.State != StateAwaitingApproval:
		return nil // which MayVote says better
	case !now.Before(a.ExpiresAt) && !(rejection && a.Quorum()):
		return Refuse(CodeApprovalExpired)
	case !rejection && a.Quorum():
		last, _ := a.Last()
		return Refuse(CodeDecided, "verdict", string(VerdictApproved), "name", last.Name)
	}
	return nil
}

// voterFor names who has voted in the person's name.
func (a Approval) voterFor(person string) string {
	i := slices.IndexFunc(a.Votes, func(v Vote) bool { return v.principal() == person })
	if i < 0 {
		return ""
	}
	return a.Votes[i].Name
}

func firstRole(roles []Role) Role {
	if len(roles) == 0 {
		return Approver
	}
	return roles[0]
}

// decided says how a request ended, and who was first.
func (o Order) decided() error {
	if o.Approval == nil {
		return Refuse(CodeOrderState, "state", string(o.State))
	}
	v, ok := o.Approval.Last()
	switch {
	case o.Approval.Verdict != "" && ok:
		return Refuse(CodeDecided, "verdict", string(o.Approval.Verdict), "name", v.Name)
	}
	return Refuse(CodeOrderState, "state", string(o.State))
}

// Approvers are the names of those who may approve the order by the organisations file.
func (o Order) Approvers(org Organisation) []string {
	var names []string
	for _, p := range o.Asked(org, nil) {
		names = append(names, p.Name)
	}
	return names
}

// vote takes a vote that may be cast. A rejection ends the request; an approval that is
// the last one wanted has the verdict come.
func (o *Order) vote(v Vote, now time.Time) error {
	o.Approval.Votes = append(o.Approval.Votes, v)
	if !v.Reject {
		return nil
	}
	o.Approval.Verdict, o.Approval.DecidedAt = VerdictRejected, now
	return o.to(StateRejected, now)
}

// unanswered ends a request that nobody has decided in time.
func (o *Order) unanswered(now time.Time) error {
	o.Reason = CodeApprovalExpired
	return o.to(StateExpired, now)
}

// judge passes the verdict on votes that were enough, once it is known what each voter may
// now do, what the goods cost now, and what approval that needs. It returns whether the
// order was approved.
func (o *Order) judge(j judgement, now time.Time, t Timings) error {
	a := o.Approval
	a.recheck(j.roles)
	if !a.Quorum() {
		return nil
	}
	if j.gone != nil {
		o.Reason = CodeOf(j.gone)
		return o.to(StateRejected, now)
	}
	if was, rose := o.dearer(j); rose != "" {
		a.Moved, a.Rose = was, rose
		o.again(j, now, t)
		return nil
	}
	o.price(j.quote)
	a.Verdict, a.DecidedAt = VerdictApproved, now
	o.handsOver(j.microsoft)
	return o.cleared(now, t)
}

// dearer says which amount is above what was approved and the tolerance, and what it was.
func (o Order) dearer(j judgement) (was Money, rose Rose) {
	above := func(now, then Money) bool { return now.Cmp(then.Plus(then.Percent(j.tolerance))) > 0 }
	switch now, then := j.quote, o.Quote; {
	case above(now.Subtotal, then.Subtotal):
		return then.Subtotal, RosePrice
	case above(now.Committed, then.Committed):
		return then.Committed, RoseCommitted
	case above(now.Total, then.Total):
		return then.Total, RoseTotal
	}
	return Money{}, ""
}

// judgement is what a verdict is passed on.
type judgement struct {
	roles     map[string][]Role // behind each voter's vote, as they are now
	quote     Quote             // the goods at today's prices
	gone      error             // coded: they are not sold any more
	need      Requirement       // of the new quote
	tolerance string            // decimal
	microsoft bool              // Microsoft takes the payment
}

// recheck lets go of the votes of those who have lost the role.
func (a *Approval) recheck(roles map[string][]Role) {
	var kept []Vote
	for _, v := range a.Votes {
		if v.Roles = roles[v.Person]; len(a.held(v.Roles)) > 0 {
			kept = append(kept, v)
		} else {
			a.Void = append(a.Void, v)
		}
	}
	a.Votes = kept
}

// again begins another round, at a price that is higher than what was approved.
func (o *Order) again(j judgement, now time.Time, t Timings) {
	a := o.Approval
	o.price(j.quote)
	a.Void, a.Votes = append(a.Void, a.Votes...), nil
	if j.need.Approvals > 0 {
		a.Need = j.need
	}
	a.renew(now, t)
}

// price takes a newer quote of the same goods.
func (o *Order) price(q Quote) {
	q.Accepted = true
	o.Quote = q
	for _, l := range q.Lines {
		if line := o.Line(l.ID); line != nil {
			line.QuoteLine = l
		}
	}
}

// cart is what the order was made of, to be priced again.
func (o Order) cart() Cart {
	c := Cart{Organisation: o.Organisation, Person: o.Buyer, Revision: o.Quote.Revision}
	for _, l := range o.Quote.Lines {
		line := l.CartLine
		line.Seen = l.Unit
		c.Lines = append(c.Lines, line)
	}
	return c
}
