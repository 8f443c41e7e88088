package intent

import "slices"

// maxRepairs bounds the work on a text of unknown words.
const maxRepairs = 60

// speller repairs words, one by one. A word with a digit, a short one, and one that two
// others are as near to stays as it is.
type speller struct {
	known    map[string]bool
	products [][]rune
	lexicon  map[rune][][]rune // by first letter
}

func newSpeller(l *lexicon, p *products) *speller {
	s := &speller{known: map[string]bool{}, lexicon: map[rune][][]rune{}}
	for w := range l.words {
		s.known[w] = true
		if r := []rune(w); len(r) >= 4 && !isHan(r[0]) {
			s.lexicon[r[0]] = append(s.lexicon[r[0]], r)
		}
	}
	for _, w := range p.vocabulary() {
		s.known[w] = true
		if r := []rune(w); len(r) >= 4 && !isCode(w) && !isHan(r[0]) {
			s.products = append(s.products, r)
		}
	}
	for _, words := range []map[string]bool{brands, editions, ordinary} {
		for w := range words {
			s.known[w] = true
		}
	}
	for w := range usual {
		s.known[w] = true
	}
	for _, numbers := range []map[string]int{englishUnits, englishTens, frenchUnits, frenchTens, frenchAbout, germanUnits, germanTens, multipliers} {
		for w := range numbers {
			s.known[w] = true
		}
	}
	return s
}

// budget is how many slips a word of n letters may have.
func budget(n int) int {
	switch {
	case n < 4:
		return 0
	case n < 7:
		return 1
	}
	return 2
}

// repair is the one word that w is a slip of, or w.
func (s *speller) repair(w string) string {
	if s.known[w] {
		return w
	}
	written := []rune(w)
	if len(written) < 4 || len(written) > 24 {
		return w
	}
	var best nearest
	for _, word := range s.products {
		best.try(written, word, budget(len(written)))
	}
	for _, word := range s.lexicon[written[0]] {
		if swapped(written, word) || doubled(written, word) { // nobody means another word
			return string(word)
		}
		if len(word) > 4 {
			best.try(written, word, (budget(len(written))+1)/2)
		}
	}
	if best.word == nil || best.tie {
		return w
	}
	return string(best.word)
}

// swapped reports whether two neighbouring letters of a word have changed places.
func swapped(written, word []rune) bool {
	if len(written) != len(word) {
		return false
	}
	i := 0
	for i < len(word) && written[i] == word[i] {
		i++
	}
	return i+1 < len(word) && written[i] == word[i+1] && written[i+1] == word[i] && slices.Equal(written[i+2:], word[i+2:])
}

// repairName is the word of a name that w is a slip of, behind another word of names: there
// it is nearer than any other word.
func (s *speller) repairName(w string) (string, bool) {
	written := []rune(w)
	if len(written) < 4 || len(written) > 24 || ordinary[w] {
		return w, false
	}
	var best nearest
	for _, word := range s.products {
		best.try(written, word, budget(len(written)))
	}
	if best.word == nil || best.tie {
		return w, false
	}
	return string(best.word), true
}

// doubled reports whether a letter was written twice.
func doubled(written, word []rune) bool {
	if len(written) != len(word)+1 {
		return false
	}
	i := 0
	for i < len(word) && written[i] == word[i] {
		i++
	}
	return i > 0 && written[i] == written[i-1] && slices.Equal(written[i+1:], word[i:])
}

// nearest is the best word so far.
type nearest struct {
	word     []rune
	distance int
	tie      bool
}

func (n *nearest) try(written, word []rune, most int) {
	if d := len(written) - len(word); d > most || -d > most {
		return
	}
	d := distance(written, word, most)
	switch {
	case d > most || n.word != nil && d > n.distance:
	case n.word != nil && d == n.distance:
		n.tie = n.tie || !slices.Equal(n.word, word)
	default:
		*n = nearest{word: word, distance: d}
	}
}

// distance counts insertions, deletions, replacements and swaps of neighbours (optimal
// string alignment); over most it may be any number over most.
func distance(a, b []rune, most int) int {
	var rows [3][32]int
	before, last, row := rows[0][:], rows[1][:], rows[2][:]
	for j := 0; j <= len(b); j++ {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differs(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return least
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func differs(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}

// ordinary words are near to words of products and mean something else.
var ordinary = set(`visit visits basis bases premier pour power hour four your entry entire extra maps steps offices apple apples phones projects projet projets projekt
projekte project exchanges exchange change cards team teams standards copy pilot pilots visa vision visio's businessman business's defend defended
plane planes planet flow point points house home works first third worst best rest test best many money monday daily email female later letter water
marie martin maria peter thomas anna julia laura sarah lisa kevin nicolas sophie pierre claire julien alex david michael stefan andreas sabine petra klaus
weber lena felix lukas jonas emma louis hugo paul eric erik simon daniel markus christian susanne monika karin oliver wolfgang jessica jennifer amanda
basics hall mobile online offline contoso fabrikam adatum sans dans sous vous nous leur cette avant apres entre depuis encore moins
nicht noch sehr oder aber wenn dann weil auch alles immer heute morgen gestern schon wieder unter ueber
half dozen dozens demi halbes halben halbe dutzend douzaine daraus teuer leider sofort monaten wochen stunden`)
