package conversations_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/graph"
	"cartwright/conversations"
	"cartwright/testservices/fakegraph"
)

// there is a world whose organisation buys from Microsoft itself: its tenant is at a Graph.
type there struct {
	*world
	graph *fakegraph.Graph
	shop  *shop
}

// shop is the hand-off, with what may happen to its answers.
type shop struct {
	commerce.Vendor
	lost  int  // that many answers are lost once the call was made
	down  bool // nothing answers
	hangs bool // nothing ever does
}

func (s *shop) after(ctx context.Context, placed commerce.Placed, err error) (commerce.Placed, error) {
	switch {
	case s.hangs:
		<-ctx.Done()
		return commerce.Placed{}, ctx.Err()
	case s.down:
		return commerce.Placed{}, errOutage
	case s.lost > 0:
		s.lost--
		return commerce.Placed{}, errOutage
	}
	return placed, err
}

func (s *shop) Place(ctx context.Context, org commerce.Organisation, p commerce.Placement) (commerce.Placed, error) {
	placed, err := s.Vendor.Place(ctx, org, p)
	return s.after(ctx, placed, err)
}

func (s *shop) LookUp(ctx context.Context, org commerce.Organisation, key string) (commerce.Placed, error) {
	placed, err := s.Vendor.LookUp(ctx, org, key)
	return s.after(ctx, placed, err)
}

func newThere(t *testing.T, cloud commerce.Cloud) *there {
	t.Helper()
	w := newWorld(t)
	at := map[commerce.Cloud]fakegraph.Cloud{commerce.Worldwide: fakegraph.Worldwide, commerce.Vianet: fakegraph.China}[cloud]
	fake := fakegraph.New(fakegraph.Options{Cloud: at, Now: w.now})
	t.Cleanup(fake.Close)
	g := graph.New(graph.Options{
		Tenant: func(string) (graph.Tenant, bool) {
			return graph.Tenant{ID: fake.Tenant, App: fake.AppID, Secret: fake.Secret}, true
		},
		Transport: fake.Client().Transport, Log: slog.New(slog.DiscardHandler), Now: w.now, Pause: time.Millisecond,
	})
	s := &shop{Vendor: graph.NewHandOff(g, w.sold)}
	w.service.Backends[commerce.Direct] = commerce.Ports{Vendor: s, Licensor: g}
	w.changes("contoso", func(o *commerce.Organisation) {
		o.Backend, o.Cloud, o.Currency = commerce.Direct, cloud, "USD"
	})
	return &there{w, fake, s}
}

// waits lets time pass in steps, so that each look has its time.
func (w *there) waits(d time.Duration) {
	w.Helper()
	for ; d > 0; d -= 10 * time.Minute {
		w.passes(min(d, 10*time.Minute))
	}
}

// audited counts the entries of an order's audit with that action.
func (w *there) audited(action string) int {
	w.Helper()
	return w.count("SELECT count(*) FROM audit_entries WHERE body LIKE $1", `%"`+action+`"%`)
}

// sameAsPosted requires that the order's own message says what asking for it says.
func (w *there) sameAsPosted(p *person, order string) {
	w.Helper()
	if got, want := written(w.as(p.id).reads(order).prompt), written(p.prompt); got != want {
		w.Errorf("the order's message reads:\n%s\nwant:\n%s", got, want)
	}
}

// holds requires so many holders of Business Premium, each given it once.
func (w *there) holds(n int) {
	w.Helper()
	if got := len(w.graph.Holders(fakegraph.BusinessPremium)); got != n || len(w.graph.Repeats()) > 0 {
		w.Errorf("%d people have a licence, want %d; repeats %v", got, n, w.graph.Repeats())
	}
}

