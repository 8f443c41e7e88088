package conversations

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"cartwright/commerce"
)

// Verbs of the steps about licences that are owned already. The first three are named as
// the commands and as commerce.TaskKind.
const (
	verbAssign        = "assign" // SKU; none: it is chosen
	verbTake          = "remove" // SKU
	verbMove          = "move"   // SKU, SKU moved to
	verbSubscriptions = "subs"   // page
	verbChoose        = "choose" // kind, page
	verbTarget        = "target" // page
	verbPick          = "pick"
	verbFind          = "pick.find"  // field q
	verbFound         = "pick.found" // page
	verbAdd           = "pick.add"   // user
	verbAddFound      = "pick.all"
	verbAddEveryone   = "pick.everyone"
	verbTakeOut       = "pick.out" // user
	verbStartOver     = "pick.clear"
	verbAddresses     = "pick.list"
	verbAddAddresses  = "pick.addresses" // field addresses
	verbPreview       = "preview"
	verbPreviewPeople = "preview.people" // page
	verbStart         = "start"          // kind, hash, form
	verbTask          = "task"           // task
	verbTaskPeople    = "task.people"    // task, page
	verbTaskRetry     = "task.retry"     // task
	verbRenew         = "renew"          // SKU
	verbPlanRenewal   = "renew.plan"     // SKU, seats planned and day of the renewal as seen, form; field quantity
	fieldAddresses    = "addresses"
	maxUserID         = 64
)

// Steps about licences that are owned already.
const (
	stepSubscriptions step = "subscriptions"
	stepChoose        step = "choose"    // of which subscription
	stepTarget        step = "target"    // to which one people are moved
	stepPick          step = "pick"      // for whom
	stepAddresses     step = "addresses" // for whom, as a list
	stepPreview       step = "preview"
	stepPreviewPeople step = "preview_people"
	stepStarted       step = "started" // a task, which has a message of its own
	stepTask          step = "task"
	stepTaskPeople    step = "task_people"
	stepRenew         step = "renew"
)

// licences is the half-filled form of a task. Losing it loses a choice, never a change.
type licences struct {
	Kind   commerce.TaskKind `json:"kind,omitempty"`
	SKU    string            `json:"sku,omitempty"`
	To     string            `json:"to,omitempty"`
	Named  string            `json:"named,omitempty"` // what a subscription was asked for by
	Among  []string          `json:"among,omitempty"` // offers that may be meant; none: any
	Given  string            `json:"given,omitempty"` // addresses that came with a text, a line each
	Query  string            `json:"query,omitempty"` // the search for people
	Text   string            `json:"text,omitempty"`  // the addresses as typed, or those to be corrected
	Picked []string          `json:"picked,omitempty"`
	Once   string            `json:"once,omitempty"` // the form that the preview was shown in
}

func (l licences) request() commerce.TaskRequest {
	return commerce.TaskRequest{Kind: l.Kind, SKU: l.SKU, To: l.To, Users: l.Picked, Once: l.Once}
}

// with adds people whom it does not have yet, as many as one task takes, and says how
// many were added and how many were left out.
func (l licences) with(people []commerce.User) (next licences, added, left int) {
	known := make(map[string]bool, len(l.Picked))
	for _, id := range l.Picked {
		known[id] = true
	}
	picked := slices.Clone(l.Picked)
	for _, u := range people {
		switch {
		case known[u.ID]:
		case len(picked) == commerce.MaxTaskPeople:
			left++
		default:
			known[u.ID] = true
			picked = append(picked, u.ID)
			added++
		}
	}
	l.Picked = picked
	return l, added, left
}

// formOf names the form that an event led to: the same for a redelivery, another for
// each other event. It says nothing about the event.
func formOf(s state) string {
	sum := sha256.Sum256([]byte(s.newest()))
	return hex.EncodeToString(sum[:8])
}

// handing reports whether k says who holds which licence.
func handing(k commerce.TaskKind) bool {
	return k == commerce.TaskAssign || k == commerce.TaskRemove || k == commerce.TaskMove
}

// clickLicences reads the clicks about licences that are owned already; ok is false for
// any other.
func clickLicences(s state, r ref, values map[string]string, f facts) (next state, eff effect, ok bool) {
	switch r.verb {
	case verbSubscriptions:
		s.Step, s.Page = stepSubscriptions, r.page(0)
	case verbTask:
		s.Step, s.Task = stepTask, r.text(0)
	case verbTaskPeople:
		s.Step, s.Task, s.Page = stepTaskPeople, r.text(0), r.page(1)
	case verbTaskRetry:
		return s, retryTask{r.text(0)}, true
	case verbRenew:
		s.Step, s.Licences = stepRenew, licences{Kind: commerce.TaskRenew, SKU: r.text(0), Once: formOf(s)}
	case verbPlanRenewal:
		next, eff = planned(s, r, values)
		return next, eff, true
	default:
		if !slices.Contains(handingVerbs, r.verb) {
			return s, nil, false
		}
		if f.may(commerce.Licensing) != nil {
			s.Step = stepChoose // which says whom to ask
			return s, nil, true
		}
		next, eff = clickHanding(s, r, values)
		return next, eff, true
	}
	return s, nil, true
}

// handingVerbs need the role of those who hand licences out.
var handingVerbs = []string{
	verbAssign, verbTake, verbMove, verbChoose, verbTarget, verbPick, verbFind, verbFound, verbAdd, verbAddFound, verbAddEveryone,
	verbTakeOut, verbStartOver, verbAddresses, verbAddAddresses, verbPreview, verbPreviewPeople, verbStart,
}

