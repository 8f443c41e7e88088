// Package locale holds every word that a person reads, and writes numbers, money and
// dates as the person's language does.
//
// The words are in words/<area>.<language>.toml, one key with its plural forms a table,
// with {{.name}} where a value goes. A further language is a file for each area and an
// entry in calendars.
package locale

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Languages lists the languages that there are words in, as BCP 47 tags, English first.
func Languages() []string { return slices.Clone(languages().names) }

// Match finds the language that serves best someone who asks for tags, the dearest
// first: BCP 47, or the values of an Accept-Language header. English where none fits.
func Match(tags ...string) string {
	asked := strings.Join(tags, ",")
	if found, ok := matched.Load(asked); ok {
		return found.(string) //nolint:forcetypeassert // it was stored below
	}
	all := languages()
	_, i := language.MatchStrings(all.matcher, tags...)
	if matches.Add(1) < 1000 { // there are so many languages, and then there is nonsense
		matched.Store(asked, all.names[i])
	}
	return all.names[i]
}

// matched is what Match has found before: people ask for few languages, again and again.
var (
	matched sync.Map
	matches atomic.Int32
)

// Keys lists the keys that a language has words for, sorted; none for a language that
// is not one of Languages.
func Keys(lang string) []string {
	l, ok := languages().spoken[lang]
	if !ok {
		return nil
	}
	return slices.Clone(l.keys)
}

// OnMissing sets what is told of words or values that are missing, whichever package
// asks for them: what is the key, and the value where it is one that is missing. A test
// fails there; a program counts and logs. nil: nobody is told.
func OnMissing(hook func(lang, what string)) { onMissing.Store(&hook) }

var onMissing atomic.Pointer[func(lang, what string)]

func missing(lang, what string) {
	if hook := onMissing.Load(); hook != nil && *hook != nil {
		(*hook)(lang, what)
	}
}

// Words speaks one language in one time zone. It is a small value, and safe for
// concurrent use. The zero Words speaks English, in UTC.
type Words struct {
	spoken *spoken
	zone   *time.Location
}

// For makes the Words of a language, as Match would find it, and a time zone; nil is UTC.
func For(lang string, zone *time.Location) Words {
	all := languages()
	l, ok := all.spoken[lang]
	if !ok {
		l = all.spoken[Match(lang)]
	}
	return Words{spoken: l, zone: zone}
}

// In is the same words in another time zone; nil is UTC.
func (w Words) In(zone *time.Location) Words {
	w.zone = zone
	return w
}

// Lang is the BCP 47 tag of the language.
func (w Words) Lang() string { return w.in().name }

func (w Words) in() *spoken {
	if w.spoken == nil {
		return languages().spoken[english]
	}
	return w.spoken
}

// T is the text of a key. pairs are names and values for its {{.name}}: a string goes
// in as it is, an int as the language writes numbers. Nothing else may be given: money
// and times are to be written with Money and Date first.
//
// A key without words in this language is told to OnMissing's hook, and read in English;
// one that English lacks too becomes ⟦key⟧. So does a value that was not given.
func (w Words) T(key string, pairs ...any) string {
	if text := w.in().texts[key][plural.Other]; text != nil {
		return text.fill(&values{words: w, key: key, pairs: pairs})
	}
	return w.say(i18n.LocalizeConfig{MessageID: key}, values{pairs: pairs})
}

// N is the text of a key in the plural form for n, which is {{.n}} in it. See T.
func (w Words) N(key string, n int, pairs ...any) string {
	if text := w.in().counted(key, n); text != nil {
		return text.fill(&values{words: w, key: key, pairs: pairs, n: &n})
	}
	return w.say(i18n.LocalizeConfig{MessageID: key, PluralCount: n}, values{pairs: pairs, n: &n})
}

func (w Words) say(asked i18n.LocalizeConfig, v values) string {
	v.words, v.key = w, asked.MessageID
	asked.TemplateData = &v
	asked.TemplateParser = parser{}
	text, err := w.in().localizer.Localize(&asked)
	if err != nil {
		missing(w.Lang(), v.key)
	}
	if text == "" {
		return marked(v.key)
	}
	return text
}

// marked shows where words are missing.
func marked(what string) string { return fmt.Sprintf("⟦%s⟧", what) }
