package conversations_test

import (
	"testing"

	"cartwright/commerce"
	"cartwright/conversations/locale"
)

// oldPortal are the words of the wizard in germany and 21vianet, as contract.md has them.
var oldPortal = map[string]struct{ list, owned, buy, details, checkOut, next, place, home, annual, monthly string }{
	"en": {
		"Add subscriptions", "[Already purchased]", "Buy now", "Add to cart", "Check out", "Next", "Place order", "Go to Admin Home", "Annual", "Monthly",
	},
	"fr": {
		"Ajouter des abonnements", "[Déjà acheté]", "Acheter maintenant", "Ajouter au panier", "Valider la commande", "Suivant", "Passer la commande",
		"Accéder à la page d’accueil Administrateur", "Annuel", "Mensuel",
	},
	"de": {
		"Abonnements hinzufügen", "[Bereits gekauft]", "Jetzt kaufen", "In den Warenkorb", "Zur Kasse", "Weiter", "Bestellung aufgeben",
		"Zur Admin-Startseite", "Jährlich", "Monatlich",
	},
	"zh-CN": {"添加订阅", "[已购买]", "立即购买", "添加到购物车", "结帐", "下一步", "下订单", "转到管理员主页", "按年", "按月"},
}

// closedCloud is a sandbox organisation with the old portal.
type closedCloud struct {
	org, home string
	demo      string            // what says that the cloud is closed, in every language
	ways      map[string]string // how it is paid
	total     map[string]string // of two licences, monthly, with tax
}

var closedClouds = []closedCloud{
	{org: "fabrikam", home: "https://portal.office.de", demo: "2021", total: map[string]string{
		"en": "€50.48", "fr": "50,48 €", "de": "50,48 €", "zh-CN": "€50.48",
	}},
	{org: "adatum", home: "https://portal.partner.microsoftonline.cn", ways: map[string]string{
		"en": "China UnionPay", "fr": "China UnionPay", "de": "China UnionPay", "zh-CN": "中国银联",
	}, total: map[string]string{"en": "CN¥", "fr": " CN¥", "de": " CN¥", "zh-CN": "= ¥"}},
}

// The purchase where the article has other steps: from the button to the confirmation,
// and the licences delivered, in hands by nobody's order.
func TestThePurchaseInTheOldPortal(t *testing.T) {
	t.Parallel()
	for _, c := range closedClouds {
		for _, lang := range locale.Languages() {
			t.Run(c.org+" "+lang, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.org = c.org
				c.chooses(t, w.as("aicha").speaking(lang), lang)
				c.orders(t, w.as("aicha"), lang)
				if n := w.count("SELECT count(*) FROM sandbox_grants"); n != 0 {
					t.Errorf("%d licences were given to people", n)
				}
			})
		}
	}
}

func (c closedCloud) chooses(t *testing.T, p *person, lang string) {
	t.Helper()
	is := oldPortal[lang]
	p.types("").at("home").clicks(is.list).at("list").sees("# "+is.list, c.demo)
	p.types("buy business basic").sees(is.owned)
	p.types("buy business premium").clicksAt(premium, is.buy).at("details").sees("( ) "+is.annual, "( ) "+is.monthly)
	for _, f := range p.prompt.Fields {
		if f.Key == "auto_assign" || f.Key == "plan" && len(f.Options) != 2 {
			t.Errorf("the field %+v is there", f)
		}
	}
	// What the form does not have is not taken from anybody who sends it.
	p.sends("", p.prompt.Submit.Ref, map[string]string{"quantity": "2", "plan": "P1M.monthly", "auto_assign": "true"}).at("details")
	p.fills("quantity", "2", "plan", "P1Y.monthly").clicks(is.details).at("cart").sees(is.monthly)
}

func (c closedCloud) orders(t *testing.T, p *person, lang string) {
	t.Helper()
	is := oldPortal[lang]
	p.types("cart").clicks(is.checkOut).at("check").sees(c.total[lang]).clicks(is.next)
	p.at("payment").sees(c.demo, c.ways[lang]).clicks(is.place).at("submitted").sees("CW-1001").lacks("2021")
	follow(t, p, is.home, c.home)
	p.works()
	p.pays("CW-1001", "paid", "deliver")
	p.settles()
	p.types("order CW-1001").at("order").sees(c.total[lang], c.demo)
	follow(t, p, is.home, c.home)
	sameAsAnnounced(t, p.world, p)
	if o := p.order("CW-1001"); o.State != commerce.StateCompleted || o.People().Total != 0 {
		t.Errorf("the order is %s, with %d people", o.State, o.People().Total)
	}
}

// What one cloud says another does not: worldwide has no notice and no confirmation.
func TestTheCloudsKeepTheirWordsApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("").offers("Purchase services", "Cart", "Subscriptions", "Assign licences", "Remove licences", "Move people", "Orders", "Help")
	p.clicks("Purchase services").at("list").lacks("2021", "Already purchased")
	p.puts("business-premium", "1", "P1Y.annual", false).places()
	p.at("submitted").lacks("https://").offers("Show the order", "Start page")

	w.sells("intune", func(o *commerce.Offer) bool { o.Clouds, o.Needs = commerce.Clouds, nil; return true })
	p = p.in("adatum").types("buy intune").lacks("2021").at("details").lacks("automatically")
	closed := p.in("fabrikam").types("buy").prompt
	if closed.Organisation != "Fabrikam GmbH" || len(closed.Notices) != 1 {
		t.Errorf("the list in germany is %q with the notices %+v", closed.Organisation, closed.Notices)
	}
}
