package teams

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
)

// What panics behind an answer is logged, and the program goes on.
func TestAPanicBehindAnAnswer(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	p := New(Options{Log: slog.New(slog.NewTextHandler(&text, nil))})
	p.behind(func(context.Context) { panic("a mistake") })
	p.work.Wait()
	if !strings.Contains(text.String(), "a mistake") {
		t.Errorf("it is logged: %s", &text)
	}
}
