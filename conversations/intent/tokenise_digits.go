package intent

import "strings"

// maxQuantity bounds what is read as a number of licences; more is asked back.
const maxQuantity = 1_000_000

// digits reads a number, with thousands grouped in any language's way, or what only
// looks like one: a date, a decimal, a time.
func (t *tokeniser) digits() {
	end := t.end(t.at, isDigit)
	if to := t.dated(end); to > 0 {
		t.emit(thingToken, date, to)
		return
	}
	value, to := t.grouped(end)
	if to == end && t.fraction(end) {
		t.decimals(end)
		return
	}
	if t.thousandsBehind(to) {
		value, to = bounded(value*1000), to+1
	}
	if t.ordinal(to) {
		t.emit(thingToken, date, t.end(to, letterOrDigit))
		return
	}
	t.emitNumber(value, to)
}

func (t *tokeniser) fraction(end int) bool {
	return (t.peek(end) == '.' || t.peek(end) == ',') && isDigit(t.peek(end+1))
}

// decimals reads 2.5k as 2500; another fraction is a price or a size.
func (t *tokeniser) decimals(end int) {
	to := t.end(end+1, isDigit)
	if t.thousandsBehind(to) && to-end <= 4 {
		value := bounded(number(t.runes[t.at:end])) * 1000
		for i, scale := end+1, 100; i < to; i, scale = i+1, scale/10 {
			value += int(t.runes[i]-'0') * scale
		}
		t.emitNumber(bounded(value), to+1)
		return
	}
	t.emit(thingToken, decimal, to)
}

// thousandsBehind finds the k of 2k, which no letter follows.
func (t *tokeniser) thousandsBehind(at int) bool {
	return t.peek(at) == 'k' && !letterOrDigit(t.peek(at+1))
}

// ordinal finds the th of 5th.
func (t *tokeniser) ordinal(at int) bool {
	end := at
	for end < min(at+len("ieme")+1, len(t.runes)) && letterOrDigit(t.runes[end]) {
		end++
	}
	switch string(t.runes[at:end]) {
	case "st", "nd", "rd", "th", "eme", "ieme", "er", "ere", "ten", "ter":
		return string(t.runes[at:end]) != "st" || t.peek(at-1) == '1' // 5 st. is five pieces
	}
	return false
}

// dated finds 2026-07-01, 1.7.2026, 01/07, 12:30 from the end of the first number.
func (t *tokeniser) dated(end int) int {
	mark := t.peek(end)
	if !strings.ContainsRune("-./:", mark) || mark == 0 || !isDigit(t.peek(end+1)) {
		return 0
	}
	second := t.end(end+1, isDigit)
	third := 0
	if t.peek(second) == mark && isDigit(t.peek(second+1)) {
		third = t.end(second+1, isDigit)
	}
	switch {
	case third > 0 && (second-end <= 3 || mark == '-') && !(mark == '.' && second-end == 4):
		return third
	case mark == ':' && second-end == 3 && !isDigit(t.peek(end-3)):
		return second
	case mark == '.' && second-end <= 3 && t.peek(second) == '.' && end-t.at <= 2 && !isDigit(t.peek(second+1)) && t.peek(second+1) != '.':
		if number(t.runes[t.at:end]) <= 31 && number(t.runes[end+1:second]) <= 12 && t.peek(second+1) != 0 {
			return second + 1
		}
	}
	return 0
}

// grouped joins 1,000 and 1 000 and 1'000 from the end of the first group.
func (t *tokeniser) grouped(end int) (value, to int) {
	value, to = number(t.runes[t.at:end]), end
	if end-t.at > 3 || t.runes[t.at] == '0' {
		return value, to
	}
	mark := t.peek(end)
	for strings.ContainsRune(",.' ", mark) && t.peek(to) == mark && t.isGroup(to, mark) {
		value, to = bounded(value*1000+number(t.runes[to+1:to+4])), to+4
	}
	return value, to
}

// isGroup reports whether three digits follow the mark. 10 365 is ten of something that
// is called 365.
func (t *tokeniser) isGroup(at int, mark rune) bool {
	end := t.end(at+1, isDigit)
	return end-at == 4 && !letterOrDigit(t.peek(end)) && (mark != ' ' || string(t.runes[at+1:end]) != "365")
}

func number(digits []rune) int {
	value := 0
	for _, d := range digits {
		value = bounded(value*10 + int(d-'0'))
	}
	return value
}

func bounded(value int) int { return min(value, maxQuantity+1) }
