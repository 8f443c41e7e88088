package fakediscord

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Problem is one thing for which Discord would refuse what it is sent.
type Problem struct {
	Path    string // keys and numbers, between slashes
	Message string
}

func (p Problem) String() string { return p.Path + ": " + p.Message }

// check finds problems, and counts what counts together.
type check struct {
	problems []Problem
	modal    bool
	v2       bool
	ids      map[string]bool // custom_ids
	numbers  map[int]bool    // ids
	count    int             // of components
	chars    int             // of all text displays
}

func (c *check) wrong(at, format string, args ...any) {
	c.problems = append(c.problems, Problem{at, fmt.Sprintf(format, args...)})
}

// Limits of messages, in characters where they are of text.
const (
	maxComponents = 40
	maxText       = 4000
	maxContent    = 2000
	maxEmbeds     = 10
	maxRows       = 5
	maxID         = 100
	maxURL        = 512
)

// CheckMessage finds what is wrong with a message, by Discord's documented limits and by
// what its own schema does not see: what belongs to a kind of component, and what counts
// together.
func CheckMessage(m map[string]any) []Problem {
	c := newCheck()
	c.v2 = flags(m)&componentsV2 != 0
	c.limit("content", m["content"], maxContent)
	c.size("embeds", m["embeds"], 0, maxEmbeds)
	c.limit("nonce", m["nonce"], 25)
	if !c.v2 {
		c.each("components", m["components"], 0, maxRows, func(at string, v map[string]any) { c.component(at, v, 1) })
		return c.problems
	}
	for _, key := range []string{"content", "embeds", "poll", "sticker_ids"} {
		if given := m[key]; given != nil && given != "" && (len(list(given)) > 0 || key == "poll" || key == "content") {
			c.wrong(key, "This field cannot be used with MessageFlags.IS_COMPONENTS_V2")
		}
	}
	c.each("components", m["components"], 1, maxComponents, func(at string, v map[string]any) { c.component(at, v, 1, 9, 10, 12, 13, 14, 17) })
	if c.count > maxComponents {
		c.wrong("components", "%d components, nested ones too, are more than %d", c.count, maxComponents)
	}
	if c.chars > maxText {
		c.wrong("components", "%d characters in all are more than %d", c.chars, maxText)
	}
	return c.problems
}

// CheckModal finds what is wrong with a modal.
func CheckModal(m map[string]any) []Problem {
	c := newCheck()
	c.modal, c.v2 = true, true
	c.between("custom_id", m["custom_id"], 1, maxID)
	c.between("title", m["title"], 1, 45)
	c.each("components", m["components"], 1, 5, func(at string, v map[string]any) { c.component(at, v, 1, 10, 18) })
	return c.problems
}

func newCheck() *check { return &check{ids: map[string]bool{}, numbers: map[int]bool{}} }

// component holds one to what its kind takes, where that kind may stand.
func (c *check) component(at string, v map[string]any, kinds ...int) {
	c.count++
	kind := kindOf(v)
	rule, known := rules()[kind]
	if !known || !slices.Contains(kinds, kind) {
		c.wrong(at+"/type", "Value must be one of %v, not %v", kinds, v["type"])
		return
	}
	if id, has := v["id"].(float64); has && id != 0 {
		if c.numbers[int(id)] {
			c.wrong(at+"/id", "Component ids must be unique")
		}
		c.numbers[int(id)] = true
	}
	if c.modal && v["disabled"] == true {
		c.wrong(at+"/disabled", "Components in modals cannot be disabled")
	}
	rule(c, at, v)
}

// rules are what each kind of component takes.
func rules() map[int]func(c *check, at string, v map[string]any) {
	return map[int]func(c *check, at string, v map[string]any){
		1: (*check).row, 2: (*check).button, 3: (*check).stringSelect, 4: (*check).textInput,
		5: (*check).menu, 6: (*check).menu, 7: (*check).menu, 8: (*check).menu,
		9: (*check).section, 10: (*check).textDisplay, 11: (*check).thumbnail, 12: (*check).gallery, 13: (*check).file, 14: (*check).separator,
		17: (*check).container, 18: (*check).label, 19: (*check).upload, 21: (*check).radios, 22: (*check).checkboxes, 23: (*check).checkbox,
	}
}

func (c *check) customID(at string, v map[string]any) {
	c.between(at+"/custom_id", v["custom_id"], 1, maxID)
	id := text(v, "custom_id")
	if c.ids[id] {
		c.wrong(at+"/custom_id", "Component custom id cannot be duplicated")
	}
	c.ids[id] = true
}

// between holds a text that must be there to a length in characters.
func (c *check) between(at string, v any, least, most int) {
	text, is := v.(string)
	n := utf8.RuneCountInString(text)
	switch {
	case v == nil:
		c.wrong(at, "This field is required")
	case !is:
		c.wrong(at, "Must be a string")
	case n < least || n > most:
		c.wrong(at, "Must be between %d and %d in length, not %d", least, most, n)
	}
}

// limit holds a text that may be missing to a length.
func (c *check) limit(at string, v any, most int) {
	if v != nil {
		c.between(at, v, 0, most)
	}
}

// within holds a whole number that may be missing.
func (c *check) within(at string, v any, least, most float64) {
	if v == nil {
		return
	}
	if n, is := v.(float64); !is || n != float64(int(n)) || n < least || n > most {
		c.wrong(at, "Must be a whole number between %v and %v, not %v", least, most, v)
	}
}

func (c *check) flag(at string, v any) {
	if _, is := v.(bool); v != nil && !is {
		c.wrong(at, "Must be a boolean")
	}
}

func (c *check) size(at string, v any, least, most int) {
	all, is := v.([]any)
	switch {
	case v == nil && least == 0:
	case !is:
		c.wrong(at, "This field is required")
	case len(all) < least || len(all) > most:
		c.wrong(at, "Must be between %d and %d in length, not %d", least, most, len(all))
	}
}

func (c *check) each(at string, v any, least, most int, do func(at string, v map[string]any)) {
	c.size(at, v, least, most)
	for n, v := range list(v) {
		here := at + "/" + strconv.Itoa(n)
		inner, is := v.(map[string]any)
		if !is {
			c.wrong(here, "Only dictionaries may be used here")
			continue
		}
		do(here, inner)
	}
}

// kindOf is the type of a component, a command or an answer, 0 for none.
func kindOf(v map[string]any) int {
	switch n := v["type"].(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

func text(v map[string]any, key string) string {
	s, _ := v[key].(string)
	return s
}
