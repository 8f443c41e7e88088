package config

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// EnsureSecretKey gives a Config without a secret key the one that is kept in FILE.key
// beside the SQLite file, and makes it at the first start. Two programs that start at
// once get the same key. It changes nothing where SecretKey is set.
func (c *Config) EnsureSecretKey() error {
	if c.SecretKey.Set() {
		return nil
	}
	path, sqlite := c.SQLitePath()
	if !sqlite {
		return errors.New("find the secret key: PostgreSQL keeps none")
	}
	key, err := keptKey(path + ".key")
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(path + ".key")
	}
	if err != nil {
		return fmt.Errorf("find the secret key: %w", err)
	}
	c.SecretKey = key
	return nil
}

func keptKey(path string) (Secret, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Secret{}, err
	}
	if open := info.Mode().Perm() & 0o077; open != 0 {
		return Secret{}, fmt.Errorf("%s may be read by others (mode %#o): chmod 600 it", path, info.Mode().Perm())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Secret{}, err
	}
	text := strings.TrimSpace(string(raw))
	if text == "" {
		return Secret{}, fmt.Errorf("%s is empty: put the key back from a copy, or set SECRET_KEY", path)
	}
	return NewSecret(text), nil
}

// makeKey writes a new key whole or not at all, and never over another program's.
func makeKey(path string) (Secret, error) {
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return Secret{}, err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // mode 0600
	if err != nil {
		return Secret{}, err
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(base64.StdEncoding.EncodeToString(random) + "\n")
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return Secret{}, err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Secret{}, err
	}
	return keptKey(path)
}
