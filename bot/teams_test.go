package main

import (
	"strings"
	"testing"
	"time"

	"cartwright/testservices/faketeams"
)

const teamsOrganisations = `organisations:
  - {id: contoso, name: Contoso SARL, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris, backend: sandbox, workspaces: {teams: ["TENANT"]},
     approvals: {channel: {teams: "CHANNEL"}, rules: [{name: small, when: "committed < 500", approvals: 0}, {name: asked, approvals: 1, from: [approver]}]},
     people: [{name: Aïcha, teams: "AICHA", roles: [buyer, licensing]}, {name: Bruno, teams: "BRUNO", roles: [approver]}, {name: Emil, teams: "EMIL"}]}
`

// coworker is somebody at work with the bot.
type coworker struct {
	*testing.T
	*faketeams.Person
}

func (c coworker) do(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// sees waits until the newest message of a conversation shows a text.
func (c coworker) sees(conversation, text string) faketeams.Message {
	c.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		got := c.Last(conversation)
		if strings.Contains(blanks.Replace(got.Read()), text) {
			return got
		}
		if time.Now().After(deadline) {
			c.Fatalf("%q is not in what %s sees:\n%s", text, c.Name, got.Read())
		}
	}
}

func (c coworker) presses(seen faketeams.Message, prefix string, inputs map[string]string) faketeams.Answer {
	c.Helper()
	answer, err := c.Press(c.Context(), c.Now(seen), prefix, inputs)
	c.do(err)
	return answer
}

// asks buys so much that approval is needed, and answers the order's number.
func (c coworker) asks() string {
	c.Helper()
	c.do(c.Says(c.Context(), "buy business premium"))
	wizard := c.sees(c.Chat(), "Microsoft 365 Business Premium")
	c.presses(wizard, "buy:business-premium", nil)
	if _, err := c.Press(c.Context(), c.Now(wizard), "details", map[string]string{"quantity": "0"}); err == nil {
		c.Error("the client sends a quantity that the card does not allow")
	}
	c.presses(wizard, "details", map[string]string{"quantity": "5", "auto_assign": "true"})
	c.sees(c.Chat(), "Check out")
	c.presses(wizard, "checkout:", nil)
	c.presses(wizard, "next:", nil)
	c.presses(wizard, "place:", nil)
	return orderNumber.FindString(c.sees(c.Chat(), "waiting for approval").Read())
}

// views has the client ask for its reader's own view, in which they may vote or may not.
func (c coworker) views(seen faketeams.Message, votes bool) {
	c.Helper()
	_, err := c.Refresh(c.Context(), c.Now(seen))
	c.do(err)
	if got := strings.Contains(c.Now(seen).Read(), "[Approuver]") || strings.Contains(c.Now(seen).Read(), "[Approve]"); got != votes {
		c.Errorf("%s may vote: %v, and sees\n%s", c.Name, votes, c.Now(seen).Read())
	}
}

// link is a message's path to pay by, once it is there.
func (c coworker) link(seen faketeams.Message) string {
	c.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		for _, b := range c.Now(seen).Buttons() {
			if strings.Contains(b.URL, "/pay/") {
				return payAddress.FindString(b.URL)
			}
		}
	}
	c.Fatalf("no link to pay by in\n%s", c.Now(seen).Read())
	return ""
}

// tenant is one of Teams in which the bot works.
type tenant struct {
	*faketeams.Teams
	base               string
	stop               func()
	settings           settings
	aicha, bruno, emil coworker
	channel            string
}

func newTenant(t *testing.T, more settings) *tenant {
	t.Helper()
	return newTenantOf(t, faketeams.New(faketeams.Options{}), more)
}

func newTenantOf(t *testing.T, ms *faketeams.Teams, more settings) *tenant {
	t.Helper()
	t.Cleanup(ms.Close)
	join := func(name, lang string) coworker {
		return coworker{t, ms.Person(faketeams.Person{Name: name, Locale: lang})}
	}
	o := &tenant{Teams: ms, aicha: join("Aïcha", "en-US"), bruno: join("Bruno", "fr-FR"), emil: join("Emil", "de-DE")}
	o.channel = ms.Channel(o.aicha.Person, o.bruno.Person, o.emil.Person)
	text := strings.NewReplacer("TENANT", ms.Tenant, "CHANNEL", o.channel, "AICHA", o.aicha.AAD, "BRUNO", o.bruno.AAD, "EMIL", o.emil.AAD).Replace(teamsOrganisations)
	o.settings = hurried.with(teamsSettings(ms)).with(settings{"ORGANISATIONS_FILE": organisationsFile(t, text)}).with(more)
	o.start(t)
	return o
}

// start starts the bot, where it was stopped anew.
func (o *tenant) start(t *testing.T) {
	t.Helper()
	o.base, o.stop = started(t, o.settings)
	o.Deliver(o.base)
}

func teamsSettings(ms *faketeams.Teams) settings {
	return settings{
		"TEAMS_APP_ID": ms.AppID, "TEAMS_APP_PASSWORD": ms.Password, "TEAMS_TENANT_ID": ms.Tenant,
		"TEAMS_OPENID_URL": ms.OpenIDURL(), "TEAMS_TOKEN_URL": ms.TokenURL() + ms.Tenant + "/oauth2/v2.0/token", "TEAMS_SERVICE_HOSTS": ms.ServiceHost(),
	}
}

// wellSpoken holds the bot to never having said what Teams does not take, or pinged anybody.
func (o *tenant) wellSpoken(t *testing.T) {
	t.Helper()
	for _, c := range o.Refusals() {
		t.Errorf("refused: %s %s: %s", c.Method, c.Path, c.Error)
	}
	if len(o.Pings())+len(o.Large()) > 0 {
		t.Errorf("pinged: %v\ntoo large: %v", o.Pings(), o.Large())
	}
}

// The purchase and the approval in Teams: the buyer's wizard is one message in their own
// chat, with its inputs in it; the request stands in the channel, where each reader's client
// asks for the view of its own; and the order's message carries the link and tells the end.
func TestTeamsPurchase(t *testing.T) {
	o := newTenant(t, nil)
	aicha, bruno, emil := o.aicha, o.bruno, o.emil

	bruno.do(bruno.Install(t.Context()))
	bruno.sees(bruno.Chat(), "Bruno")
	emil.do(emil.Says(t.Context(), "buy"))
	emil.sees(emil.Chat(), "Aïcha")
	order := aicha.asks()
	own := aicha.Last(aicha.Chat())
	thread := o.channel
	asked := bruno.sees(thread, "Approbation de "+order)
	if _, err := emil.Refresh(t.Context(), asked); err == nil {
		t.Error("the client of somebody without a role asks for a view of its own")
	}
	aicha.views(asked, false)
	bruno.views(asked, true)
	bruno.presses(asked, "reject:", nil)
	bruno.sees(thread, "Raison")
	emil.sees(thread, "Approbation de "+order)
	bruno.presses(asked, "approval:", nil)
	bruno.presses(asked, "approve:", nil)
	aicha.sees(aicha.Chat(), "Bruno approved")
	for _, c := range []coworker{aicha, bruno, emil} {
		c.sees(thread, "Bruno")
	}

	paid := aicha.sees(aicha.Chat(), "waiting for payment")
	(&buyer{line: fixed(t, o.base), story: plain}).pay(o.base + aicha.link(paid))
	aicha.sees(aicha.Chat(), "completed")
	if now := aicha.Last(aicha.Chat()); now.ID != own.ID || now.Edits < 2 {
		t.Errorf("the order has another message by now, of %d edits", now.Edits)
	}
	o.wellSpoken(t)
}
