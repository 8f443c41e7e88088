// Package fakediscord plays Discord's REST API and its people, for tests: what cannot be had
// here. It refuses what Discord documents that it refuses.
package fakediscord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Discord is one that is played: a guild, its members, and the messages of an application.
type Discord struct {
	Application, Token, Guild string
	PublicKey                 ed25519.PublicKey

	server *httptest.Server
	key    ed25519.PrivateKey

	mu       sync.Mutex
	ids      int
	members  map[string]map[string]any
	messages map[string]*Message // by channel/id
	order    []*Message
	tokens   map[string]*Message // of interactions, to what was answered
	refusals []string
	commands []any
}

// Message is a message as its readers have it.
type Message struct {
	Channel, ID string
	To          string // the person who alone sees it, "" for everyone in the channel
	Edits       int
	Raw         map[string]any
}

// New starts one.
func New() *Discord {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	d := &Discord{
		Application: "1001", Token: "the bot's token", Guild: "42", PublicKey: public, key: private, ids: 5000,
		members: map[string]map[string]any{}, messages: map[string]*Message{}, tokens: map[string]*Message{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /guilds/{guild}/members/{user}", d.member)
	mux.HandleFunc("GET /guilds/{guild}", d.guild)
	mux.HandleFunc("GET /applications/@me", d.application)
	mux.HandleFunc("GET /applications/{application}/commands", d.list)
	mux.HandleFunc("PUT /applications/{application}/commands", d.overwrite)
	mux.HandleFunc("POST /users/@me/channels", d.direct)
	mux.HandleFunc("POST /channels/{channel}/messages", d.post)
	mux.HandleFunc("PATCH /channels/{channel}/messages/{message}", d.edit)
	mux.HandleFunc("PATCH /webhooks/{application}/{token}/messages/@original", d.original)
	mux.HandleFunc("POST /webhooks/{application}/{token}", d.follow)
	d.server = httptest.NewServer(mux)
	return d
}

// Close stops it.
func (d *Discord) Close() { d.server.Close() }

// APIURL is where it is; it ends in a slash.
func (d *Discord) APIURL() string { return d.server.URL + "/" }

// Refusals are the calls that were refused, but for those that ask for what is not there.
func (d *Discord) Refusals() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.refusals...)
}

// Join makes somebody a member of the guild, with roles.
func (d *Discord) Join(id, name string, roles ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.members[id] = map[string]any{"user": map[string]any{"id": id, "username": name}, "roles": append([]string{}, roles...)}
}

func (d *Discord) next() string { d.ids++; return strconv.Itoa(d.ids) }

func (d *Discord) refuse(w http.ResponseWriter, r *http.Request, status, code int, why string) {
	if status != http.StatusNotFound {
		d.refusals = append(d.refusals, fmt.Sprintf("%s %s: %s", r.Method, r.URL.Path, why))
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "message": why})
}

// authorised reports whether the call carries the bot's token.
func (d *Discord) authorised(w http.ResponseWriter, r *http.Request) bool {
	if r.Header.Get("Authorization") == "Bot "+d.Token {
		return true
	}
	d.refuse(w, r, http.StatusUnauthorized, 0, "401: Unauthorized")
	return false
}

func (d *Discord) member(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.authorised(w, r) {
		return
	}
	m, ok := d.members[r.PathValue("user")]
	if !ok || r.PathValue("guild") != d.Guild {
		d.refuse(w, r, http.StatusNotFound, 10007, "Unknown Member")
		return
	}
	_ = json.NewEncoder(w).Encode(m)
}

func (d *Discord) guild(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !d.authorised(w, r):
	case r.PathValue("guild") != d.Guild:
		d.refuse(w, r, http.StatusNotFound, 10004, "Unknown Guild")
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"id": d.Guild})
	}
}

func (d *Discord) application(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.authorised(w, r) {
		_ = json.NewEncoder(w).Encode(map[string]any{"id": d.Application, "verify_key": hex.EncodeToString(d.PublicKey)})
	}
}

