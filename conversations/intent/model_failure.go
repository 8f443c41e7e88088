package intent

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Outcome is what came of the thought of asking a model, for logs and metrics.
type Outcome string

const (
	Certain  Outcome = "certain"  // the rules were sure
	Off      Outcome = "off"      // there is no model
	Answered Outcome = "answered" // the model's answer held
	Differed Outcome = "differed" // it contradicts the rules, or has no trace in the text
	Nothing  Outcome = "nothing"  // no text is left to ask about

	SpentPerson       Outcome = "spent_person" // a budget, see Budget
	SpentOrganisation Outcome = "spent_organisation"
	BudgetUnknown     Outcome = "budget_unknown"
	Busy              Outcome = "busy"    // too many calls at once
	Resting           Outcome = "resting" // the breaker is open, or the server asked to wait

	TimedOut   Outcome = "timed_out"
	Cancelled  Outcome = "cancelled" // by the caller
	Network    Outcome = "network"
	Redirected Outcome = "redirected"
	Limited    Outcome = "limited" // 429
	Refused    Outcome = "refused" // another 4xx
	Broken     Outcome = "broken"  // 5xx
	TooLong    Outcome = "too_long"
	Unreadable Outcome = "unreadable" // not the API's form

	NoChoice    Outcome = "no_choice"
	Refusal     Outcome = "refusal" // by the model
	CutOff      Outcome = "cut_off"
	Unfinished  Outcome = "unfinished"
	BadForm     Outcome = "bad_form" // not the schema's
	Foreign     Outcome = "foreign"  // a product that the catalogue has not
	OutOfBounds Outcome = "out_of_bounds"
)

// Failure says why a model has no answer. It repeats nothing that was sent or received.
type Failure struct {
	Outcome Outcome
	Status  int           // of HTTP, 0 for none
	Wait    time.Duration // that the server asks for
}

func (f *Failure) Error() string {
	if f.Status != 0 {
		return fmt.Sprintf("the model has no answer: %s (%d)", f.Outcome, f.Status)
	}
	return fmt.Sprintf("the model has no answer: %s", f.Outcome)
}

// outcomeOf is the class of an error.
func outcomeOf(err error) Outcome {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.Outcome
	}
	return Unreadable
}

// errRedirected keeps the key, and the text, from going elsewhere.
var errRedirected = errors.New("the server sends elsewhere")

// failed tells what became of a call without saying anything of its content: the library's
// errors hold whole bodies. caller is the context before the call's own deadline.
func failed(caller context.Context, err error, header http.Header, now time.Time) *Failure {
	status := statusOf(err)
	_, huge := errors.AsType[*http.MaxBytesError](err)
	_, unreached := errors.AsType[*url.Error](err)
	switch {
	case caller.Err() != nil:
		return &Failure{Outcome: Cancelled}
	case errors.Is(err, context.DeadlineExceeded):
		return &Failure{Outcome: TimedOut}
	case errors.Is(err, errRedirected):
		return &Failure{Outcome: Redirected}
	case huge:
		return &Failure{Outcome: TooLong}
	case status == http.StatusTooManyRequests:
		return &Failure{Outcome: Limited, Status: status, Wait: retryAfter(header.Get("Retry-After"), now)}
	case status >= http.StatusInternalServerError:
		return &Failure{Outcome: Broken, Status: status}
	case status != 0:
		return &Failure{Outcome: Refused, Status: status}
	case unreached:
		return &Failure{Outcome: Network}
	}
	return &Failure{Outcome: Unreadable}
}

// statusOf is the status of HTTP in the library's errors, 0 for none. There are two, of which
// the first may hold one of the second without a status, as of Ollama's errors.
func statusOf(err error) int {
	if e, ok := errors.AsType[*openai.RequestError](err); ok {
		return e.HTTPStatusCode
	}
	if e, ok := errors.AsType[*openai.APIError](err); ok {
		return e.HTTPStatusCode
	}
	return 0
}

const (
	restTime    = 30 * time.Second // after which a server is tried again
	longestRest = 10 * time.Minute // that is believed of a Retry-After
)

// retryAfter reads seconds or a date; restTime where it is neither.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 {
		return max(time.Second, time.Duration(min(seconds, longestRest.Seconds())*float64(time.Second)))
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Second, min(at.Sub(now), longestRest))
	}
	return restTime
}
