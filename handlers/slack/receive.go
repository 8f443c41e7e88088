package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"github.com/slack-go/slack"
)

// Commands takes slash commands.
func (s *Slack) Commands(w http.ResponseWriter, r *http.Request) {
	form, ok := s.form(w, r)
	if !ok {
		return
	}
	if form.Get("ssl_check") == "1" {
		return // Slack looks whether the certificate is good
	}
	s.answer(w, r, func(ctx context.Context) (delivery, error) { return s.command(commandOf(form)) })
}

// Interactions takes clicks, submissions of modals and shortcuts.
func (s *Slack) Interactions(w http.ResponseWriter, r *http.Request) {
	form, ok := s.form(w, r)
	if !ok {
		return
	}
	s.answer(w, r, func(context.Context) (delivery, error) { return s.interaction([]byte(form.Get("payload"))) })
}

// Events takes what the Events API delivers.
func (s *Slack) Events(w http.ResponseWriter, r *http.Request) {
	body, ok := s.verified(w, r)
	if !ok {
		return
	}
	var challenge struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if decode(body, &challenge) == nil && challenge.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, challenge.Challenge)
		return
	}
	s.answer(w, r, func(context.Context) (delivery, error) { return s.happening(body) })
}

// maxFirst is how much room a body is given at first, whatever it says of its length.
const maxFirst = 64 << 10

// verified is a request's body, once Slack's signature over it was found good and fresh:
// not more than five minutes from now. Otherwise it has been answered.
func (s *Slack) verified(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	var read bytes.Buffer
	read.Grow(int(min(max(r.ContentLength, 512), maxFirst)) + bytes.MinRead)
	_, err := read.ReadFrom(r.Body)
	body := read.Bytes()
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		return nil, false
	case err != nil:
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return nil, false
	}
	if !s.ServesHTTP() || !signed(r.Header, body, s.SigningSecret) {
		w.WriteHeader(http.StatusUnauthorized)
		return nil, false
	}
	return body, true
}

func signed(header http.Header, body []byte, secret string) bool {
	v, err := slack.NewSecretsVerifier(header, secret)
	if err != nil {
		return false
	}
	_, _ = v.Write(body) // a hash takes everything
	return v.Ensure() == nil
}

// form is a verified body's fields. The URL's query is never looked at: it is not signed.
func (s *Slack) form(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	body, ok := s.verified(w, r)
	if !ok {
		return nil, false
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		http.Error(w, "the body must be a form", http.StatusBadRequest)
		return nil, false
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return nil, false
	}
	return form, true
}

// answer acknowledges a delivery, and goes on behind.
func (s *Slack) answer(w http.ResponseWriter, r *http.Request, read func(context.Context) (delivery, error)) {
	d, err := read(r.Context())
	if err != nil {
		s.Log.WarnContext(r.Context(), "a delivery of Slack's cannot be read", "err", err)
		http.Error(w, "the payload cannot be read", http.StatusBadRequest)
		return
	}
	after := s.take(r.Context(), d, func(ack any, late bool) { acknowledge(w, ack, late) })
	if after != nil {
		s.behind(after)
	}
}

// acknowledge answers the request; while the turn goes on behind it, at once and whole.
func acknowledge(w http.ResponseWriter, ack any, late bool) {
	var body []byte
	if ack != nil {
		body, _ = json.Marshal(ack) // what is made of a prompt always marshals
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // Slack has gone: it delivers again, or the person does
	if late {
		_ = http.NewResponseController(w).Flush()
	}
}
