package commerce

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Claim is seats that count as bought for an order. The seats of a subscription are
// numbered from 1, and a number is claimed once: those after From, up to To.
type Claim struct {
	Line         int       `json:"line,omitempty"` // 0: of a product that the order does not name
	Subscription string    `json:"subscription"`
	SKU          string    `json:"sku"`
	Part         string    `json:"part"` // the SKU's string id
	From         int       `json:"from"`
	To           int       `json:"to"`
	RenewsAt     time.Time `json:"renews_at,omitzero"`
	At           time.Time `json:"at"` // when what was owned was read
}

// Seats is how many seats are claimed.
func (c Claim) Seats() int { return c.To - c.From }

// same reports whether two claims are of the same seats, whenever they were seen.
func (c Claim) same(other Claim) bool {
	c.At, c.RenewsAt = other.At, other.RenewsAt
	return c == other
}

// less reports whether claims are a part of what was seen before.
func less(claims, seen []Claim) bool {
	part := func(c Claim) bool {
		return slices.ContainsFunc(seen, func(s Claim) bool {
			return s.Line == c.Line && s.Subscription == c.Subscription && s.From <= c.From && c.To <= s.To
		})
	}
	all := func(claims []Claim) (n int) {
		for _, c := range claims {
			n += c.Seats()
		}
		return n
	}
	return all(claims) < all(seen) && !slices.ContainsFunc(claims, func(c Claim) bool { return !part(c) })
}

// lagging is by how much what is read of a tenant may be behind: a claim that was made
// longer before an order's baseline is in that baseline, or its seats were given back.
const lagging = time.Hour

// lagging is that for an order. A buyer who says that they have bought is believed that seats
// were given back where reads were hardly behind.
func (h HandOff) lagging() time.Duration {
	if !h.SaidAt.IsZero() {
		return readsBehind
	}
	return lagging
}

// freeSeats are as many as come with products that nobody pays for, such as those that
// people sign up for themselves: 10,000 and more. They are no purchase.
const freeSeats = MaxQuantity

// Purchases tells what was bought for each of the open orders: what is owned now beyond what
// was owned when each was handed over, without what settled orders have claimed. No seat
// counts twice.
//
// What has been seen of an order stays its own. Then what has grown by just what an order
// misses is that order's: of several the one whose buyer has said so last, or else the
// oldest. The rest goes by age: first what is asked for, then, of what is asked for, what is
// left, then everything else. An order that is being called off has nothing that another one
// asks for.
func Purchases(open []Order, settled []Claim, now Estate) map[string][]Claim {
	now.Subscriptions = slices.Clone(now.Subscriptions)
	b := &books{now: now, settled: settled, made: map[string][]Claim{}}
	slices.SortStableFunc(b.now.Subscriptions, func(x, y OwnedSubscription) int { return cmp.Compare(x.ID, y.ID) })
	wanted, off := queues(open)
	each(wanted, b.keep)
	each(lastSaid(wanted), b.exactly)
	each(wanted, b.fill)
	each(off, b.exactly)
	each(off, b.fill)
	all := slices.Concat(wanted, off)
	each(all, b.surplus)
	each(all, b.others)
	return b.made
}

func each(orders []Order, serve func(Order)) {
	for _, o := range orders {
		serve(o)
	}
}

// queues are the orders by age: those that are wanted, and those that are being called off.
func queues(open []Order) (wanted, off []Order) {
	open = slices.Clone(open)
	slices.SortStableFunc(open, func(x, y Order) int { return cmp.Or(x.HandOff.At.Compare(y.HandOff.At), cmp.Compare(x.ID, y.ID)) })
	for _, o := range open {
		if o.State == StateCancelling {
			off = append(off, o)
		} else {
			wanted = append(wanted, o)
		}
	}
	return wanted, off
}

// lastSaid puts the orders first whose buyers have said last that they have bought.
func lastSaid(orders []Order) []Order {
	orders = slices.Clone(orders)
	slices.SortStableFunc(orders, func(x, y Order) int { return y.HandOff.SaidAt.Compare(x.HandOff.SaidAt) })
	return orders
}

// books are what is claimed while orders are served.
type books struct {
	now     Estate
	settled []Claim
	made    map[string][]Claim
}

// keep leaves lines what has been seen of them before, as far as it is there still.
func (b *books) keep(o Order) {
	for _, c := range o.HandOff.Claims {
		l := o.Line(c.Line)
		i := slices.IndexFunc(b.now.Subscriptions, func(s OwnedSubscription) bool { return s.ID == c.Subscription })
		if l != nil && i >= 0 {
			b.take(o, l.ID, b.now.Subscriptions[i], min(c.Seats(), b.missing(o, *l)))
		}
	}
}

