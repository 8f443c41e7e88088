package ledger

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
)

func TestInstallations(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		now := noon
		l := openWith(t, url, Options{Now: func() time.Time { return now }})
		has := func(workspace, want string) {
			t.Helper()
			body, at, err := l.Installation(t.Context(), "slack", workspace)
			if want == "" {
				if !commerce.IsCode(err, commerce.CodeNotFound) {
					t.Errorf("%s: %q, %v", workspace, body, err)
				}
				return
			}
			check(t, err)
			if string(body) != want || !at.Equal(noon) {
				t.Errorf("%s: %q of %v, want %q", workspace, body, at, want)
			}
		}
		has("T1", "")
		check(t, l.SaveInstallation(t.Context(), "slack", "T1", []byte("xoxb-one"), noon))
		check(t, l.SaveInstallation(t.Context(), "slack", "T2", []byte("xoxb-two"), noon))
		check(t, l.SaveInstallation(t.Context(), "slack", "T1", []byte("xoxb-anew"), noon))
		has("T1", "xoxb-anew")
		all, err := l.Installations(t.Context(), "slack")
		check(t, err)
		if !slices.Equal(all, []string{"T1", "T2"}) {
			t.Errorf("installed are %v", all)
		}

		// What says that it was taken back before it was given is a replay.
		check(t, l.DeleteInstallation(t.Context(), "slack", "T1", noon.Add(-time.Second)))
		has("T1", "xoxb-anew")
		check(t, l.DeleteInstallation(t.Context(), "slack", "T1", noon))
		has("T1", "")
		has("T2", "xoxb-two")
	})
}

// One of several programs renews a token: it works once.
func TestAnInstallationIsRenewedByOne(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		now := noon
		l := openWith(t, url, Options{Now: func() time.Time { return now }})
		check(t, l.SaveInstallation(t.Context(), "slack", "T1", []byte("a"), noon))
		claims := make([]bool, 6)
		errs := atOnce(len(claims), func(i int) (err error) {
			claims[i], err = l.ClaimInstallation(t.Context(), "slack", "T1")
			return err
		})
		check(t, errors.Join(errs...))
		if n := len(slices.DeleteFunc(claims, func(ok bool) bool { return !ok })); n != 1 {
			t.Fatalf("%d may renew it, want 1", n)
		}
		claim := func(when string, want bool) {
			t.Helper()
			ok, err := l.ClaimInstallation(t.Context(), "slack", "T1")
			check(t, err)
			if ok != want {
				t.Errorf("%s: %v", when, ok)
			}
		}
		claim("while it is renewed", false)
		now = now.Add(claimTime)
		claim("whoever renewed it is gone", true)
		check(t, l.SaveInstallation(t.Context(), "slack", "T1", []byte("b"), noon))
		claim("it was renewed", true)
	})
}

// A row that is copied to another workspace opens nothing, the text is not in the
// database, and after a change of keys the old one still opens it.
func TestInstallationsAreSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		check(t, l.SaveInstallation(t.Context(), "slack", "T1", []byte("xoxb-secret"), noon))
		var sealed string
		check(t, l.db.QueryRow("SELECT sealed FROM installations").Scan(&sealed))
		if strings.Contains(sealed, "xoxb") {
			t.Error("the token is in the database as it is")
		}
		_, err := l.db.Exec(`INSERT INTO installations SELECT platform, 'T2', key_id, sealed, installed_at, 0 FROM installations`)
		check(t, err)
		if body, _, err := l.Installation(t.Context(), "slack", "T2"); err == nil {
			t.Errorf("another workspace's token opens: %q", body)
		}
		keys, err := NewKeyring("another secret, of today", "0123456789abcdef")
		check(t, err)
		if _, err := keys.find(l.keys.keys[0].id); err != nil {
			keys.keys = append(keys.keys, l.keys.keys[0])
		}
		later := openWith(t, url, Options{Keys: keys})
		body, _, err := later.Installation(t.Context(), "slack", "T1")
		check(t, err)
		if string(body) != "xoxb-secret" {
			t.Errorf("with the old key it reads %q", body)
		}
		none, err := NewKeyring("another secret, of today")
		check(t, err)
		if _, _, err := openWith(t, url, Options{Keys: none}).Installation(t.Context(), "slack", "T1"); err == nil {
			t.Error("it opens without the key that it was sealed with")
		}
	})
}
