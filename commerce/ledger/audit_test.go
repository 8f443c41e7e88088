package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
)

func appendEntries(t testing.TB, l *Ledger, org string, n int) {
	t.Helper()
	for i := range n {
		change(t, l, func(tx commerce.Tx) error {
			return tx.Append(commerce.Entry{
				Organisation: org, At: noon.Add(time.Duration(i) * time.Hour), Actor: buyer, Action: "order.submitted",
				Order: fmt.Sprintf("CW-%d", i+1), Data: json.RawMessage(`{"total": "13.13 EUR"}`),
			})
		})
	}
}

// faults are the organisation's, a line each.
func faults(t testing.TB, l *Ledger, org string, kept ...Head) string {
	t.Helper()
	report, err := l.Verify(t.Context(), kept)
	check(t, err)
	var all []string
	for _, f := range report.Faults {
		if f.Organisation == org {
			all = append(all, f.String())
		}
	}
	return strings.Join(all, "\n")
}

func TestAWholeAuditVerifies(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		appendEntries(t, l, org, 3)
		appendEntries(t, l, "fabrikam", 2)
		kept, err := l.Heads(t.Context())
		check(t, err)
		appendEntries(t, l, org, 2)
		report, err := l.Verify(t.Context(), kept)
		check(t, err)
		if diff := cmp.Diff(Report{Organisations: 2, Entries: 7}, report); diff != "" {
			t.Errorf("report (-want +got):\n%s", diff)
		}
	})
}

func TestConcurrentEntriesMakeOneChain(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		errs := atOnce(12, func(int) error {
			return l.Change(t.Context(), func(tx commerce.Tx) error {
				return tx.Append(commerce.Entry{Organisation: org, Action: "x"})
			})
		})
		check(t, errors.Join(errs...))
		report, err := l.Verify(t.Context(), nil)
		check(t, err)
		if report.Entries != 12 || len(report.Faults) > 0 {
			t.Errorf("got %+v, want 12 entries and no fault", report)
		}
	})
}

// tampering is what somebody with the database's password may do to one organisation's
// chain of five entries.
type tampering struct {
	t   *testing.T
	l   *Ledger
	org string
	old Head // the head, signed, as it was at entry 3
}

// do runs a statement on the organisation, which is $1.
func (x tampering) do(query string) { behind(x.t, x.l, query, x.org) }

func (x tampering) setHead(h Head) {
	behind(x.t, x.l, "UPDATE audit_heads SET seq = $2, mac = $3, at = $4, key_id = $5, signature = $6 WHERE organisation = $1",
		x.org, h.Seq, h.MAC, micros(h.At), h.Key, h.Signature)
}

func (x tampering) cutAndRestoreHead() {
	x.do("DELETE FROM audit_entries WHERE organisation = $1 AND seq > 3")
	x.setHead(x.old)
}

