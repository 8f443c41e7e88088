package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/testservices/fakeslack"
)

// TestNothingIsLostBySlack is TestNothingIsLostOrDoneTwice with a buyer in Slack: the bot
// dies at its crash points, those of Slack's messages among them, and the buyer goes on by
// what they see.
func TestNothingIsLostBySlack(t *testing.T) {
	for _, at := range places(t) {
		t.Run(at.kind, func(t *testing.T) {
			began := time.Now()
			var points []string
			t.Run("undisturbed", func(t *testing.T) { points = liveInSlack(t, at, nil).points() })
			each := 2 * stride(at)
			var cases []string
			for i, point := range chosen(points) {
				if i%each == 0 {
					cases = append(cases, point)
				}
			}
			var mu sync.Mutex
			var missed []string
			parallel(len(cases), func(_, i int) {
				t.Run(cases[i], func(t *testing.T) {
					if l := liveInSlack(t, at, settings{crashAtEnv: cases[i]}); l.deaths == 0 {
						mu.Lock()
						defer mu.Unlock()
						missed = append(missed, cases[i])
					}
				})
			})
			t.Logf("%d deaths (each %d of %d points) in %s; %d points were not reached in their second life: %s",
				len(cases), each, len(chosen(points)), time.Since(began).Round(time.Second), len(missed), strings.Join(missed, ", "))
			if len(missed) > 3+len(cases)/20 {
				t.Error("more crash points than a few were not reached")
			}
		})
	}
}

// inSlack is one product for five people, of whom the first attempt at one fails.
var inSlack = story{
	name: "slack", wants: []want{{"business-premium", 5, true}}, outcome: "paid", scenario: "deliver", ends: commerce.StateCompleted, places: true,
}

// shopper is somebody in Slack who wants that, and presses what leads there.
type shopper struct {
	*life
	*fakeslack.Client
	line   *line
	placed bool // Place order was pressed: an order may be there
}

// liveInSlack lives the story once and checks what came of it. Redis is embedded, so that
// a death loses the conversation too.
func liveInSlack(t *testing.T, at place, dies settings) *life {
	t.Helper()
	l := newLife(t, at, inSlack, dies, "")
	s := fakeslack.New(fakeslack.Options{})
	t.Cleanup(s.Close)
	w := s.Workspace("TCONTOSO")
	w.Channel("CGENERAL", "UAICHA")
	c := w.Person(fakeslack.Person{ID: "UAICHA", Name: "Aïcha"})
	file := filepath.Join(t.TempDir(), "organisations.yaml")
	err := os.WriteFile(file, []byte(`organisations: [{id: contoso, name: Contoso SARL, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris,
		backend: sandbox, workspaces: {slack: [TCONTOSO]}, people: [{name: Aïcha, slack: UAICHA, roles: [buyer, licensing]}]}]`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	l.env = l.env.with(settings{
		"ORGANISATIONS_FILE": file, "SLACK_API_URL": s.APIURL(), "SLACK_SIGNING_SECRET": s.SigningSecret, "SLACK_BOT_TOKEN": w.Token,
	})
	p := &shopper{life: l, Client: c, line: &line{t: t, base: l.base, broken: l.broken, client: patient()}}
	defer p.line.client.CloseIdleConnections()
	order := p.shop()
	a := &account{t: t, db: books(t, l.db), url: l.db, order: order}
	l.until(a.unfinished)
	l.bot.kill()
	l.bot = nil
	a.check(inSlack)
	p.look(order)
	return l
}

// shop goes on until the order's own message says that it is done, and answers its number.
func (p *shopper) shop() string {
	p.t.Helper()
	for deadline := time.Now().Add(inSlack.time()); time.Now().Before(deadline); {
		p.Deliver(p.base())
		own := p.Last(p.DM())
		switch {
		case strings.Contains(own.Read(), "completed") && !strings.Contains(own.Read(), "Try again"):
			return orderNumber.FindString(own.Read())
		case has(own, "order.retry:"):
			_ = p.PressValue(p.t.Context(), own, "order.retry:")
			time.Sleep(pause)
		case payLink(own) != "":
			b := &buyer{line: p.line, story: inSlack}
			b.pay(payLink(own))
			time.Sleep(pause)
		case own.TS != "":
			time.Sleep(pause)
		default:
			p.step(p.Last("CGENERAL"))
		}
	}
	p.t.Fatalf("stuck at\n%s\n%s", p.Last("CGENERAL").Read(), p.Last(p.DM()).Read())
	return ""
}

func has(m fakeslack.Posted, verb string) bool {
	return slices.ContainsFunc(m.Buttons(), func(b fakeslack.Button) bool { return strings.HasPrefix(b.Value, verb) })
}

// step presses what leads on from a message of the wizard. What the bot does not take
// because it is dead the person tries again from the cart.
func (p *shopper) step(m fakeslack.Posted) {
	ctx := p.t.Context()
	var err error
	switch {
	case has(m, "place:"):
		p.placed = true
		err = p.PressValue(ctx, m, "place:")
	case has(m, "next:"):
		err = p.PressValue(ctx, m, "next:")
	case has(m, "checkout:"):
		err = p.PressValue(ctx, m, "checkout:")
	case has(m, "buy:business-premium"):
		if err = p.PressValue(ctx, m, "buy:business-premium"); err == nil {
			err = p.fill()
		}
	case strings.Contains(m.Read(), "Your cart is empty") && !p.placed:
		err = p.Command(ctx, "CGENERAL", "/m365", "buy business premium")
	default:
		err = p.Command(ctx, "CGENERAL", "/m365", "cart")
	}
	if err != nil && p.bot.ended(patience/10) {
		p.Deliver(p.base())
	}
	p.settle(m)
	if now := p.Last("CGENERAL"); now.TS == m.TS && now.Edits == m.Edits {
		_ = p.Command(ctx, "CGENERAL", "/m365", "cart")
		p.settle(m)
	}
}

// fill fills in the form that the click opens.
func (p *shopper) fill() error {
	for range 40 {
		if p.Modal() != nil {
			break
		}
		time.Sleep(pause / 4)
	}
	for _, err := range []error{p.Fill("Licences to add", "5"), p.Fill("Assign the licences automatically", "yes")} {
		if err != nil {
			return err
		}
	}
	return p.Submit(p.t.Context())
}

// settle waits a moment for the newest message to be another one.
func (p *shopper) settle(m fakeslack.Posted) {
	for range 20 {
		if now := p.Last("CGENERAL"); now.TS != m.TS || now.Edits != m.Edits || p.Last(p.DM()).TS != "" {
			return
		}
		time.Sleep(pause / 4)
	}
}

// look finds messages of other orders, and more copies than a death between sending one
// and noting it explains.
func (p *shopper) look(order string) {
	p.t.Helper()
	own := p.See(p.DM())
	if len(own) > 1+p.deaths {
		p.t.Errorf("%d messages of an order, after %d deaths", len(own), p.deaths)
	}
	for _, m := range own {
		if !strings.Contains(m.Read(), order) {
			p.t.Errorf("a message is about another order than %s:\n%s", order, m.Read())
		}
	}
	for _, c := range p.Refusals() {
		p.t.Errorf("%s was refused: %s %v", c.Method, c.Error, c.Body)
	}
}
