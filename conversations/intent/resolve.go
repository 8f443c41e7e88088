package intent

import "slices"

// intent decides the kind and makes the items.
func (r *reading) intent() Intent {
	r.kind = r.decideKind()
	in := Intent{Kind: r.kind}
	if r.kind == Buy {
		r.forgetTold()
	}
	if r.kind == Buy || r.kind == Assign || r.kind == Unassign {
		r.compose()
		r.leaveThePast()
		r.leaveTheDenied()
		r.doubt()
		for i := range r.lines {
			r.item(&in, &r.lines[i])
		}
		in.settle()
	}
	if r.kind == Buy && (len(in.Items) == 0 && r.refused || r.told) {
		in = Intent{Kind: None}
	}
	in.Unsure = len(in.Asks) > 0 || r.cut || r.missed > 1 || r.kind == None && r.missed > 0
	return in
}

// item makes an item of a line that says something.
func (r *reading) item(in *Intent, l *line) {
	if !l.said.set && !l.many.set && !l.paid.set && !l.handed.set {
		return
	}
	at := len(in.Items)
	var it Item
	if l.said.set {
		it.Product = r.productOfLine(in, at, l)
	}
	if l.many.set {
		it.Quantity = r.slot(in, at, Quantity, l.many, l.quantity)
	}
	if r.kind == Buy && l.paid.set {
		if r.slot(in, at, Billing, l.paid, 1) == 1 {
			it.Billing = l.billing
		}
	}
	if r.kind == Buy && l.handed.set {
		give := l.assign
		it.AutoAssign = &give
		r.show(in, at, AutoAssign, l.handed)
	}
	in.Items = append(in.Items, it)
}

func (r *reading) productOfLine(in *Intent, at int, l *line) string {
	if !l.said.asked && len(l.product.candidates) == 1 {
		r.show(in, at, Product, l.said)
		return l.product.candidates[0]
	}
	r.show(in, at, Product, l.said)
	in.Asks = append(in.Asks, Ask{Item: at, Slot: Product, Said: r.said(l.said), Candidates: slices.Clone(l.product.candidates)})
	return ""
}

// slot is n, or a question and 0.
func (r *reading) slot(in *Intent, at int, s Slot, v value, n int) int {
	r.show(in, at, s, v)
	if !v.asked {
		return n
	}
	in.Asks = append(in.Asks, Ask{Item: at, Slot: s, Said: r.said(v)})
	return 0
}

func (r *reading) show(in *Intent, at int, s Slot, v value) {
	in.Evidence = append(in.Evidence, Evidence{Item: at, Slot: s, Start: v.at[0], End: v.at[1]})
}

func (r *reading) said(v value) string { return r.message[v.at[0]:v.at[1]] }

// settle drops an item that says nothing but a question of a product that another one answers.
func (i *Intent) settle() {
	if len(i.Items) == 0 {
		i.Asks, i.Evidence = nil, nil
	}
}
