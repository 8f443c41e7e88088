package slack

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
