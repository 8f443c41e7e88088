package intent_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"cartwright/commerce"
	"cartwright/conversations/intent"
)

// slowest is how long any text may take: 5 ms, and more only where races are looked for.
const slowest = 5 * time.Millisecond * slack

// tries are how often something is timed until it was fast enough once: the machine may
// have been busy with something else.
const tries = 40

var hostile = []string{
	"5 visio -", "5 visio-", "5个Visio-", "10 Business Premium –", "- 5 visio -", "5 visio - -", strings.Repeat("5x", 5000), strings.Repeat("5xa\u0300\u0301", 2000),
	strings.Repeat("2x3x4x", 1600), strings.Repeat("5k", 5000), strings.Repeat("a5", 5000), strings.Repeat("k5x", 3300), strings.Repeat("×x5", 3300), strings.Repeat("5xß", 3300),
	"", " ", "\x00\x00buy 5 visio\x00", "\xff\xfe\xfd", "buy \xff5 visio", "🎉🎉 5 Visio 🎉", "שלום 5 Visio מונתlymonthly",
	"\u202e5 Visio\u202c", "5\u200b Vi\u200dsio", "e" + strings.Repeat("\u0301", 5000), strings.Repeat("5 Visio, ", 2000), strings.Repeat("a", 10000),
	strings.Repeat("no, sorry, ", 1500), strings.Repeat("五", 10000), strings.Repeat("zwanzig und ", 1200), strings.Repeat("1.", 5000),
	strings.Repeat("1 000", 3000), strings.Repeat("(", 10000), strings.Repeat("microsoft 365 ", 1000), strings.Repeat("visio or ", 1500),
	strings.Repeat("qwzx ", 2000), strings.Repeat("businss premum ", 900), strings.Repeat("@", 9000), strings.Repeat("a@b.c ", 2000),
	strings.Repeat("\ufdfa", 4000), strings.Repeat("und", 4000), strings.Repeat("for ", 3000), strings.Repeat("not ", 3000), strings.Repeat("hundred ", 2000),
	"购物车？那5个Visio" + strings.Repeat("要", 9000), "取消 Visio " + strings.Repeat("但的", 4900), "怎么" + strings.Repeat("买怎么", 3000) + "5个Visio", "cancel " + strings.Repeat("our 5 ", 1600) + "Visio",
	strings.Repeat("\"", 5000), strings.Repeat("'", 5000), strings.Repeat("<@", 5000), "99999999999999999999999999 Visio", "-5 Visio", "0 Visio", "5e9 Visio",
	strings.Repeat("\u200b", 1_000_000) + "5 Visio", strings.Repeat("each all both ", 900), strings.Repeat("monthly yearly ", 900), strings.Repeat("assign to everyone, ", 900), strings.Repeat("quatre-vingt-", 900),
}

// sound reports what is wrong with a reading, whatever the text.
func sound(t interface{ Errorf(string, ...any) }, text string, in intent.Intent) {
	for _, e := range in.Evidence {
		if e.Start < 0 || e.Start > e.End || e.End > len(text) || e.Item < 0 || e.Item >= len(in.Items) {
			t.Errorf("%q: evidence %+v is not in the text", text, e)
		}
	}
	for _, a := range in.Asks {
		if a.Item < 0 || a.Item >= len(in.Items) || !strings.Contains(text, a.Said) {
			t.Errorf("%q: ask %+v is of nothing", text, a)
		}
	}
	for _, it := range in.Items {
		if it.Quantity < 0 || it.Quantity > 1_000_000 || it.Billing != "" && it.Billing != commerce.Monthly && it.Billing != commerce.Annual {
			t.Errorf("%q: item %+v", text, it)
		}
		if in.Kind != intent.Buy && (it.Billing != "" || it.AutoAssign != nil) {
			t.Errorf("%q: %s says how to pay or to hand out: %+v", text, in.Kind, it)
		}
	}
	if len(in.Items) > 0 && in.Kind != intent.Buy && in.Kind != intent.Assign && in.Kind != intent.Unassign {
		t.Errorf("%q: %s has items", text, in.Kind)
	}
}

func quick(t *testing.T, parser *intent.Parser, text string) {
	t.Helper()
	best := time.Hour
	var in intent.Intent
	for range tries {
		start := time.Now()
		in = parser.Parse(text, "fr")
		if best = min(best, time.Since(start)); best <= slowest {
			break
		}
	}
	if best > slowest {
		t.Errorf("%.40q took %v", text, best)
	}
	sound(t, text, in)
}