var tamperings = []struct {
	name string
	do   func(x tampering)
	kept bool // only a head that was kept elsewhere, at entry 5, shows it
	want string
}{
	{"change one byte", func(x tampering) {
		x.do("UPDATE audit_entries SET body = replace(body, '13.13', '93.13') WHERE organisation = $1 AND seq = 3")
	}, false, "entry 3: the MAC does not match"},
	{"change the order's column", func(x tampering) {
		x.do("UPDATE audit_entries SET order_id = 'CW-9' WHERE organisation = $1 AND seq = 3")
	}, false, "entry 3: the columns do not say"},
	{"change the time's column", func(x tampering) {
		x.do("UPDATE audit_entries SET at = at + 1 WHERE organisation = $1 AND seq = 3")
	}, false, "entry 3: the columns do not say"},
	{"change a MAC", func(x tampering) {
		x.do("UPDATE audit_entries SET mac = '00' WHERE organisation = $1 AND seq = 2")
	}, false, "entry 2: the MAC does not match"},
	{"name another key", func(x tampering) {
		x.do(`UPDATE audit_entries SET body = replace(body, '"key":"', '"key":"0') WHERE organisation = $1 AND seq = 2`)
	}, false, "entry 2: made with a key that is neither"},
	{"write what is no entry", func(x tampering) {
		x.do("UPDATE audit_entries SET body = 'x' WHERE organisation = $1 AND seq = 2")
	}, false, "entry 2: it cannot be read"},
	{"delete the last", func(x tampering) {
		x.do("DELETE FROM audit_entries WHERE organisation = $1 AND seq = 5")
	}, false, "entry 5: missing: the chain ends at entry 4, the chain's head is at 5"},
	{"delete one in the middle", func(x tampering) {
		x.do("DELETE FROM audit_entries WHERE organisation = $1 AND seq = 3")
	}, false, "entry 3: missing: entry 4 comes next"},
	{"delete one and close the gap", func(x tampering) {
		x.do("DELETE FROM audit_entries WHERE organisation = $1 AND seq = 3")
		x.do("UPDATE audit_entries SET seq = 3 WHERE organisation = $1 AND seq = 4")
		x.do("UPDATE audit_entries SET seq = 4 WHERE organisation = $1 AND seq = 5")
	}, false, "entry 3: it was written as entry 4"},
	{"delete all", func(x tampering) {
		x.do("DELETE FROM audit_entries WHERE organisation = $1")
	}, false, "entry 1: missing: the chain ends at entry 0"},
	{"swap two", func(x tampering) {
		x.do("UPDATE audit_entries SET seq = 9 WHERE organisation = $1 AND seq = 2")
		x.do("UPDATE audit_entries SET seq = 2 WHERE organisation = $1 AND seq = 3")
		x.do("UPDATE audit_entries SET seq = 3 WHERE organisation = $1 AND seq = 9")
	}, false, "entry 2: it was written as entry 3"},
	{"repeat one at the end", func(x tampering) {
		x.do(`INSERT INTO audit_entries SELECT organisation, 6, at, order_id, body, mac FROM audit_entries
			WHERE organisation = $1 AND seq = 5`)
	}, false, "entry 6: behind the chain's head, which is at 5"},
	{"put another organisation's in its place", func(x tampering) {
		appendEntries(x.t, x.l, x.org+" donor", 2)
		x.do("DELETE FROM audit_entries WHERE organisation = $1 AND seq = 2")
		x.do("UPDATE audit_entries SET organisation = $1 WHERE organisation = $1 || ' donor' AND seq = 2")
	}, false, "entry 2: it was written as entry 2 of"},
	{"restore an old head", func(x tampering) {
		x.setHead(x.old)
	}, false, "entry 4: behind the chain's head, which is at 3"},
	{"make up a head", func(x tampering) {
		x.old.Signature = "00"
		x.cutAndRestoreHead()
	}, false, "entry 3: the chain's head: the MAC does not match"},
	{"graft an entry of another past", func(x tampering) {
		x.do("UPDATE audit_entries SET seq = 104 WHERE organisation = $1 AND seq = 4")
		x.do("DELETE FROM audit_entries WHERE organisation = $1 AND seq = 5")
		x.setHead(x.old)
		for range 2 {
			change(x.t, x.l, func(tx commerce.Tx) error { return tx.Append(commerce.Entry{Organisation: x.org, Action: "another"}) })
		}
		x.do("DELETE FROM audit_entries WHERE organisation = $1 AND seq = 4")
		x.do("UPDATE audit_entries SET seq = 4 WHERE organisation = $1 AND seq = 104")
	}, false, "entry 5: it does not follow the entry before"},
	{"delete the head", func(x tampering) {
		x.do("DELETE FROM audit_heads WHERE organisation = $1")
	}, false, "entry 5: the chain has no head"},
	{"cut the tail and restore the old head", tampering.cutAndRestoreHead,
		true, "entry 4: missing: the chain ends at entry 3, the head kept elsewhere is at 5"},
	{"and let it grow again", func(x tampering) {
		x.cutAndRestoreHead()
		change(x.t, x.l, func(tx commerce.Tx) error { return tx.Append(commerce.Entry{Organisation: x.org, Action: "another"}) })
		appendEntries(x.t, x.l, x.org, 1)
	}, true, "entry 5: it is not the entry that the head kept elsewhere is of"},
	{"delete everything", func(x tampering) {
		x.do("DELETE FROM audit_entries WHERE organisation = $1")
		x.do("DELETE FROM audit_heads WHERE organisation = $1")
	}, true, "entry 1: missing: the chain ends at entry 0, the head kept elsewhere is at 5"},
}

