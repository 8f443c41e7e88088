package commerce

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// QuoteLife is how long a quote holds.
const QuoteLife = 30 * time.Minute

// Quote is a cart priced at a moment. Its Hash covers everything that is paid for.
type Quote struct {
	Hash      string      `json:"hash"`     // 32 hex digits
	Revision  int         `json:"revision"` // of the cart
	Currency  string      `json:"currency"`
	Lines     []QuoteLine `json:"lines"`
	TaxName   string      `json:"tax_name,omitempty"`
	TaxRate   string      `json:"tax_rate,omitempty"`
	Subtotal  Money       `json:"subtotal"`
	Tax       Money       `json:"tax"`
	Total     Money       `json:"total"`
	Charged   Money       `json:"charged"`   // now; nothing where Microsoft charges
	Committed Money       `json:"committed"` // over the term, before tax
	Accepted  bool        `json:"accepted"`  // no price moved, or the buyer accepted those that did
	At        time.Time   `json:"at"`
	Expires   time.Time   `json:"expires"`
}

// QuoteLine is a cart line, priced.
type QuoteLine struct {
	CartLine
	Name          string `json:"name"`
	Unit          Money  `json:"unit"`      // a seat for one billing period
	Subtotal      Money  `json:"subtotal"`  // first billing period
	Committed     Money  `json:"committed"` // all billing periods of the commitment
	Indicative    bool   `json:"indicative,omitempty"`
	Demonstration bool   `json:"demonstration,omitempty"`
}

// Moved reports whether the price differs from the one that the buyer saw.
func (l QuoteLine) Moved() bool { return !l.Unit.Equal(l.Seen) }

// Moved reports whether any price differs from the one that the buyer saw.
func (q Quote) Moved() bool {
	for _, l := range q.Lines {
		if l.Moved() {
			return true
		}
	}
	return false
}

// Price quotes the cart at the prices that the vendor asks now, in the order of the
// cart's lines. Every line must be fit to be bought. CodeNoPrice: a plan has none.
func (s Shelf) Price(c Cart, prices []Plan, life time.Duration) (Quote, error) {
	org := s.Organisation
	q := Quote{
		Revision: c.Revision, Currency: org.Currency, TaxName: org.Tax.Name, TaxRate: org.Tax.Rate,
		Subtotal: Zero(org.Currency), Tax: Zero(org.Currency), Committed: Zero(org.Currency),
		At: s.Now, Expires: s.Now.Add(life),
	}
	for i, l := range c.Lines {
		line, err := s.priceLine(l, prices[i])
		if err != nil {
			return Quote{}, err
		}
		q.Lines = append(q.Lines, line)
		q.Subtotal = q.Subtotal.Plus(line.Subtotal)
		q.Committed = q.Committed.Plus(line.Committed)
	}
	q.Tax = q.tax(q.Subtotal)
	q.Total = q.Subtotal.Plus(q.Tax)
	q.Charged = q.Total
	if org.Backend == Direct {
		q.Charged = Zero(org.Currency)
	}
	q.Accepted = !q.Moved()
	q.Hash = q.hash(org.ID, c.Person)
	return q, nil
}

func (s Shelf) priceLine(l CartLine, p Plan) (QuoteLine, error) {
	offer, ok := s.Offer(l.Offer)
	if !ok {
		return QuoteLine{}, Refuse(CodeOfferGone)
	}
	if p.Price.None() || p.Price.Currency() != s.Organisation.Currency {
		return QuoteLine{}, Refuse(CodeNoPrice, "offer", offer.Name)
	}
	sub := p.Price.Times(l.Quantity)
	return QuoteLine{
		CartLine: l, Name: offer.Name, Unit: p.Price, Subtotal: sub, Committed: sub.Times(l.Plan.Periods()),
		Indicative: p.Indicative, Demonstration: p.Demonstration,
	}, nil
}

// tax is the estimate on an amount before tax.
func (q Quote) tax(subtotal Money) Money {
	if q.TaxRate == "" {
		return Zero(q.Currency)
	}
	return subtotal.Percent(q.TaxRate)
}

// hash is over what is bought and paid, not over when: the same content has the same
// hash, and an approval or a click bound to it is bound to exactly that.
func (q Quote) hash(org, person string) string {
	type line struct {
		ID, Quantity int
		Offer        string
		Plan         PlanID
		AutoAssign   bool
		Unit         string
	}
	content := struct {
		Org, Person                           string
		Revision                              int
		Lines                                 []line
		Subtotal, Tax, Total, Charged, Commit string
	}{
		org, person, q.Revision, nil,
		q.Subtotal.String(), q.Tax.String(), q.Total.String(), q.Charged.String(), q.Committed.String(),
	}
	for _, l := range q.Lines {
		content.Lines = append(content.Lines, line{l.ID, l.Quantity, l.Offer, l.Plan, l.AutoAssign, l.Unit.String()})
	}
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // plain strings and numbers always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
