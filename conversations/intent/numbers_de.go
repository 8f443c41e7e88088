package intent

import "strings"

var germanUnits = map[string]int{
	"null": 0, "ein": 1, "eins": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "funf": 5, "fuenf": 5, "sechs": 6, "sieben": 7,
	"acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwolf": 12, "zwoelf": 12, "dreizehn": 13, "vierzehn": 14, "funfzehn": 15,
	"fuenfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}

var germanTens = map[string]int{
	"zwanzig": 20, "dreissig": 30, "dreizig": 30, "vierzig": 40, "funfzig": 50, "fuenfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80, "neunzig": 90,
}

// germanNumber reads "dreihundertfünfundzwanzig" in one word or in several, "ein Dutzend".
func germanNumber(tokens []token) quantity {
	if q := germanShort(tokens); q.tokens > 0 {
		return q
	}
	best, joined := quantity{}, ""
	for i := 0; i < len(tokens) && i < 8 && tokens[i].kind == wordToken && germanPart(tokens[i].text); i++ {
		joined += tokens[i].text
		if v, ok := germanJoined(joined); ok {
			best = quantity{value: v, tokens: i + 1}
		}
	}
	return best
}

func germanShort(tokens []token) quantity {
	at := 0
	switch word(tokens, 0) {
	case "ein", "einem", "das":
		at = 1
	}
	half := 12
	switch word(tokens, at) {
	case "halbes", "halbe", "halben":
		half, at = 6, at+1
	}
	if word(tokens, at) == "dutzend" {
		return quantity{value: half, tokens: at + 1}
	}
	return quantity{}
}

// germanPart reports whether a word can be a part of a number.
func germanPart(w string) bool {
	if len(w) > 60 {
		return false
	}
	if w == "und" {
		return true
	}
	_, whole := germanJoined(w)
	return whole
}

// germanJoined reads a number written as one word.
func germanJoined(w string) (int, bool) {
	before, after, found := strings.Cut(w, "tausend")
	if !found {
		return germanBelowThousand(w)
	}
	thousands, more := 1, 0
	ok := true
	if before != "" {
		thousands, ok = germanBelowThousand(before)
	}
	if ok && after != "" {
		more, ok = germanBelowThousand(strings.TrimPrefix(after, "und"))
	}
	return thousands*1000 + more, ok && thousands > 0
}

func germanBelowThousand(w string) (int, bool) {
	before, after, found := strings.Cut(w, "hundert")
	if !found {
		return germanBelowHundred(w)
	}
	hundreds, more := 1, 0
	ok := true
	if before != "" {
		hundreds, ok = germanUnits[before]
	}
	if ok && after != "" {
		more, ok = germanBelowHundred(strings.TrimPrefix(after, "und"))
	}
	return hundreds*100 + more, ok && hundreds > 0
}

func germanBelowHundred(w string) (int, bool) {
	if v, ok := germanUnits[w]; ok {
		return v, true
	}
	if v, ok := germanTens[w]; ok {
		return v, true
	}
	for i := len(w) - 3; i > 0; i-- { // the last "und" is that between units and tens
		if w[i:i+3] != "und" {
			continue
		}
		unit, isUnit := germanUnits[w[:i]]
		tens, isTens := germanTens[w[i+3:]]
		if isUnit && isTens && unit > 0 && unit < 10 {
			return tens + unit, true
		}
	}
	return 0, false
}
