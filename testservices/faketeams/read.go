package faketeams

import (
	"fmt"
	"strings"
)

// Button is an action in a card.
type Button struct {
	Type, ID, Title, Verb, URL string
	Style, Tooltip             string
	Inputs                     string // which are sent with it: "none", or "" for all
	Data                       map[string]any
	Fallback                   map[string]any // nil for none
	Secondary                  bool           // it is behind "…"
}

// begins says whether a button is meant by the beginning of its verb, label or a value.
func (b Button) begins(prefix string) bool {
	if strings.HasPrefix(b.Verb, prefix) || strings.HasPrefix(b.Title, prefix) {
		return true
	}
	return holds(b.Data, prefix)
}

// holds says whether a text in some data begins so.
func holds(v any, prefix string) bool {
	switch v := v.(type) {
	case string:
		return strings.HasPrefix(v, prefix)
	case map[string]any:
		for _, one := range v {
			if holds(one, prefix) {
				return true
			}
		}
	}
	return false
}

// Buttons are all actions in the message's card, from its top to its end.
func (m Message) Buttons() []Button {
	var all []Button
	walk(m.Card, "", func(_ string, v map[string]any) {
		if strings.HasPrefix(text(v, "type"), "Action.") {
			all = append(all, Button{
				Type: text(v, "type"), ID: text(v, "id"), Title: text(v, "title"), Verb: text(v, "verb"), URL: text(v, "url"), Style: text(v, "style"),
				Tooltip: text(v, "tooltip"), Inputs: text(v, "associatedInputs"), Data: copied(object(v, "data")), Fallback: copied(object(v, "fallback")), Secondary: v["mode"] == "secondary",
			})
		}
	})
	return all
}

// Inputs are the ids of the card's inputs, in their order.
func (m Message) Inputs() []string {
	var ids []string
	for _, in := range inputsOf(m.Card) {
		ids = append(ids, text(in, "id"))
	}
	return ids
}

func inputsOf(card map[string]any) []map[string]any {
	var all []map[string]any
	walk(card, "", func(_ string, v map[string]any) {
		if strings.HasPrefix(text(v, "type"), "Input.") {
			all = append(all, v)
		}
	})
	return all
}

// inside are the keys under which a card, an element or an action has others, in the order
// in which they are shown.
var inside = []string{"body", "items", "columns", "rows", "cells", "inlines", "images", "inlineAction", "selectAction", "actions", "card"}

// walk goes through a card from its top to its end. What stands in for something is not shown,
// and not gone through.
func walk(v map[string]any, at string, visit func(at string, v map[string]any)) {
	if v == nil {
		return
	}
	visit(at, v)
	for _, key := range inside {
		switch inner := v[key].(type) {
		case map[string]any:
			walk(inner, at+"/"+key, visit)
		case []any:
			for i, one := range inner {
				if m, ok := one.(map[string]any); ok {
					walk(m, fmt.Sprintf("%s/%s/%d", at, key, i), visit)
				}
			}
		}
	}
}

// Read is a message as text, in lines: what it says, its (inputs: with their values) and its
// [actions]. A table's row or a set of columns is one line.
func (m Message) Read() string {
	var r reader
	if m.Text != "" {
		r.line(m.Text)
	}
	r.elements(list(m.Card, "body"))
	r.elements(list(m.Card, "actions"))
	r.end()
	return r.out.String()
}

// String is a message as a failing test shows it.
func (m Message) String() string { return fmt.Sprintf("%s/%s:\n%s", m.Conversation, m.ID, m.Read()) }

type reader struct {
	out  strings.Builder
	open bool // a line that more actions go on
}

func (r *reader) end() {
	if r.open {
		r.out.WriteString("\n")
	}
	r.open = false
}

func (r *reader) line(s string) {
	r.end()
	r.out.WriteString(s + "\n")
}

func (r *reader) action(title string) {
	if r.open {
		r.out.WriteString(" ")
	}
	r.out.WriteString("[" + title + "]")
	r.open = true
}

func (r *reader) elements(all []any) {
	for _, e := range all {
		if v, ok := e.(map[string]any); ok && v["isVisible"] != false {
			r.element(v)
		}
	}
}

func (r *reader) element(v map[string]any) {
	kind := text(v, "type")
	switch {
	case strings.HasPrefix(kind, "Action."):
		r.action(text(v, "title"))
	case strings.HasPrefix(kind, "Input."):
		r.input(v)
	case kind == "TextBlock":
		r.line(text(v, "text"))
	case kind == "RichTextBlock":
		r.line(runs(list(v, "inlines")))
	case kind == "FactSet":
		for _, f := range list(v, "facts") {
			fact, _ := f.(map[string]any)
			r.line(text(fact, "title") + " " + text(fact, "value"))
		}
	case kind == "ColumnSet" || kind == "TableRow":
		r.line(joined(append(list(v, "columns"), list(v, "cells")...)))
	case kind == "Image":
		r.line("<" + text(v, "altText") + ">")
	case kind == "Table":
		r.elements(list(v, "rows"))
	default:
		r.elements(list(v, "items"))
		r.elements(list(v, "actions"))
	}
}

// runs are the texts of a block, one after the other.
func runs(all []any) string {
	var out string
	for _, one := range all {
		if s, ok := one.(string); ok {
			out += s
		} else if run, ok := one.(map[string]any); ok {
			out += text(run, "text")
		}
	}
	return out
}

// joined is what stands beside each other.
func joined(all []any) string {
	var parts []string
	for _, one := range all {
		cell, _ := one.(map[string]any)
		var r reader
		r.elements(list(cell, "items"))
		r.end()
		parts = append(parts, strings.Join(strings.Split(strings.TrimSpace(r.out.String()), "\n"), " "))
	}
	return strings.Join(parts, " | ")
}

func (r *reader) input(v map[string]any) {
	label := text(v, "label")
	if label == "" {
		label = text(v, "title")
	}
	value := initial(v)
	for _, c := range list(v, "choices") {
		choice, _ := c.(map[string]any)
		if text(choice, "value") == value && value != "" {
			value = text(choice, "title")
		}
	}
	r.line("(" + label + ": " + value + ")")
}
