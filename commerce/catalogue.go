package commerce

import (
	"bytes"
	_ "embed"
	"slices"
	"sync"
	"time"
)

//go:embed catalogue.yaml
var builtIn []byte

// Group is a shelf of the catalogue.
type Group string

const (
	Business   Group = "business"
	Enterprise Group = "enterprise"
	Frontline  Group = "frontline"
	Apps       Group = "apps"
	AddOn      Group = "add-on"
)

// Groups lists every group in the order in which they are shown.
var Groups = []Group{Business, Enterprise, Frontline, Apps, AddOn}

// Billing is how often a plan is paid.
type Billing string

const (
	Annual  Billing = "annual"
	Monthly Billing = "monthly"
)

// Term is a commitment, as an ISO 8601 duration.
type Term string

const (
	Month Term = "P1M"
	Year  Term = "P1Y"
)

// PlanID names one plan of an offer.
type PlanID struct {
	Commitment Term    `json:"commitment"`
	Billing    Billing `json:"billing"`
}

// PlanIDs lists the plans in the order in which they are shown.
var PlanIDs = []PlanID{{Year, Annual}, {Year, Monthly}, {Month, Monthly}}

// Periods is how many billing periods the commitment has.
func (p PlanID) Periods() int {
	if p.Commitment == Year && p.Billing == Monthly {
		return 12
	}
	return 1
}

// Plan is an offer's price for a seat and a billing period, from a day on.
type Plan struct {
	PlanID
	Price         Money
	From          time.Time // UTC midnight
	Indicative    bool      // a list price that the vendor need not honour
	Demonstration bool      // invented; for sandbox organisations only
}

// Seats is how many licences of an offer an organisation may hold. Max 0 is no limit;
// it counts seats already owned and in open orders.
type Seats struct{ Min, Max int }

// Offer is what the catalogue sells.
type Offer struct {
	ID            string
	Name          string
	Group         Group
	GraphSKU      string // Graph's skuId, a GUID: the key of owned seats
	PartnerCenter string // product:sku
	Seats         Seats
	Needs         []string // offers of which one must be owned or in the cart
	Clouds        []Cloud
	Aliases       []string
	DefaultFor    []string
	Plans         []Plan
}

// AutoAssigns reports whether licences of the offer may be handed out by themselves:
// an add-on depends on what each person has.
func (o Offer) AutoAssigns() bool { return o.Group != AddOn }

// Price is what one seat costs in plan id for one billing period at a moment: of
// several prices, the latest that does not begin in the future holds.
// Demonstration prices are for sandbox organisations only.
func (o Offer) Price(org Organisation, id PlanID, now time.Time) (Plan, bool) {
	if p := o.plan(&org, id, now); p != nil {
		return *p, true
	}
	return Plan{}, false
}

// plan is Price without a copy: a list asks for some hundred.
func (o *Offer) plan(org *Organisation, id PlanID, now time.Time) *Plan {
	var found *Plan
	for i := range o.Plans {
		if p := &o.Plans[i]; p.PlanID == id && p.sells(org, now) && (found == nil || p.From.After(found.From)) {
			found = p
		}
	}
	return found
}

func (p *Plan) sells(org *Organisation, now time.Time) bool {
	return p.Price.Currency() == org.Currency && !p.From.After(now) && (!p.Demonstration || org.Backend == Sandbox)
}

// PlansFor lists what the organisation can choose now, in the order of PlanIDs: all
// three plans worldwide, the two yearly ones in germany and 21vianet (contract, Money).
func (o Offer) PlansFor(org Organisation, now time.Time) []Plan {
	plans := make([]Plan, 0, len(PlanIDs))
	for _, id := range PlanIDs {
		if plan := o.planFor(&org, id, now); plan != nil {
			plans = append(plans, *plan)
		}
	}
	return plans
}

// FirstPlan is the first of PlansFor, the zero Plan where there is none.
func (o *Offer) FirstPlan(org Organisation, now time.Time) Plan {
	for _, id := range PlanIDs {
		if plan := o.planFor(&org, id, now); plan != nil {
			return *plan
		}
	}
	return Plan{}
}

// planFor is a plan that the organisation can buy now, nil where it cannot.
func (o *Offer) planFor(org *Organisation, id PlanID, now time.Time) *Plan {
	if !id.within(org.Cloud) {
		return nil
	}
	return o.plan(org, id, now)
}

// within reports whether a cloud has the plan: only one has any without a year's commitment.
func (p PlanID) within(cloud Cloud) bool { return p.Commitment != Month || cloud == Worldwide }

// soldTo reports whether the organisation can buy the offer now, in any plan.
func (o *Offer) soldTo(org *Organisation, now time.Time) bool {
	if !slices.Contains(o.Clouds, org.Cloud) {
		return false
	}
	for i := range o.Plans { // the first that sells will do: a list asks this of each offer
		if p := &o.Plans[i]; p.sells(org, now) && p.within(org.Cloud) && slices.Contains(PlanIDs, p.PlanID) {
			return true
		}
	}
	return false
}

// Catalogue is all offers. It is read-only once made.
type Catalogue struct{ Offers []Offer }

// BuiltIn is the embedded catalogue, read once.
var BuiltIn = sync.OnceValue(func() Catalogue {
	c, err := ReadCatalogue(bytes.NewReader(builtIn))
	if err != nil {
		panic(err) // the embedded file is tested
	}
	return c
})

// Offer finds an offer by id.
func (c Catalogue) Offer(id string) (Offer, bool) {
	for i := range c.Offers { // none is copied to be looked at
		if c.Offers[i].ID == id {
			return c.Offers[i], true
		}
	}
	return Offer{}, false
}

// For lists the offers that the organisation can buy now: sold in its cloud, with a
// price in its currency. They are the catalogue's own, to be read only.
func (c Catalogue) For(org Organisation, now time.Time) []*Offer {
	offers := make([]*Offer, 0, len(c.Offers))
	for i := range c.Offers {
		if o := &c.Offers[i]; o.soldTo(&org, now) {
			offers = append(offers, o)
		}
	}
	return offers
}
