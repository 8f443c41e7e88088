package faketeams_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cartwright/testservices"
	"cartwright/testservices/faketeams"
)

func parsed(t *testing.T, card string) map[string]any {
	t.Helper()
	v := map[string]any{}
	if err := json.Unmarshal([]byte(card), &v); err != nil {
		t.Fatalf("%s: %v", card, err)
	}
	return v
}

func body(element string) string {
	return `{"type":"AdaptiveCard","version":"1.5","body":[` + element + `]}`
}

func action(more string) string {
	return `{"type":"AdaptiveCard","version":"1.5","actions":[` + more + `]}`
}

const execute = `{"type":"Action.Execute","title":"x","verb":"v","fallback":{"type":"Action.Submit","title":"x"}}`

// badCards are cards with one fault each; false: the published schema does not see it.
var badCards = map[string]struct {
	card   string
	schema bool
}{
	"another version":        {`{"type":"AdaptiveCard","version":"1.6"}`, false},
	"no type":                {`{"version":"1.5"}`, false},
	"an unknown element":     {body(`{"type":"Textblock","text":"x"}`), true},
	"an unknown property":    {body(`{"type":"TextBlock","text":"x","colour":"good"}`), true},
	"a block without text":   {body(`{"type":"TextBlock"}`), true},
	"no verb":                {action(`{"type":"Action.Execute","title":"x","fallback":{"type":"Action.Submit"}}`), false},
	"no fallback":            {action(`{"type":"Action.Execute","title":"x","verb":"v"}`), false},
	"data that is text":      {action(`{"type":"Action.Submit","title":"x","data":"x"}`), false},
	"a style of buttons":     {action(`{"type":"Action.Submit","title":"x","style":"danger"}`), true},
	"a relative address":     {action(`{"type":"Action.OpenUrl","title":"x","url":"/terms"}`), false},
	"the same input twice":   {body(`{"type":"Input.Text","id":"a","label":"x"},{"type":"Input.Text","id":"a","label":"x"}`), false},
	"an input without id":    {body(`{"type":"Input.Text","label":"x"}`), true},
	"an input without label": {body(`{"type":"Input.Text","id":"a"}`), false},
	"a choice without value": {body(`{"type":"Input.ChoiceSet","id":"a","label":"x","choices":[{"title":"x"}]}`), true},
	"a choice twice":         {body(`{"type":"Input.ChoiceSet","id":"a","label":"x","choices":[{"title":"x","value":"1"},{"title":"y","value":"1"}]}`), false},
	"a choice that is none":  {body(`{"type":"Input.ChoiceSet","id":"a","label":"x","value":"2","choices":[{"title":"x","value":"1"}]}`), false},
	"seven actions":          {action(strings.Repeat(execute+",", 6) + execute), false},
	"seven in a set":         {body(`{"type":"ActionSet","actions":[` + strings.Repeat(execute+",", 6) + execute + `]}`), false},
	"29 KB":                  {body(`{"type":"TextBlock","text":"` + strings.Repeat("x", 29<<10) + `"}`), false},
	"a refresh by Submit":    {`{"type":"AdaptiveCard","version":"1.5","refresh":{"action":{"type":"Action.Submit","title":"x"}}}`, true},
	"a refresh for 61":       {`{"type":"AdaptiveCard","version":"1.5","refresh":{"action":{"type":"Action.Execute","verb":"v"},"userIds":[` + strings.Repeat(`"x",`, 60) + `"x"]}}`, false},
}

var goodCards = map[string]string{
	"an order":                 order,
	"a seventh behind …":       action(strings.Repeat(execute+",", 6) + strings.Replace(execute, `"title"`, `"mode":"secondary","title"`, 1)),
	"a table":                  body(`{"type":"Table","columns":[{"width":1},{"width":2}],"rows":[{"type":"TableRow","cells":[{"type":"TableCell","items":[{"type":"TextBlock","text":"x"}]}]}]}`),
	"runs of text":             body(`{"type":"RichTextBlock","inlines":["a",{"type":"TextRun","text":"b","weight":"bolder"}]}`),
	"an image and a container": body(`{"type":"Container","style":"emphasis","items":[{"type":"Image","url":"https://example.com/a.png","altText":"a"}]}`),
	"all inputs":               body(`{"type":"Input.Date","id":"d","label":"x","min":"2026-01-01"},{"type":"Input.Time","id":"t","label":"x"},{"type":"Input.Text","id":"x","label":"x","isMultiline":true}`),
}

// Each fault is found, and what has none is taken.
func TestCheckCard(t *testing.T) {
	t.Parallel()
	for name, bad := range badCards {
		if got := faketeams.CheckCard(parsed(t, bad.card)); len(got) == 0 {
			t.Errorf("%s is taken", name)
		}
	}
	for name, good := range goodCards {
		if got := faketeams.CheckCard(parsed(t, good)); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The published schema takes what is taken here, and refuses nothing that is not refused here.
func TestCheckCardByThePublishedSchema(t *testing.T) {
	t.Parallel()
	s := cardSchema(t)
	valid := func(card string) error {
		v := parsed(t, card)
		delete(v, "msteams") // the schema does not know Teams' own
		return s.Validate(v)
	}
	for name, good := range goodCards {
		if err := valid(good); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, bad := range badCards {
		if err := valid(bad.card); (err != nil) != bad.schema {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func cardSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	raw := testservices.Schema(t, "adaptive-card-1.5.0.json", "the Teams that the tests play")
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("card.json", v); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("card.json")
	if err != nil {
		t.Fatal(fmt.Errorf("compile the schema of cards: %w", err))
	}
	return s
}
