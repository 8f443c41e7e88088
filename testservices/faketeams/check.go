package faketeams

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

const (
	messageLimit   = 100 << 10 // bytes in UTF-16
	cardLimit      = 28 << 10  // bytes: a webhook's limit, and safe everywhere
	primaryActions = 6         // the others go behind "…"
	refreshUsers   = 60
)

// properties are what each kind of element and action may have in version 1.5.
var properties = func() map[string][]string {
	const (
		shared = " height separator spacing id isVisible requires fallback"
		action = " title iconUrl id style fallback tooltip isEnabled mode requires"
		input  = " id errorMessage isRequired label" + shared
		inside = " items selectAction style verticalContentAlignment bleed backgroundImage minHeight rtl"
	)
	all := map[string][]string{}
	for kind, names := range map[string]string{
		"AdaptiveCard":            "version refresh body actions selectAction fallbackText backgroundImage minHeight rtl speak lang verticalContentAlignment $schema msteams",
		"ActionSet":               "actions" + shared,
		"Column":                  "width" + inside + shared,
		"ColumnSet":               "columns selectAction style bleed minHeight horizontalAlignment" + shared,
		"Container":               inside + shared,
		"FactSet":                 "facts" + shared,
		"Image":                   "url altText backgroundColor horizontalAlignment selectAction size style width msteams" + shared,
		"ImageSet":                "images imageSize" + shared,
		"Input.ChoiceSet":         "choices isMultiSelect style value placeholder wrap" + input,
		"Input.Date":              "max min placeholder value" + input,
		"Input.Number":            "max min placeholder value" + input,
		"Input.Text":              "isMultiline maxLength placeholder regex style inlineAction value" + input,
		"Input.Time":              "max min placeholder value" + input,
		"Input.Toggle":            "title value valueOff valueOn wrap" + input,
		"RichTextBlock":           "inlines horizontalAlignment" + shared,
		"TextRun":                 "text color fontType highlight isSubtle italic selectAction size strikethrough underline weight",
		"Table":                   "columns rows firstRowAsHeader showGridLines gridStyle horizontalCellContentAlignment verticalCellContentAlignment" + shared,
		"TableRow":                "cells style horizontalCellContentAlignment verticalCellContentAlignment",
		"TableCell":               inside,
		"TableColumnDefinition":   "width horizontalCellContentAlignment verticalCellContentAlignment",
		"TextBlock":               "text color fontType horizontalAlignment isSubtle maxLines size weight wrap style" + shared,
		"Action.Execute":          "verb data associatedInputs" + action,
		"Action.Submit":           "data associatedInputs msteams" + action,
		"Action.OpenUrl":          "url" + action,
		"Action.ShowCard":         "card" + action,
		"Action.ToggleVisibility": "targetElements" + action,
	} {
		all[kind] = append(strings.Fields(names), "type")
	}
	return all
}()

// required are what an element is nothing without.
var required = map[string][]string{
	"TextBlock": {"text"}, "TextRun": {"text"}, "Image": {"url", "altText"}, "FactSet": {"facts"}, "RichTextBlock": {"inlines"},
	"Input.Text": {"id", "label"}, "Input.Number": {"id", "label"}, "Input.Date": {"id", "label"}, "Input.Time": {"id", "label"},
	"Input.ChoiceSet": {"id", "label", "choices"}, "Input.Toggle": {"id", "title"}, "Action.Execute": {"verb", "title"}, "Action.Submit": {"title"},
	"Action.OpenUrl": {"url", "title"}, "ActionSet": {"actions"},
}

// CheckCard finds what is wrong with a card that a bot sends: what Teams does not know or
// show, and what would leave a client without a way to go on.
func CheckCard(card map[string]any) []string {
	c := &check{ids: map[string]bool{}}
	c.root(card)
	walk(card, "", c.element)
	return c.problems
}

type check struct {
	problems []string
	ids      map[string]bool
}

func (c *check) wrong(at, format string, args ...any) {
	c.problems = append(c.problems, at+": "+fmt.Sprintf(format, args...))
}

func (c *check) root(card map[string]any) {
	if card["type"] != "AdaptiveCard" || card["version"] != "1.5" {
		c.wrong("", "is no AdaptiveCard of version 1.5 but %v %v", card["type"], card["version"])
	}
	if n := len(encoded(card)); n > cardLimit {
		c.wrong("", "has %d bytes, over 28 KB", n)
	}
	refresh, has := card["refresh"].(map[string]any)
	if !has {
		return
	}
	if a := object(refresh, "action"); a["type"] != "Action.Execute" || text(a, "verb") == "" {
		c.wrong("/refresh/action", "is no Action.Execute with a verb")
	}
	if n := len(list(refresh, "userIds")); n > refreshUsers {
		c.wrong("/refresh/userIds", "has %d people, over %d", n, refreshUsers)
	}
}

func (c *check) element(at string, v map[string]any) {
	kind := text(v, "type")
	if kind == "" && strings.Contains(at, "/columns/") && v["items"] == nil {
		kind = "TableColumnDefinition"
	}
	known, ok := properties[kind]
	if !ok {
		c.wrong(at, "unknown type %q", kind)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		if !slices.Contains(known, key) {
			c.wrong(at+"/"+key, "a %s has none", kind)
		}
	}
	for _, key := range required[kind] {
		if v[key] == nil || v[key] == "" {
			c.wrong(at+"/"+key, "is missing")
		}
	}
	c.unique(at, v)
	c.primary(at, list(v, "actions"))
	switch {
	case strings.HasPrefix(kind, "Action."):
		c.action(at, v)
	case kind == "Input.ChoiceSet":
		c.choices(at, v)
	case kind == "FactSet":
		c.pairs(at+"/facts", list(v, "facts"))
	}
}

