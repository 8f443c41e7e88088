package intent

import (
	"cmp"
	"slices"

	"cartwright/commerce"
)

// Trace is what stands in a message for what a model may say of it. Where the rules know
// that no line is wanted, no line of anybody's is taken, and nothing is looked for.
func (p *Parser) Trace(message, locale string) Trace {
	r := newReading(p, p.read(message, locale))
	kind, held := r.climb()
	settled := held || r.missed == 0 && !r.namesGoods()
	r.kind = kind
	if !settled {
		r.kind = Buy // a model may read it so
	}
	if !r.kind.hasLines() {
		return Trace{Settled: true}
	}
	r.compose()
	if kind == Buy && len(r.lines) == 0 && r.refused {
		return Trace{Settled: true}
	}
	t := Trace{Settled: settled}
	t.losses(r.spans)
	t.lines(r.lines)
	t.clauses(r.clauses, r.lines)
	t.sort()
	return t
}

// losses traces words by which something is dropped or taken away.
func (t *Trace) losses(spans []span) {
	for i := range spans {
		switch spans[i].mark {
		case cancel:
			t.Losses = append(t.Losses, LossMark{spanOf(spans[i].bytes), Cancel})
		case unassignVerb:
			t.Losses = append(t.Losses, LossMark{spanOf(spans[i].bytes), Unassign})
		}
	}
}

// clauses traces what no line holds. Behind a correction that has numbers, or products,
// itself nothing of those holds that no line has kept.
func (t *Trace) clauses(all []*clause, made []line) {
	numbers, products := false, false // corrected
	for _, c := range slices.Backward(all) {
		figures := c.figures()
		if !numbers {
			t.figures(c, figures)
		}
		named := t.names(c, made, products)
		numbers, products = numbers || len(figures) > 0, products || named
	}
}

// namesGoods reports whether something stands there of which a line could be made.
func (r *reading) namesGoods() bool {
	return slices.ContainsFunc(r.spans, func(s span) bool { return s.mark == product || s.mark == amount || s.mark == many })
}

// lines traces what the rules' own lines hold, and the periods that they ask about.
func (t *Trace) lines(made []line) {
	for i := range made {
		l := &made[i]
		if l.said.set {
			t.name(l.said, l.product)
		}
		if l.many.set && !l.many.asked {
			t.number(Number{Span: spanOf(l.many.at), Value: l.quantity})
			t.own(spanOf(l.many.at), l.product)
		}
		if m := (BillingMark{spanOf(l.paid.at), paidAs(l)}); l.paid.set && !slices.Contains(t.Billings, m) {
			t.Billings = append(t.Billings, m)
		}
		if m := (AssignMark{spanOf(l.handed.at), l.assign}); l.handed.set && !slices.Contains(t.Assigns, m) {
			t.Assigns = append(t.Assigns, m)
		}
	}
}

// paidAs is "" where more than one way is named, or one that nobody sells.
func paidAs(l *line) commerce.Billing {
	if l.paid.asked {
		return ""
	}
	return l.billing
}

func (t *Trace) figures(c *clause, all []figure) {
	for _, f := range all {
		if f.value > 0 {
			t.number(Number{Span: spanOf(c.bytesOf(f.from, f.to)), Value: f.value, Loose: f.asked})
		}
	}
}

// names traces the products of a clause, and reports whether it has any.
func (t *Trace) names(c *clause, made []line, corrected bool) (any bool) {
	for i := range c.spans {
		s := &c.spans[i]
		if s.mark != product || c.dropped[i] || c.passing(i) {
			continue
		}
		any = true
		if !corrected || slices.ContainsFunc(made, func(l line) bool { return l.product.same(s) }) {
			t.name(value{at: s.bytes, asked: !s.sure}, s)
		}
	}
	return any
}

// name traces a product, once. A word that is only a part of one name says nothing on which
// that product could rest, and a name that the catalogue has not says nothing at all.
func (t *Trace) name(v value, s *span) {
	at := spanOf(v.at)
	t.Others = t.Others || len(s.candidates) == 0
	if len(s.candidates) == 0 || len(s.candidates) == 1 && v.asked {
		return
	}
	if !slices.ContainsFunc(t.Products, func(n Naming) bool { return n.overlaps(at) }) {
		t.Products = append(t.Products, Naming{at, slices.Clone(s.candidates)})
	}
}

// own notes whose a number is, where the rules are sure of the product.
func (t *Trace) own(at Span, s *span) {
	if s != nil && s.sure && len(s.candidates) == 1 {
		t.Owners = append(t.Owners, OwnerMark{at, s.candidates[0]})
	}
}

func (t *Trace) number(n Number) {
	if !slices.ContainsFunc(t.Numbers, func(o Number) bool { return o.overlaps(n.Span) }) {
		t.Numbers = append(t.Numbers, n)
	}
}

// sort brings all into the order of the text: numbers in a row may be added up.
func (t *Trace) sort() {
	slices.SortFunc(t.Numbers, func(a, b Number) int { return cmp.Compare(a.Start, b.Start) })
	slices.SortFunc(t.Products, func(a, b Naming) int { return cmp.Compare(a.Start, b.Start) })
}

func spanOf(at [2]int) Span { return Span{at[0], at[1]} }
