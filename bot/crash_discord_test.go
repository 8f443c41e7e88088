package main

import (
	"encoding/hex"
	"strings"
	"testing"

	"cartwright/testservices/fakediscord"
)

// discordChat is a guild: the wizard in a channel, to the buyer alone, the order's message
// in a direct message, and the request in the managers' channel.
type discordChat struct {
	t      *testing.T
	set    settings
	played *fakediscord.Discord
	people [2]*fakediscord.Person
}

// The channels of the guild.
const (
	discordChannel  = "6"
	discordManagers = "55"
)

func openDiscord(t *testing.T) chat {
	t.Helper()
	d := fakediscord.New(fakediscord.Options{})
	t.Cleanup(d.Close)
	d.Channel(discordManagers)
	c := &discordChat{t: t, played: d}
	for i, name := range []string{"aicha", "bruno"} {
		id := []string{"11", "12"}[i]
		c.people[i] = d.Join(id, name)
		c.people[i].Locale = "en-US"
	}
	c.set = settings{
		"ORGANISATIONS_FILE":     chatFile(t, "discord", d.Guild, discordManagers, "11", "12"),
		"DISCORD_APPLICATION_ID": d.Application, "DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey), "DISCORD_BOT_TOKEN": d.Token, "DISCORD_API_URL": d.APIURL(),
	}
	return c
}

func (c *discordChat) deliver(base string) { c.played.Deliver(base + "/discord/interactions") }

func (c *discordChat) settings() settings      { return c.set }
func (c *discordChat) buyer() client           { return discordClient{c, c.people[0]} }
func (c *discordChat) manager() client         { return discordClient{c, c.people[1]} }
func (c *discordChat) complaints(int) []string { return c.played.Refusals() }

type discordClient struct {
	chat *discordChat
	*fakediscord.Person
}

func (c discordClient) say(words string) error {
	name, given, more := strings.Cut(words, " ")
	if more {
		return c.Command(c.chat.t.Context(), name, "product", given)
	}
	return c.Command(c.chat.t.Context(), name)
}

func (c discordClient) see(in corner) []seen {
	switch in {
	case orders:
		return posted(c.See(fakediscord.DirectChannel(c.ID)))
	case requests:
		return posted(c.See(discordManagers))
	}
	m := c.Last(discordChannel)
	if m.ID == "" {
		return nil
	}
	return []seen{seenInDiscord(m)}
}

// posted are the bot's own messages, for everybody in a channel.
func posted(all []*fakediscord.Message) []seen {
	var own []seen
	for _, m := range all {
		if m.To == "" {
			own = append(own, seenInDiscord(m))
		}
	}
	return own
}

func seenInDiscord(m *fakediscord.Message) seen {
	s := seen{in: m.Channel, id: m.ID, text: m.Read(), edits: m.Edits, raw: m, then: m}
	for _, b := range m.Buttons() {
		id, _ := b["custom_id"].(string)
		if _, ref, ok := strings.Cut(id, "!"); ok {
			s.refs = append(s.refs, ref)
		}
		if address, _ := b["url"].(string); strings.Contains(address, "/pay/") {
			s.link = address
		}
	}
	return s
}

// press presses and, where that is asked for, once more: the question is the newest message.
func (c discordClient) press(in seen, ref string) error {
	m, _ := in.raw.(*fakediscord.Message)
	if m == nil {
		m = &fakediscord.Message{}
	}
	err := c.Press(c.chat.t.Context(), m, ref)
	if question := c.Last(m.Channel); err == nil && question.ID != m.ID && seenInDiscord(question).offers(ref) {
		return c.Press(c.chat.t.Context(), question, ref)
	}
	return err
}

func (c discordClient) again(in seen, ref string) error {
	m, _ := in.then.(*fakediscord.Message)
	then := *m // the answer may replace it
	return c.Press(c.chat.t.Context(), &then, ref)
}

func (c discordClient) fill(seen) error {
	return c.Submit(c.chat.t.Context(), map[string]string{"quantity": "5", "auto_assign": "true"})
}
