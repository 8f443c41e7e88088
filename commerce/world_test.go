package commerce

import (
	"testing"
	"time"
)

// The tests' world: one organisation, a small catalogue, and a moment.

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func eur(t testing.TB, number string) Money {
	t.Helper()
	m, err := NewMoney(number, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func plan(t testing.TB, term Term, billing Billing, price string) Plan {
	t.Helper()
	return Plan{PlanID: PlanID{term, billing}, Price: eur(t, price), From: noon.AddDate(0, -1, 0)}
}

func testCatalogue(t testing.TB) Catalogue {
	t.Helper()
	plans := func(annual, monthly, month string) []Plan {
		return []Plan{plan(t, Year, Annual, annual), plan(t, Year, Monthly, monthly), plan(t, Month, Monthly, month)}
	}
	return Catalogue{Offers: []Offer{
		{ID: "premium", Name: "Business Premium", Group: Business, GraphSKU: "sku-premium", Seats: Seats{1, 300}, Clouds: Clouds, Plans: plans("240.00", "21.00", "24.00")},
		{ID: "basic", Name: "Business Basic", Group: Business, GraphSKU: "sku-basic", Seats: Seats{1, 300}, Clouds: Clouds, Plans: plans("77.28", "6.76", "7.73")},
		{ID: "e3", Name: "Office 365 E3", Group: Enterprise, GraphSKU: "sku-e3", Seats: Seats{Min: 1}, Clouds: []Cloud{Worldwide}, Plans: plans("287.04", "25.12", "28.70")},
		{ID: "copilot", Name: "Copilot", Group: AddOn, GraphSKU: "sku-copilot", Seats: Seats{Min: 1}, Needs: []string{"premium", "e3"}, Clouds: Clouds, Plans: plans("331.20", "28.98", "33.12")},
	}}
}

func testOrganisation() Organisation {
	return Organisation{
		ID: "contoso", Name: "Contoso", Cloud: Worldwide, Country: "FR", Currency: "EUR", TimeZone: time.UTC,
		Tax: Tax{Name: "TVA", Rate: "0.2"}, Backend: Sandbox, Buying: true,
		People: []Person{
			{ID: "aicha", Name: "Aïcha", Roles: []Role{Buyer, Licensing}},
			{ID: "bruno", Name: "Bruno", Roles: []Role{Approver}},
		},
	}
}

// testShelf owns nothing, and knows it, but for what held says.
func testShelf(t testing.TB, held map[string]Holding) Shelf {
	t.Helper()
	s := Shelf{Organisation: testOrganisation(), Catalogue: testCatalogue(t), Known: true, Holdings: map[string]Holding{}, Now: noon}
	for _, o := range s.Catalogue.Offers {
		h, ok := held[o.ID]
		if !ok {
			h = Holding{Known: true}
		}
		s.Holdings[o.GraphSKU] = h
	}
	return s
}

func yearly() PlanID  { return PlanID{Year, Annual} }
func monthly() PlanID { return PlanID{Year, Monthly} }

// filled is a cart with the lines put into it one after the other.
func filled(t testing.TB, s Shelf, lines ...CartLine) Cart {
	t.Helper()
	c := Cart{Organisation: "contoso", Person: "aicha"}
	for _, l := range lines {
		var err error
		c, err = c.Put(s, l)
		if err != nil {
			t.Fatalf("put %+v: %v", l, err)
		}
	}
	return c
}

// quotedCart is the cart with a quote at the catalogue's prices.
func quotedCart(t testing.TB, s Shelf, c Cart) Cart {
	t.Helper()
	prices := make([]Plan, len(c.Lines))
	for i, l := range c.Lines {
		offer, _ := s.Catalogue.Offer(l.Offer)
		prices[i], _ = offer.Price(s.Organisation, l.Plan, s.Now)
	}
	q, err := s.Price(c, prices, QuoteLife)
	if err != nil {
		t.Fatal(err)
	}
	c.Quote = &q
	return c
}
