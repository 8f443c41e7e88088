package conversations

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// What panics behind an answer is logged with where it was, and the bot goes on.
func TestAPanicBehindAnAnswer(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	Safely(t.Context(), slog.New(slog.NewTextHandler(&text, nil)), func() { panic("a mistake") })
	if !strings.Contains(text.String(), "a mistake") || !strings.Contains(text.String(), "delivery_test.go") {
		t.Errorf("it is logged: %s", &text)
	}
}

// What may be told to wait is done again until it is done, is refused, or nobody has time.
func TestPatiently(t *testing.T) {
	t.Parallel()
	no, busy := errors.New("no"), &Wait{For: time.Millisecond, Cause: errors.New("busy")}
	for name, c := range map[string]struct{ says, want error }{"done": {nil, nil}, "refused": {no, no}} {
		tries := 0
		err := Patiently(t.Context(), func() error {
			if tries++; tries < 3 {
				return busy
			}
			return c.says
		})
		if !errors.Is(err, c.want) || tries != 3 {
			t.Errorf("%s: %v after %d tries", name, err, tries)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := Patiently(ctx, func() error { return &Wait{For: time.Hour, Cause: no} }); !errors.Is(err, no) {
		t.Errorf("nobody has time: %v", err)
	}
}
