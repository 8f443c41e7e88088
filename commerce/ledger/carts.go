package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"cartwright/commerce"
)

// Cart is the person's cart, empty at revision 0 where there is none.
func (l *Ledger) Cart(ctx context.Context, org, person string) (commerce.Cart, error) {
	row := l.reads.QueryRowContext(ctx, "SELECT body FROM carts WHERE organisation = $1 AND person = $2", org, person)
	return scanCart(row, org, person)
}

// Cart makes the row where it is missing, for there to be something to lock.
func (t *tx) Cart(org, person string) (commerce.Cart, error) {
	return scanCart(t.row(`INSERT INTO carts (organisation, person, revision, body) VALUES ($1, $2, 0, '{}')
		ON CONFLICT (organisation, person) DO UPDATE SET person = excluded.person RETURNING body`, org, person), org, person)
}

func scanCart(row *sql.Row, org, person string) (commerce.Cart, error) {
	var body string
	err := row.Scan(&body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		body = "{}"
	case err != nil:
		return commerce.Cart{}, fmt.Errorf("read a cart of %s: %w", org, err)
	}
	return readCart(body, org, person)
}

func readCart(body, org, person string) (commerce.Cart, error) {
	cart := commerce.Cart{}
	if err := json.Unmarshal([]byte(body), &cart); err != nil {
		return cart, fmt.Errorf("read a cart of %s: %w", org, err)
	}
	cart.Organisation, cart.Person = org, person
	return cart, nil
}

func (t *tx) SaveCart(c commerce.Cart) error {
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write a cart of %s: %w", c.Organisation, err)
	}
	_, err = t.exec(`INSERT INTO carts (organisation, person, revision, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (organisation, person) DO UPDATE SET revision = excluded.revision, body = excluded.body`,
		c.Organisation, c.Person, c.Revision, string(body))
	if err != nil {
		return fmt.Errorf("write a cart of %s: %w", c.Organisation, err)
	}
	return nil
}
