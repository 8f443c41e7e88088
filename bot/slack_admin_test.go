package main

import (
	"bytes"
	"html"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"cartwright/testservices/fakeslack"
)

// command runs a command of the bot's with the office's configuration.
func (o *office) command(args ...string) (code int, said string) {
	o.Helper()
	var out bytes.Buffer
	set := o.set.with(settings{"PUBLIC_URL": o.base})
	code = run(o.Context(), args, surroundings{env: set.find, readFile: os.ReadFile, stdout: &out, stderr: &out})
	return code, out.String()
}

// What the doctor says of a Slack that is well, and of each thing that is not. It never
// says a secret.
func TestSlackDoctor(t *testing.T) {
	o := openOffice(t, 1, nil)
	o.Deliver(o.base)
	code, said := o.command("doctor")
	for _, line := range []string{"ok    database", "ok    Redis", "ok    Slack workspace TCONTOSO", "ok    Slack workspace TFABRIKAM", "ok    Slack Socket Mode", "ok    Slack reaches " + o.base} {
		if !strings.Contains(said, line) {
			t.Errorf("%q is not in\n%s", line, said)
		}
	}
	if code != exitOK {
		t.Errorf("well, and the exit code is %d", code)
	}
	o.spaces["contoso"].Scopes = []string{"commands", "chat:write"}
	o.spaces["fabrikam"].Installed = false
	set := o.set
	o.set = set.with(settings{"SLACK_APP_TOKEN": "xapp-wrong"})
	w := o.Workspace("TADATUM") // another one of that name, which has not installed the app
	w.Token = "xoxb-other"
	base := o.base
	o.base = o.APIURL()[:len(o.APIURL())-len("/api/")]
	code, said = o.command("doctor")
	for _, line := range []string{
		"TCONTOSO, as UBOTTCONTOSO: the token may not im:write, im:history, app_mentions:read, users:read, usergroups:read",
		"FAIL  Slack workspace TFABRIKAM: the token is refused", "FAIL  Slack workspace TADATUM",
		"FAIL  Slack Socket Mode: SLACK_APP_TOKEN is refused", "something answers 404",
	} {
		if !strings.Contains(said, line) {
			t.Errorf("%q is not in\n%s", line, said)
		}
	}
	if code != exitFailed {
		t.Errorf("ill, and the exit code is %d", code)
	}
	for _, hidden := range []string{"xoxb", "xoxe", "xapp", "hush", "signing secret"} {
		if strings.Contains(said, hidden) {
			t.Errorf("%q is told:\n%s", hidden, said)
		}
	}
	o.base, o.set = base, set
}

func TestSlackManifest(t *testing.T) {
	o := &office{TB: t, set: usual, base: "https://bot.contoso.example"}
	code, http := o.command("manifest", "slack")
	o.set = usual.with(settings{"SLACK_APP_TOKEN": "xapp-1", "SLACK_BOT_TOKEN": "xoxb-1"})
	_, sockets := o.command("manifest", "slack")
	if code != exitOK || !strings.Contains(http, "https://bot.contoso.example/slack/interactions") || strings.Contains(http, "socket_mode_enabled: true") {
		t.Errorf("%d\n%s", code, http)
	}
	if !strings.Contains(sockets, "socket_mode_enabled: true") || strings.Contains(sockets, "url: ") {
		t.Errorf("with sockets:\n%s", sockets)
	}
	var m struct {
		Display  struct{ Name, Description string } `yaml:"display_information"`
		Features struct {
			Shortcuts []struct{ Name, Description string }
			Commands  []struct {
				Command, Description string
				Hint                 string `yaml:"usage_hint"`
			} `yaml:"slash_commands"`
			Bot struct {
				Name string `yaml:"display_name"`
			} `yaml:"bot_user"`
		}
	}
	if err := yaml.Unmarshal([]byte(http), &m); err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]struct {
		text string
		most int
	}{
		"name": {m.Display.Name, 35}, "description": {m.Display.Description, 140}, "bot": {m.Features.Bot.Name, 80}, "command": {m.Features.Commands[0].Command, 32},
		"hint": {m.Features.Commands[0].Hint, 1000}, "command's description": {m.Features.Commands[0].Description, 2000}, "shortcut": {m.Features.Shortcuts[0].Name, 24},
	} {
		if n := len([]rune(l.text)); n == 0 || n > l.most {
			t.Errorf("%s has %d characters, at most %d", name, n, l.most)
		}
	}
}

