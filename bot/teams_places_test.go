package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cartwright/testservices/faketeams"
)

// Whoever writes where others read along is answered in a chat of their own, and told so
// there; nobody else sees what they buy. Who has blocked the bot is told that.
func TestTeamsInAChannel(t *testing.T) {
	o := newTenant(t, nil)
	aicha, emil := o.aicha, o.emil
	group := o.Group(aicha.Person, emil.Person)
	for _, place := range []string{o.channel, group} {
		thread, err := aicha.SaysIn(t.Context(), place, "cart")
		aicha.do(err)
		aicha.sees(thread, "Answered in your own chat")
		emil.sees(thread, "Answered in your own chat")
		aicha.sees(aicha.Chat(), "Your cart is empty")
	}
	if all := emil.See(emil.Chat()); len(all) > 0 {
		t.Errorf("Emil sees %v", all)
	}
	o.Block(aicha.Chat(), true)
	thread, err := aicha.SaysIn(t.Context(), o.channel, "orders")
	aicha.do(err)
	aicha.sees(thread, "Add the app Cartwright for yourself")
}

// Somebody who is mentioned is found by Entra's id, which the organisations file has.
func TestTeamsDelegation(t *testing.T) {
	o := newTenant(t, nil)
	_, err := o.bruno.SaysOf(t.Context(), o.channel, "delegate @ until 2031-01-31", o.aicha.Person)
	o.bruno.do(err)
	form := o.bruno.sees(o.bruno.Chat(), "Aïcha")
	if !strings.Contains(form.Read(), "2031-01-31") {
		t.Errorf("the day is not in\n%s", form.Read())
	}
}

// A client from before Action.Execute sends a message in its place: the card is brought up
// to date all the same, and a number that the card does not allow is refused by the bot.
func TestTeamsOldClient(t *testing.T) {
	o := newTenant(t, nil)
	aicha := o.aicha
	aicha.Careless = true
	aicha.do(aicha.Says(t.Context(), "buy"))
	wizard := aicha.sees(aicha.Chat(), "Microsoft 365 Business Premium")
	aicha.do(aicha.Submit(t.Context(), wizard, "buy:business-premium", nil))
	aicha.sees(aicha.Chat(), "How many")
	aicha.do(aicha.Submit(t.Context(), aicha.Now(wizard), "details", map[string]string{"quantity": "0"}))
	aicha.sees(aicha.Chat(), "✗")
	aicha.do(aicha.Submit(t.Context(), aicha.Now(wizard), "details", map[string]string{"quantity": "3", "auto_assign": "false"}))
	aicha.sees(aicha.Chat(), "Check out")
	if n := len(aicha.See(aicha.Chat())); n > 5 { // what she said, what her client sent, and one card
		t.Errorf("%d messages are in the chat", n)
	}
	o.wellSpoken(t)
}

// Guests, people of another tenant, and those whom nobody can be asked about may do nothing.
func TestTeamsRefuses(t *testing.T) {
	o := newTenant(t, nil)
	guest := o.bruno
	guest.Role = "guest"
	guest.do(guest.Says(t.Context(), "approvals"))
	guest.sees(guest.Chat(), "Je ne vous connais pas")
	o.Fail(faketeams.Fault{Method: http.MethodGet, Times: 100, Status: 503})
	o.aicha.do(o.aicha.Says(t.Context(), "buy"))
	o.aicha.sees(o.aicha.Chat(), "Your roles could not be looked up")
}

// A tenant that no organisation has is told so, once, and nothing is kept of it.
func TestTeamsUnserved(t *testing.T) {
	ms := faketeams.New(faketeams.Options{})
	t.Cleanup(ms.Close)
	base, _ := started(t, hurried.with(teamsSettings(ms)))
	ms.Deliver(base)
	stranger := coworker{t, ms.Person(faketeams.Person{Name: "Somebody", Locale: "de-DE"})}
	stranger.do(stranger.Says(t.Context(), "buy"))
	stranger.sees(stranger.Chat(), "Dieser Mandant ist nicht verbunden")
}

// A conversation that has had its messages for now, and a service that fails, are waited for:
// in the end everything is shown.
func TestTeamsLimits(t *testing.T) {
	o := newTenant(t, nil)
	aicha := o.aicha
	o.Fail(faketeams.Fault{Method: http.MethodPost, Conversation: aicha.Chat(), Times: 1, Status: 429, RetryAfter: 1})
	aicha.do(aicha.Says(t.Context(), "buy"))
	wizard := aicha.sees(aicha.Chat(), "Business Premium")
	o.Fail(faketeams.Fault{Method: http.MethodPut, Times: 1, Status: 502})
	for range 6 {
		aicha.presses(wizard, "list:1", nil)
		aicha.presses(wizard, "list:0", nil)
	}
	last := aicha.Now(wizard).Read()
	for deadline := time.Now().Add(patience); o.Messages(aicha.Chat())[1].Edits == 0 || o.Messages(aicha.Chat())[1].Read() != last; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the message itself shows\n%s\nwant\n%s", o.Messages(aicha.Chat())[1].Read(), last)
		}
	}
}

