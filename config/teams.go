package config

import (
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"cartwright/commerce"
)

// Teams is how the program is a bot in Microsoft Teams: an app of one tenant.
type Teams struct {
	AppID    string
	Password Secret
	Tenant   string

	OpenIDURL    string   // where inbound tokens are described
	Issuer       string   // of inbound tokens
	TokenURL     string   // where outbound tokens are had
	Scope        string   // of outbound tokens
	ServiceHosts []string // that are called
	ServiceURL   string   // of who was never heard of; "" where other hosts are called than Microsoft's
	Anonymous    bool     // an emulator on this machine sends no tokens
}

// Configured reports whether Teams is to be served at all.
func (t Teams) Configured() bool { return t.AppID != "" || t.Anonymous }

// teamsClouds are the addresses of Microsoft's clouds.
var teamsClouds = map[commerce.Cloud]Teams{
	commerce.Worldwide: { //nolint:gosec // addresses, no credentials
		OpenIDURL: "https://login.botframework.com/v1/.well-known/openidconfiguration", Issuer: "https://api.botframework.com",
		TokenURL: "https://login.microsoftonline.com/", Scope: "https://api.botframework.com/.default",
		ServiceHosts: []string{"smba.trafficmanager.net"}, ServiceURL: "https://smba.trafficmanager.net/teams/",
	},
	commerce.Vianet: { //nolint:gosec // addresses, no credentials
		OpenIDURL: "https://login.botframework.azure.cn/v1/.well-known/openidconfiguration", Issuer: "https://api.botframework.azure.cn",
		TokenURL: "https://login.partner.microsoftonline.cn/", Scope: "https://api.botframework.azure.cn/.default",
		ServiceHosts: []string{"smba.trafficmanager.cn"}, ServiceURL: "https://smba.trafficmanager.cn/teams/",
	},
}

func (r *reader) teams() Teams {
	t := teamsClouds[r.teamsCloud()]
	t.AppID, t.Tenant = r.guid("TEAMS_APP_ID"), r.guid("TEAMS_TENANT_ID")
	t.Password, t.Anonymous = r.secret("TEAMS_APP_PASSWORD"), r.anonymous()
	t.TokenURL += t.Tenant + "/oauth2/v2.0/token"
	t.OpenIDURL, t.TokenURL = r.microsoftURL("TEAMS_OPENID_URL", t.OpenIDURL), r.microsoftURL("TEAMS_TOKEN_URL", t.TokenURL)
	if text, given := r.lookUp("TEAMS_SERVICE_HOSTS"); given {
		t.ServiceHosts, t.ServiceURL = r.hosts("TEAMS_SERVICE_HOSTS", text), ""
	}
	return t
}

// guid is one of Microsoft's ids, in small letters: Microsoft writes them so, and people copy
// them in capitals.
func (r *reader) guid(name string) string {
	text, given := r.lookUp(name)
	if given && !isGUID(text) {
		r.mistakes.add(name, teamsRemedy, "it is no id such as 01234567-89ab-cdef-0123-456789abcdef")
	}
	return strings.ToLower(text)
}

// teamsID is the id of a tenant or of somebody in it, in small letters.
func (s *survey) teamsID(of, text string) string {
	if !isGUID(text) {
		s.wrong("write the id that Entra has, such as 01234567-89ab-cdef-0123-456789abcdef", "%s has %q on teams", of, text)
	}
	return strings.ToLower(text)
}

const teamsRemedy = "copy it from the app registration's overview in the Azure portal"

// teamsCloud is which of Microsoft's clouds the bot is registered in.
func (r *reader) teamsCloud() commerce.Cloud {
	text, given := r.lookUp("TEAMS_CLOUD")
	if !given {
		return commerce.Worldwide
	}
	if _, known := teamsClouds[commerce.Cloud(text)]; !known {
		r.mistakes.add("TEAMS_CLOUD", "write worldwide or 21vianet, or leave it out", "it is %q", text)
	}
	return commerce.Cloud(text)
}

func (r *reader) anonymous() bool {
	text, given := r.lookUp("TEAMS_ANONYMOUS")
	if given && text != "true" && text != "false" {
		r.mistakes.add("TEAMS_ANONYMOUS", "write true or false", "it is %q", text)
	}
	return text == "true"
}

// isGUID reports whether the text is written as Microsoft's ids are.
func isGUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }

// microsoftURL is one of Microsoft's, or one that stands for it. A secret must not travel
// in the clear, but to this machine itself.
func (r *reader) microsoftURL(name, standard string) string {
	text, given := r.lookUp(name)
	if !given {
		return standard
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && !(u.Scheme == "http" && loopback(withPort(u))) || u.Host == "" || u.User != nil || u.RawQuery != "" {
		r.mistakes.add(name, "write "+standard+" or leave it out", "it is no https URL (http only on this machine)")
	}
	return text
}

// hosts are separated by commas.
func (r *reader) hosts(name, text string) []string {
	var all []string
	for host := range strings.SplitSeq(text, ",") {
		host = strings.ToLower(strings.TrimSpace(host))
		u, err := url.Parse("https://" + host)
		if err != nil || host == "" || u.Host != host {
			r.mistakes.add(name, "write hosts with commas in between, such as smba.trafficmanager.net", "%q is no host", host)
			continue
		}
		all = append(all, host)
	}
	return all
}

// checkTeams finds what is missing beside what is there.
func (r *reader) checkTeams(c Config) {
	t := c.Teams
	switch {
	case t.Anonymous && !loopback(c.HTTPAddr):
		r.mistakes.add("TEAMS_ANONYMOUS", "leave it out, or give HTTP_ADDR a loopback address", "it is true, and everyone who reaches %s could act for anybody", c.HTTPAddr)
	case t.Anonymous && (t.AppID != "" || t.Password.Set()):
		r.mistakes.add("TEAMS_ANONYMOUS", "leave it out, or the app: an emulator needs none", "it is true beside TEAMS_APP_ID, and everyone who reaches the bot could act for anybody")
	case t.Anonymous && c.PublicURL != nil && !loopback(withPort(c.PublicURL)):
		r.mistakes.add("TEAMS_ANONYMOUS", "leave it out, or PUBLIC_URL", "it is true, and PUBLIC_URL %s is no loopback address", c.PublicURL)
	case t.Anonymous:
		return
	case t.AppID == "" && t.Tenant == "" && !t.Password.Set():
		return
	}
	lacks := func(name string, set bool) {
		if !set && !r.wrong(name) && !r.wrong(name+"_FILE") {
			r.mistakes.add(name, teamsRemedy, "it is not set, and another of Teams' variables is")
		}
	}
	lacks("TEAMS_APP_ID", t.AppID != "")
	lacks("TEAMS_TENANT_ID", t.Tenant != "")
	lacks("TEAMS_APP_PASSWORD", t.Password.Set())
}

// warnOfTeamsGroups tells of groups that would grant nothing: a bot in Teams is not told
// who is in them.
func (r *reader) warnOfTeamsGroups(orgs []commerce.Organisation) {
	for _, o := range orgs {
		for role, groups := range o.Groups {
			if len(groups["teams"]) > 0 {
				r.warnings = append(r.warnings, o.ID+": the groups of Teams for the role "+string(role)+" grant nothing: a bot in Teams is not told who is in a group. Give people the role by name")
			}
		}
	}
	slices.Sort(r.warnings)
}
