package main

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cartwright/testservices/fakediscord"
)

const discordOrganisations = `organisations:
  - {id: contoso, name: Contoso SARL, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris, backend: sandbox, workspaces: {discord: ["42"]},
     groups: {approver: {discord: ["700"]}}, approvals: {channel: {discord: "55"}, rules: [{name: small, when: "committed < 500", approvals: 0}, {name: asked, approvals: 1, from: [approver]}]},
     people: [{name: Aïcha, discord: "11", roles: [buyer, licensing]}, {name: Bruno, discord: "12"}, {name: Chloé, discord: "13", roles: [approver]}]}
`

// member is somebody in the guild at work with the bot.
type member struct {
	*testing.T
	*fakediscord.Person
}

func (m member) do(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

// sees waits until the newest message in a channel shows a text.
func (m member) sees(channel, text string) *fakediscord.Message {
	m.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		got := m.Last(channel)
		if strings.Contains(blanks.Replace(got.Read()), text) {
			return got
		}
		if time.Now().After(deadline) {
			m.Fatalf("%q is not in what %s sees:\n%s", text, m.ID, got.Read())
		}
	}
}

func (m member) presses(seen *fakediscord.Message, ref string) {
	m.Helper()
	m.do(m.Press(m.Context(), seen, ref))
}

var payAddress = regexp.MustCompile(`/pay/[A-Za-z0-9_-]+`)

// What an operator is told before anything works, and once it does.
func TestDiscordDoctor(t *testing.T) {
	d := fakediscord.New(fakediscord.Options{})
	t.Cleanup(d.Close)
	s := newShell(t)
	file := filepath.Join(t.TempDir(), "organisations.yaml")
	if err := os.WriteFile(file, []byte(discordOrganisations), 0o600); err != nil {
		t.Fatal(err)
	}
	well := s.env.with(settings{
		"ORGANISATIONS_FILE": file, "DISCORD_APPLICATION_ID": d.Application, "DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey), "DISCORD_BOT_TOKEN": d.Token, "DISCORD_API_URL": d.APIURL(),
	})
	s.env = well
	s.says(s.does(exitFailed, "doctor"), "ok    Discord application 1001", "FAIL  Discord commands: /m365 is not registered: run bot manifest discord --apply", "ok    Discord server 42")
	s.says(s.does(exitOK, "manifest", "discord"), `"name":"m365"`, `"zh-CN"`, `"autocomplete":true`)
	for range 2 {
		s.says(s.does(exitOK, "manifest", "discord", "--apply"), "Discord has the commands.")
	}
	s.says(s.does(exitOK, "doctor"), "ok    Discord commands")
	s.env = well.with(settings{"DISCORD_BOT_TOKEN": "another"})
	if said := s.does(exitFailed, "doctor"); !strings.Contains(said, "copy DISCORD_BOT_TOKEN anew") || strings.Contains(said, "another") {
		t.Errorf("a token that is refused: %s", said)
	}
	s.env = well.with(settings{"DISCORD_PUBLIC_KEY": strings.Repeat("0a", 32)})
	s.says(s.does(exitFailed, "doctor"), "DISCORD_PUBLIC_KEY is not this application's")
	s.env = well.with(settings{"DISCORD_PUBLIC_KEY": ""})
	s.says(s.does(exitMisused, "doctor"), "DISCORD_PUBLIC_KEY: it is not set")
}

// The purchase and the approval in Discord: the buyer's wizard is theirs alone, the request
// stands in the channel, a manager by the guild's roles approves it, and the order's own
// message carries the link and tells the end.
func TestDiscordPurchase(t *testing.T) {
	d := fakediscord.New(fakediscord.Options{})
	t.Cleanup(d.Close)
	file := filepath.Join(t.TempDir(), "organisations.yaml")
	if err := os.WriteFile(file, []byte(discordOrganisations), 0o600); err != nil {
		t.Fatal(err)
	}
	base, _ := started(t, hurried.with(settings{
		"ORGANISATIONS_FILE": file, "DISCORD_APPLICATION_ID": d.Application, "DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey), "DISCORD_BOT_TOKEN": d.Token, "DISCORD_API_URL": d.APIURL(),
	}))
	d.Channel("55")
	d.Deliver(base + "/discord/interactions")
	join := func(id, name, lang string, roles ...string) member {
		p := d.Join(id, name, roles...)
		p.Locale = lang
		return member{t, p}
	}
	aicha, bruno, emil := join("11", "aicha", "en-US"), join("12", "bruno", "fr", "700"), join("14", "emil", "de")

	emil.do(emil.Command(t.Context(), "buy"))
	emil.sees("6", "Aïcha")
	aicha.do(aicha.Command(t.Context(), "buy", "product", "business premium"))
	list := aicha.sees("6", "Microsoft 365 Business Premium")
	aicha.presses(list, "buy:business-premium")
	aicha.do(aicha.Submit(t.Context(), map[string]string{"quantity": "many"}))
	wrong := aicha.sees("6", "Enter a whole number")
	aicha.presses(wrong, "again:details")
	aicha.do(aicha.Submit(t.Context(), map[string]string{"quantity": "5", "auto_assign": "true"}))
	aicha.presses(aicha.sees("6", "Check out"), "checkout:")
	aicha.presses(aicha.sees("6", "Next"), "next:")
	aicha.presses(aicha.sees("6", "Place order"), "place:")
	own := aicha.sees(fakediscord.DirectChannel("11"), "waiting for approval")
	order := orderNumber.FindString(own.Read())
	if bruno.Last("6").ID == aicha.Last("6").ID {
		t.Errorf("everybody sees the buyer's wizard:\n%s", bruno.Last("6").Read())
	}

	asked := bruno.sees("55", "Approbation de "+order)
	aicha.presses(asked, "approve:")
	aicha.presses(aicha.sees("55", "Press the button again"), "approve:")
	aicha.sees("55", "You ordered this yourself")
	bruno.presses(asked, "approve:")
	question := bruno.sees("55", "Appuyez encore une fois")
	bruno.presses(question, "approve:")
	aicha.sees(fakediscord.DirectChannel("11"), "Bruno approved")

	paid := aicha.sees(fakediscord.DirectChannel("11"), "waiting for payment")
	deadline := time.Now().Add(patience)
	link := ""
	for link == "" && time.Now().Before(deadline) {
		for _, b := range aicha.Last(fakediscord.DirectChannel("11")).Buttons() {
			if url, _ := b["url"].(string); strings.Contains(url, "/pay/") {
				link = payAddress.FindString(url)
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	(&buyer{line: fixed(t, base), story: plain}).pay(base + link)
	aicha.sees(fakediscord.DirectChannel("11"), "completed")
	if now := aicha.Last(fakediscord.DirectChannel("11")); now.ID != paid.ID || now.Edits < 2 {
		t.Errorf("the order has another message by now, of %d edits", now.Edits)
	}
	if all := d.Refusals(); len(all) > 0 {
		t.Errorf("Discord refused %v", all)
	}
}
