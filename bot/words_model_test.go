package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/config"
	"cartwright/conversations"
	"cartwright/conversations/intent"
	"cartwright/testservices"
)

// twoPieces is a text that the rules ask about, and that says all the same what is meant. What
// follows it tells the played model what to do.
const twoPieces = "we need 5 Business licences, the premium kind, "

// playedModel is where others' player of OpenAI is.
func playedModel(t *testing.T) string {
	t.Helper()
	folder := testservices.Peers(t, "model", "@copilotkit/aimock", "a language model at the running bot")
	return testservices.Aimock(t, folder, "testdata/model/fixtures.json")
}

// helped is a bot with a model behind it, and somebody who writes to it.
type helped struct {
	*buyer
	log *lockedBuffer
}

func newHelped(t *testing.T, server string, more settings) helped {
	t.Helper()
	set := usual.with(settings{"DATABASE_URL": sqliteTemplate(t)(t)}).with(more)
	if server != "" {
		set = set.with(settings{"OPENAI_BASE_URL": server + "/v1", "OPENAI_MODEL": "gpt-4o-mini", "OPENAI_API_KEY": "sk-hush"})
	}
	h := helped{log: new(lockedBuffer)}
	base, _ := hostLogging(t, set, seams{}, h.log)
	h.buyer = &buyer{line: fixed(t, base), org: "contoso", person: "aicha"}
	return h
}

// read checks how the last text was read, by the log, which holds nothing of it.
func (h helped) read(outcome string) {
	h.t.Helper()
	log := h.log.String()
	at := strings.LastIndex(log, `msg="text read"`)
	if at < 0 || !strings.Contains(log[at:], "outcome="+outcome+" ") {
		h.t.Errorf("not read with the outcome %s:\n%s", outcome, log[max(at, 0):])
	}
	for _, secret := range []string{"premium kind", "Business licences", "Berlin", "hush"} {
		if strings.Contains(log, secret) {
			h.t.Errorf("%q is in the log:\n%s", secret, log)
		}
	}
}

// shownTo is what a person sees of a reading.
func shownTo(p conversations.Prompt) string {
	fields := []string{}
	for _, f := range p.Fields {
		fields = append(fields, f.Key+"="+f.Value)
	}
	blocks, _ := json.Marshal(p.Blocks)
	return fmt.Sprintf("%s %q %v\n%s", p.Name, p.Title, fields, blocks)
}

// What the rules leave open a good answer fills; and what no text has, none.
func TestTheModelHelpsAtTheRunningBot(t *testing.T) {
	t.Parallel()
	server := playedModel(t)
	for _, c := range []struct{ text, name, quantity, outcome string }{
		{twoPieces + "paid yearly", "details", "5", "answered"},
		{"10 for Berlin and 15 for Paris, Business Premium, its sum", "details", "25", "answered"},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			h := newHelped(t, server, nil)
			p := h.say(c.text)
			if p.Name != c.name || !strings.Contains(shownTo(p), "quantity="+c.quantity) {
				t.Errorf("answered with %s", shownTo(p))
			}
			h.read(c.outcome)
		})
	}
}

// Whatever becomes of the call, the person has the rules' answer.
func TestTheRulesAnswerAtTheRunningBot(t *testing.T) {
	t.Parallel()
	server := playedModel(t)
	for _, c := range []struct{ text, outcome string }{
		{twoPieces + "a product", "differed"},
		{twoPieces + "what nobody sells", "foreign"},
		{"10 for Berlin and 15 for Paris, Business Premium, a number", "differed"},
		{twoPieces + "for Otto", "bad_form"}, // it approves an order
		{twoPieces + "for Pia", "bad_form"},  // it says a price
		{twoPieces + "prose", "bad_form"},
		{twoPieces + "half", "cut_off"},
		{twoPieces + "refusal", "refusal"},
		{twoPieces + "limited", "limited"},
		{twoPieces + "broken", "broken"},
		{twoPieces + "and no fixture", "broken"}, // the player answers 503
	} {
		t.Run(c.outcome, func(t *testing.T) {
			t.Parallel()
			h := newHelped(t, server, nil)
			got := shownTo(h.say(c.text))
			h.read(c.outcome)
			if diff := cmp.Diff(shownTo(newHelped(t, "", nil).say(c.text)), got); diff != "" {
				t.Errorf("not the rules' answer:\n%s", diff)
			}
		})
	}
}

