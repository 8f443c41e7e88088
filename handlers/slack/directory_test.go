package slack

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"cartwright/conversations"
)

// A group that cannot be looked up grants nothing, and neither does anything else: it is
// not known what the person may do. One that is not there has nobody in it.
func TestAGroupThatCannotBeLookedUpDenies(t *testing.T) {
	t.Parallel()
	var groups atomic.Value
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "users.info") {
			_, _ = io.WriteString(w, `{"ok":true,"user":{"id":"U1","team_id":"T1","name":"aicha"}}`)
			return
		}
		_, _ = io.WriteString(w, groups.Load().(string))
	}))
	t.Cleanup(web.Close)
	now := time.Unix(1_800_000_000, 0)
	s := New(Options{
		Groups: func(string) []string { return []string{"S1"} }, Tokens: noTokens{}, APIURL: web.URL + "/api/",
		Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	for _, c := range []struct {
		answer string
		in     int
		fails  bool
	}{
		{`{"ok":true,"users":["U1","U2"]}`, 1, false},
		{`{"ok":false,"error":"internal_error"}`, 0, true},
		{`{"ok":false,"error":"missing_scope"}`, 0, true},
		{`not json`, 0, true},
		{`{"ok":false,"error":"no_such_subteam"}`, 0, false},
		{`{"ok":true,"users":["U2"]}`, 0, false},
	} {
		now = now.Add(time.Hour) // nothing is remembered
		groups.Store(c.answer)
		profile, err := s.Profile(t.Context(), "contoso", conversations.Account{Platform: Platform, Workspace: "T1", ID: "U1"})
		if (err != nil) != c.fails || len(profile.Groups) != c.in {
			t.Errorf("%s: in %v, %v", c.answer, profile.Groups, err)
		}
	}
}

// What users.info says of somebody: who they are, their language, their time zone, and
// whether they are let in.
func TestWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	var user atomic.Value
	var asked atomic.Int64
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("include_locale") != "true" {
			t.Error("the language is not asked for")
		}
		asked.Add(1)
		_, _ = io.WriteString(w, `{"ok":true,"user":{"id":"U1","team_id":"T1","name":"aicha",`+user.Load().(string)+`}}`)
	}))
	t.Cleanup(web.Close)
	now := time.Unix(1_800_000_000, 0)
	s := New(Options{
		Groups: func(string) []string { return nil }, Tokens: noTokens{}, APIURL: web.URL + "/api/",
		Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	for answer, want := range map[string]struct {
		locale, zone string
		closed       bool
	}{
		`"locale":"fr-FR","tz":"Europe/Paris"`: {"fr-FR", "Europe/Paris", false},
		`"tz":"Local"`:                         {"", "<nil>", false},
		`"tz":"Mars/Olympus"`:                  {"", "<nil>", false},
		`"deleted":true`:                       {"", "<nil>", true},
		`"is_bot":true`:                        {"", "<nil>", true},
		`"is_restricted":true`:                 {"", "<nil>", true},
		`"is_ultra_restricted":true`:           {"", "<nil>", true},
		`"is_stranger":true`:                   {"", "<nil>", true},
		`"team_id":"T9"`:                       {"", "<nil>", true}, // of another workspace: it is there by a shared channel
	} {
		now = now.Add(time.Hour)
		user.Store(answer)
		before := asked.Load()
		for range 3 {
			p, err := s.Profile(t.Context(), "contoso", conversations.Account{Platform: Platform, Workspace: "T1", ID: "U1"})
			zone := "<nil>"
			if p.TimeZone != nil {
				zone = p.TimeZone.String()
			}
			if err != nil || p.Locale != want.locale || zone != want.zone || p.Closed != want.closed {
				t.Errorf("%s: %+v in %s, %v", answer, p, zone, err)
			}
		}
		if n := asked.Load() - before; n != 1 {
			t.Errorf("%s: asked %d times, want once", answer, n)
		}
	}
}

// A workspace that answers slowly has a few calls under way, and those that are for no
// person are told to come again. Another workspace does not notice.
func TestASlowWorkspaceHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	slow := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("user") == "slow" {
			<-slow
		}
		_, _ = io.WriteString(w, `{"ok":true,"user":{"id":"U1"}}`)
	}))
	t.Cleanup(web.Close)
	a := newAPI(Options{Tokens: noTokens{}, APIURL: web.URL + "/api/", Now: time.Now})
	ask := func(workspace, user string) error {
		return a.call(t.Context(), workspace, "users.info", func(ctx context.Context, c *slack.Client) error {
			_, err := c.GetUserInfoContext(ctx, user)
			return err
		})
	}
	var waiting sync.WaitGroup
	for range atOnce {
		waiting.Go(func() { _ = ask("T1", "slow") })
	}
	for len(a.gate("T1", atOnce).free) < atOnce {
		time.Sleep(time.Millisecond)
	}
	var wait *conversations.Wait
	if err := ask("T1", "quick"); !errors.As(err, &wait) {
		t.Errorf("one call too many: %v; want to be told to come again", err)
	}
	if err := ask("T2", "quick"); err != nil {
		t.Errorf("another workspace: %v", err)
	}
	close(slow)
	waiting.Wait()
	if err := ask("T1", "quick"); err != nil {
		t.Errorf("once it answers again: %v", err)
	}
}
