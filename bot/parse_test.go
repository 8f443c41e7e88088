package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// labelled is where the labelled messages are, beside the project.
const labelled = "../../shared/data/free-text/"

// parses runs a command with text on standard input.
func parses(t *testing.T, set settings, text string, args ...string) string {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), args, surroundings{env: set.find, readFile: os.ReadFile, stdin: strings.NewReader(text), stdout: &out, stderr: &err})
	if code != exitOK {
		t.Fatalf("bot %s: exit %d\n%s%s", strings.Join(args, " "), code, &out, &err)
	}
	return out.String()
}

func TestParsePrintsOneObjectALine(t *testing.T) {
	t.Parallel()
	got := parses(t, settings{}, "25 business premium, yearly, auto-assign\n\nwhat's in my cart\r\n3 E5\n2 Visio & 4 Copilot", "parse", "--locale", "fr")
	want := `{"intent":"buy","items":[{"product":"business-premium","quantity":25,"billing":"annual","auto_assign":true}],"ambiguous":false}
{"intent":"none","items":[],"ambiguous":false}
{"intent":"cart","items":[],"ambiguous":false}
{"intent":"buy","items":[{"product":null,"quantity":3,"billing":null,"auto_assign":null}],"ambiguous":true}
{"intent":"buy","items":[{"product":"visio-p2","quantity":2,"billing":null,"auto_assign":null},{"product":"copilot","quantity":4,"billing":null,"auto_assign":null}],"ambiguous":false}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestParseReadsLinesOfAnyLength(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x ", maxMessage)
	got := parses(t, settings{}, "5 Visio "+long+"\n"+long+long+"\n5 Visio\n", "parse")
	if lines := strings.Split(strings.TrimSpace(got), "\n"); len(lines) != 3 || !strings.Contains(lines[2], `"visio-p2","quantity":5`) {
		t.Errorf("three lines have the answers\n%s", got)
	}
	if got := parses(t, settings{}, "", "parse"); got != "" {
		t.Errorf("nothing has the answer %q", got)
	}
}

func TestParseExplains(t *testing.T) {
	t.Parallel()
	got := parses(t, settings{}, "about ten <E5> seats", "parse", "--explain")
	for _, want := range []string{`"slot":"quantity","said":"ten"`, `"said":"E5","candidates":["office365-e5","m365-e5"]`, `"unsure":true`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}

// With --llm the model is asked where the rules are not sure, and what it says of a text that
// has none of it is not printed.
func TestParseAsksTheModel(t *testing.T) {
	t.Parallel()
	model := settings{"OPENAI_BASE_URL": playedModel(t) + "/v1", "OPENAI_MODEL": "gpt-4o-mini", "OPENAI_API_KEY": "sk-hush"}
	text := twoPieces + "paid yearly\n" + twoPieces + "a product\n" + twoPieces + "broken\n5 Visio\n"
	rules := parses(t, settings{}, text, "parse")
	lines := strings.Split(parses(t, model, text, "parse", "--llm"), "\n")
	if want := `{"intent":"buy","items":[{"product":"business-premium","quantity":5,"billing":"annual","auto_assign":null}],"ambiguous":false}`; lines[0] != want {
		t.Errorf("%s, want %s", lines[0], want)
	}
	if got, want := lines[1:], strings.Split(rules, "\n")[1:]; !slices.Equal(got, want) {
		t.Errorf("%q, want the rules' %q", got, want)
	}
	if got := parses(t, model, text, "parse"); got != rules {
		t.Errorf("without --llm: %s", got)
	}
	if said := parses(t, model, twoPieces+"paid yearly", "parse", "--llm", "--explain"); !strings.Contains(said, `"said":"premium"`) {
		t.Errorf("explained as %s", said)
	}
	s := newShell(t)
	s.says(s.does(exitFailed, "parse", "--llm"), "OPENAI_MODEL")
	s.env = s.env.with(settings{"OPENAI_MODEL": "a b"})
	s.says(s.does(exitMisused, "parse", "--llm"), "OPENAI_MODEL: it has a blank in it")
}

// With --llm what is scored is what the rules and the model make of it together.
func TestParseEvalAsksTheModel(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "labelled.jsonl")
	one := `{"id":"1","lang":"en","text":"` + twoPieces + `paid yearly","expect":{"intent":"buy","items":[{"product":"business-premium","quantity":5,"billing":"annual","auto_assign":null}],"ambiguous":false}}`
	if err := os.WriteFile(file, []byte(one+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	model := settings{"OPENAI_BASE_URL": playedModel(t) + "/v1", "OPENAI_MODEL": "gpt-4o-mini", "OPENAI_API_KEY": "sk-hush"}
	for _, c := range []struct {
		args []string
		want string
	}{{[]string{"parse-eval", file}, "exact+amb=0.000"}, {[]string{"parse-eval", file, "--llm"}, "exact+amb=1.000"}} {
		if got := parses(t, model, "", c.args...); !strings.Contains(got, c.want) {
			t.Errorf("%v: %s, want %s", c.args, got, c.want)
		}
	}
	s := newShell(t)
	s.says(s.does(exitFailed, "parse-eval", file, "--llm"), "OPENAI_MODEL")
}

func TestParseReadsTheConfiguredCatalogueAndNothingElse(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "catalogue.yaml")
	text := "offers:\n  - {id: crane, name: Big Crane, group: apps, graph_sku_id: 00000000-0000-0000-0000-000000000001}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := parses(t, settings{"CATALOGUE_FILE": file, "HTTP_ADDR": "nonsense"}, "3 big cranes, monthly\n", "parse")
	if want := `{"intent":"buy","items":[{"product":"crane","quantity":3,"billing":"monthly","auto_assign":null}],"ambiguous":false}` + "\n"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s := shell{t: t, env: settings{"CATALOGUE_FILE": file + "x"}}
	s.says(s.does(exitFailed, "parse"), "CATALOGUE_FILE")
	s.says(s.does(exitFailed, "parse-eval", file+"x"), "no such file")
}

// The figures are those of the reference scorer, to the last digit.
func TestParseEvalScoresAsTheReference(t *testing.T) {
	t.Parallel()
	gold, tags := filepath.Join(labelled, "dev.jsonl"), filepath.Join(labelled, "dev.tags.tsv")
	raw, err := os.ReadFile(gold)
	if err != nil {
		t.Skipf("NOT TESTED: parse-eval against score.py. The labelled messages are not at %s", labelled)
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("NOT TESTED: parse-eval against score.py. python3 is not installed")
	}
	for name, set := range map[string]settings{"its catalogue": {"CATALOGUE_FILE": labelled + "catalogue.yaml"}, "the built-in one": {}} {
		predicted := predict(t, set, raw)
		reference, err := exec.CommandContext(t.Context(), "python3", filepath.Join(labelled, "score.py"), gold, predicted, tags).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := parses(t, set, "", "parse-eval", gold, "--tags", tags); got != string(reference) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, reference)
		}
	}
}

// predict writes what bot parse says of each message.
func predict(t *testing.T, set settings, raw []byte) string {
	t.Helper()
	var texts, ids []string
	for line := range strings.Lines(string(raw)) {
		var c labelledCase
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		texts, ids = append(texts, c.Text), append(ids, c.ID)
	}
	var out strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(parses(t, set, strings.Join(texts, "\n"), "parse")), "\n") {
		out.WriteString(`{"id":"` + ids[i] + `",` + strings.TrimPrefix(line, "{") + "\n")
	}
	file := filepath.Join(t.TempDir(), "predicted.jsonl")
	if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTheLabelledMessagesAreRead(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(labelled); err != nil {
		t.Skipf("NOT TESTED: the labelled messages. They are not at %s", labelled)
	}
	p := &program{surroundings: surroundings{env: settings{"CATALOGUE_FILE": labelled + "catalogue.yaml"}.find, readFile: os.ReadFile}, ctx: t.Context()}
	cases, err := p.labelled(labelled + "dev.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	read, err := p.reader()
	if err != nil {
		t.Fatal(err)
	}
	var score tally
	for _, c := range cases {
		c.predicted = reading(read.Read(t.Context(), c.Text, ""))
		score.add(c)
	}
	if share := score.exactAmbiguous / float64(len(cases)); len(cases) == 0 || share < 0.97 || score.unsafe > 0 {
		t.Errorf("%.3f of %d are read exactly, %d wrong and sure", share, len(cases), score.unsafe)
	}
}
