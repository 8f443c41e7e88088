package fakeslack

import (
	"fmt"
	"regexp"
	"strings"
)

// Button is a button in a message or a view.
type Button struct{ Block, Action, Value, Text, Name, URL string }

func (b Button) action(ts string) map[string]any {
	a := map[string]any{
		"type": "button", "block_id": b.Block, "action_id": b.Action, "action_ts": ts, "text": map[string]any{"type": "plain_text", "text": b.Text, "emoji": false},
	}
	if b.Value != "" {
		a["value"] = b.Value
	}
	return a
}

// Buttons are all buttons in a message.
func (p Posted) Buttons() []Button { return buttons(p.Blocks) }

// Buttons are all buttons in a view.
func (v *View) Buttons() []Button {
	blocks, _ := v.Raw["blocks"].([]any)
	return buttons(blocks)
}

func buttons(blocks []any) []Button {
	var all []Button
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		elements, _ := block["elements"].([]any)
		if a, ok := block["accessory"]; ok {
			elements = append(elements, a)
		}
		for _, e := range elements {
			if e, ok := e.(map[string]any); ok && e["type"] == "button" {
				all = append(all, Button{
					Block: text(block, "block_id"), Action: text(e, "action_id"), Value: text(e, "value"), Text: plainText(e["text"]),
					Name: text(e, "accessibility_label"), URL: text(e, "url"),
				})
			}
		}
	}
	return all
}

// button finds the one with that text, or that name for a screen reader.
func button(blocks []any, label string) (Button, error) {
	var found []Button
	for _, b := range buttons(blocks) {
		if b.Text == label || b.Name == label {
			found = append(found, b)
		}
	}
	if len(found) != 1 {
		return Button{}, fmt.Errorf("there are %d buttons %q: the one %w", len(found), label, ErrNotThere)
	}
	return found[0], nil
}

func plainText(v any) string {
	t, _ := v.(map[string]any)
	return text(t, "text")
}

// Read is a message as text: what it says, its inputs and its [buttons].
func (p Posted) Read() string { return read(p.Blocks, nil) }

// Read is a view as text.
func (v *View) Read() string {
	if v == nil {
		return ""
	}
	blocks, _ := v.Raw["blocks"].([]any)
	out := "# " + plainText(v.Raw["title"]) + "\n" + read(blocks, v.Values)
	if v.Raw["submit"] != nil {
		out += "[[" + plainText(v.Raw["submit"]) + "]]\n"
	}
	return out
}

func read(blocks []any, values map[string]map[string]map[string]any) string {
	var out strings.Builder
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		switch block["type"] {
		case "header":
			out.WriteString("# " + plainText(block["text"]) + "\n")
		case "input":
			element, _ := block["element"].(map[string]any)
			value := values[text(block, "block_id")][text(element, "action_id")]
			fmt.Fprintf(&out, "(%s: %s)\n", plainText(block["label"]), written(value))
		case "actions":
			for _, b := range buttons([]any{block}) {
				out.WriteString("[" + b.Text + "] ")
			}
			out.WriteString("\n")
		default:
			out.WriteString(said(block) + "\n")
		}
	}
	return out.String()
}

func written(value map[string]any) string {
	if o, ok := value["selected_option"].(map[string]any); ok {
		return plainText(o["text"])
	}
	if all, ok := value["selected_options"].([]any); ok {
		return fmt.Sprint(len(all) > 0)
	}
	s, _ := value["value"].(string)
	return s
}

// said is all text of a block, with an item of a list on a line of its own.
func said(v any) string {
	switch v := v.(type) {
	case map[string]any:
		switch v["type"] {
		case "text", "plain_text", "mrkdwn":
			return text(v, "text")
		case "emoji":
			return ":" + text(v, "name") + ":"
		case "rich_text_list":
			out := ""
			elements, _ := v["elements"].([]any)
			for _, e := range elements {
				out += "\n• " + said(e)
			}
			return out
		}
		return said(v["text"]) + said(v["fields"]) + said(v["elements"])
	case []any:
		out := ""
		for _, e := range v {
			out += said(e)
		}
		return out
	}
	return ""
}

// Pings are mentions and links that what was sent to Slack would make: of people,
// groups, channels and everybody, by markup or by what Slack finds in text by itself.
func (s *Slack) Pings() []string {
	var found []string
	for _, c := range s.Calls("", "") {
		if t, ok := c.Body["text"].(string); ok {
			found = append(found, pings(t)...)
		}
		found = append(found, blockPings(c.Body["blocks"])...)
		found = append(found, blockPings(c.Body["view"])...)
	}
	return found
}

var (
	markup = regexp.MustCompile(`<(?:@|#|!|https?:|mailto:)[^>]*>`)
	bare   = regexp.MustCompile(`https?://\S+|@(?:here|channel|everyone)\b`)
)

// pings of text that Slack reads as markup.
func pings(text string) []string { return markup.FindAllString(text, -1) }

func blockPings(v any) []string {
	var found []string
	switch v := v.(type) {
	case map[string]any:
		switch v["type"] {
		case "user", "usergroup", "channel", "broadcast", "link":
			return []string{fmt.Sprint(v)}
		case "mrkdwn":
			found = append(pings(text(v, "text")), found...)
			if v["verbatim"] != true {
				found = append(found, bare.FindAllString(text(v, "text"), -1)...)
			}
			return found
		}
		for _, inner := range v {
			found = append(found, blockPings(inner)...)
		}
	case []any:
		for _, inner := range v {
			found = append(found, blockPings(inner)...)
		}
	}
	return found
}
