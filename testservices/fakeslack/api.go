package fakeslack

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// refusal is an answer that is not ok.
type refusal struct {
	name     string
	problems []Problem
	needed   string
}

func (r refusal) Error() string { return r.name }

func no(name string) error { return refusal{name: name} }

// methods answer under the lock.
var methods = map[string]struct {
	scope string
	do    func(w *Workspace, b map[string]any) (map[string]any, error)
}{
	"auth.test":             {"", (*Workspace).authTest},
	"auth.revoke":           {"", (*Workspace).authRevoke},
	"chat.postMessage":      {"chat:write", (*Workspace).postMessage},
	"chat.postEphemeral":    {"chat:write", (*Workspace).postEphemeral},
	"chat.update":           {"chat:write", (*Workspace).update},
	"conversations.open":    {"im:write", (*Workspace).openConversation},
	"users.info":            {"users:read", (*Workspace).userInfo},
	"usergroups.users.list": {"usergroups:read", (*Workspace).groupMembers},
	"views.open":            {"", (*Workspace).openView},
	"views.push":            {"", (*Workspace).pushView},
	"views.update":          {"", (*Workspace).updateView},
	"views.publish":         {"", (*Workspace).publish},
}

func (s *Slack) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	body, token := readBody(r)
	switch name {
	case "apps.connections.open":
		reply(w, s.openConnection(token))
		return
	case "oauth.v2.access":
		reply(w, s.access(r, body))
		return
	}
	s.mu.Lock()
	space := s.byToken(token)
	fault := s.fault(space, name)
	s.mu.Unlock()
	if fault != nil && fault.answer(w) {
		s.note(space, name, body, "a fault")
		return
	}
	s.mu.Lock()
	answer, err := s.call(space, token, name, body)
	s.mu.Unlock()
	if err != nil {
		s.note(space, name, body, err.Error())
		refuse(w, err)
		return
	}
	s.note(space, name, body, "")
	if space != nil {
		w.Header().Set("X-OAuth-Scopes", strings.Join(space.Scopes, ","))
	}
	reply(w, answer)
}

func (s *Slack) call(space *Workspace, token, name string, body map[string]any) (map[string]any, error) {
	method, known := methods[name]
	switch {
	case !known:
		return nil, no("unknown_method")
	case token == "":
		return nil, no("not_authed")
	case space == nil:
		return nil, no("invalid_auth")
	case !space.Installed:
		return nil, no("token_revoked")
	case method.scope != "" && !slices.Contains(space.Scopes, method.scope):
		return nil, refusal{name: "missing_scope", needed: method.scope}
	}
	return method.do(space, body)
}

func (s *Slack) byToken(token string) *Workspace {
	for _, w := range s.spaces {
		if w.Token == token {
			return w
		}
	}
	return nil
}

func (s *Slack) note(space *Workspace, method string, body map[string]any, wrong string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Call{Method: method, At: s.Now(), Body: copied(body), Error: wrong}
	if space != nil {
		c.Workspace = space.ID
	}
	s.calls = append(s.calls, c)
}

// fault takes one of what is to fail.
func (s *Slack) fault(space *Workspace, method string) *Fault {
	for _, f := range s.faults {
		fits := (f.Workspace == "" || space != nil && f.Workspace == space.ID) && (f.Method == "" || f.Method == method)
		if fits && f.Times > 0 {
			f.Times--
			return f
		}
	}
	return nil
}

// answer fails a call; false: it was only slow.
func (f *Fault) answer(w http.ResponseWriter) bool {
	time.Sleep(f.Hang)
	switch {
	case f.RetryAfter > 0:
		tooMany(w, f.RetryAfter)
	case f.Status > 0:
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, f.Body)
	case f.Body != "":
		_, _ = io.WriteString(w, f.Body)
	default:
		return false
	}
	return true
}

func tooMany(w http.ResponseWriter, seconds int) {
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = io.WriteString(w, `{"ok":false,"error":"ratelimited"}`)
}

