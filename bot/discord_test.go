package main

import (
	"encoding/hex"
	"net/http"
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
	well := s.env.with(discordSettings(t, d, false))
	s.env = well
	s.says(s.does(exitFailed, "doctor"), "ok    Discord application 1001", "FAIL  Discord commands: /m365 is not registered, or was changed since: run bot manifest discord --apply", "ok    Discord server 42",
		"FAIL  Discord channel 55: the bot does not see it",
		"FAIL  Discord delivers over HTTP: the application has no Interactions Endpoint URL")
	s.says(s.does(exitOK, "manifest", "discord"), `"name":"m365"`, `"zh-CN"`, `"autocomplete":true`)
	for range 2 {
		s.says(s.does(exitOK, "manifest", "discord", "--apply"), "Discord has the commands.")
	}
	d.Deliver("https://bot.example/discord/interactions")
	d.Channel("55")
	s.says(s.does(exitOK, "doctor"), "ok    Discord commands", "ok    Discord delivers over HTTP", "ok    Discord channel 55")
	s.env = well.with(settings{"DISCORD_BOT_TOKEN": "another"})
	if said := s.does(exitFailed, "doctor"); !strings.Contains(said, "copy DISCORD_BOT_TOKEN anew") || strings.Contains(said, "another") {
		t.Errorf("a token that is refused: %s", said)
	}
	s.env = well.with(settings{"DISCORD_PUBLIC_KEY": strings.Repeat("0a", 32)})
	s.says(s.does(exitFailed, "doctor"), "DISCORD_PUBLIC_KEY is not this application's")
	s.env = well.with(settings{"DISCORD_PUBLIC_KEY": ""})
	s.says(s.does(exitMisused, "doctor"), "DISCORD_PUBLIC_KEY: it is not set")

	// By the gateway it needs no key; but Discord sends nothing there while there is a URL.
	s.env = well.with(settings{"DISCORD_PUBLIC_KEY": "", "DISCORD_GATEWAY": "true"})
	s.says(s.does(exitFailed, "doctor"), "ok    Discord application 1001", "FAIL  Discord delivers by the gateway: the application has an Interactions Endpoint URL")
	d.Deliver("")
	s.says(s.does(exitOK, "doctor"), "ok    Discord delivers by the gateway")
	d.SpendSessions()
	s.says(s.does(exitFailed, "doctor"), "FAIL  Discord delivers by the gateway: the bot may begin no more sessions today")
	s.env = well.with(settings{"DISCORD_GATEWAY": "yes"})
	s.says(s.does(exitMisused, "doctor"), `DISCORD_GATEWAY: it is "yes"`)
}

// guild is a Discord with a bot in it.
type guild struct {
	*testing.T
	*fakediscord.Discord
	base string
}

// openGuild starts a Discord and a bot that it reaches over HTTP or by its gateway.
func openGuild(t *testing.T, gateway bool) *guild {
	t.Helper()
	g := &guild{T: t, Discord: fakediscord.New(fakediscord.Options{})}
	t.Cleanup(g.Close)
	g.Channel("55")
	g.base, _ = started(t, hurried.with(discordSettings(t, g.Discord, gateway)))
	if !gateway {
		g.Deliver(g.base + "/discord/interactions")
		g.do(g.Validate(t.Context()))
	}
	return g
}

