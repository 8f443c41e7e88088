package slack

import (
	"encoding/json"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"cartwright/conversations"
)

// message is a prompt as a message: its blocks, and the text of notifications and screen
// readers.
func message(p conversations.Prompt, kind string) (string, []slack.Block) {
	c := newCanvas(p, kind)
	c.blocks = make([]slack.Block, 0, 6+len(p.Notices)+2*len(p.Blocks)+2*len(p.Below))
	c.head(p)
	c.draw(p.Blocks)
	if len(p.Fields) > 0 {
		c.filled(p)
		c.opener(p)
		c.draw(p.Below)
		c.actions(p.Actions)
	} else {
		c.actions(p.Actions)
		c.draw(p.Below)
	}
	return summary(p), c.blocks
}

// summary is a prompt in a line.
func summary(p conversations.Prompt) string {
	parts := []string{p.Title}
	for _, n := range p.Notices {
		parts = append(parts, n.Text)
	}
	return escaped(fit(strings.Join(parts, " – "), maxText/2))
}

// escaped is text in which Slack reads no mention, link or markup: that of a message
// beside its blocks is parsed.
func escaped(text string) string {
	return escapes.Replace(text)
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// filled says what fields hold already, such as what was searched for, and what is wrong
// with them.
func (c *canvas) filled(p conversations.Prompt) {
	for _, f := range p.Fields {
		if f.Kind == conversations.TextField && f.Value != "" {
			c.muted(c.words.T("slack.fact", "label", f.Label, "value", f.Value))
		}
		if f.Error != "" {
			c.notice(conversations.Notice{Tone: conversations.Bad, Text: f.Error})
		}
	}
}

// opener is the button that asks for the fields in a modal.
func (c *canvas) opener(p conversations.Prompt) {
	a := conversations.Action{Ref: p.Again, Label: c.words.T("slack.opener", "label", p.Submit.Label)}
	if p.IsForm() {
		a.Label, a.Style = c.words.T("slack.fill_in"), conversations.Primary
	}
	b := c.button(a)
	b.ActionID = formButton + c.kind
	c.add(slack.NewActionBlock("", b))
}

// Kinds of modals, as their callback_id.
const (
	formModal  = "form"  // the fields of a message's prompt: closed by what it leads to
	wholeModal = "whole" // prompts one after the other, in place of a message
)

// modal is a prompt as a modal.
func modal(p conversations.Prompt, kind string, at place) slack.ModalViewRequest {
	c := newCanvas(p, viewButton)
	v := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: kind, Close: plain(c.words.T("slack.close"), maxModalTitle), NotifyOnClose: kind == wholeModal,
	}
	v.Title = plain(c.title(p), maxModalTitle)
	c.under(p)
	if kind == formModal {
		c.form(p)
	} else {
		c.whole(p)
	}
	if p.Submit != nil {
		v.Submit = plain(c.send(p.Submit.Label), maxModalTitle)
		at.Ref, at.Prompt, at.First = p.Submit.Ref, p.Name, blockOf(p, p.Fields[0])
	}
	v.PrivateMetadata = at.encode()
	v.Blocks.BlockSet = c.blocks
	return v
}

// send is a label where a modal has room for it, and otherwise just that it is sent.
func (c *canvas) send(label string) string {
	if utf8.RuneCountInString(label) <= maxModalTitle {
		return label
	}
	return c.words.T("slack.send")
}

// title is the prompt's own where a modal has room for it; otherwise it stands below one
// that always fits.
func (c *canvas) title(p conversations.Prompt) string {
	if utf8.RuneCountInString(p.Title) <= maxModalTitle {
		return p.Title
	}
	c.add(slack.NewHeaderBlock(plain(p.Title, maxHeader)))
	return c.words.T("slack.modal")
}

// form shows the fields with what helps to fill them in. What can be clicked stays in the
// message, and so does what a search has found.
func (c *canvas) form(p conversations.Prompt) {
	if p.IsForm() {
		c.draw(readable(p.Blocks))
	}
	c.inputs(p)
	if p.IsForm() {
		c.draw(readable(p.Below))
	}
}

func readable(blocks []conversations.Block) []conversations.Block {
	var kept []conversations.Block
	for _, b := range blocks {
		if b.Item == nil {
			kept = append(kept, b)
		}
	}
	return kept
}

func (c *canvas) whole(p conversations.Prompt) {
	c.draw(p.Blocks)
	c.inputs(p)
	if len(p.Fields) == 0 {
		c.actions(p.Actions)
	}
	c.draw(p.Below)
	if len(p.Fields) > 0 {
		c.actions(p.Actions)
	}
}

// home is a prompt as the app's home.
func home(p conversations.Prompt) slack.HomeTabViewRequest {
	c := newCanvas(p, homeButton)
	c.head(p)
	c.draw(p.Blocks)
	c.actions(p.Actions)
	c.draw(p.Below)
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: c.blocks}}
}

// blockSeparator is between a field's key and the name of its form.
const blockSeparator = "|"

// blockOf names a field's block. Slack keeps what was typed in blocks of the same name: so
// it is another one in another form.
func blockOf(p conversations.Prompt, f conversations.Field) string {
	return f.Key + blockSeparator + strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(p.Submit.Ref))), 36)
}

