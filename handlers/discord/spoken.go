package discord

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cartwright/conversations"
)

// intents are what the gateway is asked for beside interactions, which need none: messages in
// servers and direct ones. Neither is privileged. Without MESSAGE_CONTENT, which is, Discord
// leaves the text out of a message that is neither direct nor mentions the bot
// (https://docs.discord.com/developers/events/gateway#message-content-intent).
const intents = discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages

// Types of messages that people write; all others are Discord's own, such as of a pin.
const (
	typeWritten = 0
	typeReply   = 19
)

// kindDirect is the type of a channel that somebody has with the bot alone.
const kindDirect = 1

// spoken is a message as Discord delivers it, as far as it is read here.
type spoken struct {
	ID       string  `json:"id"`
	Type     int     `json:"type"`
	Channel  string  `json:"channel_id"`
	Kind     *int    `json:"channel_type"`
	Guild    string  `json:"guild_id"`
	Webhook  string  `json:"webhook_id"`
	Content  string  `json:"content"`
	Author   user    `json:"author"`
	Member   *member `json:"member"` // without its user
	Everyone bool    `json:"mention_everyone"`
	Mentions []user  `json:"mentions"`
	Answers  struct {
		ID string `json:"message_id"`
	} `json:"message_reference"`
}

func readSpoken(raw []byte) (spoken, error) {
	var s spoken
	if err := json.Unmarshal(raw, &s, jsontext.AllowInvalidUTF8(true)); err != nil {
		return s, fmt.Errorf("%w: %w", errShape, err)
	}
	for _, id := range []string{s.ID, s.Channel, s.Author.ID} {
		if id == "" || len(id) > 100 || !digits(id) {
			return s, errShape
		}
	}
	if !digits(s.Guild) {
		return s, errShape
	}
	return s, nil
}

// words are what somebody says to the bot, whose account is self; ok is false where nobody
// does. In a server it has to be named: a reply that only pings it may be between others.
func (s spoken) words(self string) (text string, ok bool) {
	text, named := s.unnamed(self)
	switch {
	case s.Type != typeWritten && s.Type != typeReply, s.Author.Bot, s.Author.System, s.Author.ID == self, s.Webhook != "", s.Everyone:
		return "", false
	case s.Guild != "":
		return text, named
	}
	return text, (named || text != "") && (s.Kind == nil || *s.Kind == kindDirect)
}

// unnamed is the text without the bot's name, which counts where Discord says that it is one:
// what stands in a piece of code is none. Others who are named are "<@id>".
func (s spoken) unnamed(self string) (text string, named bool) {
	text = fit(s.Content, maxTyped) // which is as long as one can be
	if self != "" && slices.ContainsFunc(s.Mentions, func(u user) bool { return u.ID == self }) {
		for _, name := range []string{"<@" + self + ">", "<@!" + self + ">"} {
			named = named || strings.Contains(text, name)
			text = strings.ReplaceAll(text, name, " ")
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(text, "<@!", "<@")), named
}

// spokenIn is where a message belongs: the server that it is in. A direct one is in the
// organisation that the message which it replies to is of, or what was said there last.
func (d *Discord) spokenIn(s spoken) (at place, why string) {
	if s.Guild != "" {
		return d.guildPlace(s.Guild)
	}
	return d.directPlace(s.Author.ID, s.Answers.ID, s.Channel)
}

// at is when it was written, by Discord's clock: it may have waited since.
func (s spoken) at(now time.Time) time.Time {
	at, err := discordgo.SnowflakeTimestamp(s.ID)
	if err != nil || at.After(now) {
		return now
	}
	return at
}

func (s spoken) event(whose place, text string) conversations.Event {
	return conversations.Event{
		ID: Platform + ":message:" + s.ID, Organisation: whose.organisation, Text: text,
		Account: conversations.Account{Platform: Platform, Workspace: whose.guild, ID: s.Author.ID},
	}
}
