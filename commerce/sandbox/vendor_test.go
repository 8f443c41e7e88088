package sandbox_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
)

func placement(key string, quantities ...int) commerce.Placement {
	p := commerce.Placement{Key: key, Order: "CW-" + key}
	for i, q := range quantities {
		offer := basic
		if i%2 == 1 {
			offer = premium
		}
		p.Lines = append(p.Lines, commerce.PlacementLine{ID: i + 1, Offer: offer, Plan: yearly, Quantity: q})
	}
	return p
}

func states(p commerce.Placed) []commerce.LineState {
	var all []commerce.LineState
	for _, l := range p.Lines {
		all = append(all, l.State)
	}
	return all
}

func TestAnOrderIsPlacedAndThenProvisionedLineByLine(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		before := l.seats(contoso, basicSKU)
		placed, err := l.Vendor().Place(t.Context(), contoso, placement("1", 12, 5))
		if err != nil {
			t.Fatal(err)
		}
		now := l.clock.Now()
		for _, line := range placed.Lines {
			if line.State != commerce.LinePlaced || line.Subscription == "" ||
				!line.UndoUntil.Equal(now.AddDate(0, 0, 7)) || !line.RenewsAt.Equal(now.AddDate(1, 0, 0)) {
				l.t.Errorf("placed %+v", line)
			}
		}
		l.expect("1", commerce.LinePlaced, commerce.LinePlaced)
		l.clock.advance(4 * time.Second)
		l.expect("1", commerce.LineProvisioned, commerce.LinePlaced)
		if got := l.seats(contoso, basicSKU); got.Owned != before.Owned+12 || got.Used != before.Used {
			l.t.Errorf("seats went from %+v to %+v", before, got)
		}
		if got := l.seats(contoso, premiumSKU); got.Owned != 0 {
			l.t.Errorf("seats before they were provisioned: %+v", got)
		}
		l.clock.advance(time.Second)
		l.expect("1", commerce.LineProvisioned, commerce.LineProvisioned)
		if got := l.seats(contoso, premiumSKU); got.Owned != 5 || !got.RenewsAt.Equal(now.AddDate(1, 0, 0)) {
			l.t.Errorf("a product owned for the first time: %+v", got)
		}
	})
}

func (l *lab) expect(key string, want ...commerce.LineState) {
	l.t.Helper()
	found, err := l.Vendor().LookUp(l.t.Context(), contoso, key)
	if err != nil {
		l.t.Fatal(err)
	}
	if diff := cmp.Diff(want, states(found)); diff != "" {
		l.t.Errorf("order %s (-want +got):\n%s", key, diff)
	}
}

func TestAKeyPlacesOnce(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		results := make([]commerce.Placed, 8)
		atOnce(len(results), func(i int) {
			var err error
			if results[i], err = l.Vendor().Place(l.t.Context(), contoso, placement("1", 12, 5)); err != nil {
				l.t.Error(err)
			}
		})
		for _, r := range results[1:] {
			if diff := cmp.Diff(results[0], r); diff != "" {
				l.t.Errorf("a repeat differs:\n%s", diff)
			}
		}
		if n := l.count(`SELECT count(*) FROM sandbox_orders`); n != 1 {
			l.t.Errorf("%d vendor orders", n)
		}
		if n := l.count(`SELECT count(*) FROM sandbox_calls WHERE name = 'vendor.place' AND key = '1' AND organisation = 'contoso'`); n != 8 {
			l.t.Errorf("%d calls counted", n)
		}
		if _, err := l.Vendor().Place(l.t.Context(), contoso, placement("1", 13, 5)); !commerce.IsCode(err, commerce.CodeVendorRefused) {
			l.t.Errorf("the key took another order: %v", err)
		}
		if _, err := l.Vendor().Place(l.t.Context(), adatum, placement("1", 12, 5)); !commerce.IsCode(err, commerce.CodeVendorRefused) {
			l.t.Errorf("the key took another customer's order: %v", err)
		}
	})
}

func TestARepeatIsAnsweredAfterTheOfferWasWithdrawn(t *testing.T) {
	sold := catalogue
	onEachDatabase(t, func(l *lab) {
		first, err := l.Vendor().Place(l.t.Context(), contoso, placement("1", 12))
		if err != nil {
			l.t.Fatal(err)
		}
		l.options.Catalogue = func() commerce.Catalogue { return commerce.Catalogue{} }
		l.restart()
		again, err := l.Vendor().Place(l.t.Context(), contoso, placement("1", 12))
		if err != nil || !cmp.Equal(first, again) {
			l.t.Errorf("the repeat: %+v, %v", again, err)
		}
	}, func(o *sandbox.Options) { o.Catalogue = func() commerce.Catalogue { return sold } })
}

