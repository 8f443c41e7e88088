package intent

import "slices"

// assigns: licences that are owned already are given to people, or taken from them.
func (r *reading) assigns(s *seen) (Kind, bool) {
	if s[help] == 0 && r.asking() && r.spans[0].to > 2 && !s.has(amount) { // comment ça marche pour
		return Help, true
	}
	if r.takes(s) {
		return Unassign, true
	}
	return Assign, r.gives(s)
}

// takes: a verb of taking with a licence and somebody.
func (r *reading) takes(s *seen) bool {
	if s.has(product, seat) && r.fetches(s) || r.strips(s) {
		return true
	}
	if s.has(cancel) && s.has(product) && s[cancel] < s[assignVerb] { // cancel the assignment
		return true
	}
	if !s.has(unassignVerb) || !s.has(product, seat, mine) || s.has(cart) {
		return false
	}
	if r.demanded() && r.stopsAfter(s[unassignVerb]) {
		return false
	}
	if s.has(want) && s.has(amount) || s.has(denial) && !r.givesUp(s) {
		return false
	}
	return r.somebody(s, s[unassignVerb])
}

// stopsAfter reports whether the goods are in a sentence behind that of a verb.
func (r *reading) stopsAfter(verb int) bool {
	for i := verb; i < len(r.spans); i++ {
		switch r.spans[i].mark {
		case product, seat:
			return false
		case stop:
			return true
		}
	}
	return false
}

// givesUp reports whether what somebody does not need is to be taken back: they no longer need
// Visio, take it away from them.
func (r *reading) givesUp(s *seen) bool {
	return s[denial] >= 0 && s[unassignVerb] > s[denial] && r.apart(s[denial], s[unassignVerb]) && !s.has(buyVerb, want)
}

// gives: a verb of giving whose object is a licence, and no verb of buying before it.
func (r *reading) gives(s *seen) bool {
	if r.ofPool(s) || r.fromPool(s) || r.spared(s) || r.puts(s) || r.shares(s) {
		return true
	}
	if !s.has(assignVerb) || !s.has(product, seat, mine, pool) || s.has(autoAssign, automatic, approve) || s.has(price, compare) && r.asking() || s.has(monthly, annual) {
		return false
	}
	if s.has(buyVerb) && s[buyVerb] < s[assignVerb] && !r.modal(s) || r.negated(s) {
		return false
	}
	if s[product] >= 0 && s[product] < s[assignVerb] && s.has(amount) && !s.has(pool) && !r.handled() {
		return false
	}
	return r.together(s) && (r.somebody(s, s[assignVerb]) || s.has(pool))
}

// ofPool reports whether some of what nobody uses, named first, is to be given: of our spare
// Visio, give 3 to sales.
func (r *reading) ofPool(s *seen) bool {
	return s.has(pool, owned) && s.has(product) && s[product] < s[assignVerb] && max(s[pool], s[owned]) < s[assignVerb] && !s.has(buyVerb, want, monthly, annual, automatic, autoAssign, approve, question, unassignVerb, negation, later) &&
		(s[amount] < 0 || s[amount] > s[assignVerb]) && r.somebody(s, s[assignVerb])
}

// handled reports whether the object is before its verb, as Chinese marks it.
func (r *reading) handled() bool {
	for i := range r.tokens {
		if w := r.tokens[i].text; w == "把" || w == "将" {
			return true
		}
	}
	return false
}

// fetches reports whether the verb is of taking in both senses, and who it is taken from
// is said: take Visio from Kim.
func (r *reading) fetches(s *seen) bool {
	if !s.has(buyVerb) || s.has(cart) || s.has(label) && !r.accounts() {
		return false
	}
	verb := r.tokens[r.spans[s[buyVerb]].from].text
	for i := s[buyVerb] + 1; i < len(r.spans); i++ {
		w := r.tokens[r.spans[i].from].text
		if fetching[verb] && fetchedFrom[w] && !s.has(amount) || returned[w] && retrieving[verb] && (!s.has(amount) || s.has(from, of, people, group)) {
			return r.named(i)
		}
	}
	return false
}

// accounts reports whether licences are of somebody's account: take Visio off Kim's account.
func (r *reading) accounts() bool {
	return slices.ContainsFunc(r.tokens, func(t token) bool { return t.text == "account" || t.text == "accounts" })
}

// strips reports whether the licence of somebody who is named is called off: cancel Kim's
// Visio, withdraw Visio from the trainees.
func (r *reading) strips(s *seen) bool {
	if !s.has(cancel, empty) || !s.has(product) || s.has(amount, cart, label, buyVerb, subscription, mine, void) {
		return false
	}
	verb := max(s[cancel], s[empty])
	return s[thing] >= 0 || verb < s[product] && (s.has(from) || r.lang == chinese) && s.has(people, group, unknown)
}

// named reports whether somebody follows or is named at all.
func (r *reading) named(at int) bool {
	for i := range r.spans {
		switch r.spans[i].mark {
		case thing, people, group:
			return true
		case unknown:
			if i != at {
				return true
			}
		}
	}
	return false
}

