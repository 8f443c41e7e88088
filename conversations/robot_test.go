package conversations_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// robot is somebody who clicks whatever they see, in a world where everything happens.
type robot struct {
	*person
	t      *rapid.T
	shown  map[string]bool        // hashes of quotes that a check prompt showed
	places map[int]bool           // cart revisions that Place order was clicked for
	starts map[string]bool        // forms that a task was started with
	older  []conversations.Prompt // the last few before the newest, which people scroll back to

	governed bool // managers approve
}

// remembers is how many older prompts the robot scrolls back through.
const remembers = 6

// Random walks: whatever is clicked, typed, paid, lost or late, the rules hold.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		defer w.close()
		w.failer, w.org = rt, rapid.SampledFrom([]string{"contoso", "fabrikam", "adatum"}).Draw(rt, "organisation")
		r := &robot{person: w.as("aicha"), t: rt, shown: map[string]bool{}, places: map[int]bool{}, starts: map[string]bool{}}
		r.speaking(rapid.SampledFrom(locale.Languages()).Draw(rt, "language"))
		if r.governed = rapid.Bool().Draw(rt, "managers"); r.governed {
			w.approves(commerce.Rule{Name: "asked", When: "quantity > 1", Approvals: rapid.IntRange(1, 2).Draw(rt, "approvals"), From: []commerce.Role{commerce.Approver, "finance"}})
		}
		w.watches = append(w.watches, r.watch)
		r.types("")
		for n := 0; r.governed && len(r.world.orders()) == 0 && n < 12; n++ {
			r.goesOn() // walks seldom get as far as an order by themselves
		}
		steps := rapid.IntRange(5, 40).Draw(rt, "steps")
		for range steps {
			r.steps()
			r.holds()
		}
		r.leaves()
	})
}

func (r *robot) buysFor() commerce.Organisation {
	org, _ := r.organisation(r.world.org)
	return org
}

// steps does one thing; what a person would mostly do is likelier than the rest.
func (r *robot) steps() {
	r.Helper()
	if r.governed && rapid.IntRange(0, 3).Draw(r.t, "who") == 0 {
		r.manages()
		return
	}
	switch n := rapid.IntRange(0, 19).Draw(r.t, "what"); {
	case n < 9:
		r.clicksSomething()
	case n < 11:
		r.scrollsBack()
	case n < 13:
		r.goesOn()
	case n == 13:
		r.types(rapid.SampledFrom([]string{"", "buy premium", "buy", "cart", "orders", "order CW-1001", "help", "cancel", "what?",
			"subscriptions", "assign", "assign basic", "remove", "remove exchange", "move", "move standard"}).Draw(r.t, "text"))
	case n == 14:
		r.passes(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 31 * time.Minute, 25 * time.Hour, 8 * 24 * time.Hour}).Draw(r.t, "later"))
	case n == 15:
		r.losesRedis()
	case n == 16:
		r.paysSomething()
	case n == 17:
		r.works()
	case n == 18:
		r.repeats()
	default:
		r.worldChanges()
	}
}

// clicksSomething clicks any control of the prompt, with values of its own.
func (r *robot) clicksSomething() {
	r.Helper()
	controls := slices.DeleteFunc(conversations.Controls(r.prompt), func(a conversations.Action) bool { return a.URL != "" })
	if len(controls) == 0 {
		r.types("cart")
		return
	}
	a := rapid.SampledFrom(controls).Draw(r.t, "control")
	for _, f := range r.prompt.Fields {
		r.fills(f.Key, r.valueFor(f))
	}
	r.presses(a)
}

// manages has somebody else, the buyer's managers above all, look at what waits for them and
// click whatever they see.
func (r *robot) manages() {
	r.Helper()
	m := &robot{person: r.as(rapid.SampledFrom([]string{"bruno", "chloe", "dagmar", "emil"}).Draw(r.t, "manager")), t: r.t}
	m.types(rapid.SampledFrom([]string{"approvals", "approvals", "orders", "delegate", "delegate chloe until 2027-01-01"}).Draw(r.t, "asks"))
	for range rapid.IntRange(1, 4).Draw(r.t, "clicks") {
		if ref := cmp.Or(m.refOf("approve"), m.refOf("approval")); ref != "" && rapid.Bool().Draw(r.t, "goes on") {
			m.presses(conversations.Action{Ref: ref})
			continue
		}
		m.clicksSomething()
	}
}

