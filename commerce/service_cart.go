package commerce

import (
	"context"
	"fmt"
	"math"
)

// Cart is the actor's cart. Only a buyer has one.
func (s *Service) Cart(ctx context.Context, actor Actor) (Cart, error) {
	org, _, err := s.organisation(actor.Organisation)
	if err != nil {
		return Cart{}, err
	}
	err = Authorise(org, actor, Buyer)
	if err != nil {
		return Cart{}, err
	}
	return s.Ledger.Cart(ctx, org.ID, actor.Person)
}

// Put adds a line (ID 0) to the cart that was seen at revision, or changes one.
func (s *Service) Put(ctx context.Context, r Request, revision int, line CartLine) (Cart, error) {
	shelf, err := s.Shelf(ctx, r.Actor.Organisation)
	if err != nil {
		return Cart{}, err
	}
	return s.changeCart(ctx, r, revision, func(c Cart) (Cart, error) { return c.Put(shelf, line) })
}

// Remove takes a line out.
func (s *Service) Remove(ctx context.Context, r Request, revision, line int) (Cart, error) {
	return s.changeCart(ctx, r, revision, func(c Cart) (Cart, error) {
		if _, there := c.Line(line); !there {
			return c, Refuse(CodeStale)
		}
		return c.Without(s.Now(), func(l CartLine) bool { return l.ID == line }), nil
	})
}

// RemoveInvalid takes out every line that cannot be bought as it is.
func (s *Service) RemoveInvalid(ctx context.Context, r Request, revision int) (Cart, error) {
	shelf, err := s.Shelf(ctx, r.Actor.Organisation)
	if err != nil {
		return Cart{}, err
	}
	return s.changeCart(ctx, r, revision, func(c Cart) (Cart, error) {
		return c.Without(s.Now(), func(l CartLine) bool { return shelf.Problem(c, l) != nil }), nil
	})
}

// Empty takes every line out.
func (s *Service) Empty(ctx context.Context, r Request, revision int) (Cart, error) {
	return s.changeCart(ctx, r, revision, func(c Cart) (Cart, error) {
		return c.Without(s.Now(), func(CartLine) bool { return true }), nil
	})
}

// Quote asks the vendor what the cart costs now, and keeps the answer as what the buyer
// is shown.
func (s *Service) Quote(ctx context.Context, r Request, revision int) (Cart, error) {
	org, ports, err := s.organisation(r.Actor.Organisation)
	if err != nil {
		return Cart{}, err
	}
	shelf, err := s.Shelf(ctx, org.ID)
	if err != nil {
		return Cart{}, err
	}
	seen, err := s.Cart(ctx, r.Actor)
	if err != nil {
		return Cart{}, err
	}
	prices, err := s.prices(ctx, org, ports.Vendor, seen)
	if err != nil {
		return Cart{}, err
	}
	return s.changeCart(ctx, r, revision, func(c Cart) (Cart, error) {
		if c.Revision != seen.Revision {
			return c, Refuse(CodeStale)
		}
		return s.quoted(shelf, c, prices)
	})
}

// quoted is the cart with a fresh quote; the revision stays, for nothing in it changed.
func (s *Service) quoted(shelf Shelf, c Cart, prices []Plan) (Cart, error) {
	switch {
	case !shelf.Organisation.Buying:
		return c, Refuse(CodeBuyingStopped)
	case len(c.Lines) == 0:
		return c, Refuse(CodeCartEmpty)
	case len(shelf.Problems(c)) > 0:
		return c, Refuse(CodeCartInvalid)
	}
	quote, err := shelf.Price(c, prices, s.Timings.Quote)
	if err != nil {
		return c, err
	}
	c.Quote = &quote
	return c, nil
}

func (s *Service) prices(ctx context.Context, org Organisation, v Vendor, c Cart) ([]Plan, error) {
	ctx, cancel := context.WithTimeout(ctx, s.readTime())
	defer cancel()
	asked := make([]PriceOf, len(c.Lines))
	for i, l := range c.Lines {
		asked[i] = PriceOf{Offer: l.Offer, Plan: l.Plan}
	}
	prices, err := v.Prices(ctx, org, asked)
	if err == nil && len(prices) != len(asked) {
		err = fmt.Errorf("asked for %d prices, got %d", len(asked), len(prices))
	}
	if err != nil {
		return nil, Refuse(CodeUnavailable).Because(err)
	}
	return prices, nil
}

// AcceptPrices notes that the buyer accepts the prices of the quote with that hash.
func (s *Service) AcceptPrices(ctx context.Context, r Request, hash string) (Cart, error) {
	return s.changeCart(ctx, r, anyRevision, func(c Cart) (Cart, error) {
		if c.Quote == nil || c.Quote.Hash != hash {
			return c, Refuse(CodeStale)
		}
		quote := *c.Quote
		quote.Accepted = true
		c.Quote = &quote
		for i := range c.Lines {
			c.Lines[i].Seen = quote.Lines[i].Unit
		}
		return c, nil
	})
}

// anyRevision is what no control is printed with: fn checks for itself.
const anyRevision = math.MinInt

// changeCart is the one way in which a cart changes: by its buyer, once for an event, and
// from the revision that the clicked control spoke of.
func (s *Service) changeCart(ctx context.Context, r Request, revision int, fn func(Cart) (Cart, error)) (Cart, error) {
	org, _, err := s.organisation(r.Actor.Organisation)
	if err != nil {
		return Cart{}, err
	}
	err = Authorise(org, r.Actor, Buyer)
	if err != nil {
		return Cart{}, err
	}
	_, _, err = s.once(ctx, r.Event, func(tx Tx) (string, error) {
		cart, err := tx.Cart(org.ID, r.Actor.Person)
		if err != nil {
			return "", err
		}
		if revision != anyRevision && cart.Revision != revision {
			return "", Refuse(CodeStale)
		}
		cart, err = fn(cart)
		if err != nil {
			return "", err
		}
		return "cart", tx.SaveCart(cart)
	})
	if err != nil {
		return Cart{}, err
	}
	return s.Ledger.Cart(ctx, org.ID, r.Actor.Person)
}
