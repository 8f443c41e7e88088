package intent

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWhatIsMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"give visio to alex.o'neil+it@contoso.com, please":                                     "give visio to <person1>, please",
		"for anna@contoso.onmicrosoft.com and ANNA@contoso.onmicrosoft.com and bo@x.de":        "for <person1> and <person1> and <person2>",
		"(müller@contoso.example)":                                                             "(<person1>)",
		"把商业高级版分配给anna@contoso.com吧，5个":                                                        "把商业高级版分配给<person1>吧，5个",
		"全角 anna＠contoso．com 和":                                                                "全角 <person1> 和",
		"to anna @ contoso.com now":                                                            "to <person1> now",
		"anna(at)contoso.com / anna [at] contoso [dot] com":                                    "<person1> / <person2>",
		"<mailto:anna@contoso.com|anna@contoso.com>":                                           "<mailto:<person1>|<person1>>",
		"#EXT# guest anna_fabrikam.com#EXT#@contoso.onmicrosoft.com":                           "#EXT# guest <person1>",
		`visio for CONTOSO\anna`:                                                               "visio for <person1>",
		"@anna.b needs visio, <@U0123ABCD> too, <at>Anna Berg</at> and <@!123456789012345678>": "<person1> needs visio, <person2> too, <person3> and <person4>",
		"call +49 (0)30 / 123 45-67 or +1-555-010-9999":                                        "call <phone1> or <phone2>",
		"06 12 34 56 78, 030 1234567, (555) 010-9999, 555-010-9999":                            "<phone1>, <phone2>, <phone3>, <phone4>",
		"电话13812345678，＋８６１３８１２３４５６７８":                                                         "电话<id1>，<phone1>",
		"tenant 3b555118-da6a-4418-894f-7df1e2096870, {3B555118DA6A4418894F7DF1E2096870}":      "tenant <id1>, {<id2>}",
		"key sk-proj-a1b2c3d4e5f6g7h8 and card 4111 1111 1111 1111":                            "key <id1> and card <id2>",
		"IBAN DE89 3704 0044 0532 0130 00 and order 20260711":                                  "IBAN <id1> and order <id2>",
		"see https://contoso.example/x?token=abc and www.a.example/b":                          "see <link1> and <link2>",

		// What is asked for stays.
		"need 25 business premium seats, 1,000 E3, 1 000 F3, 1.000 E1":       "need 25 business premium seats, 1,000 E3, 1 000 F3, 1.000 E1",
		"Microsoft 365 E5 x 20, 3-5 Visio Plan 2, 2026-11-26, 26.11.2026":    "Microsoft 365 E5 x 20, 3-5 Visio Plan 2, 2026-11-26, 26.11.2026",
		"vingt licences Office 365 E3, facturées par mois, 10 000 en tout":   "vingt licences Office 365 E3, facturées par mois, 10 000 en tout",
		"Business-Premium-Lizenzen, business_premium, exchange-online-plan1": "Business-Premium-Lizenzen, business_premium, exchange-online-plan1",
		"买２５个商业高级版 @ 下周":                                                     "买２５个商业高级版 @ 下周",
		"":                                                                   "",
	} {
		if got, _ := mask(text); got != want {
			t.Errorf("%q\n goes out as %q\n       want %q", text, got, want)
		}
	}
}

// What a model never saw is no evidence, wherever it stands.
func TestWhatIsMaskedIsNoEvidence(t *testing.T) {
	t.Parallel()
	text := "visio for visio@contoso.example, call 030 1234567 or 12"
	_, hidden := mask(text)
	trace := playedRules{}.Trace(text, "en")
	trace.Numbers = append(trace.Numbers, Number{Span{strings.Index(text, "1234567"), strings.Index(text, "1234567") + 7}, 1234567, false})
	trace.Products = append(trace.Products, Naming{Span{10, 15}, []string{"visio-p2"}})
	left := trace.without(hidden)
	if len(left.Products) != 1 || left.Products[0].Start != 0 {
		t.Errorf("products are %v", left.Products)
	}
	for _, n := range left.Numbers {
		if n.Value != 12 {
			t.Errorf("%d is evidence", n.Value)
		}
	}
}

// No address, number or id gets through, whatever stands around it.
func TestNothingPersonalGoesOut(t *testing.T) {
	t.Parallel()
	personal := []string{
		"dagmar.weiss@fabrikam.example", "dagmar@fabrikam.onmicrosoft.com", "+49 171 5550123", "0171 5550123", "3b555118-da6a-4418-894f-7df1e2096870", "DE89370400440532013000",
	}
	around := rapid.SampledFrom([]string{"", " ", "\n", "给", "，", "(", ")", "<", ">", "5 ", " visio", ": ", "\t", "„", "“", "«", "\u00a0", "\u202e", "mailto:", "é", "_"})
	rapid.Check(t, func(rt *rapid.T) {
		secret := rapid.SampledFrom(personal).Draw(rt, "secret")
		text := around.Draw(rt, "before") + around.Draw(rt, "before") + secret + around.Draw(rt, "behind") + around.Draw(rt, "behind")
		got, _ := mask(text)
		for _, part := range []string{"dagmar", "fabrikam", "5550123", "da6a", "0532013"} {
			if strings.Contains(got, part) {
				rt.Fatalf("%q goes out as %q", text, got)
			}
		}
	})
}

// Where a long text is cut there is no half of an address.
func TestALongTextIsMaskedAsAWhole(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		text := strings.Repeat(" a@b.example", 330) + strings.Repeat(" ", n) + "dagmar.weiss@fabrikam.example"
		got, hidden := mask(text)
		if strings.Contains(got, "dagmar") || len([]rune(got)) > maxText {
			t.Fatalf("it goes out as ...%s", got[len(got)-60:])
		}
		if len(text) > maxMasked && !hidden[0].overlaps(Span{len(text) - 1, len(text)}) {
			t.Fatalf("what is cut away counts as seen: %v", hidden[0])
		}
	}
	text := strings.Repeat("https://contoso.example/"+strings.Repeat("x", 100)+" ", 31) + strings.Repeat(".", 122) + " dagmar.weiss@fabrikam.example"
	if got, _ := mask(text); strings.Contains(got, "dagmar") {
		t.Errorf("it goes out as %s", got)
	}
}

// A model that guesses right what it was not sent has still not read it.
func TestWhatIsCutOffIsNoEvidence(t *testing.T) {
	t.Parallel()
	for _, filler := range []string{"so ", "许", "x", "a@b.c "} {
		text := "visio " + strings.Repeat(filler, maxText/len([]rune(filler))) + " 12"
		d := newDesk(t, ModelOptions{Network: always(`{"intent":"buy","items":[` + oneLine("visio-p2", "12") + `]}`)})
		if i, _ := d.read(t, text); shown(i) != "buy | visio-p2 0  - ? 0 quantity []" {
			t.Errorf("%.20q...: %s", text, shown(i))
		}
	}
}