func TestTheVendorTakesNoNonsense(t *testing.T) {
	line := commerce.PlacementLine{ID: 1, Offer: basic, Plan: yearly, Quantity: 3}
	with := func(change func(*commerce.PlacementLine)) commerce.Placement {
		changed := line
		change(&changed)
		return commerce.Placement{Key: "k", Order: "CW-1", Lines: []commerce.PlacementLine{changed}}
	}
	cases := map[string]struct {
		org commerce.Organisation
		p   commerce.Placement
	}{
		"no lines":         {contoso, commerce.Placement{Key: "k", Order: "CW-1"}},
		"no key":           {contoso, commerce.Placement{Order: "CW-1", Lines: []commerce.PlacementLine{line}}},
		"no number":        {contoso, commerce.Placement{Key: "k", Lines: []commerce.PlacementLine{line}}},
		"a line twice":     {contoso, commerce.Placement{Key: "k", Order: "CW-1", Lines: []commerce.PlacementLine{line, line}}},
		"unknown offer":    {contoso, with(func(l *commerce.PlacementLine) { l.Offer.ID = "business-gold" })},
		"another SKU":      {contoso, with(func(l *commerce.PlacementLine) { l.Offer.GraphSKU = visioSKU })},
		"unknown plan":     {contoso, with(func(l *commerce.PlacementLine) { l.Plan = commerce.PlanID{Commitment: "P3Y", Billing: commerce.Annual} })},
		"plan of no price": {contoso, with(func(l *commerce.PlacementLine) { l.Offer, l.Plan, l.Quantity = premium, monthly, 5 })},
		"none":             {contoso, with(func(l *commerce.PlacementLine) { l.Quantity = 0 })},
		"less than none":   {contoso, with(func(l *commerce.PlacementLine) { l.Quantity = -1 })},
		"too few":          {contoso, with(func(l *commerce.PlacementLine) { l.Offer, l.Quantity = premium, 4 })},
		"too many":         {contoso, with(func(l *commerce.PlacementLine) { l.Quantity = 301 })},
		"unknown customer": {nobody, with(func(*commerce.PlacementLine) {})},
		"other cloud":      {adatum, with(func(l *commerce.PlacementLine) { l.Offer, l.Quantity = premium, 5 })},
		"other cloud plan": {adatum, with(func(l *commerce.PlacementLine) { l.Plan = monthly })},
	}
	onEachDatabase(t, func(l *lab) {
		for name, c := range cases {
			if placed, err := l.Vendor().Place(l.t.Context(), c.org, c.p); !commerce.IsCode(err, commerce.CodeVendorRefused) {
				l.t.Errorf("%s: %+v, %v", name, placed, err)
			}
		}
		if n := l.count(`SELECT count(*) FROM sandbox_orders`) + l.count(`SELECT count(*) FROM sandbox_subscriptions`); n != 0 {
			l.t.Errorf("%d rows are left of refused orders", n)
		}
		for _, p := range []commerce.Placement{with(func(*commerce.PlacementLine) {})} {
			if _, err := l.Vendor().Place(l.t.Context(), contoso, p); err != nil {
				l.t.Errorf("a good order with the key of refused ones: %v", err)
			}
		}
	})
}

