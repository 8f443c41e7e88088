package sandbox_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
)

const day = 24 * time.Hour

func (l *lab) plan(sku string, seats int) {
	l.t.Helper()
	if err := l.Vendor().PlanRenewal(l.t.Context(), contoso, sku, seats); err != nil {
		l.t.Fatal(err)
	}
}

// expectSeats compares what Business Basic has: owned, used, and owned from the renewal on.
func (l *lab) expectSeats(when string, owned, used, next int, renews time.Time) {
	l.t.Helper()
	want := commerce.OwnedSeats{SKU: basicSKU, Owned: owned, Used: used, Next: next, RenewsAt: renews, AsOf: l.clock.Now()}
	if diff := cmp.Diff(want, l.seats(contoso, basicSKU)); diff != "" {
		l.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// stocked owns 10 seats that renew in 30 days, of which one is used.
func stocked(o *sandbox.Options) {
	studio(o)
	tenant := o.Seeds["contoso"]
	tenant.Owned, tenant.Renews = map[string]int{basicSKU: 10, premiumSKU: 8, visioSKU: 3}, map[string]int{basicSKU: 30}
	o.Seeds["contoso"] = tenant
}

func TestWhatARenewalCanBe(t *testing.T) {
	cases := map[string]struct {
		sku      string
		seats    int
		min, max int // 0: it is taken
	}{
		"as many as now":         {basicSKU, 10, 0, 0},
		"one less":               {basicSKU, 9, 0, 0},
		"those in use":           {basicSKU, 3, 0, 0},
		"fewer than in use":      {basicSKU, 2, 3, 10},
		"more than now":          {basicSKU, 11, 3, 10},
		"none":                   {basicSKU, 0, 3, 10},
		"less than none":         {basicSKU, -1, 3, 10},
		"what the vendor sells":  {premiumSKU, 5, 0, 0},
		"fewer than it sells":    {premiumSKU, 4, 5, 8},
		"one of what is unknown": {visioSKU, 1, 0, 0},
		"none of it":             {visioSKU, 0, 1, 3},
	}
	onEachDatabase(t, func(l *lab) {
		l.assign(contoso, basicSKU, "first", "second")
		for name, c := range cases {
			var refusal *commerce.Error
			err := l.Vendor().PlanRenewal(l.t.Context(), contoso, c.sku, c.seats)
			switch {
			case c.max == 0 && err != nil:
				l.t.Errorf("%s: %v", name, err)
			case c.max == 0:
				if got := l.seats(contoso, c.sku).Next; got != c.seats {
					l.t.Errorf("%s: %d are planned, want %d", name, got, c.seats)
				}
			case !errors.As(err, &refusal) || refusal.Code != commerce.CodeQuantity || refusal.Args["min"] != c.min || refusal.Args["max"] != c.max:
				l.t.Errorf("%s: %v", name, err)
			}
		}
		if err := l.Vendor().PlanRenewal(l.t.Context(), contoso, "unknown", 1); !commerce.IsCode(err, commerce.CodeNotFound) {
			l.t.Errorf("what is not owned: %v", err)
		}
		if n := l.count(`SELECT count(*) FROM sandbox_calls WHERE name = 'vendor.plan_renewal' AND key = $1`, basicSKU); n != 7 {
			l.t.Errorf("%d calls counted", n)
		}
	}, stocked)
}

func TestAPlanIsCarriedOut(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		renews := l.clock.Now().Add(30 * day)
		l.expectSeats("no plan", 10, 1, 10, renews)
		l.plan(basicSKU, 4)
		l.plan(basicSKU, 4)
		l.expectSeats("planned", 10, 1, 4, renews)
		l.plan(basicSKU, 10)
		l.expectSeats("called off", 10, 1, 10, renews)
		l.plan(basicSKU, 6)
		l.clock.advance(30*day - time.Microsecond)
		l.expectSeats("a moment before", 10, 1, 6, renews)
		l.clock.advance(time.Microsecond)
		l.expectSeats("the renewal", 6, 1, 6, renews.AddDate(1, 0, 0))
		l.clock.advance(4 * 365 * day)
		l.expectSeats("after years", 6, 1, 6, renews.AddDate(4, 0, 0))
	}, stocked)
}

