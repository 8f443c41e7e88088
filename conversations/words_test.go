package conversations_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"cartwright/commerce"
	"cartwright/conversations"
	"cartwright/conversations/intent"
)

// script reads texts as it was told to, and anything else as nothing that can be done.
type script struct {
	mu    sync.Mutex
	means map[string]intent.Intent
	asked []intent.Text
}

func (s *script) Read(_ context.Context, t intent.Text) intent.Intent {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, t)
	if in, ok := s.means[t.Text]; ok {
		return in
	}
	return intent.Intent{Kind: intent.None}
}

// reads makes the world's reader understand texts.
func (w *world) reads(means map[string]intent.Intent) *script {
	s := &script{means: means}
	w.engine.Reader = s
	return s
}

func buying(items ...intent.Item) intent.Intent { return intent.Intent{Kind: intent.Buy, Items: items} }

// by is in with the pieces of a text that an item was read from.
func by(in intent.Intent, item int, text string, pieces map[intent.Slot]string) intent.Intent {
	for slot, piece := range pieces {
		i := strings.Index(text, piece)
		in.Evidence = append(in.Evidence, intent.Evidence{Item: item, Slot: slot, Start: i, End: i + len(piece)})
	}
	return in
}

// asks is in with a question about its first item.
func asks(in intent.Intent, slot intent.Slot, said string, candidates ...string) intent.Intent {
	in.Asks = append(in.Asks, intent.Ask{Slot: slot, Said: said, Candidates: candidates})
	return in
}

func yes() *bool { v := true; return &v }

// value is what a field of the prompt holds, and what is said at it.
func (p *person) value(key string) (value, says string) {
	p.Helper()
	for _, f := range p.prompt.Fields {
		if f.Key == key {
			return f.Value, plain.Replace(f.Error)
		}
	}
	p.Fatalf("there is no field %q in %s:\n%s", key, p.prompt.Name, written(p.prompt))
	return "", ""
}

// holds requires what the fields hold, given as key and value.
func (p *person) holds(pairs ...string) *person {
	p.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		if got, _ := p.value(pairs[i]); got != pairs[i+1] {
			p.Errorf("%s is %q, want %q:\n%s", pairs[i], got, pairs[i+1], written(p.prompt))
		}
	}
	return p
}

// isAsked requires what is said at a field.
func (p *person) isAsked(key, says string) *person {
	p.Helper()
	if _, got := p.value(key); got != says {
		p.Errorf("at %s it says %q, want %q", key, got, says)
	}
	return p
}

