package main

import (
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "cartwright/"

// rooms says which packages of the module each package may import: the first pattern
// that fits holds. Tests are not asked.
var rooms = []struct {
	room string
	may  []string
}{
	{"bot", []string{"handlers", "handlers/*", "conversations", "conversations/*", "commerce", "commerce/*", "config"}},
	{"handlers", []string{"handlers/*", "conversations", "commerce"}},
	{"handlers/pay", []string{"commerce", "conversations/locale"}},
	{"handlers/*", []string{"conversations", "conversations/locale"}},
	{"conversations", []string{"conversations/intent", "conversations/locale", "commerce"}},
	{"conversations/redis", []string{"conversations"}},
	{"conversations/intent", []string{"commerce"}},
	{"conversations/locale", nil},
	{"commerce", nil},
	{"commerce/*", []string{"commerce"}},
	{"config", []string{"commerce"}},
	{"testservices", nil}, // and only tests import it
	{"testservices/*", []string{"testservices"}},
}

// refusals lists what the rules forbid in imports: package -> what it imports.
func refusals(imports map[string][]string) []string {
	var refused []string
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		may, known := allowed(pkg)
		if !known {
			refused = append(refused, pkg+" is no room of the design")
			continue
		}
		for _, imported := range imports[pkg] {
			if !slices.ContainsFunc(may, func(pattern string) bool { return fits(pattern, imported) }) {
				refused = append(refused, pkg+" -> "+imported)
			}
		}
	}
	return refused
}

func allowed(pkg string) ([]string, bool) {
	for _, r := range rooms {
		if fits(r.room, pkg) {
			return r.may, true
		}
	}
	return nil, false
}

func fits(pattern, pkg string) bool {
	ok, err := path.Match(pattern, pkg)
	return ok && err == nil
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		pkg := strings.TrimPrefix(words[0], module)
		imports[pkg] = []string{}
		for _, imported := range words[1:] {
			if ours, ok := strings.CutPrefix(imported, module); ok {
				imports[pkg] = append(imports[pkg], ours)
			}
		}
	}
	if len(imports["bot"]) == 0 || len(imports["conversations"]) == 0 {
		t.Fatalf("the imports were not read: %v", imports)
	}
	for _, refused := range refusals(imports) {
		t.Error(refused)
	}
}

func TestTheRulesRefuse(t *testing.T) {
	t.Parallel()
	made := map[string][]string{
		"bot":                 {"config", "handlers/playground", "testservices"},
		"commerce":            {"config"},
		"commerce/ledger":     {"commerce", "commerce/sandbox"},
		"config":              {"commerce", "conversations"},
		"conversations":       {"commerce", "conversations/locale", "conversations/redis", "handlers"},
		"conversations/redis": {"conversations", "commerce"},
		"handlers":            {"handlers/pay", "commerce", "commerce/ledger"},
		"handlers/pay":        {"commerce", "conversations/locale", "conversations"},
		"handlers/slack":      {"conversations", "commerce", "handlers/pay"},
		"utils":               {},
	}
	want := []string{
		"bot -> testservices",
		"commerce -> config",
		"commerce/ledger -> commerce/sandbox",
		"config -> conversations",
		"conversations -> conversations/redis",
		"conversations -> handlers",
		"conversations/redis -> commerce",
		"handlers -> commerce/ledger",
		"handlers/pay -> conversations",
		"handlers/slack -> commerce",
		"handlers/slack -> handlers/pay",
		"utils is no room of the design",
	}
	if diff := cmp.Diff(want, refusals(made)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
