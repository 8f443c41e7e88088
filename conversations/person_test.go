package conversations_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cartwright/commerce"
	"cartwright/conversations"
)

// person is somebody at a chat window: what they see is the last prompt.
type person struct {
	*world
	id, org string
	prompt  conversations.Prompt
	reply   conversations.Reply
	last    conversations.Event
	values  map[string]string // filled in, not sent yet
}

// as is somebody of the world's organisation.
func (w *world) as(id string) *person { return &person{world: w, id: id, org: w.org} }

// in is the same somebody in another organisation.
func (p *person) in(org string) *person { return &person{world: p.world, id: p.id, org: org} }

// speaking is p with the language chosen.
func (p *person) speaking(lang string) *person {
	p.directory.mu.Lock()
	defer p.directory.mu.Unlock()
	if p.directory.langs == nil {
		p.directory.langs = map[string]string{}
	}
	p.directory.langs[p.id] = lang
	return p
}

func (p *person) account() conversations.Account {
	return conversations.Account{Platform: platform, Workspace: p.org, ID: p.id}
}

// sends has an event answered, whatever it is.
func (p *person) sends(text, ref string, values map[string]string) *person {
	p.Helper()
	p.events++
	return p.delivers(conversations.Event{
		ID: fmt.Sprintf("%s:%d", platform, p.events), Organisation: p.org, Account: p.account(), Text: text, Ref: ref, Values: values,
	})
}

// delivers has the event answered: one that was before is a redelivery.
func (p *person) delivers(ev conversations.Event) *person {
	p.Helper()
	before := p.prompt
	p.last, p.values = ev, nil
	p.reply = p.engine.Turn(p.ctx, ev)
	p.prompt = p.reply.Prompt
	for _, wrong := range conversations.Unsound(p.prompt) {
		p.Errorf("%s after %q%s: %s", p.prompt.Name, ev.Text, ev.Ref, wrong)
	}
	for _, watch := range p.watches {
		watch(p, ev.Ref, before, p.prompt)
	}
	return p
}

// types sends a command.
func (p *person) types(text string) *person {
	p.Helper()
	return p.sends(text, "", nil)
}

// fills writes into fields, given as key and value.
func (p *person) fills(pairs ...string) *person {
	p.Helper()
	if p.values == nil {
		p.values = map[string]string{}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if !slices.ContainsFunc(p.prompt.Fields, func(f conversations.Field) bool { return f.Key == pairs[i] }) {
			p.Fatalf("there is no field %q in %s:\n%s", pairs[i], p.prompt.Name, written(p.prompt))
		}
		p.values[pairs[i]] = pairs[i+1]
	}
	return p
}

