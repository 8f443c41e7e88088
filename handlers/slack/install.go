package slack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

//go:embed assets
var assets embed.FS

// InstallerOptions is what an Installer is made of. Every field is needed.
type InstallerOptions struct {
	Tokens    *Tokens
	PublicURL string // where Slack sends people back to: scheme and host
	// Serves reports whether an organisation has the workspace.
	Serves func(workspace string) bool
	Key    []byte // signs the cookie that binds an install to the browser that began it
	Now    func() time.Time
	Random io.Reader
	Log    *slog.Logger
}

// Installer adds the bot to workspaces, by OAuth: its page leads to Slack, and Slack leads
// back with a code that is exchanged for the workspace's token.
type Installer struct {
	InstallerOptions
	page *template.Template
	used conversations.Once // states that were exchanged
}

// NewInstaller makes an Installer of its options.
func NewInstaller(o InstallerOptions) *Installer {
	return &Installer{InstallerOptions: o, page: template.Must(template.ParseFS(assets, "assets/install.html")), used: conversations.Once{Now: o.Now}}
}

// installPage is what the template reads.
type installPage struct {
	Lang, Title, Link, Action string
	Texts                     []string
	Scopes                    []scopeShown
}

type scopeShown struct{ Name, Reason string }

// stateLife is how long Slack may be asked; its code works as long.
const stateLife = 10 * time.Minute

// Page explains what is asked for, and leads to Slack. It changes nothing: the cookie
// knows the browser again that comes back.
func (i *Installer) Page(w http.ResponseWriter, r *http.Request) {
	raw := make([]byte, 24)
	if _, err := io.ReadFull(i.Random, raw); err != nil {
		i.Log.ErrorContext(r.Context(), "begin an install", "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	state := base64.RawURLEncoding.EncodeToString(raw)
	until := strconv.FormatInt(i.Now().Add(stateLife).Unix(), 10)
	i.cookie(w, until+"."+i.sign(state, until), int(stateLife.Seconds()))
	words := wordsOf(r)
	p := installPage{Title: words.T("slack.install.title"), Link: i.authorize(state), Action: words.T("slack.install.add")}
	p.Texts = []string{words.T("slack.install.what"), words.T("slack.install.asks")}
	for _, s := range scopes {
		p.Scopes = append(p.Scopes, scopeShown{s.name, words.T("slack.install.scope." + s.reason)})
	}
	i.show(w, r, http.StatusOK, words, p)
}

func wordsOf(r *http.Request) locale.Words {
	return locale.For(locale.Match(r.Header.Get("Accept-Language")), nil)
}

// cookieName is of the paths of the install alone.
const cookieName = "cartwright_slack_install"

func (i *Installer) cookie(w http.ResponseWriter, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: value, Path: "/slack/", MaxAge: seconds, HttpOnly: true,
		Secure: strings.HasPrefix(i.PublicURL, "https://"), SameSite: http.SameSiteLaxMode,
	})
}

func (i *Installer) sign(state, until string) string {
	mac := hmac.New(sha256.New, i.Key)
	_, _ = mac.Write([]byte(state + "." + until))
	return hex.EncodeToString(mac.Sum(nil))
}

func (i *Installer) redirect() string { return i.PublicURL + "/slack/oauth/callback" }

// authorize is Slack's page that asks, beside its API.
func (i *Installer) authorize(state string) string {
	u, err := url.Parse(i.Tokens.APIURL)
	if err != nil {
		return ""
	}
	u.Path = "/oauth/v2/authorize"
	u.RawQuery = url.Values{
		"client_id": {i.Tokens.ClientID}, "scope": {strings.Join(scopeNames(), ",")}, "state": {state}, "redirect_uri": {i.redirect()},
	}.Encode()
	return u.String()
}

// Callback is where Slack sends people back to.
func (i *Installer) Callback(w http.ResponseWriter, r *http.Request) {
	words, q := wordsOf(r), r.URL.Query()
	i.cookie(w, "", -1)
	switch {
	case !i.begun(r, q.Get("state")):
		i.say(w, r, http.StatusBadRequest, words, "stale")
	case q.Get("error") != "":
		i.say(w, r, http.StatusOK, words, "declined")
	case q.Get("code") == "" || !i.used.First(q.Get("state")):
		i.say(w, r, http.StatusBadRequest, words, "stale")
	default:
		i.exchange(w, r, words, q.Get("code"))
	}
}

