package conversations

import (
	"context"
	"strings"

	"cartwright/commerce"
)

// openLicences begins a task of a kind: it finds out of which subscription, and, for a
// move, to which one. sku is "" where that is to be chosen; named is what was typed.
type openLicences struct {
	kind           commerce.TaskKind
	sku, to, named string
	meant          *handover           // what was written besides, where it was read
	otherwise      func(s state) state // where no subscription is called so; nil: that is said
}

func (e openLicences) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	owned, known, err := s.Subscriptions(ctx, r.Actor)
	return result{owned: owned, known: known}, err
}

func (e openLicences) then(s state, res result, err error) state {
	before := s
	s.Step, s.Page, s.Licences = stepChoose, 0, licences{Kind: e.kind, Given: before.given(e.kind)}
	switch {
	case err != nil:
		return s.fail(err, "")
	case !res.known:
		return s // which the step says
	}
	fit := fitting(e.kind, res.owned)
	switch meant := called(fit, e.named); {
	case e.meant != nil && (e.named == "" || len(meant) == 0):
		return e.mean(s, fit, res.owned).addressed()
	case e.otherwise != nil && len(meant) == 0:
		return e.otherwise(before)
	case e.named != "":
		if len(meant) == 0 && len(fit) > 0 {
			return s.say(Warning, "choose.no_match."+string(e.kind), "text", shortened(e.named))
		}
		s.Licences.Named, fit = clip(e.named), meant
	}
	return e.chosen(s, fit, res.owned).addressed()
}

// chosen goes on from the subscriptions that are in question.
func (e openLicences) chosen(s state, fit, owned []commerce.Subscription) state {
	if e.sku == "" && len(fit) != 1 {
		return s
	}
	sku := e.sku
	if sku == "" {
		sku = fit[0].SKU
	}
	if _, ok := bySKU(fit, sku); !ok {
		return s.fail(commerce.Refuse(commerce.CodeStale), "")
	}
	s.Licences.SKU, s.Step = sku, stepPick
	if e.kind == commerce.TaskMove {
		return e.aimed(s, targets(sku, owned))
	}
	return s
}

// aimed goes on from the subscriptions that people can be moved to.
func (e openLicences) aimed(s state, targets []commerce.Subscription) state {
	s.Step = stepTarget
	if e.to == "" && len(targets) != 1 {
		return s
	}
	to := e.to
	if to == "" {
		to = targets[0].SKU
	}
	if _, ok := bySKU(targets, to); !ok {
		return s.fail(commerce.Refuse(commerce.CodeStale), "")
	}
	s.Licences.To, s.Step = to, stepPick
	return s
}

// addPeople adds people to those chosen.
type addPeople struct {
	read  func(ctx context.Context, s *commerce.Service, by commerce.Actor) ([]commerce.User, error)
	told  func(s state, people []commerce.User, added int) state
	whole bool // all or none: too many are refused, rather than the first taken
}

func (e addPeople) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	people, err := e.read(ctx, s, r.Actor)
	return result{people: people}, err
}

func (e addPeople) then(s state, res result, err error) state {
	if err != nil {
		return s.fail(err, "")
	}
	next, added, left := s.Licences.with(res.people)
	if left > 0 && e.whole {
		return s.fail(commerce.Refuse(commerce.CodeTooMany, "max", commerce.MaxTaskPeople), "")
	}
	s.Licences = next
	if left > 0 {
		s = s.count(Warning, "pick.cut", left, "max", commerce.MaxTaskPeople)
	}
	return e.told(s, res.people, added)
}

func findUsers(q commerce.UserQuery) func(context.Context, *commerce.Service, commerce.Actor) ([]commerce.User, error) {
	return func(ctx context.Context, s *commerce.Service, by commerce.Actor) ([]commerce.User, error) {
		return s.FindUsers(ctx, by, q)
	}
}

// addOne adds somebody, if there is such a person.
func addOne(id string) effect {
	if id == "" || len(id) > maxUserID {
		return addPeople{read: nobody, told: toldOne}
	}
	return addPeople{read: findUsers(commerce.UserQuery{IDs: []string{id}}), told: toldOne, whole: true}
}

func nobody(context.Context, *commerce.Service, commerce.Actor) ([]commerce.User, error) {
	return nil, nil
}

func toldOne(s state, people []commerce.User, _ int) state {
	if len(people) == 0 {
		return s.say(Warning, "pick.gone")
	}
	return s.say(Good, "pick.added_one", "name", people[0].Name)
}

// addFound adds everyone whom the search finds and to whom it can be done.
func addFound(l licences) effect {
	if l.Query == "" {
		return addPeople{read: nobody, told: toldMany}
	}
	return addPeople{whole: true, told: toldMany, read: func(ctx context.Context, s *commerce.Service, by commerce.Actor) ([]commerce.User, error) {
		found, err := s.FindUsers(ctx, by, commerce.UserQuery{Text: l.Query})
		return addable(l, found), err
	}}
}

