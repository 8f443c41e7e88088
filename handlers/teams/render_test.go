package teams

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cartwright/conversations"
	"cartwright/testservices"
	"cartwright/testservices/faketeams"
)

// goldens are the prompts of every situation, in every cloud and language.
func goldens(t *testing.T) map[string][]conversations.Prompt {
	t.Helper()
	return testservices.Goldens[conversations.Prompt](t)
}

// publishedSchema is one of Microsoft's own.
func publishedSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	raw := testservices.Schema(t, name, "what is sent to Teams")
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, v); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// maxCard is how large a card may be, in bytes. Teams takes about 80 kB of a bot and 28 kB
// elsewhere: a card fits everywhere, with room for who refreshes it.
const maxCard = 28_000

// Every prompt in every language is a card of Microsoft's own schema, within Teams' limits,
// and one that the Teams takes which the tests play.
func TestEveryPromptIsACard(t *testing.T) {
	t.Parallel()
	schema := publishedSchema(t, "adaptive-card-1.5.0.json")
	largest, of := 0, ""
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			for _, c := range []card{drawn(p, ""), drawn(p, p.Name)} {
				text := encoded(c)
				if len(text) > largest {
					largest, of = len(text), name+" in "+p.Locale
				}
				for _, wrong := range faketeams.CheckCard(parsed(t, text)) {
					t.Errorf("%s in %s: %s", name, p.Locale, wrong)
				}
				c.Teams = nil                                                  // the schema knows nothing of Teams' own
				if p.Locale == "en" && strings.HasSuffix(name, ".worldwide") { // others have the same shape
					valid(t, schema, name, c)
				}
			}
		}
	}
	if largest > maxCard {
		t.Errorf("%s has %d bytes", of, largest)
	}
	t.Logf("the largest card is %s: %d bytes", of, largest)
}

func valid(t *testing.T, schema *jsonschema.Schema, name string, body any) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded(body)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s: %v\n%s", name, err, encoded(body))
	}
}

func parsed(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// What the schema does not see: the ids of inputs are no names that actions are printed
// with, a heading is one line, and nothing is left empty that must not be.
func TestOwnLimits(t *testing.T) {
	t.Parallel()
	for name, prompts := range goldens(t) {
		for _, p := range prompts {
			for _, f := range p.Fields {
				if strings.HasPrefix(f.Key, printedKey) {
					t.Errorf("%s: the field %s is taken for what an action was printed with", name, f.Key)
				}
			}
			var look func(v any)
			look = func(v any) {
				switch v := v.(type) {
				case []any:
					for _, v := range v {
						look(v)
					}
				case map[string]any:
					if v["type"] == "RichTextBlock" && v["inlines"] == nil || v["type"] == "TextRun" && v["text"] == "" {
						t.Errorf("%s in %s: %v is empty", name, p.Locale, v)
					}
					for _, v := range v {
						look(v)
					}
				}
			}
			look(parsed(t, encoded(drawn(p, "")))["body"])
		}
	}
}

// Whatever something is called, Teams reads nothing in it: where it stands in a heading it
// is escaped, and elsewhere in runs, which know no markup.
func TestTextIsText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain, 12 € (of 3)": "plain, 12 € (of 3)", "**b** _i_ `c` ~s~": `\*\*b\*\* \_i\_ ` + "\\`c\\`" + ` \~s\~`, "[a](https://b)": `\[a\](https:\/\/b)`,
		"<at>Bruno</at>": `\<at\>Bruno\</at\>`, "# h": `\# h`, "- l": `\- l`, "1. n": `1\. n`, "12) n": `12\) n`, `\`: `\\`, "a\nb": "a b", "&nbsp;": "&amp;nbsp;",
		"{{DATE(2026-01-01)}}": "{ {DATE(2026-01-01)}}",
	} {
		if got := escaped(in); got != want {
			t.Errorf("%q is written %q, want %q", in, got, want)
		}
	}
	hostile := "**b** <at>x</at> [a](https://b)"
	c := drawn(conversations.Prompt{Locale: "en", Title: "t", Notices: []conversations.Notice{{Text: hostile}}, Blocks: []conversations.Block{
		{Facts: []conversations.Fact{{Label: hostile, Value: hostile}}}, {Item: &conversations.Item{Title: hostile, Tag: hostile, Lines: []string{hostile}}},
		{List: &conversations.List{Title: hostile, Items: []string{hostile}, More: hostile}},
		{Table: &conversations.Table{Caption: hostile, Head: []string{hostile}, Rows: [][]string{{hostile}}}},
	}}, "")
	blocks := strings.Count(string(encoded(c)), `"type":"TextBlock"`)
	if blocks != 1 {
		t.Errorf("%d texts are read as Markdown, want the title alone", blocks)
	}
}
