package conversations

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"cartwright/commerce"
	"cartwright/conversations/intent"
	"cartwright/conversations/locale"
)

// Engine turns events into prompts. Its fields are set before use and not changed after.
type Engine struct {
	Service     *commerce.Service
	Store       Store
	Limiter     Limiter
	Directories map[string]Directory // by platform
	Now         func() time.Time
	Log         *slog.Logger
	PerMinute   int    // events of one account; 0: no limit
	Reader      Reader // of what is no command; nil: nobody reads it

	members members
	last    lastSaves
}

// Reader reads what somebody wrote in their own words. It always has an answer, and may
// take some seconds over it.
type Reader interface {
	Read(ctx context.Context, t intent.Text) intent.Intent
}

// conversationLife is how long a half-filled form waits for its person.
const conversationLife = 72 * time.Hour

const races = 4

// Turn answers one event. It always answers: what cannot be done is said, with what is
// kept and what to do.
func (e *Engine) Turn(ctx context.Context, ev Event) Reply {
	f, ok := e.meet(ctx, ev)
	if !ok {
		return Reply{Prompt: trouble(f, commerce.Refuse(commerce.CodeNotFound))}
	}
	wait, err := e.pace(ctx, ev)
	if err == nil && wait > 0 {
		err = commerce.Refuse(commerce.CodeTooFast, "seconds", int(wait.Seconds())+1)
	}
	if err != nil {
		return e.stumble(ctx, f, ev, err)
	}
	f.meant = e.read(ctx, ev, f)
	for range races {
		reply, err := e.turn(ctx, ev, f)
		if errors.Is(err, ErrLostRace) {
			continue // somebody else took a step meanwhile: take this one from there
		}
		if err != nil {
			return e.stumble(ctx, f, ev, err)
		}
		return reply
	}
	return e.stumble(ctx, f, ev, ErrLostRace)
}

// read has a text read that is more than a command: once for an event, however often its
// step is taken, and only for those who may do something here.
func (e *Engine) read(ctx context.Context, ev Event, f facts) *intent.Intent {
	words, ok := ownWords(ev.Text)
	if e.Reader == nil || ev.Ref != "" || !ok || !f.reads() {
		return nil
	}
	in := e.Reader.Read(ctx, intent.Text{
		Request: ev.ID, Organisation: f.org.ID, Person: f.actor.Person, Text: words, Locale: f.words.Lang(),
	})
	return &in
}

// turn takes one step: load, decide, carry out, save, show.
func (e *Engine) turn(ctx context.Context, ev Event, f facts) (Reply, error) {
	key := Key{Organisation: ev.Organisation, Account: ev.Account}
	from, err := e.where(ctx, key)
	if err != nil {
		return Reply{}, err
	}
	s := decodeState(from.state)
	if s.wordsAlone(ev) {
		f = e.known(f)
	} else if f, err = e.ground(ctx, f); err != nil {
		return Reply{}, err
	}
	s, eff := advance(s, ev, f)
	if eff != nil && from.remembered {
		e.last.forget(key)
		return e.turn(ctx, ev, f) // nothing is done on a memory that others may have overtaken
	}
	if eff != nil {
		res, err := eff.carryOut(ctx, e.Service, commerce.Request{Event: ev.ID, Actor: f.actor})
		if err != nil && !coded(err) {
			return Reply{}, err
		}
		s = eff.then(s, res, err)
		if f, err = e.ground(ctx, f); err != nil {
			return Reply{}, err // what is shown is what is, after the effect
		}
	}
	prompt, err := e.show(ctx, s, f)
	if err != nil {
		return Reply{}, err
	}
	if err := e.save(ctx, key, from.version, s.encode()); err != nil {
		return Reply{}, err
	}
	return Reply{Prompt: prompt, InPlace: ev.Ref != "", Did: eff != nil, Said: said(s, prompt)}, nil
}

// said is how many sentences about the last event the prompt begins with.
func said(s state, p Prompt) int {
	n := 0
	for _, i := range s.Issues {
		if i.field == "" {
			n++
		}
	}
	return min(n, len(p.Notices))
}

// show makes the prompt that state and facts call for. A refusal met on the way to it is
// a prompt too.
func (e *Engine) show(ctx context.Context, s state, f facts) (Prompt, error) {
	f, err := e.gather(ctx, s, f)
	if err != nil {
		if !coded(err) {
			return Prompt{}, err
		}
		return trouble(f, err), nil
	}
	return view(s, f), nil
}

// meet finds out who the event is from and which language they read.
func (e *Engine) meet(ctx context.Context, ev Event) (facts, bool) {
	org, ok := e.Service.Organisations(ev.Organisation)
	if !ok {
		return facts{words: locale.For(locale.Match(), time.UTC), now: e.Now()}, false
	}
	actor := identify(ctx, org, ev.Account, e.Directories[ev.Account.Platform], &e.members)
	zone := cmp.Or(actor.TimeZone, org.TimeZone)
	return facts{org: org, actor: actor, words: locale.For(locale.Match(actor.Locale), zone), now: e.Now()}, true
}

// pace holds people to their limit, where they type and send: a click alone costs less
// than to count it. Where the limiter is out of reach so is the conversation, and that is
// said there.
func (e *Engine) pace(ctx context.Context, ev Event) (time.Duration, error) {
	if e.PerMinute == 0 || ev.Ref != "" && len(ev.Values) == 0 {
		return 0, nil
	}
	key := ev.Organisation + platformSeparate + ev.Account.Platform + platformSeparate + ev.Account.ID
	ok, wait, err := e.Limiter.Allow(ctx, key, e.PerMinute)
	if err != nil || ok {
		return 0, err
	}
	return wait, nil
}

// stumble tells the person that something did not work, and the operator what.
func (e *Engine) stumble(ctx context.Context, f facts, ev Event, err error) Reply {
	if !coded(err) {
		e.Log.ErrorContext(ctx, "turn", "event", ev.ID, "organisation", ev.Organisation, "err", err)
		err = commerce.Refuse(commerce.CodeUnavailable).Because(err)
	}
	return Reply{Prompt: trouble(f, err), Said: 1}
}

// identify finds the person behind an account and the roles that they hold now: those of
// the organisations file, and those that their platform's groups grant. A lookup that
// fails grants nothing and is known to have failed.
func identify(ctx context.Context, org commerce.Organisation, account Account, d Directory, m *members) commerce.Actor {
	actor := commerce.Actor{Organisation: org.ID, Account: account}
	if d == nil {
		actor.Failed = true
		return actor
	}
	profile, err := d.Profile(ctx, org.ID, account)
	if err != nil {
		actor.Failed = true
		return actor
	}
	actor.Name, actor.Locale, actor.TimeZone = profile.Name, profile.Locale, profile.TimeZone
	person, known := m.holding(org, account)
	if !known || profile.Closed {
		return actor
	}
	actor.Person, actor.Name = person.ID, person.Name
	if actor.Locale == "" {
		actor.Locale = person.Locale
	}
	actor.Roles = slices.Concat(person.Roles, granted(org, account.Platform, profile.Groups))
	return actor
}

// granted are the roles that membership of the groups gives.
func granted(org commerce.Organisation, platform string, groups []string) []commerce.Role {
	var roles []commerce.Role
	for role, by := range org.Groups {
		if slices.ContainsFunc(by[platform], func(g string) bool { return slices.Contains(groups, g) }) {
			roles = append(roles, role)
		}
	}
	return roles
}
