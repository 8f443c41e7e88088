package main

import (
	"os"
	"strings"
	"testing"

	"cartwright/testservices/fakediscord"
)

// listening is a Discord whose bot listens at its gateway, with Aïcha's language in the file:
// a message does not say in which one its writer reads.
func listening(t *testing.T, lang string) (*guild, member) {
	t.Helper()
	g := &guild{T: t, Discord: fakediscord.New(fakediscord.Options{})}
	t.Cleanup(g.Close)
	g.Channel("55")
	set := discordSettings(t, g.Discord, true)
	text := strings.Replace(discordOrganisations, `discord: "11",`, `discord: "11", locale: `+lang+`,`, 1)
	g.do(os.WriteFile(set["ORGANISATIONS_FILE"], []byte(text), 0o600))
	g.base, _ = started(t, hurried.with(set))
	return g, g.join("11", "aicha", lang)
}

// writes has somebody write in a channel, or in their direct messages with the bot.
func (m member) writes(channel, text string) *fakediscord.Message {
	m.Helper()
	said, err := m.Write(m.Context(), channel, text)
	m.do(err)
	return said
}

// A sentence in a direct message opens the form filled in, in each language, and another
// one corrects it; the rest of the wizard is as ever, in messages that stay.
func TestBoughtInADirectMessageOfDiscord(t *testing.T) {
	direct := fakediscord.DirectChannel("11")
	for lang, said := range map[string]struct{ request, read, correction, corrected string }{
		"en":    {"need 25 business premium seats, paid yearly, give them to everyone without a licence", "“25” → 25 licences", "no, make it 30", "“30” → 30 licences"},
		"fr":    {"il nous faut 25 licences Business Premium, paiement annuel, à attribuer à tous ceux qui n'ont pas de licence", "« 25 » → 25 licences", "non, plutôt 30", "« 30 » → 30 licences"},
		"de":    {"wir brauchen 25 Business Premium Lizenzen, jährlich bezahlt, bitte allen ohne Lizenz zuweisen", "„25“ → 25 Lizenzen", "nein, doch 30", "„30“ → 30 Lizenzen"},
		"zh-CN": {"需要25个Business Premium许可证，按年付款，自动分配给所有没有许可证的人", "“25”→25 个许可证", "不对，改成30个", "“30”→30 个许可证"},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			g, aicha := listening(t, lang)
			aicha.writes(direct, said.request)
			aicha.sees(direct, said.read)
			aicha.writes(direct, said.correction)
			form := aicha.sees(direct, said.corrected)
			aicha.buys(direct, form)
			g.wellServed()
		})
	}
}

// A mention is answered in its writer's direct messages, and the channel is told that alone;
// it goes on there. Where they take none the channel is told what to do, and they hear of it.
func TestBoughtByAMentionInDiscord(t *testing.T) {
	g, aicha := listening(t, "en")
	direct, bot := fakediscord.DirectChannel("11"), "<@"+g.Application+">"
	asked := aicha.writes(fakediscord.TalkChannel, bot+" need 25 business premium seats, paid yearly, give them to everyone without a licence")
	form := aicha.sees(direct, "“25” → 25 licences")
	told := aicha.sees(fakediscord.TalkChannel, "Answered in your direct messages")
	if all := aicha.See(fakediscord.TalkChannel); len(all) != 2 || all[0].ID != asked.ID || len(told.Named) > 0 || told.To != "" {
		t.Errorf("of %d messages in the channel the last is %+v", len(all), told)
	}
	aicha.writes(direct, "no, make it 30, monthly")
	corrected := aicha.sees(direct, "“30” → 30 licences")
	if corrected.ID == form.ID {
		t.Error("what was corrected is not below")
	}
	aicha.presses(corrected, "again:details")
	aicha.do(aicha.Submit(t.Context(), map[string]string{"plan": "P1M.monthly"}))
	aicha.sees(direct, "30 licences, Month to month")

	g.RefuseDirect("11")
	again := aicha.writes(fakediscord.TalkChannel, "what is in my cart, "+bot+"?")
	closed := aicha.sees(fakediscord.TalkChannel, "use /m365 here")
	if reference, _ := closed.Raw["message_reference"].(map[string]any); reference["message_id"] != again.ID || len(closed.Named) != 1 || closed.Named[0] != "11" {
		t.Errorf("it is said by %+v", closed)
	}
	if strings.Contains(closed.Read(), "Premium") {
		t.Errorf("the channel reads\n%s", closed.Read())
	}
	if all := g.Refusals(); len(all) != 1 || !strings.Contains(all[0], "50007") {
		t.Errorf("Discord refused %v", all)
	}
}

