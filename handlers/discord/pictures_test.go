package discord

import (
	"bytes"
	"context"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cartwright/conversations"
	"cartwright/testservices"
)

var update = flag.Bool("update", false, "write the pictures in docs/images")

// client shows what Discord is sent, in Chromium; what is Markdown in it is decided by a
// parser that others wrote.
type client struct {
	*testing.T
	ctx context.Context
}

func newClient(t *testing.T) client {
	t.Helper()
	return client{t, testservices.Showcase(t, "../../test/discord-look", "show.mjs", "how Discord's messages look")}
}

func evaluated[T any](c client, script string) T {
	c.Helper()
	v, err := chromedp.Run(c.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		c.Fatalf("%.200s: %v", script, err)
	}
	return v
}

// shows draws a prompt as its messages, and with them its form where that is asked for.
func (c client) shows(p conversations.Prompt, withForm bool) {
	c.Helper()
	var all []any
	for _, m := range messages(p, wizardButton, 0) {
		all = append(all, m)
	}
	for _, m := range forms(p, wizardButton) {
		if withForm {
			all = append(all, m)
		}
	}
	evaluated[chromedp.Void](c, "show("+string(encoded(all))+")")
}

func (c client) wide(pixels int64) {
	c.Helper()
	if err := chromedp.Do(c.ctx, chromedp.EmulateViewport(pixels, 900)); err != nil {
		c.Fatal(err)
	}
}

// spaces are all one space, as in HTML.
func spaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// promptOf is a golden prompt in a language.
func promptOf(t *testing.T, name, lang string) conversations.Prompt {
	t.Helper()
	for _, p := range goldens(t)[name] {
		if p.Locale == lang {
			return p
		}
	}
	t.Fatalf("there is no %s in %s", name, lang)
	return conversations.Prompt{}
}

const (
	window = 640 // pixels
	phone  = 360
)

// What people see in Discord; looked at, and kept in docs.
func TestPictures(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, s := range []struct {
		picture, prompt, lang string
		width                 int64
	}{
		{"list", "list.worldwide", "en", window},
		{"words", "words.worldwide", "en", window},
		{"details", "details.worldwide", "en", window},
		{"details-error", "details-error-quantity.worldwide", "fr", window},
		{"cart", "cart.germany", "de", window},
		{"check", "check.21vianet", "zh-CN", window},
		{"approval-request", "approval-open.worldwide", "en", window},
		{"order-awaiting-payment", "order-awaiting_payment.worldwide", "en", window},
		{"order-completed", "order-completed.worldwide", "en", window},
		{"home", "home.worldwide", "en", window},
		{"phone-details", "details.worldwide", "fr", phone},
		{"phone-order", "order-assigning.worldwide", "en", phone},
	} {
		p := promptOf(t, s.prompt, s.lang)
		c.wide(s.width)
		c.shows(p, p.IsForm() && s.picture != "words") // which are answered by a message alone
		if got := evaluated[string](c, "said()"); !strings.Contains(spaces(got), spaces(p.Title)) {
			t.Errorf("%s shows\n%s", s.picture, got)
		}
		for _, cut := range evaluated[[]string](c, "cut()") {
			t.Errorf("in %s %q is cut", s.picture, cut)
		}
		c.keeps("../../docs/images/discord-" + s.picture + ".png")
	}
}

// keeps writes the picture, or sees that there is one.
func (c client) keeps(file string) {
	c.Helper()
	if *update {
		png, err := chromedp.Run(c.ctx, chromedp.Screenshot("#shown"))
		if err != nil {
			c.Fatal(err)
		}
		if err := os.WriteFile(file, png, 0o600); err != nil {
			c.Fatal(err)
		}
	}
	if png, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(png, []byte("\x89PNG")) {
		c.Errorf("there is no picture %s (go test -update)", file)
	}
}

// What is wrong with a field, what it is for and what it makes together are all there, on
// the form or above it.
func TestFieldsSayAll(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			if len(p.Fields) == 0 || !strings.HasSuffix(name, ".worldwide") {
				continue
			}
			c.shows(p, true)
			got := spaces(evaluated[string](c, "said()"))
			for _, f := range p.Fields {
				for _, want := range []string{f.Label, f.Help, f.Error} {
					if !strings.Contains(got, spaces(want)) {
						t.Errorf("%s in %s does not say %q", name, p.Locale, want)
					}
				}
				if f.Sum != nil && !strings.Contains(got, spaces(f.Sum.Text)) {
					t.Errorf("%s in %s does not say %q", name, p.Locale, f.Sum.Text)
				}
			}
		}
	}
}

// hostile is what people may be called, and products in somebody's catalogue.
var hostile = []string{
	"12 € (of 3)", "**b** _i_ `c` ~~s~~ ||p|| __u__", "[a](https://b)", "![a](https://b/c.png)", "https://evil.example/pay", "<https://evil.example>", "<@123> <@&123> <#123>", "@everyone @here",
	"<:e:123> <a:e:123>", "<t:1700000000:R>", "</pay:123>", "<id:home>", "# h", "### h", "-# small", "- l", "* l", "+ l", "1. n", "12) n", "> q", ">>> q", "---", `\`, `\*b\*`, "&lt;b&gt;",
	"<b>x</b><img src=x onerror=hacked()>", "***b***", "```\nc\n```", "a\n# h\n- l\n> q", "_i_", "*", "  - l", "  * l", " # h", "  > q", "  1. n",
}

// Whatever somebody is called or has typed is shown as it is: a parser of Discord's Markdown
// reads as little in it as in a plain word.
func TestTextStaysText(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.shows(called("word"), false)
	plain := evaluated[string](c, "structure()")
	if !strings.HasPrefix(plain, "H2 SMALL") || !strings.Contains(plain, "UL LI") {
		t.Fatalf("of a plain word it is %s", plain)
	}
	for _, text := range hostile {
		c.shows(called(text), false)
		// A line break in a text is one more, and nothing else is.
		if got := strings.ReplaceAll(evaluated[string](c, "structure()"), " BR", ""); got != strings.ReplaceAll(plain, " BR", "") {
			t.Errorf("with %q it is %s, want %s", text, got, plain)
		}
		if got := evaluated[string](c, "said()"); strings.Count(spaces(got), spaces(text)) < 18 {
			t.Errorf("%q is shown whole %d times only: %s", text, strings.Count(spaces(got), spaces(text)), got)
		}
	}
}

// called is a prompt in which everything is called so.
func called(text string) conversations.Prompt {
	return conversations.Prompt{
		Name: "order", Organisation: text, Locale: "en", Title: text, Notices: []conversations.Notice{{Tone: conversations.Warning, Text: text}, {Text: text}},
		Blocks: []conversations.Block{
			{Heading: text}, {Text: &conversations.Notice{Text: text}}, {Text: &conversations.Notice{Tone: conversations.Muted, Text: text}},
			{Facts: []conversations.Fact{{Label: text, Value: text}, {Label: text, Value: text, Strong: true}}},
			{Item: &conversations.Item{Title: text, Tag: text, Lines: []string{text}, Actions: []conversations.Action{{Ref: "x", Label: "Go"}}}},
			{Table: &conversations.Table{Caption: text, Head: []string{text, text}, Rows: [][]string{{text, text}}}},
			{Progress: &conversations.Progress{Label: text, Done: 1, Total: 2}}, {List: &conversations.List{Title: text, Items: []string{text}, More: text}},
		},
	}
}
