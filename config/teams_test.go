package config_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/config"
)

var teamsEnvironment = map[string]string{
	"TEAMS_APP_ID": "01234567-89ab-cdef-0123-456789abcdef", "TEAMS_TENANT_ID": "fedcba98-7654-3210-fedc-ba9876543210", "TEAMS_APP_PASSWORD": "hush",
}

func teamsWith(more map[string]string) world {
	env := maps.Clone(teamsEnvironment)
	maps.Copy(env, more)
	return world{env: env}
}

// Each of Microsoft's clouds has its own addresses, and any of them may be another.
func TestTeamsClouds(t *testing.T) {
	t.Parallel()
	addresses := func(c config.Config) []string {
		m := c.Teams
		return append([]string{m.OpenIDURL, m.Issuer, m.TokenURL, m.Scope, m.ServiceURL}, m.ServiceHosts...)
	}
	for name, c := range map[string]struct {
		more map[string]string
		want []string
	}{
		"the public cloud": {nil, []string{
			"https://login.botframework.com/v1/.well-known/openidconfiguration", "https://api.botframework.com",
			"https://login.microsoftonline.com/fedcba98-7654-3210-fedc-ba9876543210/oauth2/v2.0/token", "https://api.botframework.com/.default",
			"https://smba.trafficmanager.net/teams/", "smba.trafficmanager.net",
		}},
		"that of 21Vianet": {map[string]string{"TEAMS_CLOUD": "21vianet"}, []string{
			"https://login.botframework.azure.cn/v1/.well-known/openidconfiguration", "https://api.botframework.azure.cn",
			"https://login.partner.microsoftonline.cn/fedcba98-7654-3210-fedc-ba9876543210/oauth2/v2.0/token", "https://api.botframework.azure.cn/.default",
			"https://smba.trafficmanager.cn/teams/", "smba.trafficmanager.cn",
		}},
		"one that is played": {map[string]string{"TEAMS_OPENID_URL": "http://127.0.0.1:1/keys", "TEAMS_TOKEN_URL": "http://localhost/token", "TEAMS_SERVICE_HOSTS": "127.0.0.1:1, SMBA.example"}, []string{
			"http://127.0.0.1:1/keys", "https://api.botframework.com", "http://localhost/token", "https://api.botframework.com/.default", "", "127.0.0.1:1", "smba.example",
		}},
	} {
		if diff := cmp.Diff(c.want, addresses(mustRead(t, teamsWith(c.more)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What is wrong or missing is named, with what to do, and no secret is repeated.
func TestTeamsMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		more map[string]string
		name string
		says string
	}{
		{map[string]string{"TEAMS_APP_ID": "my bot"}, "TEAMS_APP_ID", "it is no id"},
		{map[string]string{"TEAMS_TENANT_ID": "{fedcba98-7654-3210-fedc-ba9876543210}"}, "TEAMS_TENANT_ID", "it is no id"},
		{map[string]string{"TEAMS_TENANT_ID": ""}, "TEAMS_TENANT_ID", "it is not set, and another of Teams' variables is"},
		{map[string]string{"TEAMS_APP_PASSWORD": ""}, "TEAMS_APP_PASSWORD", "it is not set"},
		{map[string]string{"TEAMS_APP_ID": ""}, "TEAMS_APP_ID", "it is not set"},
		{map[string]string{"TEAMS_CLOUD": "germany"}, "TEAMS_CLOUD", "write worldwide or 21vianet"},
		{map[string]string{"TEAMS_TOKEN_URL": "http://login.example/token"}, "TEAMS_TOKEN_URL", "it is no https URL"},
		{map[string]string{"TEAMS_OPENID_URL": "https://user:hush@login.example"}, "TEAMS_OPENID_URL", "it is no https URL"},
		{map[string]string{"TEAMS_SERVICE_HOSTS": "https://smba.example/"}, "TEAMS_SERVICE_HOSTS", "is no host"},
		{map[string]string{"TEAMS_SERVICE_HOSTS": "a.example,,b.example"}, "TEAMS_SERVICE_HOSTS", "is no host"},
		{map[string]string{"TEAMS_ANONYMOUS": "yes"}, "TEAMS_ANONYMOUS", "write true or false"},
		{map[string]string{"TEAMS_ANONYMOUS": "true"}, "TEAMS_ANONYMOUS", "beside TEAMS_APP_ID"},
		{map[string]string{"TEAMS_ANONYMOUS": "true", "TEAMS_APP_ID": "", "TEAMS_APP_PASSWORD": "", "TEAMS_TENANT_ID": "", "PUBLIC_URL": "https://tunnel.example"}, "TEAMS_ANONYMOUS", "is no loopback address"},
		{map[string]string{"TEAMS_ANONYMOUS": "true", "HTTP_ADDR": ":80", "PUBLIC_URL": "https://bot.example"}, "TEAMS_ANONYMOUS", "could act for anybody"},
	} {
		_, err := teamsWith(c.more).read()
		mistakes, _ := err.(config.Mistakes) //nolint:errorlint // it is not wrapped
		if !slices.ContainsFunc(mistakes, func(m config.Mistake) bool { return m.Name == c.name }) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%v: %v", c.more, err)
		}
	}
}

// Mistakes stand in one order, however often they are read.
func TestTeamsMistakesHaveAnOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		more map[string]string
		want []string
	}{
		{map[string]string{"TEAMS_APP_ID": "my bot", "TEAMS_TENANT_ID": "mine"}, []string{"TEAMS_APP_ID", "TEAMS_TENANT_ID"}},
		{map[string]string{"TEAMS_TENANT_ID": "", "TEAMS_APP_PASSWORD": ""}, []string{"TEAMS_TENANT_ID", "TEAMS_APP_PASSWORD"}},
	} {
		for range 20 {
			_, err := teamsWith(c.more).read()
			var names []string
			mistakes, _ := err.(config.Mistakes) //nolint:errorlint // it is not wrapped
			for _, m := range mistakes {
				if strings.HasPrefix(m.Name, "TEAMS_") {
					names = append(names, m.Name)
				}
			}
			if !slices.Equal(names, c.want) {
				t.Fatalf("%v: %v", names, err)
			}
		}
	}
}

