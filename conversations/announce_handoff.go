package conversations

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cartwright/commerce"
	"cartwright/conversations/locale"
)

const askedID = "/bought/"

// askBuyer asks the buyer of an order that was handed over, by a further message, whether
// it is still wanted, in their working hours; and brings earlier such messages up to date.
func (a *Announcements) askBuyer(ctx context.Context, org commerce.Organisation, o commerce.Order) (wait time.Duration, err error) {
	copies, err := a.Sent.Copies(ctx, o.ID)
	if err != nil {
		return 0, err
	}
	var errs []error
	for n := range o.HandOff.Asked {
		id := fmt.Sprintf("%s%s%d", o.ID, askedID, n+1)
		posted := slices.ContainsFunc(copies, func(c commerce.Copy) bool { return c.ID == id && (c.Posted || c.Unsure) })
		open := o.State == commerce.StateHandedOver && o.HandOff.Patience > 0 && n+1 == o.HandOff.Asked
		if !posted && !open {
			continue
		}
		again, err := a.keep(ctx, a.question(ctx, org, o, id), func() (page, error) { return a.questionMessage(ctx, org, o.ID) })
		wait = soonest(wait, again)
		errs = append(errs, err)
	}
	return wait, errors.Join(errs...)
}

func (a *Announcements) question(ctx context.Context, org commerce.Organisation, o commerce.Order, id string) note {
	zone := cmp.Or(a.profile(ctx, org, o.Account).TimeZone, org.TimeZone)
	return note{
		org: org, about: o.ID, id: id, to: o.Account, version: o.Version, reminds: true,
		late: commerce.WorkingFrom(a.Now(), org.WorkingHours, zone).Sub(a.Now()),
	}
}

// questionMessage is the order once more, with the question above it.
func (a *Announcements) questionMessage(ctx context.Context, org commerce.Organisation, id string) (page, error) {
	o, err := a.Service.Ledger.Order(ctx, org.ID, id)
	if err != nil {
		return page{}, err
	}
	p, err := a.orderMessage(ctx, org, o)
	if err == nil && o.State == commerce.StateHandedOver && o.HandOff.Patience > 0 {
		words := a.reader(org, o.Buyer, o.Account, o.Locale, o.TimeZone).words
		p.Notices = append([]Notice{{Tone: Warning, Text: reminder(o, words)}}, p.Notices...)
	}
	return page{p, o.Version, o.QuoteShown()}, err
}

// reminder asks whether an order is still wanted, and says what is known of it.
func reminder(o commerce.Order, words locale.Words) string {
	switch {
	case !o.HandedOver():
		return words.T("order.reminder_coming", "date", words.DateTime(o.HandOff.Unread))
	case !o.HandOff.Unread.IsZero():
		return words.T("order.reminder_unread", "date", words.DateTime(o.HandOff.At), "since", words.DateTime(o.HandOff.Unread))
	}
	return words.T("order.reminder", "date", words.DateTime(o.HandOff.At))
}
