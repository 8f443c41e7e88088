package teams

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

// client is Microsoft's own library for cards, in Chromium.
type client struct {
	*testing.T
	ctx context.Context
}

func newClient(t *testing.T) client {
	t.Helper()
	return client{t, testservices.Showcase(t, "../../test/teams", "show.mjs", "how Teams' cards look and work")}
}

func (c client) do(steps ...chromedp.Action[chromedp.Void]) {
	c.Helper()
	if err := chromedp.Do(c.ctx, steps...); err != nil {
		c.Fatal(err)
	}
}

func evaluated[T any](c client, script string) T {
	c.Helper()
	v, err := chromedp.Run(c.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		c.Fatalf("%.200s: %v", script, err)
	}
	return v
}

// shows draws a card. The library has nothing against it.
func (c client) shows(drawn card) {
	c.Helper()
	if told := evaluated[[]string](c, "show("+string(encoded(drawn))+")"); len(told) > 0 {
		c.Errorf("the library says %s", strings.Join(told, "; "))
	}
}

// spaces are all one space, as in HTML.
func spaces(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

func promptOf(t *testing.T, name, lang string) conversations.Prompt {
	t.Helper()
	text, err := os.ReadFile("../../conversations/testdata/golden/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var prompts []conversations.Prompt
	if err := json.Unmarshal(text, &prompts); err != nil {
		t.Fatal(err)
	}
	for _, p := range prompts {
		if p.Locale == lang {
			return p
		}
	}
	t.Fatalf("there is no %s in %s", name, lang)
	return conversations.Prompt{}
}

const (
	wide  = 700 // a chat beside the list of chats, in pixels
	phone = 360
)

// What people see in Teams, drawn by Microsoft's library; looked at, and kept in docs.
func TestPictures(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, s := range []struct {
		picture, prompt, lang string
		width                 int64
	}{
		{"list", "list.worldwide", "en", wide},
		{"details", "details.worldwide", "en", wide},
		{"details-error", "details-error-quantity.worldwide", "fr", wide},
		{"cart", "cart.germany", "de", wide},
		{"check", "check.21vianet", "zh-CN", wide},
		{"approval-request", "approval-open.worldwide", "en", wide},
		{"order-awaiting-payment", "order-awaiting_payment.worldwide", "en", wide},
		{"order-completed", "order-completed.worldwide", "en", wide},
		{"home", "home.worldwide", "en", wide},
		{"phone-details", "details.worldwide", "fr", phone},
		{"phone-order", "order-assigning.worldwide", "en", phone},
	} {
		p := promptOf(t, s.prompt, s.lang)
		c.do(chromedp.EmulateViewport(s.width, 900))
		c.shows(drawn(p, ""))
		if got := evaluated[string](c, "said()"); !strings.Contains(spaces(got), spaces(p.Title)) {
			t.Errorf("%s shows\n%s", s.picture, got)
		}
		if wide := evaluated[int64](c, "document.documentElement.scrollWidth"); wide > s.width {
			t.Errorf("%s is %d pixels wide on a screen of %d", s.picture, wide, s.width)
		}
		c.keeps("../../docs/images/teams-" + s.picture + ".png")
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
