package conversations

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/conversations/locale"
)

var update = flag.Bool("update", false, "write the golden files anew")

const goldenDir = "testdata/golden"

// golden is one situation of one prompt.
type golden struct {
	state state
	facts facts
}

// goldens are all situations by name, for readers of lang.
func goldens(t *testing.T, lang string) map[string]golden {
	t.Helper()
	all := map[string]golden{}
	for _, some := range []map[string]golden{
		wizardGoldens(t, lang), cartGoldens(t, lang), checkoutGoldens(t, lang), orderGoldens(t, lang), momentGoldens(t, lang), answerGoldens(t, lang),
		licenceGoldens(t, lang),
	} {
		for name, g := range some {
			if _, twice := all[name]; twice {
				t.Fatalf("two goldens are named %s", name)
			}
			all[name] = g
		}
	}
	return all
}

// Every prompt in every language, as it is handed to platforms. -update writes them anew.
func TestGoldens(t *testing.T) {
	t.Parallel()
	written := map[string]bool{}
	for _, lang := range locale.Languages() {
		for _, err := range samples {
			written[troubleFile(err, lang)] = true // TestTrouble compares them
		}
		for name := range renewalNotices(goldenFacts(t, lang)) {
			for _, who := range renewalReaders {
				written[renewalFile(name, who, lang)] = true // TestRenewalNotices compares them
			}
		}
		for name, g := range goldens(t, lang) {
			file := filepath.Join(goldenDir, name+"."+lang+".json")
			written[file] = true
			p := view(g.state, g.facts)
			for _, wrong := range Unsound(p) {
				t.Errorf("%s: %s", file, wrong)
			}
			if p.Locale != lang {
				t.Errorf("%s is in %q", file, p.Locale)
			}
			if diff := cmp.Diff(p, view(g.state, g.facts)); diff != "" {
				t.Errorf("%s differs when it is shown again:\n%s", file, diff)
			}
			compareGolden(t, file, p)
		}
	}
	noOtherGoldens(t, written)
}

func compareGolden(t *testing.T, file string, p Prompt) {
	t.Helper()
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		t.Fatal(err)
	}
	if *update {
		err := os.MkdirAll(goldenDir, 0o755)
		if err == nil {
			err = os.WriteFile(file, got.Bytes(), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v; go test ./conversations -update writes it", err)
		return
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// noOtherGoldens finds files whose situation there is no more.
func noOtherGoldens(t *testing.T, written map[string]bool) {
	t.Helper()
	files, err := filepath.Glob(goldenDir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if written[file] {
			continue
		}
		if *update {
			_ = os.Remove(file)
		} else {
			t.Errorf("%s belongs to no situation", file)
		}
	}
}

// Every prompt that view can make has a golden, every step is among them, and what a
// prompt is called does not depend on the language.
func TestGoldensCoverEveryPrompt(t *testing.T) {
	t.Parallel()
	names, steps := map[string]bool{}, map[step]bool{}
	english := goldens(t, "en")
	for name, g := range english {
		p := view(g.state, g.facts)
		names[p.Name], steps[g.state.Step] = true, true
		for lang, others := range map[string]map[string]golden{"fr": goldens(t, "fr")} {
			o := others[name]
			if got := view(o.state, o.facts); got.Name != p.Name || shape(got) != shape(p) {
				t.Errorf("%s in %s is another prompt", name, lang)
			}
		}
	}
	want := []string{
		"addresses", "cart", "check", "choose", "closed", "details", "help", "home", "list", "order", "orders", "payment", "people", "pick",
		"preview", "preview_people", "refused", "renew", "submitted", "subscriptions", "target", "task", "task_people", "trouble",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(names))); diff != "" {
		t.Errorf("prompts with goldens (-want +got):\n%s", diff)
	}
	for _, s := range []step{
		stepHome, stepHelp, stepClosed, stepList, stepDetails, stepCart, stepCheck, stepPayment, stepSubmitted, stepOrders, stepOrder, stepPeople,
		stepSubscriptions, stepChoose, stepTarget, stepPick, stepAddresses, stepPreview, stepPreviewPeople, stepTask, stepTaskPeople, stepRenew,
	} {
		if !steps[s] {
			t.Errorf("step %s has no golden", s)
		}
	}
}

// shape is a prompt without its words.
func shape(p Prompt) string {
	s := p.Name
	for _, b := range body(p) {
		s += fmt.Sprintf(" %v%v%v%v%v%v", b.Text != nil, len(b.Facts), b.Item != nil, b.Table != nil, b.Progress != nil, b.List != nil)
	}
	for _, f := range p.Fields {
		s += " " + f.Key + string(f.Kind)
	}
	for _, a := range Controls(p) {
		s += " " + a.Ref + a.URL
	}
	return s
}
