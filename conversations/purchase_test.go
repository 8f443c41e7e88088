package conversations_test

import (
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/conversations"
)

// walk is the whole wizard in the words of one language, as contract.md has them.
type walk struct {
	list, buy, details, cart, checkOut, next, place, pay, done string
	query                                                      string
	sees                                                       map[string][]string // by prompt
}

var walks = map[string]walk{
	"en": {
		list: "Purchase services", buy: "Buy", details: "Check out now", cart: "Cart", checkOut: "Check out", next: "Next",
		place: "Place order", pay: "Pay", done: "Go to Admin Home", query: "premium",
		sees: map[string][]string{
			"list":    {"4 subscriptions", "€242.40 per licence and year, Paid yearly", "<<Search>>"},
			"details": {"Yearly, paid monthly: €21.21 per licence and month. Commits you for one year: €254.52 per licence, in 12 monthly payments.", "300 more of 300 per organisation", "1 added, 1 in all", "40 people have no licence", "2 others without a licence cannot get one", "Chiara Moreau: no usage location set", "and 30 more"},
			"cart":    {"5 licences, Yearly, paid monthly, €21.21 per licence and month: €106.05", "Adds 5, which makes 5 in all.", "Assigned automatically", "Subtotal before tax = €106.05"},
			"check":   {"Subtotal = €106.05", "TVA 20% (estimate) = €21.21", "Total = €127.26", "Charged now = €127.26", "Committed over the term, before tax = €1,272.60", "These prices hold until 10:30.", "Demonstration prices"},
			"payment": {"Approval = None is needed for this order", "5 people will get a licence automatically.", "Charged now = €127.26"},
			"order":   {"CW-1001: waiting for payment", "Payment link works until = 24 November 2026, 10:00", "5 people will get a licence once it is delivered."},
			"done":    {"CW-1001: completed", "Done. The licences are ready.", "Paid = €127.26", "Can be undone until = 30 November 2026, 10:00", "assigned 5 of 5", "5 people got a licence: Álvaro Olsen, Amélie Traoré, Bastien Urbain, Björn Rousseau, Camille Vasseur", "2 people were skipped"},
		},
	},
	"de": {
		list: "Dienste kaufen", buy: "Kaufen", details: "Jetzt zur Kasse", cart: "Warenkorb", checkOut: "Zur Kasse", next: "Weiter",
		place: "Bestellung aufgeben", pay: "Bezahlen", done: "Zur Admin-Startseite", query: "premium",
		sees: map[string][]string{
			"list":    {"4 Abonnements", "Jährliche Zahlung: 242,40 € pro Lizenz und Jahr", "<<Suchen>>"},
			"details": {"Abrechnungshäufigkeit", "Jährlich (monatliche Zahlung): 21,21 € pro Lizenz und Monat. Bindung für ein Jahr: 254,52 € pro Lizenz", "noch 300 von 300 pro Organisation", "40 Personen haben keine Lizenz", "Chiara Moreau: kein Nutzungsstandort festgelegt", "und 30 weitere Personen"},
			"cart":    {"Jährlich (monatliche Zahlung): 5 Lizenzen, 21,21 € pro Lizenz und Monat, zusammen 106,05 €", "Zwischensumme ohne Steuern = 106,05 €"},
			"check":   {"TVA 20 % (geschätzt) = 21,21 €", "Verpflichtung über die gesamte Laufzeit, ohne Steuern = 1.272,60 €", "Diese Preise gelten bis 10:30 Uhr."},
			"payment": {"Genehmigung = Für diese Bestellung nicht erforderlich", "5 Personen erhalten automatisch eine Lizenz."},
			"order":   {"CW-1001: wartet auf Zahlung", "Zahlungslink gültig bis = 24. November 2026, 10:00 Uhr", "5 Personen erhalten nach der Lieferung eine Lizenz."},
			"done":    {"CW-1001: abgeschlossen", "Bezahlt = 127,26 €", "Stornierbar bis = 30. November 2026, 10:00 Uhr", "5 von 5 zugewiesen", "2 Personen wurden übersprungen"},
		},
	},
	"zh-CN": {
		list: "购买服务", buy: "购买", details: "立即结帐", cart: "购物车", checkOut: "结帐", next: "下一步",
		place: "下订单", pay: "付款", done: "转到管理员主页", query: "premium",
		sees: map[string][]string{
			"list":    {"4 个订阅", "按年付费：每个许可证每年 €242.40", "<<搜索>>"},
			"details": {"计费频率", "年度订阅（按月付费）：每个许可证每月 €21.21. 承诺期一年：每个许可证 €254.52", "每个组织最多 300 个，还可添加 300 个", "40 人没有许可证", "Chiara Moreau：未设置使用位置", "还有 30 人"},
			"cart":    {"5 个许可证，年度订阅（按月付费），每个许可证每月 €21.21，共 €106.05", "税前小计 = €106.05"},
			"check":   {"TVA 20%（估算） = €21.21", "期限内承诺总额（税前） = €1,272.60", "这些价格在 10:30 之前有效。"},
			"payment": {"审批 = 此订单不需要审批", "将自动为 5 人分配许可证。"},
			"order":   {"CW-1001：等待付款", "付款链接有效期至 = 2026年11月24日 10:00", "交付后，5 人将获得许可证。"},
			"done":    {"CW-1001：已完成", "已付款 = €127.26", "可撤消至 = 2026年11月30日 10:00", "已分配 5 个，共 5 个", "已跳过 2 人"},
		},
	},
	"fr": {
		list: "Acheter des services", buy: "Acheter", details: "Payer maintenant", cart: "Panier", checkOut: "Valider la commande",
		next: "Suivant", place: "Passer la commande", pay: "Payer", done: "Accéder à la page d’accueil Administrateur", query: "prémium",
		sees: map[string][]string{
			"list":    {"4 abonnements", "242,40 € par licence et par an, Paiement annuel", "<<Rechercher>>"},
			"details": {"Annuel, payé par mois : 21,21 € par licence et par mois. Vous engage pour un an : 254,52 € par licence, en 12 paiements mensuels.", "encore 300 sur 300 par organisation", "1 de plus, 1 en tout", "40 personnes n’ont pas de licence", "Chiara Moreau : aucun emplacement d’utilisation défini", "et 30 autres"},
			"cart":    {"5 licences, Annuel, payé par mois, 21,21 € par licence et par mois : 106,05 €", "Ajoute 5, soit 5 en tout.", "Sous-total avant taxe = 106,05 €"},
			"check":   {"Sous-total = 106,05 €", "TVA 20 % (estimation) = 21,21 €", "Total = 127,26 €", "Débité maintenant = 127,26 €", "Engagement sur la durée, avant taxe = 1 272,60 €", "Ces tarifs sont garantis jusqu’à 10:30."},
			"payment": {"Approbation = Aucune n’est nécessaire pour cette commande", "5 personnes recevront automatiquement une licence."},
			"order":   {"CW-1001 : en attente de paiement", "Lien de paiement valable jusqu’au = 24 novembre 2026 à 10:00", "5 personnes recevront une licence dès la livraison."},
			"done":    {"CW-1001 : terminée", "Payé = 127,26 €", "Annulable jusqu’au = 30 novembre 2026 à 10:00", "5 personnes ont reçu une licence", "2 personnes ont été laissées de côté"},
		},
	},
}

