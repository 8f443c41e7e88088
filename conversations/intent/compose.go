package intent

import (
	"slices"

	"cartwright/commerce"
)

// value is what a slot was given, and where.
type value struct {
	set   bool
	asked bool // it was said, and must be asked
	at    [2]int
}

// line is an item in the making.
type line struct {
	product  *span // nil: none is named
	said     value
	quantity int
	many     value
	further  []int // numbers behind the first
	billing  commerce.Billing
	paid     value
	assign   bool
	handed   value
	from, to int // spans
}

// reading is a message's spans and what is made of them.
type reading struct {
	*text
	parser  *Parser
	spans   []span
	lines   []line
	clauses []*clause // that the lines were made of
	kind    Kind
	// refused: a product was named only to say that it is not wanted.
	refused bool
	// told: every line is of goods that no word asks for, in a sentence of another kind.
	told bool
}

func newReading(p *Parser, t *text) *reading {
	r := &reading{text: t, parser: p, spans: t.spans}
	r.dropQuoted()
	r.spans = soften(r.tokens, r.spans)
	r.layOut()
	return r
}

// compose makes lines of the spans: what is said before a correction holds where the
// correction does not say otherwise.
func (r *reading) compose() {
	for i, part := range r.parts() {
		c := &clause{reading: r, spans: part, fixing: i > 0}
		r.clauses = append(r.clauses, c)
		lines := c.lines()
		if i == 0 || len(r.lines) == 0 {
			r.lines = lines
			continue
		}
		r.correct(c, lines)
	}
}

// parts splits the message at corrections.
func (r *reading) parts() [][]span {
	var parts [][]span
	from := 0
	for i := range r.spans {
		if r.spans[i].mark == correction && r.corrects(i) {
			parts = append(parts, r.spans[from:i])
			from = i + 1
		}
	}
	return append(parts, r.spans[from:])
}

// corrects reports whether values are on both sides: "sorry" alone corrects nothing.
func (r *reading) corrects(i int) bool {
	return hasValue(r.spans[:i]) && hasValue(r.spans[i+1:]) && !r.wavers(i) && !r.onTerms(i)
}

// onTerms reports whether "auf" is of how something is paid, and of nothing else by now: 80
// Visio auf Monatszahlung, 12 E1 auf Jahreszahlung. Auf 30, and yearly auf monatlich, correct.
func (r *reading) onTerms(i int) bool {
	s := &r.spans[i]
	if s.to-s.from != 1 || r.tokens[s.from].text != "auf" || r.spans[i+1].mark == amount {
		return false
	}
	return !isPeriod(r.spans[i+1].mark) || !slices.ContainsFunc(r.spans[:i], func(s span) bool { return isPeriod(s.mark) }) || r.nextLine(i)
}

// nextLine reports whether what stands before i goes on with a product behind a period: it is
// another line's.
func (r *reading) nextLine(i int) bool {
	for ; i >= 0 && !isPeriod(r.spans[i].mark); i-- {
		if r.spans[i].mark == product {
			return true
		}
	}
	return false
}

// wavers reports whether 还是 leads to another guess, rather than to what is wanted after all.
func (r *reading) wavers(i int) bool {
	last := r.tokens[len(r.tokens)-1].text
	return r.tokens[r.spans[i].to-1].text == "是" && (last == "着" || last == "呢" || last == "吗" || last == "?")
}

func hasValue(spans []span) bool {
	for i := range spans {
		switch spans[i].mark {
		case amount, product, monthly, annual, otherPeriod, assignVerb, autoAssign, many:
			return true
		}
	}
	return false
}

// correct applies what was said behind a correction.
func (r *reading) correct(c *clause, lines []line) {
	if len(lines) == 0 && len(c.figures()) > 0 { // to what, is not clear
		l := &r.lines[len(r.lines)-1]
		l.many.asked = l.many.set
	}
	for i := range lines {
		fix := &lines[i]
		at := r.corrected(c, fix, i)
		if at < 0 {
			r.lines = append(r.lines, *fix)
			continue
		}
		r.lines[at].take(fix)
	}
}

// corrected is the line that a correction means: that of its product, else the last one.
// What is listed behind the first is new.
func (r *reading) corrected(c *clause, fix *line, i int) int {
	for at := range r.lines {
		if fix.product != nil && r.lines[at].product.same(fix.product) {
			return at
		}
	}
	if at := r.given(c, fix); i > 0 || at >= 0 {
		return at
	}
	return len(r.lines) - 1
}

