package conversations

import (
	"slices"
	"strings"

	"cartwright/commerce"
)

// choosePrompt asks of which subscription a task is or, for a move, to which one.
func choosePrompt(s state, f facts) Prompt {
	kind, moved := s.Licences.Kind, s.Step == stepTarget
	p := Prompt{Name: "choose", Title: f.words.T("choose.title." + string(kind))}
	again := Action{Ref: makeRef(string(kind)), Label: f.words.T("action.again"), Style: Primary}
	if !f.ownedKnown {
		return unread(p, again, f)
	}
	fit := fitting(kind, f.owned)
	if meant := called(fit, s.Licences.Named); len(meant) > 0 {
		fit = meant
	}
	if meant := ofOffers(fit, s.Licences.Among); len(meant) > 0 {
		fit = meant
	}
	from, ok := bySKU(f.owned, s.Licences.SKU)
	if moved = moved && ok; moved {
		p.Name, p.Title = "target", f.words.T("choose.title.target", "product", from.Name)
		fit = targets(from.SKU, f.owned)
	}
	page, first, end := window(s.Page, len(fit))
	switch {
	case len(f.owned) == 0:
		p.Blocks = []Block{paragraph(f.words.T("subscriptions.none"))}
	case len(fit) == 0:
		p.Blocks = []Block{paragraph(f.words.T("choose.none." + string(kind)))}
	}
	for _, sub := range fit[first:end] {
		p.Blocks = append(p.Blocks, Block{Item: chooseItem(s.Licences, sub, moved, f)})
	}
	if p.Actions = pageActions(f, verbChoose, page, end < len(fit), string(kind)); moved {
		p.Actions = pageActions(f, verbTarget, page, end < len(fit))
	}
	if len(fit) == 0 && kind != commerce.TaskRemove {
		p.Actions = append(p.Actions, buyAction(f, true)...)
	}
	p.Actions = append(p.Actions, subscriptionsAction(f), cancelAction(f))
	return p
}

func chooseItem(l licences, sub commerce.Subscription, moved bool, f facts) *Item {
	item := subscriptionItem(sub, f)
	ref := makeRef(string(l.Kind), sub.SKU)
	if moved {
		ref = makeRef(string(l.Kind), l.SKU, sub.SKU)
	}
	item.Actions = []Action{{Ref: ref, Label: f.words.T("choose.choose"), Name: f.words.T("choose.choose_of", "product", sub.Name)}}
	return item
}

// subject says what a task does, in a few words: a title.
func subject(kind commerce.TaskKind, name, to string, f facts) string {
	return f.words.T("licences.title."+string(kind), "product", name, "to", to)
}

// chosen finds the subscriptions that the form is about. Where it cannot, again is what
// is shown instead.
func chosen(s state, f facts) (sub, to commerce.Subscription, again *Prompt) {
	sub, ok := bySKU(f.owned, s.Licences.SKU)
	to, aimed := bySKU(f.owned, s.Licences.To)
	if f.ownedKnown && ok && (aimed || s.Licences.Kind != commerce.TaskMove) {
		return sub, to, nil
	}
	p := choosePrompt(state{Step: stepChoose, Licences: licences{Kind: s.Licences.Kind}}, f)
	if !f.ownedKnown {
		p.Actions[0].Ref = makeRef(verbPick) // what was chosen is kept
	}
	return sub, to, &p
}

// pickPrompt asks for whom: by search, from a list, or everyone that makes sense.
func pickPrompt(s state, f facts) Prompt {
	sub, to, again := chosen(s, f)
	if again != nil {
		return *again
	}
	p := Prompt{
		Name: "pick", Title: subject(s.Licences.Kind, sub.Name, to.Name, f),
		Blocks: append([]Block{{Facts: seatFacts(s, sub, to, f)}}, pickedBlocks(s, f)...),
		Fields: []Field{{
			Key: fieldQuery, Kind: TextField, Label: f.words.T("pick.search"), Help: f.words.T("pick.search_help"), Value: s.Licences.Query,
		}},
		Submit: &Action{Ref: makeRef(verbFind), Label: f.words.T("pick.find")},
		Below:  foundBlocks(s, f),
	}
	if f.unread != nil {
		p.Notices = []Notice{silent(f)}
	}
	p.Actions = pickActions(s, f)
	return p
}

// silent says what did not answer, or why nothing can be foreseen.
func silent(f facts) Notice {
	if commerce.IsCode(f.unread, commerce.CodeUnavailable) {
		return Notice{Tone: Warning, Text: f.words.T("pick.unread")}
	}
	return Notice{Tone: Warning, Text: sentence(f, f.unread)}
}

// seatFacts are how many licences there are to give, or to take.
func seatFacts(s state, sub, to commerce.Subscription, f facts) []Fact {
	switch s.Licences.Kind {
	case commerce.TaskRemove:
		return []Fact{{Label: f.words.T("pick.used"), Value: f.words.Number(sub.Used)}}
	case commerce.TaskMove:
		return []Fact{{Label: f.words.T("pick.free.move", "product", to.Name), Value: f.words.Number(to.Free())}}
	}
	return []Fact{{Label: f.words.T("pick.free"), Value: f.words.Number(sub.Free())}}
}

