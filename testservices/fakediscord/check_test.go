package fakediscord_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cartwright/testservices/fakediscord"
)

const v2Flag = 32768

// v2 is a message of these components.
func v2(components ...string) string {
	return fmt.Sprintf(`{"flags": %d, "components": [%s]}`, v2Flag, strings.Join(components, ","))
}

func row(inside ...string) string {
	return `{"type": 1, "components": [` + strings.Join(inside, ",") + `]}`
}

func button(id string) string {
	return fmt.Sprintf(`{"type": 2, "style": 1, "label": "Go", "custom_id": %q}`, id)
}

func words(n int) string {
	return fmt.Sprintf(`{"type": 10, "content": %q}`, strings.Repeat("é", n))
}

func times(n int, what func(n int) string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = what(i)
	}
	return strings.Join(all, ",")
}

func options(n int) string {
	return "[" + times(n, func(n int) string { return fmt.Sprintf(`{"label": "L", "value": "%d"}`, n) }) + "]"
}

func modalOf(components ...string) string {
	return `{"custom_id": "m", "title": "Title", "components": [` + strings.Join(components, ",") + `]}`
}

func labelled(in string) string {
	return `{"type": 18, "label": "Label", "component": ` + in + `}`
}

const (
	input  = `{"type": 4, "custom_id": "t", "style": 1}`
	toggle = `{"type": 23, "custom_id": "c"}`
)

// ofOptions is a component with so many options.
func ofOptions(kind, n int, more string) string {
	return fmt.Sprintf(`{"type": %d, "custom_id": "o", "options": %s%s}`, kind, options(n), more)
}

func textButton(n int) string {
	return fmt.Sprintf(`{"type": 2, "style": 1, "label": %q, "custom_id": "a"}`, strings.Repeat("x", n))
}

func link(url string) string {
	return fmt.Sprintf(`{"type": 2, "style": 5, "label": "Pay", "url": %q}`, url)
}

var goodMessages = map[string]string{
	"words":                       `{"content": "hello"}`,
	"words and a row":             `{"content": "hello", "components": [` + row(button("a")) + `]}`,
	"as much as there may be":     v2(words(2000), words(2000)),
	"40 components":               v2(times(36, func(int) string { return words(1) }), row(button("a"), button("b"), button("c"))),
	"five buttons":                v2(row(times(5, func(n int) string { return button(fmt.Sprint(n)) }))),
	"a link":                      v2(row(link("https://pay.example/" + strings.Repeat("x", 492)))),
	"a section":                   v2(`{"type": 9, "components": [` + words(3) + `], "accessory": ` + button("a") + `}`),
	"a container":                 v2(`{"type": 17, "accent_color": 255, "components": [` + words(3) + `, {"type": 14, "spacing": 2}]}`),
	"a select menu":               v2(row(ofOptions(3, 25, `, "max_values": 25`))),
	"a select menu of people":     v2(row(`{"type": 5, "custom_id": "a", "max_values": 25}`)),
	"a label and an id of limits": v2(row(textButton(80)), row(button(strings.Repeat("x", 100)))),
	"a picture":                   v2(`{"type": 9, "components": [`+words(3)+`], "accessory": {"type": 11, "media": {"url": "https://a.example/b.png"}}}`, `{"type": 12, "items": [{"media": {"url": "https://a.example/b.png"}}]}`),
}

