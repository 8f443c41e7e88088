package slack

import (
	"encoding/json"
	"strings"
	"testing"

	"cartwright/testservices"
	"cartwright/testservices/fakeslack"
)

// Every prompt in every language, as its reader has it, is in testdata/rendered.*.txt.
func TestGoldens(t *testing.T) {
	t.Parallel()
	all := map[string][]testservices.Rendered{}
	for name, prompts := range goldens(t) {
		if !strings.HasSuffix(name, ".worldwide") {
			continue // the other clouds have other words, in the same form
		}
		for _, p := range prompts {
			text, blocks := message(p, wizardButton)
			sent, err := json.Marshal(map[string]any{"text": text, "blocks": blocks})
			if err != nil {
				t.Fatal(err)
			}
			var shown fakeslack.Posted
			if err := json.Unmarshal(sent, &shown); err != nil {
				t.Fatal(err)
			}
			read := shown.Read()
			if len(p.Fields) > 0 {
				form := drawings(t, p)["modal form"]
				var view fakeslack.View
				if err := json.Unmarshal(form, &view.Raw); err != nil {
					t.Fatal(err)
				}
				read, sent = read+"\n-- "+view.Read(), append(sent, form...)
			}
			all[name] = append(all[name], testservices.Rendered{Lang: p.Locale, Read: read, Sent: sent})
		}
	}
	testservices.GoldenRendering(t, *update, all)
}
