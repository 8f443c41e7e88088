package graph

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"cartwright/commerce"
)

// account is a user as Graph has it.
type account struct {
	ID       string    `json:"id"`
	Name     string    `json:"displayName"`
	Address  string    `json:"userPrincipalName"`
	Location string    `json:"usageLocation"`
	Enabled  bool      `json:"accountEnabled"`
	Type     string    `json:"userType"`
	Licences []licence `json:"assignedLicenses"`
	States   []state   `json:"licenseAssignmentStates"`
}

func (a account) named() bool { return a.ID != "" }

type licence struct {
	SKU string `json:"skuId"`
}

// state is how somebody came to a licence, by themselves or through a group, or why they
// did not.
type state struct {
	SKU   string `json:"skuId"`
	Group string `json:"assignedByGroup"`
	State string `json:"state"` // Active, ActiveWithError, Disabled, Error
	Error string `json:"error"` // such as CountViolation
}

const accountFields = "id,displayName,userPrincipalName,usageLocation,accountEnabled,userType"

func (a account) user() commerce.User {
	return commerce.User{
		ID: a.ID, Name: a.Name, Address: a.Address, Location: a.Location, Guest: a.Type == "Guest", Disabled: !a.Enabled,
	}
}

// Users of a text are those whom Graph's own search finds: whose name has a word that
// begins with each word of it, or whose address begins with it. How it takes accents is
// Microsoft's affair.
func (g *Graph) Users(ctx context.Context, org commerce.Organisation, q commerce.UserQuery) ([]commerce.User, error) {
	find, err := finder(q)
	if err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	return g.people(ctx, org, find)
}

// unlicensed finds whoever should have a licence and has none. Shared mailboxes, rooms and
// equipment are disabled accounts.
const unlicensed = "assignedLicenses/$count eq 0 and accountEnabled eq true and userType eq 'Member'"

// Unlicensed may name somebody still who was given a licence seconds ago.
func (g *Graph) Unlicensed(ctx context.Context, org commerce.Organisation) ([]commerce.User, error) {
	return g.people(ctx, org, func(ctx context.Context, t *tenant) ([]account, error) {
		return t.accounts(ctx, forUnlicensed, unlicensed, true)
	})
}

// people sorts whom find finds.
func (g *Graph) people(ctx context.Context, org commerce.Organisation, find func(context.Context, *tenant) ([]account, error)) ([]commerce.User, error) {
	t, err := g.tenant(org)
	if err != nil {
		return nil, fmt.Errorf("find people of %s: %w", org.ID, err)
	}
	found, err := find(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("find people of %s: %w", org.ID, lacking(err, readUsers))
	}
	users := make([]commerce.User, 0, len(found))
	for _, a := range found {
		users = append(users, a.user())
	}
	return byName(users), nil
}

// byName sorts people by name without regard to case and accents, each once: pages of a
// directory that changes may name somebody twice.
func byName(users []commerce.User) []commerce.User {
	slices.SortStableFunc(users, func(a, b commerce.User) int { return strings.Compare(a.ID, b.ID) })
	users = slices.CompactFunc(users, func(a, b commerce.User) bool { return a.ID == b.ID }) // also of somebody renamed between two pages
	order := collate.New(language.Und)
	slices.SortStableFunc(users, func(a, b commerce.User) int { return order.CompareString(a.Name, b.Name) })
	return users
}

// finder is how the people of a query are found.
func finder(q commerce.UserQuery) (func(context.Context, *tenant) ([]account, error), error) {
	var ways []func(context.Context, *tenant) ([]account, error)
	if q.Text != "" {
		ways = append(ways, func(ctx context.Context, t *tenant) ([]account, error) { return t.search(ctx, q.Text) })
	}
	if len(q.Addresses) > 0 {
		ways = append(ways, func(ctx context.Context, t *tenant) ([]account, error) {
			return t.listed(ctx, "userPrincipalName", once(q.Addresses), accountFields)
		})
	}
	if len(q.IDs) > 0 {
		ways = append(ways, func(ctx context.Context, t *tenant) ([]account, error) {
			return t.listed(ctx, "id", ids(q.IDs), accountFields)
		})
	}
	if q.Holding != "" {
		ways = append(ways, func(ctx context.Context, t *tenant) ([]account, error) { return t.holding(ctx, q.Holding) })
	}
	if len(ways) != 1 {
		return nil, misusef("%d fields of the query are set", len(ways))
	}
	return ways[0], nil
}

// accounts reads everyone whom a filter finds.
func (t *tenant) accounts(ctx context.Context, name, filter string, advanced bool) ([]account, error) {
	query := url.Values{"$filter": {filter}, "$select": {accountFields}, "$top": {pageOf}}
	if advanced {
		query.Set("$count", "true")
	}
	return all[account](ctx, t, t.reading(name, pathUsers, query))
}

// holding reads everyone who has a licence of a SKU.
func (t *tenant) holding(ctx context.Context, sku string) ([]account, error) {
	if len(ids([]string{sku})) == 0 {
		return nil, nil // a SKU that Graph does not have, nobody holds
	}
	return t.accounts(ctx, forHolding, "assignedLicenses/any(u:u/skuId eq "+sku+")", false)
}

// listed reads those accounts of which a property is one of the values.
func (t *tenant) listed(ctx context.Context, property string, values []string, fields string) ([]account, error) {
	return naming(ctx, values, func(ctx context.Context, some []string) ([]account, error) {
		query := url.Values{"$filter": {in(property, some)}, "$select": {fields}}
		return all[account](ctx, t, t.reading(forListed, pathUsers, query))
	})
}

// search reads as many as are wanted.
func (t *tenant) search(ctx context.Context, text string) ([]account, error) {
	clauses := searched(text)
	if clauses == "" {
		return nil, nil
	}
	query := url.Values{
		"$search": {clauses}, "$select": {accountFields}, "$count": {"true"}, "$orderby": {"displayName"}, "$top": {strconv.Itoa(commerce.UsersFound)},
	}
	return first[account](ctx, t, t.reading(forSearch, pathUsers, query), commerce.UsersFound)
}

// searched is a text as Graph's search takes it: its words in a name, or all of it at the
// beginning of an address; "" where there is no word in it. Other signs than those of an
// address are the search's own.
func searched(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !lettered(r) })
	if len(words) == 0 {
		return ""
	}
	address := strings.Map(func(r rune) rune {
		if lettered(r) || strings.ContainsRune("@._-#+'", r) {
			return r
		}
		return -1
	}, text)
	return `"displayName:` + strings.Join(words, " ") + `" OR "userPrincipalName:` + address + `"`
}

func lettered(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }

// ids are those that are Graph's, each once, in small letters: others nobody has, and in the
// address of a call they would be somebody's name.
func ids(values []string) []string {
	var known []string
	for _, u := range values {
		if id, err := uuid.Parse(u); err == nil && id.String() == strings.ToLower(u) {
			known = append(known, id.String())
		}
	}
	return once(known)
}

// once leaves out repeated values.
func once(values []string) []string {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}