// The whole purchase: from the button to licences in hands.
func TestThePurchase(t *testing.T) {
	t.Parallel()
	for lang, words := range walks {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.as("aicha").speaking(lang)
			p.types("").at("home").clicks(words.list).at("list")
			p.fills("q", words.query).presses(*p.prompt.Submit).at("list").sees(words.sees["list"]...)
			p.clicksAt("Microsoft 365 Business Premium", words.buy).at("details").sees(words.sees["details"]...)
			p.fills("quantity", "5", "plan", "P1Y.monthly", "auto_assign", "true").clicks(words.details)
			p.at("cart").sees("# " + words.cart).sees(words.sees["cart"]...).clicks(words.checkOut)
			p.at("check").sees(words.sees["check"]...).clicks(words.next)
			p.at("payment").sees(words.sees["payment"]...).clicks(words.place)
			p.at("submitted").sees("CW-1001")
			w.works()
			p.types("order CW-1001").at("order").sees(words.sees["order"]...)
			follow(t, p, words.pay, "https://cartwright.example/pay/")
			w.pays("CW-1001", "paid", "deliver")
			w.settles()
			p.types("order CW-1001").sees(words.sees["done"]...)
			follow(t, p, words.done, "https://admin.microsoft.com")
			sameAsAnnounced(t, w, p)
			if n := w.count("SELECT count(*) FROM sandbox_grants"); n != 5 {
				t.Errorf("%d licences were given, want 5", n)
			}
		})
	}
}

