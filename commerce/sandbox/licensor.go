package sandbox

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"cartwright/commerce"
)

var _ commerce.Licensor = (*Licensor)(nil)

// Unlicensed sorts names without regard to accents and case.
func (l *Licensor) Unlicensed(ctx context.Context, org commerce.Organisation) ([]commerce.User, error) {
	if err := l.receive(ctx, "licensor.unlicensed", "", org); err != nil {
		return nil, fmt.Errorf("read the sandbox's people: %w", err)
	}
	users, err := l.directory(ctx, `SELECT `+userColumns+` FROM sandbox_users p
		WHERE organisation = $1 AND NOT guest AND NOT disabled AND NOT EXISTS (
			SELECT 1 FROM sandbox_licences h WHERE h.organisation = p.organisation AND h.user_id = p.id)`, org.ID)
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's people: %w", err)
	}
	return users, nil
}

const userColumns = `id, name, address, location, guest, disabled`

// directory reads people, by name.
func (l *Licensor) directory(ctx context.Context, query string, args ...any) ([]commerce.User, error) {
	rows, err := l.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	users, err := collect(rows, func(u *commerce.User) []any {
		return []any{&u.ID, &u.Name, &u.Address, &u.Location, &u.Guest, &u.Disabled}
	})
	slices.SortFunc(users, byName)
	return users, err
}

// Licences are in order; none for a user who holds none.
func (l *Licensor) Licences(ctx context.Context, org commerce.Organisation, users []string) (map[string]commerce.Licences, error) {
	if err := l.receive(ctx, "licensor.licences", "", org); err != nil {
		return nil, fmt.Errorf("read the sandbox's licences: %w", err)
	}
	rows, err := l.db.QueryContext(ctx, `SELECT p.id, COALESCE(h.sku, ''), COALESCE(h.by_group, FALSE) FROM sandbox_users p
		LEFT JOIN sandbox_licences h ON h.organisation = p.organisation AND h.user_id = p.id
		WHERE p.organisation = $1 ORDER BY 1, 2`, org.ID)
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's licences: %w", err)
	}
	type row struct {
		user string
		commerce.Licence
	}
	read, err := collect(rows, func(r *row) []any { return []any{&r.user, &r.SKU, &r.ByGroup} })
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's licences: %w", err)
	}
	asked, held := setOf(users, strings.Clone), map[string]commerce.Licences{}
	for _, r := range read {
		if !asked[r.user] {
			continue
		}
		if held[r.user] == nil {
			held[r.user] = commerce.Licences{}
		}
		if r.SKU != "" {
			held[r.user] = append(held[r.user], r.Licence)
		}
	}
	return held, nil
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
