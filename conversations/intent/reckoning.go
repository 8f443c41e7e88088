package intent

// reckoned reports whether a number is not yet how many licences to buy: it is to be
// multiplied, holds for each of several, or is what there shall be in the end.
func (c *clause) reckoned(from, to int) bool {
	return c.multiplied(from) || c.added(from, to) || c.amongEach(from) || c.forEach(to) || c.total(from)
}

// added reports whether another number stands right beside a number: 5 + 5, 10 5, Visio 10, 5.
// What of the two is meant, or their sum, is not known.
func (c *clause) added(from, to int) bool {
	if c.amountAt(to) || from > 0 && c.amountAt(from-1) {
		return true
	}
	if from > 1 && c.plus(from-1) && c.amountAt(from-2) || c.plus(to) && c.amountAt(to+1) {
		return true
	}
	if to+1 >= len(c.spans) || c.tokens[c.spans[to].from].text != "," && c.spans[to].mark != and || !c.amountAt(to+1) || from == 0 || c.spans[from-1].mark != product {
		return false
	}
	return to+2 == len(c.spans) || c.spans[to+2].mark == stop
}

func (c *clause) plus(i int) bool {
	return i < len(c.spans) && c.tokens[c.spans[i].from].text == "+"
}

// multiplied reports whether a word right before a number multiplies it: three times ten.
func (c *clause) multiplied(from int) bool {
	if from == 0 {
		return false
	}
	s := &c.spans[from-1]
	if s.mark == of && from > 1 { // 三倍的
		s = &c.spans[from-2]
	}
	last := c.tokens[s.to-1].text
	if c.packed(from) || last == "%" {
		return true
	}
	return multiplying[last] && s.to-s.from > 1 && (s.mark == unit || s.mark == times) || doubling[last]
}

// packed reports whether a number is what is in each of several: 2 bundles of 5, 2 Pakete mit 10.
func (c *clause) packed(from int) bool {
	if from < 3 || !c.amountAt(from-3) {
		return false
	}
	what := c.spans[from-2].mark
	return (c.spans[from-1].mark == of || containing[c.tokens[c.spans[from-1].from].text]) && (what == unknown || what == filler || what == other || what == unit)
}

var containing = set("of with mit a avec de zu")

var (
	multiplying = set("times mal fois 乘 倍 次")
	doubling    = set("twice thrice double triple doppelt dreifach zweimal dreimal viermal funfmal sechsmal siebenmal achtmal neunmal zehnmal 倍")
)

// amongEach reports whether somebody before a number is one of several: each team needs 10.
func (c *clause) amongEach(from int) bool {
	for i := from - 1; i >= max(0, from-12); i-- {
		switch c.spans[i].mark {
		case comma, stop, product, and, amount, assignVerb, monthly, annual, otherPeriod:
			return false
		}
		if c.single(i, from) || c.spans[i].mark == each && len(c.made) < 2 || c.severally(i) {
			return true
		}
	}
	return false
}

// severally reports whether a word right behind what there are several of shares out what
// follows: 3 Standorte je 10.
func (c *clause) severally(i int) bool {
	return i > 0 && len(c.made) < 2 && c.spans[i-1].mark == unit && (c.tokens[c.spans[i].from].text == "je" || c.tokens[c.spans[i].from].text == "a")
}

// forEach reports whether the goods behind a number are for one of several: 10 for each team.
func (c *clause) forEach(to int) bool {
	for i := to; i < len(c.spans); i++ {
		switch c.spans[i].mark {
		case seat, classifier, product, toward, of, article, more, filler, each, unit, group, everyone:
		default:
			return false
		}
		if c.single(i, len(c.spans)) || c.perPlace(i) || eachOne[c.tokens[c.spans[i].from].text] && len(c.made) < 2 || c.spans[i].mark == each && len(c.made) < 2 && !leadsTo(c.spans[i+1:], product, seat, paid, monthly, annual, otherPeriod, commitment) {
			return true
		}
	}
	return false
}

