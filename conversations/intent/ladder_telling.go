package intent

// tells: somebody speaks of what was bought, of what others buy or of what would be if, and
// no other part of the message asks for anything.
func (r *reading) tells(s *seen) (Kind, bool) {
	if s.has(help) {
		return None, false
	}
	speaks := false
	for _, p := range r.portions() {
		if p.told && p.goods {
			speaks = true
		}
	}
	return None, speaks && !r.asksElsewhere()
}

// asksElsewhere reports whether a part of the message that tells nothing asks for something.
func (r *reading) asksElsewhere() bool {
	for _, p := range r.portions() {
		if p.asks {
			return true
		}
	}
	return false
}

// follows reports whether an order is the consequence of what was said before.
func (r *reading) follows() bool {
	found := r.portions()
	for i, p := range found[1:] {
		apart := r.spans[p.from-1].mark == stop && !found[i].goods
		if p.asks && p.to > p.from && (apart || follows[r.tokens[r.spans[p.from].from].text] || r.tokens[r.spans[p.from-1].from].text == ":") {
			return true
		}
	}
	return false
}

// imagined reports whether a part says what would be if what the one before says were so: if
// it were up to my cat, we would have 500.
func (r *reading) imagined(before, p *portion) bool {
	if before.to <= before.from || before.goods || p.to <= p.from {
		return false
	}
	first := &r.spans[before.from]
	if first.mark != unreal && (first.to > first.from+1 || !conditions[r.tokens[first.from].text]) {
		return false
	}
	would := false
	for i := p.from; i < p.to; i++ {
		w := r.tokens[r.spans[i].from].text
		if r.spans[i].mark == want || r.spans[i].mark == polite || w == "gern" || w == "gerne" {
			return false
		}
		would = would || woulds[w]
	}
	return would
}

var (
	conditions = set("if wenn falls si 如 要 假 倘")
	woulds     = set("would d hatte hatten ware waren wurde wurden aurait aurions auraient aurais prendrait prendrions acheterait acheterions commanderait commanderions serait seraient 会")
)

// portion is what stands between commas, full stops, "and" and "but".
type portion struct {
	from, to int // spans
	told     bool
	holds    bool // what is owned is told of
	goods    bool // a product, seats or a number are in it
	asks     bool
}

func (r *reading) portions() []portion {
	var found []portion
	from := 0
	for i := 0; i <= len(r.spans); i++ {
		if i < len(r.spans) && !r.turnsAt(i) {
			continue
		}
		found = append(found, r.portion(from, i))
		from = i + 1
	}
	return r.led(found)
}

// led lets what follows a condition ask without a verb (if there is a budget, 5 Visio), and
// what hangs on a part that tells, tell too.
func (r *reading) led(found []portion) []portion {
	for i := 1; i < len(found); i++ {
		p, before := &found[i], &found[i-1]
		if p.told && !p.goods && p.to > p.from && pointing[r.tokens[r.spans[p.from].from].text] { // 30 Visio, that is too many
			before.told = true
		}
		p.told = p.told || r.imagined(before, p)
		if r.hangs(p) {
			before.told = before.told || p.told
			p.told = p.told || before.told && !before.goods
		}
		before.asks, p.asks = before.asks && !before.told, p.asks && !p.told
		sentence := r.spans[p.from-1].mark == stop
		colon := r.tokens[r.spans[p.from-1].from].text == ":"
		if !p.told && !r.asking() && (sentence || colon || !before.goods) {
			p.asks = p.asks || r.purchase(p.from, p.to)
		}
	}
	return found
}

var pointing = set("that this which ca c cela das dies 这 那")

// hangs reports whether a part is the clause of another one, as German sets it off: die
// Visio, die wir bestellt haben; es war ein Fehler, 5 Visio zu bestellen.
func (r *reading) hangs(p *portion) bool {
	if r.lang != german || p.to <= p.from || r.spans[p.from-1].mark != comma {
		return false
	}
	if hanging[r.tokens[r.spans[p.from].from].text] {
		return true
	}
	last := &r.spans[p.to-1]
	return r.tokens[last.from].text == "zu" || p.to-p.from > 1 && r.tokens[r.spans[p.to-2].from].text == "zu"
}

