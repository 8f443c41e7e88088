package intent

// trails reports whether nothing is told of the goods behind them.
func (p *phrasing) trails() bool {
	named, handed, somebody := false, p.handedBehind(), false
	spare := p.begged && p.lang != chinese // please, 5 Visio: one word more says when or how
	for i := p.last + 1; i < p.to; i++ {
		s := &p.spans[i]
		if somebody && p.cue(i, relative) { // for people who start today
			return true
		}
		somebody = somebody || s.mark == people || s.mark == group || s.mark == toward
		switch {
		case p.cue(i, preposition|signing) || trailing[s.mark]:
			named = true
		case s.mark == unknown || s.mark == other:
			if !named && !(i == p.last+1 && p.counts(i)) && !p.beside(i) && !spare || p.cue(i, finite) {
				return false
			}
			spare = false
		case s.mark == polite || s.mark == buyVerb || s.mark == want || s.mark == cart || p.cue(i, please):
			p.asked = true
			named = named || p.cue(i, please)
			p.bought = p.bought || s.mark == buyVerb || s.mark == want
		case s.mark == cancel && p.asksIn(p.last+1, i): // we want them no more
			return false
		case handed && (helps[s.mark] || p.cue(i, modal)):
			named = true
		case p.cue(i, finite|modal) && p.buysWithin(i):
		case s.mark == negation && (p.cue(i, without) || leadsTo(p.spans[i+1:p.to], amount, product)):
			named = true
		case p.cue(i, enough) && p.first == p.from && !p.asksBack():
			named = true
		case s.mark == question && p.begged:
		case s.mark == approve && !p.asked, p.noun(i) && i > p.from && p.spans[i-1].mark == of:
			return false
		case tells[s.mark], states[s.mark] && s.mark != cancel, p.cue(i, finite|modal):
			return false
		}
	}
	return !p.came()
}

// beside reports whether a word stands next to how the goods are paid or handed out.
func (p *phrasing) beside(i int) bool {
	return i+1 < p.to && manner[p.spans[i+1].mark] || manner[p.spans[i-1].mark]
}

var manner = [other + 1]bool{monthly: true, annual: true, otherPeriod: true, commitment: true, paid: true, automatic: true, autoAssign: true}

// counts reports whether a word ends the part behind a product and its number: Visio, 6 seets.
func (p *phrasing) counts(i int) bool {
	return i == p.to-1 && p.spans[p.last].mark == amount && p.first < p.last
}

// helps are the marks that say how goods are handed out or paid, where that is spoken of.
var helps = [other + 1]bool{question: true, show: true, negation: true}

// came reports whether Chinese says what has come to be: 12 个 Teams Phone 都能用了.
func (p *phrasing) came() bool {
	return p.lang == chinese && !p.bought && p.last < p.to-1 && p.tokens[p.spans[p.to-1].from].text == "了"
}

// trailing are the marks behind which a name may stand.
var trailing = [other + 1]bool{toward: true, from: true, group: true, people: true, of: true, pool: true, label: true, assignVerb: true, autoAssign: true, automatic: true, byHand: true}

// handedBehind reports whether the words behind the goods are of how they are handed out or paid.
func (p *phrasing) handedBehind() bool {
	for i := p.last + 1; i < p.to; i++ {
		switch p.spans[i].mark {
		case assignVerb, autoAssign, automatic, byHand, atOnce, monthly, annual, otherPeriod, commitment:
			return true
		}
	}
	return false
}

// stands reports whether the rest of the sentence makes no question, comment or report of
// goods that no verb asks for.
func (p *phrasing) stands() bool {
	asks := p.asksBack()
	if asks && p.bought && !p.begged && p.wonders() {
		return false
	}
	if asks && !p.begged && p.refers() {
		return false
	}
	aware := p.first > p.from && p.cue(p.first-1, known)
	for i := p.start; i < p.end && !p.asked; i++ {
		if i >= p.from && i < p.to {
			continue
		}
		m := p.spans[i].mark
		if aware && (m == unknown || m == other || m == approve || p.cue(i, finite)) || m == approve && i == p.to+1 && p.tokens[p.spans[p.to].from].text == ":" {
			return false
		}
		if m == says && !p.heads(i) || m == unreal || i == p.to+1 && p.comments(i) || asks && (m == question || m == negation || p.cue(i, finite|modal)) {
			return false
		}
	}
	return true
}

// refers reports whether an order is spoken of that has a number already.
func (p *phrasing) refers() bool {
	for i := p.start; i < p.end; i++ {
		if s := &p.spans[i]; s.mark == thing && p.tokens[s.from].text == reference || p.isLabel(i) {
			return true
		}
	}
	return false
}

// asksBack reports whether the sentence ends with a question mark.
func (p *phrasing) asksBack() bool {
	return p.end < len(p.spans) && p.tokens[p.spans[p.end].from].text == "?"
}

// wonders reports whether a wish is asked about: do we need, brauchen wir.
func (p *phrasing) wonders() bool {
	for i := p.from; i < p.first; i++ {
		if p.spans[i].mark == want {
			return p.end <= p.to
		}
	}
	return false
}

// comments reports whether a part is about the one before: 20 Visio, that would be madness.
func (p *phrasing) comments(i int) bool {
	s := &p.spans[i]
	for j := i; j < p.end && p.spans[j].mark != comma; j++ {
		if p.spans[j].mark == amount {
			return false
		}
	}
	return s.to == s.from+1 && (pointing[p.tokens[s.from].text] || p.tokens[s.from].text == "it" || p.tokens[s.from].text == "es")
}