// What is refused of messages, and what is said of it.
var badMessages = map[string]struct {
	body, says string
}{
	"too many words":                 {`{"content": "` + strings.Repeat("x", 2001) + `"}`, "content: Must be between 0 and 2000"},
	"words beside components":        {`{"flags": 32768, "content": "x", "components": [` + words(1) + `]}`, "content: This field cannot be used with MessageFlags.IS_COMPONENTS_V2"},
	"an embed beside components":     {`{"flags": 32768, "embeds": [{}], "components": [` + words(1) + `]}`, "embeds: This field cannot be used"},
	"components without the flag":    {`{"content": "x", "components": [` + words(1) + `]}`, "components/0/type: Value must be one of [1], not 10"},
	"six rows without the flag":      {`{"content": "x", "components": [` + times(6, func(n int) string { return row(button(fmt.Sprint(n))) }) + `]}`, "components: Must be between 0 and 5"},
	"nothing with the flag":          {`{"flags": 32768, "components": []}`, "components: Must be between 1 and 40"},
	"41 components":                  {v2(times(20, func(n int) string { return row(button(fmt.Sprint(n))) }), words(1)), "41 components"},
	"4001 characters in all":         {v2(words(2000), words(2001)), "4001 characters in all"},
	"4001 characters in one":         {v2(words(4001)), "components/0/content: Must be between 1 and 4000"},
	"empty words":                    {v2(words(0)), "components/0/content: Must be between 1 and 4000"},
	"six buttons":                    {v2(row(times(6, func(n int) string { return button(fmt.Sprint(n)) }))), "Must be between 1 and 5 in length, not 6"},
	"an empty row":                   {v2(row()), "Must be between 1 and 5 in length, not 0"},
	"a menu beside a button":         {v2(row(ofOptions(3, 2, ""), button("a"))), "Must be between 1 and 1 in length, not 2"},
	"one id twice":                   {v2(row(button("a")), row(button("a"))), "Component custom id cannot be duplicated"},
	"one number twice":               {v2(`{"type": 10, "id": 7, "content": "a"}`, `{"type": 10, "id": 7, "content": "b"}`), "components/1/id: Component ids must be unique"},
	"an id of 101":                   {v2(row(button(strings.Repeat("x", 101)))), "custom_id: Must be between 1 and 100"},
	"no id":                          {v2(row(`{"type": 2, "style": 1, "label": "Go"}`)), "custom_id: This field is required"},
	"a label of 81":                  {v2(row(textButton(81))), "label: Must be between 0 and 80"},
	"neither label nor emoji":        {v2(row(`{"type": 2, "style": 1, "custom_id": "a"}`)), "must have a label or an emoji"},
	"no style":                       {v2(row(`{"type": 2, "label": "Go", "custom_id": "a"}`)), "style: This field is required"},
	"a style of none":                {v2(row(`{"type": 2, "style": 7, "label": "Go", "custom_id": "a"}`)), "style: Must be a whole number between 1 and 6"},
	"a link with an id":              {v2(row(`{"type": 2, "style": 5, "label": "Pay", "url": "https://a.example", "custom_id": "a"}`)), "custom_id: A button of the style 5 cannot have this"},
	"a link of 513":                  {v2(row(link("https://pay.example/" + strings.Repeat("x", 493)))), "url: Must be between 1 and 512"},
	"a link to nowhere":              {v2(row(link("javascript:alert(1)"))), "url: Not a well formed URL."},
	"a link without a host":          {v2(row(link("https:///x"))), "url: Not a well formed URL."},
	"a button with an address":       {v2(row(`{"type": 2, "style": 1, "label": "Go", "custom_id": "a", "url": "https://a.example"}`)), "url: A button of the style 1 cannot have this"},
	"a section without an accessory": {v2(`{"type": 9, "components": [` + words(3) + `]}`), "accessory: This field is required"},
	"a section of buttons":           {v2(`{"type": 9, "components": [` + button("a") + `], "accessory": ` + button("b") + `}`), "components/0/components/0/type: Value must be one of [10], not 2"},
	"a section of four":              {v2(`{"type": 9, "components": [` + times(4, func(int) string { return words(1) }) + `], "accessory": ` + button("b") + `}`), "Must be between 1 and 3 in length, not 4"},
	"a container in a container":     {v2(`{"type": 17, "components": [{"type": 17, "components": [` + words(1) + `]}]}`), "type: Value must be one of [1 9 10 12 13 14], not 17"},
	"a container without anything":   {v2(`{"type": 17, "components": []}`), "Must be between 1 and 40 in length, not 0"},
	"a component of no known type":   {v2(`{"type": 99}`), "type: Value must be one of [1 9 10 12 13 14 17], not 99"},
	"a radio group in a message":     {v2(row(ofOptions(21, 2, ""))), "not 21"},
	"a label in a message":           {v2(labelled(input)), "not 18"},
	"a button without a row":         {v2(button("a")), "not 2"},
	"a menu without options":         {v2(row(ofOptions(3, 0, ""))), "options: Must be between 1 and 25"},
	"a menu of 26":                   {v2(row(ofOptions(3, 26, ""))), "options: Must be between 1 and 25"},
	"a menu with one value twice":    {v2(row(`{"type": 3, "custom_id": "o", "options": [{"label": "a", "value": "1"}, {"label": "b", "value": "1"}]}`)), "The specified option value is already used"},
	"two defaults of one":            {v2(row(`{"type": 3, "custom_id": "o", "options": [{"label": "a", "value": "1", "default": true}, {"label": "b", "value": "2", "default": true}]}`)), "2 are default, of 1"},
	"more chosen than there are":     {v2(row(ofOptions(3, 2, `, "max_values": 3`))), "max_values: Must not be more than there are options"},
	"fewer than none":                {v2(row(ofOptions(3, 3, `, "min_values": 3, "max_values": 2`))), "max_values: Must not be less than min_values"},
	"an option of 101":               {v2(row(`{"type": 3, "custom_id": "o", "options": [{"label": "` + strings.Repeat("x", 101) + `", "value": "1"}]}`)), "label: Must be between 1 and 100"},
	"26 people":                      {v2(row(`{"type": 5, "custom_id": "a", "max_values": 26}`)), "max_values: Must be a whole number between 1 and 25"},
	"a placeholder of 151":           {v2(row(`{"type": 5, "custom_id": "a", "placeholder": "` + strings.Repeat("x", 151) + `"}`)), "placeholder: Must be between 0 and 150"},
	"a list of words":                {v2(`"hello"`), "components/0: Only dictionaries may be used here"},
}

