package testservices

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// Showcase is a window of Chromium's with a folder's script, bundled with the libraries in
// the folder: others' code, which draws what is sent. untested says what is not looked at
// where they are not installed.
func Showcase(tb testing.TB, folder, script, untested string) context.Context {
	tb.Helper()
	page := filepath.Join(tb.TempDir(), "index.html")
	bundle(tb, folder, script, filepath.Join(filepath.Dir(page), "show.js"), untested)
	const text = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shown</title><link rel="stylesheet" href="show.css"></head><body style="margin:0"><script src="show.js"></script></body></html>`
	if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	ctx := Chromium(tb)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(760, 900), chromedp.Navigate("file://"+page)); err != nil {
		tb.Fatal(err)
	}
	return ctx
}

func bundle(tb testing.TB, folder, script, out, untested string) {
	tb.Helper()
	folder, err := filepath.Abs(folder)
	if err != nil {
		tb.Fatal(err)
	}
	esbuild := filepath.Join(folder, "node_modules", "esbuild", "bin", "esbuild")
	if _, err := os.Stat(esbuild); err != nil {
		Missing(tb, "what "+filepath.Join(filepath.Base(folder), script)+" draws with (scripts/ensure-services.sh)", untested)
	}
	cmd := exec.CommandContext(tb.Context(), esbuild, script, "--bundle", `--define:process.env.NODE_ENV="production"`,
		"--loader:.woff=dataurl", "--loader:.woff2=dataurl", "--outfile="+out, "--log-level=error")
	cmd.Dir = folder
	if said, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, said)
	}
}
