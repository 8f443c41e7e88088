package main

import (
	"context"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cartwright/commerce"
	"cartwright/testservices"
)

// checked is a visitor whose every step is looked at with axe-core.
type checked struct {
	*visitor
	axe string
}

// axeCore is the checker's script.
func axeCore(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("../test/browser/node_modules/axe-core/axe.min.js")
	if err != nil {
		testservices.Missing(t, "axe-core (npm install in test/browser)", "accessibility")
	}
	return string(script)
}

// clear finds nothing to complain about on a desk and a phone, by day and by night.
func (c checked) clear() {
	c.Helper()
	was := c.screen
	if c.eval(`Boolean(window.axe)`) == "false" {
		c.eval(c.axe + "; null")
	}
	for _, s := range []screen{onDesk, onDesk.dark(), onPhone, onPhone.dark()} {
		c.looksAt(s)
		found := c.eval(`axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.map((f) => f.id + ": " + f.help + " " +
			f.nodes.map((n) => n.html + " " + n.failureSummary).join("; ")).join("\n"))`)
		if found != "" {
			c.Errorf("on a %s screen, %s, axe-core finds %s", s.name, s.scheme, found)
		}
		c.fits()
	}
	c.looksAt(was)
}

// presses clicks, and checks what comes once it has the title.
func (c checked) presses(name, title string) {
	c.Helper()
	c.visitor.presses(name)
	c.reaches(title)
	c.clear()
}

// says types, and checks what comes.
func (c checked) says(text, title string) {
	c.Helper()
	c.visitor.says(text)
	c.reaches(title)
	c.clear()
}

// axe-core finds nothing at any step of a purchase, nor at what may come in between.
func accessibleThroughout(t *testing.T, chromium context.Context) {
	axe := axeCore(t)
	base, _ := started(t, hurried)
	c := checked{visit(t, chromium, base, "en", onDesk), axe}
	is, words := contract[c.lang], c.words.T
	c.comes("aicha")
	c.clear()
	c.presses(is.list, is.list)
	c.fills(words("list.search"), "nothing is called so")
	c.do(chromedp.KeyEvent(kb.Enter))
	c.sees(words("list.nothing"))
	c.clear()
	c.visitor.says("buy premium")
	c.presses(words("list.buy_offer", "offer", businessPremium), businessPremium)
	c.fills(words("details.quantity"), "many")
	c.visitor.presses(is.details)
	c.until(`document.querySelector("[aria-invalid=true]")`, "the mistake")
	c.clear()
	c.fills(words("details.quantity"), "25")
	c.visitor.presses(words("details.auto_assign"))
	c.presses(is.details, is.cart)
	c.visitor.presses(words("cart.clear"))
	c.sees(words("cart.clear_title"))
	c.clear()
	c.clicks("dialog button", words("action.keep"))
	c.presses(is.checkOut, words("check.title"))
	c.presses(is.next, words("payment.title"))
	c.order()
	c.licences()
}

// licences checks the steps of handing a licence out, and of a renewal with fewer.
func (c checked) licences() {
	c.Helper()
	words := c.words.T
	subject := words("licences.title.assign", "product", businessBasic)
	c.goes(c.base + "/?as=aicha&lang=en")
	c.says("subscriptions", words("subscriptions.title"))
	c.says("assign", words("choose.title.assign"))
	c.says("assign business basic", subject)
	c.visitor.presses(words("pick.addresses"))
	c.fills(words("addresses.label"), "nobody@contoso.example")
	c.visitor.presses(words("addresses.submit"))
	c.until(`document.querySelector("textarea")`, "the list")
	c.clear()
	c.visitor.presses(c.words.N("pick.back", 0))
	c.fills(words("pick.search"), "no")
	c.visitor.presses(words("pick.find"))
	c.sees(words("pick.add"))
	c.clear()
	c.visitor.presses(words("pick.everyone.assign"))
	c.sees(words("pick.start_over"))
	c.clear()
	c.visitor.says("subscriptions")
	c.reaches(words("subscriptions.title"))
	c.visitor.presses(words("action.plan_of", "product", businessBasic))
	c.reaches(words("licences.title.renew", "product", businessBasic))
	c.clear()
}

// order checks an order from being placed to its end, and its payment page.
func (c checked) order() {
	c.Helper()
	is, words := contract[c.lang], c.words.T
	c.visitor.presses(is.place)
	c.until(`document.querySelector("a[href*='/pay/']")`, "the payment link")
	c.clear()
	order := c.eval(orderShown)
	c.visitor.presses(is.pay)
	till := checked{c.follows(), c.axe}
	till.clear()
	till.pays("declined")
	till.sees(words("pay.result.declined"))
	till.clear()
	till.pays("paid")
	till.until(`document.querySelector(".notice.good")`, "the receipt")
	till.clear()
	till.goes(c.base + "/pay/0000000000000000000000")
	till.sees(words("pay.failed.title.not_found"))
	till.clear()
	c.reaches(c.title(order, commerce.StateCompleted))
	c.clear()
	c.presses(words("order.people"), words("people.title", "order", order))
	c.says("orders", words("orders.title"))
	c.says("help", words("help.title"))
	c.says("cancel", words("closed.title"))
	c.goes(c.base + "/?as=bruno&lang=en")
	c.reaches(words("refused.title"))
	c.clear()
}

// The form that asks for the token, before and after a wrong one, is as good, and leads
// to the chat in the language asked for.
func tokenForm(t *testing.T, chromium context.Context) {
	axe := axeCore(t)
	base, _ := started(t, settings{"PLAYGROUND_TOKEN": "open sesame, please"})
	c := checked{visit(t, chromium, base, "fr", onPhone), axe}
	c.goes(base + "/?as=aicha&lang=fr")
	c.sees(c.words.T("playground.token.title"))
	c.clear()
	for _, token := range []string{"open barley", "open sesame, please"} {
		c.fills(c.words.T("playground.token.label"), token)
		c.visitor.presses(c.words.T("playground.token.enter"))
		if token == "open barley" {
			c.sees(c.words.T("playground.token.wrong"))
			c.clear()
		}
	}
	c.reaches(c.words.T("home.title", "name", "Aïcha"))
}
