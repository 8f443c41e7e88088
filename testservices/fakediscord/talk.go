package fakediscord

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Intents, without which nothing of that is delivered.
const (
	guilds         = 1 << 0
	guildMessages  = 1 << 9
	directMessages = 1 << 12
)

const (
	// knownIntents are those that there are.
	knownIntents = 1<<17 - 1 | 3<<20 | 3<<24
	// privileged are members, presences and the content of messages: the application has none.
	privileged = 1<<1 | 1<<8 | 1<<15
)

// Types of messages.
const (
	ordinary = 0
	inReply  = 19
	ofSlash  = 20
)

// errNotWritten is of what a client does not send.
var errNotWritten = errors.New("the client sends nothing empty, and nothing of more than 4000 characters")

// Write writes in a channel, or in the direct messages with the bot. Where interactions come by
// the gateway it waits for the app to be there.
func (p *Person) Write(ctx context.Context, channel, text string) (*Message, error) {
	return p.write(ctx, &Message{Channel: channel, Raw: map[string]any{"content": text}})
}

// Answer replies to a message; ping is whether its writer is to hear of that.
func (p *Person) Answer(ctx context.Context, m *Message, text string, ping bool) (*Message, error) {
	raw := map[string]any{"content": text, "message_reference": map[string]any{"message_id": m.ID}, "allowed_mentions": map[string]any{"replied_user": ping, "parse": []any{"users", "roles", "everyone"}}}
	return p.write(ctx, &Message{Channel: m.Channel, Raw: raw})
}

func (p *Person) write(ctx context.Context, m *Message) (*Message, error) {
	if n := len([]rune(text(m.Raw, "content"))); n == 0 || n > maxText {
		return nil, errNotWritten
	}
	if _, err := p.reached(ctx); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.Channel == DirectChannel(p.ID) {
		p.channels[m.Channel] = p.ID
	}
	m.From = p.ID
	written := *p.keep(m)
	return &written, nil
}

// Rewrite edits what the person wrote.
func (p *Person) Rewrite(m *Message, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	own := p.messages[m.Channel+"/"+m.ID]
	raw := maps.Clone(own.Raw)
	raw["content"] = text
	own.Raw, own.Edits = raw, own.Edits+1
	p.tell("MESSAGE_UPDATE", own)
}

// tell delivers a message to the sessions that asked for those of its kind.
func (d *Discord) tell(name string, m *Message) {
	if m.To != "" {
		return
	}
	for _, s := range d.gateway.sessions {
		if v := d.delivered(m, s.intents); v != nil {
			s.dispatch(name, v)
		}
	}
}

// delivered is a message as it comes by the gateway, nil where it does not.
func (d *Discord) delivered(m *Message, intents int) map[string]any {
	v := d.shown(m)
	if d.channels[m.Channel] != "" {
		v["channel_type"] = 1
		return only(v, intents&directMessages != 0)
	}
	v["channel_type"], v["guild_id"] = 0, d.Guild
	if m.From != "" {
		member := maps.Clone(d.members[m.From])
		delete(member, "user")
		v["member"] = member
	}
	return only(v, intents&guildMessages != 0)
}

func only(v map[string]any, asked bool) map[string]any {
	if !asked {
		return nil
	}
	return v
}

// unread takes out of a message what the application may not read: it has not the intent for
// the content of what is neither direct, nor its own, nor mentions it.
func (d *Discord) unread(m *Message, v map[string]any) {
	if d.channels[m.Channel] != "" || m.From == "" || slices.Contains(m.Named, d.Application) {
		return
	}
	v["content"] = ""
	for _, key := range []string{"embeds", "attachments", "components"} {
		v[key] = []any{}
	}
}

var (
	userMark = regexp.MustCompile(`<@!?(\d+)>`)
	roleMark = regexp.MustCompile(`<@&(\d+)>`)
)

// name finds who is mentioned in a message, and so pinged: in its text, as far as it allows
// that, and whom it replies to.
func (d *Discord) name(m *Message) {
	limits, limited := m.Raw["allowed_mentions"].(map[string]any)
	allows := func(kind, id string) bool {
		return !limited || slices.Contains(list(limits["parse"]), any(kind)) || slices.Contains(list(limits[kind]), any(id))
	}
	said := m.Read()
	for _, found := range userMark.FindAllStringSubmatch(said, -1) {
		if d.user(found[1]) != nil && allows("users", found[1]) {
			m.Named = append(m.Named, found[1])
		}
	}
	for _, found := range roleMark.FindAllStringSubmatch(said, -1) {
		if allows("roles", found[1]) {
			m.Roles = append(m.Roles, found[1])
		}
	}
	m.Everyone = (strings.Contains(said, "@everyone") || strings.Contains(said, "@here")) && allows("everyone", "")
	if to := d.referred(m); to != nil && (!limited || limits["replied_user"] == true) {
		writer := to.From
		if writer == "" {
			writer = d.Application
		}
		m.Named = append(m.Named, writer)
	}
	slices.Sort(m.Named)
	m.Named = slices.Compact(m.Named)
}

// user is somebody, or the bot; nil for nobody.
func (d *Discord) user(id string) map[string]any {
	if id == d.Application {
		return d.bot()
	}
	user, _ := d.members[id]["user"].(map[string]any)
	return user
}

func (d *Discord) users(ids []string) []any {
	all := []any{}
	for _, id := range ids {
		all = append(all, d.user(id))
	}
	return all
}

// referred is the message that one replies to, nil for none.
func (d *Discord) referred(m *Message) *Message {
	reference, _ := m.Raw["message_reference"].(map[string]any)
	to := d.messages[m.Channel+"/"+text(reference, "message_id")]
	if to == nil || to.deleted {
		return nil
	}
	return to
}

// mayRefer refuses a reply to what is not there, unless that may be.
func (d *Discord) mayRefer(m *Message) *refusal {
	reference, has := m.Raw["message_reference"].(map[string]any)
	if has && d.referred(m) == nil && reference["fail_if_not_exists"] != false {
		return invalid(Problem{"message_reference", "Unknown message"})
	}
	return nil
}

// startTyping has the bot be seen to write.
func (d *Discord) startTyping(r *http.Request, _ any) (answer, *refusal) {
	channel, no := d.openChannel(r)
	if no != nil {
		return answer{}, no
	}
	d.typing[channel]++
	return nothing, nil
}

// Typing is how often the bot was seen to write in a channel.
func (d *Discord) Typing(channel string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.typing[channel]
}

// Repeat has the next session that is resumed be sent so many events again that it has had.
func (d *Discord) Repeat(events int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gateway.repeats = events
}

// RefuseIntents closes with a code whoever asks for any, 4013 or 4014.
func (d *Discord) RefuseIntents(code int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gateway.disallows = code
}

// Intents are what each session asked for, the oldest first.
func (d *Discord) Intents() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.gateway.intents)
}
