package main

import (
	"context"
	"log/slog"
	"sync"

	"cartwright/config"
	"cartwright/conversations/intent"
)

// words reads for the dialogue what people write, by the catalogue that holds. What reads is
// made when the first text comes, and anew after a reload: most programs idle.
type words struct {
	current func() *config.Config
	reader  func(config.Config, intent.Rules) (*intent.Reader, error)
	log     *slog.Logger

	making sync.Mutex
	of     *config.Config
	made   *intent.Reader
}

// reads makes what reads people's words. Where a model is configured it is made at once: a
// mistake of the configuration shows at the start, and so does a server that has no answer.
func (s *server) reads(ctx context.Context, budget intent.Budget, m *metrics) (*words, error) {
	w := &words{current: s.config.Load, log: s.log}
	note := m.readings(w.resting)
	w.reader = func(cfg config.Config, rules intent.Rules) (*intent.Reader, error) {
		return readerOf(cfg, rules, budget, note, s.log)
	}
	if !w.current().OpenAI.Configured() {
		return w, nil
	}
	r, err := w.present()
	if err != nil {
		return nil, err
	}
	go r.Model.Begin(ctx)
	return w, nil
}

func (w *words) Read(ctx context.Context, t intent.Text) intent.Intent {
	r, err := w.present()
	if err != nil {
		w.log.ErrorContext(ctx, "read what people write", "err", err)
		return intent.Intent{Kind: intent.None}
	}
	return r.Read(ctx, t)
}

// present is what reads now. A catalogue's rules and its model come and go together.
func (w *words) present() (*intent.Reader, error) {
	w.making.Lock()
	defer w.making.Unlock()
	current := w.current()
	if w.of == current {
		return w.made, nil
	}
	r, err := w.reader(*current, intent.New(current.Catalogue))
	if err != nil {
		return nil, err
	}
	w.of, w.made = current, r
	return r, nil
}

// resting reports whether there is a model that is left alone for now.
func (w *words) resting() bool {
	w.making.Lock()
	defer w.making.Unlock()
	return w.made != nil && w.made.Model != nil && w.made.Model.Resting()
}
