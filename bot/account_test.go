package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
)

// account calls an order to account: what the ledger says of it, and what really
// happened outside.
type account struct {
	t     testing.TB
	db    *sql.DB
	url   string
	order string
}

// unfinished lists the jobs that are to do something yet. One of an earlier version that
// waits for its time, such as the end of a link that was paid, will find nothing to do.
func (a *account) unfinished() []string {
	a.t.Helper()
	return column[string](a, `SELECT j.kind || ' ' || CAST(j.state AS TEXT) FROM river_job j JOIN orders o ON o.id = j.args ->> 'order'
		WHERE CAST(j.state AS TEXT) NOT IN ('completed', 'cancelled', 'discarded') AND (j.kind <> 'order_perform'
			OR CAST(j.state AS TEXT) <> 'available' OR CAST(j.args ->> 'version' AS BIGINT) = o.version)`)
}

// check holds a finished life against its story: nothing lost, nothing twice, nothing
// left half done.
func (a *account) check(s story) {
	a.t.Helper()
	if n := one[int](a, `SELECT count(*) FROM orders`); n != 1 {
		a.t.Errorf("%d orders of one submit", n)
	}
	o := a.read()
	if o.State != s.ends {
		a.t.Errorf("the order ended %s (%s), not %s", o.State, o.Reason, s.ends)
	}
	a.checkCart()
	a.checkOrder(o)
	a.checkVendor(o, s)
	a.checkMoney(o)
	a.checkPeople(o)
	a.checkCalls()
	a.checkAudit()
	verified(a.t, a.url)
}

func (a *account) read() commerce.Order {
	a.t.Helper()
	var o commerce.Order
	err := json.Unmarshal([]byte(one[string](a, `SELECT body FROM orders WHERE id = $1`, a.order)), &o)
	if err != nil {
		a.t.Fatal(err)
	}
	return o
}

func (a *account) checkCart() {
	a.t.Helper()
	for _, body := range column[string](a, `SELECT body FROM carts`) {
		var cart commerce.Cart
		err := json.Unmarshal([]byte(body), &cart)
		if err != nil || len(cart.Lines) > 0 {
			a.t.Errorf("the cart still holds %v (%v)", cart.Lines, err)
		}
	}
}

// checkOrder finds what an ended order must not have any more.
func (a *account) checkOrder(o commerce.Order) {
	a.t.Helper()
	if o.Intent != nil {
		a.t.Errorf("an intent is left: %+v", *o.Intent)
	}
	if n := one[int](a, `SELECT count(*) FROM orders WHERE lease_until > 0 OR due_at > 0`); n > 0 {
		a.t.Error("the order is still leased or due")
	}
	shown := column[int](a, `SELECT version FROM sent_messages WHERE ref <> '' AND claimed_until = 0 AND order_id LIKE 'CW-%' AND account = $1`, o.Account.ID)
	if !cmp.Equal(shown, []int{o.Version}) {
		a.t.Errorf("the messages show versions %v of %d", shown, o.Version)
	}
	for _, v := range column[int](a, `SELECT version FROM sent_messages WHERE ref <> '' AND order_id LIKE 'CW-%' AND account <> $1`, o.Account.ID) {
		if o.Approval == nil || v != o.Approval.Closed {
			a.t.Errorf("a copy of the request shows version %d: %+v", v, o.Approval)
		}
	}
}

// checkVendor compares what was ordered and delivered outside with the order.
func (a *account) checkVendor(o commerce.Order, s story) {
	a.t.Helper()
	orders := column[string](a, `SELECT vendor_order FROM sandbox_orders`)
	var expected []string
	if s.places {
		expected = []string{o.VendorOrder}
	}
	if diff := cmp.Diff(expected, orders); diff != "" {
		a.t.Errorf("the vendor's orders (-expected +found):\n%s", diff)
	}
	for _, l := range o.Lines {
		delivered := 0
		if l.State == commerce.LineProvisioned {
			delivered = l.Quantity
		}
		before := map[string]int{"visio-p2": 5}[l.Offer]
		owned := one[int](a, `SELECT COALESCE(SUM(owned), 0) FROM sandbox_seats WHERE organisation = 'contoso' AND sku = $1`, l.GraphSKU)
		if owned != before+delivered {
			a.t.Errorf("%d licences of %s are owned, not %d and %d", owned, l.Offer, before, delivered)
		}
	}
}

