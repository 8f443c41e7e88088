package intent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// down is a server that fails as it is told, and counts.
type down struct {
	mu    sync.Mutex
	calls int
	fail  func() (*http.Response, error) // nil: it is up again
}

func (d *down) answer(*http.Request) (*http.Response, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	if d.fail != nil {
		return d.fail()
	}
	return status(http.StatusOK, completion(resolved)), nil
}

// While the server is down twenty messages cost five calls; half a minute later one tries.
func TestAServerThatIsDownIsLeftAlone(t *testing.T) {
	for name, fail := range map[string]func() (*http.Response, error){
		"refused": func() (*http.Response, error) { return nil, errors.New("connection refused") },
		"broken":  func() (*http.Response, error) { return status(http.StatusBadGateway, "<html>"), nil },
		"a key": func() (*http.Response, error) {
			return status(http.StatusUnauthorized, `{"error":{"message":"no"}}`), nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &down{fail: fail}
			d := newDesk(t, ModelOptions{Network: network(s.answer)})
			for range 20 {
				d.read(t, unclear)
			}
			_, rec := d.read(t, unclear)
			if s.calls != 5 || rec.Outcome != Resting || !d.Model.Resting() || len(d.budget.taken) != 5 {
				t.Fatalf("%s: 20 messages cost %d calls, %d of the budget; then %+v", name, s.calls, len(d.budget.taken), rec)
			}
			time.Sleep(29 * time.Second)
			d.read(t, unclear)
			time.Sleep(2 * time.Second)
			d.read(t, unclear) // the one that tries
			if d.read(t, unclear); s.calls != 6 {
				t.Errorf("%s: after half a minute there were %d calls, want 6", name, s.calls)
			}
			s.fail = nil
			time.Sleep(31 * time.Second)
			if _, rec := d.read(t, unclear); rec.Outcome != Answered {
				t.Errorf("%s: after it came back: %+v", name, rec)
			}
		})
	}
}

// What a model makes of one person's texts keeps it from nobody.
func TestARefusalClosesNothing(t *testing.T) {
	t.Parallel()
	s := &down{fail: func() (*http.Response, error) {
		return status(http.StatusOK, changed(`"refusal":null`, `"refusal":"no"`)), nil
	}}
	d := newDesk(t, ModelOptions{Network: network(s.answer)})
	for range 20 {
		d.read(t, unclear)
	}
	if s.calls != 20 || d.Model.Resting() {
		t.Errorf("after 20 refusals there were %d calls", s.calls)
	}
}

func TestAServerThatAsksForItIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const date = "a date"
		for _, c := range []struct {
			header string
			wait   time.Duration
		}{
			{"7", 7 * time.Second}, {"0", time.Second}, {"1.5", 1500 * time.Millisecond}, {"", restTime}, {"soon", restTime}, {"-1", restTime}, {"NaN", restTime},
			{"99999999999", longestRest}, {date, 20 * time.Second}, {date, longestRest + time.Hour}, {date, -time.Hour},
		} {
			if c.header == date {
				c.header = time.Now().Add(c.wait).UTC().Format(http.TimeFormat)
				c.wait = max(time.Second, min(c.wait, longestRest))
			}
			s := &down{fail: func() (*http.Response, error) {
				return status(http.StatusTooManyRequests, `{"error":{"message":"slow down"}}`, "Retry-After", c.header), nil
			}}
			d := newDesk(t, ModelOptions{Network: network(s.answer)})
			d.read(t, unclear)
			time.Sleep(c.wait - 600*time.Millisecond)
			if _, rec := d.read(t, unclear); s.calls != 1 || rec.Outcome != Resting {
				t.Errorf("Retry-After %q: %d calls before it was over", c.header, s.calls)
			}
			time.Sleep(1200 * time.Millisecond)
			s.fail = nil
			if _, rec := d.read(t, unclear); s.calls != 2 || rec.Outcome != Answered {
				t.Errorf("Retry-After %q: %+v after it was over", c.header, rec)
			}
		}
	})
}

// hangs answers when the caller has gone.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestNobodyWaitsLongerThanFourSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, ModelOptions{Network: network(hangs)})
		began := time.Now()
		i, rec := d.read(t, unclear)
		if took := time.Since(began); took != 4*time.Second || rec.Outcome != TimedOut || !i.Ambiguous() || rec.Took != took {
			t.Errorf("after %v: %+v, %+v", took, i, rec)
		}
		if len(d.budget.used) != 1 || d.budget.used[0] < 500 {
			t.Errorf("a call that was worked on costs %v tokens", d.budget.used)
		}
	})
}

