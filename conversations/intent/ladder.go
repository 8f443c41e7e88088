package intent

import "strings"

// seen is what kinds of words a message has, with the first place of each.
type seen [other + 1]int

func (r *reading) look() seen {
	var s seen
	for i := range s {
		s[i] = -1
	}
	for i := range r.spans {
		if m := r.spans[i].mark; s[m] < 0 {
			s[m] = i
		}
	}
	return s
}

func (s *seen) has(marks ...mark) bool {
	for _, m := range marks {
		if s[m] >= 0 {
			return true
		}
	}
	return false
}

// decideKind goes down the ladder: the first rung that holds is what the writer wants.
// Nothing on it approves, confirms or places: such words lead to None, or are passed over
// beside an ordinary purchase.
func (r *reading) decideKind() Kind {
	kind, _ := r.climb()
	return kind
}

// climb also reports whether a rung held: else nothing is known of what the writer wants.
func (r *reading) climb() (kind Kind, held bool) {
	s := r.look()
	for _, rung := range []func(*seen) (Kind, bool){
		(*seen).nothing, r.coded, r.retracts, r.rules, r.ordered, r.teaches, r.abilities, r.looksUp, r.callsOff, r.weighsUp, r.evens, r.wondersUse, r.keeps, r.denied, r.howTo, r.handsOut, r.assigns, r.ends, r.empties, r.drops, r.carts, r.owns, r.tells, r.informs, r.buys, r.helps, r.cancels,
	} {
		if kind, holds := rung(&s); holds {
			return kind, true
		}
	}
	return None, false
}

func (s *seen) nothing() (Kind, bool) {
	for m := range s {
		if s[m] >= 0 {
			return None, false
		}
	}
	return None, true
}

// coded: what a program would read, not a person's wish.
func (r *reading) coded(*seen) (Kind, bool) {
	text := strings.TrimSpace(r.message)
	return None, strings.HasPrefix(text, "{") && strings.Contains(text, "\":")
}

// retracts: whatever was said is taken back, and nothing is asked for behind that.
func (r *reading) retracts(s *seen) (Kind, bool) {
	if s.has(assignVerb, unassignVerb, pool) { // from our pool, buy nothing; assign nothing for now
		return None, false
	}
	for i := s[takenBack] + 1; i < len(r.spans); i++ {
		switch r.spans[i].mark {
		case product, amount, buyVerb, want, cancel, cart:
			return None, false
		}
	}
	return None, s.has(takenBack)
}

// isLabel reports whether a verb of buying is the noun of a number: order 12.
func (r *reading) isLabel(i int) bool {
	return i+1 < len(r.spans) && ordering[r.tokens[r.spans[i].to-1].text] && (r.spans[i+1].mark == amount || r.spans[i+1].mark == thing || r.spans[i+1].mark == label) && (i+2 >= len(r.spans) || r.spans[i+2].mark != product && r.spans[i+2].mark != seat && r.spans[i+2].mark != classifier)
}

// denied: we do not need more, and nothing else is asked for.
func (r *reading) denied(s *seen) (Kind, bool) {
	if s.has(denial, negation, cancel) && !r.asksElsewhere() && r.endsInNo() {
		return None, true
	}
	if !s.has(denial) || r.givesUp(s) {
		return None, false
	}
	if s.has(cancel) && !s.has(product) {
		return Cancel, true
	}
	for i := range r.spans {
		if m := r.spans[i].mark; (m == buyVerb || m == want) && !r.deniedAt(i) && r.asksFor(i) {
			return None, false
		}
		if r.spans[i].mark == product && i < s[denial] && s[amount] >= 0 && s[amount] < s[denial] {
			return None, false
		}
	}
	return None, !r.turnsTo(s[denial])
}

// deniedAt reports whether a denial stands right before a verb: 不需要再买.
func (r *reading) deniedAt(i int) bool {
	for i--; i >= 0 && (r.spans[i].mark == filler || r.spans[i].mark == more); i-- {
	}
	return i >= 0 && r.spans[i].mark == denial
}

// turnsTo reports whether goods follow a but.
func (r *reading) turnsTo(i int) bool {
	for j := i; j < len(r.spans); j++ {
		if w := r.tokens[r.spans[j].from].text; turning[w] || merely[w] {
			for ; j < len(r.spans); j++ {
				if r.spans[j].mark == product || r.spans[j].mark == amount {
					return true
				}
			}
		}
	}
	return false
}

// merely names what is wanted in place of what is not.
var merely = set("seulement juste only just nur bloss 只")

// asksFor reports whether goods follow a verb, which nothing denies.
func (r *reading) asksFor(i int) bool {
	for j := i + 1; j < len(r.spans); j++ {
		switch r.spans[j].mark {
		case product, amount:
			return true
		case denial, negation, stop:
			return false
		}
	}
	return false
}

func (r *reading) howTo(s *seen) (Kind, bool) {
	if !s.has(howTo) || s.has(price) {
		return None, false
	}
	if s.has(amount) && s.has(product) {
		if r.setOff(s[howTo], s[amount]) && r.demanded() {
			return None, false
		}
		return Help, s[howTo] <= 1 && (r.asking() || r.spans[s[howTo]].to-r.spans[s[howTo]].from > 1)
	}
	return Help, s[howTo] < s[product] || !s.has(product) || s[howTo] < 3 || r.closes(howTo) && !s.has(amount)
}

