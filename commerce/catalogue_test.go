package commerce_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
)

var (
	yearly      = commerce.PlanID{Commitment: commerce.Year, Billing: commerce.Annual}
	yearMonthly = commerce.PlanID{Commitment: commerce.Year, Billing: commerce.Monthly}
	monthToDay  = commerce.PlanID{Commitment: commerce.Month, Billing: commerce.Monthly}
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestTheBuiltInCatalogueSellsEveryPricedProduct(t *testing.T) {
	t.Parallel()
	c := commerce.BuiltIn()
	if len(c.Offers) != 36 {
		t.Errorf("%d offers, want the 36 products that have a price", len(c.Offers))
	}
	if _, sold := c.Offer("office365-e5-no-audio"); sold {
		t.Error("office365-e5-no-audio is sold without a price")
	}
	for _, o := range c.Offers {
		for _, code := range []string{"USD", "EUR", "GBP", "CNY"} {
			org := commerce.Organisation{Cloud: commerce.Worldwide, Currency: code, Backend: commerce.Sandbox}
			if len(o.PlansFor(org, day("2026-07-01"))) < 2 {
				t.Errorf("%s has not both yearly plans in %s", o.ID, code)
			}
		}
	}
}

func TestTheBuiltInCatalogueIsOnTheListsShelves(t *testing.T) {
	t.Parallel()
	shelves := map[commerce.Group]int{}
	for _, o := range commerce.BuiltIn().Offers {
		shelves[o.Group]++
	}
	want := map[commerce.Group]int{commerce.Business: 8, commerce.Enterprise: 7, commerce.Frontline: 3, commerce.Apps: 11, commerce.AddOn: 7}
	if diff := cmp.Diff(want, shelves); diff != "" {
		t.Errorf("offers by group (-want +got):\n%s", diff)
	}
}

func TestBuiltInPrices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		offer, currency string
		plan            commerce.PlanID
		on, want        string
	}{
		{"business-premium", "USD", yearly, "2026-11-24", "264.00 USD"},
		{"business-premium", "USD", yearMonthly, "2026-11-24", "23.10 USD"},
		{"business-premium", "USD", monthToDay, "2026-11-24", "26.40 USD"},
		{"business-standard", "USD", yearly, "2026-06-30", "150.00 USD"},
		{"business-standard", "USD", yearMonthly, "2026-06-30", "13.13 USD"},
		{"business-standard", "USD", yearly, "2026-07-01", "168.00 USD"},
		{"business-standard", "USD", yearMonthly, "2026-07-01", "14.70 USD"},
		{"business-standard", "USD", monthToDay, "2026-07-01", "16.80 USD"},
		{"office365-e1", "USD", yearly, "2026-11-24", "120.00 USD"}, // no price confirmed for July
		{"office365-e3", "USD", yearly, "2026-11-24", "312.00 USD"},
		{"exchange-online-kiosk", "USD", yearly, "2022-03-15", ""},
		{"exchange-online-kiosk", "USD", yearly, "2022-03-16", "24.00 USD"},
		{"exchange-online-kiosk", "USD", monthToDay, "2026-11-24", ""},
		{"business-premium", "EUR", yearly, "2026-11-24", "242.40 EUR"}, // 22 × 0.92 = 20.24 -> 20.20
		{"business-premium", "GBP", yearMonthly, "2026-11-24", "18.48 GBP"},
		{"business-premium", "CNY", monthToDay, "2026-11-24", "189.60 CNY"},
		{"copilot", "EUR", monthToDay, "2026-11-24", ""},
		{"business-premium", "JPY", yearly, "2026-11-24", ""},
	} {
		offer, _ := commerce.BuiltIn().Offer(c.offer)
		org := commerce.Organisation{Cloud: commerce.Worldwide, Currency: c.currency, Backend: commerce.Sandbox}
		plan, _ := offer.Price(org, c.plan, day(c.on))
		if got := plan.Price.String(); got != c.want {
			t.Errorf("%s %v on %s costs %q, want %q", c.offer, c.plan, c.on, got, c.want)
		}
		if sandbox := plan.Demonstration; sandbox != (c.currency != "USD" && c.want != "") {
			t.Errorf("%s in %s: demonstration is %t", c.offer, c.currency, sandbox)
		}
	}
}

