package faketeams

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// How the bot failed to answer.
var (
	ErrTimeout = errors.New("the bot did not answer in time")
	ErrStatus  = errors.New("the bot did not take it")
)

// deliver brings an activity to the bot, with a good token.
func (t *Teams) deliver(ctx context.Context, activity map[string]any) (Delivery, error) {
	body, err := json.Marshal(activity)
	if err != nil {
		return Delivery{}, err
	}
	d, header, err := t.post(ctx, "Bearer "+t.Token(nil), body)
	d.Activity = copied(activity)
	t.mu.Lock()
	t.sent = append(t.sent, d)
	t.mu.Unlock()
	switch {
	case err != nil:
		return d, err
	case d.Status < 200 || d.Status > 299:
		return d, fmt.Errorf("%w: %d %s", ErrStatus, d.Status, d.Answer)
	case activity["type"] == "invoke" && !isJSON(header):
		return d, fmt.Errorf("%w: it is of type %q", ErrAnswer, header.Get("Content-Type"))
	}
	return d, nil
}

// Post sends a body to the bot with that Authorization header, "" for none. It answers the
// status and the body of the bot's answer.
func (t *Teams) Post(ctx context.Context, authorization string, body []byte) (int, []byte, error) {
	d, _, err := t.post(ctx, authorization, body)
	return d.Status, d.Answer, err
}

// Redeliver delivers an activity once more, the same in all but its token.
func (t *Teams) Redeliver(ctx context.Context, d Delivery) (Delivery, error) {
	return t.deliver(ctx, d.Activity)
}

func (t *Teams) post(ctx context.Context, authorization string, body []byte) (Delivery, http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, t.AnswerTime)
	defer cancel()
	t.mu.Lock()
	bot := t.bot
	t.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, bot, bytes.NewReader(body))
	if err != nil {
		return Delivery{}, nil, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	began := time.Now()
	answer, err := http.DefaultClient.Do(r)
	d := Delivery{Took: time.Since(began)}
	if err == nil {
		defer answer.Body.Close()
		d.Status = answer.StatusCode
		d.Answer, err = io.ReadAll(answer.Body)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return d, nil, ErrTimeout
	}
	if err != nil {
		return d, nil, err
	}
	return d, answer.Header, nil
}
