package slack

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// Limits of Block Kit, in characters where they are of text.
const (
	maxHeader      = 150
	maxText        = 3000
	maxButton      = 75
	maxOption      = 75
	maxOptionHelp  = 75
	maxLabelText   = 2000
	maxConfirm     = 300
	maxConfirmHead = 100
	maxConfirmWord = 30
	maxModalTitle  = 24
	maxPlaceholder = 150
	maxTyped       = 3000 // of an input, whatever it asks for
	maxButtons     = 25   // in a block
	maxRadios      = 10
)

// canvas draws a prompt as blocks. All text goes into plain_text objects and into text
// elements of rich text, in which Slack reads no markup, mention or link: so nobody's
// name or word can become one.
type canvas struct {
	blocks []slack.Block
	words  locale.Words
	kind   string // begins the id of each button: where it was printed
	count  int    // of buttons
}

// Kinds of buttons, by the message or view that they are in.
const (
	wizardButton = "w" // in an answer, which is replaced
	ownButton    = "o" // in a message that is kept up to date by itself
	homeButton   = "h"
	viewButton   = "v"
	linkButton   = "l" // leads elsewhere: a click says nothing
	formButton   = "f" // asks for the fields in a modal
)

func newCanvas(p conversations.Prompt, kind string) *canvas {
	return &canvas{words: locale.For(p.Locale, nil), kind: kind}
}

// literal is that no emoji is read in a text.
var literal = new(bool)

func plain(text string, most int) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: fit(text, most), Emoji: literal}
}

