package intent

import "strings"

// layOut takes out of the reading what only lays a message out: the numbers of a list, the head
// of a table and the marks between its cells.
func (r *reading) layOut() {
	r.unnumber()
	r.untable()
}

// unnumber makes an end of a sentence of the numbers of a list: 1. Visio 2. Project.
func (r *reading) unnumber() {
	for _, i := range r.listed() {
		r.spans[i].mark = stop
	}
}

// listed are the places of a list's numbers. One alone is such where a message or a line begins
// with it, and goods are behind it.
func (r *reading) listed() []int {
	for i := range r.spans {
		if !r.itemAt(i) || r.spans[i].value > 1 || !r.begins(i) {
			continue
		}
		found := []int{i}
		for j, next := i+2, r.spans[i].value+1; j < len(r.spans)-2; j++ {
			if r.itemAt(j) && r.spans[j].value == next && r.wordOf(j+1) == r.wordOf(i+1) {
				found, next = append(found, j), next+1
			}
		}
		if len(found) > 1 || r.aloneListed(i) {
			return found
		}
	}
	return nil
}

// itemAt reports whether a number has the mark of a list's item right behind it.
func (r *reading) itemAt(i int) bool {
	if r.spans[i].mark != amount || i+2 >= len(r.spans) || !itemMarks[r.wordOf(i+1)] {
		return false
	}
	return !r.tokens[r.spans[i+1].from].spaced || r.wordOf(i+1) == "-" && r.tokens[r.spans[i+2].from].spaced
}

func (r *reading) aloneListed(i int) bool {
	first := i == 0 || r.wordOf(i-1) == "\n" || i == 1 && r.wordOf(0) == "("
	closing := r.wordOf(i+1) == ")" || r.wordOf(i+1) == "."
	behind := r.spans[i+2].mark
	return first && closing && (behind == product || behind == amount)
}

var itemMarks = set(") . , : - /")

// begins reports whether nothing that a number could be of stands before it in its part.
func (r *reading) begins(i int) bool {
	if i > 0 && r.wordOf(i-1) == "(" {
		i--
	}
	if i == 0 || r.newLine(i-1) || r.spans[i-1].mark == stop || r.spans[i-1].mark == comma {
		return true
	}
	return i+1 < len(r.spans) && r.wordOf(i+1) == ")" && r.spans[i-1].mark != product && r.spans[i-1].mark != seat
}

// wordOf is the first word of a span.
func (r *reading) wordOf(i int) string { return r.tokens[r.spans[i].from].text }

// untable reads lines of one number and one product as rows, whatever stands between the two.
func (r *reading) untable() {
	lines := r.textLines()
	rows := 0
	for _, l := range lines {
		if r.isRow(l) {
			rows++
		}
	}
	if rows < 2 {
		return
	}
	headed, head := true, stretch{}
	for _, l := range lines {
		switch {
		case r.isRow(l):
			if r.fade(l, comma); head.to > 0 && !r.counting(head, l) {
				r.fade(l, amount)
			}
			headed = false
		case headed && r.heading(l):
			if head.to == 0 {
				head = l
			}
			r.fade(l, thing, negation, correction, comma, seat, people, label, unknown, other, says, amount, approx)
		}
	}
}

// stretch is spans [from, to).
type stretch struct{ from, to int }

func (r *reading) textLines() []stretch {
	var found []stretch
	from := 0
	for i := 0; i <= len(r.spans); i++ {
		if i == len(r.spans) || r.newLine(i) {
			found = append(found, stretch{from, i})
			from = i + 1
		}
	}
	return found
}

// isRow reports whether a line has one number, one product, and no word beside them.
func (r *reading) isRow(l stretch) bool {
	numbers, products, marks := 0, 0, 0
	for i := l.from; i < l.to; i++ {
		switch s := &r.spans[i]; s.mark {
		case amount:
			numbers++
		case product:
			products++
		case comma:
			marks++
		case seat, classifier, times:
		case filler:
			if r.tokens[s.from].kind != markToken {
				return false
			}
		default:
			return false
		}
	}
	return numbers == 1 && products == 1 && marks < 3
}

// heading reports whether a line names the columns of a table: it has marks between words, and
// none of the words asks for anything.
func (r *reading) heading(l stretch) bool {
	parted := false
	for i := l.from; i < l.to; i++ {
		switch s := &r.spans[i]; s.mark {
		case comma:
			parted = parted || columns[r.tokens[s.from].text]
		case filler, unknown, other, says:
			parted = parted || columns[r.tokens[s.from].text]
		case seat, people, label, subscription, approx, thing, negation, correction:
		default:
			return false
		}
	}
	return parted
}

// counting reports whether the head of the column that a row's number is in is of how many there
// are, not of where or in which order.
func (r *reading) counting(head, row stretch) bool {
	column := 0
	for i := row.from; i < row.to && r.tokens[r.spans[i].from].kind != numberToken; i++ {
		if columns[r.wordOf(i)] {
			column++
		}
	}
	for i := head.from; i < head.to && column >= 0; i++ {
		if columns[r.wordOf(i)] {
			column--
		}
		if w := r.wordOf(i); column == 0 && (quantityHeads[w] || strings.HasPrefix(w, "quantit")) {
			return true
		}
	}
	return false
}

var quantityHeads = set(`qty quantity count seats seat licences licenses amount number users units how
	anzahl menge stuck stk lizenzen platze stuckzahl nutzer qte nombre nb sieges postes utilisateurs 数 席 个 份 人`)

var columns = set("; , |")

// fade takes the meaning of some marks from a stretch.
func (r *reading) fade(l stretch, marks ...mark) {
	for i := l.from; i < l.to; i++ {
		for _, m := range marks {
			if r.spans[i].mark == m {
				r.spans[i].mark = filler
			}
		}
	}
}