// The whole purchase where Microsoft charges: from the cart over the admin centre's link of
// the cloud to licences in hands. Nobody says that it was bought; it is seen.
func TestThePurchaseAtMicrosoft(t *testing.T) {
	t.Parallel()
	for cloud, link := range map[commerce.Cloud]string{
		commerce.Worldwide: "https://go.microsoft.com/fwlink/p/?linkid=868433",
		commerce.Vianet:    "https://go.microsoft.com/fwlink/p/?linkid=850626",
	} {
		t.Run(string(cloud), func(t *testing.T) {
			t.Parallel()
			w := newThere(t, cloud)
			w.approves(commerce.Rule{Name: "all", Approvals: 1, From: []commerce.Role{commerce.Approver}})
			w.graph.Own(fakegraph.BusinessPremium, 20)
			w.graph.AddPeople(30)
			assign := cloud == commerce.Worldwide
			p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", assign).sees("Prices are indicative: Microsoft shows the price in force")
			p.clicks("Check out").sees("Prices are indicative", "Charged now = $0.00").lacks("Demonstration").clicks("Next")
			p.at("payment").sees("Once it is approved you buy in the admin centre", "Prices are indicative").clicks("Place order")
			w.works()
			w.as("bruno").reads("CW-1001").sees("Prices are indicative", "Charged now = $0.00").clicks("Approve")
			w.works()
			p.types("order CW-1001").sees("CW-1001: to be bought in the admin centre", "Billing Administrator or Global Administrator", "Prices are indicative")
			follow(t, p, map[bool]string{true: "Purchase services", false: "Add subscriptions"}[assign], link)
			w.sameAsPosted(p, "CW-1001")
			w.graph.Buy(fakegraph.BusinessPremium, 5, 15*time.Minute)
			w.waits(10 * time.Minute)
			p.types("order CW-1001").sees("CW-1001: to be bought in the admin centre").lacks("Seen so far")
			w.waits(10 * time.Minute)
			p.types("order CW-1001").sees("CW-1001: completed", "Done. The licences are ready.", "Bought: Microsoft 365 Business Premium: 5 of 5")
			w.sameAsPosted(p, "CW-1001")
			w.holds(map[bool]int{true: 5}[assign])
			if w.audited("order.handed_over") != 1 || w.audited("order.bought") != 1 {
				t.Error("the audit does not tell of it")
			}
		})
	}
}

// What was really bought is what the order ends with, and is shown.
func TestWhatWasReallyBought(t *testing.T) {
	t.Parallel()
	premium, standard := fakegraph.BusinessPremium, fakegraph.BusinessStandard
	for name, c := range map[string]struct {
		buys   func(w *there)
		soon   []string // what is seen after some minutes
		clicks string   // what the buyer then says
		later  time.Duration
		ends   []string
		holds  int
	}{
		"exactly": {buys: func(w *there) { w.graph.Buy(premium, 10, 0) }, soon: []string{"CW-1001: completed", "Done. The licences are ready."}, holds: 10},
		"more":    {buys: func(w *there) { w.graph.Buy(premium, 12, 0) }, soon: []string{"CW-1001: completed", "not quite what was ordered", "Microsoft 365 Business Premium: 12 of 10"}, holds: 10},
		"less, and that is all": {
			buys: func(w *there) { w.graph.Buy(premium, 7, 0) }, soon: []string{"to be bought in the admin centre", "Seen so far: Microsoft 365 Business Premium: 7 of 10"},
			clicks: "That is all I bought", ends: []string{"CW-1001: completed", "not quite what was ordered", "Bought: Microsoft 365 Business Premium: 7 of 10", "3 people were skipped", "no licence left"}, holds: 7,
		},
		"less, and nobody says anything": {
			buys: func(w *there) { w.graph.Buy(premium, 7, 0) }, soon: []string{"to be bought in the admin centre", "7 of 10"},
			later: 25 * time.Hour, ends: []string{"CW-1001: completed", "7 of 10"}, holds: 7,
		},
		"less, and then the rest": {
			buys: func(w *there) { w.graph.Buy(premium, 7, 0); w.graph.Buy(premium, 3, 5*time.Hour) }, soon: []string{"7 of 10"},
			later: 6 * time.Hour, ends: []string{"CW-1001: completed", "Done. The licences are ready.", "10 of 10"}, holds: 10,
		},
		"another product": {
			buys: func(w *there) { w.graph.Buy(standard, 10, 0) }, soon: []string{"something else has", "Microsoft 365 Business Standard: 10, not ordered"},
			clicks: "That is all I bought", ends: []string{"CW-1001: completed", "not quite what was ordered", "Microsoft 365 Business Premium: 0 of 10, Microsoft 365 Business Standard: 10, not ordered", "not bought"},
		},
		"another product, and nobody says anything": {
			buys: func(w *there) { w.graph.Buy(standard, 10, 0) }, soon: []string{"something else has"},
			later: 15 * 24 * time.Hour, ends: []string{"CW-1001: expired", "No purchase was seen", "Business Standard: 10, not ordered"},
		},
		"a trial": {
			buys: func(w *there) { w.graph.Subscribe(fakegraph.Subscription{SKU: premium, Seats: 25, Trial: true}, 0) }, soon: []string{"to be bought"},
			later: 25 * time.Hour, ends: []string{"to be bought"},
		},
		"nothing": {buys: func(*there) {}, soon: []string{"to be bought"}, later: 15 * 24 * time.Hour, ends: []string{"CW-1001: expired", "No purchase was seen in the admin centre in time"}},
		"seats of one, while another shrinks": {
			buys: func(w *there) { w.graph.Grow(w.graph.Own(fakegraph.EntraP1, 9), -4, 0); w.graph.Buy(premium, 10, 0) }, soon: []string{"CW-1001: completed", "10 of 10"}, holds: 10,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newThere(t, commerce.Worldwide)
			w.graph.AddPeople(12)
			p := w.as("aicha")
			p.buys("business-premium", "10", "P1Y.annual", true)
			c.buys(w)
			w.passes(5 * time.Minute)
			p.types("order CW-1001").sees(c.soon...)
			if c.clicks != "" {
				p.clicks(c.clicks)
				w.works()
			}
			for ; c.later > 0; c.later -= 6 * time.Hour {
				w.waits(6 * time.Hour)
			}
			p.types("order CW-1001").sees(c.ends...)
			if w.order("CW-1001").HandOff.Asked == 0 {
				w.sameAsPosted(p, "CW-1001")
			}
			w.holds(c.holds)
		})
	}
}

