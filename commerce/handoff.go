package commerce

import (
	"slices"
	"strings"
	"time"
)

// HandOff is how far an order is that its buyer buys at Microsoft. Before At nobody has
// seen where: the baseline comes first.
type HandOff struct {
	At       time.Time `json:"at,omitzero"`        // since when the buyer is shown the way to the admin centre
	Baseline Estate    `json:"baseline,omitzero"`  // what was owned before that
	Claims   []Claim   `json:"claims,omitempty"`   // what has been bought since, as it was seen last
	GrewAt   time.Time `json:"grew_at,omitzero"`   // when that last changed
	SaidAt   time.Time `json:"said_at,omitzero"`   // when the buyer last said that it is bought
	Enough   bool      `json:"enough,omitempty"`   // the buyer says that no more will be
	LookedAt time.Time `json:"looked_at,omitzero"` // of the last answer that was kept
	Unread   time.Time `json:"unread,omitzero"`    // since when the tenant cannot be read
	AskAt    time.Time `json:"ask_at,omitzero"`    // when the buyer is asked whether it is still wanted
	Asked    int       `json:"asked,omitempty"`    // how many times that was done
	Patience int       `json:"patience,omitempty"` // how many times since the buyer last answered
	Until    time.Time `json:"until,omitzero"`     // when the bot gives up
}

// HandedOver reports whether the buyer has been shown the way to the admin centre.
func (o Order) HandedOver() bool { return o.HandOff != nil && !o.HandOff.At.IsZero() }

// Watched reports whether what is bought at Microsoft still counts for the order.
func (o Order) Watched() bool {
	return o.HandedOver() && (o.State == StateHandedOver || o.State == StateCancelling)
}

// Answered reports whether the tenant has been read since the buyer last said something.
func (h HandOff) Answered() bool { return !h.LookedAt.Before(h.SaidAt) }

// Purchase is what was bought of one product.
type Purchase struct {
	SKU   string // Graph's
	Part  string // its string id
	Seats int
}

// Others are the products that were bought, or just appeared, and were not ordered.
func (o Order) Others() []Purchase {
	var all []Purchase
	if o.HandOff == nil {
		return nil
	}
	for _, c := range o.HandOff.Claims {
		i := slices.IndexFunc(all, func(p Purchase) bool { return p.SKU == c.SKU })
		switch {
		case c.Line != 0:
		case i >= 0:
			all[i].Seats += c.Seats()
		default:
			all = append(all, Purchase{c.SKU, c.Part, c.Seats()})
		}
	}
	return all
}

// BoughtSome reports whether anything that was ordered has been bought.
func (o Order) BoughtSome() bool {
	return slices.ContainsFunc(o.Lines, func(l OrderLine) bool { return l.Bought > 0 })
}

// BoughtAll reports whether everything that was ordered has been bought.
func (o Order) BoughtAll() bool {
	return !slices.ContainsFunc(o.Lines, func(l OrderLine) bool { return l.Bought < l.Quantity })
}

// SeenAny reports whether anything at all was bought since the order was handed over.
func (o Order) SeenAny() bool { return o.HandOff != nil && len(o.HandOff.Claims) > 0 }

// keepsSome reports whether something of an order that was called off had been bought.
func (o Order) keepsSome() bool { return o.State == StateCancelled && o.BoughtSome() }

// Committed is what the order commits to over the term, before tax: of what was bought,
// where that is not what was ordered.
func (o Order) Committed() Money {
	if !o.HandedOver() || o.State != StateCompleted && !o.keepsSome() {
		return o.Quote.Committed
	}
	sum := Zero(o.Quote.Currency)
	for _, l := range o.Lines {
		sum = sum.Plus(l.period().Times(l.Plan.Periods()))
	}
	return sum
}

// Commits reports whether the order is to be paid, or was.
func (o Order) Commits() bool { return !o.cameToNothing() }

// Licences is how many licences of the line there are or, before it is delivered, are to be.
func (l OrderLine) Licences() int {
	switch {
	case l.State == LineUnbought:
		return 0
	case l.State == LineProvisioned && l.Bought > 0:
		return l.Bought
	}
	return l.Quantity
}

// period is what the line costs for a billing period: of what was bought, where that is not
// what was ordered.
func (l OrderLine) period() Money {
	if n := l.Licences(); n != l.Quantity {
		return l.Unit.Times(n)
	}
	return l.Subtotal
}

// Open is how many licences of the line count as on order: those that are not there yet or,
// once it is delivered, all that came, which seats that were read before do not hold.
func (l OrderLine) Open() int {
	if l.State == LineProvisioned || l.State == LineUnbought {
		return l.Licences()
	}
	return max(0, l.Quantity-l.Bought)
}

// handsOver notes whether Microsoft takes the payment: the order is then handed over
// where others are paid.
func (o *Order) handsOver(microsoft bool) {
	switch {
	case !microsoft:
		o.HandOff = nil
	case o.HandOff == nil:
		o.HandOff = &HandOff{}
	}
}

// cleared goes on from an order that needs no approval, or has it.
func (o *Order) cleared(now time.Time, t Timings) error {
	if o.HandOff != nil {
		h := o.hand()
		h.AskAt, h.Until = now.Add(t.Ask), now.Add(t.GiveUp)
		return o.to(StateHandedOver, now)
	}
	o.Payment.PayBy = now.Add(t.PayBy)
	return o.to(StateAwaitingPayment, now)
}

