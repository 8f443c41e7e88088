package intent

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"cartwright/testservices"
)

// aimock plays OpenAI.
type aimock struct{ url string }

func startAimock(t *testing.T) aimock {
	t.Helper()
	folder := testservices.Peers(t, "model", "@copilotkit/aimock", "what is sent to language models, by another's player of OpenAI")
	return aimock{testservices.Aimock(t, folder, "testdata/model/fixtures.json")}
}

func (a aimock) desk(t *testing.T, o ModelOptions) *desk {
	t.Helper()
	o.BaseURL, o.Name, o.Key = a.url+"/v1", "gpt-4o-mini", "sk-hush"
	return newDesk(t, o)
}

// fail has each call go wrong in one way from now on.
func (a aimock) fail(t *testing.T, fault string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+"/__aimock/chaos", strings.NewReader(fault))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", fault, answer.Status)
	}
}

// journal is what arrived as bodies, and how many calls that were.
func (a aimock) journal(t *testing.T) (bodies string, calls int) {
	t.Helper()
	answer, err := http.Get(a.url + "/__aimock/journal")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var entries []struct {
		Path string
		Body json.RawMessage
	}
	if err := json.NewDecoder(answer.Body).Decode(&entries); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Path == "/v1/chat/completions" {
			calls++
		}
		bodies += string(e.Body) + "\n"
	}
	return bodies, calls
}

func TestAnotherOpenAI(t *testing.T) {
	t.Parallel()
	a := startAimock(t)
	d := a.desk(t, ModelOptions{Patience: 20 * time.Second})
	for _, c := range []struct {
		text, want string
		outcome    Outcome
	}{
		{unclear, "buy | m365-e3 25 monthly true", Answered},
		{"请给我们 12 个 visio", "buy | visio-p2 12  -", Answered},
		{"could 12 visio go to dagmar.weiss@fabrikam.example, call +49 171 5550123 about 3b555118-da6a-4418-894f-7df1e2096870", "assign | visio-p2 12  -", Answered},
		{"un peu de tout", "none", CutOff},
		{"etwas anderes", "none", BadForm},
		{"what no fixture has", "none", Broken}, // it answers 503
		{"too much at once", "none", Limited},
	} {
		i, rec := d.read(t, c.text)
		if shown(i) != c.want || rec.Outcome != c.outcome {
			t.Errorf("%q: %s, %s; want %s, %s", c.text, shown(i), rec.Outcome, c.want, c.outcome)
		}
		if rec.Outcome == Answered && (rec.Tokens < 10 || rec.Reported != "gpt-4o-mini-2024-07-18") {
			t.Errorf("%q: recorded as %+v", c.text, rec)
		}
	}
	text, calls := a.journal(t)
	for _, personal := range []string{"dagmar", "weiss", "fabrikam", "5550123", "3b555118", "2096870", "sk-hush", "U1", "contoso"} {
		if strings.Contains(text, personal) {
			t.Errorf("%q went out", personal)
		}
	}
	if calls != 7 || !strings.Contains(text, "<person1>, call <phone1> about <id1>") {
		t.Errorf("%d calls went out:\n%.2000s", calls, text)
	}
	if log := d.log.String(); strings.Contains(log, "hush") || strings.Contains(log, "visio") {
		t.Errorf("the log is %s", log)
	}
}

// Each fault ends in the rules' answer, and twenty messages under it cost at most five calls.
func TestAnotherOpenAIsFaults(t *testing.T) {
	t.Parallel()
	a := startAimock(t)
	for _, c := range []struct {
		fault string
		want  Outcome
		calls int
	}{
		{`{"malformedRate":1}`, Unreadable, 5},
		{`{"malformedRate":0,"disconnectRate":1}`, Network, 5},
		{`{"disconnectRate":0,"dropRate":1}`, Broken, 5},
		{`{"dropRate":0,"rateLimitRate":1}`, Limited, 1},
		{`{"rateLimitRate":0,"latencyMs":700}`, TimedOut, 5},
	} {
		a.fail(t, c.fault)
		_, before := a.journal(t)
		patience := 20 * time.Second
		if c.want == TimedOut {
			patience = 100 * time.Millisecond
		}
		d := a.desk(t, ModelOptions{Patience: patience})
		for n := range 20 {
			i, rec := d.read(t, unclear)
			if want := (playedRules{}).Parse(unclear, "en"); shown(i) != shown(want) {
				t.Fatalf("%s: read as %s", c.fault, shown(i))
			}
			if want := c.want; n < c.calls && rec.Outcome != want || n >= c.calls && rec.Outcome != Resting {
				t.Fatalf("%s: message %d is recorded as %s", c.fault, n+1, rec.Outcome)
			}
		}
		if _, after := a.journal(t); after-before > c.calls {
			t.Errorf("%s: 20 messages cost %d calls", c.fault, after-before)
		}
	}
	a.fail(t, `{"latencyMs":0}`)
	if i, rec := a.desk(t, ModelOptions{Patience: 20 * time.Second}).read(t, unclear); rec.Outcome != Answered || i.Ambiguous() {
		t.Errorf("without a fault: %+v", rec)
	}
}