// Of two orders of the same product the older one is served first, and nothing counts for
// both: neither while both wait nor once one is done.
func TestTwoOrdersOfAProductAtMicrosoft(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	p := w.as("aicha")
	p.buys("business-premium", "5", "P1Y.annual", false)
	p.buys("business-premium", "5", "P1Y.annual", false)
	id := w.graph.Buy(fakegraph.BusinessPremium, 5, 0)
	w.passes(time.Minute)
	p.types("order CW-1001").sees("CW-1001: completed", "5 of 5")
	p.types("order CW-1002").sees("to be bought in the admin centre").lacks("Seen so far").clicks("I have bought it").sees("nothing is to be seen yet")
	third := p.buys("business-premium", "2", "P1Y.annual", false)
	w.graph.Grow(id, 7, 0)
	w.passes(time.Minute)
	p.types("order CW-1002").sees("CW-1002: completed", "5 of 5")
	p.types("order "+third).sees(third+": completed", "2 of 2")
	if n := w.order("CW-1001").Lines[0].Bought + w.order("CW-1002").Lines[0].Bought + w.order(third).Lines[0].Bought; n != 12 {
		t.Errorf("%d licences count, and 12 were bought", n)
	}
}

// What was bought for the newer of two orders of a product is its own: whether the older one,
// of another number, is left to wait or called off, and whoever looks first.
func TestAPurchaseForTheNewerOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		older  string // how many licences it is of
		says   bool   // the newer's buyer says that it is bought
		cancel bool   // the older is called off
	}{
		"of another number, and it is said":           {older: "10", says: true},
		"of another number, and it is seen":           {older: "10"},
		"of another number, and the other called off": {older: "10", says: true, cancel: true},
		"of the same number, and the other is":        {older: "5", cancel: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newThere(t, commerce.Worldwide)
			w.graph.AddPeople(30)
			p := w.as("aicha")
			older := p.buys("business-premium", c.older, "P1Y.annual", true)
			w.passes(time.Minute)
			newer := p.buys("business-premium", "5", "P1Y.annual", true)
			w.passes(time.Minute)
			w.graph.Buy(fakegraph.BusinessPremium, 5, 0)
			if c.says {
				p.types("order "+newer).clicks("I have bought it").sees(newer+":", "5 of 5")
			}
			ends := []string{"to be bought in the admin centre"}
			if c.cancel {
				p.types("order " + older).clicks("Cancel the order")
				ends = []string{older + ": cancelled", "Nothing was charged."}
			}
			w.waits(26 * time.Hour)
			p.types("order "+newer).sees(newer+": completed", "5 of 5", "assigned 5 of 5")
			p.types("order "+older).sees(ends...).lacks("Seen so far", "What had been bought")
			w.holds(5)
		})
	}
}

