package faketeams_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/testservices/faketeams"
)

// bot is one that a test plays: it has a token, and answers invokes as it is told.
type bot struct {
	t     *testing.T
	teams *faketeams.Teams
	token string

	mu     sync.Mutex
	got    []map[string]any
	answer func(w http.ResponseWriter, activity map[string]any)
}

func play(t *testing.T, o faketeams.Options) (*bot, *faketeams.Person, *faketeams.Person) {
	t.Helper()
	teams := faketeams.New(o)
	t.Cleanup(teams.Close)
	b := &bot{t: t, teams: teams}
	server := httptest.NewServer(http.HandlerFunc(b.receive))
	t.Cleanup(server.Close)
	teams.Deliver(server.URL)
	b.token = b.login(nil)
	return b, teams.Person(faketeams.Person{Name: "Ada Byron", Locale: "fr-FR"}), teams.Person(faketeams.Person{Name: "Bo Li"})
}

func (b *bot) receive(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	activity := map[string]any{}
	if r.URL.Path != "/api/messages" || json.Unmarshal(raw, &activity) != nil {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	b.mu.Lock()
	b.got = append(b.got, activity)
	answer := b.answer
	b.mu.Unlock()
	if answer != nil {
		answer(w, activity)
	}
}

func (b *bot) last() map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got[len(b.got)-1]
}

// answers has the bot answer invokes with that from now on.
func (b *bot) answers(body string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = func(w http.ResponseWriter, _ map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}
}

// login asks for a token, "" where it is refused.
func (b *bot) login(change url.Values) string {
	b.t.Helper()
	_, answer := b.ask(change, b.teams.Tenant)
	token, _ := answer["access_token"].(string)
	return token
}

func (b *bot) ask(change url.Values, tenant string) (int, map[string]any) {
	b.t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {b.teams.AppID}, "client_secret": {b.teams.Password}, "scope": {b.teams.Scope},
	}
	for key := range change {
		form.Set(key, change.Get(key))
	}
	got, err := http.PostForm(b.teams.TokenURL()+tenant+"/oauth2/v2.0/token", form)
	if err != nil {
		b.t.Fatal(err)
	}
	defer got.Body.Close()
	answer := map[string]any{}
	if err := json.NewDecoder(got.Body).Decode(&answer); err != nil {
		b.t.Fatal(err)
	}
	return got.StatusCode, answer
}

// called is what the Connector answered.
type called struct {
	Status int
	Retry  string
	Body   struct {
		ID, ActivityID, SubCode, ContinuationToken string
		Error                                      struct{ Code, Message string }
		Members                                    []map[string]any
		AadObjectID                                string
	}
}

func (b *bot) call(method, path string, body any) called {
	b.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.teams.ServiceURL()+"v3/conversations"+path, bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+b.token)
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer got.Body.Close()
	c := called{Status: got.StatusCode, Retry: got.Header.Get("Retry-After")}
	if err := json.NewDecoder(got.Body).Decode(&c.Body); err != nil {
		b.t.Fatal(err)
	}
	return c
}

// to is a conversation in a path.
func to(conversation string) string { return "/" + url.PathEscape(conversation) + "/activities" }

func say(text string) map[string]any { return map[string]any{"type": "message", "text": text} }

func show(card string) map[string]any {
	return map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "content": json.RawMessage(card),
	}}}
}

const order = `{"type":"AdaptiveCard","version":"1.5","body":[
 {"type":"TextBlock","text":"Microsoft 365 E3","wrap":true},
 {"type":"ColumnSet","columns":[{"type":"Column","items":[{"type":"TextBlock","text":"Total"}]},{"type":"Column","items":[{"type":"TextBlock","text":"€ 36"}]}]},
 {"type":"FactSet","facts":[{"title":"Term","value":"a year"}]},
 {"type":"Input.Number","id":"quantity","label":"Licences","min":1,"max":300,"isRequired":true},
 {"type":"Input.Toggle","id":"assign","title":"Assign them","value":"false"},
 {"type":"Input.ChoiceSet","id":"plan","label":"Billing","value":"m","choices":[{"title":"Monthly","value":"m"},{"title":"Yearly","value":"y"}]}],
 "actions":[{"type":"Action.Execute","title":"Buy","verb":"buy","data":{"ref":"v1.x.buy"},"fallback":{"type":"Action.Submit","title":"Buy","data":{"ref":"v1.x.buy","msteams":{"type":"messageBack"}}}},
 {"type":"Action.OpenUrl","title":"Terms","url":"https://example.com/terms"}],
 "refresh":{"action":{"type":"Action.Execute","verb":"refresh","data":{"ref":"v1.x"}},"userIds":["29:nobody"]}}`

