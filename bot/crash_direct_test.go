package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/testservices/fakegraph"
)

// TestNothingIsLostAtMicrosoft is TestNothingIsLostInAChat where Microsoft charges: the
// bot dies around its calls to Graph and around all that it writes of the order, is started
// again, and finds the purchase by itself.
func TestNothingIsLostAtMicrosoft(t *testing.T) {
	for _, at := range places(t) {
		t.Run(at.kind, func(t *testing.T) { diesAtMicrosoft(t, at) })
	}
}

// handingOver picks the points that other stories have not, of those that each life has.
func handingOver(point string) bool {
	label, n, _ := strings.Cut(point, "@")
	if strings.HasSuffix(label, "vendor.look_up") && len(n) == 1 && n > "2" || len(n) > 1 {
		return false // how often it looks is a matter of time
	}
	return naming("vendor.place", "vendor.look_up", "licensor.assign", "licensor.licences", "action:order.", "step:", "assign")(point)
}

func diesAtMicrosoft(t *testing.T, at place) {
	t.Helper()
	began := time.Now()
	var points []string
	t.Run("undisturbed", func(t *testing.T) { points = liveAtMicrosoft(t, at, nil).points() })
	all := slices.DeleteFunc(chosen(points), func(point string) bool { return !handingOver(point) })
	var cases []string
	for i, point := range all {
		if i%stride(at) == 0 {
			cases = append(cases, point)
		}
	}
	var mu sync.Mutex
	var missed []string
	parallel(len(cases), func(_, i int) {
		t.Run(cases[i], func(t *testing.T) {
			if l := liveAtMicrosoft(t, at, settings{crashAtEnv: cases[i]}); l.deaths == 0 {
				mu.Lock()
				defer mu.Unlock()
				missed = append(missed, cases[i])
			}
		})
	})
	t.Logf("%d deaths (each %d of %d points) in %s; %d points were not reached in their second life: %s",
		len(cases), stride(at), len(all), time.Since(began).Round(time.Second), len(missed), strings.Join(missed, ", "))
	if len(missed) > 3+len(cases)/20 {
		t.Error("more crash points than a few were not reached")
	}
}

// liveAtMicrosoft lives the story once in a workspace of Slack, and checks what came of it.
func liveAtMicrosoft(t *testing.T, at place, dies settings) *life {
	t.Helper()
	f := fakegraph.New(fakegraph.Options{})
	t.Cleanup(f.Close)
	f.Own(fakegraph.BusinessPremium, 20)
	f.AddPeople(8)
	l := newLife(t, at, inAChat, dies, "")
	c := openSlack(t)
	l.env = l.env.with(c.settings()).with(atMicrosoft(t, f))
	delete(l.env, "CLOCK_SPEED")
	p := &shopper{life: l, chat: c, aicha: c.buyer(), bruno: c.manager(), line: &line{t: t, base: l.base, broken: l.broken, client: patient()}}
	p.buys = sync.OnceFunc(func() { f.Buy(fakegraph.BusinessPremium, inAChat.wants[0].quantity, 0) })
	defer p.line.client.CloseIdleConnections()
	a := &account{t: t, db: books(t, l.db), url: l.db, order: p.shop()}
	l.until(a.unfinished)
	l.bot.kill()
	l.bot = nil
	a.checkBought(f)
	p.look(a)
	return l
}

// atMicrosoft has the chat's organisation buy from Microsoft, and the bot reach the tenant.
func atMicrosoft(t *testing.T, f *fakegraph.Graph) settings {
	t.Helper()
	certificate := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(certificate, f.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	file := strings.NewReplacer("PLATFORM", "slack", "WORKSPACE", "TCONTOSO", "CHANNEL", "CMANAGERS", "AICHA", "UAICHA", "BRUNO", "UBRUNO", "EUR", "USD",
		"backend: sandbox", "backend: direct, graph: {tenant: "+f.Tenant+", client_id: "+f.AppID+", client_secret_env: GRAPH_SECRET}").Replace(chatOrganisation)
	return settings{
		"ORGANISATIONS_FILE": organisationsFile(t, file), "GRAPH_SECRET": f.Secret, "GRAPH_URL": f.URL(), "GRAPH_TOKEN_URL": f.URL(),
		"SSL_CERT_FILE": certificate, lookEnv: "100ms",
	}
}

// checkBought compares what the order says was bought and given with the tenant: each seat
// counts once and is one person's, who was given it once.
func (a *account) checkBought(f *fakegraph.Graph) {
	a.t.Helper()
	if n := one[int](a, `SELECT count(*) FROM orders`); n != 1 {
		a.t.Errorf("%d orders of one submit", n)
	}
	o, want := a.read(), inAChat.wants[0].quantity
	if o.State != commerce.StateCompleted || len(o.Lines) != 1 || o.Lines[0].Bought != want || o.Lines[0].People.Assigned != want {
		a.t.Errorf("the order ended %s with %+v", o.State, o.Lines)
	}
	a.checkCart()
	a.checkOrder(o)
	a.checkAudit()
	for _, once := range []string{"order.handed_over", "order.bought"} {
		if n := one[int](a, `SELECT count(*) FROM audit_entries WHERE body LIKE $1`, `%"`+once+`"%`); n != 1 {
			a.t.Errorf("%s is in the audit %d times", once, n)
		}
	}
	a.checkHolders(f)
	verified(a.t, a.url)
}

func (a *account) checkHolders(f *fakegraph.Graph) {
	a.t.Helper()
	served := column[string](a, `SELECT user_id FROM assignments WHERE state = 'assigned' ORDER BY user_id`)
	holders := f.Holders(fakegraph.BusinessPremium)
	slices.Sort(holders)
	if diff := cmp.Diff(served, holders); diff != "" {
		a.t.Errorf("licences given (-by the order +outside):\n%s", diff)
	}
	for _, id := range f.Changed() {
		if n := f.Assignments(id); n != 1 || !slices.Contains(served, id) {
			a.t.Errorf("the licences of %s were changed %d times", id, n)
		}
	}
	if len(f.Repeats())+len(f.Touched()) > 0 {
		a.t.Errorf("given twice: %v, locations set: %v", f.Repeats(), f.Touched())
	}
}
