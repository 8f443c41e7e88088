package intent

// doubt asks for the number of each line that is stated rather than asked for: the vendor
// charged us for 20 Visio is no request, whatever its words are. Nothing here lists what
// people may say of licences. It looks for what a request has not: words that nothing
// accounts for beside the goods, a verb that is not of buying, a question, a report.
func (r *reading) doubt() {
	if r.kind != Buy || r.endorsed() {
		return
	}
	told := true
	for i := range r.lines {
		l := &r.lines[i]
		if !l.said.set || l.said.asked || !l.many.set || l.many.asked {
			told = told && r.spokenOf(l)
			continue
		}
		p := r.phrasingOf(l)
		if !p.leads() || !p.joins() || !p.trails() || !p.stands() {
			l.many.asked = true
			told = told && !l.paid.set && !l.handed.set && !p.requests() && p.tells()
		} else {
			told = false
		}
	}
	r.told = told && len(r.lines) > 0
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
func (r *reading) endorsed() bool {
	for _, p := range r.portions() {
		if p.asks && !p.goods && r.bids(p) {
			return true
		}
	}
	return false
}

// bids reports whether a part begins with a verb of buying.
func (r *reading) bids(p portion) bool {
	for i := p.from; i < p.to; i++ {
		switch r.spans[i].mark {
		case buyVerb:
			return true
		case filler, polite:
		default:
			return false
		}
	}
	return false
}

// phrasing is how the goods of a line are spoken of.
type phrasing struct {
	*reading
	from, to    int // the part of a sentence that their number is in
	start, end  int // the sentence
	first, last int // the goods, as far as they are in the part
	asked       bool
	begged      bool // by could you, please
	bought      bool // by a verb of buying or wishing
}

func (r *reading) phrasingOf(l *line) *phrasing {
	at, goods := max(r.spanAtByte(l.many.at[0]), 0), r.spanAtByte(l.said.at[0])
	if !l.many.set {
		at = max(goods, 0)
	}
	from, to := r.around(at, r.leaves)
	if (goods < from || goods >= to) && goods >= 0 && r.ofPeople(at+1) { // 5 people joined, they need Visio
		at = goods
		from, to = r.around(at, r.leaves)
	}
	p := &phrasing{reading: r, first: at, last: at, from: from, to: to}
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

// leads reports whether what is before the goods leads to a request. Words without a
// meaning here may be its subject or follow "for", and a verb that tells may only help.
func (p *phrasing) leads() bool {
	w := lead{phrasing: p, stated: p.subordinate()}
	for i := p.from; i < p.first; i++ {
		if !w.word(i) {
			return false
		}
	}
	return w.strange <= w.granted && !w.stated && !w.said && !p.definite()
}

// lead is what was met on the way to the goods.
type lead struct {
	*phrasing
	strange int  // words without a meaning since the last that asks
	granted int  // of which so many may be a verb that asks: please arrange
	named   int  // words that may still be the name of somebody
	stated  bool // a verb tells, unless a request follows
	said    bool // somebody says, unless it is that we need something
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
	case states[s.mark] || w.cue(i, finite) && !w.asked:
		w.stated = true
	}
	return true
}

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
