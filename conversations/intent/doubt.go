package intent

import "slices"

// doubt asks for the number of each line that is stated rather than asked for: the vendor
// charged us for 20 Visio is no request, whatever its words are. It looks for what a request
// has not: words that nothing accounts for beside the goods, a verb that is not of buying, a
// question, a report. Besides, some words are known to make something else of what sounds
// like a request (done, unclear).
func (r *reading) doubt() {
	if r.kind != Buy {
		return
	}
	told, endorsed := !r.bidsApart(), r.endorsed() // ours are taken, please order some: not these
	for i := range r.lines {
		l := &r.lines[i]
		if !l.said.set || l.said.asked || !l.many.set || l.many.asked {
			told = told && (r.spokenOf(l) || r.turnedDown(l))
			continue
		}
		switch p := r.phrasingOf(l); {
		case endorsed:
			l.many.asked, told = p.any(doubts) || p.ownedBefore() || len(r.lines) > 1 && (p.definite() || !p.leads() || !p.trails()), false
		case p.done():
			l.many.asked = true
			told = told && !l.paid.set && !l.handed.set
		case p.any(spurned):
			l.many.asked = true
			told = told && !l.paid.set && !l.handed.set
		case !p.leads() || !p.joins() || !p.trails() || !p.stands():
			l.many.asked = true
			told = told && !l.paid.set && !l.handed.set && !p.requests() && p.tells()
		default:
			l.many.asked, told = p.unclear(), false
		}
	}
	r.told = told && len(r.lines) > 0
}

// turnedDown reports whether a no is set before the only goods that are named with a number, or ends what
// is said of them: keine 5 Visio bestellen.
func (r *reading) turnedDown(l *line) bool {
	if !l.said.set || l.many.set || l.paid.set || l.handed.set || len(r.lines) > 1 {
		return false
	}
	p := r.phrasingOf(l)
	for i := p.start; i < p.end; i++ {
		if m := p.spans[i].mark; (m == negation || m == denial) && leadsTo(p.spans[i+1:], amount) {
			return p.asksIn(p.start, p.end) && p.goodsOnce()
		}
	}
	return false
}

// goodsOnce reports whether no second number is told.
func (p *phrasing) goodsOnce() bool {
	n := 0
	for i := range p.spans {
		if m := p.spans[i].mark; p.numeric(i) || m == some || m == many {
			n++
		}
	}
	return n == 1
}

// ownedBefore reports whether the goods are those that there are: we have 30 and need more, please buy.
func (p *phrasing) ownedBefore() bool {
	if p.first == p.from || p.ofPeople(p.first+1) {
		return false
	}
	m := p.spans[p.first-1].mark
	return m == own || m == owned
}

// spokenOf reports whether a product is only a word of a sentence that states something of it,
// behind it: the Visio training is on Tuesday; "it is Visio" may answer a question.
func (r *reading) spokenOf(l *line) bool {
	if !l.said.set || l.many.set || l.paid.set || l.handed.set {
		return false
	}
	p := r.phrasingOf(l)
	states := false
	for i := p.from; i < p.to; i++ {
		if woulds[p.tokens[p.spans[i].from].text] { // what would be is a wish
			return false
		}
		states = states || i > p.last && p.cue(i, finite)
	}
	return states && !p.requests()
}

// tells reports whether more than one word speaks against a request: one may be a slip.
func (p *phrasing) tells() bool {
	weight, least := 0, 2
	if p.lang == chinese {
		least = 3
	}
	for i := p.from; i < p.to; i++ {
		switch m := p.spans[i].mark; {
		case m == unknown || m == other:
			if weight++; i > p.from && i < p.first {
				weight++
			}
		case tells[m], states[m], p.cue(i, finite|known):
			weight += least
		}
	}
	return weight >= least
}

// requests reports whether any word of the part asks for something.
func (p *phrasing) requests() bool {
	for i := p.from; i < p.to; i++ {
		if m := p.spans[i].mark; m == buyVerb || m == want || m == polite || m == correction || m == cart || p.cue(i, please|wish) {
			return true
		}
	}
	return false
}

// endorsed reports whether what was named is asked for in a part of its own: 20 Visio would
// do. Please order them.
func (r *reading) endorsed() bool { return r.bidsApart(some, many, more) }

// bidsApart reports whether a part without goods bids to buy, and has none of the marks.
func (r *reading) bidsApart(but ...mark) bool {
	return slices.ContainsFunc(r.portions(), func(p portion) bool {
		return p.asks && !p.goods && r.bids(p) && r.first(p, append(but, negation, denial, nobody)...) < 0
	})
}

