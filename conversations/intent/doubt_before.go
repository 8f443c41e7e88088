package intent

// leads reports whether what is before the goods leads to a request. Words without a
// meaning here may be its subject or follow "for", and a verb that tells may only help.
func (p *phrasing) leads() bool {
	w := lead{phrasing: p, stated: p.subordinate()}
	for i := p.from; i < p.first; i++ {
		if !w.word(i) {
			return false
		}
	}
	return w.strange <= w.granted && !w.stated && !w.said && !w.refused && !p.definite()
}

// lead is what was met on the way to the goods.
type lead struct {
	*phrasing
	strange int  // words without a meaning since the last that asks
	granted int  // of which so many may be a verb that asks: please arrange
	named   int  // words that may still be the name of somebody
	stated  bool // a verb tells, unless a request follows
	said    bool // somebody says, unless it is that we need something
	refused bool // a no stands before whatever follows
}

// word takes the next span in; it is false where no request can follow any more.
func (w *lead) word(i int) bool {
	s := &w.spans[i]
	switch {
	case w.cue(i, please):
		w.begs(1)
	case s.mark == unknown || s.mark == other:
		if w.named--; w.named < 0 && !(putting[w.tokens[s.from].text] && w.carted()) && !(w.asked && i+1 < w.first && w.spans[i+1].mark == of) { // the delivery of 12
			w.strange++
		}
		if w.places(s) {
			w.strange = 0
		}
		w.stated = w.stated || i+1 < w.first && ended[w.tokens[w.spans[i+1].from].text] && w.spans[i+1].mark == filler
	case w.auxiliary(i):
		w.stated = true
	case s.mark == negation && !leadsTo(w.spans[i+1:], amount, product, correction, insteadOf) && !certain[w.wordOf(i+1)]:
		w.refused, w.stated = true, true
	case s.mark == toward || s.mark == from:
		w.named = 9
	case s.mark == group:
		w.named = max(w.named, 1)
	case s.mark == polite || s.mark == correction || s.mark == more && w.strange == 0:
		said := w.said && s.mark == correction
		w.begs(1)
		w.said, w.begged = said, s.mark != correction
	case s.mark == want || s.mark == buyVerb:
		if !w.wanted(i) {
			return false
		}
		w.asks()
		w.said, w.bought, w.granted = false, true, 0
	case s.mark == says || s.mark == narrated || s.mark == past:
		w.said = true
	case tells[s.mark], w.hedged(i):
		return false
	case states[s.mark] && !(w.asked && w.wordOf(i) == "is") || w.cue(i, finite) && !w.asked:
		w.stated = true
	}
	if w.asked && w.tokens[s.to-1].text == "给" { // 请给李晓梅
		w.named = 9
	}
	return true
}

// certain may follow a no that denies nothing: no doubt.
var certain = set("doubt doubts question problem worries doute probleme zweifel frage sorge 问")

// places reports whether a character ends the name of a place or of a department: 研发中心.
func (w *lead) places(s *span) bool { return w.lang == chinese && placing[w.tokens[s.from].text] }

var placing = set("部 处 科 室 组 院 所 店 厂 心 层 队 局 司 班 系 校 站 区 间 库 台")

// carted reports whether the goods are to be put into the cart.
func (p *phrasing) carted() bool {
	for i := p.last; i < p.to; i++ {
		if p.spans[i].mark == cart {
			return true
		}
	}
	return false
}

// begs takes in a word that makes a request of the verb behind it, whatever that is: of
// one word, or of two characters.
func (w *lead) begs(words int) {
	w.asks()
	w.said, w.begged, w.granted = false, true, words
	if w.lang == chinese {
		w.granted = 2 * words
	}
}

func (w *lead) asks() { w.strange, w.named, w.stated, w.asked = 0, 0, false, true }

