package graph_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/graph"
	"cartwright/commerce/sandbox"
	"cartwright/testservices/fakegraph"
)

// sold is what both vendors of the tests sell.
var sold = func() commerce.Catalogue {
	euros := func(number string) commerce.Money {
		m, err := commerce.NewMoney(number, "EUR")
		if err != nil {
			panic(err)
		}
		return m
	}
	offer := func(id, sku, price string) commerce.Offer {
		return commerce.Offer{
			ID: id, Name: id, Group: commerce.Business, GraphSKU: sku, Seats: commerce.Seats{Min: 1, Max: 300}, Clouds: []commerce.Cloud{commerce.Worldwide},
			Plans: []commerce.Plan{{PlanID: yearly, Price: euros(price), From: monday.AddDate(-1, 0, 0)}},
		}
	}
	return commerce.Catalogue{Offers: []commerce.Offer{offer("premium", fakegraph.BusinessPremium, "240.00"), offer("visio", fakegraph.VisioPlan1, "60.00")}}
}()

var (
	yearly = commerce.PlanID{Commitment: commerce.Year, Billing: commerce.Annual}
	monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	buying = commerce.Organisation{ID: "contoso", Cloud: commerce.Worldwide, Country: "FR", Currency: "EUR", Backend: commerce.Direct}
)

// clock stands still but for what a story lets pass.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) passes(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// seller is a Vendor, with what it takes for an order to come true and how much is owned.
type seller struct {
	commerce.Vendor
	t        *testing.T
	clock    *clock
	comeTrue func(p commerce.Placement) // what nobody needs to do at a vendor who takes orders
	licensor commerce.Licensor
}

// onEachVendor tells the story of whatever keeps the port's promises.
func onEachVendor(t *testing.T, story func(s seller)) {
	t.Parallel()
	t.Run("sandbox", func(t *testing.T) {
		t.Parallel()
		story(sellerInSandbox(t))
	})
	t.Run("hand-off", func(t *testing.T) {
		t.Parallel()
		story(sellerAtGraph(t))
	})
}

func sellerInSandbox(t *testing.T) seller {
	c := &clock{now: monday}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "sandbox.db")+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, err := sandbox.New(t.Context(), db, "sqlite", sandbox.Options{
		PublicURL: "http://bot.example/", Key: []byte("0123456789abcdef"), Speed: 1, Now: c.Now, Catalogue: func() commerce.Catalogue { return sold },
		Seeds: map[string]sandbox.Tenant{buying.ID: {Owned: map[string]int{fakegraph.BusinessPremium: 20}}},
	})
	if err == nil {
		err = s.Seed(t.Context(), buying)
	}
	if err != nil {
		t.Fatal(err)
	}
	return seller{s.Vendor(), t, c, func(commerce.Placement) {}, s.Licensor()}
}

func sellerAtGraph(t *testing.T) seller {
	c := &clock{now: monday}
	w := newWorld(t, fakegraph.Options{Now: c.Now})
	w.fake.Own(fakegraph.BusinessPremium, 20)
	o := w.options()
	o.Now = c.Now
	g := graph.New(o)
	comeTrue := func(p commerce.Placement) {
		for _, l := range p.Lines {
			w.fake.Buy(l.Offer.GraphSKU, l.Quantity, 0)
		}
	}
	return seller{graph.NewHandOff(g, func() commerce.Catalogue { return sold }), t, c, comeTrue, g}
}

func placed(key string, quantities ...int) commerce.Placement {
	p := commerce.Placement{Key: key, Order: "CW-" + key}
	for i, n := range quantities {
		p.Lines = append(p.Lines, commerce.PlacementLine{ID: i + 1, Offer: sold.Offers[i], Plan: yearly, Quantity: n})
	}
	return p
}

func (s seller) place(p commerce.Placement) commerce.Placed {
	s.t.Helper()
	got, err := s.Place(soon(s.t), buying, p)
	if err != nil {
		s.t.Fatalf("place %s: %v", p.Key, err)
	}
	return got
}

// bought is how many licences of each line are there by now: what the vendor says or, where
// it takes no order, what of what is owned is worked out to be bought.
func (s seller) bought(p commerce.Placement, first commerce.Placed) map[int]int {
	s.t.Helper()
	found, err := s.LookUp(soon(s.t), buying, p.Key)
	if err != nil {
		s.t.Fatalf("look up %s: %v", p.Key, err)
	}
	there := map[int]int{}
	for _, l := range found.Lines {
		if l.State == commerce.LineProvisioned {
			there[l.ID] += p.Lines[l.ID-1].Quantity
		}
	}
	if found.Owned != nil {
		for _, c := range commerce.Purchases([]commerce.Order{s.order(p, first)}, nil, *found.Owned)[p.Order] {
			there[c.Line] += c.Seats()
		}
	}
	return there
}

func (s seller) order(p commerce.Placement, first commerce.Placed) commerce.Order {
	o := commerce.Order{ID: p.Order, State: commerce.StateHandedOver, HandOff: &commerce.HandOff{At: monday, Baseline: *first.Owned}}
	for _, l := range p.Lines {
		o.Lines = append(o.Lines, commerce.OrderLine{
			QuoteLine: commerce.QuoteLine{CartLine: commerce.CartLine{ID: l.ID, Quantity: l.Quantity}}, GraphSKU: l.Offer.GraphSKU,
		})
	}
	return o
}

func (s seller) owned(sku string) int {
	s.t.Helper()
	all, err := s.licensor.Seats(soon(s.t), buying)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, o := range all {
		if o.SKU == sku {
			return o.Owned
		}
	}
	return 0
}

