package discord

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"cartwright/conversations"
	"cartwright/conversations/locale"
	"cartwright/testservices/fakediscord"
)

// long is a form that no modal has room for.
func long(fields int) conversations.Prompt {
	p := conversations.Prompt{
		Name: "propose", Title: "Change CW-1", Locale: "en", Again: "again:propose:CW-1:h", Submit: &conversations.Action{Ref: "propose.send:CW-1:h", Label: "Propose", Style: conversations.Primary},
	}
	for i := range fields {
		p.Fields = append(p.Fields, conversations.Field{Key: fmt.Sprintf("seats_%d", i+1), Kind: conversations.NumberField, Label: fmt.Sprintf("Line %d", i+1), Value: "3", Min: 1, Max: 9, Required: true})
	}
	return p
}

// A form that no modal has room for is filled in by parts: each part is a modal of its own,
// which keeps what was filled in; the message shows all of it, and a button sends it.
func TestAFormInParts(t *testing.T) {
	t.Parallel()
	for fields, parts := range map[int]int{1: 1, 5: 1, 6: 2, 10: 2, 11: 3, 20: 4, 40: 8} {
		p := long(fields)
		all := forms(p, wizardButton)
		if len(all) != parts {
			t.Fatalf("%d fields are %d modals, want %d", fields, len(all), parts)
		}
		seen := 0
		for i, m := range all {
			seen += len(m.Components)
			kind, ref := readID(m.ID)
			if want := map[bool]string{true: p.Submit.Ref, false: p.Again}[parts == 1]; ref != want || len(m.Components) > maxModalFields || (spot{kind: kind}).own() {
				t.Errorf("part %d of %d has the id %s and %d fields", i+1, parts, m.ID, len(m.Components))
			}
		}
		for _, m := range messages(p, wizardButton, 0) { // a proposal on as many lines as a cart has is 40 fields
			for _, wrong := range fakediscord.CheckMessage(parsed(t, m)) {
				t.Errorf("the message that asks for %d fields: %v", fields, wrong)
			}
		}
		if seen != fields {
			t.Errorf("%d of %d fields are asked for", seen, fields)
		}
	}
	d := newDesk(t)
	d.answer = func(conversations.Event) conversations.Reply {
		return conversations.Reply{Prompt: long(7), InPlace: true}
	}
	_, c := d.delivers(d.request(fmt.Sprintf(delivered, 1, `{"name": "approvals", "type": 1}`), noon))
	text := string(encoded(c.Data))
	for _, want := range []string{"Fill in part 1 of 2", "Fill in part 2 of 2", "fw1!again:propose", "fBw2!again:propose", "w3!propose.send", "Line 7: 3"} {
		if c.Type != answerMessage || !strings.Contains(text, want) {
			t.Errorf("%q is not in the answer %d: %s", want, c.Type, text)
		}
	}
	_, c = d.delivers(d.request(strings.NewReplacer(`"type": 2, "token"`, `"type": 3, "token"`, `"data": {`, `"message": {"id": "9"}, "data": {"custom_id": "fBw2!again:propose:CW-1:h", `).Replace(fmt.Sprintf(delivered, 2, "")), noon))
	text = string(encoded(c.Data))
	if c.Type != answerModal || !strings.Contains(text, `"Bw!again:propose:CW-1:h"`) || !strings.Contains(text, "seats_7") || strings.Contains(text, "seats_1") {
		t.Errorf("the second part is answered %d: %s", c.Type, text)
	}
}

// Fields of products whose names begin alike, or are the same, are told apart in every
// language, and what has no room in a label stands above it.
func TestFieldsAreToldApart(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages() {
		words := locale.For(lang, nil)
		p := long(0)
		for i, product := range []string{"Microsoft 365 Business Premium for Frontline Workers and Partners", "Microsoft 365 Business Premium for Frontline Workers and Students", "Visio", "Visio"} {
			for _, key := range []string{"approval.propose_seats", "approval.propose_plan"} {
				p.Fields = append(p.Fields, conversations.Field{Key: fmt.Sprint(key, i), Kind: conversations.NumberField, Label: words.T(key, "product", product)})
			}
		}
		seen, texts := map[string]bool{}, ""
		for _, m := range forms(p, wizardButton) {
			for _, wrong := range fakediscord.CheckModal(parsed(t, m)) {
				t.Errorf("%s: %v", lang, wrong)
			}
			for _, c := range m.Components {
				texts += c.Content
				if c.Type == typeLabel && seen[c.Label] {
					t.Errorf("%s: there are two fields %q", lang, c.Label)
				}
				seen[c.Label] = c.Type == typeLabel
			}
		}
		if !strings.Contains(texts, "Workers and Partners") || !strings.Contains(texts, "Workers and Students") {
			t.Errorf("%s: the whole names are not in %q", lang, texts)
		}
	}
}

// A choice of more than a list takes is typed: it shows the name of what is chosen, not what
// stands for it.
func TestALongChoiceIsTyped(t *testing.T) {
	t.Parallel()
	for people, want := range map[int]int{maxOptions: typeSelect, maxOptions + 1: typeInput} {
		f := conversations.Field{Key: "person", Kind: conversations.ChoiceField, Label: "Person", Value: "p3"}
		for i := range people {
			f.Options = append(f.Options, conversations.Option{Value: fmt.Sprint("p", i), Label: fmt.Sprint("Person ", i)})
		}
		in := (&canvas{}).input(f)
		if in.Type != want || in.Type == typeInput && in.Value != "Person 3" {
			t.Errorf("%d people are %+v", people, in)
		}
	}
}

// A text that no message has room for takes several, or ends where it must.
func TestTextThatNoMessageHasRoomFor(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]conversations.Block{
		"a fact":  {Facts: []conversations.Fact{{Label: "Purpose", Value: strings.Repeat("*", 2100)}}},
		"a list":  {List: &conversations.List{Title: "People", Items: strings.Split(strings.Repeat("somebody.with.a.name@contoso.example,", 150), ",")}},
		"a thing": {Item: &conversations.Item{Title: "A thing", Lines: []string{strings.Repeat("*", 2100)}}},
	} {
		all := messages(conversations.Prompt{Name: "approval", Title: "Long", Locale: "en", Blocks: []conversations.Block{b}}, ownButton, 0)
		for _, m := range all {
			for _, wrong := range fakediscord.CheckMessage(parsed(t, m)) {
				t.Errorf("%s: %v", name, wrong)
			}
		}
		if len(all) < 2 {
			t.Errorf("%s is %d messages", name, len(all))
		}
	}
}

func parsed(t *testing.T, v any) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(encoded(v), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Every prompt is what the Discord takes that the tests play, in every language: what the
// published schema does not see.
func TestEveryPromptIsTaken(t *testing.T) {
	t.Parallel()
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			for _, m := range messages(p, ownButton, 0) {
				for _, wrong := range fakediscord.CheckMessage(parsed(t, m)) {
					t.Errorf("%s in %s: %v", name, p.Locale, wrong)
				}
			}
			for _, m := range forms(p, wizardButton) {
				for _, wrong := range fakediscord.CheckModal(parsed(t, m)) {
					t.Errorf("%s in %s, as a modal: %v", name, p.Locale, wrong)
				}
			}
		}
	}
}

// So are the commands.
func TestTheCommandsAreTaken(t *testing.T) {
	t.Parallel()
	var all any
	if err := json.Unmarshal(Manifest(), &all); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range fakediscord.CheckCommands(all) {
		t.Error(wrong)
	}
}
