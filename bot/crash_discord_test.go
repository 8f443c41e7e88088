package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"cartwright/testservices/fakediscord"
)

// discordChat is a guild: the wizard in a channel, to the buyer alone, the order's message
// in a direct message, and the request in the managers' channel.
type discordChat struct {
	t      *testing.T
	set    settings
	wire   *wire
	played *fakediscord.Discord
	people [2]*fakediscord.Person
	mu     sync.Mutex
	base   string
}

// The channels of the guild.
const (
	discordChannel  = "6"
	discordManagers = "55"
)

func openDiscord(t *testing.T) chat {
	t.Helper()
	d := fakediscord.New()
	t.Cleanup(d.Close)
	c := &discordChat{t: t, played: d, wire: newWire(t, d.APIURL())}
	for i, name := range []string{"aicha", "bruno"} {
		id := []string{"11", "12"}[i]
		d.Join(id, name)
		c.people[i] = &fakediscord.Person{Discord: d, ID: id, Locale: "en-US", Bot: c.bot}
	}
	c.set = settings{
		"ORGANISATIONS_FILE":     chatFile(t, "discord", d.Guild, discordManagers, "11", "12"),
		"DISCORD_APPLICATION_ID": d.Application, "DISCORD_PUBLIC_KEY": hex.EncodeToString(d.PublicKey), "DISCORD_BOT_TOKEN": d.Token, "DISCORD_API_URL": c.wire.url,
	}
	return c
}

func (c *discordChat) bot() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base
}

func (c *discordChat) deliver(base string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = base
}

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
		return c.chat.wire.posted(fakediscord.DirectChannel(c.ID))
	case requests:
		return c.chat.wire.posted(discordManagers)
	}
	m := c.Last(discordChannel)
	if m.ID == "" {
		return nil
	}
	s := seenInDiscord(m)
	s.raw = c.Real(m)
	return []seen{s}
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
		return c.Press(c.chat.t.Context(), c.Real(question), ref)
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

// wire stands between the bot and Discord, and notes the bot's own messages.
type wire struct {
	url  string
	mu   sync.Mutex
	sent []*fakediscord.Message
}

func newWire(t *testing.T, api string) *wire {
	t.Helper()
	to, err := url.Parse(api)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{}
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: w.note,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // the bot died
	}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		in.Body, in.GetBody = io.NopCloser(bytes.NewReader(body)), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		proxy.ServeHTTP(out, in)
	}))
	t.Cleanup(server.Close)
	w.url = server.URL + "/"
	return w
}

// note keeps a message that was posted or edited in a channel.
func (w *wire) note(r *http.Response) error {
	parts := strings.Split(strings.Trim(r.Request.URL.Path, "/"), "/")
	if r.StatusCode >= 300 || len(parts) < 3 || parts[0] != "channels" || r.Request.GetBody == nil {
		return nil
	}
	content, err := r.Request.GetBody()
	if err != nil {
		return err
	}
	var raw map[string]any
	if err := json.NewDecoder(content).Decode(&raw); err != nil {
		return err
	}
	if len(parts) == 4 {
		w.edited(parts[1], parts[3], raw)
		return nil
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(text))
	var made struct{ ID string }
	if err := json.Unmarshal(text, &made); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, &fakediscord.Message{Channel: parts[1], ID: made.ID, Raw: raw})
	return nil
}

func (w *wire) edited(channel, id string, raw map[string]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.sent, func(m *fakediscord.Message) bool { return m.Channel == channel && m.ID == id })
	if i >= 0 {
		now := *w.sent[i]
		now.Raw, now.Edits = raw, now.Edits+1
		w.sent[i] = &now
	}
}

// posted are the bot's messages in a channel, the newest last.
func (w *wire) posted(channel string) []seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []seen
	for _, m := range w.sent {
		if m.Channel == channel {
			all = append(all, seenInDiscord(m))
		}
	}
	return all
}
