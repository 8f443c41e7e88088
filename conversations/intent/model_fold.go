package intent

import "slices"

// fold drops a line that only tells which product another one is of: "5 Business licences,
// the premium kind" is one line where a model says so, and two to the rules. Whatever the
// dropped line has besides keeps it.
func (a *agreement) fold(items []saidItem) {
	for _, said := range items {
		if said.Product == nil || len(items) >= len(a.out.Items) {
			continue
		}
		if at := a.telling(items, *said.Product); at >= 0 {
			a.drop(at)
		}
	}
}

// telling is the line that says of another that it is of the product, -1 for none. The text
// must leave no other product, and the model must mean nothing else by either line.
func (a *agreement) telling(items []saidItem, id string) int {
	mine := a.linesOf(id)
	if _, may := a.trace.product(id); len(mine) != 2 || len(may) != 1 {
		return -1
	}
	for _, said := range items {
		if said.Product == nil || *said.Product != id && slices.ContainsFunc(a.linesOf(*said.Product), func(n int) bool { return slices.Contains(mine, n) }) {
			return -1
		}
	}
	switch {
	case a.tells(mine[0], mine[1]):
		return mine[0]
	case a.tells(mine[1], mine[0]):
		return mine[1]
	}
	return -1
}

// linesOf are the lines that are of a product or may be.
func (a *agreement) linesOf(id string) []int {
	var found []int
	for n, item := range a.out.Items {
		if q := a.asked(n, Product); item.Product == id || q != nil && slices.Contains(q.Candidates, id) {
			found = append(found, n)
		}
	}
	return found
}

// tells reports whether a line has nothing but a product that the other one lacks.
func (a *agreement) tells(line, other int) bool {
	l, o := a.out.Items[line], a.out.Items[other]
	bare := l.Quantity == 0 && a.asked(line, Quantity) == nil && a.asked(line, Billing) == nil
	same := l.Billing == o.Billing && (l.AutoAssign == nil || o.AutoAssign != nil && *l.AutoAssign == *o.AutoAssign)
	return bare && same && o.Product == "" && o.Quantity != 0
}

// drop takes a line out, with what was seen and asked of it.
func (a *agreement) drop(line int) {
	a.filled = true
	a.out.Items = slices.Delete(a.out.Items, line, line+1)
	a.out.Asks = slices.DeleteFunc(a.out.Asks, func(q Ask) bool { return q.Item == line })
	a.out.Evidence = slices.DeleteFunc(a.out.Evidence, func(e Evidence) bool { return e.Item == line })
	for n := range a.out.Asks {
		a.out.Asks[n].Item = behind(line, a.out.Asks[n].Item)
	}
	for n := range a.out.Evidence {
		a.out.Evidence[n].Item = behind(line, a.out.Evidence[n].Item)
	}
}

// behind is where an item is once a line before it is gone.
func behind(line, item int) int {
	if item > line {
		return item - 1
	}
	return item
}
