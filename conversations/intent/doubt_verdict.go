package intent

import "slices"

// judged reports whether what comes before the goods rules on a request, and nothing asks for them
// since: approve Paul's request: 5 Visio. That the budget is approved rules on none.
func (p *phrasing) judged() bool {
	ruled, request, on := false, false, false
	for i := p.start; i < p.first; i++ {
		w, m := p.wordOf(i), p.spans[i].mark
		next := &p.spans[i+1]
		verdict := m == approve || refusals[w] || verdicts[w]
		ruled, request = ruled || verdict, request || requests[w] && next.mark != amount
		on = on || ruled && request || verdict && (next.mark == toward || i <= p.start+1 && p.wordOf(i+1) == ":")
		if (m == buyVerb || m == want) && (!requests[w] || next.mark == amount) {
			ruled, request, on = false, false, false
		}
	}
	return on
}

var (
	refusals = set("refuse refusez refusee rejette rejetez reject decline deny lehne ablehnen freigeben freigabe freigaben genehmige genehmigen")
	requests = set("request requests application demande commande antrag antrage anfrage anfragen order orders bestellung s 申")
)

// dropped reports whether the product is called off further on: actually drop the Standard.
func (p *phrasing) dropped() bool {
	if p.goods < 0 {
		return false
	}
	for i := p.goods; i < len(p.spans); i++ {
		if (i == p.goods || i > p.to) && p.spans[i].mark == product && p.spans[i].same(&p.spans[p.goods]) && (p.dropsAt(i-1) || p.dropsAt(i-2)) {
			return true
		}
	}
	return false
}

func (p *phrasing) dropsAt(i int) bool {
	return i > p.last && (p.spans[i].mark == cancel || takesOut[p.wordOf(i)] || dropping[p.wordOf(i)])
}

var dropping = set("drop skip forget remove oublie oubliez retire retirez supprime streich streiche vergiss lass")

// cleared reports whether a question is whether the goods may be had: geht das klar?
func (p *phrasing) cleared() bool {
	return p.asksBack() && slices.ContainsFunc(p.spans[p.last+1:p.end], func(s span) bool { return s.mark == approve })
}