// What was bought before an order was handed over is not bought for it, though it is listed
// only afterwards: by somebody else, or for an order that was called off. What it grows by
// after that is.
func TestWhatIsListedLate(t *testing.T) {
	t.Parallel()
	for name, buys := range map[string]func(w *there, p *person) (id string){
		"of somebody else, and reads are behind": func(w *there, _ *person) string {
			defer w.passes(time.Minute)
			return w.graph.Subscribe(fakegraph.Subscription{SKU: fakegraph.BusinessPremium, Seats: 5, Created: w.now()}, 10*time.Minute)
		},
		"of an order that was called off": func(w *there, p *person) string {
			older := p.buys("business-premium", "5", "P1Y.annual", true)
			w.passes(time.Minute)
			id := w.graph.Subscribe(fakegraph.Subscription{SKU: fakegraph.BusinessPremium, Seats: 5, Created: w.now()}, 10*time.Minute)
			w.passes(time.Minute)
			p.types("order " + older).clicks("Cancel the order")
			w.passes(time.Minute)
			p.types("order "+older).sees(older+": cancelled", "Nothing was charged.")
			return id
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newThere(t, commerce.Worldwide)
			w.passes(time.Hour)
			w.graph.AddPeople(10)
			p := w.as("aicha")
			late := buys(w, p)
			id := p.buys("business-premium", "5", "P1Y.annual", true)
			w.waits(2 * time.Hour)
			p.types("order " + id).sees(id + ": to be bought in the admin centre").lacks("Seen so far").clicks("I have bought it").sees("nothing is to be seen yet")
			w.holds(0)
			if n := w.audited("order.owned_before"); n != 1 {
				t.Errorf("the audit tells %d times that it was there before", n)
			}
			w.graph.Grow(late, 5, 0)
			w.waits(time.Hour)
			p.types("order "+id).sees(id+": completed", "5 of 5", "Done. The licences are ready.")
			w.holds(5)
		})
	}
}

// What a reading shows now and then does not show is told once. What is gone for good is gone
// when the order is to end with it.
func TestReadingsThatDoNotAgree(t *testing.T) {
	t.Parallel()
	for _, back := range []int{0, 3} {
		t.Run(fmt.Sprint(back), func(t *testing.T) {
			t.Parallel()
			w := newThere(t, commerce.Worldwide)
			w.graph.AddPeople(12)
			p := w.as("aicha")
			id := p.buys("business-premium", "10", "P1Y.annual", true)
			bought := w.graph.Buy(fakegraph.BusinessPremium, 7, 0)
			w.passes(time.Minute)
			version, posts := w.order(id).Version, w.chat.posts
			for i := range 80 {
				w.graph.Lag(time.Duration((i+1)%2) * 48 * time.Hour)
				w.passes(15 * time.Minute)
			}
			if w.order(id).Version != version || w.audited("order.seen") != 1 || w.chat.posts != posts {
				t.Errorf("it is at version %d after %d, told %d times", w.order(id).Version, version, w.audited("order.seen"))
			}
			w.graph.Lag(0)
			w.graph.Grow(bought, -back, 0)
			w.waits(8 * time.Hour)
			if back > 0 {
				p.types("order "+id).sees(id+": to be bought", "4 of 10")
				w.waits(25 * time.Hour)
			}
			p.types("order "+id).sees(id+": completed", fmt.Sprintf("%d of 10", 7-back))
			w.holds(7 - back)
		})
	}
}

// Seats that were given back and are bought again for a new order count for it once its buyer
// says that they are, though they were an earlier one's within the hour.
func TestSeatsThatAreBoughtAgain(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	owned := w.graph.Own(fakegraph.BusinessPremium, 20)
	p := w.as("aicha")
	first := p.buys("business-premium", "10", "P1Y.annual", false)
	w.graph.Grow(owned, 10, 0)
	w.waits(10 * time.Minute)
	p.types("order "+first).sees(first+": completed", "10 of 10")
	w.graph.Grow(owned, -10, 0)
	w.waits(20 * time.Minute)
	again := p.buys("business-premium", "10", "P1Y.annual", false)
	w.waits(10 * time.Minute)
	w.graph.Grow(owned, 10, 0)
	w.waits(10 * time.Minute)
	p.types("order "+again).clicks("I have bought it").sees(again+": completed", "10 of 10")
}

