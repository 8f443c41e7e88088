package discord

import (
	"context"
	"net/http"

	"cartwright/conversations/locale"
)

// command is a slash command, or an option of one: subcommands are options too.
type command struct {
	Name         string            `json:"name"`
	Description  string            `json:"description"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Type         int               `json:"type"`
	Required     bool              `json:"required,omitempty"`
	MaxLength    int               `json:"max_length,omitempty"`
	Min          *int              `json:"min_value,omitempty"`
	Max          *int              `json:"max_value,omitempty"`
	Suggests     bool              `json:"autocomplete,omitempty"`
	Options      []command         `json:"options,omitempty"`
	Contexts     []int             `json:"contexts,omitempty"`
	Integrations []int             `json:"integration_types,omitempty"`
}

// Types of commands and of their options.
const (
	chatInput     = 1
	subcommand    = 1
	optionText    = 3
	optionInteger = 4
	contextGuild  = 0
	contextDirect = 1
	inGuilds      = 0
)

// How long a text that is given to a command may be, and one in somebody's own words.
const (
	maxGiven = 100
	maxWords = 600
)

// takes are the subcommands, in the order of the help, with what may be given to each.
var takes = []struct {
	name  string
	given []command
}{
	{homeCommand, nil},
	{"buy", []command{product(), quantity()}},
	{"cart", nil},
	{"orders", nil},
	{"order", []command{text("number", true)}},
	{"approvals", nil},
	{"withdraw", []command{text("number", true)}},
	{"nudge", []command{text("number", true)}},
	{"delegate", []command{{Name: "person", Type: optionUser}, text(untilOption, false)}},
	{"subscriptions", nil},
	{"assign", []command{product()}},
	{"remove", []command{product()}},
	{"move", []command{product()}},
	{"cancel", nil},
	{"help", nil},
}

func text(name string, required bool) command {
	return command{Name: name, Type: optionText, Required: required, MaxLength: maxGiven}
}

// product is an option whose text is completed as it is typed, or says all that is needed
// in somebody's own words.
func product() command {
	c := text("product", false)
	c.MaxLength, c.Suggests = maxWords, true
	return c
}

// maxQuantity is more licences than any product is sold of at once; each has its own limit,
// which is told once it is chosen.
const maxQuantity = 10_000

// quantity is an option that takes whole numbers alone.
func quantity() command {
	least, most := 1, maxQuantity
	return command{Name: quantityOption, Type: optionInteger, Min: &least, Max: &most}
}

// Manifest is the application's commands, as JSON: "/m365" with a subcommand for each word
// of the dialogue, named and described in every language. All its bodies are what Discord calls a
// bulk overwrite.
func Manifest() []byte { return encoded(commands()) }

func commands() []command {
	m365 := described(command{
		Name: "m365", Type: chatInput, Contexts: []int{contextGuild, contextDirect}, Integrations: []int{inGuilds},
	}, "command")
	for _, t := range takes {
		sub := named(described(command{Name: t.name, Type: subcommand}, "command."+t.name))
		for _, o := range t.given {
			sub.Options = append(sub.Options, named(described(o, "discord.given."+o.Name)))
		}
		m365.Options = append(m365.Options, sub)
	}
	return []command{m365}
}

// locales are Discord's names of the languages. One that is not among them reads English.
var locales = map[string][]string{"en": {"en-US", "en-GB"}, "fr": {"fr"}, "de": {"de"}, "zh-CN": {"zh-CN"}}

// described is a command with its description in every language, by key.
func described(c command, key string) command {
	c.Description, c.Descriptions = locale.For("en", nil).T(key), inEach(key)
	return c
}

// named is a command with its name in every language. What Discord delivers has the name in
// English, whichever a person has seen.
func named(c command) command {
	c.Names = inEach("discord.name." + c.Name)
	return c
}

// inEach is a text by Discord's names of the languages.
func inEach(key string) map[string]string {
	all := map[string]string{}
	for _, lang := range locale.Languages() {
		for _, name := range locales[lang] {
			all[name] = locale.For(lang, nil).T(key)
		}
	}
	return all
}

// Apply registers the commands with Discord, in place of any that the application has. It
// may be done again at any time.
func (d *Discord) Apply(ctx context.Context) error {
	return d.api.call(ctx, http.MethodPut, "applications/"+d.Application+"/commands", commands(), nil)
}
