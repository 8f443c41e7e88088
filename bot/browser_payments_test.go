package main

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cartwright/commerce"
)

// hurried is a bot whose vendor and payments take a tenth of their time.
var hurried = settings{"CLOCK_SPEED": "10"}

// buys goes the short way to an order that waits for its payment.
func (v *visitor) buys(products ...string) (order string) {
	v.Helper()
	is := contract[v.lang]
	for _, product := range products {
		v.says("buy " + product) // which is named whole: its form is opened
		v.reaches(product)
		v.presses(is.details)
		v.reaches(is.cart)
	}
	return v.ordersCart()
}

// A payment that was left changes nothing; one that was declined is made again. The chat
// says so each time.
func secondThoughts(t *testing.T, chromium context.Context) {
	base, _ := started(t, hurried)
	v := visit(t, chromium, base, "en", onDesk)
	v.comes("aicha")
	order := v.buys(visioPlan)
	v.presses(contract[v.lang].pay)
	till := v.follows()
	till.pays("abandoned")
	till.sees(till.words.T("pay.result.abandoned"))
	till.pays("declined")
	till.sees(till.words.T("pay.result.declined"))
	v.sees(v.words.T("order.now.payment_declined"))
	till.pays("paid")
	v.reaches(v.title(order, commerce.StateCompleted))
}

// A payment that takes its time arrives by itself.
func slowPayment(t *testing.T, chromium context.Context) {
	base, _ := started(t, settings{"CLOCK_SPEED": "2"})
	v := visit(t, chromium, base, "fr", onPhone)
	v.comes("aicha")
	order := v.buys(visioPlan)
	v.presses(contract[v.lang].pay)
	till := v.follows()
	till.pays("slow")
	v.sees(v.words.T("order.now.payment_processing"))
	till.sees(till.words.T("pay.result.processing"))
	v.reaches(v.title(order, commerce.StateCompleted))
	till.presses(till.words.T("pay.refresh"))
	till.sees(till.words.T("pay.result.captured"))
	till.fits()
}

// An order that waits for its payment is called off, after a question; then its payment
// page takes nothing any more.
func calledOff(t *testing.T, chromium context.Context) {
	base, _ := started(t, hurried)
	for _, lang := range []string{"en", "fr"} {
		v := visit(t, chromium, base, lang, onDesk)
		v.comes("aicha")
		order := v.buys(visioPlan)
		v.presses(contract[v.lang].pay)
		till := v.follows()
		v.presses(v.words.T("order.cancel"))
		v.sees(v.words.T("order.cancel_title", "order", order))
		v.clicks("dialog button", v.words.T("action.keep"))
		v.until(`!document.querySelector("dialog")`, "the question to go away")
		v.presses(v.words.T("order.cancel"))
		v.clicks("dialog button", v.words.T("order.cancel"))
		v.reaches(v.title(order, commerce.StateCancelled))
		v.until(`![...document.querySelectorAll("a")].some(e => e.href.includes("/pay/"))`, "the payment link to go away")
		till.pays("paid")
		till.sees(till.words.T("pay.result.voided"))
	}
}

// Where the vendor delivers one line of two, what is charged in the end is that line's.
func partDeliveries(t *testing.T, chromium context.Context) {
	base, _ := started(t, hurried)
	for _, c := range []struct {
		lang, scenario string
		undelivered    commerce.LineState
		givenBack      bool
	}{
		{"en", "refuse_one", commerce.LineRefused, false},
		{"fr", "fail_one", commerce.LineFailed, true},
	} {
		v := visit(t, chromium, base, c.lang, onPhone)
		v.comes("aicha")
		order := v.buys(visioPlan, businessPremium)
		v.presses(contract[v.lang].pay)
		till := v.follows()
		till.presses(till.words.T("pay.scenario." + c.scenario))
		till.pays("paid")
		v.reaches(v.title(order, commerce.StateCompleted))
		v.sees(v.words.T("order.now.completed_partly"))
		v.isChargedFor(v.words.T("line."+string(c.undelivered)), c.givenBack)
		v.fits()
	}
}

// isChargedFor checks the sums in the order's message: all but the line in that state.
func (v *visitor) isChargedFor(undelivered string, givenBack bool) {
	v.Helper()
	const rows = `[...` + orderTitle + `.closest("article").querySelectorAll("tbody tr")]`
	v.until(rows+`.filter(e => e.textContent.includes(`+quoted(undelivered)+`)).length === 1`, undelivered)
	delivered := cents(v.eval(rows + `.find(e => !e.textContent.includes(` + quoted(undelivered) + `)).querySelector(".number:nth-of-type(n+3)").textContent`))
	total, paid := v.fact("quote.total"), v.fact("order.captured")
	back := 0
	if givenBack {
		back = v.fact("order.refunded")
	}
	want := (delivered*120 + 50) / 100 // with 20 % tax
	if paid-back != want || givenBack && paid != total {
		v.Errorf("paid %d and %d given back, of %d; want %d in the end", paid, back, total, want)
	}
}

// fact is a sum of money beside a label, in cents.
func (v *visitor) fact(key string) int {
	v.Helper()
	label := quoted(v.words.T(key))
	v.until(`[...document.querySelectorAll(".facts dt")].some(e => e.textContent === `+label+`)`, label)
	return cents(v.eval(`[...document.querySelectorAll(".facts dt")].find(e => e.textContent === ` + label + `).nextSibling.textContent`))
}

var noDigit = regexp.MustCompile(`\D`)

// cents reads a sum with two decimal places, as any language writes it.
func cents(money string) int {
	n, err := strconv.Atoi(noDigit.ReplaceAllString(money, ""))
	if err != nil || !strings.Contains(money, "€") {
		return -1
	}
	return n
}

// The payment page is plain forms: without JavaScript it takes a payment all the same.
func withoutScript(t *testing.T, chromium context.Context) {
	base, _ := started(t, hurried)
	v := visit(t, chromium, base, "fr", onDesk)
	v.comes("aicha")
	order := v.buys(visioPlan)
	link := v.eval(`[...document.querySelectorAll("a")].find(e => e.href.includes("/pay/")).href`)
	till := v.window()
	till.noScript()
	till.goes(link)
	till.pays("declined")
	till.sees(till.words.T("pay.result.declined"))
	till.pays("paid")
	till.until(`document.querySelector(".notice.good")`, "the receipt")
	v.reaches(v.title(order, commerce.StateCompleted))

	till.goes(base)
	till.until(`document.querySelector("noscript").checkVisibility()`, "that the chat needs JavaScript")
}
