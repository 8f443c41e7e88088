package intent

import "slices"

// compares reports whether some goods are set against others, of which nobody can be sure here which
// are wanted: rather 3 Copilot than 10 Power BI, as many Power BI as we have Visio.
func (p *phrasing) compares() bool {
	return p.prefers() || p.equals() || p.recounts() || p.recounted() || p.eitherOf() || p.divided() || p.replaced()
}

func (p *phrasing) prefers() bool {
	goods, prefers := 0, preferences.in(p.words())
	for i := p.start; i < p.end; i++ {
		switch p.spans[i].mark {
		case insteadOf:
			return false
		case correction:
			if goods < 3 && !preferring[p.wordOf(i)] || i > 0 && p.spans[i-1].mark == negation {
				return false
			}
		case product, amount:
			goods++
		}
		prefers = prefers || preferring[p.wordOf(i)]
	}
	return prefers && (goods > 3 || goods > 2 && p.than())
}

// than reports whether a number is set against the next.
func (p *phrasing) than() bool {
	for i := p.start + 1; i+1 < p.end; i++ {
		if p.spans[i-1].mark == amount && p.spans[i+1].mark == amount && thans[p.wordOf(i)] || p.spans[i-1].mark == product && p.spans[i+1].mark == product && thans[p.wordOf(i)] {
			return true
		}
	}
	return false
}

// preferences are Chinese words that set some goods above others.
var preferences = say("宁可|与其|宁愿")

var thans = set("als than que")

var preferring = set("besser better mieux eher rather prefer prefere preferons prefererais prefererions plutot lieber bevorzuge bevorzugen")

// equals reports whether a number is that of other goods.
func (p *phrasing) equals() bool {
	words := p.tokens
	as := func(first string, between int, last string) bool {
		for i := range words {
			if words[i].text == first && slices.ContainsFunc(words[i+1:min(i+2+between, len(words))], func(t token) bool { return t.text == last }) {
				return true
			}
		}
		return false
	}
	return as("as", 1, "many") && as("many", 5, "as") || as("autant", 1, "de") && as("autant", 6, "que") || as("viele", 5, "wie") && (as("so", 1, "viele") || as("genauso", 1, "viele")) ||
		equalling.in(p.words())
}

// shrinks reports whether there are to be fewer of what there is: shrink it by 12 seats.
func (p *phrasing) shrinks() bool { return shrinking.in(p.words()) }

// recounts reports whether a correction is followed by a number of nothing: 20, my mistake, 12.
func (p *phrasing) recounts() bool {
	corrected := false
	for i := p.number + 1; i < len(p.spans) && p.number >= 0; i++ {
		switch m := p.spans[i].mark; {
		case m == correction || m == cancel || mistaken[p.wordOf(i)]:
			corrected = true
		case manner[m] || m == label:
			corrected = false
		case m == product && (corrected || p.spans[len(p.spans)-1].mark == correction) && p.unnumbered(&p.spans[i]):
			return true
		case m == amount && corrected && !p.ofLine(i) && !p.costs(i) && !p.goodsAt(i+1):
			return true
		}
	}
	return false
}

// unnumbered reports whether goods have no number: 8 Visio, sorry, I meant Project.
func (p *phrasing) unnumbered(goods *span) bool {
	return slices.ContainsFunc(p.lines, func(l line) bool { return l.product != nil && l.product.same(goods) && !l.many.set })
}

var mistaken = set("erratum rectificatif rectification pardon sorry oops oups mistake erreur fehler verzeihung entschuldigung")

// ofLine reports whether a number is that of some goods.
func (p *phrasing) ofLine(i int) bool {
	return slices.ContainsFunc(p.lines, func(l line) bool { return l.many.set && l.quantity == p.spans[i].value })
}

// reaches reports whether the number is how many there are to be, with those that there are: bring us
// up to 40 in total; we have 14 and want 20.
func (p *phrasing) reaches() bool {
	if p.number <= p.start {
		return false
	}
	words := p.words()
	owns := slices.ContainsFunc(p.spans[p.start:p.end], func(s span) bool { return s.mark == own || s.mark == owned || s.mark == pool })
	to := goal[p.tokens[p.spans[p.number].from-1].text]
	return totals.in(words) && (lifting.in(words) || to || owns) || to && (owns || lifting.in(words)) || filling.in(words)
}

// goal are the words before a number that shall be reached.
var goal = set("to auf a")

// recounted reports whether another number, of nothing else, may be the one that is wanted: of 20 we have 12,
// order 8.
func (p *phrasing) recounted() bool {
	if p.number < 0 {
		return false
	}
	others := 0
	for i := range p.spans {
		if !p.numeric(i) || p.spans[i].value == 0 || p.ofLine(i) || p.costs(i) || !p.endsBehind(i) {
			continue
		}
		if i > p.number && totals.begin(p.tokens[p.spans[i].to:]) { // 5 for Nantes, as many for Brest, 10 in all
			return true
		}
		if i > 0 && p.ofStock(i-1) {
			others++
		}
		if i > p.number && p.counting(i) {
			return true
		}
	}
	return others > 1 && len(p.lines) == 1
}

// ofStock reports whether a word before a number says that there are so many, or shall be.
func (p *phrasing) ofStock(i int) bool {
	switch p.spans[i].mark {
	case own, owned, pool, want, buyVerb, past, question:
		return true
	}
	return stocked[p.wordOf(i)]
}

var stocked = set("dont davon have haben a en fehlenden missing manquent manquants remaining restlichen now maintenant jetzt werden")

// endsBehind reports whether no thing is named behind a number that it may count.
func (p *phrasing) endsBehind(i int) bool {
	if i+1 == len(p.spans) {
		return true
	}
	switch m := p.spans[i+1].mark; m {
	case stop, comma, seat, classifier, more, and, or, correction, buyVerb, want, assignVerb, question, people, approxBehind, monthly, annual, all, each:
		return true
	}
	return p.wordOf(i+1) == "qui" || totals.begin(p.tokens[p.spans[i].to:])
}

// counting reports whether what is before a number names no thing.
func (p *phrasing) counting(i int) bool {
	if i+1 < len(p.spans) && p.spans[i+1].mark == more || p.spans[i-1].mark == stop {
		return true
	}
	for j := i - 1; j >= max(0, i-4); j-- {
		switch p.spans[j].mark {
		case buyVerb, want, own, owned, pool, or, more, approx, correction, past:
			return true
		case filler, comma, toward, atOnce, of, question, show:
			if taking[p.wordOf(j)] {
				return true
			}
		default:
			return unsettled[p.wordOf(j)]
		}
	}
	return false
}

// replaced reports whether the number is of what is not wanted, or no more: in place of the 22, not 5.
func (p *phrasing) replaced() bool {
	for i := p.number - 1; i >= p.start; i-- {
		switch p.spans[i].mark {
		case insteadOf:
			return len(p.lines) > 1
		case negation, denial, cancel:
			return p.spans[i].to-p.spans[i].from < 3
		case filler, of, article:
		default:
			return false
		}
	}
	return false
}

// divided reports whether several numbers are of those who get some of the goods: 2 for design, 1 for me.
func (p *phrasing) divided() bool {
	shares, sum := 0, 0
	for i := range p.spans[:len(p.spans)-1] {
		if p.spans[i].mark == amount && (p.spans[i+1].mark == toward || p.wordOf(i+1) == "for") {
			shares, sum = shares+1, sum+p.spans[i].value
		}
	}
	return shares > 1 && len(p.lines) == 1 && sum != p.lines[0].quantity
}

// eitherOf reports whether the number is one of two: 2 or perhaps 3.
func (p *phrasing) eitherOf() bool {
	if i := p.number; i > p.start+1 && p.spans[i-1].mark == comma && (p.spans[i-2].mark == article || p.spans[i-2].mark == amount && p.spans[i-2].value == p.spans[i].value-1) { // one, two Visio
		return true
	}
	if p.number >= 0 && p.number+1 < len(p.spans) && ifs[p.wordOf(p.number+1)] { // 7 if they stay
		return true
	}
	either := false
	for i := p.number - 1; i >= p.start; i-- {
		switch m := p.spans[i].mark; {
		case m == or || eithers[p.wordOf(i)]:
			either = true
		case m == amount:
			return either && !p.ofLine(i) && !p.costs(i)
		case m == product, m == insteadOf:
			return false
		}
	}
	return false
}

var (
	ifs       = set("if si wenn falls")
	eithers   = set("soit either entweder 或")
	unsettled = set("restlichen fehlenden remaining missing restants restantes possibly maybe eventuell vielleicht peut perhaps evtl")
)

var taking = set("um which dont davon dessen bloss nur only seulement juste makes macht fait so donc also to bis auf")
