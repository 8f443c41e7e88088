package intent

import "slices"

// unclear reports whether the number beside the goods may be that of others than are wanted:
// some are changed for others, they are wanted more than once, or so many are to be there in
// the end.
func (p *phrasing) unclear() bool {
	return p.turnedInto() || p.repeated() || p.totalled() || p.authorised()
}

// words are those of the sentence.
func (p *phrasing) words() []token {
	return p.tokens[p.spans[p.start].from:p.spans[p.end-1].to]
}

// turnedInto reports whether some goods are to be changed into so many others: which of them are
// there already is not said.
func (p *phrasing) turnedInto() bool {
	numbers, turned := 0, false
	for i := p.start; i < p.end; i++ {
		switch s := &p.spans[i]; {
		case s.mark == amount:
			numbers++
		case s.mark != product: // Exchange is one
			turned = turned || turningInto[p.tokens[s.from].text]
		}
	}
	words := p.words()
	return turned && numbers > 1 || p.lang == chinese && (follow(words, "替", "换") || follow(words, "置", "换"))
}

var turningInto = set(`change swap exchange convert turn trade replace switch
	tausche tauscht tauschen ersetze ersetzt ersetzen wandle wandelt umwandeln
	echange echangez echanger remplace remplacez remplacer convertir transformez`)

// follow reports whether two words stand side by side.
func follow(words []token, first, second string) bool {
	for i := range words[:len(words)-1] {
		if words[i].text == first && words[i+1].text == second {
			return true
		}
	}
	return false
}

// repeated reports whether the goods are wanted more than once: 10 Visio, twice.
func (p *phrasing) repeated() bool {
	behind := p.tokens[p.spans[p.last].to:p.spans[p.end-1].to]
	for i := range behind {
		if multiples[behind[i].text] || i > 0 && repeats[behind[i].text] && few[behind[i-1].text] {
			return true
		}
	}
	return false
}

var (
	multiples = set("twice thrice zweimal dreimal doppelt")
	repeats   = set("fois times mal 次 遍 倍")
	few       = set("2 3 4 two three four deux trois quatre zwei drei vier 两 二 三 四")
)

// totalled reports whether the number is how many there are to be in the end.
func (p *phrasing) totalled() bool {
	words := p.words()
	in := func(of map[string]bool) bool {
		return slices.ContainsFunc(words, func(t token) bool { return of[t.text] })
	}
	return in(totals) && in(becoming) || p.lang == chinese && (follow(words, "总", "共") || follow(words, "一", "共")) && in(becoming)
}

var (
	totals   = set("total insgesamt gesamt")
	becoming = set("be sein etre 应 达")
)

// authorised reports whether Chinese allows the goods, rather than calling them licences.
func (p *phrasing) authorised() bool {
	return p.lang == chinese && p.first > p.from && p.spans[p.from].mark == seat && p.wordOf(p.from) == "授"
}
