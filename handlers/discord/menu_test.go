package discord

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"cartwright/conversations"
	"cartwright/testservices/fakediscord"
)

// crowded is a prompt of so many things with two actions each, of which one asks first.
func crowded(items int) conversations.Prompt {
	p := conversations.Prompt{Name: "order", Title: "CW-1 of many lines", Locale: "en", Actions: []conversations.Action{{Ref: "next", Label: "Next"}}}
	for i := range items {
		p.Blocks = append(p.Blocks, conversations.Block{Item: &conversations.Item{
			Title: fmt.Sprintf("Line %d, of %s", i+1, strings.Repeat("long name ", 12)), Lines: []string{"5 licences", "12 € each month"},
			Actions: []conversations.Action{
				{Ref: fmt.Sprintf("change:%d", i+1), Label: "Change"},
				{Ref: fmt.Sprintf("remove:%d", i+1), Label: "Remove", Confirm: &conversations.Confirm{Title: "Remove it?", Yes: "Yes", No: "No"}},
			},
		}})
	}
	return p
}

// A prompt is one message, whatever it has to offer: several would not be replaced together
// by what a click in one leads to. So is an order of as many lines as there can be. Only a text that
// no message has room for takes more, and the last of them can be acted on.
func TestAPromptIsOneMessage(t *testing.T) {
	t.Parallel()
	all := goldens(t)
	all["an order of 20 lines"] = []conversations.Prompt{crowded(20)}
	for name, prompts := range all {
		for _, p := range prompts {
			drawn := messages(p, ownButton, 0)
			for n, m := range drawn {
				for _, wrong := range fakediscord.CheckMessage(parsed(t, m)) {
					t.Errorf("%s in %s: %v", name, p.Locale, wrong)
				}
				read := &fakediscord.Message{Raw: parsed(t, m)}
				if last := n == len(drawn)-1; !last && len(read.Buttons()) > 0 {
					t.Errorf("%s in %s: there are buttons above the last message", name, p.Locale)
				}
			}
			if len(drawn) > 1 && !strings.HasPrefix(name, "summary-long.") {
				t.Errorf("%s in %s is %d messages", name, p.Locale, len(drawn))
			}
		}
	}
}

// What can be done with one of many things is chosen from a menu, which is the click on its
// button: it is answered in that message, and asked about first where the button asks.
func TestAChoiceIsAClick(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	o.Question = func(context.Context, conversations.Event) (conversations.Confirm, bool) {
		return conversations.Confirm{}, false
	}
	o.opens(t, openTime)
	until(t, "a connection", func() bool { return o.there.Identifies() == 1 })
	clicked := make(chan string, 10)
	newest := func() string {
		select {
		case ref := <-clicked:
			return ref
		default:
			return "nothing"
		}
	}
	o.answer = func(ev conversations.Event) conversations.Reply {
		clicked <- ev.Ref
		return conversations.Reply{Prompt: crowded(20), InPlace: ev.Ref != ""}
	}
	if err := o.ada.Command(t.Context(), "cart"); err != nil {
		t.Fatal(err)
	}
	newest()
	first := o.ada.Last("6")
	for _, ref := range []string{"change:1", "change:20", "change:7"} {
		if err := o.ada.Choose(t.Context(), first, ref); err != nil {
			t.Fatal(err)
		}
		if got := newest(); got != ref {
			t.Errorf("a choice of %s is a click on %s", ref, got)
		}
		first = o.ada.Now(first)
	}
	if all := o.ada.See("6"); len(all) != 1 || all[0].Edits != 3 {
		t.Errorf("%d messages after three clicks, the first edited %d times", len(all), all[0].Edits)
	}
	if err := o.ada.Choose(t.Context(), first, "remove:3"); err != nil {
		t.Fatal(err)
	}
	question := o.ada.Last("6")
	if read := question.Read(); question.ID == first.ID || len(clicked) > 0 || !strings.Contains(read, "Remove") || !strings.Contains(read, "Line 3") {
		t.Errorf("it is asked:\n%s", read)
	}
	if err := o.ada.Press(t.Context(), question, "remove:3"); err != nil {
		t.Fatal(err)
	}
	if got := newest(); got != "remove:3" {
		t.Errorf("yes is a click on %s", got)
	}
}

// An option says what it is of, and what is done where that is not the same for all.
func TestWhatAnOptionSays(t *testing.T) {
	t.Parallel()
	read := (&fakediscord.Message{Raw: parsed(t, messages(crowded(20), wizardButton, 0)[0])}).Read()
	for _, want := range []string{"[Choose what to do… ▾]", "…: Change] 5 licences", "…: Remove] 5 licences", "[Next]"} {
		if !strings.Contains(read, want) {
			t.Errorf("%q is not in\n%s", want, read)
		}
	}
	same := crowded(40)
	for _, b := range same.Blocks {
		b.Item.Actions = b.Item.Actions[:1]
	}
	read = (&fakediscord.Message{Raw: parsed(t, messages(same, wizardButton, 0)[len(messages(same, wizardButton, 0))-1])}).Read()
	if strings.Count(read, "[Change… ▾]") != 2 || strings.Contains(read, ": Change]") {
		t.Errorf("all do the same:\n%s", read)
	}
}

// A menu that sends nothing, or what is no text, is a click on nothing.
func TestAMenuThatSendsNothing(t *testing.T) {
	t.Parallel()
	for _, values := range []string{"[]", "null", `[{"id": 1}]`, `"text"`, "7"} {
		i, err := decode([]byte(`{"id": "5", "type": 3, "token": "t", "guild_id": "42", "member": {"user": {"id": "7"}}, "message": {"id": "1"}, "data": {"component_type": 3, "custom_id": "w9!discord.menu", "values": ` + values + `}}`))
		if err != nil || i.event(place{}).Ref != "" {
			t.Errorf("%s: %+v, %v", values, i.event(place{}), err)
		}
	}
}
