package discord

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// Component types, as Discord numbers them.
const (
	typeRow      = 1
	typeButton   = 2
	typeSelect   = 3
	typeInput    = 4
	typeSection  = 9
	typeText     = 10
	typeLabel    = 18
	typeRadio    = 21
	typeCheckbox = 23
)

// Button styles.
const (
	stylePrimary   = 1
	styleSecondary = 2
	styleDanger    = 4
	styleLink      = 5
)

// Limits, in characters where they are of text.
const (
	maxComponents  = 40   // of a message, nested ones too
	maxText        = 4000 // of all text displays of a message together
	maxButtons     = 5    // of a row
	maxButton      = 80
	maxOption      = 100
	maxOptions     = 25
	maxPlaceholder = 150
	maxRadios      = 10
	maxModalTitle  = 45
	maxLabel       = 45
	maxDescription = 100
	maxModalFields = 5
	maxLead        = 2000 // ours: above a modal's fields, which are to be in sight
	maxTyped       = 4000
)

// component is any of Discord's: this program's own type, because discordgo lacks labels,
// radio groups and checkboxes.
type component struct {
	Type        int         `json:"type"`
	ID          string      `json:"custom_id,omitempty"`
	Style       int         `json:"style,omitempty"`
	Label       string      `json:"label,omitempty"`
	Description string      `json:"description,omitempty"`
	Content     string      `json:"content,omitempty"`
	URL         string      `json:"url,omitempty"`
	Value       string      `json:"value,omitempty"`
	Placeholder string      `json:"placeholder,omitempty"`
	Required    *bool       `json:"required,omitempty"`
	Default     *bool       `json:"default,omitempty"`
	MaxLength   int         `json:"max_length,omitempty"`
	Options     []option    `json:"options,omitempty"`
	Components  []component `json:"components,omitempty"`
	Accessory   *component  `json:"accessory,omitempty"`
	Component   *component  `json:"component,omitempty"`
}

type option struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// canvas draws a prompt as components. All of a prompt's text is escaped: Discord reads no
// markup, link or mention out of anybody's name or word.
type canvas struct {
	parts []component
	words locale.Words
	kind  press // of the buttons: where they are
	count int   // of buttons

	compact  bool                 // what can be done is below all text, that with items in menus
	items    []conversations.Item // whose actions are in menus
	controls []component          // rows of buttons
}

// say shows lines, in as many pieces as a message has room for each.
func (c *canvas) say(lines ...string) {
	from, long := 0, -1 // characters since from, with a break before each line but the first
	for i, line := range lines {
		lines[i] = fit(line, maxText)
		n := runes(lines[i])
		if i > from && long+1+n > maxText {
			c.text(lines[from:i])
			from, long = i, -1
		}
		long += 1 + n
	}
	c.text(lines[from:])
}

func (c *canvas) text(lines []string) {
	c.parts = append(c.parts, component{Type: typeText, Content: strings.Join(lines, "\n")})
}

// marks are the tones' signs.
var marks = map[conversations.Tone]string{conversations.Good: "✅ ", conversations.Warning: "⚠️ ", conversations.Bad: "⛔ ", conversations.Muted: "-# "}

func toned(t conversations.Tone, text string) string { return marks[t] + escaped(text) }

// escaped is text in which Discord reads no markup, mention, emoji or link.
func escaped(text string) string {
	if strings.ContainsAny(text, marked) { // a long look for little: most texts have nothing of it
		text = markup.Replace(text)
	}
	if !strings.Contains(text, "\n") {
		return lineStart(text)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = lineStart(line)
	}
	return strings.Join(lines, "\n")
}

// marked are the first characters of what markup replaces.
const marked = "\\*_~`|<>[]@:"

var markup = strings.NewReplacer(
	`\`, `\\`, "*", `\*`, "_", `\_`, "~", `\~`, "`", "\\`", "|", `\|`, "<", `\<`, ">", `\>`, "[", `\[`, "]", `\]`, "@", `\@`, "://", `:\/\/`,
)

// lineStart keeps a line, indented or not, from being a heading, a quotation or a list.
func lineStart(line string) string {
	text := strings.TrimLeft(line, " \t")
	indent := line[:len(line)-len(text)]
	if strings.IndexAny(text, "#-+") == 0 {
		return indent + `\` + text
	}
	rest := strings.TrimLeft(text, "0123456789")
	if len(rest) < len(text) && strings.IndexAny(rest, ".)") == 0 {
		return indent + text[:len(text)-len(rest)] + `\` + rest
	}
	return line
}

// fit is text within a limit: for names from outside, for what a person must read whole is
// kept short in its words, which tests hold to.
func fit(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

func runes(text string) int { return utf8.RuneCountInString(text) }

// button is an action. Its id holds the ref, which it was printed with, after its kind and
// a number: ids are unique in a message, and one ref may stand there twice.
func (c *canvas) button(a conversations.Action, kind press) component {
	b := component{Type: typeButton, Label: fit(a.Label, maxButton)}
	if a.URL != "" {
		b.Style, b.URL = styleLink, a.URL
		return b
	}
	b.Style = styleSecondary
	switch a.Style {
	case conversations.Primary:
		b.Style = stylePrimary
	case conversations.Danger:
		b.Style = styleDanger
	}
	b.ID = c.id(a, kind)
	return b
}

// id is what a click on an action is delivered with.
func (c *canvas) id(a conversations.Action, kind press) string {
	if a.Confirm != nil {
		kind.confirm = true
	}
	c.count++
	return kind.String() + strconv.Itoa(c.count) + idSeparator + a.Ref
}

func (c *canvas) buttons(actions []conversations.Action) {
	all := make([]component, len(actions))
	for i, a := range actions {
		all[i] = c.button(a, c.kind)
	}
	c.rows(all)
}

// rows are buttons, as many beside each other as there can be.
func (c *canvas) rows(buttons []component) {
	to := &c.parts
	if c.compact {
		to = &c.controls
	}
	for row := range slices.Chunk(buttons, maxButtons) {
		*to = append(*to, component{Type: typeRow, Components: row})
	}
}

// number counts components, nested ones too.
func number(all []component) int {
	n := 0
	for i := range all {
		n += 1 + number(all[i].Components)
		if all[i].Accessory != nil {
			n++
		}
	}
	return n
}

// length counts the characters of all text.
func length(all []component) int {
	n := 0
	for i := range all {
		n += runes(all[i].Content) + length(all[i].Components)
	}
	return n
}
