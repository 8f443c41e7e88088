package teams

import (
	"strings"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// drawn is a prompt as a card. own is what the message shows that it stands in, where that is
// kept up to date by itself.
func drawn(p conversations.Prompt, own string) card { return new(paper).drawn(p, own) }

// drawn is a card that is good until the paper is used again.
func (on *paper) drawn(p conversations.Prompt, own string) card {
	c := &canvas{paper: on, words: locale.For(p.Locale, nil), own: own, body: on.elements.room(roomOf(p))}
	c.head(p)
	c.draw(p.Blocks)
	switch {
	case len(p.Fields) == 0:
		c.buttons(p.Actions)
		c.draw(p.Below)
	case p.Submit.Style == conversations.Primary: // it is there to be filled in
		c.fields(p, p.Actions)
		c.draw(p.Below)
	default: // it is there to be read, with something to fill in beside it
		c.fields(p, nil)
		c.draw(p.Below)
		c.buttons(p.Actions)
	}
	lang, _, _ := strings.Cut(p.Locale, "-") // ISO 639-1 alone
	return card{
		Type: "AdaptiveCard", Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Version: cardVersion,
		Lang: lang, Fallback: p.Title, Teams: &width{"Full"}, Body: c.body,
	}
}

// roomOf is about how many elements a prompt takes.
func roomOf(p conversations.Prompt) int {
	n := 6 + len(p.Notices) + 2*len(p.Fields)
	for _, blocks := range [][]conversations.Block{p.Blocks, p.Below} {
		for _, b := range blocks {
			n += 1 + len(b.Facts)
		}
	}
	return n
}

// shared is a message's card in a place with several readers: the clients of those who are
// named ask for the view of their own.
func shared(p conversations.Prompt, readers []string) card {
	c := drawn(p, p.Name)
	if p.View != "" && len(readers) > 0 {
		c.Refresh = &refresh{action{Type: "Action.Execute", Verb: verbLook, Data: &printed{p.View, p.Name}}, readers}
	}
	return c
}

// summary is a prompt in a line, for notifications.
func summary(p conversations.Prompt) string {
	parts := []string{p.Title}
	for _, n := range p.Notices {
		parts = append(parts, n.Text)
	}
	return strings.Join(parts, " – ")
}

func (c *canvas) head(p conversations.Prompt) {
	c.add(heading(p.Title, "large"))
	if p.Organisation != "" {
		c.add(c.under(muted(p.Organisation)))
	}
	for _, n := range p.Notices {
		c.add(c.text(toned(n.Tone, n.Text)))
	}
}

func (c *canvas) draw(blocks []conversations.Block) {
	for _, b := range blocks {
		switch {
		case b.Heading != "":
			c.add(heading(b.Heading, "medium"))
		case b.Text != nil:
			c.add(c.text(toned(b.Text.Tone, b.Text.Text)))
		case b.Facts != nil:
			c.facts(b.Facts)
		case b.Item != nil:
			c.item(*b.Item)
		case b.Table != nil:
			c.table(*b.Table)
		case b.Progress != nil:
			c.add(c.bar(*b.Progress)...)
		case b.List != nil:
			c.list(*b.List)
		}
	}
}

// facts are labels with their values beside them: a FactSet would read Markdown in them.
func (c *canvas) facts(facts []conversations.Fact) {
	for i, f := range facts {
		value := plain(f.Value)
		if f.Strong {
			value = strong(f.Value)
		}
		set := element{Type: "ColumnSet", Columns: c.columns.lay(
			column{Type: "Column", Width: 4, Items: c.elements.lay(c.text(muted(f.Label)))},
			column{Type: "Column", Width: 5, Items: c.elements.lay(c.text(value))},
		)}
		if i > 0 {
			set.Spacing = "small"
		}
		c.add(set)
	}
}

// item is a thing with what can be done with it: beside it where that is one short button.
func (c *canvas) item(i conversations.Item) {
	lines, actions := c.about(i), c.drawn(i.Actions)
	if len(actions) != 1 || breadth(actions[0]) > maxBeside {
		c.add(element{Type: "Container", Line: true, Items: lines})
		c.sets(actions)
		return
	}
	c.add(element{Type: "ColumnSet", Line: true, Columns: c.columns.lay(
		column{Type: "Column", Width: "stretch", Vertical: "center", Items: lines},
		column{Type: "Column", Width: "auto", Vertical: "center", Items: c.elements.lay(set(actions))},
	)})
}

func (c *canvas) about(i conversations.Item) []element {
	title := c.text(strong(i.Title))
	if i.Tag != "" {
		title = c.text(strong(i.Title), muted(" · "), toned(i.Tone, i.Tag))
	}
	lines := append(c.elements.room(3+len(i.Lines)), title)
	for _, l := range i.Lines {
		lines = append(lines, c.under(plain(l)))
	}
	if i.Progress != nil {
		lines = append(lines, c.bar(*i.Progress)...)
	}
	return lines
}

// table is one of two columns, for it is read on phones too: the first cells, with what else is
// known below them, and the sums or whatever is the last of the numbers.
func (c *canvas) table(t conversations.Table) {
	sum := len(t.Head) - 1
	for sum > 0 && (sum >= len(t.Numeric) || !t.Numeric[sum]) {
		sum--
	}
	c.add(c.text(strong(t.Caption)))
	made := element{Type: "Table", Columns: c.columns.lay(column{Width: 1}, column{Width: "120px", Align: "right"})}
	made.Rows = append(made.Rows, c.rowOf(c.elements.lay(c.text(strong(t.Head[0]))), strong(t.Head[sum])))
	for _, cells := range t.Rows {
		first := c.elements.lay(c.text(plain(cells[0])))
		if others := c.others(t.Head, cells, sum); others != "" {
			first = append(first, c.under(muted(others)))
		}
		made.Rows = append(made.Rows, c.rowOf(first, plain(cells[sum])))
	}
	c.add(made)
}

// others are the cells of a row but for its first and its sum, in a line.
func (c *canvas) others(head, cells []string, sum int) string {
	var facts []string
	for i := 1; i < len(cells); i++ {
		if i != sum {
			facts = append(facts, c.words.T("teams.fact", "label", head[i], "value", cells[i]))
		}
	}
	return strings.Join(facts, " · ")
}

func (c *canvas) rowOf(first []element, last run) row {
	return row{"TableRow", []cell{{"TableCell", first}, {"TableCell", c.elements.lay(c.text(last))}}}
}

func (c *canvas) list(l conversations.List) {
	c.add(c.text(strong(l.Title)))
	for _, item := range l.Items {
		c.add(c.under(plain("• " + item)))
	}
	if l.More != "" {
		c.add(c.under(muted(l.More)))
	}
}

const barWidth = 16

func (c *canvas) bar(p conversations.Progress) []element {
	done := 0
	if p.Total > 0 {
		done = barWidth * p.Done / p.Total
	}
	return []element{
		c.text(plain(p.Label)),
		c.under(run{Type: "TextRun", Text: strings.Repeat("▰", done), Color: "accent"}, muted(strings.Repeat("▱", barWidth-done))),
	}
}

// fields are inputs in the card itself, with what sends them and what else can be done.
func (c *canvas) fields(p conversations.Prompt, others []conversations.Action) {
	for _, f := range p.Fields {
		if len(f.Value) > maxValue {
			f.Value, f.Error = "", strings.TrimSpace(f.Error+" "+c.words.T("teams.too_long"))
		}
		c.add(c.input(f))
		if f.Error != "" {
			c.add(c.text(toned(conversations.Bad, f.Error)))
		}
		if f.Help != "" {
			c.add(c.under(run{Type: "TextRun", Text: f.Help, Subtle: true, Size: "small"}))
		}
		if f.Sum != nil && f.Sum.Text != "" {
			c.facts([]conversations.Fact{{Label: f.Sum.Label, Value: f.Sum.Text}})
		}
	}
	c.sets(append([]action{c.execute(*p.Submit, "")}, c.drawn(others)...))
}

// maxValue is how much of what was typed is shown again, in bytes: a card has little room.
const maxValue = 4000

func (c *canvas) input(f conversations.Field) element {
	in := &input{ID: f.Key, Label: undated(f.Label), Required: f.Required}
	if f.Value != "" {
		in.Value = f.Value
	}
	if f.Required {
		in.Wrong = c.words.T("teams.required")
	}
	switch f.Kind {
	case conversations.NumberField:
		c.number(in, f)
		return element{Type: "Input.Number", Input: in}
	case conversations.ChoiceField:
		return choose(in, f)
	case conversations.ToggleField:
		in.Label, in.Title, in.On, in.Off, in.Required, in.Wrong = "", escaped(f.Label), "true", "false", false, ""
		return element{Type: "Input.Toggle", Input: in}
	case conversations.DateField:
		return element{Type: "Input.Date", Input: in}
	}
	in.Multiline = f.Kind == conversations.AreaField
	return element{Type: "Input.Text", Input: in}
}

// number is an input with its bounds, which the client holds people to, and the engine too.
func (c *canvas) number(in *input, f conversations.Field) {
	in.Value, in.Min = nil, &f.Min
	if n, ok := number(f.Value); ok {
		in.Value = n
	}
	in.Wrong = c.words.T("teams.number_from", "min", f.Min)
	if f.Max > 0 {
		in.Max, in.Wrong = &f.Max, c.words.T("teams.number", "min", f.Min, "max", f.Max)
	}
}

// longChoice is from how many options on a choice is searched by typing.
const longChoice = 12

func choose(in *input, f conversations.Field) element {
	e := element{Type: "Input.ChoiceSet", Style: "compact", Wrap: true, Input: in}
	switch {
	case f.Open:
		e.Style = "expanded"
	case len(f.Options) > longChoice:
		e.Style = "filtered"
	}
	in.Choices = make([]choice, len(f.Options))
	for i, o := range f.Options {
		title := o.Label
		if o.Help != "" {
			title += " – " + o.Help
		}
		if f.Open { // Markdown is read beside radio buttons, and nowhere else
			title = escaped(title)
		}
		in.Choices[i] = choice{title, o.Value}
	}
	return e
}
