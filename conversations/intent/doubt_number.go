package intent

import (
	"slices"
	"strings"
)

// unclear reports whether the number beside the goods may be of something else than is wanted, or
// the goods may not be wanted, though the sentence sounds like a request.
func (p *phrasing) unclear() bool {
	return slices.ContainsFunc(doubts, func(doubts func(*phrasing) bool) bool { return doubts(p) })
}

var doubts = []func(*phrasing) bool{
	(*phrasing).turnedInto, (*phrasing).repeated, (*phrasing).totalled, (*phrasing).misspelt, // the number
	(*phrasing).ofThings, (*phrasing).named, (*phrasing).varied, // the product
	(*phrasing).possessed, (*phrasing).pooled, (*phrasing).ofOthers, (*phrasing).shared, // whose they are
	(*phrasing).pondered, (*phrasing).notNow, (*phrasing).dropped, // whether and when
	(*phrasing).authorised, (*phrasing).judged, (*phrasing).cleared, // who rules on it
	(*phrasing).titled, (*phrasing).wondered, (*phrasing).quoted, // what kind of a sentence it is
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
	return turned && numbers > 1 || p.writes("替换", "置换")
}

var turningInto = set(`change swap exchange convert turn trade replace switch
	tausche tauscht tauschen ersetze ersetzt ersetzen wandle wandelt umwandeln
	echange echangez echanger remplace remplacez remplacer convertir transformez`)

// writes reports whether a Chinese sentence has one of the words.
func (p *phrasing) writes(words ...string) bool {
	return p.lang == chinese && slices.ContainsFunc(words, func(word string) bool { return holds(p.words(), strings.Split(word, "")...) })
}

// holds reports whether words stand side by side among others.
func holds(words []token, sequence ...string) bool {
	for i := range words {
		if begin(words[i:], sequence) {
			return true
		}
	}
	return false
}

func begin(words []token, sequence []string) bool {
	return len(sequence) <= len(words) && slices.EqualFunc(sequence, words[:len(sequence)], func(want string, t token) bool { return want == t.text })
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
	return (in(totals) || p.writes("总共", "一共")) && in(becoming)
}

var (
	totals   = set("total insgesamt gesamt")
	becoming = set("be sein etre 应 达")
)

// authorised reports whether Chinese allows the goods, rather than calling them licences.
func (p *phrasing) authorised() bool {
	return p.lang == chinese && p.first > p.from && p.spans[p.from].mark == seat && p.wordOf(p.from) == "授"
}

// ofThings reports whether the number behind a product is of something else, which it does or has:
// Defender found 7 threats. For 7 engineers it is of people.
func (p *phrasing) ofThings() bool {
	at := p.last
	if p.spans[at].mark != amount || at-p.first < 2 || at+1 >= p.to || p.spans[p.first].mark != product {
		return false
	}
	before := p.spans[at-1].mark
	return p.strange(at+1) && before != toward && before != buyVerb && before != want && before != more && before != comma
}

func (p *phrasing) strange(i int) bool { return p.spans[i].mark == unknown || p.spans[i].mark == other }

// named reports whether a product only tells of what kind something is: 2 Copilot trainings,
// 2 Copilot-Schulungen, 两场Copilot培训.
func (p *phrasing) named() bool {
	for i := p.first; i < p.last; i++ {
		if p.lang == chinese && p.spans[i].mark == amount && i+1 < len(p.spans) && events[p.wordOf(i+1)] {
			return true
		}
	}
	i := p.last + 1
	if p.spans[p.last].mark != product || i >= p.end {
		return false
	}
	if p.wordOf(i) == "-" && !p.tokens[p.spans[i].from].spaced && i+1 < p.end {
		return p.strange(i + 1)
	}
	w := p.wordOf(i)
	return headed[w] || p.lang == english && i < p.to && p.strange(i) && len(w) > 4 && w[len(w)-1] == 's' && w[len(w)-2] != 's'
}

// headed are what a product tells the kind of, and other words are close to or called as.
var headed = set("training trainings workshop workshops session sessions course courses prompt prompts manager managers consultant consultants expert experts schulung schulungen kurs kurse")

// events are what Chinese counts meetings, pictures, pages and lessons in.
var events = set("场 幅 页 节 堂 门 次 篇")

// pondered reports whether the writer has not made up their mind.
func (p *phrasing) pondered() bool {
	for i := p.start; i < p.first; i++ {
		if pondering[p.wordOf(i)] {
			return true
		}
	}
	return false
}

var pondering = set("consider considering pondering contemplating uberlege uberlegen uberlegt erwage erwagen erwagt reflechis reflechit reflechissons hesite hesitons")

// possessed reports whether Chinese says whose the goods are already: 我的10个Visio在哪.
func (p *phrasing) possessed() bool {
	return p.lang == chinese && p.first > p.start+1 && p.wordOf(p.first-1) == "的" && owners[p.tokens[p.spans[p.first-2].to-1].text]
}

var owners = set("我 你 您 他 她 们")

// pooled reports whether the goods are of those that are there and free, and nobody buys: they are
// to be given to somebody.
func (p *phrasing) pooled() bool {
	pooled := p.writes("闲置", "闲着", "空闲")
	for i := p.start; i < p.end; i++ {
		switch p.spans[i].mark {
		case pool:
			pooled = true
		case buyVerb:
			if p.lang != chinese || p.wordOf(p.start) != "从" && p.wordOf(i) != "拿" { // out of the spare ones
				return false
			}
		}
	}
	return pooled
}

// varied reports whether a word makes another product of the one that is read: Business Standard
// without Teams, Security Copilot.
func (p *phrasing) varied() bool {
	words := p.words()
	return slices.ContainsFunc([]string{"without", "sans", "ohne", "no"}, func(w string) bool { return holds(words, w, "teams") }) ||
		slices.ContainsFunc([]string{"security", "github", "sales"}, func(w string) bool { return holds(words, w, "copilot") })
}

// misspelt reports whether the letter O is written for a nought: 1O.
func (p *phrasing) misspelt() bool {
	if p.number < 0 || p.spans[p.number].to >= len(p.tokens) {
		return false
	}
	next := &p.tokens[p.spans[p.number].to]
	return next.text == "o" && !next.spaced
}