func (d *Discord) list(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.authorised(w, r) {
		_ = json.NewEncoder(w).Encode(append([]any{}, d.commands...))
	}
}

// overwrite replaces all commands of the application.
func (d *Discord) overwrite(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []any
	switch {
	case !d.authorised(w, r):
	case json.NewDecoder(r.Body).Decode(&all) != nil || r.PathValue("application") != d.Application:
		d.refuse(w, r, http.StatusBadRequest, 50035, "Invalid Form Body")
	default:
		d.commands = all
		_ = json.NewEncoder(w).Encode(all)
	}
}

func (d *Discord) direct(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var body struct {
		Recipient string `json:"recipient_id"`
	}
	if !d.authorised(w, r) {
		return
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || d.members[body.Recipient] == nil {
		d.refuse(w, r, http.StatusBadRequest, 50035, "Invalid Form Body")
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"id": DirectChannel(body.Recipient), "type": 1})
}

// DirectChannel is the channel of the bot and a person.
func DirectChannel(person string) string { return "99" + person }

func (d *Discord) post(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	raw, ok := d.body(w, r)
	if !d.authorised(w, r) || !ok {
		return
	}
	m := &Message{Channel: r.PathValue("channel"), ID: d.next(), Raw: raw}
	d.keep(m)
	_ = json.NewEncoder(w).Encode(map[string]any{"id": m.ID, "channel_id": m.Channel})
}

func (d *Discord) keep(m *Message) {
	d.messages[m.Channel+"/"+m.ID] = m
	d.order = append(d.order, m)
}

func (d *Discord) edit(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	raw, ok := d.body(w, r)
	if !d.authorised(w, r) || !ok {
		return
	}
	m := d.messages[r.PathValue("channel")+"/"+r.PathValue("message")]
	if m == nil || m.To != "" { // the bot cannot reach what one person alone sees
		d.refuse(w, r, http.StatusNotFound, 10008, "Unknown Message")
		return
	}
	m.Raw, m.Edits = raw, m.Edits+1
	_, _ = io.WriteString(w, "{}")
}

// original edits the answer to an interaction: nobody needs the bot's token for it.
func (d *Discord) original(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	raw, ok := d.body(w, r)
	if !ok {
		return
	}
	m := d.tokens[r.PathValue("token")]
	if m == nil {
		d.refuse(w, r, http.StatusNotFound, 10015, "Unknown Webhook")
		return
	}
	m.Raw, m.Edits = raw, m.Edits+1
	_, _ = io.WriteString(w, "{}")
}

func (d *Discord) follow(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	raw, ok := d.body(w, r)
	if !ok {
		return
	}
	was := d.tokens[r.PathValue("token")]
	if was == nil {
		d.refuse(w, r, http.StatusNotFound, 10015, "Unknown Webhook")
		return
	}
	d.keep(&Message{Channel: was.Channel, ID: d.next(), To: was.To, Raw: raw})
	_, _ = io.WriteString(w, "{}")
}

// body reads a message that Discord would take.
func (d *Discord) body(w http.ResponseWriter, r *http.Request) (map[string]any, bool) {
	var raw map[string]any
	err := json.NewDecoder(r.Body).Decode(&raw)
	if err == nil {
		err = Check(raw)
	}
	if err != nil {
		d.refuse(w, r, http.StatusBadRequest, 50035, "Invalid Form Body: "+err.Error())
		return nil, false
	}
	return raw, true
}