func TestTamperingShows(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		for _, tt := range tamperings {
			t.Run(tt.name, func(t *testing.T) {
				x := tampering{t: t, l: l, org: tt.name}
				appendEntries(t, l, x.org, 3)
				x.old = head(t, l, x.org)
				appendEntries(t, l, x.org, 2)
				kept := head(t, l, x.org)
				if faults := faults(t, l, x.org, x.old, kept); faults != "" {
					t.Fatalf("before: %s", faults)
				}
				tt.do(x)
				without, with := faults(t, l, x.org), faults(t, l, x.org, kept)
				if !strings.Contains(with, tt.want) {
					t.Errorf("with the head kept: got %q\nwant %q", with, tt.want)
				}
				if tt.kept && without != "" {
					t.Errorf("without the head kept: %q; this row shows what only that can show", without)
				}
				if !tt.kept && !strings.Contains(without, tt.want) {
					t.Errorf("without the head kept: got %q\nwant %q", without, tt.want)
				}
			})
		}
	})
}

func head(t testing.TB, l *Ledger, org string) Head {
	t.Helper()
	heads, err := l.Heads(t.Context())
	check(t, err)
	for _, h := range heads {
		if h.Organisation == org {
			return h
		}
	}
	t.Fatalf("%s has no head: %v", org, heads)
	return Head{}
}

// A cut tail must not be signed over by the next entry.
func TestNothingIsAppendedToAHeadThatIsNotSigned(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		appendEntries(t, l, org, 3)
		behind(t, l, "DELETE FROM audit_entries WHERE seq = 3")
		behind(t, l, "UPDATE audit_heads SET seq = 2, mac = (SELECT mac FROM audit_entries WHERE seq = 2)")
		err := l.Change(t.Context(), func(tx commerce.Tx) error { return tx.Append(commerce.Entry{Organisation: org}) })
		if err == nil || !strings.Contains(err.Error(), "the MAC does not match") {
			t.Errorf("got %v", err)
		}
	})
}

func TestOldKeysVerifyWhatTheyMade(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		const next = "the next secret, of many bytes"
		before := open(t, url)
		appendEntries(t, before, org, 2)
		kept := head(t, before, org)

		rotated := openWith(t, url, Options{Keys: keyring(t, next, secret)})
		appendEntries(t, rotated, org, 2)
		if faults := faults(t, rotated, org, kept); faults != "" {
			t.Errorf("with the old key kept: %s", faults)
		}
		forgetful := openWith(t, url, Options{Keys: keyring(t, next)})
		got := faults(t, forgetful, org)
		for _, want := range []string{"entry 1: made with a key", "entry 2: made with a key"} {
			if !strings.Contains(got, want) {
				t.Errorf("with the old key gone: got %q, want %q", got, want)
			}
		}
		if strings.Contains(got, "entry 3") {
			t.Errorf("what the new key made does not verify: %s", got)
		}
	})
}

func TestExport(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		appendEntries(t, l, org, 4)
		appendEntries(t, l, "fabrikam", 2)
		for _, tt := range []struct {
			query ExportQuery
			want  string
		}{
			{ExportQuery{}, "contoso/1 contoso/2 contoso/3 contoso/4 fabrikam/1 fabrikam/2 "},
			{ExportQuery{Organisation: "fabrikam"}, "fabrikam/1 fabrikam/2 "},
			{ExportQuery{Order: "CW-2"}, "contoso/2 fabrikam/2 "},
			{ExportQuery{Organisation: org, From: noon.Add(time.Hour), To: noon.Add(3 * time.Hour)}, "contoso/2 contoso/3 "},
		} {
			got := ""
			check(t, l.Export(t.Context(), tt.query, func(r Record) error {
				got += fmt.Sprintf("%s/%d ", r.Organisation, r.Seq)
				if r.MAC == "" || string(r.Data) != `{"total":"13.13 EUR"}` {
					t.Errorf("a record is %+v", r)
				}
				return nil
			}))
			if got != tt.want {
				t.Errorf("%+v: got %q, want %q", tt.query, got, tt.want)
			}
		}
		enough := errors.New("enough")
		if err := l.Export(t.Context(), ExportQuery{}, func(Record) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("got %v, want the writer's error", err)
		}
	})
}
