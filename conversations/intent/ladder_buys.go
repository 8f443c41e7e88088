package intent

// informs: prices, comparisons, what happened, what others said.
func (r *reading) informs(s *seen) (Kind, bool) {
	switch {
	case s.has(price, compare) && !(s.has(cancel) && !s.has(product, amount)) && !r.settles(s) && (!r.orders(s) || r.weighs(s) || r.endsIn(price) && s[buyVerb] > s[amount]):
		return None, true
	case s.has(says) && !s.has(amount, buyVerb):
		return None, true
	case s.has(past) && !s.has(buyVerb, want):
		return None, true
	case s.has(own) && !s.has(buyVerb, want, polite) && !r.follows():
		return None, !s.has(help)
	case s.has(question) && s[question] <= 1 && !s.has(amount, polite, help, howTo) && !s.has(buyVerb) && s.has(product):
		return None, true
	case s.has(question) && !s.has(polite, help, want) && s.has(buyVerb) && s[question] < s[buyVerb] && s[question] <= 1 && r.asking():
		return None, true
	}
	return None, false
}

// settles reports whether a price is only spoken of to say when it is paid: costs monthly.
func (r *reading) settles(s *seen) bool {
	if !s.has(amount) || !s.has(product, seat) || s.has(compare, question) || r.asking() {
		return false
	}
	for i := s[price] + 1; i < len(r.spans) && i < s[price]+3; i++ {
		if manner[r.spans[i].mark] {
			return true
		}
	}
	return false
}

// weighs reports whether it is asked what a choice would change: does it matter whether I take 10 or 40.
func (r *reading) weighs(s *seen) bool {
	for i := max(s[price], s[compare]) + 1; i < s[product] && r.asking(); i++ {
		if weighing[r.tokens[r.spans[i].from].text] {
			return true
		}
	}
	return false
}

var weighing = set("whether if ob wenn si que")

// asking reports whether the message ends with a question mark.
func (r *reading) asking() bool {
	n := len(r.spans)
	return n > 0 && r.tokens[r.spans[n-1].to-1].text == "?"
}

// endsIn reports whether that is what a message ends with: 40 F3, how much.
func (r *reading) endsIn(m mark) bool {
	n := len(r.spans)
	return n > 0 && r.spans[n-1].mark == m
}

// closes reports whether a message ends with that, but for a question mark.
func (r *reading) closes(m mark) bool {
	n := len(r.spans)
	if r.asking() {
		n--
	}
	return n > 0 && r.spans[n-1].mark == m
}

// orders reports whether a verb of buying has a number and goods.
func (r *reading) orders(s *seen) bool {
	return s.has(buyVerb) && s.has(amount) && s.has(product, seat)
}

// buys: a product, a number of seats, or a wish to buy.
func (r *reading) buys(s *seen) (Kind, bool) {
	switch {
	case s.has(product) && (s.has(amount, many, buyVerb, want, monthly, annual, article, autoAssign, some) || r.fragment()):
		return Buy, true
	case s.has(seat) && s.has(amount, many, buyVerb, want, more):
		return Buy, true
	case s.has(subscription) && s.has(buyVerb, want, amount):
		return Buy, true
	case !s.has(product) && (r.swaps(s[insteadOf]) || s[cancel] == 0 && s[amount] > s[correction] && s[correction] > 0):
		return Buy, true
	case s.has(amount, many) && (s.has(people, classifier) && s.has(buyVerb, want, more) || r.unknownGoods(s) || r.fragment()):
		return Buy, true
	case s.has(monthly) && s.has(annual) && s.has(insteadOf):
		return Buy, true
	case s.has(buyVerb) && !s.has(howTo) && r.wishes(s):
		return Buy, true
	}
	return Buy, s.has(monthly, annual, otherPeriod) && r.fragment()
}

// swaps reports whether a number is to be in the place of another: 42 instead of 24.
func (r *reading) swaps(i int) bool {
	return i > 0 && i == len(r.spans)-2 && r.spans[i-1].mark == amount && r.spans[i+1].mark == amount
}

// wishes reports whether a verb of buying stands alone enough to mean licences.
func (r *reading) wishes(s *seen) bool {
	return !s.has(other, void, cancel, approve, place) && r.missed == 0
}

// unknownGoods reports whether a number of something unknown is asked for.
func (r *reading) unknownGoods(s *seen) bool {
	return s.has(unknown) && s.has(buyVerb) && s[unknown]-s[amount] >= 1 && s[unknown]-s[amount] <= 3
}

// fragment reports whether a message is no more than values and words without weight.
func (r *reading) fragment() bool {
	heavy := 0
	for i := range r.spans {
		switch r.spans[i].mark {
		case unknown:
			heavy++
		case other, question, says, cancel, endVerb, void, past, own, help, howTo, approve, place, program, empty, unit, label, thing, from:
			heavy += 2
		}
	}
	return heavy < 2
}