func TestScenarios(t *testing.T) {
	const placed, provisioned, refused, failed = commerce.LinePlaced, commerce.LineProvisioned, commerce.LineRefused, commerce.LineFailed
	type line = commerce.LineState
	cases := []struct {
		scenario     string
		lines        []int
		first, later []line
		grown        int // seats of Business Basic: lines 1 and 3
	}{
		{"", []int{1, 5, 2}, []line{placed, placed, placed}, []line{provisioned, provisioned, provisioned}, 3},
		{"deliver", []int{1, 5, 2}, []line{placed, placed, placed}, []line{provisioned, provisioned, provisioned}, 3},
		{"refuse", []int{1, 5, 2}, []line{refused, refused, refused}, []line{refused, refused, refused}, 0},
		{"refuse_one", []int{1, 5, 2}, []line{placed, placed, refused}, []line{provisioned, provisioned, refused}, 1},
		{"refuse_one", []int{4}, []line{placed}, []line{provisioned}, 4},
		{"fail", []int{1, 5, 2}, []line{placed, placed, placed}, []line{failed, failed, failed}, 0},
		{"fail_one", []int{1, 5, 2}, []line{placed, placed, placed}, []line{provisioned, provisioned, failed}, 1},
		{"fail_one", []int{4}, []line{placed}, []line{failed}, 0},
	}
	onEachDatabase(t, func(l *lab) {
		for i, c := range cases {
			before, key := l.seats(contoso, basicSKU).Owned, string(rune('a'+i))
			session := l.open(key, "CW-"+key, "10.00 EUR")
			if err := l.Pay(l.t.Context(), session.ID, sandbox.OutcomePaid, c.scenario); err != nil {
				l.t.Fatal(err)
			}
			got, err := l.Vendor().Place(l.t.Context(), contoso, placement(key, c.lines...))
			if err != nil {
				l.t.Fatal(err)
			}
			if diff := cmp.Diff(c.first, states(got)); diff != "" {
				l.t.Errorf("%s %v at first (-want +got):\n%s", c.scenario, c.lines, diff)
			}
			for _, line := range got.Lines {
				if none := line.Subscription == "" && line.UndoUntil.IsZero() && line.RenewsAt.IsZero(); none != (line.State == refused) {
					l.t.Errorf("%s: %+v", c.scenario, line)
				}
			}
			l.clock.advance(6 * time.Second)
			l.expect(key, c.later...)
			if grown := l.seats(contoso, basicSKU).Owned - before; grown != c.grown {
				l.t.Errorf("%s %v: seats grew by %d, want %d", c.scenario, c.lines, grown, c.grown)
			}
		}
	})
}

func TestSeatsGrowOnce(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		before := l.seats(contoso, basicSKU).Owned
		for _, key := range []string{"1", "2"} {
			if _, err := l.Vendor().Place(l.t.Context(), contoso, placement(key, 10, 5, 20)); err != nil {
				l.t.Fatal(err)
			}
		}
		l.clock.advance(time.Minute)
		atOnce(12, func(i int) {
			if _, err := l.Vendor().LookUp(l.t.Context(), contoso, []string{"1", "2"}[i%2]); err != nil {
				l.t.Error(err)
			}
		})
		if grown := l.seats(contoso, basicSKU).Owned - before; grown != 60 {
			l.t.Errorf("seats grew by %d, want 60", grown)
		}
		if owned := l.seats(contoso, premiumSKU).Owned; owned != 10 {
			l.t.Errorf("%d seats of a new product, want 10", owned)
		}
	})
}

func TestNoTrace(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		if _, err := l.Vendor().Place(l.t.Context(), contoso, placement("1", 1)); err != nil {
			l.t.Fatal(err)
		}
		if _, err := l.Vendor().LookUp(l.t.Context(), contoso, "2"); !errors.Is(err, commerce.ErrNoTrace) {
			l.t.Errorf("unknown order: %v", err)
		}
		if _, err := l.Vendor().LookUp(l.t.Context(), adatum, "1"); !errors.Is(err, commerce.ErrNoTrace) {
			l.t.Errorf("somebody else's order: %v", err)
		}
	})
}

func TestPrices(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		asked := []commerce.PriceOf{{Offer: "business-basic", Plan: spread}, {Offer: "business-gold", Plan: yearly}, {Offer: "business-premium", Plan: yearly}}
		for _, want := range []string{"200.00 EUR", "220.00 EUR"} {
			plans, err := l.Vendor().Prices(l.t.Context(), contoso, asked)
			if err != nil || len(plans) != 3 {
				l.t.Fatal(plans, err)
			}
			if plans[0].Price.String() != "5.25 EUR" || !plans[1].Price.None() || plans[2].Price.String() != want {
				l.t.Errorf("prices %v", plans)
			}
			l.clock.advance(90 * 24 * time.Hour)
		}
		if _, err := l.Vendor().Prices(l.t.Context(), nobody, asked); !commerce.IsCode(err, commerce.CodeVendorRefused) {
			l.t.Errorf("prices for an unknown customer: %v", err)
		}
	})
}

func TestAMonthFromTheThirtyFirst(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		l.clock.advance(time.Date(2027, 1, 31, 12, 0, 0, 0, time.UTC).Sub(l.clock.Now()))
		p := placement("1", 1)
		p.Lines[0].Plan = monthly
		placed, err := l.Vendor().Place(l.t.Context(), contoso, p)
		if err != nil {
			l.t.Fatal(err)
		}
		if want := time.Date(2027, 2, 28, 12, 0, 0, 0, time.UTC); !placed.Lines[0].RenewsAt.Equal(want) {
			l.t.Errorf("renews %s, want %s", placed.Lines[0].RenewsAt, want)
		}
	})
}
