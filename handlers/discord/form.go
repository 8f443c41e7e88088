package discord

import (
	"strconv"
	"strings"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

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
	if len(all) == 1 {
		all[0].Components = led(p, all[0].Components)
		return all
	}
	for i := range all {
		kind.part = i
		all[i].ID = kind.String() + idSeparator + p.Again
	}
	return all
}

// led puts what stands above the fields, such as how somebody's words were read, above them
// in the modal too, where it has room: one that opens at once has no message behind it.
func led(p conversations.Prompt, fields []component) []component {
	c := &canvas{words: locale.For(p.Locale, nil)}
	c.draw(p.Blocks)
	var lines []string
	for _, part := range c.parts {
		if part.Type == typeText {
			lines = append(lines, part.Content)
		}
	}
	if len(lines) == 0 || len(fields) == 0 || len(fields) >= maxModalFields {
		return fields
	}
	above := component{Type: typeText, Content: fit(strings.Join(lines, "\n"), maxLead)}
	return append([]component{above}, fields...)
}

// partsOf is how many modals a prompt's fields take. A field is two components at most.
func partsOf(p conversations.Prompt, kind press) int {
	if 2*len(p.Fields) <= maxModalFields {
		return 1
	}
	return len(forms(p, kind))
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
