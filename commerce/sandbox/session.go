package sandbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cartwright/commerce"
)

// session is a row of sandbox_sessions.
type session struct {
	id, key, organisation, order string
	amount                       commerce.Money
	details                      details
	status                       commerce.PaymentStatus
	declined                     bool
	scenario                     string
	paid                         time.Time
	settlesAt                    time.Time
	settlesAs                    commerce.PaymentStatus
	captured, refunded           commerce.Money
	expires                      time.Time
}

const sessionColumns = `id, key, organisation, order_id, amount, details, status, declined, scenario,
	paid_at, settles_at, settles_as, captured, refunded, expires_at`

// details are what only the payer's page needs.
type details struct {
	Merchant string     `json:"merchant"`
	Return   string     `json:"return"`
	Locale   string     `json:"locale"`
	Lines    []PageLine `json:"lines"`
}

func detailsOf(r commerce.PaymentRequest) details {
	d := details{Merchant: r.Merchant, Return: r.Return, Locale: r.Locale}
	for _, l := range r.Lines {
		d.Lines = append(d.Lines, PageLine{Name: l.Name, Quantity: l.Quantity, Plan: l.Plan, Unit: l.Unit, Subtotal: l.Subtotal})
	}
	return d
}

// settle makes s what it is at now: what happens by itself has happened.
func (s *session) settle(now time.Time) {
	if s.status == commerce.PaymentProcessing && !now.Before(s.settlesAt) {
		s.status, s.declined = s.settlesAs, s.settlesAs == commerce.PaymentOpen
	}
	if s.status == commerce.PaymentOpen && !now.Before(s.expires) {
		s.status, s.declined = commerce.PaymentExpired, false
	}
}

// pays reports whether s is what r asks for.
func (s *session) pays(org commerce.Organisation, r commerce.PaymentRequest) bool {
	return s.organisation == org.ID && s.order == r.Order && s.amount.Equal(r.Amount)
}

func (s *session) refuse() error {
	return commerce.Refuse(commerce.CodeOrderState, "state", string(s.status))
}

// lockSession makes everyone else who changes the session wait, and settles it.
func (w *world) lockSession(ctx context.Context, tx *sql.Tx, id string) (session, error) {
	s, err := readSession(tx.QueryRowContext(ctx, `UPDATE sandbox_sessions SET id = id WHERE id = $1 RETURNING `+sessionColumns, id))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return s, commerce.Refuse(commerce.CodeNotFound)
	case err != nil:
		return s, fmt.Errorf("lock the session: %w", err)
	}
	s.settle(w.o.Now())
	return s, nil
}

// saveSession writes what can change, and takes back the news of a settlement that
// will not happen any more.
func (w *world) saveSession(ctx context.Context, tx *sql.Tx, s session) error {
	_, err := tx.ExecContext(ctx, `UPDATE sandbox_sessions SET status = $2, declined = $3, scenario = $4, paid_at = $5,
		settles_at = $6, settles_as = $7, captured = $8, refunded = $9 WHERE id = $1`,
		s.id, string(s.status), s.declined, s.scenario, micros(s.paid), micros(s.settlesAt), string(s.settlesAs),
		s.captured.String(), s.refunded.String())
	if err == nil && s.status == commerce.PaymentVoided {
		_, err = tx.ExecContext(ctx, `DELETE FROM sandbox_events WHERE session = $1 AND delivered_at = 0 AND due_at > $2 AND attempts = 0`, s.id, w.now())
	}
	if err != nil {
		return fmt.Errorf("save the session: %w", err)
	}
	return nil
}

func readSession(row *sql.Row) (session, error) {
	var s session
	var amount, captured, refunded, about string
	var paid, settles, expires int64
	err := row.Scan(&s.id, &s.key, &s.organisation, &s.order, &amount, &about, &s.status, &s.declined, &s.scenario,
		&paid, &settles, &s.settlesAs, &captured, &refunded, &expires)
	if err != nil {
		return s, err
	}
	s.paid, s.settlesAt, s.expires = moment(paid), moment(settles), moment(expires)
	return s, errors.Join(
		s.amount.UnmarshalText([]byte(amount)),
		s.captured.UnmarshalText([]byte(captured)),
		s.refunded.UnmarshalText([]byte(refunded)),
		json.Unmarshal([]byte(about), &s.details),
	)
}
