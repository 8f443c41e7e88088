package intent

import "strings"

// piece is a word of a possible name and the tokens it is from.
type piece struct {
	word     string
	from, to int
}

// runAt reads the product that begins at token i. A name with more behind it that is of
// names too (Visio Studio, Copilot for Sales) is another product, which nobody here sells.
func (p *Parser) runAt(t *text, i int) span {
	if !p.opens(t, i) {
		return span{}
	}
	pieces := p.pieces(t, i)
	for n := len(pieces); n > 0; n-- {
		ids, sure, known := p.products.find(joined(pieces[:n]))
		if !known {
			continue
		}
		end := pieces[n-1].to
		if n < len(pieces) && !ends(pieces[n].word) || p.dated(t, end) {
			return span{mark: product, from: i, to: pieces[len(pieces)-1].to}
		}
		return span{mark: product, from: i, to: end, candidates: ids, sure: sure}
	}
	if len(pieces) > 0 && p.foreign(pieces) {
		return span{mark: product, from: i, to: pieces[len(pieces)-1].to}
	}
	return span{}
}

// ends reports whether a word within names is more likely to lead to the next product.
func ends(w string) bool { return w == "and" || w == "+" || w == "&" }

func joined(pieces []piece) string {
	words := make([]string, len(pieces))
	for i, p := range pieces {
		words[i] = p.word
	}
	return strings.Join(words, " ")
}

// foreign reports whether words that are no name here are nevertheless one: a brand, a
// plan's code, several words of names.
func (p *Parser) foreign(pieces []piece) bool {
	first := pieces[0].word
	return brands[first] || isCode(first) || first == "m365" || first == "o365" || len(pieces) > 1 && p.products.words[first]
}

// opens reports whether a name may begin at token i.
func (p *Parser) opens(t *text, i int) bool {
	tok := &t.tokens[i]
	if tok.kind == numberToken {
		return tok.value == 365 && i+1 < len(t.tokens) && p.ofNames(t, i+1) && t.tokens[i+1].kind == wordToken && i > 0 && t.tokens[i-1].kind == numberToken
	}
	return tok.kind == wordToken && !linking[tok.text] && p.ofNames(t, i) && (!editions[tok.text] || p.products.words[tok.text] || brands[tok.text])
}

// ofNames reports whether the token at i is a word of names.
func (p *Parser) ofNames(t *text, i int) bool {
	tok := &t.tokens[i]
	if tok.kind == numberToken {
		return false
	}
	words, n := spelling(t.tokens[i:])
	if len(words) == 0 {
		return n > 0 && (tok.text == "microsoft" || tok.text == "ms" || tok.text == "微") && i+n < len(t.tokens) && p.ofNames(t, i+n)
	}
	w := words[0]
	if w == "pro" && p.per(t, i+1) || w == "plus" && numberAt(t.tokens[min(i+n, len(t.tokens)):]).tokens > 0 { // 10 Copilot plus 2 Project
		return false
	}
	return p.products.words[w] || brands[w] || editions[w] || isCode(w) || w == "m365" || w == "o365" && i+1 < len(t.tokens)
}

// per reports whether "pro" before token i is German for each.
func (p *Parser) per(t *text, i int) bool {
	return pros[word(t.tokens, i)]
}

var pros = set("monat mon jahr woche quartal tag halbjahr nutzer benutzer kopf mitarbeiter anno vierteljahr arbeitsplatz")

// pieces collects the words of names from token i on; linking words only between two.
func (p *Parser) pieces(t *text, i int) []piece {
	var found []piece
	kept := 0
	for at := i; at < len(t.tokens) && len(found) < maxRunWords; {
		words, n := spelling(t.tokens[at:])
		switch {
		case len(words) == 0 && len(found) > 0 && t.tokens[at].kind == wordToken && !p.ofNames(t, at):
			return found[:kept]
		case len(words) == 0, at == i && t.tokens[at].kind == numberToken: // 365 E3
			at += n
			continue
		}
		if at > i && t.tokens[at].kind == numberToken && p.numberInName(t, at, found) {
			words = []string{digitsOf(t.tokens[at].value)}
		} else if link := at > i && linking[words[0]]; !link && !p.ofNames(t, at) || t.tokens[at].kind == numberToken {
			break
		}
		for _, w := range words {
			found = append(found, piece{w, at, at + n})
		}
		at += n
		if !linking[words[len(words)-1]] {
			kept = len(found)
		}
	}
	return found[:kept]
}

// numberInName reports whether a number is of a name: windows 11 pro, or what a
// catalogue has so.
func (p *Parser) numberInName(t *text, at int, found []piece) bool {
	if len(found) == 0 {
		return false
	}
	if _, _, known := p.products.find(joined(found) + " " + digitsOf(t.tokens[at].value)); known {
		return true
	}
	last := found[len(found)-1].word
	return brands[last] && (t.tokens[at].value == 365 || at+1 < len(t.tokens) && editions[t.tokens[at+1].text])
}

// dated reports whether a year follows, of a version that is bought once.
func (p *Parser) dated(t *text, at int) bool {
	if at >= len(t.tokens) || t.tokens[at].kind != numberToken || t.tokens[at].value < 2003 || t.tokens[at].value > 2030 {
		return false
	}
	m, _ := p.lexicon.longest(t.tokens[min(at+1, len(t.tokens)):], t.lang)
	return m != seat && m != people && m != classifier && m != subscription
}
