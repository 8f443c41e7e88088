package faketeams

import (
	"fmt"
	"strings"
	"time"
)

// Kinds of conversations, as activities name them.
const (
	personal  = "personal"
	groupChat = "groupChat"
	channel   = "channel"
)

// conversation is a chat with one person, a group's chat, a channel, or a thread in it.
type conversation struct {
	id, kind   string
	root       string // the channel that a thread is in
	team       string
	members    []*Person
	installed  bool
	blocked    bool
	activities map[string]bool // ids that can be replied to
	writes     []time.Time
}

// Message is a message as somebody sees it.
type Message struct {
	Conversation, ID, ReplyTo string
	From                      string // the bot's id or a person's MRI
	At                        time.Time
	Text                      string
	Card                      map[string]any // nil for none
	Raw                       map[string]any // as the bot sent it
	Edits                     int
	Deleted                   bool
}

type message struct {
	Message
	shown map[string]map[string]any // cards that answers to invokes put in its place, by MRI
}

// set gives a message what the bot sent, for everybody.
func (m *message) set(activity map[string]any) {
	m.Raw, m.Text, m.Card = copied(activity), text(activity, "text"), cardOf(activity)
	clear(m.shown)
}

// seenBy is the message as that person sees it, or as it is where mri is "".
func (m *message) seenBy(mri string) Message {
	seen := m.Message
	if card := m.shown[mri]; card != nil {
		seen.Card = card
	}
	seen.Card, seen.Raw = copied(seen.Card), copied(m.Raw)
	return seen
}

// cardType is the content type of a card.
const cardType = "application/vnd.microsoft.card.adaptive"

// cardOf is the first card of an activity, nil for none.
func cardOf(activity map[string]any) map[string]any {
	for _, a := range list(activity, "attachments") {
		attachment, _ := a.(map[string]any)
		if text(attachment, "contentType") == cardType {
			return copied(object(attachment, "content"))
		}
	}
	return nil
}

func (t *Teams) converse(id, kind string, members ...*Person) *conversation {
	c := &conversation{id: id, kind: kind, members: members, activities: map[string]bool{}}
	t.conversations[id] = c
	return c
}

// chat is the person's conversation with the bot.
func (t *Teams) chat(p *Person) *conversation {
	id := "a:1" + strings.ReplaceAll(p.AAD, "-", "_")
	if c := t.conversations[id]; c != nil {
		return c
	}
	return t.converse(id, personal, p)
}

// tenant is whose a conversation is: a personal chat is the person's.
func (c *conversation) tenant(t *Teams) string {
	if c.kind == personal {
		return c.members[0].Tenant
	}
	return t.Tenant
}

// Group makes a chat of several people and the bot. It answers its id.
func (t *Teams) Group(members ...*Person) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.converse(fmt.Sprintf("19:%032x@thread.v2", t.number()), groupChat, members...)
	c.installed = true
	return c.id
}

// Channel makes a channel in a team that has the bot. It answers its id.
func (t *Teams) Channel(members ...*Person) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.converse(fmt.Sprintf("19:%032x@thread.tacv2", t.number()), channel, members...)
	c.installed, c.team = true, fmt.Sprintf("19:%032x@thread.tacv2", t.number())
	return c.id
}

// thread is a conversation in a channel, which begins with a message.
func (t *Teams) thread(in *conversation, id string) *conversation {
	c := t.converse(in.id+";messageid="+id, channel, in.members...)
	c.root, c.team, c.installed, c.blocked = in.id, in.team, in.installed, in.blocked
	return c
}

// Block has a person or a group block the bot in a conversation, or no longer.
func (t *Teams) Block(conversation string, blocked bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conversations[conversation].blocked = blocked
}