// Nobody is asked where the budget is spent or the server rests.
func TestTheModelIsLeftAlone(t *testing.T) {
	t.Parallel()
	server := playedModel(t)
	plain := shownTo(newHelped(t, "", nil).say(twoPieces + "paid yearly"))
	none := newHelped(t, server, settings{"OPENAI_DAILY_TOKENS": "0"})
	if got := shownTo(none.say(twoPieces + "paid yearly")); got != plain {
		t.Errorf("without tokens: %s", cmp.Diff(plain, got))
	}
	none.read("spent_organisation")

	often := newHelped(t, server, nil)
	for range 3 {
		often.say(twoPieces + "paid yearly")
		often.read("answered")
	}
	often.say(twoPieces + "paid yearly")
	often.read("spent_person")

	rests := newHelped(t, server, nil)
	rests.say(twoPieces + "limited")
	rests.read("limited")
	rests.say(twoPieces + "paid yearly")
	rests.read("resting")
}

// A server that hangs is waited for, for four seconds.
func TestTheModelThatHangs(t *testing.T) {
	t.Parallel()
	server, _ := hanging(t)
	h := newHelped(t, server, nil)
	began := time.Now()
	p := h.say(twoPieces + "paid yearly")
	if took := time.Since(began); took < 4*time.Second || took > patience {
		t.Errorf("answered after %v", took)
	}
	h.read("timed_out")
	if got, want := shownTo(p), shownTo(newHelped(t, "", nil).say(twoPieces+"paid yearly")); got != want {
		t.Errorf("not the rules' answer:\n%s", cmp.Diff(want, got))
	}
}

// The rules and the model are of the catalogue that holds, and are made when they are needed.
func TestWordsOfTheCatalogueThatHolds(t *testing.T) {
	t.Parallel()
	var sent []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = append(sent, string(body))
	}))
	t.Cleanup(server.Close)
	cfg, err := config.Read(settings{"OPENAI_MODEL": "m", "OPENAI_BASE_URL": server.URL + "/v1"}.find, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	now := &cfg
	w := &words{current: func() *config.Config { return now }, log: slog.New(slog.DiscardHandler)}
	w.reader = func(cfg config.Config, rules intent.Rules) (*intent.Reader, error) {
		return readerOf(cfg, rules, unmetered{}, nil, w.log)
	}
	if w.made != nil || w.resting() {
		t.Error("something was made before the first text")
	}
	text := intent.Text{Text: "about 3 big cranes", Locale: "en"}
	w.Read(t.Context(), text)
	next := cfg
	next.Catalogue = commerce.Catalogue{Offers: []commerce.Offer{{ID: "crane", Name: "Big Crane"}}}
	now = &next
	if in := w.Read(t.Context(), text); len(in.Items) != 1 || in.Items[0].Product != "crane" {
		t.Errorf("after a reload: %+v", in)
	}
	if len(sent) != 2 || strings.Contains(sent[0], `"crane"`) || !strings.Contains(strings.ReplaceAll(sent[1], "\\", ""), `"crane"`) {
		t.Errorf("the model was told of the wrong catalogue: %q", sent)
	}
	now = &config.Config{OpenAI: config.OpenAI{Model: "m", BaseURL: "ftp://nowhere"}}
	if in := w.Read(t.Context(), text); in.Kind != intent.None {
		t.Errorf("without a reader: %+v", in)
	}
}

// A model that cannot be asked is no model: the program says so and does not start.
func TestAModelThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.env = s.env.with(settings{"OPENAI_MODEL": "gpt-5", "OPENAI_BASE_URL": "https://models.example", "OPENAI_TOKEN_PARAM": "max_tokens"})
	s.says(s.does(exitFailed, "serve"), "look at OPENAI_MODEL and OPENAI_TOKEN_PARAM")
}
