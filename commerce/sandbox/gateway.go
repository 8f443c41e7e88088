package sandbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"cartwright/commerce"
)

var _ commerce.Gateway = (*Gateway)(nil)

// Open is idempotent by key as far as organisation, order and amount agree.
func (g *Gateway) Open(ctx context.Context, org commerce.Organisation, r commerce.PaymentRequest) (commerce.Session, error) {
	var opened session
	err := g.record(ctx, "gateway.open", r.Key, org)
	if err == nil {
		err = g.change(ctx, func(tx *sql.Tx) error {
			if err := g.insertSession(ctx, tx, org, r); err != nil {
				return err
			}
			opened, err = readSession(tx.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sandbox_sessions WHERE key = $1`, r.Key))
			if err == nil && !opened.pays(org, r) {
				err = misusef("the key was used for another payment")
			}
			return err
		})
	}
	if err != nil {
		return commerce.Session{}, fmt.Errorf("open a payment in the sandbox: %w", err)
	}
	return g.shown(opened), nil
}

// LookUp finds a session by the key that it was opened with.
func (g *Gateway) LookUp(ctx context.Context, org commerce.Organisation, key string) (commerce.Session, error) {
	if err := g.record(ctx, "gateway.look_up", key, org); err != nil {
		return commerce.Session{}, fmt.Errorf("look up a payment in the sandbox: %w", err)
	}
	found, err := readSession(g.db.QueryRowContext(ctx,
		`SELECT `+sessionColumns+` FROM sandbox_sessions WHERE key = $1 AND organisation = $2`, key, org.ID))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return commerce.Session{}, fmt.Errorf("look up a payment in the sandbox: %w", commerce.ErrNoTrace)
	case err != nil:
		return commerce.Session{}, fmt.Errorf("look up a payment in the sandbox: %w", err)
	}
	return g.shown(found), nil
}

// Capture takes amount and lets the rest of what was secured go.
func (g *Gateway) Capture(ctx context.Context, org commerce.Organisation, id, key string, amount commerce.Money) error {
	return g.once(ctx, org, action{"capture", id, key, amount}, func(s *session) error {
		switch {
		case s.status != commerce.PaymentSecured:
			return s.refuse()
		case !payable(amount, s.amount):
			return misusef("capture %s of %s", amount, s.amount)
		}
		s.status, s.captured = commerce.PaymentCaptured, amount
		return nil
	})
}

// Void also stops a payment that is still processing. Of a session that expired there
// is nothing to let go: no error.
func (g *Gateway) Void(ctx context.Context, org commerce.Organisation, id, key string) error {
	return g.once(ctx, org, action{name: "void", session: id, key: key}, func(s *session) error {
		switch s.status {
		case commerce.PaymentCaptured:
			return s.refuse()
		case commerce.PaymentExpired:
			return nil
		}
		s.status, s.declined = commerce.PaymentVoided, false
		return nil
	})
}

// Refund gives back amount, which with earlier refunds is at most what was captured.
func (g *Gateway) Refund(ctx context.Context, org commerce.Organisation, id, key string, amount commerce.Money) error {
	return g.once(ctx, org, action{"refund", id, key, amount}, func(s *session) error {
		switch {
		case s.status != commerce.PaymentCaptured:
			return s.refuse()
		case !payable(amount, s.captured.Minus(s.refunded)):
			return misusef("refund %s of %s after %s", amount, s.captured, s.refunded)
		}
		s.refunded = s.refunded.Plus(amount)
		return nil
	})
}

// action is one changing call on a session.
type action struct {
	name, session, key string
	amount             commerce.Money
}

// once applies an action to its session unless its key did so before. Only what was
// done uses a key up: a refused call may come again.
func (g *Gateway) once(ctx context.Context, org commerce.Organisation, a action, apply func(*session) error) error {
	err := g.record(ctx, "gateway."+a.name, a.key, org)
	if err == nil {
		err = g.change(ctx, func(tx *sql.Tx) error {
			s, err := g.lockSession(ctx, tx, a.session)
			if err != nil {
				return err
			}
			if s.organisation != org.ID || a.key == "" {
				return commerce.Refuse(commerce.CodeNotFound)
			}
			fresh, err := g.claim(ctx, tx, a)
			if err != nil || !fresh {
				return err
			}
			if err := apply(&s); err != nil {
				return err
			}
			return g.saveSession(ctx, tx, s)
		})
	}
	if err != nil {
		return fmt.Errorf("%s a payment in the sandbox: %w", a.name, err)
	}
	return nil
}

// claim notes that the key acts now; false when it did before, in the same way.
func (g *Gateway) claim(ctx context.Context, tx *sql.Tx, a action) (bool, error) {
	fresh, err := added(tx.ExecContext(ctx, `INSERT INTO sandbox_payments (key, session, action, amount, at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO NOTHING`, a.key, a.session, a.name, a.amount.String(), g.now()))
	if err != nil || fresh {
		return fresh, err
	}
	var earlier action
	var amount string
	err = tx.QueryRowContext(ctx, `SELECT action, session, amount FROM sandbox_payments WHERE key = $1`, a.key).
		Scan(&earlier.name, &earlier.session, &amount)
	if err == nil {
		err = earlier.amount.UnmarshalText([]byte(amount))
	}
	switch {
	case err != nil:
		return false, fmt.Errorf("read the earlier call: %w", err)
	case earlier.name != a.name || earlier.session != a.session || !earlier.amount.Equal(a.amount):
		return false, misusef("the key was used for another call")
	}
	return false, nil
}

func (g *Gateway) insertSession(ctx context.Context, tx *sql.Tx, org commerce.Organisation, r commerce.PaymentRequest) error {
	id, err := g.id()
	if err != nil {
		return err
	}
	details, err := json.Marshal(detailsOf(r))
	if err != nil {
		return fmt.Errorf("write the payment's details: %w", err)
	}
	fresh, err := added(tx.ExecContext(ctx, `INSERT INTO sandbox_sessions (id, key, organisation, order_id, amount, details,
		status, declined, scenario, paid_at, settles_at, settles_as, captured, refunded, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, 0, '', '', '', $9) ON CONFLICT (key) DO NOTHING`,
		id, r.Key, org.ID, r.Order, r.Amount.String(), string(details), string(commerce.PaymentOpen), false, micros(r.Expires)))
	switch {
	case err != nil:
		return fmt.Errorf("store the session: %w", err)
	case !fresh:
		return nil
	case r.Key == "" || r.Order == "":
		return misusef("a payment needs a key and an order")
	case !payable(r.Amount, r.Amount):
		return misusef("nobody can pay %q", r.Amount)
	case !r.Expires.After(g.o.Now()):
		return commerce.Refuse(commerce.CodeLinkExpired)
	}
	return nil
}

// payable reports whether amount can be taken where limit is there to take: more than
// nothing, in whole minor units, and not above it.
func payable(amount, limit commerce.Money) bool {
	return !amount.IsZero() && amount.Currency() == limit.Currency() && amount.Amount().IsPositive() &&
		amount.Amount().Equal(amount.Amount().Round()) && amount.Cmp(limit) <= 0
}

// shown is the session as the port has it.
func (g *Gateway) shown(s session) commerce.Session {
	s.settle(g.o.Now())
	return commerce.Session{
		ID: s.id, URL: g.o.PublicURL + "/sandbox/pay/" + s.id, Status: s.status, Declined: s.declined,
		Captured: s.captured, Refunded: s.refunded, Expires: s.expires,
	}
}

// misusef refuses a call that only a mistake of the program can make.
func misusef(format string, args ...any) error {
	return commerce.Refuse(commerce.CodeInternal).Because(fmt.Errorf(format, args...))
}
