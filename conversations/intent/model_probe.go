package intent

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/go-json-experiment/json"
)

// Probe makes a harmless call: for a poem, under a schema that has no room for one. Where a
// poem comes the server takes a schema and does not keep to it, as other modes have none:
// answers are checked here in any case, and more of them will be of no use. The error is a
// *Failure: no answer came. No budget is asked.
func (m *Model) Probe(ctx context.Context) (enforced bool, err error) {
	r := m.request("hello", "probe")
	if m.o.Mode == JSONSchema {
		r = m.asking("You are a poet. Answer with a poem of four lines.", "Write a poem about the sea.", "probe", probeSchema)
	}
	within, cancel := context.WithTimeout(ctx, 2*m.o.Patience) // a model may have to be loaded first
	defer cancel()
	got, err := m.chat.CreateChatCompletion(within, r)
	if err != nil {
		return false, failed(ctx, err, got.Header(), m.o.Now())
	}
	content, err := contentOf(got)
	if err != nil && outcomeOf(err) == NoChoice {
		return false, err
	}
	var probe struct {
		Probe string `json:"probe"`
	}
	read := json.Unmarshal([]byte(content), &probe, json.RejectUnknownMembers(true))
	return err == nil && read == nil && probe.Probe == "ok", nil
}

// Begin probes the model and tells the log what the operator should know. Nothing depends
// on it.
func (m *Model) Begin(ctx context.Context) {
	log := m.o.Log.With("model", m.o.Name, "mode", m.o.Mode, "prompt", m.version)
	switch enforced, err := m.Probe(ctx); {
	case err != nil:
		log.WarnContext(ctx, "language model: no answer", "outcome", outcomeOf(err))
	case m.o.Mode != JSONSchema:
		log.InfoContext(ctx, "language model: it answers")
	case enforced:
		log.InfoContext(ctx, "language model: schema enforced")
	default:
		log.WarnContext(ctx, "language model: schema not enforced")
	}
}

// Checks makes the call of Probe and yields what was looked at with what is wrong and what
// to do, nil where nothing is.
func (m *Model) Checks(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		name := "language model " + m.o.Name
		enforced, err := m.Probe(ctx)
		switch {
		case err != nil:
			err = fmt.Errorf("%w: %s", err, remedy(err))
		case enforced:
			name += ", schema enforced"
		case m.o.Mode == JSONSchema:
			name += ", schema not enforced (answers are checked all the same)"
		}
		yield(name, err)
	}
}

// remedy says what to do about a failure.
func remedy(err error) string {
	f, _ := errors.AsType[*Failure](err)
	switch {
	case f == nil || f.Outcome == Unreadable || f.Outcome == NoChoice || f.Outcome == Redirected || f.Outcome == TooLong:
		return "look at OPENAI_BASE_URL, which usually ends in /v1"
	case f.Status == http.StatusUnauthorized || f.Status == http.StatusForbidden:
		return "look at OPENAI_API_KEY"
	case f.Outcome == Refused:
		return "look at OPENAI_MODEL, OPENAI_MODE and OPENAI_TOKEN_PARAM"
	case f.Outcome == Limited:
		return "look at the account's limits, or wait"
	}
	return "look at OPENAI_BASE_URL, and whether the server runs"
}