func TestWhoGotASeatSincePlanningKeepsIt(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		renews := l.clock.Now().Add(30 * day)
		l.plan(basicSKU, 1)
		l.assign(contoso, basicSKU, "first", "second")
		l.clock.advance(31 * day)
		l.buy("1", 5) // nobody looked in between
		l.expectSeats("renewed, and 5 more", 8, 3, 8, renews.AddDate(1, 0, 0))
	}, stocked)
}

// Nobody need look at the seats for a renewal to count.
func TestASeatThatWasNotRenewedIsNotGiven(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		l.plan(basicSKU, 2)
		l.clock.advance(31 * day)
		got := l.answers([]string{"first", "second"})(l.Licensor().Assign(l.t.Context(), contoso, basicSKU, []string{"first", "second"}))
		if diff := cmp.Diff([]commerce.Reason{commerce.ReasonNone, commerce.ReasonNoSeat}, got); diff != "" {
			l.t.Errorf("(-want +got):\n%s", diff)
		}
		err := l.Vendor().PlanRenewal(l.t.Context(), contoso, basicSKU, 3)
		if !commerce.IsCode(err, commerce.CodeQuantity) {
			l.t.Errorf("more than were renewed: %v", err)
		}
	}, stocked)
}

func TestBuyingMoreRaisesThePlan(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		renews := l.clock.Now().Add(30 * day)
		l.buy("1", 5)
		l.expectSeats("without a plan", 15, 1, 15, renews)
		l.plan(basicSKU, 4)
		l.buy("2", 20)
		l.expectSeats("with a plan", 35, 1, 24, renews)
		l.clock.advance(30 * day)
		l.buy("3", 2)
		l.expectSeats("after the renewal", 26, 1, 26, renews.AddDate(1, 0, 0))
	}, stocked)
}

func (l *lab) buy(key string, seats int) {
	l.t.Helper()
	if _, err := l.Vendor().Place(l.t.Context(), contoso, placement(key, seats)); err != nil {
		l.t.Fatal(err)
	}
	l.clock.advance(time.Minute)
	l.expect(key, commerce.LineProvisioned)
}

func TestAPlanIsCarriedOutOnce(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		renews := l.clock.Now().Add(30 * day)
		l.plan(basicSKU, 4)
		l.clock.advance(30*day + time.Hour)
		for _, key := range []string{"1", "2"} {
			if _, err := l.Vendor().Place(l.t.Context(), contoso, placement(key, 5)); err != nil {
				l.t.Fatal(err)
			}
		}
		l.clock.advance(time.Minute)
		users := []string{"first", "second"}
		calls := []func() error{
			func() error { _, err := l.Licensor().Seats(l.t.Context(), contoso); return err },
			func() error { _, err := l.Vendor().LookUp(l.t.Context(), contoso, "1"); return err },
			func() error { _, err := l.Licensor().Assign(l.t.Context(), contoso, basicSKU, users); return err },
			func() error { _, err := l.Vendor().LookUp(l.t.Context(), contoso, "2"); return err },
		}
		atOnce(12, func(i int) {
			if err := calls[i%len(calls)](); err != nil {
				l.t.Error(err)
			}
		})
		l.expectSeats("in the end", 4+5+5, 3, 14, renews.AddDate(1, 0, 0))
	}, stocked)
}

// Seats of which no renewal is known stay as they are.
func TestSeatsThatNeverRenew(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		if _, err := l.db.ExecContext(l.t.Context(), `UPDATE sandbox_seats SET renews_at = 0, planned = 2`); err != nil {
			l.t.Fatal(err)
		}
		l.expectSeats("never", 10, 1, 2, time.Time{})
	}, stocked)
}