// single reports whether the word at i makes one of several of what follows it: each nurse,
// per team, jedes Büro, chaque agence, 每个部门.
func (c *clause) single(i, before int) bool {
	s := &c.spans[i]
	first, last := c.tokens[s.from].text, c.tokens[s.to-1].text
	several := oneOf[first] || oneOf[last]
	if s.mark == filler && s.to > s.from+1 && perOne[first] && (before == len(c.spans) || first == "每") || s.mark == everyone && before < len(c.spans) && several {
		return true // per head; every employee gets 2
	}
	if i+1 >= before || s.mark == everyone || isPeriod(s.mark) {
		return false
	}
	next := i + 1
	if c.spans[next].mark == classifier && next+1 < before {
		next++
	}
	switch m := c.spans[next].mark; {
	case m == people || m == group:
		return several || perOne[last] || last == "je" && c.lang == german
	case m == unknown || m == other || m == label:
		return several
	}
	return false
}

// perPlace reports whether goods are of each place or body: per site, par agence, je Filiale.
func (c *clause) perPlace(i int) bool {
	return i+1 < len(c.spans) && apiece[c.tokens[c.spans[i].to-1].text] && bodies[c.tokens[c.spans[i+1].from].text]
}

var (
	eachOne = set("chacun chacune")
	apiece  = set("per par pro je a each every chaque jede jeder jedes jedem jeden")
	bodies  = set(`site sites office branch store shop team department location room floor school country region campus plant group class unit
		agence bureau magasin equipe ecole usine filiale succursale etage salle service departement pays groupe classe
		standort buro buero filiale niederlassung werk schule stockwerk etage raum land laden abteilung gruppe klasse betrieb haus`)
)

var (
	oneOf  = set("each every chaque jede jeder jedes jeden jedem 每 各")
	perOne = set("per pro par 每")
)

// total reports whether a number is how many there shall be, not how many to add: increase
// Visio to 20, from 15 to 20.
func (c *clause) total(from int) bool {
	at := c.spanAtByte(c.spans[from].bytes[0])
	if at < 1 || !reaching[c.tokens[c.reading.spans[at-1].to-1].text] {
		return false
	}
	start, end := c.around(at, c.turnsAt)
	raised, named := false, false
	for i := start; i < end; i++ {
		s := &c.reading.spans[i]
		named = named || s.mark == product || i < at && s.mark == amount
		for j := s.from; j < s.to; j++ {
			raised = raised || raising[c.tokens[j].text] || i < at && s.mark == amount
		}
	}
	return raised && named
}

var (
	reaching = set("to auf a 到 至 为 成")
	raising  = set(`increase raise bump bring grow expand extend scale up lift boost top go increasing raising bring
		erhohe erhohen erhoht aufstocken stocke stock aufgestockt erweitere erweitern bring bringe bringen heb hebe anheben steigere steigern ausbauen erhohung aufstockung hoch
		augmente augmenter augmentez augmentons passe passer passez passons monte monter montez porte porter portez eleve elever etends etendre
		增 加 升 提 扩 涨 补 调 凑`)
)

// ofStaff reports whether a number only says how many people there are, and another one is
// of the goods that they need: our office of 45 people needs 9 Visio.
func (c *clause) ofStaff(to int) bool {
	if to < len(c.spans) && c.spans[to].mark == classifier {
		to++
	}
	if to >= len(c.spans) || c.spans[to].mark != people {
		return false
	}
	asked := false
	for i := to + 1; i+1 < len(c.spans); i++ {
		switch c.spans[i].mark {
		case want, buyVerb, stop, polite:
			asked = true
		case each:
			return false
		case amount:
			if next := i + 1; asked && c.countsGoods(next) {
				return true
			}
		}
	}
	return false
}

// countsGoods reports whether goods begin at i, but for a word that counts.
func (c *clause) countsGoods(i int) bool {
	for ; i < len(c.spans); i++ {
		switch c.spans[i].mark {
		case product:
			return true
		case seat, of, classifier, more:
		default:
			return false
		}
	}
	return false
}
