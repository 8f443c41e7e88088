package handlers

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// secured sets the headers that keep a browser to this program's own pages. A form may
// also lead to the public URL, for people who opened the page by the listener's address.
func secured(public *url.URL) func(http.Handler) http.Handler {
	policy := strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
		"form-action 'self' " + public.Scheme + "://" + public.Host, "frame-ancestors 'none'", "base-uri 'none'",
	}, "; ")
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if delivered(r) {
				next.ServeHTTP(w, r)
				return
			}
			header := w.Header()
			header.Set("Content-Security-Policy", policy)
			header.Set("X-Frame-Options", "DENY")
			header.Set("X-Content-Type-Options", "nosniff")
			header.Set("Referrer-Policy", "no-referrer")
			header.Set("Cross-Origin-Opener-Policy", "same-origin")
			next.ServeHTTP(w, r)
		})
	}
}

// delivered reports whether a request is what a platform's servers send: no browser ever
// reads the answer.
func delivered(r *http.Request) bool {
	path := r.URL.Path
	return r.Method == http.MethodPost && (strings.HasPrefix(path, "/slack/") || strings.HasPrefix(path, "/discord/") || path == "/api/messages")
}

// hosts are the names that requests may be addressed to: the public URL's, and the
// listener's own where only this machine can reach it.
func hosts(public *url.URL, listener net.Addr) map[string]bool {
	allowed := map[string]bool{withPort(strings.ToLower(public.Host), public.Scheme): true}
	at, ok := listener.(*net.TCPAddr)
	if !ok || !at.IP.IsLoopback() {
		return allowed
	}
	for _, name := range []string{at.IP.String(), "127.0.0.1", "::1", "localhost"} {
		allowed[net.JoinHostPort(name, strconv.Itoa(at.Port))] = true
	}
	return allowed
}

// withPort is host with the scheme's port where it names none.
func withPort(host, scheme string) string {
	u := url.URL{Host: host}
	port := u.Port()
	switch {
	case port != "":
	case scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// addressed refuses requests for other hosts: a page elsewhere whose name was made to
// point here reads nothing.
func addressed(allowed map[string]bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			host := strings.ToLower(r.Host)
			if !allowed[withPort(host, "http")] && !allowed[withPort(host, "https")] {
				http.Error(w, "this host is not served here", http.StatusMisdirectedRequest)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// limited answers at most so many requests at once; open streams are not counted.
func limited(atOnce int) func(http.Handler) http.Handler {
	free := make(chan struct{}, atOnce)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == stream {
				next.ServeHTTP(w, r)
				return
			}
			select {
			case free <- struct{}{}:
				defer func() { <-free }()
				next.ServeHTTP(w, r)
			default:
				w.Header().Set("Retry-After", "2")
				http.Error(w, "too busy, try again in a moment", http.StatusServiceUnavailable)
			}
		})
	}
}

// bounded refuses a body that says it is too large at once, and stops reading one that
// turns out to be.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > maxBody {
			http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}
