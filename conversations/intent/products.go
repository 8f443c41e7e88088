package intent

import (
	"maps"
	"slices"
	"strings"

	"cartwright/commerce"
)

const (
	maxNameWords = 8  // of a name whose parts are names as well
	maxRunWords  = 12 // of what is looked up
)

// products finds offers by what people call them. All of it is made from the catalogue.
type products struct {
	names  map[string]*called
	words  map[string]bool   // of the names
	joined map[string]string // powerbi -> power bi
	offers []commerce.Offer
}

// called is who has a name.
type called struct {
	chosen   string   // by default_for
	explicit []string // as a name or an alias
	derived  []string // as a part of one
	vague    bool     // a part that is no name by itself, such as Teams
}

func newProducts(c commerce.Catalogue) *products {
	p := &products{names: map[string]*called{}, words: map[string]bool{}, joined: map[string]string{}, offers: c.Offers}
	for i := range c.Offers {
		p.addOffer(&c.Offers[i])
	}
	for key := range p.names {
		p.words365(key)
	}
	return p
}

func (p *products) addOffer(o *commerce.Offer) {
	for _, name := range slices.Concat([]string{o.Name}, o.Aliases) {
		words := p.spell(name)
		p.learn(words)
		p.at(words).explicit = with(p.at(words).explicit, o.ID)
		if len(words) <= maxNameWords {
			p.addParts(words, o.ID)
		}
	}
	for _, name := range o.DefaultFor {
		words := p.spell(name)
		p.learn(words)
		p.at(words).chosen = o.ID
	}
}

// spell is a name as the run of words that a text with it has.
func (p *products) spell(name string) []string {
	tokens := tokenise(normalise(name).runes)
	var words []string
	for i := 0; i < len(tokens); {
		some, n := spelling(tokens[i:])
		words = append(words, some...)
		i += n
	}
	return words
}

func (p *products) learn(words []string) {
	for _, w := range words {
		if len(words) <= maxNameWords && len(w) > 1 && !linking[w] {
			p.words[w] = true
		}
	}
	key := strings.Join(words, " ")
	if len(words) > 1 && len(words) <= 4 && !strings.ContainsAny(key, "0123456789") {
		p.joined[strings.Join(words, "")] = key
	}
}

func (p *products) at(words []string) *called {
	key := strings.Join(words, " ")
	if p.names[key] == nil {
		p.names[key] = &called{}
	}
	return p.names[key]
}

// addParts gives the offer every part of a name, and the name without "online".
func (p *products) addParts(words []string, id string) {
	for from := range words {
		for to := from + 1; to <= len(words); to++ {
			p.addPart(words[from:to], from > 0 && to == len(words), id)
		}
	}
	short := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "online" })
	if len(short) < len(words) && len(short) > 0 {
		p.addPart(short, true, id)
	}
}

func (p *products) addPart(part []string, ending bool, id string) {
	if linking[part[0]] || linking[part[len(part)-1]] {
		return
	}
	c := p.at(part)
	c.derived = with(c.derived, id)
	if len(part) == 1 && (!ending || generic[part[0]]) {
		c.vague = true
	}
}

// words365 lets Microsoft 365 lead any name of words. M365 E1 is not O365 E1, so a bare
// code keeps what is before it.
func (p *products) words365(key string) {
	first, _, _ := strings.Cut(key, " ")
	if first == "m365" || first == "o365" || isCode(first) {
		return
	}
	if longer := "m365 " + key; p.names[longer] == nil {
		c := *p.names[key]
		p.names[longer] = &c
	}
}

// find is the offers that a name may mean; sure when it is one and the name is its own.
func (p *products) find(key string) (ids []string, sure, known bool) {
	c := p.names[key]
	switch {
	case c == nil:
		return nil, false, false
	case c.chosen != "":
		return []string{c.chosen}, true, true
	case len(c.explicit) > 0:
		return c.explicit, len(c.explicit) == 1, true
	}
	return c.derived, len(c.derived) == 1 && !c.vague, true
}

func with(ids []string, id string) []string {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

// linking words are inside names, never at their ends.
var linking = set("for and with no + ( ) - &")

// generic words end names without being one.
var generic = set("phone system online pro id plan security mobility identity business enterprise p1 p2 p3 p4 p5 teams 365 office azure power m365 o365 standard kiosk apps")

func set(words string) map[string]bool {
	found := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		found[w] = true
	}
	return found
}

// isCode reports whether a word is a plan's code, such as E3.
func isCode(w string) bool {
	return len(w) == 2 && strings.IndexByte("efpgak", w[0]) >= 0 && isDigit(rune(w[1]))
}

// vocabulary is every word of the names.
func (p *products) vocabulary() []string { return slices.Sorted(maps.Keys(p.words)) }
