package intent

import "slices"

// What a message asks for is its verb and that verb's object: to see the cart, to be told of
// what is owned, to be taught, to have the purchase dropped. Goods and numbers that it names
// beside that, in passing, are no purchase. Only where another part asks for goods by a verb
// of its own do these rungs leave the message to those below.

// looksUp: the cart, or what the company has, is to be shown or told of.
func (r *reading) looksUp(s *seen) (Kind, bool) {
	if !s.has(amount) || !s.has(product, seat) || s.has(approve, place, program, price, compare, endVerb) || s.has(unassignVerb) && !(r.counts() && r.asks()) || s.has(empty) && (!r.asks() || s.has(polite)) || s.has(cancel) && !s.has(show) || r.demanded() {
		return None, false
	}
	if r.viewsCart(s) {
		return Cart, true
	}
	return Subscriptions, !s.has(cart) && r.asksWhatIsOwned(s)
}

// viewsCart reports whether a part that names the cart asks about it, or names no goods.
func (r *reading) viewsCart(s *seen) bool {
	for _, p := range r.portions() {
		if !r.namesCart(p) {
			continue
		}
		if r.questions(p) || !p.goods && r.first(p, toward) < 0 && !r.overList(p) || s.has(show, question) {
			return true
		}
	}
	return false
}

// namesCart reports whether a part names the cart, be it only as where things went.
func (r *reading) namesCart(p portion) bool {
	for i := p.from; i < p.to; i++ {
		if m := r.spans[i].mark; m == cart || m == buyVerb && r.tokens[r.spans[i].to-1].text == "车" {
			return true
		}
	}
	return false
}

// overList reports whether a part is what stands over a list.
func (r *reading) overList(p portion) bool {
	if p.to >= len(r.spans) {
		return false
	}
	w := r.tokens[r.spans[p.to].from].text
	return w == ":" || w == "\n"
}

// definiteIn reports whether the goods of a part were spoken of before: the 5 Visio.
func (r *reading) definiteIn(p portion) bool {
	goods := r.first(p, product, amount)
	return goods > p.from && r.cue(goods-1, known)
}

// questions reports whether a part asks to see or to be told.
func (r *reading) questions(p portion) bool {
	if r.first(p, show, question, owned) >= 0 {
		return true
	}
	if p.to >= len(r.spans) || r.tokens[r.spans[p.to].from].text != "?" {
		return false
	}
	return r.first(p, own) >= 0 || r.tokens[r.spans[p.from].from].text == "hab" || p.from < r.first(p, product, amount) && r.cue(p.from, finite) || r.definiteIn(p)
}

// asksWhatIsOwned reports whether something is asked of subscriptions and licences there are.
func (r *reading) asksWhatIsOwned(s *seen) bool {
	if s.has(help, howTo, polite) && s.has(assignVerb) || s.has(assignVerb) && !r.countsOwned() {
		return false
	}
	switch {
	case s.has(past) && asksWho[r.tokens[0].text]: // ordered 20
		return false
	case s.has(mine, owned):
		return r.inquires(s)
	case s.has(subscription):
		return (r.asking() || s.has(show)) && !s.has(buyVerb, want)
	case s[own] == 0 && s.has(or):
		return r.asks() && !s.has(buyVerb, want)
	case s.has(own):
		return s.has(show) && s[show] < s[own] && s.has(seat) && !s.has(buyVerb)
	}
	return r.countsOwned() && (r.asks() || !s.has(buyVerb, want)) || s.has(pool) && r.counts() && r.asks() || r.asks() && r.possessed() && !s.has(polite, help, howTo, narrated, unreal) && !s.has(buyVerb, want) && !asksWhy[r.tokens[0].text]
}

var asksWhy = set("why warum wieso weshalb pourquoi 为")

var asksWho = set("who wer qui 谁")

func (r *reading) inquires(s *seen) bool {
	return s.has(show, question, mine) || r.asks() || r.counts()
}

// asks reports whether a question mark is anywhere.
func (r *reading) asks() bool {
	for i := range r.spans {
		if w := r.tokens[r.spans[i].to-1].text; w == "?" || w == "吗" {
			return true
		}
	}
	return false
}

// countsOwned reports whether it is asked how many, or which, of those that are ours.
func (r *reading) countsOwned() bool { return r.possessed() && r.counts() }

// counts reports whether it is asked how many, or which.
func (r *reading) counts() bool {
	for i := range r.tokens {
		if w := r.tokens[i].text; counting[w] || r.lang == chinese && (w == "几" || w == "少") {
			return true
		}
	}
	return false
}

var (
	counting   = set("when wann quand how which any combien lequel lesquels lesquelles viele wieviele welche welcher")
	possessive = set("our my nos notre mes unsere unseren unserer unser meine meinen meiner")
)

// teaches: somebody wants to know how something is done, not to have it done.
func (r *reading) teaches(s *seen) (Kind, bool) {
	if !s.has(howTo, help, question) || !s.has(product, amount) || s.has(price, compare, approve, place, program, narrated) || r.demanded() {
		return None, false
	}
	for _, p := range r.portions() {
		if r.wondersHow(p) {
			return Help, true
		}
		at := r.first(p, howTo, help)
		if at >= 0 && r.instructs(at) && (r.verbIn(p) || r.spans[at].to-r.spans[at].from > 2 || r.first(p, assignVerb, unassignVerb, past) >= 0 || r.first(p, product, amount) < 0) {
			return Help, true
		}
	}
	return None, false
}

