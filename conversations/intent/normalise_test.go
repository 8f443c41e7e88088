package intent

import (
	"testing"

	"pgregory.net/rapid"
)

// What is comparable stays as it is, and every rune of it is from somewhere in the text.
func TestNormaliseTwiceIsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		once := normalise(text)
		if twice := normalise(once.String()).String(); !once.cut && twice != once.String() {
			t.Fatalf("%q, then %q", once, twice)
		}
		for i := range once.runes {
			if once.start[i] < 0 || once.start[i] >= once.end[i] || once.end[i] > len(text) {
				t.Fatalf("%q: rune %d is from %d to %d", text, i, once.start[i], once.end[i])
			}
		}
	})
}
