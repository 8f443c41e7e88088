package conversations

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cartwright/commerce"
)

// ask shows a request for approval to those who are asked, and keeps every copy of it up
// to date until it is decided. One that cannot be shown holds up no other.
func (a *Announcements) ask(ctx context.Context, org commerce.Organisation, o commerce.Order) (wait time.Duration, err error) {
	copies, err := a.Sent.Copies(ctx, o.ID)
	if err != nil {
		return 0, err
	}
	standing, err := a.Service.Delegations(ctx, org.ID)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, n := range a.outdated(org, o, standing, copies) {
		again, err := a.copy(ctx, org, o, standing, n)
		wait = soonest(wait, again)
		errs = append(errs, err)
	}
	return wait, errors.Join(errs...)
}

// outdated are the copies of a request that do not show it as it is: the first ones, and
// those of reminders, which are further messages. While it is open each of those who may
// vote is to have one, and the last reminder, unless they were first asked after it. Where
// one may have been posted that nobody knows of, a further one says how it ended.
func (a *Announcements) outdated(org commerce.Organisation, o commerce.Order, standing commerce.Delegations, copies []commerce.Copy) []note {
	var notes []note
	version := requestVersion(o)
	want := func(id string, to Account, open, reminds bool) (at time.Time) {
		i := slices.IndexFunc(copies, func(c commerce.Copy) bool { return c.ID == id && c.To == to })
		posted, unsure := i >= 0 && copies[i].Posted, i >= 0 && copies[i].Unsure
		if posted && copies[i].Version < version || !posted && open || unsure {
			notes = append(notes, note{org: org, about: o.ID, id: id, to: to, version: version, asks: !unsure, reminds: reminds})
		}
		if posted {
			at = copies[i].At
		}
		return at
	}
	open := o.State == commerce.StateAwaitingApproval
	for _, to := range a.readers(org, o, standing, copies) {
		asked := want(o.ID, to, open, false)
		before := !asked.IsZero() && !asked.After(o.Approval.RemindedAt)
		for n := range o.Approval.Reminders {
			reminds := n+1 > o.Approval.Since // the message that a further round begins with asks anew
			want(fmt.Sprintf("%s%s%d", o.ID, reminderID, n+1), to, open && before && n+1 == o.Approval.Reminders, reminds)
		}
	}
	return notes
}

const reminderID = "/reminder/"

// copy brings one copy of a request up to date. A reminder comes in its reader's working
// hours.
func (a *Announcements) copy(ctx context.Context, org commerce.Organisation, o commerce.Order, standing commerce.Delegations, n note) (time.Duration, error) {
	if !n.reminds {
		return a.keep(ctx, n, func() (page, error) { return a.requestMessage(ctx, org, o, standing, n.to) })
	}
	n.late = commerce.WorkingFrom(a.Now(), org.WorkingHours, cmp.Or(a.profile(ctx, org, n.to).TimeZone, org.TimeZone)).Sub(a.Now())
	return a.keep(ctx, n, func() (page, error) { return a.reminderMessage(ctx, org, o, standing, n.to) })
}

// answerable reports whether the reader can answer a request.
func answerable(p Prompt) bool {
	return slices.ContainsFunc(p.Actions, func(a Action) bool { return readRef(a.Ref).verb == verbApprove })
}

