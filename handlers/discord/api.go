package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cartwright/conversations"
)

// api calls Discord's REST API, with calls of its own: discordgo keeps a bucket for each
// interaction for ever, and sleeps where somebody waits.
type api struct {
	url, token string
	http       *http.Client
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

// refused is what Discord says of a call that it did not take.
type refused struct {
	Status  int
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (r *refused) Error() string {
	return fmt.Sprintf("Discord answers %d: %s (%d)", r.Status, r.Message, r.Code)
}

// Is tells that nothing came of the call.
func (r *refused) Is(target error) bool { return target == conversations.ErrRefused && r.Status < 500 }

// call makes a call. A path that holds an interaction's token is authorised by that.
// *conversations.Wait: Discord limits how often it is called, or does not answer.
func (a api) call(ctx context.Context, method, path string, body, result any) error {
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(encoded(body))
	}
	r, err := http.NewRequestWithContext(ctx, method, a.url+path, content)
	if err != nil {
		return errors.New("call Discord: the address is none") // without the token in it
	}
	r.Header.Set("Content-Type", "application/json")
	if !strings.HasPrefix(path, "webhooks/") && !strings.HasPrefix(path, "interactions/") {
		r.Header.Set("Authorization", "Bot "+a.token)
	}
	got, err := a.http.Do(r)
	if err != nil {
		return &conversations.Wait{For: time.Second, Cause: fmt.Errorf("call Discord: %w", errors.Unwrap(err))}
	}
	defer got.Body.Close()
	text, err := io.ReadAll(io.LimitReader(got.Body, maxAnswer))
	switch {
	case err != nil:
		return &conversations.Wait{For: time.Second, Cause: fmt.Errorf("read Discord's answer: %w", err)}
	case got.StatusCode == http.StatusTooManyRequests:
		return limited(got.Header, text)
	case got.StatusCode >= 500:
		return &conversations.Wait{For: time.Second, Cause: &refused{Status: got.StatusCode}}
	case got.StatusCode >= 300:
		no := refused{Status: got.StatusCode}
		_ = json.Unmarshal(text, &no) // what it says is for the operator only
		return &no
	case result == nil:
		return nil
	}
	if err := json.Unmarshal(text, result); err != nil {
		return fmt.Errorf("read Discord's answer: %w", err)
	}
	return nil
}

// longestWait is what is believed of how long a limit lasts.
const longestWait = 5 * time.Minute

// limited says how long to wait: by the body or, where it is not Discord's own that answers
// but what stands before it, by the header.
func limited(h http.Header, text []byte) error {
	var said struct {
		RetryAfter float64 `json:"retry_after"`
	}
	if json.Unmarshal(text, &said) != nil || said.RetryAfter <= 0 {
		said.RetryAfter, _ = strconv.ParseFloat(h.Get("Retry-After"), 64) // without a word it is a second
	}
	wait := longestWait
	if said.RetryAfter < longestWait.Seconds() {
		wait = max(time.Duration(said.RetryAfter*float64(time.Second)), time.Second)
	}
	return &conversations.Wait{For: wait, Cause: &refused{Status: http.StatusTooManyRequests}}
}
