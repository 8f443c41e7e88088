package fakediscord_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cartwright/testservices/fakediscord"
)

// app is an application that says what it is told to, and calls the API.
type app struct {
	t *testing.T
	*fakediscord.Discord
	mu     sync.Mutex
	taken  []map[string]any
	answer func(w http.ResponseWriter, i map[string]any)
}

func newApp(t *testing.T, o fakediscord.Options) *app {
	t.Helper()
	a := &app{t: t, Discord: fakediscord.New(o), answer: func(w http.ResponseWriter, _ map[string]any) { w.WriteHeader(http.StatusAccepted) }}
	t.Cleanup(a.Close)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var i map[string]any
		_ = json.NewDecoder(r.Body).Decode(&i)
		a.mu.Lock()
		a.taken = append(a.taken, i)
		a.mu.Unlock()
		a.answer(w, i)
	}))
	t.Cleanup(web.Close)
	a.Deliver(web.URL)
	return a
}

// inline answers with the response.
func inline(text string) func(http.ResponseWriter, map[string]any) {
	return func(w http.ResponseWriter, _ map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text)
	}
}

// calls answers 202, and by a call that it then answers for.
func (a *app) calls(text string, want ...int) func(http.ResponseWriter, map[string]any) {
	return func(w http.ResponseWriter, i map[string]any) {
		for _, code := range want {
			a.wants(code, "POST", fmt.Sprintf("interactions/%s/%s/callback", i["id"], i["token"]), text)
		}
		w.WriteHeader(http.StatusAccepted)
	}
}

func (a *app) last() map[string]any {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.taken[len(a.taken)-1]
}

// hook is the path of what the newest interaction's token is good for.
func (a *app) hook(rest string) string {
	return fmt.Sprintf("webhooks/%s/%s%s", a.Application, a.last()["token"], rest)
}

// call calls the API with the bot's token.
func (a *app) call(method, path, body string) (*http.Response, map[string]any) {
	a.t.Helper()
	r, err := http.NewRequest(method, a.APIURL()+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bot "+a.Token)
	r.Header.Set("Content-Type", "application/json")
	return a.do(r)
}

func (a *app) do(r *http.Request) (*http.Response, map[string]any) {
	a.t.Helper()
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Error(err)
		return &http.Response{}, nil
	}
	defer got.Body.Close()
	text, _ := io.ReadAll(got.Body)
	var said map[string]any
	_ = json.Unmarshal(text, &said)
	if len(text) == 0 && got.Header.Get("Content-Type") != "" {
		a.t.Errorf("%s: an answer without a body has a Content-Type", r.URL.Path)
	}
	return got, said
}

// wants calls, and wants a code of Discord's, or a status below 1000.
func (a *app) wants(code int, method, path, body string) map[string]any {
	a.t.Helper()
	got, said := a.call(method, path, body)
	if n, _ := said["code"].(float64); int(n) != code && got.StatusCode != code {
		a.t.Errorf("%s %s: %d %v, not %d", method, path, got.StatusCode, said, code)
	}
	return said
}

const hello = `{"type": 4, "data": {"content": "hello", "flags": 64}}`

// An interaction is answered once, within three seconds, and followed up for 15 minutes.
func TestTokensDie(t *testing.T) {
	t.Parallel()
	a := newApp(t, fakediscord.Options{AckTime: time.Second})
	ada := a.Join("11", "ada")
	if err := ada.Command(t.Context(), "cart"); !errors.Is(err, fakediscord.ErrTimeout) {
		t.Errorf("what is not answered: %v", err)
	}
	late := a.last()
	a.wants(10062, "POST", fmt.Sprintf("interactions/%s/%s/callback", late["id"], late["token"]), hello)
	a.wants(10015, "PATCH", a.hook("/messages/@original"), `{"content": "late"}`)
	a.wants(10015, "POST", a.hook(""), `{"content": "late"}`)

	b := newApp(t, fakediscord.Options{})
	bea := b.Join("11", "bea")
	b.answer = func(w http.ResponseWriter, i map[string]any) {
		b.wants(10015, "PATCH", b.hook("/messages/@original"), `{"content": "early"}`)
		b.wants(10062, "POST", fmt.Sprintf("interactions/%s/another/callback", i["id"]), hello)
		b.calls(hello, 204, 40060)(w, i)
	}
	must(t, bea.Command(t.Context(), "cart"))
	b.Later(14 * time.Minute)
	b.wants(200, "PATCH", b.hook("/messages/@original"), `{"content": "later"}`)
	b.Later(time.Minute)
	b.wants(10015, "PATCH", b.hook("/messages/@original"), `{"content": "too late"}`)
	b.wants(10015, "GET", b.hook("/messages/@original"), "")
	b.wants(10015, "POST", b.hook(""), `{"content": "too late"}`)
	if got := bea.Last("6").Read(); got != "later" {
		t.Errorf("she reads %q", got)
	}

	// An answer that comes with the response counts as one, too.
	c := newApp(t, fakediscord.Options{})
	c.answer = func(w http.ResponseWriter, i map[string]any) {
		c.wants(200, "POST", fmt.Sprintf("interactions/%s/%s/callback?with_response=true", i["id"], i["token"]), hello)
		inline(hello)(w, i)
	}
	if err := c.Join("11", "cleo").Command(t.Context(), "cart"); err == nil || !strings.Contains(err.Error(), "40060") {
		t.Errorf("what is answered twice: %v", err)
	}
}

