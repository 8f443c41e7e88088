package conversations_test

import "testing"

func TestExplore(t *testing.T) {
	w := newWorld(t)
	for _, lang := range []string{"en", "fr"} {
		p := w.as("aicha").speaking(lang)
		show := func() { t.Log("\n" + written(p.prompt)) }
		p.types(""); show()
		p.types("buy premium"); show()
		p.sends("", "buy:business-premium", nil); show()
		p.fills("quantity", "25", "plan", "P1Y.monthly", "auto_assign", "true").presses(*p.prompt.Submit); show()
		p.clicksOne("Check out", "Valider la commande"); show()
		p.clicksOne("Next", "Suivant"); show()
		p.clicksOne("Place order", "Passer la commande"); show()
		id := w.orders()[0].ID
		p.types("order " + id); show()
		w.works()
		p.types("order " + id); show()
		w.pays(id, "paid", "deliver")
		p.types("order " + id); show()
		w.settles()
		p.types("order " + id); show()
		p.types("orders"); show()
		p.types("help"); show()
		p.types("cancel"); show()
	}
}
