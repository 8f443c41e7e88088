package intent

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/testservices"
)

func TestMain(m *testing.M) { os.Exit(testservices.Main(m)) }

// shelf is a catalogue of few offers: one name is a part of two of them.
var shelf = commerce.Catalogue{Offers: []commerce.Offer{
	{ID: "business-premium", Name: "Microsoft 365 Business Premium", Aliases: []string{"Premium", "BP"}, Seats: commerce.Seats{Min: 1, Max: 300}},
	{ID: "office365-e3", Name: "Office 365 E3", Aliases: []string{"O365 E3"}},
	{ID: "m365-e3", Name: "Microsoft 365 E3", Aliases: []string{"M365 E3"}},
	{ID: "visio-p2", Name: "Visio Plan 2", Aliases: []string{"Visio"}},
}}

// names are what the played rules know products by, the longest first.
var names = []struct {
	name   string
	offers []string
}{
	{"business premium", []string{"business-premium"}},
	{"the office one", []string{"office365-e3"}},
	{"office 365", []string{"office365-e3"}},
	{"microsoft", []string{"business-premium", "m365-e3"}},
	{"visio", []string{"visio-p2"}},
	{"e3", []string{"office365-e3", "m365-e3"}},
}

// playedRules read a little, and are unsure of much.
type playedRules struct{}

var _ Rules = playedRules{}

var (
	playedRange  = regexp.MustCompile(`\d+ ?- ?\d+|about \d+`)
	playedNumber = regexp.MustCompile(`\b\d{1,9}\b`)
)

func (playedRules) Trace(text, _ string) Trace {
	lower := strings.ToLower(text)
	t := Trace{Settled: strings.Contains(lower, "approve") || strings.Contains(lower, "buy")}
	taken := func(s Span) bool {
		return slices.ContainsFunc(t.Products, func(n Naming) bool { return n.overlaps(s) })
	}
	for _, n := range names {
		if at := strings.Index(lower, n.name); at >= 0 && !taken(Span{at, at + len(n.name)}) {
			t.Products = append(t.Products, Naming{Span{at, at + len(n.name)}, n.offers})
		}
	}
	slices.SortFunc(t.Products, func(a, b Naming) int { return a.Start - b.Start })
	loose := playedRange.FindAllStringIndex(lower, -1)
	for _, at := range playedNumber.FindAllStringIndex(lower, -1) {
		span := Span{at[0], at[1]}
		value, _ := strconv.Atoi(lower[at[0]:at[1]])
		if !taken(span) {
			t.Numbers = append(t.Numbers, Number{span, value, slices.ContainsFunc(loose, func(r []int) bool { return span.overlaps(Span{r[0], r[1]}) })})
		}
	}
	for word, billing := range map[string]commerce.Billing{"monthly": commerce.Monthly, "yearly": commerce.Annual} {
		if at := strings.Index(lower, word); at >= 0 {
			t.Billings = append(t.Billings, BillingMark{Span{at, at + len(word)}, billing})
		}
	}
	if at := strings.Index(lower, "everyone"); at >= 0 {
		t.Assigns = append(t.Assigns, AssignMark{Span{at, at + len("everyone")}, true})
	}
	return t
}

// Parse reads one line where "buy" stands, with the first product and number.
func (r playedRules) Parse(text, locale string) Intent {
	t := r.Trace(text, locale)
	if !strings.Contains(strings.ToLower(text), "buy") {
		return Intent{Kind: None}
	}
	i := Intent{Kind: Buy, Items: []Item{{}}}
	if len(t.Products) > 0 && len(t.Products[0].Offers) == 1 {
		i.Items[0].Product = t.Products[0].Offers[0]
	} else if len(t.Products) > 0 {
		i.Asks = append(i.Asks, Ask{Slot: Product, Said: text[t.Products[0].Start:t.Products[0].End], Candidates: t.Products[0].Offers})
	}
	if len(t.Numbers) > 0 && !t.Numbers[0].Loose {
		i.Items[0].Quantity = t.Numbers[0].Value
		i.Evidence = append(i.Evidence, Evidence{Slot: Quantity, Start: t.Numbers[0].Start, End: t.Numbers[0].End})
	}
	return i
}

// freeBudget refuses nothing, unless it is told to, and notes what it is asked.
type freeBudget struct {
	mu    sync.Mutex
	spent string
	err   error
	taken []string
	used  []int
}

func (b *freeBudget) Take(_ context.Context, organisation, person string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken = append(b.taken, organisation+"/"+person)
	return b.spent, b.err
}

func (b *freeBudget) Used(_ context.Context, organisation string, tokens int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used = append(b.used, tokens)
	return b.err
}

// network answers in place of a server.
type network func(*http.Request) (*http.Response, error)

func (n network) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	return n(r)
}

// status is an answer over the network.
func status(code int, body string, headers ...string) *http.Response {
	header := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

// completion is a body as servers write it.
func completion(content string) string {
	return encoded(map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "test-model-2026-01-01",
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": content, "refusal": nil}}},
		"usage":   map[string]any{"prompt_tokens": 900, "completion_tokens": 50, "total_tokens": 950},
	})
}

// always is a server that says one thing.
func always(content string) network {
	return func(*http.Request) (*http.Response, error) { return status(http.StatusOK, completion(content)), nil }
}

// desk is a Reader with all that is about it.
type desk struct {
	*Reader
	budget  *freeBudget
	log     *bytes.Buffer
	records []Record
}

// newDesk makes a Reader with the played rules and a model at what else is set.
func newDesk(t testing.TB, o ModelOptions) *desk {
	t.Helper()
	d := &desk{budget: &freeBudget{}, log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if o.BaseURL == "" {
		o.BaseURL = "http://127.0.0.1:1/v1"
	}
	if o.Name == "" {
		o.Name = "test-model"
	}
	if o.Catalogue.Offers == nil {
		o.Catalogue = shelf
	}
	o.Now, o.Log = time.Now, log
	m, err := NewModel(o)
	if err != nil {
		t.Fatal(err)
	}
	d.Reader = &Reader{Rules: playedRules{}, Model: m, Budget: d.budget, Key: []byte("key"), Now: time.Now, Log: log, Note: func(r Record) { d.records = append(d.records, r) }}
	return d
}

// read has aicha write a text, and wants one record of it.
func (d *desk) read(t testing.TB, text string) (Intent, Record) {
	t.Helper()
	d.records = nil
	i := d.Read(t.Context(), Text{Request: "req-1", Organisation: "contoso", Person: "slack/T1/U1", Text: text, Locale: "en-GB"})
	if len(d.records) != 1 {
		t.Fatalf("%d records of one reading", len(d.records))
	}
	return i, d.records[0]
}
