package commerce_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/bojanz/currency"
	"github.com/google/go-cmp/cmp"
)

var updateCatalogue = flag.Bool("update-catalogue", false, "write catalogue.yaml anew from the table of products")

const (
	productTable = "../../shared/data/skus.csv"
	julyPrices   = "2026-07-01"
	sheetPrices  = "2025-10-01" // the undated sheet of late 2025
	earlyPrices  = "2022-03-16" // rows whose note says so
)

// The built-in catalogue is made of the product table and nothing else.
func TestTheBuiltInCatalogueIsMadeOfTheProductTable(t *testing.T) {
	t.Parallel()
	made := makeCatalogue(t, readProducts(t))
	if *updateCatalogue {
		if err := os.WriteFile("catalogue.yaml", made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("catalogue.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(made), string(kept)); diff != "" {
		t.Errorf("catalogue.yaml differs from what the product table makes (go test ./commerce -update-catalogue) (-made +kept):\n%s", diff)
	}
}

// product is a row of the product table by column name.
type product map[string]string

// readProducts reads the rows that have a price; it skips the test where the table is not
// there.
func readProducts(t *testing.T) []product {
	t.Helper()
	file, err := os.Open(productTable)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("not tested: %s is not there to compare with", productTable)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var products []product
	for _, row := range rows[1:] {
		p := product{}
		for i, column := range rows[0] {
			p[column] = row[i]
		}
		if p["erp_P1Y_annual_per_seat_year_pre_2026_07"] != "" || p["list_P1Y_per_seat_month_from_2026_07_01"] != "" {
			products = append(products, p)
		}
	}
	return products
}

const catalogueHead = `# The built-in catalogue. It is made by the package's test (go test ./commerce -update-catalogue):
# change the test, not this file.
#
# Prices in USD are public list prices, dated and indicative: no vendor need honour them. "from" is the
# day of the price list of July 2026, or, for older figures, an early day of the sheet they were in
# (undated, late 2025; a few are of March 2022).
#
# Prices in EUR, GBP and CNY are inventions for demonstrations, marked so, and for sandbox organisations
# only: the monthly share of the latest yearly USD price times 0.92, 0.80 and 7.2, rounded to 0.10, 0.10 and 1, then
# 12 times for a year, 5 % more when paid by the month, 20 % more when bought by the month.
#
# Which offers germany and 21vianet sell is a choice for demonstrations as well: the classic suites, apps
# and services. No public price list of either cloud was found.
offers:
`

var offerText = template.Must(template.New("offer").Parse(`  - id: {{.ID}}
    name: {{.Name}}
    group: {{.Group}}
    graph_sku_id: {{.GraphSKU}}
{{- if .PartnerCenter}}
    partner_center: "{{.PartnerCenter}}"
{{- end}}
    seats: { {{- .Seats -}} }
{{- if .Needs}}
    needs: [{{.Needs}}]
{{- end}}
    clouds: [{{.Clouds}}]
{{- if .Aliases}}
    aliases: [{{.Aliases}}]
{{- end}}
{{- if .DefaultFor}}
    default_for: [{{.DefaultFor}}]
{{- end}}
    plans:
{{- range .Plans}}
      - {commitment: {{.Commitment}}, billing: {{.Billing}}, currency: {{.Currency}}, price: "{{.Price}}", from: {{.From}}, {{.Mark}}: true}
{{- end}}
`))

func makeCatalogue(t *testing.T, products []product) []byte {
	t.Helper()
	out := bytes.NewBufferString(catalogueHead)
	for _, p := range products {
		if err := offerText.Execute(out, p.offer(t)); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

type offerFields struct {
	ID, Name, Group, GraphSKU, PartnerCenter, Seats, Needs, Clouds, Aliases, DefaultFor string

	Plans []planFields
}

type planFields struct{ Commitment, Billing, Currency, Price, From, Mark string }

func (p product) offer(t *testing.T) offerFields {
	t.Helper()
	o := offerFields{
		ID: p["id"], Name: p["product_name"], Group: p["kind"], GraphSKU: p["graph_sku_id"],
		Seats: "min: " + p["min_seats"], Needs: bases[p["id"]], Clouds: "worldwide",
		Aliases: commas(p["aliases"]), DefaultFor: commas(p["default_for"]),
	}
	if group, renamed := map[string]string{"standalone": "apps", "addon": "add-on"}[o.Group]; renamed {
		o.Group = group
	}
	if p["pc_sku_id"] != "" {
		o.PartnerCenter = p["pc_product_id"] + ":" + p["pc_sku_id"]
	}
	if p["max_seats"] != "" {
		o.Seats += ", max: " + p["max_seats"]
	}
	if p.classic() {
		o.Clouds = "worldwide, germany, 21vianet"
	}
	o.Plans = slices.Concat(p.olderPlans(), p.julyPlans(t), p.demonstrationPlans(t))
	return o
}

// bases are the offers of which one must be there before an add-on is of use: Copilot
// needs a suite, and Teams Phone one that has Teams. The other add-ons work alone.
var bases = map[string]string{
	"copilot": "business-basic, business-basic-no-teams, business-standard, business-standard-no-teams, business-premium, " +
		"business-premium-no-teams, office365-e1, office365-e3, office365-e5, m365-e3, m365-e3-no-teams, m365-e5",
	"teams-phone": "business-basic, business-standard, business-premium, teams-essentials, m365-f1, m365-f3, office365-f3, " +
		"office365-e1, office365-e3, office365-e5, m365-e3, m365-e5",
}

// classic reports whether the demonstrations sell p in germany and 21vianet too.
func (p product) classic() bool {
	id := p["id"]
	switch p["kind"] {
	case "business", "enterprise", "frontline":
		return id != "teams-essentials" && !strings.HasSuffix(id, "-no-teams")
	case "standalone":
		return id != "power-bi-pro"
	}
	return false
}

func commas(bars string) string { return strings.ReplaceAll(bars, "|", ", ") }

func (p product) olderPlans() []planFields {
	from := sheetPrices
	if strings.Contains(p["note"], earlyPrices) {
		from = earlyPrices
	}
	var plans []planFields
	for _, c := range []struct{ commitment, billing, column string }{
		{"P1Y", "annual", "erp_P1Y_annual_per_seat_year_pre_2026_07"},
		{"P1Y", "monthly", "erp_P1Y_monthly_per_seat_month_pre_2026_07"},
		{"P1M", "monthly", "erp_P1M_monthly_per_seat_month_pre_2026_07"},
	} {
		if price := p[c.column]; price != "" {
			plans = append(plans, planFields{c.commitment, c.billing, p["currency"], price, from, "indicative"})
		}
	}
	return plans
}

func (p product) julyPlans(t *testing.T) []planFields {
	t.Helper()
	list := p["list_P1Y_per_seat_month_from_2026_07_01"]
	if list == "" {
		return nil
	}
	return p.threePlans(t, amount(t, list, p["currency"]), "indicative")
}

func (p product) demonstrationPlans(t *testing.T) []planFields {
	t.Helper()
	var plans []planFields
	for _, c := range []struct {
		code, rate string
		digits     uint8
	}{{"EUR", "0.92", 1}, {"GBP", "0.80", 1}, {"CNY", "7.2", 0}} {
		converted, err := p.monthly(t).Convert(c.code, c.rate)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, p.threePlans(t, converted.RoundTo(c.digits, currency.RoundHalfUp), "demonstration")...)
	}
	return plans
}

// monthly is what a seat costs a month now, paid yearly.
func (p product) monthly(t *testing.T) currency.Amount {
	t.Helper()
	if list := p["list_P1Y_per_seat_month_from_2026_07_01"]; list != "" {
		return amount(t, list, p["currency"])
	}
	yearly := amount(t, p["erp_P1Y_annual_per_seat_year_pre_2026_07"], p["currency"])
	monthly, err := yearly.Div("12")
	if err != nil {
		t.Fatal(err)
	}
	return monthly
}

// threePlans derives every plan from the monthly price a of the yearly one; what is not
// sold by the month stays so.
func (p product) threePlans(t *testing.T, a currency.Amount, mark string) []planFields {
	t.Helper()
	var plans []planFields
	for _, c := range []struct{ commitment, billing, factor string }{
		{"P1Y", "annual", "12"}, {"P1Y", "monthly", "1.05"}, {"P1M", "monthly", "1.2"},
	} {
		if c.commitment == "P1M" && p["erp_P1M_monthly_per_seat_month_pre_2026_07"] == "" {
			continue
		}
		price, err := a.Mul(c.factor)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, planFields{c.commitment, c.billing, a.CurrencyCode(), price.Round().Number(), julyPrices, mark})
	}
	return plans
}

func amount(t *testing.T, number, code string) currency.Amount {
	t.Helper()
	a, err := currency.NewAmount(number, code)
	if err != nil {
		t.Fatal(fmt.Errorf("product table: %w", err))
	}
	return a
}
