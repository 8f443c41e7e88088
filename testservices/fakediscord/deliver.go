package fakediscord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Delivery is an interaction that was delivered over HTTP, as it was sent.
type Delivery struct {
	Body   []byte
	Signed time.Time
}

// How the app failed to answer.
var (
	ErrTimeout = errors.New("the application did not respond")
	ErrStatus  = errors.New("the application answers badly")
)

// Deliveries are those over HTTP so far.
func (d *Discord) Deliveries() []Delivery {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Delivery(nil), d.deliveries...)
}

// Redeliver sends a delivery again as it was, with its old signature.
func (d *Discord) Redeliver(ctx context.Context, v Delivery) (status int, said []byte, err error) {
	return d.send(ctx, v.Body, v.Signed, d.key)
}

// Stale sends a delivery that was signed well, so long ago.
func (d *Discord) Stale(ctx context.Context, v Delivery, ago time.Duration) (status int, said []byte, err error) {
	return d.send(ctx, v.Body, v.Signed.Add(-ago), d.key)
}

// Forge sends a delivery with a signature that is not Discord's, as Discord itself does to
// see that it is refused.
func (d *Discord) Forge(ctx context.Context, v Delivery) (status int, said []byte, err error) {
	_, another, err := ed25519.GenerateKey(nil)
	if err != nil {
		return 0, nil, err
	}
	return d.send(ctx, v.Body, time.Now(), another)
}

// Validate does what Discord does before it takes the URL for interactions: a ping must be
// answered, one that is badly signed must be refused.
func (d *Discord) Validate(ctx context.Context) error {
	d.mu.Lock()
	ping, err := json.Marshal(map[string]any{"id": d.snowflake(), "application_id": d.Application, "type": pinged, "token": "ping", "version": 1})
	d.mu.Unlock()
	if err != nil {
		return err
	}
	v := Delivery{ping, time.Now()}
	status, said, err := d.Redeliver(ctx, v)
	var got struct {
		Type int `json:"type"`
	}
	if err != nil || status != http.StatusOK || json.Unmarshal(said, &got) != nil || got.Type != pong {
		return fmt.Errorf("%w: a ping is answered %d %s: %w", ErrStatus, status, said, errors.Join(err))
	}
	if status, _, err = d.Forge(ctx, v); err != nil || status != http.StatusUnauthorized {
		return fmt.Errorf("%w: a forged ping is answered %d: %w", ErrStatus, status, errors.Join(err))
	}
	return nil
}

// send signs and delivers a body; what is said must be JSON by its Content-Type.
func (d *Discord) send(ctx context.Context, body []byte, signed time.Time, key ed25519.PrivateKey) (status int, said []byte, err error) {
	d.mu.Lock()
	url := d.endpoint
	d.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	stamp := strconv.FormatInt(signed.Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(key, append([]byte(stamp), body...))))
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer got.Body.Close()
	said, err = io.ReadAll(got.Body)
	if err == nil && len(said) > 0 && got.StatusCode == http.StatusOK && !strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
		err = fmt.Errorf("%w: it is no JSON by its Content-Type", ErrStatus)
	}
	return got.StatusCode, said, err
}

// overHTTP delivers an interaction, and takes the answer that comes with the response: 200,
// or 202 without a body where the app calls.
func (d *Discord) overHTTP(ctx context.Context, i *interaction, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, d.AckTime)
	defer cancel()
	v := Delivery{body, time.Now()}
	d.mu.Lock()
	d.deliveries = append(d.deliveries, v)
	d.mu.Unlock()
	status, said, err := d.Redeliver(ctx, v)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout
	case err != nil:
		return err
	case status == http.StatusAccepted && len(said) == 0:
		return nil
	case status != http.StatusOK:
		return fmt.Errorf("%w: %d", ErrStatus, status)
	}
	var inline any
	if err := json.Unmarshal(said, &inline); err != nil {
		return fmt.Errorf("%w: %w", ErrStatus, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if no := d.take(i, inline); no != nil {
		d.refusals = append(d.refusals, "inline answer: "+no.Error())
		return no
	}
	return nil
}
