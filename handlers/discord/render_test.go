package discord

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cartwright/conversations"
	"cartwright/testservices"
)

// goldens are the prompts of every situation, in every cloud and language.
func goldens(t *testing.T) map[string][]conversations.Prompt {
	t.Helper()
	return testservices.Goldens[conversations.Prompt](t)
}

// discordSchema compiles a part of Discord's own description of its API.
func discordSchema(t *testing.T, pointers ...string) []*jsonschema.Schema {
	t.Helper()
	raw := testservices.Schema(t, "discord-openapi.json", "what is sent to Discord")
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("discord.json", v); err != nil {
		t.Fatal(err)
	}
	all := make([]*jsonschema.Schema, len(pointers))
	for i, p := range pointers {
		if all[i], err = c.Compile("discord.json#/paths/" + p + "/requestBody/content/application~1json/schema"); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Every prompt, as messages and as a modal, is what Discord's own schema allows.
func TestDiscordsOwnSchema(t *testing.T) {
	t.Parallel()
	s := discordSchema(t, "~1channels~1{channel_id}~1messages/post", "~1interactions~1{interaction_id}~1{interaction_token}~1callback/post")
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			if p.Locale != "en" {
				continue // it has the same shape; TestDiscordsLimits looks at its length
			}
			for _, m := range messages(p, wizardButton, 0) {
				valid(t, s[0], name, m)
				valid(t, s[1], name+" in "+p.Locale, callback{Type: answerMessage, Data: m})
			}
			if len(p.Fields) == 0 {
				continue
			}
			for _, m := range forms(p, wizardButton) {
				valid(t, s[1], name+" as a modal in "+p.Locale, callback{Type: answerModal, Data: m})
			}
		}
	}
}

func valid(t *testing.T, s *jsonschema.Schema, name string, body any) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded(body)))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("%s: %v\n%s", name, err, encoded(body))
	}
}

// What the schema does not see: what a message and a modal take together.
func TestDiscordsLimits(t *testing.T) {
	t.Parallel()
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			for _, m := range messages(p, ownButton, 0) {
				if n, l := number(m.Components), length(m.Components); n > maxComponents || l > maxText {
					t.Errorf("%s in %s: %d components, %d characters", name, p.Locale, n, l)
				}
				ids := map[string]bool{}
				holdTo(t, name+" in "+p.Locale, m.Components, ids)
			}
			if len(p.Fields) == 0 {
				continue
			}
			for _, m := range forms(p, wizardButton) {
				holdTo(t, name+" as a modal in "+p.Locale, m.Components, map[string]bool{m.ID: true})
			}
		}
	}
}

// holdTo holds components to their limits; nothing is cut that a prompt says itself.
func holdTo(t *testing.T, name string, all []component, ids map[string]bool) {
	t.Helper()
	for _, c := range all {
		if c.ID != "" && (ids[c.ID] || len(c.ID) > 100) {
			t.Errorf("%s: the id %q is too long, or there twice", name, c.ID)
		}
		ids[c.ID] = true
		most := map[int]int{typeButton: maxButton, typeLabel: maxLabel}[c.Type]
		if utf8.RuneCountInString(c.Label) > most || strings.HasSuffix(c.Label, "…") && c.Type == typeLabel || c.Type != typeText && strings.HasSuffix(c.Description, "…") {
			t.Errorf("%s: %q, %q is cut", name, c.Label, c.Description)
		}
		if c.Type == typeRow && len(c.Components) > maxButtons || c.Type == typeText && c.Content == "" {
			t.Errorf("%s: %+v", name, c)
		}
		holdTo(t, name, c.Components, ids)
		if c.Accessory != nil {
			holdTo(t, name, []component{*c.Accessory}, ids)
		}
		if c.Component != nil {
			holdTo(t, name, []component{*c.Component}, ids)
		}
	}
}

// Whatever somebody is called, Discord reads nothing in it.
func TestTextIsText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain, 12 € (of 3)": "plain, 12 € (of 3)", "**b** _i_ `c` ~s~ ||p||": `\*\*b\*\* \_i\_ ` + "\\`c\\`" + ` \~s\~ \|\|p\|\|`,
		"<@1> <@&2> <#3> <:e:4>": `\<\@1\> \<\@&2\> \<#3\> \<:e:4\>`, "@everyone": `\@everyone`, "[a](https://b)": `\[a\](https:\/\/b)`,
		"# h\n- l\n> q\n1. n\n1) n": "\\# h\n\\- l\n\\> q\n1\\. n\n1\\) n", `\`: `\\`,
	} {
		if got := escaped(in); got != want {
			t.Errorf("%q is written %q, want %q", in, got, want)
		}
	}
}

// The commands are what Discord takes, in every language; each leads to the word of it.
func TestCommands(t *testing.T) {
	t.Parallel()
	s := discordSchema(t, "~1applications~1{application_id}~1commands/put")
	valid(t, s[0], "the commands", commands())
	for _, c := range commands() {
		if n := longest(c); n > 8000 { // Discord counts names and descriptions, of the longest language each
			t.Errorf("/%s has %d characters", c.Name, n)
		}
	}
	var look func(all []command)
	look = func(all []command) {
		taken := map[string]bool{}
		for _, c := range all {
			for lang, text := range c.Descriptions {
				if n := utf8.RuneCountInString(text); n == 0 || n > 100 || strings.Contains(text, "⟦") {
					t.Errorf("%s in %s: %q", c.Name, lang, text)
				}
			}
			for lang, name := range c.Names {
				if !commandName.MatchString(name) || strings.ToLower(name) != name || taken[lang+name] {
					t.Errorf("%s in %s: %q is no name, or there twice", c.Name, lang, name)
				}
				taken[lang+name] = true
			}
			if c.Name != "m365" && len(c.Names) != 5 || len(c.Descriptions) != 5 || len(c.Options) > 25 {
				t.Errorf("%s: %d languages, %d options", c.Name, len(c.Descriptions), len(c.Options))
			}
			look(c.Options)
		}
	}
	look(commands())
}

// commandName is what Discord documents that a name may be.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// longest counts a command as Discord does.
func longest(c command) int {
	most := func(text string, in map[string]string) int {
		n := utf8.RuneCountInString(text)
		for _, t := range in {
			n = max(n, utf8.RuneCountInString(t))
		}
		return n
	}
	n := most(c.Name, c.Names) + most(c.Description, c.Descriptions)
	for _, o := range c.Options {
		n += longest(o)
	}
	return n
}