// wanted reports whether a verb of buying or wishing is the writer's: it is not of the past,
// not somebody else's by all that is known, not what somebody said.
func (w *lead) wanted(i int) bool {
	most := 3
	if w.lang == chinese {
		most = 8
	}
	if w.spans[i].mark == buyVerb {
		most = w.granted
		if w.lang == chinese {
			most = 2
		}
		if i+1 < len(w.spans) && ended[w.tokens[w.spans[i+1].from].text] || w.had(w.from, w.to) || i > w.from && w.tokens[w.spans[i-1].from].text == "会" {
			return false
		}
	}
	if w.said && !w.ours(i) || w.noun(i) && w.others(i) {
		return false
	}
	return w.strange <= most && (w.strange == 0 || !w.within(w.from, i, that)) && !w.reported(i)
}

// noun reports whether a verb of buying is the name of what somebody asked for: the order.
func (p *phrasing) noun(i int) bool {
	s := &p.spans[i]
	return (s.mark == buyVerb || s.mark == want || s.mark == label) && nouns[p.tokens[s.from].text]
}

var nouns = set("order request purchase bestellung kauf antrag auftrag commande achat demande 申 订 请 采")

// others reports whether that is known already, or is somebody's: Anna's order of 5.
func (w *lead) others(i int) bool {
	if i == w.from {
		return false
	}
	before := w.tokens[w.spans[i-1].from].text
	return before == "s" || knownToAll[before] || w.strange > 0 && w.spans[i-1].mark == of
}

var knownToAll = set("the la le l cette ce die der den dem diese dieser this that his her their ses leur leurs seine ihre 那 这")

// ours reports whether a wish is of those who write.
func (w *lead) ours(i int) bool {
	for _, t := range w.tokens[w.spans[i-1].from:w.spans[i].to] {
		if cues[t.text]&writer != 0 {
			return true
		}
	}
	return false
}

// ended are the characters behind a verb of what is done.
var ended = set("了 过 着 的")

// auxiliary reports whether "a" is of French "avoir", as far as the writer sets accents.
func (p *phrasing) auxiliary(i int) bool {
	s := &p.spans[i]
	if s.mark != toward || p.tokens[s.from].text != "a" || s.to != s.from+1 || i+1 >= len(p.spans) || p.spans[i+1].mark != unknown {
		return false
	}
	return s.bytes[1]-s.bytes[0] == 1
}

// tells are what is told of, whatever follows; states are what tells unless a request follows.
var (
	tells  = [other + 1]bool{says: true, past: true, narrated: true, unreal: true, endVerb: true, denial: true, howTo: true, takenBack: true}
	states = [other + 1]bool{own: true, owned: true, question: true, negation: true, cancel: true, compare: true, show: true, help: true}
)

// subordinate reports whether the part hangs on a verb of speaking: we were told that.
func (p *phrasing) subordinate() bool {
	return p.from > p.start && p.cue(p.from, that) && p.within(p.start, p.from, finite)
}

// reported reports whether a wish is told of in the form that a language has for that.
func (p *phrasing) reported(i int) bool {
	return i > p.start && p.cue(i-1, third) && p.cue(i, conjunctive)
}

// hedged reports whether a word says that nobody knows: perhaps we need 5.
func (p *phrasing) hedged(i int) bool { return p.spans[i].mark == approx && p.cue(i, hedge) }

func (p *phrasing) within(from, to int, of cue) bool {
	for i := from; i < to; i++ {
		if p.cue(i, of) {
			return true
		}
	}
	return false
}

// definite reports whether the goods are known already, and nobody asks for them: about
// the 20 Visio.
func (p *phrasing) definite() bool {
	if p.first == p.from || !p.cue(p.first-1, known) || p.bought || p.buysBehind() {
		return false
	}
	return p.first-1 > p.from || p.last < p.to-1 && p.within(p.last+1, p.to, finite)
}

func (p *phrasing) buysBehind() bool { return p.buysFrom(p.first, p.end) }

// buysWithin reports whether a verb only helps one of buying: 5 Visio are needed.
func (p *phrasing) buysWithin(i int) bool { return p.buysFrom(i+1, p.to) }

func (p *phrasing) buysFrom(from, to int) bool {
	for i := from; i < to; i++ {
		if m := p.spans[i].mark; m == buyVerb || m == want {
			return true
		}
	}
	return false
}