// fromPool reports whether what is taken is owned already, and somebody is to have it: take
// 5 Visio from our pool for the new people.
func (r *reading) fromPool(s *seen) bool {
	if !s.has(pool) || !s.has(buyVerb, want) || !s.has(product, seat) || s.has(monthly, annual) {
		return false
	}
	verb := s[buyVerb]
	if verb < 0 || s[want] >= 0 && s[want] < verb {
		verb = s[want]
	}
	return r.spans[verb].to > r.spans[verb].from && drawn[r.tokens[r.spans[verb].from].text] && (s.has(assignVerb) || r.somebody(s, verb))
}

// spared reports whether somebody who is named is to have what nobody uses: put Tom on a
// spare Visio.
func (r *reading) spared(s *seen) bool {
	if !s.has(pool) || !s.has(product) || s.has(endVerb) || s.has(amount, monthly, annual, question, owned, show, unassignVerb, price, label, cart) && !r.spelt(s) {
		return false
	}
	if s.has(buyVerb) && s[thing] < 0 || r.asking() {
		return false
	}
	return s.has(thing, unknown) && r.missed < 3
}

// puts reports whether somebody who is named is put on a product: put Lisa on Visio.
func (r *reading) puts(s *seen) bool {
	if s.has(amount, monthly, annual, question, cart) {
		return false
	}
	for i := range r.spans {
		if !putting[r.tokens[r.spans[i].from].text] {
			continue
		}
		named := i + 1
		for named < len(r.spans) && (r.spans[named].mark == unknown || r.spans[named].mark == thing || r.spans[named].mark == and) {
			named++
		}
		if named > i+1 && named+1 < len(r.spans) && onto[r.tokens[r.spans[named].from].text] && r.spans[named+1].mark == product {
			return true
		}
	}
	return false
}

var (
	putting = set("put set mets mettez mettre setz setze setzen setzt pack packe")
	onto    = set("on onto sur auf")
)

// shares reports whether what is owned is to be used for somebody: 给小王开通 Visio，用我们现有的.
func (r *reading) shares(s *seen) bool {
	if !s.has(pool, mine) || !s.has(product) || !s.has(toward) || s.has(monthly, annual, question, owned, show, unassignVerb, price, label, cart, want) {
		return false
	}
	if s.has(amount) && !r.spans[s[amount]].spelt {
		return false
	}
	for i := range r.tokens {
		if sharing[r.tokens[i].text] {
			return s.has(unknown, thing, people, group) || s[toward] > s[pool]
		}
	}
	return false
}

// sharing are words for making use of what is there.
var sharing = set("use utilise utilisez verwende verwendet nutze nutzt 用")

// spelt reports whether no number is named but an article.
func (r *reading) spelt(s *seen) bool {
	return s.has(amount) && r.spans[s[amount]].spelt && !s.has(monthly, annual, question, owned, show, unassignVerb, price, label, cart)
}

// handsOut: whether what is being bought is to be given to people at once, and nothing else.
func (r *reading) handsOut(s *seen) (Kind, bool) {
	if s.has(product, seat, amount, thing, people, group, pool, mine, own, owned, cart, subscription, question, help, howTo, approve, place, program, buyVerb, price) {
		return None, false
	}
	if s.has(autoAssign) || s.has(assignVerb) && s.has(automatic) {
		return Buy, r.missed < 2
	}
	return Buy, s.has(assignVerb) && s.has(atOnce, negation, everyone, later, byHand, nobody, denial) && r.missed == 0
}

// drawn are the verbs of buying and wishing that also are of taking from what is there.
var drawn = set("take use grab nimm nehmt nehmen hol prends prenez prendre utilise 拿 取 用")

// fetching verbs take from somebody where a word of fetchedFrom follows, and retrieving
// ones where the licence comes back.
var (
	fetching    = set("take nimm nehmt nehmen hol")
	fetchedFrom = set("from off away weg raus")
	retrieving  = set("get take hol hole holen recuperer recupere")
	returned    = set("back zuruck zurueck")
)

func (r *reading) negated(s *seen) bool {
	return s.has(negation) && s[negation] < s[assignVerb]+3
}

// modal reports whether the verb of buying is a helper: "nimm ein Visio und gib ..." is not.
func (r *reading) modal(s *seen) bool { return s.has(pool) && !s.has(amount) }

// together reports whether the licence is in the verb's own part of the sentence.
func (r *reading) together(s *seen) bool {
	at := s[assignVerb]
	goods := s[product]
	if goods < 0 {
		goods = max(s[seat], s[mine], s[pool])
	}
	from, to := min(at, goods), max(at, goods)
	for i := from; i < to; i++ {
		if m := r.spans[i].mark; m == stop || m == comma || m == and && from == goods && r.spans[i+1].mark != product {
			return false
		}
	}
	return from == at || !s.has(want) || s[want] > goods || s.has(pool)
}

// somebody reports whether a person, a group or an address is named.
func (r *reading) somebody(s *seen, verb int) bool {
	if s.has(thing, everyone, group, people, nobody, of) {
		return true
	}
	for i := range r.spans {
		if m := r.spans[i].mark; m == unknown && i != verb {
			return true
		}
	}
	return s.has(toward, from)
}
