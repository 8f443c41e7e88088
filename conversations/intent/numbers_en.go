package intent

var englishUnits = map[string]int{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
	"seventeen": 17, "eighteen": 18, "nineteen": 19,
}

var englishTens = map[string]int{
	"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

// englishNumber reads "two thousand three hundred and five", "a hundred", "twelve hundred".
func englishNumber(tokens []token) quantity {
	if q := englishShort(tokens); q.tokens > 0 {
		return q
	}
	total, at := 0, 0
	for at < len(tokens) {
		part, n := englishBelowThousand(tokens[at:], at > 0)
		if n == 0 {
			break
		}
		if word(tokens, at+n) != "thousand" {
			return quantity{value: bounded(total + part), tokens: at + n}
		}
		if total > 0 {
			break
		}
		total, at = bounded(part*1000), at+n+1
	}
	return quantity{value: total, tokens: at}
}

// englishShort reads a dozen, half a dozen, a hundred.
func englishShort(tokens []token) quantity {
	first, second := word(tokens, 0), word(tokens, 1)
	switch {
	case first == "dozen":
		return quantity{value: 12, tokens: 1}
	case first == "half" && second == "dozen":
		return quantity{value: 6, tokens: 2}
	case first == "half" && second == "a" && word(tokens, 2) == "dozen":
		return quantity{value: 6, tokens: 3}
	case first == "a" && second == "half" && word(tokens, 2) == "dozen":
		return quantity{value: 6, tokens: 3}
	case first == "a" && second == "dozen":
		return quantity{value: 12, tokens: 2}
	case first == "a" && (second == "hundred" || second == "thousand"):
		q := englishNumber(append([]token{{text: "one"}}, tokens[1:]...))
		return q
	}
	return quantity{}
}

// englishBelowThousand reads up to ninety-nine hundred and ninety-nine; inside a number
// an "and" may lead.
func englishBelowThousand(tokens []token, inside bool) (value, n int) {
	at := 0
	if inside && word(tokens, 0) == "and" {
		at = 1
	}
	value, n = englishBelowHundred(tokens[at:])
	if n == 0 {
		return 0, 0
	}
	at += n
	if word(tokens, at) != "hundred" {
		return value, at
	}
	value, at = value*100, at+1
	rest := at
	if word(tokens, rest) == "and" {
		rest++
	}
	if more, n := englishBelowHundred(tokens[min(rest, len(tokens)):]); n > 0 && value > 0 {
		return value + more, rest + n
	}
	return value, at
}

func englishBelowHundred(tokens []token) (value, n int) {
	first := word(tokens, 0)
	if v, ok := englishUnits[first]; ok {
		return v, 1
	}
	tens, ok := englishTens[first]
	if !ok {
		return 0, 0
	}
	next := skipHyphen(tokens, 1)
	if v, ok := englishUnits[word(tokens, next)]; ok && v > 0 && v < 10 {
		return tens + v, next + 1
	}
	return tens, 1
}
