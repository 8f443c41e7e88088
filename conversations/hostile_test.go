package conversations_test

import (
	"strings"
	"testing"

	"cartwright/conversations"
)

// Numbers of licences that are none: the field says what is wanted, keeps what was typed,
// and nothing goes into the cart.
func TestQuantitiesThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	books := w.remembered()
	const limited, unlimited = "Enter a whole number from 1 to 300, in figures.", "Enter a whole number from 1 to 10,000, in figures."
	for offer, says := range map[string]string{"business-premium": limited, "office365-e3": unlimited} {
		for _, n := range []string{
			"", "0", "-1", "+1", "301000", "1000000000", "99999999999999999999", "1e9", "0x10", "1.5", "1,000", "1 000", "٣", "３", "ten",
			"1\x00", "<b>1</b>", "1;2", strings.Repeat("9", 10_000), strings.Repeat("1", 101), "\xff\xfe",
		} {
			p := w.as("aicha").sends("", "buy:"+offer, nil).at("details").fills("quantity", n).clicks("Check out now").at("details")
			f := p.prompt.Fields[0]
			if f.Error != says {
				t.Errorf("%q of %s: %q, want %q", n, offer, f.Error, says)
			}
			if len(f.Value) > 400 || !strings.HasPrefix(strings.ToValidUTF8(n, "\uFFFD"), f.Value) {
				t.Errorf("%q stays in the field as %q", n, f.Value)
			}
		}
	}
	w.as("aicha").sends("", "buy:business-premium", nil).fills("quantity", "301").clicks("Check out now").at("details").sees(limited)
	if w.remembered() != books {
		t.Error("something went into the cart")
	}
	w.as("aicha").sends("", "buy:business-premium", nil).fills("quantity", " 0300 ").clicks("Check out now").at("cart").sees("300 licences")
}

// Plans and groups that are none of those offered, and values that did not come at all.
func TestChoicesThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	books := w.remembered()
	p := w.as("aicha")
	for _, plan := range []string{"", "P1Y", "P1Y.weekly", "P3Y.annual", "P1M.annual", "p1y.annual", "P1Y.annual.", "٣", strings.Repeat("x", 10_000)} {
		p.sends("", "details:business-premium:0:0", map[string]string{"quantity": "5", "plan": plan, "auto_assign": "maybe"}).at("details")
		if f := p.prompt.Fields[1]; f.Error != "Choose one of these." {
			t.Errorf("the plan %q: %q", plan, f.Error)
		}
		p.sees("[Licences to add: 5]", "[Assign the licences automatically: false]")
	}
	p.sends("", "details:business-premium:0:0", nil).at("details").sees("Enter a whole number", "Choose one of these.")
	for _, group := range []string{"", "nothing", "ALL", "add-on ", strings.Repeat("x", 10_000)} {
		p.sends("", "search", map[string]string{"q": strings.Repeat("é", 10_000), "group": group}).at("list").sees("[Group: all]", "No subscription fits")
		if n := len([]rune(p.prompt.Fields[0].Value)); n > 100 {
			t.Errorf("a search of %d letters is repeated", n)
		}
	}
	p.sends("", "search", nil).at("list").sees("1 to 6 of ")
	if w.remembered() != books {
		t.Error("something changed")
	}
}

// garbage is what no control is printed with, where a number, an id or a hash is.
var garbage = []string{
	"", "x", "-1", "-9223372036854775808", "999", "9223372036854775807", "99999999999999999999999999", "1.5", "1e3", "0x3", "+3", "null", "true",
	"CW-9999", "CW-1002", "no-such-offer", "..%2f..", "'--", "{{.n}}", "\u0663", "\x00", " ", "é", "😀", "00000000000000000000000000000000",
}

// Every verb with every kind of argument that is missing, forged, stale or foreign:
// an answer, and nothing changed.
func TestForgedRefs(t *testing.T) {
	t.Parallel()
	w := withAnOrder(t)
	w.as("aicha").in("fabrikam").buys("business-premium", "2", "P1Y.annual", false) // CW-1002
	p := w.as("aicha")
	books := w.remembered()
	for _, verb := range conversations.Verbs {
		for _, ref := range forged(verb) {
			p.sends("", ref, map[string]string{"quantity": "1", "plan": "P1Y.annual", "addresses": "a@b", "q": "a"})
		}
		if w.remembered() != books {
			t.Fatalf("a forged ref of %q changed something", verb)
		}
	}
	for _, ref := range []string{"x", ":", "::::", "\xff\xfe", strings.Repeat("x", 10_000)} {
		p.sends("", ref, nil).at("home")
	}
}

