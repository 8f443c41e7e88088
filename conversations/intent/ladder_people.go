package intent

// assigns: licences that are owned already are given to people, or taken from them.
func (r *reading) assigns(s *seen) (Kind, bool) {
	if r.takes(s) {
		return Unassign, true
	}
	return Assign, r.gives(s)
}

// takes: a verb of taking with a licence and somebody.
func (r *reading) takes(s *seen) bool {
	if s.has(from) && s.has(product, seat) && r.fetches(s) {
		return true
	}
	if s.has(cancel) && s.has(product) && s[cancel] < s[assignVerb] { // cancel the assignment
		return true
	}
	if !s.has(unassignVerb) || !s.has(product, seat, mine) || s.has(cart) {
		return false
	}
	if s.has(want) && s.has(amount) || s.has(denial) {
		return false
	}
	return r.somebody(s, s[unassignVerb])
}

// gives: a verb of giving whose object is a licence, and no verb of buying before it.
func (r *reading) gives(s *seen) bool {
	if r.fromPool(s) {
		return true
	}
	if !s.has(assignVerb) || !s.has(product, seat, mine, pool) || s.has(autoAssign, automatic, approve) || s.has(monthly, annual) {
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
	if !s.has(buyVerb) || !fetching[r.tokens[r.spans[s[buyVerb]].from].text] || s[from] < s[buyVerb] {
		return false
	}
	return fetchedFrom[r.tokens[r.spans[s[from]].from].text]
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

// drawn are the verbs of buying and wishing that also are of taking from what is there.
var drawn = set("take use grab nimm nehmt nehmen hol prends prenez prendre utilise 拿 取 用")

var fetching = set("take nimm nehmt nehmen hol")

var fetchedFrom = set("from off away weg")

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
		if m := r.spans[i].mark; m == stop || m == comma || m == and && from == goods {
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