// addEveryone adds everyone who has no licence or, where licences are taken, who has one.
// Those for whom nothing can be done are among them: the preview says why.
func addEveryone(l licences) effect {
	if l.Kind != commerce.TaskAssign {
		return addPeople{read: findUsers(commerce.UserQuery{Holding: l.SKU}), told: toldMany}
	}
	return addPeople{told: toldMany, read: func(ctx context.Context, s *commerce.Service, by commerce.Actor) ([]commerce.User, error) {
		people := s.Unlicensed(ctx, by.Organisation)
		if !people.Known {
			return nil, commerce.Refuse(commerce.CodeUnavailable)
		}
		return people.People, nil
	}}
}

func toldMany(s state, people []commerce.User, added int) state {
	switch {
	case len(people) == 0:
		return s.say(Warning, "pick.nobody")
	case added == 0:
		return s.say(Plain, "pick.all_chosen")
	}
	return s.count(Good, "pick.added", added)
}

// addAddresses adds those whose addresses these are, and keeps the addresses that nobody
// has, to be corrected.
func addAddresses(asked []string) effect {
	return addPeople{read: findUsers(commerce.UserQuery{Addresses: asked}), whole: true, told: func(s state, people []commerce.User, added int) state {
		unknown := unknownOf(asked, people)
		s.Licences.Text = strings.Join(unknown, "\n")
		if len(people) > 0 {
			s = toldMany(s, people, added)
		}
		if len(unknown) == 0 {
			s.Step = stepPick
			return s
		}
		return s.tellUnknown(unknown)
	}}
}

// tellUnknown lists the first addresses that nobody has, and counts the others.
func (s state) tellUnknown(unknown []string) state {
	shown := make([]string, 0, namesShown)
	for _, a := range unknown[:min(namesShown, len(unknown))] {
		shown = append(shown, shortened(a))
	}
	if more := len(unknown) - namesShown; more > 0 {
		return s.count(Warning, "addresses.unknown_more", more, "addresses", shown)
	}
	return s.count(Warning, "addresses.unknown", len(unknown), "addresses", shown)
}

func unknownOf(asked []string, people []commerce.User) []string {
	known := make(map[string]bool, len(people))
	for _, u := range people {
		known[strings.ToLower(u.Address)] = true
	}
	var unknown []string
	for _, a := range asked {
		if !known[strings.ToLower(a)] {
			unknown = append(unknown, a)
		}
	}
	return unknown
}

// startTask starts what the preview showed.
type startTask struct {
	asked commerce.TaskRequest
	hash  string
}

func (e startTask) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	task, err := s.StartTask(ctx, r, e.asked, e.hash)
	return result{task: task}, err
}

func (e startTask) then(s state, res result, err error) state {
	switch {
	case err == nil:
		s.Step, s.Task, s.Licences = stepStarted, res.task.ID, licences{}
		return s
	case len(e.asked.Users) > 0:
		s.Step = stepPreview // as it is now
		return s.fail(err, "")
	case commerce.IsCode(err, commerce.CodeNobody):
		err = commerce.Refuse(commerce.CodeStale) // the form is not known any more, and started nothing
	}
	s.Step, s.Page = stepSubscriptions, 0
	if handing(s.Licences.Kind) && s.Licences.SKU != "" && (s.Licences.Kind != commerce.TaskMove || s.Licences.To != "") {
		s.Step = stepPick
	}
	return s.fail(err, "")
}

// retryTask tries again those for whom a task failed.
type retryTask struct{ id string }

func (e retryTask) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	task, err := s.RetryTask(ctx, r, e.id)
	return result{task: task}, err
}

func (e retryTask) then(s state, _ result, err error) state {
	s.Step, s.Task = stepTask, e.id
	if err == nil || commerce.IsCode(err, commerce.CodeNotFound) {
		return s // the step says that there is no such task
	}
	return s.fail(err, "")
}

// planRenewal plans how many seats are owned from a renewal on.
type planRenewal struct{ asked commerce.RenewalPlan }

func (e planRenewal) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	task, err := s.PlanRenewal(ctx, r, e.asked)
	return result{task: task}, err
}

func (e planRenewal) then(s state, res result, err error) state {
	switch commerce.CodeOf(err) {
	case "":
		s.Step, s.Task, s.Licences, s.Form = stepStarted, res.task.ID, licences{}, form{}
		return s
	case commerce.CodeQuantity, commerce.CodePlanned:
		return s.fail(err, fieldQuantity)
	}
	return s.fail(err, "")
}
