package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"cartwright/commerce"
)

// Delegations lists those of the organisation that are in force at t, by who made them.
func (l *Ledger) Delegations(ctx context.Context, org string, t time.Time) ([]commerce.Delegation, error) {
	var all []commerce.Delegation
	err := each(ctx, &l.reads, func(rows *sql.Rows) error {
		var body string
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var d commerce.Delegation
		err := json.Unmarshal([]byte(body), &d)
		all = append(all, d)
		return err
	}, "SELECT body FROM delegations WHERE organisation = $1 AND until_at > $2 ORDER BY person", org, micros(t))
	if err != nil {
		return nil, fmt.Errorf("list the delegations of %s: %w", org, err)
	}
	return all, nil
}

func (t *tx) SaveDelegation(d commerce.Delegation) error {
	body, err := json.Marshal(d)
	if err == nil {
		_, err = t.exec(`INSERT INTO delegations (organisation, person, until_at, body) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organisation, person) DO UPDATE SET until_at = excluded.until_at, body = excluded.body`,
			d.Organisation, d.From, micros(d.Until), string(body))
	}
	if err != nil {
		return fmt.Errorf("save the delegation of %s: %w", d.From, err)
	}
	return nil
}