// The request of somebody who types rather than clicks: in each language the form is
// filled in with all of it, their words are shown beside what they became, and nothing is
// in the cart before they say so.
func TestSayingIt(t *testing.T) {
	t.Parallel()
	for lang, c := range map[string]struct {
		text, quantity, product, billing, assign string
		heard, submit                            string
		sees                                     []string
	}{
		"en": {
			"need 25 business premium seats for the Berlin team, paid yearly, give them to everyone without a licence",
			"25", "business premium", "paid yearly", "everyone without a licence", "How I read it", "Check out now",
			[]string{"“25” → 25 licences", "“business premium” → " + premium, "“paid yearly” → Paid yearly", "“everyone without a licence” → Assign the licences automatically"},
		},
		"fr": {
			"il me faut 25 Business Premium payées à l’année, pour tous ceux qui n’ont rien",
			"25", "Business Premium", "payées à l’année", "pour tous", "Ce que j’ai compris", "Payer maintenant",
			[]string{"« 25 » → 25 licences", "« payées à l’année » → Paiement annuel", "« pour tous » → Attribuer automatiquement les licences"},
		},
		"de": {
			"brauche fünfundzwanzig Business Premium, jährlich bezahlt, an alle ohne Lizenz",
			"fünfundzwanzig", "Business Premium", "jährlich bezahlt", "an alle ohne Lizenz", "So habe ich Sie verstanden", "Jetzt zur Kasse",
			[]string{"„fünfundzwanzig“ → 25 Lizenzen", "„jährlich bezahlt“ → Jährliche Zahlung", "„an alle ohne Lizenz“ → Lizenzen automatisch zuweisen"},
		},
		"zh-CN": {
			"给没有许可证的人买二十五个商业高级版，按年付费", "二十五个", "商业高级版", "按年付费", "给没有许可证的人", "我的理解", "立即结帐",
			[]string{"“二十五个”→25 个许可证", "“按年付费”→按年付费", "“给没有许可证的人”→自动分配许可证"},
		},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in := by(buying(intent.Item{Product: "business-premium", Quantity: 25, Billing: commerce.Annual, AutoAssign: yes()}), 0, c.text, map[intent.Slot]string{
				intent.Quantity: c.quantity, intent.Product: c.product, intent.Billing: c.billing, intent.AutoAssign: c.assign,
			})
			s := w.reads(map[string]intent.Intent{c.text: in})
			books := w.remembered()
			p := w.as("aicha").speaking(lang).types("/m365 " + c.text).at("details")
			p.holds("quantity", "25", "plan", "P1Y.annual", "auto_assign", "true").sees(append(c.sees, "## "+c.heard)...)
			if got := s.asked[0]; got.Locale != lang || got.Person != "aicha" || got.Organisation != "contoso" || got.Request != p.last.ID {
				t.Errorf("the reader is told %+v", got)
			}
			if w.remembered() != books {
				t.Error("something is in the cart already")
			}
			p.clicks(c.submit).at("cart")
			if n := w.count("SELECT count(*) FROM carts"); n != 1 {
				t.Errorf("there are %d carts", n)
			}
		})
	}
}

// What is missing or unclear is asked where it is filled in, and never made up.
func TestWhatWasNotSaidIsAsked(t *testing.T) {
	t.Parallel()
	const visio = "visio-p2"
	item := intent.Item{Product: visio}
	monthly := intent.Item{Product: visio, Quantity: 5, Billing: commerce.Monthly}
	two := intent.Item{Product: visio, Quantity: 5}
	w := newWorld(t)
	w.reads(map[string]intent.Intent{
		"visio": buying(item), "3-5 visio": asks(buying(item), intent.Quantity, "3-5"), "5 visio monthly": buying(monthly),
		"5 visio quarterly": asks(buying(two), intent.Billing, "quarterly"), "400 premium": buying(intent.Item{Product: "business-premium", Quantity: 400}),
		"99999999999 visio": buying(intent.Item{Product: visio, Quantity: 99_999_999_999}), "5 Visio Plan 2": buying(two),
	})
	p := w.as("aicha")
	p.types("visio").at("details").holds("quantity", "", "plan", "P1Y.annual").isAsked("quantity", "How many?")
	p.clicks("Check out now").at("details").isAsked("quantity", "Enter a whole number from 1 to 10,000, in figures.")
	p.types("3-5 visio").at("details").holds("quantity", "").isAsked("quantity", "You wrote “3-5”: how many exactly?")
	p.types("cart").types("5 visio monthly").at("details").holds("quantity", "5", "plan", "").
		isAsked("plan", "Paid monthly can be month to month, or a year paid in 12 parts. Please choose.")
	// Where a platform asks for the fields beside their message, they are asked for once more.
	p.sends("", p.prompt.Again, nil).at("details").holds("quantity", "5", "plan", "")
	p.fills("plan", "P1M.monthly").clicks("Check out now").at("cart").sees("5 licences, Month to month")
	p.types("5 visio quarterly").at("details").holds("plan", "").sees("[Licences to add: 5]") // the cart's line is what is corrected
	p.clicks("Cancel").types("5 visio quarterly").at("details").holds("plan", "").
		isAsked("plan", "You wrote “quarterly”: which of these do you mean?")
	p.types("400 premium").at("details").holds("quantity", "400").sees("! ")
	if _, says := p.value("quantity"); !strings.Contains(says, "300") {
		t.Errorf("of 400 licences it says %q", says)
	}
	p.types("99999999999 visio").at("details").isAsked("quantity", "Enter a whole number from 1 to 10,000, in figures.")
	p.types("order 5 Visio Plan 2").at("trouble") // nothing was read in it: the command says that there is no such order
}