// wondersHow reports whether English asks how to buy, with words between: how exactly do I add 5.
func (r *reading) wondersHow(p portion) bool {
	at := r.first(p, question)
	return at >= 0 && r.wordOf(at) == "how" && at+1 < p.to && !howElse[r.wordOf(at+1)] && r.first(portion{from: at, to: p.to}, buyVerb) > at
}

var howElse = set("many much about come long soon fast quickly often")

// instructs reports whether words ask how, not for a hand: how to, a guide; not help me buy,
// nor wie besprochen.
func (r *reading) instructs(i int) bool {
	s := &r.spans[i]
	w := r.tokens[s.from].text
	if s.mark == help {
		hand := slices.ContainsFunc(r.tokens[s.from:s.to], func(t token) bool { return lendsHand[t.text] })
		return !hand || i > 0 && r.spans[i-1].mark == article
	}
	if w != "wie" || s.to > s.from+1 {
		return !(r.lang == chinese && i+1 < len(r.spans) && r.tokens[r.spans[i+1].from].text == "都")
	}
	return i+1 < len(r.spans) && subjects[r.tokens[r.spans[i+1].from].text]
}

var (
	lendsHand = set("help hlep assist assistance aide aidez besoin helfen hilf hilfe hilfst brauche benotige need support 帮 求")
	subjects  = set("man ich wir du kann konnen muss geht")
)

// callsOff: the purchase in progress is to be dropped, whatever was in it.
func (r *reading) callsOff(s *seen) (Kind, bool) {
	if !s.has(cancel) || !s.has(product) || s.has(mine, subscription, pool, assignVerb, unassignVerb, void, price, howTo, approve, place, program) || r.possessed() || r.demanded() || r.offersInstead() {
		return None, false
	}
	for _, p := range r.portions() {
		if at := r.first(p, cancel); at >= 0 && (r.dropsPurchase(p, at) || r.dropsAll(p)) {
			return Cancel, true
		}
	}
	return None, false
}

// dropsPurchase reports whether the object of a part's verb of dropping is the purchase itself.
func (r *reading) dropsPurchase(p portion, at int) bool {
	if last := r.tokens[r.spans[at].to-1].text; nouns[last] || dealings[last] { // discard the order
		return true
	}
	from := at + 1
	if r.lang == german || r.lang == chinese { // the verb may be the last
		from = p.from
	}
	for i := from; i < p.to; i++ {
		w := r.tokens[r.spans[i].to-1].text
		if r.lang == chinese {
			w = r.tokens[r.spans[i].from].text
		}
		if m := r.spans[i].mark; m == cart || (nouns[w] || dealings[w]) && !r.isLabel(i) && m != past {
			return !r.numberedOrder(i)
		}
		if m := r.spans[i].mark; i > at && (m == product || m == amount) {
			return false
		}
	}
	return false
}

// dealings are what is going on, beside the nouns of buying.
var dealings = set("purchase transaction form dialogue dialog entry saisie saisir operation einkauf vorgang eingabe 购 单 流")

// dropsAll reports whether a part says no more than that all this is dropped.
func (r *reading) dropsAll(p portion) bool {
	for i := p.from; i < p.to; i++ {
		switch r.spans[i].mark {
		case cancel, filler, all, polite, yes, everyone:
		case unknown: // an interjection
			if i > p.from {
				return false
			}
		case correction, insteadOf:
			if i > p.from && r.tokens[r.spans[i].from].text == "," {
				return true
			}
		default:
			if !r.cue(i, please) {
				return false
			}
		}
	}
	return true
}

// offersInstead reports whether other goods are named behind a correction or a but, or alone.
func (r *reading) offersInstead() bool {
	for i := range r.spans {
		s := &r.spans[i]
		w := r.tokens[s.to-1].text
		if (s.mark == correction && !plainNo[w] || turning[w]) && leadsTo(r.near(i), amount, product) && !r.knownBehind(i) {
			return true
		}
	}
	return slices.ContainsFunc(r.portions(), func(p portion) bool {
		return r.bare(p) && (p.from == 0 || r.tokens[r.spans[p.from-1].from].text != "(")
	})
}

// near are the few spans behind one.
func (r *reading) near(i int) []span { return r.spans[i+1 : min(i+9, len(r.spans))] }

// knownBehind reports whether the next goods were spoken of before: the 5 Visio.
func (r *reading) knownBehind(i int) bool { return i+1 < len(r.spans) && r.cue(i+1, known) }

// possessed reports whether goods are of the company: our 10 Visio.
func (r *reading) possessed() bool {
	for i := range r.spans {
		if first := r.tokens[r.spans[i].from].text; (possessive[first] || first == "我" && r.spans[i].mark == filler && r.spans[i].to > r.spans[i].from+1) && leadsTo(r.near(i), product, amount, seat) {
			return true
		}
	}
	return false
}

// numberedOrder reports whether a noun is that of one order, by its number.
func (r *reading) numberedOrder(i int) bool {
	return i+1 < len(r.spans) && (r.spans[i+1].mark == amount || r.spans[i+1].mark == thing) && (i+2 >= len(r.spans) || r.spans[i+2].mark != product && r.spans[i+2].mark != seat && r.spans[i+2].mark != classifier)
}
