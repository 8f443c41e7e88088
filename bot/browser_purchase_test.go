package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cartwright/commerce"
)

// buttons are words that must be there letter for letter.
type buttons struct {
	list, buy, details, cart, checkOut, next, place, pay, admin, byMonth string
}

var contract = map[string]buttons{
	"en": {
		"Purchase services", "Buy", "Check out now", "Cart", "Check out", "Next", "Place order", "Pay", "Go to Admin Home",
		"Yearly, paid monthly",
	},
	"fr": {
		"Acheter des services", "Acheter", "Payer maintenant", "Panier", "Valider la commande", "Suivant", "Passer la commande", "Payer",
		"Accéder à la page d’accueil Administrateur", "Annuel, payé par mois",
	},
	"de": {
		"Dienste kaufen", "Kaufen", "Jetzt zur Kasse", "Warenkorb", "Zur Kasse", "Weiter", "Bestellung aufgeben", "Bezahlen", "Zur Admin-Startseite",
		"Jährlich (monatliche Zahlung)",
	},
	"zh-CN": {
		"购买服务", "购买", "立即结帐", "购物车", "结帐", "下一步", "下订单", "付款", "转到管理员主页", "年度订阅（按月付费）",
	},
}

const (
	businessPremium = "Microsoft 365 Business Premium"
	visioPlan       = "Visio Plan 2"
)

// The whole purchase: every step by the words on its button, the order's message appearing
// and changing by itself, the one person who got nothing served in the end.
func purchases(t *testing.T, chromium context.Context) {
	for _, c := range []struct {
		lang   string
		screen screen
		shoots []string
	}{
		{"en", onDesk, []string{"list-premium", "details", "cart", "check", "payment", "order-waiting", "sandbox-payment", "playground", "order-assigning", "order-done"}},
		{"en", onPhone, []string{"phone-details", "phone-order"}},
		{"fr", onDesk, nil},
		{"fr", onPhone, nil},
	} {
		t.Run(c.lang+" "+c.screen.name, func(t *testing.T) {
			t.Parallel()
			base, _ := started(t, nil)
			v := visit(t, chromium, base, c.lang, c.screen)
			v.shoots = c.shoots
			v.comes("aicha")
			v.eval(watch)
			v.choosesTwo()
			order := v.ordersCart()
			v.presses(contract[v.lang].pay)
			till := v.follows()
			till.picture("sandbox-payment")
			till.fits()
			till.pays("paid")
			v.isServed(order)
			if v.eval(`window.stages !== undefined`) != "true" {
				t.Error("the page was loaded anew")
			}
		})
	}
}

// choosesTwo puts 25 of one product and one of another into the cart.
func (v *visitor) choosesTwo() {
	v.Helper()
	is, t := contract[v.lang], v.words.T
	v.presses(is.list)
	v.reaches(is.list)
	v.takes("premium", businessPremium)
	v.fills(t("details.quantity"), "25")
	v.presses(is.byMonth + "…")
	v.presses(t("details.auto_assign"))
	v.picture("details")
	v.picture("phone-details")
	v.wholePicture("playground")
	v.fits()
	v.presses(is.details)
	v.reaches(is.cart)
	v.presses(t("cart.another"))
	v.reaches(is.list)
	v.takes("visio plan 2", visioPlan)
	v.presses(is.details)
	v.reaches(is.cart)
	v.sees(businessPremium)
	v.picture("cart")
	v.fits()
}

// takes finds a product in the list and presses its button, which says buy.
func (v *visitor) takes(query, product string) {
	v.Helper()
	name := v.words.T("list.buy_offer", "offer", product)
	button := `[...document.querySelectorAll(".items .button")].find(e => e.getAttribute("aria-label") === ` + quoted(name) + `)`
	v.fills(v.words.T("list.search"), query)
	v.do(chromedp.KeyEvent(kb.Enter))
	v.until(`document.querySelectorAll(".items .button").length < 5 && `+button, name)
	v.picture("list-" + query)
	v.fits()
	if got := v.eval(button + `.textContent`); got != contract[v.lang].buy {
		v.Errorf("the button says %q", got)
	}
	v.presses(name)
	v.reaches(product)
}

