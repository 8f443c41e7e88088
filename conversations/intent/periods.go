package intent

import (
	"strings"

	"cartwright/commerce"
)

// role is what a period is the length of.
type role uint8

const (
	plainly   role = iota // nothing is said
	ofTerm                // the commitment
	ofPayment             // what is paid at a time
)

// terms are the periods that a line was given, by role.
type terms [3][]int

// periods gives each line the period that it is paid by: a payment's is stronger than one
// of which nothing is said, and that than a commitment's.
func (c *clause) periods() {
	own := make([]terms, len(c.made))
	var everyone terms
	for i := range c.spans {
		if !c.isPeriod(i) {
			continue
		}
		as := c.role(i)
		if i > 1 && c.spans[i-1].mark == or && c.isPeriod(i-2) { // billed yearly or monthly
			as = c.role(i - 2)
		}
		if at := c.owner(i); at >= 0 {
			own[at][as] = append(own[at][as], i)
		} else {
			everyone[as] = append(everyone[as], i)
		}
	}
	if len(c.made) == 0 && everyone.any() && c.kind == Buy {
		c.made = append(c.made, line{})
		own = append(own, terms{})
	}
	for i := range c.made {
		said := own[i]
		if !said.any() {
			said = everyone
		}
		c.pay(&c.made[i], said)
	}
}

func (t terms) any() bool { return len(t[plainly])+len(t[ofTerm])+len(t[ofPayment]) > 0 }

// pay decides what the periods come to.
func (c *clause) pay(l *line, said terms) {
	for _, as := range []role{ofPayment, plainly, ofTerm} {
		if len(said[as]) == 0 {
			continue
		}
		first := said[as][0]
		l.paid = value{set: true, at: c.spans[first].bytes}
		l.billing = c.billing(first)
		for _, i := range said[as] {
			l.paid.asked = l.paid.asked || c.billing(i) != l.billing || c.billing(i) == ""
		}
		break
	}
	for _, i := range said[ofTerm] {
		l.paid.asked = l.paid.asked || c.billing(i) == ""
	}
}

func (c *clause) billing(i int) commerce.Billing {
	switch c.spans[i].mark {
	case monthly:
		return commerce.Monthly
	case annual, commitment:
		return commerce.Annual
	}
	return ""
}

// isPeriod reports whether the span is a period of the purchase: not that of a yearly
// fair, and not of what is denied.
func (c *clause) isPeriod(i int) bool {
	switch c.spans[i].mark {
	case monthly, annual, otherPeriod:
		return !c.dropped[i] && c.beside(i, 1) != void && c.beside(i, -1) != void && !c.priced(i)
	case commitment:
		return yearly[c.tokens[c.spans[i].from].text] || c.tokens[c.spans[i].from].text == "年"
	}
	return false
}

// priced reports whether a price is what a period is of: 22 euros per month.
func (c *clause) priced(i int) bool {
	return i > 1 && c.spans[i-1].mark == currency && (c.spans[i-2].mark == amount || c.tokens[c.spans[i-2].from].text == decimal)
}

var yearly = set("jahresvertrag jahresbindung jahreslaufzeit jahresverpflichtung")

// beside is the mark next to a span, over words without weight.
func (c *clause) beside(i, step int) mark {
	for j := i + step; j >= 0 && j < len(c.spans); j += step {
		switch m := c.spans[j].mark; m {
		case filler, of, article, toward, more, group:
			if step > 0 && m == toward {
				return unmarked
			}
		case comma:
			if c.tokens[c.spans[j].from].text != ":" && c.tokens[c.spans[j].from].text != "-" {
				return unmarked
			}
		default:
			return m
		}
	}
	return unmarked
}

// role finds what a period is said of: in French the word before it counts first.
func (c *clause) role(i int) role {
	if c.spans[i].mark == commitment || c.durational(i) {
		if c.beside(i, -1) == paid {
			return ofPayment
		}
		return ofTerm
	}
	sides := []mark{c.beside(i, 1), c.beside(i, -1)}
	if c.lang == french {
		sides[0], sides[1] = sides[1], sides[0]
	}
	for _, m := range sides {
		switch m {
		case paid:
			return ofPayment
		case commitment, subscription:
			return ofTerm
		}
	}
	return plainly
}

// durational reports whether a period is a length rather than a rhythm: one year, Jahresabo.
func (c *clause) durational(i int) bool {
	first := c.tokens[c.spans[i].from].text
	if c.tokens[c.spans[i].from].kind == numberToken || lengths[first] && c.spans[i].to-c.spans[i].from > 1 {
		return true
	}
	return strings.HasPrefix(first, "jahresabo") || strings.HasPrefix(first, "jahreslizenz") || first == "jahresplan" || first == "jahrestarif" || first == "jahrespaket"
}

var lengths = set("for fur fuer pour sur auf un une ein d one full 一 全 整")

// owner is the line that a phrase belongs to, -1 for every line: one in a product's own
// clause is its, one behind the last product and a comma is everyone's.
func (c *clause) owner(i int) int {
	if len(c.made) < 2 {
		return len(c.made) - 1
	}
	if c.ofAll(i) {
		return -1
	}
	k := -1
	for at := range c.made {
		if start := c.lead(c.made[at].from); i >= start && (at > 0 || c.touches(i, c.made[0].from)) || i > c.made[at].from {
			k = at
		}
	}
	last := len(c.made) - 1
	if k == last && i > c.made[last].from && c.parted(c.made[last].from, i) {
		return -1
	}
	return k
}

// touches reports whether only words of the same thing are between a period and its product.
func (c *clause) touches(i, to int) bool {
	for j := i + 1; j < to; j++ {
		switch c.spans[j].mark {
		case amount, of, seat, classifier, filler, article, more, subscription, times:
		default:
			return false
		}
	}
	return true
}

// parted reports whether a comma or a new sentence is between two spans.
func (c *clause) parted(from, to int) bool {
	for j := from + 1; j < to; j++ {
		if m := c.spans[j].mark; m == comma || m == stop {
			return true
		}
	}
	return false
}

// ofAll reports whether the words around a phrase say that it is of every line.
func (c *clause) ofAll(i int) bool {
	for _, step := range []int{1, -1} {
		for j := i + step; j >= 0 && j < len(c.spans); j += step {
			m := c.spans[j].mark
			if m == all {
				return true
			}
			if m == comma || m == stop || m == product || m == amount {
				break
			}
		}
	}
	return false
}
