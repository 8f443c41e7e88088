package fakeslack

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Problem is one thing for which Slack would refuse what it is sent.
type Problem struct {
	Pointer string // a JSON pointer
	Message string
}

func (p Problem) String() string { return "[ERROR] " + p.Message + " [json-pointer:" + p.Pointer + "]" }

// Surfaces are where blocks are shown.
const (
	Message = "message"
	Modal   = "modal"
	Home    = "home"
)

// Check finds what is wrong with a message ({text, blocks}) or a view, by Slack's published
// limits and the kinds of blocks that a surface takes.
func Check(surface string, raw []byte) []Problem {
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		return []Problem{{"", "must be a JSON object"}}
	}
	c := &check{surface: surface, ids: map[string]bool{}}
	if surface == Message {
		c.message(v)
	} else {
		c.view(v, len(raw))
	}
	return c.problems
}

type check struct {
	surface  string
	problems []Problem
	ids      map[string]bool // of blocks
	chars    int             // of all text
	inputs   int
}

func (c *check) wrong(at, format string, args ...any) {
	c.problems = append(c.problems, Problem{at, fmt.Sprintf(format, args...)})
}

func (c *check) message(v map[string]any) {
	blocks, has := v["blocks"].([]any)
	if text, _ := v["text"].(string); text == "" {
		c.wrong("/text", "no_text: a message has text beside its blocks")
	} else if utf8.RuneCountInString(text) > 4000 {
		c.wrong("/text", "must be less than 4001 characters")
	}
	if has {
		c.blocks("/blocks", blocks, 50)
	}
	if c.chars > 13_200 {
		c.wrong("/blocks", "msg_blocks_too_long: %d characters", c.chars)
	}
}

func (c *check) view(v map[string]any, size int) {
	c.keys("", v, "type", "title", "blocks", "close", "submit", "private_metadata", "callback_id", "clear_on_close", "notify_on_close", "external_id", "submit_disabled")
	if size > 250_000 {
		c.wrong("", "view_too_large")
	}
	if v["type"] != c.surface {
		c.wrong("/type", "must be %s", c.surface)
	}
	c.limit("/private_metadata", v["private_metadata"], 3000)
	c.limit("/callback_id", v["callback_id"], 255)
	c.limit("/external_id", v["external_id"], 255)
	blocks, _ := v["blocks"].([]any)
	if len(blocks) == 0 {
		c.wrong("/blocks", "must have at least 1 item")
	}
	c.blocks("/blocks", blocks, 100)
	if c.surface == Home {
		return
	}
	c.text("/title", v["title"], 24, plainOnly)
	for _, key := range []string{"close", "submit"} {
		if v[key] != nil {
			c.text("/"+key, v[key], 24, plainOnly)
		}
	}
	if c.inputs > 0 && v["submit"] == nil {
		c.wrong("/submit", "is required with input blocks")
	}
}

func (c *check) blocks(at string, blocks []any, most int) {
	if len(blocks) > most {
		c.wrong(at, "no more than %d items allowed", most)
	}
	for i, b := range blocks {
		here := at + "/" + strconv.Itoa(i)
		block, ok := b.(map[string]any)
		if !ok {
			c.wrong(here, "must be an object")
			continue
		}
		c.block(here, block)
	}
}

func (c *check) block(at string, b map[string]any) {
	if id, ok := b["block_id"].(string); ok {
		c.limit(at+"/block_id", id, 255)
		if c.ids[id] {
			c.wrong(at+"/block_id", "block_id already exists")
		}
		c.ids[id] = true
	}
	switch b["type"] {
	case "header":
		c.keys(at, b, "type", "block_id", "text")
		c.text(at+"/text", b["text"], 150, plainOnly)
	case "section":
		c.section(at, b)
	case "context":
		c.keys(at, b, "type", "block_id", "elements")
		c.each(at+"/elements", b["elements"], 1, 10, func(at string, e map[string]any) {
			if e["type"] == "image" {
				c.image(at, e)
			} else {
				c.text(at, e, 3000, "")
			}
		})
	case "actions":
		c.keys(at, b, "type", "block_id", "elements")
		c.actions(at+"/elements", b["elements"])
	case "input":
		c.input(at, b)
	case "divider":
		c.keys(at, b, "type", "block_id")
	case "image":
		c.image(at, b)
	case "rich_text":
		c.keys(at, b, "type", "block_id", "elements")
		c.each(at+"/elements", b["elements"], 1, 1000, c.rich)
	default:
		c.wrong(at+"/type", "unsupported type: %v", b["type"])
	}
}

