package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cartwright/commerce/ledger"
)

// auditCommand is for the auditor.
type auditCommand struct {
	Verify auditVerify `cmd:"" help:"Check every chain, its signed head, and heads that were kept elsewhere."`
	Heads  auditHeads  `cmd:"" help:"Print the signed heads as JSON lines: keep them elsewhere."`
	Export auditExport `cmd:"" help:"Print entries as JSON lines, or as CSV."`
}

// withBooks opens the ledger for fn.
func (p *program) withBooks(fn func(*ledger.Ledger) error) (err error) {
	_, books, err := p.openBooks()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	return fn(books)
}

type auditVerify struct {
	Heads string `help:"A file of heads that was kept elsewhere: a chain that was cut behind one shows." type:"path"`
}

func (c auditVerify) Run(p *program) error {
	kept, err := c.kept(p)
	if err != nil {
		return err
	}
	return p.withBooks(func(books *ledger.Ledger) error {
		report, err := books.Verify(p.ctx, kept)
		if err != nil {
			return err
		}
		for _, f := range report.Faults {
			fmt.Fprintln(p.stdout, f)
		}
		if len(report.Faults) > 0 {
			fmt.Fprintf(p.stdout, "%d faults in %d entries of %d organisations\n", len(report.Faults), report.Entries, report.Organisations)
			return errSilent
		}
		fmt.Fprintf(p.stdout, "whole: %d entries of %d organisations\n", report.Entries, report.Organisations)
		return nil
	})
}

// kept reads heads as `audit heads` prints them.
func (c auditVerify) kept(p *program) ([]ledger.Head, error) {
	if c.Heads == "" {
		return nil, nil
	}
	raw, err := p.readFile(c.Heads)
	if err != nil {
		return nil, fmt.Errorf("read the kept heads: %w", err)
	}
	var heads []ledger.Head
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var h ledger.Head
		err := json.Unmarshal(lines.Bytes(), &h)
		if err != nil {
			return nil, fmt.Errorf("line %d of the kept heads: %w", n, err)
		}
		heads = append(heads, h)
	}
	return heads, lines.Err()
}

type auditHeads struct{}

func (auditHeads) Run(p *program) error {
	return p.withBooks(func(books *ledger.Ledger) error {
		heads, err := books.Heads(p.ctx)
		if err != nil {
			return err
		}
		out := json.NewEncoder(p.stdout)
		for _, h := range heads {
			err := out.Encode(h)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

type auditExport struct {
	Organisation string `help:"Only this organisation's entries."`
	Order        string `help:"Only this order's entries."`
	From         day    `help:"From this day on (2026-11-24, UTC), or this time (RFC 3339)."`
	To           day    `help:"Up to this day or time, which is not included."`
	CSV          bool   `name:"csv" help:"As CSV instead of JSON lines."`
}

// day is a date or a time on the command line.
type day struct{ time.Time }

func (d *day) UnmarshalText(text []byte) error {
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		t, err := time.Parse(form, string(text))
		if err == nil {
			d.Time = t
			return nil
		}
	}
	return fmt.Errorf("%q is neither a day like 2026-11-24 nor a time like 2026-11-24T10:00:00Z", text)
}

func (c auditExport) Run(p *program) error {
	return p.withBooks(func(books *ledger.Ledger) error {
		query := ledger.ExportQuery{Organisation: c.Organisation, Order: strings.ToUpper(c.Order), From: c.From.Time, To: c.To.Time}
		if c.CSV {
			return exportCSV(p, books, query)
		}
		out := json.NewEncoder(p.stdout)
		return books.Export(p.ctx, query, func(r ledger.Record) error { return out.Encode(r) })
	})
}

var csvHead = []string{"organisation", "seq", "at", "actor", "platform", "workspace", "account", "action", "order", "event", "data", "key", "prev", "mac"}

func exportCSV(p *program, books *ledger.Ledger, q ledger.ExportQuery) error {
	out := csv.NewWriter(p.stdout)
	err := out.Write(csvHead)
	if err != nil {
		return err
	}
	err = books.Export(p.ctx, q, func(r ledger.Record) error {
		return out.Write(harmless([]string{
			r.Organisation, strconv.FormatInt(r.Seq, 10), r.At.UTC().Format(time.RFC3339Nano), r.Actor, r.Account.Platform,
			r.Account.Workspace, r.Account.ID, r.Action, r.Order, r.Event, string(r.Data), r.Key, r.Prev, r.MAC,
		}))
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a spreadsheet from reading a cell as a formula.
func harmless(cells []string) []string {
	for i, c := range cells {
		if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
			cells[i] = "'" + c
		}
	}
	return cells
}
