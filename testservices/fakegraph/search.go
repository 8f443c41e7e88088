package fakegraph

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	searchTerms = regexp.MustCompile(`^"([A-Za-z]+):((?:[^"\\]|\\.)*)"`)
	searchJoins = regexp.MustCompile(`^\s+(AND|OR)\s+`)
)

// parseSearch reads $search: "property:text" in quotes, joined by AND or OR. Names are found by
// the beginnings of their words, all else by its beginning; with accents, as they are written.
func (l *listing) parseSearch(q *request) *answer {
	if !q.query.Has("$search") {
		return nil
	}
	rest, join := strings.TrimSpace(q.query.Get("$search")), ""
	for {
		m := searchTerms.FindStringSubmatch(rest)
		if m == nil {
			return new(badSyntax("Syntax error: the search clause must be of the form \"property:text\", in quotes: '%s'.", rest))
		}
		one := searched(m[1], strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(m[2]))
		if one == nil {
			return new(unsupported("Unsupported property '%s' in $search.", m[1]))
		}
		l.search = joined(l.search, join, one)
		if rest = rest[len(m[0]):]; rest == "" {
			return nil
		}
		j := searchJoins.FindStringSubmatch(rest)
		if j == nil {
			return new(badSyntax("Syntax error in the search clause at '%s'.", rest))
		}
		join, rest = j[1], rest[len(j[0]):]
	}
}

func joined(before func(*person) bool, join string, one func(*person) bool) func(*person) bool {
	switch join {
	case "AND":
		return func(p *person) bool { return before(p) && one(p) }
	case "OR":
		return func(p *person) bool { return before(p) || one(p) }
	}
	return one
}

func searched(property, text string) func(*person) bool {
	wanted := strings.ToLower(text)
	switch property {
	case "displayName":
		return func(p *person) bool { return beginWords(wanted, strings.ToLower(p.Name)) }
	case "userPrincipalName", "mail":
		return func(p *person) bool { return strings.HasPrefix(strings.ToLower(p.UPN), wanted) }
	}
	return nil
}

// beginWords says whether each word of a text begins a word of the name.
func beginWords(text, name string) bool {
	words := strings.FieldsFunc(name, unlettered)
	wanted := strings.FieldsFunc(text, unlettered)
	return len(wanted) > 0 && !slices.ContainsFunc(wanted, func(w string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, w) })
	})
}

func unlettered(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
