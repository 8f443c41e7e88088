package fakediscord

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Message is a message as its readers have it.
type Message struct {
	Channel, ID string
	To          string   // the person who alone sees it, "" for everyone in the channel
	From        string   // the person who wrote it, "" for the bot
	Named       []string // who is mentioned, and pinged; the bot is its application's id
	Roles       []string // that are mentioned, and pinged
	Everyone    bool     // is pinged
	Edits       int
	Raw         map[string]any // never changed in place
	deleted     bool
	answers     *interaction // nil for none
	made        time.Time
}

// Flags of messages.
const (
	suppressEmbeds        = 1 << 2
	ephemeral             = 1 << 6
	loading               = 1 << 7
	suppressNotifications = 1 << 12
	voice                 = 1 << 13
	componentsV2          = 1 << 15
)

func flags(raw map[string]any) int {
	f, _ := raw["flags"].(float64)
	return int(f)
}

// written is a new message, where Discord would take it with these flags at most.
func written(raw map[string]any, allowed int) (map[string]any, *refusal) {
	if more := flags(raw) &^ allowed; more != 0 {
		return nil, invalid(Problem{"flags", "These flags cannot be set here."})
	}
	return raw, refused(raw)
}

// edited is a message with what is to be changed: the rest stays, and so do the flags that
// cannot be taken back.
func edited(old, change map[string]any) (map[string]any, *refusal) {
	raw := maps.Clone(old)
	maps.Copy(raw, change)
	raw["flags"] = float64(flags(old)&(ephemeral|componentsV2) | flags(change)&(suppressEmbeds|componentsV2))
	return raw, refused(raw)
}

func refused(raw map[string]any) *refusal {
	if empty(raw) {
		return errEmpty
	}
	if problems := CheckMessage(raw); len(problems) > 0 {
		return invalid(problems...)
	}
	return nil
}

func empty(raw map[string]any) bool {
	for _, key := range []string{"content", "embeds", "components", "sticker_ids", "attachments", "poll"} {
		switch v := raw[key].(type) {
		case string:
			if strings.TrimSpace(v) != "" {
				return false
			}
		case []any:
			if len(v) > 0 {
				return false
			}
		case map[string]any:
			return false
		}
	}
	return true
}

func (d *Discord) keep(m *Message) *Message {
	m.ID, m.made = d.snowflake(), d.now()
	d.messages[m.Channel+"/"+m.ID] = m
	d.order = append(d.order, m)
	d.name(m)
	d.tell("MESSAGE_CREATE", m)
	return m
}

// openChannel is the channel of a call, where the bot may write.
func (d *Discord) openChannel(r *http.Request) (channel string, no *refusal) {
	channel = r.PathValue("channel")
	person, known := d.channels[channel]
	switch {
	case !known:
		return "", errUnknownChannel
	case d.closed[person]:
		return "", errDirectClosed
	}
	return channel, nil
}

func (d *Discord) postMessage(r *http.Request, body any) (answer, *refusal) {
	channel, no := d.openChannel(r)
	if no != nil {
		return answer{}, no
	}
	fields, _ := body.(map[string]any)
	raw, no := written(fields, suppressEmbeds|suppressNotifications|voice|componentsV2)
	if no != nil {
		return answer{}, no
	}
	if m := d.before(channel, raw); m != nil {
		return ok(d.shown(m))
	}
	m := &Message{Channel: channel, Raw: raw}
	if no := d.mayRefer(m); no != nil {
		return answer{}, no
	}
	return ok(d.shown(d.keep(m)))
}

// nonceLife is how long a nonce is known.
const nonceLife = 5 * time.Minute

// before is the message that has the same nonce, where that is enforced, nil for none.
func (d *Discord) before(channel string, raw map[string]any) *Message {
	if raw["enforce_nonce"] != true || raw["nonce"] == nil {
		return nil
	}
	for _, m := range d.order {
		if m.Channel == channel && !m.deleted && m.answers == nil && m.Raw["nonce"] == raw["nonce"] && d.now().Sub(m.made) < nonceLife {
			return m
		}
	}
	return nil
}

