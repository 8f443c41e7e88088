package sandbox

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"cartwright/commerce"
)

var _ commerce.Licensor = (*Licensor)(nil)

// assignDelay is how long one user takes, at speed 1.
const assignDelay = 40 * time.Millisecond

// Seats counts used seats as it is asked.
func (l *Licensor) Seats(ctx context.Context, org commerce.Organisation) ([]commerce.OwnedSeats, error) {
	if err := l.receive(ctx, "licensor.seats", "", org); err != nil {
		return nil, fmt.Errorf("read the sandbox's seats: %w", err)
	}
	rows, err := l.db.QueryContext(ctx, `SELECT s.sku, s.owned, s.renews_at, (
		SELECT count(*) FROM sandbox_licences u WHERE u.organisation = s.organisation AND u.sku = s.sku)
		FROM sandbox_seats s WHERE s.organisation = $1`, org.ID)
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's seats: %w", err)
	}
	type row struct {
		commerce.OwnedSeats
		renews int64
	}
	read, err := collect(rows, func(r *row) []any { return []any{&r.SKU, &r.Owned, &r.renews, &r.Used} })
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's seats: %w", err)
	}
	seats, now := make([]commerce.OwnedSeats, len(read)), l.o.Now()
	for i, r := range read {
		seats[i] = r.OwnedSeats
		seats[i].RenewsAt, seats[i].AsOf = moment(r.renews), now
	}
	slices.SortFunc(seats, func(a, b commerce.OwnedSeats) int { return cmp.Compare(a.SKU, b.SKU) })
	return seats, nil
}

// Unlicensed sorts names without regard to accents and case.
func (l *Licensor) Unlicensed(ctx context.Context, org commerce.Organisation) ([]commerce.User, error) {
	if err := l.receive(ctx, "licensor.unlicensed", "", org); err != nil {
		return nil, fmt.Errorf("read the sandbox's people: %w", err)
	}
	rows, err := l.db.QueryContext(ctx, `SELECT id, name, address, location, guest, disabled FROM sandbox_users p
		WHERE organisation = $1 AND NOT EXISTS (
			SELECT 1 FROM sandbox_licences h WHERE h.organisation = p.organisation AND h.user_id = p.id)`, org.ID)
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's people: %w", err)
	}
	users, err := collect(rows, func(u *commerce.User) []any {
		return []any{&u.ID, &u.Name, &u.Address, &u.Location, &u.Guest, &u.Disabled}
	})
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's people: %w", err)
	}
	slices.SortFunc(users, byName)
	return users, nil
}

// Licences lists each user's SKUs in order; none for a user who holds none.
func (l *Licensor) Licences(ctx context.Context, org commerce.Organisation, users []string) (map[string][]string, error) {
	if err := l.receive(ctx, "licensor.licences", "", org); err != nil {
		return nil, fmt.Errorf("read the sandbox's licences: %w", err)
	}
	rows, err := l.db.QueryContext(ctx, `SELECT p.id, COALESCE(h.sku, '') FROM sandbox_users p
		LEFT JOIN sandbox_licences h ON h.organisation = p.organisation AND h.user_id = p.id
		WHERE p.organisation = $1`, org.ID)
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's licences: %w", err)
	}
	type row struct{ user, sku string }
	read, err := collect(rows, func(r *row) []any { return []any{&r.user, &r.sku} })
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's licences: %w", err)
	}
	held := map[string][]string{}
	for _, r := range read {
		if slices.Contains(users, r.user) {
			held[r.user] = append(held[r.user], r.sku)
		}
	}
	for user, skus := range held {
		slices.Sort(skus)
		held[user] = slices.DeleteFunc(skus, func(sku string) bool { return sku == "" })
	}
	return held, nil
}

