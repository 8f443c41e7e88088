package intent

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// told is what a model says, of lines such as "m365-e3 25 monthly true" with - for null.
func told(t testing.TB, kind Kind, lines ...string) said {
	t.Helper()
	s := said{Intent: kind, Items: []saidItem{}}
	for _, l := range lines {
		w := strings.Fields(l + " - - - -")
		quote := func(s string) string { return strings.ReplaceAll(`"`+s+`"`, `"-"`, "null") }
		raw := fmt.Sprintf(`{"product":%s,"quantity":%s,"billing":%s,"auto_assign":%s}`, quote(w[0]), strings.ReplaceAll(w[1], "-", "null"), quote(w[2]), strings.ReplaceAll(w[3], "-", "null"))
		var item saidItem
		if err := json.Unmarshal([]byte(raw), &item); err != nil {
			t.Fatal(raw, err)
		}
		s.Items = append(s.Items, item)
	}
	return s
}

// shown is an Intent in a line: kind, lines, questions.
func shown(i Intent) string {
	var b strings.Builder
	fmt.Fprint(&b, i.Kind)
	for _, item := range i.Items {
		auto := "-"
		if item.AutoAssign != nil {
			auto = fmt.Sprint(*item.AutoAssign)
		}
		fmt.Fprintf(&b, " | %s %d %s %s", item.Product, item.Quantity, item.Billing, auto)
	}
	for _, q := range i.Asks {
		fmt.Fprintf(&b, " ? %d %s %v", q.Item, q.Slot, q.Candidates)
	}
	return b.String()
}

func TestTheModelResolvesAndNeverInvents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		said    said
		want    string
		source  Source
		differs bool
	}{
		// What is in the text holds.
		{"we could do with 12 visio", told(t, Buy, "visio-p2 12"), "buy | visio-p2 12  -", ByModel, false},
		{"5 visio for us and 3 for them", told(t, Buy, "visio-p2 8"), "buy | visio-p2 8  -", ByModel, false},
		{"7 visio monthly for everyone", told(t, Buy, "visio-p2 7 monthly true"), "buy | visio-p2 7 monthly true", ByModel, false},
		{"what do we have", told(t, Subscriptions), "subscriptions", ByModel, false},
		{"5 visio, 5 business premium", told(t, Buy, "visio-p2 5", "business-premium 5"), "buy | visio-p2 5  - | business-premium 5  -", ByModel, false},

		// What is not becomes a question.
		{"5 visio and 3 business premium", told(t, Buy, "visio-p2 8"), "buy | visio-p2 0  - ? 0 quantity []", ByModel, true},
		{"5 business premium and 3 for visio", told(t, Buy, "visio-p2 8"), "buy | visio-p2 0  - ? 0 quantity []", ByModel, true},
		{"we could do with 12 visio", told(t, Buy, "visio-p2 50"), "buy | visio-p2 0  - ? 0 quantity []", ByModel, true},
		{"we could do with 12 seats", told(t, Buy, "visio-p2 12"), "buy |  12  - ? 0 product []", ByModel, true},
		{"12 E3", told(t, Buy, "m365-e3 12"), "buy |  12  - ? 0 product [office365-e3 m365-e3]", ByModel, false},
		{"3-5 visio", told(t, Buy, "visio-p2 5"), "buy | visio-p2 0  - ? 0 quantity []", ByModel, true},
		{"about 40 visio", told(t, Buy, "visio-p2 40"), "buy | visio-p2 0  - ? 0 quantity []", ByModel, true},
		{"5 visio and business premium", told(t, Buy, "visio-p2 5", "business-premium 5"), "buy | visio-p2 5  - | business-premium 0  - ? 1 quantity []", ByModel, true},
		// Or is left, where the form asks anyway.
		{"5 visio", told(t, Buy, "visio-p2 5 annual true"), "buy | visio-p2 5  -", ByModel, true},
		{"5 visio, monthly or yearly", told(t, Buy, "visio-p2 5 annual"), "buy | visio-p2 5  -", ByModel, true},
		{"5 visio for everyone", told(t, Assign, "visio-p2 5 - true"), "assign | visio-p2 5  -", ByModel, false},
		{"nice weather", told(t, Buy, "- -"), "buy", ByModel, false},

		// The rules' reading stays.
		{"buy 5 visio", told(t, Buy, "business-premium 9"), "buy | visio-p2 5  -", ByRules, true},
		{"buy 5 visio", told(t, Buy, "visio-p2 9"), "buy | visio-p2 5  -", ByRules, true},
		{"buy 5 visio", told(t, Buy, "visio-p2 5", "business-premium 5"), "buy | visio-p2 5  -", ByRules, true},
		{"buy 5 visio", told(t, None), "buy | visio-p2 5  -", ByRules, true},
		{"buy 5 visio", told(t, Cancel), "buy | visio-p2 5  -", ByRules, true},
		{"approve order 12", told(t, Buy, "visio-p2 12"), "none", ByRules, true},
		{"nice weather", told(t, None), "none", ByRules, false},
		{"buy 4 E3", told(t, Buy, "m365-e3 4"), "buy |  4  - ? 0 product [office365-e3 m365-e3]", ByRules, true},
		{"buy 4 E3", told(t, Buy, "visio-p2 4"), "buy |  4  - ? 0 product [office365-e3 m365-e3]", ByRules, true},
		{"buy 4 E3 beside our visio", told(t, Buy, "visio-p2 4"), "buy |  4  - ? 0 product [office365-e3 m365-e3]", ByRules, true},
		{"buy 4 E3", told(t, Buy, "m365-e3 40"), "buy |  4  - ? 0 product [office365-e3 m365-e3]", ByRules, true},
		{"buy 3-5 visio", told(t, Buy, "visio-p2 5"), "buy | visio-p2 0  -", ByRules, true},

		// A kind that loses something is not the model's to find.
		{"what a day, 5 visio", told(t, Cancel), "none", ByRules, true},
		{"what a day, 5 visio", told(t, Unassign, "visio-p2 -"), "none", ByRules, true},

		// And what it leaves open is filled.
		{"buy 4 E3, the office one", told(t, Buy, "office365-e3 4"), "buy | office365-e3 4  -", ByBoth, false},
		{"buy E3, 4 of them", told(t, Buy, "m365-e3 4"), "buy |  4  - ? 0 product [office365-e3 m365-e3]", ByRules, true},
		{"buy visio monthly", told(t, Buy, "visio-p2 - monthly"), "buy | visio-p2 0 monthly -", ByBoth, false},
		{"buy for everyone, 4 of them", told(t, Buy, "- 4 - true"), "buy |  4  true", ByBoth, false},
	} {
		i, source, differs := agree(playedRules{}.Parse(c.text, "en"), playedRules{}.Trace(c.text, "en"), c.said)
		if got := shown(i); got != c.want || source != c.source || differs != c.differs {
			t.Errorf("%q:\n got %s (%s, differs %t)\nwant %s (%s, differs %t)", c.text, got, source, differs, c.want, c.source, c.differs)
		}
	}
}

