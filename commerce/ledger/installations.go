package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"cartwright/commerce"
)

// where an installation's secrets open, and nowhere else.
func where(platform, workspace string) string { return platform + "/" + workspace }

// SaveInstallation keeps what a workspace of a platform has given to the bot, sealed. It
// takes the place of what was kept, and ends a claim.
func (l *Ledger) SaveInstallation(ctx context.Context, platform, workspace string, body []byte, at time.Time) error {
	k := l.keys.keys[0]
	err := l.change(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO installations (platform, workspace, key_id, sealed, installed_at, claimed_until) VALUES ($1, $2, $3, $4, $5, 0)
			ON CONFLICT (platform, workspace) DO UPDATE SET
			key_id = excluded.key_id, sealed = excluded.sealed, installed_at = excluded.installed_at, claimed_until = 0`,
			platform, workspace, k.id, k.sealed(platformTokens, string(body), where(platform, workspace)), micros(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the installation %s: %w", where(platform, workspace), err)
	}
	return nil
}

// Installation is what the workspace gave, and when. CodeNotFound: nothing. Sealed with a
// key that is gone, it is an error.
func (l *Ledger) Installation(ctx context.Context, platform, workspace string) (body []byte, at time.Time, err error) {
	var id, sealed, text string
	var installed int64
	err = l.reads.QueryRowContext(ctx, "SELECT key_id, sealed, installed_at FROM installations WHERE platform = $1 AND workspace = $2", platform, workspace).
		Scan(&id, &sealed, &installed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, time.Time{}, commerce.Refuse(commerce.CodeNotFound)
	}
	if err == nil {
		text, err = l.keys.unseal(platformTokens, id, sealed, where(platform, workspace))
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read the installation %s: %w", where(platform, workspace), err)
	}
	return []byte(text), time.UnixMicro(installed), nil
}

// DeleteInstallation forgets an installation, unless it was made after that time.
func (l *Ledger) DeleteInstallation(ctx context.Context, platform, workspace string, unlessAfter time.Time) error {
	err := l.change(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM installations WHERE platform = $1 AND workspace = $2 AND installed_at <= $3", platform, workspace, micros(unlessAfter))
		return err
	})
	if err != nil {
		return fmt.Errorf("forget the installation %s: %w", where(platform, workspace), err)
	}
	return nil
}

// Installations lists the workspaces of a platform that have given something, sorted.
func (l *Ledger) Installations(ctx context.Context, platform string) ([]string, error) {
	var all []string
	err := each(ctx, &l.reads, func(rows *sql.Rows) error {
		var workspace string
		err := rows.Scan(&workspace)
		all = append(all, workspace)
		return err
	}, "SELECT workspace FROM installations WHERE platform = $1 ORDER BY workspace", platform)
	if err != nil {
		return nil, fmt.Errorf("list the installations of %s: %w", platform, err)
	}
	return all, nil
}

// ClaimInstallation gives the caller the installation to renew for 30 seconds, or until
// it is saved. false: somebody else has it.
func (l *Ledger) ClaimInstallation(ctx context.Context, platform, workspace string) (bool, error) {
	var rows int64
	err := l.change(ctx, func(t *tx) (err error) {
		now := l.now()
		rows, err = t.exec("UPDATE installations SET claimed_until = $3 WHERE platform = $1 AND workspace = $2 AND claimed_until <= $4",
			platform, workspace, micros(now.Add(claimTime)), micros(now))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claim the installation %s: %w", where(platform, workspace), err)
	}
	return rows == 1, nil
}
