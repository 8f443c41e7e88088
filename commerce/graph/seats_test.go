package graph

import (
	"testing"
	"time"
)

// A creation that is not told, or not as a time, is none: what is owned is read all the same.
func TestWhenASubscriptionWasCreated(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2026-11-24T12:00:00Z":      time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
		"2026-11-24T14:00:00+02:00": time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
		"":                          {},
		"yesterday":                 {},
	} {
		if got := (subscription{Created: text}).created(); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
