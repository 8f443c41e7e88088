package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/conversations/locale"
	"cartwright/testservices/fakegraph"
	"cartwright/testservices/fakeslack"
	"cartwright/testservices/faketeams"
)

// tenants are those of organisations at Microsoft, each in a cloud of its own.
type tenants map[string]*fakegraph.Graph

func newTenants(t testing.TB) tenants {
	t.Helper()
	all := tenants{
		"contoso": fakegraph.New(fakegraph.Options{Secret: "the secret of contoso's app"}),
		"adatum": fakegraph.New(fakegraph.Options{
			Cloud: fakegraph.China, Tenant: "77777777-8888-4777-8666-555555555555", AppID: "22222222-2222-4333-8444-555555555555", Secret: "the secret of adatum's app",
		}),
	}
	for _, fake := range all {
		t.Cleanup(fake.Close)
	}
	return all
}

// RoundTrip leads to the cloud that a host is of.
func (all tenants) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, fake := range all {
		if at := "https://" + r.URL.Host; at == fake.Cloud.Graph || at == fake.Cloud.Login {
			return fake.Client().Transport.RoundTrip(r)
		}
	}
	return nil, fmt.Errorf("nobody is at %s", r.URL.Host)
}

const directOrganisations = `organisations:
  - {id: contoso, name: Contoso SARL, cloud: worldwide, country: FR, currency: USD, time_zone: Europe/Paris, backend: direct,
     graph: {tenant: CONTOSO_TENANT, client_id: CONTOSO_APP, client_secret_env: CONTOSO_GRAPH_SECRET},
     workspaces: {slack: [TCONTOSO], teams: ["99999999-8888-4777-8666-555555555555"]},
     people: [{name: Aïcha, slack: UAICHA, teams: "AICHA_AT_ENTRA", roles: [buyer, licensing]}, {name: Emil, slack: UEMIL}]}
  - {id: adatum, name: Adatum, cloud: 21vianet, country: CN, currency: USD, time_zone: Asia/Shanghai, backend: direct,
     graph: {tenant: ADATUM_TENANT, client_id: ADATUM_APP, client_secret_env: ADATUM_GRAPH_SECRET},
     workspaces: {slack: [TADATUM], teams: ["77777777-8888-4777-8666-555555555555"]},
     people: [{name: Aïcha, slack: UAICHA, teams: "AICHA_AT_ENTRA", roles: [buyer, licensing]}, {name: Emil, slack: UEMIL}]}
`

// settings are those of a bot that has an app in each tenant.
func (all tenants) settings(t *testing.T, organisations string) settings {
	t.Helper()
	var names []string
	s := usual.with(settings{"DATABASE_URL": "sqlite:" + t.TempDir() + "/bot.db"})
	delete(s, "CLOCK_SPEED")
	for id, fake := range all {
		name := strings.ToUpper(id)
		names = append(names, name+"_TENANT", fake.Tenant, name+"_APP", fake.AppID)
		s[name+"_GRAPH_SECRET"] = fake.Secret
	}
	s["ORGANISATIONS_FILE"] = organisationsFile(t, strings.NewReplacer(names...).Replace(organisations))
	return s
}

// clerk is somebody who hands licences out, on whatever platform.
type clerk interface {
	Helper()
	Errorf(format string, args ...any)
	T(key string, pairs ...any) string
	N(key string, n int, pairs ...any) string

	says(text string)
	reads(text string)    // in the newest message
	clicks(prefix string) // there
	lists(addresses string)
	isTold(text string) // in the message that follows the work
}

const (
	basicName    = "Microsoft 365 Business Basic"
	standardName = "Microsoft 365 Business Standard"
)

// handsOut looks at what is owned, assigns it, moves people and takes a licence back, and
// holds the tenant to exactly that.
func handsOut(d clerk, f *fakegraph.Graph) {
	d.Helper()
	f.Own(fakegraph.BusinessBasic, 5)
	f.Own(fakegraph.BusinessStandard, 5)
	people := f.AddPeople(3)
	f.Add(fakegraph.Person{Name: "Nobody Nowhere"})
	guest := f.Add(fakegraph.Person{Name: "A guest", Location: "FR", Guest: true})
	f.Add(fakegraph.Person{Name: "A room", Location: "FR", Disabled: true})
	ids := []string{people[0].ID, people[1].ID, people[2].ID}

	d.says("subscriptions")
	d.reads(d.N("subscriptions.owned", 5, "used", "0", "free", "5"))
	d.says("assign business basic")
	d.reads(d.T("licences.title.assign", "product", basicName))
	d.clicks("pick.everyone")
	d.reads(d.N("pick.picked", 4))
	d.lists(guest.UPN)
	d.reads(d.N("pick.picked", 5))
	d.clicks("preview")
	d.reads(d.T("reason.no_location"))
	d.reads(d.T("reason.guest"))
	d.clicks("start:")
	d.isTold(d.N("task.now.assign.done", 3))
	held(d, f, map[string][]string{fakegraph.BusinessBasic: ids})

	d.says("move business basic")
	d.reads(d.T("licences.title.move", "product", basicName, "to", standardName))
	d.clicks("pick.everyone")
	d.reads(d.N("pick.picked", 3))
	d.clicks("preview")
	d.clicks("start:")
	d.isTold(d.N("task.now.move.done", 3))
	held(d, f, map[string][]string{fakegraph.BusinessStandard: ids})

	d.says("remove business standard")
	d.reads(d.T("licences.title.remove", "product", standardName))
	d.lists(people[1].UPN)
	d.reads(d.N("pick.picked", 1))
	d.clicks("preview")
	d.clicks("start:")
	d.isTold(d.N("task.now.remove.done", 1))
	held(d, f, map[string][]string{fakegraph.BusinessStandard: {ids[0], ids[2]}})
}

