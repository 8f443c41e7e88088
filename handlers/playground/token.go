package playground

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// sessionTime is how long the token need not be entered again.
const sessionTime = 12 * time.Hour

// Attempts at the token from one address, a minute; and addresses remembered.
const (
	maxTries = 10
	maxFrom  = 10_000
)

// attempts counts wrong tokens by the address that they came from.
type attempts struct {
	mu   sync.Mutex
	from map[string]*tries
}

type tries struct {
	since time.Time
	count int
}

// allowed reports whether the request may see the playground.
func (p *Playground) allowed(r *http.Request) bool {
	if p.Token == "" {
		return true
	}
	cookie, err := r.Cookie(p.cookieName())
	if err != nil {
		return false
	}
	until, _, ok := strings.Cut(cookie.Value, ".")
	if !ok || !hmac.Equal([]byte(cookie.Value), []byte(p.sign(until))) {
		return false
	}
	seconds, err := strconv.ParseInt(until, 10, 64)
	return err == nil && p.Now().Before(time.Unix(seconds, 0))
}

// Enter takes the token from the form, and opens the page to who knows it.
func (p *Playground) Enter(w http.ResponseWriter, r *http.Request) {
	if p.Token == "" {
		http.NotFound(w, r)
		return
	}
	err := r.ParseForm()
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		return
	case err != nil || !r.PostForm.Has("token"):
		http.Error(w, "the form is malformed", http.StatusBadRequest)
		return
	}
	from, _, _ := net.SplitHostPort(r.RemoteAddr)
	if !p.attempts.take(from, p.Now()) {
		w.Header().Set("Retry-After", "60")
		p.askToken(w, r, http.StatusTooManyRequests, "playground.token.wait")
		return
	}
	given := sha256.Sum256([]byte(strings.TrimSpace(r.PostForm.Get("token"))))
	if subtle.ConstantTimeCompare(given[:], p.secret[:]) != 1 {
		p.askToken(w, r, http.StatusUnauthorized, "playground.token.wrong")
		return
	}
	p.attempts.clear(from)
	http.SetCookie(w, p.session())
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/"+p.choice(r).query(), http.StatusSeeOther)
}

func (p *Playground) session() *http.Cookie {
	until := strconv.FormatInt(p.Now().Add(sessionTime).Unix(), 10)
	return &http.Cookie{
		Name:     p.cookieName(),
		Value:    p.sign(until),
		Path:     "/",
		MaxAge:   int(sessionTime / time.Second),
		HttpOnly: true,
		Secure:   p.Secure,
		SameSite: http.SameSiteStrictMode,
	}
}

// cookieName is one that, over https, no other host can set for this one.
func (p *Playground) cookieName() string {
	if p.Secure {
		return "__Host-cartwright-playground"
	}
	return "cartwright-playground"
}

// sign covers the token too: another token ends every session.
func (p *Playground) sign(until string) string {
	mac := hmac.New(sha256.New, p.Key)
	fmt.Fprintf(mac, "playground session\n%s\n%x", until, p.secret)
	return until + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// take counts an attempt. It is false when the address has had its share.
func (a *attempts) take(from string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	t, ok := a.from[from]
	if !ok || now.Sub(t.since) >= time.Minute {
		if len(a.from) >= maxFrom {
			clear(a.from)
		}
		t = &tries{since: now}
		a.from[from] = t
	}
	t.count++
	return t.count <= maxTries
}

func (a *attempts) clear(from string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.from, from)
}