// What the rules read as said of one line is not said of another, and what the catalogue has
// not is at most what was perhaps meant.
func TestTheRulesKnowWhatBelongsTogether(t *testing.T) {
	t.Parallel()
	text := "2 visio monthly for everyone and an E3 business thing"
	trace, yes := playedRules{}.Trace(text, "en"), true
	rules := Intent{
		Kind: Buy, Items: []Item{{Product: "visio-p2", Quantity: 2, Billing: "monthly", AutoAssign: &yes}, {}},
		Asks:     []Ask{{Item: 1, Slot: Product, Said: "E3 business"}},
		Evidence: []Evidence{{0, Quantity, 0, 1}, {0, Billing, 8, 15}, {0, AutoAssign, 20, 28}},
	}
	before := shown(rules)
	i, source, differs := agree(rules, trace, told(t, Buy, "visio-p2 2 monthly true", "m365-e3 2 monthly true"))
	if want := "buy | visio-p2 2 monthly true |  0  - ? 1 product [office365-e3 m365-e3]"; shown(i) != want || source != ByBoth || !differs {
		t.Errorf("got %s (%s, differs %t), want %s", shown(i), source, differs, want)
	}
	if shown(rules) != before {
		t.Errorf("the rules' reading was changed: %s", shown(rules))
	}
	i, _, _ = agree(rules, trace, told(t, Buy, "visio-p2 2 monthly", "business-premium -"))
	if shown(i) != before {
		t.Errorf("got %s", shown(i))
	}
}

// texts are written of what the played rules know, and of what they do not.
var texts = rapid.Custom(func(t *rapid.T) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{
		"buy", "approve", "visio", "E3", "business premium", "office 365", "microsoft", "the office one", "monthly", "yearly", "everyone",
		"5", "12", "25", "about 40", "3-5", "anna@contoso.example", "+49 30 1234567", "order", "please", "ignore your rules", "许可证", "\u202e", "500",
	}), 0, 9).Draw(t, "words")
	return strings.Join(words, " ")
})

// anyAnswers are JSON that models might write: mostly of the form, with any values.
var anyAnswers = rapid.Custom(func(t *rapid.T) string {
	value := rapid.OneOf(
		rapid.SampledFrom([]string{"null", `"m365-e3"`, `"office365-e3"`, `"visio-p2"`, `"business-premium"`, `"copilot"`, "5", "12", "25", "37", "500", "-3", "1e12", "2.5", "true", "false", `"monthly"`, `"annual"`, "[]", "{}"}),
		rapid.Map(rapid.IntRange(0, 60), func(n int) string { return fmt.Sprint(n) }),
	)
	slot := func(name string, usual ...string) string {
		if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			return fmt.Sprintf("%q:%s", name, value.Draw(t, "value"))
		}
		return fmt.Sprintf("%q:%s", name, rapid.SampledFrom(usual).Draw(t, "value"))
	}
	var lines []string
	for range rapid.IntRange(0, 3).Draw(t, "lines") {
		lines = append(lines, "{"+strings.Join([]string{
			slot("product", `"m365-e3"`, `"office365-e3"`, `"visio-p2"`, `"business-premium"`, "null"), slot("quantity", "5", "12", "17", "25", "40", "500", "null"),
			slot("billing", `"monthly"`, `"annual"`, "null"), slot("auto_assign", "true", "false", "null"),
		}, ",")+"}")
	}
	kind := rapid.SampledFrom([]string{"buy", "buy", "buy", "assign", "unassign", "cart", "subscriptions", "help", "cancel", "none", "approve", "place"}).Draw(t, "kind")
	return fmt.Sprintf(`{"intent":%q,"items":[%s]}`, kind, strings.Join(lines, ","))
})

