package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that no log, error or dump may show: whatever prints it, prints
// "[redacted]", or nothing where it is not set.
type Secret struct {
	// A pointer, because fmt ignores methods below unexported fields and would print a
	// plain string there; of a pointer it prints the address.
	hidden *string
}

// NewSecret hides text; "" is the Secret that is not set.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal is the text itself, "" where it is not set.
func (s Secret) Reveal() string {
	if s.hidden == nil {
		return ""
	}
	return *s.hidden
}

// Set reports whether there is a text.
func (s Secret) Set() bool { return s.hidden != nil }

func (s Secret) String() string {
	if s.Set() {
		return "[redacted]"
	}
	return ""
}

func (s Secret) GoString() string { return fmt.Sprintf("config.Secret(%q)", s.String()) }

func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Format answers every verb alike: %x of a secret would be the secret.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'v' && f.Flag('#') {
		_, _ = io.WriteString(f, s.GoString())
		return
	}
	_, _ = io.WriteString(f, s.String())
}