// approved holds an order that goes to its payment to its votes.
func (r *robot) approved(o commerce.Order) {
	r.Helper()
	a := o.Approval
	if a == nil {
		if r.governed && o.Quote.Lines[0].Quantity > 1 {
			r.Fatalf("%s needed approval, and nobody was asked", o.ID)
		}
		return
	}
	if a.Verdict != commerce.VerdictApproved {
		if slices.Contains([]commerce.State{commerce.StateAwaitingPayment, commerce.StatePaymentSecured, commerce.StatePlacing, commerce.StateProvisioning, commerce.StateAssigning, commerce.StateCompleted}, o.State) {
			r.Fatalf("%s is %s without a verdict", o.ID, o.State)
		}
		return
	}
	people := map[string]bool{}
	for _, v := range a.Votes {
		for _, who := range []string{v.Person, cmp.Or(v.For, "for "+v.Person)} {
			if who == o.Buyer || people[who] || v.Reject {
				r.Fatalf("%s was approved by %+v", o.ID, a.Votes)
			}
			people[who] = true
		}
	}
	if len(a.Votes) < a.Need.Approvals {
		r.Fatalf("%s was approved by %d of %d", o.ID, len(a.Votes), a.Need.Approvals)
	}
}

// scrollsBack clicks in one of the last few prompts, as it stands there.
func (r *robot) scrollsBack() {
	r.Helper()
	if len(r.older) > 0 {
		r.prompt = rapid.SampledFrom(r.older).Draw(r.t, "older")
	}
	if rapid.Bool().Draw(r.t, "goes on") {
		r.goesOn()
		return
	}
	r.clicksSomething()
}

func (r *robot) valueFor(f conversations.Field) string {
	switch f.Key {
	case "quantity":
		return rapid.SampledFrom([]string{"1", "2", "7", "50", "120", "300", "0", "-1", "301", "ten", "", "99999"}).Draw(r.t, "quantity")
	case "plan":
		return rapid.SampledFrom([]string{"P1Y.annual", "P1Y.monthly", "P1M.monthly", f.Value, "P9Y.never"}).Draw(r.t, "plan")
	case "addresses":
		return rapid.SampledFrom([]string{"", "a@b", "Amélie <amelie.aubert@contoso.example>, nobody", strings.Repeat("x@y ", 1001)}).Draw(r.t, "addresses")
	case "q":
		return rapid.SampledFrom([]string{"", "premium", "visio", "nothing", "a"}).Draw(r.t, "query")
	case "group":
		return rapid.SampledFrom([]string{"all", "business", "add-on", "none"}).Draw(r.t, "group")
	}
	switch f.Kind {
	case conversations.NumberField:
		return rapid.SampledFrom([]string{"1", "2", f.Value, "0", "x"}).Draw(r.t, f.Key)
	case conversations.ChoiceField:
		return rapid.SampledFrom([]string{f.Value, "aicha", "chloe", "emil", "P1Y.monthly", "P1M.monthly"}).Draw(r.t, f.Key)
	case conversations.DateField:
		return rapid.SampledFrom([]string{"2026-12-31", "2026-11-01", "soon", ""}).Draw(r.t, f.Key)
	case conversations.AreaField:
		return rapid.SampledFrom([]string{"", "not now", strings.Repeat("x", 600)}).Draw(r.t, f.Key)
	}
	return rapid.SampledFrom([]string{"true", "false"}).Draw(r.t, f.Key)
}

// goesOn clicks what leads towards an order, so that walks get somewhere.
func (r *robot) goesOn() {
	r.Helper()
	for _, verb := range []string{"start", "preview", "pick.everyone", "renew.plan", "place", "order.accept", "next", "accept", "checkout", "details", "cart.fix", "buy", "order.link", "order.retry", "task.retry", "list", "search"} {
		ref := r.refOf(verb)
		if ref == "" {
			continue
		}
		switch verb {
		case "details":
			r.fills("quantity", "3", "plan", "P1Y.annual")
		case "renew.plan":
			r.fills("quantity", "33")
		}
		r.presses(conversations.Action{Ref: ref})
		return
	}
	r.types("cart")
}

