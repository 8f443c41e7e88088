package conversations_test

import (
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/conversations"
)

func alsoBuyer(id string) func(*commerce.Organisation) {
	return func(o *commerce.Organisation) {
		people := append([]commerce.Person(nil), o.People...)
		for i := range people {
			if people[i].ID == id {
				people[i].Roles = append([]commerce.Role{commerce.Buyer}, people[i].Roles...)
			}
		}
		o.People = people
	}
}

// everything is each command that can be typed and each kind of ref that could be sent,
// some of them about an order of Aïcha's and a line of her cart.
var everything = []struct{ text, ref string }{
	{text: ""}, {text: "buy"}, {text: "buy premium"}, {text: "cart"}, {text: "cancel"}, {text: "nonsense"},
	{ref: "home"}, {ref: "cancel"}, {ref: "list:0"}, {ref: "search"}, {ref: "buy:business-premium"}, {ref: "details:business-premium:0:0"},
	{ref: "details:business-premium:1:1"}, {ref: "details:business-premium:0:2"}, {ref: "cart"}, {ref: "line.change:2:3"}, {ref: "line.remove:2:3"},
	{ref: "cart.empty:3"}, {ref: "cart.fix:3"}, {ref: "checkout:3"}, {ref: "accept:3:00"}, {ref: "next:3:00"}, {ref: "place:3:00"},
	{ref: "nonsense"},
}

// ofTheOrder are the refs that change an order.
var ofTheOrder = []string{"order.cancel:CW-1001", "order.link:CW-1001", "order.retry:CW-1001"}

// A world in which Aïcha has an order with a link that expired, and a cart.
func withAnOrder(t *testing.T) *world {
	w := newWorld(t)
	p := w.as("aicha")
	p.buys("business-premium", "9", "P1Y.annual", true)
	w.passes(24 * time.Hour)
	p.puts("visio-p2", "2", "P1Y.annual", false)
	return w
}

// Those who may not buy are told so politely, and whom to ask, whatever they try; and
// nothing changes.
func TestWhoMayNot(t *testing.T) {
	t.Parallel()
	const unknown, denied = "I do not know you in this organisation, so you cannot buy for it. Please ask Aïcha.",
		"You do not have the role that this needs. Nothing was changed. Please ask Aïcha."
	for who, c := range map[string]struct {
		says  string
		reads bool
	}{"bruno": {denied, true}, "emil": {denied, false}, "mallory": {unknown, false}} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			w := withAnOrder(t)
			books := w.remembered()
			p := w.as(who)
			for _, e := range everything {
				p.sends(e.text, e.ref, map[string]string{"quantity": "1", "plan": "P1Y.annual"}).sees(c.says).lacks("Visio", "<Cart", "€")
			}
			for _, ref := range ofTheOrder {
				p.sends("", ref, nil).sees(c.says)
				if !c.reads {
					p.at("trouble").lacks("€", "Business")
				}
			}
			p.sends("", "orders:0", nil)
			p.types("order CW-1001")
			if c.reads {
				p.at("order").sees("CW-1001", "€").offers("Who gets a licence")
				p.sends("", "order.people:CW-1001:0", nil).at("people")
				p.types("orders").at("orders").sees("CW-1001")
			} else {
				p.sees(c.says).lacks("€", "Business")
				p.sends("", "order.people:CW-1001:0", nil).sees(c.says).lacks("Álvaro")
				p.types("orders").sees(c.says).lacks("CW-1001")
			}
			p.types("help").at("help")
			if w.remembered() != books {
				t.Errorf("%s changed something", who)
			}
		})
	}
}

// Every way on that somebody is shown leads somewhere that is not a refusal.
func TestNoButtonLeadsToARefusal(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"bruno", "emil", "mallory"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			p, seen := withAnOrder(t).as(who), map[string]bool{}
			for _, text := range []string{"", "help", "cart", "orders", "order CW-9999", "order CW-1001"} {
				p.types(text)
				clicksAround(t, p, seen)
			}
		})
	}
}

// clicksAround clicks everything that can be reached from here.
func clicksAround(t *testing.T, p *person, seen map[string]bool) {
	t.Helper()
	for _, a := range conversations.Controls(p.prompt) {
		if a.URL != "" || seen[a.Ref] {
			continue
		}
		seen[a.Ref] = true
		p.sends("", a.Ref, nil)
		if name := p.prompt.Name; name == "refused" || name == "trouble" {
			t.Errorf("%s is offered %q, which is %s", p.id, a.Label, name)
		}
		clicksAround(t, p, seen)
	}
}

// Where roles cannot be looked up nothing is done for anybody, the buyer included.
func TestWhenNobodyCanBeLookedUp(t *testing.T) {
	t.Parallel()
	w := withAnOrder(t)
	books := w.remembered()
	w.directory.fails = true
	const says = "Your roles could not be looked up just now, so nothing was done. Please try again in a minute."
	for _, who := range []string{"aicha", "bruno", "mallory"} {
		p := w.as(who)
		for _, e := range everything {
			p.sends(e.text, e.ref, map[string]string{"quantity": "1", "plan": "P1Y.annual"}).sees("# That did not work", says).lacks("Visio", "€")
		}
		for _, ref := range append([]string{"orders:0", "order:CW-1001", "order.people:CW-1001:0"}, ofTheOrder...) {
			p.sends("", ref, nil).sees(says).lacks("CW-1001", "€")
		}
		p.types("help").at("help")
	}
	if w.remembered() != books {
		t.Error("something was changed")
	}
	w.directory.fails = false
	w.as("aicha").types("cart").at("cart").sees("Visio")
}

// A platform without a directory is one that cannot look anybody up.
func TestAPlatformWithoutADirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	delete(w.engine.Directories, platform)
	w.as("aicha").types("cart").sees("Your roles could not be looked up just now")
}

// Guests, bots and deactivated accounts are nobody, whatever the file says.
func TestAClosedAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.directory.closed = map[string]bool{"aicha": true}
	w.as("aicha").types("cart").at("refused").sees("I do not know you in this organisation")
}

// Membership of a group on the platform grants a role, while it lasts, to people of the
// organisation only.
func TestAGroupGrantsARole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changes("contoso", func(o *commerce.Organisation) {
		o.Groups = map[commerce.Role]map[string][]string{commerce.Buyer: {platform: {"purchasing"}, "elsewhere": {"sales"}}}
	})
	w.directory.groups = map[string][]string{"emil": {"lunch", "purchasing"}, "bruno": {"sales"}, "mallory": {"purchasing"}}
	w.as("emil").puts("business-premium", "1", "P1Y.annual", false)
	w.as("bruno").types("cart").at("refused")
	w.as("mallory").types("cart").at("refused")
	w.directory.groups = nil
	w.as("emil").types("cart").at("refused")
}

// Somebody in nobody's organisation file is told to ask an administrator.
func TestNobodyToAsk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changes("contoso", withoutRoles)
	w.as("aicha").types("cart").at("refused").sees("Please ask your administrator.")
	w.as("mallory").speaking("fr").types("cart").at("refused").sees("Adressez-vous à votre administrateur.")
}
