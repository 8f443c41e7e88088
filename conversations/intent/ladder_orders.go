package intent

import (
	"slices"
	"strings"
)

// ordered: approvals, placements and attempts to give new rules, without a purchase
// beside them.
func (r *reading) ordered(s *seen) (Kind, bool) {
	if r.releases() {
		return None, true
	}
	if !s.has(approve, place, program) || s[howTo] >= 0 && s[howTo] <= 1 {
		return None, false
	}
	return None, !r.purchaseBeside(s)
}

// releases reports whether German lets an order pass: Freigeben is of licences as well.
func (r *reading) releases() bool {
	verb, order := false, false
	for i := range r.tokens {
		w := r.tokens[i].text
		if particle := waving[w]; particle != "" && r.tokens[r.lastOfPart(i)].text == particle && (particle != "frei" || r.numbered()) {
			return !r.buysApart()
		}
		verb = verb || w == "freigeben" || w == "freizugeben" || w == "freigabe" || w == "frei" && i == r.lastOfPart(i)
		order = order || passed[w]
	}
	return verb && order && r.lang == german && !r.buysApart()
}

// numbered reports whether a number is anywhere.
func (r *reading) numbered() bool {
	return slices.ContainsFunc(r.spans, func(s span) bool { return s.mark == amount })
}

// waving are verbs of approval that a particle at the end of their part makes such.
var waving = map[string]string{
	"wink": "durch", "winke": "durch", "winkt": "durch", "winken": "durch", "lass": "durch", "lasst": "durch", "lassen": "durch",
	"nick": "ab", "nicke": "ab", "nickt": "ab", "nicken": "ab", "segne": "ab", "segnet": "ab", "segnen": "ab", "zeichne": "ab", "zeichnet": "ab", "zeichnen": "ab",
	"gib": "frei", "gebt": "frei", "gebe": "frei", // 10 of them; somebody's licence is freed
	"heisse": "gut", "heiss": "gut", "heisst": "gut", "heissen": "gut",
	"wave": "through", "nod": "through", "let": "through", "sign": "off",
}

// buysApart reports whether a part that names no order asks for something.
func (r *reading) buysApart() bool {
	from := 0
	for i := 0; i <= len(r.spans); i++ {
		if i < len(r.spans) && !r.breaksPart(i) {
			continue
		}
		order := false
		for j := from; j < i; j++ {
			w := r.tokens[r.spans[j].from].text
			order = order || passed[w] || waving[w] != "" || r.spans[j].mark == approve
		}
		if !order && r.purchase(from, i) {
			return true
		}
		from = i + 1
	}
	return false
}

// lastOfPart is the last word before the next mark of punctuation.
func (r *reading) lastOfPart(i int) int {
	for i+1 < len(r.tokens) && r.tokens[i+1].kind != markToken {
		i++
	}
	return i
}

// passed is what somebody else has asked for.
var passed = set("bestellung bestellungen antrag antrage auftrag anfrage vorgang bestellanforderung kaufantrag")

// purchaseBeside reports whether a part of the message without such words asks for
// something.
func (r *reading) purchaseBeside(s *seen) bool {
	if !s.has(product, seat, amount) {
		return false
	}
	from := 0
	for i := 0; i <= len(r.spans); i++ {
		if i < len(r.spans) && !r.breaksPart(i) {
			continue
		}
		if r.purchase(from, i) {
			return true
		}
		from = i + 1
	}
	return false
}

func (r *reading) breaksPart(i int) bool {
	m := r.spans[i].mark
	return m == stop || m == and || m == comma || m == program || m == approve || m == place
}

// purchase reports whether spans name goods with a verb of buying or a number.
func (r *reading) purchase(from, to int) bool {
	if from > 0 && from <= len(r.spans) {
		if m := r.spans[from-1].mark; m == approve || m == place || m == program && !r.asksIn(from, to) && (r.setsPrice(from-1) || from < to && r.spans[from].mark == toward) {
			return false
		}
	}
	if r.ruledOn(from) && !r.asksIn(from, to) && !r.begsApart(from, to) {
		return false
	}
	if to < len(r.spans) && (r.spans[to].mark == approve || r.spans[to].mark == place || r.spans[to].mark == program) && (r.handled() || r.lastVerb(from, to)) {
		return false // 把 goods 批了: the verb comes last
	}
	goods, asks := false, false
	for i := from; i < to; i++ {
		switch r.spans[i].mark {
		case product, seat:
			goods = true
		case classifier: // 买 13 个: of what was named
			goods = goods || r.asksIn(from, to)
		case buyVerb, want:
			asks = asks || !r.isLabel(i)
		case amount, many:
			asks = asks || !r.costs(i) && (i == from || r.spans[i-1].mark != label && !r.isLabel(i-1))
		}
	}
	return goods && asks
}

// begsApart reports whether a part asks politely in a sentence of its own.
func (r *reading) begsApart(from, to int) bool {
	if from == 0 || from > len(r.spans) || r.spans[from-1].mark != stop {
		return false
	}
	for i := from; i < to; i++ {
		if r.spans[i].mark == polite || r.cue(i, please) {
			return true
		}
	}
	return false
}

// setsPrice reports whether an attempt to give new rules is of what something costs.
func (r *reading) setsPrice(i int) bool {
	for _, t := range r.tokens[r.spans[i].from:r.spans[i].to] {
		if prices[t.text] {
			return true
		}
	}
	return false
}

var prices = set("price prices cost prix tarif preis preise 价")

// ruledOn reports whether nothing but a verdict stands before a part: approved: 10 Copilot.
func (r *reading) ruledOn(from int) bool {
	ruled := false
	for i := range r.spans[:min(from, len(r.spans))] {
		switch r.spans[i].mark {
		case approve, place:
			ruled = true
		case comma, stop, filler, polite, yes, article:
		default:
			if !ruledThings[r.wordOf(i)] {
				return false
			}
		}
	}
	return ruled
}

// ruledThings may be named beside a verdict: order confirmed, 订单已确认.
var ruledThings = set("order request purchase commande demande achat bestellung antrag auftrag anfrage bestellanforderung 订 申 请 采 已 我 经 mon my meine")

// asksIn reports whether a part has a verb of its own that asks for something.
func (r *reading) asksIn(from, to int) bool {
	return slices.ContainsFunc(r.spans[from:to], func(s span) bool { return s.mark == buyVerb || s.mark == want })
}

// lastVerb reports whether the infinitive behind a part is its only verb, as in German: die
// 10 Project bitte durchwinken.
func (r *reading) lastVerb(from, to int) bool {
	for i := from; i < to; i++ {
		if m := r.spans[i].mark; m == buyVerb || m == want {
			return false
		}
	}
	return r.lang == german && strings.HasSuffix(r.tokens[r.spans[to].to-1].text, "en")
}
