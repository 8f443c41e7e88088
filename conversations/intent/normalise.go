package intent

import (
	"strconv"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes and maxBytes are how much of a text is read. Nobody orders in more words; what
// lies behind makes the reading unsure.
const (
	maxRunes = 2000
	maxBytes = 16 * maxRunes // of which the most may be invisible
)

// comparable is a text in the form in which words are compared: without case, width,
// accents and invisible characters, each rune with the bytes of the original it is from.
type comparable struct {
	runes      []rune
	start, end []int
	cut        bool // the text was longer
}

// normalise makes a text comparable. It takes any bytes.
func normalise(text string) comparable {
	c := comparable{runes: make([]rune, 0, min(len(text), maxRunes))}
	for at, r := range text {
		if len(c.runes) >= maxRunes || at > maxBytes {
			c.cut = true
			break
		}
		if r == '，' { // ends a part of a sentence, and parts no figures
			c.push(',', at, at+len("，"))
			if figures(text, at) {
				c.push(' ', at, at+len("，"))
			}
			continue
		}
		if r < utf8.RuneSelf {
			c.push(plain(unicode.ToLower(r)), at, at+1)
			continue
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		if numbered(r) { // the number of a list's item, not of anything
			c.add([]byte(strconv.Itoa(int(r-'①')+1)+") "), at, at+size)
			continue
		}
		if r == keycap || (r == 'º' || r == '°') && at > 0 && isDigit(rune(text[at-1])) {
			c.push(')', at, at+size)
			continue
		}
		letter := norm.NFKD.PropertiesString(text[at : at+size])
		if parts := letter.Decomposition(); parts != nil {
			c.add(parts, at, at+size)
		} else {
			c.add([]byte(text[at:at+size]), at, at+size)
		}
	}
	return c
}

// keycap makes a key of the figure before it, as people number a list.
const keycap = '\u20e3'

// numbered reports whether a character is a figure within a circle.
func numbered(r rune) bool { return '①' <= r && r <= '⑳' }

// figures reports whether a full-width comma stands between figures that are not: 计划1，45个.
func figures(text string, at int) bool {
	behind := at + len("，")
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	next, _ := utf8.DecodeRuneInString(text[min(behind, len(text)):])
	return unicode.IsDigit(before) && unicode.IsDigit(next)
}

func (c *comparable) add(segment []byte, from, to int) {
	for len(segment) > 0 && len(c.runes) < maxRunes {
		r, size := utf8.DecodeRune(segment)
		segment = segment[size:]
		r = unicode.ToLower(r)
		if several, ok := unfolded[r]; ok {
			for _, one := range several {
				c.push(one, from, to)
			}
			continue
		}
		if !invisible(r) {
			c.push(plain(r), from, to)
		}
	}
}

func (c *comparable) push(r rune, from, to int) {
	c.runes = append(c.runes, r)
	c.start = append(c.start, from)
	c.end = append(c.end, to)
}

func (c comparable) String() string { return string(c.runes) }

// unfolded are letters that people write in two where they lack the key.
var unfolded = map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe"}

// invisible characters stand between letters without being seen.
func invisible(r rune) bool {
	return r >= 0x80 && (unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r == utf8.RuneError)
}

// plain gives punctuation one form.
func plain(r rune) rune {
	if p, ok := punctuation[r]; ok {
		return p
	}
	if r != '\n' && (unicode.IsControl(r) || unicode.IsSpace(r)) {
		return ' '
	}
	return r
}

var punctuation = map[rune]rune{
	'‘': '\'', '’': '\'', '‛': '\'', '`': '\'', '´': '\'', 'ʼ': '\'', '′': '\'',
	'“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '「': '"', '」': '"', '『': '"', '』': '"', '《': '"', '》': '"', '‹': '"', '›': '"',
	'‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '―': '-', '−': '-', '\r': '\n', '\u2028': '\n', '\u2029': '\n',
	'。': '.', '、': ',', '…': '.', '×': 'x', '✕': 'x', '✖': 'x', '⁄': '/', '∕': '/', '～': '~', '〜': '~', '【': '(', '】': ')', '[': '(', ']': ')', '{': '(', '}': ')',
	'ı': 'i', 'ø': 'o', 'ł': 'l', 'đ': 'd',
}

// simplified are traditional characters of the words that are known here.
func init() {
	for pair := range simplified {
		punctuation[pair] = simplified[pair]
	}
}

var simplified = pairs("個个買买購购訂订閱阅許许證证給给員员為为業业級级準准礎础應应電电話话計计劃划動动務务單单幫帮請请這这們们麼么樣样還还點点錢钱價价兩两萬万號号審审採采關关車车問问帳账戶户權权約约結结專专團团隊队門门續续費费開开會会從从將将換换")

// pairs reads traditional and simplified characters in turn.
func pairs(text string) map[rune]rune {
	found := map[rune]rune{}
	all := []rune(text)
	for i := 0; i+1 < len(all); i += 2 {
		found[all[i]] = all[i+1]
	}
	return found
}
