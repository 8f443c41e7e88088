package slack

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/testservices/fakeslack"
)

// safe keeps installations in memory, for several programs.
type safe struct {
	mu      sync.Mutex
	kept    map[string][]byte
	at      map[string]time.Time
	claimed bool
}

func (s *safe) Load(_ context.Context, w string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, ok := s.kept[w]
	return body, ok, nil
}

func (s *safe) Save(_ context.Context, w string, body []byte, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[w], s.at[w], s.claimed = body, at, false
	return nil
}

func (s *safe) Delete(_ context.Context, w string, unlessAfter time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.at[w].After(unlessAfter) {
		delete(s.kept, w)
	}
	return nil
}

func (s *safe) Claim(context.Context, string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := !s.claimed
	s.claimed = true
	return mine, nil
}

func (s *safe) List(context.Context) ([]string, error) { return nil, nil }

// granted is a token of a workspace, with what renews it, as an install brings it.
func granted(t *testing.T, f *fakeslack.Slack, now time.Time) installation {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(strings.TrimSuffix(f.APIURL(), "api/") + "oauth/v2/authorize?client_id=1.2&scope=x&team=T1&redirect_uri=https%3A%2F%2Fb")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	back, err := url.Parse(answer.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"client_id": {"1.2"}, "client_secret": {"hush"}, "code": {back.Query().Get("code")}, "redirect_uri": {"https://b"}}
	var given struct {
		Token   string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	posted(t, f.APIURL()+"oauth.v2.access", form, &given)
	return installation{Token: given.Token, Refresh: given.Refresh, Expires: now.Add(12 * time.Hour)}
}

// A token that ends soon is renewed, by one of several programs; all have the new one. One
// that Slack does not renew works until its end, and then says what to do.
func TestTokensAreRenewedOnce(t *testing.T) {
	t.Parallel()
	f := fakeslack.New(fakeslack.Options{ClientID: "1.2", ClientSecret: "hush"})
	t.Cleanup(f.Close)
	f.Workspace("T1")
	var mu sync.Mutex
	clock := time.Now()
	now := func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }
	passes := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); clock = clock.Add(d) }
	kept := &safe{kept: map[string][]byte{}, at: map[string]time.Time{}}
	var programs []*Tokens
	for range 4 {
		programs = append(programs, NewTokens(TokensOptions{Installations: kept, ClientID: "1.2", ClientSecret: "hush", APIURL: f.APIURL(), Now: now}))
	}
	first := granted(t, f, now())
	if err := programs[0].keep(t.Context(), "T1", first); err != nil {
		t.Fatal(err)
	}
	all := func() (tokens map[string]bool, errs []error) {
		tokens = map[string]bool{}
		var group sync.WaitGroup
		var mu sync.Mutex
		for _, p := range programs {
			group.Go(func() {
				token, err := p.For(t.Context(), "T1")
				mu.Lock()
				defer mu.Unlock()
				tokens[token] = true
				errs = append(errs, err)
			})
		}
		group.Wait()
		return tokens, errs
	}
	if tokens, errs := all(); !tokens[first.Token] || len(tokens) != 1 || errors.Join(errs...) != nil {
		t.Errorf("at first %v %v", tokens, errs)
	}
	passes(12*time.Hour + time.Minute) // it has ended: nobody can go on with the old one
	tokens, errs := all()
	if tokens[first.Token] || len(tokens) != 1 || errors.Join(errs...) != nil {
		t.Errorf("renewed to %v %v", tokens, errs)
	}
	i, _, err := programs[0].installed(t.Context(), "T1")
	if err != nil || !tokens[i.Token] || i.Refresh == first.Refresh {
		t.Errorf("kept is %+v %v", i.Expires, err)
	}

	i.Refresh = "xoxe-used"
	if err := programs[0].keep(t.Context(), "T1", i); err != nil {
		t.Fatal(err)
	}
	passes(11*time.Hour + 30*time.Minute)
	if token, err := programs[1].For(t.Context(), "T1"); token != i.Token || err != nil {
		t.Errorf("while it works: %v", err)
	}
	passes(time.Hour)
	kept.claimed = false
	if _, err := programs[1].For(t.Context(), "T1"); !errors.Is(err, ErrRenewal) || strings.Contains(err.Error(), "xoxe") {
		t.Errorf("after its end: %v", err)
	}
}

// The configured token is of one workspace, and serves no other.
func TestTheConfiguredToken(t *testing.T) {
	t.Parallel()
	f := fakeslack.New(fakeslack.Options{})
	t.Cleanup(f.Close)
	w := f.Workspace("T1")
	tokens := NewTokens(TokensOptions{
		Installations: &safe{kept: map[string][]byte{}, at: map[string]time.Time{}}, BotToken: w.Token, APIURL: f.APIURL(), Now: time.Now,
	})
	for range 3 {
		if token, err := tokens.For(t.Context(), "T1"); token != w.Token || err != nil {
			t.Errorf("%q %v", token, err)
		}
	}
	if _, err := tokens.For(t.Context(), "T2"); !errors.Is(err, ErrNoToken) {
		t.Errorf("another workspace: %v", err)
	}
	if n := len(f.Calls("", "auth.test")); n != 1 {
		t.Errorf("Slack was asked %d times whose it is", n)
	}
}
