package teams

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cartwright/conversations"
	"cartwright/testservices"
)

// Every prompt in every language is a card that Microsoft's library knows all of: no element,
// property or value is strange to it.
func TestTheLibraryKnowsEverything(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	var cards []card
	var names []string
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			cards, names = append(cards, drawn(p, p.Name)), append(names, name+" in "+p.Locale)
		}
	}
	for i, told := range evaluated[[][]string](c, "("+string(encoded(cards))+").map(check)") {
		for _, line := range told {
			t.Errorf("%s: %s", names[i], line)
		}
	}
	if told := evaluated[[]string](c, `check({type:"AdaptiveCard",version:"1.5",body:[{type:"Strange"},{type:"TextBlock",text:"x",size:"vast"}]})`); len(told) != 2 {
		t.Errorf("of what is wrong on purpose the library says %q", told)
	}
}

// Whatever a prompt says is in sight, in full, on a desk and on a phone.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			if p.Locale != "en" && p.Locale != "zh-CN" || !strings.HasSuffix(name, ".worldwide") {
				continue
			}
			c.shows(drawn(p, ""))
			got := " " + spaces(evaluated[string](c, "opened() + said()")) + " "
			for _, want := range said(t, p) {
				if !strings.Contains(got, spaces(want)) {
					t.Errorf("%s in %s does not say %q", name, p.Locale, want)
				}
			}
		}
	}
}

// unsaid are parts of a prompt that are for programs, or that the card says in another way.
var unsaid = map[string]bool{
	"locale": true, "ref": true, "again": true, "view": true, "url": true, "style": true, "tone": true, "kind": true, "key": true,
	"value": true, // of fields: what they hold; of facts it is text, see said
	"no":    true, // the button that asked takes the question away again
}

// said are all words of a prompt, found in its JSON so that none is forgotten.
func said(t *testing.T, p conversations.Prompt) []string {
	t.Helper()
	var words []string
	var look func(key string, v any)
	look = func(key string, v any) {
		switch v := v.(type) {
		case string:
			if !unsaid[key] {
				words = append(words, v)
			}
		case []any:
			for _, v := range v {
				look(key, v)
			}
		case map[string]any:
			_, isOption := v["help"]
			for k, inner := range v {
				if k == "value" && key == "facts" && !isOption {
					k = "text"
				}
				look(k, inner)
			}
		}
	}
	whole := parsed(t, encoded(p))
	delete(whole, "name")
	for i, f := range p.Fields {
		if f.Sum != nil && f.Sum.Text == "" { // it is said of a number only
			delete(whole["fields"].([]any)[i].(map[string]any), "sum")
		}
	}
	look("", whole)
	return words
}

// Nothing is cut on a phone, and nothing stands over something else: no button, no sum.
func TestNothingIsCutOnAPhone(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.do(chromedp.EmulateViewport(phone, 900))
	for name, prompts := range goldens(t) {
		if !strings.HasSuffix(name, ".worldwide") {
			continue
		}
		for _, p := range prompts {
			if p.Locale != "de" && p.Locale != "fr" { // whose words are the longest
				continue
			}
			c.shows(drawn(p, ""))
			for _, cut := range evaluated[[]string](c, "cut()") {
				t.Errorf("%s in %s: %q is cut", name, p.Locale, cut)
			}
		}
	}
}