// bids reports whether a part begins with a verb of buying.
func (r *reading) bids(p portion) bool {
	for i := p.from; i < p.to; i++ {
		switch r.spans[i].mark {
		case buyVerb:
			denied := p.from > 0 && (r.spans[p.from-1].mark == negation || p.from > 1 && r.spans[p.from-2].mark == negation)
			return !denied && !bargains[r.wordOf(i)]
		case filler, polite:
		default:
			return false
		}
	}
	return false
}

// bargains are nouns of buying that are no verbs as well.
var bargains = set("achat einkauf bestellung beschaffung anschaffung")

// phrasing is how the goods of a line are spoken of.
type phrasing struct {
	*reading
	from, to    int // the part of a sentence that their number is in
	start, end  int // the sentence
	first, last int // the goods, as far as they are in the part
	number      int // the number of the goods, -1 for none
	goods       int // their product, as it was named last, -1 for none
	asked       bool
	begged      bool // by could you, please
	bought      bool // by a verb of buying or wishing
}

func (r *reading) phrasingOf(l *line) *phrasing {
	at, goods := max(r.spanAtByte(l.many.at[0]), 0), r.spanAtByte(l.said.at[0])
	number := at
	if !l.many.set {
		at, number = max(goods, 0), -1
	}
	from, to := r.around(at, r.leaves)
	if (goods < from || goods >= to) && goods >= 0 && r.ofPeople(at+1) { // 5 people joined, they need Visio
		at = goods
		from, to = r.around(at, r.leaves)
	}
	p := &phrasing{reading: r, number: number, goods: goods, first: at, last: at, from: from, to: to}
	if goods >= from && goods < to {
		p.first, p.last = min(at, goods), max(at, goods)
	}
	p.start, p.end = r.around(at, func(i int) bool { return r.spans[i].mark == stop || r.newLine(i) })
	return p
}

// leaves reports whether another part of the sentence begins: not with what is taken instead.
func (r *reading) leaves(i int) bool {
	return r.turnsAt(i) && r.spans[i].mark != insteadOf || r.newLine(i) || r.pictures(i) || r.concludes(i)
}

// concludes reports whether what follows is the consequence of what was told: so 6 Visio.
func (r *reading) concludes(i int) bool {
	s := &r.spans[i]
	return s.mark == filler && s.to == s.from+1 && follows[r.tokens[s.from].text]
}

// pictures reports whether a sign stands there that is of no writing: people end a part of a
// sentence with one.
func (r *reading) pictures(i int) bool {
	t := &r.tokens[r.spans[i].from]
	return t.kind == markToken && r.spans[i].mark == filler && len(t.text) > 2
}

func (r *reading) newLine(i int) bool { return r.tokens[r.spans[i].from].text == "\n" }

// ofPeople reports whether a number before i is of people.
func (r *reading) ofPeople(i int) bool {
	for ; i < len(r.spans); i++ {
		switch r.spans[i].mark {
		case people:
			return true
		case more, classifier, filler, of:
		default:
			return false
		}
	}
	return false
}

// spanAtByte is the span that a byte of the message is in, -1 for none.
func (r *reading) spanAtByte(at int) int {
	for i := range r.spans {
		if r.spans[i].bytes[0] <= at && at < r.spans[i].bytes[1] {
			return i
		}
	}
	return -1
}

// around are the ends of the stretch of spans that one is in.
func (r *reading) around(at int, ends func(int) bool) (from, to int) {
	for from = at; from > 0 && !ends(from-1); from-- {
	}
	for to = at + 1; to < len(r.spans) && !ends(to); to++ {
	}
	return from, to
}

// joins reports whether nothing is told between a product and its number. One word may say
// what kind it is: 5 shiny Visio.
func (p *phrasing) joins() bool {
	strange, allowed, named := 0, 1, false
	for i := p.first + 1; i < p.last; i++ {
		switch s := &p.spans[i]; {
		case s.mark == unknown || s.mark == other:
			if !named {
				strange++
			}
		case s.mark == people || s.mark == seat:
			allowed = 0
		case s.mark == toward || s.mark == group || p.cue(i, preposition):
			named = true
		case s.mark == want || s.mark == buyVerb:
			strange, p.asked, p.bought = 0, true, true
		case tells[s.mark], states[s.mark], p.cue(i, finite):
			return false
		}
	}
	return strange <= allowed
}