// begun reports whether this browser began an install with that state, a short while ago.
func (i *Installer) begun(r *http.Request, state string) bool {
	c, err := r.Cookie(cookieName)
	if err != nil || state == "" {
		return false
	}
	until, mac, _ := strings.Cut(c.Value, ".")
	end, err := strconv.ParseInt(until, 10, 64)
	return err == nil && hmac.Equal([]byte(mac), []byte(i.sign(state, until))) && i.Now().Unix() <= end
}

// exchange gives the code for a token, and keeps it where an organisation has the
// workspace. A token that is not kept is given back.
func (i *Installer) exchange(w http.ResponseWriter, r *http.Request, words locale.Words, code string) {
	ctx, cancel := context.WithTimeout(r.Context(), callTime)
	defer cancel()
	answer, err := slack.GetOAuthV2ResponseContext(ctx, i.Tokens.http, i.Tokens.ClientID, i.Tokens.ClientSecret, code, i.redirect(),
		slack.OAuthOptionAPIURL(i.Tokens.APIURL))
	switch {
	case err != nil:
		i.Log.WarnContext(ctx, "an install was not finished", "err", err)
		i.say(w, r, http.StatusBadGateway, words, "failed")
	case answer.IsEnterpriseInstall || answer.Team.ID == "":
		i.giveBack(ctx, answer.AccessToken)
		i.say(w, r, http.StatusOK, words, "enterprise")
	case !i.Serves(answer.Team.ID):
		i.giveBack(ctx, answer.AccessToken)
		i.say(w, r, http.StatusOK, words, "unserved", "workspace", answer.Team.ID)
	default:
		i.keep(w, r, words, answer)
	}
}

func (i *Installer) keep(w http.ResponseWriter, r *http.Request, words locale.Words, answer *slack.OAuthV2Response) {
	given := installation{Token: answer.AccessToken, BotUser: answer.BotUserID, Scopes: answer.Scope, Refresh: answer.RefreshToken}
	if given.Refresh != "" {
		given.Expires = i.Now().Add(time.Duration(answer.ExpiresIn) * time.Second)
	}
	// The token was given: it is kept even where the browser has gone.
	err := i.Tokens.keep(context.WithoutCancel(r.Context()), answer.Team.ID, given)
	if err != nil {
		i.Log.ErrorContext(r.Context(), "a token was not kept", "workspace", answer.Team.ID, "err", err)
		i.say(w, r, http.StatusInternalServerError, words, "failed")
		return
	}
	i.Log.InfoContext(r.Context(), "installed", "workspace", answer.Team.ID)
	i.say(w, r, http.StatusOK, words, "done", "workspace", answer.Team.Name)
}

func (i *Installer) giveBack(ctx context.Context, token string) {
	_, err := slack.New(token, slack.OptionAPIURL(i.Tokens.APIURL), slack.OptionHTTPClient(i.Tokens.http)).SendAuthRevokeContext(ctx, "")
	if err != nil {
		i.Log.WarnContext(ctx, "a token that is not wanted was not given back", "err", err)
	}
}

// say shows how an install ended, and what to do next.
func (i *Installer) say(w http.ResponseWriter, r *http.Request, status int, words locale.Words, end string, pairs ...any) {
	p := installPage{Title: words.T("slack.install."+end+".title", pairs...), Texts: []string{words.T("slack.install."+end+".text", pairs...)}}
	if end != "done" {
		p.Link, p.Action = "/slack/install", words.T("slack.install.again")
	}
	i.show(w, r, status, words, p)
}

func (i *Installer) show(w http.ResponseWriter, r *http.Request, status int, words locale.Words, p installPage) {
	p.Lang = words.Lang()
	var body bytes.Buffer
	if err := i.page.Execute(&body, p); err != nil {
		i.Log.ErrorContext(r.Context(), "make the install page", "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", p.Lang)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w)
}
