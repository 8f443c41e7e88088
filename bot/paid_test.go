package main

import (
	"slices"
	"testing"
	"time"

	"cartwright/commerce"
)

// TestFromPaidToTheVendorsCall measures how long money waits, from the payer's click to
// the vendor's call.
func TestFromPaidToTheVendorsCall(t *testing.T) {
	const each = 5 // orders of a buyer: no more than the pace allows
	everywhere(t, func(t *testing.T, at place) {
		h := at.host(t, buyers(t))
		var waits []time.Duration
		for _, person := range []string{"ana", "ben", "cleo", "dan"} {
			for range each {
				waits = append(waits, h.wait(h.buyer("northwind", person, visio)))
			}
		}
		slices.Sort(waits)
		median, longest := waits[len(waits)/2], waits[len(waits)-1]
		t.Logf("%d orders: median %s, longest %s", len(waits), median.Round(time.Millisecond), longest.Round(time.Millisecond))
		if median > time.Second && !raceDetector {
			t.Errorf("half of them waited for more than a second")
		}
	})
}

// wait has an order paid and says when the vendor was called for it.
func (h hosted) wait(b *buyer) time.Duration {
	h.t.Helper()
	p := b.upTo("order")
	for deadline := time.Now().Add(patience); linkOf(p) == ""; p = b.say("order " + orderNumber.FindString(p.Title)) {
		if time.Now().After(deadline) {
			h.t.Fatal("no payment link")
		}
		time.Sleep(pause)
	}
	h.order = orderNumber.FindString(p.Title)
	began := time.Now()
	b.pay(linkOf(p))
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(pause / 4) {
		key := h.read().Key + "/" + string(commerce.StepPlace)
		called := column[int64](h.account, `SELECT at FROM sandbox_calls WHERE name = 'vendor.place' AND key = $1`, key)
		if len(called) > 0 {
			return time.UnixMicro(called[0]).Sub(began)
		}
	}
	h.t.Fatalf("%s was paid and not placed", h.order)
	return 0
}
