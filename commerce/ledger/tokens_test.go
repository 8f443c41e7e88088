package ledger

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cartwright/commerce"
)

const token = "5f0c1b8e9a7d4c2b8f6e3d1a0b9c8d7e"

func TestAPaymentTokenFindsItsOrderUntilItIsReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		save(t, l, newOrder("CW-1", 1), noon)
		if got, err := l.PaymentToken(t.Context(), "CW-1"); got != "" || err != nil {
			t.Errorf("before any: got %q, %v", got, err)
		}
		change(t, l, func(tx commerce.Tx) error { return tx.SetPaymentToken("CW-1", "an earlier one") })
		change(t, l, func(tx commerce.Tx) error { return tx.SetPaymentToken("CW-1", token) })

		o, err := l.ByPaymentToken(t.Context(), token)
		check(t, err)
		shown, err := l.PaymentToken(t.Context(), "CW-1")
		check(t, err)
		if o.ID != "CW-1" || shown != token {
			t.Errorf("found %q, shown %q", o.ID, shown)
		}
		for _, wrong := range []string{"an earlier one", "", token[1:], tokenHash(token)} {
			if _, err := l.ByPaymentToken(t.Context(), wrong); !commerce.IsCode(err, commerce.CodeNotFound) {
				t.Errorf("%q: got %v, want not found", wrong, err)
			}
		}
	})
}

func TestATokenIsNowhereInTheDatabase(t *testing.T) {
	t.Parallel()
	url := sqliteURL(t)
	l := open(t, url)
	save(t, l, newOrder("CW-1", 1), noon)
	change(t, l, func(tx commerce.Tx) error { return tx.SetPaymentToken("CW-1", token) })
	files, err := filepath.Glob(strings.TrimPrefix(url, "sqlite:") + "*")
	check(t, err)
	var all []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		check(t, err)
		all = append(all, content...)
	}
	if !bytes.Contains(all, []byte(tokenHash(token))) {
		t.Fatal("not even the hash is there: this test looks in the wrong place")
	}
	if bytes.Contains(all, []byte(token)) {
		t.Error("the token itself is in the database")
	}
}

func TestOnlyTheRightKeyShowsAToken(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		save(t, l, newOrder("CW-1", 1), noon)
		save(t, l, newOrder("CW-2", 2), noon)
		change(t, l, func(tx commerce.Tx) error { return tx.SetPaymentToken("CW-1", token) })

		const next = "the next secret, of many bytes"
		rotated := openWith(t, url, Options{Keys: keyring(t, next, secret)})
		if got, err := rotated.PaymentToken(t.Context(), "CW-1"); got != token || err != nil {
			t.Errorf("with the old key kept: got %q, %v", got, err)
		}
		stranger := openWith(t, url, Options{Keys: keyring(t, next)})
		if got, err := stranger.PaymentToken(t.Context(), "CW-1"); got != "" || err == nil {
			t.Errorf("with another key: got %q, %v", got, err)
		}
		behind(t, l, "UPDATE payment_tokens SET order_id = 'CW-2'")
		if got, err := l.PaymentToken(t.Context(), "CW-2"); got != "" || err == nil {
			t.Errorf("moved to another order: got %q, %v", got, err)
		}
	})
}

func TestKeysAreLongEnoughAndPrintAsNothing(t *testing.T) {
	t.Parallel()
	if _, err := NewKeyring("fifteen bytes.."); err == nil {
		t.Error("a short secret was taken")
	}
	if _, err := NewKeyring(secret, "short"); err == nil {
		t.Error("a short old secret was taken")
	}
	ring := keyring(t, secret)
	if k := ring.keys[0]; k.mac("entry", []byte("x")) == k.mac("head", []byte("x")) {
		t.Error("what was signed as an entry is signed as a head too")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, ring); got != "Keyring" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	if _, err := Open(t.Context(), sqliteURL(t), Options{}); err == nil {
		t.Error("a ledger without a key was opened")
	}
}
