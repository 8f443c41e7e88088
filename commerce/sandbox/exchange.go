package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"cartwright/commerce"
)

// callDelay is how long one user takes, at speed 1.
const callDelay = 40 * time.Millisecond

// exchange takes from away from a user and gives them to: both in one transaction. One of
// them is "" where there is only something to give or to take.
type exchange struct{ from, to string }

// Assign gives the licences one user after the other, each in a transaction of its own:
// one that is cut off has served the first of them.
func (l *Licensor) Assign(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	results, err := l.serve(ctx, org, call{"licensor.assign", sku}, exchange{to: sku}, users)
	if err != nil {
		return nil, fmt.Errorf("assign in the sandbox: %w", err)
	}
	return results, nil
}

// Remove works like Assign. Whoever cannot be given a licence can still lose one, unless a
// group gives it.
func (l *Licensor) Remove(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	results, err := l.serve(ctx, org, call{"licensor.remove", sku}, exchange{from: sku}, users)
	if err != nil {
		return nil, fmt.Errorf("remove in the sandbox: %w", err)
	}
	return results, nil
}

// Move works like Assign. Whoever holds both licences keeps both: ReasonHasThis.
func (l *Licensor) Move(ctx context.Context, org commerce.Organisation, from, to string, users []string) ([]commerce.AssignResult, error) {
	if from == "" || to == "" || from == to {
		return nil, fmt.Errorf("move in the sandbox: %w", misusef("from %q to %q", from, to))
	}
	results, err := l.serve(ctx, org, call{"licensor.move", from + ">" + to}, exchange{from, to}, users)
	if err != nil {
		return nil, fmt.Errorf("move in the sandbox: %w", err)
	}
	return results, nil
}

// call is how sandbox_calls names a call.
type call struct{ name, key string }

// serve answers for one user after the other, in their order.
func (l *Licensor) serve(ctx context.Context, org commerce.Organisation, c call, e exchange, users []string) ([]commerce.AssignResult, error) {
	switch {
	case len(users) > commerce.AssignBatch:
		return nil, misusef("%d users at once", len(users))
	case e == exchange{}:
		return nil, misusef("no licence is named")
	}
	if err := l.receive(ctx, c.name, c.key, org); err != nil {
		return nil, err
	}
	results := make([]commerce.AssignResult, len(users))
	for i, user := range users {
		reason, err := l.serveOne(ctx, org.ID, user, e)
		if err != nil {
			return nil, err
		}
		results[i] = commerce.AssignResult{User: user, Reason: reason}
	}
	return results, nil
}

func (l *Licensor) serveOne(ctx context.Context, org, user string, e exchange) (reason commerce.Reason, err error) {
	if err := l.pause(ctx); err != nil {
		return "", err
	}
	err = l.change(ctx, func(tx *sql.Tx) error {
		reason, err = l.exchange(ctx, tx, org, user, e)
		return err
	})
	return reason, err
}

func (l *Licensor) pause(ctx context.Context) error {
	timer := time.NewTimer(l.delay(callDelay))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// exchange serves one user. Each transaction locks its one user and then the one row of
// the seats that it gives, never a second of either, so no two wait for each other. Seats
// that become free need no lock: at worst somebody is told that none is left.
func (l *Licensor) exchange(ctx context.Context, tx *sql.Tx, org, user string, e exchange) (commerce.Reason, error) {
	h, err := lockHolder(ctx, tx, org, user)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return commerce.ReasonGone, nil
	case err != nil:
		return "", fmt.Errorf("lock the user: %w", err)
	case e.done(h.licences):
		return commerce.ReasonNone, nil
	}
	reason := e.hindrance(h, l.bases(e.to))
	if reason == commerce.ReasonNone && h.stumbles > 0 {
		return l.stumble(ctx, tx, org, user)
	}
	if reason == commerce.ReasonNone && e.to != "" {
		reason, err = l.grant(ctx, tx, org, e.to, user)
	}
	if err != nil || reason != commerce.ReasonNone || e.from == "" {
		return reason, err
	}
	return reason, l.take(ctx, tx, org, e.from, user)
}