var goodModals = map[string]string{
	"five inputs": modalOf(times(5, func(n int) string {
		return labelled(fmt.Sprintf(`{"type": 4, "custom_id": "%d", "style": 2, "max_length": 4000, "value": "x"}`, n))
	})),
	"words above":   modalOf(words(100), labelled(ofOptions(21, 10, ""))),
	"each input":    modalOf(labelled(ofOptions(3, 25, "")), labelled(toggle), labelled(`{"type": 22, "custom_id": "b", "min_values": 1, "options": `+options(10)+`}`), labelled(`{"type": 19, "custom_id": "f", "max_values": 10}`), labelled(`{"type": 5, "custom_id": "p"}`)),
	"the old way":   modalOf(row(`{"type": 4, "custom_id": "t", "style": 1, "label": "Label"}`)),
	"none required": modalOf(labelled(ofOptions(3, 2, `, "required": false, "min_values": 0`))),
}

var badModals = map[string]struct{ body, says string }{
	"six":                          {modalOf(times(6, func(n int) string { return labelled(fmt.Sprintf(`{"type": 4, "custom_id": "%d", "style": 1}`, n)) })), "components: Must be between 1 and 5 in length, not 6"},
	"none":                         {modalOf(), "components: Must be between 1 and 5"},
	"a title of 46":                {strings.Replace(modalOf(labelled(input)), "Title", strings.Repeat("x", 46), 1), "title: Must be between 1 and 45"},
	"no title":                     {`{"custom_id": "m", "components": [` + labelled(input) + `]}`, "title: This field is required"},
	"no id":                        {`{"title": "T", "components": [` + labelled(input) + `]}`, "custom_id: This field is required"},
	"a label in a label":           {modalOf(labelled(labelled(input))), "components/0/component/type: Value must be one of"},
	"words in a label":             {modalOf(labelled(words(1))), "components/0/component/type: Value must be one of"},
	"an input without a label":     {modalOf(input), "components/0/type: Value must be one of [1 10 18], not 4"},
	"a label of 46":                {strings.Replace(modalOf(labelled(input)), `"Label"`, `"`+strings.Repeat("x", 46)+`"`, 1), "label: Must be between 1 and 45"},
	"a description of 101":         {modalOf(`{"type": 18, "label": "L", "description": "` + strings.Repeat("x", 101) + `", "component": ` + input + `}`), "description: Must be between 0 and 100"},
	"an empty label":               {modalOf(`{"type": 18, "label": "L"}`), "component: This field is required"},
	"something disabled":           {modalOf(labelled(ofOptions(3, 2, `, "disabled": true`))), "disabled: Components in modals cannot be disabled"},
	"a label on an input in one":   {modalOf(labelled(`{"type": 4, "custom_id": "t", "style": 1, "label": "Twice"}`)), "component/label: The label is the component's around it"},
	"the old way without a label":  {modalOf(row(input)), "label: This field is required"},
	"one radio":                    {modalOf(labelled(ofOptions(21, 1, ""))), "options: Must be between 2 and 10"},
	"eleven radios":                {modalOf(labelled(ofOptions(21, 11, ""))), "options: Must be between 2 and 10"},
	"no checkboxes":                {modalOf(labelled(ofOptions(22, 0, ""))), "options: Must be between 1 and 10"},
	"a checkbox that must be":      {modalOf(labelled(`{"type": 23, "custom_id": "c", "required": true}`)), "required: A checkbox cannot be required"},
	"required, and none":           {modalOf(labelled(ofOptions(3, 2, `, "min_values": 0`))), "min_values: A required component needs at least 1"},
	"a button":                     {modalOf(row(button("a"))), "type: Value must be one of [4], not 2"},
	"one id twice":                 {modalOf(labelled(input), labelled(input)), "cannot be duplicated"},
	"no style":                     {modalOf(labelled(`{"type": 4, "custom_id": "t"}`)), "style: This field is required"},
	"a length of 4001":             {modalOf(labelled(`{"type": 4, "custom_id": "t", "style": 1, "max_length": 4001}`)), "max_length: Must be a whole number between 1 and 4000"},
	"more than it takes":           {modalOf(labelled(`{"type": 4, "custom_id": "t", "style": 1, "max_length": 2, "value": "abc"}`)), "value: Must be between 0 and 2"},
	"least above most":             {modalOf(labelled(`{"type": 4, "custom_id": "t", "style": 1, "min_length": 3, "max_length": 2}`)), "max_length: Must not be less than min_length"},
	"a placeholder of 101":         {modalOf(labelled(`{"type": 4, "custom_id": "t", "style": 1, "placeholder": "` + strings.Repeat("x", 101) + `"}`)), "placeholder: Must be between 0 and 100"},
	"more files than may be":       {modalOf(labelled(`{"type": 19, "custom_id": "f", "max_values": 11}`)), "max_values: Must be a whole number between 1 and 10"},
	"an input that is no kind yet": {modalOf(labelled(`{"type": 98, "custom_id": "f"}`)), "not 98"},
}

