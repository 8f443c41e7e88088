package intent

// reckoned reports whether a number is not yet how many licences to buy: it is to be
// multiplied, holds for each of several, or is what there shall be in the end.
func (c *clause) reckoned(from, to int) bool {
	return c.multiplied(from) || c.amongEach(from) || c.forEach(to) || c.total(from)
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
	return multiplying[last] && s.to-s.from > 1 && (s.mark == unit || s.mark == times) || doubling[last]
}

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
		if c.single(i, from) {
			return true
		}
	}
	return false
}

// forEach reports whether the goods behind a number are for one of several: 10 for each team.
func (c *clause) forEach(to int) bool {
	for i := to; i < len(c.spans); i++ {
		switch c.spans[i].mark {
		case seat, classifier, product, toward, of, article, more, filler, each:
		default:
			return false
		}
		if c.single(i, len(c.spans)) || c.spans[i].mark == each && len(c.made) < 2 && !leadsTo(c.spans[i+1:], product, seat, paid, monthly, annual, otherPeriod, commitment) {
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
