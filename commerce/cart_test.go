package commerce

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestQuantityAsTyped(t *testing.T) {
	t.Parallel()
	capped := Offer{Seats: Seats{1, 300}}
	for text, want := range map[string]int{
		"1": 1, " 25 ": 25, "300": 300, "007": 7,
		// read, and refused by the range later: the sentence is the same
		"0": 0, "301": 301,
	} {
		n, err := ReadQuantity(text, capped)
		if err != nil || n != want {
			t.Errorf("%q: %d, %v; want %d", text, n, err, want)
		}
	}
	for _, text := range []string{"", " ", "-1", "+5", "1e9", "1000000000", "٣", "３", "ten", "1.5", "1,000", "1 000", "0x10", strings.Repeat("9", 10_000)} {
		_, err := ReadQuantity(text, capped)
		if !IsCode(err, CodeQuantity) {
			t.Errorf("%.20q was read as a number: %v", text, err)
		}
	}
}

func TestCapCountsOwnedOpenAndCart(t *testing.T) {
	t.Parallel()
	s := testShelf(t, map[string]Holding{"basic": {Known: true, Owned: 200, Used: 180, Open: 50}})
	offer, _ := s.Offer("basic")
	for _, c := range []struct {
		n, inCart int
		want      Code
	}{
		{1, 0, ""}, {50, 0, ""}, {51, 0, CodeOverCap}, {30, 20, ""}, {31, 20, CodeOverCap},
		{0, 0, CodeQuantity}, {301, 0, CodeQuantity}, {-1, 0, CodeQuantity},
	} {
		err := s.CheckQuantity(offer, c.n, c.inCart)
		if CodeOf(err) != c.want {
			t.Errorf("%d beside %d: %v, want %q", c.n, c.inCart, err, c.want)
		}
	}
	err := s.CheckQuantity(offer, 51, 0)
	var e *Error
	if !errors.As(err, &e) || e.Args["left"] != 50 {
		t.Errorf("the refusal does not say what is left: %v", err)
	}
}

func TestPutMergesTheSamePlan(t *testing.T) {
	t.Parallel()
	s := testShelf(t, nil)
	c := filled(t, s,
		CartLine{Offer: "basic", Plan: yearly(), Quantity: 10, AutoAssign: true},
		CartLine{Offer: "basic", Plan: monthly(), Quantity: 5},
		CartLine{Offer: "basic", Plan: yearly(), Quantity: 3},
	)
	if len(c.Lines) != 2 || c.Lines[0].Quantity != 13 || !c.Lines[0].AutoAssign || c.Revision != 3 {
		t.Fatalf("cart %+v", c)
	}
	// Changing the second line to the first one's plan makes them one.
	c, err := c.Put(s, CartLine{ID: c.Lines[1].ID, Offer: "basic", Plan: yearly(), Quantity: 5})
	if err != nil || len(c.Lines) != 1 || c.Lines[0].Quantity != 18 {
		t.Fatalf("cart %+v, %v", c, err)
	}
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	s := testShelf(t, nil)
	full := Cart{}
	for i := range MaxCartLines {
		full.Lines = append(full.Lines, CartLine{ID: i + 1, Offer: "gone" + string(rune('a'+i))})
	}
	full.NextLine = MaxCartLines
	for name, c := range map[string]struct {
		cart Cart
		line CartLine
		want Code
	}{
		"an unknown offer":        {Cart{}, CartLine{Offer: "nope", Plan: yearly(), Quantity: 1}, CodeOfferGone},
		"a plan that is not sold": {Cart{}, CartLine{Offer: "basic", Plan: PlanID{Month, Annual}, Quantity: 1}, CodeOfferGone},
		"an add-on alone":         {Cart{}, CartLine{Offer: "copilot", Plan: yearly(), Quantity: 1}, CodeNeedsBase},
		"a line that is gone":     {Cart{}, CartLine{ID: 7, Offer: "basic", Plan: yearly(), Quantity: 1}, CodeStale},
		"one too many":            {full, CartLine{Offer: "basic", Plan: yearly(), Quantity: 1}, CodeCartFull},
	} {
		got, err := c.cart.Put(s, c.line)
		if !IsCode(err, c.want) || got.Revision != c.cart.Revision {
			t.Errorf("%s: %v, want %s; the cart is %+v", name, err, c.want, got)
		}
	}
}

