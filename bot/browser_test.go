package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cartwright/conversations/locale"
	"cartwright/testservices"
)

// What people see of the whole program, in Chromium. One Chromium serves all stories;
// each has a bot, a folder and cookies of its own.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	chromium := testservices.Chromium(t)
	for _, story := range []struct {
		name string
		tell func(*testing.T, context.Context)
	}{
		{"a purchase, step by step", purchases},
		{"a purchase, in one's own words", ownWordsThroughout},
		{"the old portal, in two clouds", oldPortals},
		{"a payment after second thoughts", secondThoughts},
		{"a slow payment", slowPayment},
		{"an order called off", calledOff},
		{"delivered in part", partDeliveries},
		{"with the keyboard alone", keyboardAlone},
		{"checked with axe-core", accessibleThroughout},
		{"the token's form", tokenForm},
		{"a restart under an open page", restart},
		{"several people", severalPeople},
		{"licences handed out", handingOut},
		{"a buyer and a manager", twoPeople},
		{"approvals, checked with axe-core", accessibleApprovals},
		{"hostile names", hostileNames},
		{"no JavaScript at the till", withoutScript},
	} {
		t.Run(story.name, func(t *testing.T) {
			t.Parallel()
			story.tell(t, chromium)
		})
	}
}

// started is a bot as a person starts it: in a folder of its own, with nothing
// configured but free ports, and what the story needs besides.
func started(t *testing.T, more settings) (base string, stop func()) {
	t.Helper()
	return host(t, settings{
		"HTTP_ADDR": "127.0.0.1:0", "ADMIN_ADDR": "127.0.0.1:0",
		"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "cartwright.db"),
	}.with(more))
}

// screen is what somebody looks at.
type screen struct {
	name          string
	width, height int64
	scheme        string // light or dark
}

var (
	onDesk  = screen{"desk", 1280, 900, "light"}
	onPhone = screen{"phone", 390, 844, "light"}
)

func (s screen) dark() screen {
	s.scheme = "dark"
	return s
}

// visitor is somebody at a page.
type visitor struct {
	testing.TB
	ctx    context.Context
	base   string
	org    string
	lang   string
	words  locale.Words
	screen screen
	shoots []string // pictures, where they are asked for
}

// visit opens a window with cookies of its own.
func visit(t *testing.T, chromium context.Context, base, lang string, s screen) *visitor {
	t.Helper()
	ctx, stop := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	v := &visitor{TB: t, ctx: ctx, base: base, org: "contoso", lang: lang, words: locale.For(lang, nil), screen: s}
	v.arrives()
	return v
}

// window is another window of the same browser.
func (v *visitor) window(options ...chromedp.ContextOption) *visitor {
	v.Helper()
	ctx, stop := chromedp.NewContext(v.ctx, options...)
	v.Cleanup(stop)
	other := *v
	other.ctx = ctx
	other.arrives()
	return &other
}

// arrives opens the tab. It stays open for as long as the context of this first call.
func (v *visitor) arrives() {
	v.Helper()
	err := chromedp.Do(v.ctx)
	if err != nil {
		v.Fatal(err)
	}
	v.looksAt(v.screen)
}

func (v *visitor) looksAt(s screen) {
	v.Helper()
	v.screen = s
	size := []chromedp.EmulateViewportOption{}
	if s.width < 500 {
		size = append(size, chromedp.EmulateTouch)
	}
	v.do(chromedp.EmulateViewport(s.width, s.height, size...), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		// So that several windows can be in front at once.
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: s.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	}))
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	ctx, stop := context.WithTimeout(v.ctx, patience)
	defer stop()
	err := chromedp.Do(ctx, steps...)
	if err != nil {
		v.Fatal(err)
	}
}

// eval is the value of an expression in the page, as text.
func (v *visitor) eval(expression string) string {
	v.Helper()
	ctx, stop := context.WithTimeout(v.ctx, patience)
	defer stop()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[any](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.Fatalf("%.300s: %v", expression, err)
	}
	if text, ok := value.(string); ok {
		return text
	}
	raw, _ := json.Marshal(value)
	return string(raw)
}