func (r *robot) paysSomething() {
	r.Helper()
	orders := slices.DeleteFunc(r.world.orders(), func(o commerce.Order) bool { return o.Payment.Session == "" })
	if len(orders) == 0 {
		return
	}
	o := rapid.SampledFrom(orders).Draw(r.t, "order")
	outcome, scenario := rapid.SampledFrom(sandbox.Outcomes).Draw(r.t, "outcome"), rapid.SampledFrom(sandbox.Scenarios).Draw(r.t, "scenario")
	err := r.outside.Pay(r.ctx, o.Payment.Session, outcome, scenario)
	if err != nil && commerce.CodeOf(err) == commerce.CodeInternal {
		r.Fatalf("pay: %v", err)
	}
	if rapid.Bool().Draw(r.t, "heard at once") {
		r.hears()
	}
}

// repeats delivers the last event again.
func (r *robot) repeats() {
	r.Helper()
	if r.last.ID == "" {
		return
	}
	before := len(r.world.orders())
	r.delivers(r.last)
	if after := len(r.world.orders()); after != before {
		r.Fatalf("a redelivery of %+v made an order", r.last)
	}
}

func (r *robot) worldChanges() {
	r.Helper()
	switch rapid.IntRange(0, 4).Draw(r.t, "change") {
	case 0:
		price, err := commerce.NewMoney(fmt.Sprintf("%d.10", rapid.IntRange(1, 400).Draw(r.t, "price")), r.buysFor().Currency)
		if err != nil {
			r.Fatalf("%v", err)
		}
		r.sells("business-premium", func(o *commerce.Offer) bool {
			for i := range o.Plans {
				if o.Plans[i].Price.Currency() == price.Currency() {
					o.Plans[i].Price = price
				}
			}
			return true
		})
	case 1:
		most := rapid.SampledFrom([]int{5, 100, 300}).Draw(r.t, "cap")
		r.sells("business-basic", func(o *commerce.Offer) bool { o.Seats.Max = most; return true })
	case 2:
		r.down.seats = !r.down.seats
	case 3:
		r.exec("UPDATE sandbox_seats SET owned = $1 WHERE organisation = $2 AND sku = $3", rapid.IntRange(40, 60).Draw(r.t, "seats"), r.person.org, basicSKU)
	default:
		r.down.people = !r.down.people
	}
}

// watch notes what is shown, and holds each prompt to the rules.
func (r *robot) watch(p *person, ref string, before, after conversations.Prompt) {
	p.Helper()
	if p.id != r.id {
		return
	}
	if before.Name != "" {
		r.older = append(r.older, before)
		r.older = r.older[max(0, len(r.older)-remembers):]
	}
	if after.Name == "check" {
		for _, verb := range []string{"next", "accept"} {
			if parts := strings.Split(p.refOf(verb), ":"); len(parts) == 3 {
				r.shown[parts[2]] = true
			}
		}
		r.addsUp()
	}
	if strings.HasPrefix(ref, "place:") && after.Name == "submitted" {
		var revision int
		fmt.Sscanf(ref, "place:%d:", &revision)
		r.places[revision] = true
	}
	if yes, form := begins(ref); yes && after.Name == "started" {
		r.starts[form] = true
	}
	if after.Name == "order" && after.Closed && p.refOf("order.cancel") != "" {
		p.Fatalf("an order that is over can be cancelled:\n%s", written(after))
	}
}

// begins reports whether a click on the ref starts a task, and the form that it does it
// with.
func begins(ref string) (yes bool, form string) {
	parts := strings.Split(ref, ":")
	return len(parts) == 4 && parts[0] == "start" || len(parts) == 5 && parts[0] == "renew.plan", parts[len(parts)-1]
}

// addsUp holds the quote in the ledger to its own lines.
func (r *robot) addsUp() {
	r.Helper()
	cart, err := r.books.Cart(r.ctx, r.world.org, "aicha")
	if err != nil || cart.Quote == nil {
		r.Fatalf("a check prompt without a quote (%v)", err)
	}
	sumUp(r, *cart.Quote)
}

