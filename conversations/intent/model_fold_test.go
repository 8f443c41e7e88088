package intent

import (
	"strings"
	"testing"

	"cartwright/commerce"
)

// With the rules that the program has: a product told in two pieces is one line where a
// model says so. What else a piece says, and what else may be meant, keeps it a line.
func TestAProductInTwoPieces(t *testing.T) {
	t.Parallel()
	parser := New(commerce.BuiltIn())
	for _, c := range []struct {
		text string
		said said
		want string
	}{
		{"5 Business licences, the premium kind", told(t, Buy, "business-premium 5"), "buy | business-premium 5  -"},
		{"Office, 25 E3, yearly", told(t, Buy, "office365-e3 25"), "buy | office365-e3 25 annual -"},
		{"wir brauchen 5 Business Lizenzen, und zwar Premium, monatlich", told(t, Buy, "business-premium 5 monthly"), "buy | business-premium 5 monthly -"},
		{"il faut 5 licences Business, la version Premium, à l’année", told(t, Buy, "business-premium 5"), "buy | business-premium 5 annual -"},
		{"5个E3，要Office的", told(t, Buy, "office365-e3 5"), "buy | office365-e3 5  -"},
		{"12 Exchange, plan 2, and 3 Copilot", told(t, Buy, "exchange-online-p2 12", "copilot 3"), "buy | exchange-online-p2 12  - | copilot 3  -"},

		// The other piece is a line of its own to the model, or has a number or a manner of
		// its own; or the model says a product that the pieces leave open.
		{"5 Business licences, the premium kind", told(t, Buy, "- 5", "business-premium"), "buy |  5  - | business-premium 0  - ? 0 product"},
		{"5 Business licences, the premium kind", told(t, Buy, "business-basic 5", "business-premium"), "buy |  5  - | business-premium 0  - ? 0 product"},
		{"5 Business licences and 3 premium", told(t, Buy, "business-premium 5"), "buy |  5  - | business-premium 3  - ? 0 product"},
		{"5 Business licences monthly, Premium yearly", told(t, Buy, "business-premium 5"), "buy |  5 monthly - | business-premium 0 annual - ? 0 product"},
		{"25 Office E3 and some Office", told(t, Buy, "office365-e3 25"), "buy | office365-e3 25  - |  0  - ? 1 product"},
		{"Office, 25 E3", told(t, Buy, "m365-e3 25"), "buy |  0  - |  25  - ? 0 product ? 1 product"},
		{"25 E3 from Microsoft 365", told(t, Buy, "m365-e3 25"), "buy |  25  - |  0  - ? 0 product ? 1 product"},
		{"5 Business licences, the premium kind", told(t, Buy, "visio-p2 5"), "buy |  5  - | business-premium 0  - ? 0 product"},
	} {
		rules := parser.Parse(c.text, "")
		i, _, _ := agree(rules, parser.Trace(c.text, ""), c.said)
		for n := range i.Asks {
			i.Asks[n].Candidates = nil // they are many, and the rules' own
		}
		if got := strings.ReplaceAll(shown(i), " []", ""); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
		for _, e := range i.Evidence {
			if e.Item >= len(i.Items) || e.Start >= e.End {
				t.Errorf("%s: evidence %+v is of no line", c.text, e)
			}
		}
	}
}

// A number that the rules ask about is nobody's yet.
func TestTheModelChoosesOfTwoNumbers(t *testing.T) {
	t.Parallel()
	parser := New(commerce.BuiltIn())
	for _, c := range []struct {
		text, quantity string
	}{{"Buy 25 Visio, the Microsoft one", "25"}, {"5 Visio 10", "10"}, {"5 Visio 10", "5"}} {
		rules := parser.Parse(c.text, "en")
		if rules.Items[0].Quantity != 0 || !rules.Ambiguous() {
			t.Fatalf("%s: the rules are sure: %+v", c.text, rules)
		}
		i, source, differs := agree(rules, parser.Trace(c.text, "en"), told(t, Buy, "visio-p2 "+c.quantity))
		if got := shown(i); got != "buy | visio-p2 "+c.quantity+"  -" || source != ByBoth || differs {
			t.Errorf("%s: %s by %s, differs %v", c.text, got, source, differs)
		}
		for _, e := range i.Evidence {
			if e.Slot == Quantity && c.text[e.Start:e.End] != c.quantity {
				t.Errorf("%s: %q counts", c.text, c.text[e.Start:e.End])
			}
		}
	}
}

// With the rules' own trace: another's seats are not added, and nothing is dropped without a
// word for it.
func TestTheModelTakesNothingOfOthers(t *testing.T) {
	t.Parallel()
	parser := New(commerce.BuiltIn())
	for _, text := range []string{"10 Visio and 15 Copilot", "10 Visio and 15 Slack Pro", "10 Visio, 15 Project"} {
		if row := parser.Trace(text, "").count("visio-p2", 25, nil); row != nil {
			t.Errorf("%s: 25 Visio are at %v", text, row)
		}
	}
	if parser.Trace("10 for Berlin and 15 for Paris, Visio", "").count("visio-p2", 25, nil) == nil {
		t.Error("10 and 15 are not 25")
	}
	for text, want := range map[string]Kind{"the printer on floor 3 hums": None, "the printer on floor 3 hums, scrap it": Cancel} {
		var trace Trace
		trace.losses(newReading(parser, parser.read(text, "")).spans)
		if i, _, _ := agree(Intent{Kind: None}, trace, told(t, Cancel)); i.Kind != want {
			t.Errorf("%s: %s, want %s", text, i.Kind, want)
		}
	}
}

// What stands beside one product is not another's number, where the rules have no line yet.
func TestTheModelSwapsNoNumbers(t *testing.T) {
	t.Parallel()
	trace := New(commerce.BuiltIn()).Trace("10 Visio and 3 Copilot", "")
	i, _, differs := agree(Intent{Kind: None}, trace.open(), told(t, Buy, "visio-p2 3", "copilot 10"))
	if want := "buy | visio-p2 0  - | copilot 0  - ? 0 quantity [] ? 1 quantity []"; shown(i) != want || !differs {
		t.Errorf("got %s, want %s", shown(i), want)
	}
	i, _, _ = agree(Intent{Kind: None}, trace.open(), told(t, Buy, "visio-p2 10", "copilot 3"))
	if want := "buy | visio-p2 10  - | copilot 3  -"; shown(i) != want {
		t.Errorf("got %s, want %s", shown(i), want)
	}
}

func (t Trace) open() Trace {
	t.Settled = false
	return t
}
