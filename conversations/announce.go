package conversations

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cartwright/commerce"
	"cartwright/conversations/locale"
)

// Announcements post the own message of an order or a task and keep it up to date:
// Announce and AnnounceTask are called for each version, and show the newest.
type Announcements struct {
	Service *commerce.Service
	Sent    Sent
	Posters map[string]Poster // by platform
	// Aside is the platform that people are at to try things: they are asked there last.
	Aside string
	Now   func() time.Time
	// Directories tell which language those who are asked read, and where they are.
	Directories map[string]Directory
}

var _ commerce.Announcer = (*Announcements)(nil)

// busy is how long an announcement waits for another of the same message.
const busy = 100 * time.Millisecond

// Announce shows the order as it is now, unless its message shows that already. It
// answers how long to wait before asking again, 0 for never.
func (a *Announcements) Announce(ctx context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
	org, ok := a.Service.Organisations(ref.Organisation)
	if !ok {
		return 0, fmt.Errorf("announce %s: no organisation %s", ref.ID, ref.Organisation)
	}
	o, err := a.Service.Ledger.Order(ctx, ref.Organisation, ref.ID)
	if err != nil {
		return 0, err
	}
	wait, err := a.keep(ctx, note{org: org, about: ref.ID, id: ref.ID, to: o.Account, version: version}, func() (page, error) {
		o, err := a.Service.Ledger.Order(ctx, ref.Organisation, ref.ID)
		if err != nil {
			return page{}, err
		}
		p, err := a.orderMessage(ctx, org, o)
		return page{p, o.Version, o.QuoteShown()}, err
	})
	for _, more := range []struct {
		needed bool
		do     func(context.Context, commerce.Organisation, commerce.Order) (time.Duration, error)
	}{{o.Approval != nil, a.ask}, {o.HandOff != nil && o.HandOff.Asked > 0, a.askBuyer}} {
		if more.needed {
			again, errMore := more.do(ctx, org, o)
			wait, err = soonest(wait, again), errors.Join(err, errMore)
		}
	}
	return wait, err
}

// AnnounceTask is Announce, for a task.
func (a *Announcements) AnnounceTask(ctx context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
	org, ok := a.Service.Organisations(ref.Organisation)
	if !ok {
		return 0, fmt.Errorf("announce %s: no organisation %s", ref.ID, ref.Organisation)
	}
	t, err := a.Service.Ledger.Task(ctx, ref.Organisation, ref.ID)
	if err != nil {
		return 0, err
	}
	return a.keep(ctx, note{org: org, about: ref.ID, id: ref.ID, to: t.Account, version: version}, func() (page, error) {
		t, err := a.Service.Ledger.Task(ctx, ref.Organisation, ref.ID)
		if err != nil {
			return page{}, err
		}
		people, err := a.Service.TaskPeople(ctx, t)
		return page{prompt: taskPrompt(t, people, a.reader(org, t.By, t.Account, t.Locale, t.TimeZone)), version: t.Version}, err
	})
}

// page is what a message is to show: version 0 for nothing.
type page struct {
	prompt  Prompt
	version int
	quote   string // the hash of the quote that it shows, "" for none
}

// note is a message that is to show something at version or later.
type note struct {
	org     commerce.Organisation
	about   string // the order or task, "" for neither
	id      string // of the message
	to      Account
	version int
	asks    bool          // it is posted only to be answered
	reminds bool          // of what was asked before
	late    time.Duration // and not before that
}

// keep brings a message up to date. It is claimed before read is called, so that of two
// announcements the later one shows the later state.
func (a *Announcements) keep(ctx context.Context, n note, read func() (page, error)) (time.Duration, error) {
	posted, version, claimed, err := a.Sent.Claim(ctx, n.id, n.to)
	switch {
	case err != nil:
		return 0, err
	case !claimed:
		return busy, nil
	}
	was := message{posted, version}
	now, shown, err := a.show(ctx, n, was, read)
	if err == nil {
		return 0, a.Sent.Done(ctx, n.id, n.to, now.ref, now.version, a.entry(n, was, now, shown))
	}
	back := a.giveBack(ctx, n, now, was, err)
	if wait, ok := errors.AsType[*Wait](err); ok {
		return wait.For, back
	}
	return 0, errors.Join(fmt.Errorf("announce %s: %w", n.id, err), back)
}

