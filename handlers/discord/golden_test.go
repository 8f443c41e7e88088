package discord

import (
	"strings"
	"testing"

	"cartwright/testservices"
	"cartwright/testservices/fakediscord"
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
			var read []string
			var sent []byte
			for _, m := range messages(p, wizardButton, flagEphemeral) {
				read, sent = append(read, (&fakediscord.Message{Raw: parsed(t, m)}).Read()), append(sent, encoded(m)...)
			}
			for _, m := range forms(p, wizardButton) {
				read, sent = append(read, "-- "+m.Title, (&fakediscord.Message{Raw: parsed(t, m)}).Read()), append(sent, encoded(m)...)
			}
			all[name] = append(all[name], testservices.Rendered{Lang: p.Locale, Read: strings.Join(read, "\n"), Sent: sent})
		}
	}
	testservices.GoldenRendering(t, *update, all)
}
