package discord

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/conversations"
	"cartwright/testservices/fakediscord"
)

// listens opens the gateway, and has the bot be there.
func (o *outpost) listens(t *testing.T) {
	t.Helper()
	o.opens(t, openTime)
	until(t, "a connection", func() bool { return o.there.Identifies() == 1 })
}

// writes has Ada write.
func (o *outpost) writes(t *testing.T, channel, text string) *fakediscord.Message {
	t.Helper()
	m, err := o.ada.Write(t.Context(), channel, text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// adas are Ada's direct messages.
var adas = fakediscord.DirectChannel("7")

// answers are what the bot said in a channel, in one text.
func (o *outpost) answers(channel string) []string {
	var all []string
	for _, m := range o.ada.See(channel) {
		if m.From == "" {
			all = append(all, m.Read())
		}
	}
	return all
}

// What one person writes is answered in its order, however long each takes and however much
// comes at once; another is not kept waiting by that, and the bot is seen to write meanwhile.
func TestAnswersKeepTheirOrder(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	bob := o.there.Join("8", "bob")
	first := make(chan struct{})
	goesOn := sync.OnceFunc(func() { close(first) })
	o.answer = func(ev conversations.Event) conversations.Reply {
		if ev.Text == "1" {
			<-first
		}
		return saying(ev.Account.ID + " said " + ev.Text)
	}
	o.listens(t)
	t.Cleanup(goesOn)
	for n := range 20 {
		o.writes(t, adas, fmt.Sprint(n+1))
	}
	if _, err := bob.Write(t.Context(), fakediscord.DirectChannel("8"), "hello"); err != nil {
		t.Fatal(err)
	}
	until(t, "Bob is answered", func() bool { return strings.Contains(bob.Last(fakediscord.DirectChannel("8")).Read(), "8 said hello") })
	until(t, "the bot writes", func() bool { return o.there.Typing(adas) == 1 })
	if got := o.answers(adas); len(got) > 0 {
		t.Errorf("the first is not answered yet, but %v", got)
	}
	goesOn()
	until(t, "what waited is answered", func() bool { return len(o.answers(adas)) == 1+maxWaiting })
	for n, got := range o.answers(adas) {
		if !strings.Contains(got, fmt.Sprintf("7 said %d", n+1)) {
			t.Errorf("answer %d is %s", n+1, got)
		}
	}
	if logged := o.logged.String(); strings.Count(logged, "were dropped") != 1 || strings.Contains(logged, "said") {
		t.Errorf("this is logged:\n%s", logged)
	}
	o.writes(t, adas, "once more")
	until(t, "it goes on", func() bool { return strings.Contains(o.ada.Last(adas).Read(), "once more") })
	if n := o.there.Typing(fakediscord.DirectChannel("8")); n != 0 {
		t.Errorf("for Bob it was seen to write %d times", n)
	}
}

// What was written when the bot is told to stop is answered, and what comes after is not.
func TestWordsWhenTheBotStops(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	o.answer = func(ev conversations.Event) conversations.Reply {
		if ev.Text == "one" {
			o.leave()
			<-o.done
		}
		return saying("You said " + ev.Text)
	}
	o.listens(t)
	o.writes(t, adas, "one")
	o.writes(t, adas, "two")
	<-o.done
	if err := o.Close(t.Context()); err != nil || !strings.Contains(strings.Join(o.answers(adas), ""), "You said one") {
		t.Errorf("%v, %v", err, o.answers(adas))
	}
}

// A mistake of this program's is said where an answer would be, and the bot goes on.
func TestWordsThatMakeItPanic(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	o.answer = func(ev conversations.Event) conversations.Reply {
		if ev.Text == "boom" {
			panic("a mistake")
		}
		return saying("You said " + ev.Text)
	}
	o.listens(t)
	o.writes(t, adas, "boom")
	until(t, "it is said", func() bool { return strings.Contains(o.ada.Last(adas).Read(), "Something went wrong") })
	o.writes(t, adas, "cart")
	until(t, "it goes on", func() bool { return strings.Contains(o.ada.Last(adas).Read(), "You said cart") })
	if logged := o.logged.String(); strings.Contains(logged, "boom") {
		t.Errorf("what was written is logged:\n%s", logged)
	}
}

// Nothing that Discord could send as a message ends the bot, and what was edited, or sent by
// others than people, is left alone.
func TestOddMessages(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	var mu sync.Mutex
	seen := []string{}
	o.answer = func(ev conversations.Event) conversations.Reply {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, ev.Text)
		return saying("You said " + ev.Text)
	}
	o.listens(t)
	bot := "<@" + o.there.Application + ">"
	asked := o.writes(t, fakediscord.TalkChannel, "lunch?")
	o.ada.Rewrite(asked, bot+" lunch?")
	if _, err := o.ada.Answer(t.Context(), asked, "I am hungry", true); err != nil {
		t.Fatal(err)
	}
	for _, odd := range []any{
		nil, "odd", 5, []any{}, map[string]any{}, map[string]any{"id": 5}, map[string]any{"id": "1", "channel_id": "6", "author": map[string]any{"id": "7", "bot": true}, "content": "x"},
		map[string]any{"id": "2", "channel_id": adas, "author": map[string]any{"id": "7"}, "content": "x", "webhook_id": "5"},
	} {
		o.there.Dispatch("MESSAGE_CREATE", odd)
		o.there.Dispatch("MESSAGE_UPDATE", odd)
	}
	again := map[string]any{"id": "3", "channel_id": adas, "author": map[string]any{"id": "7"}, "content": "cart"}
	o.there.Dispatch("MESSAGE_CREATE", again)
	o.there.Dispatch("MESSAGE_CREATE", again)
	o.writes(t, adas, "orders")
	until(t, "what was written is answered", func() bool { return len(o.answers(adas)) == 2 })
	mu.Lock()
	defer mu.Unlock()
	if len(seen) != 2 {
		t.Errorf("it listened to %v", seen)
	}
}

// Intents that Discord does not take are said once, with what to do, and nothing is tried again.
func TestRefusedIntents(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{4013: "no longer takes the intents", 4014: "GUILD_MESSAGES and DIRECT_MESSAGES"} {
		o := outpostAt(t)
		o.there.RefuseIntents(code)
		o.opens(t, openTime)
		select {
		case <-o.done:
		case <-time.After(20 * time.Second):
			t.Fatal("it goes on")
		}
		if logged := o.logged.String(); o.there.Dials() != 1 || strings.Count(logged, "\n") != 1 || !strings.Contains(logged, want) {
			t.Errorf("%d connections, and this is logged:\n%s", o.there.Dials(), logged)
		}
		if err := o.CheckGateway(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("readiness says %v", err)
		}
	}
}

// A session that is begun anew asks for messages as the first did.
func TestIntentsOfEverySession(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	o.listens(t)
	o.there.Drop()
	o.there.Invalidate()
	until(t, "a session anew", func() bool { return o.there.Identifies() == 2 })
	o.writes(t, adas, "cart")
	until(t, "it is answered", func() bool { return len(o.answers(adas)) == 1 })
	for _, asked := range o.there.Intents() {
		if asked != 1<<9|1<<12 {
			t.Errorf("%v", o.there.Intents())
		}
	}
}

// says has somebody, the account 7, write to the bot.
func (d *desk) says(text string, more ...string) (called []string) {
	d.t.Helper()
	s, err := readSpoken(written(d.t, text, more...))
	if err != nil {
		d.t.Fatal(err)
	}
	d.converse(d.t.Context(), s, text)
	for {
		select {
		case call := <-d.said:
			called = append(called, call)
		default:
			return called
		}
	}
}

// What goes on in direct messages goes on in the server where it began: by its roles, and with
// what was filled in there.
func TestWordsOfTwoServers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.guilds(place{"contoso", "42"}, place{"contoso", "43"}, place{"fabrikam", "44"})
	var called []string
	d.calling(func(n int, call string, w http.ResponseWriter) {
		called = append(called, strings.Fields(call)[1])
		if strings.Contains(call, "users/@me") {
			n = 9
		}
		fmt.Fprintf(w, `{"id": "%d"}`, 100+n)
	})
	const chat = `"channel_id": "109"`
	expect := func(organisation, guild string) {
		t.Helper()
		if len(d.turned) == 0 {
			t.Fatal("it is not taken")
		}
		last := d.turned[0]
		d.turned = nil
		if last.Organisation != organisation || last.Account.Workspace != guild || last.Account.ID != "7" {
			t.Errorf("it is taken as %+v", last)
		}
	}
	if d.says("buy", chat); len(d.turned) > 0 || len(called) != 1 {
		t.Errorf("nobody knows which organisation is meant: %v, %v", d.turned, called)
	}
	d.says("buy", inGuildOf("43"))
	expect("contoso", "43")
	if got := strings.Join(called[1:], " "); got != "/users/@me/channels /channels/109/messages /channels/6/messages" {
		t.Fatalf("it is answered by %s", got)
	}
	d.says("no, make it 30", chat)
	expect("contoso", "43")
	d.says("buy", inGuildOf("44"))
	expect("fabrikam", "44")
	d.says("no, make it 30", chat)
	expect("fabrikam", "44")
	d.delivers(d.request(strings.Replace(fmt.Sprintf(direct, 1, "103", ""), "o2!order.link:CW-1", "w2!cart", 1), noon))
	expect("contoso", "43") // which the first answer was of
	p := conversations.Prompt{Name: "order", Title: "CW-1", Locale: "en"}
	if err := d.Edit(t.Context(), "contoso", conversations.Account{ID: "7"}, "109/200", p); err != nil {
		t.Fatal(err)
	}
	d.says("nudge CW-1", chat+`, "message_reference": {"message_id": "200"}`)
	expect("contoso", "42")
	d.guilds(place{"contoso", "42"}, place{"fabrikam", "44"}) // the server has left the file
	d.says("no, make it 30", chat+`, "message_reference": {"message_id": "103"}`)
	expect("contoso", "42")
}

