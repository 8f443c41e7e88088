package discord

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cartwright/conversations"
)

// Interaction types.
const (
	typePing         = 1
	typeCommand      = 2
	typeClick        = 3
	typeAutocomplete = 4
	typeSubmit       = 5
)

// interaction is what Discord delivers, as far as it is read here: decoded by this program
// itself, because discordgo stumbles over components that it does not know.
type interaction struct {
	ID      string  `json:"id"`
	Type    int     `json:"type"`
	Token   string  `json:"token"`
	Guild   string  `json:"guild_id"`
	Locale  string  `json:"locale"`
	Member  *member `json:"member"`
	User    *user   `json:"user"`
	Message *struct {
		ID      string `json:"id"`
		Flags   int    `json:"flags"`
		Answers struct {
			ID string `json:"id"` // of the interaction that the message answers
		} `json:"interaction_metadata"`
		Components jsontext.Value `json:"components"` // read where they are needed: a message is most of an interaction
	} `json:"message"`
	Data struct {
		Name       string         `json:"name"`
		Options    []givenOption  `json:"options"`
		ID         string         `json:"custom_id"`
		Kind       int            `json:"component_type"`
		Values     jsontext.Value `json:"values"`
		Components []filled       `json:"components"`
	} `json:"data"`
}

type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
	System     bool   `json:"system"` // Discord itself
}

// givenOption is a subcommand, or what was given to one.
type givenOption struct {
	Name    string         `json:"name"`
	Type    int            `json:"type"`
	Value   jsontext.Value `json:"value"`
	Focused bool           `json:"focused"` // it is being typed
	Options []givenOption  `json:"options"`
}

// filled is a component of a modal that was sent.
type filled struct {
	ID         string         `json:"custom_id"`
	Value      jsontext.Value `json:"value"` // text, true or false, or null
	Values     jsontext.Value `json:"values"`
	Component  *filled        `json:"component"`
	Components []filled       `json:"components"`
}

var errShape = errors.New("it does not have the shape that Discord documents")

func decode(body []byte) (interaction, error) {
	var i interaction
	if err := json.Unmarshal(body, &i, jsontext.AllowInvalidUTF8(true)); err != nil {
		return i, fmt.Errorf("%w: %w", errShape, err)
	}
	if i.Type != typePing && (i.ID == "" || i.Token == "" || i.person() == "" || len(i.ID) > 100 || !digits(i.ID) || !digits(i.Guild)) {
		return i, errShape
	}
	if i.Type == typeClick && i.Data.Kind == typeSelect {
		i.Data.ID = first(i.Data.Values) // what is chosen in a menu is what is clicked
	}
	return i, nil
}

// first is the first of several texts, "" for none and for what is not that.
func first(values jsontext.Value) string {
	var all []jsontext.Value
	var text string
	if json.Unmarshal(values, &all) == nil && len(all) > 0 {
		_ = json.Unmarshal(all[0], &text, jsontext.AllowInvalidUTF8(true)) // what is no text is none
	}
	return text
}

func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// person is the account that did it, in a guild or in a direct message.
func (i interaction) person() string {
	switch {
	case i.Member != nil:
		return i.Member.User.ID
	case i.User != nil:
		return i.User.ID
	}
	return ""
}

// text is a command as it would be typed: "order CW-1042".
func (i interaction) text() string {
	var words []string
	for _, o := range i.Data.Options {
		if o.Name != homeCommand {
			words = append(words, o.Name)
		}
		for _, given := range inOrder(o) {
			if given.Name == quantityOption {
				continue
			}
			if given.Name == untilOption {
				words = append(words, untilOption) // "delegate @name until DATE"
			}
			words = append(words, given.text())
		}
	}
	return strings.Join(words, " ")
}

// inOrder is what was given to a subcommand in the order of its options: a client sends it
// as it was typed.
func inOrder(sub givenOption) []givenOption {
	at := map[string]int{}
	for _, t := range takes {
		for n, o := range t.given {
			if t.name == sub.Name {
				at[o.Name] = n
			}
		}
	}
	return slices.SortedStableFunc(slices.Values(sub.Options), func(a, b givenOption) int { return at[a.Name] - at[b.Name] })
}

// quantity is how many licences a command asks for, "" where it does not say.
func (i interaction) quantity() string {
	for _, o := range i.Data.Options {
		for _, given := range o.Options {
			if given.Name == quantityOption {
				return given.text()
			}
		}
	}
	return ""
}

// typing is what is being typed into an option, as far as it has come.
func (i interaction) typing() string {
	for _, o := range i.Data.Options {
		for _, given := range o.Options {
			if given.Focused {
				return given.text()
			}
		}
	}
	return ""
}

// homeCommand stands for no word: Discord takes no command without one beside those with.
const homeCommand = "home"

// untilOption is the option of a command that is told by its name.
const untilOption = "until"

// quantityOption is the option of a command that is a number: the field of that name.
const quantityOption = "quantity"

// optionUser is the type of an option that is a person: its value is their account's id.
const optionUser = 6

func (o givenOption) text() string {
	var text string
	if json.Unmarshal(o.Value, &text) != nil {
		return string(o.Value) // a number
	}
	if o.Type == optionUser {
		return "<@" + text + ">"
	}
	return text
}

// fields are what a modal was filled in with.
func (i interaction) fields() map[string]string {
	values := map[string]string{}
	var read func(all []filled)
	read = func(all []filled) {
		for _, f := range all {
			if f.ID != "" {
				values[f.ID] = f.text()
			}
			if f.Component != nil {
				read([]filled{*f.Component})
			}
			read(f.Components)
		}
	}
	read(i.Data.Components)
	return values
}

// text is what was filled in: "true" or "false" of a checkbox, and "" for nothing and for
// what is not known here.
func (f filled) text() string {
	if value := string(f.Value); value == "true" || value == "false" {
		return value
	}
	var text string
	if json.Unmarshal(f.Value, &text, jsontext.AllowInvalidUTF8(true)) == nil && text != "" {
		return text
	}
	return first(f.Values)
}

// event is what somebody did.
func (i interaction) event(whose place) conversations.Event {
	ev := conversations.Event{
		ID: Platform + ":" + i.ID, Organisation: whose.organisation,
		Account: conversations.Account{Platform: Platform, Workspace: whose.guild, ID: i.person()},
	}
	switch i.Type {
	case typeCommand:
		ev.Text = i.text()
		if n := i.quantity(); n != "" {
			ev.Values = map[string]string{quantityOption: n}
		}
	case typeClick, typeSubmit:
		_, ev.Ref = readID(i.Data.ID)
	}
	if i.Type == typeSubmit {
		ev.Values = i.fields()
	}
	return ev
}
