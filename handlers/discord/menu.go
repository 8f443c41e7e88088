package discord

import (
	"slices"
	"strings"

	"cartwright/conversations"
)

// menus are what can be done with the items, to be chosen from lists. An option's value is
// the id that a button would have, and choosing it is the click.
func (c *canvas) menus() []component {
	same := c.sameLabel()
	var choices []option
	for _, i := range c.items {
		for _, a := range i.Actions {
			if a.URL == "" {
				choices = append(choices, c.choice(i, a, same != ""))
			}
		}
	}
	placeholder := c.words.T("discord.choose")
	if same != "" {
		placeholder = c.words.T("discord.opener", "label", same)
	}
	var all []component
	for some := range slices.Chunk(choices, maxOptions) {
		menu := component{Type: typeSelect, ID: c.id(conversations.Action{Ref: menuRef}, c.kind), Placeholder: fit(placeholder, maxPlaceholder), Options: some}
		all = append(all, component{Type: typeRow, Components: []component{menu}})
	}
	return append(all, c.links()...)
}

// menuRef stands in the id of a menu, which says nothing of what is chosen in it.
const menuRef = "discord.menu"

// sameLabel is the label of all actions of the items, "" where they differ.
func (c *canvas) sameLabel() string {
	same := ""
	for _, i := range c.items {
		for _, a := range i.Actions {
			if same != "" && a.Label != same {
				return ""
			}
			same = a.Label
		}
	}
	return same
}

// choice is an action of an item: the item's name, with what is done where that differs.
func (c *canvas) choice(i conversations.Item, a conversations.Action, same bool) option {
	label := fit(i.Title, maxOption)
	if !same {
		without := c.words.T("discord.fact", "label", "", "value", a.Label)
		label = c.words.T("discord.fact", "label", fit(i.Title, max(maxOption-runes(without), 1)), "value", a.Label)
	}
	o := option{Label: fit(label, maxOption), Value: c.id(a, c.kind)}
	if len(i.Lines) > 0 {
		o.Description = fit(strings.ReplaceAll(i.Lines[0], "\n", " "), maxOption)
	}
	return o
}

// links are the items' actions that lead elsewhere, which no menu can.
func (c *canvas) links() []component {
	var all, rows []component
	for _, i := range c.items {
		for _, a := range i.Actions {
			if a.URL != "" {
				all = append(all, c.button(a, c.kind))
			}
		}
	}
	for row := range slices.Chunk(all, maxButtons) {
		rows = append(rows, component{Type: typeRow, Components: row})
	}
	return rows
}
