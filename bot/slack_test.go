package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cartwright/conversations/locale"
	"cartwright/testservices/fakeslack"
)

// office is a Slack with three workspaces, one for each organisation, and a bot in them.
type office struct {
	testing.TB
	*fakeslack.Slack
	base   string
	stop   func()
	set    settings
	spaces map[string]*fakeslack.Workspace // by organisation
}

const slackOrganisations = `organisations:
  - {id: contoso, name: Contoso SARL, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris, tax: {name: TVA, rate: "20%"}, backend: sandbox,
     workspaces: {slack: [TCONTOSO]}, groups: {buyer: {slack: [SBUYERS]}}, people:
      [{name: Aïcha, slack: UAICHA, roles: [buyer, licensing]}, {name: Bruno, slack: UBRUNO, roles: [approver]}, {name: Emil, slack: UEMIL}]}
  - {id: fabrikam, name: Fabrikam GmbH, cloud: germany, country: DE, currency: EUR, time_zone: Europe/Berlin, tax: {name: MwSt., rate: "19%"}, backend: sandbox,
     workspaces: {slack: [TFABRIKAM]}, people:
      [{name: Aïcha, slack: UAICHA, roles: [buyer, licensing]}, {name: Bruno, slack: UBRUNO, roles: [approver]}, {name: Emil, slack: UEMIL}]}
  - {id: adatum, name: Adatum, cloud: 21vianet, country: CN, currency: CNY, time_zone: Asia/Shanghai, tax: {name: 增值税, rate: "6%"}, backend: sandbox,
     workspaces: {slack: [TADATUM]}, people:
      [{name: Aïcha, slack: UAICHA, roles: [buyer, licensing]}, {name: Bruno, slack: UBRUNO, roles: [approver]}, {name: Emil, slack: UEMIL}]}
`

// openOffice starts a Slack and a bot that it reaches over HTTP or, where sockets is not
// 0, by so many sockets.
func openOffice(t testing.TB, sockets int, more settings) *office {
	t.Helper()
	o := &office{TB: t, Slack: fakeslack.New(fakeslack.Options{SigningSecret: "the office's signing secret", ClientID: "1.2", ClientSecret: "hush"})}
	t.Cleanup(o.Close)
	o.spaces = map[string]*fakeslack.Workspace{}
	for org, id := range map[string]string{"contoso": "TCONTOSO", "fabrikam": "TFABRIKAM", "adatum": "TADATUM"} {
		w := o.Workspace(id)
		w.Channel("CGENERAL", "UAICHA", "UBRUNO", "UEMIL", "USTRANGER")
		w.Group("SBUYERS")
		o.spaces[org] = w
	}
	file := filepath.Join(t.TempDir(), "organisations.yaml")
	if err := os.WriteFile(file, []byte(slackOrganisations), 0o600); err != nil {
		t.Fatal(err)
	}
	o.set = usual.with(settings{
		"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "bot.db"), "ORGANISATIONS_FILE": file, "SLACK_API_URL": o.APIURL(),
		"SLACK_SIGNING_SECRET": o.SigningSecret, "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hush",
	}).with(more)
	if sockets > 0 {
		o.set = o.set.with(settings{"SLACK_APP_TOKEN": o.AppToken(), "SLACK_SOCKETS": fmt.Sprint(sockets)})
	}
	o.start(sockets)
	for _, w := range o.spaces {
		o.install(w.ID)
	}
	return o
}

// install adds the app to a workspace as its admin does, in a browser.
func (o *office) install(workspace string) string {
	o.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	page := o.get(browser, o.base+"/slack/install")
	link := html.UnescapeString(addLink.FindStringSubmatch(page)[1])
	return o.get(browser, link+"&team="+workspace)
}

var addLink = regexp.MustCompile(`href="([^"]*/oauth/v2/authorize[^"]*)"`)

func (o *office) get(browser *http.Client, address string) string {
	o.Helper()
	answer, err := browser.Get(address)
	if err != nil {
		o.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		o.Fatal(err)
	}
	return string(body)
}

func (o *office) start(sockets int) {
	o.Helper()
	o.base, o.stop = host(o.TB, o.set)
	if sockets == 0 {
		o.Deliver(o.base)
		return
	}
	o.Deliver("")
	o.until("the sockets are open", func() bool { return o.Connections() >= sockets })
}

