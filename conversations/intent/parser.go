package intent

import (
	"sync"

	"cartwright/commerce"
)

// everyLanguage is the lexicon: it is read-only, and the same for every catalogue.
var everyLanguage = sync.OnceValue(newLexicon)

// Parser reads messages by rules, without a network. It is read-only once made, so that
// any number of goroutines may use it.
type Parser struct {
	products *products
	lexicon  *lexicon
	speller  *speller
}

// New makes a parser for a catalogue. Names and aliases are what people may say; a name of
// two offers is asked back unless one has it in default_for.
func New(c commerce.Catalogue) *Parser {
	p := &Parser{products: newProducts(c), lexicon: everyLanguage()}
	p.speller = newSpeller(p.lexicon, p.products)
	return p
}

// Parse reads a message. The locale (BCP 47, "" where it is not known) only decides where
// the words say nothing of the language. Any text has a reading; it takes no longer than a
// few milliseconds, however long the text.
func (p *Parser) Parse(message, locale string) Intent {
	t := p.read(message, locale)
	reading := newReading(p, t)
	return reading.intent()
}
