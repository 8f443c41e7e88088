package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cartwright/handlers"
)

func TestAdmin(t *testing.T) {
	t.Parallel()
	metrics := prometheus.NewRegistry()
	orders := prometheus.NewCounter(prometheus.CounterOpts{Name: "orders_placed_total", Help: "Orders placed."})
	metrics.MustRegister(orders)
	orders.Inc()
	var log bytes.Buffer
	var database error
	slow := func(ctx context.Context) error { return nil }
	admin := handlers.Admin(handlers.AdminOptions{
		Ready: []handlers.Check{
			{Name: "database", Do: func(context.Context) error { return database }},
			{Name: "redis", Do: func(ctx context.Context) error { return slow(ctx) }},
		},
		Metrics: metrics, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		admin.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Code, w.Body.String()
	}
	expect := func(path string, status int, says string) {
		t.Helper()
		if got, body := get(path); got != status || !strings.Contains(body, says) {
			t.Errorf("%s: %d %q, want %d %q", path, got, body, status, says)
		}
	}
	expect("/healthz", 200, "ok")
	expect("/readyz", 200, "database: ok\nredis: ok\n")
	expect("/metrics", 200, "orders_placed_total 1")
	expect("/debug/pprof/", 200, "goroutine")
	expect("/debug/pprof/heap?debug=1", 200, "heap profile")
	expect("/debug/pprof/cmdline", 200, "")
	expect("/", 404, "")

	database = errors.New("the cause")
	expect("/healthz", 200, "ok")
	expect("/readyz", 503, "database: failed\nredis: ok\n")
	if _, body := get("/readyz"); strings.Contains(body, "cause") || !strings.Contains(log.String(), "the cause") {
		t.Errorf("the cause is for the log alone: %q, log %q", body, log.String())
	}

	// A check that hangs, even one that ignores its context, counts as failed.
	database = nil
	release := make(chan bool)
	defer close(release)
	slow = func(context.Context) error { <-release; return nil }
	began := time.Now()
	expect("/readyz", 503, "database: ok\nredis: failed\n")
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the answer took %v", took)
	}
}