// exactly gives lines the subscriptions that have grown by just as much as one of them
// misses, or all of that product together.
func (b *books) exactly(o Order) {
	for _, l := range o.Lines {
		for _, s := range b.now.Subscriptions {
			if n := b.missing(o, l); s.SKU == l.sku() && b.free(o, s) == n {
				b.take(o, l.ID, s, n)
			}
		}
	}
	for _, s := range b.now.Subscriptions {
		if b.free(o, s) == b.missingOf(o, s.SKU) {
			b.fillFrom(o, s)
		}
	}
}

// fill gives lines what they still miss, wherever it is.
func (b *books) fill(o Order) {
	for _, s := range b.now.Subscriptions {
		b.fillFrom(o, s)
	}
}

func (b *books) fillFrom(o Order, s OwnedSubscription) {
	for _, l := range o.Lines {
		if s.SKU == l.sku() {
			b.take(o, l.ID, s, b.missing(o, l))
		}
	}
}

// surplus is what is left of a product that is ordered: its last line has it.
func (b *books) surplus(o Order) {
	for _, l := range slices.Backward(o.Lines) {
		for _, s := range b.now.Subscriptions {
			if s.SKU == l.sku() {
				b.take(o, l.ID, s, s.Seats)
			}
		}
	}
}

// others are the products that the order does not name.
func (b *books) others(o Order) {
	for _, s := range b.now.Subscriptions {
		named := slices.ContainsFunc(o.Lines, func(l OrderLine) bool { return l.sku() == s.SKU })
		if !named && b.free(o, s) < freeSeats {
			b.take(o, 0, s, s.Seats)
		}
	}
}

func (l OrderLine) sku() string { return strings.ToLower(l.GraphSKU) }

// missing is how many licences a line still asks for.
func (b *books) missing(o Order, l OrderLine) int {
	n := l.Quantity
	for _, c := range b.made[o.ID] {
		if c.Line == l.ID {
			n -= c.Seats()
		}
	}
	return max(0, n)
}

// missingOf is how many licences of a product the order still asks for.
func (b *books) missingOf(o Order, sku string) int {
	n := 0
	for _, l := range o.Lines {
		if l.sku() == sku {
			n += b.missing(o, l)
		}
	}
	return n
}

// take claims at most n seats of a subscription for a line.
func (b *books) take(o Order, line int, s OwnedSubscription, n int) {
	n = min(n, b.room(o, s.SKU))
	for _, gap := range b.gaps(o, s) {
		if n <= 0 {
			return
		}
		to := min(gap.to, gap.from+n)
		n -= to - gap.from
		b.made[o.ID] = append(b.made[o.ID], Claim{
			Line: line, Subscription: s.ID, SKU: s.SKU, Part: s.Part, From: gap.from, To: to, RenewsAt: s.RenewsAt, At: b.now.At,
		})
	}
}

// room is how many unclaimed seats of a SKU are there for people already.
func (b *books) room(o Order, sku string) int {
	n := -max(0, b.now.gap(sku)-o.HandOff.Baseline.gap(sku))
	for _, s := range b.now.Subscriptions {
		if s.SKU == sku {
			n += b.free(o, s)
		}
	}
	return max(0, n)
}

// free is by how many unclaimed seats a subscription has grown since the order's baseline.
func (b *books) free(o Order, s OwnedSubscription) int {
	n := 0
	for _, gap := range b.gaps(o, s) {
		n += gap.to - gap.from
	}
	return n
}

type span struct{ from, to int }

// gaps are the unclaimed seats themselves.
func (b *books) gaps(o Order, s OwnedSubscription) []span {
	from, to := o.HandOff.Baseline.mark(s), s.paid()
	var gaps []span
	for _, c := range b.claims(o, s.ID) {
		if c.From > from && from < to {
			gaps = append(gaps, span{from, min(c.From, to)})
		}
		from = max(from, c.To)
	}
	if from < to {
		gaps = append(gaps, span{from, to})
	}
	return gaps
}

// claims are those on a subscription that an order has to respect, by seat.
func (b *books) claims(o Order, subscription string) []Claim {
	var all []Claim
	for _, c := range b.settled {
		if c.Subscription == subscription && c.At.After(o.HandOff.Baseline.At.Add(-o.HandOff.lagging())) {
			all = append(all, c)
		}
	}
	for _, made := range b.made {
		for _, c := range made {
			if c.Subscription == subscription {
				all = append(all, c)
			}
		}
	}
	slices.SortFunc(all, func(x, y Claim) int { return cmp.Compare(x.From, y.From) })
	return all
}