// m365 is a command with more keys, and option one of its options with more.
func m365(more string) string {
	return `[{"name": "m365", "description": "Licences"` + more + `}]`
}

func option(more string) string {
	return m365(`, "options": [{"name": "product", "description": "What"` + more + `}]`)
}

var goodCommands = map[string]string{
	"none":               `[]`,
	"subcommands":        m365(`, "options": [{"type": 1, "name": "buy", "description": "Buy", "options": [{"type": 3, "name": "product", "description": "What", "autocomplete": true, "max_length": 100}]}, {"type": 1, "name": "home", "description": "Home"}]`),
	"a group":            m365(`, "options": [{"type": 2, "name": "buy", "description": "Buy", "options": [{"type": 1, "name": "now", "description": "Now"}]}]`),
	"languages":          m365(`, "name_localizations": {"fr": "licences"}, "description_localizations": {"zh-CN": "许可证"}`),
	"a menu":             `[{"type": 2, "name": "Buy for them"}, {"type": 3, "name": "Read this"}]`,
	"one name, two ways": `[{"name": "buy", "description": "Buy"}, {"type": 2, "name": "buy"}]`,
	"numbers":            option(`, "type": 4, "min_value": 1, "max_value": 300, "choices": [{"name": "one", "value": 1}]`),
	"who and where":      m365(`, "contexts": [0, 1], "integration_types": [0], "default_member_permissions": "0"`),
}

