package locale

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

func messages(t *testing.T) map[string]map[string]*i18n.Message {
	t.Helper()
	all, err := read(embedded)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// forms are the texts of a message by plural form, without those that it lacks.
func forms(m *i18n.Message) map[string]string {
	all := map[string]string{"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other}
	maps.DeleteFunc(all, func(_, text string) bool { return text == "" })
	return all
}

// everyText calls check with each text of each language.
func everyText(t *testing.T, check func(lang, where, text string)) {
	t.Helper()
	n := 0
	for lang, all := range messages(t) {
		for key, m := range all {
			for form, text := range forms(m) {
				check(lang, fmt.Sprintf("%s %s %s", lang, key, form), text)
				n++
			}
		}
	}
	if n < 100 {
		t.Fatalf("only %d texts were found", n)
	}
}

func TestEveryKeyInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range Languages() {
		if diff := cmp.Diff(Keys(english), Keys(lang)); diff != "" {
			t.Errorf("keys (-en +%s):\n%s", lang, diff)
		}
	}
	if got := Keys("xx"); got != nil {
		t.Errorf("Keys of no language = %q, want none", got)
	}
}

var braces = regexp.MustCompile(`\{\{[^}]*\}\}`)

func variables(m *i18n.Message) []string {
	seen := map[string]bool{}
	for _, text := range forms(m) {
		for _, name := range braces.FindAllString(text, -1) {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func TestSameVariablesInEveryLanguage(t *testing.T) {
	t.Parallel()
	all := messages(t)
	for lang, translated := range all {
		for key, m := range translated {
			reference, ok := all[english][key]
			if !ok {
				continue // told by TestEveryKeyInEveryLanguage
			}
			if diff := cmp.Diff(variables(reference), variables(m)); diff != "" {
				t.Errorf("variables of %s (-en +%s):\n%s", key, lang, diff)
			}
		}
	}
}

// French says "one" of 0 and 1: a form that serves several numbers must say which.
func TestFormsForSeveralNumbersSayWhich(t *testing.T) {
	t.Parallel()
	for lang, all := range messages(t) {
		serves := pluralForms(lang)
		for key, m := range all {
			counts := slices.Contains(variables(m), "{{.n}}")
			for form, text := range forms(m) {
				if counts && serves[form] > 1 && !strings.Contains(text, "{{.n}}") {
					t.Errorf("%s %s: the form %q serves %d numbers and lacks {{.n}}", lang, key, form, serves[form])
				}
			}
		}
	}
}

// Where one language counts, all do, each with the forms that it has for the numbers up
// to ten thousand.
func TestEveryPluralForm(t *testing.T) {
	t.Parallel()
	all := messages(t)
	counted := map[string]bool{}
	for _, translated := range all {
		for key, m := range translated {
			counted[key] = counted[key] || len(forms(m)) > 1
		}
	}
	for lang, translated := range all {
		needed := slices.Sorted(maps.Keys(pluralForms(lang)))
		for key, m := range translated {
			want := []string{"other"}
			if counted[key] {
				want = needed
			}
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(forms(m)))); diff != "" {
				t.Errorf("forms of %s in %s (-want +got):\n%s", key, lang, diff)
			}
		}
	}
}

// pluralForms are a language's forms, with how many numbers each serves.
func pluralForms(lang string) map[string]int {
	names := map[plural.Form]string{
		plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
	}
	served := map[string]int{}
	for n := range 10_000 {
		served[names[plural.Cardinal.MatchPlural(language.MustParse(lang), n, 0, 0, 0, 0)]]++
	}
	return served
}

func TestEveryTextIsReadable(t *testing.T) {
	t.Parallel()
	everyText(t, func(_, where, text string) {
		_, err := parser{}.Parse(text, "", "")
		if err != nil {
			t.Errorf("%s: %v", where, err)
		}
		if text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
			t.Errorf("%s has spaces too many: %q", where, text)
		}
	})
}

// Texts are plain: a platform escapes them, so that a mark of emphasis would be read out.
func TestNoTextIsMarkup(t *testing.T) {
	t.Parallel()
	everyText(t, func(_, where, text string) {
		if i := strings.IndexAny(braces.ReplaceAllString(text, ""), "*_<>`~\\"); i >= 0 {
			t.Errorf("%s has markup in it: %q", where, text)
		}
	})
}

func TestApostrophesAndQuotesAreCurly(t *testing.T) {
	t.Parallel()
	everyText(t, func(_, where, text string) {
		if strings.ContainsAny(text, `'"`) || strings.Contains(text, "...") {
			t.Errorf("%s has ' or \" or ... in it; want ’ “ ” « » …: %q", where, text)
		}
	})
}

// faults are marks that a language does not write so.
var faults = map[string]map[string]*regexp.Regexp{
	"de": {
		"„ “ are the quotes":       regexp.MustCompile(`[”«»‘’]`),
		"no space before a mark":   regexp.MustCompile(`\s[;:?!,.]`),
		"% wants U+00A0 before it": regexp.MustCompile(`[\d}] ?%`),
		"Sie, not du":              regexp.MustCompile(`(?i)\b(du|dein|deine|dich|dir)\b`),
	},
	"zh-CN": {
		"marks are of full width":       regexp.MustCompile(`[,;:?!()]|\p{Han}\.`),
		"no space beside a mark":        regexp.MustCompile(`[，。：；！？（）“”、] | [，。：；！？（）“”、]`),
		"a space between Han and Latin": regexp.MustCompile(`\p{Han}[A-Za-z0-9/]|[A-Za-z0-9]\p{Han}`),
		"您, not 你":                      regexp.MustCompile(`你`),
	},
}

func TestMarksAreTheLanguages(t *testing.T) {
	t.Parallel()
	everyText(t, func(lang, where, text string) {
		for fault, pattern := range faults[lang] {
			if pattern.MatchString(filled(text)) {
				t.Errorf("%s: %s: %q", where, fault, text)
			}
		}
	})
}

// filled is a text with a number, in Chinese a date, or for lists a word as its values.
func filled(text string) string {
	return braces.ReplaceAllString(strings.NewReplacer("{{.date}}", "日", "{{.before}}", "人", "{{.item}}", "人").Replace(text), "0")
}

func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	for lang, texts := range map[string][]string{
		"de":    {"»Ja«", "Fertig ?", "20 %", "Hast du eine?"},
		"zh-CN": {"已完成,好", "完成.", "您好 ，", "购买Visio", "你好"},
	} {
		for _, text := range texts {
			if !slices.ContainsFunc(slices.Collect(maps.Values(faults[lang])), func(p *regexp.Regexp) bool { return p.MatchString(text) }) {
				t.Errorf("%q passes in %s", text, lang)
			}
		}
	}
}

