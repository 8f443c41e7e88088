package ledger

import (
	"errors"
	"slices"
	"testing"
	"time"

	"cartwright/commerce"
)

func TestAMessageIsClaimedByOneAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		now := noon
		l := openWith(t, url, Options{Now: func() time.Time { return now }})
		account := commerce.Account{Platform: "slack", Workspace: "T1", ID: "U1"}
		claims := make([]bool, 6)
		errs := atOnce(len(claims), func(i int) (err error) {
			_, _, claims[i], err = l.Claim(t.Context(), "CW-1", account)
			return err
		})
		check(t, errors.Join(errs...))
		if n := len(slices.DeleteFunc(claims, func(ok bool) bool { return !ok })); n != 1 {
			t.Fatalf("%d have the message, want 1", n)
		}
		wantClaim := func(name string, to commerce.Account, ref string, version int, ok bool) {
			t.Helper()
			gotRef, gotVersion, gotOK, err := l.Claim(t.Context(), "CW-1", to)
			check(t, err)
			if gotRef != ref || gotVersion != version || gotOK != ok {
				t.Errorf("%s: got %q, %d, %v; want %q, %d, %v", name, gotRef, gotVersion, gotOK, ref, version, ok)
			}
		}
		wantClaim("another account", commerce.Account{Platform: "slack", Workspace: "T1", ID: "U2"}, "", 0, true)
		check(t, l.Done(t.Context(), "CW-1", account, "123.4", 3, nil))
		wantClaim("posted", account, "123.4", 3, true)
		wantClaim("claimed", account, "123.4", 3, false)
		now = now.Add(claimTime)
		wantClaim("its claimant is gone", account, "123.4", 3, true)
		check(t, l.Done(t.Context(), "CW-1", account, "older", 2, nil))
		wantClaim("a late one who posted an older version", account, "123.4", 3, false)

		// The other account's claimant has never come back.
		copies, err := l.Copies(t.Context(), "CW-1")
		check(t, err)
		if len(copies) != 2 || copies[0].Unsure || !copies[0].Posted || !copies[1].Unsure || copies[1].Posted {
			t.Errorf("the copies are %+v", copies)
		}
		check(t, l.Done(t.Context(), "CW-1", copies[1].To, "", 0, nil))
		if copies, err = l.Copies(t.Context(), "CW-1"); err != nil || copies[1].Unsure {
			t.Errorf("after one that failed: %+v, %v", copies, err)
		}
	})
}
