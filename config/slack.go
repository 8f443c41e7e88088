package config

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Slack is how the program is an app in Slack.
type Slack struct {
	SigningSecret Secret // of HTTP requests
	BotToken      Secret // of the one workspace that needs no OAuth
	AppToken      Secret // of Socket Mode
	ClientID      string
	ClientSecret  Secret // with ClientID: of OAuth
	APIURL        string // ends in a slash
	Sockets       int    // connections of Socket Mode, 1 to 10
}

// Configured reports whether Slack is to be served at all.
func (s Slack) Configured() bool { return s.SigningSecret.Set() || s.AppToken.Set() }

// Installs reports whether workspaces are added by OAuth.
func (s Slack) Installs() bool { return s.ClientID != "" && s.ClientSecret.Set() }

const slackAPI = "https://slack.com/api/"

func (r *reader) slack() Slack {
	id, _ := r.lookUp("SLACK_CLIENT_ID")
	s := Slack{
		SigningSecret: r.secret("SLACK_SIGNING_SECRET"), BotToken: r.secret("SLACK_BOT_TOKEN"), AppToken: r.secret("SLACK_APP_TOKEN"),
		ClientID: id, ClientSecret: r.secret("SLACK_CLIENT_SECRET"), APIURL: r.slackURL(), Sockets: r.sockets(),
	}
	r.slackForms(s)
	return s
}

// slackURL is where Slack's API is. A token must not travel in the clear, but to this
// machine itself.
func (r *reader) slackURL() string {
	text, given := r.lookUp("SLACK_API_URL")
	if !given {
		return slackAPI
	}
	u, err := url.Parse(text)
	secure := err == nil && (u.Scheme == "https" || u.Scheme == "http" && loopback(withPort(u)))
	if !secure || u.Host == "" || !strings.HasSuffix(u.Path, "/") || u.RawQuery != "" || u.User != nil {
		r.mistakes.add("SLACK_API_URL", "write https://slack.com/api/ or leave it out", "it is no https URL that ends in / (http only on this machine)")
	}
	return text
}

func withPort(u *url.URL) string {
	if u.Port() == "" {
		return u.Hostname() + ":80"
	}
	return u.Host
}

func (r *reader) sockets() int {
	text, given := r.lookUp("SLACK_SOCKETS")
	if !given {
		return 2
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 10 {
		r.mistakes.add("SLACK_SOCKETS", "write how many connections of Socket Mode, from 1 to 10", "it is %q", text)
	}
	return n
}

// slackForms finds secrets that are something else. It repeats none of them.
func (r *reader) slackForms(s Slack) {
	begins := func(name string, token Secret, prefixes ...string) {
		if token.Set() && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(token.Reveal(), p) }) {
			r.mistakes.add(name, "copy it from the app's pages at api.slack.com", "it does not begin with %s", strings.Join(prefixes, " or "))
		}
	}
	begins("SLACK_APP_TOKEN", s.AppToken, "xapp-")
	begins("SLACK_BOT_TOKEN", s.BotToken, "xoxb-", "xoxe.xoxb-")
}

// checkSlack finds what is missing beside what is there.
func (r *reader) checkSlack(c Config) {
	s := c.Slack
	lacks := func(name, remedy, problem string) {
		if !r.wrong(name) && !r.wrong(name+"_FILE") {
			r.mistakes.add(name, remedy, "%s", problem)
		}
	}
	switch {
	case s.ClientID != "" && !s.ClientSecret.Set():
		lacks("SLACK_CLIENT_SECRET", "copy it from the app's Basic Information", "it is not set, but SLACK_CLIENT_ID is")
	case s.ClientID == "" && s.ClientSecret.Set():
		lacks("SLACK_CLIENT_ID", "copy it from the app's Basic Information", "it is not set, but SLACK_CLIENT_SECRET is")
	}
	if !s.Configured() {
		if s.BotToken.Set() || s.ClientID != "" {
			lacks("SLACK_SIGNING_SECRET", "set it for HTTP, or SLACK_APP_TOKEN for Socket Mode", "it is not set: nothing could reach the bot")
		}
		return
	}
	if !s.BotToken.Set() && s.ClientID == "" {
		lacks("SLACK_BOT_TOKEN", "copy it from the app's OAuth & Permissions, or set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET", "it is not set: the bot could answer nobody")
	}
	if s.Installs() && c.PublicURL != nil && c.PublicURL.Scheme != "https" && s.APIURL == slackAPI {
		lacks("PUBLIC_URL", "give the bot an https address: Slack sends people back to no other", "it is not https, and SLACK_CLIENT_ID is set")
	}
}
