package intent

import (
	"strings"
	"testing"
)

// A text is masked only where the model is asked, so milliseconds would do.
func BenchmarkMask(b *testing.B) {
	for name, text := range map[string]string{
		"usual": "could 12 visio go to dagmar.weiss@fabrikam.example, call +49 171 5550123 about 3b555118-da6a-4418-894f-7df1e2096870",
		"long":  strings.Repeat("a1-", 3333), "digits": strings.Repeat("0 ", 5000), "signs": strings.Repeat("@", 10_000), "people": strings.Repeat("a@b.c ", 1666),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				mask(text)
			}
		})
	}
}