func (c *canvas) inputs(p conversations.Prompt) {
	for _, f := range p.Fields {
		in := &slack.InputBlock{
			Type: slack.MBTInput, BlockID: blockOf(p, f), Label: plain(f.Label, maxLabelText), Element: c.input(f), Optional: !f.Required,
		}
		if help := c.help(f); help != "" {
			in.Hint = plain(help, maxLabelText)
		}
		c.add(in)
		if !helpFits(f.Options) {
			for _, o := range f.Options {
				c.muted(o.Help)
			}
		}
		if f.Error != "" {
			c.notice(conversations.Notice{Tone: conversations.Bad, Text: f.Error})
		}
	}
}

// helpFits reports whether what is said of each option has room in it. Otherwise it is
// said of all of them below: what they commit to is not to be cut.
func helpFits(options []conversations.Option) bool {
	return !slices.ContainsFunc(options, func(o conversations.Option) bool { return utf8.RuneCountInString(o.Help) > maxOptionHelp })
}

func (c *canvas) help(f conversations.Field) string {
	if f.Kind == conversations.AreaField {
		return strings.TrimSpace(f.Help + " " + c.words.T("slack.in_parts", "max", maxTyped))
	}
	return f.Help
}

// inputID is the action of every input: it is its block that names it.
const inputID = "input"

func (c *canvas) input(f conversations.Field) slack.BlockElement {
	switch f.Kind {
	case conversations.NumberField:
		return number(f)
	case conversations.ChoiceField:
		return choice(f)
	case conversations.ToggleField:
		return c.toggle(f)
	case conversations.DateField:
		return date(f)
	}
	e := &slack.PlainTextInputBlockElement{
		Type: slack.METPlainTextInput, ActionID: inputID, Multiline: f.Kind == conversations.AreaField, MaxLength: maxTyped,
	}
	if utf8.RuneCountInString(f.Value) <= maxTyped {
		e.InitialValue = f.Value
	}
	return e
}

// date is a date picker; what was typed and is no date is left out, and said at the field.
func date(f conversations.Field) slack.BlockElement {
	e := &slack.DatePickerBlockElement{Type: slack.METDatepicker, ActionID: inputID}
	if _, err := time.Parse(time.DateOnly, f.Value); err == nil {
		e.InitialDate = f.Value
	}
	return e
}

func number(f conversations.Field) slack.BlockElement {
	e := &slack.NumberInputBlockElement{Type: slack.METNumber, ActionID: inputID}
	least, most := f.Min, f.Max
	if most >= least && most > 0 {
		e.MaxValue = strconv.Itoa(most)
	}
	e.MinValue = strconv.Itoa(least)
	if n, err := strconv.Atoi(f.Value); err == nil && n >= least && (e.MaxValue == "" || n <= most) {
		e.InitialValue = strconv.Itoa(n)
	}
	return e
}

func choice(f conversations.Field) slack.BlockElement {
	var options []*slack.OptionBlockObject
	var chosen *slack.OptionBlockObject
	for _, o := range f.Options {
		option := &slack.OptionBlockObject{Text: plain(o.Label, maxOption), Value: o.Value}
		if o.Help != "" && helpFits(f.Options) {
			option.Description = plain(o.Help, maxOptionHelp)
		}
		options = append(options, option)
		if o.Value == f.Value {
			chosen = option
		}
	}
	if f.Open && len(options) <= maxRadios {
		return &slack.RadioButtonsBlockElement{Type: slack.METRadioButtons, ActionID: inputID, Options: options, InitialOption: chosen}
	}
	return &slack.SelectBlockElement{Type: slack.OptTypeStatic, ActionID: inputID, Options: options, InitialOption: chosen}
}

func (c *canvas) toggle(f conversations.Field) slack.BlockElement {
	yes := &slack.OptionBlockObject{Text: plain(c.words.T("slack.yes"), maxOption), Value: "true"}
	e := &slack.CheckboxGroupsBlockElement{Type: slack.METCheckboxGroups, ActionID: inputID, Options: []*slack.OptionBlockObject{yes}}
	if f.Value == "true" {
		e.InitialOptions = []*slack.OptionBlockObject{yes}
	}
	return e
}

// place is where a prompt is shown to a person, and what a modal's form is of. A modal
// carries it, so that what it leads to is shown where it was opened.
type place struct {
	Team        string `json:"t"`
	User        string `json:"u"`
	Channel     string `json:"c,omitempty"`
	Thread      string `json:"h,omitempty"`
	Message     string `json:"m,omitempty"` // that is replaced; "": a new one
	ResponseURL string `json:"r,omitempty"`
	At          int64  `json:"a,omitempty"` // when the response_url was given, in Unix seconds
	Given       string `json:"g,omitempty"` // by which delivery
	Own         bool   `json:"o,omitempty"` // the message is kept up to date by itself

	Ref    string `json:"s,omitempty"` // of the form's Submit
	Prompt string `json:"p,omitempty"` // the form's name
	First  string `json:"f,omitempty"` // the block of its first field
}

func (at place) encode() string {
	text, err := json.Marshal(at)
	if err != nil {
		panic(err) // plain strings and numbers always marshal
	}
	return string(text)
}

// placeOf reads what a modal carries; it comes back signed by Slack, and was never shown.
func placeOf(metadata string) (at place) {
	if json.Unmarshal([]byte(metadata), &at) != nil {
		return place{}
	}
	return at
}
