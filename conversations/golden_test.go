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

	"cartwright/commerce"
)

var update = flag.Bool("update", false, "write the golden files anew")

const goldenDir = "testdata/golden"

// golden is one situation of one prompt.
type golden struct {
	state state
	facts facts
}

// pointless are situations that a cloud does not have: who has no licence, and who got
// one, is of interest where licences are assigned; nothing is handed over to a closed cloud.
var pointless = map[commerce.Cloud][]string{
	commerce.Germany: append(overThere(), assigning...),
	commerce.Vianet:  assigning,
}

var assigning = []string{
	"details-everyone", "details-one-without", "details-nobody-able", "payment-one", "order-assigning", "order-slowed", "order-completed_people_failed",
	"people", "people-second-page", "people-past-the-end",
}

func (at place) lacks(name string) bool {
	return slices.Contains(pointless[at.cloud], name)
}

// goldens are all situations of a place, by name.
func goldens(t *testing.T, at place) map[string]golden {
	t.Helper()
	all := map[string]golden{}
	for _, some := range []map[string]golden{
		wizardGoldens(t, at), cartGoldens(t, at), checkoutGoldens(t, at), orderGoldens(t, at), momentGoldens(t, at), answerGoldens(t, at),
		licenceGoldens(t, at), approvalGoldens(t, at), handOffGoldens(t, at), wordGoldens(t, at),
	} {
		for name, g := range some {
			if _, twice := all[name]; twice {
				t.Fatalf("two goldens are named %s", name)
			}
			if !at.lacks(name) {
				all[name] = g
			}
		}
	}
	return all
}

// Every prompt in every cloud and language, as it is handed to platforms: a file holds a
// situation in one cloud, in each language in turn. -update writes them anew.
func TestGoldens(t *testing.T) {
	t.Parallel()
	written := map[string]bool{}
	for _, err := range samples {
		written[troubleFile(err)] = true // TestTrouble compares them
	}
	for _, cloud := range commerce.Clouds {
		written[goldenFile("summary", cloud)], written[goldenFile("summary-long", cloud)] = true, true // TestSummaries compares them
		for name := range renewalNotices(goldenFacts(t, english)) {
			for _, who := range renewalReaders {
				written[renewalFile(name, who, cloud)] = true // TestRenewalNotices compares them
			}
		}
	}
	for _, cloud := range commerce.Clouds {
		shown := map[string][]Prompt{}
		for _, at := range places(cloud) {
			for name, g := range goldens(t, at) {
				file := goldenFile(name, cloud)
				written[file], shown[file] = true, append(shown[file], sound(t, file, g, at))
			}
		}
		for file, prompts := range shown {
			differInWordsAlone(t, file, prompts)
			compareGolden(t, file, prompts)
		}
	}
	noOtherGoldens(t, written)
}

// differInWordsAlone requires that a prompt holds the same things in every language, in
// the same order.
func differInWordsAlone(t *testing.T, file string, prompts []Prompt) {
	t.Helper()
	for _, p := range prompts[1:] {
		if got, want := shape(p), shape(prompts[0]); got != want {
			t.Errorf("%s in %s is another prompt:\n%s\n%s", file, p.Locale, got, want)
		}
	}
}

func goldenFile(name string, cloud commerce.Cloud) string {
	return filepath.Join(goldenDir, name+"."+string(cloud)+".json")
}

// sound is the prompt of a situation, which must keep to the rules of all prompts.
func sound(t *testing.T, file string, g golden, at place) Prompt {
	t.Helper()
	p := view(g.state, g.facts)
	for _, wrong := range Unsound(p) {
		t.Errorf("%s in %s: %s", file, at.lang, wrong)
	}
	if p.Locale != at.lang {
		t.Errorf("%s is in %q, want %q", file, p.Locale, at.lang)
	}
	if diff := cmp.Diff(p, view(g.state, g.facts)); diff != "" {
		t.Errorf("%s in %s differs when it is shown again:\n%s", file, at.lang, diff)
	}
	return p
}

func compareGolden(t *testing.T, file string, prompts []Prompt) {
	t.Helper()
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(prompts); err != nil {
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

// Every prompt that view can make has a golden, every step is among them, and what one
// cloud is shown all are, but for what they do not have.
func TestGoldensCoverEveryPrompt(t *testing.T) {
	t.Parallel()
	names, steps := map[string]bool{}, map[step]bool{}
	for _, g := range goldens(t, english) {
		names[view(g.state, g.facts).Name], steps[g.state.Step] = true, true
	}
	for _, cloud := range commerce.Clouds {
		want := len(goldens(t, english)) - len(pointless[cloud])
		if got := len(goldens(t, place{cloud, "en"})); got != want {
			t.Errorf("%d goldens in %s, want %d", got, cloud, want)
		}
	}
	want := []string{
		"addresses", "approval", "approvals", "cart", "check", "choose", "closed", "delegate", "details", "explain", "help", "home", "list", "order", "orders", "payment", "people", "pick",
		"preview", "preview_people", "propose", "refused", "reject", "renew", "started", "submitted", "subscriptions", "target", "task", "task_people", "trouble",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(names))); diff != "" {
		t.Errorf("prompts with goldens (-want +got):\n%s", diff)
	}
	for _, s := range []step{
		stepHome, stepHelp, stepClosed, stepList, stepDetails, stepCart, stepCheck, stepPayment, stepSubmitted, stepOrders, stepOrder, stepPeople,
		stepSubscriptions, stepChoose, stepTarget, stepPick, stepAddresses, stepPreview, stepPreviewPeople, stepTask, stepTaskPeople, stepRenew, stepStarted,
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

// Every cloud that an organisation can be in has its addresses.
func TestEveryCloudIsKnown(t *testing.T) {
	t.Parallel()
	for _, name := range constants(t, "Cloud") {
		if c := clouds[commerce.Cloud(name)]; c.home == "" || c.shop == "" {
			t.Errorf("the dialogue does not know %s", name)
		}
	}
}