func inGuildOf(id string) string {
	return `"guild_id": "` + id + `", "channel_type": 0, "member": {"roles": ["5"]}`
}

// A click in a message that stays in somebody's direct messages is answered by what stays; in
// one that they alone see, which a command was answered by, it is not.
func TestAnswersThatStay(t *testing.T) {
	t.Parallel()
	for flags, want := range map[int]int{flagComponentsV2: flagComponentsV2, flagComponentsV2 | flagEphemeral: flagComponentsV2 | flagEphemeral} {
		d := newDesk(t)
		click := strings.Replace(fmt.Sprintf(direct, 1, "103", ""), "o2!order.link:CW-1", "w2!cart", 1)
		_, c := d.delivers(d.request(strings.Replace(click, `"components": []`, fmt.Sprintf(`"flags": %d`, flags), 1), noon))
		if c.Type != answerUpdate || c.Data.(map[string]any)["flags"] != float64(want) {
			t.Errorf("in a message with %d it is answered by %+v", flags, c)
		}
	}
}

// Somebody whom no organisation knows is told once, and so is a server that none has.
func TestWordsOfStrangers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.guilds(place{"contoso", "42"})
	for _, c := range []struct{ more, want string }{
		{`"author": {"id": "8"}`, "No organisation that Cartwright serves has your account"}, {inGuildOf("77"), "add the server 77"},
	} {
		called := append(d.says("buy", c.more), d.says("buy", c.more, `"id": "51"`)...)
		if len(called) != 1 || !strings.Contains(called[0], c.want) || !strings.Contains(called[0], `"parse":[]`) || strings.Contains(called[0], "replied_user") {
			t.Errorf("it is said by %v", called)
		}
	}
	if len(d.turned) > 0 {
		t.Errorf("it is taken as %+v", d.turned)
	}
}

