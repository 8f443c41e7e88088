package conversations

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Verbs are all that a ref can begin with.
var Verbs = []string{
	verbHome, verbHelp, verbAgain, verbCancel, verbList, verbSearch, verbBuy, verbDetails, verbCart, verbChange, verbRemove, verbEmpty, verbFix,
	verbCheckOut, verbAccept, verbNext, verbPlace, verbOrders, verbOrder, verbOrderPeople, verbOrderCancel, verbOrderLink, verbOrderRetry,
	verbAssign, verbTake, verbMove, verbSubscriptions, verbChoose, verbTarget, verbPick, verbFind, verbFound, verbAdd, verbAddFound,
	verbAddEveryone, verbTakeOut, verbStartOver, verbAddresses, verbAddAddresses, verbPreview, verbPreviewPeople, verbStart, verbTask,
	verbTaskPeople, verbTaskRetry, verbRenew, verbPlanRenewal, verbWish, verbSkip,
}

// maxLabel is how long a button's label may be on Slack, which is the strictest of all.
const maxLabel = 75

// Unsound lists what is wrong with a prompt that a platform is given, whichever it is.
func Unsound(p Prompt) []string {
	c := &inspection{}
	c.text("name", p.Name)
	c.text("organisation", p.Organisation)
	c.text("locale", p.Locale)
	c.text("title", p.Title)
	for _, n := range p.Notices {
		c.text("notice", n.Text)
	}
	for i, b := range body(p) {
		c.block(fmt.Sprintf("block %d", i), b)
	}
	for _, f := range p.Fields {
		c.field(f)
	}
	if (p.Submit == nil) != (p.Again == "") {
		c.say("fields cannot be asked for again")
	}
	if (p.Submit == nil) != (len(p.Fields) == 0) {
		c.say("fields and submit do not come together")
	}
	for _, a := range Controls(p) {
		c.action(a)
	}
	if len(Controls(p)) == 0 && p.Name != "order" {
		c.say("a dead end: nothing can be clicked")
	}
	return c.wrong
}

// Controls are everything that can be clicked in a prompt.
func Controls(p Prompt) []Action {
	all := slices.Clone(p.Actions)
	if p.Submit != nil {
		all = append(all, *p.Submit)
	}
	if p.Again != "" {
		all = append(all, Action{Ref: p.Again, Label: "(the fields again)"})
	}
	for _, b := range body(p) {
		if b.Item != nil {
			all = append(all, b.Item.Actions...)
		}
	}
	return all
}

func body(p Prompt) []Block { return slices.Concat(p.Blocks, p.Below) }

type inspection struct{ wrong []string }

func (c *inspection) say(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

// text is wrong where it is empty, or lacks words or values.
func (c *inspection) text(what, text string) {
	switch {
	case strings.TrimSpace(text) == "":
		c.say("%s is empty", what)
	case strings.ContainsAny(text, "⟦⟧") || strings.Contains(text, "<no value>"):
		c.say("%s lacks words: %q", what, text)
	case !utf8.ValidString(text):
		c.say("%s is no text: %q", what, text)
	}
}

func (c *inspection) block(where string, b Block) {
	kinds := 0
	for _, set := range []bool{
		b.Heading != "", b.Text != nil, b.Facts != nil, b.Item != nil, b.Table != nil, b.Progress != nil, b.List != nil,
	} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		c.say("%s is of %d kinds", where, kinds)
	}
	if b.Text != nil {
		c.text(where, b.Text.Text)
	}
	for _, f := range b.Facts {
		c.text(where+", a fact's label", f.Label)
		c.text(where+", the value of "+f.Label, f.Value)
	}
	c.item(where, b.Item)
	c.table(where, b.Table)
	c.progress(where, b.Progress)
	if l := b.List; l != nil {
		c.text(where, l.Title)
		if len(l.Items) == 0 {
			c.say("%s: a list of nothing", where)
		}
		for _, item := range l.Items {
			c.text(where, item)
		}
	}
}

func (c *inspection) progress(where string, p *Progress) {
	if p == nil {
		return
	}
	c.text(where, p.Label)
	if p.Done < 0 || p.Total < 1 || p.Done > p.Total {
		c.say("%s: %d of %d", where, p.Done, p.Total)
	}
}

func (c *inspection) item(where string, item *Item) {
	if item == nil {
		return
	}
	c.text(where+", its title", item.Title)
	for _, line := range item.Lines {
		c.text(where+", a line", line)
	}
	c.progress(where, item.Progress)
	for _, a := range item.Actions {
		c.text(where+", the name of "+a.Label, a.Name)
	}
}

func (c *inspection) table(where string, t *Table) {
	if t == nil {
		return
	}
	c.text(where+", its caption", t.Caption)
	if len(t.Rows) == 0 || len(t.Numeric) != len(t.Head) {
		c.say("%s: a table of %d rows, %d heads, %d kinds", where, len(t.Rows), len(t.Head), len(t.Numeric))
	}
	for _, row := range t.Rows {
		if len(row) != len(t.Head) {
			c.say("%s: a row of %d under %d heads", where, len(row), len(t.Head))
		}
		for _, cell := range row {
			c.text(where+", a cell", cell)
		}
	}
}

func (c *inspection) field(f Field) {
	c.text("field "+f.Key, f.Label)
	if f.Error != "" {
		c.text("error of "+f.Key, f.Error)
	}
	chosen := false
	for _, o := range f.Options {
		c.text("option "+o.Value+" of "+f.Key, o.Label)
		chosen = chosen || o.Value == f.Value
	}
	if f.Kind == ChoiceField && !chosen && f.Value != "" && f.Error == "" {
		c.say("field %s: %q is none of its options, and nothing says so", f.Key, f.Value)
	}
	if f.Kind == ToggleField && f.Value != "true" && f.Value != "false" {
		c.say("field %s: a toggle at %q", f.Key, f.Value)
	}
}

func (c *inspection) action(a Action) {
	c.text("a label", a.Label)
	if n := utf8.RuneCountInString(a.Label); n > maxLabel {
		c.say("the label %q has %d letters", a.Label, n)
	}
	if (a.Ref == "") == (a.URL == "") {
		c.say("the action %q has the ref %q and the address %q", a.Label, a.Ref, a.URL)
	}
	if len(a.Ref) > maxRef || strings.ContainsFunc(a.Ref, func(r rune) bool { return r <= ' ' || r > '~' }) {
		c.say("the ref %q of %q is too long, or not of the allowed letters", a.Ref, a.Label)
	}
	if q := a.Confirm; q != nil {
		c.text("what is confirmed", q.Title)
		c.text("what is confirmed", q.Text)
		c.text("yes", q.Yes)
		c.text("no", q.No)
	}
}
