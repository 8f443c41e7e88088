package handlers

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

type requestKey struct{}

// RequestID is the name of the request that ctx belongs to, "" outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// named gives each request a name that the log and the person have in common.
func named(random io.Reader) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw := make([]byte, 8)
			_, _ = io.ReadFull(random, raw) // a request without a name of its own is still answered
			id := hex.EncodeToString(raw)
			w.Header().Set("X-Request-Id", id)
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
		})
	}
}

// logged writes a line for each request. It names the route, never the path or the
// query: those may hold what only the person who has the link should know.
func logged(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			seen := &witness{ResponseWriter: w}
			next.ServeHTTP(seen, r)
			route := r.Pattern // set by the mux, which was handed this very request
			if route == "" {
				route = "none"
			}
			log.InfoContext(r.Context(), "request", "id", RequestID(r.Context()), "method", r.Method, "route", route,
				"status", seen.status(), "bytes", seen.bytes, "ms", time.Since(began).Milliseconds())
		})
	}
}

// recovered answers for a handler that panicked, without a word of why.
func recovered(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				why := recover()
				if why == nil {
					return
				}
				if err, ok := why.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(why)
				}
				id := RequestID(r.Context())
				log.ErrorContext(r.Context(), "a handler panicked", "id", id, "why", why, "stack", string(debug.Stack()))
				if seen, ok := w.(*witness); ok && seen.code != 0 {
					panic(http.ErrAbortHandler) // half an answer is out: cut it off
				}
				http.Error(w, http.StatusText(http.StatusInternalServerError)+" ("+id+")",
					http.StatusInternalServerError)
			}()
			next.ServeHTTP(w, r)
		})
	}
}

// witness notes what was answered.
type witness struct {
	http.ResponseWriter
	code  int
	bytes int64
}

func (w *witness) status() int {
	if w.code == 0 {
		return http.StatusOK
	}
	return w.code
}

func (w *witness) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *witness) Write(b []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }
