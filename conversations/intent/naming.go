package intent

// names reports whether a number is what something is called rather than how many there are: a
// day, a year, an hour, a floor, a team, a desk. What goods follow is a number of goods.
func (c *clause) names(from, to int) bool {
	if c.numeral(from) {
		return true
	}
	if c.goods(to) {
		return false
	}
	return c.ofYear(from, to) || c.ofDay(from, to) || c.ordinal(from, to) || c.ofPlace(from, to)
}

// numeral: No. 1 Visio, No. 2 Copilot.
func (c *clause) numeral(from int) bool {
	at := c.spans[from].from
	if at > 1 && c.tokens[at-1].text == "." && !c.tokens[at-1].spaced {
		return numerals[c.tokens[at-2].text]
	}
	return from > 0 && c.spans[from-1].mark == label && numerals[c.tokens[c.spans[from-1].from].text]
}

var numerals = set("no nr n° nº number nummer numero 第")

// ofYear: in 2026 we need; Copilot for 2027.
func (c *clause) ofYear(from, to int) bool {
	if v := c.spans[from].value; v < 2014 || v > 2035 || c.within(figure{from: from, to: to}) {
		return false
	}
	if to < len(c.spans) || from == 0 {
		return to < len(c.spans)
	}
	m := c.spans[from-1].mark
	return m == toward || m == filler || m == of || c.cueAt(&c.spans[from-1], preposition)
}

// ofDay: le 15, zum 15., by the 15; at 9.
func (c *clause) ofDay(from, to int) bool {
	if from == 0 || c.spans[from].value > 31 || c.spans[from].spelt || c.within(figure{from: from, to: to}) {
		return false
	}
	before := c.tokens[c.spans[from-1].to-1].text
	return dayBefore[before] || before == "den" && c.ordinalDot(to) || hourBefore[before] && !c.raised(from)
}

var (
	dayBefore  = set("le du au the dem am zum vom beim bis")
	hourBefore = set("at um")
)

// raised reports whether a verb of making more stands before a number: erhöhe Visio um 5.
func (c *clause) raised(from int) bool {
	for i := range from {
		if raising[c.tokens[c.spans[i].from].text] || c.spans[i].mark == buyVerb {
			return true
		}
	}
	return false
}

// ordinal reports whether a full stop makes a number the third or the twelfth of something.
func (c *clause) ordinal(from, to int) bool {
	if !c.ordinalDot(to) || to+1 >= len(c.spans) || c.spans[to+1].bytes[0] == c.spans[to].bytes[1] {
		return false
	}
	next := &c.spans[to+1]
	return storeys[c.tokens[next.from].text] || c.lang == german && from > 0 && (next.mark == unknown || next.mark == other || next.mark == group)
}

var storeys = set("stock og ug eg etage stockwerk obergeschoss untergeschoss geschoss")

func (c *clause) ordinalDot(at int) bool {
	return at < len(c.spans) && c.tokens[c.spans[at].from].text == "." && !c.tokens[c.spans[at].from].spaced
}

// ofPlace: desk 12, team 7, phase 2, 7组.
func (c *clause) ofPlace(from, to int) bool {
	if to < len(c.spans) {
		next := c.tokens[c.spans[to].from].text
		if suffixed[next] && c.lang == chinese || streets[next] || texting[next] && to == len(c.spans)-1 {
			return true
		}
	}
	if from == 0 || c.spans[from].spelt {
		return false
	}
	before := &c.spans[from-1]
	return numberedThings[c.tokens[before.to-1].text] && (before.mark != people || c.spans[from].value > 0)
}

var (
	texting        = set("you u me ever") // Copilot 4 u
	streets        = set("rue avenue boulevard bd bld allee chemin quai impasse street road lane")
	suffixed       = set("组 班 楼 层 室 队 栋 期 号 级 区 座")
	numberedThings = set(`seat desk place station team group class phase zone block wing site store shop branch unit section hall gate part cohort batch wave sprint stage squad crew lot tier grade block aged age alter
		platz sitz konto arbeitsplatz gruppe klasse bau haus etage ebene linie filiale halle tor teil welle abschnitt stufe schicht tisch trakt
		poste bureau siege compte equipe groupe classe bloc batiment niveau ligne agence partie vague tranche etape table guichet hangar magasin
		组 班 队 阶段 期 批 区 座 栋`)
)
