package fakediscord

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Locales are the keys of translations.
var locales = strings.Fields("id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko")

// Types of commands.
const (
	chatInput = 1
	maxType   = 3 // of a user's and of a message's menu
)

// commandName is the form of the names of slash commands and of their options.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// maxCommand is how many characters a command has in all names, descriptions and choices,
// each in its longest language.
const maxCommand = 8000

// CheckCommands finds what is wrong with commands that replace all that an application has.
func CheckCommands(body any) []Problem {
	c := newCheck()
	if _, is := body.([]any); !is {
		return []Problem{{"", "Must be a list"}}
	}
	names, inputs := map[string]bool{}, 0
	c.each("", body, 0, 130, func(at string, v map[string]any) {
		c.chars = 0
		kind := kindOf(v)
		if v["type"] == nil {
			kind = chatInput
		}
		c.within(at+"/type", v["type"], chatInput, maxType)
		key := fmt.Sprint(kind, text(v, "name"))
		if names[key] {
			c.wrong(at+"/name", "Application command names must be unique")
		}
		names[key] = true
		c.entry(at, v)
		if kind == chatInput {
			inputs++
			c.named(at, v)
			c.commandOptions(at+"/options", v["options"], 0)
		} else {
			c.between(at+"/name", v["name"], 1, 32)
			if text(v, "description") != "" || len(list(v["options"])) > 0 {
				c.wrong(at, "A menu's command has neither a description nor options")
			}
		}
		if c.chars > maxCommand {
			c.wrong(at, "%d characters in all are more than %d", c.chars, maxCommand)
		}
	})
	if inputs > 100 {
		c.wrong("", "Maximum number of application commands reached (100)")
	}
	return c.problems
}

var bits = regexp.MustCompile(`^[0-9]+$`)

// entry is what only a command itself has.
func (c *check) entry(at string, v map[string]any) {
	if p := v["default_member_permissions"]; p != nil && !bits.MatchString(fmt.Sprint(text(v, "default_member_permissions"))) {
		c.wrong(at+"/default_member_permissions", "Must be a number in a string")
	}
	for key, most := range map[string]float64{"contexts": 2, "integration_types": 1} {
		for _, n := range list(v[key]) {
			c.within(at+"/"+key, n, 0, most)
		}
	}
}

// named is what each command and option has: a name and a description, in languages.
func (c *check) named(at string, v map[string]any) {
	lower := func(at string, name string) {
		if !commandName.MatchString(name) || strings.ToLower(name) != name {
			c.wrong(at, "Command name is invalid")
		}
	}
	lower(at+"/name", text(v, "name"))
	c.between(at+"/description", v["description"], 1, 100)
	c.translated(at+"/name_localizations", v["name_localizations"], lower)
	c.translated(at+"/description_localizations", v["description_localizations"], func(at, s string) { c.between(at, s, 1, 100) })
	c.chars += longest(v, "name") + longest(v, "description")
}

func (c *check) translated(at string, v any, do func(at, s string)) {
	all, is := v.(map[string]any)
	if v != nil && !is {
		c.wrong(at, "Only dictionaries may be used here")
	}
	for lang, v := range all {
		if !slices.Contains(locales, lang) {
			c.wrong(at+"/"+lang, "This is no locale of Discord's")
		}
		s, _ := v.(string)
		do(at+"/"+lang, s)
	}
}

// longest is the length of a text in the language where it is longest.
func longest(v map[string]any, key string) int {
	n := utf8.RuneCountInString(text(v, key))
	all, _ := v[key+"_localizations"].(map[string]any)
	for _, v := range all {
		s, _ := v.(string)
		n = max(n, utf8.RuneCountInString(s))
	}
	return n
}

const maxDepth = 2 // a subcommand in a group

func (c *check) commandOptions(at string, v any, depth int) {
	names := map[string]bool{}
	subs, values, optional := 0, 0, false
	c.each(at, v, 0, 25, func(at string, o map[string]any) {
		kind := kindOf(o)
		c.named(at, o)
		if names[text(o, "name")] {
			c.wrong(at+"/name", "Option names must be unique")
		}
		names[text(o, "name")] = true
		switch {
		case kind < subcommand || kind > 11:
			c.wrong(at+"/type", "Value must be one of 1 to 11")
		case kind == subcommand || kind == group:
			subs++
			c.sub(at, o, kind, depth)
		default:
			values++
			if o["required"] == true && optional {
				c.wrong(at+"/required", "Required options must be placed before non-required options")
			}
			optional = optional || o["required"] != true
			c.value(at, o, kind)
		}
	})
	if subs > 0 && values > 0 {
		c.wrong(at, "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
}

func (c *check) sub(at string, o map[string]any, kind, depth int) {
	if depth >= maxDepth || kind == group && depth > 0 {
		c.wrong(at+"/type", "A subcommand cannot be here")
		return
	}
	if kind == group {
		for n, v := range list(o["options"]) {
			if inner, _ := v.(map[string]any); kindOf(inner) != subcommand {
				c.wrong(fmt.Sprintf("%s/options/%d/type", at, n), "A group holds subcommands")
			}
		}
		c.commandOptions(at+"/options", o["options"], depth+1)
		return
	}
	c.commandOptions(at+"/options", o["options"], maxDepth)
}

// value is an option that something is given to.
func (c *check) value(at string, o map[string]any, kind int) {
	choosable := kind == optionText || kind == optionInt || kind == optionNum
	if (o["choices"] != nil || o["autocomplete"] == true) && !choosable {
		c.wrong(at, "Only texts and numbers are chosen or completed")
	}
	if o["autocomplete"] == true && len(list(o["choices"])) > 0 {
		c.wrong(at+"/autocomplete", "Autocomplete and choices are mutually exclusive")
	}
	c.choices(at+"/choices", o["choices"], kind)
	for _, key := range []string{"min_length", "max_length"} {
		if o[key] != nil && kind != optionText {
			c.wrong(at+"/"+key, "Only a text has a length")
		}
	}
	c.within(at+"/min_length", o["min_length"], 0, 6000)
	c.within(at+"/max_length", o["max_length"], 1, 6000)
	for _, key := range []string{"min_value", "max_value"} {
		if o[key] != nil && kind != optionInt && kind != optionNum {
			c.wrong(at+"/"+key, "Only a number has bounds")
		}
	}
}

// choices are those of an option, or what is suggested while something is typed.
func (c *check) choices(at string, v any, kind int) {
	c.each(at, v, 0, 25, func(at string, o map[string]any) {
		c.between(at+"/name", o["name"], 1, 100)
		if kind == optionText {
			c.between(at+"/value", o["value"], 1, 100)
		} else if _, is := o["value"].(float64); !is {
			c.wrong(at+"/value", "Must be a number")
		}
		c.translated(at+"/name_localizations", o["name_localizations"], func(at, s string) { c.between(at, s, 1, 100) })
		c.chars += longest(o, "name") + utf8.RuneCountInString(text(o, "value"))
	})
}