// Where the old portal sells, monthly is one plan, and nothing is assigned by itself.
func TestSayingItInTheOldPortal(t *testing.T) {
	t.Parallel()
	for _, c := range closedClouds {
		w := newWorld(t)
		w.org = c.org
		w.reads(map[string]intent.Intent{"5 basic, monthly, for all": buying(intent.Item{
			Product: "business-basic", Quantity: 5, Billing: commerce.Monthly, AutoAssign: yes(),
		})})
		w.as("aicha").types("5 basic, monthly, for all").at("details").holds("quantity", "5", "plan", "P1Y.monthly").
			sees("! You want the licences assigned automatically. For Microsoft 365 Business Basic that is not possible here")
	}
}

// An add-on is assigned by hand, and that is said.
func TestSayingItOfAnAddOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reads(map[string]intent.Intent{"2 copilot for everyone": buying(intent.Item{Product: "copilot", Quantity: 2, AutoAssign: yes()})})
	w.as("aicha").types("2 copilot for everyone").at("details").holds("quantity", "2").
		sees("! You want the licences assigned automatically. For Microsoft Copilot for Microsoft 365 that is not possible here")
}

// A name that fits several offers is a list of these, one that fits none is searched for,
// and what else was said goes with the one that is chosen.
func TestSayingAnotherName(t *testing.T) {
	t.Parallel()
	const e3, studio = "7 E3, paid monthly", "7 Visio Studio"
	w := newWorld(t)
	item := intent.Item{Quantity: 7, Billing: commerce.Monthly}
	w.reads(map[string]intent.Intent{
		e3:             by(asks(buying(item), intent.Product, "E3", "office365-e3", "m365-e3", "no-such-offer"), 0, e3, map[intent.Slot]string{intent.Quantity: "7"}),
		studio:         asks(buying(intent.Item{Quantity: 7}), intent.Product, "Visio Studio"),
		"7 licences":   buying(intent.Item{Quantity: 7}),
		"visio":        buying(intent.Item{Product: "visio-p2"}),
		"I buy":        buying(),
		"7 of nothing": buying(intent.Item{Product: "withdrawn-offer", Quantity: 7}),
	})
	p := w.as("aicha")
	p.types(e3).at("list").sees("! “E3” may be any of these. Which one is it?", "2 subscriptions", "* Office 365 E3", "* Microsoft 365 E3", "“7” → 7 licences")
	p.lacks(premium).clicks("Buy Office 365 E3").at("details").holds("quantity", "7", "plan", "").sees("“7” → 7 licences")
	p.types("cancel").types(studio).at("list").sees("! Nothing in the catalogue is called “Visio Studio”.").holds("q", "Visio Studio")
	p.fills("q", "visio").clicks("Search").at("list").clicks("Buy Visio Plan 2").at("details").holds("quantity", "7")
	p.types("cancel").types("7 licences").at("list").sees("! Which product is it?").types("visio").at("details").holds("quantity", "7")
	p.types("I buy").at("list").sees("1 to 6 of")
	p.types("7 of nothing").at("list").sees("! withdrawn-offer is not sold to your organisation.").clicksAt("Microsoft 365 Business Basic", "Buy").
		at("details").holds("quantity", "7")
	p.types("cart").clicks("Purchase services").at("list").clicksAt("Microsoft 365 Business Basic", "Buy").at("details").holds("quantity", "1").lacks("How I read it")
}

