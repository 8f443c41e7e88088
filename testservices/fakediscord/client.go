package fakediscord

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// Person is somebody at a client of Discord's.
type Person struct {
	*Discord
	ID, Locale string
}

// Types of options.
const (
	subcommand = 1
	group      = 2
	optionText = 3
	optionInt  = 4
	optionNum  = 10
)

// Command sends "/m365" with a subcommand, in the guild, and what is given to it by name. Where
// the application has registered its commands, they must be among those.
func (p *Person) Command(ctx context.Context, name string, given ...string) error {
	data, err := p.given(name, "", given)
	if err == nil {
		_, err = p.act(ctx, commanded, data, nil)
	}
	return err
}

// Type types into an option of a subcommand, and answers what is suggested.
func (p *Person) Type(ctx context.Context, name, option, text string) ([]Choice, error) {
	data, err := p.given(name, option, []string{option, text})
	if err != nil {
		return nil, err
	}
	i, err := p.act(ctx, autocomplete, data, nil)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return i.choices, nil
}

func (p *Person) given(name, focused string, given []string) (map[string]any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	registered := p.command("m365")
	known := named(list(registered["options"]), name)
	if len(p.commands) > 0 && known == nil {
		return nil, fmt.Errorf("/m365 has no subcommand %q", name)
	}
	options := []any{}
	for n := 0; n+1 < len(given); n += 2 {
		o := map[string]any{"name": given[n], "type": optionText, "value": given[n+1]}
		if known != nil {
			takes := named(list(known["options"]), given[n])
			if takes == nil || focused != "" && takes["autocomplete"] != true {
				return nil, fmt.Errorf("/m365 %s takes no %q so", name, given[n])
			}
			o["type"] = kindOf(takes)
			if o["type"] == optionInt {
				n, err := strconv.Atoi(given[n+1])
				if least, most := number(takes, "min_value"), number(takes, "max_value"); err != nil || n < least || most > 0 && n > most {
					return nil, fmt.Errorf("the client sends no %q for %s", given, name)
				}
				o["value"] = n
			}
		}
		if given[n] == focused {
			o["focused"] = true
		}
		options = append(options, o)
	}
	sub := map[string]any{"name": name, "type": subcommand, "options": options}
	data := map[string]any{"id": "3001", "name": "m365", "type": 1, "options": []any{sub}}
	if id := text(registered, "id"); id != "" {
		data["id"] = id
	}
	return data, nil
}

func number(v map[string]any, key string) int {
	n, _ := v[key].(float64)
	return int(n)
}

// Press clicks the first button of a message whose ref, what follows "!" in its custom_id or
// all of that, begins so.
func (p *Person) Press(ctx context.Context, m *Message, ref string) error {
	b := find(m.Buttons(), ref)
	if b == nil {
		return fmt.Errorf("no button %q in\n%s", ref, m.Read())
	}
	_, err := p.act(ctx, clicked, map[string]any{"component_type": 2, "custom_id": b["custom_id"]}, m)
	return err
}

// Select chooses values in the first select menu of a message whose ref begins so.
func (p *Person) Select(ctx context.Context, m *Message, ref string, values ...string) error {
	s := find(m.all(3, 5, 6, 7, 8), ref)
	if s == nil {
		return fmt.Errorf("no select menu %q in\n%s", ref, m.Read())
	}
	_, err := p.act(ctx, clicked, map[string]any{"component_type": kindOf(s), "custom_id": s["custom_id"], "values": values}, m)
	return err
}

// Choose chooses the first option of a message's menus whose value's ref, what follows "!" in
// it or all of that, begins so.
func (p *Person) Choose(ctx context.Context, m *Message, ref string) error {
	for _, s := range m.all(3) {
		for _, v := range list(s["options"]) {
			o, _ := v.(map[string]any)
			value := text(o, "value")
			_, printed, cut := strings.Cut(value, "!")
			if !cut {
				printed = value
			}
			if strings.HasPrefix(printed, ref) {
				_, err := p.act(ctx, clicked, map[string]any{"component_type": 3, "custom_id": s["custom_id"], "values": []string{value}}, m)
				return err
			}
		}
	}
	return fmt.Errorf("no option %q in\n%s", ref, m.Read())
}

func find(all []map[string]any, ref string) map[string]any {
	for _, c := range all {
		id := text(c, "custom_id")
		if _, printed, cut := strings.Cut(id, "!"); cut {
			id = printed
		}
		if id != "" && c["disabled"] != true && strings.HasPrefix(id, ref) {
			return c
		}
	}
	return nil
}

// Modal is the one that is open, nil for none.
func (p *Person) Modal() map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	if open := p.modals[p.ID]; open != nil {
		return open.raw
	}
	return nil
}

