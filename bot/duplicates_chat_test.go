package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/testservices/faketeams"
)

// relay stands between a platform and the bot and delivers everything twice.
type relay struct {
	url    string
	atOnce bool
	once   bool // of two deliveries the bot takes one, and refuses the other
	client *http.Client

	mu      sync.Mutex
	bot     string
	taken   int
	refused int
	bad     []string // what the bot said of a delivery that it did not take
}

func newRelay(t *testing.T, atOnce, once bool) *relay {
	t.Helper()
	r := &relay{atOnce: atOnce, once: once, client: patient()}
	server := httptest.NewServer(r)
	t.Cleanup(func() { server.Close(); r.client.CloseIdleConnections() })
	r.url = server.URL
	return r
}

func (r *relay) to(bot string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bot = bot
}

// ServeHTTP delivers a request and the same one again, one after the other or at once. The
// platform has the answer that says more: to what is known already there is little to say.
func (r *relay) ServeHTTP(w http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(in.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	var answers [2]*httptest.ResponseRecorder
	deliver := func(i int) func() { return func() { answers[i] = r.deliver(in, body) } }
	if r.atOnce {
		together(deliver(0), deliver(1))
	} else {
		deliver(0)()
		deliver(1)()
	}
	said := answers[0]
	if r.atOnce && answers[1].Body.Len() > said.Body.Len() {
		said = answers[1]
	}
	for name, values := range said.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(said.Code)
	_, _ = w.Write(said.Body.Bytes())
}

func (r *relay) deliver(in *http.Request, body []byte) *httptest.ResponseRecorder {
	r.mu.Lock()
	bot := r.bot
	r.mu.Unlock()
	w := httptest.NewRecorder()
	w.Code = http.StatusBadGateway
	out, err := http.NewRequestWithContext(in.Context(), in.Method, bot+in.URL.Path, bytes.NewReader(body))
	if err == nil {
		out.Header = in.Header.Clone()
		var got *http.Response
		if got, err = r.client.Do(out); err == nil {
			defer got.Body.Close()
			w.Code, w.HeaderMap = got.StatusCode, got.Header //nolint:staticcheck // it is what the recorder keeps them in
			_, err = io.Copy(w.Body, got.Body)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken++
	if r.once && w.Code == http.StatusUnauthorized && w.Body.Len() == 0 {
		r.refused++
		return w
	}
	if err != nil || w.Code >= http.StatusMultipleChoices || strings.Contains(w.Body.String(), "microsoft.error") {
		r.bad = append(r.bad, http.StatusText(w.Code)+" "+w.Body.String())
	}
	return w
}

// relayed is a platform that delivers everything twice.
type relayed struct {
	chat
	relay *relay
}

func (c relayed) deliver(base string) {
	c.relay.to(base)
	c.chat.deliver(c.relay.url)
}

// Everything that a platform delivers comes twice, one after the other and at once: one order
// is placed and paid once, with one verdict, and has one message.
func TestEachDeliveryComesTwice(t *testing.T) {
	for _, p := range platforms {
		for name, atOnce := range map[string]bool{"one after the other": false, "at once": true} {
			t.Run(p.name+" "+name, func(t *testing.T) {
				t.Parallel()
				r := newRelay(t, atOnce, p.name == "discord")
				liveInAChat(t, place{"sqlite", sqliteTemplate(t)}, func(t *testing.T) chat { return relayed{p.open(t), r} }, nil)
				if r.taken < 20 || len(r.bad) > 0 {
					t.Errorf("of %d deliveries these were not taken: %q", r.taken, r.bad)
				}
				if want := r.taken / 2; r.once && r.refused != want {
					t.Errorf("of %d deliveries %d were refused, not %d", r.taken, r.refused, want)
				}
			})
		}
	}
}

// chatter is a bot in this process, and its buyer and manager on a platform.
type chatter struct {
	*testing.T
	chat
	*account
	aicha client
}

func newChatter(t *testing.T, open func(*testing.T) chat) chatter {
	t.Helper()
	c := open(t)
	h := place{"sqlite", sqliteTemplate(t)}.host(t, c.settings())
	c.deliver(h.base)
	return chatter{t, c, h.account, c.buyer()}
}

// shows waits until the newest answer of the wizard offers something.
func (c chatter) shows(ref string) seen {
	c.T.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		now := newest(c.aicha, wizards)
		if now.offers(ref) {
			return now
		}
		if time.Now().After(deadline) {
			c.Fatalf("there is no %q in\n%s", ref, now.text)
		}
	}
}

// reads waits until the newest answer of the wizard says something.
func (c chatter) reads(text string) {
	c.T.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		now := newest(c.aicha, wizards)
		if strings.Contains(now.text, text) {
			return
		}
		if time.Now().After(deadline) {
			c.Fatalf("there is no %q in\n%s", text, now.text)
		}
	}
}

func (c chatter) does(err error) {
	c.T.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// steps goes through the wizard to where an order is placed, and answers what was seen on
// the way: the list, the cart, what was checked, and the payment.
func (c chatter) steps() (list, cart, check, payment seen) {
	c.T.Helper()
	c.does(c.aicha.say("buy business premium"))
	list = c.shows("buy:business-premium")
	c.does(c.aicha.press(list, "buy:business-premium"))
	c.does(c.aicha.fill(list))
	cart = c.shows("checkout:")
	c.does(c.aicha.press(cart, "checkout:"))
	check = c.shows("next:")
	c.does(c.aicha.press(check, "next:"))
	return list, cart, check, c.shows("place:")
}

// quantities are of how many licences each line of each order is.
func (c chatter) quantities() []int {
	c.T.Helper()
	var all []int
	for _, id := range column[string](c.account, `SELECT id FROM orders`) {
		a := *c.account
		a.order = id
		for _, l := range a.read().Lines {
			all = append(all, l.Quantity)
		}
	}
	return all
}

// The same button is clicked by several clients of one person at once, and what was seen on
// the way is clicked again afterwards: one order, and an answer to each.
func TestOldAndParallelClicksInAChat(t *testing.T) {
	for _, p := range platforms {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			c := newChatter(t, p.open)
			_, cart, check, payment := c.steps()
			place := func() {
				if err := c.aicha.again(payment, "place:"); err != nil {
					t.Errorf("a click at the same time as others: %v", err)
				}
			}
			together(place, place, place, place)
			for deadline := time.Now().Add(patience); newest(c.aicha, orders).id == "" && time.Now().Before(deadline); {
				time.Sleep(5 * time.Millisecond)
			}
			for ref, old := range map[string]seen{"place:": payment, "next:": check, "checkout:": cart} {
				if err := c.aicha.again(old, ref); err != nil {
					t.Errorf("an old click on %s: %v", ref, err)
				}
			}
			c.does(c.aicha.say("cart"))
			c.shows("search")
			if got := c.quantities(); len(got) != 1 || got[0] != 5 {
				t.Errorf("orders of %v licences", got)
			}
			if own := c.aicha.see(orders); len(own) != 1 {
				t.Errorf("%d messages of one order", len(own))
			}
			if shown := newest(c.aicha, wizards); !strings.Contains(shown.text, "Your cart is empty") {
				t.Errorf("in the end the cart is\n%s", shown.text)
			}
		})
	}
}