// held finds who has what that they should not, and what was done twice or to others.
func held(d clerk, f *fakegraph.Graph, want map[string][]string) {
	d.Helper()
	got := map[string][]string{}
	for _, sku := range []string{fakegraph.BusinessBasic, fakegraph.BusinessStandard, fakegraph.BusinessPremium} {
		if holders := f.Holders(sku); len(holders) > 0 {
			got[sku] = holders
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.Errorf("who holds what (-want +got):\n%s", diff)
	}
	if len(f.Touched())+len(f.Repeats())+len(f.Refusals()) > 0 || f.TokenCalls() != 1 {
		d.Errorf("locations set: %v, given twice: %v, refused: %v, %d logins", f.Touched(), f.Repeats(), f.Refusals(), f.TokenCalls())
	}
}

// slackClerk works in Slack.
type slackClerk struct{ *colleague }

func (d slackClerk) Helper()                           { d.office.Helper() }
func (d slackClerk) Errorf(format string, args ...any) { d.office.Errorf(format, args...) }
func (d slackClerk) says(text string)                  { d.types(text) }
func (d slackClerk) reads(text string)                 { d.Helper(); d.sees(text) }
func (d slackClerk) isTold(text string)                { d.Helper(); d.seesIn(d.DM(), text) }
func (d slackClerk) N(key string, n int, pairs ...any) string {
	return locale.For(d.lang, nil).N(key, n, pairs...)
}

func (d slackClerk) clicks(prefix string) {
	d.Helper()
	d.until("a button "+prefix, func() bool {
		return slices.ContainsFunc(d.Last(d.channel).Buttons(), func(b fakeslack.Button) bool { return strings.HasPrefix(b.Value, prefix) })
	})
	d.presses(prefix)
}

func (d slackClerk) lists(addresses string) {
	d.Helper()
	d.clicks("pick.list")
	d.form()
	d.do(d.Fill(d.T("addresses.label"), addresses))
	d.do(d.Submit(d.ctx()))
}

// Two organisations that buy from Microsoft themselves, one in each cloud, at one bot: each
// hands out what is its own tenant's.
func TestDirectLicencesOnSlack(t *testing.T) {
	t.Parallel()
	ms := newTenants(t)
	o := &office{TB: t, Slack: fakeslack.New(fakeslack.Options{SigningSecret: "the office's signing secret", ClientID: "1.2", ClientSecret: "hush"}), spaces: map[string]*fakeslack.Workspace{}}
	t.Cleanup(o.Close)
	o.base, o.stop = hostThrough(t, ms.settings(t, noTeams).with(settings{
		"SLACK_API_URL": o.APIURL(), "SLACK_SIGNING_SECRET": o.SigningSecret, "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hush",
	}), seams{graph: ms})
	o.Deliver(o.base)
	for org, lang := range map[string]string{"contoso": "en", "adatum": "zh-CN"} {
		w := o.Workspace("T" + strings.ToUpper(org))
		w.Channel("CGENERAL", "UAICHA", "UEMIL")
		o.spaces[org] = w
		o.install(w.ID)
		handsOut(slackClerk{o.hire(org, "UAICHA", lang)}, ms[org])
	}
	o.sound()
}

// teamsClerk works in Teams.
type teamsClerk struct {
	coworker
	lang string
}

func (d teamsClerk) says(text string)  { d.Helper(); d.do(d.Says(d.Context(), text)) }
func (d teamsClerk) reads(text string) { d.Helper(); d.sees(d.Chat(), blanks.Replace(text)) }
func (d teamsClerk) T(key string, pairs ...any) string {
	return locale.For(d.lang, nil).T(key, pairs...)
}
func (d teamsClerk) N(key string, n int, pairs ...any) string {
	return locale.For(d.lang, nil).N(key, n, pairs...)
}

func (d teamsClerk) clicks(prefix string) { d.Helper(); d.sends(prefix, nil) }

func (d teamsClerk) sends(prefix string, inputs map[string]string) {
	d.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		_, err := d.Press(d.Context(), d.Last(d.Chat()), prefix, inputs)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			d.Fatal(err)
		}
	}
}

func (d teamsClerk) lists(addresses string) {
	d.Helper()
	d.clicks("pick.list")
	d.sends("pick.addresses", map[string]string{"addresses": addresses})
}

func (d teamsClerk) isTold(text string) {
	d.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		for _, m := range d.See(d.Chat()) {
			if strings.Contains(blanks.Replace(m.Read()), blanks.Replace(text)) {
				return
			}
		}
		if time.Now().After(deadline) {
			d.Fatalf("%s is not told %q", d.Name, text)
		}
	}
}

// The same in Teams, whose tenant is the organisation's own.
func TestDirectLicencesOnTeams(t *testing.T) {
	t.Parallel()
	for org, lang := range map[string]string{"contoso": "fr", "adatum": "de"} {
		t.Run(org, func(t *testing.T) {
			t.Parallel()
			ms := newTenants(t)
			fake := faketeams.New(faketeams.Options{Tenant: ms[org].Tenant})
			t.Cleanup(fake.Close)
			aicha := coworker{t, fake.Person(faketeams.Person{Name: "Aïcha", Locale: lang})}
			s := ms.settings(t, strings.ReplaceAll(directOrganisations, "AICHA_AT_ENTRA", aicha.AAD)).with(teamsSettings(fake))
			base, _ := hostThrough(t, s, seams{graph: ms})
			fake.Deliver(base)
			handsOut(teamsClerk{aicha, lang}, ms[org])
			for _, c := range fake.Refusals() {
				t.Errorf("refused: %s %s: %s", c.Method, c.Path, c.Error)
			}
		})
	}
}
