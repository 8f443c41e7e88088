package fakeslack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Client is what a person sees, and what they can do. Nobody can press what is not on
// their screen.
type Client struct {
	*Workspace
	ID string
}

// ErrNotThere says that what is to be used is not on the person's screen.
var ErrNotThere = errors.New("is not there")

// DM is the person's conversation with the bot.
func (c *Client) DM() string { return c.dm(c.ID) }

// See is what the person sees in a channel now, the newest last.
func (c *Client) See(channel string) []Posted {
	c.mu.Lock()
	defer c.mu.Unlock()
	var seen []Posted
	for _, p := range c.posts {
		if p.Channel == channel && !p.Deleted && (p.To == "" || p.To == c.ID) {
			seen = append(seen, *p)
		}
	}
	return seen
}

// Last is the newest message that the person sees in a channel, the zero one for none.
func (c *Client) Last(channel string) Posted {
	seen := c.See(channel)
	if len(seen) == 0 {
		return Posted{}
	}
	return seen[len(seen)-1]
}

// Modal is the modal on top, nil for none; Errors are what it shows at its inputs.
func (c *Client) Modal() *View {
	c.mu.Lock()
	defer c.mu.Unlock()
	stack := c.modals[c.ID]
	if len(stack) == 0 {
		return nil
	}
	v := *stack[len(stack)-1]
	v.Values = maps.Clone(v.Values)
	for block, inputs := range v.Values {
		v.Values[block] = maps.Clone(inputs)
	}
	return &v
}

// Errors are what the modal on top says is wrong, by block.
func (c *Client) Errors() map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.Workspace.errors[c.ID])
}

// Home is the app's home as the person saw it last, nil for none.
func (c *Client) Home() *View {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.homes[c.ID]
	if v == nil {
		return nil
	}
	shown := *v
	return &shown
}

