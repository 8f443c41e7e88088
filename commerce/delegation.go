package commerce

import (
	"cmp"
	"slices"
	"time"
)

// Delegation has somebody stand in for an approver until a day has ended. Everybody has at
// most one.
type Delegation struct {
	Organisation string    `json:"organisation"`
	From         string    `json:"from"` // person id
	FromName     string    `json:"from_name"`
	Account      Account   `json:"account"` // of From: where their roles are looked up
	To           string    `json:"to"`
	ToName       string    `json:"to_name"`
	Since        time.Time `json:"since"`
	Until        time.Time `json:"until"` // it is over then
}

// MaxDelegation is how long a delegation may last.
const MaxDelegation = 366 * 24 * time.Hour

// Delegations are those of an organisation that are in force.
type Delegations []Delegation

// Of is the person's own delegation.
func (all Delegations) Of(person string) (Delegation, bool) {
	i := slices.IndexFunc(all, func(d Delegation) bool { return d.From == person })
	if i < 0 {
		return Delegation{}, false
	}
	return all[i], true
}

// Behind are the delegations of those for whom the person stands in, directly or because
// they stand in for one who does, without any that leads through somebody: nobody chooses
// who approves what they bought themselves.
func (all Delegations) Behind(person, without string) Delegations {
	seen := map[string]bool{person: true, without: true}
	var behind Delegations
	for next := []string{person}; len(next) > 0; next = next[1:] {
		for _, d := range all {
			if d.To == next[0] && !seen[d.From] {
				seen[d.From] = true
				behind, next = append(behind, d), append(next, d.From)
			}
		}
	}
	return behind
}

// Voter is an actor who may answer requests, with those who have them stand in.
type Voter struct {
	Actor
	Delegations Delegations       // without those of people who are gone
	Behind      map[string][]Role // person -> what each may do for whom the actor stands in
	Unsure      bool              // what one of them may do could not be found out
}

// authority is in whose name a vote is cast, with all that they may do.
type authority struct {
	person, name string
	roles        []Role
}

// authorities are in whose names the voter may answer: their own first.
func (o Order) authorities(v Voter) []authority {
	all := []authority{{v.Person, v.Name, v.Roles}}
	for _, d := range v.Delegations.Behind(v.Person, o.Buyer) {
		all = append(all, authority{d.From, d.FromName, v.Behind[d.From]})
	}
	return slices.DeleteFunc(all, func(a authority) bool { return len(o.Approval.held(a.roles)) == 0 })
}

// unused are those in whose names nobody has voted.
func (a Approval) unused(all []authority) []authority {
	return slices.DeleteFunc(slices.Clone(all), func(w authority) bool {
		return slices.ContainsFunc(a.Votes, func(v Vote) bool { return v.principal() == w.person })
	})
}

// principal is in whose name the vote was cast.
func (v Vote) principal() string { return cmp.Or(v.For, v.Person) }

// authority is in whose name the voter answers: the one that leaves the fewest approvals
// missing and, of those, their own. There is one: MayVote has said so.
func (o Order) authority(v Voter) authority {
	missing := func(w authority) int {
		with := *o.Approval
		with.Votes = append(slices.Clone(with.Votes), Vote{Person: v.Person, Roles: w.roles})
		return with.Missing()
	}
	return slices.MinFunc(o.Approval.unused(o.authorities(v)), func(x, y authority) int { return missing(x) - missing(y) })
}

// sign makes the vote the voter's, in the name in which they may cast it.
func (v *Vote) sign(by Voter, in authority, at time.Time) {
	v.Person, v.Name, v.Account, v.Roles, v.At = by.Person, by.Name, by.Account, in.roles, at
	v.For, v.ForName = "", ""
	if in.person != by.Person {
		v.For, v.ForName = in.person, in.name
	}
}

// backing are the roles that are behind a vote now: those of the one in whose name it was
// cast, as long as the voter may still cast it.
func (o Order) backing(v Vote, now Voter) []Role {
	if now.Person == v.Person {
		for _, w := range o.authorities(now) {
			if w.person == v.principal() {
				return w.roles
			}
		}
	}
	return nil
}

// InFile is the person as a voter by the organisations file alone.
func InFile(org Organisation, p Person, all Delegations) Voter {
	v := Voter{Actor: Actor{Organisation: org.ID, Person: p.ID, Name: p.Name, Roles: p.Roles}, Behind: map[string][]Role{}}
	for _, d := range all {
		if from, there := org.Person(d.From); there {
			v.Delegations = append(v.Delegations, d)
			v.Behind[d.From] = from.Roles
		}
	}
	return v
}

// Asked is somebody who may answer a request.
type Asked struct {
	Person
	For   string // the name of the one for whom they would: "" for themselves
	Voted bool   // they have, or somebody has in the only names in which they could
}

// Asked lists who may answer the request by the organisations file and the delegations.
func (o Order) Asked(org Organisation, all Delegations) []Asked {
	if o.Approval == nil {
		return nil
	}
	var asked []Asked
	for _, p := range org.People {
		may := o.authorities(InFile(org, p, all))
		if p.ID == o.Buyer || len(may) == 0 {
			continue
		}
		a := Asked{Person: p}
		_, a.Voted = o.Approval.Voted(p.ID)
		if unused := o.Approval.unused(may); len(unused) > 0 {
			may = unused
		} else {
			a.Voted = true
		}
		if may[0].person != p.ID {
			a.For = may[0].name
		}
		asked = append(asked, a)
	}
	return asked
}

// delegable says why the actor cannot have somebody stand in, nil where they can: CodeNotAllowed,
// CodeStandIn, CodeUntil.
func delegable(org Organisation, actor Actor, to string, until, now time.Time) error {
	asked := org.Policy.Roles()
	switch {
	case actor.Failed:
		return Refuse(CodeLookupFailed)
	case !slices.ContainsFunc(actor.Roles, func(r Role) bool { return slices.Contains(asked, r) }):
		return Refuse(CodeNotAllowed, "role", string(firstRole(asked)), "ask", org.holders(firstRole(asked)))
	}
	if p, known := org.Person(to); !known || to == actor.Person || len(p.Roles) == 0 {
		return Refuse(CodeStandIn)
	}
	if !until.After(now) || until.After(now.Add(MaxDelegation)) {
		return Refuse(CodeUntil)
	}
	return nil
}
