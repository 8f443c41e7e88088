package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"cartwright/commerce"
)

// claimTime is how long a message may be posted before somebody else may try.
const claimTime = 30 * time.Second

// Claim gives the caller an order's message for an account for 30 seconds. ok is false
// while somebody else has it. ref is "" until a message was posted.
func (l *Ledger) Claim(ctx context.Context, order string, to commerce.Account) (ref string, version int, ok bool, err error) {
	err = l.change(ctx, func(t *tx) error {
		ref, version, ok, err = t.claimMessage(order, to)
		return err
	})
	if err != nil {
		return "", 0, false, fmt.Errorf("claim the message of order %s: %w", order, err)
	}
	return ref, version, ok, nil
}

func (t *tx) claimMessage(order string, to commerce.Account) (ref string, version int, ok bool, err error) {
	var until int64
	err = t.row(`INSERT INTO sent_messages (order_id, platform, workspace, account, ref, version, claimed_until, claimed_by)
		VALUES ($1, $2, $3, $4, '', 0, 0, '')
		ON CONFLICT (order_id, platform, workspace, account) DO UPDATE SET version = sent_messages.version
		RETURNING ref, version, claimed_until`, order, to.Platform, to.Workspace, to.ID).Scan(&ref, &version, &until)
	now := t.ledger.now()
	if err != nil || until > micros(now) {
		return ref, version, false, err
	}
	_, err = t.exec(`UPDATE sent_messages SET claimed_until = $5, claimed_by = $6
		WHERE order_id = $1 AND platform = $2 AND workspace = $3 AND account = $4`,
		order, to.Platform, to.Workspace, to.ID, micros(now.Add(claimTime)), *t.ledger.holder.Load())
	return ref, version, err == nil, err
}

// Copies lists an order's messages, and those whose id begins with its own and a slash.
func (l *Ledger) Copies(ctx context.Context, order string) ([]commerce.Copy, error) {
	var all []commerce.Copy
	err := each(ctx, &l.reads, func(rows *sql.Rows) error {
		var c commerce.Copy
		var ref, by string
		var at int64
		err := rows.Scan(&c.ID, &c.To.Platform, &c.To.Workspace, &c.To.ID, &ref, &c.Version, &at, &by)
		c.Posted, c.Unsure, c.At = ref != "", ref == "" && by != "", time.UnixMicro(at).UTC()
		all = append(all, c)
		return err
	}, `SELECT order_id, platform, workspace, account, ref, version, posted_at, claimed_by FROM sent_messages
		WHERE order_id = $1 OR order_id LIKE $2 ORDER BY order_id, platform, workspace, account`, order, order+"/%")
	if err != nil {
		return nil, fmt.Errorf("list the messages of order %s: %w", order, err)
	}
	return all, nil
}

// Unsure gives a claim back, and has Copies tell that the message may have been posted. One
// that somebody else posted since stays noted as it is.
func (l *Ledger) Unsure(ctx context.Context, order string, to commerce.Account, version int) error {
	err := l.change(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE sent_messages SET claimed_until = 0, ref = '', version = 0
			WHERE order_id = $1 AND platform = $2 AND workspace = $3 AND account = $4 AND version <= $5`,
			order, to.Platform, to.Workspace, to.ID, version)
		return err
	})
	if err != nil {
		return fmt.Errorf("note the message of order %s: %w", order, err)
	}
	return nil
}

// Done notes what the message shows now, and gives the claim back. A message that shows
// a later version by now stays noted as it is. What was shown, where anything was, is an
// entry of the audit.
func (l *Ledger) Done(ctx context.Context, order string, to commerce.Account, ref string, version int, shown *commerce.Entry) error {
	err := l.change(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE sent_messages SET claimed_until = 0, claimed_by = '', ref = $5, version = $6,
				posted_at = CASE WHEN ref = '' AND CAST($5 AS TEXT) <> '' THEN $7 ELSE posted_at END
			WHERE order_id = $1 AND platform = $2 AND workspace = $3 AND account = $4 AND version <= $6`,
			order, to.Platform, to.Workspace, to.ID, ref, version, micros(l.now()))
		if err != nil || shown == nil {
			return err
		}
		return t.Append(*shown)
	})
	if err != nil {
		return fmt.Errorf("note the message of order %s: %w", order, err)
	}
	return nil
}
