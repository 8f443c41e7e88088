package conversations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cartwright/commerce"
	"cartwright/conversations/locale"
)

// Announcements post an order's own message and keep it up to date: Announce is called
// for each version, and shows the newest.
type Announcements struct {
	Service *commerce.Service
	Sent    Sent
	Posters map[string]Poster // by platform
	Now     func() time.Time
}

var _ commerce.Announcer = (*Announcements)(nil)

// busy is how long an announcement waits for another of the same order.
const busy = 100 * time.Millisecond

// Announce shows the order as it is now, unless its message shows that already. It
// answers how long to wait before asking again, 0 for never.
func (a *Announcements) Announce(ctx context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
	org, ok := a.Service.Organisations(ref.Organisation)
	if !ok {
		return 0, fmt.Errorf("announce %s: no organisation %s", ref.ID, ref.Organisation)
	}
	// The message is claimed before the order is read, so that of two announcements the
	// later one shows the later state.
	account, err := a.account(ctx, ref)
	if err != nil {
		return 0, err
	}
	posted, shown, claimed, err := a.Sent.Claim(ctx, ref.ID, account)
	switch {
	case err != nil:
		return 0, err
	case !claimed:
		return busy, nil
	}
	shows, err := a.show(ctx, org, ref, account, posted, shown, version)
	if err != nil {
		posted, err = shows.ref, fmt.Errorf("announce %s: %w", ref.ID, err)
		return 0, errors.Join(err, a.Sent.Done(ctx, ref.ID, account, posted, shown))
	}
	return 0, a.Sent.Done(ctx, ref.ID, account, shows.ref, shows.version)
}

func (a *Announcements) account(ctx context.Context, ref commerce.OrderRef) (Account, error) {
	o, err := a.Service.Ledger.Order(ctx, ref.Organisation, ref.ID)
	return o.Account, err
}

// message is what is in front of the buyer.
type message struct {
	ref     string
	version int
}

func (a *Announcements) show(ctx context.Context, org commerce.Organisation, ref commerce.OrderRef, to Account, posted string, shown, version int) (message, error) {
	now := message{ref: posted, version: shown}
	if posted != "" && shown >= version {
		return now, nil
	}
	o, err := a.Service.Ledger.Order(ctx, ref.Organisation, ref.ID)
	if err != nil {
		return now, err
	}
	prompt, err := a.prompt(ctx, org, o)
	if err != nil {
		return now, err
	}
	poster, ok := a.Posters[to.Platform]
	if !ok {
		return now, fmt.Errorf("no platform %s", to.Platform)
	}
	if posted != "" {
		err = poster.Edit(ctx, org.ID, to, posted, prompt)
		if !errors.Is(err, ErrMessageGone) {
			return message{ref: posted, version: o.Version}, err
		}
	}
	posted, err = poster.Post(ctx, org.ID, to, prompt)
	return message{ref: posted, version: o.Version}, err
}

// prompt is the order's message as its buyer reads it.
func (a *Announcements) prompt(ctx context.Context, org commerce.Organisation, o commerce.Order) (Prompt, error) {
	link, err := a.Service.PaymentLink(ctx, o)
	if err != nil {
		return Prompt{}, err
	}
	people, err := a.Service.People(ctx, o)
	if err != nil {
		return Prompt{}, err
	}
	f := facts{
		org: org, now: a.Now(), words: locale.For(locale.Match(o.Locale), org.TimeZone),
		actor: commerce.Actor{Organisation: org.ID, Person: o.Buyer, Account: o.Account},
	}
	return orderPrompt(o, people, link, f), nil
}
