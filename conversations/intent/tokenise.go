package intent

import (
	"strings"
	"unicode"
)

type tokenKind uint8

const (
	wordToken   tokenKind = iota // letters, or one Han character
	numberToken                  // digits that make a whole number
	markToken                    // punctuation
	thingToken                   // an address, a mention, a reference, a date: never a quantity
)

// token is a piece of a comparable text. Its text is a word, a mark, or the kind of thing.
type token struct {
	kind     tokenKind
	text     string
	value    int // of a numberToken
	from, to int // runes
	spaced   bool
}

// Kinds of things.
const (
	address   = "@address"
	mention   = "@mention"
	link      = "@link"
	reference = "@reference"
	date      = "@date"
	decimal   = "@decimal"
)

// tokeniser goes through a comparable text once.
type tokeniser struct {
	runes  []rune
	at     int
	spaced bool
	tokens []token
	local  int // the end of the letters, digits and signs of an address that at is among
}

func tokenise(runes []rune) []token {
	t := tokeniser{runes: runes, tokens: make([]token, 0, len(runes)/4+4)}
	for t.at < len(runes) {
		t.next()
	}
	return t.tokens
}

func (t *tokeniser) next() {
	r := t.runes[t.at]
	switch {
	case r == ' ':
		t.spaced = true
		t.at++
		return
	case isHan(r):
		t.emit(wordToken, string(r), t.at+1)
	case letterOrDigit(r):
		t.run()
	case r == '@' || r == '<' || r == '#':
		t.special(r)
	case r == '\'' && t.between(): // j'ai: two words
		t.at++
		return
	default:
		t.emit(markToken, string(r), t.at+1)
	}
	t.spaced = false
}

func (t *tokeniser) emit(kind tokenKind, text string, to int) {
	t.tokens = append(t.tokens, token{kind: kind, text: text, from: t.at, to: to, spaced: t.spaced})
	t.at = to
	t.spaced = false
}

func (t *tokeniser) emitNumber(value, to int) {
	t.emit(numberToken, "#", to)
	t.tokens[len(t.tokens)-1].value = value
}

func (t *tokeniser) peek(at int) rune {
	if at < 0 || at >= len(t.runes) {
		return 0
	}
	return t.runes[at]
}

func (t *tokeniser) between() bool {
	return letterOrDigit(t.peek(t.at-1)) && letterOrDigit(t.peek(t.at+1))
}

func isHan(r rune) bool { return r >= 0x2e80 && unicode.Is(unicode.Han, r) }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func letterOrDigit(r rune) bool {
	if r < 0x80 {
		return isDigit(r) || 'a' <= r && r <= 'z'
	}
	return !isHan(r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// end is the first place from at whose rune is not one of those.
func (t *tokeniser) end(at int, of func(rune) bool) int {
	for at < len(t.runes) && of(t.runes[at]) {
		at++
	}
	return at
}

// run reads letters and digits without a blank.
func (t *tokeniser) run() {
	if to, kind := t.thing(); to > 0 {
		t.emit(thingToken, kind, to)
		return
	}
	if isDigit(t.runes[t.at]) {
		t.digits()
		return
	}
	t.letters()
}

// thing finds an address or a link that starts here.
func (t *tokeniser) thing() (to int, kind string) {
	if t.at >= t.local {
		t.local = t.end(t.at, func(r rune) bool { return r < 0x80 && (letterOrDigit(r) || strings.ContainsRune("._%+-", r)) })
	}
	end := t.local
	if t.peek(end) == '@' && letterOrDigit(t.peek(end+1)) {
		return t.host(end + 1), address
	}
	word := string(t.runes[t.at:min(end, t.at+5)])
	if (word == "http" || word == "https") && t.peek(end) == ':' && t.peek(end+1) == '/' || strings.HasPrefix(word, "www.") {
		return t.end(end, func(r rune) bool { return r > ' ' && r < 0x80 && r != ',' && r != '>' }), link
	}
	return 0, ""
}

// host is the end of an address's second half, without a full stop behind it.
func (t *tokeniser) host(at int) int {
	end := t.end(at, func(r rune) bool { return r < 0x80 && (letterOrDigit(r) || r == '.' || r == '-') })
	for end > at && !letterOrDigit(t.runes[end-1]) {
		end--
	}
	return end
}

// special reads what platforms write for people and channels, and numbers of references.
func (t *tokeniser) special(r rune) {
	if r == '<' {
		end := t.end(t.at, func(r rune) bool { return r != '>' && r != '\n' && r != ' ' })
		if t.peek(end) == '>' && (t.peek(t.at+1) == '@' || t.peek(t.at+1) == '#') {
			t.emit(thingToken, mention, end+1)
			return
		}
		t.emit(markToken, "<", t.at+1)
		return
	}
	end := t.end(t.at+1, func(r rune) bool { return letterOrDigit(r) || r == '_' || r == '-' })
	kind := mention
	if r == '#' {
		kind = reference
	}
	if end == t.at+1 {
		t.emit(thingToken, reference, end)
		return
	}
	t.emit(thingToken, kind, end)
}

// letters reads a word, and splits off digits: plan2, x5, e3.
func (t *tokeniser) letters() {
	end := t.end(t.at, func(r rune) bool { return letterOrDigit(r) && !isDigit(r) })
	if t.runes[t.at] == 'x' && isDigit(t.peek(t.at-1)) { // 5xVisio
		end = t.at + 1
	}
	t.emit(wordToken, string(t.runes[t.at:end]), end)
}
