package conversations_test

import (
	"testing"
	"time"

	"cartwright/commerce"
)

const (
	premium  = "Microsoft 365 Business Premium"
	standard = "Microsoft 365 Business Standard"
)

// Several lines: added, changed, merged, removed, emptied.
func TestTheCart(t *testing.T) {
	t.Parallel()
	p := newWorld(t).as("aicha").types("cart").at("cart").sees("Your cart is empty.").offers("Purchase services", "Start page")
	p.puts("business-premium", "25", "P1Y.monthly", true).puts("visio-p2", "3", "P1M.monthly", false)
	p.sees("25 licences, Yearly, paid monthly", "3 licences, Month to month", "Adds 3, which makes 8 in all.")
	p.offers("Check out", "Add another", "Empty the cart", "Cancel")
	p.clicksAt(premium, "Change").at("details").sees("[Licences to add: 25]", "[Billing frequency: P1Y.monthly]", "[Assign the licences automatically: true]")
	p.fills("quantity", "2", "plan", "P1Y.annual", "auto_assign", "false").clicks("Check out now").at("cart")
	p.sees("2 licences, Paid yearly, €242.40 per licence and year: €484.80").lacks("Assigned automatically", "25 licences")
	p.puts("business-premium", "3", "P1Y.annual", false).sees("5 licences, Paid yearly")
	p.clicks("Add another").at("list").offers("Next page", "Cart (2 products)", "Cancel").clicks("Cart (2 products)").at("cart")
	p.clicksAt("Visio Plan 2", "Remove").at("cart").lacks("Visio").sees("Subtotal before tax = €1,212.00")
	p.clicks("Empty the cart").at("cart").sees("Your cart is empty.")
}

// Going back loses nothing, and changing a line into its twin makes one of the two.
func TestTwinsInTheCart(t *testing.T) {
	t.Parallel()
	p := newWorld(t).as("aicha").puts("business-premium", "2", "P1Y.annual", false).puts("business-premium", "3", "P1Y.monthly", true)
	p.sees("2 licences, Paid yearly", "3 licences, Yearly, paid monthly")
	p.presses(p.prompt.Blocks[1].Item.Actions[0]).at("details").fills("plan", "P1Y.annual").clicks("Check out now")
	p.at("cart").sees("5 licences, Paid yearly", "Assigned automatically").lacks("paid monthly")
}

// The cart outlives the conversation and the program.
func TestTheCartIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "25", "P1Y.monthly", true)
	cart := written(p.prompt)
	w.losesRedis()
	w.passes(96 * time.Hour)
	p.types("").at("home").clicks("Cart (1 product)").at("cart")
	if got := written(p.prompt); got != cart {
		t.Errorf("the cart reads:\n%s\nwant:\n%s", got, cart)
	}
}

// A form that was filled in while the conversation was lost still works: it says itself
// what it is about.
func TestAFormOutlivesTheConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "buy:business-premium", nil).at("details").fills("quantity", "7")
	w.losesRedis()
	p.clicks("Check out now").at("cart").sees("7 licences, Paid yearly")
	p.clicks("Check out").at("check")
	w.losesRedis()
	p.clicks("Next").at("cart").sees("That was out of date").clicks("Check out").clicks("Next").at("payment")
}

// What people have of their own is not what their colleagues have, here or elsewhere.
func TestCartsAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changes("contoso", func(o *commerce.Organisation) {
		o.People = append(o.People, commerce.Person{
			ID: "farid", Name: "Farid", Roles: []commerce.Role{commerce.Buyer}, Accounts: map[string]string{platform: "farid"},
		})
	})
	w.as("aicha").puts("business-premium", "5", "P1Y.annual", false)
	w.as("farid").types("cart").at("cart").sees("Your cart is empty.")
	w.as("aicha").in("fabrikam").types("cart").at("cart").sees("Your cart is empty.")
	w.as("aicha").types("cart").sees("5 licences")
}

// A line that became invalid stays, marked with the reason, outside the sum; checking
// out waits for it, and one click mends it.
func TestALineThatBecameInvalid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile func(w *world)
		says      string
		change    bool // the line can still be changed
	}{
		"the offer is withdrawn": {func(w *world) { w.sells("business-premium", withdrawn) }, "This is not sold any more", false},
		"the plan is withdrawn": {func(w *world) {
			w.sells("business-premium", func(o *commerce.Offer) bool { o.Plans = keep(o.Plans, "P1Y"); return true })
		}, "This is not sold any more, or not in this form.", true},
		"the cap fell": {func(w *world) {
			w.sells("business-premium", func(o *commerce.Offer) bool { o.Seats.Max = 10; return true })
		}, "Enter a whole number from 1 to 10, in figures.", true},
		"the cap is reached": {func(w *world) {
			w.exec("INSERT INTO sandbox_seats (organisation, sku, owned, renews_at) VALUES ('contoso', 'cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46', 290, 0)")
			w.passes(time.Minute)
		}, "You can buy 10 more at the most: the limit is 300, of which 290 owned and 0 on order or in your cart.", true},
		"it needs another": {func(w *world) {
			w.sells("business-premium", func(o *commerce.Offer) bool { o.Needs = []string{"office365-e5"}; return true })
		}, "This add-on needs one of these, owned or in your cart: Office 365 E5.", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.as("aicha").puts("business-standard", "2", "P1Y.annual", false).puts("business-premium", "25", "P1M.monthly", false)
			checkOut := p.refOf("checkout")
			c.meanwhile(w)
			p.types("cart").at("cart").sees("[Cannot be bought]", c.says, "25 licences, ", "Subtotal before tax = €309.60")
			p.offers("Remove what cannot be bought (1 product)", "Add another", "Empty the cart", "Cancel")
			if got := offersChange(p, 1); got != c.change {
				t.Errorf("the line can be changed: %v, want %v", got, c.change)
			}
			p.sends("", checkOut, nil).at("cart").sees("Something in your cart cannot be bought.")
			p.clicks("Remove what cannot be bought (1 product)").at("cart").lacks(c.says, "25 licences").sees(standard)
			p.clicks("Check out").at("check").sees("Subtotal = €309.60")
		})
	}
}