const (
	aMessage = `{"type": 4, "data": {"flags": 32768, "components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}]}}`
	anUpdate = `{"type": 7, "data": {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Gone", "custom_id": "go"}]}]}}`
	aModal   = `{"type": 9, "data": {"custom_id": "m", "title": "T", "components": [{"type": 18, "label": "L", "component": {"type": 4, "custom_id": "t", "style": 1, "value": "as shown"}}]}}`
	choices  = `{"type": 8, "data": {"choices": [{"name": "a", "value": "a"}]}}`
)

// Each kind of interaction has its kinds of answers.
func TestAnswersThatAreAllowed(t *testing.T) {
	t.Parallel()
	a := newApp(t, fakediscord.Options{})
	ada := a.Join("11", "ada")
	no := map[string]string{"4": aMessage, "5": `{"type": 5}`, "6": `{"type": 6}`, "7": anUpdate, "8": choices, "9": aModal, "1": `{"type": 1}`, "12": `{"type": 12}`}
	try := func(what, good string, do func() error) {
		t.Helper()
		for kind, body := range no {
			if strings.Contains(" "+good+" ", " "+kind+" ") {
				continue
			}
			a.answer = inline(body)
			if err := do(); err == nil || !strings.Contains(err.Error(), "50035") {
				t.Errorf("%s answered by the type %s: %v", what, kind, err)
			}
		}
		for _, kind := range strings.Fields(good) {
			a.answer = inline(no[kind])
			if err := do(); err != nil {
				t.Errorf("%s answered by the type %s: %v", what, kind, err)
			}
		}
	}
	open := func() {
		t.Helper()
		was := a.answer
		a.answer = inline(aModal)
		must(t, ada.Command(t.Context(), "buy"))
		a.answer = was
	}
	try("a command", "4 5 9", func() error { return ada.Command(t.Context(), "cart") })
	try("typing", "8", func() error { _, err := ada.Type(t.Context(), "buy", "product", "x"); return err })
	try("a modal from a command", "4 5", func() error { open(); return ada.Submit(t.Context(), nil) })
	a.answer = inline(aMessage)
	must(t, ada.Command(t.Context(), "cart"))
	shown := ada.Last("6")
	try("a click", "4 5 6 7 9", func() error { return ada.Press(t.Context(), shown, "go") })
	from := func() {
		t.Helper()
		was := a.answer
		a.answer = inline(aModal)
		must(t, ada.Press(t.Context(), shown, "go"))
		a.answer = was
	}
	try("a modal from a message", "4 5 6 7", func() error { from(); return ada.Submit(t.Context(), nil) })

	for name, body := range map[string]string{
		"a deferred message of components": `{"type": 5, "data": {"flags": 32832}}`,
		"26 suggestions":                   `{"type": 8, "data": {"choices": [` + times(26, func(n int) string { return fmt.Sprintf(`{"name": "%d", "value": "x"}`, n) }) + `]}}`,
		"no suggestions":                   `{"type": 8, "data": {}}`,
		"flags that nobody may set":        `{"type": 4, "data": {"content": "x", "flags": 128}}`,
		"a modal of six":                   strings.Replace(aModal, `[`, `[`+times(5, func(n int) string { return words(1) })+`,`, 1),
	} {
		a.answer = inline(body)
		err := ada.Command(t.Context(), "cart")
		if strings.Contains(body, "choices") {
			_, err = ada.Type(t.Context(), "buy", "product", "x")
		}
		if err == nil || !strings.Contains(err.Error(), "50035") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who may see a message, and what its author can do to it by which token.
func TestMessages(t *testing.T) {
	t.Parallel()
	a := newApp(t, fakediscord.Options{})
	ada, bob := a.Join("11", "ada"), a.Join("12", "bob")
	a.answer = inline(`{"type": 5, "data": {"flags": 64}}`)
	must(t, ada.Command(t.Context(), "cart"))
	loading := ada.Last("6")
	if bob.Last("6").ID == loading.ID {
		t.Error("everybody sees what is ephemeral")
	}
	a.wants(10008, "PATCH", "channels/6/messages/"+loading.ID, `{"content": "x"}`)
	a.wants(10008, "GET", "channels/6/messages/"+loading.ID, "")

	// A deferred answer becomes components; then there is no way back to words.
	a.wants(200, "PATCH", a.hook("/messages/@original"), v2(words(3)))
	a.wants(50035, "PATCH", a.hook("/messages/@original"), `{"content": "x", "flags": 0}`)
	a.wants(50035, "POST", "channels/6/messages", `{"content": "x", "flags": 64}`)
	more := a.wants(200, "POST", a.hook(""), `{"content": "more", "flags": 64}`)
	a.wants(200, "PATCH", a.hook(fmt.Sprintf("/messages/%s", more["id"])), `{"content": "edited"}`)
	if got := ada.Last("6"); got.Read() != "edited" || got.To != "11" || got.Edits != 1 {
		t.Errorf("%+v", got)
	}
	a.wants(204, "DELETE", a.hook("/messages/@original"), "")
	a.wants(10008, "GET", a.hook("/messages/@original"), "")

	sent := a.wants(200, "POST", "channels/6/messages", `{"content": "all"}`)
	a.isMessage(a.wants(200, "GET", fmt.Sprintf("api/v10/channels/6/messages/%s", sent["id"]), ""))
	a.wants(50035, "POST", "channels/6/messages", `{"content": "x", "message_reference": {"message_id": "404"}}`)
	reply := a.wants(200, "POST", "channels/6/messages", fmt.Sprintf(`{"content": "<@12> all", "message_reference": {"message_id": %q}, "allowed_mentions": {"parse": []}}`, sent["id"]))
	a.isMessage(reply)
	if reply["type"] != 19.0 || len(reply["mentions"].([]any)) > 0 {
		t.Errorf("%+v", reply)
	}
	a.wants(50007, "POST", direct(a, "12", true), `{"content": "x"}`)
	a.wants(200, "POST", direct(a, "11", false), `{"content": "x"}`)
	a.wants(10003, "POST", "channels/99404/messages", `{"content": "x"}`)
}

// isMessage holds what is answered to Discord's own schema.
func (a *app) isMessage(got map[string]any) {
	a.t.Helper()
	s := part(a.t, "~1channels~1{channel_id}~1messages~1{message_id}/get/responses/200/content/application~1json/schema")
	if s == nil {
		return
	}
	text, _ := json.Marshal(got)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		a.t.Errorf("what is answered is no message of Discord's: %v", err)
	}
}

func direct(a *app, person string, refuses bool) string {
	a.t.Helper()
	if refuses {
		a.RefuseDirect(person)
	}
	return fmt.Sprintf("channels/%s/messages", a.wants(200, "POST", "users/@me/channels", `{"recipient_id": "`+person+`"}`)["id"])
}

// Without the bot's token nothing is had; a limit says how long to wait.
func TestTokensAndLimits(t *testing.T) {
	t.Parallel()
	a := newApp(t, fakediscord.Options{})
	for _, token := range []string{"", a.Token, "Bot another", "Bearer " + a.Token} {
		r, err := http.NewRequest("GET", a.APIURL()+"applications/@me", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", token)
		if got, _ := a.do(r); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%q is answered %d", token, got.StatusCode)
		}
	}
	a.Limit("GET /applications/@me", 1)
	got, said := a.call("GET", "applications/@me", "")
	h := got.Header
	if wait, _ := said["retry_after"].(float64); got.StatusCode != http.StatusTooManyRequests || wait <= 0 || wait == float64(int(wait)) || h.Get("Retry-After") != "1" || h.Get("X-RateLimit-Scope") != "user" || h.Get("X-RateLimit-Remaining") != "0" || h.Get("X-RateLimit-Bucket") == "" {
		t.Errorf("%d %v %v", got.StatusCode, said, h)
	}
	a.wants(200, "GET", "applications/@me", "")
	a.wants(50109, "POST", "channels/6/messages", `{`)
}

// An application that takes whatever is signed by anybody is not let in; and neither are
// answers of another kind than JSON.
func TestCarelessApps(t *testing.T) {
	t.Parallel()
	a := newApp(t, fakediscord.Options{})
	a.answer = inline(`{"type": 1}`)
	if err := a.Validate(t.Context()); !errors.Is(err, fakediscord.ErrStatus) || !strings.Contains(err.Error(), "forged") {
		t.Errorf("%v", err)
	}
	a.answer = func(w http.ResponseWriter, _ map[string]any) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, hello)
	}
	if err := a.Join("11", "ada").Command(t.Context(), "cart"); !errors.Is(err, fakediscord.ErrStatus) {
		t.Errorf("%v", err)
	}
	a.answer = func(w http.ResponseWriter, _ map[string]any) { w.WriteHeader(http.StatusInternalServerError) }
	if err := a.Join("11", "ada").Command(t.Context(), "cart"); !errors.Is(err, fakediscord.ErrStatus) {
		t.Errorf("%v", err)
	}
}

