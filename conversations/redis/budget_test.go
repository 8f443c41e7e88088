package redis

import (
	"testing"
	"time"
)

// taken is what Take says of so many calls: how many may be made, and what then is spent.
func taken(t *testing.T, b *Budget, organisation, person string, calls int) (made int, spent string) {
	t.Helper()
	for range calls {
		was, err := b.Take(t.Context(), organisation, person)
		if err != nil {
			t.Fatalf("Take: %v", err)
		}
		if was != "" {
			return made, was
		}
		made++
	}
	return made, ""
}

func use(t *testing.T, b *Budget, organisation string, tokens int) {
	t.Helper()
	if err := b.Used(t.Context(), organisation, tokens); err != nil {
		t.Fatalf("Used: %v", err)
	}
}

// Few of a person's calls may come at once; somebody else's are their own.
func personsSpend(t *testing.T, s *Store) {
	b := s.Budget(1000)
	if made, spent := taken(t, b, "contoso", "aicha", 30); made < 3 || made > 5 || spent != "person" {
		t.Errorf("aicha makes %d calls at once, then %q is spent; want 3, or a little more on a slow machine", made, spent)
	}
	if made, _ := taken(t, b, "contoso", "bruno", 3); made != 3 {
		t.Errorf("bruno makes %d calls, want 3", made)
	}
	if made, _ := taken(t, b, "fabrikam", "aicha", 3); made != 3 {
		t.Errorf("aicha makes %d calls in another organisation, want 3", made)
	}
}

// An organisation's tokens are used up by what calls really take, which may be more than is left.
func tokensSpent(t *testing.T, s *Store) {
	b := s.Budget(1000)
	for _, tokens := range []int{600, 399} {
		use(t, b, "contoso", tokens)
		if _, spent := taken(t, b, "contoso", "aicha", 1); spent != "" {
			t.Fatalf("%q is spent before its time", spent)
		}
	}
	use(t, b, "contoso", 5000)
	if _, spent := taken(t, b, "contoso", "aicha", 1); spent != "organisation" {
		t.Errorf("after more tokens than there are %q is spent", spent)
	}
	if _, spent := taken(t, b, "fabrikam", "dagmar", 1); spent != "" {
		t.Errorf("another organisation's %q is spent", spent)
	}
	if err := b.Used(t.Context(), "contoso", -5000); err == nil {
		t.Error("tokens are given back")
	}
	if ttl := s.client.PTTL(t.Context(), tokensKey("contoso")).Val(); ttl <= 23*time.Hour || ttl > day {
		t.Errorf("the tokens are counted for %v, want a day from the first on", ttl)
	}
	if _, spent := taken(t, s.Budget(0), "new", "aicha", 1); spent != "organisation" {
		t.Errorf("of no tokens at all %q is spent", spent)
	}
}

// A spent day is over after a day, and a person may ask no more than 200 times in it.
func TestADaysBudget(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	s, err := Open(t.Context(), "embedded", func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b, made := s.Budget(1000), 0
	for i := range 230 {
		s.embedded.server.SetTime(at.Add(time.Duration(i) * 7 * time.Second))
		n, _ := taken(t, b, "contoso", "aicha", 1)
		made += n
	}
	if made < 200 || made > 204 {
		t.Errorf("aicha made %d calls in half an hour, want 200 and what a day gives back meanwhile", made)
	}
	use(t, b, "contoso", 400)
	s.embedded.server.FastForward(day / 2)
	use(t, b, "contoso", 600)
	s.embedded.server.FastForward(day/2 - time.Minute)
	if _, spent := taken(t, b, "contoso", "bruno", 1); spent != "organisation" {
		t.Errorf("before the day is over %q is spent", spent)
	}
	s.embedded.server.FastForward(2 * time.Minute)
	if _, spent := taken(t, b, "contoso", "bruno", 1); spent != "" {
		t.Errorf("after the day %q is spent", spent)
	}
}
