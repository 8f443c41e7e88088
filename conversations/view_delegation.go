package conversations

import (
	"slices"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"cartwright/commerce"
)

// delegatePrompt asks who is to stand in, and until when.
func delegatePrompt(s state, f facts) Prompt {
	options, chosen := standIns(s.StandIn.Person, f), s.StandIn.Person
	if !slices.ContainsFunc(options, func(o Option) bool { return o.Value == chosen }) {
		chosen = "" // nobody, or nobody who may be chosen
	}
	p := Prompt{
		Name: "delegate", Title: f.words.T("delegate.title"),
		Blocks: []Block{paragraph(f.words.T("delegate.text"))},
		Fields: []Field{
			{Key: fieldPerson, Kind: ChoiceField, Label: f.words.T("delegate.person"), Value: chosen, Options: options, Error: fieldError(s, f, fieldPerson), Required: true},
			{Key: fieldUntil, Kind: DateField, Label: f.words.T("delegate.until"), Help: f.words.T("delegate.until_help"), Value: s.StandIn.Until, Error: fieldError(s, f, fieldUntil), Required: true},
		},
		Submit:  &Action{Ref: makeRef(verbDelegated), Label: f.words.T("delegate.send"), Style: Primary},
		Actions: []Action{{Ref: makeRef(verbApprovals), Label: f.words.T("approvals.title")}},
	}
	if !f.decides() || len(options) == 0 {
		p.Fields, p.Submit, p.Again = nil, nil, ""
		p.Blocks = []Block{paragraph(f.words.T("delegate.nobody"))}
	}
	p.Below = standingIn(f)
	return p
}

// maxChoice is how many options every platform's own lists take.
const maxChoice = 100

// standIns are those who can be chosen, by name; the chosen one is among them.
func standIns(chosen string, f facts) []Option {
	var people []commerce.Person
	for _, p := range f.org.People {
		if p.ID != f.actor.Person && len(p.Roles) > 0 {
			people = append(people, p)
		}
	}
	byName := collate.New(language.Make(f.words.Lang()))
	slices.SortStableFunc(people, func(a, b commerce.Person) int { return byName.CompareString(a.Name, b.Name) })
	if i := slices.IndexFunc(people, func(p commerce.Person) bool { return p.ID == chosen }); i >= maxChoice {
		people[maxChoice-1] = people[i]
	}
	times := map[string]int{}
	for _, p := range f.org.People {
		times[fold(p.Name)]++
	}
	var options []Option
	for _, p := range people[:min(len(people), maxChoice)] {
		label := p.Name
		if times[fold(label)] > 1 {
			label = namesake(p)
		}
		options = append(options, Option{Value: p.ID, Label: label})
	}
	return options
}

// standingIn says who stands in for the reader, and for whom the reader does.
func standingIn(f facts) []Block {
	var blocks []Block
	if d, ok := f.standing.Of(f.actor.Person); ok {
		blocks = append(blocks, paragraph(f.words.T("delegate.for_me", "name", d.ToName, "date", lastDay(d, f))))
	}
	for _, d := range f.standing {
		if d.To == f.actor.Person {
			blocks = append(blocks, paragraph(f.words.T("delegate.by_me", "name", d.FromName, "date", lastDay(d, f))))
		}
	}
	return blocks
}

// lastDay is the last one on which the delegation is in force.
func lastDay(d commerce.Delegation, f facts) string {
	return f.words.Date(d.Until.Add(-time.Second))
}

// delegateActions have somebody stand in for the reader, or nobody any more.
func delegateActions(f facts) []Action {
	var actions []Action
	if f.decides() {
		actions = append(actions, Action{Ref: makeRef(verbDelegate), Label: f.words.T("delegate.begin")})
	}
	if d, ok := f.standing.Of(f.actor.Person); ok {
		actions = append(actions, Action{Ref: makeRef(verbDelegateEnd), Label: f.words.T("delegate.end"), Name: f.words.T("delegate.end_name", "name", d.ToName)})
	}
	return actions
}