func (c *check) section(at string, b map[string]any) {
	c.keys(at, b, "type", "block_id", "text", "fields", "accessory", "expand")
	if b["text"] == nil && b["fields"] == nil {
		c.wrong(at, "must have text or fields")
	}
	if b["text"] != nil {
		c.text(at+"/text", b["text"], 3000, "")
	}
	if b["fields"] != nil {
		c.each(at+"/fields", b["fields"], 1, 10, func(at string, f map[string]any) { c.text(at, f, 2000, "") })
	}
	if e, ok := b["accessory"].(map[string]any); ok {
		c.element(at+"/accessory", e, "button", "static_select", "overflow", "radio_buttons", "checkboxes", "image")
	}
}

func (c *check) image(at string, b map[string]any) {
	c.keys(at, b, "type", "block_id", "image_url", "alt_text", "title")
	c.between(at+"/image_url", b["image_url"], 1, 3000)
	c.between(at+"/alt_text", b["alt_text"], 1, 2000)
}

func (c *check) actions(at string, elements any) {
	ids := map[string]bool{}
	c.each(at, elements, 1, 25, func(at string, e map[string]any) {
		c.element(at, e, "button", "static_select", "overflow", "radio_buttons", "checkboxes")
		id, _ := e["action_id"].(string)
		if id != "" && ids[id] {
			c.wrong(at+"/action_id", "action_id already exists")
		}
		ids[id] = true
	})
}

func (c *check) input(at string, b map[string]any) {
	c.inputs++
	if c.surface == Home {
		c.wrong(at, "no inputs here: nothing would send them")
	}
	c.keys(at, b, "type", "block_id", "label", "element", "hint", "optional", "dispatch_action")
	c.text(at+"/label", b["label"], 2000, plainOnly)
	if b["hint"] != nil {
		c.text(at+"/hint", b["hint"], 2000, plainOnly)
	}
	e, ok := b["element"].(map[string]any)
	if !ok {
		c.wrong(at+"/element", "is required")
		return
	}
	c.element(at+"/element", e, "plain_text_input", "number_input", "datepicker", "static_select", "radio_buttons", "checkboxes")
}

var elementKeys = map[string][]string{
	"button":           {"text", "url", "value", "style", "confirm", "accessibility_label"},
	"static_select":    {"placeholder", "options", "option_groups", "initial_option", "confirm", "focus_on_load"},
	"overflow":         {"options", "confirm"},
	"radio_buttons":    {"options", "initial_option", "confirm", "focus_on_load"},
	"checkboxes":       {"options", "initial_options", "confirm", "focus_on_load"},
	"plain_text_input": {"placeholder", "initial_value", "multiline", "min_length", "max_length", "dispatch_action_config", "focus_on_load"},
	"datepicker":       {"initial_date", "confirm", "focus_on_load", "placeholder"},
	"number_input":     {"is_decimal_allowed", "placeholder", "initial_value", "min_value", "max_value", "dispatch_action_config", "focus_on_load"},
}