func done(said string) string {
	return `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"` + said + `"}]}`
}

func cardAnswer(card string) string {
	return `{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":` + card + `}`
}

// Somebody writes, gets a card, fills it in and presses: the answer is theirs alone, and an
// edit is everybody's.
func TestACardInAGroup(t *testing.T) {
	t.Parallel()
	b, ada, bo := play(t, faketeams.Options{})
	group := b.teams.Group(ada, bo)
	if _, err := ada.SaysIn(t.Context(), group, "buy 3 E3"); err != nil {
		t.Fatal(err)
	}
	if got := b.last()["text"]; got != "<at>Cartwright</at>&nbsp;buy 3 E3\n" {
		t.Errorf("the bot was told %q", got)
	}
	posted := b.call("POST", to(group), show(order))
	if posted.Status != http.StatusCreated {
		t.Fatalf("%+v", posted)
	}
	want := "Microsoft 365 E3\nTotal | € 36\nTerm a year\n(Licences: )\n(Assign them: false)\n(Billing: Monthly)\n[Buy] [Terms]\n"
	if got := bo.Last(group).Read(); got != want {
		t.Errorf("Bo reads\n%s", got)
	}

	// The client itself looks at what is put in.
	for _, wrong := range []map[string]string{nil, {"quantity": "0"}, {"quantity": "3", "plan": "weekly"}, {"quantity": "3", "other": "1"}, {"quantity": "3", "assign": "yes"}} {
		if _, err := ada.Press(t.Context(), ada.Last(group), "buy", wrong); err == nil {
			t.Errorf("%v was sent", wrong)
		}
	}
	b.answers(cardAnswer(done("Bought by you")))
	if _, err := ada.Press(t.Context(), ada.Last(group), "buy", map[string]string{"quantity": "3", "assign": "true"}); err != nil {
		t.Fatal(err)
	}
	value, _ := json.Marshal(b.last()["value"])
	if got, want := string(value), `{"action":{"data":{"assign":"true","plan":"m","quantity":"3","ref":"v1.x.buy"},"id":"","title":"Buy","type":"Action.Execute","verb":"buy"},"trigger":"manual"}`; got != want {
		t.Errorf("the bot was told\n%s", got)
	}
	if a, other := ada.Last(group).Read(), bo.Last(group).Read(); a != "Bought by you\n" || other != want {
		t.Errorf("Ada reads %q and Bo %q", a, other)
	}
	if _, err := ada.Press(t.Context(), ada.Last(group), "buy", nil); err == nil {
		t.Error("what is not on the screen was pressed")
	}
	if got := b.call("PUT", to(group)+"/"+posted.Body.ID, show(done("Bought"))); got.Status != http.StatusOK {
		t.Errorf("%+v", got)
	}
	if a, other := ada.Last(group).Read(), bo.Last(group).Read(); a != "Bought\n" || other != "Bought\n" || ada.Last(group).Edits != 1 {
		t.Errorf("Ada reads %q and Bo %q", a, other)
	}
	if got := b.call("DELETE", to(group)+"/"+posted.Body.ID, nil); got.Status != http.StatusOK || ada.Last(group).ID != "" {
		t.Errorf("%+v, and Ada reads %q", got, ada.Last(group).Read())
	}
	if all := b.teams.Messages(group); len(all) != 2 || !all[1].Deleted {
		t.Errorf("there were %v", all)
	}
	if len(b.teams.Pings()) != 0 || len(b.teams.Refusals()) != 0 {
		t.Errorf("mentioned %v, refused %v", b.teams.Pings(), b.teams.Refusals())
	}
}