// Assign gives the licences one user after the other, each in a transaction of its own:
// one that is cut off has served the first of them.
func (l *Licensor) Assign(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	if len(users) > commerce.AssignBatch {
		return nil, fmt.Errorf("assign in the sandbox: %w", misusef("%d users at once", len(users)))
	}
	if err := l.receive(ctx, "licensor.assign", sku, org); err != nil {
		return nil, fmt.Errorf("assign in the sandbox: %w", err)
	}
	results := make([]commerce.AssignResult, len(users))
	for i, user := range users {
		if err := l.pause(ctx); err != nil {
			return nil, fmt.Errorf("assign in the sandbox: %w", err)
		}
		results[i].User = user
		err := l.change(ctx, func(tx *sql.Tx) (err error) {
			results[i].Reason, err = l.assign(ctx, tx, org.ID, sku, user)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("assign in the sandbox: %w", err)
		}
	}
	return results, nil
}

func (l *Licensor) pause(ctx context.Context) error {
	timer := time.NewTimer(l.delay(assignDelay))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (l *Licensor) assign(ctx context.Context, tx *sql.Tx, org, sku, user string) (commerce.Reason, error) {
	person, stumbles, err := lockUser(ctx, tx, org, user)
	if errors.Is(err, sql.ErrNoRows) {
		return commerce.ReasonGone, nil
	}
	if err != nil {
		return "", fmt.Errorf("lock the user: %w", err)
	}
	held, err := count(ctx, tx, `SELECT count(*) FROM sandbox_licences WHERE organisation = $1 AND sku = $2 AND user_id = $3`, org, sku, user)
	switch {
	case err != nil:
		return "", fmt.Errorf("read the user's licences: %w", err)
	case held > 0:
		return commerce.ReasonNone, nil
	case person.Ineligible() != commerce.ReasonNone:
		return person.Ineligible(), nil
	case stumbles > 0:
		_, err := tx.ExecContext(ctx, `UPDATE sandbox_users SET stumbles = stumbles - 1 WHERE organisation = $1 AND id = $2`, org, user)
		return commerce.ReasonUnavailable, err
	}
	return l.grant(ctx, tx, org, sku, user)
}

// grant takes a seat, if one is left.
func (l *Licensor) grant(ctx context.Context, tx *sql.Tx, org, sku, user string) (commerce.Reason, error) {
	var owned int
	err := tx.QueryRowContext(ctx, `UPDATE sandbox_seats SET sku = sku WHERE organisation = $1 AND sku = $2 RETURNING owned`, org, sku).Scan(&owned)
	if errors.Is(err, sql.ErrNoRows) {
		return commerce.ReasonNoSeat, nil
	}
	if err != nil {
		return "", fmt.Errorf("lock the seats: %w", err)
	}
	used, err := count(ctx, tx, `SELECT count(*) FROM sandbox_licences WHERE organisation = $1 AND sku = $2`, org, sku)
	if err != nil {
		return "", fmt.Errorf("count the used seats: %w", err)
	}
	if used >= owned {
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

func lockUser(ctx context.Context, tx *sql.Tx, org, id string) (u commerce.User, stumbles int, err error) {
	err = tx.QueryRowContext(ctx, `UPDATE sandbox_users SET id = id WHERE organisation = $1 AND id = $2
		RETURNING location, guest, disabled, stumbles`, org, id).Scan(&u.Location, &u.Guest, &u.Disabled, &stumbles)
	return u, stumbles, err
}

func count(ctx context.Context, tx *sql.Tx, query string, args ...any) (n int, err error) {
	err = tx.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}

// receive records the call and refuses it for a tenant that there is not.
func (l *Licensor) receive(ctx context.Context, name, key string, org commerce.Organisation) error {
	if err := l.record(ctx, name, key, org); err != nil {
		return err
	}
	known, err := l.known(ctx, org)
	if err == nil && !known {
		err = commerce.Refuse(commerce.CodeNotFound).Because(fmt.Errorf("no tenant %q", org.ID))
	}
	return err
}
