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

// stored are seats as their row has them.
type stored struct {
	commerce.OwnedSeats
	planned int // 0 for no plan
	renews  int64
}

// renewed carries the renewals out that have passed, and reports whether there was one.
// Only the first has a plan; a seat that somebody holds by then stays.
func (s *stored) renewed(now time.Time) bool {
	due := s.renews != 0 && !moment(s.renews).After(now)
	if due && s.planned > 0 {
		s.Owned, s.planned = min(s.Owned, max(s.planned, s.Used)), 0
	}
	for s.renews != 0 && !moment(s.renews).After(now) {
		s.renews = micros(renewal(moment(s.renews), commerce.Year))
	}
	return due
}

// shown is the row as the port has it.
func (s *stored) shown(now time.Time) commerce.OwnedSeats {
	seats := s.OwnedSeats
	seats.RenewsAt, seats.AsOf, seats.Next = moment(s.renews), now, s.Owned
	if s.planned > 0 {
		seats.Next = s.planned
	}
	return seats
}

// lockSeats makes everyone else who gives or changes seats of the SKU wait, and renews
// them first where that is due: whoever looks at seats under the lock sees them as they
// are now. sql.ErrNoRows: the organisation has none.
func (w *world) lockSeats(ctx context.Context, tx *sql.Tx, org, sku string) (stored, error) {
	s := stored{OwnedSeats: commerce.OwnedSeats{SKU: sku}}
	err := tx.QueryRowContext(ctx, `UPDATE sandbox_seats SET sku = sku WHERE organisation = $1 AND sku = $2
		RETURNING owned, planned, renews_at`, org, sku).Scan(&s.Owned, &s.planned, &s.renews)
	if err != nil {
		return s, fmt.Errorf("lock the seats: %w", err)
	}
	s.Used, err = count(ctx, tx, `SELECT count(*) FROM sandbox_licences WHERE organisation = $1 AND sku = $2`, org, sku)
	if err != nil {
		return s, fmt.Errorf("count the used seats: %w", err)
	}
	if !s.renewed(w.o.Now()) {
		return s, nil
	}
	return s, s.save(ctx, tx, org)
}

func (s *stored) save(ctx context.Context, tx *sql.Tx, org string) error {
	_, err := tx.ExecContext(ctx, `UPDATE sandbox_seats SET owned = $3, planned = $4, renews_at = $5
		WHERE organisation = $1 AND sku = $2`, org, s.SKU, s.Owned, s.planned, s.renews)
	if err != nil {
		return fmt.Errorf("save the seats: %w", err)
	}
	return nil
}

// renew carries out the organisation's renewals that have passed. It writes nothing
// where there is none.
func (w *world) renew(ctx context.Context, org string) error {
	rows, err := w.db.QueryContext(ctx, `SELECT sku FROM sandbox_seats
		WHERE organisation = $1 AND renews_at <> 0 AND renews_at <= $2`, org, w.now())
	if err != nil {
		return fmt.Errorf("find the renewals: %w", err)
	}
	due, err := collect(rows, func(sku *string) []any { return []any{sku} })
	if err != nil {
		return fmt.Errorf("find the renewals: %w", err)
	}
	for _, sku := range due {
		err := w.change(ctx, func(tx *sql.Tx) error {
			_, err := w.lockSeats(ctx, tx, org, sku)
			return err
		})
		if err != nil {
			return fmt.Errorf("renew: %w", err)
		}
	}
	return nil
}

// Seats counts used seats as it is asked.
func (l *Licensor) Seats(ctx context.Context, org commerce.Organisation) ([]commerce.OwnedSeats, error) {
	err := l.receive(ctx, "licensor.seats", "", org)
	if err == nil {
		err = l.renew(ctx, org.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's seats: %w", err)
	}
	rows, err := l.db.QueryContext(ctx, `SELECT s.sku, s.owned, s.planned, s.renews_at, (
		SELECT count(*) FROM sandbox_licences u WHERE u.organisation = s.organisation AND u.sku = s.sku)
		FROM sandbox_seats s WHERE s.organisation = $1`, org.ID)
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's seats: %w", err)
	}
	read, err := collect(rows, func(s *stored) []any { return []any{&s.SKU, &s.Owned, &s.planned, &s.renews, &s.Used} })
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's seats: %w", err)
	}
	seats, now := make([]commerce.OwnedSeats, len(read)), l.o.Now()
	for i, s := range read {
		seats[i] = s.shown(now)
	}
	slices.SortFunc(seats, func(a, b commerce.OwnedSeats) int { return cmp.Compare(a.SKU, b.SKU) })
	return seats, nil
}

// PlanRenewal is CodeNotFound for a SKU that the customer does not own.
func (v *Vendor) PlanRenewal(ctx context.Context, org commerce.Organisation, sku string, seats int) error {
	err := v.receive(ctx, "vendor.plan_renewal", sku, org)
	if err == nil {
		err = v.change(ctx, func(tx *sql.Tx) error { return v.plan(ctx, tx, org, sku, seats) })
	}
	if err != nil {
		return fmt.Errorf("plan a renewal in the sandbox: %w", err)
	}
	return nil
}

func (v *Vendor) plan(ctx context.Context, tx *sql.Tx, org commerce.Organisation, sku string, seats int) error {
	s, err := v.lockSeats(ctx, tx, org.ID, sku)
	if errors.Is(err, sql.ErrNoRows) {
		return commerce.Refuse(commerce.CodeNotFound).Because(fmt.Errorf("%s owns none of %q", org.ID, sku))
	}
	if err != nil {
		return err
	}
	err = commerce.Subscription{OwnedSeats: s.OwnedSeats, Offer: v.sold(sku)}.CheckRenewal(seats)
	if err != nil {
		return err
	}
	s.planned = seats
	return s.save(ctx, tx, org.ID)
}

// sold is the offer of a SKU, the zero one where the catalogue has none.
func (w *world) sold(sku string) commerce.Offer {
	for _, o := range w.o.Catalogue().Offers {
		if o.GraphSKU == sku {
			return o
		}
	}
	return commerce.Offer{}
}