// Submit sends the open modal, with values by their field's id; what is not among them is
// left as it was shown.
func (p *Person) Submit(ctx context.Context, values map[string]string) error {
	p.mu.Lock()
	open := p.modals[p.ID]
	delete(p.modals, p.ID)
	p.mu.Unlock()
	if open == nil {
		return fmt.Errorf("no modal is open")
	}
	filled := []any{}
	for n, v := range list(open.raw["components"]) {
		c, _ := v.(map[string]any)
		switch in, _ := c["component"].(map[string]any); {
		case in != nil:
			filled = append(filled, map[string]any{"type": 18, "id": n + 1, "component": fill(in, values)})
		case kindOf(c) == 1:
			in, _ := list(c["components"])[0].(map[string]any)
			filled = append(filled, map[string]any{"type": 1, "id": n + 1, "components": []any{fill(in, values)}})
		default:
			filled = append(filled, map[string]any{"type": kindOf(c), "id": n + 1})
		}
	}
	_, err := p.act(ctx, submitted, map[string]any{"custom_id": open.raw["custom_id"], "components": filled}, open.from)
	return err
}

// fill is an input as it is sent.
func fill(in map[string]any, values map[string]string) map[string]any {
	id := text(in, "custom_id")
	given := map[string]any{"type": kindOf(in), "id": 100 + len(id), "custom_id": id}
	value, typed := values[id]
	switch kindOf(in) {
	case 23:
		given["value"] = value == "true" || !typed && in["default"] == true
	case 4:
		if !typed {
			value = text(in, "value")
		}
		given["value"] = value
	case 21:
		given["value"] = nil
		if chosen := chosen(in, value, typed); len(chosen) > 0 {
			given["value"] = chosen[0]
		}
	default:
		given["values"] = chosen(in, value, typed)
	}
	return given
}

func chosen(in map[string]any, value string, typed bool) []string {
	if typed {
		return []string{value}
	}
	values := []string{}
	for _, v := range list(in["options"]) {
		if o, _ := v.(map[string]any); o["default"] == true {
			values = append(values, text(o, "value"))
		}
	}
	return values
}

// reached is where the bot takes what is delivered: "" for its gateway, which is waited for.
func (p *Person) reached(ctx context.Context) (endpoint string, err error) {
	p.mu.Lock()
	endpoint = p.endpoint
	p.mu.Unlock()
	if endpoint == "" {
		err = p.connected(ctx)
	}
	return endpoint, err
}

// act delivers what somebody did and waits for the first answer.
func (p *Person) act(ctx context.Context, kind int, data map[string]any, m *Message) (*interaction, error) {
	endpoint, err := p.reached(ctx)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	i, body := p.interaction(kind, data, m)
	if endpoint == "" {
		p.dispatch("INTERACTION_CREATE", body)
	}
	p.mu.Unlock()
	if endpoint != "" {
		text, err := json.Marshal(body)
		if err == nil {
			err = p.overHTTP(ctx, i, text)
		}
		if err != nil {
			return i, err
		}
	}
	select {
	case <-i.done:
		return i, nil
	case <-time.After(p.AckTime):
		return i, ErrTimeout
	case <-ctx.Done():
		return i, ctx.Err()
	}
}

// interaction is what is delivered, as Discord fills it in.
func (p *Person) interaction(kind int, data map[string]any, m *Message) (*interaction, map[string]any) {
	channel := TalkChannel
	var from *Message
	if m != nil {
		channel, from = m.Channel, p.messages[m.Channel+"/"+m.ID]
	}
	i := p.interact(interaction{kind: kind, person: p.ID, channel: channel, from: from})
	body := map[string]any{
		"id": i.id, "application_id": p.Application, "type": kind, "token": i.token, "version": 1, "locale": p.Locale, "data": data,
		"channel_id": channel, "channel": p.channel(channel), "entitlements": []any{}, "app_permissions": "2147483647", "attachment_size_limit": 10485760,
		"authorizing_integration_owners": map[string]any{"0": p.Guild},
	}
	if p.channels[channel] == p.ID {
		body["user"], body["context"] = p.members[p.ID]["user"], 1
	} else {
		body["guild_id"], body["guild_locale"], body["context"] = p.Guild, "en-US", 0
		body["guild"] = map[string]any{"id": p.Guild, "features": []any{}, "locale": "en-US"}
		body["member"] = maps.Clone(p.members[p.ID])
	}
	if from != nil {
		body["message"] = p.shown(from)
	}
	return i, body
}

// Last is the newest message that the person sees in a channel, as it is now; an empty one
// for none.
func (p *Person) Last(channel string) *Message {
	all := p.See(channel)
	if len(all) == 0 {
		return &Message{Raw: map[string]any{}}
	}
	return all[len(all)-1]
}

// See is all that the person sees in a channel, as it is now, the newest last.
func (p *Person) See(channel string) []*Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*Message
	for _, m := range p.order {
		if m.Channel == channel && !m.deleted && (m.To == "" || m.To == p.ID) {
			now := *m
			all = append(all, &now)
		}
	}
	return all
}

// Now is a message as it is now.
func (p *Person) Now(m *Message) *Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := *p.messages[m.Channel+"/"+m.ID]
	return &now
}
