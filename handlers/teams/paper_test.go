package teams

import (
	"bytes"
	"sync"
	"testing"
)

// Whatever was drawn on a paper before, by whomever, a prompt's message is the one that it has
// on a new one; and what was written does not change when the paper is used again.
func TestPaperIsUsedAgain(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for name, prompts := range goldens(t) {
		all.Go(func() {
			for _, p := range prompts {
				got := sketched(p, p.Name)
				kept := bytes.Clone(got.message)
				sketched(prompts[0], "")
				want := sheetOf(drawn(p, p.Name), p)
				if !bytes.Equal(got.message, want.message) || !bytes.Equal(got.card, want.card) || !bytes.Equal(got.message, kept) {
					t.Errorf("%s in %s: %s\nand not %s", name, p.Locale, got.message, want.message)
				}
			}
		})
	}
	all.Wait()
}
