package graph_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/graph"
	"cartwright/testservices"
	"cartwright/testservices/fakegraph"
)

func TestMain(m *testing.M) { os.Exit(testservices.Main(m)) }

const (
	owned    = fakegraph.PowerBIPro
	other    = fakegraph.VisioPlan1 // goes beside owned
	notOwned = fakegraph.EntraP1
	ghost    = "deadbeef-0000-4000-8000-000000000000"
)

var contoso = commerce.Organisation{ID: "contoso", Cloud: commerce.Worldwide, Country: "FR", Backend: commerce.Direct}

// world is a tenant at Graph, and the bot's way to it.
type world struct {
	*graph.Graph
	t    *testing.T
	fake *fakegraph.Graph
	log  *logbook
}

func newWorld(t *testing.T, o fakegraph.Options) *world {
	t.Helper()
	fake := fakegraph.New(o)
	t.Cleanup(fake.Close)
	w := &world{t: t, fake: fake, log: &logbook{}}
	w.restart()
	return w
}

// restart forgets what was learnt, such as a token.
func (w *world) restart() {
	w.Graph = graph.New(w.options())
}

func (w *world) options() graph.Options {
	app := graph.Tenant{ID: w.fake.Tenant, App: w.fake.AppID, Secret: w.fake.Secret}
	return graph.Options{
		Tenant:    func(id string) (graph.Tenant, bool) { return app, id == contoso.ID },
		Transport: w.fake.Client().Transport, Log: slog.New(slog.NewTextHandler(w.log, nil)), Pause: time.Millisecond,
	}
}

// logbook keeps what is logged.
type logbook struct {
	sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.Lock()
	defer l.Unlock()
	return l.text.String()
}

// people adds members who can have licences, and returns their ids.
func (w *world) people(n int) []string {
	var ids []string
	for _, p := range w.fake.AddPeople(n) {
		ids = append(ids, p.ID)
	}
	return ids
}

// soon is a context that ends before a test would.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// answers are reasons by user of an answer for each of users, in their order.
func answers(t *testing.T, users []string) func([]commerce.AssignResult, error) []commerce.Reason {
	return func(results []commerce.AssignResult, err error) []commerce.Reason {
		t.Helper()
		if err != nil || len(results) != len(users) {
			t.Fatalf("%d answers for %d users, %v", len(results), len(users), err)
		}
		all := make([]commerce.Reason, len(results))
		for i, r := range results {
			if r.User != users[i] {
				t.Errorf("answer %d is about %s, want %s", i, r.User, users[i])
			}
			all[i] = r.Reason
		}
		return all
	}
}

func (w *world) assign(sku string, users ...string) []commerce.Reason {
	w.t.Helper()
	return answers(w.t, users)(w.Assign(soon(w.t), contoso, sku, users))
}

func (w *world) remove(sku string, users ...string) []commerce.Reason {
	w.t.Helper()
	return answers(w.t, users)(w.Remove(soon(w.t), contoso, sku, users))
}

func (w *world) move(from, to string, users ...string) []commerce.Reason {
	w.t.Helper()
	return answers(w.t, users)(w.Move(soon(w.t), contoso, from, to, users))
}

// discreet looks for what is in no log and in no error: names, addresses, secrets, tokens.
func (w *world) discreet(texts ...string) {
	w.t.Helper()
	for _, text := range append(texts, w.log.String()) {
		for _, secret := range []string{w.fake.Secret, "eyJ", "contoso.onmicrosoft.com", "Amélie", "a11ce000"} {
			if strings.Contains(text, secret) {
				w.t.Errorf("%q is told: %s", secret, text)
			}
		}
	}
}