// ordersCart goes from the cart to an order that can be paid, and answers its number.
func (v *visitor) ordersCart() (order string) {
	v.Helper()
	is, t := contract[v.lang], v.words.T
	v.presses(is.checkOut)
	v.reaches(t("check.title"))
	v.picture("check")
	v.fits()
	v.presses(is.next)
	v.sees(t("payment.approval_none"))
	v.picture("payment")
	v.fits()
	before := v.eval(orderShown)
	v.presses(is.place)
	v.until(orderShown+` !== `+quoted(before), "the order's message")
	order = v.eval(orderShown)
	v.reaches(t("submitted.title", "order", order))
	v.reaches(v.title(order, commerce.StateAwaitingPayment))
	v.until(`[...document.querySelectorAll("a")].some(e => e.firstChild.textContent === `+quoted(is.pay)+`)`, "the payment link")
	v.picture("order-waiting")
	v.fits()
	return order
}

// orderTitle is the heading of an order's own message, the last of them, and orderShown
// that order's number.
const (
	orderTitle = `[...document.querySelectorAll(".log h2")].findLast((e) => /^CW-/.test(e.textContent))`
	orderShown = `((e) => (e ? e.textContent.match(/CW-[0-9]+/)[0] : ""))(` + orderTitle + `)`
)

func (v *visitor) title(order string, s commerce.State) string {
	return v.words.T("order.title", "order", order, "state", v.words.T("state."+string(s)))
}

// pays chooses an outcome on the payment page.
func (v *visitor) pays(outcome string) {
	v.Helper()
	v.clicks("button[value="+outcome+"]", "…")
}

// watch notes each thing that the order's message shows.
const watch = `window.stages = []; new MutationObserver(() => {
	const title = ` + orderTitle + `;
	if (!title) return;
	const now = title.textContent + " " + (title.closest("article").querySelector(".progress label")?.textContent ?? "");
	if (stages.at(-1) !== now) stages.push(now);
}).observe(document.getElementById("log"), { childList: true, subtree: true }); null`

// isServed follows the order to its end.
func (v *visitor) isServed(order string) {
	v.Helper()
	t := v.words.T
	v.until(`stages.some(s => s.endsWith(`+quoted(t("order.assigned", "done", commerce.AssignBatch, "total", 25))+`))`, "the first batch of people")
	v.picture("order-assigning")
	v.reaches(v.title(order, commerce.StateCompleted))
	v.sees(v.words.N("order.people_failed", 1))
	v.sees(t("order.now.completed_people_failed"))
	v.until(`[...document.querySelectorAll(".list li")].some(e => e.textContent.endsWith(`+quoted(t("reason.unavailable"))+`))`, "who got none, and why")
	v.fits()
	v.presses(v.words.N("order.retry", 1))
	v.sees(t("order.assigned", "done", 25, "total", 25))
	v.sees(t("order.now.completed"))
	v.picture("order-done")
	v.picture("phone-order")
	v.fits()
	v.passedThrough(order)
	if got := v.eval(`[...document.querySelectorAll("a")].find(e => e.firstChild.textContent === ` + quoted(contract[v.lang].admin) + `)?.href`); got != "https://admin.microsoft.com/" {
		v.Errorf("the way to the admin centre leads to %s", got)
	}
}

// passedThrough checks that what was shown on the way came in the order of an order's life.
func (v *visitor) passedThrough(order string) {
	v.Helper()
	var stages []string
	err := json.Unmarshal([]byte(v.eval(`JSON.stringify(stages)`)), &stages)
	if err != nil {
		v.Fatal(err)
	}
	v.Log(strings.Join(stages, "; "))
	last := 0
	life := []commerce.State{
		commerce.StateSubmitted, commerce.StateAwaitingPayment, commerce.StatePaymentSecured, commerce.StatePlacing,
		commerce.StateProvisioning, commerce.StateAssigning, commerce.StateCompleted,
	}
	for _, stage := range stages {
		at := slices.IndexFunc(life, func(s commerce.State) bool { return strings.HasPrefix(stage, v.title(order, s)) })
		if at < last && !strings.HasPrefix(stage, v.title(order, commerce.StateAssigning)) {
			v.Errorf("%q was shown out of turn", stage)
		}
		last = max(last, at)
	}
}