// forged are refs of the verb that were printed nowhere.
func forged(verb string) []string {
	refs := []string{verb, verb + strings.Repeat(":2", 60), verb + ":3:" + strings.Repeat("0", 90), verb + ":3:" + strings.Repeat("0", 10_000)}
	for _, g := range garbage {
		refs = append(refs, verb+":"+g, verb+":2:"+g, verb+":"+g+":3")
		if verb == "assign" || verb == "remove" || verb == "move" || verb == "renew" || verb == "renew.plan" {
			refs = append(refs, verb+":"+basicSKU+":"+g, verb+":"+basicSKU+":40:"+g, verb+":"+g+":"+basicSKU)
		}
		if verb == "start" || verb == "choose" {
			refs = append(refs, verb+":assign:"+g, verb+":renew:"+g, verb+":assign:"+strings.Repeat("0", 32)+":"+g)
		}
		if verb == "details" {
			refs = append(refs, verb+":business-premium:0:"+g, verb+":business-premium:"+g+":3")
		}
	}
	return refs
}

// What was printed for an earlier cart does nothing to the cart as it is.
func TestStaleRefs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").puts("business-premium", "1", "P1Y.annual", false)
	p.clicks("Check out").at("check")
	stale := []string{"next" + p.refOf("next")[len("next"):], "place" + p.refOf("next")[len("next"):], "accept" + p.refOf("next")[len("next"):]}
	p.types("cart")
	for _, verb := range []string{"line.change", "line.remove", "cart.empty", "checkout"} {
		stale = append(stale, p.refOf(verb))
	}
	stale = append(stale, "cart.fix:1", "details:visio-p2:1:1", "details:visio-p2:0:1")
	p.puts("business-standard", "1", "P1Y.annual", false)
	books := w.remembered()
	for _, ref := range stale {
		p.sends("", ref, map[string]string{"quantity": "1", "plan": "P1Y.annual"}).at("cart").
			sees("That was out of date: something has changed since.", premium, standard)
		if w.remembered() != books {
			t.Fatalf("%q changed something", ref)
		}
	}
}

// Clicks on what is too long or unknown say that the button no longer works.
func TestDeadButtons(t *testing.T) {
	t.Parallel()
	p := newWorld(t).as("aicha")
	for _, ref := range []string{"approved:CW-1", "PLACE:1", strings.Repeat("x", 91), "home:" + strings.Repeat("0", 86), "home\x00", "home "} {
		p.sends("", ref, nil).at("home").sees("That button no longer works. Nothing was changed; please go on from here.")
	}
}

// A conversation that somebody wrote into the store is as good as lost.
func TestAGarbledConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("cart")
	key := conversations.Key{Organisation: "contoso", Account: p.account()}
	for _, state := range []string{"", "{", "[]", "null", `{"step":7}`, `{"step":""}`, `{"step":"elsewhere","page":-7}`} {
		_, version, err := w.store.Load(w.ctx, key)
		if err == nil {
			_, err = w.store.Save(w.ctx, key, version, []byte(state), 1e12)
		}
		if err != nil {
			t.Fatal(err)
		}
		p.sends("", "next:1:00", nil).at("cart")
	}
}

// Whatever is typed, clicked and filled in gets a sound answer, and buys nothing.
func FuzzTurn(f *testing.F) {
	f.Add("buy premium", "", "5", "P1Y.annual")
	f.Add("order CW-1001", "", "", "")
	f.Add("/m365 help", "", "", "")
	f.Add(strings.Repeat("é", 1500), "", "", "")
	for _, verb := range conversations.Verbs {
		f.Add("", verb, "", "")
		f.Add("", verb+":1:2", "\xff", "P1M.monthly")
		f.Add("", verb+":business-premium:0:0", "3", "P1Y.annual")
		f.Add("", verb+":CW-1001:9", "٣", "x.y.z")
	}
	w := newWorld(f)
	p := w.as("aicha")
	f.Fuzz(func(t *testing.T, text, ref, quantity, plan string) {
		w.failer = t
		if ref != "" && strings.HasPrefix(ref, "order.") {
			w.works()
		}
		p.sends(text, ref, map[string]string{"quantity": quantity, "plan": plan, "q": text, "group": plan, "auto_assign": quantity, "addresses": text + "\n" + plan})
		if n := w.count("SELECT count(*) FROM orders"); n != 0 {
			t.Errorf("%q %q made an order", text, ref)
		}
		cart, err := w.books.Cart(w.ctx, "contoso", "aicha")
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range cart.Lines {
			if l.Quantity < 1 || l.Quantity > 10_000 {
				t.Errorf("%d licences are in the cart", l.Quantity)
			}
		}
	})
}
