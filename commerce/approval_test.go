package commerce

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// covers reports, by trying every way, whether people can be given n roles of their own:
// what matched answers in another way.
func covers(people [][]Role, n int) bool {
	if n == 0 {
		return true
	}
	for i, held := range people {
		for _, r := range held {
			rest := make([][]Role, 0, len(people)-1)
			for j, other := range people {
				if j != i {
					rest = append(rest, slices.DeleteFunc(slices.Clone(other), func(o Role) bool { return o == r }))
				}
			}
			if covers(rest, n-1) {
				return true
			}
		}
	}
	return false
}

var someRoles = []Role{Approver, "finance", "cfo", Buyer}

func drawRoles(t *rapid.T, label string) []Role {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(someRoles), 0, 2, func(r Role) Role { return r }).Draw(t, label)
}

// trial is a request for approval under random hands.
type trial struct {
	*rapid.T
	org    Organisation
	order  Order
	now    time.Time
	prices map[string]Money // hash -> subtotal, of every quote that was shown
	cast   []Vote           // votes that were taken
	stand  Delegations      // in force now
}

func newTrial(t *rapid.T) *trial {
	tr := &trial{T: t, now: time.Unix(1_800_000_000, 0), prices: map[string]Money{}}
	tr.org = Organisation{ID: "o", Currency: "EUR", Tolerance: rapid.SampledFrom([]string{"0", "0.05"}).Draw(t, "tolerance")}
	for i := range 5 {
		tr.org.People = append(tr.org.People, Person{ID: fmt.Sprintf("p%d", i), Name: fmt.Sprintf("P%d", i), Roles: drawRoles(t, "roles")})
	}
	tr.org.People[4].Roles = nil // who can only stand in
	for _, p := range tr.org.People[1:4] {
		if rapid.Bool().Draw(t, "away") {
			tr.stand = append(tr.stand, Delegation{From: p.ID, FromName: p.Name, To: "p4"})
		}
	}
	tr.order = Order{ID: "CW-1", Organisation: "o", Buyer: "p0", State: StateSubmitted, Quote: tr.quote(100)}
	need := Requirement{
		Approvals: rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(t, "approvals"), From: rapid.SliceOfNDistinct(rapid.SampledFrom(someRoles[:3]), 1, 3, func(r Role) Role { return r }).Draw(t, "from"),
		DistinctRoles: rapid.Bool().Draw(t, "distinct"), Expires: time.Hour,
	}
	if err := tr.order.request(need, tr.now, Timings{}); err != nil {
		t.Fatal(err)
	}
	return tr
}

func (tr *trial) quote(euro int) Quote {
	m, err := NewMoney(fmt.Sprint(euro), "EUR")
	if err != nil {
		tr.Fatal(err)
	}
	q := Quote{Currency: "EUR", Subtotal: m, Committed: m, Total: m, Hash: fmt.Sprintf("hash of %d", euro)}
	tr.prices[q.Hash] = m
	return q
}

func (tr *trial) someone() Person { return rapid.SampledFrom(tr.org.People).Draw(tr.T, "who") }

func (tr *trial) votes() {
	p, hash := tr.someone(), rapid.SampledFrom([]string{tr.order.Quote.Hash, tr.order.Quote.Hash, tr.order.Quote.Hash, tr.order.Quote.Hash, "hash of 100", "hash of 104"}).Draw(tr.T, "hash")
	voter := InFile(tr.org, p, tr.stand)
	voter.Failed = rapid.IntRange(0, 9).Draw(tr.T, "lookup") == 9
	if tr.order.MayVote(tr.org, voter, hash) != nil {
		return
	}
	v := Vote{Hash: hash, Reject: rapid.IntRange(0, 30).Draw(tr.T, "against") == 30}
	v.sign(voter, tr.order.authority(voter), tr.now)
	if v.Person == tr.order.Buyer || voter.Failed || v.Hash != tr.order.Quote.Hash || len(v.Roles) == 0 {
		tr.Fatalf("this vote was taken: %+v of %+v", v, voter)
	}
	if err := tr.order.vote(v, tr.now); err != nil {
		tr.Fatal(err)
	}
	tr.cast = append(tr.cast, v)
}

func (tr *trial) rolesChange() {
	i := rapid.IntRange(0, len(tr.org.People)-1).Draw(tr.T, "whose")
	tr.org.People[i].Roles = drawRoles(tr.T, "new roles")
}

// delegates has somebody stand in for another, in place of anyone, or nobody any more.
func (tr *trial) delegates() {
	from, to := tr.someone(), tr.someone()
	tr.stand = slices.DeleteFunc(slices.Clone(tr.stand), func(d Delegation) bool { return d.From == from.ID })
	if from.ID != to.ID {
		tr.stand = append(tr.stand, Delegation{From: from.ID, FromName: from.Name, To: to.ID})
	}
}

