package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "write the pictures in docs/images anew")

// picture keeps what is in view: for the documents with -update, and all there is in the
// folder CARTWRIGHT_PICTURES where somebody wants to look.
func (v *visitor) picture(name string) {
	v.Helper()
	if *update && slices.Contains(v.shoots, name) {
		v.shoot(filepath.Join("..", "docs", "images", name+".png"))
	}
	if folder := os.Getenv("CARTWRIGHT_PICTURES"); folder != "" {
		v.shoot(filepath.Join(folder, strings.Join([]string{name, v.screen.name, v.screen.scheme, v.lang + ".png"}, "-")))
	}
}

// wholePicture is one of a window high enough for a whole form.
func (v *visitor) wholePicture(name string) {
	v.Helper()
	if !*update && os.Getenv("CARTWRIGHT_PICTURES") == "" {
		return
	}
	was := v.screen
	v.looksAt(screen{was.name, was.width, 1000, was.scheme})
	v.picture(name)
	v.looksAt(was)
}

func (v *visitor) shoot(path string) {
	v.Helper()
	v.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.BringToFront, cdp.Empty{}) // a window behind others may draw late
		return err
	}))
	png, err := chromedp.Run(v.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		v.Fatal(err)
	}
	err = os.MkdirAll(filepath.Dir(path), 0o755)
	if err != nil {
		v.Fatal(err)
	}
	err = os.WriteFile(path, png, 0o644)
	if err != nil {
		v.Fatal(err)
	}
}

// fits finds nothing that sticks out of the window or has to be scrolled sideways, and
// no label so narrow that a common word in it is torn apart.
func (v *visitor) fits() {
	v.Helper()
	if out := v.settled(sticksOut); out != "" {
		v.Errorf("at %d px sticks out: %s", v.screen.width, out)
	}
	if torn := v.settled(tornWords); torn != "" {
		v.Errorf("at %d px are torn apart: %s", v.screen.width, torn)
	}
}

// settled is what is still found after a moment: a message that is being replaced just
// then is measured in between.
func (v *visitor) settled(faults string) (found string) {
	v.Helper()
	for range 10 {
		if found = v.eval(faults); found == "" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return found
}

const (
	sticksOut = `(() => {
	const width = document.documentElement?.clientWidth;
	if (!width) return "no page is there yet";
	return [...document.querySelectorAll("body, body *")].filter((e) => {
		if (e.closest(".visually-hidden, thead, .whom, .skip, .commands > *")) return false;
		const box = e.getBoundingClientRect();
		const scrolls = e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible" && !e.matches(".commands, progress");
		return box.width && e.checkVisibility() && (box.right > width + 1 || box.left < -1 || scrolls);
	}).map((e) => e.outerHTML.slice(0, 120)).join("\n");
})()`
	tornWords = `(() => {
	const torn = new Set();
	for (const e of document.querySelectorAll("dt, th, td, h2, h3, label, legend, button, .tag")) {
		if (!e.checkVisibility() || e.closest(".visually-hidden") || e.closest("thead") && getComputedStyle(e.closest("thead")).position === "absolute") continue;
		for (const text of [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE)) {
			for (const word of text.data.matchAll(/(?<![\p{L}\p{N}])\p{L}{2,14}(?![\p{L}\p{N}])/gu)) {
				if (/\p{Script=Han}/u.test(word[0])) continue; // which is written without blanks, and breaks anywhere
				const range = document.createRange();
				range.setStart(text, word.index);
				range.setEnd(text, word.index + word[0].length);
				if (new Set([...range.getClientRects()].map((r) => r.top)).size > 1) torn.add(word[0]);
			}
		}
	}
	return [...torn].join(", ");
})()`
)
