package commerce

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Summary is what an organisation spent in a month, and what it is committed to at the end
// of it. Amounts are before tax, but for Charged.
type Summary struct {
	Month    time.Time // its beginning, in the organisation's time zone
	Ordered  []Order   // in the month, without those that came to nothing; newest first
	Total    Money     // that those commit to
	Charged  Money     // taken in the month and not given back
	Waiting  int       // orders that wait for approval or payment
	Waits    Money     // that those would commit to
	Open     []OpenCommitment
	OpenLeft Money // of all Open
}

// OpenCommitment is what a product that is paid month by month still costs until its term
// ends.
type OpenCommitment struct {
	Name     string
	Quantity int
	Until    time.Time
	Left     Money
}

// Empty reports whether there is nothing to tell.
func (s Summary) Empty() bool {
	return len(s.Ordered) == 0 && s.Charged.IsZero() && s.Waiting == 0 && len(s.Open) == 0
}

// MonthBefore is the beginning of the last month that is over, in the zone.
func MonthBefore(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	return time.Date(local.Year(), local.Month()-1, 1, 0, 0, 0, 0, zone)
}

// Summary reads the month that begins then.
func (s *Service) Summary(ctx context.Context, org Organisation, month time.Time) (Summary, error) {
	orders, err := s.every(ctx, OrderQuery{Organisation: org.ID, Since: month.AddDate(-1, -1, 0)})
	if err != nil {
		return Summary{}, err
	}
	return Summarise(orders, org.Currency, month), nil
}

// Summarise sums up a month by the orders of that and of all terms that were open in it.
func Summarise(orders []Order, currency string, month time.Time) Summary {
	zero := Zero(currency)
	sum := Summary{Month: month, Total: zero, Charged: zero, Waits: zero, OpenLeft: zero}
	end := month.AddDate(0, 1, 0)
	for _, o := range orders {
		if within(o.SubmittedAt, month, end) && !o.cameToNothing() {
			sum.Ordered = append(sum.Ordered, o)
			sum.Total = sum.Total.Plus(o.Committed())
		}
		if within(o.Payment.SecuredAt, month, end) {
			sum.Charged = sum.Charged.Plus(o.Payment.Captured.Minus(o.Payment.Refunded))
		}
		if o.waits() && o.SubmittedAt.Before(end) {
			sum.Waiting++
			sum.Waits = sum.Waits.Plus(o.Quote.Committed)
		}
		for _, l := range o.Lines {
			if left := l.left(end); !left.IsZero() {
				sum.Open = append(sum.Open, OpenCommitment{Name: l.Name, Quantity: l.Licences(), Until: l.termEnd(), Left: left})
				sum.OpenLeft = sum.OpenLeft.Plus(left)
			}
		}
	}
	slices.SortStableFunc(sum.Open, func(a, b OpenCommitment) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Name, b.Name)) })
	return sum
}

func within(t, from, to time.Time) bool { return !t.Before(from) && t.Before(to) }

func (o Order) cameToNothing() bool {
	return (o.State == StateCancelling || o.State.Ended() && o.State != StateCompleted) && !o.keepsSome()
}

func (o Order) waits() bool {
	return slices.Contains([]State{StateSubmitted, StateAwaitingApproval, StateChangesProposed, StateAwaitingPayment, StateHandedOver}, o.State)
}

// termEnd is when a delivered line's term ends: when the vendor says that it renews, or a
// term after its delivery.
func (l OrderLine) termEnd() time.Time {
	if !l.RenewsAt.IsZero() {
		return l.RenewsAt
	}
	return l.ProvisionedAt.AddDate(1, 0, 0)
}

// left is what of a delivered line's term is not paid yet at t: a period is paid when it
// begins.
func (l OrderLine) left(t time.Time) Money {
	none := Zero(l.Subtotal.Currency())
	if l.State != LineProvisioned || l.Plan.Periods() == 1 || !t.Before(l.termEnd()) || l.ProvisionedAt.After(t) {
		return none
	}
	begun := 1
	for begun < l.Plan.Periods() && !monthsAfter(l.ProvisionedAt, begun).After(t) {
		begun++
	}
	return none.Plus(l.period().Times(l.Plan.Periods() - begun))
}

// monthsAfter is the same day of a later month, or the last one of a month that is shorter.
func monthsAfter(t time.Time, n int) time.Time {
	later := t.AddDate(0, n, 0)
	if later.Day() != t.Day() {
		later = later.AddDate(0, 0, -later.Day())
	}
	return later
}

// every reads all orders of a query, newest first.
func (s *Service) every(ctx context.Context, q OrderQuery) ([]Order, error) {
	var all []Order
	q.Limit = ordersAtOnce
	for {
		q.Offset = len(all)
		some, err := s.Ledger.Orders(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < ordersAtOnce {
			return all, nil
		}
	}
}

// ordersAtOnce is how many orders are read with one query.
const ordersAtOnce = 200
