package conversations

import (
	"fmt"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/conversations/locale"
)

// The facts that golden prompts are made from: a small catalogue that no price change of
// the built-in one moves, one organisation, one buyer, one morning.

var morning = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

var (
	annual  = commerce.PlanID{Commitment: commerce.Year, Billing: commerce.Annual}
	monthly = commerce.PlanID{Commitment: commerce.Year, Billing: commerce.Monthly}
	month   = commerce.PlanID{Commitment: commerce.Month, Billing: commerce.Monthly}
)

// place is where a golden is read: the clouds differ in their steps and words.
type place struct {
	cloud commerce.Cloud
	lang  string
}

var english = place{commerce.Worldwide, "en"}

// places are all of them, by cloud.
func places(cloud commerce.Cloud) []place {
	var all []place
	for _, lang := range locale.Languages() {
		all = append(all, place{cloud, lang})
	}
	return all
}

// amount is a number of euros or, in China, eight times as many yuan.
func (f facts) amount(t testing.TB, number string) commerce.Money {
	return price(t, number, f.org.Currency)
}

func price(t testing.TB, number, code string) commerce.Money {
	t.Helper()
	m, err := commerce.NewMoney(number, code)
	if err != nil {
		t.Fatal(err)
	}
	if code == "CNY" {
		return m.Times(8)
	}
	return m
}

func plans(t testing.TB, yearly, monthlyPrice, monthPrice string) []commerce.Plan {
	t.Helper()
	from := morning.AddDate(0, -4, 0)
	var all []commerce.Plan
	for _, code := range []string{"EUR", "CNY"} {
		all = append(all,
			commerce.Plan{PlanID: annual, Price: price(t, yearly, code), From: from, Demonstration: true},
			commerce.Plan{PlanID: monthly, Price: price(t, monthlyPrice, code), From: from, Demonstration: true},
			commerce.Plan{PlanID: month, Price: price(t, monthPrice, code), From: from, Demonstration: true})
	}
	return all
}

func goldenCatalogue(t testing.TB) commerce.Catalogue {
	t.Helper()
	offer := func(id, name string, g commerce.Group, most int, p []commerce.Plan, needs ...string) commerce.Offer {
		return commerce.Offer{
			ID: id, Name: name, Group: g, GraphSKU: "sku-" + id, Seats: commerce.Seats{Min: 1, Max: most}, Clouds: commerce.Clouds, Plans: p, Needs: needs,
		}
	}
	c := commerce.Catalogue{Offers: []commerce.Offer{
		offer("premium", "Microsoft 365 Business Premium", commerce.Business, 300, plans(t, "242.40", "21.21", "24.24")),
		offer("basic", "Microsoft 365 Business Basic", commerce.Business, 300, plans(t, "76.80", "6.72", "7.68")),
		offer("e3", "Office 365 E3", commerce.Enterprise, 0, plans(t, "287.04", "25.12", "28.70")),
		offer("copilot", "Microsoft 365 Copilot", commerce.AddOn, 0, plans(t, "331.20", "28.98", "33.12"), "basic-no-teams", "e5"),
		offer("long", "Microsoft 365 E5 Information Protection and Governance for Frontline Workers (without Teams)", commerce.Frontline, 0, plans(t, "99999.99", "8750.01", "10000.10")),
		offer("visio", "Visio Plan 2", commerce.Apps, 0, plans(t, "168.00", "14.70", "16.80")),
		offer("project", "Project Plan 3", commerce.Apps, 0, plans(t, "336.00", "29.40", "33.60")),
		offer("basic-no-teams", "Microsoft 365 Business Basic (no Teams)", commerce.Business, 300, plans(t, "48.00", "4.20", "4.80")),
		offer("e5", "Office 365 E5", commerce.Enterprise, 0, plans(t, "492.00", "43.05", "49.20")),
	}}
	return c
}

// goldenOrganisation is one in the cloud, as the built-in sandbox is.
func goldenOrganisation(t testing.TB, cloud commerce.Cloud) commerce.Organisation {
	t.Helper()
	org := map[commerce.Cloud]commerce.Organisation{
		commerce.Worldwide: {ID: "contoso", Name: "Contoso SARL", Country: "FR", Currency: "EUR", Tax: commerce.Tax{Name: "TVA", Rate: "0.2"}},
		commerce.Germany:   {ID: "fabrikam", Name: "Fabrikam GmbH", Country: "DE", Currency: "EUR", Tax: commerce.Tax{Name: "MwSt.", Rate: "0.19"}},
		commerce.Vianet:    {ID: "adatum", Name: "Adatum", Country: "CN", Currency: "CNY", Tax: commerce.Tax{Name: "VAT 增值税", Rate: "0.06"}},
	}[cloud]
	zone, err := time.LoadLocation(map[string]string{"FR": "Europe/Paris", "DE": "Europe/Berlin", "CN": "Asia/Shanghai"}[org.Country])
	if err != nil {
		t.Fatal(err)
	}
	org.Cloud, org.TimeZone, org.Backend, org.Buying = cloud, zone, commerce.Sandbox, true
	org.People = []commerce.Person{
		{ID: "aicha", Name: "Aïcha", Roles: []commerce.Role{commerce.Buyer}},
		{ID: "chloe", Name: "Chloé", Roles: []commerce.Role{commerce.Buyer, commerce.Approver}},
		{ID: "bruno", Name: "Bruno", Roles: []commerce.Role{commerce.Approver}},
	}
	return org
}

