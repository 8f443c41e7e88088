package playground_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cartwright/conversations"
	"cartwright/handlers/playground"
	"cartwright/testservices"
)

// tab is a page of its own, of a size and in a colour scheme.
type tab struct {
	*testing.T
	ctx context.Context
}

func newTab(t *testing.T, browser context.Context, width, height int64, scheme string) tab {
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stop)
	p := tab{t, ctx}
	p.do(chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
	return p
}

func (p tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.Fatal(err)
	}
}

// eval is the value of an expression in the page, as text.
func (p tab) eval(expression string) string {
	p.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](expression))
	if err != nil {
		p.Fatal(expression, ": ", err)
	}
	text, ok := value.(string)
	if !ok {
		raw, _ := json.Marshal(value)
		return string(raw)
	}
	return text
}

// until waits for the expression to have the value.
func (p tab) until(expression, want string) {
	p.Helper()
	got := ""
	for range 100 {
		if got = p.eval(expression); got == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Fatalf("%s is %q, want %q", expression, got, want)
}

func (p tab) open(address string) {
	p.Helper()
	p.do(chromedp.Navigate(address), chromedp.WaitVisible(".entry.bot h2"))
}

// say types a command and waits for the answer to it.
func (p tab) say(command, title string) {
	p.Helper()
	p.do(chromedp.Focus("#text"), chromedp.KeyEvent(command), chromedp.KeyEvent(kb.Enter))
	p.until(lastTitle, title)
}

const (
	lastTitle = `[...document.querySelectorAll(".entry.bot h2")].at(-1)?.textContent ?? ""`
	focused   = `(document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText) || document.activeElement.name || document.activeElement.id || document.activeElement.tagName`
)

// accessible runs axe-core over the page; it must find nothing.
func (p tab) accessible(axe string) {
	p.Helper()
	p.do(chromedp.Steps(discard(chromedp.Evaluate[any](axe + "; null"))))
	found, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](
		`axe.run(document).then(r => JSON.stringify(r.violations.map(v => [v.id, v.help, v.nodes.map(n => n.html + " " + n.failureSummary)]), null, 1))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatal(err)
	}
	if found != "[]" {
		p.Errorf("axe finds %s", found)
	}
}

func discard[T any](a chromedp.Action[T]) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx, a)
		return err
	})
}

// fits finds nothing that sticks out of the window or has to be scrolled sideways.
func (p tab) fits() {
	p.Helper()
	out := p.eval(`(() => {
		const width = document.documentElement.clientWidth;
		return [...document.querySelectorAll("body, body *")].filter(e => {
			if (e.closest(".visually-hidden, thead, .whom, .skip, .chip")) return false; // the row of chips may scroll
			const box = e.getBoundingClientRect();
			const scrolls = e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible" && !e.matches(".commands, progress");
			return box.width && (box.right > width + 1 || box.left < -1 || scrolls);
		}).map(e => e.tagName + "." + e.className).join(" ")
	})()`)
	if out != "" {
		p.Errorf("sticks out: %s", out)
	}
}

func (p tab) picture(name string) {
	p.Helper()
	folder := os.Getenv("CARTWRIGHT_PICTURES")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
		p.Fatal(err)
	}
}

func axeCore(t *testing.T) string {
	script, err := os.ReadFile("../../test/browser/node_modules/axe-core/axe.min.js")
	if err != nil {
		testservices.Missing(t, "axe-core (npm install in test/browser)", "accessibility")
	}
	return string(script)
}

// Every kind of block, field and action, on a phone and on a desk, by day and by night:
// nothing sticks out, and axe-core finds nothing to complain about.
func TestEveryPromptIsAccessibleAndFits(t *testing.T) {
	axe := axeCore(t)
	chromium := testservices.Chromium(t)
	for _, size := range []struct {
		name          string
		width, height int64
		lang          string
	}{{"phone", 390, 844, "zh-CN"}, {"narrow", 320, 640, "de"}, {"desk", 1280, 800, "en"}} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(size.name+" "+scheme, func(t *testing.T) {
				h := open(t, nil)
				p := newTab(t, chromium, size.width, size.height, scheme)
				p.open(h.URL + "/?as=aicha&lang=" + size.lang)
				p.picture(size.name + "-" + scheme + "-home")
				p.say("list", "Purchase services")
				p.say("details", "Microsoft 365 Business Premium")
				p.do(chromedp.Click(`.entry:last-child button[type=submit]`))
				p.until(lastTitle, "Cart")
				p.say("details", "Microsoft 365 Business Premium")
				p.eval(`(document.querySelector(".entry:last-child [name=licences]").value = "ten")`)
				p.do(chromedp.Click(`.entry:last-child button[type=submit]`))
				p.until(`document.activeElement.name ?? ""`, "licences")
				p.picture(size.name + "-" + scheme + "-mistake")
				p.say("orders", "Order CW-1042")
				p.picture(size.name + "-" + scheme + "-order")
				p.fits()
				p.accessible(axe)
				p.do(chromedp.Click(`.card > .actions .danger`), chromedp.WaitVisible("dialog"))
				p.picture(size.name + "-" + scheme + "-confirm")
				p.accessible(axe)
			})
		}
	}
}

// The whole way with the keyboard alone: the focus is always where a person goes on.
func TestKeyboardAlone(t *testing.T) {
	h := open(t, nil)
	p := newTab(t, testservices.Chromium(t), 1280, 800, "light")
	p.open(h.URL + "/?as=bruno&lang=en")

	tabTo := func(name string) {
		t.Helper()
		for range 60 {
			p.do(chromedp.KeyEvent(kb.Tab))
			if p.eval(focused) == name {
				return
			}
		}
		t.Fatalf("Tab never comes to %q", name)
	}
	tabTo("Purchase services")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(focused, "Purchase services") // the heading of what replaced the message
	p.until(`document.activeElement.tagName`, "H2")
	tabTo("Buy Microsoft 365 Business Basic")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(focused, "Microsoft 365 Business Premium")

	tabTo("licences")
	p.do(chromedp.KeyEvent("x"), chromedp.KeyEvent(kb.Enter)) // Enter sends the form
	p.until(`document.activeElement.getAttribute("aria-invalid") ?? ""`, "true")
	p.until(`document.getElementById(document.activeElement.getAttribute("aria-describedby").split(" ")[0]).textContent.slice(-20)`, "umber from 1 to 300.")
	p.do(chromedp.KeyEvent(kb.Backspace), chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.Enter))
	p.until(focused, "Cart")

	tabTo("Empty the cart")
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("dialog"))
	p.until(focused, "Keep it")
	p.do(chromedp.KeyEvent(kb.Escape), chromedp.WaitNotPresent("dialog"))
	p.until(focused, "Empty the cart")

	events := h.seen()
	last := events[len(events)-1]
	if last.Ref != "add" || !isNumber(last.Values["licences"]) || last.Values["assign"] != "true" || last.Values["plan"] != "annual" {
		t.Errorf("the last event is %+v, want the form with the values filled in", last)
	}
	for _, e := range events {
		if e.Ref == "empty" {
			t.Error("Escape in the dialog sent the action")
		}
	}
}

// Text is text, whatever it looks like, and what leads elsewhere leads to the web only.
func TestTextNeverBecomesMarkup(t *testing.T) {
	evil := `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
	h := open(t, nil)
	h.answer = func(conversations.Event) conversations.Reply {
		p := orderPrompt(12)
		p.Title, p.Organisation = evil, evil
		p.Notices = append(p.Notices, conversations.Notice{Text: evil})
		return conversations.Reply{Prompt: p}
	}
	p := newTab(t, testservices.Chromium(t), 1280, 800, "light")
	p.open(h.URL + "/?as=aicha&lang=en")
	p.say(evil, evil)
	if got := p.eval(`document.querySelectorAll(".log script, .log img:not(.face)").length + document.title`); strings.Contains(got, "owned") || got[0] != '0' {
		t.Errorf("text became markup: %s", got)
	}
	if got := p.eval(`[...document.querySelectorAll("a[href]")].filter(a => a.protocol === "javascript:").length`); got != "0" {
		t.Error("a javascript: address became a link")
	}
}

// Two windows of one person: what is done in one is seen in the other, as it happens,
// and never takes the focus away from what is being typed.
func TestTwoWindows(t *testing.T) {
	h := open(t, nil)
	chromium := testservices.Chromium(t)
	one, two := newTab(t, chromium, 1280, 800, "light"), newTab(t, chromium, 390, 844, "light")
	one.open(h.URL + "/?as=aicha&lang=en")
	two.open(h.URL + "/?as=aicha&lang=en")
	two.do(chromedp.Focus("#text"), chromedp.KeyEvent("half a sen"))
	one.say("cart", "Cart")
	two.until(lastTitle, "Cart")
	if got := two.eval(`[...document.querySelectorAll(".bubble")].at(-1).textContent`); got != "cart" {
		t.Errorf("the other window shows %q as typed", got)
	}
	ref, err := h.Post(t.Context(), "contoso", aicha, orderPrompt(1))
	if err != nil {
		t.Fatal(err)
	}
	two.until(lastTitle, "Order CW-1042")
	err = h.Edit(t.Context(), "contoso", aicha, ref, orderPrompt(39))
	if err != nil {
		t.Fatal(err)
	}
	two.until(`document.querySelector("progress").value`, "39")
	if got := two.eval(`document.activeElement.id + document.activeElement.value`); got != "texthalf a sen" {
		t.Errorf("the focus is in %q", got)
	}
	if got := two.eval(`document.querySelectorAll(".entry.bot").length`); got != "3" {
		t.Errorf("%s messages are shown, want home, cart and order", got)
	}
}

// The program is started anew: the page says that it lost it, finds it again by itself,
// and what was in view stays.
func TestARestart(t *testing.T) {
	h := open(t, nil)
	p := newTab(t, testservices.Chromium(t), 1280, 800, "light")
	p.open(h.URL + "/?as=aicha&lang=en")
	p.say("cart", "Cart")
	h.shut()
	p.until(`document.getElementById("connection").textContent.slice(0, 15)`, "Connection lost")
	p.say("orders", "Cart") // there is nobody to answer
	p.until(`document.querySelector(".failure button")?.textContent ?? ""`, "Try again")
	p.picture("lost")

	again := h.reopen(t)
	p.until(`document.getElementById("connection").textContent`, "Connected again.")
	p.do(chromedp.Click(`.failure button`))
	p.until(lastTitle, "Order CW-1042")
	if got := p.eval(`[...document.querySelectorAll(".entry.bot h2")].map(e => e.textContent).join("; ")`); got != "What can I do for you, Aïcha?; Cart; Order CW-1042" {
		t.Errorf("in view are %s", got)
	}
	if got := p.eval(`document.querySelectorAll(".failure").length`); got != "0" {
		t.Error("the failure is still in view")
	}
	if len(again.seen()) != 1 {
		t.Errorf("the new run was sent %+v", again.seen())
	}
}

// A click whose answer is lost keeps what was filled in, and is sent again as the very
// same event.
func TestALostAnswer(t *testing.T) {
	h := open(t, nil)
	p := newTab(t, testservices.Chromium(t), 1280, 800, "light")
	p.open(h.URL + "/?as=aicha&lang=en")
	p.say("details", "Microsoft 365 Business Premium")
	h.lose(100) // Chromium itself tries a few times more
	p.eval(`(document.querySelector("[name=licences]").value = "77")`)
	p.do(chromedp.Focus(`.entry:last-child button[type=submit]`), chromedp.KeyEvent(kb.Enter))
	p.until(focused, "Try again")
	if got := p.eval(`document.querySelector("[name=licences]").value + document.querySelector("[name=licences]").disabled`); got != "77false" {
		t.Errorf("what was filled in is now %s", got)
	}
	p.picture("failed")
	h.lose(0)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(focused, "Cart")
	events := h.seen()
	first, second := events[len(events)-2], events[len(events)-1]
	if first.ID != second.ID || second.Values["licences"] != "77" {
		t.Errorf("sent were %+v and %+v, want the same event again", first, second)
	}
}

func TestTheTokenFormIsAccessible(t *testing.T) {
	axe := axeCore(t)
	h := open(t, func(o *playground.Options) { o.Token = "open sesame" })
	p := newTab(t, testservices.Chromium(t), 390, 844, "dark")
	p.do(chromedp.Navigate(h.URL+"/?as=bruno&lang=fr"), chromedp.WaitVisible("#token"))
	p.do(chromedp.KeyEvent("wrong"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#problem"))
	p.fits()
	p.accessible(axe)
	p.picture("token")
	p.do(chromedp.Focus("#token"), chromedp.KeyEvent("open sesame"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(".entry.bot h2"))
	if got := p.eval(`document.documentElement.lang + " " + document.title`); got != "fr Bruno · Cartwright" {
		t.Errorf("the token leads to %q", got)
	}
}
