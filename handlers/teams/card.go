package teams

import (
	"strconv"
	"strings"
	"unicode"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// cardVersion is of the Adaptive Cards that a bot sends; Action.Execute needs it.
const cardVersion = "1.5"

// maxSet is how many actions stand side by side; Teams hides what is more.
const maxSet = 6

// maxBreadth is how many letters of buttons stand side by side on a phone, where Teams cuts or
// hides those that have no room.
const maxBreadth = 38

// maxBeside is how many letters a button has that stands beside a text.
const maxBeside = 16

// element is any of Adaptive Cards' elements and containers: the fields that are set are
// those of its type. An input has fields of its own besides.
type element struct {
	Type    string    `json:"type"`
	Text    string    `json:"text,omitempty"`
	Inlines []run     `json:"inlines,omitempty"`
	Style   string    `json:"style,omitempty"`
	Size    string    `json:"size,omitempty"`
	Weight  string    `json:"weight,omitempty"`
	Spacing string    `json:"spacing,omitempty"`
	Wrap    bool      `json:"wrap,omitempty"`
	Line    bool      `json:"separator,omitempty"`
	Items   []element `json:"items,omitempty"`
	Actions []action  `json:"actions,omitempty"`

	Columns []column `json:"columns,omitempty"`
	Rows    []row    `json:"rows,omitempty"`

	Input *input `json:",embed"`
}

// input is what an element has that is filled in.
type input struct {
	ID        string   `json:"id,omitempty"`
	Label     string   `json:"label,omitempty"`
	Title     string   `json:"title,omitempty"`
	Value     any      `json:"value,omitempty"`
	On        string   `json:"valueOn,omitempty"`
	Off       string   `json:"valueOff,omitempty"`
	Required  bool     `json:"isRequired,omitempty"`
	Wrong     string   `json:"errorMessage,omitempty"`
	Min       *int     `json:"min,omitempty"`
	Max       *int     `json:"max,omitempty"`
	Multiline bool     `json:"isMultiline,omitempty"`
	Choices   []choice `json:"choices,omitempty"`
}

// run is a piece of text that nothing is read in: no markup, no mention, no link.
type run struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Color  string `json:"color,omitempty"`
	Weight string `json:"weight,omitempty"`
	Size   string `json:"size,omitempty"`
	Subtle bool   `json:"isSubtle,omitempty"`
}

// column is one of a ColumnSet, or of a Table: that has widths alone.
type column struct {
	Type     string    `json:"type,omitempty"`
	Width    any       `json:"width"`
	Vertical string    `json:"verticalContentAlignment,omitempty"`
	Align    string    `json:"horizontalCellContentAlignment,omitempty"`
	Items    []element `json:"items,omitempty"`
}

type row struct {
	Type  string `json:"type"`
	Cells []cell `json:"cells"`
}

type cell struct {
	Type  string    `json:"type"`
	Items []element `json:"items"`
}

type choice struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

// action is a button of any kind.
type action struct {
	Type     string   `json:"type"`
	Title    string   `json:"title,omitempty"`
	Tooltip  string   `json:"tooltip,omitempty"`
	Style    string   `json:"style,omitempty"`
	Verb     string   `json:"verb,omitempty"`
	Data     *printed `json:"data,omitempty"`
	Inputs   string   `json:"associatedInputs,omitempty"`
	URL      string   `json:"url,omitempty"`
	Card     *card    `json:"card,omitempty"`
	Fallback *action  `json:"fallback,omitempty"`
}

// printed is what an action was printed with, and sends besides the inputs: what it means,
// and what the message shows that it stands in, where that is kept up to date by itself.
type printed struct {
	Ref string `json:"m365.ref"`
	Own string `json:"m365.own,omitempty"` // the prompt's name
}

// card is an Adaptive Card.
type card struct {
	Type     string    `json:"type"`
	Schema   string    `json:"$schema,omitempty"`
	Version  string    `json:"version,omitempty"`
	Lang     string    `json:"lang,omitempty"`
	Fallback string    `json:"fallbackText,omitempty"`
	Refresh  *refresh  `json:"refresh,omitempty"`
	Teams    *width    `json:"msteams,omitempty"`
	Body     []element `json:"body"`
}

// refresh has the clients of some readers ask for the view of their own.
type refresh struct {
	Action  action   `json:"action"`
	UserIDs []string `json:"userIds"` // "29:…"; at most maxReaders
}

const maxReaders = 60

type width struct {
	Width string `json:"width"`
}

// Verbs of Action.Execute.
const (
	verbTurn = "m365" // is a step
	verbLook = "look" // is none: the client asks what its reader may see
)

// canvas draws a prompt as a card.
type canvas struct {
	*paper
	body  []element
	words locale.Words
	own   string // what the message shows that is kept up to date by itself, "" for another
}

func (c *canvas) add(all ...element) { c.body = append(c.body, all...) }

// tones are the colours and signs of texts: a colour alone tells nothing to who cannot see it.
var tones = map[conversations.Tone]struct{ color, sign string }{
	conversations.Good: {"good", "✓ "}, conversations.Warning: {"warning", "⚠ "}, conversations.Bad: {"attention", "✗ "},
}