// reaches reports whether what somebody may do has come to another by delegations that
// the buyer has no hand in: by following each from its beginning, as Behind does not.
func (tr *trial) reaches(from, to string) bool {
	for range tr.org.People {
		if from == to {
			return true
		}
		d, ok := tr.stand.Of(from)
		if !ok || from == tr.order.Buyer {
			return false
		}
		from = d.To
	}
	return from == to
}

func (tr *trial) judges() {
	if tr.order.State != StateAwaitingApproval || !tr.order.Approval.Quorum() {
		return
	}
	approved := tr.order.Quote
	j := judgement{roles: map[string][]Role{}, tolerance: tr.org.Tolerance, quote: tr.quote(rapid.SampledFrom([]int{90, 100, 104, 110}).Draw(tr.T, "price"))}
	for _, v := range tr.order.Approval.Votes {
		p, _ := tr.org.Person(v.Person)
		j.roles[v.Person] = tr.order.backing(v, InFile(tr.org, p, tr.stand))
	}
	if err := tr.order.judge(j, tr.now, Timings{}); err != nil {
		tr.Fatal(err)
	}
	if tr.order.State == StateAwaitingPayment {
		tr.holds(approved)
	}
}

// holds looks whether what goes to its payment was approved by enough entitled people who
// are not the buyer, on exactly what is paid or on something dearer by no more than the
// tolerance.
func (tr *trial) holds(approved Quote) {
	a := tr.order.Approval
	seen := map[string]bool{}
	var people [][]Role
	for _, v := range a.Votes {
		p, _ := tr.org.Person(cmp.Or(v.For, v.Person))
		held := slices.DeleteFunc(slices.Clone(p.Roles), func(r Role) bool { return !slices.Contains(a.Need.From, r) })
		switch {
		case seen[v.Person], seen["for "+p.ID], v.Person == tr.order.Buyer, p.ID == tr.order.Buyer, !tr.reaches(p.ID, v.Person), len(held) == 0, v.Reject, v.Hash != approved.Hash:
			tr.Fatalf("%+v counts; %s has %v, the quote was %s", v, v.Person, p.Roles, approved.Hash)
		case !slices.ContainsFunc(tr.cast, func(c Vote) bool { return c.Person == v.Person && c.Hash == v.Hash && !c.Reject }):
			tr.Fatalf("%+v was never cast", v)
		}
		seen[v.Person], seen["for "+p.ID] = true, true
		people = append(people, held)
	}
	if len(people) < a.Need.Approvals || a.Need.DistinctRoles && !covers(people, a.Need.Approvals) {
		tr.Fatalf("%v are not %d (distinct roles: %v)", people, a.Need.Approvals, a.Need.DistinctRoles)
	}
	most := approved.Subtotal.Plus(approved.Subtotal.Percent(tr.org.Tolerance))
	if tr.order.Quote.Subtotal.Cmp(most) > 0 {
		tr.Fatalf("%s is paid and %s was approved", tr.order.Quote.Subtotal, approved.Subtotal)
	}
}

// No order reaches its payment without its quorum of distinct, entitled people who are not
// the buyer, bound to exactly what is then paid: whatever the people, the rule, the order of
// the votes, and what changes in between.
func TestNoOrderIsPaidWithoutItsQuorum(t *testing.T) {
	t.Parallel()
	paid, stoodIn := 0, 0
	walk := func(t *rapid.T) {
		tr := newTrial(t)
		for range rapid.IntRange(5, 40).Draw(t, "moves") {
			switch rapid.IntRange(0, 19).Draw(t, "move") {
			case 17:
				tr.rolesChange()
			case 18:
				tr.judges()
			case 19:
				tr.delegates()
			default:
				tr.votes()
			}
		}
		tr.judges()
		if tr.order.State == StateAwaitingPayment {
			paid++
			if slices.ContainsFunc(tr.order.Approval.Votes, func(v Vote) bool { return v.For != "" }) {
				stoodIn++
			}
		}
	}
	for range 4 { // some of them have to get to the end
		rapid.Check(t, walk)
	}
	t.Logf("%d orders reached their payment, %d by somebody who stood in", paid, stoodIn)
	if paid == 0 || stoodIn == 0 {
		t.Errorf("%d orders reached their payment, %d by somebody who stood in: too little was tried", paid, stoodIn)
	}
}

// Kuhn's algorithm answers as trying every way does.
func TestMatchedTriesEveryWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []Role { return drawRoles(t, "held") }), 0, 5).Draw(t, "people")
		n := matched(people)
		if !covers(people, n) || covers(people, n+1) {
			t.Fatalf("%v: %d", people, n)
		}
	})
}

