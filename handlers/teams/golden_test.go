package teams

import (
	"strings"
	"testing"

	"cartwright/testservices"
	"cartwright/testservices/faketeams"
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
			sent := encoded(drawn(p, ""))
			read := faketeams.Message{Card: parsed(t, sent)}.Read()
			all[name] = append(all[name], testservices.Rendered{Lang: p.Locale, Read: read, Sent: sent})
		}
	}
	testservices.GoldenRendering(t, *update, all)
}