// setOff reports whether a comma, a full stop or a correction stands between two spans.
func (r *reading) setOff(from, to int) bool {
	for i := from; i < to; i++ {
		if w := r.tokens[r.spans[i].from].text; r.spans[i].mark == correction || w == "," || w == "." || w == "!" {
			return true
		}
	}
	return false
}

func (r *reading) helps(s *seen) (Kind, bool) {
	return Help, s.has(help) && !s.has(product)
}

// cancels: what is in progress is dropped.
func (r *reading) cancels(s *seen) (Kind, bool) {
	if s.has(cancel) && !s.has(void, other) || s.has(empty) && s.has(cart) {
		return Cancel, true
	}
	return None, false
}

// carts: what waits to be bought is to be shown.
func (r *reading) carts(s *seen) (Kind, bool) {
	if !s.has(cart) || s.has(amount) || s.has(product) && (!s.has(show, question) || s.has(want, polite)) {
		return None, false
	}
	if s.has(empty) || s.has(cancel) && !s.has(show) {
		return Cancel, true
	}
	return Cart, true
}

// owns: what is owned already is to be shown.
func (r *reading) owns(s *seen) (Kind, bool) {
	switch {
	case s.has(owned) && !r.asksBeside(s) && (s.has(question, show) || !s.has(amount) || !s.has(product)):
		return Subscriptions, true
	case s.has(mine) && !r.asksBeside(s) && !s.has(unassignVerb):
		return Subscriptions, true
	case s.has(subscription) && !s.has(product, amount, buyVerb, want, price, compare, denial, help) && r.small(s):
		return Subscriptions, true
	case s.has(pool) && s.has(question, show, owned) && !s.has(buyVerb, want, amount):
		return Subscriptions, true
	case s.has(pool) && (s.has(question) || r.asking()) && !s.has(buyVerb, want, polite, assignVerb, unassignVerb):
		return Subscriptions, true
	}
	return None, false
}

// asksBeside reports whether goods are asked for as well.
func (r *reading) asksBeside(s *seen) bool {
	return s.has(buyVerb, want) && s.has(amount) && s.has(product, seat, people)
}

func (r *reading) small(s *seen) bool { return s.has(show, own, question) || len(r.spans) <= 4 }

// empties: something is to be taken out of what is waiting to be bought, which its buttons do.
func (r *reading) empties(s *seen) (Kind, bool) {
	basket, out := s.has(cart), s.has(unassignVerb)
	for i := range r.spans {
		w := r.tokens[r.spans[i].from].text
		if !out && r.spans[i].mark == buyVerb && w != "take" {
			return None, false
		}
		basket, out = basket || baskets[w], out || takesOut[w]
	}
	return None, basket && out && s.has(product, amount)
}

var (
	baskets  = set("cart basket order panier commande warenkorb einkaufswagen korb bestellung")
	takesOut = set("remove delete drop out cut entferne entfernen losche loschen streiche streichen nimm retire retirez enleve enlevez supprime supprimez")
)

// ends: a subscription that exists is to be stopped, which is not done here.
func (r *reading) ends(s *seen) (Kind, bool) {
	if s.has(endVerb) && s.has(subscription, mine, product, seat) && !r.asksBeside(s) {
		return None, !s.has(buyVerb)
	}
	if s.has(pool, own) && s.has(correction) && lowering[r.tokens[r.spans[s[correction]].from].text] {
		return None, true
	}
	if s.has(owned) && s.has(negation) && !s.has(amount, question) {
		return None, true
	}
	if s.has(cancel) && s[cancel] < s[product] && s.has(seat, subscription, mine) && !s.has(buyVerb, want) {
		return None, true
	}
	return None, s.has(cancel) && s.has(subscription, mine) && !s.has(buyVerb, amount)
}

// lowering begins Chinese verbs of making a number smaller: of what is owned, that ends licences.
var lowering = set("减 降")

// drops: what is named is not wanted, or not any more: cancel the 5 Visio; 5 Visio, no,
// forget it.
func (r *reading) drops(s *seen) (Kind, bool) {
	if !s.has(cancel) || !s.has(product, seat) || s.has(assignVerb) {
		return None, false
	}
	first, last := r.goods()
	switch apart := r.apart(min(s[cancel], first), max(s[cancel], first)); {
	case s[cancel] < first && !apart:
		return None, !s.has(buyVerb, want)
	case s[cancel] > last && s[cancel] >= len(r.spans)-3:
		if r.apart(last, s[cancel]) {
			return Cancel, true
		}
		return None, !s.has(buyVerb, want)
	}
	return None, false
}

// goods are the places of the first and the last product, seat or number.
func (r *reading) goods() (first, last int) {
	first = len(r.spans)
	for i := range r.spans {
		switch r.spans[i].mark {
		case product, seat, amount:
			first, last = min(first, i), i
		}
	}
	return first, last
}

// apart reports whether a sentence or a part of one ends between two spans.
func (r *reading) apart(from, to int) bool {
	for i := from; i < to; i++ {
		if m := r.spans[i].mark; m == stop || m == comma || m == correction || m == negation {
			return true
		}
	}
	return false
}