func (s seller) expect(what string, got, want map[int]int) {
	s.t.Helper()
	for line := range 4 {
		if got[line] != want[line] {
			s.t.Errorf("%s: %v are there, want %v", what, got, want)
			return
		}
	}
}

// An order is placed once, however often it is asked for; nothing is there before it comes
// true, and then all of it.
func TestEveryVendorSellsOnce(t *testing.T) {
	onEachVendor(t, func(s seller) {
		p := placed("k1", 10, 3)
		first := s.place(p)
		s.expect("at first", s.bought(p, first), nil)
		if got := s.owned(fakegraph.BusinessPremium); got != 20 {
			s.t.Errorf("%d licences are owned at first, want 20", got)
		}
		s.place(p)
		s.comeTrue(p)
		s.clock.passes(time.Hour)
		s.expect("in the end", s.bought(p, first), map[int]int{1: 10, 2: 3})
		s.place(p)
		s.clock.passes(time.Hour)
		s.expect("after a repeat", s.bought(p, first), map[int]int{1: 10, 2: 3})
		if premium, visio := s.owned(fakegraph.BusinessPremium), s.owned(fakegraph.VisioPlan1); premium != 30 || visio != 3 {
			s.t.Errorf("%d and %d licences are owned, want 30 and 3", premium, visio)
		}
	})
}

// What was never placed is not found, by whatever key.
func TestEveryVendorKnowsWhatItNeverHeardOf(t *testing.T) {
	onEachVendor(t, func(s seller) {
		p := placed("k1", 10)
		first := s.place(p)
		s.comeTrue(p)
		s.clock.passes(time.Hour)
		found, err := s.LookUp(soon(s.t), buying, "k2")
		if !errors.Is(err, commerce.ErrNoTrace) && (err != nil || len(found.Lines) > 0 || found.Owned == nil) {
			s.t.Errorf("an unknown key: %+v, %v", found, err)
		}
		s.expect("of the other", s.bought(p, first), map[int]int{1: 10})
	})
}

// After a call whose outcome is not known an order is looked up and, where there is no
// trace of it, placed: it is there once.
func TestEveryVendorAfterAnUnknownOutcome(t *testing.T) {
	onEachVendor(t, func(s seller) {
		p := placed("k1", 10)
		gone, leave := context.WithCancel(soon(s.t))
		leave()
		if _, err := s.Place(gone, buying, p); err == nil {
			s.t.Error("a caller who has left gets an answer")
		} else if code := commerce.CodeOf(err); code == commerce.CodeVendorRefused {
			s.t.Errorf("an unknown outcome is a refusal: %v", err)
		}
		first, err := s.LookUp(soon(s.t), buying, p.Key)
		if errors.Is(err, commerce.ErrNoTrace) || len(first.Lines) == 0 {
			first = s.place(p)
		}
		s.comeTrue(p)
		s.clock.passes(time.Hour)
		s.expect("in the end", s.bought(p, first), map[int]int{1: 10})
	})
}

func TestEveryVendorsPrices(t *testing.T) {
	onEachVendor(t, func(s seller) {
		asked := []commerce.PriceOf{{Offer: "visio", Plan: yearly}, {Offer: "gold", Plan: yearly}, {Offer: "premium", Plan: commerce.PlanID{Commitment: "P3Y", Billing: commerce.Annual}}, {Offer: "premium", Plan: yearly}}
		plans, err := s.Prices(soon(s.t), buying, asked)
		if err != nil || len(plans) != len(asked) {
			s.t.Fatalf("%d prices for %d plans, %v", len(plans), len(asked), err)
		}
		if plans[0].Price.String() != "60.00 EUR" || plans[3].Price.String() != "240.00 EUR" || !plans[1].Price.None() || !plans[2].Price.None() {
			s.t.Errorf("the prices are %v", plans)
		}
	})
}

func TestEveryVendorTakesNoNonsense(t *testing.T) {
	with := func(change func(p *commerce.Placement)) commerce.Placement {
		p := placed("k1", 10, 3)
		change(&p)
		return p
	}
	onEachVendor(t, func(s seller) {
		for name, p := range map[string]commerce.Placement{
			"no key":       with(func(p *commerce.Placement) { p.Key = "" }),
			"no number":    with(func(p *commerce.Placement) { p.Order = "" }),
			"no lines":     with(func(p *commerce.Placement) { p.Lines = nil }),
			"a line twice": with(func(p *commerce.Placement) { p.Lines[1].ID = 1 }),
			"no offer":     with(func(p *commerce.Placement) { p.Lines[0].Offer.ID = "gold" }),
			"another SKU":  with(func(p *commerce.Placement) { p.Lines[0].Offer.GraphSKU = fakegraph.EntraP1 }),
			"no plan":      with(func(p *commerce.Placement) { p.Lines[0].Plan.Commitment = "P3Y" }),
			"none":         with(func(p *commerce.Placement) { p.Lines[0].Quantity = 0 }),
			"too many":     with(func(p *commerce.Placement) { p.Lines[0].Quantity = 301 }),
		} {
			if got, err := s.Place(soon(s.t), buying, p); !commerce.IsCode(err, commerce.CodeVendorRefused) {
				s.t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
	})
}

// A renewal is planned, or it is said that only a person can: never silence, and nothing
// that is owned now changes.
func TestEveryVendorsRenewals(t *testing.T) {
	onEachVendor(t, func(s seller) {
		err := s.PlanRenewal(soon(s.t), buying, fakegraph.BusinessPremium, 5)
		if err != nil && !commerce.IsCode(err, commerce.CodeAtMicrosoft) {
			s.t.Errorf("plan: %v", err)
		}
		if got := s.owned(fakegraph.BusinessPremium); got != 20 {
			s.t.Errorf("%d licences are owned, want 20", got)
		}
	})
}
