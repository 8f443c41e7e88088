package faketeams

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Person is somebody of the tenant, with a client. Nobody can press what is not on their
// screen. Empty fields are made up.
type Person struct {
	AAD      string // the object id
	MRI      string // what this bot knows them by, 29:…
	Name     string
	Locale   string // of their client, en-US by default
	Tenant   string // another's, whose personal chat is there; "" for this one
	Role     string // in a conversation: "user" by default, "guest", "anonymous"
	Careless bool   // their client does not look at what is put in

	teams *Teams
}

// ErrNotThere says that what is to be used is not on the person's screen.
var ErrNotThere = errors.New("is not there")

// Person adds somebody. The app is installed for them, and nobody has told the bot.
func (t *Teams) Person(p Person) *Person {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.number()
	p.teams = t
	setDefault(&p.AAD, fmt.Sprintf("00000000-0000-4000-8000-%012x", n))
	setDefault(&p.MRI, fmt.Sprintf("29:1%040d-_x", n))
	setDefault(&p.Name, fmt.Sprintf("Person %d", n))
	setDefault(&p.Locale, "en-US")
	setDefault(&p.Tenant, t.Tenant)
	setDefault(&p.Role, "user")
	t.people = append(t.people, &p)
	t.chat(&p).installed = true
	return &p
}

// person finds somebody by what the bot knows them by.
func (t *Teams) person(mri string) *Person {
	i := slices.IndexFunc(t.people, func(p *Person) bool { return p.MRI == mri })
	if i < 0 {
		return nil
	}
	return t.people[i]
}

// account is a member of a roster.
func (p *Person) account() map[string]any {
	given, family, _ := strings.Cut(p.Name, " ")
	mail := strings.ToLower(strings.ReplaceAll(p.Name, " ", ".")) + "@example.com"
	return map[string]any{
		"id": p.MRI, "name": p.Name, "givenName": given, "surname": family, "email": mail, "userPrincipalName": mail,
		"aadObjectId": p.AAD, "objectId": p.AAD, "tenantId": p.Tenant, "userRole": p.Role,
	}
}

// Chat is the person's conversation with the bot.
func (p *Person) Chat() string {
	p.teams.mu.Lock()
	defer p.teams.mu.Unlock()
	return p.teams.chat(p).id
}

// See is what the person sees in a conversation, the newest last.
func (p *Person) See(conversation string) []Message {
	p.teams.mu.Lock()
	defer p.teams.mu.Unlock()
	c := p.teams.conversations[conversation]
	if c == nil || !slices.Contains(c.members, p) {
		return nil
	}
	var seen []Message
	for _, m := range p.teams.messages {
		inside := m.Conversation == conversation || strings.HasPrefix(m.Conversation, conversation+";")
		if inside && !m.Deleted {
			seen = append(seen, m.seenBy(p.MRI))
		}
	}
	return seen
}

// Last is the newest message of the bot's that the person sees in a conversation, the zero
// one for none. A channel has those of its threads.
func (p *Person) Last(conversation string) Message {
	for _, m := range slices.Backward(p.See(conversation)) {
		if m.From == p.teams.Bot() {
			return m
		}
	}
	return Message{}
}

// Now is a message as the person sees it now, the zero one where it is gone.
func (p *Person) Now(m Message) Message {
	for _, now := range p.See(m.Conversation) {
		if now.ID == m.ID {
			return now
		}
	}
	return Message{}
}

