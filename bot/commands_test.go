package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"cartwright/commerce"
)

// shell runs commands as the person on call would, over one database.
type shell struct {
	t     *testing.T
	env   settings
	seams seams
}

func newShell(t *testing.T) shell {
	t.Helper()
	return shell{t: t, env: usual.with(settings{"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "books.db")})}
}

// does runs a command that must end with code, and answers what it said.
func (s shell) does(code int, args ...string) string {
	s.t.Helper()
	var out, err bytes.Buffer
	got := run(s.t.Context(), args, surroundings{env: s.env.find, readFile: os.ReadFile, stdout: &out, stderr: &err, seams: s.seams})
	if got != code {
		s.t.Fatalf("bot %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, &out, &err)
	}
	return out.String() + err.String()
}

func (s shell) says(text string, words ...string) {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.t.Errorf("%q is not in\n%s", w, text)
		}
	}
}

// buys lives a story of buying to its end.
func (s shell) buys(st story) string {
	s.t.Helper()
	base, stop := host(s.t, s.env)
	b := &buyer{line: fixed(s.t, base), org: "contoso", person: "aicha", story: st}
	b.live()
	stop()
	return b.order
}

func TestOnCall(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.says(s.does(exitOK, "migrate"), "up to date")
	id := s.buys(story{wants: []want{{"business-premium", 2, true}}, outcome: "paid", scenario: "deliver", ends: commerce.StateCompleted})

	s.says(s.does(exitOK, "orders", "list"), id, "contoso", "completed")
	s.says(s.does(exitOK, "orders", "list", "--state", "completed", "--organisation", "contoso"), id)
	if text := s.does(exitOK, "orders", "list", "--state", "failed"); strings.Contains(text, id) {
		t.Errorf("a completed order is listed as failed:\n%s", text)
	}
	s.says(s.does(exitFailed, "orders", "list", "--state", "nowhere"), "no state", "awaiting_payment")
	s.says(s.does(exitOK, "orders", "show", id), id, "completed", "2 × business-premium", "order.submitted by aicha", "payment.captured by bot")
	s.says(s.does(exitFailed, "orders", "show", "CW-99"), "there is no order CW-99")
	s.says(s.does(exitFailed, "orders", "retry", id), id+" is completed: there is nothing to try again")
	s.says(s.does(exitFailed, "orders", "resolve", id, "--as", "failed", "--reason", "because"), "is completed and cannot be resolved as failed")
	s.does(exitMisused, "orders", "resolve", id, "--as", "gone", "--reason", "because")
	s.does(exitFailed, "orders", "resolve", id, "--as", "failed", "--reason", " ")

	export := s.does(exitOK, "audit", "export", "--order", id)
	s.says(export, `"action":"order.retry_refused"`, `"action":"order.resolve_refused"`, `"action":"order.shown"`, `"actor":"on-call:`, `"action":"order.submitted"`)
	s.says(s.does(exitOK, "audit", "export", "--organisation", "contoso"), `"action":"orders.listed"`)
}

// A command in the wrong folder says so, and makes nothing there.
func TestNoBooksHere(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	for _, args := range [][]string{{"orders", "list"}, {"audit", "verify"}, {"audit", "heads"}} {
		s.says(s.does(exitFailed, args...), "there is no database")
	}
}

func TestResolvedByHandGivesBack(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	base, stop := host(t, s.env)
	b := &buyer{line: fixed(t, base), org: "contoso", person: "aicha", story: story{wants: []want{{"business-premium", 2, false}}, outcome: "abandoned"}}
	p := b.say("cart")
	for b.order == "" {
		p = b.next(p)
	}
	s.says(s.does(exitFailed, "orders", "retry", b.order), "is awaiting_payment: there is nothing to try again")
	s.says(s.does(exitFailed, "orders", "resolve", b.order, "--as", "completed", "--reason", "by hand"), "cannot be resolved as completed")
	stop() // resolved while nothing runs: the program goes on from it when it starts
	s.says(s.does(exitOK, "orders", "resolve", b.order, "--as", "failed", "--reason", "the vendor is closed"), "is failed")
	s.says(s.does(exitOK, "orders", "show", b.order), "failed", "the vendor is closed", "order.resolved by on-call:")
	base, stop = host(t, s.env)
	defer stop()
	again := &buyer{line: fixed(t, base), org: "contoso", person: "aicha"}
	shown := again.say("order " + b.order)
	if len(shown.Notices) == 0 || !strings.Contains(shown.Notices[0].Text, "the vendor is closed") {
		t.Errorf("the buyer is not told why: %+v", shown.Notices)
	}
}

func TestAuditor(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	id := s.buys(story{wants: []want{{"business-premium", 1, false}}, outcome: "paid", scenario: "deliver", ends: commerce.StateCompleted})
	s.says(s.does(exitOK, "audit", "verify"), "whole:", "organisations")

	heads := filepath.Join(t.TempDir(), "heads.jsonl")
	kept := s.does(exitOK, "audit", "heads")
	if err := os.WriteFile(heads, []byte(kept), 0o600); err != nil {
		t.Fatal(err)
	}
	s.says(s.does(exitOK, "audit", "verify", "--heads", heads), "whole:")
	moved := strings.Replace(kept, `"seq":`, `"seq":1`, 1) // a head further on than the chain: it was cut
	if err := os.WriteFile(heads, []byte(moved), 0o600); err != nil {
		t.Fatal(err)
	}
	s.says(s.does(exitFailed, "audit", "verify", "--heads", heads), "contoso", "faults")

	table, err := csv.NewReader(strings.NewReader(s.does(exitOK, "audit", "export", "--csv", "--order", id))).ReadAll()
	if err != nil || len(table) < 5 || len(table[0]) != len(csvHead) {
		t.Fatalf("%d rows, %v", len(table), err)
	}
	for line := range strings.Lines(s.does(exitOK, "audit", "export", "--from", "2026-01-01")) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	if text := s.does(exitOK, "audit", "export", "--to", "2026-01-01"); text != "" {
		t.Errorf("entries from before there were any: %s", text)
	}
	s.does(exitMisused, "audit", "export", "--from", "yesterday")
}

// An auditor a year later: an order that managers approved is in the audit with each vote
// and what the voter was shown, and the audit is whole; once somebody has changed a byte of
// it, removed its last entry, or swapped two, it is not.
func TestApprovalsAreAudited(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.env = s.env.with(managers)
	st := story{wants: plain.wants[1:], approve: []string{"bruno", "dagmar"}, outcome: "paid", scenario: "deliver", ends: commerce.StateCompleted}
	id := s.buys(st)
	s.says(s.does(exitOK, "audit", "export", "--order", id), `"approval.approved"`, `"approval.judged"`, `"message.posted"`, `"shown":"`, `"hash":"`)
	s.says(s.does(exitOK, "audit", "verify"), "whole:")
	url := s.env["DATABASE_URL"]
	original, err := os.ReadFile(strings.TrimPrefix(url, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	vote := "(SELECT seq FROM audit_entries WHERE body LIKE '%approval.approved%' ORDER BY seq LIMIT 1)"
	for name, harm := range map[string][]string{
		"a byte of a vote is changed": {"UPDATE audit_entries SET body = replace(body, '\"person\":\"bruno\"', '\"person\":\"bruna\"') WHERE seq = " + vote},
		"the last entry is removed":   {"DELETE FROM audit_entries WHERE seq = (SELECT MAX(seq) FROM audit_entries)"},
		"a vote and the next are swapped": {
			"UPDATE audit_entries SET seq = -1 - seq WHERE seq IN (" + vote + ", " + vote + " + 1)",
			"UPDATE audit_entries SET seq = (SELECT SUM(seq) FROM audit_entries WHERE seq < 0) * -1 - 2 + seq + 1 WHERE seq < 0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			harmed := shell{t: t, env: s.env.with(settings{"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "books.db")})}
			if err := os.WriteFile(strings.TrimPrefix(harmed.env["DATABASE_URL"], "sqlite:"), original, 0o600); err != nil {
				t.Fatal(err)
			}
			harmed.says(harmed.does(exitOK, "audit", "verify"), "whole:")
			db := books(t, harmed.env["DATABASE_URL"])
			for _, statement := range harm {
				result, err := db.Exec(statement)
				if n, _ := result.RowsAffected(); err != nil || n == 0 {
					t.Fatalf("%s: %v, %d rows", statement, err, n)
				}
			}
			harmed.says(harmed.does(exitFailed, "audit", "verify"), "contoso")
		})
	}
}

