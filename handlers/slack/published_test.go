package slack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"unicode/utf8"

	"cartwright/testservices"
)

// limits is the published list of Block Kit's limits: element -> property -> bound.
type limits map[string]map[string]json.RawMessage

type bound struct {
	MinLength *int `json:"min_length"`
	MaxLength *int `json:"max_length"`
	MinItems  *int `json:"min_items"`
	MaxItems  *int `json:"max_items"`
	Max       *int `json:"max"`
	ItemMax   *int `json:"item_max_length"`
}

// names are the limits' names of what Slack calls otherwise.
var names = map[string]string{
	"static_select": "select", "modal": "view", "home": "view", "plain_text": "text", "mrkdwn": "text",
}

// Nothing that is sent breaks a published limit, whatever our own checker knows of them.
func TestThePublishedLimits(t *testing.T) {
	t.Parallel()
	var all limits
	if err := json.Unmarshal(testservices.Schema(t, "slack-limits.json", "what is sent to Slack"), &all); err != nil {
		t.Fatal(err)
	}
	looked := map[string]bool{}
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			for as, drawn := range drawings(t, p) {
				var v any
				if err := json.Unmarshal(drawn, &v); err != nil {
					t.Fatal(err)
				}
				for _, wrong := range all.broken("", "", v, looked) {
					t.Errorf("%s in %s, %s: %s", name, p.Locale, as, wrong)
				}
			}
		}
	}
	// A walk that looks at nothing finds nothing.
	for _, must := range []string{"button.text", "button.value", "header.text", "option.text", "view.title", "confirmation.title", "actions.elements", "select.options", "radio_buttons.options", "input.label", "context.elements", "view.blocks", "plain_text_input.max_length"} {
		if !looked[must] {
			t.Errorf("%s was not looked at; these were: %v", must, slices.Sorted(maps.Keys(looked)))
		}
	}
}

// broken lists what breaks a limit in v, which stands in its parent as key.
func (l limits) broken(at, key string, v any, looked map[string]bool) []string {
	var found []string
	switch v := v.(type) {
	case map[string]any:
		kind := l.kindOf(key, v)
		for name, inner := range v {
			if raw, ok := l[kind][name]; ok {
				looked[kind+"."+name] = true
				found = append(found, within(at+"/"+name, raw, inner)...)
			}
			found = append(found, l.broken(at+"/"+name, name, inner, looked)...)
		}
	case []any:
		for i, inner := range v {
			found = append(found, l.broken(fmt.Sprintf("%s/%d", at, i), key, inner, looked)...)
		}
	}
	return found
}

// kindOf is what the limits call an object: by its type or, where it has none, its place.
func (l limits) kindOf(key string, v map[string]any) string {
	kind, _ := v["type"].(string)
	if name, ok := names[kind]; ok {
		kind = name
	}
	switch {
	case key == "confirm" && v["title"] != nil:
		return "confirmation"
	case key == "options" || key == "initial_option" || key == "initial_options":
		return "option"
	}
	return kind
}

// within says how v breaks a bound: a text or a text object by its characters, a list by
// its items.
func within(at string, raw json.RawMessage, v any) []string {
	var b bound
	if json.Unmarshal(raw, &b) != nil {
		return nil // a bound of another shape, which is not of what is sent here
	}
	if o, ok := v.(map[string]any); ok {
		v = o["text"]
	}
	var n int
	least, most := b.MinLength, b.MaxLength
	switch v := v.(type) {
	case string:
		n = utf8.RuneCountInString(v)
	case []any:
		n, least, most = len(v), b.MinItems, b.MaxItems
	case float64:
		n, most = int(v), b.Max
	default:
		return nil
	}
	if least != nil && n < *least || most != nil && n > *most {
		return []string{fmt.Sprintf("%s has %d, beyond %s", at, n, raw)}
	}
	return nil
}
