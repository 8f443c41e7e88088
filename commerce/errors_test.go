package commerce

import (
	"errors"
	"testing"
)

// A log line of an error says its code, what it is about and why, in the same order each time.
func TestHowAnErrorIsWritten(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"unavailable":                         Refuse(CodeUnavailable),
		"unavailable: sign in: no route":      Refuse(CodeUnavailable).Because(errors.New("sign in: no route")),
		"quantity max=300 min=1":              Refuse(CodeQuantity, "min", 1, "max", 300),
		"cart_full max=10: the eleventh line": Refuse(CodeCartFull, "max", 10).Because(errors.New("the eleventh line")),
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err.Error(), want)
		}
	}
}