func TestMistakesAreToldTogether(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.env = s.env.with(settings{"CLOCK_SPEED": "fast", "HTTP_ADDR": "0.0.0.0:8080", "REDIS_URL": "http://nowhere"})
	s.says(s.does(exitMisused, "serve"), "CLOCK_SPEED", "PUBLIC_URL", "REDIS_URL")
}

func TestVersionHelpAndNonsense(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.says(s.does(exitOK, "version"), "cartwright", "go1.")
	s.says(s.does(exitOK, "--help"), "orders", "audit", "serve")
	s.does(exitMisused, "buy-everything")
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	admin := freeAddress(t)
	s.env = s.env.with(settings{"ADMIN_ADDR": admin})
	s.does(exitFailed, "health")
	_, stop := host(t, s.env)
	s.says(s.does(exitOK, "health"), "ready")
	res, err := http.Get("http://" + admin + "/metrics")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("metrics: %v, %v", res, err)
	}
	res.Body.Close()
	stop()
	s.does(exitFailed, "health")
}

// freeAddress is one that nothing listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	srv := &server{program: &program{}}
	l, err := srv.listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A configuration that is wrong is refused whole at SIGHUP; a right one holds at once.
func TestReload(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	file := filepath.Join(t.TempDir(), "organisations.yaml")
	write := func(buying string) {
		t.Helper()
		text := `organisations: [{id: acme, name: Acme, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris, backend: sandbox, buying: ` + buying +
			`, people: [{name: Aicha, roles: [buyer]}]}]`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("true")
	s.env = s.env.with(settings{"ORGANISATIONS_FILE": file})
	p := launch(t, s.env)
	defer p.kill()
	if !p.up(t) {
		t.Fatalf("it died:\n%s", p.log)
	}
	b := &buyer{line: fixed(t, p.base), org: "acme", person: "aicha", story: story{wants: []want{{"business-premium", 2, false}}}}
	prompt := b.say("cart")
	for !b.has(prompt, "checkout") {
		prompt = b.next(prompt)
	}
	hangUp := func(until func() bool) {
		t.Helper()
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(patience); !until(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("not reloaded:\n%s", p.log.tail())
			}
		}
	}
	write("false")
	hangUp(func() bool { return !b.has(b.say("cart"), "checkout") })
	write("perhaps")
	hangUp(func() bool { return strings.Contains(p.log.String(), "reload refused") })
	if b.has(b.say("cart"), "checkout") {
		t.Error("a wrong file changed something")
	}
	write("true")
	hangUp(func() bool { return b.has(b.say("cart"), "checkout") })
}
