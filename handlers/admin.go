package handlers

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// checkTime is how long a check may take before what it asks counts as not ready.
const checkTime = time.Second

// Check asks one thing that the program needs whether it works.
type Check struct {
	Name string
	Do   func(context.Context) error
}

// AdminOptions is what the admin listener serves.
type AdminOptions struct {
	Ready   []Check
	Metrics prometheus.Gatherer
	Log     *slog.Logger
}

// Admin is every route of the admin listener, which only those who run the program reach.
func Admin(o AdminOptions) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", o.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// healthy says that the program answers at all; what it needs is not asked.
func healthy(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "ok")
}

// ready is 200 when all that is needed works, else 503, with a line for each check.
// Why one failed is for the log alone.
func (o AdminOptions) ready(w http.ResponseWriter, r *http.Request) {
	status, lines := http.StatusOK, ""
	for i, err := range o.check(r.Context()) {
		name, state := o.Ready[i].Name, "ok"
		if err != nil {
			o.Log.WarnContext(r.Context(), "not ready", "check", name, "error", err)
			status, state = http.StatusServiceUnavailable, "failed"
		}
		lines += name + ": " + state + "\n"
	}
	w.WriteHeader(status)
	fmt.Fprint(w, lines)
}

// check runs every check at once; a slow one counts as failed and is not waited for.
func (o AdminOptions) check(ctx context.Context) []error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	problems := make([]error, len(o.Ready))
	var all sync.WaitGroup
	for i, c := range o.Ready {
		all.Go(func() {
			answered := make(chan error, 1)
			go func() { answered <- c.Do(ctx) }()
			select {
			case problems[i] = <-answered:
			case <-ctx.Done():
				problems[i] = ctx.Err()
			}
		})
	}
	all.Wait()
	return problems
}