func toned(t conversations.Tone, text string) run {
	return run{Type: "TextRun", Text: tones[t].sign + text, Color: tones[t].color, Subtle: t == conversations.Muted}
}

func plain(text string) run  { return run{Type: "TextRun", Text: text} }
func strong(text string) run { return run{Type: "TextRun", Text: text, Weight: "bolder"} }
func muted(text string) run  { return run{Type: "TextRun", Text: text, Subtle: true} }

// text is text as it stands: a RichTextBlock knows no markup but that of dates.
func (on *paper) text(runs ...run) element {
	said := on.runs.room(len(runs))
	for _, r := range runs {
		if r.Text != "" {
			r.Text = undated(r.Text)
			said = append(said, r)
		}
	}
	return element{Type: "RichTextBlock", Inlines: said}
}

// under is text right below what is before it.
func (on *paper) under(runs ...run) element {
	t := on.text(runs...)
	t.Spacing = "none"
	return t
}

// heading is what a screen reader jumps to. Only a TextBlock is that, and it reads
// Markdown.
func heading(words, size string) element {
	return element{Type: "TextBlock", Text: escaped(words), Style: "heading", Size: size, Weight: "bolder", Wrap: true}
}

// undated is text in which no {{DATE(…)}} is read, which Teams would write in its own way.
func undated(text string) string { return strings.ReplaceAll(text, "{{", "{ {") }

// escaped is text in which Teams reads no Markdown.
func escaped(text string) string {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, marked) { // a long look for little: most texts have nothing of it
		text = markup.Replace(text)
	}
	text = undated(text)
	if rest := strings.TrimLeft(text, "0123456789"); len(rest) < len(text) && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ")")) {
		return text[:len(text)-len(rest)] + `\` + rest
	}
	if strings.IndexAny(text, "-+#=") == 0 {
		return `\` + text
	}
	return text
}

// marked are the first characters of what markup replaces.
const marked = "\\*_~`[]<>&:\n\r"

var markup = strings.NewReplacer(
	`\`, `\\`, "*", `\*`, "_", `\_`, "~", `\~`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "&", "&amp;", "://", `:\/\/`, "\n", " ", "\r", " ",
)

// execute is a click that is a step, and what older clients send in its place.
func (c *canvas) execute(a conversations.Action, inputs string) action {
	x := action{Type: "Action.Execute", Title: a.Label, Tooltip: a.Name, Style: styleOf(a), Verb: verbTurn, Inputs: inputs}
	x.Data = &c.prints.lay(printed{a.Ref, c.own})[0]
	x.Fallback = &c.actions.lay(action{Type: "Action.Submit", Title: x.Title, Data: x.Data, Inputs: inputs, Style: x.Style})[0]
	return x
}

func styleOf(a conversations.Action) string {
	switch a.Style {
	case conversations.Primary:
		return "positive"
	case conversations.Danger:
		return "destructive"
	}
	return ""
}

// noInputs is of actions that are done whatever is filled in.
const noInputs = "none"

// button is an action in any of its forms: a link, a step, or one that asks first and shows
// what it asks below itself.
func (c *canvas) button(a conversations.Action) action {
	switch {
	case a.URL != "":
		return action{Type: "Action.OpenUrl", Title: a.Label, Tooltip: a.Name, URL: a.URL, Style: map[conversations.Style]string{conversations.Primary: "positive"}[a.Style]}
	case a.Confirm == nil:
		return c.execute(a, noInputs)
	}
	yes := a
	yes.Label = a.Confirm.Yes
	return action{Type: "Action.ShowCard", Title: a.Label, Tooltip: a.Name, Style: styleOf(a), Card: &card{
		Type: "AdaptiveCard", Version: cardVersion, Body: c.elements.lay(c.text(strong(a.Confirm.Title)), c.text(plain(a.Confirm.Text)), set(c.actions.lay(c.execute(yes, noInputs)))),
	}}
}

func set(actions []action) element { return element{Type: "ActionSet", Actions: actions} }

func (c *canvas) buttons(actions []conversations.Action) { c.sets(c.drawn(actions)) }

func (c *canvas) drawn(actions []conversations.Action) []action {
	all := c.actions.room(len(actions))
	for _, a := range actions {
		all = append(all, c.button(a))
	}
	return all
}

// sets are actions in as many rows as they take.
func (c *canvas) sets(all []action) {
	spacing := ""
	for len(all) > 0 {
		n, wide := 1, breadth(all[0])
		for n < len(all) && n < maxSet && wide+breadth(all[n]) <= maxBreadth {
			wide += breadth(all[n])
			n++
		}
		row := set(all[:n])
		row.Spacing = spacing
		c.add(row)
		all, spacing = all[n:], "small"
	}
}

// breadth is about how many letters a button is wide, with its edges and the gap to the next.
func breadth(a action) int {
	n := 5
	if a.Type == "Action.ShowCard" {
		n += 2 // its arrow
	}
	for _, r := range a.Title {
		n++
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

func number(text string) (n int, ok bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil
}
