package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cartwright/testservices"
)

// Every prompt has the shape that Slack's own types give it: a view as a whole, and every
// block as one of its kind.
func TestSlacksOwnSchema(t *testing.T) {
	t.Parallel()
	schemas := slackSchemas(t)
	valid := map[string]bool{} // most blocks are the same in several drawings
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			for as, drawn := range drawings(t, p) {
				for _, part := range parts(t, as, drawn) {
					written := fmt.Sprint(part)
					if valid[written] {
						continue
					}
					valid[written] = true
					if err := schemas[part.kind].Validate(part.value); err != nil {
						t.Errorf("%s in %s, %s: %v", name, p.Locale, as, err)
					}
				}
			}
		}
	}
}

type part struct {
	kind  string // the schema's name
	value any
}

func parts(t *testing.T, as string, drawn []byte) []part {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(drawn))
	if err != nil {
		t.Fatal(err)
	}
	view := v.(map[string]any)
	blocks := view["blocks"].([]any)
	view["blocks"] = blocks[:1] // the others are looked at below
	var all []part
	switch {
	case strings.HasPrefix(as, "modal"):
		all = append(all, part{"ModalView", v})
	case as == "home":
		all = append(all, part{"HomeView", v})
	}
	for _, b := range blocks {
		kind, ok := blockKinds[b.(map[string]any)["type"].(string)]
		if !ok {
			t.Fatalf("%s: a block of the kind %v", as, b)
		}
		all = append(all, part{kind, b})
	}
	return all
}

// blockKinds are the names that @slack/types has for the blocks that are sent.
var blockKinds = map[string]string{
	"header": "HeaderBlock", "context": "ContextBlock", "actions": "ActionsBlock", "input": "InputBlock", "rich_text": "RichTextBlock",
}

// slackSchemas are those generated from @slack/types, which are not part of the project.
func slackSchemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	text := testservices.Schema(t, "slack-blocks.json", "what is sent to Slack")
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("slack.json", doc); err != nil {
		t.Fatal(err)
	}
	schemas := map[string]*jsonschema.Schema{}
	var err error
	for _, name := range append(slices.Collect(maps.Values(blockKinds)), "ModalView", "HomeView") {
		schemas[name], err = compiler.Compile("slack.json#/definitions/" + name)
		if err != nil {
			t.Fatal(err)
		}
	}
	return schemas
}
