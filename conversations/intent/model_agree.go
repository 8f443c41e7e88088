package intent

import (
	"slices"
)

// Source says whose reading an Intent is.
type Source string

const (
	ByRules Source = "rules"
	ByModel Source = "llm"
	ByBoth  Source = "both"
)

// agree makes one Intent of the rules' reading and a model's. What the rules are sure of
// stays; the model may fill what they leave open, as far as the text has it. differs: the
// model contradicts the rules, or says what is not in the text.
func agree(rules Intent, t Trace, s said) (i Intent, source Source, differs bool) {
	open := rules.Kind == None && !t.Settled
	switch {
	case !open && s.Intent != rules.Kind:
		return rules, ByRules, true
	case open && t.loses(s.Intent):
		return rules, ByRules, true
	case open && s.Intent == None:
		return rules, ByRules, false
	case !s.Intent.hasLines():
		return Intent{Kind: s.Intent}, ByModel, false
	}
	a := agreement{trace: t, rules: rules.Evidence, out: Intent{Kind: s.Intent}, used: rules.numbersUsed()}
	if len(rules.Items) == 0 {
		a.add(s.Items)
		return a.out, ByModel, a.differs
	}
	a.out = rules.clone()
	a.complete(s.Items)
	if !a.filled {
		return rules, ByRules, a.differs
	}
	return a.out, ByBoth, a.differs
}

func (i Intent) clone() Intent {
	i.Items, i.Asks, i.Evidence = slices.Clone(i.Items), slices.Clone(i.Asks), slices.Clone(i.Evidence)
	for n := range i.Asks {
		i.Asks[n].Candidates = slices.Clone(i.Asks[n].Candidates)
	}
	return i
}

// agreement is an Intent that is being made.
type agreement struct {
	trace   Trace
	rules   []Evidence // the rules' own
	out     Intent
	used    map[int]bool // the beginnings of numbers that a line has
	filled  bool         // something is the model's
	differs bool
}

// add makes lines of what a model says, where the rules found none. What has no trace is
// asked for.
func (a *agreement) add(items []saidItem) {
	for _, said := range items {
		n := len(a.out.Items)
		a.out.Items = append(a.out.Items, Item{})
		if said.Product != nil && !a.product(n, *said.Product) && a.asked(n, Product) == nil {
			a.ask(n, Product, nil)
		}
		if said.Quantity != nil && !a.quantity(n, *said.Quantity) {
			a.ask(n, Quantity, nil)
		}
		a.manner(n, said)
		if a.out.Items[n] == (Item{}) && !slices.ContainsFunc(a.out.Asks, func(q Ask) bool { return q.Item == n }) {
			a.out.Items = a.out.Items[:n]
		}
	}
}

// complete fills the open slots of the rules' lines.
func (a *agreement) complete(items []saidItem) {
	a.fold(items)
	left := slices.Clone(items)
	for n, item := range a.out.Items {
		if item.Product != "" {
			left = a.pair(n, left, func(s saidItem) bool { return s.Product != nil && *s.Product == item.Product })
		}
	}
	for n, item := range a.out.Items {
		if item.Product == "" {
			left = a.pair(n, left, func(saidItem) bool { return true })
		}
	}
	a.differs = a.differs || len(left) > 0
}

// pair completes a line with the first that fits it, and returns the rest.
func (a *agreement) pair(n int, items []saidItem, fits func(saidItem) bool) []saidItem {
	i := slices.IndexFunc(items, fits)
	if i < 0 {
		a.differs = true
		return items
	}
	a.line(n, items[i])
	return slices.Delete(items, i, i+1)
}

func (a *agreement) line(n int, said saidItem) {
	item := a.out.Items[n]
	if said.Product != nil && item.Product == "" && !a.product(n, *said.Product) {
		a.differs = true
	}
	if said.Quantity != nil && *said.Quantity != item.Quantity && (item.Quantity != 0 || !a.quantity(n, *said.Quantity)) {
		a.differs = true
	}
	a.manner(n, said)
}

// product fills a line's product, and reports whether it could. Where the text may mean
// others as well, or names what the catalogue has not, it stays a question: only then
// with what the text may mean.
func (a *agreement) product(n int, id string) bool {
	at, may := a.trace.product(id)
	ask := a.asked(n, Product)
	taken := slices.ContainsFunc(a.out.Items, func(i Item) bool { return i.Product == id })
	switch {
	case len(may) == 0 || taken || ask != nil && len(ask.Candidates) > 0 && !slices.Contains(ask.Candidates, id):
		return false
	case len(may) > 1 && ask == nil:
		a.ask(n, Product, may)
		return false
	case ask != nil && len(ask.Candidates) == 0:
		ask.Candidates, a.filled = may, true // "Visio Plan 1": not the neighbour, but perhaps meant
		return false
	case len(may) > 1:
		return false
	}
	a.out.Items[n].Product = id
	a.fill(n, Product, at...)
	return true
}

func (a *agreement) quantity(n, quantity int) bool {
	row := a.trace.count(a.out.Items[n].Product, quantity, a.used)
	if row == nil {
		return false
	}
	a.out.Items[n].Quantity = quantity
	for _, at := range row {
		a.used[at.Start] = true
	}
	a.fill(n, Quantity, row...)
	return true
}

// manner fills how a line is paid and handed out. What has no trace is left: the form asks
// for it anyway.
func (a *agreement) manner(n int, said saidItem) {
	item := &a.out.Items[n]
	if a.out.Kind != Buy {
		return
	}
	if said.Billing != nil && item.Billing == "" {
		if at, ok := a.trace.billing(*said.Billing); ok && !a.belongs(Billing, at) {
			item.Billing = *said.Billing
			a.fill(n, Billing, at)
		}
	}
	if said.AutoAssign != nil && item.AutoAssign == nil {
		if at, ok := a.trace.assign(*said.AutoAssign); ok && !a.belongs(AutoAssign, at) {
			item.AutoAssign = said.AutoAssign
			a.fill(n, AutoAssign, at)
		}
	}
	a.differs = a.differs || said.Billing != nil && *said.Billing != item.Billing || said.AutoAssign != nil && (item.AutoAssign == nil || *item.AutoAssign != *said.AutoAssign)
}

// belongs reports whether the rules read a word as said of certain lines, and so of no other.
func (a *agreement) belongs(slot Slot, at Span) bool {
	return slices.ContainsFunc(a.rules, func(e Evidence) bool { return e.Slot == slot && at.overlaps(Span{e.Start, e.End}) })
}

// fill notes where a slot's value stands; what was asked about it no longer is, and where
// the rules saw it no longer counts.
func (a *agreement) fill(n int, slot Slot, at ...Span) {
	a.filled = true
	a.out.Evidence = slices.DeleteFunc(a.out.Evidence, func(e Evidence) bool { return e.Item == n && e.Slot == slot })
	for _, span := range at {
		a.out.Evidence = append(a.out.Evidence, Evidence{Item: n, Slot: slot, Start: span.Start, End: span.End})
	}
	a.out.Asks = slices.DeleteFunc(a.out.Asks, func(q Ask) bool { return q.Item == n && q.Slot == slot })
}

func (a *agreement) ask(n int, slot Slot, candidates []string) {
	a.filled, a.differs = true, a.differs || len(candidates) == 0
	a.out.Asks = append(a.out.Asks, Ask{Item: n, Slot: slot, Candidates: candidates})
}

func (a *agreement) asked(n int, slot Slot) *Ask {
	for i := range a.out.Asks {
		if q := &a.out.Asks[i]; q.Item == n && q.Slot == slot {
			return q
		}
	}
	return nil
}
