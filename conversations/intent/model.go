package intent

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"cartwright/commerce"
)

// Mode is how a server is told in which form to answer.
type Mode string

const (
	JSONSchema Mode = "json_schema" // the schema, which not every server that accepts it keeps to
	JSONObject Mode = "json_object" // any JSON
	Prompt     Mode = "prompt"      // by the prompt alone
)

// Parameters that bound an answer's length: OpenAI's reasoning models take the second,
// Ollama knows the first alone.
const (
	MaxTokens           = "max_tokens"
	MaxCompletionTokens = "max_completion_tokens"
)

const (
	patience    = 4 * time.Second
	maxOutput   = 400      // tokens
	maxBody     = 64 << 10 // bytes of an answer, as the network has it unpacked
	callsAtOnce = 8        // calls
)

// ModelOptions is what a Model is made of. Zero values other than of BaseURL and Name are
// what is usual.
type ModelOptions struct {
	BaseURL    string // of an OpenAI-compatible server: https, or http on this machine
	Key        string // "": the server asks for none
	Name       string
	Mode       Mode
	TokenParam string // MaxTokens or MaxCompletionTokens; "": the one that the model's name asks for
	Catalogue  commerce.Catalogue
	Patience   time.Duration     // of one call
	Network    http.RoundTripper // nil: the real one
	Now        func() time.Time
	Log        *slog.Logger
}

// chat is what is used of the library.
type chat interface {
	CreateChatCompletion(context.Context, openai.ChatCompletionRequest) (openai.ChatCompletionResponse, error)
}

// Model asks a language model what a text means. It makes one call for a text, without
// tools, and what it gets is checked before it is anything.
type Model struct {
	o       ModelOptions
	chat    chat
	offers  map[string]commerce.Offer
	schema  json.RawMessage
	prompt  string
	version string // of the prompt
	guard   *guard
}

// NewModel refuses an address that a key, and what people write, must not travel to, and
// parameters that the library would refuse with each call.
func NewModel(o ModelOptions) (*Model, error) {
	if o.Mode == "" {
		o.Mode = JSONSchema
	}
	if o.TokenParam == "" {
		o.TokenParam = tokenParam(o.Name)
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	if !private(o.BaseURL) {
		return nil, errors.New("the model's address is no https URL (http only on this machine)")
	}
	m := &Model{o: o, offers: map[string]commerce.Offer{}, schema: schemaOf(o.Catalogue)}
	for _, offer := range o.Catalogue.Offers {
		m.offers[offer.ID] = offer
	}
	m.prompt = promptOf(o.Catalogue, m.schema)
	m.version = versionOf(string(o.Mode) + m.prompt)
	m.guard = newGuard(o.Now, o.Log)
	if err := openai.NewReasoningValidator().Validate(m.request("hello", "nobody")); err != nil {
		return nil, err
	}
	settings := openai.DefaultConfig(o.Key)
	settings.BaseURL, settings.HTTPClient = o.BaseURL, newCaller(o.Network)
	m.chat = openai.NewClientWithConfig(settings)
	return m, nil
}

// private reports whether nobody on the way reads along.
func private(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// Resting reports whether the model is not asked for now, because it failed.
func (m *Model) Resting() bool { return m.guard.resting() }

// answer is what came of a call: what is said is read and within the catalogue and its
// bounds, and not yet looked for in the text. The rest is for logs and budgets, and of a
// call that failed as much as is known.
type answer struct {
	said   said
	model  string // as the server reports it
	finish string
	tokens int
}

// ask sends a text that is masked, for a person who is only a hash. may is asked first,
// after it is clear that a call can be made. The error is a *Failure.
func (m *Model) ask(ctx context.Context, text, person string, may func() error) (answer, error) {
	if strings.TrimSpace(text) == "" {
		return answer{}, &Failure{Outcome: Nothing} // the library would send a message without content
	}
	return m.guard.do(may, func() (answer, error) { return m.call(ctx, m.request(text, person)) })
}

func (m *Model) call(caller context.Context, r openai.ChatCompletionRequest) (answer, error) {
	ctx, cancel := context.WithTimeout(caller, m.o.Patience)
	defer cancel()
	got, err := m.chat.CreateChatCompletion(ctx, r)
	if err != nil {
		f := failed(caller, err, got.Header(), m.o.Now())
		if f.Outcome == TimedOut || f.Outcome == TooLong {
			return answer{tokens: estimate(r)}, f // it was worked on
		}
		return answer{}, f
	}
	a := answer{model: got.Model, tokens: got.Usage.TotalTokens}
	if a.tokens < 1 || a.tokens > maxUsage {
		a.tokens = estimate(r)
	}
	if len(got.Choices) > 0 {
		a.finish = string(got.Choices[0].FinishReason)
	}
	content, err := contentOf(got)
	if err == nil {
		a.said, err = decode(content, m.offers)
	}
	return a, err
}

// maxUsage is what is believed of a call's tokens.
const maxUsage = 200_000

// estimate is how many tokens a call takes, where the server does not say: a token is about
// three bytes, of Chinese too.
func estimate(r openai.ChatCompletionRequest) int {
	bytes := 0
	for _, m := range r.Messages {
		bytes += len(m.Content)
	}
	return bytes/3 + maxOutput/4
}

func (m *Model) request(text, person string) openai.ChatCompletionRequest {
	return m.asking(m.prompt, text, person, m.schema)
}

func (m *Model) asking(prompt, text, person string, schema json.RawMessage) openai.ChatCompletionRequest {
	r := openai.ChatCompletionRequest{
		Model: m.o.Name, SafetyIdentifier: person,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: prompt},
			{Role: openai.ChatMessageRoleUser, Content: text},
		},
		ResponseFormat: responseFormat(m.o.Mode, schema),
	}
	if m.o.TokenParam == MaxTokens {
		r.MaxTokens = maxOutput //nolint:staticcheck // OpenAI's word on its own: Ollama reads no other
	} else {
		r.MaxCompletionTokens = maxOutput
	}
	if reasons(m.o.Name) {
		r.ReasoningEffort = openai.ReasoningEffortLow // else it would think for longer than it may
	} else {
		r.Temperature = math.SmallestNonzeroFloat32 // the library leaves a 0 out, and servers take their own then
	}
	return r
}

func responseFormat(mode Mode, schema json.RawMessage) *openai.ChatCompletionResponseFormat {
	switch mode {
	case Prompt:
		return nil
	case JSONObject:
		return &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	return &openai.ChatCompletionResponseFormat{
		Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "intent", Strict: true, Schema: schema},
	}
}

// reasons reports whether a model is one of those of OpenAI's that think first: they take
// neither a temperature nor MaxTokens.
func reasons(name string) bool {
	for _, family := range []string{"gpt-5", "gpt-6", "o1", "o3", "o4"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return false
}

func tokenParam(name string) string {
	if reasons(name) {
		return MaxCompletionTokens
	}
	return MaxTokens
}
