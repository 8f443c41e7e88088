package intent

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// unclear is a text that the played rules read as something to ask about, and resolved is
// what a good model makes of it.
const (
	unclear  = "Buy 25 E3, the Microsoft one, monthly, for everyone"
	resolved = `{"intent":"buy","items":[{"product":"m365-e3","quantity":25,"billing":"monthly","auto_assign":true}]}`
)

// server is a real one, on this machine.
func server(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

func TestTheModelResolvesWhatTheRulesLeaveOpen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, ModelOptions{Network: always(resolved)})
	i, rec := d.read(t, unclear)
	yes := true
	want := []Item{{Product: "m365-e3", Quantity: 25, Billing: "monthly", AutoAssign: &yes}}
	if diff := cmp.Diff(want, i.Items); diff != "" || i.Ambiguous() || i.Kind != Buy {
		t.Errorf("read as %+v\n%s", i, diff)
	}
	var shown []string
	for _, e := range i.Evidence {
		shown = append(shown, string(e.Slot)+" "+unclear[e.Start:e.End])
	}
	if diff := cmp.Diff([]string{"quantity 25", "product E3", "product Microsoft", "billing monthly", "auto_assign everyone"}, shown); diff != "" {
		t.Errorf("the evidence is\n%s", diff)
	}
	if rec.Source != ByBoth || rec.Outcome != Answered || rec.Reason != "asks" || rec.Differs || rec.Tokens != 950 || rec.Reported != "test-model-2026-01-01" || rec.Finish != "stop" {
		t.Errorf("recorded as %+v", rec)
	}
	if diff := cmp.Diff([]int{950}, d.budget.used); diff != "" {
		t.Errorf("used %s", diff)
	}
}

func TestNobodyAsksWhereTheRulesAreSure(t *testing.T) {
	t.Parallel()
	asked := func(*http.Request) (*http.Response, error) {
		t.Error("the model is asked")
		return nil, io.EOF
	}
	for _, text := range []string{"buy 5 visio", "approve order 12", "APPROVE it and buy nothing"} {
		d := newDesk(t, ModelOptions{Network: network(asked)})
		i, rec := d.read(t, text)
		if rec.Outcome != Certain || rec.Source != ByRules || len(d.budget.taken) != 0 {
			t.Errorf("%q: %+v, recorded as %+v", text, i, rec)
		}
	}
	d := newDesk(t, ModelOptions{Network: network(asked)})
	d.Model = nil
	if i, rec := d.read(t, unclear); !i.Ambiguous() || rec.Outcome != Off {
		t.Errorf("without a model: %+v, %+v", i, rec)
	}
}