// Somebody who may buy nothing is told in private whom to ask, as at a click, whether the
// organisation knows them or not; roles of the server count.
func TestWordsAndRolesInDiscord(t *testing.T) {
	g, aicha := listening(t, "en")
	bot := "<@" + g.Application + "> "
	bruno, emil := g.join("12", "bruno", "en-US", "700"), g.join("14", "emil", "en-US")
	emil.writes(fakediscord.TalkChannel, bot+"5 business premium")
	emil.sees(fakediscord.DirectChannel("14"), "Aïcha")
	emil.writes(fakediscord.DirectChannel("14"), "5 business premium")
	emil.sees(fakediscord.DirectChannel("14"), "No organisation that Cartwright serves has your account")
	aicha.writes(fakediscord.DirectChannel("11"), strings.Repeat("25 ", 1333))
	aicha.sees(fakediscord.DirectChannel("11"), "too long")
	bruno.writes(fakediscord.TalkChannel, bot+"approvals")
	bruno.sees(fakediscord.DirectChannel("12"), "Nothing")
	bruno.writes(fakediscord.DirectChannel("12"), "approvals")
	bruno.waits("it is answered again", func() bool { return len(bruno.See(fakediscord.DirectChannel("12"))) == 3 })
	g.wellServed()
}

// What Discord delivers again once a connection was made anew changes nothing and is said once,
// and what was written meanwhile is answered in its order.
func TestWordsAcrossABrokenLineOfDiscord(t *testing.T) {
	g, aicha := listening(t, "en")
	direct := fakediscord.DirectChannel("11")
	aicha.writes(direct, "25 business premium, paid yearly")
	aicha.sees(direct, "“25” → 25 licences")
	g.Repeat(10)
	g.Drop()
	aicha.writes(direct, "no, make it 30")
	aicha.writes(direct, "cart")
	aicha.writes(direct, "12 business premium, paid yearly")
	aicha.waits("all is answered", func() bool { return len(aicha.See(direct)) == 8 })
	aicha.sees(direct, "“12” → 12 licences")
	read := []string{}
	for _, m := range aicha.See(direct) {
		if m.From == "" {
			read = append(read, m.Read())
		}
	}
	for n, want := range []string{"“25”", "“30”", "cart is empty", "“12”"} {
		if !strings.Contains(read[n], want) {
			t.Errorf("answer %d is no %s:\n%s", n+1, want, read[n])
		}
	}
	if g.Identifies() != 1 || g.Resumes() != 1 || g.Intents()[0] != 1<<9|1<<12 {
		t.Errorf("%d sessions by %v, resumed %d times", g.Identifies(), g.Intents(), g.Resumes())
	}
	g.wellServed()
}

// buys goes on from a form that was filled in by words, in direct messages, to the order.
func (m member) buys(direct string, form *fakediscord.Message) {
	m.Helper()
	m.presses(form, "again:details")
	m.do(m.Submit(m.Context(), map[string]string{}))
	if cart := m.Now(form).Read(); !strings.Contains(cart, "30") || strings.Contains(cart, "25") {
		m.Errorf("in the cart there is\n%s", cart)
	}
	for _, ref := range []string{"checkout:", "next:", "place:"} {
		m.has(direct, ref)
		m.presses(m.Last(direct), ref)
	}
	order := m.Now(form)
	if !strings.Contains(order.Read(), "CW-1001") || order.To != "" {
		m.Errorf("in place of the form there is\n%s", order.Read())
	}
	m.waits("the order has a message of its own", func() bool {
		own := m.Last(direct)
		return own.ID != form.ID && strings.Contains(own.Read(), "CW-1001")
	})
}

// has waits until the newest message in a channel has a button.
func (m member) has(channel, ref string) {
	m.Helper()
	m.waits("there is "+ref, func() bool {
		for _, b := range m.Last(channel).Buttons() {
			if id, _ := b["custom_id"].(string); strings.Contains(id, "!"+ref) {
				return true
			}
		}
		return false
	})
}

// waits until something is seen.
func (m member) waits(what string, seen func() bool) {
	m.Helper()
	(&guild{T: m.T}).until(what, seen)
}

// wellServed is that Discord took everything.
func (g *guild) wellServed() {
	g.Helper()
	if all := g.Refusals(); len(all) > 0 {
		g.Errorf("Discord refused %v", all)
	}
}
