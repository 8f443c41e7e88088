package intent

import "strings"

// span is tokens that mean something together.
type span struct {
	mark       mark
	from, to   int // tokens
	value      int // of an amount
	about      bool
	spelt      bool     // the amount is an article too: un, eine, 一个
	candidates []string // of a product
	sure       bool     // of a product: it is the one candidate
	bytes      [2]int   // of the original
}

// text is a message on its way from characters to spans.
type text struct {
	comparable
	tokens  []token
	spans   []span
	lang    language
	missed  int // words that nothing accounts for
	message string
}

// read annotates a message: products before phrases and numbers, the longest first.
func (p *Parser) read(message, locale string) *text {
	t := &text{comparable: normalise(message), message: message}
	t.tokens = p.respell(tokenise(t.runes))
	t.lang = p.guess(t.tokens, locale)
	for i := 0; i < len(t.tokens); {
		s := p.spanAt(t, i)
		if s.to <= i {
			s.to = i + 1
		}
		s.bytes = t.original(s.from, s.to)
		if s.mark == unknown {
			t.missed++
		}
		t.spans = append(t.spans, s)
		i = s.to
	}
	return t
}

// original is where tokens are in the message as written.
func (t *text) original(from, to int) [2]int {
	return [2]int{t.start[t.tokens[from].from], t.end[t.tokens[to-1].to-1]}
}

// respell repairs typing errors and takes compounds apart.
func (p *Parser) respell(tokens []token) []token {
	repairs := 0
	out := make([]token, 0, len(tokens)+4)
	for _, t := range tokens {
		if t.kind != wordToken || p.speller.known[t.text] {
			out = append(out, t)
			continue
		}
		if words, ok := p.products.joined[t.text]; ok {
			out = append(out, apart(t, strings.Fields(words))...)
			continue
		}
		if head, tail, ok := compound(t.text); ok {
			out = append(out, apart(t, []string{p.speller.repair(head), tail})...)
			continue
		}
		if _, isNumber := germanJoined(t.text); !isNumber && repairs < maxRepairs {
			repairs++
			t.text = p.repaired(t.text, out)
		}
		out = append(out, t)
	}
	return out
}

// repaired is a word without its slip: of a name where one leads to it, business basik.
func (p *Parser) repaired(w string, before []token) string {
	if n := len(before); n > 0 && leading[before[n-1].text] {
		if name, ok := p.speller.repairName(w); ok {
			return name
		}
	}
	repaired := p.speller.repair(w)
	if n := len(before); repaired == w && n > 0 && before[n-1].kind == numberToken {
		repaired, _ = p.speller.repairName(w)
	}
	return repaired
}

// leading words of names have others behind them.
var leading = set("business power exchange teams entra azure office defender project visio bus")

// apart makes several tokens of one; each stands for the whole of it in the original.
func apart(t token, words []string) []token {
	var out []token
	for i, w := range words {
		one := t
		one.text, one.spaced = w, t.spaced && i == 0
		out = append(out, one)
	}
	return out
}

// compound splits Visiolizenzen and Premiumplätze.
func compound(w string) (head, tail string, ok bool) {
	for _, tail := range []string{"lizenzen", "lizenz", "abos", "abo", "abonnement", "platze", "plaetze", "seats", "licences", "licenses"} {
		if head, found := strings.CutSuffix(w, tail); found && len(head) >= 4 {
			return head, tail, true
		}
	}
	return "", "", false
}

// guess is the language of most words that are of one language only; the locale decides
// where that says nothing.
func (p *Parser) guess(tokens []token, locale string) language {
	var votes [languages]int
	if hint := languageOf(locale); hint >= 0 {
		votes[hint]++
	}
	for i := range tokens {
		t := &tokens[i]
		if t.kind != wordToken {
			continue
		}
		if isHan([]rune(t.text)[0]) {
			votes[chinese] += 2
			continue
		}
		switch p.lexicon.words[t.text] {
		case 1 << english:
			votes[english] += 2
		case 1 << french:
			votes[french] += 2
		case 1 << german:
			votes[german] += 2
		}
	}
	best := english
	for lang, n := range votes {
		if n > votes[best] {
			best = language(lang)
		}
	}
	return best
}

func languageOf(locale string) int {
	if len(locale) < 2 {
		return -1
	}
	switch strings.ToLower(locale[:2]) {
	case "en":
		return int(english)
	case "fr":
		return int(french)
	case "de":
		return int(german)
	case "zh":
		return int(chinese)
	}
	return -1
}

func (p *Parser) spanAt(t *text, i int) span {
	rest := t.tokens[i:]
	if rest[0].kind == thingToken {
		return span{mark: thing, from: i, to: i + 1}
	}
	m, n := p.lexicon.longest(rest, t.lang)
	if m == unit && p.namesBehind(t, i) { // 12 teams, but 12 Teams Phone
		m, n = unmarked, 0
	}
	if m == otherPeriod && n > 1 && rest[0].kind == numberToken && rest[1].spaced && paying[word(rest, 2)] { // BP*3 年付
		m, n = unmarked, 0
	}
	if run := p.runAt(t, i); run.to-i > 0 && (run.to-i >= n || run.sure && run.to-i > 1) {
		return run
	}
	if q := numberAt(rest); q.tokens > n || q.tokens == n && n > 0 && m != article && m != some && m != many && m != unit && !isPeriod(m) {
		_, plain := plainOne[word(rest, 0)]
		return span{mark: amount, from: i, to: i + q.tokens, value: q.value, about: q.about, spelt: plain && q.tokens == 1}
	}
	if n > 0 {
		return span{mark: m, from: i, to: i + n}
	}
	if rest[0].kind == markToken {
		return span{mark: filler, from: i, to: i + 1}
	}
	return span{mark: unknown, from: i, to: i + 1}
}

// paying characters make a way to pay of the period before them.
var paying = set("付 结 缴 交")

// plainOne are number words that are articles as well.
var plainOne = map[string]bool{"un": true, "une": true, "ein": true, "eine": true, "einen": true, "einem": true, "einer": true, "一": true}

func isPeriod(m mark) bool { return m == monthly || m == annual || m == otherPeriod }

// namesBehind reports whether a product follows the number at i.
func (p *Parser) namesBehind(t *text, i int) bool {
	q := numberAt(t.tokens[i:])
	if q.tokens == 0 || i+q.tokens >= len(t.tokens) {
		return false
	}
	run := p.runAt(t, i+q.tokens)
	return run.to > i+q.tokens && (run.sure || run.to > i+q.tokens+1)
}
