package intent

import (
	"slices"
	"strings"
)

// unclear reports whether the number beside the goods may be of something else than is wanted, or
// the goods may not be wanted, though the sentence sounds like a request.
func (p *phrasing) unclear() bool { return p.any(doubts) || p.any(tales) }

func (p *phrasing) any(of []func(*phrasing) bool) bool {
	return slices.ContainsFunc(of, func(doubts func(*phrasing) bool) bool { return doubts(p) })
}

var doubts = []func(*phrasing) bool{
	(*phrasing).turnedInto, (*phrasing).repeated, (*phrasing).totalled, (*phrasing).reaches, (*phrasing).compares, // the number
	(*phrasing).nearly, (*phrasing).vague, (*phrasing).packed, (*phrasing).misspelt,
	(*phrasing).ofThings, (*phrasing).named, (*phrasing).varied, // the product
	(*phrasing).possessed, (*phrasing).pooled, (*phrasing).ofOthers, (*phrasing).shared, // whose they are
	(*phrasing).pondered, (*phrasing).notNow, (*phrasing).dropped, (*phrasing).shrinks, // whether and when
	(*phrasing).authorised, (*phrasing).judged, (*phrasing).cleared, // who rules on it
	(*phrasing).titled, (*phrasing).wondered, (*phrasing).quoted, // what kind of a sentence it is
	(*phrasing).addressed, (*phrasing).pretended, (*phrasing).praised, (*phrasing).wasSo,
}

// spurned are of goods that the writer says not to want.
var spurned = []func(*phrasing) bool{(*phrasing).denies, (*phrasing).pretended, (*phrasing).praised, (*phrasing).wasSo, (*phrasing).givenUp, (*phrasing).supposed, (*phrasing).addressed, (*phrasing).hearsay}

// tales are of goods that are only told of. Nothing is left of these doubts where another part asks for
// what was told of: I hear that we need 20 Visio. Please order them.
var tales = []func(*phrasing) bool{(*phrasing).remarked, (*phrasing).hearsay, (*phrasing).denies}

// words are those of the sentence.
func (p *phrasing) words() []token {
	return p.tokens[p.spans[p.start].from:p.spans[p.end-1].to]
}

// part are the words of the part of it that the goods are in.
func (p *phrasing) part() []token { return p.tokens[p.spans[p.from].from:p.spans[p.to-1].to] }

// before are those before the goods, behind those behind them.
func (p *phrasing) before() []token { return p.tokens[p.spans[p.start].from:p.spans[p.first].from] }

func (p *phrasing) behind() []token { return p.tokens[p.spans[p.last].to:p.spans[p.end-1].to] }

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
	return turned && numbers > 1 || replacing.in(p.words())
}

var replacing = say("替换|置换")

var turningInto = set(`change swap exchange convert turn replace switch
	tausche tauscht tauschen ersetze ersetzt ersetzen wandle wandelt umwandeln
	echange echangez echanger remplace remplacez remplacer convertir transformez`)

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
	behind := p.behind()
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
	return (totals.in(words) || altogether.in(words)) && in(becoming)
}

var (
	altogether = say("总共|一共")
	becoming   = set("be sein etre 应 达")
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
	if p.goods >= 0 && lessons.begin(p.tokens[p.spans[p.goods].to:]) {
		return true
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

// possessed reports whether it is said whose the goods are already: our 10 Visio, 我的10个Visio在哪.
func (p *phrasing) possessed() bool {
	return p.ours() || p.lang == chinese && p.first > p.start+1 && p.wordOf(p.first-1) == "的" && owners[p.tokens[p.spans[p.first-2].to-1].text]
}

// ours reports whether the number is of goods that we have: our 20 are taken. Our 12 nurses need F3.
func (p *phrasing) ours() bool {
	if p.first != p.number || p.first == p.start || p.first+1 < p.to && (p.spans[p.first+1].mark == people || p.strange(p.first+1)) {
		return false
	}
	return p.spans[p.first-1].mark == filler && possessive[p.tokens[p.spans[p.first-1].to-1].text]
}

// idle are Chinese words for that nobody uses them.
var idle = say("闲置|闲着|空闲")

var owners = set("我 你 您 他 她 们")

// pooled reports whether the goods are of those that are there and free, and nobody buys: they are
// to be given to somebody.
func (p *phrasing) pooled() bool {
	pooled := idle.in(p.words())
	for i := p.start; i < p.end; i++ {
		switch p.spans[i].mark {
		case pool:
			pooled = true
		case buyVerb:
			if pooled && drawn[p.wordOf(i)] || p.lang == chinese && pooled && i > p.last { // take 3 of ours; we have 30 Standard, now buy
				continue
			}
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

// nearly reports whether German says about how many: an die 20. Licences are given to people like that.
func (p *phrasing) nearly() bool {
	if p.number > p.start && since[p.wordOf(p.number-1)] && p.spans[p.number].value > 1989 && p.spans[p.number].value < 2100 {
		return true
	}
	return p.number > p.start && p.spans[p.number-1].mark == toward && p.wordOf(p.number-1) == "an" && p.tokens[p.spans[p.number].from-1].text == "die"
}

// vague reports whether a phrase says that a number is not exact, wherever it stands: grosso modo, 25.
func (p *phrasing) vague() bool {
	for i := p.from; i < p.to; i++ {
		if s := &p.spans[i]; (s.mark == approx || s.mark == approxBehind) && s.to > s.from+1 && p.lang != chinese {
			return true
		}
	}
	if len(p.lines) > 1 {
		return inexact.in(p.part())
	}
	return inexact.in(p.words())
}

// packed reports whether the number is of packs: 3 Zehnerpacks.
func (p *phrasing) packed() bool {
	if p.number < 0 || p.spans[p.number].to >= len(p.tokens) {
		return false
	}
	if at := p.spans[p.number].from; at > 1 && (packs[p.tokens[at-2].text] || packs[p.tokens[at-1].text]) { // bundles of 5
		return true
	}
	next := p.tokens[p.spans[p.number].to].text
	return packs[next] || strings.HasSuffix(next, "erpack") || strings.HasSuffix(next, "erpacks") || strings.HasSuffix(next, "erpakete")
}

var packs = set("pack packs bundle bundles batch batches lot lots paquet paquets paket pakete bloc blocs packung packungen 包 捆 批")

// since may stand before a year.
var since = set("since seit depuis 自")

// misspelt reports whether the letter O is written for a nought: 1O.
func (p *phrasing) misspelt() bool {
	if p.number < 0 || p.spans[p.number].to >= len(p.tokens) {
		return false
	}
	next := &p.tokens[p.spans[p.number].to]
	return next.text == "o" && !next.spaced
}
