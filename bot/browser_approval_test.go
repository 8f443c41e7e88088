package main

import (
	"context"
	"testing"
	"time"

	"cartwright/commerce"
)

// twoPeople are a buyer and a manager in two windows, each in their own language: what is
// asked of whom is seen before ordering, the request appears by itself, the manager's click
// sends the order on to its payment, and both messages tell who decided.
func twoPeople(t *testing.T, chromium context.Context) {
	base, _ := started(t, managersInBrowser)
	buyer := visit(t, chromium, base, "en", onDesk)
	buyer.shoots = []string{"approval-asked", "approval-waiting"}
	manager := visit(t, chromium, base, "fr", onDesk)
	manager.shoots = []string{"approval-request", "approval-decided"}
	buyer.comes("aicha")
	manager.comes("bruno")

	order := buyer.asksFor("premium", businessPremium)
	f, m := buyer.words.T, manager.words.T
	request := m("approval.title", "order", order, "state", m("state.awaiting_approval"))
	manager.reaches(request)
	manager.picture("approval-request")
	manager.fits()
	buyer.sees(f("approval.why"))
	buyer.picture("approval-waiting")
	buyer.fits()

	manager.presses(m("approval.approve_order", "order", order))
	manager.clicks("dialog button", m("approval.approve"))
	began := time.Now()
	buyer.reaches(buyer.title(order, commerce.StateAwaitingPayment))
	took := time.Since(began)
	t.Logf("from the deciding click to the buyer's message: %v", took)
	if took > time.Second && !raceDetector {
		t.Errorf("the buyer's message took %v", took)
	}
	manager.reaches(m("approval.title", "order", order, "state", m("state.awaiting_payment")))
	manager.picture("approval-decided")
	manager.fits()
}

// managersInBrowser is an organisation in which one manager approves larger orders.
var managersInBrowser = settings{"ORGANISATIONS_FILE": "testdata/approval.yaml"}

// asksFor orders one product, for which approval is needed, and answers the order's number.
func (v *visitor) asksFor(query, product string) string {
	v.Helper()
	is, f := contract[v.lang], v.words.T
	v.presses(is.list)
	v.reaches(is.list)
	v.takes(query, product)
	v.fills(f("details.quantity"), "25")
	v.presses(is.details)
	v.reaches(is.cart)
	v.presses(is.checkOut)
	v.reaches(f("check.title"))
	v.presses(is.next)
	v.sees(f("approval.why"))
	v.picture("approval-asked")
	v.fits()
	before := v.eval(orderShown)
	v.presses(is.place)
	v.until(orderShown+` !== `+quoted(before), "the order's message")
	return v.eval(orderShown)
}

// axe-core finds nothing at any step of an approval, the buyer's and the manager's.
func accessibleApprovals(t *testing.T, chromium context.Context) {
	axe := axeCore(t)
	base, _ := started(t, managersInBrowser)
	buyer, manager := checked{visit(t, chromium, base, "en", onDesk), axe}, checked{visit(t, chromium, base, "en", onDesk), axe}
	manager.shoots = []string{"approval-stand-in"}
	buyer.comes("aicha")
	manager.comes("bruno")
	order := buyer.asksFor("premium", businessPremium)
	words := buyer.words.T
	buyer.clear()
	buyer.presses(words("approval.explain"), words("approval.explain_title", "order", order))
	manager.reaches(words("approval.title", "order", order, "state", words("state.awaiting_approval")))
	manager.clear()
	manager.presses(words("approval.reject_order", "order", order), words("approval.reject_title", "order", order))
	manager.says("approvals", words("approvals.title"))
	manager.presses(words("delegate.begin"), words("delegate.title"))
	manager.says("delegate @chloe until never", words("delegate.title"))
	manager.says("delegate @chloe until 2026-12-24", words("delegate.title"))
	manager.fits()
	manager.picture("approval-stand-in")
	manager.visitor.says("approvals")
	manager.presses(words("approvals.show", "order", order), words("approval.title", "order", order, "state", words("state.awaiting_approval")))
	manager.sees(words("approval.change"))
	manager.presses(words("approval.change_order", "order", order), words("approval.change_order", "order", order))
	manager.fills(words("approval.propose_seats", "product", businessPremium), "5")
	manager.visitor.presses(words("approval.propose"))
	buyer.sees(words("approval.instead"))
	buyer.clear()
}