// checkMoney adds up what the gateway took and gave back.
func (a *account) checkMoney(o commerce.Order) {
	a.t.Helper()
	captured, refunded := commerce.Zero(o.Quote.Currency), commerce.Zero(o.Quote.Currency)
	for _, payment := range column[string](a, `SELECT action || '|' || amount FROM sandbox_payments WHERE action IN ('capture', 'refund')`) {
		name, text, _ := strings.Cut(payment, "|")
		var amount commerce.Money
		err := amount.UnmarshalText([]byte(text))
		if err != nil {
			a.t.Fatal(err)
		}
		if name == "capture" {
			captured = captured.Plus(amount)
		} else {
			refunded = refunded.Plus(amount)
		}
	}
	due := o.Due()
	if o.State != commerce.StateCompleted {
		due = commerce.Zero(o.Quote.Currency)
	}
	if !captured.Minus(refunded).Equal(due) {
		a.t.Errorf("%s was captured and %s given back; %s is due", captured, refunded, due)
	}
	if same(captured, o.Payment.Captured) != nil || same(refunded, o.Payment.Refunded) != nil {
		a.t.Errorf("the order says %s and %s; the gateway %s and %s", o.Payment.Captured, o.Payment.Refunded, captured, refunded)
	}
	if n := one[int](a, `SELECT count(*) FROM sandbox_payments WHERE action = 'capture'`); n > 1 {
		a.t.Errorf("captured %d times", n)
	}
	open := column[string](a, `SELECT status FROM sandbox_sessions WHERE status NOT IN ('captured', 'voided', 'expired')`)
	if len(open) > 0 {
		a.t.Errorf("payments were left %v", open)
	}
}

// same compares amounts; none is the same as zero.
func same(a, b commerce.Money) error {
	if a.IsZero() && b.IsZero() || a.Equal(b) {
		return nil
	}
	return fmt.Errorf("%s is not %s", a, b)
}

// checkPeople compares who was given what with whom the order says was served: nobody
// twice, and nobody left waiting.
func (a *account) checkPeople(o commerce.Order) {
	a.t.Helper()
	given := column[string](a, `SELECT user_id || ' ' || sku FROM sandbox_grants ORDER BY user_id, sku`)
	var served []string
	for _, l := range o.Lines {
		for _, user := range column[string](a, `SELECT user_id FROM assignments WHERE state = 'assigned' AND line = $1`, l.ID) {
			served = append(served, user+" "+l.GraphSKU)
		}
	}
	slices.Sort(served)
	slices.Sort(given)
	if diff := cmp.Diff(served, given); diff != "" {
		a.t.Errorf("licences given (-by the order +outside):\n%s", diff)
	}
	for _, l := range o.Lines {
		want := 0
		if l.AutoAssign && l.State == commerce.LineProvisioned {
			want = l.Quantity
		}
		if l.People.Assigned != want || l.People.Failed > 0 {
			a.t.Errorf("line %d: %+v, expected %d people", l.ID, l.People, want)
		}
	}
	if n := one[int](a, `SELECT count(*) FROM assignments WHERE state NOT IN ('assigned', 'skipped')`); n > 0 {
		a.t.Errorf("%d people are not served", n)
	}
}

// looks names the look that must come between two calls with the same key.
var looks = map[string]string{
	"vendor.place": "vendor.look_up", "gateway.open": "gateway.look_up", "gateway.capture": "gateway.look_up",
	"gateway.refund": "gateway.look_up", "licensor.assign": "licensor.licences",
	"licensor.remove": "licensor.licences", "licensor.move": "licensor.licences",
}

// checkCalls finds a call that was blindly repeated: the sandbox does not act twice for
// a key, but a real system may.
func (a *account) checkCalls() {
	a.t.Helper()
	called := map[string]bool{} // name and key, since the last look
	for _, call := range column[string](a, `SELECT name || ' ' || key FROM sandbox_calls ORDER BY at`) {
		name, _, _ := strings.Cut(call, " ")
		if called[call] {
			a.t.Errorf("%s was repeated without a look", call)
		}
		if looks[name] != "" {
			called[call] = true
		}
		for changing, look := range looks {
			if look == name {
				forget(called, changing)
			}
		}
	}
}

func forget(called map[string]bool, name string) {
	for call := range called {
		if strings.HasPrefix(call, name+" ") {
			delete(called, call)
		}
	}
}

// checkAudit counts what may be written down once only.
func (a *account) checkAudit() {
	a.t.Helper()
	count := map[string]int{}
	for _, body := range column[string](a, `SELECT body FROM audit_entries WHERE order_id = $1`, a.order) {
		var e struct{ Action string }
		err := json.Unmarshal([]byte(body), &e)
		if err != nil {
			a.t.Fatal(err)
		}
		count[e.Action]++
	}
	for _, once := range []string{"order.submitted", "order.placed", "payment.captured", "payment.refunded", "order.cancelled", "payment.voided"} {
		if count[once] > 1 {
			a.t.Errorf("%s is in the audit %d times", once, count[once])
		}
	}
	if count["order.submitted"] == 0 {
		a.t.Error("the audit does not know of the submit")
	}
}

func one[T any](a *account, query string, args ...any) T {
	a.t.Helper()
	var value T
	err := a.db.QueryRowContext(a.t.Context(), query, args...).Scan(&value)
	if err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
	return value
}

func column[T any](a *account, query string, args ...any) []T {
	a.t.Helper()
	rows, err := a.db.QueryContext(a.t.Context(), query, args...)
	if err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var value T
		err := rows.Scan(&value)
		if err != nil {
			a.t.Fatal(err)
		}
		all = append(all, value)
	}
	err = rows.Err()
	if err != nil {
		a.t.Fatal(err)
	}
	return all
}