func (c *check) element(at string, e map[string]any, kinds ...string) {
	kind, _ := e["type"].(string)
	if kind == "image" && slices.Contains(kinds, kind) {
		c.image(at, e)
		return
	}
	keys, known := elementKeys[kind]
	if !known || !slices.Contains(kinds, kind) {
		c.wrong(at+"/type", "unsupported type: %q", kind)
		return
	}
	c.keys(at, e, append([]string{"type", "action_id"}, keys...)...)
	c.limit(at+"/action_id", e["action_id"], 255)
	if e["placeholder"] != nil {
		c.text(at+"/placeholder", e["placeholder"], 150, plainOnly)
	}
	if confirm, ok := e["confirm"].(map[string]any); ok {
		c.confirm(at+"/confirm", confirm)
	}
	switch kind {
	case "button":
		c.button(at, e)
	case "static_select":
		c.options(at, e, 100)
	case "overflow":
		c.options(at, e, 5)
	case "radio_buttons", "checkboxes":
		c.options(at, e, 10)
	case "plain_text_input":
		c.textInput(at, e)
	case "number_input":
		c.numberInput(at, e)
	case "datepicker":
		if _, err := time.Parse(time.DateOnly, text(e, "initial_date")); e["initial_date"] != nil && err != nil {
			c.wrong(at+"/initial_date", "must be of the form YYYY-MM-DD")
		}
	}
}

func (c *check) button(at string, e map[string]any) {
	c.text(at+"/text", e["text"], 75, plainOnly)
	c.limit(at+"/value", e["value"], 2000)
	c.limit(at+"/url", e["url"], 3000)
	c.limit(at+"/accessibility_label", e["accessibility_label"], 75)
	if style, ok := e["style"]; ok && style != "primary" && style != "danger" {
		c.wrong(at+"/style", "must be primary or danger")
	}
}

func (c *check) confirm(at string, v map[string]any) {
	c.keys(at, v, "title", "text", "confirm", "deny", "style")
	c.text(at+"/title", v["title"], 100, plainOnly)
	c.text(at+"/text", v["text"], 300, "")
	c.text(at+"/confirm", v["confirm"], 30, plainOnly)
	c.text(at+"/deny", v["deny"], 30, plainOnly)
}

func (c *check) options(at string, e map[string]any, most int) {
	var all []string
	c.each(at+"/options", e["options"], 1, most, func(at string, o map[string]any) {
		c.keys(at, o, "text", "value", "description", "url")
		c.text(at+"/text", o["text"], 75, "")
		c.between(at+"/value", o["value"], 1, 150)
		if o["description"] != nil {
			c.text(at+"/description", o["description"], 75, "")
		}
		all = append(all, same(o))
	})
	initial := []any{}
	if e["initial_option"] != nil {
		initial = append(initial, e["initial_option"])
	}
	if more, ok := e["initial_options"].([]any); ok {
		initial = append(initial, more...)
	}
	for _, o := range initial {
		if !slices.Contains(all, same(o)) {
			c.wrong(at+"/initial_option", "must be one of the provided options")
		}
	}
}

func same(v any) string {
	text, _ := json.Marshal(v) // keys are sorted
	return string(text)
}

func (c *check) textInput(at string, e map[string]any) {
	most := 3000.0
	if max, ok := e["max_length"].(float64); ok {
		if max < 1 || max > 3000 {
			c.wrong(at+"/max_length", "must be from 1 to 3000")
		}
		most = max
	}
	c.limit(at+"/initial_value", e["initial_value"], int(most))
}

var wholeNumber = regexp.MustCompile(`^-?\d+$`)

func (c *check) numberInput(at string, e map[string]any) {
	if _, ok := e["is_decimal_allowed"].(bool); !ok {
		c.wrong(at+"/is_decimal_allowed", "is required")
	}
	numbers := map[string]int{}
	for _, key := range []string{"min_value", "max_value", "initial_value"} {
		v, has := e[key]
		text, ok := v.(string)
		switch {
		case !has:
			continue
		case !ok || !wholeNumber.MatchString(text):
			c.wrong(at+"/"+key, "must be a number in a string")
			continue
		}
		numbers[key], _ = strconv.Atoi(text)
	}
	least, hasLeast := numbers["min_value"]
	most, hasMost := numbers["max_value"]
	first, hasFirst := numbers["initial_value"]
	if hasLeast && hasMost && least > most {
		c.wrong(at+"/max_value", "must not be less than min_value")
	}
	if hasFirst && (hasLeast && first < least || hasMost && first > most) {
		c.wrong(at+"/initial_value", "must be between min_value and max_value")
	}
}