// Check holds a message to what Discord takes of components together.
func Check(raw map[string]any) error {
	flags, _ := raw["flags"].(float64)
	all, _ := raw["components"].([]any)
	if int(flags)&(1<<15) == 0 || len(all) == 0 || raw["content"] != nil {
		return fmt.Errorf("it is no message of components alone")
	}
	ids, count, text := map[string]bool{}, 0, 0
	var look func(v any) error
	look = func(v any) error {
		c, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%v is no component", v)
		}
		count++
		content, _ := c["content"].(string)
		text += len([]rune(content))
		if id, ok := c["custom_id"].(string); ok {
			if ids[id] || len(id) > 100 {
				return fmt.Errorf("the custom_id %q is too long or there twice", id)
			}
			ids[id] = true
		}
		inside, _ := c["components"].([]any)
		if c["accessory"] != nil {
			inside = append(append([]any{}, inside...), c["accessory"])
		}
		for _, v := range inside {
			if err := look(v); err != nil {
				return err
			}
		}
		return nil
	}
	for _, v := range all {
		if err := look(v); err != nil {
			return err
		}
	}
	if count > 40 || text > 4000 {
		return fmt.Errorf("%d components and %d characters", count, text)
	}
	return nil
}

// Person is somebody at a client of Discord's.
type Person struct {
	*Discord
	ID, Locale string
	Bot        func() string // where the bot is
	Modal      map[string]any
	from       *Message // from which the modal was opened
}

// answerTime is how long Discord waits for the first answer.
const answerTime = 3 * time.Second

// Command sends "/m365" with a subcommand and what is given to it, by name.
func (p *Person) Command(ctx context.Context, name string, given ...string) error {
	sub := map[string]any{"name": name, "type": 1}
	var options []any
	for i := 0; i+1 < len(given); i += 2 {
		options = append(options, map[string]any{"name": given[i], "type": 3, "value": given[i+1]})
	}
	sub["options"] = options
	return p.send(ctx, 2, map[string]any{"name": "m365", "type": 1, "options": []any{sub}}, nil)
}

// Press clicks the first button of a message whose ref begins so.
func (p *Person) Press(ctx context.Context, m *Message, ref string) error {
	for _, b := range m.Buttons() {
		id, _ := b["custom_id"].(string)
		if _, printed, ok := strings.Cut(id, "!"); ok && strings.HasPrefix(printed, ref) {
			return p.send(ctx, 3, map[string]any{"component_type": 2, "custom_id": id}, m)
		}
	}
	return fmt.Errorf("no button %q in\n%s", ref, m.Read())
}

// Submit sends the open modal, with values by their field's id.
func (p *Person) Submit(ctx context.Context, values map[string]string) error {
	if p.Modal == nil {
		return fmt.Errorf("no modal is open")
	}
	var filled []any
	for _, v := range p.Modal["components"].([]any) {
		in, ok := v.(map[string]any)["component"].(map[string]any)
		if !ok {
			continue
		}
		id := in["custom_id"].(string)
		given := map[string]any{"type": in["type"], "custom_id": id}
		value, typed := values[id]
		switch in["type"].(float64) {
		case 3:
			given["values"] = []string{value}
		case 23:
			given["value"] = value == "true"
		default:
			if !typed {
				value = initial(in)
			}
			given["value"] = value
		}
		filled = append(filled, map[string]any{"type": 18, "component": given})
	}
	data, m := map[string]any{"custom_id": p.Modal["custom_id"], "components": filled}, p.from
	p.Modal, p.from = nil, nil
	return p.send(ctx, 5, data, m)
}

func initial(in map[string]any) string {
	options, _ := in["options"].([]any)
	for _, o := range options {
		if option := o.(map[string]any); option["default"] == true {
			return option["value"].(string)
		}
	}
	text, _ := in["value"].(string)
	return text
}

