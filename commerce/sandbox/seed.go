package sandbox

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"cartwright/commerce"
)

// Tenant is what an organisation has before the bot buys anything.
type Tenant struct {
	Users    []commerce.User
	Owned    map[string]int      // SKU -> seats
	Renews   map[string]int      // SKU -> days until its seats renew; 0: in a year
	Holders  map[string][]string // SKU -> users who hold it
	Groups   map[string][]string // SKU -> users who hold it through a group
	Stumbles []string            // users for whom the first change goes unanswered
}

// Seed makes the organisation's tenant, unless it was made before.
func (s *Sandbox) Seed(ctx context.Context, org commerce.Organisation) error {
	tenant, given := s.o.Seeds[org.ID]
	if !given {
		tenant = tenantOf(org)
	}
	err := s.change(ctx, func(tx *sql.Tx) error {
		fresh, err := added(tx.ExecContext(ctx, `INSERT INTO sandbox_organisations (id, seeded_at) VALUES ($1, $2)
			ON CONFLICT (id) DO NOTHING`, org.ID, s.now()))
		if err != nil || !fresh {
			return err
		}
		if err := seedUsers(ctx, tx, org.ID, tenant); err != nil {
			return err
		}
		return s.seedSeats(ctx, tx, org.ID, tenant)
	})
	if err != nil {
		return fmt.Errorf("seed the sandbox for %s: %w", org.ID, err)
	}
	return nil
}

func seedUsers(ctx context.Context, tx *sql.Tx, org string, t Tenant) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO sandbox_users
		(organisation, id, name, address, location, guest, disabled, stumbles) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, u := range t.Users {
		stumbles := 0
		if slices.Contains(t.Stumbles, u.ID) {
			stumbles = 1
		}
		if _, err := insert.ExecContext(ctx, org, u.ID, u.Name, u.Address, u.Location, u.Guest, u.Disabled, stumbles); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sandbox) seedSeats(ctx context.Context, tx *sql.Tx, org string, t Tenant) error {
	now := s.o.Now()
	for sku, owned := range t.Owned {
		renews := now.AddDate(1, 0, 0)
		if days := t.Renews[sku]; days > 0 {
			renews = now.Add(time.Duration(days) * 24 * time.Hour)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sandbox_seats (organisation, sku, owned, renews_at) VALUES ($1, $2, $3, $4)`,
			org, sku, owned, micros(renews))
		if err != nil {
			return err
		}
	}
	if err := seedLicences(ctx, tx, org, t.Holders, false, now); err != nil {
		return err
	}
	return seedLicences(ctx, tx, org, t.Groups, true, now)
}

func seedLicences(ctx context.Context, tx *sql.Tx, org string, holders map[string][]string, byGroup bool, now time.Time) error {
	for sku, users := range holders {
		for _, user := range users {
			_, err := tx.ExecContext(ctx, `INSERT INTO sandbox_licences (organisation, sku, user_id, at, by_group) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (organisation, sku, user_id) DO UPDATE SET by_group = excluded.by_group`, org, sku, user, micros(now), byGroup)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Graph's ids of what the tenants own from the start.
const (
	businessBasic    = "3b555118-da6a-4418-894f-7df1e2096870"
	businessStandard = "f245ecc8-75af-4f8e-b61f-27d8114de5f3"
	exchangePlan1    = "4b9405b0-7788-4568-add1-99614e613b69"
	frontlineF3      = "66b55226-6b4f-492c-910c-a3b7a3c9d993"
	visioPlan2       = "c5928f49-12ba-48f7-ada3-0d743a3601d5"
)

// stock is a product that a tenant owns. Each is used by people who have nothing else,
// except an extra, which goes to the first people, who have something.
type stock struct {
	sku               string
	owned, used, days int
	extra             bool
	grouped           int // of the used, those whom a group gives it
}

// size is a tenant in figures. Those who cannot get a licence are among its people.
type size struct {
	people                    int
	stock                     []stock
	nowhere, guests, disabled int
	stumbling                 bool
}

var sizes = map[string]size{
	"contoso": {people: 124, nowhere: 2, guests: 2, disabled: 2, stumbling: true, stock: []stock{
		{sku: businessBasic, owned: 40, used: 31, days: 212},
		{sku: businessStandard, owned: 30, used: 28, days: 96},
		{sku: exchangePlan1, owned: 20, used: 15, days: 34},
		{sku: frontlineF3, owned: 6, used: 4, days: 301, grouped: 2},
		{sku: visioPlan2, owned: 5, used: 2, days: 150, extra: true},
	}},
	"fabrikam": {people: 40, nowhere: 1, guests: 1, disabled: 1, stock: []stock{
		{sku: businessBasic, owned: 15, used: 12, days: 180},
		{sku: businessStandard, owned: 15, used: 13, days: 6},
	}},
	"adatum": {people: 40, nowhere: 1, guests: 1, disabled: 1, stock: []stock{
		{sku: businessBasic, owned: 20, used: 16, days: 260},
		{sku: exchangePlan1, owned: 10, used: 9, days: 48},
	}},
}

// anySize is every other organisation's.
var anySize = size{people: 60, nowhere: 1, guests: 1, disabled: 1, stock: []stock{{sku: businessBasic, owned: 10, used: 8, days: 200}}}

// tenantOf makes up the same tenant each time.
func tenantOf(org commerce.Organisation) Tenant {
	size, known := sizes[org.ID]
	if !known {
		size = anySize
	}
	t := Tenant{
		Users: people(org, size.people), Owned: map[string]int{}, Renews: map[string]int{}, Holders: map[string][]string{}, Groups: map[string][]string{},
	}
	next := 0
	for _, p := range size.stock {
		from := next
		if p.extra {
			from = 0
		} else {
			next += p.used
		}
		t.Owned[p.sku], t.Renews[p.sku] = p.owned, p.days
		for i, u := range t.Users[from : from+p.used] {
			holders := t.Holders
			if i < p.grouped {
				holders = t.Groups
			}
			holders[p.sku] = append(holders[p.sku], u.ID)
		}
	}
	hinder(t.Users[next:], size)
	if size.stumbling {
		t.Stumbles = []string{stumbler(t.Users[next:])}
	}
	return t
}

// hinder makes the last of the unlicensed people such as cannot get a licence.
func hinder(users []commerce.User, size size) {
	for i := range size.nowhere + size.guests + size.disabled {
		u := &users[len(users)-1-i]
		switch {
		case i < size.nowhere:
			u.Location = ""
		case i < size.nowhere+size.guests:
			u.Guest = true
		default:
			u.Disabled = true
		}
	}
}

// stumbler is the eighth by name of those who can get a licence, so that a small
// purchase goes smoothly and a larger one shows a failure.
func stumbler(users []commerce.User) string {
	able := slices.DeleteFunc(slices.Clone(users), func(u commerce.User) bool { return u.Ineligible() != commerce.ReasonNone })
	slices.SortFunc(able, byName)
	return able[7].ID
}