// given is the line whose product a correction gives up for its own: premium instead of standard.
func (r *reading) given(c *clause, fix *line) int {
	for i := range c.spans {
		if fix.product == nil || !c.dropped[i] || c.spans[i].mark != product {
			continue
		}
		for at := range r.lines {
			if r.lines[at].product.same(&c.spans[i]) {
				return at
			}
		}
	}
	return -1
}

func (s *span) same(other *span) bool {
	if s == nil || other == nil || len(s.candidates) != len(other.candidates) || len(s.candidates) == 0 {
		return false
	}
	for i := range s.candidates {
		if s.candidates[i] != other.candidates[i] {
			return false
		}
	}
	return true
}

// take overwrites what the other says.
func (l *line) take(other *line) {
	if other.product != nil {
		l.product, l.said = other.product, other.said
	}
	if other.many.set {
		l.quantity, l.many = other.quantity, other.many
	}
	if other.paid.set {
		l.billing, l.paid = other.billing, other.paid
	}
	if other.handed.set {
		l.assign, l.handed = other.assign, other.handed
	}
}

// dropQuoted forgets what somebody else said.
func (r *reading) dropQuoted() {
	cut := r.dropSpoken()
	said := -1
	if len(r.spans) > 0 && r.tokens[0].text == ">" {
		r.spans = r.behindLine()
	}
	for i := range r.spans {
		if r.spans[i].mark == says && said < 0 && !r.heads(i) {
			said = i
		}
		if said < 0 || i == said {
			continue
		}
		switch w := r.tokens[r.spans[i].from].text; {
		case w == ":" && i+1 == cut: // what was said is gone already
			return
		case w == ":" || w == "\"":
			r.spans = append(append([]span(nil), r.spans[:i]...), r.behindQuote(i, w)...)
			return
		}
	}
}

// heads reports whether a word heads a field of a form: Artikel: Visio.
func (r *reading) heads(i int) bool {
	return fields[r.tokens[r.spans[i].from].text] && i+1 < len(r.spans) && r.tokens[r.spans[i+1].from].text == ":"
}

var fields = set("artikel article item")

// dropSpoken forgets what stands in quotation marks and has a verb in it: a name has none. It
// says where that was, -1 for nowhere.
func (r *reading) dropSpoken() int {
	opened := -1
	for i := range r.spans {
		if r.tokens[r.spans[i].from].text != "\"" {
			continue
		}
		if opened >= 0 && (r.speaks(opened, i) || r.cites(opened, i)) {
			r.spans = append(append([]span(nil), r.spans[:opened]...), r.spans[i+1:]...)
			return opened
		}
		opened = i
	}
	return -1
}

// speaks reports whether spans ask for something.
func (r *reading) speaks(from, to int) bool {
	for _, s := range r.spans[from:to] {
		switch s.mark {
		case buyVerb, want, approve, place, program, assignVerb, cancel:
			return true
		}
	}
	return false
}

// cites reports whether goods with a number are within quotation marks, and outside of them
// only who said so.
func (r *reading) cites(from, to int) bool {
	if to < from+3 { // goods with a number are two
		return false
	}
	number, goods, said := false, false, false
	for i := range r.spans {
		m := r.spans[i].mark
		switch inside := from < i && i < to; {
		case inside:
			number, goods = number || m == amount, goods || m == product || m == seat
		case m == buyVerb || m == want || m == polite:
			return false
		case m == says || m == unknown:
			said = true
		}
	}
	return number && goods && said
}

// behindLine is what follows the first line, which is quoted.
func (r *reading) behindLine() []span {
	for i := range r.spans {
		if r.tokens[r.spans[i].from].text == "\n" {
			return r.spans[i:]
		}
	}
	return nil
}

// behindQuote is what follows the closing quote; without one, nothing.
func (r *reading) behindQuote(i int, opening string) []span {
	closing, seen := -1, 0
	for j := i; j < len(r.spans); j++ {
		if r.tokens[r.spans[j].from].text == "\"" {
			closing, seen = j, seen+1
		}
	}
	if seen == 0 || opening == "\"" && seen == 1 || opening == ":" && seen < 2 {
		return nil
	}
	return r.spans[closing+1:]
}
