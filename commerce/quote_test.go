package commerce

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func TestQuoteAddsUp(t *testing.T) {
	t.Parallel()
	s := testShelf(t, nil)
	c := quotedCart(t, s, filled(t, s,
		CartLine{Offer: "basic", Plan: monthly(), Quantity: 25}, // 6.76 × 25 = 169.00, × 12 = 2028.00
		CartLine{Offer: "premium", Plan: yearly(), Quantity: 3}, // 240.00 × 3 = 720.00
		CartLine{Offer: "e3", Plan: PlanIDs[2], Quantity: 1},    // 28.70
	))
	q := *c.Quote
	for name, pair := range map[string][2]Money{
		"subtotal":  {q.Subtotal, eur(t, "917.70")},
		"tax":       {q.Tax, eur(t, "183.54")},
		"total":     {q.Total, eur(t, "1101.24")},
		"charged":   {q.Charged, eur(t, "1101.24")},
		"committed": {q.Committed, eur(t, "2776.70")},
	} {
		if !pair[0].Equal(pair[1]) {
			t.Errorf("%s is %s, want %s", name, pair[0], pair[1])
		}
	}
	if !q.Accepted || q.Expires.Sub(q.At) != QuoteLife {
		t.Errorf("quote %+v", q)
	}
}

func TestTaxIsRoundedOnceHalfUp(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"0.10", "0.05", "0.01"}, {"10.15", "0.2", "2.03"}, {"0.02", "0.2", "0.00"}, {"0.03", "0.2", "0.01"}, {"12.34", "0.075", "0.93"}} {
		if got := eur(t, c[0]).Percent(c[1]); !got.Equal(eur(t, c[2])) {
			t.Errorf("%s of %s is %s, want %s", c[1], c[0], got, c[2])
		}
	}
}

func TestDirectChargesNothingNow(t *testing.T) {
	t.Parallel()
	s := testShelf(t, nil)
	s.Organisation.Backend = Direct
	q := quotedCart(t, s, filled(t, s, CartLine{Offer: "basic", Plan: yearly(), Quantity: 1})).Quote
	if !q.Charged.IsZero() || q.Total.IsZero() {
		t.Errorf("charged %s of %s", q.Charged, q.Total)
	}
}

func TestMovedPriceMustBeAccepted(t *testing.T) {
	t.Parallel()
	s := testShelf(t, nil)
	c := filled(t, s, CartLine{Offer: "basic", Plan: yearly(), Quantity: 2})
	q, err := s.Price(c, []Plan{plan(t, Year, Annual, "80.00")}, QuoteLife)
	if err != nil || !q.Moved() || q.Accepted {
		t.Fatalf("quote %+v, %v", q, err)
	}
	same, err := s.Price(c, []Plan{plan(t, Year, Annual, "77.280")}, QuoteLife)
	if err != nil || same.Moved() {
		t.Fatalf("the same price with another zero moved: %+v, %v", same, err)
	}
	if _, err = s.Price(c, []Plan{{}}, QuoteLife); !IsCode(err, CodeNoPrice) {
		t.Errorf("without a price: %v", err)
	}
}

// The hash is bound to everything that is paid for, and to nothing else.
func TestHashIsBoundToTheContent(t *testing.T) {
	t.Parallel()
	s := testShelf(t, nil)
	base := filled(t, s, CartLine{Offer: "basic", Plan: yearly(), Quantity: 2}, CartLine{Offer: "e3", Plan: yearly(), Quantity: 1})
	hash := quotedCart(t, s, base).Quote.Hash
	later := s
	later.Now = noon.Add(QuoteLife / 2)
	if again := quotedCart(t, later, base).Quote.Hash; again != hash {
		t.Error("the time is in the hash")
	}
	change := func(fn func(*Cart)) Cart {
		c := base
		c.Lines = append([]CartLine{}, base.Lines...)
		fn(&c)
		return c
	}
	for name, c := range map[string]Cart{
		"quantity": change(func(c *Cart) { c.Lines[0].Quantity++ }),
		"plan":     change(func(c *Cart) { c.Lines[0].Plan = monthly() }),
		"offer":    change(func(c *Cart) { c.Lines[0].Offer = "premium" }),
		"order":    change(func(c *Cart) { c.Lines[0], c.Lines[1] = c.Lines[1], c.Lines[0] }),
		"assign":   change(func(c *Cart) { c.Lines[0].AutoAssign = true }),
		"revision": change(func(c *Cart) { c.Revision++ }),
		"person":   change(func(c *Cart) { c.Person = "bruno" }),
	} {
		if quotedCart(t, s, c).Quote.Hash == hash {
			t.Errorf("another %s has the same hash", name)
		}
	}
}

// Every sum is the sum of its parts, and a stored quote is the quote.
func TestQuoteProperties(t *testing.T) {
	t.Parallel()
	s := testShelf(t, nil)
	rapid.Check(t, func(r *rapid.T) {
		c := Cart{Organisation: "contoso", Person: "aicha"}
		for range rapid.IntRange(1, 6).Draw(r, "lines") {
			next, err := c.Put(s, CartLine{
				Offer: rapid.SampledFrom([]string{"basic", "premium", "e3"}).Draw(r, "offer"),
				Plan:  rapid.SampledFrom(PlanIDs).Draw(r, "plan"), Quantity: rapid.IntRange(1, 100).Draw(r, "n"),
			})
			if err == nil {
				c = next
			}
		}
		q := *quotedCart(t, s, c).Quote
		sub, committed := Zero("EUR"), Zero("EUR")
		for _, l := range q.Lines {
			if !l.Subtotal.Equal(l.Unit.Times(l.Quantity)) || !l.Committed.Equal(l.Subtotal.Times(l.Plan.Periods())) {
				r.Fatalf("line %+v", l)
			}
			sub, committed = sub.Plus(l.Subtotal), committed.Plus(l.Committed)
		}
		if !q.Subtotal.Equal(sub) || !q.Committed.Equal(committed) || !q.Total.Equal(sub.Plus(q.Tax)) || !q.Tax.Equal(sub.Percent("0.2")) {
			r.Fatalf("quote %+v", q)
		}
		text, err := json.Marshal(q)
		if err != nil {
			r.Fatal(err)
		}
		var back Quote
		if err := json.Unmarshal(text, &back); err != nil || back.hash("contoso", "aicha") != q.Hash {
			r.Fatalf("stored and read: %v, %+v", err, back)
		}
	})
}
