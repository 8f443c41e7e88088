package fakegraph

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Subscription is what the tenant bought of one SKU.
type Subscription struct {
	ID, Commerce string // made up where they are ""
	SKU          string
	Seats        int
	Status       string // Enabled by default; Warning, Suspended, LockedOut, Deleted
	Trial        bool
	Partner      string    // the tenant of who sold it, "" for Microsoft
	Created      time.Time // a year ago by default
	Renews       time.Time // a year after that by default
}

// subscription is one with its history.
type subscription struct {
	Subscription
	appears time.Time
	seats   []grown
	status  string
}

type grown struct {
	at time.Time
	by int
}

// Own has the tenant own seats, from long ago. It returns the subscription's id.
func (g *Graph) Own(sku string, seats int) string {
	return g.Subscribe(Subscription{SKU: sku, Seats: seats}, -365*24*time.Hour)
}

// Buy has a new subscription appear after so long.
func (g *Graph) Buy(sku string, seats int, after time.Duration) string {
	return g.Subscribe(Subscription{SKU: sku, Seats: seats}, after)
}

// Subscribe has a subscription appear after so long. It returns its id.
func (g *Graph) Subscribe(s Subscription, after time.Duration) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	appears := g.now().Add(after)
	setDefault(&s.ID, g.id("50b5c100"))
	setDefault(&s.Commerce, g.id("c0333e4c"))
	setDefault(&s.Status, "Enabled")
	setDefault(&s.Created, appears)
	setDefault(&s.Renews, s.Created.AddDate(1, 0, 0))
	s.SKU = strings.ToLower(s.SKU)
	g.subscriptions = append(g.subscriptions, &subscription{Subscription: s, appears: appears, status: s.Status})
	return s.ID
}

// Grow has a subscription have more seats after so long, or fewer.
func (g *Graph) Grow(id string, seats int, after time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.subscription(id)
	s.seats = append(s.seats, grown{g.now().Add(after), seats})
}

// Turn has a subscription be of another status from now on.
func (g *Graph) Turn(id, status string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.subscription(id).status = status
}

func (g *Graph) subscription(id string) *subscription {
	i := slices.IndexFunc(g.subscriptions, func(s *subscription) bool { return s.ID == id })
	if i < 0 {
		panic("there is no subscription " + id)
	}
	return g.subscriptions[i]
}

// total is how many seats it had then.
func (s *subscription) total(at time.Time) int {
	n := s.Seats
	for _, step := range s.seats {
		if !step.at.After(at) {
			n += step.by
		}
	}
	return n
}

// prepaid are seats of one SKU by the state of what they are of.
type prepaid struct {
	enabled, suspended, warning, locked int
	subscriptions                       []string
	status                              string
}

// statuses, those first that a SKU takes on of several subscriptions.
var statuses = []string{"Enabled", "Warning", "Suspended", "LockedOut", "Deleted"}

// owned is what the tenant could assign of each SKU then, in the order of purchase.
func (g *Graph) owned(at time.Time) (skus []string, all map[string]*prepaid) {
	all = map[string]*prepaid{}
	for _, s := range g.subscriptions {
		if s.appears.Add(g.Provisioning).After(at) {
			continue
		}
		p := all[s.SKU]
		if p == nil {
			p = &prepaid{status: s.status}
			all[s.SKU] = p
			skus = append(skus, s.SKU)
		}
		p.add(s, s.total(at))
	}
	return skus, all
}

func (p *prepaid) add(s *subscription, seats int) {
	switch s.status {
	case "Enabled":
		p.enabled += seats
	case "Warning":
		p.warning += seats
	case "Suspended":
		p.suspended += seats
	case "LockedOut":
		p.locked += seats
	}
	p.subscriptions = append(p.subscriptions, s.ID)
	if slices.Index(statuses, s.status) < slices.Index(statuses, p.status) {
		p.status = s.status
	}
}

// subscribedSkus takes no options of a query.
func (g *Graph) subscribedSkus(q *request) answer {
	if len(q.query) > 0 {
		return unsupported("The query specified in the URI is not valid. Query options are not allowed.")
	}
	at := g.seen()
	skus, all := g.owned(at)
	items := []any{}
	for _, sku := range skus {
		p, known := all[sku], g.product(sku)
		items = append(items, map[string]any{
			"id": g.Tenant + "_" + sku, "accountId": g.Tenant, "accountName": "contoso", "skuId": sku, "skuPartNumber": known.Part, "appliesTo": "User",
			"capabilityStatus": p.status, "consumedUnits": g.consumed(sku, at), "subscriptionIds": p.subscriptions, "servicePlans": known.shown(),
			"prepaidUnits": map[string]int{"enabled": p.enabled, "suspended": p.suspended, "warning": p.warning, "lockedOut": p.locked},
		})
	}
	return answer{status: http.StatusOK, body: map[string]any{"@odata.context": q.base + "/$metadata#subscribedSkus", "value": items}}
}

func (p Product) shown() []any {
	shown := []any{}
	for _, plan := range p.Plans {
		shown = append(shown, map[string]any{"servicePlanId": plan.ID, "servicePlanName": plan.Name, "provisioningStatus": "Success", "appliesTo": "User"})
	}
	return shown
}

// companySubscriptions takes no options of a query either: which it takes Microsoft does not say plainly.
func (g *Graph) companySubscriptions(q *request) answer {
	if len(q.query) > 0 {
		return unsupported("The query specified in the URI is not valid. Query options are not allowed.")
	}
	items, at := []any{}, g.seen()
	for _, s := range g.subscriptions {
		if s.appears.After(at) {
			continue
		}
		items = append(items, map[string]any{
			"id": s.ID, "commerceSubscriptionId": s.Commerce, "skuId": s.SKU, "skuPartNumber": g.product(s.SKU).Part, "status": s.status, "isTrial": s.Trial,
			"totalLicenses": s.total(at), "createdDateTime": stamp(s.Created), "nextLifecycleDateTime": stamp(s.Renews), "ownerId": nil, "ownerTenantId": null(s.Partner),
			"ownerType": "User", "serviceStatus": g.product(s.SKU).shown(),
		})
	}
	return answer{status: http.StatusOK, body: map[string]any{"@odata.context": q.base + "/$metadata#directory/subscriptions", "value": items}}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Seats are how many of a SKU can be assigned, and how many are.
func (g *Graph) Seats(sku string) (owned, used int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.usable(sku), g.consumed(sku, g.now())
}

// usable are the seats that can be assigned now: those of subscriptions in order, or in their grace.
func (g *Graph) usable(sku string) int {
	_, all := g.owned(g.now())
	if p := all[sku]; p != nil {
		return p.enabled + p.warning
	}
	return 0
}