// badAnswers are what servers and models really send, or might.
var badAnswers = []struct {
	name   string
	answer http.HandlerFunc
	want   Outcome
}{
	{"fenced JSON", says200(completion("```json\n" + resolved + "\n```")), BadForm},
	{"text behind", says200(completion(resolved + " I hope that helps!")), BadForm},
	{"two forms", says200(completion(resolved + resolved)), BadForm},
	{"no JSON", says200(completion("Sure! Which one do you need?")), BadForm},
	{"nothing", says200(completion("")), BadForm},
	{"approve", says200(completion(`{"intent":"approve","items":[]}`)), BadForm},
	{"a field more", says200(completion(`{"intent":"buy","items":[],"approve":true}`)), BadForm},
	{"a price", says200(completion(`{"intent":"buy","items":[{"product":"m365-e3","quantity":25,"billing":null,"auto_assign":null,"price":1}]}`)), BadForm},
	{"a field twice", says200(completion(`{"intent":"none","items":[],"intent":"buy"}`)), BadForm},
	{"another case", says200(completion(`{"Intent":"buy","ITEMS":[]}`)), BadForm},
	{"lines of a cart", says200(completion(`{"intent":"cart","items":[{"product":"m365-e3","quantity":25,"billing":null,"auto_assign":null}]}`)), BadForm},
	{"a line without a field", says200(completion(`{"intent":"buy","items":[{"product":"m365-e3","quantity":25,"billing":"monthly"}]}`)), BadForm},
	{"a line of nothing", says200(completion(`{"intent":"buy","items":[{}]}`)), BadForm},
	{"a line that is null", says200(completion(`{"intent":"buy","items":[null]}`)), BadForm},
	{"no lines", says200(completion(`{"intent":"buy"}`)), BadForm},
	{"a product twice", says200(completion(`{"intent":"buy","items":[` + oneLine("m365-e3", "1") + `,` + oneLine("m365-e3", "2") + `]}`)), BadForm},
	{"many lines", says200(completion(`{"intent":"buy","items":[` + strings.Repeat(`{"product":null,"quantity":1,"billing":null,"auto_assign":null},`, 20) + oneLine("m365-e3", "1") + `]}`)), BadForm},
	{"quarterly", says200(completion(`{"intent":"buy","items":[{"product":null,"quantity":25,"billing":"quarterly","auto_assign":null}]}`)), BadForm},
	{"a foreign product", says200(completion(`{"intent":"buy","items":[` + oneLine("copilot", "25") + `]}`)), Foreign},
	{"less than none", says200(completion(`{"intent":"buy","items":[` + oneLine("m365-e3", "-3") + `]}`)), OutOfBounds},
	{"none", says200(completion(`{"intent":"buy","items":[` + oneLine("m365-e3", "0") + `]}`)), OutOfBounds},
	{"1e12", says200(completion(`{"intent":"buy","items":[` + oneLine("m365-e3", "1e12") + `]}`)), BadForm},
	{"a trillion", says200(completion(`{"intent":"buy","items":[` + oneLine("m365-e3", "1000000000000") + `]}`)), OutOfBounds},
	{"more than there are", says200(completion(`{"intent":"buy","items":[` + oneLine("business-premium", "301") + `]}`)), OutOfBounds},
	{"2.5", says200(completion(`{"intent":"buy","items":[` + oneLine("m365-e3", "2.5") + `]}`)), BadForm},
	{"a text for a number", says200(completion(`{"intent":"buy","items":[` + oneLine("m365-e3", `"25"`) + `]}`)), BadForm},
	{"a refusal", says200(changed(`"refusal":null`, `"refusal":"I cannot help with that."`)), Refusal},
	{"filtered", says200(changed(`"stop"`, `"content_filter"`)), Refusal},
	{"cut off", says200(changed(`"stop"`, `"length"`)), CutOff},
	{"a tool", says200(changed(`"stop"`, `"tool_calls"`)), Unfinished},
	{"a tool, stopped", says200(changed(`"refusal":null`, `"tool_calls":[{"id":"1","type":"function","function":{"name":"approve","arguments":"{}"}}]`)), Unfinished},
	{"no reason to stop", says200(changed(`"stop"`, `null`)), Unfinished},
	{"an error with 200", says200(`{"error":{"message":"hush","type":"x"}}`), NoChoice},
	{"no choice", says200(`{"choices":[]}`), NoChoice},
	{"two choices", says200(`{"choices":[{"finish_reason":"stop","message":{"content":"{}"}},{"finish_reason":"stop","message":{"content":"{}"}}]}`), NoChoice},
	{"HTML with 200", says200("<html>hush</html>"), Unreadable},
	{"50 MB", func(w http.ResponseWriter, _ *http.Request) { pour(w, 50<<20) }, TooLong},
	{"HTML with 502", saysStatus(http.StatusBadGateway, "<html>hush</html>"), Broken},
	{"Ollama's error", saysStatus(http.StatusInternalServerError, `{"error":"hush"}`), Broken},
	{"a wrong key", saysStatus(http.StatusUnauthorized, `{"error":{"message":"hush","type":"x","code":"invalid_api_key"}}`), Refused},
	{"too many calls", saysStatus(http.StatusTooManyRequests, `{"error":{"message":"hush"}}`), Limited},
	{"somewhere else", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}, Redirected},
	{"nobody", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Network},
	{"slow", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() }, TimedOut},
	{"dripping", drip, TimedOut},
}

func oneLine(product, quantity string) string {
	return `{"product":"` + product + `","quantity":` + quantity + `,"billing":null,"auto_assign":null}`
}

func says200(body string) http.HandlerFunc { return saysStatus(http.StatusOK, body) }

func saysStatus(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// changed is a good answer but for one thing.
func changed(old, now string) string { return strings.Replace(completion(resolved), old, now, 1) }

func pour(w io.Writer, bytes int) {
	_, _ = io.WriteString(w, `{"choices":[{"finish_reason":"stop","message":{"content":"`)
	block := strings.Repeat("x", 1<<16)
	for range bytes / len(block) {
		if _, err := io.WriteString(w, block); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `"}}]}`)
}

// drip sends a little at a time, for ever.
func drip(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, `{"choices":[`)
	for r.Context().Err() == nil {
		_, _ = io.WriteString(w, " ")
		_ = http.NewResponseController(w).Flush()
		time.Sleep(10 * time.Millisecond)
	}
}

func TestTheRulesAnswerWhatTheModelSpoils(t *testing.T) {
	t.Parallel()
	rules := playedRules{}.Parse(unclear, "en")
	for _, c := range badAnswers {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			elsewhere := atomic.Bool{}
			d := newDesk(t, ModelOptions{Key: "sk-hush", Patience: 300 * time.Millisecond, BaseURL: server(t, func(w http.ResponseWriter, r *http.Request) {
				elsewhere.Store(elsewhere.Load() || r.URL.Path != "/v1/chat/completions")
				c.answer(w, r)
			})})
			if c.want != TimedOut {
				d.Model.o.Patience = 10 * time.Second
			}
			i, rec := d.read(t, unclear)
			if diff := cmp.Diff(rules, i); diff != "" {
				t.Errorf("not the rules' answer:\n%s", diff)
			}
			if rec.Outcome != c.want || rec.Source != ByRules {
				t.Errorf("recorded as %q of %q, want %q", rec.Outcome, rec.Source, c.want)
			}
			if elsewhere.Load() {
				t.Error("the text went elsewhere")
			}
			if log := d.log.String(); strings.Contains(log, "hush") || strings.Contains(log, "Microsoft") {
				t.Errorf("the log holds what was sent or received: %s", log)
			}
		})
	}
}

