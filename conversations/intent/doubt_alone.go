package intent

import "slices"

// remarked reports whether nothing in the message asks for the goods, nor says how they are paid or
// handed out, and something is said beside them of which it is not known what it means: 7 Visio, good
// decision back then.
func (p *phrasing) remarked() bool {
	remarks, named := 0, 0 // named are the words that may still be of a name
	for i := p.afterHeading(); i < len(p.spans); i++ {
		switch s := &p.spans[i]; {
		case p.wishes(i):
			return false
		case causes[p.wordOf(i)] && i > p.last: // because the old one is switched off
			return remarks > 0
		case i >= p.first && i <= p.last:
			named = 1
		case s.mark == comma || s.mark == stop || s.mark == and:
			named = 0
		case thanking[p.wordOf(i)]:
			return remarks > 0
		case p.cue(i, relative):
			named = 9
		case p.cue(i, preposition|signing) || trailing[s.mark] || s.mark == amount || s.mark == classifier: // 5 Foo
			named = max(named, p.nameRoom(s.mark))
		case s.mark == denial && leadsTo(p.spans[i+1:], amount, product): // not 5 but
		case s.mark == owned && i > 0 && p.spans[i-1].mark == negation: // do not renew them
		case p.strange(i) && !turning[p.wordOf(i)]:
			if named--; named < 0 {
				remarks++
			}
		case s.mark != negation && s.mark != show && (tells[s.mark] || states[s.mark] || p.cue(i, finite)):
			remarks++
		}
	}
	return remarks > 1 || remarks > 0 && p.lang != chinese // where a character is a word
}

var causes = set("because since weil da denn car puisque parce 因")

var thanking = set("thanks thank thx danke merci 谢")

// nameRoom is how many words without a meaning may follow one.
func (p *phrasing) nameRoom(m mark) int {
	switch {
	case p.lang == chinese:
		return 9
	case m == group || m == people:
		return 2
	}
	return 3
}

// afterHeading is where the goods' own words begin: behind a colon before them, or a so.
func (p *phrasing) afterHeading() int {
	for i := p.first; i > 0; i-- {
		if p.wordOf(i-1) == ":" || p.concludes(i-1) {
			return i
		}
	}
	return 0
}

// wishes reports whether a word makes a request of the goods beside it, whatever else is said.
func (p *phrasing) wishes(i int) bool {
	switch m := p.spans[i].mark; m {
	case correction:
		return !preferring[p.wordOf(i)]
	case buyVerb, want, polite, more, cart, assignVerb, byHand, program, place:
		return true
	default:
		s := &p.spans[i]
		return manner[m] || p.cue(i, please) || slices.ContainsFunc(p.tokens[s.from:s.to], func(t token) bool { return pleading[t.text] })
	}
}

var pleading = set("please pls plz bitte plait svp stp 请")

// denies reports whether nobody wants the goods, or never did: nobody here asked for 20 Copilot, no
// need to get us 8, I never ordered 12.
func (p *phrasing) denies() bool {
	for i := p.from; i < p.first; i++ {
		if denying.begin(p.tokens[p.spans[i].from:p.spans[p.first].from]) && !p.asksIn(p.start, i) {
			return true
		}
	}
	w := p.wordOf(p.start)
	return asksWho[w] || asksWhy[w] && p.lang != chinese || unwanted.in(p.tokens)
}

// pretended reports whether a message says that nothing is to be bought by it: it is an example, or
// talk.
func (p *phrasing) pretended() bool { return pretending.in(p.tokens) }
