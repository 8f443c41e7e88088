package intent

// done reports whether something else is done with the goods than that they are asked for: they
// are taken away, fewer of them are wanted, somebody ruled on them, they are to be paid, priced
// or changed for others, or another number is set against theirs.
func (p *phrasing) done() bool {
	return p.takenOut() || p.lessened() || p.ruled() || p.paidFor() || p.priced() || p.exchanged() || p.capped() || p.putOff() || p.confirmed()
}

// takenOut reports whether the verb next to the goods takes them away: streiche 3 Visio.
func (p *phrasing) takenOut() bool {
	for i := p.first - 1; i >= p.from; i-- {
		if p.removes(i) {
			return true
		}
		if m := p.spans[i].mark; m == buyVerb || m == want {
			break
		}
	}
	for i := p.from; i < p.to; i++ {
		if away[p.wordOf(i)] && (p.spans[i].mark == from || i+1 < p.to && p.spans[i+1].mark == from) { // take 2 away from the interns
			return true
		}
		if i > p.last && (away[p.wordOf(i)] || p.spans[i].mark == cancel) && p.closesPart(i) || i > p.last && p.removes(i) && !p.asksIn(p.from, p.to) {
			return true
		}
	}
	return false
}

// removes reports whether a verb takes away, whatever stands beside it.
func (p *phrasing) removes(i int) bool {
	s := &p.spans[i]
	first, last := p.tokens[s.from].text, p.tokens[s.to-1].text
	if fetching[first] || p.lang == english && first == "get" {
		return s.to > s.from+1 && away[last] || i+1 < p.to && away[p.wordOf(i+1)]
	}
	return s.mark == unassignVerb || s.mark == endVerb || s.mark == empty || takesOut[first]
}

// away are the particles of verbs that take out of something.
var away = set("out off away weg raus heraus ab")

// closesPart reports whether only words without weight follow in the part.
func (p *phrasing) closesPart(i int) bool {
	for i++; i < p.to; i++ {
		if m := p.spans[i].mark; m != filler && m != polite && m != cart && m != from && m != toward {
			return false
		}
	}
	return true
}

// lessened reports whether the number is how many fewer there shall be.
func (p *phrasing) lessened() bool {
	end := p.to
	for end+1 < p.end && p.wordOf(end) == "-" { // Visio-Lizenzen
		_, end = p.around(end+1, p.leaves)
	}
	for i := p.from; i < end; i++ {
		s := &p.spans[i]
		if s.mark != approx && s.mark != approxBehind && s.to == s.from+1 && fewer[p.tokens[s.from].text] {
			return true
		}
	}
	t := &p.tokens[p.spans[p.first].from]
	return p.first == 1 && p.wordOf(0) == "-" && !t.spaced && p.end == len(p.spans) // -3 Visio
}

var fewer = set("fewer less weniger moins minus 少 减")

// ruled reports whether a verdict is behind the goods, and no word asks for them: 10 Copilot
// seats, approved by me.
func (p *phrasing) ruled() bool {
	if p.asksBack() || p.wishesIn(p.start, p.end) {
		return false
	}
	for i := p.start; i < p.end; i++ {
		if i >= p.first && i <= p.last {
			continue
		}
		if p.verdict(i) {
			return i > p.last || p.ruledOn(p.first)
		}
	}
	return false
}

// verdict reports whether a span says what somebody has found, rather than bids to: valide la
// commande is spelt as validé is.
func (p *phrasing) verdict(i int) bool {
	s := &p.spans[i]
	if s.mark == approve && (p.lang == chinese || i == p.last+1) {
		return true
	}
	if !verdicts[p.tokens[s.from].text] && !verdicts[p.tokens[s.to-1].text] {
		return false
	}
	if i+1 >= p.end || s.mark == approve && s.to > s.from+1 { // ok for me
		return true
	}
	m := p.spans[i+1].mark
	return m == comma || m == stop || m == and || m == filler && byWhom[p.wordOf(i+1)] || m == of || m == toward
}

var byWhom = set("by par von")

// wishesIn reports whether goods are asked for, or how they are paid is said: a request that
// somebody ruled on is no wish any more.
func (p *phrasing) wishesIn(from, to int) bool {
	for i := from; i < to; i++ {
		switch m := p.spans[i].mark; {
		case m == monthly || m == annual || p.cue(i, please), m == polite && !allowing[p.wordOf(i)]:
			return true
		case (m == buyVerb || m == want) && (!p.noun(i) || i+1 < to && p.spans[i+1].mark == amount && p.spans[i].to == p.spans[i].from+1):
			return true
		}
	}
	return false
}

// allowing begin Chinese words for that something may be.
var allowing = set("可 没 能")

// verdicts are what somebody has found, or the German verbs of finding it, which come last.
var verdicts = set(`approved granted ok okay zugestimmt rejected declined denied refused confirmed accepted authorised authorized okayed validated endorsed greenlit fine passt
	genehmigt freigegeben bestatigt abgelehnt abgesegnet abgenickt akzeptiert bewilligt zuruckgewiesen gebilligt freigeben genehmigen ablehnen bestatigen
	approuve approuves approuvee approuvees valide valides validee validees confirme confirmes confirmee confirmees refuse refuses refusee refusees rejete rejetes rejetee rejetees accepte acceptee`)