// Who may vote, in each state, by role: the whole matrix.
func TestWhoMayVoteInWhichState(t *testing.T) {
	t.Parallel()
	org := Organisation{ID: "o", People: []Person{{ID: "buyer", Name: "B", Roles: []Role{Buyer, Approver}}, {ID: "other", Name: "O"}}}
	for _, state := range States {
		for _, role := range append(someRoles, Viewer, "none") {
			for _, who := range []string{"buyer", "other", ""} {
				for _, failed := range []bool{false, true} {
					o := Order{Buyer: "buyer", Organisation: "o", State: state, Quote: Quote{Hash: "h"}, Approval: &Approval{Need: Requirement{Approvals: 1, From: []Role{Approver, "finance"}}}}
					err := o.MayVote(org, Voter{Actor: Actor{Organisation: "o", Person: who, Roles: []Role{role}, Failed: failed}}, "h")
					want := state == StateAwaitingApproval && who == "other" && !failed && (role == Approver || role == "finance")
					if (err == nil) != want || err != nil && CodeOf(err) == CodeInternal {
						t.Errorf("%s as %s in %s, failed %v: %v", who, role, state, failed, err)
					}
				}
			}
		}
	}
}

// How many approvals are still wanted: by how many people, and for how many roles.
func TestMissingApprovals(t *testing.T) {
	t.Parallel()
	approver, finance, both := []Role{Approver}, []Role{"finance"}, []Role{Approver, "finance"}
	for _, c := range []struct {
		distinct bool
		voters   [][]Role
		want     int
	}{
		{false, nil, 2},
		{false, [][]Role{approver, approver}, 0},
		{true, [][]Role{approver, approver}, 1},
		{true, [][]Role{approver, approver, approver}, 1},
		{true, [][]Role{approver, finance}, 0},
		{true, [][]Role{both, approver}, 0},
		{true, [][]Role{approver, both}, 0},
		{true, [][]Role{both, both}, 0},
		{true, [][]Role{both}, 1},
		{true, [][]Role{{"cfo"}, approver}, 1},
		{false, [][]Role{{"cfo"}, approver}, 1},
	} {
		a := Approval{Need: Requirement{Approvals: 2, From: both, DistinctRoles: c.distinct}}
		for i, held := range c.voters {
			a.Votes = append(a.Votes, Vote{Person: fmt.Sprint(i), Roles: held})
		}
		if got := a.Missing(); got != c.want || a.Quorum() != (c.want == 0) {
			t.Errorf("%v, distinct %v: %d are missing, want %d", c.voters, c.distinct, got, c.want)
		}
	}
}

