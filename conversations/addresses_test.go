package conversations

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Lists are read as people paste them, from a mail program, a table or a chat.
func TestReadAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                         nil,
		" ;,\r\n\t":                nil,
		"a@x":                      {"a@x"},
		"a@x, b@x; c@x\nd@x\te@x":  {"a@x", "b@x", "c@x", "d@x", "e@x"},
		"a@x\r\nA@X\nb@x":          {"a@x", "b@x"},
		"Aïcha <a@x>":              {"a@x"},
		`"Olsen, Álvaro" <a@x>; b`: {"a@x", "b"},
		"Olsen, Álvaro <a@x>, Traoré, Amélie <b@x>, c@x": {"a@x", "b@x", "c@x"},
		"<a@x> <b@x>":                      {"a@x", "b@x"},
		"<mailto:a@x|a@x>, mailto:b@x":     {"a@x", "b@x"},
		"(a@x), 'b@x', c@x.":               {"a@x", "b@x", "c@x"},
		"not an address":                   {"not", "an", "address"},
		"o'neil@x zoë@x a+b@x":             {"o'neil@x", "zoë@x", "a+b@x"},
		"a@x\u00a0b@x\u2028c@x\x00d@x":     {"a@x", "b@x", "c@x", "d@x"},
		"<> <@> <<a@x>>":                   {"@", "a@x"},
		"<b>@q, (<b>@q), [a]@x <i>":        {"<b>@q", "(<b>@q)", "[a]@x", "i"},
		"<b>@q <a@x>":                      {"a@x", "<b>@q"},
		"<<b>@q>; <b@q; b@q>":              {"<<b>@q>", "b@q"},
		"'o'neil@x', <o'neil@x.>":          {"o'neil@x.", "o'neil@x"},
		"Aïcha <a@x>\nBruno, b@x\nemil@x,": {"a@x", "Bruno", "b@x", "emil@x"},
	} {
		if diff := cmp.Diff(want, readAddresses(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// Whatever is pasted, what is read of it is what is read of it again, each once.
func FuzzReadAddresses(f *testing.F) {
	for _, text := range []string{"", "a@x, b@x", "Aïcha <a@x>", "<mailto:a@x|a@x>", "<<<", "\xff\x00;", strings.Repeat("a@x ", 50), "\"'()[]<>.:"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "\uFFFD")
		all := readAddresses(text)
		seen := map[string]bool{}
		for _, a := range all {
			if a == "" || strings.ContainsAny(a, " ,;\n\r\t") || seen[strings.ToLower(a)] {
				t.Errorf("%q of %q", a, text)
			}
			seen[strings.ToLower(a)] = true
		}
		if n := len(strings.Join(all, "")); n > len(text) {
			t.Errorf("%d bytes were read of %d", n, len(text))
		}
	})
}
