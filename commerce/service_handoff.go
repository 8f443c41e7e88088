package commerce

import (
	"context"
	"time"
)

// What the buyer of an order says that was handed over to the admin centre. Each looks at
// the tenant at once, for as long as a turn may wait; what does not answer in time is seen
// by the order's own job.

// Bought hears that the buyer has bought, and looks.
func (s *Service) Bought(ctx context.Context, r Request, id string) (Order, error) {
	return s.answerHandOff(ctx, r, id, "order.said_bought", func(h *HandOff, now time.Time) { h.SaidAt = now })
}

// BoughtNoMore hears that the buyer buys no more than was seen: the order ends with that.
// CodeOrderState: nothing was seen.
func (s *Service) BoughtNoMore(ctx context.Context, r Request, id string) (Order, error) {
	return s.answerHandOff(ctx, r, id, "order.said_enough", func(h *HandOff, now time.Time) { h.SaidAt, h.Enough = now, true })
}

// StillWanted hears that the buyer is still going to buy: the bot waits for as long again,
// to show the way too, where it could not yet.
func (s *Service) StillWanted(ctx context.Context, r Request, id string) (Order, error) {
	return s.answerHandOff(ctx, r, id, "order.still_wanted", func(h *HandOff, now time.Time) {
		h.Patience, h.AskAt, h.Until = 0, now.Add(s.Timings.Ask), now.Add(s.Timings.GiveUp)
	})
}

func (s *Service) answerHandOff(ctx context.Context, r Request, id, action string, answer func(h *HandOff, now time.Time)) (Order, error) {
	estate, read := s.lookNow(ctx, r.Actor, id)
	return s.changeOrder(ctx, r, id, action, func(tx Tx, o *Order) error {
		if o.State != StateHandedOver || o.HandOff == nil {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		now := s.Now()
		h := o.hand()
		h.LookedAt = time.Time{} // which a look of this event sets anew
		answer(h, now)
		if o.HandOff.Enough && !o.SeenAny() && !read {
			return Refuse(CodeUnavailable)
		}
		if !read {
			return nil
		}
		o.missed(estate)
		claims, err := s.claims(tx, *o, estate)
		if err != nil {
			return err
		}
		if o.HandOff.Enough && len(claims) == 0 {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		return s.follow(tx, o, o.watched(claims, now, s.Timings), now)
	})
}

// lookNow reads what the tenant of an order that was handed over owns, if it answers in
// the time of a turn.
func (s *Service) lookNow(ctx context.Context, buyer Actor, id string) (Estate, bool) {
	org, ports, err := s.organisation(buyer.Organisation)
	if err != nil {
		return Estate{}, false
	}
	o, err := s.Ledger.Order(ctx, org.ID, id)
	if err != nil || o.Buyer != buyer.Person || !o.HandedOver() || o.State != StateHandedOver {
		return Estate{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, s.readTime())
	defer cancel()
	estate, err := owned(ctx, org, ports.Vendor, o)
	if err != nil {
		s.Log.WarnContext(ctx, "what is owned was not read", "order", o.ID, "err", err)
	}
	s.seats.forget(org.ID)
	return estate, err == nil
}