// A form that is sent twice by impatient clicks in Teams, where its inputs stay, puts one
// line into the cart.
func TestTeamsFormTwice(t *testing.T) {
	t.Parallel()
	c := newChatter(t, openTeams)
	c.does(c.aicha.say("buy business premium"))
	list := c.shows("buy:business-premium")
	c.does(c.aicha.press(list, "buy:business-premium"))
	details := c.shows("details:")
	aicha := c.aicha.(teamsClient)
	send := func() {
		form := details.raw.(faketeams.Message)
		for _, b := range form.Buttons() {
			if ref, _ := b.Data["m365.ref"].(string); strings.HasPrefix(ref, "details:") {
				if _, err := aicha.Click(t.Context(), form, b, map[string]string{"quantity": "5"}); err != nil {
					t.Error(err)
				}
			}
		}
	}
	together(send, send)
	c.does(aicha.say("cart"))
	c.shows("checkout:")
	carts := column[string](c.account, `SELECT body FROM carts`)
	if len(carts) != 1 || strings.Count(carts[0], `"business-premium"`) != 1 || !strings.Contains(carts[0], `"quantity":5`) {
		t.Errorf("the cart holds %s", carts)
	}
}

// What somebody has written in Teams is delivered again, twice at once and once more: they
// have one answer.
func TestTeamsMessageAgain(t *testing.T) {
	t.Parallel()
	c := newChatter(t, openTeams)
	aicha := c.aicha.(teamsClient)
	c.does(aicha.say("buy business premium"))
	c.shows("buy:business-premium")
	ms := c.chat.(*teamsChat).teams
	d := ms.Deliveries()[0]
	again := func() {
		if got, err := ms.Redeliver(t.Context(), d); err != nil || got.Status != http.StatusOK {
			t.Errorf("a redelivery is answered %d, %v", got.Status, err)
		}
	}
	together(again, again)
	again()
	c.does(aicha.say("cart"))
	c.reads("Your cart is empty") // after which nothing of before is on its way
	if all := aicha.see(wizards); len(all) != 2 {
		t.Errorf("%d answers to two things that were said", len(all))
	}
}
