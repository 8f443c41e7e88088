package intent_test

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/more.tsv
var more string

// More messages, of every kind in all four languages, without the locale of a profile.
func TestMoreMessages(t *testing.T) {
	t.Parallel()
	var table []said
	for row := range strings.Lines(more) {
		if text, want, ok := strings.Cut(strings.TrimRight(row, "\n"), "\t"); ok && !strings.HasPrefix(row, "#") {
			table = append(table, said{strings.ReplaceAll(text, `\n`, "\n"), want})
		}
	}
	if len(table) < 300 {
		t.Fatalf("only %d messages were read", len(table))
	}
	check(t, "", table)
}

// A quoted line of a mail is not what its reader wants.
func TestQuotedLines(t *testing.T) {
	t.Parallel()
	check(t, "", []said{
		{"> buy 5 visio\nno thanks", "none"},
		{"> who needs what?\n5 Visio please, yearly", "buy = visio-p2 5 annual -"},
	})
}
