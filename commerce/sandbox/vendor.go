package sandbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"cartwright/commerce"
)

var _ commerce.Vendor = (*Vendor)(nil)

// Scenarios are what a payer can choose to become of the vendor's order.
const (
	ScenarioDeliver   = "deliver"
	ScenarioRefuse    = "refuse"     // the vendor takes no line
	ScenarioRefuseOne = "refuse_one" // not the last line, where there are several
	ScenarioFail      = "fail"       // no line can be provisioned
	ScenarioFailOne   = "fail_one"   // the last line cannot
)

// Scenarios lists every scenario, the usual one first.
var Scenarios = []string{ScenarioDeliver, ScenarioRefuse, ScenarioRefuseOne, ScenarioFail, ScenarioFailOne}

// What the vendor takes its time for, at speed 1.
const (
	orderDelay = 3 * time.Second
	lineDelay  = time.Second // for each line up to and with this one
	undoTime   = 7 * 24 * time.Hour
)

// Prices reads the catalogue.
func (v *Vendor) Prices(ctx context.Context, org commerce.Organisation, asked []commerce.PriceOf) ([]commerce.Plan, error) {
	if err := v.receive(ctx, "vendor.prices", "", org); err != nil {
		return nil, fmt.Errorf("ask the sandbox's prices: %w", err)
	}
	catalogue, now := v.o.Catalogue(), v.o.Now()
	plans := make([]commerce.Plan, len(asked))
	for i, a := range asked {
		if offer, ok := catalogue.Offer(a.Offer); ok {
			plans[i], _ = offer.Price(org, a.Plan, now)
		}
	}
	return plans, nil
}

// Place is CodeVendorRefused for an order that makes no sense, and for a key that was
// used for another one. Lines that the payer's scenario refuses come back LineRefused.
func (v *Vendor) Place(ctx context.Context, org commerce.Organisation, p commerce.Placement) (commerce.Placed, error) {
	var placed commerce.Placed
	err := v.receive(ctx, "vendor.place", p.Key, org)
	if err == nil {
		err = v.change(ctx, func(tx *sql.Tx) error {
			if err := v.take(ctx, tx, org, p); err != nil {
				return err
			}
			placed, err = v.follow(ctx, tx, org, p.Key)
			return err
		})
	}
	if err != nil {
		return commerce.Placed{}, fmt.Errorf("place %s in the sandbox: %w", p.Order, err)
	}
	return placed, nil
}

// LookUp also carries out what became due: a line that is provisioned makes the
// organisation's seats grow in the same transaction.
func (v *Vendor) LookUp(ctx context.Context, org commerce.Organisation, key string) (commerce.Placed, error) {
	var placed commerce.Placed
	err := v.receive(ctx, "vendor.look_up", key, org)
	if err == nil {
		err = v.change(ctx, func(tx *sql.Tx) error {
			placed, err = v.follow(ctx, tx, org, key)
			return err
		})
	}
	if err != nil {
		return commerce.Placed{}, fmt.Errorf("look up an order in the sandbox: %w", err)
	}
	return placed, nil
}

func (v *Vendor) receive(ctx context.Context, name, key string, org commerce.Organisation) error {
	if err := v.record(ctx, name, key, org); err != nil {
		return err
	}
	known, err := v.known(ctx, org)
	if err == nil && !known {
		err = refusef("no customer %q", org.ID)
	}
	return err
}

// take stores the order, once for a key.
func (v *Vendor) take(ctx context.Context, tx *sql.Tx, org commerce.Organisation, p commerce.Placement) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	content := contentOf(org, p)
	fresh, err := added(tx.ExecContext(ctx, `INSERT INTO sandbox_orders (key, organisation, order_id, vendor_order, content, placed_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING`, p.Key, org.ID, p.Order, "SB-"+id, content, v.now()))
	switch {
	case err != nil:
		return fmt.Errorf("store the order: %w", err)
	case !fresh:
		return sameOrder(ctx, tx, p.Key, content)
	}
	if err := v.check(org, p); err != nil {
		return err
	}
	scenario, err := scenarioOf(ctx, tx, org, p.Order)
	if err != nil {
		return err
	}
	return v.subscribe(ctx, tx, p, fates(scenario, len(p.Lines)))
}

// contentOf holds all that makes two placements the same order.
func contentOf(org commerce.Organisation, p commerce.Placement) string {
	type line struct {
		ID       int
		Offer    string
		Plan     commerce.PlanID
		Quantity int
	}
	lines := make([]line, len(p.Lines))
	for i, l := range p.Lines {
		lines[i] = line{l.ID, l.Offer.ID, l.Plan, l.Quantity}
	}
	content, err := json.Marshal(map[string]any{"organisation": org.ID, "order": p.Order, "lines": lines})
	if err != nil {
		panic(err) // strings and numbers only
	}
	return string(content)
}

