package graph_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
	"cartwright/testservices/fakegraph"
)

// roster is what a tenant is to have for a story: people by a short name, seats, and who
// holds what.
type roster struct {
	people  []commerce.User
	owned   map[string]int
	holders map[string][]string
	groups  map[string][]string // who holds it through a group
}

// party is a Licensor with the tenant of a roster.
type party struct {
	commerce.Licensor
	t   *testing.T
	ids map[string]string // by short name
}

// onEachLicensor tells the story of whatever keeps the port's promises.
func onEachLicensor(t *testing.T, r roster, story func(p party)) {
	t.Parallel()
	ids := map[string]string{"ghost": ghost}
	for i := range r.people {
		id := fmt.Sprintf("a11ce000-0000-4000-8000-%012d", i+1)
		ids[r.people[i].ID], r.people[i].ID = id, id
	}
	for _, by := range []map[string][]string{r.holders, r.groups} {
		for _, users := range by {
			for i, user := range users {
				users[i] = ids[user]
			}
		}
	}
	t.Run("sandbox", func(t *testing.T) {
		t.Parallel()
		story(party{inSandbox(t, r), t, ids})
	})
	t.Run("graph", func(t *testing.T) {
		t.Parallel()
		story(party{atGraph(t, r), t, ids})
	})
}

func inSandbox(t *testing.T, r roster) commerce.Licensor {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "sandbox.db")+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, err := sandbox.New(t.Context(), db, "sqlite", sandbox.Options{
		PublicURL: "http://bot.example/", Key: []byte("0123456789abcdef"), Speed: 1e6, Now: time.Now,
		Catalogue: func() commerce.Catalogue { return commerce.Catalogue{} },
		Seeds:     map[string]sandbox.Tenant{contoso.ID: {Users: r.people, Owned: r.owned, Holders: r.holders, Groups: r.groups}},
	})
	if err == nil {
		err = s.Seed(t.Context(), contoso)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Licensor()
}

func atGraph(t *testing.T, r roster) commerce.Licensor {
	w := newWorld(t, fakegraph.Options{PageLimit: 3})
	for _, u := range r.people {
		w.fake.Add(fakegraph.Person{ID: u.ID, Name: u.Name, UPN: u.Address, Location: u.Location, Guest: u.Guest, Disabled: u.Disabled})
	}
	for sku, seats := range r.owned {
		w.fake.Own(sku, seats)
	}
	for sku, users := range r.holders {
		w.fake.Give(sku, users...)
	}
	for sku, users := range r.groups {
		w.fake.GroupLicence("everybody", sku, users...)
	}
	return w
}

// of are the ids of people by their short names.
func (p party) of(names ...string) []string {
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = p.ids[name]
	}
	return ids
}

func (p party) assign(sku string, names ...string) []commerce.Reason {
	p.t.Helper()
	return answers(p.t, p.of(names...))(p.Assign(p.t.Context(), contoso, sku, p.of(names...)))
}

func (p party) remove(sku string, names ...string) []commerce.Reason {
	p.t.Helper()
	return answers(p.t, p.of(names...))(p.Remove(p.t.Context(), contoso, sku, p.of(names...)))
}

func (p party) move(from, to string, names ...string) []commerce.Reason {
	p.t.Helper()
	return answers(p.t, p.of(names...))(p.Move(p.t.Context(), contoso, from, to, p.of(names...)))
}

func (p party) seats(sku string) commerce.OwnedSeats {
	p.t.Helper()
	all, err := p.Seats(p.t.Context(), contoso)
	if err != nil {
		p.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(s commerce.OwnedSeats) bool { return s.SKU == sku })
	if i < 0 {
		return commerce.OwnedSeats{}
	}
	return all[i]
}

