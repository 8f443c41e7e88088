package ledger

import (
	"slices"
	"testing"
	"time"

	"cartwright/commerce"
)

// A person has one delegation, of which the last one counts, until it is over; another
// organisation has its own.
func TestDelegations(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		keep := func(org, from, to string, until time.Time) {
			t.Helper()
			d := commerce.Delegation{Organisation: org, From: from, FromName: "Ann", To: to, Since: noon, Until: until, Account: commerce.Account{Platform: "slack", ID: "U1"}}
			check(t, l.Change(t.Context(), func(tx commerce.Tx) error { return tx.SaveDelegation(d) }))
		}
		want := func(org string, at time.Time, pairs ...string) {
			t.Helper()
			all, err := l.Delegations(t.Context(), org, at)
			check(t, err)
			var got []string
			for _, d := range all {
				got = append(got, d.From+" to "+d.To)
				if d.FromName != "Ann" || d.Account.ID != "U1" || !d.Since.Equal(noon) {
					t.Errorf("%+v", d)
				}
			}
			if !slices.Equal(got, pairs) {
				t.Errorf("%s at %v: %v, want %v", org, at, got, pairs)
			}
		}
		want("contoso", noon)
		keep("contoso", "bruno", "chloe", noon.Add(time.Hour))
		keep("contoso", "ann", "chloe", noon.Add(3*time.Hour))
		keep("adatum", "bruno", "dagmar", noon.Add(time.Hour))
		want("contoso", noon, "ann to chloe", "bruno to chloe")
		keep("contoso", "bruno", "dagmar", noon.Add(2*time.Hour))
		want("contoso", noon.Add(time.Hour), "ann to chloe", "bruno to dagmar")
		want("contoso", noon.Add(2*time.Hour), "ann to chloe")
		want("adatum", noon, "bruno to dagmar")
	})
}