// After a new start the bot still knows where people are reached: it writes to them first.
func TestTeamsRestart(t *testing.T) {
	database := "sqlite:" + filepath.Join(t.TempDir(), "bot.db")
	o := newTenant(t, settings{"DATABASE_URL": database})
	o.bruno.do(o.bruno.Install(t.Context()))
	o.bruno.sees(o.bruno.Chat(), "Bruno")
	o.stop()
	o.start(t)
	o.aicha.do(o.aicha.Says(t.Context(), "cart"))
	o.aicha.sees(o.aicha.Chat(), "empty")
	o.bruno.do(o.bruno.Uninstall(t.Context()))
	o.bruno.do(o.bruno.Install(t.Context()))
	for deadline := time.Now().Add(patience); len(o.bruno.See(o.bruno.Chat())) < 2; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("whoever adds the app again is not welcomed")
		}
	}
}

// In China Teams has another login, issuer and scope.
func TestTeamsIn21Vianet(t *testing.T) {
	ms := faketeams.New(faketeams.Options{Issuer: "https://api.botframework.azure.cn", Scope: "https://api.botframework.azure.cn/.default"})
	o := newTenantOf(t, ms, settings{"TEAMS_CLOUD": "21vianet"})
	o.aicha.do(o.aicha.Says(t.Context(), "cart"))
	o.aicha.sees(o.aicha.Chat(), "empty")
	o.wellSpoken(t)
}

// An emulator sends no token and is sent none. Whatever comes with a token is held to it.
func TestTeamsAnonymous(t *testing.T) {
	said := make(chan string, 8)
	emulator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		said <- r.Header.Get("Authorization") + " " + r.URL.Path + " " + string(body)
		_, _ = io.WriteString(w, `{"id": "2"}`)
	}))
	t.Cleanup(emulator.Close)
	file := organisationsFile(t, strings.NewReplacer("TENANT", "99999999-8888-4777-8666-555555555555", "CHANNEL", "19:a@thread.tacv2",
		"AICHA", "00000000-0000-4000-8000-0000000000a1", "BRUNO", "00000000-0000-4000-8000-0000000000b1", "EMIL", "00000000-0000-4000-8000-0000000000e1").Replace(teamsOrganisations))
	base, _ := started(t, hurried.with(settings{"TEAMS_ANONYMOUS": "true", "TEAMS_SERVICE_HOSTS": strings.TrimPrefix(emulator.URL, "http://"), "ORGANISATIONS_FILE": file}))
	status := func(authorization string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/messages", strings.NewReader(`{"type": "message", "id": "1", "channelId": "emulator", "serviceUrl": "`+emulator.URL+`", "text": "cart",
			"from": {"id": "00000000-0000-4000-8000-0000000000a1"}, "recipient": {"id": "bot"}, "conversation": {"id": "c1", "conversationType": "personal", "tenantId": "99999999-8888-4777-8666-555555555555"}}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", authorization)
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		return got.StatusCode
	}
	if got := status("Bearer x"); got != http.StatusUnauthorized {
		t.Errorf("a bad token: %d", got)
	}
	if got := status(""); got != http.StatusOK {
		t.Errorf("no token: %d", got)
	}
	if got := <-said; !strings.HasPrefix(got, " /v3/conversations/c1/activities ") || !strings.Contains(got, "Your cart is empty") {
		t.Errorf("the emulator is told %s", got)
	}
}

// Whoever looks at the order before they vote is shown it below, and still votes in the
// request; so is somebody at a client from before Action.Execute.
func TestTeamsShowOrder(t *testing.T) {
	o := newTenant(t, nil)
	o.bruno.do(o.bruno.Install(t.Context()))
	o.bruno.sees(o.bruno.Chat(), "Bruno")
	order := o.aicha.asks()
	asked := o.bruno.sees(o.channel, order)
	if answer := o.bruno.presses(asked, "order:", nil); answer.Card != nil || !strings.Contains(answer.Text, "conversation") {
		t.Errorf("the order takes the request's place: %+v", answer)
	}
	o.bruno.sees(o.bruno.Chat(), order+" : en attente d’approbation")
	before := len(o.bruno.See(o.bruno.Chat()))
	o.bruno.do(o.bruno.Submit(t.Context(), o.bruno.Now(asked), "order:", nil))
	for deadline := time.Now().Add(patience); len(o.bruno.See(o.bruno.Chat())) == before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("an old client is shown nothing")
		}
	}
	o.bruno.presses(asked, "approve:", nil)
	o.aicha.sees(o.aicha.Chat(), "Bruno approved")
}