// fit is text within a limit. What a person must read whole is kept short in its words,
// which tests hold to; this is for names from outside.
func fit(text string, most int) string {
	if text == "" {
		return "–" // Slack takes no empty text
	}
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

func (c *canvas) add(b slack.Block) { c.blocks = append(c.blocks, b) }

// rich adds lines of literal text.
func (c *canvas) rich(elements ...slack.RichTextElement) {
	c.add(&slack.RichTextBlock{Type: slack.MBTRichText, Elements: elements})
}

func section(parts ...slack.RichTextSectionElement) *slack.RichTextSection {
	return &slack.RichTextSection{Type: slack.RTESection, Elements: parts}
}

func text(s string) slack.RichTextSectionElement {
	return &slack.RichTextSectionTextElement{Type: slack.RTSEText, Text: fit(s, maxText)}
}

func bold(s string) slack.RichTextSectionElement {
	return &slack.RichTextSectionTextElement{Type: slack.RTSEText, Text: fit(s, maxText), Style: &slack.RichTextSectionTextStyle{Bold: true}}
}

func tag(s string) slack.RichTextSectionElement {
	return &slack.RichTextSectionTextElement{Type: slack.RTSEText, Text: fit(s, maxText), Style: &slack.RichTextSectionTextStyle{Code: true}}
}

var marks = map[conversations.Tone]string{conversations.Good: "white_check_mark", conversations.Warning: "warning", conversations.Bad: "no_entry"}

// mark is a tone's sign, nothing for a plain one.
func mark(t conversations.Tone) []slack.RichTextSectionElement {
	name, ok := marks[t]
	if !ok {
		return nil
	}
	return []slack.RichTextSectionElement{&slack.RichTextSectionEmojiElement{Type: slack.RTSEEmoji, Name: name}, text(" ")}
}

// head names the prompt and the organisation, and says what just happened.
func (c *canvas) head(p conversations.Prompt) {
	c.add(slack.NewHeaderBlock(plain(p.Title, maxHeader)))
	c.under(p)
}

// under is what stands below a title.
func (c *canvas) under(p conversations.Prompt) {
	if p.Organisation != "" {
		c.muted(p.Organisation)
	}
	c.notices(p)
}

func (c *canvas) notices(p conversations.Prompt) {
	for _, n := range p.Notices {
		c.notice(n)
	}
}

func (c *canvas) notice(n conversations.Notice) {
	if n.Tone == conversations.Muted {
		c.muted(n.Text)
		return
	}
	c.rich(section(append(mark(n.Tone), text(n.Text))...))
}

func (c *canvas) muted(s string) { c.add(slack.NewContextBlock("", plain(s, maxText))) }

func (c *canvas) draw(blocks []conversations.Block) {
	for _, b := range blocks {
		c.block(b)
	}
}

func (c *canvas) block(b conversations.Block) {
	switch {
	case b.Heading != "":
		c.rich(section(bold(b.Heading)))
	case b.Text != nil:
		c.notice(*b.Text)
	case b.Facts != nil:
		c.facts(b.Facts)
	case b.Item != nil:
		c.item(*b.Item)
	case b.Table != nil:
		c.table(*b.Table)
	case b.Progress != nil:
		c.rich(section(text(bar(*b.Progress))))
	case b.List != nil:
		c.list(*b.List)
	}
}

// facts are a line each.
func (c *canvas) facts(facts []conversations.Fact) {
	lines := make([]slack.RichTextSectionElement, 0, len(facts))
	for i, f := range facts {
		line := c.words.T("slack.fact", "label", f.Label, "value", f.Value)
		if i < len(facts)-1 {
			line += "\n"
		}
		if f.Strong {
			lines = append(lines, bold(line))
		} else {
			lines = append(lines, text(line))
		}
	}
	c.rich(section(lines...))
}

// item is a title with what is known of it, and its buttons below.
func (c *canvas) item(i conversations.Item) {
	parts := append(mark(i.Tone), bold(i.Title))
	if i.Tag != "" {
		parts = append(parts, text("  "), tag(i.Tag))
	}
	lines := i.Lines
	if i.Progress != nil {
		lines = append(lines[:len(lines):len(lines)], bar(*i.Progress))
	}
	for _, line := range lines {
		parts = append(parts, text("\n"+line))
	}
	c.rich(section(parts...))
	c.actions(i.Actions)
}

// table is a row after the other, each of its cells with the head of its column: a phone
// has no room for columns, and a modal no tables.
func (c *canvas) table(t conversations.Table) {
	elements := []slack.RichTextElement{section(bold(t.Caption))}
	list := newBullets()
	for _, row := range t.Rows {
		parts := []slack.RichTextSectionElement{bold(row[0])}
		var cells []string
		for i, cell := range row[1:] {
			if cell != "" {
				cells = append(cells, c.words.T("slack.fact", "label", t.Head[i+1], "value", cell))
			}
		}
		parts = append(parts, text("\n"+strings.Join(cells, " · ")))
		list.Elements = append(list.Elements, section(parts...))
	}
	c.rich(append(elements, list)...)
}

// bullets is slack.RichTextList without what Slack's own types do not have: the offset.
type bullets struct {
	Type     slack.RichTextElementType     `json:"type"`
	Style    slack.RichTextListElementType `json:"style"`
	Elements []slack.RichTextElement       `json:"elements"`
}

func newBullets() *bullets { return &bullets{Type: slack.RTEList, Style: slack.RTEListBullet} }

// RichTextElementType is for slack.RichTextBlock.
func (b *bullets) RichTextElementType() slack.RichTextElementType { return b.Type }

func (c *canvas) list(l conversations.List) {
	elements := []slack.RichTextElement{section(bold(l.Title))}
	list := newBullets()
	for _, i := range l.Items {
		list.Elements = append(list.Elements, section(text(i)))
	}
	if len(list.Elements) > 0 {
		elements = append(elements, list)
	}
	if l.More != "" {
		elements = append(elements, section(text(l.More)))
	}
	c.rich(elements...)
}

// barWidth is how many squares a bar of progress has.
const barWidth = 12

func bar(p conversations.Progress) string {
	if p.Total <= 0 {
		return p.Label
	}
	full := min(max(p.Done, 0), p.Total) * barWidth / p.Total
	return strings.Repeat("▰", full) + strings.Repeat("▱", barWidth-full) + "  " + p.Label
}

// actions are buttons, in rows as long as Slack makes them.
func (c *canvas) actions(actions []conversations.Action) {
	buttons := make([]slack.BlockElement, len(actions))
	for i, a := range actions {
		buttons[i] = c.button(a)
	}
	for len(buttons) > 0 {
		n := min(len(buttons), maxButtons)
		c.add(slack.NewActionBlock("", buttons[:n]...))
		buttons = buttons[n:]
	}
}

func (c *canvas) button(a conversations.Action) *slack.ButtonBlockElement {
	c.count++
	b := &slack.ButtonBlockElement{
		Type: slack.METButton, ActionID: c.kind + strconv.Itoa(c.count), Value: a.Ref, Text: plain(a.Label, maxButton), URL: webLink(a.URL),
	}
	if b.URL != "" {
		b.ActionID = linkButton + strconv.Itoa(c.count)
	}
	if a.Name != "" && a.Name != a.Label {
		b.AccessibilityLabel = fit(a.Name, maxButton)
	}
	switch a.Style {
	case conversations.Primary:
		b.Style = slack.StylePrimary
	case conversations.Danger:
		b.Style = slack.StyleDanger
	}
	if a.Confirm != nil {
		b.Confirm = &slack.ConfirmationBlockObject{
			Title: plain(a.Confirm.Title, maxConfirmHead), Text: plain(a.Confirm.Text, maxConfirm),
			Confirm: plain(a.Confirm.Yes, maxConfirmWord), Deny: plain(a.Confirm.No, maxConfirmWord), Style: b.Style,
		}
	}
	return b
}

// webLink is an address on the web, "" for anything else.
func webLink(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(address) > maxText {
		return ""
	}
	return address
}
