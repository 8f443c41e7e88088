package conversations

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"cartwright/commerce"
)

// Verbs, fields and the step of having somebody stand in.
const (
	verbDelegate         = "delegate"      // asks whom, and until when
	verbDelegated        = "delegate.send" // fields person, until
	verbDelegateEnd      = "delegate.end"
	fieldPerson          = "person"
	fieldUntil           = "until"
	stepDelegate    step = "delegate"
)

// standIn is the form of a delegation, as filled in.
type standIn struct {
	Person string `json:"person,omitempty"` // id
	Until  string `json:"until,omitempty"`  // such as "2026-12-24"
}

// clickDelegation reads the clicks about standing in; ok is false for any other.
func clickDelegation(s state, r ref, values map[string]string, f facts) (next state, eff effect, ok bool) {
	switch r.verb {
	case verbDelegate:
		return standsIn(s, "", f), nil, true
	case verbDelegated:
		s.Step, s.StandIn = stepDelegate, standIn{Person: personChosen(clip(values[fieldPerson]), f), Until: clip(values[fieldUntil])}
		day, known := readDay(s.StandIn.Until)
		if !known {
			return s.fail(commerce.Refuse(commerce.CodeUntil), fieldUntil), nil, true
		}
		return s, delegation{person: s.StandIn.Person, until: endOf(day, f.words.Zone())}, true
	case verbDelegateEnd:
		return s, delegation{end: true}, true
	}
	return s, nil, false
}

// standsIn shows the form, with what was typed in it, such as "@chloe until 2026-12-24".
// Nothing is done before it is sent: a name may be read wrongly.
func standsIn(s state, text string, f facts) state {
	who, until, _ := cutWord(text, "until")
	s.Step, s.StandIn = stepDelegate, standIn{}
	if p, ok := personNamed(who, f); ok && p.ID != f.actor.Person && len(p.Roles) > 0 {
		s.StandIn.Person = p.ID
	} else if who != "" {
		s = s.fail(commerce.Refuse(commerce.CodeStandIn), fieldPerson)
	}
	if day, ok := readDay(until); ok {
		s.StandIn.Until = day.Format(time.DateOnly)
	} else if until != "" {
		s = s.fail(commerce.Refuse(commerce.CodeUntil), fieldUntil)
	}
	return s
}

// cutWord is what stands before and after a word.
func cutWord(text, word string) (before, after string, found bool) {
	words := strings.Fields(text)
	i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, word) })
	if i < 0 {
		return strings.Join(words, " "), "", false
	}
	return strings.Join(words[:i], " "), strings.Join(words[i+1:], " "), true
}

// dayForms are the ways to write a day that mean the same everywhere.
var dayForms = []string{time.DateOnly, "2.1.2006", "2006年1月2日", "2006/1/2"}

func readDay(text string) (day time.Time, ok bool) {
	for _, form := range dayForms {
		if day, err := time.Parse(form, strings.TrimSpace(text)); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}

// endOf is when a day is over in a zone.
func endOf(day time.Time, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
}

// mentioned is a mention of an account as Slack and Discord write it.
var mentioned = regexp.MustCompile(`^<@!?([A-Za-z0-9-]+)(?:\|[^>]*)?>$`)

// personNamed is who is meant by a mention or a name.
func personNamed(text string, f facts) (commerce.Person, bool) {
	if m := mentioned.FindStringSubmatch(text); m != nil {
		account := f.actor.Account
		account.ID = m[1]
		return f.org.Holding(account)
	}
	name := strings.TrimPrefix(text, "@")
	called := fold(name)
	var found []commerce.Person
	for _, p := range f.org.People {
		if strings.EqualFold(p.ID, name) || fold(namesake(p)) == called {
			found = append(found, p)
		}
	}
	if named := peopleCalled(called, f.org.People); len(named) > 0 {
		found = named
	}
	if name == "" || len(found) != 1 {
		return commerce.Person{}, false // of two who have one name neither is meant
	}
	return found[0], true
}

// peopleCalled are those of a folded name.
func peopleCalled(name string, people []commerce.Person) (called []commerce.Person) {
	for _, p := range people {
		if fold(p.Name) == name {
			called = append(called, p)
		}
	}
	return called
}

// namesake is how somebody is told from another of the same name.
func namesake(p commerce.Person) string { return p.Name + " (" + p.ID + ")" }

// personChosen is the id of who was chosen from a list or, where a platform has none that is
// long enough, typed by name. A name of several, like that of nobody, stays as it is.
func personChosen(text string, f facts) string {
	if _, ok := f.org.Person(text); ok {
		return text
	}
	if p, ok := personNamed(text, f); ok {
		return p.ID
	}
	return text
}

// delegation has a person stand in for the actor until a moment, or nobody any more.
type delegation struct {
	person string
	until  time.Time
	end    bool
}

func (e delegation) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	if e.end {
		return result{}, s.EndDelegation(ctx, r)
	}
	return result{}, s.Delegate(ctx, r, e.person, e.until)
}

func (e delegation) then(s state, _ result, err error) state {
	switch commerce.CodeOf(err) {
	case commerce.CodeStandIn:
		return s.fail(err, fieldPerson)
	case commerce.CodeUntil:
		return s.fail(err, fieldUntil)
	}
	s.Step, s.StandIn = stepApprovals, standIn{}
	if err != nil {
		return s.fail(err, "")
	}
	return s
}