// What an invoke is answered with is one of a few things, in time.
func TestAnswersToAnInvoke(t *testing.T) {
	t.Parallel()
	b, ada, _ := play(t, faketeams.Options{AnswerTime: time.Second})
	b.call("POST", to(ada.Chat()), show(strings.Replace(order, `"isRequired":true`, `"isRequired":false`, 1)))
	card := ada.Last(ada.Chat())
	for body, good := range map[string]bool{
		cardAnswer(done("yes")): true,
		`{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"yes"}`:                       true,
		`{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":{"text":"no"}}`:               false,
		`{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"BadRequest","message":"no"}}`:   false,
		`{"statusCode":200,"type":"application/vnd.microsoft.error","value":{"code":"BadRequest","message":"no"}}`:   false,
		`{"statusCode":200,"type":"application/vnd.microsoft.adaptive.card","value":` + done("a wrong sample") + `}`: false,
		cardAnswer(`{"type":"AdaptiveCard","version":"1.6"}`):                                                        false,
		`{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"yes","more":1}`:              false,
		`{"statusCode":500,"type":"application/vnd.microsoft.card.adaptive","value":` + done("no") + `}`:             false,
		`{}`: false, ``: false,
	} {
		b.answers(body)
		if _, err := ada.Click(t.Context(), card, card.Buttons()[0], nil); (err == nil) != good {
			t.Errorf("%s: %v", body, err)
		}
	}
	b.mu.Lock()
	b.answer = func(w http.ResponseWriter, _ map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, cardAnswer(done("yes")))
	}
	b.mu.Unlock()
	if _, err := ada.Click(t.Context(), card, card.Buttons()[0], nil); !errors.Is(err, faketeams.ErrAnswer) {
		t.Errorf("an answer with another status than 200: %v", err)
	}
	b.mu.Lock()
	b.answer = func(w http.ResponseWriter, activity map[string]any) {
		w.Header().Set("Content-Type", "text/plain")
		if activity["type"] == "message" {
			w.WriteHeader(http.StatusForbidden)
		}
		_, _ = io.WriteString(w, cardAnswer(done("yes")))
	}
	b.mu.Unlock()
	if _, err := ada.Click(t.Context(), card, card.Buttons()[0], nil); !errors.Is(err, faketeams.ErrAnswer) {
		t.Errorf("an answer that does not say that it is JSON: %v", err)
	}
	if err := ada.Says(t.Context(), "hello"); !errors.Is(err, faketeams.ErrStatus) {
		t.Errorf("a message that is refused: %v", err)
	}
	late := make(chan struct{})
	b.mu.Lock()
	b.answer = func(http.ResponseWriter, map[string]any) { <-late }
	b.mu.Unlock()
	if _, err := ada.Click(t.Context(), card, card.Buttons()[0], nil); err == nil || !strings.Contains(err.Error(), "in time") {
		t.Errorf("a late answer: %v", err)
	}
	close(late)
}

// A client from before Execute sends a message; one that is named refreshes by itself.
func TestOldClientsAndRefresh(t *testing.T) {
	t.Parallel()
	b, ada, bo := play(t, faketeams.Options{})
	group := b.teams.Group(ada, bo)
	b.call("POST", to(group), show(strings.Replace(order, "29:nobody", ada.MRI, 1)))
	if err := bo.Submit(t.Context(), bo.Last(group), "buy", map[string]string{"quantity": "2"}); err != nil {
		t.Fatal(err)
	}
	value, _ := b.last()["value"].(map[string]any)
	if b.last()["type"] != "message" || b.last()["text"] != nil || value["quantity"] != "2" || value["ref"] != "v1.x.buy" || value["msteams"] != nil || b.last()["replyToId"] != bo.Last(group).ID {
		t.Errorf("the bot was told %v", b.last())
	}
	if _, err := bo.Refresh(t.Context(), bo.Last(group)); !errors.Is(err, faketeams.ErrNotThere) {
		t.Errorf("a card refreshed for somebody whom it does not name: %v", err)
	}
	b.answers(cardAnswer(done("for you")))
	if _, err := ada.Refresh(t.Context(), ada.Last(group)); err != nil || ada.Last(group).Read() != "for you\n" {
		t.Errorf("Ada reads %q: %v", ada.Last(group).Read(), err)
	}
	if trigger := b.last()["value"].(map[string]any)["trigger"]; trigger != "automatic" {
		t.Errorf("the trigger is %v", trigger)
	}
	again, err := b.teams.Redeliver(t.Context(), b.teams.Deliveries()[1])
	if err != nil || again.Activity["id"] != b.last()["id"] {
		t.Errorf("a redelivery is of another activity: %v", err)
	}
}

