package intent

// figure is a number of the message that may be a quantity.
type figure struct {
	from, to int // spans
	value    int
	asked    bool
}

// quantities binds numbers to products, to seats without a product, or to nothing.
func (c *clause) quantities() {
	for _, f := range c.figures() {
		if c.distributes(f) {
			c.spread(f)
			continue
		}
		if at := c.productOf(f); at >= 0 {
			c.give(&c.made[at], f)
			continue
		}
		if !c.loose(f) {
			c.leave(f)
		}
	}
	c.addUp()
}

// give makes a number a line's. A second one may say how the first is shared out.
func (c *clause) give(l *line, f figure) {
	at := c.bytesOf(f.from, f.to)
	switch {
	case !l.many.set:
		l.quantity, l.many = f.value, value{set: true, asked: f.asked, at: at}
	case l.quantity != f.value:
		l.further = append(l.further, f.value)
		l.many.asked, l.many.at = l.many.asked || f.asked, at
	}
}

// leave keeps a number that is of nothing, if it stands as a quantity does: Visio, 10 in
// Berlin and 15 in Paris. It is of the line before it, one way or another.
func (c *clause) leave(f figure) {
	if len(c.made) == 0 || !c.standsAlone(f) {
		return
	}
	at := 0
	for i := range c.made {
		if c.made[i].from < f.from {
			at = i
		}
	}
	if l := &c.made[at]; c.replaces(f, l) {
		l.quantity, l.many.at = f.value, c.bytesOf(f.from, f.to)
	} else if l.many.set && l.quantity == f.value && c.spans[f.from-1].mark == and { // 10 in Berlin and 10 in Paris
		l.many.asked = true
	} else if l.many.set && l.quantity != f.value {
		l.further = append(l.further, f.value)
	}
}

// replaces reports whether a number is to be in the place of the one that a line has: 13
// instead of 10.
func (c *clause) replaces(f figure, l *line) bool {
	if !l.many.set || f.to+1 >= len(c.spans) || c.spans[f.to].mark != insteadOf {
		return false
	}
	old := &c.spans[f.to+1]
	return old.mark == amount && old.value == l.quantity
}

// standsAlone reports whether a number begins a part of a sentence and nothing is counted by it.
func (c *clause) standsAlone(f figure) bool {
	if !c.endsBehind(f) {
		return false
	}
	for i := f.from - 1; i >= 0; i-- {
		switch c.spans[i].mark {
		case comma, and, or, buyVerb, want, stop, correction:
			return i > 0 && c.spans[i-1].mark != amount && c.spans[i-1].mark != label && (i < f.from-1 || c.tokens[c.spans[i].from].text != "-")
		case filler, question, group, approx, polite:
		default:
			return false
		}
	}
	return false
}

// endsBehind reports whether nothing but licences is counted by a number.
func (c *clause) endsBehind(f figure) bool {
	for i := f.to; i < len(c.spans); i++ {
		switch s := &c.spans[i]; s.mark {
		case classifier, seat:
		case comma, stop, toward, group, and, or, buyVerb, insteadOf:
			return c.tokens[s.from].text != ")" && c.tokens[s.from].text != "-"
		default:
			return c.cueAt(s, preposition) || c.tokens[s.from].text == "\n"
		}
	}
	return true
}

// addUp asks for a quantity where further numbers are not what it is shared out in.
func (c *clause) addUp() {
	for i := range c.made {
		l, sum := &c.made[i], 0
		for _, n := range l.further {
			sum += n
		}
		l.many.asked = l.many.asked || len(l.further) > 0 && sum != l.quantity
	}
}

func (c *clause) bytesOf(from, to int) [2]int {
	return [2]int{c.spans[from].bytes[0], c.spans[to-1].bytes[1]}
}

// figures finds numbers that count something, with ranges in one.
func (c *clause) figures() []figure {
	var found []figure
	for i := 0; i < len(c.spans); i++ {
		s := &c.spans[i]
		if s.mark == many {
			found = append(found, figure{from: i, to: i + 1, asked: true})
			continue
		}
		if s.mark != amount || c.dropped[i] || s.spelt && (c.kind != Buy || c.subscribes(i)) {
			continue
		}
		end := c.rangeEnd(i)
		if c.counted(i, end) && !c.ofStaff(end) {
			f := figure{from: i, to: end, value: s.value}
			f.asked = s.about || end > i+1 || c.roughly(i, end) || c.reckoned(i, end) || s.value < 1 || s.value > maxQuantity
			found = append(found, f)
		}
		i = end - 1
	}
	return found
}

// rangeEnd is behind the second number of "5 to 10".
func (c *clause) rangeEnd(i int) int {
	j := i + 1
	if j < len(c.spans) && (c.spans[j].mark == classifier || c.spans[j].mark == seat || c.spans[j].mark == people) {
		j++
	}
	if j+1 >= len(c.spans) || c.dropped[j+1] {
		return i + 1
	}
	next := j + 1
	for next < len(c.spans) && (c.spans[next].mark == approx || c.spans[next].mark == filler || c.spans[next].mark == and) && next < j+3 {
		next++
	}
	if next >= len(c.spans) || c.spans[next].mark != amount || !c.ranges(j, i) || c.spans[j].mark == times && next > j+1 {
		return i + 1
	}
	return next + 1
}

