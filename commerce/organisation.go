package commerce

import (
	"slices"
	"time"
)

// Cloud is the Microsoft cloud in which a tenant lives.
type Cloud string

const (
	Worldwide Cloud = "worldwide"
	Germany   Cloud = "germany" // closed on 2021-10-29; demonstrations only
	Vianet    Cloud = "21vianet"
)

// Clouds lists every cloud.
var Clouds = []Cloud{Worldwide, Germany, Vianet}

// Backend says where an organisation's orders go.
type Backend string

const (
	Sandbox  Backend = "sandbox"
	Direct   Backend = "direct"
	Reseller Backend = "reseller"
)

// Role is what a person may do in an organisation. Rules may name further ones.
type Role string

const (
	Buyer     Role = "buyer"
	Approver  Role = "approver"
	Licensing Role = "licensing" // assign, remove, move
	Viewer    Role = "viewer"
	Operator  Role = "operator" // a reseller's own staff; never inside an organisation
)

// Organisation is the customer: one Microsoft 365 tenant.
type Organisation struct {
	ID           string
	Name         string
	Cloud        Cloud
	Country      string // ISO 3166 alpha-2
	Currency     string // ISO 4217
	TimeZone     *time.Location
	WorkingHours string // such as "Mon-Fri 09:00-18:00"
	Tax          Tax
	Tolerance    string // decimal, such as "0.05": how far above what was approved a price may move
	Backend      Backend
	Buying       bool // false stops new orders at once
	Workspaces   map[string][]string
	People       []Person
	Groups       map[Role]map[string][]string // role -> platform -> groups that grant it
	Policy       Policy
	// ApprovalChannel is where approvals are asked for, by platform; none: of each person
	// directly.
	ApprovalChannel map[string]string
}

// Tax is shown as an estimate. The zero Tax means that prices are shown before tax.
type Tax struct {
	Name string // such as "TVA"
	Rate string // decimal, such as "0.2"; "" for none
}

// Person is a human in an organisation, with accounts on platforms. Votes and roles
// follow the person, whatever account they come from.
type Person struct {
	ID       string // unique in the organisation, such as "aicha"
	Name     string
	Email    string // for people to read; it never identifies anyone
	Roles    []Role
	Locale   string
	Accounts map[string]string // platform -> account id
}

// Account is one login of a person on one platform.
type Account struct {
	Platform  string `json:"platform"`
	Workspace string `json:"workspace"`
	ID        string `json:"id"`
}

// Actor is the person behind an event, with the roles found for them.
type Actor struct {
	Organisation string
	Person       string // "" for somebody whom the organisation does not know
	Name         string
	Account      Account
	Locale       string
	TimeZone     *time.Location // the person's own; nil: the organisation's
	Roles        []Role
	Failed       bool // the lookup failed, so nothing may be concluded: denied
}

// zone is the name of the actor's own time zone, "" for none.
func (a Actor) zone() string {
	if a.TimeZone == nil {
		return ""
	}
	return a.TimeZone.String()
}

// Has reports whether the actor holds the role for certain.
func (a Actor) Has(role Role) bool { return !a.Failed && slices.Contains(a.Roles, role) }

// Authorise is the one place that decides whether the actor may do what needs role.
// A failed lookup denies. The error names who may be asked.
func Authorise(org Organisation, actor Actor, role Role) error {
	switch {
	case actor.Failed:
		return Refuse(CodeLookupFailed)
	case actor.Organisation != org.ID || actor.Person == "":
		return Refuse(CodeUnknownPerson, "ask", org.holders(role))
	case !actor.Has(role):
		return Refuse(CodeNotAllowed, "role", string(role), "ask", org.holders(role))
	}
	return nil
}

// holders are the names of the people who hold the role by the organisations file.
func (o Organisation) holders(role Role) []string {
	var names []string
	for _, p := range o.People {
		if slices.Contains(p.Roles, role) {
			names = append(names, p.Name)
		}
	}
	return names
}

// Workspace is the organisation's first workspace on a platform. In the playground each
// organisation is one.
func (o Organisation) Workspace(platform string) string {
	if all := o.Workspaces[platform]; len(all) > 0 {
		return all[0]
	}
	return o.ID
}

// Person finds a person of the organisation by id.
func (o Organisation) Person(id string) (Person, bool) {
	i := slices.IndexFunc(o.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return o.People[i], true
}

// Holding finds the person who owns the account; the workspace has been matched to
// the organisation before.
func (o Organisation) Holding(account Account) (Person, bool) {
	i, ok := o.PlaceOf(account, 0)
	if !ok {
		return Person{}, false
	}
	return o.People[i], true
}

// PlaceOf is where among People the one who owns the account is. It looks at guess first: a
// caller who remembers an earlier answer spares the search through thousands.
func (o Organisation) PlaceOf(account Account, guess int) (place int, found bool) {
	if guess < len(o.People) && o.People[guess].owns(account) {
		return guess, true
	}
	for i := range o.People { // none is copied to be looked at
		if o.People[i].owns(account) {
			return i, true
		}
	}
	return 0, false
}

func (p *Person) owns(account Account) bool {
	id, ok := p.Accounts[account.Platform]
	return ok && id == account.ID
}
