package sandbox_test

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
	"cartwright/testservices"
)

// holdings is owned and used by SKU.
func (l *lab) holdings(org commerce.Organisation) map[string][2]int {
	l.t.Helper()
	all, err := l.Licensor().Seats(l.t.Context(), org)
	if err != nil {
		l.t.Fatal(err)
	}
	held := map[string][2]int{}
	for _, s := range all {
		held[s.SKU] = [2]int{s.Owned, s.Used}
		if !s.RenewsAt.After(l.clock.Now()) || !s.AsOf.Equal(l.clock.Now()) {
			l.t.Errorf("%s: %+v", org.ID, s)
		}
	}
	return held
}

func TestTheTenants(t *testing.T) {
	fabrikam := commerce.Organisation{ID: "fabrikam", Cloud: commerce.Germany, Country: "DE", Currency: "EUR", Backend: commerce.Sandbox}
	northwind := commerce.Organisation{ID: "northwind", Cloud: commerce.Worldwide, Country: "US", Currency: "USD", Backend: commerce.Sandbox}
	const standard, exchange, frontline = "f245ecc8-75af-4f8e-b61f-27d8114de5f3", "4b9405b0-7788-4568-add1-99614e613b69", "66b55226-6b4f-492c-910c-a3b7a3c9d993"
	cases := []struct {
		org                commerce.Organisation
		people, unlicensed int
		barred             int // guests and disabled accounts
		held               map[string][2]int
	}{
		{contoso, 124, 42, 4, map[string][2]int{basicSKU: {40, 31}, standard: {30, 28}, exchange: {20, 15}, frontline: {6, 4}, visioSKU: {5, 2}}},
		{fabrikam, 40, 13, 2, map[string][2]int{basicSKU: {15, 12}, standard: {15, 13}}},
		{adatum, 40, 13, 2, map[string][2]int{basicSKU: {20, 16}, exchange: {10, 9}}},
		{northwind, 60, 50, 2, map[string][2]int{basicSKU: {10, 8}}},
	}
	onEachDatabase(t, func(l *lab) {
		for range 2 { // the second time changes nothing
			for _, c := range cases {
				if err := l.Seed(l.t.Context(), c.org); err != nil {
					l.t.Fatal(err)
				}
				people := l.count(`SELECT count(*) FROM sandbox_users WHERE organisation = $1`, c.org.ID)
				names := l.count(`SELECT count(DISTINCT name) FROM sandbox_users WHERE organisation = $1`, c.org.ID)
				addresses := l.count(`SELECT count(DISTINCT address) FROM sandbox_users WHERE organisation = $1`, c.org.ID)
				if without := len(l.unlicensed(c.org)); people != c.people || names != people || addresses != people || without != c.unlicensed {
					l.t.Errorf("%s: %d people, %d names, %d addresses, %d without a licence", c.org.ID, people, names, addresses, without)
				}
				if n := l.count(`SELECT count(*) FROM sandbox_users WHERE organisation = $1 AND (guest OR disabled)`, c.org.ID); n != c.barred {
					l.t.Errorf("%s: %d guests and disabled accounts", c.org.ID, n)
				}
				if diff := cmp.Diff(c.held, l.holdings(c.org)); diff != "" {
					l.t.Errorf("%s (-want +got):\n%s", c.org.ID, diff)
				}
			}
		}
	})
}

// Two of the four at Contoso who have Frontline F3 have it through a group, and nobody else
// has anything that way.
func TestAGroupGivesLicences(t *testing.T) {
	const frontline = "66b55226-6b4f-492c-910c-a3b7a3c9d993"
	onEachDatabase(t, func(l *lab) {
		grouped := 0
		for _, u := range l.find(contoso, commerce.UserQuery{Holding: frontline}) {
			held, err := l.Licensor().Licences(l.t.Context(), contoso, []string{u.ID})
			if err != nil || !held[u.ID].Has(frontline) {
				l.t.Fatalf("%s has %v, %v", u.ID, held, err)
			}
			if held[u.ID].ByGroup(frontline) {
				grouped++
			}
		}
		if all := l.count(`SELECT count(*) FROM sandbox_licences WHERE by_group`); grouped != 2 || all != 2 {
			l.t.Errorf("%d of %d", grouped, all)
		}
	})
}

func TestSeedingAtOnce(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		org := commerce.Organisation{ID: "northwind", Country: "US"}
		atOnce(4, func(int) {
			s, err := sandbox.New(l.t.Context(), l.db, l.dialect, l.options)
			if err == nil {
				err = s.Seed(l.t.Context(), org)
			}
			if err != nil {
				l.t.Error(err)
			}
		})
		if n := l.count(`SELECT count(*) FROM sandbox_users WHERE organisation = 'northwind'`); n != 60 {
			l.t.Errorf("%d people", n)
		}
	})
}

func TestReplicasStartTogether(t *testing.T) {
	t.Parallel()
	url := testservices.Postgres(t)
	atOnce(3, func(int) {
		db, err := sql.Open("pgx", url)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = db.Close() }()
		s, err := sandbox.New(t.Context(), db, "postgres", sandbox.Options{Key: []byte("0123456789abcdef")})
		if err == nil {
			err = s.Seed(t.Context(), contoso)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

func TestASandboxThatCannotStart(t *testing.T) {
	t.Parallel()
	l := newLab(t, "sqlite", "sqlite", sqliteURL(t))
	for _, key := range []string{"", "too short"} {
		if _, err := sandbox.New(t.Context(), l.db, "sqlite", sandbox.Options{Key: []byte(key)}); err == nil {
			t.Errorf("the key %q will do", key)
		}
	}
	if _, err := sandbox.New(t.Context(), l.db, "oracle", l.options); err == nil {
		t.Error("any database will do")
	}
}

func TestPeopleAreSortedAsAReaderExpects(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		users := l.unlicensed(contoso)
		var names []string
		for _, u := range users {
			names = append(names, u.Name)
		}
		byReader := slices.Clone(names)
		collate.New(language.English, collate.IgnoreDiacritics).SortStrings(byReader)
		if diff := cmp.Diff(byReader, names); diff != "" {
			l.t.Errorf("(-reader +got):\n%s", diff)
		}
	})
}

// Fabrikam shows a notice of renewal at once, Contoso some days later.
func TestSomethingRenewsSoon(t *testing.T) {
	fabrikam := commerce.Organisation{ID: "fabrikam", Cloud: commerce.Germany, Country: "DE", Currency: "EUR", Backend: commerce.Sandbox}
	onEachDatabase(t, func(l *lab) {
		if err := l.Seed(l.t.Context(), fabrikam); err != nil {
			l.t.Fatal(err)
		}
		for _, c := range []struct {
			org  commerce.Organisation
			sku  string
			days int
		}{{contoso, "4b9405b0-7788-4568-add1-99614e613b69", 34}, {fabrikam, "f245ecc8-75af-4f8e-b61f-27d8114de5f3", 6}} {
			s := l.seats(c.org, c.sku)
			if !s.RenewsAt.Equal(l.clock.Now().AddDate(0, 0, c.days)) || s.Next != s.Owned || s.Free() == 0 {
				l.t.Errorf("%s: %+v", c.org.ID, s)
			}
		}
	})
}
