package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"cartwright/commerce"
)

func (v *visitor) goes(address string) {
	v.Helper()
	v.do(chromedp.Navigate(address))
}

// noScript lets no page of this window run any; the test still looks into it.
func (v *visitor) noScript() {
	v.Helper()
	v.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// The bot is stopped and started while the page is open: the page says so, comes back by
// itself, and the cart is as it was.
func restart(t *testing.T, chromium context.Context) {
	where := settings{"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "cartwright.db")}
	base, stop := started(t, where)
	v := visit(t, chromium, base, "fr", onDesk)
	v.comes("aicha")
	v.eval(`window.sameAsBefore = true`)
	v.says("buy visio plan")
	v.presses(v.words.T("list.buy_offer", "offer", visioPlan))
	v.presses(contract[v.lang].details)
	v.reaches(contract[v.lang].cart)
	stop()
	v.sees(v.words.T("playground.script.lost"))

	started(t, where.with(settings{"HTTP_ADDR": strings.TrimPrefix(base, "http://")}))
	v.sees(v.words.T("playground.script.connected"))
	v.says("cart")
	v.until(`[...document.querySelectorAll(".entry.bot")].filter(e => e.textContent.includes(`+quoted(visioPlan)+`)).length === 2`, "the cart as it was")
	v.presses(contract[v.lang].checkOut)
	v.reaches(v.words.T("check.title"))
	if v.eval(`window.sameAsBefore`) != "true" {
		t.Error("the page was loaded anew")
	}
}

// Who may not buy is told whom to ask, and sees nothing of what the buyer does.
func severalPeople(t *testing.T, chromium context.Context) {
	base, _ := started(t, hurried)
	aicha := visit(t, chromium, base, "en", onDesk)
	aicha.comes("aicha")
	others := []*visitor{}
	for _, o := range []struct{ person, lang, code string }{
		{"bruno", "fr", "error.not_allowed"}, {"emil", "en", "error.not_allowed"}, {"stranger", "fr", "error.unknown_person"},
	} {
		other := aicha.window()
		other.lang, other.words = o.lang, visit(t, chromium, base, o.lang, onDesk).words
		other.comes(o.person)
		other.says("buy premium")
		other.reaches(other.words.T("refused.title"))
		other.sees(other.words.T(o.code, "ask", "Aïcha"))
		others = append(others, other)
	}
	order := aicha.buys(visioPlan)
	for _, other := range others {
		other.says("cart")
		other.until(`document.querySelectorAll(".entry.bot").length > 2`, "an answer")
		if text := other.eval(`document.querySelector(".log").textContent`); strings.Contains(text, order) || strings.Contains(text, visioPlan) {
			t.Errorf("somebody else's page shows the buyer's messages: %s", text)
		}
	}
}

// Names that look like markup, run from right to left, or never end.
var (
	evil = `<img src=x onerror=alert(1)>`
	arab = "مدير المشتريات"
	long = strings.Repeat("Donaudampfschifffahrtsgesellschaft", 3)
)

// hostileFiles are an organisation and a catalogue full of such names.
func hostileFiles(t *testing.T) settings {
	t.Helper()
	folder := t.TempDir()
	files := map[string]string{
		"ORGANISATIONS_FILE": fmt.Sprintf(`organisations:
  - id: contoso
    name: %s
    cloud: worldwide
    country: FR
    currency: EUR
    time_zone: Europe/Paris
    tax: {name: "<u>TVA</u>", rate: "20%%"}
    backend: sandbox
    people:
      - {id: aicha, name: %s, roles: [buyer, licensing]}
      - {id: second, name: %s, roles: [buyer]}
      - {id: bruno, name: %s, roles: [approver]}
`, quoted(long+" & <b>Söhne</b> 🏢"), quoted(evil+` & "O'Neil" 🧑‍🚀`), quoted(arab), quoted(long)),
		"CATALOGUE_FILE": "offers:\n" + hostileOffer("evil", evil, "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46") +
			hostileOffer("arab", arab+" 365", "3b555118-da6a-4418-894f-7df1e2096870") + hostileOffer("long", long, "f245ecc8-75af-4f8e-b61f-27d8114de5f3"),
	}
	env := hurried
	for name, text := range files {
		path := filepath.Join(folder, name)
		err := os.WriteFile(path, []byte(text), 0o600)
		if err != nil {
			t.Fatal(err)
		}
		env = env.with(settings{name: path})
	}
	return env
}

func hostileOffer(id, name, sku string) string {
	return fmt.Sprintf(`  - id: %s
    name: %s
    group: business
    graph_sku_id: %s
    seats: {min: 1, max: 300}
    plans:
      - {commitment: P1Y, billing: annual, currency: EUR, price: "99999.99", from: 2026-01-01, indicative: true}
      - {commitment: P1Y, billing: monthly, currency: EUR, price: "8333.33", from: 2026-01-01, indicative: true}
`, id, quoted(name), sku)
}

// Whatever things are called, it is shown as text and fits on the narrowest phone.
func hostileNames(t *testing.T, chromium context.Context) {
	base, _ := started(t, hostileFiles(t))
	v := visit(t, chromium, base, "en", screen{"narrow", 320, 640, "light"})
	is := contract[v.lang]
	v.comes("aicha")
	v.harmless()
	v.says("buy")
	v.reaches(is.list)
	v.harmless()
	for _, product := range []string{evil, arab + " 365", long} {
		v.says("buy")
		v.presses(v.words.T("list.buy_offer", "offer", product))
		v.reaches(product)
		v.harmless()
		v.presses(is.details)
		v.reaches(is.cart)
		v.harmless()
		v.picture("hostile-cart")
	}
	order := v.ordersCart()
	v.harmless()
	v.presses(is.pay)
	till := v.follows()
	till.harmless()
	till.pays("paid")
	till.harmless()
	v.reaches(v.title(order, commerce.StateCompleted))
	v.harmless()
	v.picture("hostile-order")
	v.says("orders")
	v.reaches(v.words.T("orders.title"))
	v.harmless()
	v.do(chromedp.Click(chromedp.CSS("summary")))
	v.until(`document.querySelector(".choose").checkVisibility()`, "the choices")
	v.harmless()

	bruno := v.window()
	bruno.comes("bruno")
	bruno.sees(arab)
	bruno.sees(evil)
	bruno.harmless()
	bruno.picture("hostile-refused")
}

// harmless finds that nothing has become markup, and that everything fits.
func (v *visitor) harmless() {
	v.Helper()
	found := v.eval(`document.querySelectorAll('img[src="x"], [onerror], u, script:not([src]), .card b, .facts b').length`)
	if found != "0" {
		v.Errorf("%s pieces of text became markup", found)
	}
	v.fits()
}
