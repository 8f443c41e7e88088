package slack

import (
	"encoding/json"
	"strings"
	"testing"

	"cartwright/conversations"
	"cartwright/testservices"
)

// goldens are the prompts of every situation, in every cloud and language.
func goldens(t *testing.T) map[string][]conversations.Prompt {
	t.Helper()
	return testservices.Goldens[conversations.Prompt](t)
}

// drawings are the ways in which a prompt may be shown, as Slack is sent them.
func drawings(t *testing.T, p conversations.Prompt) map[string][]byte {
	t.Helper()
	at := place{Team: "T0000000001", User: "U0000000001", Channel: "C0000000001", ResponseURL: "https://hooks.slack.com/actions/" + strings.Repeat("x", 100)}
	all := map[string]any{}
	for _, kind := range []string{wizardButton, ownButton} {
		text, blocks := message(p, kind)
		all["message "+kind] = map[string]any{"text": text, "blocks": blocks}
	}
	all["modal whole"] = modal(p, wholeModal, at)
	if len(p.Fields) > 0 {
		all["modal form"] = modal(p, formModal, at)
	} else {
		all["home"] = home(p)
	}
	drawn := map[string][]byte{}
	for name, v := range all {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		drawn[name] = text
	}
	return drawn
}

// texts are all texts in a drawing.
func texts(v any) []string {
	var all []string
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if s, ok := inner.(string); ok && key == "text" {
				all = append(all, s)
			} else {
				all = append(all, texts(inner)...)
			}
		}
	case []any:
		for _, inner := range v {
			all = append(all, texts(inner)...)
		}
	}
	return all
}

// What is shown fits: no sentence and no label is cut in any language. (What a screen
// reader says in place of a label may be, by the name of a product in it.)
func TestNothingIsCut(t *testing.T) {
	t.Parallel()
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			whole, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			for as, drawn := range drawings(t, p) {
				for _, s := range cut(t, drawn, string(whole)) {
					t.Errorf("%s in %s, %s: %q is cut", name, p.Locale, as, s)
				}
			}
		}
	}
}

// cut are texts of a drawing that end in an ellipsis and are in no prompt so, or without
// it as a whole label.
func cut(t *testing.T, drawn []byte, prompt string) []string {
	t.Helper()
	var v any
	if err := json.Unmarshal(drawn, &v); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, s := range texts(v) {
		label, ends := strings.CutSuffix(s, "…")
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if ends && !strings.Contains(prompt, strings.Trim(string(quoted), `"`)) && !strings.Contains(prompt, `"`+label+`"`) {
			found = append(found, s)
		}
	}
	return found
}
