package intent

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

const (
	maxText   = 1000        // characters of a text that a model is sent
	maxMasked = 4 * maxText // of which it is made
)

// Of what addresses and accounts are made. Chinese has no blanks: what stands before an
// address there is rarely part of it.
const (
	account     = `(?:[\p{Latin}\p{Greek}\p{Cyrillic}\p{M}\p{Nd}!#$%&*+/=?^_{}~.'’-]+|\p{Han}{1,4}|[\p{Hangul}\p{Hiragana}\p{Katakana}\p{Arabic}\p{Hebrew}]+)`
	domainLabel = `(?:[\p{Latin}\p{Greek}\p{Cyrillic}\p{Nd}-]+|\p{Han}{1,6})`
	gap         = `[\s./()（）‐‑–—-]` // the figures of a telephone number
)

// masks find what a model has no need to see; of several, the first holds. Digits, letters
// and signs are those of every script and width.
var masks = sync.OnceValue(func() []pattern {
	return []pattern{
		{"person", regexp.MustCompile(`(?i)<at\b[^>]*>.*?</at>|<[@!#][^>]*>`), nil}, // the platforms' mentions
		{"link", regexp.MustCompile(`(?i)\b(?:https?|ftp|file)://\S+|\bwww\.\S+`), nil},
		{"person", regexp.MustCompile(account + `[@＠]` + domainLabel + `(?:[.．。]` + domainLabel + `)*`), nil},
		{"person", regexp.MustCompile(account + `\s[@＠]\s` + domainLabel + `(?:[.．。]` + domainLabel + `)*[.．。]\p{L}{2,}`), nil},
		{"person", regexp.MustCompile(`(?i)` + account + `\s?[(\[{]\s?(?:at|ät|arobase)\s?[)\]}]\s?` + domainLabel + `(?:(?:\.|\s?[(\[{](?:dot|punkt|point)[)\]}]\s?)` + domainLabel + `)*`), nil},
		{"person", regexp.MustCompile(`[\p{L}\p{N}.-]+\\[\p{L}\p{N}._-]+`), nil}, // DOMAIN\name
		{"person", regexp.MustCompile(`[@＠](?:[\p{Latin}\p{Greek}\p{Cyrillic}\p{Nd}._-]+|\p{Han}{1,4})`), nil},
		{"id", regexp.MustCompile(`(?i)[0-9a-f]{8}[-‐‑–]?(?:[0-9a-f]{4}[-‐‑–]?){3}[0-9a-f]{12}`), nil},
		{"id", regexp.MustCompile(`\b[A-Z]{2}\p{Nd}{2}(?: ?[A-Z\p{Nd}]{4}){3,}(?: ?[A-Z\p{Nd}]{1,4})?\b`), nil}, // IBAN
		{"phone", regexp.MustCompile(`[+＋]\p{Nd}(?:` + gap + `{0,3}\p{Nd}){5,}`), nil},
		{"id", regexp.MustCompile(`\b\p{Nd}{4}(?:[ -]\p{Nd}{4}){2,}\b`), nil}, // cards
		{"phone", regexp.MustCompile(`[(（]\p{Nd}{2,5}[)）]` + gap + `?\p{Nd}{3,}(?:` + gap + `?\p{Nd}{2,})*`), nil},
		{"phone", regexp.MustCompile(`\b\p{Nd}{3}[-‐‑.\s]\p{Nd}{3,4}[-‐‑.\s]\p{Nd}{4}\b|\b\p{Nd}{3}[-‐‑]\p{Nd}{4}\b`), nil},
		{"phone", regexp.MustCompile(`(?:\b0|０)(?:` + gap + `{0,3}\p{Nd}){6,}`), nil},
		{"id", regexp.MustCompile(`\p{Nd}(?:[\s./‐‑–—-]?\p{Nd}){8,}|\p{Nd}{7,}`), nil},
		{"id", regexp.MustCompile(longWord), isID},
	}
})

// pattern is one of them; is tells a find from what only looks like it, nil: everything is one.
type pattern struct {
	name string
	find *regexp.Regexp
	is   func(string) bool
}

// longWord finds letters and figures in one, of which only some are ids: see isID.
const longWord = `[\p{Latin}\p{Nd}_-]{12,}`

// isID tells an id from a product that is written in one word.
func isID(word string) bool {
	digits := 0
	for _, r := range word {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits > 4
}

// named is a place and what is there.
type named struct {
	Span
	name string
}

// mask puts a name such as <person1> in place of each address, account, telephone number,
// link and long id, the same for the same, and keeps maxText characters of that. hidden is
// where they stood in the text, and what was not kept.
func mask(text string) (masked string, hidden []Span) {
	whole := len(text)
	if shorter := cut(text, maxMasked); len(shorter) < whole {
		if text = shorter; strings.ContainsFunc(text, unicode.IsSpace) {
			text = text[:strings.LastIndexFunc(text, unicode.IsSpace)] // no half of a word
		}
	}
	found := findHidden(text)
	masked, end := replace(text, found, maxText)
	if end < whole {
		hidden = append(hidden, Span{end, whole})
	}
	for _, f := range found {
		hidden = append(hidden, f.Span)
	}
	return strings.TrimSpace(masked), hidden
}

func findHidden(text string) []named {
	var found []named
	for _, m := range masks() {
		for _, at := range m.find.FindAllStringIndex(text, -1) {
			span := Span{at[0], at[1]}
			if m.is != nil && !m.is(text[span.Start:span.End]) {
				continue
			}
			if !slices.ContainsFunc(found, func(f named) bool { return f.overlaps(span) }) {
				found = append(found, named{span, m.name})
			}
		}
	}
	slices.SortFunc(found, func(a, b named) int { return a.Start - b.Start })
	return found
}

// replace numbers what it puts in place of the found, each kind by itself, as far as there is
// room for it in so many characters. end is where in the text that ends.
func replace(text string, found []named, room int) (masked string, end int) {
	var b strings.Builder
	numbers, counts := map[string]int{}, map[string]int{}
	for _, f := range found {
		was := f.name + strings.ToLower(text[f.Start:f.End])
		if numbers[was] == 0 {
			counts[f.name]++
			numbers[was] = counts[f.name]
		}
		piece := fmt.Sprintf("%s<%s%d>", text[end:f.Start], f.name, numbers[was])
		if utf8.RuneCountInString(piece) > room {
			rest := cut(text[end:f.Start], room)
			return b.String() + rest, end + len(rest)
		}
		b.WriteString(piece)
		room, end = room-utf8.RuneCountInString(piece), f.End
	}
	rest := cut(text[end:], room)
	return b.String() + rest, end + len(rest)
}

// cut keeps so many characters.
func cut(text string, runes int) string {
	for i := range text {
		if runes--; runes < 0 {
			return text[:i]
		}
	}
	return text
}