// What the Connector makes: chats, posts in channels and their threads, rosters.
func TestConversations(t *testing.T) {
	t.Parallel()
	b, ada, bo := play(t, faketeams.Options{})
	open := map[string]any{
		"isGroup": false, "bot": map[string]any{"id": b.teams.Bot()}, "members": []any{map[string]any{"id": ada.MRI}}, "tenantId": b.teams.Tenant,
		"channelData": map[string]any{"tenant": map[string]any{"id": b.teams.Tenant}},
	}
	if got := b.call("POST", "", open); got.Body.ID != ada.Chat() || !strings.HasPrefix(got.Body.ID, "a:") {
		t.Errorf("%+v", got)
	}
	channel := b.teams.Channel(ada, bo)
	post := map[string]any{
		"isGroup": true, "bot": map[string]any{"id": b.teams.Bot()}, "tenantId": b.teams.Tenant,
		"channelData": map[string]any{"channel": map[string]any{"id": channel}}, "activity": say("A new order"),
	}
	got := b.call("POST", "", post)
	if got.Body.ID != channel+";messageid="+got.Body.ActivityID {
		t.Errorf("%+v", got)
	}
	if reply := b.call("POST", to(got.Body.ID)+"/"+got.Body.ActivityID, say("It is approved")); reply.Status != http.StatusCreated || bo.Last(channel).Text != "It is approved" {
		t.Errorf("%+v, and Bo reads %q", reply, bo.Last(channel).Text)
	}
	thread, err := bo.SaysIn(t.Context(), channel, "help")
	place, _ := b.last()["conversation"].(map[string]any)
	if err != nil || place["id"] != thread || place["conversationType"] != "channel" || !strings.Contains(thread, "@thread.tacv2;messageid=") {
		t.Errorf("the bot was told %v: %v", b.last(), err)
	}
	if got := b.call("GET", "/"+url.PathEscape(thread)+"/members/"+url.PathEscape(ada.AAD), nil); got.Body.AadObjectID != ada.AAD {
		t.Errorf("%+v", got)
	}
	if got := b.call("GET", "/"+url.PathEscape(thread)+"/pagedmembers?pageSize=50", nil); len(got.Body.Members) != 2 || got.Body.ContinuationToken != "" {
		t.Errorf("%+v", got)
	}
}

// A client that does not look at what is put in sends it.
func TestACarelessClient(t *testing.T) {
	t.Parallel()
	b, _, _ := play(t, faketeams.Options{})
	eve := b.teams.Person(faketeams.Person{Careless: true})
	b.call("POST", to(eve.Chat()), show(order))
	b.answers(cardAnswer(done("no")))
	if _, err := eve.Press(t.Context(), eve.Last(eve.Chat()), "buy", map[string]string{"quantity": "-1", "plan": "weekly", "admin": "true"}); err != nil {
		t.Fatal(err)
	}
	data := b.last()["value"].(map[string]any)["action"].(map[string]any)["data"].(map[string]any)
	if data["quantity"] != "-1" || data["plan"] != "weekly" || data["admin"] != "true" {
		t.Errorf("the bot was told %v", data)
	}
}

// Whoever is mentioned, in a text or in a card, is noted.
func TestPings(t *testing.T) {
	t.Parallel()
	b, ada, bo := play(t, faketeams.Options{})
	mention := func(p *faketeams.Person) []any {
		return []any{map[string]any{"type": "mention", "text": "<at>x</at>", "mentioned": map[string]any{"id": p.MRI, "name": p.Name}}}
	}
	message := say("<at>x</at>")
	message["entities"] = mention(ada)
	b.call("POST", to(ada.Chat()), message)
	entities, err := json.Marshal(mention(bo))
	if err != nil {
		t.Fatal(err)
	}
	b.call("POST", to(ada.Chat()), show(strings.Replace(done("<at>x</at>"), `"version"`, `"msteams":{"entities":`+string(entities)+`},"version"`, 1)))
	if got := b.teams.Pings(); len(got) != 2 || got[0] != ada.MRI || got[1] != bo.MRI {
		t.Errorf("mentioned were %v, refused %v", got, b.teams.Refusals())
	}
}

