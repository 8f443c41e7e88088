package fakegraph

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// clause is a condition of a filter.
type clause func(*person, version) bool

// filter reads $filter: what users can be chosen by.
type filter struct {
	tokens   []string
	advanced bool // it takes ConsistencyLevel and a count
	in       int  // the longest list
}

// badFilter is why a filter is refused.
type badFilter struct{ answer }

var filterTokens = regexp.MustCompile(`'(?:[^']|'')*'|[(),:]|[^\s(),:']+|\S`)

func (l *listing) parseFilter(q *request) (no *answer) {
	if !q.query.Has("$filter") {
		return nil
	}
	text := q.query.Get("$filter")
	f := &filter{tokens: filterTokens.FindAllString(text, -1)}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case badFilter:
			no = &r.answer
		default:
			panic(r)
		}
	}()
	l.filter = f.either()
	if len(f.tokens) > 0 {
		f.fail("Invalid filter clause: Syntax error at '%s' in '%s'.", f.tokens[0], text)
	}
	l.advanced = f.advanced
	if f.in > clauseLimit && !q.eventual() {
		return new(unsupported("Too many child clauses specified in search filter expression containing 'OR' operators: %d. Max allowed: %d.", f.in, clauseLimit))
	}
	return nil
}

func (f *filter) fail(format string, args ...any) { panic(badFilter{badSyntax(format, args...)}) }

func (f *filter) unsupported(property string) {
	panic(badFilter{unsupported("Unsupported or invalid query filter clause specified for property '%s' of resource 'User'.", property)})
}

func (f *filter) peek() string {
	if len(f.tokens) == 0 {
		return ""
	}
	return f.tokens[0]
}

func (f *filter) next() string {
	t := f.peek()
	if t == "" {
		f.fail("Invalid filter clause: it ends too early.")
	}
	f.tokens = f.tokens[1:]
	return t
}

func (f *filter) expect(words ...string) {
	for _, w := range words {
		if t := f.next(); t != w {
			f.fail("Invalid filter clause: '%s' where '%s' is expected.", t, w)
		}
	}
}

func (f *filter) either() clause {
	all, n := f.both(), 1
	for f.peek() == "or" {
		f.next()
		one, other := all, f.both()
		all = func(p *person, v version) bool { return one(p, v) || other(p, v) }
		n++
	}
	f.in = max(f.in, n)
	return all
}

func (f *filter) both() clause {
	all := f.term()
	for f.peek() == "and" {
		f.next()
		one, other := all, f.term()
		all = func(p *person, v version) bool { return one(p, v) && other(p, v) }
	}
	return all
}

func (f *filter) term() clause {
	switch t := f.next(); t {
	case "(":
		inside := f.either()
		f.expect(")")
		return inside
	case "not":
		f.advanced = true
		of := f.term()
		return func(p *person, v version) bool { return !of(p, v) }
	case "startswith", "startsWith", "endswith", "endsWith":
		return f.affix(strings.ToLower(t))
	case "assignedLicenses/any":
		return f.holding()
	case "assignedLicenses/$count":
		return f.count()
	default:
		return f.comparison(t)
	}
}

// texts that people can be chosen by, in lower case.
var filterTexts = map[string]func(*person, version) string{
	"id":                func(p *person, _ version) string { return p.ID },
	"displayName":       func(p *person, _ version) string { return p.Name },
	"userPrincipalName": func(p *person, _ version) string { return p.UPN },
	"mail":              func(p *person, _ version) string { return p.UPN },
	"usageLocation":     func(_ *person, v version) string { return v.location },
	"userType": func(p *person, _ version) string {
		if p.Guest {
			return "Guest"
		}
		return "Member"
	},
}

func (f *filter) affix(function string) clause {
	f.expect("(")
	property := f.next()
	text := filterTexts[property]
	begins := []string{"displayName", "userPrincipalName", "mail"}
	if text == nil || !slices.Contains(begins, property) || function == "endswith" && property == "displayName" {
		f.unsupported(property)
	}
	f.expect(",")
	value := f.literal()
	f.expect(")")
	has := strings.HasPrefix
	if function == "endswith" {
		f.advanced, has = true, strings.HasSuffix
	}
	return func(p *person, v version) bool { return has(strings.ToLower(text(p, v)), value) }
}

// literal is a text in quotes, in lower case: comparisons do not regard it.
func (f *filter) literal() string {
	t := f.next()
	if len(t) < 2 || t[0] != '\'' {
		f.fail("Invalid filter clause: '%s' where a text in quotes is expected.", t)
	}
	return strings.ToLower(strings.ReplaceAll(t[1:len(t)-1], "''", "'"))
}

// holding is assignedLicenses/any(u:u/skuId eq <guid>).
func (f *filter) holding() clause {
	f.expect("(")
	name := f.next()
	f.expect(":", name+"/skuId", "eq")
	sku := strings.ToLower(f.next())
	if !guids.MatchString(sku) {
		f.fail("%s", fmt.Sprintf("Invalid filter clause: A binary operator with incompatible types was detected. Found operand types 'Edm.Guid' and that of %s for operator kind 'Equal'.", sku))
	}
	f.expect(")")
	return func(_ *person, v version) bool { return slices.Contains(v.skus(), sku) }
}

// count is assignedLicenses/$count eq 0, or ne 0.
func (f *filter) count() clause {
	f.advanced = true
	operator, number := f.next(), f.next()
	if operator != "eq" && operator != "ne" || number != "0" {
		f.unsupported("assignedLicenses")
	}
	return func(_ *person, v version) bool { return (len(v.skus()) == 0) == (operator == "eq") }
}

func (f *filter) comparison(property string) clause {
	operator := f.next()
	if property == "accountEnabled" && (operator == "eq" || operator == "ne") {
		return f.enabled(operator)
	}
	text := filterTexts[property]
	if text == nil {
		f.unsupported(property)
	}
	var values []string
	switch operator {
	case "in":
		values = f.list()
	case "eq", "ne":
		values = []string{f.literal()}
	default:
		f.unsupported(property)
	}
	f.advanced = f.advanced || operator == "ne"
	return func(p *person, v version) bool {
		return slices.Contains(values, strings.ToLower(text(p, v))) == (operator != "ne")
	}
}

func (f *filter) enabled(operator string) clause {
	value := f.next()
	if value != "true" && value != "false" {
		f.fail("Invalid filter clause: A binary operator with incompatible types was detected. Found operand types 'Edm.Boolean' and that of %s for operator kind 'Equal'.", value)
	}
	f.advanced = f.advanced || operator == "ne"
	wanted := (value == "true") == (operator == "eq")
	return func(p *person, _ version) bool { return p.Disabled != wanted }
}

func (f *filter) list() []string {
	f.expect("(")
	values := []string{f.literal()}
	for f.peek() == "," {
		f.next()
		values = append(values, f.literal())
	}
	f.expect(")")
	f.in = max(f.in, len(values))
	return values
}
