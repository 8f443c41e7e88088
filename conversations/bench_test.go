package conversations_test

import (
	"fmt"
	"testing"

	"cartwright/conversations"
)

// A click in the wizard, from the event to the prompt: with SQLite and an embedded Redis.
func BenchmarkTurn(b *testing.B) {
	w := newWorld(b)
	aicha := w.as("aicha")
	aicha.puts("business-premium", "2", "P1Y.annual", false)
	for name, refs := range map[string][]string{"cart": {"cart", "cart"}, "list": {"list:0", "list:1"}, "help": {"help", "help"}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				reply := w.engine.Turn(b.Context(), conversations.Event{
					ID: fmt.Sprintf("bench:%s:%d", name, i), Organisation: "contoso", Account: aicha.account(), Ref: refs[i%2],
				})
				if reply.Prompt.Name != name {
					b.Fatal(reply.Prompt.Name)
				}
			}
		})
	}
}