// Several products come one after the other, each can be left out, and the cart is last.
func TestSayingSeveralProducts(t *testing.T) {
	t.Parallel()
	const text = "5 visio, 3 E5 and 2 project"
	w := newWorld(t)
	s := w.reads(map[string]intent.Intent{text: {
		Kind: intent.Buy, Items: []intent.Item{{Product: "visio-p2", Quantity: 5}, {Quantity: 3}, {Product: "project-p3", Quantity: 2}},
		Asks: []intent.Ask{{Item: 1, Slot: intent.Product, Said: "E5", Candidates: []string{"office365-e5", "m365-e5"}}},
	}})
	p := w.as("aicha").types(text).at("details").holds("quantity", "5").sees("Product 1 of 3. Then: E5 and Planner and Project Plan 3.", "# Visio Plan 2")
	p.clicks("Add it and go on").at("list").sees("Product 2 of 3.", "“E5” may be any of these.").clicks("Buy Office 365 E5").at("details").holds("quantity", "3")
	p.clicks("Cart (1 product)").at("cart").clicks("Go on with product 2 of 3").at("details").holds("quantity", "3")
	skip := p.refOf("words.skip")
	p.clicks("Skip this product").at("details").holds("quantity", "2").sees("Product 3 of 3.").lacks("Skip")
	p.sends("", skip, nil).at("details").sees("Product 3 of 3.") // a second click leaves nothing else out
	p.clicks("Check out now").at("cart").sees("* Visio Plan 2", "5 licences", "* Planner and Project Plan 3", "2 licences").lacks("Office 365 E5", "Go on with")
	p.sends("", skip, nil).at("cart").sees("That was out of date")

	p.clicks("Empty the cart").types(text).at("details").types("cancel").at("closed").types("cart").lacks("Go on with")
	many := intent.Intent{Kind: intent.Buy}
	for range 14 {
		many.Items = append(many.Items, intent.Item{Product: "visio-p2", Quantity: 1})
	}
	s.means["many"] = many
	p.types("many").at("details").sees("Product 1 of 10.", "! 4 more products were left out: I take 10 at a time.")
}

// A form of an earlier message still does what it did, while others wait.
func TestAnOlderFormBesideWhatWasSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reads(map[string]intent.Intent{"5 visio and 2 project": buying(intent.Item{Product: "visio-p2", Quantity: 5}, intent.Item{Product: "project-p3", Quantity: 2})})
	p := w.as("aicha").sends("", "buy:business-basic", nil).at("details").holds("quantity", "1")
	older := *p.prompt.Submit
	p.types("5 visio and 2 project").at("details")
	p.sends("", older.Ref, map[string]string{"quantity": "1", "plan": "P1Y.annual"}).at("cart").sees("* Microsoft 365 Business Basic")
	p.clicks("Go on with product 1 of 2").at("details").holds("quantity", "5")
}

// In the middle of the wizard a text corrects what is there.
func TestCorrections(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reads(map[string]intent.Intent{
		"25 premium a year":       buying(intent.Item{Product: "business-premium", Quantity: 25, Billing: commerce.Annual}),
		"no, make it 30, monthly": buying(intent.Item{Quantity: 30, Billing: commerce.Monthly}),
		"premium: 31":             buying(intent.Item{Product: "business-premium", Quantity: 31}),
		"no, Visio instead":       buying(intent.Item{Product: "visio-p2"}),
		"for everybody":           buying(intent.Item{AutoAssign: yes()}),
		"a few more":              asks(buying(intent.Item{}), intent.Quantity, "a few more"),
		"yearly":                  buying(intent.Item{Billing: commerce.Annual}),
		"4 project":               buying(intent.Item{Product: "project-p3", Quantity: 4}),
	})
	p := w.as("aicha").types("25 premium a year").at("details").types("no, make it 30, monthly").at("details")
	p.holds("quantity", "30", "plan", "").sees("! Licences to add: now 30.").isAsked("plan", "Paid monthly can be month to month, or a year paid in 12 parts. Please choose.")
	p.types("yearly").at("details").holds("quantity", "30", "plan", "P1Y.annual").sees("! Billing: now Paid yearly.")
	p.types("yearly").sees("! That changes nothing")
	p.types("for everybody").holds("auto_assign", "true").sees("! The licences are now to be assigned automatically.")
	p.types("premium: 31").holds("quantity", "31", "plan", "P1Y.annual", "auto_assign", "true")
	p.types("no, Visio instead").at("details").sees("# Visio Plan 2", "! That product instead.").holds("quantity", "31", "plan", "P1Y.annual", "auto_assign", "true")
	p.types("a few more").holds("quantity", "").isAsked("quantity", "You wrote “a few more”: how many exactly?")
	p.types("4 project").at("details").sees("# Planner and Project Plan 3").holds("quantity", "4", "auto_assign", "false")
}