// frenchFaults are where a French text breaks a line before a mark: a narrow space that
// does not break comes before ; ! ?, a full one before : and inside « ».
var frenchFaults = map[string]*regexp.Regexp{
	"; ! ? want U+202F before them": regexp.MustCompile(`(^|[^\x{202F}!?…])[;!?]+(\s|[»”)]|$)`),
	": wants U+00A0 before it":      regexp.MustCompile(`(^|[^\x{A0}]):(\s|$)`),
	"« wants U+00A0 after it":       regexp.MustCompile(`«([^\x{A0}]|$)`),
	"» wants U+00A0 before it":      regexp.MustCompile(`(^|[^\x{A0}])»`),
	"% wants U+202F before it":      regexp.MustCompile(`[\d}] ?%`),
	"€ wants U+00A0 before it":      regexp.MustCompile(`[\d}] ?€`),
}

func TestFrenchMarksKeepToTheirWord(t *testing.T) {
	t.Parallel()
	everyText(t, func(lang, where, text string) {
		for fault, pattern := range frenchFaults {
			if lang == "fr" && pattern.MatchString(text) {
				t.Errorf("%s: %s: %q", where, fault, text)
			}
		}
	})
}

func TestFrenchFaultsAreFound(t *testing.T) {
	t.Parallel()
	found := func(text string) bool {
		for _, pattern := range frenchFaults {
			if pattern.MatchString(text) {
				return true
			}
		}
		return false
	}
	for _, bad := range []string{
		"Prêt ?", "Prêt?", "Prêt\u00a0?", "Prêt\u00a0! Oui", "un\u00a0; deux", "un : deux", "un: deux", "un\u202f: deux",
		"« oui\u00a0»", "«\u00a0oui »", "«oui»", "20 %", "{{.rate}}%", "5 €", "(prêt ?)", "« prêt ? »",
	} {
		if !found(bad) {
			t.Errorf("%q passes", bad)
		}
	}
	for _, good := range []string{
		"Prêt\u202f?", "Quoi\u202f?!", "un\u202f; deux", "un\u00a0: deux", "à 14:05", "https://exemple.fr/?a=1", "«\u00a0oui\u00a0»",
		"20\u202f%", "5\u00a0€",
	} {
		if found(good) {
			t.Errorf("%q does not pass", good)
		}
	}
}

// What is counted here is counted as go-i18n counts it, which looks longer.
func TestCountingIsGoI18ns(t *testing.T) {
	t.Parallel()
	for lang, all := range messages(t) {
		words, counted := For(lang, nil), 0
		for key, m := range all {
			if len(forms(m)) < 2 {
				continue
			}
			counted++
			for _, n := range []int{-1, 0, 1, 2, 3, 5, 11, 21, 100, 101, 999, 1_000, 1_000_000} {
				slow := words.say(i18n.LocalizeConfig{MessageID: key, PluralCount: n}, values{n: &n})
				if got := words.N(key, n); got != slow {
					t.Errorf("%s in %s of %d says %q, want %q", key, lang, n, got, slow)
				}
			}
		}
		if counted == 0 && lang != "zh-CN" { // which has one form for all
			t.Errorf("nothing is counted in %s", lang)
		}
	}
}