// Who goes away is no failure of the server's.
func TestACallerWhoGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, ModelOptions{Network: network(hangs)})
		for range 9 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			d.Read(ctx, Text{Text: unclear})
			cancel()
		}
		for _, rec := range d.records {
			if rec.Outcome != Cancelled {
				t.Errorf("recorded as %+v", rec)
			}
		}
	})
}

func TestEightCallsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &down{}
		d := newDesk(t, ModelOptions{Network: network(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return s.answer(r)
		})})
		var mu sync.Mutex
		outcomes := map[Outcome]int{}
		d.Note = func(r Record) { mu.Lock(); defer mu.Unlock(); outcomes[r.Outcome]++ }
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() { d.Read(t.Context(), Text{Text: unclear}) })
		}
		all.Wait()
		if outcomes[Answered] != 8 || outcomes[Busy] != 4 || s.calls != 8 || len(d.budget.taken) != 8 {
			t.Errorf("%v with %d calls, %d of the budget", outcomes, s.calls, len(d.budget.taken))
		}
	})
}

func TestASpentBudgetLeavesTheRulesAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spent string
		err   error
		want  Outcome
	}{{BudgetPerson, nil, SpentPerson}, {BudgetOrganisation, nil, SpentOrganisation}, {"", errors.New("Redis is away"), BudgetUnknown}} {
		s := &down{}
		d := newDesk(t, ModelOptions{Network: network(s.answer)})
		d.budget.spent, d.budget.err = c.spent, c.err
		if i, rec := d.read(t, unclear); rec.Outcome != c.want || s.calls != 0 || !i.Ambiguous() {
			t.Errorf("%q is spent, %v: %+v after %d calls", c.spent, c.err, rec, s.calls)
		}
		if d.budget.taken[0] != "contoso/slack/T1/U1" {
			t.Errorf("taken of %v", d.budget.taken)
		}
	}
}

// A server that does not count, or counts wrongly, is counted for.
func TestTokensAreEstimatedWhereTheServerDoesNotCount(t *testing.T) {
	t.Parallel()
	for _, usage := range []string{"null", `{}`, `{"total_tokens":-5}`, `{"total_tokens":99999999999}`} {
		body := strings.Replace(completion(resolved), encoded(map[string]any{"prompt_tokens": 900, "completion_tokens": 50, "total_tokens": 950}), usage, 1)
		d := newDesk(t, ModelOptions{Network: network(func(*http.Request) (*http.Response, error) { return status(http.StatusOK, body), nil })})
		if _, rec := d.read(t, unclear); rec.Outcome != Answered || rec.Tokens < 500 || rec.Tokens > 5000 {
			t.Errorf("usage %s: %+v", usage, rec)
		}
	}
}

// Nothing of a text, of a name, of the key or of what a server writes is in the log, whatever
// becomes of the text.
func TestTheLogHoldsNoText(t *testing.T) {
	t.Parallel()
	const secret = "xyzzyplugh"
	bodies := []string{
		completion(secret), completion(`{"intent":"` + secret + `","items":[]}`), completion(`{"intent":"none","items":[]}`), completion(resolved), `{"error":{"message":"` + secret + `"}}`, "<html>" + secret,
		strings.ReplaceAll(completion(resolved), "test-model-2026-01-01", secret), strings.ReplaceAll(completion(resolved), "test-model-2026-01-01", "a b\n"+secret),
		strings.ReplaceAll(completion(resolved), `"stop"`, `"`+secret+`"`), strings.ReplaceAll(completion(resolved), `"refusal":null`, `"refusal":"`+secret+`"`),
	}
	for _, code := range []int{200, 307, 400, 401, 429, 500} {
		for _, body := range bodies {
			d := newDesk(t, ModelOptions{Key: secret, Network: network(func(*http.Request) (*http.Response, error) {
				return status(code, body, "Location", "https://"+secret+".example", "Retry-After", secret), nil
			})})
			d.Read(t.Context(), Text{Request: "req-1", Organisation: "contoso", Person: secret, Text: "Buy 25 E3 microsoft " + secret, Locale: secret})
			for range 5 {
				d.Read(t.Context(), Text{Request: "req-2", Person: secret, Text: secret})
			}
			d.Model.Begin(t.Context())
			for _, err := range d.Model.Checks(t.Context()) {
				slog.New(d.Log.Handler()).Error("check", "err", err)
			}
			if log := d.log.String(); strings.Contains(log, secret) || !strings.Contains(log, "req-1") {
				t.Fatalf("%d %s:\n%s", code, body, log)
			}
			if text := fmt.Sprintf("%+v", d.records); strings.Contains(text, secret) {
				t.Fatalf("%d %s: recorded as %s", code, body, text)
			}
		}
	}
}

