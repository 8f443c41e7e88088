package slack

import (
	"strings"
	"testing"

	"cartwright/testservices/fakeslack"
)

// Slack would take every prompt, in every language and wherever it is shown.
func TestSlackTakesEveryPrompt(t *testing.T) {
	t.Parallel()
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			for as, drawn := range drawings(t, p) {
				surface, _, _ := strings.Cut(as, " ")
				for _, wrong := range fakeslack.Check(surface, drawn) {
					t.Errorf("%s in %s, %s: %s", name, p.Locale, as, wrong)
				}
			}
		}
	}
}
