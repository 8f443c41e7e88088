package conversations

import (
	"context"
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
	Now     func() time.Time
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
	wait, err := a.keep(ctx, note{org: org, id: ref.ID, to: o.Account, version: version}, func() (Prompt, int, error) {
		o, err := a.Service.Ledger.Order(ctx, ref.Organisation, ref.ID)
		if err != nil {
			return Prompt{}, 0, err
		}
		p, err := a.orderMessage(ctx, org, o)
		return p, o.Version, err
	})
	if o.Approval == nil {
		return wait, err
	}
	asked, errAsked := a.ask(ctx, org, o)
	return soonest(wait, asked), errors.Join(err, errAsked)
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
	return a.keep(ctx, note{org: org, id: ref.ID, to: t.Account, version: version}, func() (Prompt, int, error) {
		t, err := a.Service.Ledger.Task(ctx, ref.Organisation, ref.ID)
		if err != nil {
			return Prompt{}, 0, err
		}
		people, err := a.Service.TaskPeople(ctx, t)
		return taskPrompt(t, people, a.reader(org, t.By, t.Account, t.Locale, t.TimeZone)), t.Version, err
	})
}

// note is a message that is to show something at version or later.
type note struct {
	org     commerce.Organisation
	id      string // of what it is about
	to      Account
	version int
	asks    bool          // it is posted only to be answered
	late    time.Duration // and not before that
}

// keep brings a message up to date. It is claimed before read is called, so that of two
// announcements the later one shows the later state. Where read answers version 0 there
// is nothing to show.
func (a *Announcements) keep(ctx context.Context, n note, read func() (Prompt, int, error)) (time.Duration, error) {
	posted, shown, claimed, err := a.Sent.Claim(ctx, n.id, n.to)
	switch {
	case err != nil:
		return 0, err
	case !claimed:
		return busy, nil
	}
	now, err := a.show(ctx, n, message{posted, shown}, read)
	if wait, ok := errors.AsType[*Wait](err); ok {
		return wait.For, a.Sent.Done(ctx, n.id, n.to, now.ref, shown)
	}
	if err != nil {
		err = fmt.Errorf("announce %s: %w", n.id, err)
		return 0, errors.Join(err, a.Sent.Done(ctx, n.id, n.to, now.ref, shown))
	}
	return 0, a.Sent.Done(ctx, n.id, n.to, now.ref, now.version)
}

// message is what is in front of its reader.
type message struct {
	ref     string
	version int
}

func (a *Announcements) show(ctx context.Context, n note, now message, read func() (Prompt, int, error)) (message, error) {
	if now.ref != "" && now.version >= n.version {
		return now, nil
	}
	prompt, version, err := read()
	switch {
	case err != nil || version == 0 || now.ref == "" && n.asks && !answerable(prompt):
		return now, err
	case now.ref == "" && n.late > 0:
		return now, &Wait{For: n.late, Cause: errors.New("its reader does not work now")}
	}
	poster, ok := a.Posters[n.to.Platform]
	if !ok {
		return now, fmt.Errorf("no platform %s", n.to.Platform)
	}
	if now.ref != "" {
		err = poster.Edit(ctx, n.org.ID, n.to, now.ref, prompt)
		if !errors.Is(err, ErrMessageGone) {
			return message{now.ref, version}, err
		}
	}
	ref, err := poster.Post(ctx, n.org.ID, n.to, prompt)
	return message{ref, version}, err
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
	return orderPrompt(o, people, link, a.reader(org, o.Buyer, o.Account, o.Locale, o.TimeZone)), nil
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
