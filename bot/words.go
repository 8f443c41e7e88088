package main

import (
	"context"
	"sync"

	"cartwright/config"
	"cartwright/conversations/intent"
)

// words reads for the dialogue what people write, by the rules of the catalogue that holds.
// They are made when the first text comes, and anew after a reload: most programs idle.
type words struct {
	current func() *config.Config

	making sync.Mutex
	of     *config.Config
	rules  *intent.Parser
}

func (w *words) Read(_ context.Context, t intent.Text) intent.Intent {
	return w.parser().Parse(t.Text, t.Locale)
}

func (w *words) parser() *intent.Parser {
	w.making.Lock()
	defer w.making.Unlock()
	if current := w.current(); w.of != current {
		w.of, w.rules = current, intent.New(current.Catalogue)
	}
	return w.rules
}