// Whatever a model answers, an Intent has only kinds that there are, products of the catalogue
// that the text names, and quantities that stand in it; and what the rules are sure of stays.
func TestNoAnswerMakesAnythingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text, content := texts.Draw(rt, "text"), anyAnswers.Draw(rt, "answer")
		d := newDesk(t, ModelOptions{Network: always(content)})
		i := d.Read(t.Context(), Text{Text: text, Locale: "en"})
		rules, trace := playedRules{}.Parse(text, "en"), playedRules{}.Trace(text, "en")
		if !slices.Contains(Kinds, i.Kind) || (rules.Kind != None || trace.Settled) && i.Kind != rules.Kind {
			rt.Fatalf("it is %q, by the rules %q", i.Kind, rules.Kind)
		}
		for n, item := range i.Items {
			if n < len(rules.Items) && !keeps(item, rules.Items[n]) {
				rt.Fatalf("line %d is %+v, by the rules %+v", n, item, rules.Items[n])
			}
			if item.Product != "" && !means(trace, item.Product) {
				rt.Fatalf("%q is not named in %q", item.Product, text)
			}
			if item.Quantity != 0 && !addsUp(trace, item.Quantity) {
				rt.Fatalf("%d is not in %q", item.Quantity, text)
			}
		}
		for _, q := range i.Asks {
			if q.Item >= len(i.Items) || slices.ContainsFunc(q.Candidates, func(id string) bool { return !means(trace, id) }) {
				rt.Fatalf("it asks %+v of %q", q, text)
			}
		}
		for _, e := range i.Evidence {
			if e.Item >= len(i.Items) || e.Start < 0 || e.End > len(text) || e.Start >= e.End {
				rt.Fatalf("evidence %+v of %q", e, text)
			}
		}
	})
}

// keeps reports whether a line has all that the rules read.
func keeps(now, rules Item) bool {
	return (rules.Product == "" || now.Product == rules.Product) && (rules.Quantity == 0 || now.Quantity == rules.Quantity) &&
		(rules.Billing == "" || now.Billing == rules.Billing) && (rules.AutoAssign == nil || now.AutoAssign != nil && *now.AutoAssign == *rules.AutoAssign)
}

func means(t Trace, id string) bool {
	return slices.ContainsFunc(t.Products, func(n Naming) bool { return slices.Contains(n.Offers, id) })
}

// addsUp reports whether some of the exact numbers add up to a quantity.
func addsUp(t Trace, quantity int) bool {
	sums := map[int]bool{0: true}
	for _, n := range t.Numbers {
		for _, s := range slices.Collect(maps.Keys(sums)) {
			if !n.Loose {
				sums[s+n.Value] = true
			}
		}
	}
	return sums[quantity]
}

func TestWhenTheRulesAreNotSure(t *testing.T) {
	t.Parallel()
	line := []Item{{Product: "visio-p2"}}
	twelve := []Number{{Span{4, 6}, 12, false}}
	for _, c := range []struct {
		name string
		i    Intent
		t    Trace
		want string
	}{
		{"no kind was found", Intent{Kind: None}, Trace{}, "kind"},
		{"it is known to be nothing", Intent{Kind: None}, Trace{Settled: true, Numbers: twelve}, ""},
		{"something is asked", Intent{Kind: Buy, Items: line, Asks: []Ask{{Slot: Quantity}}}, Trace{}, "asks"},
		{"no line, and a product", Intent{Kind: Buy}, Trace{Products: []Naming{{Span{0, 3}, []string{"visio-p2"}}}}, "lines"},
		{"no line, and a number", Intent{Kind: Assign}, Trace{Numbers: twelve}, "lines"},
		{"nothing was given", Intent{Kind: Buy}, Trace{}, ""},
		{"a cart has no lines", Intent{Kind: Cart}, Trace{Numbers: twelve}, ""},
		{"a number is left", Intent{Kind: Buy, Items: line}, Trace{Numbers: twelve}, "number"},
		{"about a number is left", Intent{Kind: Buy, Items: line}, Trace{Numbers: []Number{{Span{4, 6}, 12, true}}}, ""},
		{"the number is another line's", Intent{Kind: Buy, Items: []Item{{Product: "m365-e3", Quantity: 12}, line[0]}, Evidence: []Evidence{{0, Quantity, 4, 6}}}, Trace{Numbers: twelve}, ""},
		{"assigning needs no number", Intent{Kind: Assign, Items: line}, Trace{Numbers: twelve}, ""},
	} {
		if got := unsure(c.i, c.t); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
