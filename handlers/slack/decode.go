package slack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// What Slack delivers, with the fields that are read and no others: decoding everything
// costs several times the rest of a click.

// decode reads JSON that Slack delivers. Names are those that Slack writes, in its case and
// once; half of a character that is two in UTF-16, as cutting a text leaves, is read as
// U+FFFD.
func decode(text []byte, into any) error {
	return json.Unmarshal(text, into, jsontext.AllowInvalidUTF8(true))
}

// slashCommand is a command as it was typed.
type slashCommand struct {
	Team, Enterprise, Channel, User, Text, ResponseURL, Trigger string
}

func commandOf(form url.Values) slashCommand {
	return slashCommand{
		Team: form.Get("team_id"), Enterprise: form.Get("enterprise_id"), Channel: form.Get("channel_id"), User: form.Get("user_id"),
		Text: form.Get("text"), ResponseURL: form.Get("response_url"), Trigger: form.Get("trigger_id"),
	}
}

// UnmarshalJSON reads a command as a socket delivers it.
func (c *slashCommand) UnmarshalJSON(text []byte) error {
	var fields map[string]any
	if err := decode(text, &fields); err != nil {
		return err
	}
	form := url.Values{}
	for name, value := range fields {
		if value, ok := value.(string); ok {
			form.Set(name, value)
		}
	}
	*c = commandOf(form)
	return nil
}

type idOf struct {
	ID string `json:"id"`
}

// interaction is a click, a submission or a shortcut.
type interaction struct {
	Type        string `json:"type"`
	Team        idOf   `json:"team"`
	User        person `json:"user"`
	TriggerID   string `json:"trigger_id"`
	CallbackID  string `json:"callback_id"`
	ResponseURL string `json:"response_url"`
	Channel     idOf   `json:"channel"`
	Container   struct {
		Type      string `json:"type"`
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		ChannelID string `json:"channel_id"`
	} `json:"container"`
	Actions []action `json:"actions"`
	View    *view    `json:"view"`
}

type person struct {
	ID     string `json:"id"`
	TeamID string `json:"team_id"`
}

type action struct {
	ActionID string `json:"action_id"`
	Value    string `json:"value"`
}

type view struct {
	ID              string         `json:"id"`
	Type            string         `json:"type"`
	CallbackID      string         `json:"callback_id"`
	Hash            string         `json:"hash"`
	PrivateMetadata string         `json:"private_metadata"`
	State           jsontext.Value `json:"state"`
}

// team is the person's own workspace: in a channel that two share it is the other one's
// that the message is in.
func (i interaction) team() string {
	if i.User.TeamID != "" {
		return i.User.TeamID
	}
	return i.Team.ID
}

// installed is the workspace whose token answers.
func (i interaction) installed() string {
	if i.Team.ID != "" {
		return i.Team.ID
	}
	return i.User.TeamID
}

// happening is an event of the Events API in its envelope.
type happening struct {
	Type      string `json:"type"`
	TeamID    string `json:"team_id"`
	EventID   string `json:"event_id"`
	EventTime int64  `json:"event_time"`
	Event     struct {
		Type        string `json:"type"`
		Subtype     string `json:"subtype"`
		User        string `json:"user"`
		UserTeam    string `json:"user_team"`
		BotID       string `json:"bot_id"`
		Text        string `json:"text"`
		Channel     string `json:"channel"`
		ChannelType string `json:"channel_type"`
		TS          string `json:"ts"`
		ThreadTS    string `json:"thread_ts"`
		Tab         string `json:"tab"`
	} `json:"event"`
}

var errShape = errors.New("something that must be there is missing")

// read lets an event's user be what it is in events that are not asked for: an object.
func (h *happening) read(text []byte) error {
	err := decode(text, h)
	var kind *json.SemanticError
	if errors.As(err, &kind) {
		*h = happening{} // of an event that is none of those that are read here
		return nil
	}
	return err
}

// fields are a view's inputs, by the field's key. A checkbox is "true" or "false", and
// what is empty is "".
func (v view) fields() map[string]string {
	var state struct {
		Values jsontext.Value `json:"values"`
	}
	values := map[string]map[string]input{}
	if decode(v.State, &state) != nil || bytes.HasPrefix(state.Values, []byte("[")) || decode(state.Values, &values) != nil {
		return map[string]string{} // Slack has sent a list for "none"
	}
	fields := map[string]string{}
	for block, inputs := range values {
		key, _, _ := strings.Cut(block, blockSeparator)
		for _, in := range inputs {
			fields[key] = in.text()
		}
	}
	return fields
}

// blocks names the blocks of a view's inputs, by the fields' keys.
func (v view) blocks() map[string]string {
	var state struct {
		Values map[string]jsontext.Value `json:"values"`
	}
	_ = decode(v.State, &state) // without inputs there are no errors to tell at them
	blocks := map[string]string{}
	for block := range state.Values {
		key, _, _ := strings.Cut(block, blockSeparator)
		blocks[key] = block
	}
	return blocks
}

// input is the value of an input of any kind.
type input struct {
	Type            string   `json:"type"`
	Value           *string  `json:"value"`
	SelectedDate    *string  `json:"selected_date"`
	SelectedOption  *option  `json:"selected_option"`
	SelectedOptions []option `json:"selected_options"`
}

type option struct {
	Value string `json:"value"`
}

func (in input) text() string {
	switch {
	case in.Type == "checkboxes":
		if len(in.SelectedOptions) > 0 {
			return "true"
		}
		return "false"
	case in.SelectedDate != nil:
		return *in.SelectedDate
	case in.SelectedOption != nil:
		return in.SelectedOption.Value
	case in.Value != nil:
		return *in.Value
	}
	return ""
}

// maxEventID is what the dialogue takes.
const maxEventID = 200

// eventID names an event, by what Slack names it.
func eventID(team, kind, name string) string {
	id := Platform + ":" + team + ":" + kind + ":" + name
	if len(id) <= maxEventID && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return Platform + ":" + hex.EncodeToString(sum[:])
}

// marked is what Slack makes of links, mentions and channels in what people type.
var marked = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)

// typed is a message as the person typed it: without the mention of the bot that it
// begins with, links as their text, and Slack's escapes taken back.
func typed(text string, mention bool) string {
	text = strings.TrimSpace(text)
	if mention {
		if first := marked.FindStringIndex(text); first != nil && first[0] == 0 && strings.HasPrefix(text, "<@") {
			text = text[first[1]:]
		}
	}
	text = marked.ReplaceAllStringFunc(text, func(m string) string {
		parts := marked.FindStringSubmatch(m)
		if strings.HasPrefix(parts[1], "@") || strings.HasPrefix(parts[1], "#") || strings.HasPrefix(parts[1], "!") {
			return m
		}
		if parts[2] != "" {
			return parts[2]
		}
		return parts[1]
	})
	return strings.TrimSpace(html.UnescapeString(text))
}

func (i interaction) check() error {
	switch {
	case i.User.ID == "" || i.team() == "":
		return fmt.Errorf("%s: %w", i.Type, errShape)
	case (i.Type == "view_submission" || i.Type == "view_closed") && i.View == nil:
		return fmt.Errorf("%s without a view: %w", i.Type, errShape)
	}
	return nil
}