func TestDemonstrationPricesAreForSandboxesAlone(t *testing.T) {
	t.Parallel()
	direct := commerce.Organisation{Cloud: commerce.Worldwide, Currency: "EUR", Backend: commerce.Direct}
	if offers := commerce.BuiltIn().For(direct, day("2026-11-24")); len(offers) != 0 {
		t.Errorf("%d invented prices reach an organisation that pays", len(offers))
	}
	direct.Currency = "USD"
	if offers := commerce.BuiltIn().For(direct, day("2026-11-24")); len(offers) != 36 {
		t.Errorf("%d of 36 offers have a list price in USD", len(offers))
	}
}

func TestClassicOffersAloneAreSoldOutsideTheWorldwideCloud(t *testing.T) {
	t.Parallel()
	for _, org := range []commerce.Organisation{
		{Cloud: commerce.Germany, Currency: "EUR", Backend: commerce.Sandbox},
		{Cloud: commerce.Vianet, Currency: "CNY", Backend: commerce.Sandbox},
	} {
		var sold commerce.Catalogue
		for _, o := range commerce.BuiltIn().For(org, day("2026-11-24")) {
			sold.Offers = append(sold.Offers, *o)
		}
		for id, want := range map[string]bool{
			"business-premium": true, "m365-f3": true, "visio-p2": true, "exchange-online-p1": true, "project-p3": true,
			"copilot": false, "teams-phone": false, "defender-business": false, "m365-e3-no-teams": false,
		} {
			if _, got := sold.Offer(id); got != want {
				t.Errorf("%s in %s: sold is %t, want %t", id, org.Cloud, got, want)
			}
		}
	}
}

func TestACatalogueWithoutPlansReads(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../shared/data/free-text/catalogue.yaml")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("not tested: the catalogue of the labelled messages is not there")
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := commerce.ReadCatalogue(bytes.NewReader(raw))
	if err != nil || len(c.Offers) != 20 {
		t.Errorf("%d offers and %v, want 20 and none", len(c.Offers), err)
	}
}

const twoOffers = `
offers:
  - id: suite
    name: The Suite
    group: business
    graph_sku_id: cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46
    partner_center: "CFQ7TTC0LCHC:0002"
    seats: {min: 5, max: 300}
    clouds: [21vianet]
    aliases: [Suite]
    default_for: [S]
    plans:
      - {commitment: P1Y, billing: annual, currency: USD, price: "264", from: 2026-07-01, indicative: true}
      - {commitment: P1M, billing: monthly, currency: JPY, price: "3300", from: 2026-07-02, demonstration: true}
  - id: extra
    name: The Extra
    group: add-on
    graph_sku_id: 639dec6b-bb19-468b-871c-c5c441c4b0cb
    needs: [suite]
`

