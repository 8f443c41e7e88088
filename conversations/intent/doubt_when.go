package intent

import "slices"

// notNow reports whether the goods are for another time, or the writer does not want them: next year
// we need 5, 5 but not today, 5? nope.
func (p *phrasing) notNow() bool {
	return p.later() || p.atFirst() || p.declined() || p.opposed() || p.usedUp() || p.onceWanted() || p.supposed()
}

// later reports whether a part says that its goods are for another time. What people do then, who
// need them, says nothing of the purchase: for those who start next month.
func (p *phrasing) later() bool {
	somebody := false
	for i := p.from; i < p.to; i++ {
		switch p.spans[i].mark {
		case people, toward, group, assignVerb, autoAssign, byHand, negation:
			somebody = true
		}
		if !somebody && (p.inTime(i) || i+1 < p.to && inMonth[p.wordOf(i)] && months[p.wordOf(i+1)]) {
			return true
		}
	}
	words := p.words()
	part := p.tokens[p.spans[p.from].from:p.spans[p.to-1].to]
	end := part[max(len(part)-2, 0):]
	return holds(words, "not", "today") || holds(words, "nicht", "heute") || len(end) > 1 && end[0].text == "noch" && end[1].text == "nicht"
}

// inTime reports whether a time to come begins with a span.
func (p *phrasing) inTime(i int) bool {
	words := p.tokens[p.spans[i].from:p.spans[p.to-1].to]
	return slices.ContainsFunc(laters, func(time []string) bool { return begin(words, time) })
}

var (
	laters = [][]string{
		{"next", "year"}, {"next", "quarter"}, {"next", "month"}, {"soon"}, {"later"}, {"not", "today"}, {"not", "yet"}, {"not", "now"},
		{"nachstes", "jahr"}, {"nachsten", "monat"}, {"nachstes", "quartal"}, {"demnachst"}, {"bald"}, {"spater"}, {"erst", "nachsten"},
		{"l", "annee", "prochaine"}, {"l", "an", "prochain"}, {"le", "mois", "prochain"}, {"plus", "tard"}, {"bientot"}, {"pas", "tout", "de", "suite"},
		{"明", "年"}, {"下", "个", "月"}, {"下", "月"}, {"下", "季"},
	}
	inMonth = set("in im en")
	months  = set(`january february march april may june july august september october november december
		januar februar marz mai juni juli oktober dezember janvier fevrier mars avril juin juillet aout septembre octobre novembre q1 q2 q3 q4`)
)

// atFirst reports whether the number is what was wanted at first, and another one follows it: first
// I wanted 14, it is 11 now.
func (p *phrasing) atFirst() bool {
	if p.number < 0 || !slices.ContainsFunc(p.words(), func(t token) bool { return firsts[t.text] }) && !atFirst.in(p.words()) {
		return false
	}
	for i := p.number + 1; i < p.end; i++ {
		if p.numeric(i) && p.spans[i].value != p.spans[p.number].value && !p.goodsAt(i+1) {
			return true
		}
	}
	return false
}

var atFirst = say("本来|原来")

var firsts = set("first initially originally erst zuerst zunachst anfangs ursprunglich abord initialement depart")

// declined reports whether an answer to the writer's own question says no: 5 Visio? Nope.
func (p *phrasing) declined() bool {
	if !p.asksBack() {
		return false
	}
	if p.first > p.start && p.cue(p.first-1, known) && !p.bought { // those 12?
		return true
	}
	if !p.bought && p.end < len(p.spans) && denying.in(p.tokens[p.spans[p.end].to:]) { // nobody asked for that
		return true
	}
	i := p.end + 1
	if i < len(p.spans) && rather[p.wordOf(i)] {
		if p.spans[i].to > p.spans[i].from+1 { // lieber nicht
			return true
		}
		i++
	}
	if i >= len(p.spans) || !nopes[p.wordOf(i)] {
		return false
	}
	return i+1 == len(p.spans) || p.spans[i+1].mark == filler || p.spans[i+1].mark == stop || p.spans[i+1].mark == comma
}

var (
	rather = set("lieber better plutot")
	nopes  = set("no nope nah non nein nee nicht pas 不")
)

// opposed reports whether the writer is against what somebody wants.
func (p *phrasing) opposed() bool {
	words := p.words()
	if holds(words, "her", "no") || holds(words, "him", "no") || holds(words, "them", "no") {
		return true
	}
	return slices.ContainsFunc(words, func(t token) bool { return against[t.text] }) && !holds(words, "par", "contre") || disagreeing.in(words)
}

var disagreeing = say("不同意")

var against = set("against dagegen contre veto")

// usedUp reports whether something else is done with goods that are there.
func (p *phrasing) usedUp() bool {
	words := p.words()
	return slices.ContainsFunc(words, func(t token) bool { return using[t.text] }) || holds(words, "planning", "to") || trying.in(words)
}

var trying = say("只用|试用|们用")

var using = set("rid wasted waste wasting umstellen umzustellen")

// onceWanted reports whether the goods were wanted, asked for or bought some time ago.
func (p *phrasing) onceWanted() bool {
	if onceWants.in(p.before()) && !holds(p.before(), "voulais", "dire") {
		return true
	}
	words := p.words()
	return those.in(words) && asked.in(words) || longAgo.in(p.tokens[p.spans[p.from].from:p.spans[p.end-1].to])
}

// givenUp reports whether that was all: no other number is told.
func (p *phrasing) givenUp() bool {
	other := slices.ContainsFunc(p.spans, func(s span) bool { return s.mark == amount && p.number >= 0 && s.value != p.spans[p.number].value })
	return p.onceWanted() && !other
}

// supposed reports whether the goods are of what might have been or may be some day, or are to be
// thought about first: we would have needed 400; when we grow some day, we may need 100.
func (p *phrasing) supposed() bool {
	words := p.words()
	if unreals.in(words) || planned.in(p.tokens[p.spans[p.from].from:p.spans[p.first].from]) {
		return !gladly.in(words)
	}
	return someday.in(words)
}

// gladly makes a wish of what might have been.
var gladly = say("gern|gerne")