// Somebody of another tenant is there in their own chat.
func TestAnotherTenant(t *testing.T) {
	t.Parallel()
	b, _, _ := play(t, faketeams.Options{})
	guest := b.teams.Person(faketeams.Person{Tenant: "another"})
	if err := guest.Says(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}
	place, data := b.last()["conversation"].(map[string]any), b.last()["channelData"].(map[string]any)
	if place["tenantId"] != "another" || data["tenant"].(map[string]any)["id"] != "another" {
		t.Errorf("the bot was told %v", b.last())
	}
	open := map[string]any{"bot": map[string]any{"id": b.teams.Bot()}, "members": []any{map[string]any{"id": guest.MRI}}, "tenantId": "another"}
	if got := b.call("POST", "", open); got.Body.ID != guest.Chat() {
		t.Errorf("%+v", got)
	}
}

// What Microsoft refuses is refused by the same names.
func TestRefusals(t *testing.T) {
	t.Parallel()
	b, ada, bo := play(t, faketeams.Options{})
	chat := to(ada.Chat())
	if err := ada.Says(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}
	theirs := b.last()["id"].(string)
	refused := func(name string, got called, status int, code string) {
		t.Helper()
		if got.Status != status || got.Body.Error.Code != code {
			t.Errorf("%s: %+v", name, got)
		}
	}
	refused("no such conversation", b.call("POST", to("a:none"), say("x")), 404, "ConversationNotFound")
	refused("no such message", b.call("PUT", chat+"/1", say("x")), 404, "ActivityNotFoundInConversation")
	refused("a reply to nothing", b.call("POST", chat+"/1", say("x")), 404, "ActivityNotFoundInConversation")
	refused("somebody's message", b.call("PUT", chat+"/"+theirs, say("x")), 403, "NotEnoughPermissions")
	refused("nothing", b.call("POST", chat, say("")), 400, "BadSyntax")
	open := func(change string, value any) map[string]any {
		body := map[string]any{"bot": map[string]any{"id": b.teams.Bot()}, "members": []any{map[string]any{"id": ada.MRI}}, "tenantId": b.teams.Tenant}
		body[change] = value
		return body
	}
	for change, value := range map[string]any{
		"tenantId": "another", "bot": map[string]any{"id": "28:another"}, "members": []any{}, "channelData": map[string]any{"tenant": map[string]any{"id": "another"}},
	} {
		refused(change, b.call("POST", "", open(change, value)), 400, "Bad Argument")
	}
	refused("nobody", b.call("POST", "", open("members", []any{map[string]any{"id": "29:none"}})), 400, "Bad Argument")
	refused("no member", b.call("GET", "/"+url.PathEscape(ada.Chat())+"/members/29:none", nil), 404, "MemberNotFoundInConversation")
	b.teams.Fail(faketeams.Fault{Method: "POST", Status: 502})
	refused("a bad gateway", b.call("POST", chat, say("x")), 502, "Fault")
	if got := b.call("POST", chat, say("x")); got.Status != 201 {
		t.Errorf("a fault lasts: %+v", got)
	}

	// 100 KB are counted in UTF-16; over 28 KB it is only noted.
	refused("a long message", b.call("POST", chat, say(strings.Repeat("x", 51<<10))), 413, "MessageSizeTooBig")
	if got := b.call("POST", chat, say(strings.Repeat("x", 49<<10))); got.Status != 201 || len(b.teams.Large()) != 1 {
		t.Errorf("%+v, large were %v", got, b.teams.Large())
	}

	// Whoever removes the app is written to no more.
	if err := bo.Uninstall(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := b.call("POST", to(bo.Chat()), say("x"))
	refused("it is not installed", got, 403, "ConversationBlockedByUser")
	if got.Body.SubCode != "MessageWritesBlocked" {
		t.Errorf("%+v", got)
	}
	if err := bo.Install(t.Context()); err != nil || b.last()["type"] != "installationUpdate" || b.last()["action"] != "add" {
		t.Errorf("the bot was told %v: %v", b.last(), err)
	}
	if got := b.call("POST", to(bo.Chat()), say("x")); got.Status != 201 {
		t.Errorf("%+v", got)
	}
	b.teams.Block(bo.Chat(), true)
	refused("it is blocked", b.call("POST", to(bo.Chat()), say("x")), 403, "ConversationBlockedByUser")
	group := b.teams.Group(ada, bo)
	gone := b.call("POST", to(group), say("x")).Body.ID
	b.call("DELETE", to(group)+"/"+gone, nil)
	refused("it is deleted", b.call("PUT", to(group)+"/"+gone, say("x")), 404, "ActivityNotFoundInConversation")
	if err := ada.UninstallIn(t.Context(), group); err != nil {
		t.Fatal(err)
	}
	refused("it is not in the group", b.call("POST", to(group), say("x")), 403, "BotNotInConversationRoster")
	b.teams.Revoke()
	refused("a token that has ended", b.call("POST", chat, say("x")), 401, "BotNotRegistered")
}

// An activity that the bot sends says what it is, and nothing that is not so.
func TestActivities(t *testing.T) {
	t.Parallel()
	b, ada, _ := play(t, faketeams.Options{Limits: []faketeams.Limit{}})
	chat := ada.Chat()
	for change, test := range map[string]struct {
		value any
		code  string
	}{
		"from":         {map[string]any{"id": ada.MRI}, "BadSyntax"},
		"conversation": {map[string]any{"id": "a:another"}, "BadSyntax"},
		"type":         {"event", "BadSyntax"},
		"textFormat":   {"html", "BadSyntax"},
		"txet":         {"x", "BadSyntax"},
		"attachments":  {[]any{map[string]any{"contentType": "text/html", "content": "x"}}, "BadSyntax"},
		"recipient":    {map[string]any{"id": ada.MRI}, ""},
		"summary":      {"x", ""},
	} {
		message := say("x")
		message[change] = test.value
		if got := b.call("POST", to(chat), message); got.Body.Error.Code != test.code {
			t.Errorf("%s: %+v", change, got)
		}
	}
	if got := b.call("POST", to(chat), map[string]any{"type": "typing"}); got.Status != 201 || len(ada.See(chat)) != 2 {
		t.Errorf("%+v, and there are %d messages", got, len(ada.See(chat)))
	}
}

// A conversation takes 7 messages in a second, 8 in two and 60 in thirty.
func TestLimits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	b, ada, bo := play(t, faketeams.Options{Now: func() time.Time { return now }})
	taken := func() (n int, retry string) {
		for {
			got := b.call("POST", to(ada.Chat()), say("x"))
			if got.Status == http.StatusTooManyRequests {
				return n, got.Retry
			}
			n++
		}
	}
	for _, step := range []struct {
		later time.Duration
		taken int
		retry string
	}{{0, 7, "1"}, {time.Second, 1, "1"}, {time.Second, 7, "1"}, {26 * time.Second, 7, "1"}, {time.Minute, 7, "1"}} {
		b.teams.Advance(step.later)
		if n, retry := taken(); n != step.taken || retry != step.retry {
			t.Errorf("after %s it takes %d, and says %s s", step.later, n, retry)
		}
	}
	for n := range 61 {
		b.teams.Advance(300 * time.Millisecond)
		if got := b.call("POST", to(bo.Chat()), say("x")); (got.Status == http.StatusTooManyRequests) != (n == 60) {
			t.Fatalf("number %d: %+v", n, got)
		}
	}
	b.teams.Advance(time.Hour)
	if got := b.call("POST", to(ada.Chat()), say("x")); got.Status != http.StatusUnauthorized {
		t.Errorf("a token lasts for ever: %+v", got)
	}
}

// The login gives a token to the bot alone.
func TestLogin(t *testing.T) {
	t.Parallel()
	b, _, _ := play(t, faketeams.Options{})
	for name, wrong := range map[string]struct {
		change url.Values
		tenant string
		status int
		code   string
	}{
		"secret": {url.Values{"client_secret": {"x"}}, b.teams.Tenant, 401, "invalid_client"},
		"app":    {url.Values{"client_id": {"x"}}, b.teams.Tenant, 400, "unauthorized_client"},
		"scope":  {url.Values{"scope": {"x/.default"}}, b.teams.Tenant, 400, "invalid_scope"},
		"grant":  {url.Values{"grant_type": {"password"}}, b.teams.Tenant, 400, "unsupported_grant_type"},
		"tenant": {nil, "another", 400, "invalid_request"},
	} {
		if status, answer := b.ask(wrong.change, wrong.tenant); status != wrong.status || answer["error"] != wrong.code {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
	if n := b.teams.TokenCalls(); n != 6 {
		t.Errorf("%d calls are counted", n)
	}
}