// handed keeps what is owned, and from now on shows the way to the admin centre: the buyer
// has the whole time for it.
func (o *Order) handed(baseline Estate, now time.Time, t Timings) {
	o.HandOff = &HandOff{At: now, Baseline: baseline, AskAt: now.Add(t.Ask), Until: now.Add(t.GiveUp), Asked: o.HandOff.Asked}
}

// hand is the order with a hand-off of its own to change.
func (o *Order) hand() *HandOff {
	h := *o.HandOff
	o.HandOff, o.Lines = &h, slices.Clone(o.Lines)
	return &h
}

// see takes what was bought by now. It reports whether that is news.
func (o *Order) see(claims []Claim, now time.Time) (news bool) {
	h := o.hand()
	news = !slices.EqualFunc(h.Claims, claims, Claim.same)
	if news {
		h.GrewAt = now
	}
	h.Claims = claims
	for i := range o.Lines {
		o.Lines[i].Bought = 0
	}
	for _, c := range claims {
		if l := o.Line(c.Line); l != nil {
			l.Bought += c.Seats()
		}
	}
	return news
}

// Sightings are what a look at the tenant led to.
const (
	sawNothing = ""                 // nothing new
	sawUnread  = "order.unreadable" // it cannot be read
	sawUnseen  = "order.unseen"     // nor could it be until the time was over
	sawAgain   = "order.readable"   // it can be read again
	sawNews    = "order.seen"
	sawOlder   = "order.owned_before" // a subscription that is older than the order, and was missed then
	sawEnough  = "order.bought"       // the order goes on with what was bought
	sawTooLong = "order.gave_up"      // nothing was bought in time
	sawLate    = "order.asked"        // the buyer is asked whether it is still wanted
)

// watched takes a look at the tenant, in which claims were seen, and says what it led to.
// Nothing but what was seen ends the order as bought, and only what was ordered does so by
// itself: a product that nobody ordered may be somebody else's. That less is there than was
// seen is believed only when the order is to end with it: readings do not always agree.
func (o *Order) watched(claims []Claim, now time.Time, t Timings) string {
	if h := o.HandOff; less(claims, h.Claims) && !h.Enough && !h.over(now) && now.Before(h.GrewAt.Add(t.Still)) {
		claims = h.Claims
	}
	news := o.see(claims, now)
	h := o.HandOff
	again := !h.Unread.IsZero()
	h.LookedAt, h.Unread, h.Enough = now, time.Time{}, h.Enough && o.SeenAny()
	over := h.over(now)
	stands := !now.Before(h.GrewAt.Add(t.Still))
	switch {
	case o.BoughtAll(), h.Enough && o.SeenAny(), o.BoughtSome() && (stands || over):
		o.bought(now)
		return sawEnough
	case over:
		return sawTooLong
	case h.asks(now):
		h.ask(now, t)
		return sawLate
	case news:
		return sawNews
	case again:
		return sawAgain
	}
	return sawNothing
}

// missed notes subscriptions of the tenant that were there before the order was handed over,
// and were not listed then.
func (o *Order) missed(now Estate) bool {
	baseline, late := o.HandOff.Baseline.joined(now)
	if late {
		o.hand().Baseline = baseline
	}
	return late
}

// ask asks the buyer, and the next time after twice as long.
func (h *HandOff) ask(now time.Time, t Timings) {
	h.Asked++
	h.Patience++
	h.AskAt = now.Add(t.Ask << min(h.Patience, 6))
}

// bought makes what was seen what the lines are.
func (o *Order) bought(now time.Time) {
	for i := range o.Lines {
		l := &o.Lines[i]
		if l.Bought == 0 {
			l.State = LineUnbought
			continue
		}
		l.State, l.ProvisionedAt = LineProvisioned, now
		for _, c := range o.HandOff.Claims {
			if c.Line == l.ID {
				l.Subscription, l.RenewsAt = c.Subscription, c.RenewsAt
			}
		}
	}
}

// gaveUp ends an order for which nothing was bought.
func (o *Order) gaveUp(now time.Time) error {
	o.Reason = CodeNotBought
	return o.to(StateExpired, now)
}

// calledOff ends an order that its buyer has called off. What was bought before stays.
func (o *Order) calledOff(claims []Claim, now time.Time) error {
	o.see(claims, now)
	o.HandOff.Unread = time.Time{}
	if o.BoughtSome() {
		o.bought(now)
	}
	return o.to(StateCancelled, now)
}

// pace is how long after a look the next one is due: soon after the buyer was shown the
// way, has said that it is bought or something was seen; then ever later.
func (o Order) pace(now time.Time, t Timings) time.Duration {
	h := o.HandOff
	since := later(later(h.At, h.SaidAt), h.GrewAt)
	wait := min(max(t.Look, now.Sub(since)/10), max(t.Look, t.LookMost))
	for _, due := range []time.Time{h.AskAt, h.Until, h.GrewAt.Add(t.Still)} {
		if due.After(now) {
			wait = min(wait, due.Sub(now))
		}
	}
	return wait
}

// tally is what the audit keeps of a hand-off: how many seats of what, and nobody.
func (o Order) tally() map[string]any {
	ordered, others := map[string]int{}, map[string]int{}
	bought := map[string]int{}
	for _, l := range o.Lines {
		ordered[l.sku()] += l.Quantity
		bought[l.sku()] += l.Bought
	}
	for _, p := range o.Others() {
		others[strings.ToLower(p.SKU)] += p.Seats
	}
	return map[string]any{"ordered": ordered, "bought": bought, "others": others}
}
