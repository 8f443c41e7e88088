package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"cartwright/config"
)

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	c := mustRead(t, world{env: map[string]string{
		"REDIS_URL": "redis://:hush@host", "DATABASE_URL": "postgres://me:hush@host/db", "SECRET_KEY": "hush hush hush hush", "SECRET_KEY_OLD": "hush hush hush hush,hush hush hush hush",
		"PLAYGROUND_TOKEN": "hush",
	}})
	// Below an unexported field fmt calls no methods.
	private := struct{ c config.Config }{c}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{c, &c, private, c.SecretKey, &c.SecretKey, c.OldSecretKeys} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, "hush") || strings.Contains(text, fmt.Sprintf("%x", "hush")) {
				t.Errorf("%s of %T prints the secret: %s", verb, value, text)
			}
		}
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("read", "config", c, "key", c.SecretKey, "old", c.OldSecretKeys)
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	log.Write(encoded)
	if strings.Contains(log.String(), "hush") || strings.Count(log.String(), "[redacted]") < 10 {
		t.Errorf("the secret is in the log, or its place is not: %s", log.String())
	}
}

func TestWhetherASecretIsSetShows(t *testing.T) {
	t.Parallel()
	set, unset := config.NewSecret("hush"), config.NewSecret("")
	if got := fmt.Sprintf("%v|%s|%q|%#v|%v|%#v", set, set, set, set, unset, unset); got != `[redacted]|[redacted]|[redacted]|config.Secret("[redacted]")||config.Secret("")` {
		t.Error(got)
	}
	if set.Reveal() != "hush" || !set.Set() || unset.Set() || unset.Reveal() != "" {
		t.Error("a secret does not give back what it hides")
	}
}
