package intent

// distributes reports whether a number holds for every product: 5 each of A and B.
func (c *clause) distributes(f figure) bool {
	if len(c.made) < 2 {
		return false
	}
	for i := f.to; i < len(c.spans) && i < f.to+4; i++ {
		if m := c.spans[i].mark; m == each {
			return true
		} else if m != seat && m != people && m != of && m != classifier && m != filler && m != toward {
			break
		}
	}
	for i := f.from - 1; i >= 0 && i > f.from-4; i-- {
		if m := c.spans[i].mark; m == each || c.tokens[c.spans[i].from].text == "je" {
			return true
		} else if m != filler && m != want && m != buyVerb && m != comma && m != approx {
			break
		}
	}
	return false
}

// spread gives a number to every product of the sentence that has none, if there is any.
func (c *clause) spread(f figure) (taken bool) {
	for i := range c.made {
		if !c.made[i].many.set {
			c.give(&c.made[i], f)
			taken = true
		}
	}
	return taken
}

// loose places a number that is next to no product: licences without a name, a name that
// nobody knows, the change of a number. It reports whether there was a place.
func (c *clause) loose(f figure) bool {
	counts, foreign := c.seats(f)
	switch {
	case c.fixing && len(c.made) > 0 && f.from < c.made[0].from && c.bare(f): // actually 3. And 5 Project.
		c.made = append([]line{{from: f.from, to: f.to}}, c.made...)
		c.give(&c.made[0], f)
	case foreign != nil && (counts || len(c.made) == 0):
		c.made = append(c.made, line{product: foreign, said: value{set: true, asked: true, at: foreign.bytes}, from: f.from, to: f.to})
		c.give(&c.made[len(c.made)-1], f)
	case counts && len(c.made) > 0:
		return c.spread(f)
	case len(c.made) == 1 && !c.made[0].many.set && c.bare(f):
		c.give(&c.made[0], f)
	case counts || len(c.made) == 0 && c.bare(f):
		if len(c.made) == 0 {
			c.made = append(c.made, line{from: f.from, to: f.to})
		}
		c.give(&c.made[0], f)
	default:
		return false
	}
	return true
}

// seats reports whether licences or people are counted, and the unknown product of which.
func (c *clause) seats(f figure) (counts bool, foreign *span) {
	i := f.to
	for ; i < len(c.spans) && i < f.to+6; i++ {
		s := &c.spans[i]
		switch s.mark {
		case seat, people, classifier, subscription:
			counts = true
		case unknown:
			if foreign == nil && !c.aimed(i) {
				found := *s
				found.mark = product
				foreign = &found
			}
		case more, filler, of, article, toward, times, other:
		default:
			return counts || c.within(f), c.goodsNamed(f, counts, foreign)
		}
	}
	return counts || c.within(f), c.goodsNamed(f, counts, foreign)
}

// goodsNamed is an unknown word where a product's name would be.
func (c *clause) goodsNamed(f figure, counts bool, foreign *span) *span {
	if foreign == nil {
		return nil
	}
	if counts || c.asked(f) {
		return foreign
	}
	return nil
}

// aimed reports whether a word is behind "for": a team's or a person's name.
func (c *clause) aimed(i int) bool {
	for i--; i >= 0; i-- {
		switch c.spans[i].mark {
		case toward, group:
			return true
		case filler, unknown, article:
		default:
			return false
		}
	}
	return false
}

// asked reports whether a number is what a purchase begins with.
func (c *clause) asked(f figure) bool {
	for i := f.from - 1; i >= 0; i-- {
		switch c.spans[i].mark {
		case buyVerb, want:
			return true
		case filler, more, times, approx, article, polite, comma, of, correction, yes:
		case negation, cancel: // nope, make it 30
			return i == 0
		case amount, insteadOf: // not 12 but 18
			if !c.dropped[i] && c.spans[i].mark == amount {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// within reports whether a seat's name is right before the number: licences: 5.
func (c *clause) within(f figure) bool {
	for i := f.from - 1; i >= 0 && i >= f.from-3; i-- {
		switch c.spans[i].mark {
		case seat, people, times:
			return true
		case filler, comma, approx, of:
		default:
			return false
		}
	}
	return false
}

// bare reports whether a number stands alone: "10, no sorry, 8", "make it 30", "5 more".
func (c *clause) bare(f figure) bool {
	for i := f.to; i < len(c.spans); i++ {
		switch c.spans[i].mark {
		case comma, stop, monthly, annual, otherPeriod, correction, insteadOf, paid, assignVerb, autoAssign, automatic, and, commitment, negation, buyVerb:
			return c.asked(f)
		case filler, more, approxBehind, approx, of:
		default:
			return false
		}
	}
	return c.asked(f)
}

// articles count one: "a Visio licence". Before a subscription or a plan they do not.
func (c *clause) articles() {
	if c.kind != Buy {
		return
	}
	for i := range c.spans {
		if s := &c.spans[i]; s.mark == article || s.mark == amount && s.spelt {
			c.articleAt(i)
		}
	}
}

// subscribes reports whether an article is one of a subscription: 一个 Visio 订阅.
func (c *clause) subscribes(i int) bool {
	for j := i + 1; j < len(c.spans); j++ {
		switch s := &c.spans[j]; {
		case s.mark == subscription:
			return true
		case s.mark != product && s.mark != classifier && s.mark != more && s.mark != filler && !c.hyphen(s):
			return false
		}
	}
	return false
}

// hyphen reports whether a span joins two words: Visio-Abo.
func (c *clause) hyphen(s *span) bool {
	return c.tokens[s.from].text == "-" && !c.tokens[s.from].spaced
}

func (c *clause) articleAt(i int) {
	target, seats := -1, false
	for j := i + 1; j < len(c.spans); j++ {
		s := &c.spans[j]
		switch s.mark {
		case product:
			target = max(target, c.lineOfSpan(j))
			continue
		case seat:
			seats = true
			continue
		case subscription, commitment:
			return
		case more, filler, classifier, monthly, annual, otherPeriod:
			continue
		case comma:
			if c.hyphen(s) {
				continue
			}
		case of:
			if seats || s.mark == of && target < 0 {
				continue
			}
		}
		break
	}
	c.one(i, target, seats)
}

func (c *clause) one(i, target int, seats bool) {
	if target < 0 && seats && len(c.made) == 0 {
		c.made = append(c.made, line{from: i, to: i + 1})
		target = 0
	}
	if target >= 0 && !c.made[target].many.set {
		c.made[target].quantity = 1
		c.made[target].many = value{set: true, at: c.spans[i].bytes}
	}
}