func keep(plans []commerce.Plan, term commerce.Term) []commerce.Plan {
	var kept []commerce.Plan
	for _, p := range plans {
		if p.Commitment == term {
			kept = append(kept, p)
		}
	}
	return kept
}

func offersChange(p *person, block int) bool {
	for _, a := range p.prompt.Blocks[block].Item.Actions {
		if a.Label == "Change" {
			return true
		}
	}
	return false
}

// A price that moved between the cart and the price check is shown as a difference, and
// there is no Next before it is accepted.
func TestAPriceMoved(t *testing.T) {
	t.Parallel()
	for lang, words := range map[string]struct{ row, notice, accept, back, cancel string }{
		"en": {premium + " | €242.40 | €250.00 | +€7.60", "A price has changed since you put the product into your cart.", "Accept the new prices", "Back to the cart", "Cancel"},
		"fr": {premium + " | 242,40 € | 250,00 € | +7,60 €", "Un tarif a changé depuis que vous avez mis le produit dans votre panier.", "Accepter les nouveaux tarifs", "Retour au panier", "Annuler"},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.as("aicha").speaking(lang).puts("business-premium", "25", "P1Y.annual", false)
			w.sells("business-premium", priced(t, "250.00"))
			p.clicksOne("Check out", "Valider la commande").at("check").sees(words.row, words.notice).offers(words.accept, words.back, words.cancel)
			hash := p.refOf("accept")[len("accept"):]
			p.sends("", "next"+hash, nil).at("check").offers(words.accept, words.back, words.cancel)
			books := w.remembered()
			p.sends("", "place"+hash, nil).at("cart")
			if w.remembered() != books {
				t.Error("it was ordered at a price that nobody accepted")
			}
			p.clicksOne("Check out", "Valider la commande").clicks(words.accept).at("check").lacks(words.notice).sees(words.row)
			p.clicksOne("Next", "Suivant").clicksOne("Place order", "Passer la commande").at("submitted")
			if got := w.order("CW-1001").Quote.Subtotal.String(); got != "6250.00 EUR" {
				t.Errorf("it was ordered for %s", got)
			}
		})
	}
}

// A price that fell must be accepted too, and one that moved on since is shown anew.
func TestAPriceMovedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "10", "P1Y.annual", false)
	w.sells("business-premium", priced(t, "200.00"))
	p.clicks("Check out").sees("| €242.40 | €200.00 | -€42.40").clicks("Accept the new prices")
	next := p.refOf("next")
	w.sells("business-premium", priced(t, "210.00"))
	p.types("cart").clicks("Check out").sees("| €200.00 | €210.00 | +€10.00").lacks("<Next>")
	p.sends("", next, nil).at("cart").sees("That was out of date")
}

// priced sets the price of every plan.
func priced(t *testing.T, number string) func(*commerce.Offer) bool {
	t.Helper()
	price, err := commerce.NewMoney(number, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return func(o *commerce.Offer) bool {
		for i := range o.Plans {
			if o.Plans[i].Price.Currency() == "EUR" {
				o.Plans[i].Price = price
			}
		}
		return true
	}
}

// Licences owned, on order and in the cart count together against the cap.
func TestTheCapCountsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	p.buys("business-basic", "200", "P1Y.annual", false)
	p.puts("business-basic", "50", "P1Y.monthly", false)
	p.sends("", "buy:business-basic", nil).at("details").
		sees("40 licences (31 used, 9 free)", "On order = 200", "Limit = 10 more of 300 per organisation", "1 added, 291 in all")
	p.fills("quantity", "11").clicks("Check out now").at("details").
		sees("You can buy 10 more at the most: the limit is 300, of which 40 owned and 250 on order or in your cart.", "[Licences to add: 11]")
	p.fills("quantity", "10").clicks("Check out now").at("cart").sees("10 licences")
	p.types("buy business basic").sees("You can buy 0 more at the most").lacks("Buy Microsoft 365 Business Basic")
}

// While nothing may be bought the cart can be filled, and there is no way out of it.
func TestBuyingStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "1", "P1Y.annual", false)
	w.changes("contoso", func(o *commerce.Organisation) { o.Buying = false })
	p.types("cart").sees("No new orders can be placed for your organisation at the moment.").offers("Add another", "Empty the cart", "Cancel")
}

// A cart holds twenty products.
func TestAFullCart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	n := 0
	for _, o := range w.sold().For(w.orgs[0], monday) {
		if n == commerce.MaxCartLines || len(o.Needs) > 0 {
			continue
		}
		n++
		p.puts(o.ID, "1", "P1Y.annual", false)
	}
	if n != commerce.MaxCartLines {
		t.Skipf("the catalogue sells %d offers only", n)
	}
	p.sends("", "buy:business-basic", nil).fills("plan", "P1M.monthly").clicks("Check out now").
		sees("A cart holds 20 products at the most.").at("details")
	p.types("cart").clicks("Check out").at("check").clicks("Next").at("payment").clicks("Place order").at("submitted")
}
