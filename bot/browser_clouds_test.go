package main

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cartwright/commerce"
)

// oldPortal is an organisation whose cloud has the steps and words of the old portal.
type oldPortal struct {
	org, lang, home string
	is              buttons
	says            string // what is said before money is spent
	shoots          []string
}

var portals = []oldPortal{
	{"fabrikam", "de", "https://portal.office.de/", buttons{
		"Abonnements hinzufügen", "Jetzt kaufen", "In den Warenkorb", "Warenkorb", "Zur Kasse", "Weiter", "Bestellung aufgeben", "Bezahlen",
		"Zur Admin-Startseite", "Monatlich",
	}, "29. Oktober 2021", []string{"germany-list", "germany-phone-details", "germany-confirmation"}},
	{"adatum", "zh-CN", "https://portal.partner.microsoftonline.cn/", buttons{
		"添加订阅", "立即购买", "添加到购物车", "购物车", "结帐", "下一步", "下订单", "付款", "转到管理员主页", "按月",
	}, "中国银联", []string{"china-details", "china-phone-payment", "china-order"}},
}

// The purchase in germany, in German, and in 21vianet, in Chinese: other words, other
// steps, another currency, and a confirmation at the end of the wizard. One after the
// other, so that each finds its own payment page.
func oldPortals(t *testing.T, chromium context.Context) {
	base, _ := started(t, hurried)
	for _, c := range portals {
		t.Run(c.org, func(t *testing.T) {
			v := visit(t, chromium, base, c.lang, onDesk)
			v.org, v.shoots = c.org, c.shoots
			v.comes("aicha")
			c.fillsTheCart(v)
			order := c.orders(v)
			v.presses(c.is.pay)
			till := v.follows()
			till.look("payment-page")
			till.pays("paid")
			v.reaches(v.title(order, commerce.StateCompleted))
			v.look(c.picture("order"))
		})
	}
}

func (c oldPortal) picture(of string) string {
	return map[string]string{"fabrikam": "germany-", "adatum": "china-"}[c.org] + of
}

func (c oldPortal) fillsTheCart(v *visitor) {
	v.Helper()
	t := v.words.T
	v.presses(c.is.list)
	v.reaches(c.is.list)
	v.fills(t("list.search"), "business basic")
	v.do(chromedp.KeyEvent(kb.Enter))
	v.sees(t("cloud.closed.list.yours"))
	v.look(c.picture("list"))
	v.presses(t("cloud.closed.list.buy_offer", "offer", "Microsoft 365 Business Basic"))
	v.reaches("Microsoft 365 Business Basic")
	v.fills(t("details.quantity"), "25")
	v.presses(c.is.byMonth + "…")
	v.look(c.picture("details"))
	v.presses(c.is.details)
	v.reaches(c.is.cart)
	v.look(c.picture("cart"))
}

// orders goes from the cart to the confirmation, and answers the order's number.
func (c oldPortal) orders(v *visitor) string {
	v.Helper()
	t := v.words.T
	v.presses(c.is.checkOut)
	v.reaches(t("check.title"))
	v.presses(c.is.next)
	v.sees(t("payment.then"))
	v.sees(c.says)
	v.look(c.picture("payment"))
	v.presses(c.is.place)
	v.until(orderShown+` !== ""`, "the order's message")
	order := v.eval(orderShown)
	v.reaches(t("cloud.closed.submitted.title", "order", order))
	v.look(c.picture("confirmation"))
	if got := v.eval(`[...document.querySelectorAll("a")].find(e => e.firstChild.textContent === ` + quoted(c.is.admin) + `)?.href`); got != c.home {
		v.Errorf("the way to the admin centre leads to %s", got)
	}
	return order
}

// look takes a picture on a desk and another, called so, on a phone; nothing sticks out.
func (v *visitor) look(name string) {
	v.Helper()
	v.picture(name)
	v.fits()
	v.looksAt(onPhone)
	v.picture(strings.Replace(name, "-", "-phone-", 1))
	v.fits()
	v.looksAt(onDesk)
}