var richKeys = map[string][]string{
	"text": {"text", "style"}, "link": {"url", "text", "style", "unsafe"}, "emoji": {"name", "skin_tone", "unicode", "style"},
	"user": {"user_id", "style"}, "usergroup": {"usergroup_id", "style"}, "channel": {"channel_id", "style"}, "broadcast": {"range", "style"},
	"date": {"timestamp", "format", "url", "fallback"},
}

func (c *check) rich(at string, e map[string]any) {
	switch e["type"] {
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
		c.keys(at, e, "type", "elements", "border")
		c.each(at+"/elements", e["elements"], 1, 1000, c.richPart)
	case "rich_text_list":
		c.keys(at, e, "type", "style", "elements", "indent", "offset", "border")
		if e["style"] != "bullet" && e["style"] != "ordered" {
			c.wrong(at+"/style", "must be bullet or ordered")
		}
		c.each(at+"/elements", e["elements"], 1, 1000, func(at string, e map[string]any) {
			if e["type"] != "rich_text_section" {
				c.wrong(at+"/type", "must be rich_text_section")
			}
			c.rich(at, e)
		})
	default:
		c.wrong(at+"/type", "unsupported type: %v", e["type"])
	}
}

func (c *check) richPart(at string, e map[string]any) {
	kind, _ := e["type"].(string)
	keys, known := richKeys[kind]
	if !known {
		c.wrong(at+"/type", "unsupported type: %q", kind)
		return
	}
	c.keys(at, e, append([]string{"type"}, keys...)...)
	if style, ok := e["style"].(map[string]any); ok {
		c.keys(at+"/style", style, "bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
	}
	switch kind {
	case "text":
		c.between(at+"/text", e["text"], 1, 3000)
		text, _ := e["text"].(string)
		c.chars += utf8.RuneCountInString(text)
	case "emoji":
		c.between(at+"/name", e["name"], 1, 255)
	}
}

const plainOnly = "plain_text"

// text checks a text object, which is only of one kind where that is named.
func (c *check) text(at string, v any, most int, only string) {
	t, ok := v.(map[string]any)
	if !ok {
		c.wrong(at, "must be a text object")
		return
	}
	c.keys(at, t, "type", "text", "emoji", "verbatim")
	kind, _ := t["type"].(string)
	if kind != "plain_text" && kind != "mrkdwn" || only != "" && kind != only {
		c.wrong(at+"/type", "must not be %q", kind)
	}
	if t["verbatim"] != nil && kind != "mrkdwn" || t["emoji"] != nil && kind != "plain_text" {
		c.wrong(at, "has a key of the other kind of text")
	}
	c.between(at+"/text", t["text"], 1, most)
	text, _ := t["text"].(string)
	c.chars += utf8.RuneCountInString(text)
}

func (c *check) keys(at string, v map[string]any, allowed ...string) {
	for _, key := range slices.Sorted(maps.Keys(v)) {
		if !slices.Contains(allowed, key) {
			c.wrong(at+"/"+key, "no more properties allowed")
		}
	}
}

// limit checks a text that may be missing.
func (c *check) limit(at string, v any, most int) {
	if v != nil {
		c.between(at, v, 0, most)
	}
}

func (c *check) between(at string, v any, least, most int) {
	text, ok := v.(string)
	n := utf8.RuneCountInString(text)
	switch {
	case !ok:
		c.wrong(at, "must be a string")
	case n < least || strings.TrimSpace(text) == "" && least > 0 && !strings.ContainsAny(text, " \n"):
		c.wrong(at, "must be more than %d characters", least-1)
	case n > most:
		c.wrong(at, "must be less than %d characters", most+1)
	}
}

func (c *check) each(at string, v any, least, most int, do func(at string, e map[string]any)) {
	list, ok := v.([]any)
	if !ok || len(list) < least {
		c.wrong(at, "must have at least %d items", least)
	}
	if len(list) > most {
		c.wrong(at, "no more than %d items allowed", most)
	}
	for i, e := range list {
		here := at + "/" + strconv.Itoa(i)
		inner, ok := e.(map[string]any)
		if !ok {
			c.wrong(here, "must be an object")
			continue
		}
		do(here, inner)
	}
}