func (o *office) until(what string, seen func() bool) {
	o.Helper()
	deadline := time.Now().Add(patience)
	for !seen() {
		if time.Now().After(deadline) {
			o.Fatalf("it never came to this: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// colleague is somebody in one of the workspaces, who goes on in one channel.
type colleague struct {
	*office
	*fakeslack.Client
	lang, channel string
}

// hire gives somebody an account, with a language.
func (o *office) hire(org, user, lang string) *colleague {
	locales := map[string]string{"en": "en-US", "fr": "fr-FR", "de": "de-DE", "zh-CN": "zh-CN"}
	c := o.spaces[org].Person(fakeslack.Person{ID: user, Name: strings.TrimPrefix(user, "U"), Locale: locales[lang]})
	return &colleague{office: o, Client: c, lang: lang, channel: "CGENERAL"}
}

func (c *colleague) do(err error) {
	c.office.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *colleague) ctx() context.Context { return c.TB.Context() }

func (c *colleague) types(text string) {
	c.office.Helper()
	c.do(c.Command(c.ctx(), c.channel, "/m365", text))
}

func (c *colleague) T(key string, pairs ...any) string {
	return locale.For(c.lang, nil).T(key, pairs...)
}

// See is what is in a channel, but for the notice that Fabrikam's own subscription renews
// soon: it comes at any time after the start.
func (c *colleague) See(channel string) []fakeslack.Posted {
	notice, _, _ := strings.Cut(c.T("renewal.title", "product", "Microsoft 365 Business Standard", "date", "|"), "|")
	return slices.DeleteFunc(c.Client.See(channel), func(p fakeslack.Posted) bool { return strings.Contains(p.Read(), notice) })
}

// Last is the newest of what See answers, the zero one for none.
func (c *colleague) Last(channel string) fakeslack.Posted {
	if seen := c.See(channel); len(seen) > 0 {
		return seen[len(seen)-1]
	}
	return fakeslack.Posted{}
}

// sees waits until the newest message shows a text, and answers the message.
func (c *colleague) sees(text string) fakeslack.Posted {
	c.office.Helper()
	return c.seesIn(c.channel, text)
}

var blanks = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2011", "-")

func (c *colleague) seesIn(channel, text string) fakeslack.Posted {
	c.office.Helper()
	deadline := time.Now().Add(patience)
	for {
		p := c.Last(channel)
		if strings.Contains(blanks.Replace(p.Read()), blanks.Replace(text)) {
			return p
		}
		if time.Now().After(deadline) {
			c.Fatalf("%q is not in what is seen:\n%s", text, p.Read())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// presses presses the button of a verb in the newest message.
func (c *colleague) presses(verb string) {
	c.office.Helper()
	c.do(c.PressValue(c.ctx(), c.Last(c.channel), verb))
}

// form waits for a modal.
func (c *colleague) form() *fakeslack.View {
	c.office.Helper()
	c.until("a modal is open", func() bool { return c.Modal() != nil })
	return c.Modal()
}

// orders buys what is in the cart and answers the order's number.
func (c *colleague) orders() string {
	c.office.Helper()
	c.sees(c.T("cart.title"))
	c.presses("checkout:")
	c.sees(c.T("check.title"))
	c.presses("next:")
	c.sees(c.T("payment.title"))
	c.presses("place:")
	c.until("the order's own message has a link", func() bool { return payLink(c.Last(c.DM())) != "" })
	return orderNumber.FindString(c.Last(c.DM()).Read())
}

func payLink(p fakeslack.Posted) string {
	for _, b := range p.Buttons() {
		if strings.Contains(b.URL, "/pay/") {
			return b.URL
		}
	}
	return ""
}

// pays follows the link of the order's own message and pays.
func (c *colleague) pays() {
	c.office.Helper()
	link, err := url.Parse(payLink(c.Last(c.DM())))
	c.do(err)
	l := fixed(c.TB, c.base)
	answer, _ := l.send(http.MethodGet, link.Path, "", "")
	page := answer.Header.Get("Location")
	if page == "" {
		c.Fatalf("the link leads nowhere: %s", answer.Status)
	}
	form := url.Values{"outcome": {"paid"}, "scenario": {"deliver"}}
	if answer, text := l.send(http.MethodPost, page, "application/x-www-form-urlencoded", form.Encode()); answer.StatusCode >= 400 {
		c.Fatalf("pay: %s %s", answer.Status, text)
	}
}

// sound finds what Slack would not have taken, and mentions or links that were made.
func (o *office) sound() {
	o.Helper()
	for _, c := range o.Refusals() {
		if c.Method == "users.info" && c.Error == "user_not_found" {
			continue // the radar looks for people who are not in this story
		}
		o.Errorf("%s in %s was refused: %s\n%v", c.Method, c.Workspace, c.Error, c.Body)
	}
	if pings := o.Pings(); len(pings) > 0 {
		o.Errorf("mentions or links were made: %v", pings)
	}
}

// The purchase, in each cloud, over signed HTTP and by sockets: typed in a channel, filled
// in in a modal, checked in one message that is edited in place, and followed in a
// message of its own until the licences are there.
func TestSlackPurchase(t *testing.T) {
	for _, way := range []struct {
		name    string
		sockets int
	}{{"http", 0}, {"one socket", 1}, {"three sockets", 3}} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			o := openOffice(t, way.sockets, nil)
			t.Cleanup(o.sound) // before the office closes, and after all three
			for org, lang := range map[string]string{"contoso": "fr", "fabrikam": "de", "adatum": "zh-CN"} {
				t.Run(org, func(t *testing.T) {
					t.Parallel()
					here := *o
					here.TB = t
					purchase(here.hire(org, "UAICHA", lang))
				})
			}
		})
	}
}

func purchase(c *colleague) {
	c.office.Helper()
	c.types("buy business basic")
	c.sees("Microsoft 365 Business Basic")
	c.presses("buy:business-basic")
	c.form()
	c.do(c.Fill(c.T("details.quantity"), "3"))
	c.do(c.Submit(c.ctx()))
	if c.Modal() != nil {
		c.Fatalf("the modal is still open: %s %v", c.Modal().Read(), c.Errors())
	}
	order := c.orders()
	if n := len(c.See(c.channel)); n != 1 {
		c.Errorf("the wizard is in %d messages, not one that is edited", n)
	}
	if p := c.Last(c.channel); p.To != c.Client.ID {
		c.Errorf("everybody sees %s", p)
	}
	c.pays()
	done := c.seesIn(c.DM(), c.T("state.completed"))
	if all := c.See(c.DM()); len(all) != 1 || !strings.Contains(done.Read(), order) {
		c.Errorf("%d messages about %s:\n%v", len(all), order, all)
	}
}

// What is wrong in a form is said at the field, with the modal open; then it goes on.
func TestSlackForm(t *testing.T) {
	o := openOffice(t, 0, nil)
	aicha := o.hire("contoso", "UAICHA", "en")
	aicha.types("buy business basic")
	aicha.sees("Microsoft 365 Business Basic")
	aicha.presses("buy:business-basic")
	v := aicha.form()
	for _, text := range []string{"Microsoft 365 Business Basic", "Contoso SARL", "[[Check out now]]"} {
		if !strings.Contains(v.Read(), text) {
			t.Errorf("%q is not in the form:\n%s", text, v.Read())
		}
	}
	if err := aicha.Fill("Licences to add", "301"); err == nil {
		t.Error("Slack's client takes 301 of 300")
	}
	aicha.do(aicha.CloseModal(t.Context()))
	aicha.types("cart")
	aicha.sees("Your cart is empty")
	o.sound()
}

// Who may not is told whom to ask: an unknown person, one without a role, a guest, a bot,
// somebody of another workspace. Whoever cannot be looked up is refused.
func TestSlackRefusesWhoMayNot(t *testing.T) {
	o := openOffice(t, 0, nil)
	o.hire("contoso", "UAICHA", "en")
	for name, p := range map[string]fakeslack.Person{
		"no role":     {ID: "UEMIL", Name: "Emil"},
		"unknown":     {ID: "USTRANGER", Name: "Stranger"},
		"guest":       {ID: "UAICHA", Name: "Aïcha", Guest: true},
		"single":      {ID: "UAICHA", Name: "Aïcha", SingleGuest: true},
		"deactivated": {ID: "UAICHA", Name: "Aïcha", Deleted: true},
		"a bot":       {ID: "UAICHA", Name: "Aïcha", Bot: true},
		"stranger":    {ID: "UAICHA", Name: "Aïcha", Stranger: true},
	} {
		o := openOffice(t, 0, nil)
		c := &colleague{office: o, Client: o.spaces["contoso"].Person(p), lang: "en", channel: "CGENERAL"}
		c.types("buy premium")
		shown := c.sees("Aïcha")
		if strings.Contains(shown.Read(), "Business Premium") || payLink(shown) != "" {
			t.Errorf("%s is shown\n%s", name, shown.Read())
		}
	}
	o.Break(fakeslack.Fault{Method: "users.info", Times: 100, Status: 500})
	bruno := o.hire("contoso", "UBRUNO", "en")
	bruno.types("orders")
	if p := bruno.sees("#"); !strings.Contains(p.Read(), "could not be looked up") && !strings.Contains(p.Read(), "cannot tell") {
		t.Logf("a failed lookup reads:\n%s", p.Read())
	}
}

// A group of the workspace grants a role, for as long as somebody is in it; where Slack
// does not say, nothing is granted.
func TestSlackGroups(t *testing.T) {
	o := openOffice(t, 0, nil)
	o.spaces["contoso"].Group("SBUYERS", "UEMIL")
	emil := o.hire("contoso", "UEMIL", "en")
	emil.types("buy premium")
	emil.sees("Microsoft 365 Business Premium")

	o = openOffice(t, 0, nil)
	bruno := o.hire("contoso", "UEMIL", "en")
	o.Break(fakeslack.Fault{Method: "usergroups.users.list", Times: 100, Status: 500})
	bruno.types("buy premium")
	if p := bruno.sees("#"); strings.Contains(p.Read(), "Premium") {
		t.Errorf("without an answer this is shown:\n%s", p.Read())
	}
}

// Everything that somebody can begin with: a mention, also in a thread; a direct message;
// the home; a shortcut in a thread, where commands do not work.
func TestSlackWaysIn(t *testing.T) {
	o := openOffice(t, 0, nil)
	aicha := o.hire("contoso", "UAICHA", "en")
	aicha.do(aicha.Mention(t.Context(), "CGENERAL", "1700000000.000100", "buy premium"))
	p := aicha.sees("Microsoft 365 Business Premium")
	if p.Thread != "1700000000.000100" || p.To != "UAICHA" {
		t.Errorf("a mention in a thread is answered in %q to %q", p.Thread, p.To)
	}
	aicha.do(aicha.DirectMessage(t.Context(), "cart"))
	if p := aicha.seesIn(aicha.DM(), "Your cart is empty"); p.To != "" {
		t.Error("an answer in the person's own conversation goes away with the next start of Slack")
	}

	aicha.do(aicha.OpenHome(t.Context()))
	aicha.until("the home is there", func() bool { return aicha.Home() != nil })
	if home := aicha.Home().Read(); !strings.Contains(home, "Nothing is under way") || !strings.Contains(home, "[Purchase services]") {
		t.Errorf("the home is\n%s", home)
	}
	aicha.do(aicha.PressIn(t.Context(), aicha.Home(), "Purchase services"))
	v := aicha.form()
	aicha.do(aicha.PressIn(t.Context(), v, "Buy Microsoft 365 Business Basic"))
	aicha.until("the details are in the modal", func() bool { return strings.Contains(aicha.Modal().Read(), "Licences to add") })
	aicha.do(aicha.Fill("Licences to add", "2"))
	aicha.do(aicha.Submit(t.Context()))
	if got := aicha.Modal().Read(); !strings.Contains(got, "[Check out]") {
		t.Errorf("the cart is not in the modal:\n%s", got)
	}
	aicha.do(aicha.CloseModal(t.Context()))
	aicha.until("the home shows the cart", func() bool { return strings.Contains(aicha.Home().Read(), "Go on with the cart") })

	aicha.do(aicha.MessageShortcut(t.Context(), "m365_thread", "CGENERAL", "1700000000.000100"))
	v = aicha.form()
	if !strings.Contains(v.Read(), "[Purchase services]") {
		t.Errorf("the shortcut opens\n%s", v.Read())
	}
	o.sound()
}

// An old button in an old message gets an honest answer, and the same click sent twice
// one effect.
func TestSlackOldClicks(t *testing.T) {
	o := openOffice(t, 0, nil)
	aicha := o.hire("contoso", "UAICHA", "en")
	aicha.types("buy business basic")
	aicha.sees("Business Basic")
	aicha.presses("buy:business-basic")
	aicha.form()
	aicha.do(aicha.Fill("Licences to add", "3"))
	aicha.do(aicha.Submit(t.Context()))
	cart := aicha.sees("Check out")
	aicha.presses("checkout:")
	check := aicha.sees("Next")
	aicha.presses("next:")
	payment := aicha.sees("Place order")
	place := buttonOf(payment, "place:")

	// Three at once, and then an old one.
	done := make(chan error, 3)
	for range 3 {
		go func() { done <- aicha.Click(t.Context(), payment, place) }()
	}
	for range 3 {
		aicha.do(<-done)
	}
	aicha.until("the order is there", func() bool { return payLink(aicha.Last(aicha.DM())) != "" })
	for _, old := range []struct {
		in     fakeslack.Posted
		button fakeslack.Button
	}{{payment, place}, {check, buttonOf(check, "next:")}, {cart, buttonOf(cart, "checkout:")}} {
		aicha.do(aicha.Click(t.Context(), old.in, old.button))
	}
	time.Sleep(100 * time.Millisecond)
	if n := len(aicha.See(aicha.DM())); n != 1 {
		t.Errorf("%d orders have a message", n)
	}
	// What was caught on the way is sent again, as it was: nothing happens.
	edits := len(o.Calls("", "response_url"))
	for _, d := range o.Deliveries() {
		status, body, err := o.Replay(t.Context(), d, o.SigningSecret, d.Signed, nil)
		if err != nil || status != http.StatusOK || len(body) > 0 {
			t.Errorf("a replay of %s is answered %d %s %v", d.Kind, status, body, err)
		}
	}
	time.Sleep(100 * time.Millisecond)
	if n := len(o.Calls("", "response_url")); n != edits {
		t.Errorf("replays led to %d posts", n-edits)
	}
	d := o.Deliveries()[0]
	for name, at := range map[string]time.Duration{"old": -6 * time.Minute, "ahead": 6 * time.Minute} {
		if status, _, _ := o.Replay(t.Context(), d, o.SigningSecret, time.Now().Add(at), nil); status != http.StatusUnauthorized {
			t.Errorf("six minutes %s: %d", name, status)
		}
	}
	if status, _, _ := o.Replay(t.Context(), d, "another secret", time.Now(), nil); status != http.StatusUnauthorized {
		t.Errorf("another secret: %d", status)
	}
	o.sound()
}

func buttonOf(p fakeslack.Posted, prefix string) fakeslack.Button {
	all := p.Buttons()
	i := slices.IndexFunc(all, func(b fakeslack.Button) bool { return strings.HasPrefix(b.Value, prefix) })
	return all[i]
}

// The bot is started anew in the middle: what was half filled in, and the order's message,
// go on.
func TestSlackRestart(t *testing.T) {
	for _, sockets := range []int{0, 2} {
		o := openOffice(t, sockets, nil)
		aicha := o.hire("contoso", "UAICHA", "en")
		aicha.types("buy business basic")
		aicha.sees("Business Basic")
		aicha.presses("buy:business-basic")
		aicha.form()
		aicha.do(aicha.Fill("Licences to add", "3"))
		o.stop()
		o.start(sockets)
		aicha.do(aicha.Submit(t.Context()))
		aicha.sees("Check out")
		order := aicha.orders()
		o.stop()
		o.start(sockets)
		aicha.pays()
		if p := aicha.seesIn(aicha.DM(), "completed"); !strings.Contains(p.Read(), order) || len(aicha.See(aicha.DM())) != 1 {
			t.Errorf("the order's message is not edited any more:\n%s", p.Read())
		}
		o.sound()
	}
}

// A workspace that no organisation has is told what to do about it; nothing is done.
func TestSlackUnknownWorkspace(t *testing.T) {
	o := openOffice(t, 0, nil)
	w := o.Workspace("TNOBODY")
	w.Channel("CGENERAL", "U1")
	c := &colleague{office: o, Client: w.Person(fakeslack.Person{ID: "U1", Name: "Somebody"}), lang: "en", channel: "CGENERAL"}
	c.types("buy premium")
	c.sees("TNOBODY")
	c.do(c.OpenHome(t.Context()))
}
