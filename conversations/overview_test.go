package conversations_test

import (
	"slices"
	"strings"
	"testing"

	"cartwright/commerce"
	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// overview is the page that the platform keeps for the person.
func (p *person) overview() *person {
	p.Helper()
	p.prompt = p.engine.Overview(p.ctx, p.org, p.account())
	for _, wrong := range conversations.Unsound(p.prompt) {
		p.Errorf("overview: %s", wrong)
	}
	return p
}

// The page shows what is theirs: nothing at first, then the cart, then what waits for
// them, and an order under way to everybody else.
func TestOverview(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages() {
		w := newWorld(t)
		aicha, chloe := w.as("aicha").speaking(lang), w.as("chloe").speaking(lang)
		waiting := locale.For(lang, nil).T("overview.waiting")
		aicha.overview().sees(plain.Replace(locale.For(lang, nil).T("overview.nothing")))
		aicha.puts("business-premium", "2", "P1Y.annual", false).overview().
			sees("Microsoft 365 Business Premium", locale.For(lang, nil).T("overview.cart")).lacks(waiting)
		order := aicha.placesIn()
		aicha.overview().sees(order, waiting).lacks(locale.For(lang, nil).T("overview.cart"))
		if !slices.ContainsFunc(conversations.Controls(aicha.prompt), func(a conversations.Action) bool { return strings.Contains(a.URL, "/pay/") }) {
			t.Errorf("there is no way to pay in\n%s", written(aicha.prompt))
		}
		chloe.overview().sees(order).lacks(waiting, "/pay/")
		w.as("emil").speaking(lang).overview().at("refused").lacks(order)
		w.as("nobody").speaking(lang).overview().at("refused").lacks(order)
	}
}

// placesIn orders the cart by its refs, in whatever language.
func (p *person) placesIn() string {
	p.Helper()
	p.types("cart")
	for _, verb := range []string{"checkout", "next", "place"} {
		p.sends("", p.refOf(verb), nil)
	}
	p.at("submitted")
	p.works()
	return strings.TrimPrefix(p.refOf("order"), "order:")
}

// The page is looked at without a step: what is being filled in stays, and the directory
// that fails grants nothing.
func TestOverviewChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aicha := w.as("aicha")
	aicha.sends("", "buy:business-premium", nil).at("details").fills("quantity", "none", "plan", "P1Y.annual")
	aicha.presses(*aicha.prompt.Submit).at("details")
	again := aicha.prompt.Again
	aicha.overview().sends("", again, nil).at("details")
	if got := aicha.prompt.Fields[0].Value; got != "none" {
		t.Errorf("what was typed is %q now", got)
	}
	w.directory.fails = true
	aicha.overview().at("refused")
}

// A form is asked for again after another one took its place, or the conversation was
// lost: it is that form, empty, and never the other one.
func TestAFormAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aicha := w.as("aicha")
	premium := aicha.sends("", "buy:business-premium", nil).at("details").prompt.Again
	renew := aicha.types("subscriptions").sends("", aicha.refOf("renew"), nil).at("renew").prompt
	aicha.sends("", "buy:visio-p2", nil).sends("", premium, nil).at("details").sees("Microsoft 365 Business Premium")
	w.losesRedis()
	aicha.sends("", premium, nil).at("details").sees("Microsoft 365 Business Premium")
	aicha.sends("", renew.Again, nil).at("renew").sees(renew.Title)
	aicha.puts("visio-p2", "1", "P1Y.annual", false)
	line := aicha.sends("", aicha.refOf("line.change"), nil).at("details").prompt.Again
	aicha.types("help").sends("", line, nil).at("details").sees("Visio")
	aicha.types("cart").sends("", aicha.refOf("line.remove"), nil)
	w.losesRedis()
	aicha.sends("", line, nil).at("cart")
	for _, dead := range []string{"again", "again:check", "again:details", "again:details:nothing:0:0", "again:renew", "again:pick"} {
		aicha.sends("", dead, nil)
	}
}

// A product that is named whole is what is meant: its form is opened at once, with the
// quantity that a platform's own command has beside it. Otherwise the quantity waits until
// the product is chosen.
func TestANamedProduct(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aicha := w.as("aicha")
	buy := func(name, quantity string) *person {
		return aicha.sends("buy "+name, "", map[string]string{"quantity": quantity})
	}
	buy("microsoft 365 business premium", "25").at("details").sees("Microsoft 365 Business Premium")
	for name, want := range map[string]string{"25": "25", "": "1", "301": "301", "many": "many"} {
		if got := buy("Microsoft 365 Business Premium", name).prompt.Fields[0].Value; got != want {
			t.Errorf("asked for %q, the form has %q", name, got)
		}
	}
	aicha.sends("", aicha.prompt.Submit.Ref, map[string]string{"quantity": "301", "plan": "P1Y.annual"}).at("details").sees("300")
	buy("business", "7").at("list").sends("", "buy:business-premium", nil).at("details")
	if got := aicha.prompt.Fields[0].Value; got != "7" {
		t.Errorf("the quantity is %q by now", got)
	}
	aicha.sends("", "buy:visio-p2", nil)
	if got := aicha.prompt.Fields[0].Value; got != "1" {
		t.Errorf("the next product has the quantity %q", got)
	}
	w.as("emil").sends("buy Microsoft 365 Business Premium", "", nil).at("refused")
}

// A platform that cannot ask by itself is told what a click asks, in the words of whoever
// clicks, with no step taken; what asks nothing, is not theirs to do or was forged is told
// too.
func TestQuestions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approves()
	aicha, chloe := w.as("aicha"), w.as("chloe")
	aicha.puts("business-premium", "10", "P1Y.annual", false)
	asks := func(p *person, ref string) string {
		q, ok := p.engine.Question(t.Context(), conversations.Event{ID: "question", Organisation: p.org, Account: p.account(), Ref: ref})
		if !ok {
			return ""
		}
		return q.Title + " " + q.Text + " " + q.Yes
	}
	aicha.types("cart")
	if got := asks(aicha, aicha.refOf("cart.empty")); !strings.Contains(got, "Empty the cart") {
		t.Errorf("emptying the cart asks %q", got)
	}
	order := aicha.buys("visio-p2", "8", "P1Y.annual", false)
	hash := w.order(order).Quote.Hash
	if got := asks(chloe, "approve:"+order+":"+hash); !strings.Contains(got, "will be charged now") {
		t.Errorf("approving asks %q", got)
	}
	if got := asks(aicha, "order.cancel:"+order); !strings.Contains(got, "Cancel "+order) {
		t.Errorf("cancelling asks %q", got)
	}
	for _, ref := range []string{"approve:" + order + ":other", "approve:CW-9999:" + hash, "home", "", "approve"} {
		if got := asks(chloe, ref); got != "" {
			t.Errorf("%s asks %q", ref, got)
		}
	}
	if got := asks(w.as("emil"), "approve:"+order+":"+hash); got != "" {
		t.Errorf("somebody without a role is asked %q", got)
	}
	if o := w.order(order); o.State != commerce.StateAwaitingApproval {
		t.Errorf("a question did something: %s", o.State)
	}
}
