package commerce

import (
	"slices"
	"time"
)

// MaxCartLines keeps a cart, and the order made of it, readable on every platform.
const MaxCartLines = 20

// Cart is a buyer's draft order, one for each person and organisation. Every change
// makes a new Revision; controls are printed with the revision that they speak of.
type Cart struct {
	Organisation string     `json:"organisation"`
	Person       string     `json:"person"`
	Revision     int        `json:"revision"`
	NextLine     int        `json:"next_line"` // ids of lines are never used again
	Lines        []CartLine `json:"lines"`
	Quote        *Quote     `json:"quote,omitempty"` // the last one shown for this revision
	UpdatedAt    time.Time  `json:"updated_at"`
}

// CartLine is one product to buy.
type CartLine struct {
	ID         int    `json:"id"`
	Offer      string `json:"offer"`
	Plan       PlanID `json:"plan"`
	Quantity   int    `json:"quantity"`
	AutoAssign bool   `json:"auto_assign"`
	Seen       Money  `json:"seen"` // the unit price that the buyer saw and accepted
}

// Line finds a line by id.
func (c Cart) Line(id int) (CartLine, bool) {
	i := slices.IndexFunc(c.Lines, func(l CartLine) bool { return l.ID == id })
	if i < 0 {
		return CartLine{}, false
	}
	return c.Lines[i], true
}

// Put is the cart with a line added (ID 0) or changed. The same plan of an offer twice
// makes one line. It fails where the line cannot be bought as it is.
func (c Cart) Put(s Shelf, line CartLine) (Cart, error) {
	offer, ok := s.Offer(line.Offer)
	if !ok {
		return c, Refuse(CodeOfferGone)
	}
	plan, ok := s.plan(offer, line.Plan)
	if !ok {
		return c, Refuse(CodeOfferGone)
	}
	line.Seen = plan.Price
	line.AutoAssign = line.AutoAssign && offer.AutoAssigns() && s.Organisation.Cloud == Worldwide
	// What was typed is held against the cap, and then what it makes together with its
	// twin: a refusal speaks of the number that the person sees.
	err := s.CheckQuantity(offer, line.Quantity, c.beside(line))
	if err != nil {
		return c, err
	}
	next, line, err := c.place(line)
	if err == nil {
		err = s.CheckQuantity(offer, line.Quantity, next.beside(line))
	}
	if err == nil {
		err = s.needs(next, offer)
	}
	if err != nil {
		return c, err
	}
	return next.changed(s.Now), nil
}

// beside counts the licences of l's offer in the other lines.
func (c Cart) beside(l CartLine) int {
	n := 0
	for _, other := range c.Lines {
		if other.Offer == l.Offer && other.ID != l.ID {
			n += other.Quantity
		}
	}
	return n
}

// place finds the line's place: its own, that of its twin, or the end.
func (c Cart) place(line CartLine) (Cart, CartLine, error) {
	c.Lines = append(make([]CartLine, 0, len(c.Lines)+1), c.Lines...)
	at := slices.IndexFunc(c.Lines, func(l CartLine) bool { return l.ID == line.ID })
	if line.ID != 0 && at < 0 {
		return c, line, Refuse(CodeStale)
	}
	twin := slices.IndexFunc(c.Lines, func(l CartLine) bool {
		return l.ID != line.ID && l.Offer == line.Offer && l.Plan == line.Plan
	})
	switch {
	case twin >= 0:
		line.Quantity += c.Lines[twin].Quantity
		line.AutoAssign = line.AutoAssign || c.Lines[twin].AutoAssign
		if at >= 0 {
			c.Lines = slices.Delete(c.Lines, at, at+1)
			twin = slices.IndexFunc(c.Lines, func(l CartLine) bool { return l.Offer == line.Offer && l.Plan == line.Plan && l.ID != line.ID })
		}
		line.ID = c.Lines[twin].ID
		c.Lines[twin] = line
	case at >= 0:
		c.Lines[at] = line
	case len(c.Lines) >= MaxCartLines:
		return c, line, Refuse(CodeCartFull, "max", MaxCartLines)
	default:
		c.NextLine++
		line.ID = c.NextLine
		c.Lines = append(c.Lines, line)
	}
	return c, line, nil
}

// Without is the cart without the lines that drop names.
func (c Cart) Without(now time.Time, drop func(CartLine) bool) Cart {
	c.Lines = slices.DeleteFunc(slices.Clone(c.Lines), drop)
	return c.changed(now)
}

// changed makes a new revision: what was quoted for the old one is void.
func (c Cart) changed(now time.Time) Cart {
	c.Revision++
	c.Quote = nil
	c.UpdatedAt = now
	return c
}

// Holding is what an organisation has of one offer: the facts that a cap is held against.
type Holding struct {
	Owned int
	Used  int
	Open  int  // licences in orders that are not delivered yet
	Known bool // false: Owned and Used could not be read
	AsOf  time.Time
}

// Free is how many owned licences nobody uses.
func (h Holding) Free() int { return max(0, h.Owned-h.Used) }