// hostile is what people may be called, and products in somebody's catalogue.
var hostile = []string{
	"plain, 12 € (of 3)", "**b** _i_ `c` ~~s~~", "[a](https://b)", "![a](https://b/c.png)", "<at>Bruno</at>", "# h", "- l", "1. n", "12) n", "> q", `\`, "&nbsp;", "&lt;b&gt;",
	"{{DATE(2026-01-01T00:00:00Z,SHORT)}}", "<b>x</b><img src=x onerror=hacked()>", "<script>hacked()</script>", "https://evil.example/pay", "<https://evil.example>", "| a | b |", "+ l", "---", "***", "    code", "  - l", " # h", "  1. n", "===",
}

// Whatever somebody is called or has typed is shown as it is, even where Markdown and HTML and
// addresses are read: no link, no picture, nothing bold by itself.
func TestTextStaysText(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, text := range hostile {
		options := []conversations.Option{{Value: "v", Label: text, Help: text}}
		p := conversations.Prompt{
			Name: "order", Organisation: text, Locale: "en", Title: text, Notices: []conversations.Notice{{Tone: conversations.Warning, Text: text}},
			Blocks: []conversations.Block{
				{Heading: text}, {Text: &conversations.Notice{Text: text}}, {Facts: []conversations.Fact{{Label: text, Value: text, Strong: true}}},
				{Item: &conversations.Item{Title: text, Tag: text, Lines: []string{text}, Actions: []conversations.Action{{Ref: "x", Label: text}}}},
				{Table: &conversations.Table{Caption: text, Head: []string{text, text}, Numeric: []bool{false, true}, Rows: [][]string{{text, text}}}},
				{List: &conversations.List{Title: text, Items: []string{text}, More: text}},
			},
			Fields: []conversations.Field{
				{Key: "a", Kind: conversations.ChoiceField, Label: text, Help: text, Error: text, Open: true, Options: options}, {Key: "b", Kind: conversations.ChoiceField, Label: text, Options: options},
				{Key: "c", Kind: conversations.ToggleField, Label: text}, {Key: "d", Kind: conversations.TextField, Label: text, Value: text},
			},
			Submit: &conversations.Action{Ref: "x", Label: text},
		}
		c.shows(drawn(p, ""))
		want := spaces(strings.ReplaceAll(text, "{{", "{ {"))
		if got := spaces(evaluated[string](c, "said()")); strings.Count(got, want)+strings.Count(got, spaces(text)) < 29 {
			t.Errorf("%q is shown whole %d and %d times only: %s", text, strings.Count(got, want), strings.Count(got, spaces(text)), got)
		}
		if found := evaluated[string](c, `[...document.querySelectorAll(".card :is(a, b, i, strong, em, s, del, code, pre, img, script, h1, h2, li, blockquote, hr, at, table)")].map(e => e.outerHTML).join()`); found != "" {
			t.Errorf("%q became %s", text, found)
		}
	}
}

// click is what the library hands to Teams for a click.
type click struct {
	Type, Verb string
	Data       map[string]any
}

// presses clicks the button of that name, and answers with what has been sent since the card was shown.
func (c client) presses(name string) []click {
	c.Helper()
	c.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`[...document.querySelectorAll("#shown button")].find((b) => b.innerText === %q).click()`, name)))
	return evaluated[[]click](c, "window.sent")
}

// fills types into an input, over what it holds.
func (c client) fills(key, text string) {
	c.Helper()
	c.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector("#shown [id=%s] input").select()`, key)), chromedp.KeyEvent(kb.Backspace))
	if text != "" {
		c.do(chromedp.KeyEvent(text))
	}
}

// A number outside its bounds is not sent, and it is said why. Within them it is sent as text
// with the other inputs, and with what the button was printed with; a button that needs no
// inputs is not held up by them.
func TestInputs(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	p := promptOf(t, "details.worldwide", "en")
	c.shows(drawn(p, p.Name))
	for _, wrong := range []string{"0", "301", ""} {
		c.fills("quantity", wrong)
		if got := c.presses(p.Submit.Label); len(got) != 0 {
			t.Errorf("%q licences are sent: %v", wrong, got)
		}
		if got := evaluated[string](c, "said()"); !strings.Contains(got, "A whole number from 1 to 300") {
			t.Errorf("with %q licences it is not said what is wrong: %s", wrong, got)
		}
	}
	back := c.presses("Back")
	if len(back) != 1 || back[0].Data["m365.ref"] != "list:0" || back[0].Data["quantity"] != nil {
		t.Errorf("Back sends %v", back)
	}
	c.fills("quantity", "25")
	got := c.presses(p.Submit.Label)
	want := map[string]any{"m365.ref": p.Submit.Ref, "m365.own": "details", "quantity": "25", "plan": "P1Y.annual", "auto_assign": "false"}
	if len(got) != 2 || got[1].Type != "Action.Execute" || got[1].Verb != verbTurn || fmt.Sprint(got[1].Data) != fmt.Sprint(want) {
		t.Errorf("the form sends %v, want %v", got, want)
	}
}

