package intent

import "slices"

// abilities: somebody asks what can be done here, with whatever words between.
func (r *reading) abilities(s *seen) (Kind, bool) {
	if s.has(product, amount, seat, cart, mine, owned, price, compare, other, subscription) || !r.asking() && r.missed > 1 {
		return None, false
	}
	var what, may, you, do bool
	for i := range r.tokens {
		w := r.tokens[i].text
		what, may, you, do = what || whatWords[w], may || mayWords[w], you || youWords[w], do || doWords[w]
	}
	return Help, what && may && you && (do || r.lang == german) && len(r.tokens) < 12
}

var (
	whatWords = set("what que quoi qu was wobei 什 啥")
	mayWords  = set("can could able peux sais pouvez savez kannst konnt konnen 能 会")
	youWords  = set("you u tu vous du ihr sie 你 您")
	doWords   = set("do faire fair 做 干")
)

// weighsUp: it is asked which of several products is better, whatever number is beside them.
func (r *reading) weighsUp(s *seen) (Kind, bool) {
	if !r.asks() || s.has(buyVerb, want, polite, help, howTo, cart, assignVerb) {
		return None, false
	}
	several := false
	for i := range r.spans {
		if r.spans[i].mark != product {
			continue
		}
		if i > 0 && (r.spans[i-1].mark == amount || r.spans[i-1].mark == classifier || r.spans[i-1].mark == seat) || i+1 < len(r.spans) && r.spans[i+1].mark == amount {
			return None, false
		}
		several = several || s[product] != i
	}
	return None, several
}

// evens: it is asked what two numbers of the same would cost: 买60个跟买50个，单价一样吗.
func (r *reading) evens(s *seen) (Kind, bool) {
	if !s.has(price, compare) || !r.asks() || s.has(want, polite) {
		return None, false
	}
	numbers, products := 0, 0
	for i := range r.spans {
		switch r.spans[i].mark {
		case amount:
			numbers++
		case product:
			products++
		}
	}
	return None, products == 1 && (numbers > 1 || r.lang == chinese && slices.ContainsFunc(r.portions(), r.costsWhat))
}

// costsWhat reports whether a part both names goods and asks what they would cost.
func (r *reading) costsWhat(p portion) bool {
	return r.first(p, price) > r.first(p, product, amount) && r.first(p, product, amount) >= 0 && r.first(p, question) > r.first(p, price)
}

// wondersUse: it is asked what a licence may be used for, and on how many devices.
func (r *reading) wondersUse(s *seen) (Kind, bool) {
	if !s.has(product) || !r.asking() || s.has(buyVerb, want, assignVerb, cart, mine, owned, help, howTo) || r.cue(0, please) {
		return None, false
	}
	return None, slices.ContainsFunc(r.tokens, func(t token) bool { return usings[t.text] })
}

var usings = set("used use share nutzen verwenden benutzen teilen utiliser partager installer installieren install 用 装")

// keeps: somebody who is named has something, which is told: Julie a Power BI.
func (r *reading) keeps(s *seen) (Kind, bool) {
	if !s.has(product) || s.has(buyVerb, want, polite, assignVerb, unassignVerb, cancel) || len(r.spans) == 0 || r.spans[0].mark != unknown {
		return None, false
	}
	i := 0
	for i < len(r.spans) && r.spans[i].mark == unknown {
		i++
	}
	if i == len(r.spans) {
		return None, false
	}
	w := r.tokens[r.spans[i].from].text
	return None, i < 4 && (r.spans[i].mark == own || w == "a" && r.spans[i].bytes[1]-r.spans[i].bytes[0] == 1 || w == "hat" || w == "有") && i+1 < len(r.spans) && leadsTo(r.spans[i+1:], product, amount)
}

// rules: an order with its number is spoken of to pass a verdict on it, and the goods in it are
// only named: request 5512 (20 Business Premium).
func (r *reading) rules(s *seen) (Kind, bool) {
	if !s.has(approve) || !s.has(product) {
		return None, false
	}
	named := false
	for i := range r.spans {
		w := r.tokens[r.spans[i].from].text
		order := r.spans[i].mark == label || nouns[w] || passed[w]
		switch m := r.spans[i].mark; {
		case order && i < s[product] && r.numberedOrder(i):
			named = true
		case (m == buyVerb || m == want) && (!order || i > 0 && r.spans[i-1].mark == and): // and buy
			return None, false
		}
	}
	return None, named || asksWho[r.tokens[0].text] && r.asks()
}
