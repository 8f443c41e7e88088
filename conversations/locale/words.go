package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/bojanz/currency"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

const english = "en"

//go:embed words/*.toml
var embedded embed.FS

// spoken is a language with all that writing in it takes.
type spoken struct {
	name       string
	keys       []string
	tag        language.Tag
	texts      map[string]variants
	localizer  *i18n.Localizer
	calendar   calendar
	money      *currency.Formatter
	prices     Remembered[currency.Amount] // as money writes them
	difference *currency.Formatter         // money with a sign
	number     *currency.Formatter
}

// variants are what a message says by the plural form of what it counts; plural.Other stands in
// for those that it does without, and is the only one where nothing is counted.
type variants [plural.Many + 1]*parsed

// every is all languages, made once and only read then.
type every struct {
	names   []string
	matcher language.Matcher
	spoken  map[string]*spoken
}

var languages = sync.OnceValue(func() every {
	all, err := load(embedded)
	if err != nil {
		panic(err) // the embedded files are tested
	}
	return all
})

func load(files fs.FS) (every, error) {
	messages, err := read(files)
	if err != nil {
		return every{}, err
	}
	bundle := i18n.NewBundle(language.English)
	all := every{spoken: map[string]*spoken{}}
	var tags []language.Tag
	for _, name := range inOrder(messages) {
		tag, err := language.Parse(name)
		if err != nil {
			return every{}, fmt.Errorf("read the language of words/*.%s.toml: %w", name, err)
		}
		err = bundle.AddMessages(tag, completed(messages[name])...)
		if err != nil {
			return every{}, fmt.Errorf("read the words in %s: %w", name, err)
		}
		all.spoken[name], err = speak(tag, name, bundle, messages[name])
		if err != nil {
			return every{}, err
		}
		all.names, tags = append(all.names, name), append(tags, tag)
	}
	all.matcher = language.NewMatcher(tags)
	return all, nil
}

func speak(tag language.Tag, name string, bundle *i18n.Bundle, messages map[string]*i18n.Message) (*spoken, error) {
	calendar, ok := calendars[name]
	if !ok {
		return nil, fmt.Errorf("there are words in %s, and no calendar", name)
	}
	texts, err := parseAll(messages)
	if err != nil {
		return nil, fmt.Errorf("read the words in %s: %w", name, err)
	}
	l := &spoken{
		name: name, tag: tag, keys: slices.Sorted(maps.Keys(messages)), calendar: calendar,
		texts: texts, localizer: i18n.NewLocalizer(bundle, name),
	}
	l.money = currency.NewFormatter(currency.NewLocale(name))
	l.difference = currency.NewFormatter(currency.NewLocale(name))
	l.difference.AddPlusSign = true
	l.number = currency.NewFormatter(currency.NewLocale(name))
	l.number.CurrencyDisplay, l.number.MinDigits = currency.DisplayNone, 0
	return l, nil
}

// read is every message by language and key.
func read(files fs.FS) (map[string]map[string]*i18n.Message, error) {
	entries, err := fs.ReadDir(files, "words")
	if err != nil {
		return nil, fmt.Errorf("read the words: %w", err)
	}
	all := map[string]map[string]*i18n.Message{}
	for _, entry := range entries {
		lang, err := languageOf(entry.Name())
		if err != nil {
			return nil, err
		}
		if all[lang] == nil {
			all[lang] = map[string]*i18n.Message{}
		}
		err = readFile(files, entry.Name(), all[lang])
		if err != nil {
			return nil, fmt.Errorf("read words/%s: %w", entry.Name(), err)
		}
	}
	return all, nil
}

// languageOf is "fr" for order.fr.toml.
func languageOf(file string) (string, error) {
	parts := strings.Split(file, ".")
	if len(parts) != 3 {
		return "", fmt.Errorf("words/%s is not named area.language.toml", file)
	}
	return parts[1], nil
}

func readFile(files fs.FS, name string, into map[string]*i18n.Message) error {
	raw, err := fs.ReadFile(files, path.Join("words", name))
	if err != nil {
		return err
	}
	read, err := i18n.ParseMessageFileBytes(raw, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return err
	}
	for _, m := range read.Messages {
		if _, twice := into[m.ID]; twice {
			return fmt.Errorf("%q has words in another area already", m.ID)
		}
		into[m.ID] = m
	}
	return nil
}

// completed lets the form "other" stand in for the forms that a message does without,
// such as the French one for whole millions. Forms that no message of the language has are
// left out: each costs memory for every message.
func completed(messages map[string]*i18n.Message) []*i18n.Message {
	zero, two, few := has(messages, func(m *i18n.Message) string { return m.Zero }),
		has(messages, func(m *i18n.Message) string { return m.Two }), has(messages, func(m *i18n.Message) string { return m.Few })
	all := make([]*i18n.Message, 0, len(messages))
	for _, m := range messages {
		full := *m
		for form, wanted := range map[*string]bool{&full.Zero: zero, &full.One: true, &full.Two: two, &full.Few: few, &full.Many: true} {
			if wanted && *form == "" {
				*form = full.Other
			}
		}
		all = append(all, &full)
	}
	return all
}

// has reports whether a message has that form.
func has(messages map[string]*i18n.Message, form func(*i18n.Message) string) bool {
	for _, m := range messages {
		if form(m) != "" {
			return true
		}
	}
	return false
}

// parseAll reads what each message says. go-i18n, which counts too, looks anew for the language
// that serves best with each text.
func parseAll(messages map[string]*i18n.Message) (map[string]variants, error) {
	texts := map[string]variants{}
	for key, m := range messages {
		if m.Other == "" {
			continue
		}
		var said variants
		for form, text := range [len(said)]string{
			plural.Other: m.Other, plural.Zero: m.Zero, plural.One: m.One, plural.Two: m.Two, plural.Few: m.Few, plural.Many: m.Many,
		} {
			if text == "" {
				continue
			}
			read, err := parse(text)
			if err != nil {
				return nil, err
			}
			said[form] = read
		}
		texts[key] = said
	}
	return texts, nil
}

// countedMost is below what languages have had forms of their own for since x/text took over
// their rules: French has one for whole millions.
const countedMost = 1_000

// counted is what a message says of n things, nil where go-i18n knows better.
func (l *spoken) counted(key string, n int) *parsed {
	if n < 0 || n >= countedMost {
		return nil
	}
	texts := l.texts[key]
	if text := texts[plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0)]; text != nil {
		return text
	}
	return texts[plural.Other]
}

// inOrder is English, then the others by name.
func inOrder(messages map[string]map[string]*i18n.Message) []string {
	names := slices.Sorted(maps.Keys(messages))
	names = slices.DeleteFunc(names, func(name string) bool { return name == english })
	return slices.Insert(names, 0, english)
}