func (p party) expect(what string, want, got any) {
	p.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (p party) expectHeld(name string, want ...string) {
	p.t.Helper()
	held, err := p.Licences(p.t.Context(), contoso, p.of(name))
	if err != nil {
		p.t.Fatal(err)
	}
	slices.Sort(want)
	got := []string{}
	for _, one := range held[p.ids[name]] {
		got = append(got, one.SKU)
	}
	p.expect(name+" holds", append([]string{}, want...), got)
}

// staff are people of each kind. Each is named as in these stories.
func staff(names ...string) []commerce.User {
	users := make([]commerce.User, len(names))
	for i, name := range names {
		users[i] = commerce.User{
			ID: name, Name: "Ms " + name, Address: name + "@bureau.example", Location: "FR", Guest: name == "guest", Disabled: name == "disabled",
		}
		if name == "nowhere" {
			users[i].Location = ""
		}
	}
	return users
}

const (
	none    = commerce.ReasonNone
	noSeat  = commerce.ReasonNoSeat
	without = commerce.ReasonNoLicence
)

// Of two who want the last seat one gets it. Whoever cannot have a licence gets none, and
// whoever has it already takes no second seat.
func TestWhoGetsALicence(t *testing.T) {
	r := roster{
		people: staff("holder", "first", "second", "guest", "disabled", "nowhere"), owned: map[string]int{owned: 2},
		holders: map[string][]string{owned: {"holder"}},
	}
	onEachLicensor(t, r, func(p party) {
		got := p.assign(owned, "holder", "ghost", "guest", "disabled", "nowhere")
		p.expect("answers", []commerce.Reason{none, commerce.ReasonGone, commerce.ReasonGuest, commerce.ReasonDisabled, commerce.ReasonNoLocation}, got)
		got = p.assign(owned, "first", "second", "first")
		slices.Sort(got[:2])
		p.expect("the last seat", []commerce.Reason{none, noSeat}, got[:2])
		for range 2 {
			got = p.assign(owned, "holder", "holder")
			p.expect("again", []commerce.Reason{none, none}, got)
		}
		if s := p.seats(owned); s.Owned != 2 || s.Used != 2 || s.Free() != 0 {
			t.Errorf("seats %+v", s)
		}
		got = p.assign(notOwned, "first")
		if got[0] != noSeat && got[0] != commerce.ReasonUndelivered {
			t.Errorf("what is not owned: %q", got)
		}
		p.expect("nobody", []commerce.Reason{}, p.assign(owned))
	})
}

// Whoever cannot be given a licence can still lose one; what was taken is taken.
func TestWhoLosesALicence(t *testing.T) {
	r := roster{
		people: staff("ana", "ben", "guest", "disabled", "nowhere", "bare", "both"), owned: map[string]int{owned: 10, other: 2},
		holders: map[string][]string{owned: {"ana", "ben", "guest", "disabled", "nowhere", "both"}, other: {"both"}},
	}
	onEachLicensor(t, r, func(p party) {
		names := []string{"ana", "ghost", "bare", "guest", "disabled", "nowhere", "both", "ana"}
		want := []commerce.Reason{none, commerce.ReasonGone, none, none, none, none, none, none}
		for range 2 {
			p.expect("answers", want, p.remove(owned, names...))
		}
		p.expectHeld("ana")
		p.expectHeld("both", other)
		p.expectHeld("ben", owned)
		if s := p.seats(owned); s.Used != 1 || s.Owned != 10 {
			t.Errorf("seats %+v", s)
		}
	})
}

// Whoever cannot be moved keeps what they have.
func TestWhoIsMoved(t *testing.T) {
	r := roster{
		people: staff("ana", "ben", "cleo", "guest", "disabled", "nowhere", "bare", "moved", "both"), owned: map[string]int{owned: 10, other: 3},
		holders: map[string][]string{owned: {"ana", "ben", "cleo", "guest", "disabled", "nowhere", "both"}, other: {"moved", "both"}},
	}
	onEachLicensor(t, r, func(p party) {
		got := p.move(owned, other, "ghost", "bare", "moved", "both", "guest", "disabled", "nowhere")
		p.expect("answers", []commerce.Reason{
			commerce.ReasonGone, without, none, commerce.ReasonHasThis, commerce.ReasonGuest, commerce.ReasonDisabled, commerce.ReasonNoLocation,
		}, got)
		p.expect("the last seat", []commerce.Reason{none, none}, p.move(owned, other, "ana", "ana"))
		p.expect("again", []commerce.Reason{none, noSeat, noSeat}, p.move(owned, other, "ana", "ben", "cleo"))
		if got := p.move(owned, notOwned, "ben"); got[0] != noSeat && got[0] != commerce.ReasonUndelivered {
			t.Errorf("to what is not owned: %q", got)
		}
		p.expectHeld("ana", other)
		p.expectHeld("ben", owned)
		p.expectHeld("guest", owned)
		p.expectHeld("both", owned, other)
		if from, to := p.seats(owned), p.seats(other); from.Used != 6 || to.Used != 3 {
			t.Errorf("seats %+v and %+v", from, to)
		}
	})
}

func TestWhoHoldsWhat(t *testing.T) {
	r := roster{people: staff("ana", "ben", "bare"), owned: map[string]int{owned: 3, other: 3}, holders: map[string][]string{owned: {"ana"}, other: {"ana", "ben"}}}
	onEachLicensor(t, r, func(p party) {
		got, err := p.Licences(t.Context(), contoso, append(p.of("ana", "bare", "ghost"), "no id"))
		want := commerce.Licences{{SKU: owned}, {SKU: other}}
		slices.SortFunc(want, func(a, b commerce.Licence) int { return strings.Compare(a.SKU, b.SKU) })
		p.expect("licences", map[string]commerce.Licences{p.ids["ana"]: want, p.ids["bare"]: {}}, got)
		if err != nil {
			t.Error(err)
		}
		got, err = p.Licences(t.Context(), contoso, nil)
		if err != nil || len(got) != 0 {
			t.Errorf("of nobody: %v, %v", got, err)
		}
	})
}

// Whether a group gives a licence is told before anything is asked for, and nobody loses what
// a group gives, not even beside their own.
func TestAGroupDecides(t *testing.T) {
	r := roster{
		people: staff("ana", "ben", "cleo", "bare"), owned: map[string]int{owned: 5, other: 5},
		holders: map[string][]string{owned: {"ana", "ben"}}, groups: map[string][]string{owned: {"ben", "cleo"}},
	}
	byGroup := commerce.ReasonByGroup
	onEachLicensor(t, r, func(p party) {
		got, err := p.Licences(t.Context(), contoso, p.of("ana", "ben", "cleo", "bare"))
		if err != nil {
			t.Fatal(err)
		}
		grouped := commerce.Licences{{SKU: owned, ByGroup: true}}
		p.expect("how they are held", map[string]commerce.Licences{
			p.ids["ana"]: {{SKU: owned}}, p.ids["ben"]: grouped, p.ids["cleo"]: grouped, p.ids["bare"]: {},
		}, got)
		p.expect("assigned", []commerce.Reason{none, none}, p.assign(owned, "ben", "cleo"))
		p.expect("removed", []commerce.Reason{byGroup, byGroup}, p.remove(owned, "ben", "cleo"))
		p.expect("moved", []commerce.Reason{byGroup, byGroup, none}, p.move(owned, other, "ben", "cleo", "ana"))
		p.expectHeld("ben", owned)
		p.expectHeld("cleo", owned)
		p.expectHeld("ana", other)
		if s := p.seats(owned); s.Used != 2 {
			t.Errorf("a group's seats and its people's own: %+v", s)
		}
	})
}

// Seats are as of now. What nothing else is known of renews as it is.
func TestSeats(t *testing.T) {
	r := roster{people: staff("ana"), owned: map[string]int{owned: 3, other: 5}, holders: map[string][]string{owned: {"ana"}}}
	onEachLicensor(t, r, func(p party) {
		before := time.Now()
		for sku, want := range map[string][2]int{owned: {3, 1}, other: {5, 0}} {
			s := p.seats(sku)
			if s.Owned != want[0] || s.Used != want[1] || s.Next != s.Owned {
				t.Errorf("%+v", s)
			}
			if s.AsOf.Before(before) || !s.RenewsAt.IsZero() && s.RenewsAt.Before(before) {
				t.Errorf("as of %s, renewed at %s", s.AsOf, s.RenewsAt)
			}
		}
		all, _ := p.Seats(t.Context(), contoso)
		if len(all) != 2 || all[0].SKU > all[1].SKU {
			t.Errorf("not in order: %v", all)
		}
	})
}

// People are found whole, in the order of their names.
func TestWhoIsFound(t *testing.T) {
	r := roster{
		people: []commerce.User{
			{ID: "zoe", Name: "Zoé Lefèvre", Address: "zoe.lefevre@contoso.example", Location: "FR"},
			{ID: "eric", Name: "Éric Dubois", Address: "E.Dubois@contoso.example", Location: "FR", Guest: true},
			{ID: "jean", Name: "Jean-Marc Weber", Address: "jmw@contoso.example", Disabled: true},
			{ID: "wang", Name: "王秀英", Address: "xiuying.wang@contoso.example", Location: "CN"},
			{ID: "brien", Name: "Lea O'Brien", Address: "o'brien@contoso.example", Location: "FR"},
		},
		owned: map[string]int{owned: 9}, holders: map[string][]string{owned: {"zoe", "jean", "eric", "brien"}},
	}
	cases := map[string]struct {
		query commerce.UserQuery
		want  []string
	}{
		"given name":          {commerce.UserQuery{Text: "zoé"}, []string{"zoe"}},
		"family name":         {commerce.UserQuery{Text: "DUB"}, []string{"eric"}},
		"both, either order":  {commerce.UserQuery{Text: " dubois  é"}, []string{"eric"}},
		"one of them wrong":   {commerce.UserQuery{Text: "zoé dubois"}, nil},
		"not a beginning":     {commerce.UserQuery{Text: "ubois"}, nil},
		"with a hyphen":       {commerce.UserQuery{Text: "Jean-M"}, []string{"jean"}},
		"an apostrophe":       {commerce.UserQuery{Text: "o'brien"}, []string{"brien"}},
		"an address":          {commerce.UserQuery{Text: "e.dubois@Contoso"}, []string{"eric"}},
		"Chinese":             {commerce.UserQuery{Text: "王"}, []string{"wang"}},
		"blanks":              {commerce.UserQuery{Text: "  "}, nil},
		"signs":               {commerce.UserQuery{Text: `"%_*.\ ) OR "`}, nil},
		"addresses":           {commerce.UserQuery{Addresses: []string{"ZOE.lefevre@contoso.example", "e.dubois@contoso.EXAMPLE", "x@y.example", "o'brien@contoso.example"}}, []string{"eric", "brien", "zoe"}},
		"part of an address":  {commerce.UserQuery{Addresses: []string{"zoe.lefevre"}}, nil},
		"ids":                 {commerce.UserQuery{IDs: []string{"zoe", "wang", "ghost", "no id"}}, []string{"zoe", "wang"}},
		"holding":             {commerce.UserQuery{Holding: owned}, []string{"eric", "jean", "brien", "zoe"}},
		"holding what nobody": {commerce.UserQuery{Holding: other}, nil},
	}
	onEachLicensor(t, r, func(p party) {
		for name, c := range cases {
			if len(c.query.IDs) > 0 {
				c.query.IDs = append(p.of(c.query.IDs[:3]...), "no id")
			}
			found, err := p.Users(t.Context(), contoso, c.query)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			var got []string
			for _, u := range found {
				got = append(got, u.ID)
			}
			p.expect(name, append([]string(nil), p.of(c.want...)...), got)
		}
		found, _ := p.Users(t.Context(), contoso, commerce.UserQuery{IDs: p.of("jean")})
		p.expect("in full", []commerce.User{{ID: p.ids["jean"], Name: "Jean-Marc Weber", Address: "jmw@contoso.example", Disabled: true}}, found)
	})
}

// Every enabled member without a licence is listed, also one without a usage location. A
// guest or a disabled account that somebody names is found, and is told why it gets none.
func TestUnlicensed(t *testing.T) {
	r := roster{people: staff("nowhere", "holder", "guest", "ben", "disabled", "ana"), owned: map[string]int{owned: 2}, holders: map[string][]string{owned: {"holder"}}}
	onEachLicensor(t, r, func(p party) {
		found, err := p.Unlicensed(t.Context(), contoso)
		if err != nil {
			t.Fatal(err)
		}
		var names, want []string
		for _, u := range found {
			names = append(names, u.Name+" "+string(u.Ineligible()))
		}
		want = []string{"Ms ana ", "Ms ben ", "Ms nowhere no_location"}
		p.expect("by name", want, names)
		for _, reason := range []commerce.Reason{commerce.ReasonGuest, commerce.ReasonDisabled} {
			name := string(reason)
			for how, q := range map[string]commerce.UserQuery{
				"its name": {Text: name}, "its address": {Addresses: []string{name + "@bureau.example"}}, "its id": {IDs: p.of(name)},
			} {
				found, err := p.Users(t.Context(), contoso, q)
				if err != nil || len(found) != 1 || found[0].Ineligible() != reason {
					t.Errorf("%s by %s: %+v, %v", name, how, found, err)
				}
			}
			p.expect(name+" is asked for", []commerce.Reason{reason}, p.assign(owned, name))
		}
	})
}

// A search shows as many as somebody can read.
func TestASearchThatFindsManyShowsTheFirst(t *testing.T) {
	names := make([]string, 60)
	for i := range names {
		names[i] = fmt.Sprintf("n%02d", 59-i)
	}
	onEachLicensor(t, roster{people: staff(names...)}, func(p party) {
		found, err := p.Users(t.Context(), contoso, commerce.UserQuery{Text: "n"})
		if err != nil || len(found) != commerce.UsersFound || found[0].Name != "Ms n00" || found[49].Name != "Ms n49" {
			t.Errorf("%d found, %v", len(found), err)
		}
	})
}

// One seat is given once, whoever asks for it at the same time.
func TestOneSeatIsGivenOnce(t *testing.T) {
	r := roster{people: staff("ana", "ben", "cleo"), owned: map[string]int{owned: 1}}
	onEachLicensor(t, r, func(p party) {
		var all sync.WaitGroup
		var mu sync.Mutex
		reasons := map[string]int{}
		for i := range 9 {
			all.Go(func() {
				name := []string{"ana", "ben", "cleo"}[i%3]
				results, err := p.Assign(t.Context(), contoso, owned, p.of(name))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
				reasons[string(results[0].Reason)]++
			})
		}
		all.Wait()
		if s := p.seats(owned); s.Used != 1 || reasons[""] != 3 || reasons["no_seat"] != 6 {
			t.Errorf("%+v, %v", s, reasons)
		}
	})
}

// A caller's mistake is no answer of the tenant's, and nobody else's tenant is asked.
func TestMisuse(t *testing.T) {
	onEachLicensor(t, roster{people: staff("ana")}, func(p party) {
		ctx, many := t.Context(), make([]string, 21)
		_, assigned := p.Assign(ctx, contoso, owned, many)
		_, removed := p.Remove(ctx, contoso, owned, many)
		_, moved := p.Move(ctx, contoso, owned, other, many)
		_, nothing := p.Assign(ctx, contoso, "", nil)
		_, away := p.Move(ctx, contoso, owned, "", nil)
		_, stays := p.Move(ctx, contoso, owned, owned, nil)
		_, all := p.Users(ctx, contoso, commerce.UserQuery{})
		_, both := p.Users(ctx, contoso, commerce.UserQuery{Text: "a", Holding: owned})
		for i, err := range []error{assigned, removed, moved, nothing, away, stays, all, both} {
			if !commerce.IsCode(err, commerce.CodeInternal) {
				t.Errorf("%d: %v", i, err)
			}
		}
		stranger := commerce.Organisation{ID: "stranger", Cloud: commerce.Worldwide}
		_, seats := p.Seats(ctx, stranger)
		_, people := p.Unlicensed(ctx, stranger)
		_, held := p.Licences(ctx, stranger, nil)
		_, given := p.Assign(ctx, stranger, owned, p.of("ana"))
		_, found := p.Users(ctx, stranger, commerce.UserQuery{Text: "x"})
		_, taken := p.Remove(ctx, stranger, owned, p.of("ana"))
		_, exchanged := p.Move(ctx, stranger, owned, other, p.of("ana"))
		for i, err := range []error{seats, people, held, given, found, taken, exchanged} {
			if !commerce.IsCode(err, commerce.CodeNotFound) {
				t.Errorf("a stranger, %d: %v", i, err)
			}
		}
	})
}