func sumUp(r *robot, q commerce.Quote) {
	r.Helper()
	org := r.buysFor()
	sub, committed := commerce.Zero(org.Currency), commerce.Zero(org.Currency)
	for _, l := range q.Lines {
		if !l.Subtotal.Equal(l.Unit.Times(l.Quantity)) {
			r.Fatalf("%d × %s is not %s", l.Quantity, l.Unit, l.Subtotal)
		}
		sub, committed = sub.Plus(l.Subtotal), committed.Plus(l.Subtotal.Times(l.Plan.Periods()))
	}
	total := sub.Plus(sub.Percent(org.Tax.Rate))
	if !q.Subtotal.Equal(sub) || !q.Committed.Equal(committed) || !q.Total.Equal(total) || !q.Charged.Equal(total) || q.Tax.Cmp(total.Minus(sub)) != 0 {
		r.Fatalf("the quote does not add up: %+v", q)
	}
}

// holds checks what must be true at any time.
func (r *robot) holds() {
	r.Helper()
	cart, err := r.books.Cart(r.ctx, r.world.org, "aicha")
	if err != nil {
		r.Fatalf("read the cart: %v", err)
	}
	for _, l := range cart.Lines {
		offer, _ := commerce.BuiltIn().Offer(l.Offer)
		if most := cmp.Or(offer.Seats.Max, commerce.MaxQuantity); l.Quantity < 1 || l.Quantity > most {
			r.Fatalf("%d licences of %s are in the cart", l.Quantity, l.Offer)
		}
	}
	orders := r.world.orders()
	for _, o := range orders {
		r.holdsFor(o)
	}
	if len(orders) != len(r.places) {
		r.Fatalf("%d orders of %v", len(orders), slices.Sorted(maps.Keys(r.places)))
	}
	if n := r.count("SELECT count(*) FROM tasks"); n != len(r.starts) {
		r.Fatalf("%d tasks of %v", n, slices.Sorted(maps.Keys(r.starts)))
	}
}

func (r *robot) holdsFor(o commerce.Order) {
	r.Helper()
	r.approved(o)
	if o.Approval == nil && !r.shown[o.Quote.Hash] {
		r.Fatalf("%s was made of a quote that its buyer never saw", o.ID)
	}
	if !r.places[o.Quote.Revision] {
		r.Fatalf("%s was made of the cart at revision %d, which was not submitted", o.ID, o.Quote.Revision)
	}
	sumUp(r, o.Quote)
	if o.Payment.Captured.Cmp(o.Quote.Total) > 0 || o.Payment.Refunded.Cmp(o.Payment.Captured) > 0 {
		r.Fatalf("%s: %s taken, %s given back, of %s", o.ID, o.Payment.Captured, o.Payment.Refunded, o.Quote.Total)
	}
}

// leaves looks around at the end: help, cart and cancel lead on, what is shown twice is
// the same twice, and every order comes to an end or waits for its payer.
func (r *robot) leaves() {
	r.Helper()
	r.down = outages{}
	for text, prompt := range map[string]string{"help": "help", "cart": "cart", "cancel": "closed", "orders": "orders", "": "home", "subscriptions": "subscriptions"} {
		first := r.types(text).at(prompt).prompt
		if diff := gocmp.Diff(first, r.types(text).prompt); diff != "" {
			r.Fatalf("%q shown again differs:\n%s", text, diff)
		}
	}
	r.passes(8 * 24 * time.Hour)
	r.passes(8 * 24 * time.Hour) // a link that was opened only now has its day too
	r.settles()
	for _, o := range r.world.orders() {
		if !o.State.Ended() {
			r.Fatalf("%s is %s, and nobody waits for anything", o.ID, o.State)
		}
		r.types("order " + o.ID).at("order").lacks("/pay/")
	}
	if n := r.count(`SELECT count(*) FROM (SELECT user_id FROM sandbox_grants g GROUP BY organisation, user_id, sku HAVING count(*) > 1 + (
		SELECT count(*) FROM sandbox_removals r WHERE r.organisation = g.organisation AND r.user_id = g.user_id AND r.sku = g.sku))`); n > 0 {
		r.Fatalf("%d people were given a licence twice", n)
	}
	if n := r.count(`SELECT count(*) FROM sandbox_seats s WHERE owned < (
		SELECT count(*) FROM sandbox_licences h WHERE h.organisation = s.organisation AND h.sku = s.sku)`); n > 0 {
		r.Fatalf("of %d products more are used than owned", n)
	}
	if n := r.count("SELECT count(*) FROM sandbox_sessions WHERE status = 'secured'"); n > 0 {
		r.Fatalf("%d payments are held for nothing", n)
	}
}