// send delivers an interaction, signed, and takes the answer.
func (p *Person) send(ctx context.Context, kind int, data map[string]any, m *Message) error {
	p.mu.Lock()
	id, token := p.next(), "token"+p.next()
	body := map[string]any{
		"id": id, "application_id": p.Application, "type": kind, "token": token, "version": 1, "locale": p.Locale, "data": data, "channel_id": "6",
	}
	direct := m != nil && m.Channel == DirectChannel(p.ID)
	if direct {
		body["user"], body["channel_id"] = p.members[p.ID]["user"], m.Channel
	} else {
		body["guild_id"], body["member"] = p.Guild, p.members[p.ID]
	}
	if m != nil {
		body["message"] = map[string]any{"id": m.ID, "components": m.Raw["components"]}
	}
	p.mu.Unlock()
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.Bot()+"/discord/interactions", bytes.NewReader(text))
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(p.key, append([]byte(stamp), text...))))
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	var answer struct {
		Type int            `json:"type"`
		Data map[string]any `json:"data"`
	}
	if err := json.NewDecoder(got.Body).Decode(&answer); got.StatusCode != http.StatusOK || err != nil {
		return fmt.Errorf("the bot answers %s, %w", got.Status, err)
	}
	return p.take(kind, token, answer.Type, answer.Data, m)
}

// take shows the first answer to an interaction, where it is of a kind that is allowed there.
func (p *Person) take(kind int, token string, answer int, data map[string]any, m *Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	channel := "6"
	if m != nil {
		channel = m.Channel
	}
	switch answer {
	case 4, 7:
		if err := Check(data); err != nil {
			return fmt.Errorf("50035: %w", err)
		}
		if answer == 7 {
			if m == nil {
				return fmt.Errorf("50035: there is no message to update")
			}
			m.Raw, m.Edits, p.tokens[token] = data, m.Edits+1, m
			return nil
		}
		made := &Message{Channel: channel, ID: p.next(), Raw: data}
		if flags, _ := data["flags"].(float64); int(flags)&64 != 0 {
			made.To = p.ID
		}
		p.keep(made)
		p.tokens[token] = made
	case 5:
		made := &Message{Channel: channel, ID: p.next(), To: p.ID, Raw: map[string]any{}}
		p.keep(made)
		p.tokens[token] = made
	case 6:
		if m == nil {
			return fmt.Errorf("50035: there is no message to update")
		}
		p.tokens[token] = m
	case 9:
		if kind == 5 {
			return fmt.Errorf("50035: a modal cannot answer a modal")
		}
		p.Modal, p.from = data, m
	default:
		return fmt.Errorf("50035: an answer of the type %d", answer)
	}
	return nil
}

// Last is the newest message that the person sees in a channel, an empty one for none.
func (p *Person) Last(channel string) *Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.order) - 1; i >= 0; i-- {
		if m := p.order[i]; m.Channel == channel && (m.To == "" || m.To == p.ID) {
			return &Message{Channel: m.Channel, ID: m.ID, To: m.To, Edits: m.Edits, Raw: m.Raw}
		}
	}
	return &Message{Raw: map[string]any{}}
}

// Real is the message itself, to be clicked.
func (p *Person) Real(m *Message) *Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.messages[m.Channel+"/"+m.ID]
}

// Read is what stands in a message, a line for each thing.
func (m *Message) Read() string {
	var lines []string
	m.walk(func(c map[string]any) {
		if text, ok := c["content"].(string); ok {
			lines = append(lines, text)
		}
		if label, ok := c["label"].(string); ok {
			lines = append(lines, "["+label+"]")
		}
	})
	return strings.Join(lines, "\n")
}

// Buttons are the message's.
func (m *Message) Buttons() []map[string]any {
	var all []map[string]any
	m.walk(func(c map[string]any) {
		if c["type"] == float64(2) {
			all = append(all, c)
		}
	})
	return all
}

func (m *Message) walk(do func(map[string]any)) {
	var look func(v any)
	look = func(v any) {
		c, ok := v.(map[string]any)
		if !ok {
			return
		}
		do(c)
		inside, _ := c["components"].([]any)
		for _, v := range inside {
			look(v)
		}
		look(c["accessory"])
	}
	all, _ := m.Raw["components"].([]any)
	for _, v := range all {
		look(v)
	}
}