func (c *check) unique(at string, v map[string]any) {
	id, has := v["id"].(string)
	if has && c.ids[id] {
		c.wrong(at+"/id", "%q is there twice", id)
	}
	if has {
		c.ids[id] = true
	}
}

// primary counts the actions that are shown at once.
func (c *check) primary(at string, actions []any) {
	shown := 0
	for _, a := range actions {
		if action, ok := a.(map[string]any); ok && action["mode"] != "secondary" {
			shown++
		}
	}
	if shown > primaryActions {
		c.wrong(at+"/actions", "has %d primary actions, over %d", shown, primaryActions)
	}
}

func (c *check) action(at string, v map[string]any) {
	if style, ok := v["style"]; ok && style != "default" && style != "positive" && style != "destructive" {
		c.wrong(at+"/style", "is none: %v", style)
	}
	if _, ok := v["data"].(map[string]any); v["data"] != nil && !ok {
		c.wrong(at+"/data", "is no object: no input could be added")
	}
	switch v["type"] {
	case "Action.Execute":
		if object(v, "fallback")["type"] != "Action.Submit" {
			c.wrong(at+"/fallback", "is no Action.Submit, for clients before 1.4")
		}
	case "Action.OpenUrl":
		u, err := url.Parse(text(v, "url"))
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			c.wrong(at+"/url", "is no address")
		}
	}
}

func (c *check) choices(at string, v map[string]any) {
	c.pairs(at+"/choices", list(v, "choices"))
	seen := map[string]bool{}
	for _, one := range list(v, "choices") {
		choice, _ := one.(map[string]any)
		value := text(choice, "value")
		if seen[value] {
			c.wrong(at+"/choices", "the value %q is there twice", value)
		}
		seen[value] = true
	}
	initial, has := v["value"].(string)
	if has && initial != "" && v["isMultiSelect"] != true && !seen[initial] {
		c.wrong(at+"/value", "%q is no choice", initial)
	}
}

// pairs are facts or choices.
func (c *check) pairs(at string, all []any) {
	if len(all) == 0 {
		c.wrong(at, "there are none")
	}
	for i, one := range all {
		pair, _ := one.(map[string]any)
		title, hasTitle := pair["title"].(string)
		value, hasValue := pair["value"].(string)
		if !hasTitle || !hasValue || title+value == "" {
			c.wrong(fmt.Sprintf("%s/%d", at, i), "has no title and value, each a text")
		}
	}
}

// activityKeys are what a bot may say of an activity that it sends.
var activityKeys = []string{
	"type", "id", "text", "textFormat", "summary", "attachments", "attachmentLayout", "entities", "from", "recipient", "conversation", "replyToId",
	"channelData", "channelId", "serviceUrl", "locale", "inputHint", "importance", "timestamp", "localTimestamp",
}

// wrong finds what is wrong with an activity that the bot sends to a conversation.
func (t *Teams) wrong(c *conversation, a map[string]any) []string {
	var found []string
	no := func(bad bool, format string, args ...any) {
		if bad {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	for key := range a {
		no(!slices.Contains(activityKeys, key), "an activity has no %q", key)
	}
	kind, format := text(a, "type"), text(a, "textFormat")
	from, to := text(object(a, "from"), "id"), text(object(a, "conversation"), "id")
	no(kind != "message" && kind != "typing", "the type is %q", kind)
	no(from != "" && from != t.Bot(), "it is from %q, not the bot", from)
	no(to != "" && to != c.id, "it is to %q, not %q", to, c.id)
	no(!slices.Contains([]string{"", "plain", "markdown", "xml"}, format), "the text's format is %q", format)
	attachments := list(a, "attachments")
	no(kind == "message" && text(a, "text") == "" && len(attachments) == 0, "a message without text or card")
	for i, one := range attachments {
		attachment, _ := one.(map[string]any)
		if text(attachment, "contentType") != cardType {
			no(true, "attachment %d is of type %q", i, text(attachment, "contentType"))
			continue
		}
		for _, problem := range CheckCard(object(attachment, "content")) {
			no(!strings.Contains(problem, "over 28 KB"), "card %d%s", i, problem) // Teams itself takes more: see Large
		}
	}
	return found
}

// mentioned are those whom an activity mentions, in its text or a card.
func mentioned(v any) []string {
	var found []string
	switch v := v.(type) {
	case map[string]any:
		if v["type"] == "mention" {
			return []string{text(object(v, "mentioned"), "id")}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = append(found, mentioned(v[key])...)
		}
	case []any:
		for _, one := range v {
			found = append(found, mentioned(one)...)
		}
	}
	return found
}

// encoded is JSON as JavaScript writes it.
func encoded(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // it came as JSON
	}
	return bytes.TrimSpace(out.Bytes())
}

// utf16Size is how many bytes a text has in UTF-16, in which Teams counts.
func utf16Size(text []byte) int { return 2 * len(utf16.Encode([]rune(string(text)))) }
