package intent

import "strings"

// phrases are words in a row, by the first of them. Those of all languages are together: none
// is a word of another language that means something else there. In Chinese each character
// is a word.
type phrases map[string][][]string

// say reads phrases that are separated by "|".
func say(list string) phrases {
	all := phrases{}
	for phrase := range strings.SplitSeq(list, "|") {
		var words []string
		for _, word := range strings.Fields(phrase) {
			if isHan([]rune(word)[0]) {
				words = append(words, strings.Split(word, "")...)
				continue
			}
			words = append(words, word)
		}
		all[words[0]] = append(all[words[0]], words)
	}
	return all
}

// in reports whether one of them is among the words.
func (f phrases) in(words []token) bool {
	for i := range words {
		if f.begin(words[i:]) {
			return true
		}
	}
	return false
}

// begin reports whether the words begin with one of them.
func (f phrases) begin(words []token) bool {
	if len(words) == 0 {
		return false
	}
	for _, phrase := range f[words[0].text] {
		if begin(words, phrase) {
			return true
		}
	}
	return false
}
