package intent

// quantity is a number as written: how many tokens it takes and whether it is only about so many.
type quantity struct {
	value  int
	tokens int
	about  bool
}

// numberAt reads the longest number that begins at the first token, in any language.
func numberAt(tokens []token) quantity {
	if len(tokens) == 0 {
		return quantity{}
	}
	switch first := &tokens[0]; first.kind {
	case numberToken:
		return chineseMany(tokens, multiplied(tokens, quantity{value: first.value, tokens: 1}))
	case wordToken:
		if isHan([]rune(first.text)[0]) {
			return chineseNumber(tokens)
		}
		return multiplied(tokens, spelt(tokens))
	}
	return quantity{}
}

// spelt reads number words: the language that accounts for most of them holds.
func spelt(tokens []token) quantity {
	var best quantity
	for _, read := range []func([]token) quantity{englishNumber, frenchNumber, germanNumber} {
		if q := read(tokens); q.tokens > best.tokens {
			best = q
		}
	}
	return best
}

// dozens multiply the number before them, and stand alone: a dozen, two dozen.
var dozens = map[string]bool{"dozen": true, "douzaine": true, "douzaines": true, "dutzend": true}

// multipliers follow figures: 2 thousand, 3 cents, 5 tausend, 2 万.
var multipliers = map[string]int{
	"hundred": 100, "thousand": 1000, "cent": 100, "cents": 100, "mille": 1000, "hundert": 100, "tausend": 1000,
	"百": 100, "千": 1000, "万": 10000, "打": 12,
}

// multiplied applies what follows a number.
func multiplied(tokens []token, q quantity) quantity {
	if q.tokens == 0 || q.tokens >= len(tokens) {
		return q
	}
	next := tokens[q.tokens].text
	if dozens[next] {
		return quantity{value: bounded(q.value * 12), tokens: q.tokens + 1, about: q.about}
	}
	if by, ok := multipliers[next]; ok && tokens[0].kind == numberToken && (next != "cents" && next != "cent" || q.value < 10) {
		return quantity{value: bounded(q.value * by), tokens: q.tokens + 1}
	}
	return q
}

// word is the text of a token, "" behind the end.
func word(tokens []token, i int) string {
	if i < 0 || i >= len(tokens) {
		return ""
	}
	return tokens[i].text
}

// skipHyphen steps over the hyphen of twenty-five.
func skipHyphen(tokens []token, i int) int {
	if word(tokens, i) == "-" && i+1 < len(tokens) && !tokens[i].spaced && !tokens[i+1].spaced {
		return i + 1
	}
	return i
}
