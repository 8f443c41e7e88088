package fakediscord_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/testservices"
	"cartwright/testservices/fakediscord"
)

// peer is an app on a library of others'.
type peer struct {
	t    *testing.T
	mu   sync.Mutex
	said []string
}

// start runs a script of test/discord until the test ends.
func start(t *testing.T, script string, env ...string) *peer {
	t.Helper()
	folder := testservices.Peers(t, "discord", "discord.js", "the Discord that the tests play, by others' libraries")
	cmd := exec.Command("node", script)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), env...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.mu.Lock()
			p.said = append(p.said, lines.Text())
			p.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-read
		_ = cmd.Wait()
		if complaints.Len() > 0 {
			t.Errorf("%s complains:\n%s", script, complaints.String())
		}
	})
	return p
}

// says waits for a line that begins so, and returns the rest of it.
func (p *peer) says(begin string) string {
	p.t.Helper()
	var rest string
	until(p.t, "it says "+begin, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		n := slices.IndexFunc(p.said, func(line string) bool { return strings.HasPrefix(line, begin) })
		if n >= 0 {
			rest = strings.TrimSpace(strings.TrimPrefix(p.said[n], begin))
		}
		return n >= 0
	})
	return rest
}

func until(t *testing.T, what string, seen func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !seen(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// discord.js finds at the gateway and in the API what it finds at Discord's: it is told of
// what is done, answers in each way that there is, is refused by Discord's codes, waits out
// a limit, and takes up a session that broke without losing anything.
func TestDiscordJS(t *testing.T) {
	t.Parallel()
	d := fakediscord.New(fakediscord.Options{})
	t.Cleanup(d.Close)
	d.Channel("55")
	d.Join("12", "shy")
	d.RefuseDirect("12")
	d.Limit("PATCH /channels/{channel}/messages/{message}", 1)
	ada := d.Join("11", "ada")
	p := start(t, "gateway.mjs", "API="+d.APIURL(), "TOKEN="+d.Token, "CHANNEL=55", "SHY=12")
	p.says("ready")
	reads := func(text string) {
		t.Helper()
		until(t, "it reads "+text, func() bool { return strings.Contains(ada.Last("6").Read(), text) })
	}

	must(t, ada.Command(t.Context(), "cart"))
	p.says("cart done")
	reads("And a word more")
	must(t, ada.Command(t.Context(), "orders"))
	reads("Your orders")
	orders := ada.Last("6")
	if orders.To != "11" || orders.Edits != 1 {
		t.Errorf("%+v is not an edit that is theirs alone", orders)
	}
	must(t, ada.Command(t.Context(), "help"))
	reads("Help for all")
	if choices, err := ada.Type(t.Context(), "buy", "product", "prem"); err != nil || len(choices) != 1 || choices[0].Name != "premium" {
		t.Errorf("%v, %v", choices, err)
	}
	must(t, ada.Command(t.Context(), "buy", "product", "premium"))
	must(t, ada.Submit(t.Context(), map[string]string{"n": "4"}))
	reads("4 at once")

	// What is done while the app is away reaches it when it is back, in order.
	d.Drop()
	must(t, ada.Command(t.Context(), "cart"))
	p.says("resumed")
	until(t, "the cart and what follows", func() bool { return strings.Contains(ada.Last("6").Read(), "And a word more") })
	d.AskToReconnect()
	must(t, ada.Command(t.Context(), "orders"))
	reads("Your orders")
	if d.Identifies() != 1 || d.Resumes() != 2 {
		t.Errorf("%d sessions, resumed %d times", d.Identifies(), d.Resumes())
	}
	d.Invalidate()
	until(t, "a session anew", func() bool { return d.Identifies() == 2 })
	must(t, ada.Command(t.Context(), "cart"))
	reads("Your cart")
	cart := ada.Last("6")
	must(t, ada.Press(t.Context(), cart, "open"))
	must(t, ada.Submit(t.Context(), map[string]string{"n": "7"}))
	until(t, "the cart itself is edited", func() bool { return ada.Now(cart).Read() == "7 licences" })
}

// discord-interactions takes what is delivered over HTTP for Discord's, and not what is
// forged.
func TestDiscordInteractions(t *testing.T) {
	t.Parallel()
	d := fakediscord.New(fakediscord.Options{})
	t.Cleanup(d.Close)
	ada := d.Join("11", "ada")
	p := start(t, "http.mjs", "KEY="+hex.EncodeToString(d.PublicKey))
	d.Deliver("http://127.0.0.1:" + p.says("ready") + "/")
	must(t, d.Validate(t.Context()))
	must(t, ada.Command(t.Context(), "cart"))
	if got := ada.Last("6"); got.Read() != "/m365 cart" || got.To != "11" {
		t.Errorf("%+v", got)
	}
	v := d.Deliveries()[0]
	if status, _, err := d.Forge(t.Context(), v); err != nil || status != http.StatusUnauthorized {
		t.Errorf("what is forged is answered %d, %v", status, err)
	}
}

// discord.js is told of messages as Discord tells: of those that it asked for, with their text
// where they are direct or mention it; what it answers pings whom it allows.
func TestDiscordJSIsToldOfMessages(t *testing.T) {
	t.Parallel()
	d := fakediscord.New(fakediscord.Options{})
	t.Cleanup(d.Close)
	d.Join("12", "shy")
	d.RefuseDirect("12")
	ada := d.Join("11", "ada", "700")
	direct, bot := fakediscord.DirectChannel("11"), "<@"+d.Application+">"
	p := start(t, "messages.mjs", "API="+d.APIURL(), "TOKEN="+d.Token, "CHANNEL="+fakediscord.TalkChannel, "SHY=12")
	p.says("ready")
	p.says("deaf")
	p.says("heard guild 42 type 0 of the-bot (bot) unnamed: to nobody")

	writes := func(channel, text string) *fakediscord.Message {
		t.Helper()
		m, err := ada.Write(t.Context(), channel, text)
		must(t, err)
		return m
	}
	writes(fakediscord.TalkChannel, "among us")
	p.says("heard guild 42 type 0 of ada unnamed: nothing")
	writes(fakediscord.TalkChannel, "<@&1> and <@11>")
	asked := writes(fakediscord.TalkChannel, bot+" ping?")
	p.says("heard guild 42 type 0 of ada named: " + bot + " ping?")
	p.says("ponged")
	ponged := ada.Last(fakediscord.TalkChannel)
	if !slices.Equal(ponged.Named, []string{"11"}) || ponged.Everyone || d.Typing(fakediscord.TalkChannel) != 1 {
		t.Errorf("%+v", ponged)
	}
	_, err := ada.Answer(t.Context(), ponged, "thanks", true)
	must(t, err)
	p.says("heard guild 42 type 19 of ada named: thanks")
	_, err = ada.Answer(t.Context(), ponged, "quietly", false)
	must(t, err)
	p.says("heard guild 42 type 19 of ada unnamed: nothing")
	ada.Rewrite(asked, bot+" pong")
	p.says("edited: " + bot + " pong")
	writes(direct, "hello")
	p.says("heard direct type 0 of ada unnamed: hello")
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.said {
		if strings.Contains(line, "deaf one heard") {
			t.Error(line)
		}
	}
}
