package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"cartwright/commerce"
)

// tokenHash is what a token is found by. A plain hash will do: tokens are 128 random
// bits, so nobody can try them all.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (t *tx) SetPaymentToken(order, token string) error {
	k := t.ledger.keys.keys[0]
	_, err := t.exec(`INSERT INTO payment_tokens (order_id, hash, key_id, sealed) VALUES ($1, $2, $3, $4)
		ON CONFLICT (order_id) DO UPDATE SET hash = excluded.hash, key_id = excluded.key_id, sealed = excluded.sealed`,
		order, tokenHash(token), k.id, k.sealed(paymentTokens, token, order))
	if err != nil {
		return fmt.Errorf("keep the payment token of order %s: %w", order, err)
	}
	return nil
}

// ByPaymentToken finds the order of a payment link. CodeNotFound: no such token.
func (l *Ledger) ByPaymentToken(ctx context.Context, token string) (commerce.Order, error) {
	return scanOrder(l.reads.QueryRowContext(ctx, `SELECT o.body FROM orders o JOIN payment_tokens t ON t.order_id = o.id
		WHERE t.hash = $1`, tokenHash(token)))
}

// PaymentToken is the secret of the order's current payment link, "" for none. Sealed
// with a key that is gone, it is an error.
func (l *Ledger) PaymentToken(ctx context.Context, order string) (string, error) {
	var id, sealed string
	err := l.reads.QueryRowContext(ctx, "SELECT key_id, sealed FROM payment_tokens WHERE order_id = $1", order).Scan(&id, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	var token string
	if err == nil {
		token, err = l.keys.unseal(paymentTokens, id, sealed, order)
	}
	if err != nil {
		return "", fmt.Errorf("show the payment token of order %s: %w", order, err)
	}
	return token, nil
}