// Command types a slash command.
func (c *Client) Command(ctx context.Context, channel, command, text string) error {
	c.mu.Lock()
	form := url.Values{
		"token": {"deprecated"}, "team_id": {c.Workspace.ID}, "team_domain": {strings.ToLower(c.Workspace.ID)}, "channel_id": {channel},
		"channel_name": {"general"}, "user_id": {c.ID}, "user_name": {strings.ToLower(c.ID)}, "command": {command}, "text": {text},
		"api_app_id": {"A1"}, "is_enterprise_install": {"false"}, "response_url": {c.hook(channel, c.ID, nil)}, "trigger_id": {c.trigger(c.ID)},
	}
	hook := form.Get("response_url")
	c.mu.Unlock()
	payload := map[string]any{}
	for key := range form {
		payload[key] = form.Get(key)
	}
	answer, err := c.deliver(ctx, Delivery{Kind: "commands", Type: formType, Body: []byte(form.Encode()), payload: payload, answers: true}, nil)
	if err != nil || len(answer) == 0 {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	body := map[string]any{}
	if json.Unmarshal(answer, &body) != nil {
		body = map[string]any{"text": string(answer)}
	}
	if body["text"] == nil && body["blocks"] == nil {
		return nil // an acknowledgement that says nothing
	}
	return c.respond(&hookOnce(c.hooks[hook[strings.LastIndex(hook, "/")+1:]]).hook, body)
}

type once struct{ hook hook }

// hookOnce is a command's answer: it takes none of the response_url's posts.
func hookOnce(h *hook) *once {
	return &once{hook{space: h.space, channel: h.channel, user: h.user, at: h.at}}
}

// Mention names the bot in a channel, in a thread where that is set.
func (c *Client) Mention(ctx context.Context, channel, thread, text string) error {
	event := map[string]any{"type": "app_mention", "user": c.ID, "text": "<@" + c.BotUser + "> " + escape(text), "channel": channel, "ts": c.stamp(), "team": c.Workspace.ID}
	if thread != "" {
		event["thread_ts"] = thread
	}
	return c.happened(ctx, event)
}

// DirectMessage writes to the bot.
func (c *Client) DirectMessage(ctx context.Context, text string) error {
	return c.happened(ctx, map[string]any{
		"type": "message", "channel_type": "im", "user": c.ID, "text": escape(text), "channel": c.DM(), "ts": c.stamp(), "team": c.Workspace.ID,
	})
}

func (c *Client) stamp() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ts()
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// OpenHome looks at the app's home.
func (c *Client) OpenHome(ctx context.Context) error {
	return c.happened(ctx, map[string]any{"type": "app_home_opened", "user": c.ID, "channel": c.DM(), "tab": "home", "event_ts": c.stamp()})
}

// Uninstall takes the app out of the workspace.
func (c *Client) Uninstall(ctx context.Context) error {
	err := c.happened(ctx, map[string]any{"type": "app_uninstalled"})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Installed = false
	return err
}

// MessageShortcut chooses a shortcut in a message's menu.
func (c *Client) MessageShortcut(ctx context.Context, callback, channel, ts string) error {
	c.mu.Lock()
	payload := c.base("message_action")
	payload["callback_id"], payload["message_ts"] = callback, ts
	payload["channel"] = map[string]any{"id": channel, "name": "general"}
	payload["message"] = map[string]any{"type": "message", "user": "U9", "ts": ts, "text": "hello"}
	payload["response_url"] = c.hook(channel, c.ID, nil)
	c.mu.Unlock()
	d, err := interactionOf(payload)
	if err != nil {
		return err
	}
	_, err = c.deliver(ctx, d, nil)
	return err
}

// base is what all interactions have.
func (c *Client) base(kind string) map[string]any {
	team := c.Workspace.ID
	if p := c.people[c.ID]; p != nil && p.Team != "" {
		team = p.Team
	}
	return map[string]any{
		"type": kind, "token": "deprecated", "api_app_id": "A1", "trigger_id": c.trigger(c.ID), "action_ts": c.ts(),
		"team": map[string]any{"id": c.Workspace.ID, "domain": strings.ToLower(c.Workspace.ID)}, "enterprise": nil, "is_enterprise_install": false,
		"user": map[string]any{"id": c.ID, "username": strings.ToLower(c.ID), "name": strings.ToLower(c.ID), "team_id": team},
	}
}

// Press presses the one button with that text or accessibility label in a message. A
// dialog that asks whether to go on is answered yes.
func (c *Client) Press(ctx context.Context, in Posted, label string) error {
	now, ok := c.now(in)
	if !ok || now.Deleted || now.To != "" && now.To != c.ID {
		return fmt.Errorf("the message %s %w", in.TS, ErrNotThere)
	}
	b, err := button(now.Blocks, label)
	if err != nil {
		return fmt.Errorf("%w in\n%s", err, now.Read())
	}
	return c.Click(ctx, now, b)
}

// now is a message as it is now: the bot may edit it at any time.
func (c *Client) now(in Posted) (now Posted, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.post(in.Channel, in.TS); p != nil {
		return *p, true
	}
	return now, false
}

// Click sends a click on a button as it was seen, whether or not it is there still.
func (c *Client) Click(ctx context.Context, in Posted, b Button) error {
	c.mu.Lock()
	now := c.post(in.Channel, in.TS)
	payload := c.base("block_actions")
	payload["container"] = map[string]any{"type": "message", "message_ts": in.TS, "channel_id": in.Channel, "is_ephemeral": in.To != ""}
	if in.Thread != "" {
		payload["container"].(map[string]any)["thread_ts"] = in.Thread
	}
	payload["channel"] = map[string]any{"id": in.Channel, "name": "general"}
	if in.To == "" {
		payload["message"] = map[string]any{"type": "message", "user": c.BotUser, "ts": in.TS, "app_id": "A1", "text": in.Text, "team": c.Workspace.ID, "blocks": in.Blocks}
	}
	payload["state"] = map[string]any{"values": map[string]any{}}
	payload["response_url"] = c.hook(in.Channel, c.ID, now)
	payload["actions"] = []any{b.action(c.ts())}
	c.mu.Unlock()
	d, err := interactionOf(payload)
	if err != nil {
		return err
	}
	_, err = c.deliver(ctx, d, nil)
	return err
}

// PressIn is Press in a modal or the home.
func (c *Client) PressIn(ctx context.Context, v *View, label string) error {
	if v == nil {
		return fmt.Errorf("the view %w", ErrNotThere)
	}
	blocks, _ := v.Raw["blocks"].([]any)
	b, err := button(blocks, label)
	if err != nil {
		return fmt.Errorf("%w in\n%s", err, v.Read())
	}
	c.mu.Lock()
	payload := c.base("block_actions")
	payload["container"] = map[string]any{"type": "view", "view_id": v.ID}
	payload["view"] = v.wire()
	payload["actions"] = []any{b.action(c.ts())}
	c.mu.Unlock()
	d, err := interactionOf(payload)
	if err != nil {
		return err
	}
	_, err = c.deliver(ctx, d, nil)
	return err
}

// Fill fills in the input with that label in the modal on top: text, a number, or the
// text of an option; "yes" and "no" for a checkbox.
func (c *Client) Fill(label, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	stack := c.modals[c.ID]
	if len(stack) == 0 {
		return fmt.Errorf("a modal %w", ErrNotThere)
	}
	v := stack[len(stack)-1]
	blocks, _ := v.Raw["blocks"].([]any)
	for _, b := range blocks {
		block := b.(map[string]any)
		if element, ok := block["element"].(map[string]any); ok && label == plainText(block["label"]) {
			filled, err := fill(element, value)
			if err != nil {
				return fmt.Errorf("%s: %w", label, err)
			}
			v.Values[text(block, "block_id")][text(element, "action_id")] = filled
			return nil
		}
	}
	return fmt.Errorf("the input %q %w in\n%s", label, ErrNotThere, v.Read())
}

// fill is an input's value, as Slack's client would let it be given.
func fill(e map[string]any, value string) (map[string]any, error) {
	kind := text(e, "type")
	v := map[string]any{"type": kind}
	switch kind {
	case "plain_text_input":
		if most, ok := e["max_length"].(float64); ok && len([]rune(value)) > int(most) {
			return nil, fmt.Errorf("takes %v characters", most)
		}
		v["value"] = value
	case "number_input":
		n, err := strconv.Atoi(value)
		least, errLeast := strconv.Atoi(text(e, "min_value"))
		most, errMost := strconv.Atoi(text(e, "max_value"))
		if err != nil || errLeast == nil && n < least || errMost == nil && n > most {
			return nil, fmt.Errorf("takes a number from %s to %s", text(e, "min_value"), text(e, "max_value"))
		}
		v["value"] = value
	case "datepicker":
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return nil, fmt.Errorf("takes a date such as 2026-12-24: %w", err)
		}
		v["selected_date"] = value
	case "checkboxes":
		v["selected_options"] = []any{}
		if value == "yes" {
			v["selected_options"] = e["options"]
		}
	default:
		for _, o := range e["options"].([]any) {
			if strings.HasPrefix(plainText(o.(map[string]any)["text"]), value) {
				v["selected_option"] = o
				return v, nil
			}
		}
		return nil, fmt.Errorf("the option %q %w", value, ErrNotThere)
	}
	return v, nil
}