// goldenFacts are what a buyer with an empty cart sees.
func goldenFacts(t testing.TB, at place) facts {
	t.Helper()
	org := goldenOrganisation(t, at.cloud)
	f := facts{
		org: org, now: morning, words: locale.For(at.lang, org.TimeZone),
		actor: commerce.Actor{Organisation: org.ID, Person: "aicha", Name: "Aïcha", Locale: at.lang, Roles: []commerce.Role{commerce.Buyer}},
		cart:  commerce.Cart{Organisation: org.ID, Person: "aicha"},
		shelf: commerce.Shelf{Organisation: org, Catalogue: goldenCatalogue(t), Known: true, Holdings: map[string]commerce.Holding{}, Now: morning},
	}
	f.shelf.Holdings["sku-basic"] = commerce.Holding{Known: true, Owned: 40, Used: 31, Open: 12}
	f.shelf.Holdings["sku-visio"] = commerce.Holding{Known: true, Owned: 1, Used: 1}
	f.people = commerce.Unlicensed{People: goldenPeople(14), AsOf: morning, Known: true}
	return f
}

// as is the same for somebody else.
func (f facts) as(person, name string, roles ...commerce.Role) facts {
	f.actor.Person, f.actor.Name, f.actor.Roles = person, name, roles
	f.denied = commerce.Authorise(f.org, f.actor, commerce.Buyer)
	return f
}

// goldenPeople are n who can get a licence and one for each reason why not.
func goldenPeople(n int) []commerce.User {
	var people []commerce.User
	for i := range n {
		people = append(people, commerce.User{ID: fmt.Sprintf("u%02d", i), Name: fmt.Sprintf("Amélie n° %d", i+1), Location: "FR"})
	}
	return append(people,
		commerce.User{ID: "x1", Name: "Gaël", Guest: true, Location: "FR"},
		commerce.User{ID: "x2", Name: "Dörte", Disabled: true, Location: "FR"},
		commerce.User{ID: "x3", Name: "Noémie"},
	)
}

// with is f with the lines in the cart, at the prices of the catalogue. What a cloud does
// not have is left out: month to month becomes monthly, and nothing is assigned.
func (f facts) with(t testing.TB, lines ...commerce.CartLine) facts {
	t.Helper()
	for _, l := range lines {
		var err error
		if f.org.Cloud != commerce.Worldwide {
			l.AutoAssign, l.Plan.Commitment = false, commerce.Year
		}
		f.cart, err = f.cart.Put(f.shelf, l)
		if err != nil {
			t.Fatalf("put %+v: %v", l, err)
		}
	}
	return f
}

func lineOf(offer string, plan commerce.PlanID, n int, assign bool) commerce.CartLine {
	return commerce.CartLine{Offer: offer, Plan: plan, Quantity: n, AutoAssign: assign}
}

// two is f with two lines in the cart.
func (f facts) two(t testing.TB) facts {
	t.Helper()
	return f.with(t, lineOf("premium", monthly, 25, true), lineOf("visio", month, 1, false))
}

// quoted is f with its cart priced; change may move the prices.
func (f facts) quoted(t testing.TB, change func(i int, p *commerce.Plan)) facts {
	t.Helper()
	var prices []commerce.Plan
	for i, l := range f.cart.Lines {
		offer, _ := f.shelf.Offer(l.Offer)
		p, _ := offer.Price(f.org, l.Plan, f.now)
		if change != nil {
			change(i, &p)
		}
		prices = append(prices, p)
	}
	q, err := f.shelf.Price(f.cart, prices, commerce.QuoteLife)
	if err != nil {
		t.Fatal(err)
	}
	f.cart.Quote = &q
	return f
}

// ordered is f with an order of its quoted cart, as change makes it.
func (f facts) ordered(t testing.TB, change func(*commerce.Order)) facts {
	t.Helper()
	if f.cart.Quote == nil {
		f = f.two(t).quoted(t, nil)
	}
	f.order, f.assigned = commerce.NewOrder("CW-1042", "00ff", f.actor, f.cart, f.shelf, f.people.People)
	f.order.Payment.PayBy = f.now.Add(7 * 24 * time.Hour)
	if change != nil {
		change(&f.order)
	}
	return f
}
