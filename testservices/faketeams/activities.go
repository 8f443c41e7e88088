package faketeams

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// writable is a conversation that the bot may write in now.
func (t *Teams) writable(id string) (*conversation, error) {
	c := t.conversations[id]
	switch {
	case c == nil:
		return nil, errConversation
	case c.blocked || c.kind == personal && !c.installed:
		return nil, errBlocked
	case !c.installed:
		return nil, errNotThere
	}
	return c, t.paced(c)
}

// paced holds a conversation to its limits. What is refused does not count.
func (t *Teams) paced(c *conversation) error {
	now := t.now()
	for _, l := range t.Limits {
		recent := slices.DeleteFunc(slices.Clone(c.writes), func(at time.Time) bool { return now.Sub(at) >= l.In })
		if len(recent) >= l.Count {
			wait := recent[len(recent)-l.Count].Add(l.In).Sub(now)
			seconds := int((wait + time.Second - 1) / time.Second)
			return &refusal{status: http.StatusTooManyRequests, code: "Throttled", message: "Too many requests.", retryAfter: max(1, seconds)}
		}
	}
	c.writes = append(c.writes, now)
	return nil
}

// create makes a chat with one person, or a post in a channel.
func (t *Teams) create(q request) (any, error) {
	b := q.body
	if id := text(object(b, "bot"), "id"); id != t.Bot() {
		return nil, bad("the bot is not %s but %q", t.Bot(), id)
	}
	if b["isGroup"] == true {
		return t.createPost(q)
	}
	members := list(b, "members")
	if len(members) != 1 {
		return nil, bad("a chat with %d members", len(members))
	}
	member, _ := members[0].(map[string]any)
	p := t.person(text(member, "id"))
	if p == nil {
		return nil, bad("Failed to decrypt conversation id")
	}
	c := t.chat(p)
	if err := inTenant(b, c.tenant(t)); err != nil {
		return nil, err
	}
	if _, err := t.writable(c.id); err != nil {
		return nil, err
	}
	result := map[string]any{"id": c.id, "serviceUrl": t.ServiceURL()}
	if b["activity"] != nil {
		m, err := t.put(c, "", object(b, "activity"))
		if err != nil {
			return nil, err
		}
		result["activityId"] = m.ID
	}
	return result, nil
}

// inTenant checks that a conversation is made in its tenant, which is named in either place.
func inTenant(b map[string]any, want string) error {
	named, inData := text(b, "tenantId"), text(object(object(b, "channelData"), "tenant"), "id")
	if named+inData == "" || named != "" && named != want || inData != "" && inData != want {
		return bad("the tenant is not %s", want)
	}
	return nil
}

func (t *Teams) createPost(q request) (any, error) {
	root := t.conversations[text(object(object(q.body, "channelData"), "channel"), "id")]
	if root == nil || root.kind != channel || root.root != "" {
		return nil, errConversation
	}
	if err := inTenant(q.body, t.Tenant); err != nil {
		return nil, err
	}
	if _, err := t.writable(root.id); err != nil {
		return nil, err
	}
	m, err := t.put(root, "", object(q.body, "activity"))
	if err != nil {
		return nil, err
	}
	return map[string]any{"id": m.Conversation, "activityId": m.ID, "serviceUrl": t.ServiceURL()}, nil
}

func (t *Teams) send(q request) (any, error) { return t.write(q, "") }

func (t *Teams) reply(q request) (any, error) { return t.write(q, q.activity) }

func (t *Teams) write(q request, replyTo string) (any, error) {
	c, err := t.writable(q.conversation)
	if err != nil {
		return nil, err
	}
	if replyTo != "" && !c.activities[replyTo] {
		return nil, errActivity
	}
	m, err := t.put(c, replyTo, q.body)
	if err != nil {
		return nil, err
	}
	return map[string]any{"id": m.ID}, nil
}

// put posts a message of the bot's. In a channel itself it begins a thread.
func (t *Teams) put(c *conversation, replyTo string, activity map[string]any) (*message, error) {
	if err := t.checked(c, activity); err != nil {
		return nil, err
	}
	id := t.stamp()
	if c.kind == channel && c.root == "" {
		c = t.thread(c, id)
	}
	m := &message{Message: Message{Conversation: c.id, ID: id, ReplyTo: replyTo, From: t.Bot(), At: t.now()}, shown: map[string]map[string]any{}}
	m.set(activity)
	c.activities[id] = true
	if activity["type"] == "message" {
		t.messages = append(t.messages, m)
	}
	return m, nil
}

// checked refuses an activity that Teams would not take, and notes whom it mentions.
func (t *Teams) checked(c *conversation, activity map[string]any) error {
	raw := encoded(activity)
	if utf16Size(raw) > messageLimit {
		return errTooBig
	}
	if len(raw) > cardLimit {
		t.large = append(t.large, fmt.Sprintf("%d bytes to %s", len(raw), c.id))
	}
	if problems := t.wrong(c, activity); len(problems) > 0 {
		return &refusal{status: http.StatusBadRequest, code: "BadSyntax", message: strings.Join(problems, "; ")}
	}
	t.pings = append(t.pings, mentioned(activity)...)
	return nil
}

func (t *Teams) update(q request) (any, error) {
	c, m, err := t.own(q)
	if err != nil {
		return nil, err
	}
	if err := t.checked(c, q.body); err != nil {
		return nil, err
	}
	m.set(q.body)
	m.Edits++
	return map[string]any{"id": m.ID}, nil
}

func (t *Teams) remove(q request) (any, error) {
	_, m, err := t.own(q)
	if err != nil {
		return nil, err
	}
	m.Deleted = true
	return map[string]any{}, nil
}

// own is a message of the bot's that is there still.
func (t *Teams) own(q request) (*conversation, *message, error) {
	c, err := t.writable(q.conversation)
	if err != nil {
		return nil, nil, err
	}
	m := t.message(q.conversation, q.activity)
	switch {
	case m == nil || m.Deleted:
		return nil, nil, errActivity
	case m.From != t.Bot():
		return nil, nil, errNotYours
	}
	return c, m, nil
}

func (t *Teams) message(conversation, id string) *message {
	for _, m := range t.messages {
		if m.Conversation == conversation && m.ID == id {
			return m
		}
	}
	return nil
}

func (t *Teams) member(q request) (any, error) {
	c := t.conversations[q.conversation]
	if c == nil {
		return nil, errConversation
	}
	for _, p := range c.members {
		if p.MRI == q.member || p.AAD == q.member {
			return p.account(), nil
		}
	}
	return nil, errMember
}

// pagedMembers gives a roster in pages. The token that goes on is where the next begins.
func (t *Teams) pagedMembers(q request) (any, error) {
	c := t.conversations[q.conversation]
	if c == nil {
		return nil, errConversation
	}
	size, err := strconv.Atoi(q.query("pageSize"))
	if q.query("pageSize") == "" {
		size, err = 200, nil
	}
	from, _ := strconv.Atoi(q.query("continuationToken"))
	if err != nil || from < 0 || from > len(c.members) {
		return nil, bad("the page is none")
	}
	end := min(from+min(max(size, 50), 500), len(c.members))
	page := map[string]any{}
	accounts := []any{}
	for _, p := range c.members[from:end] {
		accounts = append(accounts, p.account())
	}
	page["members"] = accounts
	if end < len(c.members) {
		page["continuationToken"] = strconv.Itoa(end)
	}
	return page, nil
}