func TestACatalogueReadsAsWritten(t *testing.T) {
	t.Parallel()
	got, err := commerce.ReadCatalogue(strings.NewReader(twoOffers))
	if err != nil {
		t.Fatal(err)
	}
	dollars, _ := commerce.NewMoney("264.00", "USD")
	yen, _ := commerce.NewMoney("3300", "JPY")
	want := commerce.Catalogue{Offers: []commerce.Offer{
		{
			ID: "suite", Name: "The Suite", Group: commerce.Business,
			GraphSKU: "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46", PartnerCenter: "CFQ7TTC0LCHC:0002",
			Seats: commerce.Seats{Min: 5, Max: 300}, Clouds: []commerce.Cloud{commerce.Vianet},
			Aliases: []string{"Suite"}, DefaultFor: []string{"S"},
			Plans: []commerce.Plan{
				{PlanID: yearly, Price: dollars, From: day("2026-07-01"), Indicative: true},
				{PlanID: monthToDay, Price: yen, From: day("2026-07-02"), Demonstration: true},
			},
		},
		{
			ID: "extra", Name: "The Extra", Group: commerce.AddOn, GraphSKU: "639dec6b-bb19-468b-871c-c5c441c4b0cb",
			Seats: commerce.Seats{Min: 1}, Needs: []string{"suite"}, Clouds: commerce.Clouds,
		},
	}}
	exact := cmp.Comparer(func(a, b commerce.Money) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, got, exact); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each case breaks twoOffers in one place.
func TestMistakesAreNamedWithTheirOffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown key", "name: The Suite", "name: S\n    colour: red", `offer "suite": line 5: unknown field "colour"`},
		{"wrong type", "min: 5", "min: five", `offer "suite": line 8: cannot unmarshal`},
		{"no id", "- id: extra\n    name", "- name", `offer number 2: id is ""`},
		{"bad id", "id: extra", "id: The extra", `offer "The extra": id is "The extra": write 1 to 40`},
		{"long id", "id: extra", "id: " + strings.Repeat("s", 41), `: write 1 to 40 of a-z`},
		{"duplicate id", "  - id: extra", "  - {id: suite, name: S, group: apps, graph_sku_id: 639dec6b-bb19-468b-871c-c5c441c4b0cb}\n  - id: extra",
			`offer "suite": the id is there twice`},
		{"no name", "name: The Suite", "name: ' '", `offer "suite": name is missing`},
		{"group", "group: business", "group: standalone", `offer "suite": group is "standalone": choose one of business, enterprise, frontline, apps, add-on`},
		{"graph id", "cbdc14ab-d96c", "CBDC14AB-d96c", `offer "suite": graph_sku_id is`},
		{"partner id", "CFQ7TTC0LCHC:0002", "CFQ7TTC0LCHC", `offer "suite": partner_center is "CFQ7TTC0LCHC": write PRODUCT:SKU`},
		{"empty alias", "[Suite]", "['']", `offer "suite": aliases or default_for has an empty name`},
		{"no seats", "min: 5", "min: 0", `offer "suite": seats.min is 0: write 1 or more`},
		{"negative seats", "min: 5", "min: -1", `offer "suite": seats.min is -1`},
		{"max under min", "max: 300", "max: 4", `offer "suite": seats.max is 4, under seats.min`},
		{"no clouds", "[21vianet]", "[]", `offer "suite": clouds is empty`},
		{"cloud", "[21vianet]", "[gcc]", `offer "suite": clouds has "gcc": choose from worldwide, germany, 21vianet`},
		{"unknown base", "needs: [suite]", "needs: [sweet]", `offer "extra": needs names "sweet"`},
		{"own base", "needs: [suite]", "needs: [extra]", `offer "extra": needs names "extra"`},
		{"two defaults", "needs: [suite]", "default_for: [s]", `offer "extra": default_for has "s", as offer "suite" does`},
		{"commitment", "P1Y", "P3Y", `offer "suite": plan 1 is commitment "P3Y" with billing "annual": choose`},
		{"month paid yearly", "P1M, billing: monthly", "P1M, billing: annual", `offer "suite": plan 2 is commitment "P1M" with billing "annual": choose`},
		{"billing", "billing: annual", "billing: yearly", `offer "suite": plan 1 is commitment "P1Y" with billing "yearly"`},
		{"currency", "currency: USD", "currency: usd", `offer "suite": plan 1: currency is "usd": write an ISO 4217 code`},
		{"no currency", "currency: USD, ", "", `offer "suite": plan 1: currency is ""`},
		{"words", `"264"`, `"lots"`, `offer "suite": plan 1: price is "lots"`},
		{"negative", `"264"`, `"-264"`, `offer "suite": plan 1: price is "-264"`},
		{"exponent", `"264"`, `"1e3"`, `offer "suite": plan 1: price is "1e3"`},
		{"no price", `price: "264", `, ``, `offer "suite": plan 1: price is ""`},
		{"nothing", `"264"`, `"0.00"`, `offer "suite": plan 1: price is 0.00: write what a seat costs, above 0`},
		{"decimals", `"264"`, `"264.001"`, `offer "suite": plan 1: price 264.001 has more than the 2 decimals of USD`},
		{"yen", `"3300"`, `"3300.5"`, `offer "suite": plan 2: price 3300.5 has more than the 0 decimals of JPY`},
		{"no date", ", from: 2026-07-01", "", `offer "suite": plan 1: from is ""`},
		{"date", "2026-07-01", "2026-02-30", `offer "suite": plan 1: from is "2026-02-30"`},
		{"twice", `P1M, billing: monthly, currency: JPY, price: "3300", from: 2026-07-02`,
			`P1Y, billing: annual, currency: USD, price: "1", from: 2026-07-01`, `offer "suite": plan 2 is a second P1Y annual price in USD from 2026-07-01`},
		{"empty offer", "  - id: extra", "  -\n  - id: extra", `offer number 2: it is empty`},
		{"no offers", twoOffers, "offers: []", `catalogue: the file has no offers`},
		{"empty file", twoOffers, "", `catalogue: the file has no offers`},
		{"no YAML", twoOffers, "offers: [", `catalogue: line 1: `},
		{"other list", twoOffers, "products: []", `catalogue: line 1: unknown field "products"`},
		{"two documents", "\noffers:", "offers: []\n---\noffers:", `catalogue: the file has several YAML documents`},
		{"too large", "name: The Suite", "name: " + strings.Repeat("long ", 1<<20), `catalogue: the file is over 4 MiB`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(twoOffers, c.old) {
				t.Fatalf("%q is not in the catalogue", c.old)
			}
			read, err := commerce.ReadCatalogue(strings.NewReader(strings.Replace(twoOffers, c.old, c.new, 1)))
			if err == nil {
				t.Fatal("it was accepted")
			}
			if len(read.Offers) != 0 {
				t.Error("a refused catalogue has offers")
			}
			mistakes := err.(interface{ Unwrap() []error }).Unwrap()
			if len(mistakes) != 1 || !strings.Contains(mistakes[0].Error(), c.want) {
				t.Errorf("mistakes are\n%v\nwant only\n%s", err, c.want)
			}
		})
	}
}

func TestEveryMistakeIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	broken := strings.NewReplacer("min: 5", "min: 0", "billing: annual", "billing: weekly",
		`"3300"`, `"0"`, "needs: [suite]", "needs: [nothing]\n    colour: red").Replace(twoOffers)
	_, err := commerce.ReadCatalogue(strings.NewReader(broken))
	var got []string
	for _, mistake := range err.(interface{ Unwrap() []error }).Unwrap() {
		got = append(got, strings.SplitAfter(mistake.Error(), `": `)[0]+strings.Fields(mistake.Error())[2])
	}
	want := []string{`offer "suite": seats.min`, `offer "suite": plan`, `offer "suite": plan`, `offer "extra": line`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v\n(-want +got):\n%s", err, diff)
	}
}

func FuzzReadCatalogue(f *testing.F) {
	f.Add([]byte(twoOffers))
	f.Add([]byte("offers: [{id: a, seats: {min: 1, max: }, plans: [{}]}, null, 5]"))
	f.Add([]byte("offers: &a\n  - *a\n"))
	f.Add([]byte("offers: ! 0")) // makes the YAML library panic
	f.Add([]byte("offers:\n  - <<: {id: x}\n    id: !!binary x\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := commerce.ReadCatalogue(bytes.NewReader(raw))
		if err != nil {
			return
		}
		for _, o := range c.Offers {
			if o.ID == "" || o.Seats.Min < 1 || len(o.Clouds) == 0 {
				t.Errorf("accepted %+v", o)
			}
		}
	})
}
