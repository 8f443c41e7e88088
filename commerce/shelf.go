package commerce

import (
	"strconv"
	"strings"
	"time"
)

// MaxQuantity is the most licences of one line where the offer itself has no limit:
// beyond it a typing error is likelier than a wish.
const MaxQuantity = 10_000

// Shelf is what an organisation can buy at a moment and what it holds already: the
// facts that cart lines are checked against.
type Shelf struct {
	Organisation Organisation
	Catalogue    Catalogue
	Known        bool               // whether the seats owned could be read
	AsOf         time.Time          // when they were
	Holdings     map[string]Holding // by Graph SKU, of which anything is owned or open
	Now          time.Time
}

// Offers lists what can be bought, to be read only.
func (s Shelf) Offers() []*Offer { return s.Catalogue.For(s.Organisation, s.Now) }

// Offer finds an offer that can be bought.
func (s Shelf) Offer(id string) (Offer, bool) {
	o, known := s.Catalogue.Offer(id)
	if !known || !o.soldTo(&s.Organisation, s.Now) {
		return Offer{}, false
	}
	return o, true
}

// Holding is what the organisation has of an offer.
func (s Shelf) Holding(o Offer) Holding {
	if h, ok := s.Holdings[o.GraphSKU]; ok {
		return h
	}
	return Holding{Known: s.Known, AsOf: s.AsOf}
}

// Left is how many more licences of the offer may be bought beside inCart others, and
// whether there is a limit at all.
func (s Shelf) Left(o Offer, inCart int) (left int, limited bool) {
	if o.Seats.Max == 0 {
		return MaxQuantity, false
	}
	h := s.Holding(o)
	return max(0, o.Seats.Max-h.Owned-h.Open-inCart), true
}

// CheckQuantity says why n licences of the offer, beside inCart others, cannot be
// bought, nil where they can. While the seats owned are unknown they count as none:
// [Shelf.Certain] is asked before anything is bought.
func (s Shelf) CheckQuantity(o Offer, n, inCart int) error {
	left, limited := s.Left(o, inCart)
	most := MaxQuantity
	if limited {
		most = o.Seats.Max
	}
	if n < o.Seats.Min || n > most {
		return Refuse(CodeQuantity, "min", o.Seats.Min, "max", most)
	}
	if limited && n > left {
		h := s.Holding(o)
		return Refuse(CodeOverCap, "max", o.Seats.Max, "owned", h.Owned, "open", h.Open+inCart, "left", left)
	}
	return nil
}

// Certain fails where a cap applies and what is owned is not known.
func (s Shelf) Certain(o Offer) error {
	if o.Seats.Max > 0 && !s.Holding(o).Known {
		return Refuse(CodeSeatsUnknown, "offer", o.Name)
	}
	return nil
}

// Problem says why a line of the cart cannot be bought as it is, nil where it can.
func (s Shelf) Problem(c Cart, l CartLine) error {
	offer, ok := s.Offer(l.Offer)
	if !ok {
		return Refuse(CodeOfferGone)
	}
	if _, ok := s.plan(offer, l.Plan); !ok {
		return Refuse(CodeOfferGone)
	}
	err := s.CheckQuantity(offer, l.Quantity, c.others(l))
	if err != nil {
		return err
	}
	return s.needs(c, offer)
}

func (s Shelf) plan(o Offer, id PlanID) (Plan, bool) {
	if p := o.planFor(&s.Organisation, id, s.Now); p != nil {
		return *p, true
	}
	return Plan{}, false
}

// needs holds an add-on to its base: one that is owned, or in the cart. While the seats
// owned are unknown the benefit of the doubt is given.
func (s Shelf) needs(c Cart, o Offer) error {
	var names []string
	for _, id := range o.Needs {
		base, ok := s.Catalogue.Offer(id)
		if !ok {
			continue
		}
		h := s.Holding(base)
		if h.Owned > 0 || !h.Known || c.has(id) {
			return nil
		}
		names = append(names, base.Name)
	}
	if len(names) == 0 {
		return nil
	}
	return Refuse(CodeNeedsBase, "needs", names)
}

// Problems maps the ids of the lines that cannot be bought to the reasons.
func (s Shelf) Problems(c Cart) map[int]error {
	problems := make(map[int]error)
	for _, l := range c.Lines {
		err := s.Problem(c, l)
		if err != nil {
			problems[l.ID] = err
		}
	}
	return problems
}

// others counts the licences of l's offer in the lines before it, so that of two lines
// that break a cap together the later one is marked.
func (c Cart) others(l CartLine) int {
	n := 0
	for _, other := range c.Lines {
		if other.ID == l.ID {
			break
		}
		if other.Offer == l.Offer {
			n += other.Quantity
		}
	}
	return n
}

func (c Cart) has(offer string) bool {
	for _, l := range c.Lines {
		if l.Offer == offer {
			return true
		}
	}
	return false
}

// ReadQuantity reads a number of licences as a person types it: ASCII digits and
// nothing else, so that what is bought is never a matter of interpretation.
func ReadQuantity(text string, o Offer) (int, error) {
	text = strings.TrimSpace(text)
	digits := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0
	n, err := strconv.Atoi(text)
	if !digits || err != nil || len(text) > 9 {
		most := o.Seats.Max
		if most == 0 {
			most = MaxQuantity
		}
		return 0, Refuse(CodeQuantity, "min", o.Seats.Min, "max", most)
	}
	return n, nil
}
