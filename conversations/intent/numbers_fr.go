package intent

var frenchUnits = map[string]int{
	"zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
	"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}

// frenchTens has the words of Belgium and Switzerland too.
var frenchTens = map[string]int{
	"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
	"septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
}

// frenchAbout are nouns that say about how many.
var frenchAbout = map[string]int{
	"dizaine": 10, "dizaines": 10, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50,
	"soixantaine": 60, "centaine": 100, "centaines": 100, "millier": 1000, "milliers": 1000,
}

// frenchNumber reads "deux mille trois cent quatre-vingt-dix-sept", "une douzaine".
func frenchNumber(tokens []token) quantity {
	if q := frenchShort(tokens); q.tokens > 0 {
		return q
	}
	value, at := frenchBelowThousand(tokens)
	next := skipHyphen(tokens, at)
	if w := word(tokens, next); (w == "mille" || w == "mil") && (at == 0 || value < 1000) {
		thousands := max(value, 1)
		if at == 0 {
			next = 0
		}
		rest := skipHyphen(tokens, next+1)
		more, n := frenchBelowThousand(tokens[min(rest, len(tokens)):])
		if n == 0 {
			return quantity{value: thousands * 1000, tokens: next + 1}
		}
		return quantity{value: thousands*1000 + more, tokens: rest + n}
	}
	return quantity{value: value, tokens: at}
}

func frenchShort(tokens []token) quantity {
	at := 0
	if w := word(tokens, 0); w == "une" || w == "un" || w == "quelques" || w == "des" {
		at = 1
	}
	w := word(tokens, at)
	switch {
	case w == "douzaine":
		return quantity{value: 12, tokens: at + 1}
	case w == "demi" && word(tokens, skipHyphen(tokens, at+1)) == "douzaine":
		return quantity{value: 6, tokens: skipHyphen(tokens, at+1) + 1}
	case frenchAbout[w] > 0:
		return quantity{value: frenchAbout[w], tokens: at + 1, about: true}
	}
	return quantity{}
}

func frenchBelowThousand(tokens []token) (value, n int) {
	value, n = frenchBelowHundred(tokens)
	next := 0
	if n > 0 {
		next = skipHyphen(tokens, n)
	}
	w := word(tokens, next)
	if w != "cent" && w != "cents" || n > 0 && (value < 2 || value > 19) {
		return value, n
	}
	hundreds := 1
	if n > 0 {
		hundreds = value
	}
	rest := skipHyphen(tokens, next+1)
	if word(tokens, rest) == "et" && word(tokens, rest+1) == "un" {
		rest++
	}
	if more, n := frenchBelowHundred(tokens[min(rest, len(tokens)):]); n > 0 {
		return hundreds*100 + more, rest + n
	}
	return hundreds * 100, next + 1
}

func frenchBelowHundred(tokens []token) (value, n int) {
	first := word(tokens, 0)
	if v, ok := frenchUnits[first]; ok && first != "quatre" {
		return frenchTeen(tokens, v)
	}
	tens, at := frenchTens[first], 1
	if first == "quatre" {
		next := skipHyphen(tokens, 1)
		if w := word(tokens, next); w != "vingt" && w != "vingts" {
			return 4, 1
		}
		tens, at = 80, next+1
	}
	if tens == 0 {
		return 0, 0
	}
	more, n := frenchBehindTens(tokens, at, tens)
	if n == 0 {
		return tens, at
	}
	return tens + more, n
}

// frenchTeen reads dix-sept to dix-neuf.
func frenchTeen(tokens []token, v int) (value, n int) {
	if v != 10 {
		return v, 1
	}
	next := skipHyphen(tokens, 1)
	if more := frenchUnits[word(tokens, next)]; more >= 7 && more <= 9 {
		return 10 + more, next + 1
	}
	return 10, 1
}

// frenchBehindTens reads what is added to tens, and where it ends. Only sixty and eighty
// go on to nineteen.
func frenchBehindTens(tokens []token, at, tens int) (value, end int) {
	next := skipHyphen(tokens, at)
	if word(tokens, next) == "et" {
		next = skipHyphen(tokens, next+1)
	}
	v, ok := frenchUnits[word(tokens, next)]
	if !ok || v == 0 || word(tokens, next) == "une" && !ok {
		return 0, 0
	}
	if v >= 10 && tens != 60 && tens != 80 {
		return 0, 0
	}
	n := 1
	if v == 10 {
		v, n = frenchTeen(tokens[next:], v)
	}
	return v, next + n
}