// Submit sends the modal on top.
func (c *Client) Submit(ctx context.Context) error {
	v := c.Modal()
	if v == nil || v.Raw["submit"] == nil {
		return fmt.Errorf("something to submit %w", ErrNotThere)
	}
	if err := v.complete(); err != nil {
		return err
	}
	c.mu.Lock()
	payload := c.base("view_submission")
	payload["view"], payload["response_urls"] = v.wire(), []any{}
	c.mu.Unlock()
	d, err := interactionOf(payload)
	if err != nil {
		return err
	}
	answer, err := c.deliver(ctx, d, nil)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.submitted(v, answer)
}

// complete finds an input that is required and empty.
func (v *View) complete() error {
	blocks, _ := v.Raw["blocks"].([]any)
	for _, b := range blocks {
		block := b.(map[string]any)
		if block["type"] != "input" || block["optional"] == true {
			continue
		}
		for _, value := range v.Values[text(block, "block_id")] {
			if value["value"] == nil && value["selected_date"] == nil && value["selected_option"] == nil && value["selected_options"] == nil {
				return fmt.Errorf("%q must be filled in", plainText(block["label"]))
			}
		}
	}
	return nil
}

// submitted does with the modal what the acknowledgement says.
func (c *Client) submitted(sent *View, answer []byte) error {
	stack := c.modals[c.ID]
	at := slices.IndexFunc(stack, func(v *View) bool { return v.ID == sent.ID })
	if at < 0 {
		return fmt.Errorf("the modal %w any more", ErrNotThere)
	}
	if said := strings.TrimSpace(string(answer)); said == "" || said == "{}" {
		c.modals[c.ID] = stack[:at]
		return nil
	}
	var said struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   map[string]any    `json:"view"`
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		return fmt.Errorf("the answer to a submission is no JSON: %w", err)
	}
	switch said.Action {
	case "errors":
		for block := range said.Errors {
			if _, ok := sent.Values[block]; !ok {
				return fmt.Errorf("an error at %q, which is no input", block)
			}
		}
		c.Workspace.errors[c.ID] = said.Errors
		return nil
	case "update":
		_, err := c.replace(stack[at], said.View)
		return err
	case "clear":
		c.modals[c.ID] = nil
		return nil
	case "push":
		if len(stack) >= 3 {
			return no("push_limit_reached")
		}
		v, err := c.viewOf(said.View, Modal, c.ID)
		if err == nil {
			c.modals[c.ID] = append(stack, v)
		}
		return err
	}
	return fmt.Errorf("the answer %q to a submission is none", said.Action)
}

// CloseModal closes the modal on top.
func (c *Client) CloseModal(ctx context.Context) error {
	v := c.Modal()
	if v == nil {
		return fmt.Errorf("a modal %w", ErrNotThere)
	}
	c.mu.Lock()
	stack := c.modals[c.ID]
	c.modals[c.ID] = stack[:len(stack)-1]
	payload := c.base("view_closed")
	delete(payload, "trigger_id")
	payload["view"], payload["is_cleared"] = v.wire(), false
	c.mu.Unlock()
	if v.Raw["notify_on_close"] != true {
		return nil
	}
	d, err := interactionOf(payload)
	if err != nil {
		return err
	}
	_, err = c.deliver(ctx, d, nil)
	return err
}

// Until waits for something to be seen, for as long as ctx lasts.
func (c *Client) Until(ctx context.Context, seen func() bool) error {
	for !seen() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// PressValue is Press of the first button whose value begins with prefix: for stories that
// are told in every language.
func (c *Client) PressValue(ctx context.Context, in Posted, prefix string) error {
	now, ok := c.now(in)
	if !ok {
		return fmt.Errorf("the message %s %w", in.TS, ErrNotThere)
	}
	for _, b := range buttons(now.Blocks) {
		if strings.HasPrefix(b.Value, prefix) {
			return c.Click(ctx, now, b)
		}
	}
	return fmt.Errorf("a button %q %w in\n%s", prefix, ErrNotThere, now.Read())
}