var badCommands = map[string]struct{ body, says string }{
	"no list":                       {`{}`, "Must be a list"},
	"upper case":                    {`[{"name": "M365", "description": "x"}]`, "0/name: Command name is invalid"},
	"a blank":                       {`[{"name": "m 365", "description": "x"}]`, "0/name: Command name is invalid"},
	"a name of 33":                  {`[{"name": "` + strings.Repeat("x", 33) + `", "description": "x"}]`, "0/name: Command name is invalid"},
	"no description":                {`[{"name": "m365"}]`, "0/description: This field is required"},
	"a description of 101":          {`[{"name": "m365", "description": "` + strings.Repeat("x", 101) + `"}]`, "0/description: Must be between 1 and 100"},
	"one name twice":                {`[{"name": "m365", "description": "x"}, {"name": "m365", "description": "y"}]`, "1/name: Application command names must be unique"},
	"a language that is none":       {m365(`, "description_localizations": {"de-DE": "x"}`), "de-DE: This is no locale of Discord's"},
	"upper case in a language":      {m365(`, "name_localizations": {"de": "Lizenzen"}`), "de: Command name is invalid"},
	"an empty translation":          {m365(`, "description_localizations": {"de": ""}`), "de: Must be between 1 and 100"},
	"permissions as a number":       {m365(`, "default_member_permissions": 8`), "default_member_permissions: Must be a number in a string"},
	"a place that is none":          {m365(`, "contexts": [3]`), "contexts: Must be a whole number between 0 and 2"},
	"26 options":                    {m365(`, "options": [` + times(26, func(n int) string { return fmt.Sprintf(`{"type": 1, "name": "o%d", "description": "x"}`, n) }) + `]`), "options: Must be between 0 and 25"},
	"an option's name twice":        {m365(`, "options": [{"type": 3, "name": "a", "description": "x"}, {"type": 3, "name": "a", "description": "x"}]`), "name: Option names must be unique"},
	"subcommands and options":       {m365(`, "options": [{"type": 1, "name": "a", "description": "x"}, {"type": 3, "name": "b", "description": "x"}]`), "mutually exclusive to all other types"},
	"a subcommand in one":           {m365(`, "options": [{"type": 1, "name": "a", "description": "x", "options": [{"type": 1, "name": "b", "description": "x"}]}]`), "type: A subcommand cannot be here"},
	"a text in a group":             {m365(`, "options": [{"type": 2, "name": "a", "description": "x", "options": [{"type": 3, "name": "b", "description": "x"}]}]`), "type: A group holds subcommands"},
	"required behind optional":      {m365(`, "options": [{"type": 3, "name": "a", "description": "x"}, {"type": 3, "name": "b", "description": "x", "required": true}]`), "Required options must be placed before non-required options"},
	"an option of no type":          {option(`, "type": 12`), "type: Value must be one of 1 to 11"},
	"an option in upper case":       {m365(`, "options": [{"type": 3, "name": "Product", "description": "x"}]`), "options/0/name: Command name is invalid"},
	"choices that are completed":    {option(`, "type": 3, "autocomplete": true, "choices": [{"name": "a", "value": "b"}]`), "mutually exclusive"},
	"people that are completed":     {option(`, "type": 6, "autocomplete": true`), "Only texts and numbers are chosen or completed"},
	"26 choices":                    {option(`, "type": 3, "choices": [` + times(26, func(n int) string { return fmt.Sprintf(`{"name": "%d", "value": "x"}`, n) }) + `]`), "choices: Must be between 0 and 25"},
	"a choice of 101":               {option(`, "type": 3, "choices": [{"name": "a", "value": "` + strings.Repeat("x", 101) + `"}]`), "value: Must be between 1 and 100"},
	"a text for a number":           {option(`, "type": 4, "choices": [{"name": "a", "value": "1"}]`), "value: Must be a number"},
	"a number's length":             {option(`, "type": 4, "max_length": 3`), "max_length: Only a text has a length"},
	"a length of 6001":              {option(`, "type": 3, "max_length": 6001`), "max_length: Must be a whole number between 1 and 6000"},
	"a text's bounds":               {option(`, "type": 3, "max_value": 3`), "max_value: Only a number has bounds"},
	"a menu with a description":     {`[{"type": 2, "name": "Buy", "description": "x"}]`, "neither a description nor options"},
	"8001 characters in a language": {m365(`, "options": [` + times(25, func(n int) string { return manyWords(n, 4) }) + `]`), "characters in all are more than 8000"},
	"101 commands":                  {`[` + times(101, func(n int) string { return fmt.Sprintf(`{"name": "c%d", "description": "x"}`, n) }) + `]`, "Maximum number of application commands reached"},
}

