package sandbox_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
)

func (l *lab) find(org commerce.Organisation, q commerce.UserQuery) []commerce.User {
	l.t.Helper()
	users, err := l.Licensor().Users(l.t.Context(), org, q)
	if err != nil {
		l.t.Fatal(err)
	}
	return users
}

func ids(users []commerce.User) []string {
	all := []string{}
	for _, u := range users {
		all = append(all, u.ID)
	}
	return all
}

func directory(o *sandbox.Options) {
	o.Seeds = map[string]sandbox.Tenant{"contoso": {
		Users: []commerce.User{
			{ID: "1", Name: "Zoé Lefèvre", Address: "zoe.lefevre@contoso.example", Location: "FR"},
			{ID: "2", Name: "Amélie Dubois", Address: "A.Dubois@contoso.example", Location: "FR", Guest: true},
			{ID: "3", Name: "Jean-Marc Weiß", Address: "jmw@contoso.example", Disabled: true},
			{ID: "4", Name: "王秀英", Address: "xiuying.wang@contoso.example", Location: "CN"},
			{ID: "5", Name: "Łucja O'Brien", Address: "lobrien@contoso.example", Location: "FR"},
		},
		Owned:   map[string]int{basicSKU: 5},
		Holders: map[string][]string{basicSKU: {"1", "3", "2"}},
	}}
}

func TestWhoIsFound(t *testing.T) {
	cases := map[string]struct {
		query commerce.UserQuery
		want  []string // in the order of names
	}{
		"given name":           {commerce.UserQuery{Text: "zoé"}, []string{"1"}},
		"no accents":           {commerce.UserQuery{Text: "AMELIE"}, []string{"2"}},
		"accents too many":     {commerce.UserQuery{Text: "Lêf"}, []string{"1"}},
		"family name":          {commerce.UserQuery{Text: "dub"}, []string{"2"}},
		"both names":           {commerce.UserQuery{Text: "  amé  dubois "}, []string{"2"}},
		"family name first":    {commerce.UserQuery{Text: "dubois am"}, []string{"2"}},
		"both, one wrong":      {commerce.UserQuery{Text: "amélie lefèvre"}, []string{}},
		"not a beginning":      {commerce.UserQuery{Text: "ubois"}, []string{}},
		"after a hyphen":       {commerce.UserQuery{Text: "marc"}, []string{"3"}},
		"with the hyphen":      {commerce.UserQuery{Text: "Jean-M"}, []string{"3"}},
		"sharp s":              {commerce.UserQuery{Text: "weiss"}, []string{"3"}},
		"apostrophe":           {commerce.UserQuery{Text: "o'brien"}, []string{"5"}},
		"stroke":               {commerce.UserQuery{Text: "lucja"}, []string{"5"}},
		"several, by name":     {commerce.UserQuery{Text: "l"}, []string{"5", "1"}},
		"address":              {commerce.UserQuery{Text: "a.dubois@Contoso"}, []string{"2"}},
		"mailbox":              {commerce.UserQuery{Text: "jmw"}, []string{"3"}},
		"everybody's domain":   {commerce.UserQuery{Text: "contoso"}, []string{}},
		"Chinese family name":  {commerce.UserQuery{Text: "王"}, []string{"4"}},
		"Chinese given name":   {commerce.UserQuery{Text: "秀英"}, []string{"4"}},
		"in a Chinese name":    {commerce.UserQuery{Text: "英"}, []string{"4"}},
		"pinyin":               {commerce.UserQuery{Text: "wang xiu"}, []string{"4"}},
		"not a pinyin start":   {commerce.UserQuery{Text: "ying"}, []string{}},
		"blanks":               {commerce.UserQuery{Text: "  "}, []string{}},
		"signs":                {commerce.UserQuery{Text: "%_*."}, []string{}},
		"addresses":            {commerce.UserQuery{Addresses: []string{"ZOE.lefevre@contoso.example", "a.dubois@contoso.EXAMPLE", "x@y.example"}}, []string{"2", "1"}},
		"part of an address":   {commerce.UserQuery{Addresses: []string{"zoe.lefevre"}}, []string{}},
		"ids":                  {commerce.UserQuery{IDs: []string{"1", "5", "ghost"}}, []string{"5", "1"}},
		"holding":              {commerce.UserQuery{Holding: basicSKU}, []string{"2", "3", "1"}},
		"holding what nobody":  {commerce.UserQuery{Holding: visioSKU}, []string{}},
		"id of another's user": {commerce.UserQuery{IDs: []string{"adatum-001"}}, []string{}},
	}
	onEachDatabase(t, func(l *lab) {
		for name, c := range cases {
			if diff := cmp.Diff(c.want, ids(l.find(contoso, c.query))); diff != "" {
				l.t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		want := commerce.User{ID: "3", Name: "Jean-Marc Weiß", Address: "jmw@contoso.example", Disabled: true}
		if diff := cmp.Diff([]commerce.User{want}, l.find(contoso, commerce.UserQuery{IDs: []string{"3"}})); diff != "" {
			l.t.Errorf("(-want +got):\n%s", diff)
		}
		if n := l.count(`SELECT count(*) FROM sandbox_calls WHERE name = 'licensor.users'`); n != len(cases)+1 {
			l.t.Errorf("%d calls counted", n)
		}
	}, directory)
}

// Only a search by text is cut short: who holds a licence, or was named, is told in full.
func TestASearchIsCutShort(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		users := []commerce.User{}
		for i := range 60 {
			id := string(rune('a'+i/26)) + string(rune('a'+i%26))
			users = append(users, commerce.User{ID: id, Name: "Max " + strings.ToUpper(id), Address: id + "@big.example", Location: "FR"})
		}
		all := ids(users)
		slices.Reverse(users)
		l.options.Seeds = map[string]sandbox.Tenant{"big": {Users: users, Owned: map[string]int{basicSKU: 60}, Holders: map[string][]string{basicSKU: all}}}
		l.restart()
		big := commerce.Organisation{ID: "big", Country: "FR"}
		if err := l.Seed(l.t.Context(), big); err != nil {
			l.t.Fatal(err)
		}
		if diff := cmp.Diff(all[:commerce.UsersFound], ids(l.find(big, commerce.UserQuery{Text: "max"}))); diff != "" {
			l.t.Errorf("by text (-want +got):\n%s", diff)
		}
		for _, q := range []commerce.UserQuery{{IDs: all}, {Holding: basicSKU}} {
			if diff := cmp.Diff(all, ids(l.find(big, q))); diff != "" {
				l.t.Errorf("in full (-want +got):\n%s", diff)
			}
		}
	})
}
