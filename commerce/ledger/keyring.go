package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
)

// Keyring holds what is derived from SECRET_KEY and SECRET_KEY_OLD: the current key
// signs and seals, every key verifies and unseals. It prints as nothing.
type Keyring struct{ keys []key } // the current one first

type key struct {
	id    string // names the key in what was made with it
	audit []byte
	seals map[string]cipher.AEAD // by what they are for
}

var errUnknownKey = errors.New("made with a key that is neither SECRET_KEY nor in SECRET_KEY_OLD")

// NewKeyring derives the keys of secrets, each at least 16 bytes.
func NewKeyring(current string, old ...string) (Keyring, error) {
	var ring Keyring
	for i, secret := range append([]string{current}, old...) {
		name := "SECRET_KEY"
		if i > 0 {
			name = fmt.Sprintf("SECRET_KEY_OLD, number %d", i)
		}
		if len(secret) < 16 {
			return Keyring{}, fmt.Errorf("%s: at least 16 bytes are needed", name)
		}
		k, err := newKey(secret)
		if err != nil {
			return Keyring{}, fmt.Errorf("%s: %w", name, err)
		}
		ring.keys = append(ring.keys, k)
	}
	return ring, nil
}

// newKey derives one key for each purpose, so that what is made for one says nothing of
// the other.
func newKey(secret string) (key, error) {
	audit, err := hkdf.Key(sha256.New, []byte(secret), nil, "cartwright audit chain", 32)
	if err != nil {
		return key{}, err
	}
	seals := map[string]cipher.AEAD{}
	for _, purpose := range []string{paymentTokens, platformTokens} {
		if seals[purpose], err = newSeal(secret, purpose); err != nil {
			return key{}, err
		}
	}
	sum := sha256.Sum256(audit)
	return key{id: hex.EncodeToString(sum[:6]), audit: audit, seals: seals}, nil
}

// What is sealed, each with a key of its own.
const (
	paymentTokens  = "cartwright payment tokens"
	platformTokens = "cartwright platform tokens"
)

func newSeal(secret, purpose string) (cipher.AEAD, error) {
	seal, err := hkdf.Key(sha256.New, []byte(secret), nil, purpose, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (Keyring) String() string       { return "Keyring" }
func (Keyring) GoString() string     { return "Keyring" }
func (Keyring) LogValue() slog.Value { return slog.StringValue("Keyring") }

func (r Keyring) find(id string) (key, error) {
	for _, k := range r.keys {
		if k.id == id {
			return k, nil
		}
	}
	return key{}, errUnknownKey
}

// mac signs text as being of a kind, "entry" or "head".
func (k key) mac(kind string, text []byte) string {
	h := hmac.New(sha256.New, k.audit)
	h.Write([]byte(kind))
	h.Write([]byte{0})
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil))
}

// verify says what is wrong with a mac that key id is said to have made.
func (r Keyring) verify(id, kind string, text []byte, mac string) error {
	k, err := r.find(id)
	if err != nil {
		return err
	}
	if !hmac.Equal([]byte(k.mac(kind, text)), []byte(mac)) {
		return errors.New("the MAC does not match")
	}
	return nil
}

// sealed encrypts text for the place named by where, and opens nowhere else.
func (k key) sealed(purpose, text, where string) string {
	raw := k.seals[purpose].Seal(nil, nil, []byte(text), []byte(where)) //nolint:gosec // it makes the nonce itself, and the nonce given must be nil
	return base64.StdEncoding.EncodeToString(raw)
}

func (r Keyring) unseal(purpose, id, sealed, where string) (string, error) {
	k, err := r.find(id)
	if err != nil {
		return "", err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", err
	}
	text, err := k.seals[purpose].Open(nil, nil, raw, []byte(where))
	return string(text), err
}
