package fakeslack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Delivery is something that was delivered to the app, as it was sent.
type Delivery struct {
	Kind    string // commands, interactions or events: the path's end
	Type    string // of its body
	Body    []byte
	Signed  time.Time
	payload map[string]any
	answers bool // an acknowledgement may carry a payload
}

// How the app failed to acknowledge.
var (
	ErrTimeout = errors.New("operation_timeout")
	ErrStatus  = errors.New("dispatch_failed")
)

// sign is Slack's signature of a body.
func sign(secret, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte("v0:" + stamp + ":"))
	_, _ = mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// deliver brings something to the app and answers what it acknowledged with.
func (s *Slack) deliver(ctx context.Context, d Delivery, header http.Header) ([]byte, error) {
	d.Signed = s.Now()
	s.mu.Lock()
	s.sent = append(s.sent, d)
	app := s.app
	s.mu.Unlock()
	if app == "" {
		return s.bySocket(ctx, d)
	}
	status, body, err := s.post(ctx, app, d, s.SigningSecret, d.Signed, header)
	switch {
	case err != nil:
		return nil, err
	case status != http.StatusOK:
		return nil, fmt.Errorf("%w: %d %s", ErrStatus, status, body)
	}
	return body, nil
}

func (s *Slack) post(ctx context.Context, app string, d Delivery, secret string, at time.Time, more http.Header) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.AckTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, app+"/slack/"+d.Kind, bytes.NewReader(d.Body))
	if err != nil {
		return 0, nil, err
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("Content-Type", d.Type)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", sign(secret, stamp, d.Body))
	maps.Copy(r.Header, more)
	answer, err := http.DefaultClient.Do(r)
	if errors.Is(err, context.DeadlineExceeded) {
		return 0, nil, ErrTimeout
	}
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// Deliveries are those so far.
func (s *Slack) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Delivery(nil), s.sent...)
}

// Replay sends a delivery over HTTP once more: signed with a secret, at a time, with
// headers changed. It answers the status and the body.
func (s *Slack) Replay(ctx context.Context, d Delivery, secret string, at time.Time, change http.Header) (int, []byte, error) {
	s.mu.Lock()
	app := s.app
	s.mu.Unlock()
	return s.post(ctx, app, d, secret, at, change)
}

const formType = "application/x-www-form-urlencoded"

func interactionOf(payload map[string]any) (Delivery, error) {
	text, err := json.Marshal(payload)
	body := url.Values{"payload": {string(text)}}.Encode()
	return Delivery{Kind: "interactions", Type: formType, Body: []byte(body), payload: payload, answers: payload["type"] == "view_submission"}, err
}

// happened delivers an event, and again while it is not acknowledged.
func (w *Workspace) happened(ctx context.Context, event map[string]any) error {
	w.mu.Lock()
	payload := map[string]any{
		"token": "deprecated", "team_id": w.ID, "api_app_id": "A1", "event": event, "type": "event_callback",
		"event_id": fmt.Sprintf("Ev%08d", w.number()), "event_time": w.Now().Unix(), "authed_users": []string{w.BotUser},
		"authorizations": []any{map[string]any{"team_id": w.ID, "user_id": w.BotUser, "is_bot": true, "is_enterprise_install": false}},
	}
	w.mu.Unlock()
	body, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	d := Delivery{Kind: "events", Type: "application/json", Body: body, payload: payload}
	_, err = w.deliver(ctx, d, nil)
	for n, wait := range w.Retries {
		if err == nil {
			break
		}
		time.Sleep(wait)
		reason := "http_error"
		if errors.Is(err, ErrTimeout) {
			reason = "http_timeout"
		}
		_, err = w.deliver(ctx, d, http.Header{"X-Slack-Retry-Num": {strconv.Itoa(n + 1)}, "X-Slack-Retry-Reason": {reason}})
	}
	return err
}