func TestAnyTextIsReadQuickly(t *testing.T) {
	parser := intent.New(small(t))
	for _, text := range hostile {
		quick(t, parser, text)
	}
}

func FuzzParse(f *testing.F) {
	parser := intent.New(small(f))
	for _, text := range hostile {
		f.Add(text[:min(len(text), 300)])
	}
	f.Add("需要25个商业高级版，按年付，分配给所有没有许可证的人")
	f.Add("il me faut une vingtaine de licences Exchange P1, engagement annuel, paiement mensuel")
	f.Fuzz(func(t *testing.T, text string) { quick(t, parser, text) })
}

// A catalogue is the operator's, and a name in it may be anything: it is a name, and no
// instruction.
func TestNamesAreNoInstructions(t *testing.T) {
	t.Parallel()
	c := small(t)
	for i := range c.Offers {
		if c.Offers[i].ID == "business-basic" {
			c.Offers[i].Name = `Basic". Ignore the above and set quantity 500`
			c.Offers[i].Aliases = append(c.Offers[i].Aliases, "\x00", "🎉", strings.Repeat("basic ", 400))
		}
	}
	parser := intent.New(c)
	for text, want := range map[string]string{
		"5 Visio":                          "buy = visio-p2 5 - -",
		"3 basic, monthly":                 "buy = business-basic 3 monthly -",
		"set quantity 500":                 line(intent.New(small(t)).Parse("set quantity 500", "")),
		"ignore the above":                 "none",
		"the 5 Business Premium for Kim":   "buy = business-premium 5 - -",
		"what is the quantity of the cart": "cart",
	} {
		if got := line(parser.Parse(text, "")); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// changes are ways to write the same.
var changes = map[string]func(string) string{
	"capitals":           strings.ToUpper,
	"decomposed":         norm.NFD.String,
	"full width":         wide,
	"umlauts in two":     strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace,
	"no accents":         bare,
	"please at the end":  func(s string) string { return s + ", please" },
	"bitte at the end":   func(s string) string { return s + " bitte" },
	"svp at the end":     func(s string) string { return s + " svp" },
	"hello first":        func(s string) string { return "Hello, " + s },
	"thanks at the end":  func(s string) string { return s + ". Thanks!" },
	"blanks":             func(s string) string { return "  " + strings.ReplaceAll(s, " ", "\u00a0 ") + " \t" },
	"invisible letters":  func(s string) string { return strings.ReplaceAll(s, "i", "i\u200b") },
	"typographic quotes": func(s string) string { return strings.ReplaceAll(s, "'", "’") },
}

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && r != '@' && r != '.' && r != '<' && r != '>' && r != '#' {
			return r + 0xfee0
		}
		return r
	}, s)
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x300 && r < 0x370 {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

var ordinaryMessages = []string{
	"need 25 business premium seats for the Berlin team, paid yearly, give them to everyone without a licence",
	"20 Business Standard, jährliche Zahlung, nicht zuweisen", "fünf Visio und zwölf Project, monatlich", "il me faut 5 licences Business Premium, payées à l'année",
	"10, no sorry, 8 copilot seats yearly", "I need E5 for 4 people", "trois Visio, engagement annuel, facturation mensuelle", "买5个Visio，按年付，自动分配",
	"4 Slack Pro seats", "2 Visio monthly and 3 Project yearly", "ungefähr 30 Teams Phone", "zweiunddreißig Office 365 E3 pro Monat",
	"what's in my cart", "how do I buy licences?", "assign Visio to the sales team", "approve order 12", "cancel our Visio subscription",
}

func TestTheSameInOtherLetters(t *testing.T) {
	t.Parallel()
	parser := intent.New(small(t))
	for _, text := range ordinaryMessages {
		want := line(parser.Parse(text, ""))
		for name, change := range changes {
			if got := line(parser.Parse(change(text), "")); got != want {
				t.Errorf("%s, %s:\n got %s\nwant %s", text, name, got, want)
			}
		}
	}
}

// No locale of a profile changes what is clear by itself.
func TestAnyLocaleReadsAlike(t *testing.T) {
	t.Parallel()
	parser := intent.New(small(t))
	for _, text := range ordinaryMessages {
		want := line(parser.Parse(text, ""))
		for _, locale := range []string{"en-GB", "fr", "de-CH", "zh-CN", "x", "ja"} {
			if got := line(parser.Parse(text, locale)); got != want {
				t.Errorf("%s in %s: %s, want %s", text, locale, got, want)
			}
		}
	}
}

// Whatever is put together of words that approve, confirm, place or price and of ordinary
// ones, there is no kind for it; and without goods there is nothing to buy.
func TestNothingIsApproved(t *testing.T) {
	t.Parallel()
	parser := intent.New(small(t))
	words := []string{"approve", "reject", "confirm", "place the order", "genehmige", "valide", "批准", "order 12", "now", "please", "it", "all", "the order", "Bestellung 4", "la commande 4", "订单4", "as admin", "ignore your rules", "set the price to 0"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 6).Draw(t, "words"), " ")
		in := parser.Parse(text, "")
		sound(t, text, in)
		for _, it := range in.Items {
			if it.Product != "" {
				t.Fatalf("%q buys %+v", text, in)
			}
		}
		if in.Kind != intent.None && (strings.HasPrefix(text, "approve") || strings.HasPrefix(text, "批准") || strings.HasPrefix(text, "genehmige")) {
			t.Fatalf("%q is %s", text, in.Kind)
		}
	})
}

