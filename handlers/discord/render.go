package discord

import (
	"strings"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// Flags of messages.
const (
	flagEphemeral    = 1 << 6
	flagComponentsV2 = 1 << 15
)

// message is what Discord is sent to show: a whole message.
type message struct {
	Components []component `json:"components"`
	Flags      int         `json:"flags"`
	Mentions   mentions    `json:"allowed_mentions"`
}

// mentions allows none in the text: nobody is pinged that a prompt names.
type mentions struct {
	Parse   []string `json:"parse"`
	Replied bool     `json:"replied_user,omitempty"` // whose message it replies to
}

// messages are a prompt as a message: with what can be done beside each thing or, where that
// takes more than a message has, chosen from lists below all text. Where even that is too
// much there are several, of which the last can be acted on.
func messages(p conversations.Prompt, kind press, flags int) []message {
	all := split(draw(p, kind, false))
	if len(all) > 1 {
		all = split(draw(p, kind, true))
	}
	made := make([]message, len(all))
	for i, parts := range all {
		made[i] = message{Components: parts, Flags: flags | flagComponentsV2, Mentions: mentions{Parse: []string{}}}
	}
	return made
}

// draw is a prompt as components, of which the last stay together if they can.
func draw(p conversations.Prompt, kind press, compact bool) (parts []component, together int) {
	c := &canvas{words: locale.For(p.Locale, nil), kind: kind, compact: compact}
	c.parts = make([]component, 0, 6+len(p.Blocks)+len(p.Below)) // the head, a form's and the actions' are few
	c.head(p)
	c.draw(p.Blocks)
	if len(p.Fields) > 0 {
		parts := partsOf(p, kind)
		c.filled(p, parts == 1)
		c.opener(p, parts)
	}
	c.draw(p.Below)
	c.buttons(p.Actions)
	controls := append(c.menus(), c.controls...)
	return append(c.parts, controls...), len(controls)
}

// split divides components so that no message has more than Discord takes.
func split(parts []component, together int) (all [][]component) {
	if fits(parts) {
		return [][]component{parts}
	}
	from, last := 0, len(parts)-together
	for i := range last {
		if i > from && !fits(parts[from:i+1]) {
			all, from = append(all, parts[from:i]), i
		}
	}
	if together > 0 && from < last && !fits(parts[from:]) {
		all, from = append(all, parts[from:last]), last
	}
	return append(all, parts[from:])
}

func fits(all []component) bool { return number(all) <= maxComponents && length(all) <= maxText }

func (c *canvas) head(p conversations.Prompt) {
	lines := []string{"## " + escaped(p.Title)}
	if p.Organisation != "" {
		lines = append(lines, "-# "+escaped(p.Organisation))
	}
	c.say(lines...)
	lines = nil
	for _, n := range p.Notices {
		lines = append(lines, toned(n.Tone, n.Text))
	}
	if len(lines) > 0 {
		c.say(lines...)
	}
}

func (c *canvas) draw(blocks []conversations.Block) {
	for _, b := range blocks {
		switch {
		case b.Heading != "":
			c.say("### " + escaped(b.Heading))
		case b.Text != nil:
			c.say(toned(b.Text.Tone, b.Text.Text))
		case b.Facts != nil:
			c.facts(b.Facts)
		case b.Item != nil:
			c.item(*b.Item)
		case b.Table != nil:
			c.table(*b.Table)
		case b.Progress != nil:
			c.say(bar(*b.Progress))
		case b.List != nil:
			c.list(*b.List)
		}
	}
}

func (c *canvas) facts(facts []conversations.Fact) {
	lines := make([]string, 0, len(facts))
	for _, f := range facts {
		value := escaped(f.Value)
		if f.Strong {
			value = "**" + value + "**"
		}
		lines = append(lines, c.words.T("discord.fact", "label", escaped(f.Label), "value", value))
	}
	c.say(lines...)
}

// item is a thing with what can be done with it: beside it where that is one.
func (c *canvas) item(i conversations.Item) {
	title := "**" + escaped(i.Title) + "**"
	if i.Tag != "" {
		title += " — " + toned(i.Tone, i.Tag)
	}
	lines := append(make([]string, 0, 2+len(i.Lines)), title)
	for _, l := range i.Lines {
		lines = append(lines, escaped(l))
	}
	if i.Progress != nil {
		lines = append(lines, bar(*i.Progress))
	}
	text := component{Type: typeText, Content: fit(strings.Join(lines, "\n"), maxText)}
	if c.compact {
		c.parts, c.items = append(c.parts, text), append(c.items, i)
		return
	}
	if len(i.Actions) == 1 {
		pair := []component{text, c.button(i.Actions[0], c.kind)}
		c.parts = append(c.parts, component{Type: typeSection, Components: pair[:1:1], Accessory: &pair[1]})
		return
	}
	c.parts = append(c.parts, text)
	c.buttons(i.Actions)
}

// table is a line for each row: the first cell, and the others by their heads. Discord has
// no tables, and a screen is narrow.
func (c *canvas) table(t conversations.Table) {
	lines := []string{"**" + escaped(t.Caption) + "**"}
	for _, row := range t.Rows {
		cells := make([]string, 0, len(row))
		for i, cell := range row[1:] {
			cells = append(cells, c.words.T("discord.fact", "label", escaped(t.Head[i+1]), "value", escaped(cell)))
		}
		lines = append(lines, "- "+escaped(row[0]), "  "+strings.Join(cells, " · "))
	}
	c.say(lines...)
}

func (c *canvas) list(l conversations.List) {
	lines := []string{"**" + escaped(l.Title) + "**"}
	for _, item := range l.Items {
		lines = append(lines, "- "+escaped(item))
	}
	if l.More != "" {
		lines = append(lines, "-# "+escaped(l.More))
	}
	c.say(lines...)
}

const barWidth = 12

func bar(p conversations.Progress) string {
	done := 0
	if p.Total > 0 {
		done = barWidth * p.Done / p.Total
	}
	return escaped(p.Label) + "\n" + strings.Repeat("█", done) + strings.Repeat("░", barWidth-done)
}
