package intent

import (
	"slices"

	"cartwright/commerce"
)

// Rules read a text without a network.
type Rules interface {
	// Parse is what the rules make of a text.
	Parse(text, locale string) Intent
	// Trace is what stands in the text for what a model may say of it.
	Trace(text, locale string) Trace
}

// Trace is what stands in a text, whatever became of it in an Intent. What a model says is
// believed only where it is in here. So what the text denies, or corrects away, or what
// counts or names something else (a room, a date, an order) must not be.
type Trace struct {
	Settled  bool // the rules know what the writer wants, None included: nobody else is asked for the Kind
	Numbers  []Number
	Products []Naming
	Billings []BillingMark
	Assigns  []AssignMark
	Losses   []LossMark
	Owners   []OwnerMark
	Others   bool // a product that the catalogue has not is named as well
}

// Span is [Start, End) in bytes of the text as it was written.
type Span struct{ Start, End int }

func (s Span) overlaps(o Span) bool { return s.Start < o.End && o.Start < s.End }

// Number is a number that may count licences, in figures or words.
type Number struct {
	Span
	Value int
	Loose bool // of a range, a limit or an approximation: no exact number may rest on it
}

// Naming is a name, an alias, or a part of several offers' names.
type Naming struct {
	Span
	Offers []string // ids of all offers that are called so
}

// BillingMark is a word for how something is paid.
type BillingMark struct {
	Span
	Billing commerce.Billing // "": not clear which, or one that nobody sells
}

// AssignMark is a word for whether licences are handed out at once.
type AssignMark struct {
	Span
	Assign bool
}

// OwnerMark is a number that the rules read as one product's: it is no other's.
type OwnerMark struct {
	Span
	Offer string
}

// LossMark is a word for a Kind by which something of the person's may be lost.
type LossMark struct {
	Span
	Kind Kind // Cancel or Unassign
}

// without is the trace without what overlaps the spans: a model never saw that.
func (t Trace) without(hidden []Span) Trace {
	seen := func(s Span) bool { return slices.ContainsFunc(hidden, s.overlaps) }
	t.Numbers = slices.DeleteFunc(slices.Clone(t.Numbers), func(n Number) bool { return seen(n.Span) })
	t.Products = slices.DeleteFunc(slices.Clone(t.Products), func(n Naming) bool { return seen(n.Span) })
	t.Billings = slices.DeleteFunc(slices.Clone(t.Billings), func(m BillingMark) bool { return seen(m.Span) })
	t.Assigns = slices.DeleteFunc(slices.Clone(t.Assigns), func(m AssignMark) bool { return seen(m.Span) })
	t.Losses = slices.DeleteFunc(slices.Clone(t.Losses), func(m LossMark) bool { return seen(m.Span) })
	return t
}

// loses reports whether a kind takes something away that no word in the text speaks of.
func (t Trace) loses(k Kind) bool {
	return (k == Cancel || k == Unassign) && !slices.ContainsFunc(t.Losses, func(m LossMark) bool { return m.Kind == k })
}

// product finds where an offer is named, and which offers the text then may mean: the offer
// alone where all that names it leaves no other, none where nothing does.
func (t Trace) product(id string) (at []Span, may []string) {
	for _, n := range t.Products {
		if !slices.Contains(n.Offers, id) {
			continue
		}
		before := len(may)
		if at == nil {
			may, before = slices.Clone(n.Offers), len(n.Offers)+1
		}
		may = slices.DeleteFunc(may, func(o string) bool { return !slices.Contains(n.Offers, o) })
		if len(may) < before { // it tells more
			at = append(at, n.Span)
		}
	}
	return at, may
}

// count finds where a quantity of a product stands: a number, or else numbers in a row whose
// sum it is, where the text names no other product whose they may be. used are the beginnings of numbers that another line has.
func (t Trace) count(product string, quantity int, used map[int]bool) []Span {
	for _, n := range t.Numbers {
		if n.Value == quantity && !n.Loose && !used[n.Start] && !t.others(n.Span, product) {
			return []Span{n.Span}
		}
	}
	if !t.only(product) {
		return nil
	}
	for i := range t.Numbers {
		if row := t.sum(i, quantity, used); row != nil {
			return row
		}
	}
	return nil
}

// others reports whether a number is of another product; "" is none.
func (t Trace) others(number Span, product string) bool {
	return product != "" && slices.ContainsFunc(t.Owners, func(o OwnerMark) bool { return o.Offer != product && o.overlaps(number) })
}

// only reports whether all that is named may be one product: this one, or for "" any.
func (t Trace) only(product string) bool {
	if len(t.Products) == 0 || t.Others {
		return !t.Others
	}
	return slices.ContainsFunc(t.Products[0].Offers, func(id string) bool {
		return (product == "" || product == id) && !slices.ContainsFunc(t.Products, func(n Naming) bool { return !slices.Contains(n.Offers, id) })
	})
}

// sum is the row of numbers from the first on whose sum is the quantity, nil for none.
func (t Trace) sum(first, quantity int, used map[int]bool) []Span {
	var row []Span
	for _, n := range t.Numbers[first:] {
		if n.Loose || used[n.Start] || n.Value <= 0 || n.Value > quantity {
			return nil
		}
		row, quantity = append(row, n.Span), quantity-n.Value
		if quantity == 0 {
			return row
		}
	}
	return nil
}

// billing finds where a way to pay is named, if no other is.
func (t Trace) billing(b commerce.Billing) (Span, bool) {
	other := func(m BillingMark) bool { return m.Billing != b }
	if len(t.Billings) == 0 || slices.ContainsFunc(t.Billings, other) {
		return Span{}, false
	}
	return t.Billings[0].Span, true
}

// assign finds where handing out is spoken of, if it is only in that sense.
func (t Trace) assign(is bool) (Span, bool) {
	other := func(m AssignMark) bool { return m.Assign != is }
	if len(t.Assigns) == 0 || slices.ContainsFunc(t.Assigns, other) {
		return Span{}, false
	}
	return t.Assigns[0].Span, true
}

// unsure says why the rules' own answer may be wanting, "" where it is not.
func unsure(i Intent, t Trace) string {
	switch {
	case i.Kind == None && !t.Settled:
		return "kind"
	case i.Ambiguous():
		return "asks"
	case i.Kind.hasLines() && len(i.Items) == 0 && len(t.Numbers)+len(t.Products) > 0:
		return "lines"
	case i.lacksNumber() && t.leavesNumber(i):
		return "number"
	}
	return ""
}

func (k Kind) hasLines() bool { return k == Buy || k == Assign || k == Unassign }

// lacksNumber reports whether a line that is bought has no number of licences.
func (i Intent) lacksNumber() bool {
	return i.Kind == Buy && slices.ContainsFunc(i.Items, func(item Item) bool { return item.Quantity == 0 })
}

// leavesNumber reports whether the text has a number that the Intent does not use.
func (t Trace) leavesNumber(i Intent) bool {
	used := i.numbersUsed()
	return slices.ContainsFunc(t.Numbers, func(n Number) bool { return !n.Loose && !used[n.Start] })
}

// numbersUsed are the beginnings of the numbers that lines have: one that is asked about is
// nobody's yet.
func (i Intent) numbersUsed() map[int]bool {
	used := map[int]bool{}
	for _, e := range i.Evidence {
		if e.Slot == Quantity && i.Items[e.Item].Quantity != 0 {
			used[e.Start] = true
		}
	}
	return used
}