// A button that asks first shows its question below, and sends nothing before that is answered.
func TestConfirmation(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	p := promptOf(t, "cart.germany", "de")
	c.shows(drawn(p, ""))
	empty := p.Actions[slices.IndexFunc(p.Actions, func(a conversations.Action) bool { return a.Confirm != nil })]
	if before := evaluated[string](c, "said()"); strings.Contains(before, empty.Confirm.Text) {
		t.Errorf("the question is there before it is asked: %s", before)
	}
	asked := c.presses(empty.Label)
	if text := evaluated[string](c, "said()"); len(asked) != 0 || !strings.Contains(text, empty.Confirm.Text) {
		t.Errorf("%v is sent, and it says %s", asked, text)
	}
	if got := c.confirms(empty.Confirm.Yes); len(got) != 1 || got[0].Data["m365.ref"] != empty.Ref {
		t.Errorf("the answer sends %v", got)
	}
}

// confirms clicks the last button of that name: the question's, which is below the one that asked.
func (c client) confirms(name string) []click {
	c.Helper()
	c.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`[...document.querySelectorAll("#shown button")].findLast((b) => b.innerText === %q).click()`, name)))
	return evaluated[[]click](c, "window.sent")
}

// Everything is reached with the Tab key, in the order in which it is read.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, name := range []string{"details.worldwide", "list.worldwide", "cart.germany", "approval-open.worldwide"} {
		c.shows(drawn(promptOf(t, name, "en"), ""))
		reachable := evaluated[int](c, `(window.left = [...document.querySelectorAll(".card :is(.ac-adaptiveCard[tabindex], input:not([type=radio]), input[type=radio]:checked, select, textarea, button)")].filter((e) => e.offsetParent)).length`)
		for range reachable {
			c.do(chromedp.KeyEvent(kb.Tab))
			if next := evaluated[string](c, `document.activeElement === left[0] ? (left.shift(), "") : document.activeElement.outerHTML.slice(0, 200) + " rather than " + left[0].outerHTML.slice(0, 200)`); next != "" {
				t.Fatalf("in %s Tab reaches %s", name, next)
			}
		}
		if reachable < 5 {
			t.Errorf("in %s there are %d things to reach", name, reachable)
		}
	}
}

// axe-core finds nothing of ours to complain about, and every input has its label.
func TestAccessible(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile("../../test/browser/node_modules/axe-core/axe.min.js")
	if err != nil {
		testservices.Missing(t, "axe-core (npm install in test/browser)", "accessibility")
	}
	c := newClient(t)
	c.do(chromedp.Evaluate[chromedp.Void](string(axe) + "; null"))
	for _, name := range []string{"details.worldwide", "details-error-quantity.worldwide", "list.worldwide", "cart.germany", "approval-open.worldwide", "order-completed.worldwide", "addresses.worldwide", "delegate.worldwide"} {
		for _, lang := range []string{"en", "zh-CN"} {
			c.shows(drawn(promptOf(t, name, lang), ""))
			found := evaluated[string](c, `axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.map((f) => f.id + ": " + f.help + " " +
				f.nodes.map((n) => n.html + " " + n.failureSummary).join("; ")).join("\n"))`)
			if found != "" {
				t.Errorf("in %s in %s axe-core finds %s", name, lang, found)
			}
		}
	}
}
