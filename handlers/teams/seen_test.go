package teams

import (
	"errors"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"cartwright/testservices/faketeams"
)

// A token that was good before is looked at again, in all but its signature.
func TestATokenThatWasSeen(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{})
	token, service := "Bearer "+g.teams.Token(nil), g.teams.ServiceURL()
	for name, v := range map[string]struct {
		authorization, service, channel string
		good                            bool
	}{
		"as it was":           {token, service, "msteams", true},
		"another serviceUrl":  {token, "https://elsewhere.example/", "msteams", false},
		"another channel":     {token, service, "webchat", false},
		"another signature":   {token[:len(token)-4] + "AAAA", service, "msteams", false},
		"without a signature": {token[:len(token)-342], service, "msteams", false},
	} {
		if err := g.Verify(t.Context(), token, service, "msteams"); err != nil {
			t.Fatal(err)
		}
		err := g.Verify(t.Context(), v.authorization, v.service, v.channel)
		if (err == nil) != v.good || err != nil && !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	g.ahead.Add(int64((2 * time.Hour).Seconds()))
	if err := g.Verify(t.Context(), token, service, "msteams"); !errors.Is(err, ErrToken) {
		t.Errorf("after it has expired: %v", err)
	}
}

// What was found by a key goes with the key.
func TestATokenThatWasSeenAndItsKeyWithdrawn(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{KeysKept: 1})
	token, service := "Bearer "+g.teams.Token(nil), g.teams.ServiceURL()
	if err := g.Verify(t.Context(), token, service, "msteams"); err != nil {
		t.Fatal(err)
	}
	g.teams.Rotate()
	g.teams.Rotate()
	g.later(keysGap)
	if err := g.good(t); err != nil { // by a new key, for which all are fetched
		t.Fatal(err)
	}
	if err := g.Verify(t.Context(), token, service, "msteams"); !errors.Is(err, ErrToken) {
		t.Errorf("a token by a key that was withdrawn: %v", err)
	}
}

// However many tokens there are, few are remembered.
func TestFewTokensAreRemembered(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{})
	for i := range mostSeen + 10 {
		token := g.teams.Token(func(c jwt.MapClaims, _ map[string]any) { c["n"] = i })
		if err := g.Verify(t.Context(), "Bearer "+token, g.teams.ServiceURL(), "msteams"); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(g.seen.tokens); n != 10 {
		t.Errorf("%d are remembered, not 10 after %d were forgotten", n, mostSeen)
	}
}
