package conversations

import (
	"slices"

	"cartwright/commerce"
)

// previewPrompt says for whom it will be done and for whom it cannot be, and why, before
// anything changes. Its one primary action is bound to exactly that.
func previewPrompt(s state, f facts) Prompt {
	sub, to, again := chosen(s, f)
	if again != nil {
		return *again
	}
	p := Prompt{Name: "preview", Title: subject(s.Licences.Kind, sub.Name, to.Name, f)}
	back := []Action{{Ref: makeRef(verbPick), Label: f.words.T("preview.back")}, cancelAction(f)}
	if f.unread != nil {
		p.Notices = []Notice{silent(f)}
		p.Actions = append([]Action{{Ref: makeRef(verbPreview), Label: f.words.T("action.again"), Style: Primary}}, back...)
		return p
	}
	p.Blocks = []Block{{Facts: previewFacts(s.Licences.Kind, to, f)}, muted(f.words.T("subscriptions.as_of", "date", f.words.DateTime(f.preview.AsOf)))}
	if len(f.preview.Able) == 0 {
		p.Notices = []Notice{{Tone: Warning, Text: f.words.T("preview.none")}}
	} else {
		p.Blocks = append(p.Blocks, meaning(s.Licences.Kind, f)...)
		p.Blocks = append(p.Blocks, strandedBlocks(f)...)
		p.Actions = []Action{startTaskAction(s, f)}
	}
	p.Blocks = append(p.Blocks, previewLists(s.Licences.Kind, f)...)
	if len(f.preview.Able) > namesShown || len(f.preview.Unable) > namesShown {
		p.Actions = append(p.Actions, Action{Ref: makeRef(verbPreviewPeople, 0), Label: f.words.T("preview.everyone")})
	}
	p.Actions = append(p.Actions, back...)
	return p
}

// previewFacts count: for whom, for whom not, and the licences before and after.
func previewFacts(kind commerce.TaskKind, to commerce.Subscription, f facts) []Fact {
	able := len(f.preview.Able)
	rows := []Fact{{Label: f.words.T("preview.count." + string(kind)), Value: f.words.Number(able), Strong: true}}
	if n := len(f.preview.Unable); n > 0 {
		rows = append(rows, Fact{Label: f.words.T("preview.unable"), Value: f.words.Number(n)})
	}
	now, after := Fact{Label: f.words.T("preview.free")}, Fact{Label: f.words.T("preview.after")}
	left := f.preview.Free - able
	switch kind {
	case commerce.TaskRemove:
		left = f.preview.Free + able
	case commerce.TaskMove:
		now.Label, after.Label = f.words.T("preview.free.move", "product", to.Name), f.words.T("preview.after.move", "product", to.Name)
	}
	now.Value, after.Value = f.words.Number(f.preview.Free), f.words.Number(left)
	return append(rows, now, after)
}

// meaning says what a change means for people, where that is more than its name.
func meaning(kind commerce.TaskKind, f facts) []Block {
	switch kind {
	case commerce.TaskRemove:
		return []Block{{Text: &Notice{Tone: Warning, Text: f.words.T("preview.means.remove")}}}
	case commerce.TaskMove:
		return []Block{paragraph(f.words.T("preview.means.move"))}
	}
	return nil
}

// strandedBlocks warn of add-ons that people are left with, and cannot use any more.
func strandedBlocks(f facts) []Block {
	var blocks []Block
	for _, left := range f.preview.Stranded {
		blocks = append(blocks, Block{Text: &Notice{Tone: Warning, Text: f.words.N("preview.stranded", left.People, "addon", left.Name)}})
	}
	return blocks
}

// previewLists name the first of those for whom it will be done, and of the others, or
// count these by reason where they are many.
func previewLists(kind commerce.TaskKind, f facts) []Block {
	var blocks []Block
	if able := f.preview.Able; len(able) > 0 {
		blocks = append(blocks, nameList(f, f.words.N("preview.list."+string(kind), len(able)), namesOf(able)))
	}
	unable := f.preview.Unable
	switch {
	case len(unable) > namesShown:
		blocks = append(blocks, Block{Heading: f.words.N("preview.list_unable", len(unable))}, Block{Facts: byReason(unable, f)})
	case len(unable) > 0:
		blocks = append(blocks, nameList(f, f.words.N("preview.list_unable", len(unable)), withReasons(unable, f)))
	}
	return blocks
}

// byReason counts those for whom it cannot be done.
func byReason(unable []commerce.Refused, f facts) []Fact {
	counts := map[commerce.Reason]int{}
	for _, u := range unable {
		counts[u.Reason]++
	}
	var rows []Fact
	for _, reason := range commerce.Reasons {
		if n := counts[reason]; n > 0 {
			rows = append(rows, Fact{Label: f.words.T("reason." + string(reason)), Value: f.words.Number(n)})
		}
	}
	return rows
}

func withReasons(unable []commerce.Refused, f facts) []string {
	lines := make([]string, len(unable))
	for i, u := range unable {
		lines[i] = withReason(u.Name, f.words.T("reason."+string(u.Reason)), f)
	}
	return lines
}

func withReason(name, reason string, f facts) string {
	return f.words.T("people.with_reason", "name", name, "reason", reason)
}

// startTaskAction does what the preview shows, and nothing else.
func startTaskAction(s state, f facts) Action {
	kind, n := s.Licences.Kind, len(f.preview.Able)
	a := Action{
		Ref: makeRef(verbStart, string(kind), f.preview.Hash(), s.Licences.Once), Label: f.words.N("preview.start."+string(kind), n), Style: Primary,
	}
	if kind == commerce.TaskAssign {
		return a
	}
	a.Confirm = &Confirm{
		Title: f.words.N("preview.confirm."+string(kind), n),
		Text:  f.words.T("preview.means." + string(kind)), Yes: a.Label, No: f.words.T("preview.no"),
	}
	if kind == commerce.TaskRemove {
		a.Style = Danger
	}
	return a
}

// previewPeoplePrompt lists everyone of the preview: those for whom it will be done first.
func previewPeoplePrompt(s state, f facts) Prompt {
	if _, _, again := chosen(s, f); again != nil || f.unread != nil {
		return previewPrompt(s, f)
	}
	done := f.words.T("preview.able." + string(s.Licences.Kind))
	var lines []string
	for _, u := range f.preview.Able {
		lines = append(lines, withReason(u.Name, done, f))
	}
	lines = slices.Concat(lines, withReasons(f.preview.Unable, f))
	p := Prompt{Name: "preview_people", Title: f.words.T("preview.people")}
	page, more := peopleList(&p, s.Page, lines, f)
	p.Actions = append(pageActions(f, verbPreviewPeople, page, more), Action{Ref: makeRef(verbPreview), Label: f.words.T("preview.again")}, cancelAction(f))
	return p
}

// peopleList shows a page of many people, and says which and whether there are more.
func peopleList(p *Prompt, page int, lines []string, f facts) (shown int, more bool) {
	from := min(page*peoplePage, max(0, (len(lines)-1)/peoplePage*peoplePage))
	to := min(len(lines), from+peoplePage)
	if len(lines) > 0 {
		p.Blocks = append(p.Blocks, Block{List: &List{
			Title: f.words.T("people.range", "from", from+1, "to", to, "total", len(lines)), Items: lines[from:to],
		}})
	}
	return from / peoplePage, to < len(lines)
}