// The buyer says that it is bought: the bot looks at once and says what it sees. It waits
// no longer than a turn may, and is asked no twice.
func TestTheBuyerSaysThatItIsBought(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	w.service.Timings.Read = 0
	p := w.as("aicha")
	p.buys("business-premium", "5", "P1Y.annual", false)
	p.types("order CW-1001").clicks("I have bought it").sees("I have looked: nothing is to be seen yet.", "15 minutes")
	w.shop.hangs = true
	p.clicks("I have bought it").sees("I have asked Microsoft, which has not answered yet.")
	w.shop.hangs = false
	w.graph.Buy(fakegraph.BusinessPremium, 3, 0)
	p.clicks("I have bought it").sees("this is what can be seen so far", "3 of 5")
	w.graph.Buy(fakegraph.BusinessPremium, 2, 0)
	p.clicks("I have bought it").sees("CW-1001: completed", "5 of 5")
	p.delivers(p.last).sees("CW-1001: completed")
	w.works()
	w.sameAsPosted(p.types("order CW-1001"), "CW-1001")
	if n := w.audited("order.said_bought"); n != 4 {
		t.Errorf("%d times it was said, want 4", n)
	}
	for _, verb := range []string{"order.bought:", "order.enough:", "order.wanted:"} {
		p.sends("", verb+"CW-1001", nil).sees("That is not possible any more: the order is completed.")
	}
	w.as("dagmar").sends("", "order.bought:CW-1001", nil).lacks("I have looked")
}

// After a day the buyer is asked by a further message, in their working hours. Who still
// wants it is waited for as long again; who calls it off is not.
func TestTheBuyerIsAsked(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	p := w.as("aicha")
	id := p.buys("business-premium", "5", "P1Y.annual", false)
	posts := w.chat.posts
	w.waits(23 * time.Hour)
	if w.chat.posts != posts {
		t.Errorf("%d messages after less than a day", w.chat.posts-posts)
	}
	w.waits(2 * time.Hour)
	if w.chat.posts != posts+1 {
		t.Fatalf("%d messages after a day, want one", w.chat.posts-posts)
	}
	p.prompt = w.asked()
	p.sees("This was handed over to you on 23 November 2026", "Is it still wanted?").
		offers("Purchase services", "I have bought it", "I still want it", "Cancel the order")
	until := w.order(id).HandOff.Until
	p.clicks("I still want it").sees("I go on waiting for the purchase.").offers("Purchase services", "I have bought it", "Cancel the order")
	if !w.order(id).HandOff.Until.After(until) {
		t.Error("it is not waited for any longer")
	}
	w.works()
	w.waits(25 * time.Hour)
	if w.chat.posts != posts+2 {
		t.Errorf("%d messages after another day, want two", w.chat.posts-posts)
	}
	p.prompt = w.asked()
	p.clicks("Cancel the order").sees("being cancelled")
	w.works()
	p.types("order "+id).sees("CW-1001: cancelled", "Nothing was charged.")
	w.waits(48 * time.Hour)
	if w.chat.posts != posts+2 {
		t.Error("the buyer is asked of an order that was called off")
	}
}

// asked is the last message that asks whether an order is still wanted.
func (w *there) asked() conversations.Prompt {
	w.Helper()
	w.chat.mu.Lock()
	defer w.chat.mu.Unlock()
	for i := len(w.chat.shown) - 1; i >= 0; i-- {
		if strings.Contains(written(w.chat.shown[i]), "Is it still wanted?") {
			return w.chat.shown[i]
		}
	}
	w.Fatalf("nobody is asked")
	return conversations.Prompt{}
}

// What was bought before an order was called off is not lost; while the tenant cannot be
// read, it is not called off.
func TestCallingOffWhatWasBought(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	w.graph.AddPeople(5)
	p := w.as("aicha")
	id := p.buys("business-premium", "5", "P1Y.annual", true)
	w.graph.Buy(fakegraph.BusinessPremium, 2, 0)
	w.shop.down = true
	p.types("order " + id).clicks("Cancel the order").sees("being cancelled")
	w.waits(time.Hour)
	p.types("order "+id).sees("being cancelled", "Microsoft has not answered me since")
	w.shop.down = false
	w.waits(time.Hour)
	p.types("order "+id).sees("CW-1001: cancelled", "What had been bought by then is yours", "Bought: Microsoft 365 Business Premium: 2 of 5", "Nobody was given a licence")
	w.sameAsPosted(p, "CW-1001")
	w.holds(0)
	other := p.buys("business-premium", "2", "P1Y.annual", false)
	w.passes(time.Minute)
	p.types("order " + other).sees("to be bought").lacks("Seen so far")
}