var hanging = set("die der das den dem dass er sie es ob wir")

func (r *reading) turnsAt(i int) bool {
	s := &r.spans[i]
	w := r.tokens[s.from].text
	return s.mark == stop || s.mark == comma || s.mark == and || turning[w] || reasonWords[w]
}

// reasonWords lead from what is asked for to why.
var reasonWords = set("because cos weil denn car parce puisque 因 由")

// follows are the words by which a number follows from what was told: twelve came, so 12.
var follows = set("so hence therefore donc also daher deshalb 所 因")

func (r *reading) portion(from, to int) portion {
	p := portion{from: from, to: to}
	verb, number := false, false
	for i := from; i < to; i++ {
		switch r.spans[i].mark {
		case narrated, unreal, past:
			p.told = true
		case own:
			p.holds = true
		case product, seat, many:
			p.goods = true
		case amount:
			if r.costs(i) {
				continue
			}
			p.goods, number = true, true
		case buyVerb, want, polite, correction, more:
			verb = true
		}
	}
	verb = verb && !r.had(from, to)
	p.holds = p.holds && !verb || r.had(from, to)
	verb = verb || p.goods && number && to > from && follows[r.tokens[r.spans[from].from].text]
	p.asks = !p.told && verb && (p.goods || number || r.wholly(from, to))
	return p
}

// costs reports whether a number is a sum of money.
func (r *reading) costs(i int) bool {
	return i > 0 && r.spans[i-1].mark == currency || i+1 < len(r.spans) && r.spans[i+1].mark == currency
}

// wholly reports whether a part is a request of its own for what another part names: my
// boss told us of 20 Visio, please order them.
func (r *reading) wholly(from, to int) bool {
	for i := from; i < to; i++ {
		if r.spans[i].mark == buyVerb {
			return !r.asking()
		}
	}
	return false
}

// endsInNo reports whether goods are named and then not wanted, as the end of a German or
// Chinese sentence says: wir nehmen die 20 Visio doch nicht; 那10个Visio用不上.
func (r *reading) endsInNo() bool {
	for _, p := range r.portions() {
		if !p.goods || p.to < p.from+3 {
			continue
		}
		switch r.spans[p.to-1].mark {
		case denial:
			return r.namedBefore(p)
		case negation, cancel:
			return r.lang == german && r.namedBefore(p) && r.verbIn(p)
		}
	}
	return false
}

func (r *reading) namedBefore(p portion) bool {
	for i := p.from; i < p.to; i++ {
		if m := r.spans[i].mark; m == product || m == seat {
			return true
		}
	}
	return false
}

func (r *reading) verbIn(p portion) bool {
	for i := p.from; i < p.to; i++ {
		if m := r.spans[i].mark; m == buyVerb || m == want {
			return true
		}
	}
	return false
}

// had reports whether German tells of what there was: "hätten gern" looks the same without
// its dots.
func (r *reading) had(from, to int) bool {
	found := false
	for i := from; i < to; i++ {
		switch r.tokens[r.spans[i].from].text {
		case "hatte", "hatten":
			found = r.spans[i].to == r.spans[i].from+1
		case "gern", "gerne", "lieber", "bitte", "da":
			return false
		}
	}
	return found && r.lang == german
}

// forgetTold takes the numbers of what was only told of, or is owned, out of a purchase: last year 20,
// this year we need 30.
func (r *reading) forgetTold() {
	if !r.asksElsewhere() {
		return
	}
	for _, p := range r.portions() {
		if !p.told && !p.holds || !r.numberOutside(p) {
			continue
		}
		for i := p.from; i < p.to; i++ {
			if r.spans[i].mark == amount {
				r.spans[i].mark = filler
			}
		}
	}
}

func (r *reading) numberOutside(told portion) bool {
	for i := range r.spans {
		if r.spans[i].mark == amount && (i < told.from || i >= told.to) {
			return true
		}
	}
	return false
}