// From the cart a correction opens the line's form with the change in it; it is not
// applied before its button is pressed. Of several lines it is asked which.
func TestCorrectionsFromTheCart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reads(map[string]intent.Intent{
		"make it 30": buying(intent.Item{Quantity: 30}), "visio: 9": buying(intent.Item{Product: "visio-p2", Quantity: 9}),
		"3 project": buying(intent.Item{Product: "project-p3", Quantity: 3}),
	})
	p := w.as("aicha").puts("business-premium", "25", "P1Y.annual", false)
	p.types("make it 30").at("details").holds("quantity", "30", "plan", "P1Y.annual").sees("# "+premium, "! Licences to add: now 30.")
	p.types("cart").sees("25 licences").types("make it 30").clicks("Check out now").at("cart").sees("30 licences").lacks("25 licences")
	p.puts("visio-p2", "2", "P1Y.annual", false).types("make it 30").at("cart").sees("! Which product do you mean?")
	p.clicksAt("Visio Plan 2", "Change").at("details").holds("quantity", "30")
	p.types("cart").types("make it 30").types("cart").clicksAt("Visio Plan 2", "Change").at("details").holds("quantity", "30")
	p.types("cart").types("make it 30").clicks("Check out").at("check").types("cart").clicksAt("Visio Plan 2", "Change").at("details").holds("quantity", "2")
	p.types("cart").types("visio: 9").at("details").holds("quantity", "9").sees("# Visio Plan 2")
	p.types("cart").types("3 project").at("details").holds("quantity", "3").sees("# Planner and Project Plan 3")
	p.types("cart").sees("30 licences", "2 licences").lacks("Project")
}

// Commands are what they were, whatever a reader would make of them.
func TestCommandsAreNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.reads(nil)
	p := w.as("aicha").puts("business-premium", "1", "P1Y.annual", false)
	for text, name := range map[string]string{
		"": "home", "/m365": "home", "buy": "list", "cart": "cart", "orders": "orders", "order": "order", "order CW-1042": "order", "ORDER 1042": "order", "order L-7": "task",
		"subscriptions": "subscriptions", "assign": "choose", "remove": "choose", "move": "choose", "move standard": "target", "approvals": "approvals",
		"delegate": "delegate", "delegate @bruno until 2026-11-27": "delegate", "withdraw": "approvals", "withdraw CW-1042": "order", "nudge CW-1042": "order",
		"help": "help", "cancel": "closed", strings.Repeat("x", 2001): "home",
	} {
		p.types(text)
		if name != "order" && name != "task" && name != "delegate" {
			p.at(name)
		}
	}
	p.types("cart").clicks("Check out")
	if len(s.asked) > 0 {
		t.Errorf("these are read: %q", s.asked)
	}
	p.types("buy Business Basic").at("list").sees("* Microsoft 365 Business Basic")
	p.types("buy intune suite x").at("list").types("assign business standard").at("pick").types("cart please").at("cart")
	p.types("orders of last week").at("orders").types("help me").at("help")
	if len(s.asked) != 6 {
		t.Errorf("%d texts are read, want 6", len(s.asked))
	}
	w.as("emil").types("need 5 visio").at("refused")
	if len(s.asked) != 6 {
		t.Error("what somebody writes who may do nothing here is read")
	}
}