// A tenant that cannot be read neither completes an order nor ends it before its time, and
// is told of. The buyer is asked all the same.
func TestMicrosoftCannotBeAsked(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	p := w.as("aicha")
	id := p.buys("business-premium", "5", "P1Y.annual", false)
	w.shop.down = true
	for range 13 {
		w.waits(24 * time.Hour)
	}
	p.types("order "+id).sees("to be bought", "Microsoft has not answered me since 23 November 2026", "I keep trying until 7 December 2026").
		offers("Purchase services", "I have bought it", "I still want it", "Cancel the order")
	p.prompt = w.asked()
	p.sees("Microsoft has not answered me since 23 November 2026", "I cannot tell whether it has been bought", "Is it still wanted?")
	w.shop.down = false
	w.waits(25 * time.Hour)
	p.types("order "+id).sees("CW-1001: expired", "No purchase was seen").lacks("could not be asked")
	if n := w.audited("order.unreadable"); n != 1 {
		t.Errorf("the audit tells %d times of one outage", n)
	}
}

// Whatever cannot be read to the end is given up, and said to be what it is: neither bought
// nor not bought. What had been seen of it holds.
func TestNobodyKnowsWhetherItWasBought(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		buys   int    // before nothing can be read any more
		clicks string // what the buyer says then
		ends   []string
		holds  int
		audits string
	}{
		"nothing was seen": {
			ends:   []string{"CW-1001: expired", "I do not know whether this was bought", "look in the admin centre", "not known whether bought"},
			audits: "order.unseen",
		},
		"a part was seen": {
			buys: 3, ends: []string{"CW-1001: completed", "Bought: Microsoft 365 Business Premium: 3 of 5", "What was bought after that is not in this order"},
			holds: 3, audits: "order.bought",
		},
		"nothing was seen, and it is called off": {
			clicks: "Cancel the order",
			ends:   []string{"CW-1001: cancelled", "could not be asked whether something had been bought", "not known whether bought"},
			audits: "order.unseen",
		},
		"a part was seen, and it is called off": {
			buys: 3, clicks: "Cancel the order",
			ends: []string{"CW-1001: cancelled", "could not be asked whether something", "Bought: Microsoft 365 Business Premium: 3 of 5"}, audits: "order.unseen",
		},
		"it is still wanted": {clicks: "I still want it", ends: []string{"to be bought", "I keep trying until 8 December 2026"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newThere(t, commerce.Worldwide)
			w.graph.AddPeople(8)
			p := w.as("aicha")
			id := p.buys("business-premium", "5", "P1Y.annual", true)
			if c.buys > 0 {
				w.graph.Buy(fakegraph.BusinessPremium, c.buys, 0)
				w.waits(time.Hour)
			}
			w.shop.down = true
			w.waits(30 * time.Hour)
			if c.clicks != "" {
				p.prompt = w.asked()
				p.clicks(c.clicks)
			}
			for range 14 {
				w.waits(23 * time.Hour)
			}
			p.types("order "+id).sees(c.ends...).lacks("No purchase was seen", "Done. The licences are ready.", "I keep trying until 7")
			w.holds(c.holds)
			if c.audits != "" && w.audited(c.audits) != 1 {
				t.Errorf("the audit does not tell of %s", c.audits)
			}
			w.shop.down = false
			w.graph.Buy(fakegraph.BusinessPremium, 2, 0)
			w.waits(time.Hour)
			if p.types("order " + id); w.order(id).State.Ended() {
				w.sameAsPosted(p.sees(c.ends...), id)
			}
		})
	}
}

