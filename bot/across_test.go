package main

import (
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"cartwright/testservices/fakediscord"
	"cartwright/testservices/faketeams"
)

const acrossOrganisations = `organisations:
  - {id: contoso, name: Contoso SARL, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris, backend: sandbox,
     workspaces: {slack: [TCONTOSO], discord: ["42"], teams: ["TENANT"]}, approvals: {channel: {CHANNEL}, rules: [{name: asked, approvals: 2, from: [approver]}]},
     people: [{name: Aïcha, slack: UAICHA, teams: "OBJECT1", roles: [buyer, licensing, approver]}, {name: Bruno, teams: "OBJECT2", roles: [approver]},
       {name: Dagmar, discord: "13", teams: "OBJECT3", roles: [approver], locale: fr}]}
`

// three are Slack, Discord and Teams with one bot in all of them.
type three struct {
	*office
	discord *fakediscord.Discord
	teams   *faketeams.Teams
	// aicha buys in Slack and is in Teams too; bruno is in Teams, dagmar in Discord and Teams.
	aicha                              *colleague
	aichaInTeams, bruno, dagmarInTeams coworker
	dagmar                             member
	channel                            string // of Teams
}

func newThree(t *testing.T, channel string) *three {
	t.Helper()
	d, ms := fakediscord.New(fakediscord.Options{}), faketeams.New(faketeams.Options{})
	t.Cleanup(d.Close)
	t.Cleanup(ms.Close)
	w := &three{discord: d, teams: ms}
	w.aichaInTeams, w.bruno = coworker{t, ms.Person(faketeams.Person{Name: "Aïcha"})}, coworker{t, ms.Person(faketeams.Person{Name: "Bruno", Locale: "de-DE"})}
	w.dagmarInTeams = coworker{t, ms.Person(faketeams.Person{Name: "Dagmar"})}
	w.channel = ms.Channel(w.aichaInTeams.Person, w.bruno.Person)
	text := strings.NewReplacer("CHANNEL", channel, "TENANT", ms.Tenant, "OBJECT1", w.aichaInTeams.AAD, "OBJECT2", w.bruno.AAD, "OBJECT3", w.dagmarInTeams.AAD).Replace(acrossOrganisations)
	text = strings.ReplaceAll(text, "CTEAMS", w.channel)
	w.office = openOffice(t, 0, teamsSettings(ms).with(settings{
		"ORGANISATIONS_FILE": organisationsFile(t, text), "DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "bot.db"), "CLOCK_SPEED": hurried["CLOCK_SPEED"], "PLAYGROUND": "on",
		"DISCORD_APPLICATION_ID": d.Application, "DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey), "DISCORD_BOT_TOKEN": d.Token, "DISCORD_API_URL": d.APIURL(),
	}))
	ms.Deliver(w.base)
	d.Deliver(w.base + "/discord/interactions")
	w.dagmar = member{t, d.Join("13", "dagmar")}
	w.dagmar.Locale = "fr"
	w.aicha = w.hire("contoso", "UAICHA", "en")
	w.bruno.do(w.bruno.Install(t.Context()))
	w.bruno.sees(w.bruno.Chat(), "Bruno")
	return w
}

// A buyer in Slack, a manager in Teams, another in Discord: one order and one record. Each
// is asked where they are and in their language, one person's accounts are one person, and
// every copy is brought up to date.
func TestAcrossPlatforms(t *testing.T) {
	w := newThree(t, "")
	order := w.aicha.asks()
	inTeams := w.bruno.sees(w.bruno.Chat(), "Genehmigung von "+order)
	inDiscord := w.dagmar.sees(fakediscord.DirectChannel("13"), "Approbation de "+order)

	w.aichaInTeams.do(w.aichaInTeams.Says(t.Context(), "approvals"))
	mine := w.aichaInTeams.sees(w.aichaInTeams.Chat(), order)
	if strings.Contains(mine.Read(), "[Approve]") {
		t.Errorf("the buyer may approve from another platform:\n%s", mine.Read())
	}
	w.dagmar.presses(inDiscord, "approve:")
	w.dagmar.presses(w.dagmar.sees(fakediscord.DirectChannel("13"), "seront débités maintenant"), "approve:")
	w.aicha.seesIn(w.aicha.DM(), "Dagmar approved")
	w.bruno.sees(w.bruno.Chat(), "Dagmar")
	w.dagmarInTeams.do(w.dagmarInTeams.Says(t.Context(), "approvals"))
	w.dagmarInTeams.sees(w.dagmarInTeams.Chat(), "Nothing waits for your approval")

	w.bruno.presses(inTeams, "approve:", nil)
	w.aicha.until("the order has a link", func() bool { return payLink(w.aicha.Last(w.aicha.DM())) != "" })
	w.bruno.sees(w.bruno.Chat(), "Bruno gab die letzte Genehmigung")
	w.aicha.until("Dagmar's message tells the verdict", func() bool { return strings.Contains(w.dagmar.Now(inDiscord).Read(), "Bruno a donné") })
	w.aicha.pays()
	w.aicha.seesIn(w.aicha.DM(), w.aicha.T("state.completed"))
	for name, n := range map[string]int{"Teams": len(w.bruno.See(w.bruno.Chat())), "Slack": len(w.aicha.See(w.aicha.DM()))} {
		if want := map[string]int{"Teams": 2, "Slack": 1}[name]; n != want { // the welcome stands in Teams
			t.Errorf("%d messages in %s, want %d", n, name, want)
		}
	}
	w.well(t)
}

// The request stands in a channel of Teams, and is answered from there and from Discord: the
// channel's message and the buyer's in Slack tell of both.
func TestAcrossAChannel(t *testing.T) {
	w := newThree(t, `teams: "CTEAMS"`)
	w.aicha.channel = w.aicha.DM()
	order := w.aicha.asks()
	asked := w.bruno.sees(w.channel, order)
	w.bruno.presses(asked, "approve:", nil)
	w.aicha.seesIn(w.aicha.DM(), "Bruno approved")
	w.dagmar.do(w.dagmar.Command(t.Context(), "approvals"))
	w.dagmar.presses(w.dagmar.sees("6", order), "approval:")
	w.dagmar.presses(w.dagmar.sees("6", "Approuver"), "approve:")
	w.dagmar.presses(w.dagmar.sees("6", "seront débités maintenant"), "approve:")
	w.aicha.until("the order has a link", func() bool { return payLink(w.aicha.Last(w.aicha.DM())) != "" })
	w.aichaInTeams.sees(w.channel, "Dagmar")
	w.well(t)
}

// well holds the bot to having said on no platform what it does not take.
func (w *three) well(t *testing.T) {
	t.Helper()
	w.sound()
	(&tenant{Teams: w.teams}).wellSpoken(t)
	if all := w.discord.Refusals(); len(all) > 0 {
		t.Errorf("Discord refused %v", all)
	}
}