// giveBack gives back the claim of a message that does not show what it is to.
func (a *Announcements) giveBack(ctx context.Context, n note, now, was message, why error) error {
	if _, tried := errors.AsType[*unposted](why); tried && !errors.Is(why, ErrRefused) {
		return a.Sent.Unsure(ctx, n.id, n.to, was.version)
	}
	return a.Sent.Done(ctx, n.id, n.to, now.ref, was.version, nil)
}

// unposted is why a message could not be posted.
type unposted struct{ cause error }

func (u *unposted) Error() string { return u.cause.Error() }
func (u *unposted) Unwrap() error { return u.cause }

// message is what is in front of its reader.
type message struct {
	ref     string
	version int
}

func (a *Announcements) show(ctx context.Context, n note, now message, read func() (page, error)) (message, page, error) {
	if now.ref != "" && now.version >= n.version {
		return now, page{}, nil
	}
	p, err := read()
	switch {
	case err != nil || p.version == 0 || now.ref == "" && n.asks && !answerable(p.prompt):
		return now, page{}, err
	case now.ref == "" && n.late > 0:
		return now, page{}, &Wait{For: n.late, Cause: errors.New("its reader does not work now")}
	}
	poster, ok := a.Posters[n.to.Platform]
	if !ok {
		return now, page{}, fmt.Errorf("no platform %s", n.to.Platform)
	}
	if now.ref != "" {
		err = poster.Edit(ctx, n.org.ID, n.to, now.ref, p.prompt)
		if !errors.Is(err, ErrMessageGone) {
			return message{now.ref, p.version}, p, err
		}
	}
	ref, err := poster.Post(ctx, n.org.ID, n.to, p.prompt)
	if err != nil {
		return message{}, page{}, &unposted{err}
	}
	return message{ref, p.version}, p, nil
}

// entry is the audit's of what a message shows now, nil where nothing new is shown: its
// hash is of the prompt, and that of the quote in it is what a vote is bound to.
func (a *Announcements) entry(n note, was, now message, shown page) *commerce.Entry {
	if shown.version == 0 {
		return nil
	}
	action := "message.edited"
	if was.ref != now.ref {
		action = "message.posted"
	}
	text, err := json.Marshal(shown.prompt)
	if err != nil {
		panic(err) // plain strings and numbers always marshal
	}
	sum := sha256.Sum256(text)
	data, _ := json.Marshal(map[string]any{"message": n.id, "version": shown.version, "quote": shown.quote, "shown": hex.EncodeToString(sum[:])})
	return &commerce.Entry{Organisation: n.org.ID, At: a.Now(), Actor: commerce.Bot.Person, Account: n.to, Action: action, Order: n.about, Data: data}
}

// orderMessage is the order's message as its buyer reads it.
func (a *Announcements) orderMessage(ctx context.Context, org commerce.Organisation, o commerce.Order) (Prompt, error) {
	link, err := a.Service.PaymentLink(ctx, o)
	if err != nil {
		return Prompt{}, err
	}
	people, err := a.Service.People(ctx, o)
	if err != nil {
		return Prompt{}, err
	}
	f := a.reader(org, o.Buyer, o.Account, o.Locale, o.TimeZone)
	f.catalogue = a.Service.Catalogue()
	if o.State == commerce.StateAwaitingApproval {
		f.standing, err = a.Service.Delegations(ctx, org.ID)
	}
	return orderPrompt(o, people, link, f), err
}

// reader is who reads a message outside any event: with the roles of the organisations
// file, for those of their platform's groups are looked up at the click.
func (a *Announcements) reader(org commerce.Organisation, person string, account Account, lang, zone string) facts {
	p, _ := org.Person(person)
	return facts{
		org: org, now: a.Now(), words: locale.For(locale.Match(lang), zoneNamed(zone, org)),
		actor: commerce.Actor{Organisation: org.ID, Person: person, Name: p.Name, Account: account, Locale: lang, Roles: p.Roles},
	}
}

// zoneNamed is a time zone that was noted by its name, or else the organisation's.
func zoneNamed(name string, org commerce.Organisation) *time.Location {
	zone, err := time.LoadLocation(name)
	if name == "" || err != nil {
		return org.TimeZone
	}
	return zone
}