// Until waits for something to be seen, for as long as ctx lasts.
func (p *Person) Until(ctx context.Context, seen func() bool) error {
	for !seen() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// Says writes to the bot in the personal chat.
func (p *Person) Says(ctx context.Context, said string) error {
	_, err := p.write(ctx, p.Chat(), map[string]any{"text": said, "textFormat": "plain", "attachments": html("<p>" + said + "</p>")})
	return err
}

// SaysIn mentions the bot in a group's chat, a channel or a thread. It answers the
// conversation in which that was said: in a channel it begins a thread.
func (p *Person) SaysIn(ctx context.Context, conversation, said string) (string, error) {
	return p.SaysOf(ctx, conversation, said, p)
}

// SaysOf is SaysIn, and mentions somebody else too, where said has an @.
func (p *Person) SaysOf(ctx context.Context, conversation, said string, other *Person) (string, error) {
	t := p.teams
	at := "<at>" + t.BotName + "</at>"
	entities := []any{map[string]any{"type": "mention", "mentioned": map[string]any{"id": t.Bot(), "name": t.BotName}, "text": at}}
	if whole := strings.ReplaceAll(said, "@", "<at>"+other.Name+"</at>"); whole != said {
		entities = append(entities, map[string]any{"type": "mention", "mentioned": map[string]any{"id": other.MRI, "name": other.Name}, "text": "<at>" + other.Name + "</at>"})
		said = whole
	}
	return p.write(ctx, conversation, map[string]any{
		"text": at + "&nbsp;" + said + "\n", "textFormat": "plain",
		"attachments": html(`<div><div><span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">` + t.BotName + "</span>&nbsp;" + said + "</div>\n</div>"),
		"entities":    entities,
	})
}

func html(content string) []any {
	return []any{map[string]any{"contentType": "text/html", "content": content}}
}

// write delivers a message of the person's.
func (p *Person) write(ctx context.Context, conversation string, more map[string]any) (string, error) {
	t := p.teams
	t.mu.Lock()
	c := t.conversations[conversation]
	if c == nil || !slices.Contains(c.members, p) || !c.installed {
		t.mu.Unlock()
		return "", fmt.Errorf("the conversation %s %w", conversation, ErrNotThere)
	}
	id := t.stamp()
	if c.kind == channel && c.root == "" {
		c = t.thread(c, id)
	}
	a := p.activity(c, "message", id)
	entities := append(list(a, "entities"), list(more, "entities")...)
	maps.Copy(a, more)
	a["entities"] = entities
	m := &message{Message: Message{Conversation: c.id, ID: id, From: p.MRI, At: t.now(), Text: text(a, "text"), Raw: copied(a)}}
	t.messages = append(t.messages, m)
	t.mu.Unlock()
	_, err := t.deliver(ctx, a)
	return c.id, err
}

// activity is what all activities of the person's in a conversation have.
func (p *Person) activity(c *conversation, kind, id string) map[string]any {
	t := p.teams
	c.activities[id] = true
	now := t.now()
	tenant := c.tenant(t)
	place := map[string]any{"conversationType": c.kind, "tenantId": tenant, "id": c.id}
	data := map[string]any{"tenant": map[string]any{"id": tenant}}
	if c.kind != personal {
		place["isGroup"] = true
	}
	if c.kind == channel {
		root := c.root
		setDefault(&root, c.id)
		data["teamsChannelId"], data["teamsTeamId"] = root, c.team
		data["channel"], data["team"] = map[string]any{"id": root}, map[string]any{"id": c.team}
	}
	return map[string]any{
		"type": kind, "id": id, "channelId": "msteams", "serviceUrl": t.ServiceURL(), "locale": p.Locale,
		"timestamp": now.UTC().Format(time.RFC3339Nano), "localTimestamp": now.Format(time.RFC3339Nano), "localTimezone": "Europe/Paris",
		"from":      map[string]any{"id": p.MRI, "name": p.Name, "aadObjectId": p.AAD},
		"recipient": map[string]any{"id": t.Bot(), "name": t.BotName}, "conversation": place, "channelData": data,
		"entities": []any{map[string]any{"type": "clientInfo", "locale": p.Locale, "country": "FR", "platform": "Web", "timezone": "Europe/Paris"}},
	}
}

// Install adds the app for the person, as from Teams' store.
func (p *Person) Install(ctx context.Context) error { return p.InstallIn(ctx, p.Chat()) }

// InstallIn adds the app to a conversation.
func (p *Person) InstallIn(ctx context.Context, conversation string) error {
	return p.installs(ctx, conversation, true)
}

// Uninstall removes the app for the person.
func (p *Person) Uninstall(ctx context.Context) error { return p.UninstallIn(ctx, p.Chat()) }

// UninstallIn removes the app from a conversation.
func (p *Person) UninstallIn(ctx context.Context, conversation string) error {
	return p.installs(ctx, conversation, false)
}

// installs tells the bot of an installation or a removal: twice, as Teams does.
func (p *Person) installs(ctx context.Context, conversation string, there bool) error {
	t := p.teams
	t.mu.Lock()
	c := t.conversations[conversation]
	if c == nil {
		t.mu.Unlock()
		return fmt.Errorf("the conversation %s %w", conversation, ErrNotThere)
	}
	t.install(c, there)
	update, installation := p.activity(c, "conversationUpdate", "f:"+opaque()), p.activity(c, "installationUpdate", "f:"+opaque())
	who := []any{map[string]any{"id": t.Bot()}}
	if there {
		update["membersAdded"], installation["action"] = who, "add"
	} else {
		update["membersRemoved"], installation["action"] = who, "remove"
	}
	t.mu.Unlock()
	_, err := t.deliver(ctx, update)
	_, again := t.deliver(ctx, installation)
	return errors.Join(err, again)
}

// install has the bot in a conversation and its threads, or no longer.
func (t *Teams) install(c *conversation, there bool) {
	for _, other := range t.conversations {
		if other == c || other.root == c.id {
			other.installed = there
		}
	}
}