// Who adds the app is led to Slack and back, in their language; a state of another
// browser, a used one, a late one or none adds nothing.
func TestSlackInstall(t *testing.T) {
	o := openOffice(t, 0, nil)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page := o.get(browser, o.base+"/slack/install")
	for _, text := range []string{"<h1>Add Cartwright to Slack</h1>", "usergroups:read", `lang="en"`} {
		if !strings.Contains(page, text) {
			t.Errorf("%q is not in\n%s", text, page)
		}
	}
	link := html.UnescapeString(addLink.FindStringSubmatch(page)[1])
	answer, err := browser.Get(link + "&team=TCONTOSO")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	back := answer.Header.Get("Location")
	title := regexp.MustCompile(`<h1>(.*)</h1>`)
	ends := func(name string, client *http.Client, address, want string) {
		t.Helper()
		if got := title.FindStringSubmatch(o.get(client, address)); got == nil || got[1] != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	ends("another browser", http.DefaultClient, back, "This link does not work any more")
	ends("another state", browser, strings.Replace(back, "state=", "state=x", 1), "This link does not work any more")
	browser.Jar, _ = cookiejar.New(nil)
	link = html.UnescapeString(addLink.FindStringSubmatch(o.get(browser, o.base+"/slack/install"))[1])
	answer, err = browser.Get(link + "&team=TCONTOSO")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	back = answer.Header.Get("Location")
	ends("good", browser, back, "Cartwright is in TCONTOSO")
	ends("again", browser, back, "This link does not work any more")
	o.get(browser, o.base+"/slack/install")
	ends("no", browser, o.base+"/slack/oauth/callback?error=access_denied", "This link does not work any more")

	stranger := o.Workspace("TNOBODY")
	if said := o.install("TNOBODY"); !strings.Contains(said, "add TNOBODY to the organisations file") {
		t.Errorf("a workspace of nobody's is told\n%s", said)
	}
	if stranger.Installed {
		t.Error("the token of a workspace of nobody's was not given back")
	}
}

// A workspace that takes the app out is forgotten, and one that says so from before it was
// installed again is not.
func TestSlackUninstall(t *testing.T) {
	o := openOffice(t, 0, nil)
	aicha := o.hire("contoso", "UAICHA", "en")
	aicha.types("cart")
	aicha.sees("Your cart is empty")
	time.Sleep(1100 * time.Millisecond) // Slack's times are whole seconds
	aicha.do(aicha.Uninstall(t.Context()))
	o.until("it is forgotten", func() bool {
		_, said := o.command("doctor")
		return strings.Contains(said, "TCONTOSO: no token of this workspace")
	})
	old := o.Deliveries()[len(o.Deliveries())-1]
	time.Sleep(1100 * time.Millisecond)
	o.install("TCONTOSO")
	if status, _, err := o.Replay(t.Context(), old, o.SigningSecret, time.Now(), nil); status != http.StatusOK || err != nil {
		t.Errorf("%d %v", status, err)
	}
	_, said := o.command("doctor")
	if !strings.Contains(said, "ok    Slack workspace TCONTOSO") {
		t.Errorf("the new token was forgotten for an old event:\n%s", said)
	}
}

// Slack wants to be asked less: the method waits in that workspace, and goes on; another
// workspace does not wait, nor for one that does not answer at all.
func TestSlackLimits(t *testing.T) {
	o := openOffice(t, 0, nil)
	aicha, other, third := o.hire("contoso", "UAICHA", "en"), o.hire("fabrikam", "UAICHA", "en"), o.hire("adatum", "UAICHA", "en")
	o.Break(fakeslack.Fault{Workspace: "TCONTOSO", Method: "chat.postMessage", Times: 1, RetryAfter: 2})
	began := time.Now()
	purchase(other)
	aicha.types("buy business basic")
	aicha.sees("Business Basic")
	aicha.presses("buy:business-basic")
	aicha.form()
	aicha.do(aicha.Fill("Licences to add", "3"))
	aicha.do(aicha.Submit(t.Context()))
	aicha.orders()
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("Slack was asked again after %v", took)
	}
	calls := o.Calls("TCONTOSO", "chat.postMessage")
	for i := 1; i < len(calls); i++ {
		if calls[i-1].Error != "" && calls[i].At.Sub(calls[i-1].At) < 1900*time.Millisecond {
			t.Errorf("a method that was to wait 2 s was called again after %v", calls[i].At.Sub(calls[i-1].At))
		}
	}

	o.Break(fakeslack.Fault{Workspace: "TCONTOSO", Times: 40, Hang: 6 * time.Second, Status: 500})
	for range 20 {
		go func() { _ = aicha.Command(t.Context(), "CGENERAL", "/m365", "cart") }()
	}
	aicha.pays()
	began = time.Now()
	purchase(third)
	if took := time.Since(began); took > patience/2 {
		t.Errorf("a workspace that hangs held another one up for %v", took)
	}
}