// pickedBlocks show who is chosen. While they are few, each can be taken out again.
func pickedBlocks(s state, f facts) []Block {
	n := len(s.Licences.Picked)
	if n == 0 {
		return []Block{muted(f.words.T("pick.nobody_yet"))}
	}
	title := f.words.N("pick.picked", n)
	if len(f.picked) == 0 {
		return []Block{muted(title)}
	}
	if n > namesShown {
		return []Block{{List: &List{Title: title, Items: namesOf(f.picked), More: f.words.N("people.more", n-len(f.picked))}}}
	}
	blocks := []Block{{Heading: title}}
	for _, u := range f.picked {
		blocks = append(blocks, Block{Item: &Item{Title: u.Name, Lines: lineUnder(u.Address), Actions: []Action{{
			Ref: makeRef(verbTakeOut, u.ID), Label: f.words.T("pick.take_out"), Name: f.words.T("pick.take_out_of", "name", u.Name),
		}}}})
	}
	return blocks
}

func namesOf(people []commerce.User) []string {
	names := make([]string, len(people))
	for i, u := range people {
		names[i] = u.Name
	}
	return names
}

// foundBlocks are what the search finds: those who can be added have a button for it,
// the others a reason.
func foundBlocks(s state, f facts) []Block {
	switch {
	case s.Licences.Query == "" || f.unread != nil:
		return nil
	case len(f.found) == 0:
		return []Block{paragraph(f.words.T("pick.found_nobody"))}
	}
	_, from, to := window(s.Page, len(f.found))
	blocks := []Block{muted(f.words.N("pick.found", len(f.found), "from", from+1, "to", to))}
	if len(f.found) >= commerce.UsersFound {
		blocks = []Block{muted(f.words.T("pick.found_most", "max", commerce.UsersFound, "from", from+1, "to", to))}
	}
	for _, u := range f.found[from:to] {
		blocks = append(blocks, Block{Item: foundItem(s.Licences, u, f)})
	}
	return blocks
}

func foundItem(l licences, u commerce.User, f facts) *Item {
	item := &Item{Title: u.Name, Lines: lineUnder(u.Address)}
	switch reason := barred(l, u); {
	case slices.Contains(l.Picked, u.ID):
		item.Tag, item.Tone = f.words.T("pick.chosen"), Good
	case reason != commerce.ReasonNone:
		item.Tag, item.Tone = f.words.T("reason."+string(reason)), Muted
	default:
		item.Actions = []Action{{Ref: makeRef(verbAdd, u.ID), Label: f.words.T("pick.add"), Name: f.words.T("pick.add_of", "name", u.Name)}}
	}
	return item
}

// lineUnder is a line of text, none for an empty one.
func lineUnder(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return []string{text}
}

func pickActions(s state, f facts) []Action {
	var actions []Action
	add := func(style Style, label, verb string, args ...any) {
		actions = append(actions, Action{Ref: makeRef(verb, args...), Label: label, Style: style})
	}
	if len(s.Licences.Picked) > 0 {
		add(Primary, f.words.N("pick.preview", len(s.Licences.Picked)), verbPreview)
	}
	page, _, to := window(s.Page, len(f.found))
	if n := len(addable(s.Licences, f.found)); n > 1 {
		add(Secondary, f.words.N("pick.add_found", n), verbAddFound)
	}
	actions = append(actions, pageActions(f, verbFound, page, to < len(f.found))...)
	add(Secondary, f.words.T("pick.everyone."+string(s.Licences.Kind)), verbAddEveryone)
	add(Secondary, f.words.T("pick.addresses"), verbAddresses)
	if len(s.Licences.Picked) > 0 {
		add(Secondary, f.words.T("pick.start_over"), verbStartOver)
	}
	return append(actions, subscriptionsAction(f), cancelAction(f))
}

// addressesPrompt asks for whom as a list.
func addressesPrompt(s state, f facts) Prompt {
	sub, to, again := chosen(s, f)
	if again != nil {
		return *again
	}
	return Prompt{
		Name: "addresses", Title: subject(s.Licences.Kind, sub.Name, to.Name, f),
		Fields: []Field{{
			Key: fieldAddresses, Kind: AreaField, Label: f.words.T("addresses.label"), Required: true, Value: s.Licences.Text,
			Help: f.words.T("addresses.help", "max", commerce.MaxTaskPeople), Error: fieldError(s, f, fieldAddresses),
		}},
		Submit:  &Action{Ref: makeRef(verbAddAddresses), Label: f.words.T("addresses.submit"), Style: Primary},
		Actions: []Action{{Ref: makeRef(verbPick), Label: backToPeople(s, f)}, cancelAction(f)},
	}
}

// backToPeople leads back to whom was chosen.
func backToPeople(s state, f facts) string {
	return f.words.N("pick.back", len(s.Licences.Picked))
}
