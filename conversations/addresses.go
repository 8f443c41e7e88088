package conversations

import (
	"regexp"
	"strings"
	"unicode"
)

// maxAddressText is how long a list of addresses may be: more than any list of as many
// people as a task takes.
const maxAddressText = 64 << 10

// inBrackets is the address of "Aïcha <aicha@contoso.example>", and of what chat
// programs make of an address.
var inBrackets = regexp.MustCompile(`<(?:mailto:)?([^<>|,;\s[:cntrl:]]*@[^<>|,;\s[:cntrl:]]*)(?:\|[^<>]*)?>`)

// readAddresses reads what people paste: addresses between new lines, commas, semicolons
// and blanks, with names or without, each once. What is no address is kept, so that it
// can be told; net/mail would refuse the whole list for it, and wants commas.
func readAddresses(text string) []string {
	var all []string
	seen := map[string]bool{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == ';' }) {
		for _, a := range addressesIn(part) {
			if key := strings.ToLower(a); !seen[key] {
				seen[key] = true
				all = append(all, a)
			}
		}
	}
	return all
}

// addressesIn reads one part. Beside an address in brackets, words that are no address
// are somebody's name, which may have a comma in it.
func addressesIn(part string) []string {
	bracketed := inBrackets.FindAllStringSubmatch(part, -1)
	var all []string
	for _, match := range bracketed {
		all = append(all, match[1])
	}
	for _, word := range strings.FieldsFunc(inBrackets.ReplaceAllString(part, " "), apart) {
		word = unwrapped(word)
		if word != "" && (len(bracketed) == 0 || strings.Contains(word, "@")) {
			all = append(all, word)
		}
	}
	return all
}

// unwrapped is a word without what stands around it. One with brackets inside, such as
// "<b>@q", stays as it was typed: without those at its ends it would be another.
func unwrapped(word string) string {
	bare := strings.Trim(word, `"'()[]<>.:`)
	if strings.ContainsAny(bare, `"()[]<>`) {
		return word
	}
	return strings.TrimPrefix(bare, "mailto:")
}

func apart(r rune) bool { return r == ',' || unicode.IsSpace(r) || unicode.IsControl(r) }
