package intent

// handing reads whether licences are to be given to people once they are there.
func (c *clause) handing() {
	if c.kind != Buy {
		return
	}
	from := 0
	for i := 0; i <= len(c.spans); i++ {
		if i == len(c.spans) || c.breaks(i) {
			c.handOut(from, i)
			from = i + 1
		}
	}
}

// breaks reports whether a comma or a sentence ends at i; "auto-assign: no" goes on.
func (c *clause) breaks(i int) bool {
	s := &c.spans[i]
	w := c.tokens[s.from].text
	return s.mark == stop || s.mark == comma && w != ":" && w != "-" && w != "(" && w != "\""
}

// handOut reads the words between two breaks.
func (c *clause) handOut(from, to int) {
	at, decided, give := c.decide(from, to)
	if !decided {
		return
	}
	if len(c.made) == 0 {
		c.made = append(c.made, line{})
	}
	owner := c.owner(at)
	for i := range c.made {
		l := &c.made[i]
		if owner == i || owner < 0 && !l.handed.set {
			l.assign = give
			l.handed = value{set: true, asked: false, at: c.bytesOf(at, c.phraseEnd(at, to))}
		}
	}
}

// phraseEnd is behind the words that go with an assign word.
func (c *clause) phraseEnd(at, to int) int {
	end := at + 1
	for j := at + 1; j < to; j++ {
		switch c.spans[j].mark {
		case everyone, group, nobody, automatic, atOnce, later, byHand, negation, yes, assignVerb:
			end = j + 1
		}
	}
	return end
}

// decide weighs the words: the refusing ones are stronger.
func (c *clause) decide(from, to int) (at int, decided, give bool) {
	verb, refusing, giving, person := -1, false, false, false
	for i := from; i < to; i++ {
		switch c.spans[i].mark {
		case autoAssign:
			verb, giving = i, true
		case assignVerb:
			if verb < 0 {
				verb = i
			}
		}
	}
	start := c.handingStart(from, verb)
	for i := start; i < to; i++ {
		switch m := c.spans[i].mark; m {
		case automatic, atOnce, everyone, all, yes, each:
			giving = giving || m == automatic || verb >= 0
		case group:
			giving = giving || verb >= 0 && i > verb
		case negation, nobody, later, byHand, insteadOf:
			refusing = refusing || !c.dropped[i+1] && c.refuses(m, verb, i)
		case correction:
			refusing = refusing || verb >= 0 && c.tokens[c.spans[i].from].text == "no"
		case thing:
			person = true
		}
	}
	return c.verdict(from, to, verb, refusing, giving, person)
}

func (c *clause) refuses(m mark, verb, i int) bool {
	switch m {
	case byHand:
		return verb >= 0 || c.alone(i)
	case later:
		return verb >= 0
	}
	return verb >= 0 || i+1 < len(c.spans) && c.spans[i+1].mark == automatic
}

// alone reports whether nothing but the handing out can be meant by "I'll do it myself".
func (c *clause) alone(i int) bool {
	for j := i - 1; j >= 0 && !c.breaks(j) && c.spans[j].mark != and; j-- {
		if m := c.spans[j].mark; m == product || m == amount || m == buyVerb || m == paid {
			return false
		}
	}
	return true
}

// handingStart is where words about the handing out begin: behind the last product or
// number before the verb.
func (c *clause) handingStart(from, verb int) int {
	if verb < 0 {
		return from
	}
	for i := verb - 1; i >= from; i-- {
		if m := c.spans[i].mark; m == product || m == amount {
			return i + 1
		}
	}
	return from
}

func (c *clause) verdict(from, to, verb int, refusing, giving, person bool) (at int, decided, give bool) {
	at = verb
	if verb < 0 {
		at = c.first(from, to, automatic, byHand)
	}
	switch {
	case at < 0:
		return 0, false, false
	case refusing:
		return at, true, false
	case verb < 0:
		return at, giving && c.first(from, to, everyone, yes, all) >= 0, true
	case giving:
		return at, true, true
	}
	return at, !person && c.closing(verb, to), true
}

// closing reports whether nothing of weight follows a bare "and assign them".
func (c *clause) closing(verb, to int) bool {
	for i := verb + 1; i < to; i++ {
		switch c.spans[i].mark {
		case filler, stop, comma, assignVerb, seat:
		default:
			return false
		}
	}
	return true
}

func (c *clause) first(from, to int, marks ...mark) int {
	for i := from; i < to; i++ {
		for _, m := range marks {
			if c.spans[i].mark == m {
				return i
			}
		}
	}
	return -1
}