// Before what is owned is noted there is a limit as well: the buyer, who has seen no way
// yet and is told to wait, is asked after a day, and the order ends.
func TestWhatIsOwnedCannotBeNoted(t *testing.T) {
	t.Parallel()
	for _, ends := range []string{"by itself", "called off", "noted late"} {
		t.Run(ends, func(t *testing.T) {
			t.Parallel()
			w := newThere(t, commerce.Worldwide)
			w.shop.down = true
			p := w.as("aicha")
			id := p.buys("business-premium", "5", "P1Y.annual", false)
			p.types("order "+id).sees("CW-1001: being prepared for the purchase", "Please do not buy before that").lacks("to be bought").offers("Cancel the order")
			w.waits(time.Hour)
			p.types("order "+id).sees("being prepared", "Microsoft cannot be asked", "I keep trying until 7 December 2026").offers("Cancel the order")
			p.types("orders").sees("being prepared for the purchase")
			w.waits(25 * time.Hour)
			p.prompt = w.asked()
			p.sees("I could not show you the way to the admin centre yet. Is it still wanted?").offers("I still want it", "Cancel the order")
			p.clicks("I still want it").sees("I go on waiting", "I keep trying until 8 December 2026").offers("Cancel the order")
			w.waits(25 * time.Hour)
			switch p.prompt = w.asked(); ends {
			case "called off":
				p.clicks("Cancel the order")
				w.works()
				p.types("order "+id).sees("CW-1001: cancelled", "Nothing was charged.").lacks("not known")
			case "noted late":
				w.shop.down = false
				w.waits(time.Hour)
				p.types("order "+id).sees("to be bought", "Please finish the purchase", "I wait for the purchase until = 9 December 2026").lacks("could not be asked")
				w.waits(25 * time.Hour)
				p.prompt = w.asked()
				p.sees("I have not seen all of it bought yet")
			default:
				for range 13 {
					w.waits(24 * time.Hour)
				}
				p.types("order "+id).sees("CW-1001: expired", "I do not know whether this was bought")
				w.shop.down = false
				w.waits(time.Hour)
				w.sameAsPosted(p.types("order "+id), id)
			}
			if n := w.audited("order.handed_over"); n != map[string]int{"noted late": 1}[ends] {
				t.Errorf("it was handed over %d times", n)
			}
		})
	}
}

// Wherever an answer is lost, the order goes on: what is owned is read again before anybody
// is shown the way, and nothing is bought or given twice.
func TestLostAnswersOfAHandOff(t *testing.T) {
	t.Parallel()
	for lost := range 5 {
		t.Run(fmt.Sprint(lost), func(t *testing.T) {
			t.Parallel()
			w := newThere(t, commerce.Worldwide)
			w.graph.AddPeople(5)
			w.shop.lost = lost
			p := w.as("aicha")
			id := p.buys("business-premium", "5", "P1Y.annual", true)
			if lost > 0 {
				w.graph.Buy(fakegraph.BusinessPremium, 3, 0) // by somebody else, before the way was shown
			}
			for range 6 {
				w.passes(time.Minute)
			}
			w.shop.lost = lost
			w.graph.Buy(fakegraph.BusinessPremium, 5, 0)
			w.waits(time.Hour)
			p.types("order "+id).sees("CW-1001: completed", "5 of 5", "Done. The licences are ready.")
			w.holds(5)
		})
	}
}

// The person on call may have the bot look now, and may end an order by hand.
func TestThePersonOnCallAndAHandOff(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	p := w.as("aicha")
	for i, as := range []commerce.State{commerce.StateCompleted, commerce.StateFailed} {
		id := p.buys("business-premium", "5", "P1Y.annual", false)
		if _, err := w.service.Retry(w.ctx, commerce.OnCall("olga"), id); err != nil {
			t.Fatalf("look again: %v", err)
		}
		w.works()
		if _, err := w.service.Resolve(w.ctx, commerce.OnCall("olga"), id, as, "see ticket 4711"); err != nil {
			t.Fatalf("resolve: %v", err)
		}
		w.works()
		p.types("order "+id).sees(id+": "+string(as), "see ticket 4711")
		if n := w.count("SELECT count(*) FROM orders WHERE due_at > 0"); n != 0 {
			t.Errorf("%d: %d orders still wait for something", i, n)
		}
	}
}

// What is planned for a renewal is planned at Microsoft, and the bot says where.
func TestARenewalAtMicrosoft(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	w.graph.Own(fakegraph.BusinessPremium, 20)
	aicha := commerce.Actor{Organisation: "contoso", Person: "aicha", Roles: []commerce.Role{commerce.Buyer, commerce.Licensing}}
	seats, _, err := w.service.Subscriptions(w.ctx, aicha)
	if err != nil || len(seats) != 1 {
		t.Fatal(seats, err)
	}
	_, err = w.service.PlanRenewal(w.ctx, commerce.Request{Event: "e", Actor: aicha},
		commerce.RenewalPlan{SKU: seats[0].SKU, Seats: 5, Was: 20, Day: seats[0].RenewalDay(), Once: "f"})
	if !commerce.IsCode(err, commerce.CodeAtMicrosoft) || w.count("SELECT count(*) FROM tasks") != 0 {
		t.Errorf("planned: %v", err)
	}
}