func discordSettings(t *testing.T, d *fakediscord.Discord, gateway bool) settings {
	t.Helper()
	file := filepath.Join(t.TempDir(), "organisations.yaml")
	if err := os.WriteFile(file, []byte(discordOrganisations), 0o600); err != nil {
		t.Fatal(err)
	}
	set := settings{"ORGANISATIONS_FILE": file, "DISCORD_APPLICATION_ID": d.Application, "DISCORD_BOT_TOKEN": d.Token, "DISCORD_API_URL": d.APIURL()}
	if gateway {
		return set.with(settings{"DISCORD_GATEWAY": "true"})
	}
	return set.with(settings{"DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey)})
}

func (g *guild) join(id, name, lang string, roles ...string) member {
	p := g.Join(id, name, roles...)
	p.Locale = lang
	return member{g.T, p}
}

func (g *guild) do(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

func (g *guild) until(what string, seen func() bool) {
	g.Helper()
	for deadline := time.Now().Add(patience); !seen(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			g.Fatalf("it never came to this: %s", what)
		}
	}
}

// The purchase and the approval in Discord, over HTTP and by the gateway, whatever becomes of
// that in the middle: the buyer's wizard is theirs alone, the request stands in the channel,
// a manager by the guild's roles approves it, and the order's own message carries the link
// and tells the end. What is done while the gateway is away meets the bot when it is back.
func TestDiscordPurchase(t *testing.T) {
	for _, c := range []struct {
		name                string
		gateway             bool
		trouble             func(*guild)
		identifies, resumes int // by the end
	}{
		{"http", false, func(*guild) {}, 0, 0},
		{"gateway", true, func(*guild) {}, 1, 0},
		{"a gateway that breaks", true, func(g *guild) { g.Drop() }, 1, 3},
		{"a gateway that asks to reconnect", true, func(g *guild) { g.AskToReconnect() }, 1, 3},
		{"a gateway that forgets", true, func(g *guild) {
			had := g.Identifies()
			g.Invalidate()
			g.until("a session anew", func() bool { return g.Identifies() == had+1 })
		}, 4, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := openGuild(t, c.gateway)
			g.purchase(func() { c.trouble(g) })
			if g.Identifies() != c.identifies || g.Resumes() != c.resumes {
				t.Errorf("%d sessions, resumed %d times, not %d and %d", g.Identifies(), g.Resumes(), c.identifies, c.resumes)
			}
			if all := g.Refusals(); len(all) > 0 {
				t.Errorf("Discord refused %v", all)
			}
		})
	}
}

// What Discord did not sign, or signed long ago, does nothing, nor does what is played back.
func TestDiscordDeliveries(t *testing.T) {
	g := openGuild(t, false)
	aicha := g.join("11", "aicha", "en-US")
	aicha.do(aicha.Command(t.Context(), "cart"))
	before := aicha.sees("6", "Your cart is empty")
	v := g.Deliveries()[0]
	for what, deliver := range map[string]func() (int, []byte, error){
		"forged": func() (int, []byte, error) { return g.Forge(t.Context(), v) },
		"stale":  func() (int, []byte, error) { return g.Stale(t.Context(), v, 6*time.Minute) },
		"again":  func() (int, []byte, error) { return g.Redeliver(t.Context(), v) },
	} {
		if status, said, err := deliver(); err != nil || status != http.StatusUnauthorized || len(said) > 0 {
			t.Errorf("%s: %d %s %v", what, status, said, err)
		}
	}
	if now := aicha.Last("6"); now.ID != before.ID {
		t.Errorf("there is another message: %s", now.Read())
	}
}

// purchase is all of one, with trouble three times.
func (g *guild) purchase(trouble func()) {
	g.Helper()
	ctx := g.Context()
	aicha, bruno, emil := g.join("11", "aicha", "en-US"), g.join("12", "bruno", "fr", "700"), g.join("14", "emil", "de")

	emil.do(emil.Command(ctx, "buy"))
	emil.sees("6", "Aïcha")
	aicha.do(aicha.Command(ctx, "buy", "product", "business premium"))
	list := aicha.sees("6", "Microsoft 365 Business Premium")
	aicha.presses(list, "buy:business-premium")
	aicha.do(aicha.Submit(ctx, map[string]string{"quantity": "many"}))
	wrong := aicha.sees("6", "Enter a whole number")
	aicha.presses(wrong, "again:details")
	trouble()
	aicha.do(aicha.Submit(ctx, map[string]string{"quantity": "5", "auto_assign": "true"}))
	aicha.presses(aicha.sees("6", "Check out"), "checkout:")
	aicha.presses(aicha.sees("6", "Next"), "next:")
	trouble()
	aicha.presses(aicha.sees("6", "Place order"), "place:")
	own := aicha.sees(fakediscord.DirectChannel("11"), "waiting for approval")
	order := orderNumber.FindString(own.Read())
	if bruno.Last("6").ID == aicha.Last("6").ID {
		g.Errorf("everybody sees the buyer's wizard:\n%s", bruno.Last("6").Read())
	}

	asked := bruno.sees("55", "Approbation de "+order)
	aicha.presses(asked, "approve:")
	aicha.presses(aicha.sees("55", "Press the button again"), "approve:")
	aicha.sees("55", "You ordered this yourself")
	bruno.presses(asked, "approve:")
	question := bruno.sees("55", "seront débités maintenant")
	trouble()
	bruno.presses(question, "approve:")
	aicha.sees(fakediscord.DirectChannel("11"), "Bruno approved")

	paid := aicha.sees(fakediscord.DirectChannel("11"), "waiting for payment")
	link := ""
	g.until("there is a link", func() bool {
		for _, b := range aicha.Last(fakediscord.DirectChannel("11")).Buttons() {
			if url, _ := b["url"].(string); strings.Contains(url, "/pay/") {
				link = payAddress.FindString(url)
			}
		}
		return link != ""
	})
	(&buyer{line: fixed(g.T, g.base), story: plain}).pay(g.base + link)
	aicha.sees(fakediscord.DirectChannel("11"), "completed")
	if now := aicha.Last(fakediscord.DirectChannel("11")); now.ID != paid.ID || now.Edits < 2 {
		g.Errorf("the order has another message by now, of %d edits", now.Edits)
	}
}

// An organisation with two servers asks its approver in a direct message, which is of neither:
// the answer counts all the same.
func TestDiscordTwoServers(t *testing.T) {
	for _, servers := range []string{`["42", "43"]`, `["43", "42"]`} { // they are in one of them
		t.Run(servers, func(t *testing.T) { buysInOneOf(t, servers) })
	}
}

func buysInOneOf(t *testing.T, servers string) {
	t.Helper()
	d := fakediscord.New(fakediscord.Options{})
	t.Cleanup(d.Close)
	set := discordSettings(t, d, false)
	file := set["ORGANISATIONS_FILE"]
	text := strings.NewReplacer(`discord: ["42"]`, `discord: `+servers, `channel: {discord: "55"}, `, "", `{name: Bruno, discord: "12"}`, `{name: Bruno, discord: "12", roles: [approver]}`).Replace(discordOrganisations)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g := &guild{T: t, Discord: d}
	g.base, _ = started(t, hurried.with(set))
	g.Deliver(g.base + "/discord/interactions")
	aicha, bruno := g.join("11", "aicha", "en-US"), g.join("12", "bruno", "en-US")
	g.join("13", "chloe", "en-US")
	aicha.do(aicha.Command(t.Context(), "buy", "product", "business premium"))
	aicha.presses(aicha.sees("6", "Microsoft 365 Business Premium"), "buy:business-premium")
	aicha.do(aicha.Submit(t.Context(), map[string]string{"quantity": "5", "auto_assign": "true"}))
	for _, step := range [][2]string{{"Check out", "checkout:"}, {"Next", "next:"}, {"Place order", "place:"}} {
		aicha.presses(aicha.sees("6", step[0]), step[1])
	}
	direct := fakediscord.DirectChannel("12")
	bruno.presses(bruno.sees(direct, "Approval"), "approve:")
	bruno.presses(bruno.sees(direct, "charged now"), "approve:")
	aicha.sees(fakediscord.DirectChannel("11"), "Bruno approved")
}
