package fakegraph

import (
	"cmp"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	pageLimit   = 999
	usualPage   = 100
	clauseLimit = 15   // of "in", where the query is no advanced one
	urlLimit    = 2048 // of an advanced one, in characters
)

// page is where a nextLink goes on.
type page struct {
	query url.Values // that it is of
	after *person
	ends  time.Time
}

// listing is a list that is asked for, as far as it was read.
type listing struct {
	names    []string
	top      int
	filter   clause
	search   func(*person) bool
	byName   func(a, b *person) int
	advanced bool
	after    *person
}

func (g *Graph) listUsers(q *request) answer {
	l, no := g.parseListing(q)
	if no != nil {
		return *no
	}
	at := g.seen()
	found := slices.DeleteFunc(slices.Clone(g.people), func(p *person) bool { return !l.matches(p, p.then(at)) })
	slices.SortStableFunc(found, l.byName)
	body := map[string]any{"@odata.context": q.base + "/$metadata#users"}
	if q.query.Get("$count") == "true" && q.eventual() && l.after == nil {
		body["@odata.count"] = len(found)
	}
	if l.after != nil {
		found = slices.DeleteFunc(found, func(p *person) bool { return l.byName(p, l.after) <= 0 })
	}
	if len(found) > l.top {
		found = found[:l.top]
		body["@odata.nextLink"] = g.next(q, found[l.top-1])
	}
	items := []any{}
	for _, p := range found {
		items = append(items, p.shown(p.then(at), l.names))
	}
	body["value"] = items
	return answer{status: http.StatusOK, body: body}
}

func (l *listing) matches(p *person, v version) bool {
	return (l.filter == nil || l.filter(p, v)) && (l.search == nil || l.search(p))
}

// next is the address of the next page.
func (g *Graph) next(q *request, last *person) string {
	key := base64.RawURLEncoding.EncodeToString([]byte("RFNwdAIAAQAAAB" + opaque()))
	query := maps.Clone(q.query)
	query.Del("$skiptoken")
	g.pages[key] = page{maps.Clone(query), last, g.now().Add(g.PageLife)}
	query.Set("$skiptoken", key)
	return q.base + "/users?" + query.Encode()
}

func (g *Graph) parseListing(q *request) (*listing, *answer) {
	if no := options(q, "$filter", "$search", "$select", "$top", "$count", "$orderby", "$skiptoken"); no != nil {
		return nil, no
	}
	l := &listing{}
	for _, parse := range []func(*request) *answer{l.parseSelect, l.parseTop, l.parseCount, l.parseFilter, l.parseSearch, l.parseOrder} {
		if no := parse(q); no != nil {
			return nil, no
		}
	}
	l.top = min(l.top, g.PageLimit)
	if no := l.consistent(q); no != nil {
		return nil, no
	}
	return l, g.goOn(l, q)
}

func (l *listing) parseSelect(q *request) (no *answer) {
	l.names, no = selection(q)
	return no
}

func (l *listing) parseTop(q *request) *answer {
	l.top = usualPage
	if !q.query.Has("$top") {
		return nil
	}
	n, err := strconv.Atoi(q.query.Get("$top"))
	if err != nil || n < 1 || n > pageLimit {
		return new(unsupported("Invalid page size specified: '%s'. Must be between 1 and 999 inclusive.", q.query.Get("$top")))
	}
	l.top = n
	return nil
}

func (l *listing) parseCount(q *request) *answer {
	if c := q.query.Get("$count"); q.query.Has("$count") && c != "true" && c != "false" {
		return new(badSyntax("Invalid value '%s' for $count query option found. Valid values are 'true' or 'false'.", c))
	}
	return nil
}

// parseOrder knows the two properties by which people can be sorted.
func (l *listing) parseOrder(q *request) *answer {
	l.byName = func(a, b *person) int { return cmp.Compare(a.order, b.order) }
	if !q.query.Has("$orderby") {
		return nil
	}
	name, direction, _ := strings.Cut(q.query.Get("$orderby"), " ")
	key := map[string]func(*person) string{"displayName": func(p *person) string { return p.Name }, "userPrincipalName": func(p *person) string { return p.UPN }}[name]
	if key == nil || !slices.Contains([]string{"", "asc", "desc"}, direction) || q.query.Has("$search") && name != "displayName" {
		return new(unsupported("Sorting not supported for current query."))
	}
	sign := 1
	if direction == "desc" {
		sign = -1
	}
	l.byName = func(a, b *person) int {
		return cmp.Or(sign*cmp.Compare(strings.ToLower(key(a)), strings.ToLower(key(b))), cmp.Compare(a.order, b.order))
	}
	l.advanced = l.advanced || q.query.Has("$filter")
	return nil
}

// consistent demands what advanced queries take: the header and the count, on every page.
func (l *listing) consistent(q *request) *answer {
	switch {
	case q.query.Has("$search") && !q.eventual():
		return new(unsupported("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"))
	case l.advanced && (!q.eventual() || q.query.Get("$count") != "true"):
		return new(unsupported("Unsupported or invalid query filter clause specified: it takes the header 'ConsistencyLevel: eventual' and $count=true."))
	case q.eventual() && len(q.base)+len("/users?")+len(q.query.Encode()) > urlLimit && !q.query.Has("$skiptoken"):
		return new(unsupported("The URL of an advanced query is too long."))
	}
	return nil
}

// goOn finds where a page begins.
func (g *Graph) goOn(l *listing, q *request) *answer {
	if !q.query.Has("$skiptoken") {
		return nil
	}
	key := q.query.Get("$skiptoken")
	query := maps.Clone(q.query)
	query.Del("$skiptoken")
	p, known := g.pages[key]
	switch {
	case !known || query.Encode() != p.query.Encode():
		return new(bad("The specified page token value '%s' included in your request is invalid.", key))
	case !g.now().Before(p.ends):
		return new(refuse(http.StatusBadRequest, "Directory_ExpiredPageToken", "The specified page token value has expired and can no longer be included in your request."))
	}
	l.after = p.after
	return nil
}
