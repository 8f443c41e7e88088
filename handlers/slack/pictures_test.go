package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cartwright/conversations"
	"cartwright/testservices"
)

var update = flag.Bool("update", false, "write the pictures in docs/images")

// showcase is a page that draws Block Kit with slack-blocks-to-jsx, which others wrote.
func showcase(t *testing.T) context.Context {
	t.Helper()
	return testservices.Showcase(t, "../../test/slack", "show.jsx", "how Slack's messages look")
}

// shown draws a prompt and answers what a reader sees of it, as text.
func shown(t *testing.T, ctx context.Context, kind string, drawn []byte) string {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](`show("`+kind+`", `+string(drawn)+`); null`)); err != nil {
		t.Fatal(err)
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.getElementById("shown").innerText`))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func marshalled(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func messageOf(t *testing.T, p conversations.Prompt) []byte {
	t.Helper()
	text, blocks := message(p, wizardButton)
	return marshalled(t, map[string]any{"text": text, "blocks": blocks})
}

// What people see in Slack, drawn by others from what is sent; looked at, and kept in docs.
func TestSlackPictures(t *testing.T) {
	all := goldens(t)
	lang := func(name, lang string) conversations.Prompt {
		for _, p := range all[name] {
			if p.Locale == lang {
				return p
			}
		}
		t.Fatalf("there is no %s in %s", name, lang)
		return conversations.Prompt{}
	}
	ctx := showcase(t)
	for _, c := range []struct{ picture, kind, prompt, lang string }{
		{"slack-list", "message", "list.worldwide", "en"},
		{"slack-details", "modal", "details.worldwide", "fr"},
		{"slack-cart", "message", "cart.germany", "de"},
		{"slack-check", "message", "check.21vianet", "zh-CN"},
		{"slack-order", "message", "order-assigning.worldwide", "en"},
		{"slack-home", "message", "home.worldwide", "en"},
	} {
		p := lang(c.prompt, c.lang)
		drawn := messageOf(t, p)
		if c.kind == "modal" {
			drawn = marshalled(t, modal(p, formModal, place{}))
		}
		got := shown(t, ctx, c.kind, drawn)
		if !strings.Contains(got, p.Organisation) || !strings.Contains(strings.ReplaceAll(got, "\u00a0", " "), strings.ReplaceAll(p.Title, "\u00a0", " ")) {
			t.Errorf("%s shows\n%s", c.picture, got)
		}
		if *update {
			png, err := chromedp.Run(ctx, chromedp.Screenshot("#shown"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile("../../docs/images/"+c.picture+".png", png, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Whatever somebody is called or has typed is shown as it is: no mention, no link, nothing
// bold, no picture.
func TestTextIsText(t *testing.T) {
	hostile := `<!channel> <@U0000000001> <https://evil.example|Pay here> https://evil.example @here *bold* _it_ ~no~ :fire: ` + "`code` &lt;b&gt; <b>x</b>"
	p := conversations.Prompt{
		Name: "order", Organisation: "Contoso", Locale: "en", Title: "Order", Notices: []conversations.Notice{{Tone: conversations.Warning, Text: hostile}},
		Blocks: []conversations.Block{
			{Text: &conversations.Notice{Text: hostile}}, {Facts: []conversations.Fact{{Label: hostile, Value: hostile, Strong: true}}},
			{Item: &conversations.Item{Title: hostile, Tag: hostile, Lines: []string{hostile}}},
			{Table: &conversations.Table{Caption: hostile, Head: []string{hostile, hostile}, Rows: [][]string{{hostile, hostile}}}},
			{List: &conversations.List{Title: hostile, Items: []string{hostile}, More: hostile}},
		},
		Actions: []conversations.Action{{Ref: "x", Label: "Go", URL: "javascript:alert(1)"}},
	}
	ctx := showcase(t)
	got := shown(t, ctx, "message", messageOf(t, p))
	if n := strings.Count(got, hostile); n < 12 {
		t.Errorf("the text is shown whole %d times only:\n%s", n, got)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		`[...document.querySelectorAll("#shown a, #shown img:not([src^='data:']), #shown em, #shown i, #shown del, #shown [class*=mention]")].map(e => e.outerHTML).join("\n")`))
	if err != nil {
		t.Fatal(err)
	}
	if found != "" {
		t.Errorf("text became markup:\n%s", found)
	}
	// What draws this here reads links even in plain_text, which Slack does not: of the
	// titles it is enough that they are that.
	p.Title, p.Organisation = hostile, hostile
	if drawn := messageOf(t, p); bytes.Contains(drawn, []byte("mrkdwn")) {
		t.Errorf("something is sent as markup: %s", drawn)
	}
	if text, _ := message(p, wizardButton); strings.ContainsAny(text, "<>") {
		t.Errorf("the notification reads %q", text)
	}
}