// clicks presses the one control with that label. A submit sends the fields as they
// stand, with what was filled in.
func (p *person) clicks(label string) *person {
	p.Helper()
	var found []conversations.Action
	for _, a := range conversations.Controls(p.prompt) {
		if a.Label == label || a.Name == label {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		p.Fatalf("there are %d controls %q in %s:\n%s", len(found), label, p.prompt.Name, written(p.prompt))
	}
	return p.presses(found[0])
}

// clicksAt presses the control with that label at the item with that title.
func (p *person) clicksAt(title, label string) *person {
	p.Helper()
	for _, b := range slices.Concat(p.prompt.Blocks, p.prompt.Below) {
		if b.Item == nil || b.Item.Title != title {
			continue
		}
		for _, a := range b.Item.Actions {
			if a.Label == label {
				return p.presses(a)
			}
		}
	}
	p.Fatalf("there is no %q at %q in %s:\n%s", label, title, p.prompt.Name, written(p.prompt))
	return p
}

// refOf is the ref of the first control with that verb, "" where there is none.
func (p *person) refOf(verb string) string {
	for _, a := range conversations.Controls(p.prompt) {
		if a.Ref == verb || strings.HasPrefix(a.Ref, verb+":") {
			return a.Ref
		}
	}
	return ""
}

func (p *person) presses(a conversations.Action) *person {
	p.Helper()
	if a.URL != "" {
		p.Fatalf("%q is a link", a.Label)
	}
	if p.prompt.Submit == nil || a.Ref != p.prompt.Submit.Ref {
		return p.sends("", a.Ref, nil)
	}
	values := map[string]string{}
	for _, f := range p.prompt.Fields {
		values[f.Key] = f.Value
	}
	maps.Copy(values, p.values)
	return p.sends("", a.Ref, values)
}

// at tells which prompt it must be.
func (p *person) at(name string) *person {
	p.Helper()
	if p.prompt.Name != name {
		p.Fatalf("the prompt is %s, want %s:\n%s", p.prompt.Name, name, written(p.prompt))
	}
	return p
}

// sees requires texts somewhere in the prompt; spaces that do not break count as spaces.
func (p *person) sees(texts ...string) *person {
	p.Helper()
	for _, text := range texts {
		if !strings.Contains(written(p.prompt), text) {
			p.Errorf("%q is not in %s:\n%s", text, p.prompt.Name, written(p.prompt))
		}
	}
	return p
}

// lacks forbids texts anywhere in the prompt.
func (p *person) lacks(texts ...string) *person {
	p.Helper()
	for _, text := range texts {
		if strings.Contains(written(p.prompt), text) {
			p.Errorf("%q is in %s:\n%s", text, p.prompt.Name, written(p.prompt))
		}
	}
	return p
}

// offers requires exactly these actions below the prompt, in their order.
func (p *person) offers(labels ...string) *person {
	p.Helper()
	var got []string
	for _, a := range p.prompt.Actions {
		got = append(got, plain.Replace(a.Label))
	}
	if !slices.Equal(got, labels) {
		p.Errorf("the actions of %s are %q, want %q", p.prompt.Name, got, labels)
	}
	return p
}

// puts buys into the cart what a sentence would: licences of an offer, in a plan.
func (p *person) puts(offer, quantity, plan string, assign bool) *person {
	p.Helper()
	p.sends("", "buy:"+offer, nil).at("details").fills("quantity", quantity, "plan", plan)
	if assign {
		p.fills("auto_assign", "true")
	}
	return p.presses(*p.prompt.Submit).at("cart")
}

// places orders what is in the cart, and answers the order's number.
func (p *person) places() string {
	p.Helper()
	p.types("cart").clicksOne("Check out", "Valider la commande").clicksOne("Next", "Suivant").
		clicksOne("Place order", "Passer la commande").at("submitted")
	p.works()
	placed, err := p.books.Orders(p.ctx, commerce.OrderQuery{Organisation: p.org, Limit: 1})
	if err != nil || len(placed) == 0 {
		p.Fatalf("the order is not in the ledger: %v", err)
	}
	return placed[0].ID
}

// clicksOne presses whichever of the labels is there.
func (p *person) clicksOne(labels ...string) *person {
	p.Helper()
	for _, label := range labels {
		if slices.ContainsFunc(p.prompt.Actions, func(a conversations.Action) bool { return a.Label == label }) {
			return p.clicks(label)
		}
	}
	p.Fatalf("none of %q is in %s:\n%s", labels, p.prompt.Name, written(p.prompt))
	return p
}

// buys is a whole purchase up to its payment.
func (p *person) buys(offer, quantity, plan string, assign bool) string {
	p.Helper()
	return p.puts(offer, quantity, plan, assign).places()
}

// plain makes spaces that do not break into spaces.
var plain = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// written is a prompt as a reader sees it, a line for each thing.
func written(p conversations.Prompt) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s", p.Title)
	for _, n := range p.Notices {
		line("! %s", n.Text)
	}
	for _, block := range p.Blocks {
		writeBlock(line, block)
	}
	for _, f := range p.Fields {
		line("[%s: %s] %s", f.Label, f.Value, f.Help)
		for _, o := range f.Options {
			line("  ( ) %s. %s", o.Label, o.Help)
		}
		if f.Sum != nil {
			line("  %s: %s", f.Sum.Label, f.Sum.Text)
		}
		if f.Error != "" {
			line("  ! %s", f.Error)
		}
	}
	if p.Submit != nil {
		line("<<%s>>", p.Submit.Label)
	}
	for _, block := range p.Below {
		writeBlock(line, block)
	}
	for _, a := range p.Actions {
		line("<%s> %s", a.Label, a.URL)
	}
	return plain.Replace(b.String())
}

func writeBlock(line func(format string, args ...any), block conversations.Block) {
	if block.Heading != "" {
		line("## %s", block.Heading)
	}
	if block.Text != nil {
		line("%s", block.Text.Text)
	}
	for _, f := range block.Facts {
		line("%s = %s", f.Label, f.Value)
	}
	if i := block.Item; i != nil {
		line("* %s [%s]", i.Title, i.Tag)
		for _, text := range i.Lines {
			line("  %s", text)
		}
		if i.Progress != nil {
			line("  %s", i.Progress.Label)
		}
		for _, a := range i.Actions {
			line("  <%s>", a.Label)
		}
	}
	if t := block.Table; t != nil {
		line("%s\n| %s", t.Caption, strings.Join(t.Head, " | "))
		for _, row := range t.Rows {
			line("| %s", strings.Join(row, " | "))
		}
	}
	if block.Progress != nil {
		line("%s", block.Progress.Label)
	}
	if l := block.List; l != nil {
		line("%s: %s %s", l.Title, strings.Join(l.Items, ", "), l.More)
	}
}
