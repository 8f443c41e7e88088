package intent

// clause is a stretch of spans without a correction inside.
type clause struct {
	*reading
	spans   []span
	made    []line
	dropped map[int]bool // spans that were denied: not 5, instead of Basic
	fixing  bool         // a correction is before it
}

// lines reads products, then what belongs to each.
func (c *clause) lines() []line {
	c.dropped = map[int]bool{}
	c.deny()
	c.products()
	c.quantities()
	c.shareOut()
	c.articles()
	c.bounds()
	c.periods()
	c.handing()
	return c.made
}

// deny drops the values behind "instead of", "not" and "we do not need".
func (c *clause) deny() {
	for i := range c.spans {
		switch c.spans[i].mark {
		case insteadOf:
			c.denyBehind(i, true)
		case negation:
			c.denyBehind(i, false)
		case denial:
			if c.kind != Unassign { // who needs it no more gives it up
				c.denyAll(i)
			}
		}
	}
}

// denyBehind drops the value right behind i, with its number. A plain negation is only of
// what stands next to it.
func (c *clause) denyBehind(i int, whole bool) {
	for j := i + 1; j < len(c.spans); j++ {
		switch c.spans[j].mark {
		case monthly, annual, otherPeriod:
			c.dropped[j] = true
			return
		case product:
			c.dropped[j] = true
			return
		case amount:
			c.dropped[j] = true
			if !whole {
				return
			}
		case filler:
			if turning[c.tokens[c.spans[j].from].text] { // not 12 but 18
				return
			}
		case article, more, seat, of, classifier, paid, commitment, approx:
		default:
			return
		}
	}
}

// denyAll drops what follows until the clause ends or turns.
func (c *clause) denyAll(i int) {
	for j := i + 1; j < len(c.spans); j++ {
		switch c.spans[j].mark {
		case stop, want, buyVerb:
			return
		case comma:
			if c.turns(j + 1) {
				return
			}
		case product, amount, seat, monthly, annual:
			c.dropped[j] = true
		case filler:
			if turning[c.tokens[c.spans[j].from].text] {
				return
			}
		}
	}
}

var turning = set("but mais aber sondern 但 但是 不过 而")

func (c *clause) turns(i int) bool {
	return i < len(c.spans) && (turning[c.tokens[c.spans[i].from].text] || c.spans[i].mark != product)
}

// products makes a line of each product that is named; the same one once, one of two
// that are offered as a question.
func (c *clause) products() {
	for i := range c.spans {
		s := &c.spans[i]
		if s.mark == product && c.dropped[i] {
			c.refused = true
		}
		if s.mark != product || c.dropped[i] || c.passing(i) {
			continue
		}
		if at := c.lineOf(s); at >= 0 {
			continue
		}
		if n := len(c.made); n > 0 && c.offered(c.made[n-1].from, i) {
			c.merge(&c.made[n-1], s)
			continue
		}
		c.made = append(c.made, line{product: s, said: value{set: true, asked: !s.sure, at: s.bytes}, from: i, to: i})
	}
}

func (c *clause) lineOf(s *span) int {
	for i := range c.made {
		if c.made[i].product.same(s) {
			return i
		}
	}
	return -1
}

// offered reports whether only an "or" is between two products.
func (c *clause) offered(from, to int) bool {
	either := false
	for i := from + 1; i < to; i++ {
		switch c.spans[i].mark {
		case or:
			either = true
		case filler, article, more, seat, comma, amount, of, classifier:
		default:
			return false
		}
	}
	return either
}

// merge makes one line of alternatives: the person must choose.
func (c *clause) merge(l *line, s *span) {
	both := *l.product
	both.candidates = append(append([]string(nil), both.candidates...), s.candidates...)
	both.sure, both.to = false, s.to
	both.bytes[1] = s.bytes[1]
	l.product = &both
	l.said = value{set: true, asked: true, at: both.bytes}
}

// passing reports whether an ordinary word that is a name too is meant as a word: "for
// the project", "our standard".
func (c *clause) passing(i int) bool {
	s := &c.spans[i]
	if s.to-s.from != 1 || !everyday[c.tokens[s.from].text] || i < 1 {
		return false
	}
	before := c.tokens[c.spans[i-1].to-1].text
	if determiners[before] && c.tokens[s.from].text == "project" {
		return true
	}
	return determiners[before] && c.another(i) && i > 1 && c.spans[i-2].mark == toward
}

func (c *clause) another(i int) bool {
	for j := range c.spans {
		if j != i && c.spans[j].mark == product {
			return true
		}
	}
	return false
}

var everyday = set("project standard basic premium exchange apps teams phone business enterprise")

var determiners = set("the our this my their new le la notre ce mon das unser unserem dem der diese dieses 这个 项目")

// bounds says which spans are around each product: from the end of the one before.
func (c *clause) bounds() {
	for i := range c.made {
		end := len(c.spans)
		if i+1 < len(c.made) {
			end = c.lead(c.made[i+1].from)
		}
		c.made[i].to = end
	}
}

// lead is where the words that lead to a product begin: behind the last comma or "and".
func (c *clause) lead(at int) int {
	for at > 0 {
		switch c.spans[at-1].mark {
		case comma, and, stop, product:
			return at
		}
		at--
	}
	return at
}
