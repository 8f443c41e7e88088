package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"cartwright/commerce"
	"cartwright/config"
	"cartwright/conversations/intent"
)

// modelAt plays an OpenAI-compatible server that says one thing, and gives its address.
func modelAt(t *testing.T, code int, content string) (address string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"model":"m-1","choices":[{"finish_reason":"stop","message":{"role":"assistant","content":`+content+`}}],"usage":{"total_tokens":321}}`)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

// What an operator is told of the language model that is configured.
func TestModelDoctor(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	if said := s.does(exitOK, "doctor"); strings.Contains(said, "language model") {
		t.Errorf("there is no model, and it is looked at:\n%s", said)
	}
	plain := s.env
	for _, c := range []struct {
		set  settings
		code int
		want string
	}{
		{settings{"OPENAI_BASE_URL": modelAt(t, 200, `"{\"probe\":\"ok\"}"`), "OPENAI_MODEL": "m"}, exitOK, "ok    language model m, schema enforced"},
		{settings{"OPENAI_BASE_URL": modelAt(t, 200, `"The sea, the sea"`), "OPENAI_MODEL": "m"}, exitOK, "ok    language model m, schema not enforced"},
		{settings{"OPENAI_BASE_URL": modelAt(t, 401, `""`), "OPENAI_MODEL": "m", "OPENAI_API_KEY": "sk-hush"}, exitFailed, "FAIL  language model m: the model has no answer: refused (401): look at OPENAI_API_KEY"},
		{settings{"OPENAI_BASE_URL": "https://models.example", "OPENAI_MODEL": "gpt-5", "OPENAI_TOKEN_PARAM": "max_tokens"}, exitFailed, "FAIL  language model gpt-5: language model: look at OPENAI_MODEL and OPENAI_TOKEN_PARAM"},
		{settings{"OPENAI_API_KEY": "sk-hush"}, exitMisused, "OPENAI_MODEL: it is not set, and OPENAI_API_KEY is"},
	} {
		s.env = plain.with(c.set)
		said := s.does(c.code, "doctor")
		s.says(said, c.want)
		if strings.Contains(said, "hush") {
			t.Errorf("the key is in\n%s", said)
		}
	}
}

// askingRules are never sure, and know one number.
type askingRules struct{}

func (askingRules) Parse(string, string) intent.Intent { return intent.Intent{Kind: intent.None} }

func (askingRules) Trace(text, _ string) intent.Trace {
	at := strings.Index(text, "7")
	return intent.Trace{Numbers: []intent.Number{{Span: intent.Span{Start: at, End: at + 1}, Value: 7}}}
}

// What the model is asked, and what comes of it, is counted.
func TestTheReaderOfAConfiguration(t *testing.T) {
	t.Parallel()
	good := modelAt(t, 200, `"{\"intent\":\"buy\",\"items\":[{\"product\":null,\"quantity\":7,\"billing\":null,\"auto_assign\":null}]}"`)
	odd := modelAt(t, 200, `"{\"intent\":\"buy\",\"items\":[{\"product\":null,\"quantity\":8,\"billing\":null,\"auto_assign\":null}]}"`)
	m, resting := newMetrics(), false
	note := m.readings(func() bool { return resting })
	for _, address := range []string{good, odd, ""} {
		env := settings{"SECRET_KEY": usual["SECRET_KEY"]}
		if address != "" {
			env = env.with(settings{"OPENAI_BASE_URL": address, "OPENAI_MODEL": "m"})
		}
		cfg, err := config.Read(env.find, os.ReadFile)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Catalogue = commerce.BuiltIn()
		r, err := readerOf(cfg, askingRules{}, unmetered{}, note, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		i := r.Read(t.Context(), intent.Text{Request: "r", Organisation: "contoso", Person: "aicha", Text: "make it 7", Locale: "en"})
		if address == good && (i.Kind != intent.Buy || len(i.Items) != 1 || i.Items[0].Quantity != 7) || address == "" && i.Kind != intent.None {
			t.Errorf("%s: read as %+v", address, i)
		}
	}
	resting = true
	want := `# HELP cartwright_model_differs_total Answers of the language model that contradict the rules, or that the text does not have.
# TYPE cartwright_model_differs_total counter
cartwright_model_differs_total 1
# HELP cartwright_model_resting 1 while the language model is not asked because it failed, else 0.
# TYPE cartwright_model_resting gauge
cartwright_model_resting 1
# HELP cartwright_model_tokens_total Tokens that the language model used.
# TYPE cartwright_model_tokens_total counter
cartwright_model_tokens_total 642
# HELP cartwright_texts_total Texts read, by whose reading was taken and what came of asking the language model.
# TYPE cartwright_texts_total counter
cartwright_texts_total{outcome="answered",source="llm"} 2
cartwright_texts_total{outcome="off",source="rules"} 1
`
	if err := testutil.GatherAndCompare(m.registry, strings.NewReader(want), "cartwright_texts_total", "cartwright_model_differs_total", "cartwright_model_tokens_total", "cartwright_model_resting"); err != nil {
		t.Error(err)
	}
	if n, err := testutil.GatherAndCount(m.registry, "cartwright_model_seconds"); n != 1 || err != nil {
		t.Errorf("%d histograms, %v", n, err)
	}
}