// readBody reads a form or JSON. What is JSON in a form's field is read too.
func readBody(r *http.Request) (map[string]any, string) {
	raw, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	body := map[string]any{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		_ = json.Unmarshal(raw, &body)
	} else {
		form, _ := url.ParseQuery(string(raw))
		for key := range form {
			body[key] = field(key, form.Get(key))
		}
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token == "" {
		token, _ = body["token"].(string)
	}
	delete(body, "token")
	return body, token
}

func field(key, text string) any {
	switch key {
	case "blocks", "view", "attachments", "metadata":
		var v any
		if json.Unmarshal([]byte(text), &v) == nil {
			return v
		}
	}
	return text
}

func reply(w http.ResponseWriter, answer map[string]any) {
	if _, ok := answer["ok"]; !ok {
		answer["ok"] = true
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func refuse(w http.ResponseWriter, err error) {
	r, _ := err.(refusal) //nolint:errorlint // it is one, or the zero one
	if r.name == "ratelimited" {
		tooMany(w, 1)
		return
	}
	answer := map[string]any{"ok": false, "error": r.name}
	if r.needed != "" {
		answer["needed"] = r.needed
	}
	if len(r.problems) > 0 {
		var messages []string
		var all []map[string]any
		for _, p := range r.problems {
			messages = append(messages, p.String())
			all = append(all, map[string]any{"pointer": p.Pointer, "message": p.Message})
		}
		answer["errors"], answer["response_metadata"] = all, map[string]any{"messages": messages}
	}
	reply(w, answer)
}

func (w *Workspace) authTest(map[string]any) (map[string]any, error) {
	return map[string]any{"url": "https://" + strings.ToLower(w.ID) + ".slack.com/", "team": w.ID, "team_id": w.ID, "user": "cartwright", "user_id": w.BotUser, "bot_id": "B1"}, nil
}

func (w *Workspace) authRevoke(map[string]any) (map[string]any, error) {
	w.Installed = false
	return map[string]any{"revoked": true}, nil
}

func text(b map[string]any, key string) string {
	s, _ := b[key].(string)
	return s
}

// checked is a message that Slack would take.
func (w *Workspace) checked(b map[string]any) error {
	raw, err := json.Marshal(map[string]any{"text": b["text"], "blocks": orNone(b["blocks"])})
	if err != nil {
		return err
	}
	problems := Check(Message, raw)
	if len(problems) == 0 {
		return nil
	}
	if strings.HasPrefix(problems[0].Message, "no_text") {
		return no("no_text")
	}
	return refusal{name: "invalid_blocks", problems: problems}
}

func orNone(v any) any {
	if v == nil {
		return []any{}
	}
	return v
}

// paced holds a channel to its messages a second.
func (w *Workspace) paced(channel string) error {
	if w.refusals[channel] > 0 {
		w.refusals[channel]--
		return no("ratelimited")
	}
	now := w.Now()
	recent := slices.DeleteFunc(w.minute[channel], func(at time.Time) bool { return now.Sub(at) >= time.Second })
	if w.Burst > 0 && len(recent) >= w.Burst {
		return no("ratelimited")
	}
	w.minute[channel] = append(recent, now)
	return nil
}

// in checks that somebody is in a channel.
func (w *Workspace) in(channel, user, otherwise string) error {
	members, ok := w.channels[channel]
	switch {
	case !ok:
		return no("channel_not_found")
	case !slices.Contains(members, user):
		return no(otherwise)
	}
	return nil
}

func (w *Workspace) postMessage(b map[string]any) (map[string]any, error) {
	channel := text(b, "channel")
	if err := w.in(channel, w.BotUser, "not_in_channel"); err != nil {
		return nil, err
	}
	p, err := w.put(b, channel, "")
	if err != nil {
		return nil, err
	}
	return map[string]any{"channel": channel, "ts": p.TS, "message": map[string]any{"text": p.Text, "ts": p.TS}}, nil
}

func (w *Workspace) postEphemeral(b map[string]any) (map[string]any, error) {
	channel, user := text(b, "channel"), text(b, "user")
	if err := w.in(channel, w.BotUser, "not_in_channel"); err != nil {
		return nil, err
	}
	if err := w.in(channel, user, "user_not_in_channel"); err != nil {
		return nil, err
	}
	p, err := w.put(b, channel, user)
	if err != nil {
		return nil, err
	}
	return map[string]any{"message_ts": p.TS}, nil
}

// put posts a message, to one person alone where to is set.
func (w *Workspace) put(b map[string]any, channel, to string) (*Posted, error) {
	if err := w.checked(b); err != nil {
		return nil, err
	}
	if err := w.paced(channel); err != nil {
		return nil, err
	}
	blocks, _ := b["blocks"].([]any)
	p := &Posted{Workspace: w.ID, Channel: channel, TS: w.ts(), Thread: text(b, "thread_ts"), To: to, Text: text(b, "text"), Blocks: identified(w, blocks)}
	w.posts = append(w.posts, p)
	return p, nil
}

// identified gives a name to each block that has none, as Slack does.
func identified(w *Workspace, blocks []any) []any {
	for _, b := range blocks {
		if block, ok := b.(map[string]any); ok && text(block, "block_id") == "" {
			block["block_id"] = "b" + strconv.Itoa(w.number())
		}
	}
	return blocks
}

func (w *Workspace) update(b map[string]any) (map[string]any, error) {
	channel, ts := text(b, "channel"), text(b, "ts")
	p := w.post(channel, ts)
	switch {
	case w.channels[channel] == nil:
		return nil, no("channel_not_found")
	case p == nil || p.Deleted:
		return nil, no("message_not_found")
	case p.To != "":
		return nil, no("cant_update_message")
	}
	if err := w.checked(b); err != nil {
		return nil, err
	}
	if err := w.paced(channel); err != nil {
		return nil, err
	}
	blocks, _ := b["blocks"].([]any)
	p.Text, p.Blocks = text(b, "text"), identified(w, blocks)
	p.Edits++
	return map[string]any{"channel": channel, "ts": ts, "text": p.Text}, nil
}

func (w *Workspace) post(channel, ts string) *Posted {
	for _, p := range w.posts {
		if p.Channel == channel && p.TS == ts {
			return p
		}
	}
	return nil
}

func (w *Workspace) openConversation(b map[string]any) (map[string]any, error) {
	user := text(b, "users")
	if w.people[user] == nil {
		return nil, no("user_not_found")
	}
	return map[string]any{"channel": map[string]any{"id": w.dm(user)}}, nil
}

func (w *Workspace) userInfo(b map[string]any) (map[string]any, error) {
	p := w.people[text(b, "user")]
	if p == nil {
		return nil, no("user_not_found")
	}
	team := w.ID
	if p.Team != "" {
		team = p.Team
	}
	user := map[string]any{
		"id": p.ID, "team_id": team, "name": strings.ToLower(p.Name), "real_name": p.Name, "tz": p.TZ, "tz_label": p.TZ, "tz_offset": 3600,
		"deleted": p.Deleted, "is_bot": p.Bot, "is_restricted": p.Guest || p.SingleGuest, "is_ultra_restricted": p.SingleGuest, "is_stranger": p.Stranger,
		"profile": map[string]any{"display_name": p.Name, "real_name": p.Name},
	}
	if b["include_locale"] == "true" || b["include_locale"] == true {
		user["locale"] = p.Locale
	}
	return map[string]any{"user": user}, nil
}

func (w *Workspace) groupMembers(b map[string]any) (map[string]any, error) {
	members, ok := w.groups[text(b, "usergroup")]
	if !ok {
		return nil, no("no_such_subteam")
	}
	return map[string]any{"users": members}, nil
}

// serveHook takes what is posted to a response_url.
func (s *Slack) serveHook(rw http.ResponseWriter, r *http.Request) {
	body, _ := readBody(r)
	s.mu.Lock()
	h := s.hooks[r.PathValue("hook")]
	var space *Workspace
	if h != nil {
		space = h.space
	}
	fault := s.fault(space, "response_url")
	s.mu.Unlock()
	if fault != nil && fault.answer(rw) {
		s.note(space, "response_url", body, "a fault")
		return
	}
	s.mu.Lock()
	err := s.respond(h, body)
	s.mu.Unlock()
	if err == nil {
		s.note(space, "response_url", body, "")
		_, _ = io.WriteString(rw, "ok")
		return
	}
	s.note(space, "response_url", body, err.Error())
	if err.Error() == "ratelimited" {
		tooMany(rw, 1)
		return
	}
	status := http.StatusBadRequest
	if err.Error() == "used_url" || err.Error() == "expired_url" {
		status = http.StatusNotFound
	}
	rw.WriteHeader(status)
	refuse(rw, err)
}

func (s *Slack) respond(h *hook, b map[string]any) error {
	switch {
	case h == nil:
		return no("expired_url")
	case s.Now().Sub(h.at) > hookLife:
		return no("expired_url")
	case h.uses >= hookUses:
		return no("used_url")
	}
	if b["delete_original"] == true && len(b) > 1 && (b["text"] != nil || b["blocks"] != nil) {
		return no("invalid_arguments")
	}
	if b["replace_original"] == true && h.message != nil {
		if err := h.space.checked(b); err != nil {
			return err
		}
		if err := h.space.paced(h.channel); err != nil {
			return err
		}
		blocks, _ := b["blocks"].([]any)
		h.message.Text, h.message.Blocks = text(b, "text"), identified(h.space, blocks)
		h.message.Edits++
		h.uses++
		return nil
	}
	to := h.user
	if text(b, "response_type") == "in_channel" {
		to = ""
	}
	if _, err := h.space.put(b, h.channel, to); err != nil {
		return err
	}
	h.uses++
	return nil
}

// String is a message as a failing test shows it.
func (p Posted) String() string {
	return fmt.Sprintf("%s/%s to %q:\n%s", p.Channel, p.TS, p.To, p.Read())
}