// Who buys and who assigns are different roles at Microsoft, and so are the app's permissions:
// where the bot may not assign, that is tried for two hours and then told, with what it takes;
// the order does not wait for ever. Once it may, a person tries again.
func TestTheBotMayNotAssign(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	w.graph.AddPeople(25)
	w.graph.Permit("Organization.Read.All", "User.Read.All")
	p := w.as("aicha")
	id := p.buys("business-premium", "23", "P1Y.annual", true)
	w.graph.Buy(fakegraph.BusinessPremium, 23, 0)
	w.waits(100 * time.Minute)
	p.types("order " + id).sees("assigning licences").lacks("could not be given")
	w.waits(40 * time.Minute)
	p.types("order "+id).sees("CW-1001: completed", "23 people could not be given a licence", "Bought: Microsoft 365 Business Premium: 23 of 23",
		"If the licences cannot be assigned for want of permission", "LicenseAssignment.ReadWrite.All").offers("Go to Admin Home", "Who gets a licence", "Try again for 23 people")
	w.holds(0)
	p.clicks("Try again for 23 people")
	w.waits(10 * time.Minute)
	p.types("order "+id).sees("CW-1001: completed", "23 people could not be given a licence")
	w.graph.Permit(fakegraph.Permissions...)
	w.waits(70 * time.Minute) // until there is another token
	p.types("order " + id).clicks("Try again for 23 people")
	w.waits(10 * time.Minute)
	p.types("order "+id).sees("CW-1001: completed", "assigned 23 of 23").lacks("for want of permission")
	w.holds(23)
}

// Somebody whom no app may change holds up nobody: not even the order in whose last batch they
// are alone.
func TestTheBotMayNotAssignToOne(t *testing.T) {
	t.Parallel()
	w := newThere(t, commerce.Worldwide)
	w.graph.AddPeople(20)
	w.graph.Add(fakegraph.Person{Name: "Zoé Zimmer", Location: "FR", Restricted: true})
	p := w.as("aicha")
	id := p.buys("business-premium", "21", "P1Y.annual", true)
	w.graph.Buy(fakegraph.BusinessPremium, 21, 0)
	w.waits(10 * time.Minute)
	p.types("order "+id).sees(id+": completed", "assigned 20 of 21", "Microsoft lets no app change this person", "Zoé Zimmer").offers("Go to Admin Home", "Who gets a licence", "Try again for 1 person")
	w.holds(20)
}

// A task that is refused as a whole ends too.
func TestTheBotMayNotMove(t *testing.T) {
	t.Parallel()
	w := newEntra(t)
	people := w.people(25)
	w.fake.Own(fakegraph.BusinessBasic, 25)
	w.fake.Own(fakegraph.OfficeE3, 25)
	w.fake.Give(fakegraph.BusinessBasic, people...)
	w.fake.Permit("Organization.Read.All", "User.Read.All")
	asked := commerce.TaskRequest{Kind: commerce.TaskMove, SKU: fakegraph.BusinessBasic, To: fakegraph.OfficeE3, Users: people, Once: "form"}
	preview, err := w.service.Preview(w.ctx, w.officer(), asked)
	if err != nil {
		t.Fatal(err)
	}
	task, err := w.service.StartTask(w.ctx, commerce.Request{Actor: w.officer(), Event: "start"}, asked, preview.Hash())
	if err != nil {
		t.Fatal(err)
	}
	for minutes, want := range []commerce.TaskState{commerce.TaskRunning, commerce.TaskDone} {
		w.minutes(100 - 60*minutes)
		if task, err = w.books.Task(w.ctx, "contoso", task.ID); err != nil || task.State != want {
			t.Errorf("it is %s, want %s, %v", task.State, want, err)
		}
	}
	if task.People.Failed != 25 || len(w.fake.Changed()) != 0 {
		t.Errorf("%+v, and %d were changed", task.People, len(w.fake.Changed()))
	}
}