// follow requires a link with that label, to an address that begins so.
func follow(t *testing.T, p *person, label, to string) {
	t.Helper()
	for _, a := range p.prompt.Actions {
		if a.Label == label && strings.HasPrefix(a.URL, to) {
			return
		}
	}
	t.Errorf("there is no link %q to %s in:\n%s", label, to, written(p.prompt))
}

// sameAsAnnounced requires that the order's own message says what asking for it says.
func sameAsAnnounced(t *testing.T, w *world, p *person) {
	t.Helper()
	if got, want := written(w.chat.last()), written(p.prompt); got != want {
		t.Errorf("the order's message reads:\n%s\nwant:\n%s", got, want)
	}
	if w.chat.posts != 1 {
		t.Errorf("the order has %d messages", w.chat.posts)
	}
}

func TestWhatAnswersReplaces(t *testing.T) {
	t.Parallel()
	p := newWorld(t).as("aicha").types("buy")
	if p.reply.InPlace {
		t.Error("what was typed is answered in place of something")
	}
	p.clicks("Cancel").at("closed")
	if !p.reply.InPlace {
		t.Error("a click is not answered in place")
	}
}

// The list: pages, groups, a search that finds nothing, seats that are not known.
func TestTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("buy").at("list").sees("1 to 6 of ")
	p.offers("Next page", "Cancel").clicks("Next page").sees("7 to 12 of ").offers("Previous page", "Next page", "Cancel")
	p.clicks("Previous page").sees("1 to 6 of ").lacks("Previous page")
	p.fills("group", "add-on").clicks("Search").sees("Microsoft Teams Phone Standard")
	p.fills("q", "no such thing", "group", "all").clicks("Search").sees("No subscription fits that search.")
	p.types("buy business basic").sees("You own 40 licences, 9 free.", "[Owned]")
	w.down.seats = true
	w.passes(time.Minute)
	p.types("buy business basic").sees("could not be read just now").lacks("You own 40")
	p.sends("", "buy:business-basic", nil).at("details").sees("You own = could not be read just now").lacks("in all")
}

// An add-on says what it needs, and is not assigned by itself.
func TestAnAddOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sells("intune", func(o *commerce.Offer) bool { o.Needs = []string{"business-premium", "office365-e3"}; return true })
	const needs = "This add-on needs one of these, owned or in your cart: Microsoft 365 Business Premium or Office 365 E3."
	p := w.as("aicha").types("buy intune").sees(needs).lacks("<Buy>")
	p.sends("", "details:intune:0:0", map[string]string{"quantity": "1", "plan": "P1Y.annual"}).at("details").sees(needs)
	p.puts("business-premium", "1", "P1Y.annual", false).types("buy intune").lacks(needs).at("details")
	p.sees("Licences of an add-on are not assigned automatically").lacks("Assign the licences automatically")
	p.clicks("Check out now").at("cart").clicksAt("Microsoft 365 Business Premium", "Remove").at("cart")
	p.sees("[Cannot be bought]", needs).clicks("Remove what cannot be bought (1 product)").sees("Your cart is empty.")
}