// soonest is the shorter of two waits, of which 0 is none.
func soonest(a, b time.Duration) time.Duration {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// profile is what the reader's platform knows of them, nothing where it does not answer.
func (a *Announcements) profile(ctx context.Context, org commerce.Organisation, to Account) Profile {
	d, ok := a.Directories[to.Platform]
	if !ok || isChannel(org, to) {
		return Profile{}
	}
	profile, err := d.Profile(ctx, org.ID, to)
	if err != nil {
		return Profile{}
	}
	return profile
}

// reminderMessage is the request once more, for those who may still answer it.
func (a *Announcements) reminderMessage(ctx context.Context, org commerce.Organisation, was commerce.Order, standing commerce.Delegations, to Account) (page, error) {
	p, err := a.requestMessage(ctx, org, was, standing, to)
	if err == nil && !p.prompt.Closed {
		f := a.asked(ctx, org, standing, to)
		p.prompt.Notices = append([]Notice{{Tone: Warning, Text: f.words.T("approval.reminder", "date", f.words.DateTime(was.SubmittedAt))}}, p.prompt.Notices...)
	}
	return p, err
}

// requestVersion is the version of the order that last changed the request.
func requestVersion(o commerce.Order) int {
	if o.State == commerce.StateAwaitingApproval {
		return o.Version
	}
	return o.Approval.Closed
}

// requestMessage is the request as one of those reads it who are asked; version 0 where
// there is nothing to ask any more and nothing was.
func (a *Announcements) requestMessage(ctx context.Context, org commerce.Organisation, was commerce.Order, standing commerce.Delegations, to Account) (page, error) {
	o, err := a.Service.Ledger.Order(ctx, org.ID, was.ID)
	if err != nil || o.Approval == nil {
		return page{}, err
	}
	c, err := a.Service.Case(ctx, o)
	if err != nil {
		return page{}, err
	}
	f := a.asked(ctx, org, standing, to)
	votes := o.State == commerce.StateAwaitingApproval && (isChannel(org, to) || mayVote(o, f))
	p := approvalPrompt(o, c, votes, f)
	if isChannel(org, to) {
		p.View = makeRef(verbApproval, o.ID)
	}
	return page{p, requestVersion(o), o.QuoteShown()}, nil
}

// asked is who reads a request: a person, in the language and the time zone that their
// platform knows, or everybody in the organisation's channel.
func (a *Announcements) asked(ctx context.Context, org commerce.Organisation, standing commerce.Delegations, to Account) facts {
	f := a.reader(org, "", to, "und-"+org.Country, "")
	if p, ok := org.Holding(to); ok && !isChannel(org, to) {
		profile := a.profile(ctx, org, to)
		f = a.reader(org, p.ID, to, cmp.Or(profile.Locale, p.Locale), "")
		f.words = f.words.In(cmp.Or(profile.TimeZone, org.TimeZone))
		f.voter = commerce.InFile(org, p, standing)
	}
	f.standing, f.catalogue = standing, a.Service.Catalogue()
	return f
}

func isChannel(org commerce.Organisation, to Account) bool {
	return org.ApprovalChannel[to.Platform] == to.ID && to.ID != ""
}

// readers are the accounts that have a copy of the request or, while it is open, are to
// have one: the organisation's channel, or else each person who may vote.
func (a *Announcements) readers(org commerce.Organisation, o commerce.Order, standing commerce.Delegations, copies []commerce.Copy) []Account {
	var all []Account
	for _, c := range copies {
		if c.ID == o.ID && c.To != o.Account {
			all = append(all, c.To)
		}
	}
	if o.State != commerce.StateAwaitingApproval {
		return all
	}
	for _, to := range a.addressed(org, o, standing) {
		if !slices.Contains(all, to) {
			all = append(all, to)
		}
	}
	return all
}

func (a *Announcements) addressed(org commerce.Organisation, o commerce.Order, standing commerce.Delegations) []Account {
	for platform, channel := range org.ApprovalChannel {
		if _, served := a.Posters[platform]; served {
			return []Account{{Platform: platform, Workspace: org.Workspace(platform), ID: channel}}
		}
	}
	var all []Account
	for _, p := range o.Asked(org, standing) {
		if to, ok := a.accountOf(org, p.Person, o.Account.Platform); ok {
			all = append(all, to)
		}
	}
	return all
}

// accountOf is where a person is reached: on the platform that is preferred, or else on
// the first that is served, in the order of their names.
func (a *Announcements) accountOf(org commerce.Organisation, p commerce.Person, preferred string) (Account, bool) {
	platforms := slices.SortedFunc(maps.Keys(a.Posters), func(x, y string) int {
		switch {
		case x == preferred:
			return -1
		case y == preferred:
			return 1
		case x == a.Aside:
			return 1
		case y == a.Aside:
			return -1
		}
		return strings.Compare(x, y)
	})
	for _, platform := range platforms {
		if id := p.Accounts[platform]; id != "" {
			return Account{Platform: platform, Workspace: org.Workspace(platform), ID: id}, true
		}
	}
	return Account{}, false
}

// People finds out what a person may do now: commerce.Directory over the platforms' own.
type People struct{ Directories map[string]Directory }

var _ commerce.Directory = People{}

// Actor is the person with the roles that they hold now.
func (p People) Actor(ctx context.Context, org commerce.Organisation, person string, account Account) commerce.Actor {
	actor := identify(ctx, org, account, p.Directories[account.Platform], new(members))
	if !actor.Failed && actor.Person != person {
		actor.Person, actor.Roles = "", nil // the account is somebody else's by now, or nobody's
	}
	return actor
}