func clickHanding(s state, r ref, values map[string]string) (state, effect) {
	switch r.verb {
	case verbAssign, verbTake, verbMove:
		return s, openLicences{kind: commerce.TaskKind(r.verb), sku: r.text(0), to: r.text(1)}
	case verbStart:
		return s, starting(s, r)
	case verbChoose:
		kind := commerce.TaskKind(r.text(0))
		if !handing(kind) {
			s.Step = stepHome
			return s.say(Warning, "notice.dead"), nil
		}
		if kind != s.Licences.Kind {
			s.Licences = licences{Kind: kind}
		}
		s.Step, s.Page = stepChoose, r.page(1)
		return s, nil
	}
	if s.Licences.SKU == "" || !handing(s.Licences.Kind) {
		s.Step, s.Page = stepSubscriptions, 0
		return s.say(Warning, "pick.lost"), nil
	}
	if s.Licences.Kind == commerce.TaskMove && (s.Licences.To == "" || r.verb == verbTarget) {
		s.Step, s.Page = stepTarget, r.page(0)
		return s, nil
	}
	return clickPeople(s, r, values)
}

// clickPeople reads the clicks of whoever chooses people.
func clickPeople(s state, r ref, values map[string]string) (state, effect) {
	s.Step = stepPick
	switch r.verb {
	case verbFind:
		s.Licences.Query, s.Page = clip(values[fieldQuery]), 0
	case verbFound:
		s.Page = r.page(0)
	case verbAdd:
		return s, addOne(r.text(0))
	case verbAddFound:
		return s, addFound(s.Licences)
	case verbAddEveryone:
		return s, addEveryone(s.Licences)
	case verbTakeOut:
		s.Licences.Picked = slices.DeleteFunc(slices.Clone(s.Licences.Picked), func(id string) bool { return id == r.text(0) })
	case verbStartOver:
		s.Licences.Picked, s.Licences.Query, s.Licences.Text = nil, "", ""
	case verbAddresses:
		s.Step = stepAddresses
	case verbAddAddresses:
		return listed(s, values[fieldAddresses])
	case verbPreview, verbPreviewPeople:
		return foreseen(s, r), nil
	}
	return s, nil
}

// foreseen shows what would happen. Each time it is shown it is another form, which
// starts one task at the most.
func foreseen(s state, r ref) state {
	if len(s.Licences.Picked) == 0 {
		return s.fail(commerce.Refuse(commerce.CodeNobody), "")
	}
	s.Step, s.Page = stepPreviewPeople, r.page(0)
	if r.verb == verbPreview {
		s.Step, s.Licences.Once = stepPreview, formOf(s)
	}
	return s
}

// listed takes a list of addresses.
func listed(s state, text string) (state, effect) {
	s.Step = stepAddresses
	if len(text) > maxAddressText {
		s.Licences.Text = ""
		return s.fail(commerce.Refuse(commerce.CodeTooMany, "max", commerce.MaxTaskPeople), fieldAddresses), nil
	}
	s.Licences.Text = strings.Map(withoutControls, strings.ToValidUTF8(text, "\uFFFD"))
	asked := readAddresses(s.Licences.Text)
	switch {
	case len(asked) == 0:
		s = s.say(Bad, "addresses.none")
		s.Issues[len(s.Issues)-1].field = fieldAddresses
		return s, nil
	case len(asked) > commerce.MaxTaskPeople:
		return s.fail(commerce.Refuse(commerce.CodeTooMany, "max", commerce.MaxTaskPeople), fieldAddresses), nil
	}
	return s, addAddresses(asked)
}

// withoutControls keeps what a list is written with.
func withoutControls(r rune) rune {
	if unicode.IsControl(r) && r != '\n' {
		return ' '
	}
	return r
}

// starting is the task of the form that the click names. Where the conversation knows
// another form by now, or none, that form is only looked up: what it has started is shown
// again, and it starts nothing.
func starting(s state, r ref) effect {
	kind, hash, once := commerce.TaskKind(r.text(0)), r.text(1), r.text(2)
	if once != "" && once == s.Licences.Once && kind == s.Licences.Kind {
		return startTask{asked: s.Licences.request(), hash: hash}
	}
	return startTask{asked: commerce.TaskRequest{Kind: kind, Once: once}, hash: hash}
}

// planned takes the number of licences from a renewal on. The ref names all that the
// form is about, so that it works even when the conversation was lost.
func planned(s state, r ref, values map[string]string) (state, effect) {
	asked := commerce.RenewalPlan{SKU: r.text(0), Was: r.int(1), Day: r.text(2), Once: r.text(3)}
	typed := clip(values[fieldQuantity])
	s.Step, s.Licences = stepRenew, licences{Kind: commerce.TaskRenew, SKU: asked.SKU, Once: cmp.Or(asked.Once, formOf(s))}
	s.Form = form{Quantity: typed}
	var err error
	asked.Seats, err = commerce.ReadQuantity(typed, commerce.Offer{})
	if err != nil {
		asked.Seats = -1 // refused with the range that this subscription has
	}
	return s, planRenewal{asked}
}

// handOut begins a task of a kind, of a subscription that may have been named.
func handOut(s state, kind commerce.TaskKind, named string, f facts) (state, effect) {
	if f.may(commerce.Licensing) != nil {
		s.Step = stepChoose // which says whom to ask
		return s, nil
	}
	return s, openLicences{kind: kind, named: named}
}

// handing reports whether a step is about who holds which licence.
func (s step) handing() bool {
	switch s {
	case stepChoose, stepTarget, stepPick, stepAddresses, stepPreview, stepPreviewPeople:
		return true
	}
	return false
}