// A whole name opens the form as it always did; the number that a platform's own command
// has beside the words counts, whatever was read.
func TestBuyWithAPlatformsNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reads(map[string]intent.Intent{
		"buy Visio Plan 2": buying(intent.Item{Product: "visio-p2"}), "buy visio": buying(intent.Item{Product: "visio-p2"}),
		"buy about 5 visio": asks(buying(intent.Item{Product: "visio-p2"}), intent.Quantity, "about 5"),
	})
	p := w.as("aicha").types("buy Visio Plan 2").at("details").holds("quantity", "1").lacks("How I read it")
	p.sends("buy Visio Plan 2", "", map[string]string{"quantity": "4"}).at("details").holds("quantity", "4")
	p.sends("buy visio", "", map[string]string{"quantity": "4"}).at("details").holds("quantity", "4")
	p.types("buy visio").at("list").sees("Visio Plan 1", "Visio Plan 2")
	p.types("buy about 5 visio").at("details").isAsked("quantity", "You wrote “about 5”: how many exactly?")
	p.sends("buy about 5 visio", "", map[string]string{"quantity": "6"}).at("details").holds("quantity", "6").isAsked("quantity", "")
}

// Words that ask for what a command does are that command; a message with nothing in it
// is told what can be done, and a cancel calls off a form and never an order.
func TestWordsForCommands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	order := w.as("aicha").buys("business-premium", "1", "P1Y.annual", false)
	means := map[string]intent.Intent{"cancel my visio subscription": {Kind: intent.None}}
	for _, kind := range intent.Kinds {
		means["in my words: "+string(kind)] = intent.Intent{Kind: kind}
	}
	w.reads(means)
	p := w.as("aicha")
	for kind, name := range map[intent.Kind]string{
		intent.Buy: "list", intent.Cart: "cart", intent.Subscriptions: "subscriptions", intent.Help: "help", intent.Cancel: "closed", intent.Assign: "choose", intent.Unassign: "choose", intent.None: "home",
	} {
		p.types("in my words: " + string(kind)).at(name)
	}
	p.types("in my words: none").at("home").sees("! I found nothing in “in my words: none” that I can do.", "<Purchase services>", "<Help>")
	p.types("cancel my visio subscription").at("home").sees("I found nothing")
	if w.order(order).State != commerce.StateAwaitingPayment {
		t.Errorf("the order is %s", w.order(order).State)
	}
}

// Licences are given and taken in the same words; who is named by address is in the list.
func TestSayingWhoGetsALicence(t *testing.T) {
	t.Parallel()
	const bob = "assign 2 spare Basic to hired0000@contoso.example and (hired0001@contoso.example), please"
	w := newWorld(t)
	w.hires(2)
	assign := intent.Intent{Kind: intent.Assign, Items: []intent.Item{{Product: "business-basic", Quantity: 2}, {Product: "visio-p2"}}}
	w.reads(map[string]intent.Intent{
		bob: assign, "把商业基础版分配给hired0000@contoso.example吧": {Kind: intent.Assign, Items: []intent.Item{{Product: "business-basic"}}},
		"take Business from hired0000@contoso.example": {
			Kind: intent.Unassign, Items: []intent.Item{{}},
			Asks: []intent.Ask{{Slot: intent.Product, Said: "Business", Candidates: []string{"business-basic", "business-standard", "business-premium"}}},
		},
		"give somebody Project": {Kind: intent.Assign, Items: []intent.Item{{Product: "project-p3"}}},
		"assign what?":          buying(intent.Item{Product: "visio-p2", Quantity: 1}),
	})
	books := w.remembered()
	p := w.as("aicha").types(bob).at("addresses").holds("addresses", "hired0000@contoso.example\nhired0001@contoso.example")
	p.sees("! You wrote of 2 licences. Here you choose people", "! One product at a time. Still to do after this: Visio Plan 2.")
	p.clicks("Add these people").at("pick").sees("Zz Hired 0000", "Zz Hired 0001")
	p.types("把商业基础版分配给hired0000@contoso.example吧").at("addresses").holds("addresses", "hired0000@contoso.example")
	p.types("take Business from hired0000@contoso.example").at("choose").sees("* "+basicName, "* "+standardName).lacks("Exchange")
	p.clicksAt(standardName, "Choose").at("addresses").holds("addresses", "hired0000@contoso.example")
	p.types("remove").at("choose").sees("Exchange").clicksAt(standardName, "Choose").at("pick")
	p.types("give somebody Project").at("choose").sees("! None of your subscriptions with free licences is called “Planner and Project Plan 3”.")
	p.types("assign what?").at("details").holds("quantity", "1")
	if w.remembered() != books {
		t.Error("something was changed by words alone")
	}
	w.changes("contoso", has("aicha", commerce.Buyer))
	w.as("aicha").types(bob).at("refused")
}

