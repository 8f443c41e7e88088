package intent

// demanded reports whether a part of the message asks for goods.
func (r *reading) demanded() bool {
	found := r.portions()
	for i, p := range found {
		if i > 0 && r.hangs(&p) && r.first(found[i-1], howTo, help) >= 0 { // what to write to get 5
			continue
		}
		if r.demands(p, i == 0) {
			return true
		}
	}
	return false
}

// demands reports whether a part asks for goods by a verb, or names nothing but goods at the
// start of a sentence.
func (r *reading) demands(p portion, opens bool) bool {
	if r.first(p, product, amount, seat) < 0 || r.first(p, cancel) >= 0 {
		return false
	}
	opens = opens || r.spans[p.from-1].mark == stop
	if opens && (r.places(p) || r.bare(p)) {
		return true
	}
	return !r.had(p.from, p.to) && r.begs(p)
}

// begs reports whether a verb of buying asks, by all that is before it in its part.
func (r *reading) begs(p portion) bool {
	begged, told, taught := false, false, false
	last, wishes := r.lastTurn(p), !r.definiteIn(p) && !r.locates(p)
	for i := p.from; i < p.to; i++ {
		w := r.tokens[r.spans[i].to-1].text
		switch m := r.spans[i].mark; {
		case m == polite && !taught || starting[w]:
			begged, told = true, false
		case (m == buyVerb || m == want && wishes && !leadsTo(r.spans[i+1:p.to], show, help, howTo)) && !told && i >= last && !r.idle(i):
			return true
		case m == correction && !plainNo[w]:
			if r.tokens[r.spans[i].from].text == "," {
				told, taught = false, false
			}
			if !told && i+1 < p.to && r.spans[i+1].mark == amount && !r.preposes(i) && !located[w] && !r.locates(p) {
				return true
			}
		case m == correction, (m == help || m == howTo) && r.instructs(i):
			told, taught = true, taught || m != correction
		case blocks[m] && !begged, r.cue(i, finite) && !begged:
			told = true
		}
	}
	return false
}

// starting are the words that a request hangs on: show it once you have added 5.
var starting = set("after once apres nachdem sobald")

// preposes reports whether a word of correction is only a preposition: auf 15 Visio.
func (r *reading) preposes(i int) bool { return r.tokens[r.spans[i].from].text == "auf" }

// blocks are what makes of a verb of buying behind it something told or asked.
var blocks = [other + 1]bool{negation: true, denial: true, question: true, own: true, owned: true, past: true, narrated: true, unreal: true, show: true, cart: true}

// idle reports whether a verb of buying is a noun, or is of what was done.
func (r *reading) idle(i int) bool {
	w := r.tokens[r.spans[i].from].text
	if i > 0 && nouns[w] {
		before := r.wordBefore(i)
		if knownToAll[before] || possessive[before] || r.isLabel(i) || before == "zum" || before == "beim" {
			return true
		}
	}
	if i > 0 && (w == "avoir" || r.spans[i].mark == buyVerb && hadWords[r.tokens[r.spans[i-1].to-1].text]) {
		return true
	}
	return i+1 < len(r.spans) && ended[r.tokens[r.spans[i+1].from].text]
}

// wordBefore is the word before a span, but for how much of it is meant: the whole.
func (r *reading) wordBefore(i int) string {
	w := r.tokens[r.spans[i-1].to-1].text
	if i > 1 && wholes[w] {
		return r.tokens[r.spans[i-2].to-1].text
	}
	return w
}

var wholes = set("whole entire ganze ganzen gesamte gesamten toute")

var hadWords = set("avais avait avions avaient ai as avons avez ont had")

// lastTurn is the last place of what makes a verb before it ask for nothing: a German no, and
// how that is done in Chinese. Where Chinese asks if something was done, it is the end.
func (r *reading) lastTurn(p portion) int {
	if r.lang == chinese && r.asksWhether(p) {
		return p.to
	}
	for j := p.to - 1; j > p.from; j-- {
		switch m := r.spans[j].mark; {
		case m == negation && r.lang == german && !leadsTo(r.spans[j+1:p.to], assignVerb, automatic, autoAssign):
			return j
		case (m == howTo || m == help && r.instructs(j)) && r.lang == chinese:
			return j
		}
	}
	return p.from
}

// asksWhether reports whether a part ends in asking if something was done: 加进去没有, 加了吗.
func (r *reading) asksWhether(p portion) bool {
	last := r.tokens[r.spans[p.to-1].from].text
	return last == "没" || last == "吗" && p.to-p.from > 1 && r.tokens[r.spans[p.to-2].to-1].text == "了"
}

// locates reports whether a part says where things are: there should be 5 in it.
func (r *reading) locates(p portion) bool {
	for i := p.from; i < p.to; i++ {
		if located[r.tokens[r.spans[i].from].text] {
			return true
		}
	}
	return false
}

var located = set("sein be etre drin darin dabei dedans y there inside 里")

// places reports whether a part begins with a verb of putting: put 5 Visio in the basket.
func (r *reading) places(p portion) bool {
	for i := p.from; i < p.to; i++ {
		switch w := r.tokens[r.spans[i].from].text; {
		case putting[w] || lays[w]:
			return true
		case r.spans[i].mark != filler && r.spans[i].mark != polite || r.cue(i, writer):
			return false
		}
	}
	return false
}

var lays = set("leg lege legen pop stick chuck drop throw 放")

// bare reports whether a part is no more than a number of goods that nobody spoke of before.
func (r *reading) bare(p portion) bool {
	if r.first(p, amount) < 0 || r.first(p, product, seat) < 0 || r.locates(p) {
		return false
	}
	for i := p.from; i < p.to; i++ {
		switch m := r.spans[i].mark; {
		case m != cart && cues[r.tokens[r.spans[i].from].text]&(known|finite) != 0, m == paid && i < r.first(p, amount), believing[r.tokens[r.spans[i].to-1].text]:
			return false
		case m == unknown || m == other || m == cancel || m == insteadOf || m == correction && i < r.first(p, amount) || blocks[m] && m != cart || m == help || m == howTo || m == pool || m == of || m == mine || m == subscription:
			return false
		}
	}
	return r.first(p, cart) < 0 || p.to >= len(r.spans) || r.tokens[r.spans[p.to].from].text != "?"
}

var believing = set("believe think guess suppose glaube crois pense")

// first is the first span of a part with one of the marks, -1 for none.
func (r *reading) first(p portion, marks ...mark) int {
	for i := p.from; i < p.to; i++ {
		for _, m := range marks {
			if r.spans[i].mark == m {
				return i
			}
		}
	}
	return -1
}