// paidFor reports whether a verb of paying has the goods themselves for its object.
func (p *phrasing) paidFor() bool {
	for i := p.from; i < p.to; i++ {
		if m := p.spans[i].mark; m == buyVerb || isPeriod(m) {
			return false
		}
	}
	if p.paysBefore() {
		return true
	}
	behind := p.last + 1
	for behind < p.to-1 && (p.cue(behind, please) || p.spans[behind].mark == seat) {
		behind++
	}
	return behind == p.to-1 && p.pays(behind)
}

func (p *phrasing) paysBefore() bool {
	for i := p.first - 1; i >= p.from; i-- {
		switch m := p.spans[i].mark; {
		case p.pays(i):
			return true
		case m != filler && m != toward && m != of && m != article && m != polite:
			return false
		}
	}
	return false
}

func (p *phrasing) pays(i int) bool {
	s := &p.spans[i]
	w := p.tokens[s.from].text
	return payingVerbs[w] || s.to == s.from+2 && payingWords[w+p.tokens[s.to-1].text]
}

var (
	payingVerbs = set("pay paying settle bezahle bezahl bezahlt bezahlen zahle zahl zahlen begleiche paie paye payez payer payons regle reglez regler acquitte")
	payingWords = set("付款 支付 付钱 付账 买单 付清 结账")
)

// priced reports whether an offer, a bill or a price of the goods is asked for, not the goods.
func (p *phrasing) priced() bool {
	for i := p.from; i+1 < p.first; i++ {
		if papers[p.tokens[p.spans[i].to-1].text] && (p.spans[i+1].mark == toward || p.spans[i+1].mark == of || p.wordOf(i+1) == "uber" || p.wordOf(i+1) == "ueber") {
			return true
		}
	}
	for i := p.last + 1; i+1 < p.to; i++ {
		if p.wordOf(i) == "的" && (p.spans[i+1].mark == price || p.wordOf(i+1) == "发") {
			return true
		}
	}
	return false
}

var papers = set(`unterlagen documents paperwork contract contracts vertrag vertrage dossier contrat contrats formular form quote quotation estimate price pricing prices invoice bill offer cost discount receipt proposal budget
	angebot kostenvoranschlag preis rechnung rabatt offerte beleg preisangebot budget etat
	devis prix tarif facture offre remise rabais recu chiffrage`)

// exchanged reports whether Chinese has some goods changed into others.
func (p *phrasing) exchanged() bool {
	if p.lang != chinese {
		return false
	}
	before, turned := false, false
	for i := p.start; i < p.end; i++ {
		switch p.spans[i].mark {
		case product:
			if turned && before {
				return true
			}
			before = true
		case correction:
			turned = before && (p.handled() || p.wordOf(i) != ",")
		case comma:
			before = before && p.handled()
		}
	}
	return false
}

// capped reports whether another number is set against that of the goods: but I only allow 5.
func (p *phrasing) capped() bool {
	turned := false
	for i := p.last + 1; i < p.end; i++ {
		turned = turned || turning[p.wordOf(i)] || p.spans[i].mark == says
		number := p.spans[i].mark == amount || p.spans[i].mark == filler && p.tokens[p.spans[i].from].kind == numberToken // of what is only told
		if (turned || p.suffices(i+1)) && number && !p.costs(i) && !p.goodsAt(i+1) {
			return true
		}
	}
	return false
}

// confirmed reports whether what stands there already is said again and agreed with: right, 6 Visio,
// I confirm the order.
func (p *phrasing) confirmed() bool {
	if !agreeing[p.wordOf(p.start)] || p.wishesIn(p.start, p.last+1) {
		return false
	}
	for i := p.last + 1; i < p.end; i++ {
		if m := p.spans[i].mark; m == approve || m == place {
			return true
		}
	}
	return false
}

var agreeing = set("right correct yes yep yeah exactly stimmt genau ja richtig jawohl exact exactement oui parfait 对 是 嗯 好")

// putOff reports whether the goods are for another time, or the writer does not believe in them:
// remind me to buy 5, wait before you buy 5, I doubt that we need 5.
func (p *phrasing) putOff() bool {
	for i := p.start; i < p.first; i++ {
		if w := p.wordOf(i); doubting[w] && (i == p.start || p.spans[i-1].mark != negation) || holdingOff[w] && (i == p.start || p.spans[i-1].mark == polite) {
			return true
		}
	}
	return withdrawing.in(p.words())
}

var (
	doubting   = set(`reminder rappel erinnerung memo remind doubt doubts rappelle rappelez rappeler doute doutes erinnere erinner erinnert bezweifle bezweifeln zweifle`)
	holdingOff = set(`wait attends attendez attendre patiente patientez warte wartet warten abwarten`)
)

// suffices reports whether a number is said to be enough: 5 suffisent.
func (p *phrasing) suffices(i int) bool {
	return i < p.end && (p.spans[i].mark == unreal || p.spans[i].mark == denial || p.cue(i, enough) || p.cue(i, finite) && i+1 < p.end && p.spans[i+1].mark == denial)
}

func (p *phrasing) goodsAt(i int) bool {
	for ; i < p.end; i++ {
		switch p.spans[i].mark {
		case product, seat:
			return true
		case filler, more, of, classifier:
		default:
			return false
		}
	}
	return false
}