// until waits for an expression to be true.
func (v *visitor) until(expression, what string) {
	v.Helper()
	deadline := time.Now().Add(patience)
	for v.eval(`Boolean(`+expression+`)`) != "true" {
		if time.Now().After(deadline) {
			v.Fatalf("never came: %s. In view is:\n%s", what, v.eval(`document.querySelector("main")?.innerText`))
		}
		time.Sleep(40 * time.Millisecond)
	}
}

// comes opens the chat as somebody of the organisation.
func (v *visitor) comes(person string) {
	v.Helper()
	v.do(chromedp.Navigate(v.base + "/?organisation=" + v.org + "&as=" + person + "&lang=" + v.lang))
	v.until(`document.querySelector(".entry.bot h2")`, "the first message")
}

// says types into the message box, and waits for the answer.
func (v *visitor) says(text string) {
	v.Helper()
	const count = `document.querySelectorAll(".entry.bot").length`
	before := v.eval(count)
	v.do(chromedp.Focus(chromedp.CSS("#text")), chromedp.KeyEvent(text), chromedp.KeyEvent(kb.Enter))
	v.until(count+` > `+before+` && !document.querySelector("[aria-busy=true]")`, "the answer to "+text)
}

// sees waits for a text in the page, written as it is there.
func (v *visitor) sees(text string) {
	v.Helper()
	v.until(`document.documentElement?.textContent.includes(`+quoted(text)+`)`, text)
}

// reaches waits for the title of a message; "…" at its end stands for any rest.
func (v *visitor) reaches(title string) {
	v.Helper()
	v.until(`[...document.querySelectorAll(".log h2")].some(e => `+matches("e.textContent", title)+`)`, title)
}

func quoted(text string) string {
	raw, _ := json.Marshal(text)
	return string(raw)
}

func matches(expression, want string) string {
	if start, any := strings.CutSuffix(want, "…"); any {
		return expression + `.startsWith(` + quoted(start) + `)`
	}
	return expression + ` === ` + quoted(want)
}

// pointAt answers where the middle of the last control with a name is, once it can be
// clicked there: in sight, enabled, and covered by nothing.
const pointAt = `((selector, is) => {
	const named = (e) => is(e.getAttribute("aria-label") ?? "") || is(e.textContent.trim()) || is(e.firstChild?.textContent.trim() ?? "");
	const found = [...document.querySelectorAll(selector)].filter((e) => named(e) && !e.disabled && e.checkVisibility()).at(-1);
	if (!found) return "";
	const at = selector === ".label" ? found.control : found;
	at.scrollIntoView({ block: "nearest" });
	const box = at.getBoundingClientRect();
	const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
	const top = document.elementFromPoint(x, y);
	return at.contains(top) ? x + " " + y : "";
})(%s, (text) => %s)`

// presses clicks a button, a link or an option by its name, with the mouse; "…" at the
// end stands for any rest.
func (v *visitor) presses(name string) {
	v.Helper()
	v.clicks("button, a[href], summary, label:not(.label)", name)
}

// fills a field by its label.
func (v *visitor) fills(label, text string) {
	v.Helper()
	v.clicks(".label", label)
	v.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent(text))
}

func (v *visitor) clicks(selector, name string) {
	v.Helper()
	script := fmt.Sprintf(pointAt, quoted(selector), matches("text", name))
	v.until(script+` !== ""`, name+", to be clicked")
	x, y, _ := strings.Cut(v.eval(script), " ")
	left, err := strconv.ParseFloat(x, 64)
	top, err2 := strconv.ParseFloat(y, 64)
	if err != nil || err2 != nil {
		v.Fatalf("%s went away", name)
	}
	v.do(chromedp.MouseClickXY(left, top))
	v.until(`!document.querySelector("[aria-busy=true]")`, "the answer to "+name)
}

// follows the tab that a click opened, once it is at the payment page.
func (v *visitor) follows() *visitor {
	v.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		all, err := chromedp.Targets(v.ctx)
		if err != nil {
			v.Fatal(err)
		}
		at := slices.IndexFunc(all, func(i *target.Info) bool {
			return i.Type == "page" && !i.Attached && strings.HasPrefix(i.URL, v.base+"/sandbox/pay/")
		})
		if at >= 0 {
			till := v.window(chromedp.WithTargetID(all[at].TargetID))
			till.until(`document.querySelector("main h1")`, "the payment page")
			return till
		}
		time.Sleep(40 * time.Millisecond)
	}
	v.Fatal("no payment page was opened")
	return nil
}
