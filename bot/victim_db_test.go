package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"regexp"
	"slices"
	"strings"
)

// openDB opens the ledger's pool, which is the sandbox's too, so that the victim may die
// before and after each commit, and each statement that commits by itself.
//
// River's workers fetch and complete jobs on a pool of their own. A death there leaves
// what a death at the next point leaves: a job that is noted as running.
func (p *points) openDB(name, dsn string) (*sql.DB, error) {
	plain, err := sql.Open(name, dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(mortalConnector{plain.Driver(), dsn, p}), plain.Close()
}

type mortalConnector struct {
	driver driver.Driver
	dsn    string
	p      *points
}

func (c mortalConnector) Driver() driver.Driver { return c.driver }

func (c mortalConnector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return &mortalConn{Conn: inner, p: c.p}, nil
}

// mortalConn hands everything on; both drivers have all that is asserted here.
type mortalConn struct {
	driver.Conn
	p      *points
	inside bool     // a transaction
	wrote  []string // the audit's action, an order's intent, the sandbox's call, and tables
}

func (c *mortalConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.note(query, nil)
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

func (c *mortalConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.note(query, args) && !c.inside {
		return nil, errors.New("a query that writes outside a transaction has no crash points: " + query)
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *mortalConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	exec := func() (driver.Result, error) { return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args) }
	if !c.note(query, args) || c.inside {
		return exec()
	}
	return around(c.p, "write "+c.written(), exec)
}

func (c *mortalConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	c.inside, c.wrote = true, nil
	return mortalTx{tx, c}, nil
}

func (c *mortalConn) Ping(ctx context.Context) error {
	return c.Conn.(driver.Pinger).Ping(ctx)
}

func (c *mortalConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c *mortalConn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

func (c *mortalConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type mortalTx struct {
	driver.Tx
	c *mortalConn
}

func (t mortalTx) Commit() error {
	if len(t.c.wrote) == 0 {
		t.c.inside = false
		return t.Tx.Commit()
	}
	err := around0(t.c.p, "commit "+t.c.written(), t.Tx.Commit)
	t.c.inside = false
	return err
}

func (t mortalTx) Rollback() error {
	t.c.inside, t.c.wrote = false, nil
	return t.Tx.Rollback()
}

var (
	writes  = regexp.MustCompile(`(?i)^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)`)
	meaning = regexp.MustCompile(`"(action|step)":"([a-z_.]+)"`)
)

// note remembers what a statement writes, and says whether it does.
func (c *mortalConn) note(query string, args []driver.NamedValue) bool {
	table := writes.FindStringSubmatch(query)
	if table == nil {
		return false
	}
	c.wrote = append(c.wrote, table[1])
	for _, a := range args {
		text, _ := a.Value.(string)
		m := meaning.FindStringSubmatch(text)
		switch {
		case m != nil && (table[1] == "audit_entries" || table[1] == "orders"):
			c.wrote = append(c.wrote, m[1]+":"+m[2])
		case table[1] == "sandbox_calls" && strings.Contains(text, "."):
			c.wrote = append(c.wrote, "call:"+text)
		}
	}
	return true
}

// written names a write: by what it means where that is known.
func (c *mortalConn) written() string {
	names := slices.Compact(slices.Sorted(slices.Values(c.wrote)))
	c.wrote = nil
	meant := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.Contains(n, ":") })
	if len(meant) > 0 {
		names = meant
	}
	return strings.Join(names, "+")
}
