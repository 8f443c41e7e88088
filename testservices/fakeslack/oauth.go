package fakeslack

import (
	"net/http"
	"net/url"
	"time"
)

// code is what an install leads to, to be exchanged for a token once.
type code struct {
	space    *Workspace
	redirect string
	at       time.Time
	refresh  bool // a refresh token rather than a code
}

// authorize is Slack's page that asks whether to install the app: whoever looks at it says
// yes, in the workspace that the query names beside what Slack knows.
func (s *Slack) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.mu.Lock()
	space := s.spaces[q.Get("team")]
	if space == nil {
		for _, any := range s.spaces {
			space = any
		}
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || space == nil || q.Get("client_id") != s.ClientID || q.Get("scope") == "" {
		s.mu.Unlock()
		http.Error(w, "bad_redirect_uri or bad_client_id or no scope", http.StatusBadRequest)
		return
	}
	name := s.ts()
	s.codes[name] = code{space: space, redirect: q.Get("redirect_uri"), at: s.Now()}
	s.mu.Unlock()
	back.RawQuery = url.Values{"code": {name}, "state": {q.Get("state")}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// access gives a token for a code or a refresh token, each of which works once.
func (s *Slack) access(r *http.Request, b map[string]any) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = text(b, "client_id"), text(b, "client_secret")
	}
	fail := func(name string) map[string]any { return map[string]any{"ok": false, "error": name} }
	switch {
	case id != s.ClientID:
		return fail("invalid_client_id")
	case secret != s.ClientSecret:
		return fail("bad_client_secret")
	}
	name, refresh := text(b, "code"), text(b, "grant_type") == "refresh_token"
	if refresh {
		name = text(b, "refresh_token")
	}
	c, known := s.codes[name]
	delete(s.codes, name)
	switch {
	case refresh && (!known || !c.refresh):
		return fail("invalid_refresh_token")
	case !refresh && (!known || c.refresh || s.Now().Sub(c.at) > 10*time.Minute):
		return fail("invalid_code")
	case !refresh && c.redirect != text(b, "redirect_uri"):
		return fail("bad_redirect_uri")
	}
	return s.grant(c.space)
}

// grant is a new token of a workspace, with what renews it.
func (s *Slack) grant(w *Workspace) map[string]any {
	w.Token, w.Installed = "xoxe.xoxb-"+w.ID+"-"+s.ts(), true
	again := "xoxe-1-" + s.ts()
	s.codes[again] = code{space: w, at: s.Now(), refresh: true}
	return map[string]any{
		"access_token": w.Token, "token_type": "bot", "scope": join(w.Scopes), "bot_user_id": w.BotUser, "app_id": "A1",
		"team": map[string]any{"id": w.ID, "name": w.ID}, "enterprise": nil, "is_enterprise_install": false,
		"authed_user": map[string]any{"id": "U1"}, "refresh_token": again, "expires_in": 43200,
	}
}

func join(scopes []string) string {
	out := ""
	for i, s := range scopes {
		if i > 0 {
			out += ","
		}
		out += s
	}
	return out
}
