package conversations

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"cartwright/commerce"
)

// may says why the actor may not do what needs a role, nil where they may.
func (f facts) may(role commerce.Role) error { return commerce.Authorise(f.org, f.actor, role) }

// reads reports whether the actor may see what the organisation owns and orders.
func (f facts) reads() bool {
	return !f.actor.Failed && f.actor.Person != "" && len(f.actor.Roles) > 0
}

// decides reports whether the actor has a role that a rule asks for approval.
func (f facts) decides() bool {
	return slices.ContainsFunc(f.org.Policy.Roles(), f.actor.Has) && f.actor.Organisation == f.org.ID && f.actor.Person != ""
}

// mayAnswer reports whether the actor decides, or stands in for somebody who does.
func (f facts) mayAnswer() bool { return f.decides() || len(f.voter.Behind) > 0 }

// denial says why the actor may not take a step, nil where they may. What can be seen by
// whoever holds any role is decided by the domain.
func denial(s step, f facts) error {
	switch s {
	case stepList, stepDetails, stepCart, stepCheck, stepPayment:
		return f.denied
	case stepHome, stepClosed:
		if f.denied != nil && (f.may(commerce.Licensing) == nil || f.decides()) {
			return nil
		}
		return f.denied
	case stepRenew:
		return f.may(commerce.Buyer)
	}
	if s.handing() {
		return f.may(commerce.Licensing)
	}
	return nil
}

// denied reports whether the actor may not take a step.
func denied(s step, f facts) bool { return denial(s, f) != nil }

// gatherLicences reads what the steps about owned licences need. What did not answer is
// a fact too, so that nobody's choice is lost over it.
func (e *Engine) gatherLicences(ctx context.Context, s state, f facts) (facts, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*cmp.Or(e.Service.Timings.Read, commerce.ReadTimeout)) // several reads come one after the other
	defer cancel()
	var err error
	switch s.Step {
	case stepStarted, stepTask, stepTaskPeople:
		return e.gatherTask(ctx, s, f)
	case stepPreview, stepPreviewPeople:
		f.preview, err = e.Service.Preview(ctx, f.actor, s.Licences.request())
		f, err = f.read(err)
	case stepPick:
		f, err = e.gatherPeople(ctx, s, f)
	case stepSubscriptions:
		f.shelf, err = e.Service.Shelf(ctx, f.org.ID)
	}
	if err != nil {
		return f, err
	}
	f.owned, f.ownedKnown, err = e.Service.Subscriptions(ctx, f.actor)
	return f, err
}

// read notes that something did not answer; any other failure is handed back.
func (f facts) read(err error) (facts, error) {
	if err != nil && coded(err) {
		f.unread, err = err, nil
	}
	return f, err
}

// gatherPeople reads the first of those chosen, and what the search finds.
func (e *Engine) gatherPeople(ctx context.Context, s state, f facts) (facts, error) {
	var err error
	if first := s.Licences.Picked[:min(namesShown, len(s.Licences.Picked))]; len(first) > 0 {
		f.picked, err = e.Service.FindUsers(ctx, f.actor, commerce.UserQuery{IDs: first})
		f, err = f.read(err)
	}
	if err == nil && f.unread == nil && s.Licences.Query != "" {
		f.found, err = e.Service.FindUsers(ctx, f.actor, commerce.UserQuery{Text: s.Licences.Query})
		f, err = f.read(err)
	}
	return f, err
}

func (e *Engine) gatherTask(ctx context.Context, s state, f facts) (facts, error) {
	var err error
	f.task, err = e.Service.Task(ctx, f.actor, s.Task)
	if commerce.IsCode(err, commerce.CodeNotFound) {
		return f, nil // the view says so in its own words
	}
	if err != nil {
		return f, err
	}
	f.assigned, err = e.Service.TaskPeople(ctx, f.task)
	return f, err
}

// fitting are the subscriptions for which a task of the kind makes sense.
func fitting(kind commerce.TaskKind, owned []commerce.Subscription) []commerce.Subscription {
	var fit []commerce.Subscription
	for _, s := range owned {
		switch {
		case kind == commerce.TaskAssign && s.Free() > 0,
			kind == commerce.TaskRemove && s.Used > 0,
			kind == commerce.TaskMove && s.Used > 0 && len(targets(s.SKU, owned)) > 0:
			fit = append(fit, s)
		}
	}
	return fit
}

// targets are the subscriptions that people can be moved to: an add-on is none for who
// gives up what it adds to.
func targets(from string, owned []commerce.Subscription) []commerce.Subscription {
	var free []commerce.Subscription
	left, _ := bySKU(owned, from)
	for _, s := range owned {
		adds := s.Offer.Group == commerce.AddOn && left.Offer.Group != commerce.AddOn
		if s.SKU != from && s.Free() > 0 && !adds {
			free = append(free, s)
		}
	}
	return free
}

// called are the subscriptions that somebody may mean by a name.
func called(owned []commerce.Subscription, name string) []commerce.Subscription {
	words := strings.Fields(fold(name))
	var found []commerce.Subscription
	for _, s := range owned {
		text := fold(s.Name + " " + strings.Join(s.Offer.Aliases, " ") + " " + s.Offer.ID)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			found = append(found, s)
		}
	}
	return found
}

func bySKU(owned []commerce.Subscription, sku string) (commerce.Subscription, bool) {
	i := slices.IndexFunc(owned, func(s commerce.Subscription) bool { return s.SKU == sku })
	if i < 0 {
		return commerce.Subscription{}, false
	}
	return owned[i], true
}

// addable are those of the found whom the task can be for, as far as that is known: not
// chosen yet, and able to be given a licence where one is given.
func addable(l licences, found []commerce.User) []commerce.User {
	var able []commerce.User
	for _, u := range found {
		if !slices.Contains(l.Picked, u.ID) && barred(l, u) == commerce.ReasonNone {
			able = append(able, u)
		}
	}
	return able
}

// barred says why somebody cannot be given what the task gives.
func barred(l licences, u commerce.User) commerce.Reason {
	if l.Kind == commerce.TaskRemove {
		return commerce.ReasonNone
	}
	return u.Ineligible()
}

// renewable is from how many to how many seats a subscription can be renewed with.
func renewable(s commerce.Subscription) (least, most int) {
	var refusal *commerce.Error
	if errors.As(s.CheckRenewal(0), &refusal) { // 0 is never enough
		least, _ = refusal.Args["min"].(int)
		most, _ = refusal.Args["max"].(int)
	}
	return least, most
}

// plans reports whether the actor can plan another number of seats for the next renewal.
func (f facts) plans(s commerce.Subscription) bool {
	least, most := renewable(s)
	return f.may(commerce.Buyer) == nil && s.RenewsAt.After(f.now) && least < most
}