// writtenAt is the id of a message that was written then.
func writtenAt(at time.Time) string {
	return fmt.Sprintf(`"id": "%d"`, (at.UnixMilli()-1_420_070_400_000)<<22)
}

// Who is in the second server of an organisation alone is who they are there.
func TestWhoIsInAnotherServer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.guilds(place{"contoso", "42"}, place{"fabrikam", "44"}, place{"contoso", "43"})
	asked := 0
	d.calling(func(n int, call string, w http.ResponseWriter) {
		if asked = n; strings.Contains(call, "/guilds/43/") {
			fmt.Fprint(w, `{"user": {"id": "7", "username": "ada"}, "roles": ["8"]}`)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"code": 10007, "message": "Unknown Member"}`)
	})
	for range 2 {
		p, err := d.Profile(t.Context(), "contoso", conversations.Account{Platform: Platform, Workspace: "42", ID: "7"})
		if err != nil || p.Closed || len(p.Groups) != 1 || p.Groups[0] != "8" {
			t.Errorf("%+v, %v", p, err)
		}
	}
	if asked != 2 {
		t.Errorf("it is asked %d times", asked)
	}
	if p, err := d.Profile(t.Context(), "fabrikam", conversations.Account{Platform: Platform, Workspace: "44", ID: "7"}); err != nil || !p.Closed {
		t.Errorf("another organisation's server makes somebody a member: %+v, %v", p, err)
	}
}

// The roles that come with a message count, without a look-up; the language is the one that
// somebody's client was last seen in, in direct messages too.
func TestWhoWrites(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	who := conversations.Account{Platform: Platform, Workspace: "42", ID: "7"}
	d.delivers(d.request(strings.Replace(fmt.Sprintf(direct, 1, "9", ""), "en-US", "fr", 1), noon))
	d.says("buy", inGuildOf("42"), writtenAt(noon))
	calls := d.calls.Load()
	p, err := d.Profile(t.Context(), "contoso", who)
	if err != nil || d.calls.Load() != calls || p.Locale != "fr" || p.Name != "ada" || len(p.Groups) != 1 || p.Groups[0] != "5" || p.Closed {
		t.Errorf("%+v, %v", p, err)
	}
	d.says("buy", inGuildOf("42"), writtenAt(noon.Add(-time.Second)), `"member": {"roles": ["6"]}`)
	if p, err := d.Profile(t.Context(), "contoso", who); err != nil || len(p.Groups) != 1 || p.Groups[0] != "5" {
		t.Errorf("what waited counts as it was when it was written: %+v, %v", p, err)
	}
	d.says("buy", inGuildOf("42"), writtenAt(noon), `"member": {"roles": [], "pending": true}`)
	if p, err := d.Profile(t.Context(), "contoso", who); err != nil || !p.Closed || len(p.Groups) > 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

// An answer in a server where the bot cannot write, or to somebody whom it cannot write to, is
// tried where it may be.
func TestWhereTheBotCannotWrite(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refuses, code string
		calls         []string
	}{
		"closed":     {"/channels/99/messages", "50007", []string{"/users/@me/channels", "/channels/99/messages", "/channels/6/messages"}},
		"not opened": {"/users/@me/channels", "50007", []string{"/users/@me/channels", "/channels/6/messages"}},
		"read only":  {"/channels/6/messages", "50013", []string{"/users/@me/channels", "/channels/99/messages", "/channels/6/messages"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			var called []string
			last := ""
			d.calling(func(n int, call string, w http.ResponseWriter) {
				path := strings.Fields(call)[1]
				called, last = append(called, path), call
				switch {
				case path == c.refuses:
					w.WriteHeader(http.StatusForbidden)
					fmt.Fprintf(w, `{"code": %s, "message": "no"}`, c.code)
				case n == 1:
					w.WriteHeader(http.StatusTooManyRequests) // and then it may
					fmt.Fprint(w, `{"retry_after": 0.1}`)
				default:
					fmt.Fprint(w, `{"id": "99"}`)
				}
			})
			d.says("buy", inGuildOf("42"))
			want := c.calls
			if c.refuses != called[0] {
				want = append([]string{called[0]}, want...)
			}
			if strings.Join(called, " ") != strings.Join(want, " ") {
				t.Errorf("it is tried by %v, not %v", called, want)
			}
			if told := strings.Contains(last, "use /m365 here") && strings.Contains(last, `"replied_user":true`); told != (c.code == "50007") || !strings.Contains(last, `"message_id":"5"`) {
				t.Errorf("the channel is told %s", last)
			}
		})
	}
}
