package intent

import "slices"

// ofOthers reports whether the number may count other people than those who are to have the
// goods: of 12 users two need Visio; half of the 40; for me and 3 colleagues; the 20 Premium
// users need Copilot; give one to Anna.
func (p *phrasing) ofOthers() bool {
	return p.someOf() || p.inPart() || p.andMe() || p.theirs() || p.usersOf() || p.handedOut() || p.someOfUs() || p.between() || p.elsewhere()
}

// someOf reports whether the number is of people, and another is of those of them who need them.
func (p *phrasing) someOf() bool {
	if p.number < 0 || !p.ofPeople(p.number+1) {
		return false
	}
	for i := p.start; i+1 < p.end; i++ {
		if i == p.number || !p.numeric(i) || p.spans[i].value == p.spans[p.number].value || i > 0 && p.spans[i-1].mark == toward {
			continue
		}
		m := p.spans[i+1].mark
		if m == want || m == people || m == of || i+2 < p.end && m == own && p.spans[i+2].mark == want {
			return true
		}
	}
	return false
}

// numeric reports whether a number stands there, of what is only told too.
func (p *phrasing) numeric(i int) bool {
	s := &p.spans[i]
	return s.mark == amount || s.mark == filler && p.tokens[s.from].kind == numberToken
}

// inPart reports whether a share is meant: half of the 40 people. Half a dozen is six.
func (p *phrasing) inPart() bool {
	share, rebate := halved.in(p.words()), reduced.in(p.words())
	for _, t := range p.words() {
		if dozens[t.text] {
			return false
		}
		share, rebate = share || shares[t.text], rebate || rebates[t.text]
	}
	return share && !rebate
}

var (
	halved  = say("一半")
	reduced = say("折扣|优惠|税")
)

var rebates = set("discount rebate vat tax remise rabais reduction tva rabatt nachlass skonto mwst -")

var shares = set("half halves moitie halfte % percent prozent")

// andMe reports whether the writer is one more than are counted: for me and 3 colleagues.
func (p *phrasing) andMe() bool {
	words := p.words()
	for i := range words[:len(words)-1] {
		if me[words[i].text] && words[i+1].text == ands[words[i].text] {
			return slices.ContainsFunc(words[i+2:min(i+4, len(words))], func(t token) bool { return t.kind == numberToken })
		}
	}
	return false
}

var (
	me   = set("me moi mich 我")
	ands = map[string]string{"me": "and", "moi": "et", "mich": "und", "我": "和"}
)

// theirs reports whether one of two products may only tell which people are meant.
func (p *phrasing) theirs() bool {
	products, numbers, somebody := 0, 0, false
	for i := range p.lines {
		l := &p.lines[i]
		at := p.spanAtByte(l.said.at[0])
		if !l.said.set || at < p.start || at >= p.end {
			continue
		}
		products++
		if l.many.set {
			numbers++
		}
	}
	for i := p.start; i < p.end; i++ {
		somebody = somebody || p.spans[i].mark == people
		if i > p.start && products > 1 && p.spans[i].mark == people && p.spans[i-1].mark == product { // one for each of the 27 Basic users
			return true
		}
	}
	ours := p.number > p.start && possessive[p.tokens[p.spans[p.number-1].to-1].text]
	return products > 1 && numbers < products && (somebody || ours)
}

// usersOf reports whether something is told of those who have the goods: the 5 Visio users complain.
func (p *phrasing) usersOf() bool {
	return p.number > p.start && p.cue(p.number-1, known) && p.last+2 < p.to && p.spans[p.last+1].mark == people && p.strange(p.last+2)
}

// handedOut reports whether Chinese gives the goods to somebody, and nobody buys: 给小王一个.
func (p *phrasing) handedOut() bool {
	if p.lang != chinese || p.wordOf(p.from) != "给" || p.from+1 >= p.first || !p.strange(p.from+1) && p.spans[p.from+1].mark != classifier {
		return false
	}
	return !p.buysFrom(p.from, p.to)
}

// between reports whether people are counted between two products: we are on Premium, and 12 of us need Copilot.
func (p *phrasing) between() bool {
	if p.goods < 0 || p.goods > p.number || p.number >= p.end || !p.ofPeople(p.number+1) {
		return false
	}
	return slices.ContainsFunc(p.lines, func(l line) bool { // one with the same number
		return l.said.set && l.many.set && l.said.at[0] > p.spans[p.number].bytes[0] && p.spanAtByte(l.many.at[0]) == p.number
	})
}

// elsewhere reports whether the number stands in another sentence, beside other goods: not Visio! I want
// Project, 5 seats.
func (p *phrasing) elsewhere() bool {
	if p.goods < 0 || p.number < p.goods || !slices.ContainsFunc(p.spans[p.goods:p.number], func(s span) bool { return s.mark == stop }) {
		return false
	}
	apiece := slices.ContainsFunc(p.spans[p.goods:], func(s span) bool { return s.mark == each || s.mark == all })
	return !apiece && slices.ContainsFunc(p.lines, func(l line) bool {
		return l.said.set && l.many.set && l.said.at[0] > p.spans[p.goods].bytes[0] && p.spanAtByte(l.many.at[0]) == p.number
	})
}

// someOfUs reports whether people are counted apart from the goods, with a but: I want Visio. We are 15,
// but not all of us need it.
func (p *phrasing) someOfUs() bool {
	if p.number < 0 || !p.ofPeople(p.number+1) {
		return false
	}
	from, to := p.around(p.number, func(i int) bool { return p.spans[i].mark == stop || p.newLine(i) })
	if p.goods >= from && p.goods < to {
		return false
	}
	return slices.ContainsFunc(p.spans[from:to], func(s span) bool { return turning[p.tokens[s.from].text] })
}