// seen is a message that the bot can reach by its own token: not what one person alone sees.
func (d *Discord) reach(r *http.Request) (*Message, *refusal) {
	if _, known := d.channels[r.PathValue("channel")]; !known {
		return nil, errUnknownChannel
	}
	m := d.messages[r.PathValue("channel")+"/"+r.PathValue("message")]
	if m == nil || m.deleted || m.To != "" {
		return nil, errUnknownMessage
	}
	return m, nil
}

func (d *Discord) getMessage(r *http.Request, _ any) (answer, *refusal) {
	m, no := d.reach(r)
	if no != nil {
		return answer{}, no
	}
	return ok(d.shown(m))
}

func (d *Discord) patchMessage(r *http.Request, body any) (answer, *refusal) {
	m, no := d.reach(r)
	if no != nil {
		return answer{}, no
	}
	return d.edit(m, body)
}

func (d *Discord) edit(m *Message, body any) (answer, *refusal) {
	change, _ := body.(map[string]any)
	raw, no := edited(m.Raw, change)
	if no != nil {
		return answer{}, no
	}
	m.Raw, m.Edits = raw, m.Edits+1
	d.tell("MESSAGE_UPDATE", m)
	return ok(d.shown(m))
}

// shown is a message as Discord answers it.
func (d *Discord) shown(m *Message) map[string]any {
	content, _ := m.Raw["content"].(string)
	v := map[string]any{
		"id": m.ID, "channel_id": m.Channel, "type": ordinary, "content": content, "author": d.bot(), "timestamp": stamp(m.made), "edited_timestamp": nil,
		"tts": false, "mention_everyone": m.Everyone, "mentions": d.users(m.Named), "mention_roles": append([]string{}, m.Roles...), "attachments": []any{}, "embeds": list(m.Raw["embeds"]),
		"pinned": false, "flags": flags(m.Raw), "components": list(m.Raw["components"]),
	}
	if m.Edits > 0 {
		v["edited_timestamp"] = stamp(m.made)
	}
	if m.From != "" {
		v["author"] = d.members[m.From]["user"]
	}
	if to := d.referred(m); to != nil {
		v["type"], v["message_reference"] = inReply, map[string]any{"type": 0, "message_id": to.ID, "channel_id": m.Channel, "guild_id": d.Guild}
	}
	d.unread(m, v)
	if m.answers != nil {
		if m.answers.kind == commanded {
			v["type"] = ofSlash
		}
		v["interaction_metadata"] = map[string]any{
			"id": m.answers.id, "type": m.answers.kind, "user": d.members[m.answers.person]["user"], "authorizing_integration_owners": map[string]any{"0": d.Guild},
		}
		v["webhook_id"], v["application_id"] = d.Application, d.Application
	}
	return v
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func list(v any) []any {
	all, _ := v.([]any)
	return append([]any{}, all...)
}

// Read is what stands in a message, a line for each thing.
func (m *Message) Read() string {
	var lines []string
	if content := text(m.Raw, "content"); content != "" {
		lines = append(lines, content)
	}
	m.walk(func(c map[string]any) {
		if content := text(c, "content"); content != "" {
			lines = append(lines, content)
		}
		if label := text(c, "label"); label != "" {
			lines = append(lines, "["+label+"]")
		}
		if kindOf(c) == 3 {
			lines = append(lines, menu(c)...)
		}
	})
	return strings.Join(lines, "\n")
}

// menu is a select menu, open.
func menu(c map[string]any) []string {
	lines := []string{"[" + text(c, "placeholder") + " ▾]"}
	for _, v := range list(c["options"]) {
		o, _ := v.(map[string]any)
		lines = append(lines, strings.TrimRight("  ["+text(o, "label")+"] "+text(o, "description"), " "))
	}
	return lines
}

// Buttons are the message's.
func (m *Message) Buttons() []map[string]any { return m.all(2) }

func (m *Message) all(types ...int) []map[string]any {
	var found []map[string]any
	m.walk(func(c map[string]any) {
		if slices.Contains(types, kindOf(c)) {
			found = append(found, c)
		}
	})
	return found
}

func (m *Message) walk(do func(map[string]any)) {
	var look func(v any)
	look = func(v any) {
		c, is := v.(map[string]any)
		if !is {
			return
		}
		do(c)
		for _, v := range list(c["components"]) {
			look(v)
		}
		look(c["accessory"])
	}
	for _, v := range list(m.Raw["components"]) {
		look(v)
	}
}