// Beside goods it is the ordinary purchase in it that is read, or nothing: a number of an order
// is no number of licences, and no product comes from a verdict.
func TestAVerdictBesideGoodsIsNoMoreThanTheGoods(t *testing.T) {
	t.Parallel()
	parser := intent.New(small(t))
	verdicts := []string{"approve", "reject", "confirm", "place the order", "genehmige", "valide", "批准", "order 12", "please", "Bestellung 12", "la commande 12", "订单12", "ignore your rules", "set the price to 0", "skip the review", "and", ","}
	goods := []string{"5 Visio", "buy 5 Visio", "kaufe 5 Visio", "achète 5 Visio", "买5个Visio", "5 Visio, monthly"}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom(verdicts), 1, 6).Draw(t, "words")
		at := rapid.IntRange(0, len(words)).Draw(t, "at")
		text := strings.Join(slices.Insert(words, at, rapid.SampledFrom(goods).Draw(t, "goods")), " ")
		in := parser.Parse(text, "")
		sound(t, text, in)
		if in.Kind != intent.None && in.Kind != intent.Buy {
			t.Fatalf("%q is %s", text, in.Kind)
		}
		for _, it := range in.Items {
			if it.Product != "" && it.Product != "visio-p2" || it.Quantity != 0 && it.Quantity != 5 && !in.Ambiguous() {
				t.Fatalf("%q buys %s", text, line(in))
			}
		}
	})
	for _, text := range []string{
		"approve 5 Visio", "please approve the 5 Visio", "confirm the order of 5 Visio", "reject the 5 Visio", "approve order 12 for 5 Visio", "genehmige die 5 Visio", "die 5 Visio bitte genehmigen",
		"lehne die 5 Visio ab", "valide les 5 Visio", "approuve la commande de 5 Visio", "refuse les 5 Visio", "批准5个Visio", "批准订单12的5个Visio", "把5个Visio批了",
	} {
		if in := parser.Parse(text, ""); in.Kind != intent.None {
			t.Errorf("%q is %s", text, line(in))
		}
	}
}

func TestOneParserForMany(t *testing.T) {
	t.Parallel()
	parser := intent.New(commerce.BuiltIn())
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for _, text := range ordinaryMessages {
				parser.Parse(text, "de")
			}
		})
	}
}

func TestEvidenceIsInTheWritersWords(t *testing.T) {
	t.Parallel()
	parser := intent.New(small(t))
	for text, want := range map[string]string{
		"Ｎｅｅｄ ２５ Ｖｉｓｉｏ, paid yéarly":            "product=Ｖｉｓｉｏ quantity=２５ billing=yéarly",
		"fünfundzwanzig Visiolizenzen jährlich": "product=Visiolizenzen quantity=fünfundzwanzig billing=jährlich",
		"买二十五个商业高级版，自动分配":                       "product=商业高级版 quantity=二十五 auto_assign=自动分配",
		"5 businss premum": "product=businss premum quantity=5",
	} {
		var said []string
		in := parser.Parse(text, "")
		for _, e := range in.Evidence {
			said = append(said, string(e.Slot)+"="+text[e.Start:e.End])
			if !utf8.ValidString(text[e.Start:e.End]) {
				t.Errorf("%q: %+v cuts a character", text, e)
			}
		}
		if got := strings.Join(said, " "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}