// Who may vote in whose name: directly and through others, never for the buyer, through the
// buyer or as the buyer, once in each name, and in the name that the rule lacks.
func TestStandingIn(t *testing.T) {
	t.Parallel()
	org := Organisation{ID: "o", People: []Person{
		{ID: "buyer", Roles: []Role{Buyer, Approver}}, {ID: "ann", Name: "Ann", Roles: []Role{Approver}}, {ID: "fin", Name: "Fin", Roles: []Role{"finance"}},
		{ID: "sub", Name: "Sub", Roles: []Role{Viewer}}, {ID: "all", Name: "All", Roles: []Role{Approver}}, {ID: "emil"},
	}}
	order := func(distinct bool, votes ...Vote) Order {
		need := Requirement{Approvals: 2, From: []Role{Approver, "finance"}, DistinctRoles: distinct}
		return Order{Buyer: "buyer", Organisation: "o", State: StateAwaitingApproval, Quote: Quote{Hash: "h"}, Approval: &Approval{Need: need, Votes: votes}}
	}
	by := func(from, to string) Delegation {
		return Delegation{From: from, FromName: strings.ToUpper(from), To: to}
	}
	approver := []Role{Approver}
	for name, c := range map[string]struct {
		who   string
		order Order
		stand Delegations
		want  string // in whose name, or the code
	}{
		"nobody stands in":                     {"sub", order(false), nil, "not_allowed"},
		"directly":                             {"sub", order(false), Delegations{by("ann", "sub")}, "ann"},
		"not the other way":                    {"sub", order(false), Delegations{by("sub", "ann")}, "not_allowed"},
		"around":                               {"sub", order(false), Delegations{by("ann", "emil"), by("emil", "sub")}, "ann"},
		"through somebody who is gone":         {"sub", order(false), Delegations{by("ann", "gone"), by("gone", "sub")}, "not_allowed"},
		"around a circle of two":               {"ann", order(false), Delegations{by("ann", "sub"), by("sub", "ann")}, "ann"},
		"the buyer's own":                      {"buyer", order(false), Delegations{by("ann", "buyer")}, "own_order"},
		"for the buyer":                        {"sub", order(false), Delegations{by("buyer", "sub")}, "not_allowed"},
		"through the buyer":                    {"sub", order(false), Delegations{by("ann", "buyer"), by("buyer", "sub")}, "not_allowed"},
		"for the buyer, around a circle":       {"ann", order(false), Delegations{by("buyer", "sub"), by("sub", "ann"), by("ann", "buyer")}, "ann"},
		"the other has voted":                  {"sub", order(false, Vote{Person: "ann", Name: "Ann", Roles: approver}), Delegations{by("ann", "sub")}, "represented"},
		"somebody has voted in their name":     {"ann", order(false, Vote{Person: "sub", Name: "Sub", For: "ann", Roles: approver}), Delegations{by("ann", "sub")}, "represented"},
		"one of two is left":                   {"sub", order(false, Vote{Person: "ann", Roles: approver}), Delegations{by("ann", "sub"), by("fin", "sub")}, "fin"},
		"their own before others'":             {"all", order(false), Delegations{by("fin", "all")}, "all"},
		"the role that is lacking, not theirs": {"all", order(true, Vote{Person: "ann", Roles: approver}), Delegations{by("fin", "all")}, "fin"},
		"a second time":                        {"sub", order(false, Vote{Person: "sub", For: "ann", Roles: approver}), Delegations{by("ann", "sub"), by("fin", "sub")}, "voted"},
	} {
		p, _ := org.Person(c.who)
		voter := InFile(org, p, c.stand)
		err := c.order.MayVote(org, voter, "h")
		got := string(CodeOf(err))
		if err == nil {
			got = c.order.authority(voter).person
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	unsure := Voter{Actor: Actor{Organisation: "o", Person: "sub"}, Delegations: Delegations{by("ann", "sub")}, Unsure: true}
	if err := order(false).MayVote(org, unsure, "h"); !IsCode(err, CodeLookupFailed) {
		t.Errorf("a lookup that fails: %v", err)
	}
}

// A proposer's vote counts by the rule of what they proposed, if they hold its role.
func TestAProposersVoteUnderAnotherRule(t *testing.T) {
	t.Parallel()
	org := Organisation{ID: "o", People: []Person{{ID: "buyer", Roles: []Role{Buyer}}, {ID: "both", Name: "Both", Roles: []Role{"cfo", Approver}}}}
	m, _ := NewMoney("10", "EUR")
	q := Quote{Currency: "EUR", Subtotal: m, Committed: m, Hash: "h2"}
	now := time.Unix(1_800_000_000, 0)
	o := Order{Buyer: "buyer", Organisation: "o", State: StateAwaitingApproval, Quote: Quote{Hash: "h"}, Approval: &Approval{Need: Requirement{Approvals: 1, From: []Role{"cfo"}}}}
	p, _ := org.Person("both")
	voter := InFile(org, p, nil)
	if err := o.MayVote(org, voter, "h"); err != nil {
		t.Fatal(err)
	}
	by := Vote{Hash: "h2"}
	by.sign(voter, o.authority(voter), now)
	o.Approval.Proposal = &Proposal{By: by, Quote: q}
	o.State = StateChangesProposed
	if err := o.revise(Requirement{Approvals: 1, From: []Role{Approver}}, now, Timings{}); err != nil {
		t.Fatal(err)
	}
	if o.Approval.Missing() != 0 {
		t.Errorf("the proposer holds %v, the new rule asks %v, and their vote does not count: %d missing; may they vote? %v", p.Roles, o.Approval.Need.From, o.Approval.Missing(), o.MayVote(org, voter, "h2"))
	}
}

// Who has voted counts with every role that is asked by now.
func TestEscalatedRolesOfThoseWhoVoted(t *testing.T) {
	t.Parallel()
	org := Organisation{ID: "o", People: []Person{{ID: "a", Roles: []Role{Approver, "cfo"}}, {ID: "b", Roles: []Role{Approver}}}}
	o := Order{Buyer: "buyer", Organisation: "o", State: StateAwaitingApproval, Quote: Quote{Hash: "h"}, Approval: &Approval{Need: Requirement{Approvals: 2, From: []Role{Approver, "finance"}, DistinctRoles: true, Escalate: Escalation{To: []Role{"cfo"}}}}}
	cast := func(id string) {
		p, _ := org.Person(id)
		v := InFile(org, p, nil)
		if err := o.MayVote(org, v, "h"); err != nil {
			t.Fatal(id, err)
		}
		vote := Vote{Hash: "h"}
		vote.sign(v, o.authority(v), time.Time{})
		o.Approval.Votes = append(o.Approval.Votes, vote)
	}
	cast("a")
	o.Approval.Escalated = true
	cast("b")
	p, _ := org.Person("a")
	if n := o.Approval.Missing(); n != 0 {
		t.Errorf("a is cfo and approver, b approver, the rule asks for two of %v and misses %d; may a vote again? %v", o.Approval.Asks(), n, o.MayVote(org, InFile(org, p, nil), "h"))
	}
}