func TestAddOnNeedsItsBase(t *testing.T) {
	t.Parallel()
	addOn := CartLine{Offer: "copilot", Plan: yearly(), Quantity: 5, AutoAssign: true}
	owned := testShelf(t, map[string]Holding{"e3": {Known: true, Owned: 3}})
	c := filled(t, owned, addOn)
	if c.Lines[0].AutoAssign {
		t.Error("an add-on was to be assigned automatically")
	}
	none := testShelf(t, nil)
	c = filled(t, none, CartLine{Offer: "premium", Plan: yearly(), Quantity: 5}, addOn)
	if len(none.Problems(c)) != 0 {
		t.Errorf("with its base in the cart: %v", none.Problems(c))
	}
	c = c.Without(noon, func(l CartLine) bool { return l.Offer == "premium" })
	if !IsCode(none.Problems(c)[c.Lines[0].ID], CodeNeedsBase) {
		t.Errorf("without its base: %v", none.Problems(c))
	}
}

func TestInvalidLineStaysAndIsMarked(t *testing.T) {
	t.Parallel()
	s := testShelf(t, nil)
	c := filled(t, s, CartLine{Offer: "basic", Plan: yearly(), Quantity: 200}, CartLine{Offer: "e3", Plan: yearly(), Quantity: 1})
	later := testShelf(t, map[string]Holding{"basic": {Known: true, Owned: 150}})
	problems := later.Problems(c)
	if len(problems) != 1 || !IsCode(problems[c.Lines[0].ID], CodeOverCap) {
		t.Fatalf("problems %v", problems)
	}
	later.Catalogue.Offers = later.Catalogue.Offers[:2]
	if problems = later.Problems(c); !IsCode(problems[c.Lines[1].ID], CodeOfferGone) {
		t.Fatalf("problems %v", problems)
	}
}

// Whatever is put, changed and removed, no cart holds more than may be bought, and no
// revision comes twice.
func TestCartStaysWithinItsLimits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		s := testShelf(t, map[string]Holding{
			"basic": {Known: true, Owned: rapid.IntRange(0, 320).Draw(r, "owned"), Open: rapid.IntRange(0, 100).Draw(r, "open")},
			"e3":    {Known: true, Owned: rapid.IntRange(0, 2).Draw(r, "e3")},
		})
		c := Cart{Organisation: "contoso", Person: "aicha"}
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			before := c
			if rapid.IntRange(0, 4).Draw(r, "kind") == 0 {
				id := rapid.IntRange(0, 6).Draw(r, "id")
				c = c.Without(noon, func(l CartLine) bool { return l.ID == id })
			} else {
				next, err := c.Put(s, CartLine{
					ID:       rapid.IntRange(0, 6).Draw(r, "line"),
					Offer:    rapid.SampledFrom([]string{"basic", "premium", "e3", "copilot", "nope"}).Draw(r, "offer"),
					Plan:     rapid.SampledFrom(PlanIDs).Draw(r, "plan"),
					Quantity: rapid.IntRange(-5, 10_100).Draw(r, "quantity"),
				})
				if err == nil {
					c = next
				}
			}
			if c.Revision != before.Revision && c.Revision != before.Revision+1 {
				r.Fatalf("revision went from %d to %d", before.Revision, c.Revision)
			}
			checkCart(r, s, c)
		}
	})
}

func checkCart(r *rapid.T, s Shelf, c Cart) {
	sums, ids := map[string]int{}, map[int]bool{}
	for _, l := range c.Lines {
		sums[l.Offer] += l.Quantity
		if l.ID == 0 || ids[l.ID] || l.Quantity < 1 || l.Quantity > MaxQuantity {
			r.Fatalf("line %+v in %+v", l, c)
		}
		ids[l.ID] = true
	}
	for id, n := range sums {
		offer, ok := s.Offer(id)
		left, limited := s.Left(offer, 0)
		if !ok || limited && n > left {
			r.Fatalf("%d of %s, but only %d are left", n, id, left)
		}
	}
}
