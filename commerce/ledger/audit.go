package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"cartwright/commerce"
)

// Record is an audit entry as it stands in its organisation's chain. Its JSON without
// MAC is what MAC covers.
type Record struct {
	commerce.Entry
	Seq  int64  `json:"seq"`  // 1, 2, 3, …
	Prev string `json:"prev"` // the MAC of the entry before, "" for the first
	Key  string `json:"key"`  // names the key that MAC was made with
	MAC  string `json:"mac,omitempty"`
}

// Head says, signed, where an organisation's chain ends. A head that is kept elsewhere
// shows later whether the chain was cut behind it.
type Head struct {
	Organisation string    `json:"organisation"`
	Seq          int64     `json:"seq"`
	MAC          string    `json:"mac"` // of the entry at Seq
	At           time.Time `json:"at"`
	Key          string    `json:"key"`
	Signature    string    `json:"signature,omitempty"`
}

// signed is what Signature covers.
func (h Head) signed() ([]byte, error) {
	h.Signature = ""
	h.At = h.At.UTC()
	return json.Marshal(h)
}

func (h Head) verify(keys Keyring) error {
	text, err := h.signed()
	if err != nil {
		return err
	}
	return keys.verify(h.Key, "head", text, h.Signature)
}

// Append signs the entry and the chain's new head. It refuses to build on a head that
// is not signed: that would sign what somebody did to the chain.
func (t *tx) Append(e commerce.Entry) error {
	if err := t.append(e); err != nil {
		return fmt.Errorf("append to the audit of %s: %w", e.Organisation, err)
	}
	return nil
}

func (t *tx) append(e commerce.Entry) error {
	last, err := t.lockHead(e.Organisation)
	if err != nil {
		return err
	}
	if e.At.IsZero() {
		e.At = t.ledger.now()
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	k := t.ledger.keys.keys[0]
	record := Record{Entry: e, Seq: last.Seq + 1, Prev: last.MAC, Key: k.id}
	body, err := json.Marshal(record)
	if err != nil {
		return err
	}
	record.MAC = k.mac("entry", body)
	_, err = t.exec("INSERT INTO audit_entries (organisation, seq, at, order_id, body, mac) VALUES ($1, $2, $3, $4, $5, $6)",
		e.Organisation, record.Seq, micros(e.At), e.Order, string(body), record.MAC)
	if err != nil {
		return err
	}
	return t.saveHead(Head{Organisation: e.Organisation, Seq: record.Seq, MAC: record.MAC, At: e.At, Key: k.id}, k)
}

// lockHead is the chain's head, zero for a chain that has none yet.
func (t *tx) lockHead(org string) (Head, error) {
	head, err := scanHead(t.row(`INSERT INTO audit_heads (organisation, seq, mac, at, key_id, signature)
		VALUES ($1, 0, '', 0, '', '') ON CONFLICT (organisation) DO UPDATE SET seq = audit_heads.seq
		RETURNING organisation, seq, mac, at, key_id, signature`, org))
	if err != nil || head.Seq == 0 && head.MAC == "" {
		return head, err // entries without their head make the insert fail: their numbers are taken
	}
	if err := head.verify(t.ledger.keys); err != nil {
		return Head{}, fmt.Errorf("its head at entry %d: %w", head.Seq, err)
	}
	return head, nil
}

func (t *tx) saveHead(h Head, k key) error {
	text, err := h.signed()
	if err != nil {
		return err
	}
	_, err = t.exec("UPDATE audit_heads SET seq = $2, mac = $3, at = $4, key_id = $5, signature = $6 WHERE organisation = $1",
		h.Organisation, h.Seq, h.MAC, micros(h.At), h.Key, k.mac("head", text))
	return err
}

func scanHead(row scanner) (Head, error) {
	var h Head
	var at int64
	err := row.Scan(&h.Organisation, &h.Seq, &h.MAC, &at, &h.Key, &h.Signature)
	h.At = time.UnixMicro(at).UTC()
	return h, err
}

// Heads lists the signed head of every chain, by organisation.
func (l *Ledger) Heads(ctx context.Context) ([]Head, error) { return heads(ctx, l.db) }

func heads(ctx context.Context, q querier) ([]Head, error) {
	var all []Head
	err := each(ctx, q, func(rows *sql.Rows) error {
		h, err := scanHead(rows)
		all = append(all, h)
		return err
	}, "SELECT organisation, seq, mac, at, key_id, signature FROM audit_heads ORDER BY organisation")
	if err != nil {
		return nil, fmt.Errorf("list the heads of the audit: %w", err)
	}
	return all, nil
}

// ExportQuery selects entries. Zero fields select all.
type ExportQuery struct {
	Organisation string
	Order        string
	From, To     time.Time // From is inside, To is not
}

// Export hands entries to write, one at a time, by organisation and then as they were
// made. It does not verify them.
func (l *Ledger) Export(ctx context.Context, q ExportQuery, write func(Record) error) error {
	where, args := "WHERE 1 = 1", []any{}
	only := func(condition string, set bool, value any) {
		if set {
			args = append(args, value)
			where += fmt.Sprintf(" AND %s $%d", condition, len(args))
		}
	}
	only("organisation =", q.Organisation != "", q.Organisation)
	only("order_id =", q.Order != "", q.Order)
	only("at >=", !q.From.IsZero(), micros(q.From))
	only("at <", !q.To.IsZero(), micros(q.To))
	err := each(ctx, l.db, func(rows *sql.Rows) error {
		var body, mac string
		if err := rows.Scan(&body, &mac); err != nil {
			return err
		}
		var record Record
		if err := json.Unmarshal([]byte(body), &record); err != nil {
			return err
		}
		record.MAC = mac
		return write(record)
	}, "SELECT body, mac FROM audit_entries "+where+" ORDER BY organisation, seq", args...)
	if err != nil {
		return fmt.Errorf("export the audit: %w", err)
	}
	return nil
}