// An approver who has no chat with the bot, and cannot have one, votes in the channel.
func TestTeamsWithoutTheApp(t *testing.T) {
	o := newTenant(t, nil)
	o.Block(o.bruno.Chat(), true)
	order := o.aicha.asks()
	o.bruno.presses(o.bruno.sees(o.channel, order), "approve:", nil)
	o.aicha.sees(o.aicha.Chat(), "Bruno approved")
}

// The program stops in time, and well, while Teams holds its answers back.
func TestTeamsStop(t *testing.T) {
	o := newTenant(t, nil)
	o.Fail(faketeams.Fault{Method: http.MethodPost, Conversation: o.aicha.Chat(), Times: 100, Status: 429, RetryAfter: 60})
	o.aicha.do(o.aicha.Says(t.Context(), "cart"))
	began := time.Now()
	o.stop() // which fails the test where the bot does not end well
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
}

// What an operator is told before anything works, and once it does.
func TestTeamsDoctor(t *testing.T) {
	database := "sqlite:" + filepath.Join(t.TempDir(), "bot.db")
	o := newTenant(t, settings{"DATABASE_URL": database})
	s := newShell(t)
	well := o.settings.with(settings{"PUBLIC_URL": o.base})
	s.env = well
	s.says(s.does(exitFailed, "doctor"), "ok    Teams app "+o.AppID, "ok    Teams signatures", "FAIL  Teams tenant "+o.Tenant+": nobody has written to the bot from there", "ok    Teams reaches "+o.base)
	o.aicha.do(o.aicha.Says(t.Context(), "cart"))
	o.aicha.sees(o.aicha.Chat(), "empty")
	s.says(s.does(exitOK, "doctor"), "ok    Teams tenant "+o.Tenant)
	s.env = well.with(settings{"TEAMS_APP_PASSWORD": "another"})
	if said := s.does(exitFailed, "doctor"); !strings.Contains(said, "Microsoft gives no token: 401 invalid_client") || strings.Contains(said, "another:") {
		t.Errorf("a password that is refused: %s", said)
	}
	s.env = well.with(settings{"TEAMS_APP_ID": ""})
	s.says(s.does(exitMisused, "doctor"), "TEAMS_APP_ID: it is not set")
	s.env = well
	s.says(s.does(exitFailed, "manifest", "teams"), "PUBLIC_URL is not https")
	s.env = well.with(settings{"PUBLIC_URL": "https://bot.example"})
	if made := s.does(exitOK, "manifest", "teams"); !bytes.HasPrefix([]byte(made), []byte("PK")) || !strings.Contains(made, "manifest.json") {
		t.Errorf("no zip: %.20q", made)
	}
}

// A request without a good token is 401 and nothing is done.
func TestTeamsSignatures(t *testing.T) {
	o := newTenant(t, nil)
	body := []byte(`{"type": "message", "id": "1", "channelId": "msteams", "serviceUrl": "` + o.ServiceURL() + `", "text": "cart", "from": {"id": "29:1", "aadObjectId": "` + o.aicha.AAD + `"},
		"recipient": {"id": "28:1"}, "conversation": {"id": "` + o.aicha.Chat() + `", "conversationType": "personal", "tenantId": "` + o.Tenant + `"}}`)
	elsewhere := bytes.ReplaceAll(body, []byte(o.ServiceURL()), []byte("https://evil.example/"))
	good := "Bearer " + o.Token(nil)
	for name, c := range map[string]struct {
		authorization string
		body          []byte
		want          int
	}{
		"none": {"", body, 401}, "nonsense": {"Bearer x", body, 401}, "for another service": {good, elsewhere, 401},
		"good, of nothing": {good, []byte("{"), 401}, "good, of no conversation": {good, []byte(`{"type": "message", "channelId": "msteams", "serviceUrl": "` + o.ServiceURL() + `"}`), 400},
		"too large": {good, append(body, bytes.Repeat([]byte(" "), 1<<20)...), 413},
	} {
		status, answer, err := o.Post(t.Context(), c.authorization, c.body)
		if err != nil || status != c.want || status == 401 && len(answer) > 0 {
			t.Errorf("%s: %d %s %v, want %d", name, status, answer, err, c.want)
		}
	}
	if n := len(o.Calls("")); n > 0 {
		t.Errorf("%d calls were made", n)
	}
}

func organisationsFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "organisations.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