func sameOrder(ctx context.Context, tx *sql.Tx, key, content string) error {
	var earlier string
	err := tx.QueryRowContext(ctx, `SELECT content FROM sandbox_orders WHERE key = $1`, key).Scan(&earlier)
	switch {
	case err != nil:
		return fmt.Errorf("read the earlier order: %w", err)
	case earlier != content:
		return refusef("the key was used for another order")
	}
	return nil
}

// check holds the order against what the vendor sells now.
func (v *Vendor) check(org commerce.Organisation, p commerce.Placement) error {
	if p.Key == "" || p.Order == "" || len(p.Lines) == 0 {
		return refusef("an order needs a key, a number and lines")
	}
	catalogue, now, seen := v.o.Catalogue(), v.o.Now(), map[int]bool{}
	for _, l := range p.Lines {
		offer, sold := catalogue.Offer(l.Offer.ID)
		switch {
		case seen[l.ID]:
			return refusef("line %d comes twice", l.ID)
		case !sold || !slices.Contains(offer.Clouds, org.Cloud) || offer.GraphSKU != l.Offer.GraphSKU:
			return refusef("offer %q is not sold", l.Offer.ID)
		case !slices.ContainsFunc(offer.PlansFor(org, now), func(plan commerce.Plan) bool { return plan.PlanID == l.Plan }):
			return refusef("offer %q has no plan %v", l.Offer.ID, l.Plan)
		case l.Quantity < max(1, offer.Seats.Min) || offer.Seats.Max > 0 && l.Quantity > offer.Seats.Max:
			return refusef("offer %q is not sold %d times", l.Offer.ID, l.Quantity)
		}
		seen[l.ID] = true
	}
	return nil
}

// scenarioOf is what the payer of the order chose last.
func scenarioOf(ctx context.Context, tx *sql.Tx, org commerce.Organisation, order string) (string, error) {
	var scenario string
	err := tx.QueryRowContext(ctx, `SELECT scenario FROM sandbox_sessions
		WHERE organisation = $1 AND order_id = $2 AND scenario <> '' ORDER BY paid_at DESC LIMIT 1`, org.ID, order).Scan(&scenario)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("find the scenario: %w", err)
	}
	return scenario, nil
}

// fates says what becomes of each of n lines in the end.
func fates(scenario string, n int) []commerce.LineState {
	fates := slices.Repeat([]commerce.LineState{commerce.LineProvisioned}, n)
	switch {
	case scenario == ScenarioRefuse:
		fates = slices.Repeat([]commerce.LineState{commerce.LineRefused}, n)
	case scenario == ScenarioFail:
		fates = slices.Repeat([]commerce.LineState{commerce.LineFailed}, n)
	case scenario == ScenarioRefuseOne && n > 1:
		fates[n-1] = commerce.LineRefused
	case scenario == ScenarioFailOne:
		fates[n-1] = commerce.LineFailed
	}
	return fates
}

func (v *Vendor) subscribe(ctx context.Context, tx *sql.Tx, p commerce.Placement, fates []commerce.LineState) error {
	now, due := v.o.Now(), v.o.Now().Add(v.delay(orderDelay))
	for i, l := range p.Lines {
		due = due.Add(v.delay(lineDelay))
		id, err := v.id()
		if err != nil {
			return err
		}
		state, renews, undo := commerce.LinePlaced, renewal(now, l.Plan.Commitment), now.Add(undoTime)
		if fates[i] == commerce.LineRefused {
			state, id, renews, undo = commerce.LineRefused, "", time.Time{}, time.Time{}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO sandbox_subscriptions
			(key, line, subscription, sku, quantity, state, fate, due_at, renews_at, undo_until)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			p.Key, l.ID, id, l.Offer.GraphSKU, l.Quantity, string(state), string(fates[i]), micros(due), micros(renews), micros(undo))
		if err != nil {
			return fmt.Errorf("store line %d: %w", l.ID, err)
		}
	}
	return nil
}

// renewal is a term after t, on the last day of a month that has no such day.
func renewal(t time.Time, term commerce.Term) time.Time {
	months := 12
	if term == commerce.Month {
		months = 1
	}
	renews := t.AddDate(0, months, 0)
	if renews.Day() != t.Day() {
		renews = renews.AddDate(0, 0, -renews.Day())
	}
	return renews
}

// refusef refuses the whole call, with the cause for the operator.
func refusef(format string, args ...any) error {
	return commerce.Refuse(commerce.CodeVendorRefused).Because(fmt.Errorf(format, args...))
}