// Whatever somebody types is shown as text, shortened, and cannot turn the rest around.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.reads(map[string]intent.Intent{})
	p := w.as("aicha")
	for _, hostile := range []string{
		"@everyone <b>*_`~[x](https://evil.example)", "\u202eecnecil\u202c \u2066x", strings.Repeat("9", 1900), strings.Repeat("e\u0301", 600), "a\x00b\nc\td", "{{.n}} ⟦x⟧"[:8], "😀👩‍👩‍👧",
	} {
		in := by(asks(buying(intent.Item{Quantity: 3, Billing: commerce.Annual}), intent.Product, hostile), 0, hostile, map[intent.Slot]string{intent.Quantity: hostile, intent.Billing: hostile})
		in.Evidence = append(in.Evidence, intent.Evidence{Slot: intent.Quantity, Start: -1, End: 1 << 40}, intent.Evidence{Slot: intent.Quantity, Start: 3, End: 1})
		s.means[strings.TrimSpace(hostile)] = in
		p.types(hostile).at("list")
		for _, forbidden := range []string{"\u202e", "\u2066", "\x00", "\t"} {
			p.lacks(forbidden)
		}
		if n := len(written(p.prompt)); n > 6_000 {
			t.Errorf("the prompt has %d letters", n)
		}
		p.types("none of it " + hostile).at("home")
	}
	p.types(strings.Repeat("5 visio ", 1_250)).at("home").sees("That message is too long for me to read.")
	if n := len(p.stored()); n > 20_000 {
		t.Errorf("the conversation is kept in %d bytes", n)
	}
}

// stored is what is kept of the conversation.
func (p *person) stored() []byte {
	p.Helper()
	saved, _, err := p.store.Load(p.ctx, conversations.Key{Organisation: p.org, Account: p.account()})
	if err != nil {
		p.Fatalf("load the conversation: %v", err)
	}
	return saved
}

// A text is read once, even when somebody else takes a step meanwhile, and not at all
// where too much is typed.
func TestATextIsReadOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.reads(map[string]intent.Intent{"5 visio": buying(intent.Item{Product: "visio-p2", Quantity: 5})})
	w.engine.Store = &shaky{Store: w.store, overtaken: 2}
	p := w.as("aicha").types("5 visio").at("details").holds("quantity", "5")
	if len(s.asked) != 1 {
		t.Errorf("it is read %d times", len(s.asked))
	}
	w.engine.PerMinute = 1
	p.types("5 visio").types("5 visio").at("trouble")
	if len(s.asked) > 2 {
		t.Errorf("beyond the limit it is read: %d", len(s.asked))
	}
}

// A text is as long as it has characters, in whatever writing: 2,000 are read, and one more
// is told to be too long.
func TestALongTextInAnyWriting(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{"x", "é", "许", "🎉"} {
		w := newWorld(t)
		s := w.reads(nil)
		p := w.as("aicha")
		p.types(strings.Repeat(letter, 2000))
		if len(s.asked) != 1 {
			t.Errorf("2,000 %s are not read", letter)
		}
		p.types(strings.Repeat(letter, 2001)).at("home").sees("too long")
		if len(s.asked) != 1 {
			t.Errorf("2,001 %s are read", letter)
		}
	}
}
