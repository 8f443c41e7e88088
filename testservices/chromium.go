package testservices

import (
	"context"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// Chromium gives a test a window of its own, with cookies of its own, in the test process's
// browser. A tab more is a chromedp.NewContext of it.
func Chromium(tb testing.TB) context.Context {
	tb.Helper()
	needMain(tb)
	path, err := exec.LookPath("chromium")
	if err != nil {
		Missing(tb, "Chromium (Debian: chromium)", "anything in a browser")
	}
	browser.once.Do(func() { startBrowser(path) })
	if browser.err != nil {
		tb.Fatal(browser.err)
	}
	ctx, stop := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext())
	tb.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatal(err)
	}
	return ctx
}

var browser struct {
	once sync.Once
	ctx  context.Context
	err  error
}

func startBrowser(path string) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		// Two hidden pages for the address bar, in each window, took as much time as the page looked at.
		chromedp.Flag("disable-features", "Translate,WebUIOmniboxPopup,WebUIOmniboxAimPopup"))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	onExit(stop)
	browser.ctx, stop = chromedp.NewContext(ctx)
	onExit(stop)
	browser.err = chromedp.Do(browser.ctx)
}