// An application that does not come to an end is not waited for.
func TestSlowApps(t *testing.T) {
	t.Parallel()
	a := newApp(t, fakediscord.Options{AckTime: 100 * time.Millisecond})
	told := make(chan struct{})
	a.answer = func(http.ResponseWriter, map[string]any) { <-told }
	err := a.Join("11", "ada").Command(t.Context(), "cart")
	close(told)
	if !errors.Is(err, fakediscord.ErrTimeout) {
		t.Errorf("%v", err)
	}
}

// A select menu is chosen from like a button is clicked; one that is disabled is not.
func TestMenus(t *testing.T) {
	t.Parallel()
	a := newApp(t, fakediscord.Options{})
	ada := a.Join("11", "ada")
	a.answer = inline(`{"type": 4, "data": ` + v2(row(ofOptions(3, 3, "")), row(`{"type": 5, "custom_id": "w1!person", "disabled": true}`)) + `}`)
	must(t, ada.Command(t.Context(), "cart"))
	shown := ada.Last("6")
	must(t, ada.Select(t.Context(), shown, "o", "2"))
	if text := fmt.Sprint(a.last()["data"]); text != "map[component_type:3 custom_id:o values:[2]]" {
		t.Errorf("what was chosen is sent as %s", text)
	}
	if ada.Select(t.Context(), shown, "person", "12") == nil {
		t.Error("what is disabled can be chosen from")
	}
}

// Commands that are registered are the only ones that there are, with their options.
func TestOnlyWhatIsRegistered(t *testing.T) {
	t.Parallel()
	a := newApp(t, fakediscord.Options{})
	a.answer = inline(hello)
	ada := a.Join("11", "ada")
	must(t, ada.Command(t.Context(), "whatever"))
	a.wants(200, "PUT", "applications/1001/commands", m365(`, "options": [{"type": 1, "name": "delegate", "description": "x", "options": [{"type": 6, "name": "person", "description": "x"}]}]`))
	a.wants(50035, "PUT", "applications/1001/commands", `[{"name": "M365", "description": "x"}]`)
	a.wants(10002, "PUT", "applications/1/commands", `[]`)
	must(t, ada.Command(t.Context(), "delegate", "person", "12"))
	if text := fmt.Sprint(a.last()["data"]); !strings.Contains(text, "type:6 value:12") {
		t.Errorf("a person is given as %s", text)
	}
	if ada.Command(t.Context(), "whatever") == nil || ada.Command(t.Context(), "delegate", "until", "x") == nil {
		t.Error("what is not registered can be used")
	}
	if _, err := ada.Type(t.Context(), "delegate", "person", "x"); err == nil {
		t.Error("what is not to be completed is")
	}
}