// Groups of Teams grant nothing, which is told.
func TestTeamsGroupsAreWarnedOf(t *testing.T) {
	t.Parallel()
	w := teamsWith(map[string]string{"ORGANISATIONS_FILE": "file"})
	w.files = map[string]string{"file": `organisations:
  - {id: contoso, name: Contoso, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris, backend: sandbox, groups: {buyer: {teams: ["a group"]}, approver: {discord: ["1"]}}}
`}
	c := mustRead(t, w)
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "contoso: the groups of Teams for the role buyer grant nothing") {
		t.Errorf("%q", c.Warnings)
	}
}

// Ids are Entra's, in whatever case they are written; whatever else is written for one is told.
func TestTeamsIDs(t *testing.T) {
	t.Parallel()
	read := func(tenants, person, channel string) (config.Config, error) {
		w := teamsWith(map[string]string{"ORGANISATIONS_FILE": "file", "TEAMS_APP_ID": "01234567-89AB-CDEF-0123-456789ABCDEF"})
		w.files = map[string]string{"file": `organisations:
  - {id: contoso, name: Contoso, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris, backend: sandbox, workspaces: {teams: [` + tenants + `]},
     approvals: {channel: {teams: "` + channel + `"}, rules: [{name: asked, approvals: 1, from: [approver]}]},
     people: [{name: Aïcha, teams: ` + person + `, roles: [approver]}, {name: Bruno, teams: 00000000-0000-4000-8000-0000000000b1, roles: [approver]}]}
`}
		return w.read()
	}
	const tenant, aicha, channel = "99999999-8888-4777-8666-55555555555A", "00000000-0000-4000-8000-0000000000A1", "19:abc_-1@thread.tacv2"
	c, err := read(tenant, aicha, channel)
	if err != nil {
		t.Fatal(err)
	}
	if o := c.Organisations[0]; c.Teams.AppID != "01234567-89ab-cdef-0123-456789abcdef" || o.Workspaces["teams"][0] != strings.ToLower(tenant) || o.People[0].Accounts["teams"] != strings.ToLower(aicha) {
		t.Errorf("%s, %v, %v", c.Teams.AppID, o.Workspaces, o.People[0].Accounts)
	}
	for says, of := range map[string][3]string{
		`"contoso.onmicrosoft.com" on teams`: {"contoso.onmicrosoft.com", aicha, channel}, `Aïcha has "29:1" on teams`: {tenant, `"29:1"`, channel},
		"it has 2 workspaces of Teams": {tenant + ", 99999999-8888-4777-8666-555555555556", aicha, channel},
		"%3A stands for :":             {tenant, aicha, "19%3Aabc%40thread.tacv2"}, "belongs to both Aïcha and Bruno": {tenant, "00000000-0000-4000-8000-0000000000B1", channel},
	} {
		if _, err := read(of[0], of[1], of[2]); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is not told: %v", says, err)
		}
	}
}
