package intent

// shareOut reads how many of what is owned are given, where their name comes first: of our free
// Visio, give 3 to sales.
func (c *clause) shareOut() {
	if c.kind != Assign || len(c.made) != 1 || c.made[0].many.set {
		return
	}
	for i := c.made[0].from + 1; i < len(c.spans); i++ {
		if c.spans[i].mark == amount && !c.spans[i].spelt && !c.dropped[i] && c.givenBefore(i) && c.receives(i+1) {
			f := figure{from: i, to: i + 1, value: c.spans[i].value, asked: c.spans[i].about}
			c.give(&c.made[0], f)
			return
		}
	}
}

// givenBefore reports whether a verb of giving leads to a number.
func (c *clause) givenBefore(i int) bool {
	for i--; i > c.made[0].from; i-- {
		switch s := &c.spans[i]; s.mark {
		case assignVerb:
			return true
		case filler, polite:
		case comma:
			if c.tokens[s.from].text != "-" {
				return false
			}
		default:
			return false
		}
	}
	return false
}

// receives reports whether somebody is named behind a number, and nothing is counted by it.
func (c *clause) receives(i int) bool {
	for ; i < len(c.spans); i++ {
		switch c.spans[i].mark {
		case toward, group, of:
			return true
		case filler, classifier, seat:
		default:
			return false
		}
	}
	return false
}
