package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cartwright/commerce"
)

// focused is the name of what has the focus, and what it is.
const focused = `((e) => e.tagName + " " + (e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.firstChild?.textContent ?? "").trim())(document.activeElement)`

// tabs presses Tab until the focus is on what is called so.
func (v *visitor) tabs(want string) {
	v.Helper()
	var seen []string
	for range 80 {
		v.do(chromedp.KeyEvent(kb.Tab))
		got := v.eval(focused)
		if got == want {
			v.visiblyFocused()
			return
		}
		seen = append(seen, got)
	}
	v.Fatalf("Tab never comes to %q, only to %s", want, strings.Join(slices.Compact(seen), ", "))
}

// visiblyFocused finds what has the focus in sight, with a mark around it.
func (v *visitor) visiblyFocused() {
	v.Helper()
	got := v.eval(`((e) => {
		const box = e.getBoundingClientRect();
		const marked = [e, e.closest(".option") ?? e].some((m) => getComputedStyle(m).outlineStyle !== "none");
		return box.bottom > 0 && box.top < innerHeight && marked ? "" : e.outerHTML;
	})(document.activeElement)`)
	if got != "" {
		v.Errorf("the focus cannot be seen: %s", got)
	}
}

// key presses a key, after which the focus must come to what is called so by itself.
func (v *visitor) key(key, want string) {
	v.Helper()
	v.do(chromedp.KeyEvent(key))
	v.until(focused+` === `+quoted(want), "the focus on "+want)
}

// watchFocus notes each time that the focus is nowhere while nothing is awaited. Behind
// the page's last control Tab leads there, for the browser's own come next.
const watchFocus = `window.lost = []; window.tabbed = false;
document.addEventListener("keydown", (e) => (tabbed = e.key === "Tab"), true);
document.addEventListener("focusout", (e) => setTimeout(() => {
	if (document.activeElement === document.body && !tabbed && !document.querySelector("[aria-busy=true]")) lost.push(e.target.outerHTML);
}, 300)); null`

// The whole purchase with Tab, arrows, Space and Enter. After each step the focus is where
// a person goes on, and never nowhere.
func keyboardAlone(t *testing.T, chromium context.Context) {
	base, _ := started(t, hurried)
	for _, lang := range []string{"en", "fr"} {
		v := visit(t, chromium, base, lang, onDesk)
		v.comes("aicha")
		v.eval(watchFocus)
		is, words := contract[lang], v.words.T
		v.tabs("BUTTON " + is.list)
		v.key(kb.Enter, "H2 "+is.list)
		v.tabs("INPUT " + words("list.search"))
		v.do(chromedp.KeyEvent("premium"))
		v.key(kb.Enter, "H2 "+is.list)
		v.tabs("BUTTON " + words("list.buy_offer", "offer", businessPremium))
		v.key(" ", "H2 "+businessPremium)
		v.fillsByKeys()
		v.key(kb.Enter, "H2 "+is.cart)
		v.tabs("BUTTON " + is.checkOut)
		v.key(kb.Enter, "H2 "+words("check.title"))
		v.tabs("BUTTON " + is.next)
		v.key(" ", "H2 "+words("payment.title"))
		v.tabs("BUTTON " + is.place)
		before := v.eval(orderShown)
		v.do(chromedp.KeyEvent(kb.Enter))
		v.until(orderShown+` !== `+quoted(before), "the order's message")
		order := v.eval(orderShown)
		v.until(focused+` === `+quoted("H2 "+words("submitted.title", "order", order)), "the focus on the last step")
		v.until(`document.querySelector("a[href*='/pay/']")`, "the payment link")
		v.tabs("A " + is.pay)
		v.do(chromedp.KeyEvent(kb.Enter))
		till := v.follows()
		till.tabs("INPUT " + till.words.T("pay.scenario.deliver"))
		till.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowUp))
		till.paysByKeys()
		v.reaches(v.title(order, commerce.StateCompleted))
		v.until(focused+` === `+quoted("H2 "+v.title(order, commerce.StateCompleted)), "the focus still on the order")
		v.tabs("A " + is.admin)
		if lost := v.eval(`lost.join("; ")`); lost != "" {
			t.Errorf("the focus was nowhere after %s", lost)
		}
	}
}

// fillsByKeys fills in the details and goes to the submit.
func (v *visitor) fillsByKeys() {
	v.Helper()
	t := v.words.T
	v.tabs("INPUT " + t("details.quantity"))
	v.do(chromedp.KeyEvent("2"), chromedp.KeyEvent(kb.ArrowUp))
	v.until(`document.activeElement.value === "3"`, "three licences")
	v.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab))
	v.do(chromedp.KeyEvent(kb.ArrowDown))
	v.until(`document.activeElement.value === "P1Y.monthly" && document.activeElement.checked`, "the second plan")
	v.visiblyFocused()
	v.tabs("INPUT " + t("details.auto_assign"))
	v.do(chromedp.KeyEvent(" "))
	v.tabs("BUTTON " + contract[v.lang].details)
}

func (v *visitor) paysByKeys() {
	v.Helper()
	v.until(`document.activeElement.value === "deliver"`, "the first choice")
	v.do(chromedp.KeyEvent(kb.Tab))
	v.until(`document.activeElement.value === "paid"`, "the focus on the payment")
	v.visiblyFocused()
	v.do(chromedp.KeyEvent(" "))
	v.until(`document.querySelector(".notice.good")`, "the receipt")
}
