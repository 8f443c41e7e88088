package conversations_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"cartwright/conversations/locale"
)

// wordless are the words and values that any test's prompt asked for in vain.
var wordless struct {
	sync.Mutex
	what []string
}

func TestMain(m *testing.M) {
	locale.OnMissing(func(lang, what string) {
		wordless.Lock()
		defer wordless.Unlock()
		wordless.what = append(wordless.what, lang+": "+what)
	})
	fewerWalks()
	code := m.Run()
	forgetTemplate()
	slices.Sort(wordless.what)
	for _, what := range slices.Compact(wordless.what) {
		fmt.Fprintln(os.Stderr, "no words in", what)
		code = 1
	}
	os.Exit(code)
}

// fewerWalks keeps random walks to some seconds, unless -rapid.checks asks for others:
// each is a world of its own.
func fewerWalks() {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		_ = flag.Set("rapid.checks", "20")
	}
}