func TestTheProbe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		code       int
		mode       Mode
		log, check string
	}{
		{"kept to", completion(`{"probe":"ok"}`), 200, "", "schema enforced", "ok language model test-model, schema enforced"},
		{"a poem", completion("The sea, the sea"), 200, "", "WARN msg=\"language model: schema not enforced\"", "ok language model test-model, schema not enforced (answers are checked all the same)"},
		{"a poem in JSON", completion(`{"probe":"ok","poem":"The sea"}`), 200, "", "schema not enforced", "ok language model test-model, schema not enforced (answers are checked all the same)"},
		{"no schema asked for", completion("hello"), 200, JSONObject, "language model: it answers", "ok language model test-model"},
		{"a wrong key", `{"error":{"message":"hush"}}`, 401, "", "no answer", "language model test-model: the model has no answer: refused (401): look at OPENAI_API_KEY"},
		{"a wrong model", `{"error":{"message":"hush"}}`, 404, "", "no answer", "language model test-model: the model has no answer: refused (404): look at OPENAI_MODEL, OPENAI_MODE and OPENAI_TOKEN_PARAM"},
		{"a wrong address", "<html>hush</html>", 200, "", "no answer", "language model test-model: the model has no answer: unreadable: look at OPENAI_BASE_URL, which usually ends in /v1"},
		{"limits", "{}", 429, "", "no answer", "language model test-model: the model has no answer: limited (429): look at the account's limits, or wait"},
		{"broken", "{}", 503, "", "no answer", "language model test-model: the model has no answer: broken (503): look at OPENAI_BASE_URL, and whether the server runs"},
		{"nothing", `{"choices":[]}`, 200, "", "no answer", "language model test-model: the model has no answer: no_choice: look at OPENAI_BASE_URL, which usually ends in /v1"},
	} {
		calls, asked := 0, map[string]any{}
		d := newDesk(t, ModelOptions{Mode: c.mode, Network: network(func(r *http.Request) (*http.Response, error) {
			calls++
			_ = json.NewDecoder(r.Body).Decode(&asked)
			return status(c.code, c.body), nil
		})})
		d.Model.Begin(t.Context())
		if log := d.log.String(); !strings.Contains(log, c.log) || strings.Contains(log, "hush") {
			t.Errorf("%s: the log is %s", c.name, log)
		}
		for name, err := range d.Model.Checks(t.Context()) {
			got := "ok " + name
			if err != nil {
				got = fmt.Sprintf("%s: %v", name, err)
			}
			if got != c.check {
				t.Errorf("%s: %q, want %q", c.name, got, c.check)
			}
		}
		if text := encoded(asked); calls != 2 || c.mode == "" && (!strings.Contains(text, "poem") || !strings.Contains(text, `["ok"]`)) || c.mode == JSONObject && !strings.Contains(text, "JSON") {
			t.Errorf("%s: %d calls, such as %s", c.name, calls, text)
		}
	}
}

// What a server refuses because of one person's text keeps nobody else from it.
func TestARefusedTextClosesNothing(t *testing.T) {
	t.Parallel()
	for _, code := range []int{400, 403, 413, 422, 451} {
		s := &down{fail: func() (*http.Response, error) {
			return status(code, `{"error":{"message":"no","code":"content_filter"}}`), nil
		}}
		d := newDesk(t, ModelOptions{Network: network(s.answer)})
		for range 20 {
			d.read(t, unclear)
		}
		if _, rec := d.read(t, unclear); s.calls != 21 || d.Model.Resting() || rec.Outcome != Refused {
			t.Errorf("%d: after 20 refusals there were %d calls, then %+v", code, s.calls, rec)
		}
	}
}

// While one tries whether the server is back, the others cost nothing; and whose budget is
// spent tells nothing of the server.
func TestWhoIsRefusedPaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &down{fail: func() (*http.Response, error) { return status(http.StatusBadGateway, "{}"), nil }}
		d := newDesk(t, ModelOptions{Network: network(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return s.answer(r)
		})})
		for range 5 {
			d.read(t, unclear)
		}
		time.Sleep(restTime + time.Second)
		d.budget.spent = BudgetPerson
		if _, rec := d.read(t, unclear); rec.Outcome != SpentPerson {
			t.Errorf("with nothing to spend: %+v", rec)
		}
		d.budget.spent, d.budget.taken, s.fail = "", nil, nil
		d.Note = nil
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { d.Read(t.Context(), Text{Text: unclear}) })
		}
		if all.Wait(); s.calls != 6 || len(d.budget.taken) != 1 || d.Model.Resting() {
			t.Errorf("%d calls, and %d of the budget", s.calls-5, len(d.budget.taken))
		}
	})
}
