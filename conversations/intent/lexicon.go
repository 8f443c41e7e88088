package intent

import (
	"slices"
	"strings"
)

// mark is what a phrase means for the reading.
type mark uint8

const (
	unmarked     mark = iota
	filler            // politeness, prepositions, pronouns: known, and of no weight
	seat              // licence, seat
	people            // users, employees
	classifier        // 个
	article           // a, une, eine
	of                // de, of
	toward            // to, for, at
	approx            // about, up to, at least: before a number
	approxBehind      // or so, or more: behind it
	some              // a few
	many              // dozens of
	monthly
	annual
	otherPeriod // quarterly, every two years
	commitment  // term, contract: what a period before or behind is the length of
	paid        // billed, payment
	void        // fair, meeting: what a period before it is not of a purchase
	assignVerb
	automatic
	atOnce
	everyone
	group
	nobody
	pool // spare, unused
	byHand
	later
	autoAssign // one word for both
	negation
	yes
	correction
	insteadOf
	each
	all
	and
	or
	comma
	stop
	buyVerb
	want
	own
	past
	cart
	show
	subscription // the word alone
	mine         // my subscriptions
	owned
	help
	howTo
	cancel
	endVerb
	unassignVerb
	approve
	place
	program
	price
	compare
	says
	label // order, room: the number behind it names something
	currency
	unit // GB, weeks, offices: the number before it counts something else
	more
	times
	question
	polite // "could you": a question that is a request
	denial
	empty
	from
	narrated  // last year, the neighbours, we had: what is told, not asked for
	unreal    // if we bought, too many
	takenBack // just kidding, nothing to buy yet
	product
	amount
	thing
	unknown // a word that nothing accounts for
	other   // nouns and verbs that are known and are not products
)

// language is one of the four.
type language uint8

const (
	english language = iota
	french
	german
	chinese
	languages = 4
)

// entry is a row of a language's table: phrases between bars, of one meaning. 0 stands for
// any number; ~ at the end of a word for the endings of a German adjective.
type entry struct {
	mark    mark
	phrases string
}

// lexicon finds phrases. Its words are also what typing errors are repaired to.
type lexicon struct {
	root  *node
	words map[string]uint8 // each with a bit a language
}

// node is a place in the tree of phrases: what follows, and what ends here.
type node struct {
	next  map[string]*node
	marks [languages]mark
}

func newLexicon() *lexicon {
	l := &lexicon{root: &node{}, words: map[string]uint8{}}
	for _, tables := range [][languages][]entry{passing, ruling, retracting, leaving, telling, {englishWords, frenchWords, germanWords, chineseWords}, asking, waiting, holding} {
		for lang, table := range tables {
			l.addTable(language(lang), table)
		}
	}
	return l
}

func (l *lexicon) addTable(lang language, table []entry) {
	for _, e := range table {
		for phrase := range strings.SplitSeq(e.phrases, "|") {
			l.addSpellings(lang, e.mark, phrase)
		}
	}
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue")

var endings = []string{"", "e", "en", "er", "es", "em"}

// addSpellings adds a phrase with its umlauts as they are and written out, and with every ending.
func (l *lexicon) addSpellings(lang language, m mark, phrase string) {
	if before, after, ok := strings.Cut(phrase, "~"); ok {
		for _, e := range endings {
			l.addSpellings(lang, m, before+e+after)
		}
		return
	}
	l.add(lang, m, phrase)
	if written := umlauts.Replace(phrase); written != phrase {
		l.add(lang, m, written)
	}
}

func (l *lexicon) add(lang language, m mark, phrase string) {
	at := l.root
	for _, t := range tokenise(normalise(phrase).runes) {
		if t.kind == wordToken {
			l.words[t.text] |= 1 << lang
		}
		at = at.child(edge(&t))
	}
	if at.marks[lang] == unmarked {
		at.marks[lang] = m
	}
}

// edge is a token as the tree has it. In phrases, 0 is any number.
func edge(t *token) string {
	if t.kind == numberToken && t.value > 0 {
		return "#" + string(rune(t.value))
	}
	return t.text
}

func (n *node) child(key string) *node {
	if n.next == nil {
		n.next = map[string]*node{}
	}
	if n.next[key] == nil {
		n.next[key] = &node{}
	}
	return n.next[key]
}

// meaning is what a phrase that ends here means to a writer of lang. People mix in words
// of other languages, but not such as are their own too: "on a" is no French in English.
func (l *lexicon) meaning(n *node, phrase []token, lang language) mark {
	if m := n.marks[lang]; m != unmarked {
		return m
	}
	if n.marks == ([languages]mark{}) || l.own(phrase, lang) {
		return unmarked
	}
	i := slices.IndexFunc(n.marks[:], func(m mark) bool { return m != unmarked })
	if i < 0 {
		return unmarked
	}
	return n.marks[i]
}

// own reports whether every word is of the language.
func (l *lexicon) own(phrase []token, lang language) bool {
	for i := range phrase {
		if phrase[i].kind == wordToken && l.words[phrase[i].text]&(1<<lang) == 0 {
			return false
		}
	}
	return len(phrase) > 1
}

// longest finds the longest phrase that begins at the first token.
func (l *lexicon) longest(tokens []token, lang language) (mark, int) {
	return l.longestFrom(l.root, tokens, 0, lang)
}

func (l *lexicon) longestFrom(at *node, tokens []token, taken int, lang language) (mark, int) {
	found, n := unmarked, 0
	if m := l.meaning(at, tokens[:taken], lang); m != unmarked {
		found, n = m, taken
	}
	if taken >= len(tokens) || at.next == nil {
		return found, n
	}
	t := &tokens[taken]
	if t.kind != numberToken {
		if next := at.next[t.text]; next != nil {
			found, n = l.longer(found, n, next, tokens, taken+1, lang)
		}
	}
	if at.next["#"] == nil && t.kind != numberToken {
		return found, n
	}
	q := numberAt(tokens[taken:])
	if q.tokens == 0 {
		return found, n
	}
	for _, key := range []string{"#" + string(rune(q.value)), "#"} {
		if next := at.next[key]; next != nil {
			found, n = l.longer(found, n, next, tokens, taken+q.tokens, lang)
		}
	}
	return found, n
}

func (l *lexicon) longer(found mark, n int, next *node, tokens []token, taken int, lang language) (mark, int) {
	if m, more := l.longestFrom(next, tokens, taken, lang); more > n {
		return m, more
	}
	return found, n
}