// ranges reports whether the span at j is between the ends of a range that begins at i.
func (c *clause) ranges(j, i int) bool {
	s := &c.spans[j]
	switch w := c.tokens[s.from].text; w {
	case "to", "-", "bis", "a", "到", "至", "~", "or", "ou", "oder", "或", "till", "until", "/", "jusqu", "jusque", "thru", "through", "up", "hin", "还":
		return true
	case "and", "et", "und", "和":
		return i > 0 && between[c.tokens[c.spans[i-1].from].text]
	}
	return s.mark == or || s.mark == times
}

var between = set("between entre zwischen 介 在 somewhere irgendwo")

// roughly reports whether a number is only about so many.
func (c *clause) roughly(from, to int) bool {
	for i := from - 1; i >= 0 && i >= from-3; i-- {
		if c.spans[i].mark == approx {
			return true
		}
		if c.spans[i].mark != filler && c.spans[i].mark != more && c.spans[i].mark != classifier && c.spans[i].mark != want && c.spans[i].mark != buyVerb {
			break
		}
	}
	if to+2 < len(c.spans) && c.spans[to].mark == product && c.spans[to+1].mark == or && c.amountAt(to+2) && !c.goods(to+3) { // 6 Visio or 8
		return true
	}
	if to+3 < len(c.spans) && c.tokens[c.spans[to+1].from].text == "(" && c.spans[to+2].mark == or && c.amountAt(to+3) { // 6 Visio (or 8)
		return true
	}
	if to < len(c.spans) && c.tokens[c.spans[to].from].text == "+" && !c.tokens[c.spans[to].from].spaced && !c.amountAt(to+1) { // 10+
		return true
	}
	for i := to; i < len(c.spans) && i < to+3; i++ {
		switch c.spans[i].mark {
		case approxBehind:
			return true
		case approx:
			return !c.amountAt(i + 1)
		case comma:
			if i+1 >= len(c.spans) || c.spans[i+1].mark != approxBehind && c.spans[i+1].mark != approx || c.amountAt(i+2) {
				return false
			}
		case seat, people, classifier, product:
		default:
			return false
		}
	}
	return false
}

func (c *clause) amountAt(i int) bool { return i < len(c.spans) && c.spans[i].mark == amount }

// counted reports whether a number may be of licences: neither a price nor the number of
// an order nor a count of something else.
func (c *clause) counted(from, to int) bool {
	if c.names(from, to) {
		return false
	}
	if from > 0 {
		switch before := &c.spans[from-1]; before.mark {
		case label, currency:
			return before.mark == currency && c.tokens[before.from].text == "a"
		case buyVerb:
			if ordering[c.tokens[before.to-1].text] && !c.goods(to) {
				return false
			}
		case comma:
			if c.tokens[before.from].text == ":" && from > 1 && c.spans[from-2].mark == label && !c.goods(to) {
				return false
			}
		}
	}
	if to < len(c.spans) {
		switch c.spans[to].mark {
		case currency, unit:
			return false
		}
		if w := c.tokens[c.spans[to].from].text; w == "%" || w == "号" && c.spans[to].mark == label {
			return false
		}
	}
	return true
}

var ordering = set("order commande bestellung request 单 订 auftrag abonnement")

// goods reports whether something that can be bought follows a number.
func (c *clause) goods(at int) bool {
	for ; at < len(c.spans); at++ {
		switch c.spans[at].mark {
		case product, seat, people, subscription:
			return true
		case filler, more, of, times, unknown, classifier, article, monthly, annual:
		default:
			return false
		}
	}
	return false
}

// productOf is the line that a number is of, -1 for none.
func (c *clause) productOf(f figure) int {
	ahead, costAhead := c.scan(f.to, 1)
	behind, costBehind := c.scan(f.from-1, -1)
	first := len(c.made) > 0 && f.from < c.made[0].from || c.leads()
	switch {
	case ahead < 0:
		return behind
	case behind < 0:
		return ahead
	case costAhead != costBehind:
		if costAhead < costBehind {
			return ahead
		}
		return behind
	case first:
		return ahead
	}
	return behind
}

// leads reports whether the message's first number is before its first product.
func (c *clause) leads() bool {
	for i := range c.spans {
		switch c.spans[i].mark {
		case amount:
			return true
		case product:
			return false
		}
	}
	return false
}

// scan looks for the nearest product in one direction, over words that may be between a
// number and what it counts.
func (c *clause) scan(at, step int) (found, cost int) {
	commas, seats := 0, false
	for ; at >= 0 && at < len(c.spans); at += step {
		s := &c.spans[at]
		switch s.mark {
		case product:
			if c.dropped[at] {
				return -1, 0
			}
			return c.lineOfSpan(at), cost + commas*10
		case comma:
			commas++
			w := c.tokens[s.from].text
			if step > 0 && w != ":" && w != "\"" && w != "(" && w != "-" || commas > 1 {
				return -1, 0
			}
		case seat, people, subscription, classifier:
			seats = true
		case filler, times, of, more, article, monthly, annual, otherPeriod, commitment, approx, approxBehind, paid, some, all:
		case toward:
			if step > 0 && !seats {
				return -1, 0
			}
		case want, buyVerb:
			if step > 0 {
				return -1, 0
			}
		case unknown, group, pool, other:
			cost++
		default:
			return -1, 0
		}
		cost++
	}
	return -1, 0
}

func (c *clause) lineOfSpan(at int) int {
	if i := c.lineOf(&c.spans[at]); i >= 0 {
		return i
	}
	for i := range c.made {
		if c.made[i].from == at || c.made[i].product != nil && c.made[i].product.from <= c.spans[at].from && c.spans[at].to <= c.made[i].product.to {
			return i
		}
	}
	return -1
}
