package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cartwright/config"
	"cartwright/conversations/intent"
)

// modelOf is the language model that is configured, nil where none is.
func modelOf(cfg config.Config, log *slog.Logger) (*intent.Model, error) {
	if !cfg.OpenAI.Configured() {
		return nil, nil //nolint:nilnil // nil is "off", to the reader too
	}
	m, err := intent.NewModel(intent.ModelOptions{
		BaseURL: cfg.OpenAI.BaseURL, Key: cfg.OpenAI.Key.Reveal(), Name: cfg.OpenAI.Model, Mode: intent.Mode(cfg.OpenAI.Mode), TokenParam: cfg.OpenAI.TokenParam,
		Catalogue: cfg.Catalogue, Now: time.Now, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("language model: look at OPENAI_MODEL and OPENAI_TOKEN_PARAM: %w", err)
	}
	return m, nil
}

// readerOf reads what people write, by the rules and by the model that is configured. budget is
// of the model's calls; note may be nil.
func readerOf(cfg config.Config, rules intent.Rules, budget intent.Budget, note func(intent.Record), log *slog.Logger) (*intent.Reader, error) {
	model, err := modelOf(cfg, log)
	if err != nil {
		return nil, err
	}
	key, err := derived(cfg.SecretKey, "cartwright language model")
	if err != nil {
		return nil, err
	}
	return &intent.Reader{Rules: rules, Model: model, Budget: budget, Key: key, Now: time.Now, Log: log, Note: note}, nil
}

// unmetered is the budget of commands, which the operator types.
type unmetered struct{}

func (unmetered) Take(context.Context, string, string) (string, error) { return "", nil }
func (unmetered) Used(context.Context, string, int) error              { return nil }

// readings counts how texts are read; resting reports whether the model is left alone for now.
func (m *metrics) readings(resting func() bool) func(intent.Record) {
	read := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "cartwright_texts_total", Help: "Texts read, by whose reading was taken and what came of asking the language model.",
	}, []string{"source", "outcome"})
	differs := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "cartwright_model_differs_total", Help: "Answers of the language model that contradict the rules, or that the text does not have.",
	})
	tokens := prometheus.NewCounter(prometheus.CounterOpts{Name: "cartwright_model_tokens_total", Help: "Tokens that the language model used."})
	took := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "cartwright_model_seconds", Help: "Time to read a text where the language model was asked.", Buckets: []float64{.1, .25, .5, 1, 2, 4, 5},
	})
	rests := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "cartwright_model_resting", Help: "1 while the language model is not asked because it failed, else 0.",
	}, func() float64 {
		if resting() {
			return 1
		}
		return 0
	})
	m.registry.MustRegister(read, differs, tokens, took, rests)
	return func(r intent.Record) {
		read.WithLabelValues(string(r.Source), string(r.Outcome)).Inc()
		tokens.Add(float64(r.Tokens))
		if r.Differs {
			differs.Inc()
		}
		if r.Prompt != "" {
			took.Observe(r.Took.Seconds())
		}
	}
}