// What is sent is the text in the person's message alone, a schema, and nothing of the
// person but a hash.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o    ModelOptions
		want map[string]any // nil: is not there
		form string
	}{
		{ModelOptions{}, map[string]any{"max_tokens": 400.0, "max_completion_tokens": nil, "temperature": 1e-45, "reasoning_effort": nil}, "json_schema"},
		{ModelOptions{Mode: JSONObject, TokenParam: MaxCompletionTokens}, map[string]any{"max_tokens": nil, "max_completion_tokens": 400.0}, "json_object"},
		{ModelOptions{Mode: Prompt}, nil, ""},
		{ModelOptions{Name: "gpt-5-mini"}, map[string]any{"max_tokens": nil, "max_completion_tokens": 400.0, "temperature": nil, "reasoning_effort": "low"}, "json_schema"},
		{ModelOptions{Name: "o4-mini"}, map[string]any{"max_tokens": nil, "max_completion_tokens": 400.0, "temperature": nil}, "json_schema"},
	} {
		var body map[string]any
		calls, header := 0, http.Header{}
		c.o.Key = "sk-key"
		c.o.Network = network(func(r *http.Request) (*http.Response, error) {
			calls++
			header = r.Header
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			return status(http.StatusOK, completion(resolved)), nil
		})
		newDesk(t, c.o).read(t, unclear)
		if calls != 1 || header.Get("Authorization") != "Bearer sk-key" {
			t.Errorf("%+v: %d calls, authorised as %q", c.o, calls, header.Get("Authorization"))
		}
		for name, want := range c.want {
			if body[name] != want {
				t.Errorf("%s: %s is %v, want %v", c.o.Name, name, body[name], want)
			}
		}
		form, _ := body["response_format"].(map[string]any)
		if kind, _ := form["type"].(string); kind != c.form {
			t.Errorf("the form is %v, want %q", form, c.form)
		}
		for _, never := range []string{"tools", "functions", "tool_choice", "store", "user", "metadata", "n"} {
			if _, there := body[never]; there {
				t.Errorf("%s is sent: %v", never, body[never])
			}
		}
		messages := body["messages"].([]any)
		system, user := messages[0].(map[string]any), messages[1].(map[string]any)
		if len(messages) != 2 || user["content"] != unclear || user["role"] != "user" || strings.Contains(system["content"].(string), unclear) {
			t.Errorf("the messages are %v", messages)
		}
		id, _ := body["safety_identifier"].(string)
		if all := encoded(body); len(id) != 32 || strings.Contains(all, "U1") || strings.Contains(all, "contoso") || body["stream"] != false {
			t.Errorf("sent is %s", all)
		}
	}
}

func TestALongTextIsCutAndAnEmptyOneNotSent(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	d := newDesk(t, ModelOptions{Network: network(func(r *http.Request) (*http.Response, error) {
		got.Reset()
		_, _ = got.ReadFrom(r.Body)
		return status(http.StatusOK, completion(`{"intent":"none","items":[]}`)), nil
	})})
	d.read(t, strings.Repeat("许", 10_000))
	if n := strings.Count(got.String(), "许"); n != maxText {
		t.Errorf("%d characters are sent, want %d", n, maxText)
	}
	got.Reset()
	if _, rec := d.read(t, " \n\t "); rec.Outcome != Nothing || got.Len() > 0 {
		t.Errorf("of nothing: %+v, sent %q", rec, got.String())
	}
}

func TestModelsThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	for _, o := range []ModelOptions{
		{BaseURL: "http://models.example.com/v1"}, {BaseURL: "https://me:secret@models.example.com"}, {BaseURL: "https://models.example.com/?key=1"},
		{BaseURL: "ftp://models.example.com"}, {BaseURL: "models.example.com"}, {BaseURL: ""}, {BaseURL: "https://api.openai.com/v1", Name: "gpt-5", TokenParam: MaxTokens},
	} {
		o.Now = time.Now
		if _, err := NewModel(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	for _, address := range []string{"https://models.example.com/v1/", "http://localhost:11434/v1", "http://[::1]:1", "http://127.0.0.1:8000/v1"} {
		if _, err := NewModel(ModelOptions{BaseURL: address, Now: time.Now}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
