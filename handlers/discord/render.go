package discord

import (
	"strconv"
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

// mentions allows none: nobody is pinged that a prompt names.
type mentions struct {
	Parse []string `json:"parse"`
}

// messages are a prompt as a message: with what can be done beside each thing or, where that
// takes more than a message has, chosen from lists below all text. Where even that is too
// much there are several, of which the last can be acted on.
func messages(p conversations.Prompt, kind press, flags int) []message {
	groups := split(draw(p, kind, false))
	if len(groups) > 1 {
		groups = split(draw(p, kind, true))
	}
	var all []message
	for _, parts := range groups {
		all = append(all, message{Components: parts, Flags: flags | flagComponentsV2, Mentions: mentions{Parse: []string{}}})
	}
	return all
}

// draw is a prompt as components, in groups of those that stay together if they can.
func draw(p conversations.Prompt, kind press, compact bool) [][]component {
	c := &canvas{words: locale.For(p.Locale, nil), kind: kind, compact: compact}
	c.head(p)
	c.draw(p.Blocks)
	if len(p.Fields) > 0 {
		parts := len(forms(p, kind))
		c.filled(p, parts == 1)
		c.opener(p, parts)
	}
	c.draw(p.Below)
	c.buttons(p.Actions)
	var groups [][]component
	for _, part := range c.parts {
		groups = append(groups, []component{part})
	}
	if controls := append(c.menus(), c.controls...); len(controls) > 0 {
		groups = append(groups, controls)
	}
	return groups
}

// split divides groups of components so that no message has more than Discord takes.
func split(groups [][]component) [][]component {
	var all [][]component
	var now []component
	for _, g := range groups {
		if len(now) > 0 && (number(now)+number(g) > maxComponents || length(now)+length(g) > maxText) {
			all, now = append(all, now), nil
		}
		now = append(now, g...)
	}
	return append(all, now)
}

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
	var lines []string
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
	lines := []string{title}
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
		b := c.button(i.Actions[0], c.kind)
		c.parts = append(c.parts, component{Type: typeSection, Components: []component{text}, Accessory: &b})
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

// filled says what fields hold already, and what is wrong with them. What a modal shows
// whole it need not say.
func (c *canvas) filled(p conversations.Prompt, whole bool) {
	var lines []string
	for _, f := range p.Fields {
		if value := shown(f); value != "" && (f.Kind == conversations.TextField || !whole) {
			lines = append(lines, c.words.T("discord.fact", "label", escaped(f.Label), "value", escaped(value)))
		}
		if f.Error != "" {
			lines = append(lines, marks[conversations.Bad]+c.words.T("discord.fact", "label", escaped(f.Label), "value", escaped(f.Error)))
		}
		if f.Sum != nil && f.Sum.Text != "" {
			lines = append(lines, c.words.T("discord.fact", "label", escaped(f.Sum.Label), "value", escaped(f.Sum.Text)))
		}
	}
	if len(lines) > 0 {
		c.say(lines...)
	}
}

// shown is a field's value as a person reads it.
func shown(f conversations.Field) string {
	for _, o := range f.Options {
		if o.Value == f.Value {
			return o.Label
		}
	}
	return f.Value
}

// opener is the button that asks for the fields in a modal or, where one has no room for
// them, those that ask for a part each, and the one that sends what was filled in.
func (c *canvas) opener(p conversations.Prompt, parts int) {
	var all []component
	for i := range parts {
		a := conversations.Action{Ref: p.Again, Label: c.words.T("discord.opener", "label", p.Submit.Label)}
		switch {
		case parts > 1:
			a.Label = c.words.T("discord.fill_in_part", "part", i+1, "parts", parts)
		case p.IsForm():
			a.Label, a.Style = c.words.T("discord.fill_in"), conversations.Primary
		}
		all = append(all, c.button(a, press{form: true, part: i, own: c.kind.own}))
	}
	c.rows(all)
	if parts > 1 {
		c.buttons([]conversations.Action{*p.Submit})
	}
}

// modal is what Discord is sent to ask for fields.
type modal struct {
	ID         string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []component `json:"components"`
}

// forms are a prompt's fields as a modal or, where one has no room for them, as one for each
// part: what is filled into a part is kept with the prompt, and sent by a button of its own.
func forms(p conversations.Prompt, kind press) []modal {
	c := &canvas{words: locale.For(p.Locale, nil)}
	var all []modal
	names := labels(p.Fields)
	for i, f := range p.Fields {
		drawn := c.field(f, names[i])
		if n := len(all); n == 0 || len(all[n-1].Components)+len(drawn) > maxModalFields {
			all = append(all, modal{ID: kind.String() + idSeparator + p.Submit.Ref, Title: fit(p.Title, maxModalTitle)})
		}
		last := &all[len(all)-1]
		last.Components = append(last.Components, drawn...)
	}
	for i := range all {
		if len(all) > 1 {
			kind.part = i
			all[i].ID = kind.String() + idSeparator + p.Again
		}
	}
	return all
}

// labels are what fields are called in a modal: by a number where their own label is too
// long, or is another's too.
func labels(fields []conversations.Field) []string {
	times := map[string]int{}
	for _, f := range fields {
		times[f.Label]++
	}
	all := make([]string, len(fields))
	for i, f := range fields {
		if all[i] = f.Label; runes(f.Label) > maxLabel || times[f.Label] > 1 {
			all[i] = fit(strconv.Itoa(i+1)+". "+f.Label, maxLabel)
		}
	}
	return all
}

// field is a field with what is said of it: above it, where its label has no room for that.
func (c *canvas) field(f conversations.Field, label string) []component {
	in := c.input(f)
	l := component{Type: typeLabel, Label: label, Component: &in}
	var above []string
	if label != f.Label {
		above = append(above, "**"+escaped(f.Label)+"**")
	}
	if about := strings.TrimSpace(f.Error + " " + f.Help); runes(about) > maxDescription {
		above = append(above, escaped(about))
	} else {
		l.Description = about
	}
	if len(above) == 0 {
		return []component{l}
	}
	return []component{{Type: typeText, Content: strings.Join(above, "\n")}, l}
}

func (c *canvas) input(f conversations.Field) component {
	required := f.Required
	switch {
	case f.Kind == conversations.ToggleField:
		on := f.Value == "true"
		return component{Type: typeCheckbox, ID: f.Key, Default: &on}
	case f.Kind == conversations.ChoiceField && len(f.Options) > 0 && len(f.Options) <= maxOptions:
		kind := typeSelect
		if f.Open && len(f.Options) >= 2 && len(f.Options) <= maxRadios {
			kind = typeRadio
		}
		return component{Type: kind, ID: f.Key, Required: &required, Options: options(f)}
	}
	in := component{Type: typeInput, ID: f.Key, Style: 1, Required: &required, MaxLength: maxTyped, Value: fit(shown(f), maxTyped)}
	if f.Kind == conversations.AreaField {
		in.Style = 2
	}
	if f.Kind == conversations.NumberField && f.Max > 0 {
		in.Placeholder = strconv.Itoa(f.Min) + "–" + strconv.Itoa(f.Max)
	}
	if f.Kind == conversations.DateField {
		in.Placeholder = "2026-12-24"
	}
	return in
}

func options(f conversations.Field) []option {
	var all []option
	for _, o := range f.Options {
		all = append(all, option{Label: fit(o.Label, maxOption), Value: o.Value, Description: fit(o.Help, maxOption), Default: o.Value == f.Value})
	}
	return all
}