// done reports whether the user holds what they are to hold already.
func (e exchange) done(has commerce.Licences) bool {
	return (e.from == "" || !has.Has(e.from)) && (e.to == "" || has.Has(e.to))
}

// hindrance says why nothing can be done for a user, seats aside. bases are the SKUs of
// which they must hold one, besides the one that goes; none for any.
func (e exchange) hindrance(h holder, bases []string) commerce.Reason {
	based := func(sku string) bool { return sku != e.from && h.licences.Has(sku) }
	switch {
	case e.from != "" && !h.licences.Has(e.from):
		return commerce.ReasonNoLicence
	case e.from != "" && h.licences.ByGroup(e.from):
		return commerce.ReasonByGroup
	case e.to == "":
		return commerce.ReasonNone
	case h.licences.Has(e.to):
		return commerce.ReasonHasThis
	case h.Ineligible() != commerce.ReasonNone:
		return h.Ineligible()
	case len(bases) > 0 && !slices.ContainsFunc(bases, based):
		return commerce.ReasonNoBase
	}
	return commerce.ReasonNone
}

// bases are the SKUs that the offer of a SKU builds on.
func (l *Licensor) bases(sku string) []string {
	var skus []string
	catalogue := l.o.Catalogue()
	for _, id := range l.sold(sku).Needs {
		if base, ok := catalogue.Offer(id); ok {
			skus = append(skus, base.GraphSKU)
		}
	}
	return skus
}

// stumble lets the call for a user go unanswered, once more.
func (l *Licensor) stumble(ctx context.Context, tx *sql.Tx, org, user string) (commerce.Reason, error) {
	_, err := tx.ExecContext(ctx, `UPDATE sandbox_users SET stumbles = stumbles - 1 WHERE organisation = $1 AND id = $2`, org, user)
	return commerce.ReasonUnavailable, err
}

// grant takes a seat, if one is left.
func (l *Licensor) grant(ctx context.Context, tx *sql.Tx, org, sku, user string) (commerce.Reason, error) {
	seats, err := l.lockSeats(ctx, tx, org, sku)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return commerce.ReasonNoSeat, nil
	case err != nil:
		return "", err
	case seats.Free() == 0:
		return commerce.ReasonNoSeat, nil
	}
	for _, statement := range []string{
		`INSERT INTO sandbox_licences (organisation, sku, user_id, at) VALUES ($1, $2, $3, $4)`,
		`INSERT INTO sandbox_grants (organisation, sku, user_id, at) VALUES ($1, $2, $3, $4)`,
	} {
		if _, err := tx.ExecContext(ctx, statement, org, sku, user, l.now()); err != nil {
			return "", fmt.Errorf("store the licence: %w", err)
		}
	}
	return commerce.ReasonNone, nil
}

// take frees the user's seat.
func (l *Licensor) take(ctx context.Context, tx *sql.Tx, org, sku, user string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sandbox_licences WHERE organisation = $1 AND sku = $2 AND user_id = $3`, org, sku, user)
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO sandbox_removals (organisation, sku, user_id, at) VALUES ($1, $2, $3, $4)`,
			org, sku, user, l.now())
	}
	if err != nil {
		return fmt.Errorf("take the licence: %w", err)
	}
	return nil
}

// holder is a user as they are while their row is locked.
type holder struct {
	commerce.User
	stumbles int
	licences commerce.Licences
}

// lockHolder makes everyone else who changes the user's licences wait. sql.ErrNoRows: there
// is no such user.
func lockHolder(ctx context.Context, tx *sql.Tx, org, id string) (holder, error) {
	var h holder
	err := tx.QueryRowContext(ctx, `UPDATE sandbox_users SET id = id WHERE organisation = $1 AND id = $2
		RETURNING location, guest, disabled, stumbles`, org, id).Scan(&h.Location, &h.Guest, &h.Disabled, &h.stumbles)
	if err != nil {
		return h, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT sku, by_group FROM sandbox_licences WHERE organisation = $1 AND user_id = $2`, org, id)
	if err != nil {
		return h, err
	}
	h.licences, err = collect(rows, func(one *commerce.Licence) []any { return []any{&one.SKU, &one.ByGroup} })
	return h, err
}