// Help, home and cancel, from wherever somebody is.
func TestHelpHomeAndCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "1", "P1Y.annual", false)
	steps := map[string]func(){
		"home":    func() { p.types("") },
		"list":    func() { p.types("buy") },
		"details": func() { p.sends("", "buy:business-premium", nil) },
		"cart":    func() { p.types("cart") },
		"check":   func() { p.types("cart").clicks("Check out") },
		"payment": func() { p.types("cart").clicks("Check out").clicks("Next") },
		"orders":  func() { p.types("orders") },
		"trouble": func() { p.types("order CW-9") },
		"help":    func() { p.types("help") },
	}
	for name, reach := range steps {
		reach()
		p.at(name)
		p.types("help").at("help").sees("buy [product]", "cancel").clicks("Start page").at("home")
		reach()
		p.types("cancel").at("closed").sees("Nothing was ordered.").clicks("Start page").at("home")
		reach()
		p.types("cart").at("cart")
	}
	for _, name := range []string{"list", "details", "check", "payment"} {
		steps[name]()
		p.clicks("Cancel").at("closed").sees("Your cart is kept, with 1 product.")
		p.types("cart").sees("Microsoft 365 Business Premium")
	}
	if n := len(w.orders()); n != 0 {
		t.Errorf("%d orders were made", n)
	}
}

func TestWhatIsTyped(t *testing.T) {
	t.Parallel()
	p := newWorld(t).as("aicha")
	for text, prompt := range map[string]string{
		"": "home", "  ": "home", "/m365": "home", "/m365 cart": "cart", "CART": "cart", " Orders ": "orders", "buy\tpremium": "list",
		"buy\u00a0premium": "list", "order": "trouble", "order 1": "trouble", "help me": "help", "hello": "home", "\x00": "home", "٣": "home",
	} {
		p.types(text)
		if p.prompt.Name != prompt {
			t.Errorf("%q leads to %s, want %s", text, p.prompt.Name, prompt)
		}
	}
	p.types("buy\tpremium").sees("4 subscriptions")
	p.types("hello, <b>you</b> & @everyone").sees("I did not understand “hello, <b>you</b> & @everyone”.")
	p.types(strings.Repeat("x", 10_000)).at("home").sees("That message is too long for me to read.").lacks("xxxx")
	p.types(strings.Repeat("x", 1_000)).at("home").sees("xxx…”")
	if n := len(written(p.prompt)); n > 500 {
		t.Errorf("a long message is repeated in %d bytes", n)
	}
}

func TestOrderNumbersAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha")
	id := p.buys("business-premium", "2", "P1Y.annual", false)
	for _, text := range []string{id, "cw-1001", "CW1001", "cw 1001", "1001", "#1001", "  CW-1001  "} {
		p.types("order " + text)
		if p.prompt.Name != "order" {
			t.Errorf("order %q leads to %s", text, p.prompt.Name)
		}
	}
}

// An event that comes again shows the prompt again, and does nothing a second time.
func TestARedelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", false)
	for _, label := range []string{"Check out", "Next", "Place order"} {
		p.clicks(label)
		shown, books := p.prompt, w.remembered()
		p.delivers(p.last)
		if got, want := written(p.prompt), written(shown); got != want {
			t.Errorf("after %s again:\n%s\nwant:\n%s", label, got, want)
		}
		if w.remembered() != books {
			t.Errorf("%s acted again", label)
		}
	}
	if n := len(w.orders()); n != 1 {
		t.Fatalf("%d orders, want 1", n)
	}
}

// A click that comes again after everything went on, with the conversation lost.
func TestALateRedelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", false)
	checkOut := p.clicks("Check out").at("check").last
	p.clicks("Next").clicks("Place order").at("submitted")
	w.losesRedis()
	books := w.remembered()
	p.delivers(checkOut).at("cart").sees("That was out of date", "Your cart is empty.")
	if w.remembered() != books {
		t.Error("it changed something")
	}
}

// Two clicks on Place order, as two events, make one order.
func TestTwoSubmitsMakeOneOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", false).clicks("Check out").clicks("Next").at("payment")
	place := p.refOf("place")
	p.sends("", place, nil).at("submitted").sees("CW-1001")
	p.sends("", place, nil).at("submitted").sees("CW-1001")
	w.losesRedis()
	p.sends("", place, nil).at("cart")
	if n := len(w.orders()); n != 1 {
		t.Errorf("%d orders, want 1", n)
	}
}