// manyWords is a subcommand with so many options that are long in one language.
func manyWords(n, count int) string {
	long := strings.Repeat("x", 100)
	return fmt.Sprintf(`{"type": 1, "name": "s%d", "description": "x", "options": [%s]}`, n, times(count, func(n int) string {
		return fmt.Sprintf(`{"type": 3, "name": "o%d", "description": "x", "description_localizations": {"de": %q}}`, n, long)
	}))
}

// What Discord takes is taken, each by Discord's own schema too; what it refuses is refused,
// each for its own reason.
func TestCheck(t *testing.T) {
	t.Parallel()
	message := func(v any) []fakediscord.Problem { return fakediscord.CheckMessage(v.(map[string]any)) }
	modal := func(v any) []fakediscord.Problem { return fakediscord.CheckModal(v.(map[string]any)) }
	callback := "~1interactions~1{interaction_id}~1{interaction_token}~1callback/post"
	inCallback := func(v any) any { return map[string]any{"type": json.Number("9"), "data": v} }
	itself := func(v any) any { return v }
	for _, c := range []struct {
		name, pointer string
		good          map[string]string
		bad           map[string]struct{ body, says string }
		check         func(v any) []fakediscord.Problem
		wrap          func(v any) any
	}{
		{"message", "~1channels~1{channel_id}~1messages/post", goodMessages, badMessages, message, itself},
		{"modal", callback, goodModals, badModals, modal, inCallback},
		{"commands", "~1applications~1{application_id}~1commands/put", goodCommands, badCommands, fakediscord.CheckCommands, itself},
	} {
		s := schema(t, c.pointer)
		for name, body := range c.good {
			if problems := c.check(read(t, name, body)); len(problems) > 0 {
				t.Errorf("%s: %s: %v", c.name, name, problems)
			}
			if s == nil || strings.Contains(body, "default_member_permissions") { // which the schema, alone, has as a number
				continue
			}
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(c.wrap(v)); err != nil {
				t.Errorf("%s: %s: Discord's schema refuses it: %v", c.name, name, err)
			}
		}
		for name, b := range c.bad {
			problems := fmt.Sprint(c.check(read(t, name, b.body)))
			if !strings.Contains(problems, b.says) {
				t.Errorf("%s: %s: %s, not %q", c.name, name, problems, b.says)
			}
		}
	}
}

func read(t *testing.T, name, body string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%s: %v in %s", name, err, body)
	}
	return v
}

// schema is what Discord's own description of its API has of a body, nil where that is not
// here.
func schema(t *testing.T, pointer string) *jsonschema.Schema {
	t.Helper()
	return part(t, pointer+"/requestBody/content/application~1json/schema")
}

func part(t *testing.T, pointer string) *jsonschema.Schema {
	t.Helper()
	folder := os.Getenv("SCHEMAS_DIR")
	if folder == "" {
		folder = "../../../shared/data/schemas"
	}
	raw, err := os.ReadFile(filepath.Join(folder, "discord-openapi.json"))
	if err != nil {
		t.Log("NOT TESTED: the Discord that the tests play by discord-openapi.json, which is not here (SCHEMAS_DIR)")
		return nil
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("discord.json", v); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("discord.json#/paths/" + pointer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
