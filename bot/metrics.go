package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"cartwright/commerce"
	"cartwright/conversations"
)

// metrics is what /metrics shows.
type metrics struct {
	registry *prometheus.Registry
	turns    *prometheus.HistogramVec
	jobs     *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		turns: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "cartwright_turn_seconds", Help: "Time from an event to its prompt.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"platform", "prompt"}),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cartwright_jobs_total", Help: "Runs of background jobs.",
		}, []string{"job", "result"}),
	}
	m.registry.MustRegister(m.turns, m.jobs, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// gateway shows whether there is a connection to Discord's gateway.
func (m *metrics) gateway(up func() bool) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "cartwright_discord_gateway_up", Help: "1 while there is a connection to Discord's gateway, else 0.",
	}, func() float64 {
		if up() {
			return 1
		}
		return 0
	}))
}

// timed measures turns.
func (m *metrics) timed(turn func(context.Context, conversations.Event) conversations.Reply) func(context.Context, conversations.Event) conversations.Reply {
	return func(ctx context.Context, ev conversations.Event) conversations.Reply {
		began := time.Now()
		reply := turn(ctx, ev)
		m.turns.WithLabelValues(ev.Account.Platform, reply.Prompt.Name).Observe(time.Since(began).Seconds())
		return reply
	}
}

// job is a worker's work.
type job = func(context.Context, commerce.OrderRef, int) (time.Duration, error)

// counted counts a job's runs by how they ended.
func (m *metrics) counted(name string, do job) job {
	return func(ctx context.Context, ref commerce.OrderRef, version int) (time.Duration, error) {
		wait, err := do(ctx, ref, version)
		result := "done"
		switch {
		case err != nil:
			result = "failed"
		case wait > 0:
			result = "waits"
		}
		m.jobs.WithLabelValues(name, result).Inc()
		return wait, err
	}
}