// What hinders a submit at the last moment: nothing is ordered, the cart is kept, and it
// is said why.
func TestWhatHindersASubmit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile func(w *world, p *person)
		says      string
	}{
		"the quote is too old": {func(w *world, _ *person) { w.passes(30 * time.Minute) }, "The prices were verified too long ago."},
		"nothing may be bought": {func(w *world, _ *person) {
			w.changes("contoso", func(o *commerce.Organisation) { o.Buying = false })
		}, "No new orders can be placed for your organisation at the moment. Your cart is kept."},
		"the seats are unknown":         {func(w *world, _ *person) { w.down.seats = true }, "How many licences of Microsoft 365 Business Premium you own could not be read"},
		"the people are unknown":        {func(w *world, _ *person) { w.down.people = true }, "Something did not answer just now."},
		"the offer is gone":             {func(w *world, _ *person) { w.sells("business-premium", withdrawn) }, "Something in your cart cannot be bought."},
		"the role is gone":              {func(w *world, _ *person) { w.changes("contoso", withoutRoles) }, "You do not have the role that this needs."},
		"the roles cannot be looked up": {func(w *world, _ *person) { w.directory.fails = true }, "Your roles could not be looked up just now"},
		"the cart is changed elsewhere": {func(w *world, p *person) {
			other := *p
			other.id = "aicha"
			w.losesRedis()
			other.sends("", "details:visio-p2:0:1", map[string]string{"quantity": "1", "plan": "P1Y.annual"}).at("cart")
		}, "That was out of date"},
		"the conversation is lost": {func(w *world, _ *person) { w.losesRedis() }, "That was out of date"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", true).clicks("Check out").clicks("Next").at("payment")
			c.meanwhile(w, p)
			cart, err := w.books.Cart(w.ctx, "contoso", "aicha")
			if err != nil {
				t.Fatal(err)
			}
			p.clicks("Place order").sees(c.says)
			kept, err := w.books.Cart(w.ctx, "contoso", "aicha")
			if err != nil || kept.Revision != cart.Revision || len(kept.Lines) != len(cart.Lines) {
				t.Errorf("the cart is %+v, want %+v (%v)", kept, cart, err)
			}
			if n := len(w.orders()); n != 0 {
				t.Errorf("%d orders were made", n)
			}
		})
	}
}

func withdrawn(*commerce.Offer) bool { return false }

func withoutRoles(o *commerce.Organisation) {
	people := make([]commerce.Person, len(o.People))
	for i, p := range o.People {
		people[i] = p
		people[i].Roles = nil
	}
	o.People = people
}

// A quote that has been left lying is not offered to be bought from.
func TestAnOldQuoteIsNotShownAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", false).clicks("Check out").at("check")
	next := p.refOf("next")
	w.passes(30*time.Minute - time.Second)
	p.sends("", next, nil).at("payment")
	w.passes(time.Second)
	p.sends("", next, nil).at("cart").sees("The prices were verified too long ago.")
	p.clicks("Check out").at("check").sees("These prices hold until 11:00.").clicks("Next").clicks("Place order").at("submitted")
}

// Prices that cannot be verified are not made up.
func TestNoAnswerAboutPrices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "5", "P1Y.annual", false)
	w.down.prices = true
	p.clicks("Check out").at("cart").sees("Something did not answer just now.")
	w.down.prices = false
	p.clicks("Check out").at("check")
}

// Somebody who is too fast is asked to wait, and nothing is done.
func TestAPace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.PerMinute = 2
	p := w.as("aicha").types("cart").at("cart").types("cart").at("cart")
	p.types("cart").at("trouble").sees("That was a little fast for me.")
	w.as("bruno").types("orders").at("orders")
}

// An organisation that there is not gets an answer, and nothing else.
func TestNoSuchOrganisation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reply := w.engine.Turn(w.ctx, conversations.Event{ID: "x", Organisation: "nowhere", Account: w.as("aicha").account(), Text: "cart"})
	if reply.Prompt.Name != "trouble" || len(reply.Prompt.Actions) != 0 {
		t.Errorf("the answer is %+v", reply.Prompt)
	}
}
