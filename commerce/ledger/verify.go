package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Report is what Verify found. The audit is whole where Faults is empty.
type Report struct {
	Organisations int
	Entries       int64
	Faults        []Fault
}

// Fault is a place where a chain is not as it was written.
type Fault struct {
	Organisation string
	Seq          int64
	Why          string
}

func (f Fault) String() string {
	return fmt.Sprintf("organisation %s, entry %d: %s", f.Organisation, f.Seq, f.Why)
}

// Verify checks every chain, entry by entry, against its signed head and against heads
// that were kept elsewhere. Only the latter show that entries were cut off together with
// their head.
func (l *Ledger) Verify(ctx context.Context, kept []Head) (Report, error) {
	report, err := l.verify(ctx, kept)
	if err != nil {
		return Report{}, fmt.Errorf("verify the audit: %w", err)
	}
	return report, nil
}

// verify reads one snapshot, so that entries appended meanwhile do not confuse it.
func (l *Ledger) verify(ctx context.Context, kept []Head) (Report, error) {
	options := &sql.TxOptions{ReadOnly: true}
	if l.dialect == postgresDialect {
		options.Isolation = sql.LevelRepeatableRead
	}
	snapshot, err := l.db.BeginTx(ctx, options)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = snapshot.Rollback() }()
	stored, err := heads(ctx, snapshot)
	if err != nil {
		return Report{}, err
	}
	v := newVerifier(l.keys, stored, kept)
	err = each(ctx, snapshot, func(rows *sql.Rows) error {
		var e storedEntry
		err := rows.Scan(&e.organisation, &e.seq, &e.at, &e.order, &e.body, &e.mac)
		if err == nil {
			v.entry(e)
		}
		return err
	}, "SELECT organisation, seq, at, order_id, body, mac FROM audit_entries ORDER BY organisation, seq")
	if err != nil {
		return Report{}, err
	}
	return v.finish(), nil
}

// storedEntry is a row of audit_entries.
type storedEntry struct {
	organisation string
	seq, at      int64
	order        string
	body, mac    string
}

// verifier walks the chains, one after the other.
type verifier struct {
	keys   Keyring
	chains map[string]*chain // by organisation
	report Report
}

// chain is what is known of one organisation's chain so far.
type chain struct {
	ends []end // heads to hold it against
	seq  int64
	mac  string
	seen map[int64]string // the MACs at the places where heads point
}

// end is a head, and where it came from.
type end struct {
	Head
	name string
	last bool // it must be where the chain ends: the stored one
}

func newVerifier(keys Keyring, stored, kept []Head) *verifier {
	v := &verifier{keys: keys, chains: map[string]*chain{}}
	for _, h := range stored {
		v.expect(end{h, "the chain's head", true})
	}
	for _, h := range kept {
		v.expect(end{h, "the head kept elsewhere", false})
	}
	return v
}

func (v *verifier) expect(e end) {
	c := v.chain(e.Organisation)
	c.ends = append(c.ends, e)
	c.seen[e.Seq] = ""
	if err := e.verify(v.keys); err != nil {
		v.fault(e.Organisation, e.Seq, "%s: %v", e.name, err)
	}
}

func (v *verifier) chain(org string) *chain {
	c, ok := v.chains[org]
	if !ok {
		c = &chain{seen: map[int64]string{}}
		v.chains[org] = c
	}
	return c
}

func (v *verifier) fault(org string, seq int64, format string, args ...any) {
	v.report.Faults = append(v.report.Faults, Fault{org, seq, fmt.Sprintf(format, args...)})
}

func (v *verifier) entry(e storedEntry) {
	v.report.Entries++
	c := v.chain(e.organisation)
	if e.seq != c.seq+1 {
		v.fault(e.organisation, c.seq+1, "missing: entry %d comes next", e.seq)
	}
	var r Record
	if err := json.Unmarshal([]byte(e.body), &r); err != nil {
		v.fault(e.organisation, e.seq, "it cannot be read: %v", err)
	} else {
		v.record(e, r, c)
	}
	c.seq, c.mac = e.seq, e.mac
	if _, wanted := c.seen[e.seq]; wanted {
		c.seen[e.seq] = e.mac
	}
}

// record checks an entry by itself, and its link to the one before.
func (v *verifier) record(e storedEntry, r Record, c *chain) {
	if err := v.keys.verify(r.Key, "entry", []byte(e.body), e.mac); err != nil {
		v.fault(e.organisation, e.seq, "%v", err)
		return
	}
	switch {
	case r.Organisation != e.organisation || r.Seq != e.seq:
		v.fault(e.organisation, e.seq, "it was written as entry %d of %s", r.Seq, r.Organisation)
	case r.Order != e.order || micros(r.At) != e.at:
		v.fault(e.organisation, e.seq, "the columns do not say what the entry says")
	case r.Prev != c.mac && e.seq == c.seq+1:
		v.fault(e.organisation, e.seq, "it does not follow the entry before")
	}
}

func (v *verifier) finish() Report {
	for _, org := range slices.Sorted(maps.Keys(v.chains)) {
		v.finishChain(org, v.chains[org])
	}
	v.report.Organisations = len(v.chains)
	return v.report
}

func (v *verifier) finishChain(org string, c *chain) {
	headed := false
	for _, e := range c.ends {
		headed = headed || e.last
		switch {
		case e.Seq > c.seq:
			v.fault(org, c.seq+1, "missing: the chain ends at entry %d, %s is at %d", c.seq, e.name, e.Seq)
		case e.MAC != c.seen[e.Seq]:
			v.fault(org, e.Seq, "it is not the entry that %s is of", e.name)
		case e.last && e.Seq < c.seq:
			v.fault(org, e.Seq+1, "behind the chain's head, which is at %d", e.Seq)
		}
	}
	if !headed {
		v.fault(org, c.seq, "the chain has no head")
	}
}
