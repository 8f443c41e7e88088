package testservices

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Goldens reads the prompts of every situation in every cloud, each in the four languages,
// by the situation and the cloud: "details.worldwide". It is for packages two folders below
// the project's root.
func Goldens[T any](t testing.TB) map[string][]T {
	t.Helper()
	files, err := filepath.Glob("../../conversations/testdata/golden/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	all := map[string][]T{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var prompts []T
		if err := json.Unmarshal(text, &prompts); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = prompts
	}
	return all
}

// Rendered is what a platform makes of a prompt: what somebody reads, and all that is sent.
type Rendered struct {
	Lang, Read string
	Sent       []byte
}

// GoldenRendering holds what a platform makes of every prompt to testdata/rendered.<language>.txt:
// what somebody reads, and a hash of what is sent. update writes it anew.
func GoldenRendering(t *testing.T, update bool, all map[string][]Rendered) {
	t.Helper()
	files := map[string]*strings.Builder{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, r := range all[name] {
			if files[r.Lang] == nil {
				files[r.Lang] = new(strings.Builder)
			}
			sum := sha256.Sum256(canonical(t, r.Sent))
			fmt.Fprintf(files[r.Lang], "== %s %s\n%s\n\n", name, hex.EncodeToString(sum[:6]), strings.TrimSpace(r.Read))
		}
	}
	for lang, text := range files {
		holdTo(t, filepath.Join("testdata", "rendered."+lang+".txt"), text.String(), update)
	}
}

// canonical is JSON, of one value or several, as it always is for the same values.
func canonical(t testing.TB, sent []byte) []byte {
	t.Helper()
	var all []any
	for d := json.NewDecoder(bytes.NewReader(sent)); d.More(); {
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func holdTo(t *testing.T, file, text string, update bool) {
	t.Helper()
	if update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	before, now := strings.Split(string(was), "\n\n== "), strings.Split(text, "\n\n== ")
	for i := range max(len(before), len(now)) {
		if i >= len(before) || i >= len(now) || before[i] != now[i] {
			t.Errorf("%s is another from here on (go test -update writes it):\n%s\nwant\n%s", file, part(now, i), part(before, i))
			return
		}
	}
}

func part(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return "nothing"
}

// Schema reads a published schema that is not part of the project. Without it the test that
// asks is skipped, and says so.
func Schema(t testing.TB, name, untested string) []byte {
	t.Helper()
	folder := os.Getenv("SCHEMAS_DIR")
	if folder == "" {
		folder = "../../../shared/data/schemas"
	}
	raw, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Skipf("NOT TESTED: %s by %s, which is not here (SCHEMAS_DIR)", untested, name)
	}
	return raw
}
