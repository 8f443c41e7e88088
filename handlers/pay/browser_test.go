package pay_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"cartwright/commerce"
	"cartwright/testservices"
)

func browser(t *testing.T) context.Context {
	ctx, stop := context.WithTimeout(testservices.Chromium(t), 2*time.Minute)
	t.Cleanup(stop)
	return ctx
}

func show(t *testing.T, ctx context.Context, width, height int64, scheme, address string) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}), chromedp.Navigate(address))
	if err != nil {
		t.Fatal(err)
	}
}

func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("CARTWRIGHT_PICTURES")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	err = os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644)
	if err != nil {
		t.Fatal(err)
	}
}

// The payment page, under a policy that lets no script of the page run: it fits,
// axe-core finds nothing, and it can be paid on.
func TestThePageInABrowser(t *testing.T) {
	axe, err := os.ReadFile("../../test/browser/node_modules/axe-core/axe.min.js")
	if err != nil {
		testservices.Missing(t, "axe-core (npm install in test/browser)", "accessibility")
	}
	ctx := browser(t)
	for name, c := range map[string]struct {
		width, height int64
		scheme, lang  string
	}{
		"phone-light": {390, 844, "light", "zh-CN"}, "phone-dark": {320, 640, "dark", "de"},
		"desk-light": {1280, 1000, "light", "fr"}, "desk-dark": {1280, 1000, "dark", "en"},
	} {
		g := newTill(t)
		g.page.Locale = c.lang
		address := serve(t, g).URL + "/sandbox/pay/" + id
		show(t, ctx, c.width, c.height, c.scheme, address)
		picture(t, ctx, "pay-"+name)
		check(t, ctx, name, string(axe))

		err := chromedp.Do(ctx, chromedp.Click(`[value=fail_one]`), chromedp.Click(`button[value=paid]`), chromedp.WaitVisible(`.notice.good`))
		if err != nil {
			t.Fatal(name, ": ", err)
		}
		if len(g.paid) != 1 || g.paid[0] != id+" paid fail_one" || g.page.Status != commerce.PaymentSecured {
			t.Errorf("%s: paid %v", name, g.paid)
		}
		picture(t, ctx, "paid-"+name)
		check(t, ctx, name+" paid", string(axe))

		show(t, ctx, c.width, c.height, c.scheme, address+"0000000000000000000000000000000000000000")
		check(t, ctx, name+" not found", string(axe))
	}
}

// check runs axe-core, from outside the page's policy, and looks for what sticks out.
func check(t *testing.T, ctx context.Context, name, axe string) {
	t.Helper()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](axe+`;
		axe.run(document).then(r => {
			const out = [...document.querySelectorAll("body *")].filter(e => !e.closest("thead, .visually-hidden") && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
			return JSON.stringify([r.violations.map(v => [v.id, v.nodes.map(n => n.html + n.failureSummary)]), out.map(e => e.outerHTML)]);
		})`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(name, ": ", err)
	}
	if found != "[[],[]]" {
		t.Errorf("%s: %s", name, found)
	}
}
