package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"cartwright/commerce"
)

// Missing is a permission that the tenant has not granted to the bot's app.
type Missing struct{ Permission string }

func (m *Missing) Error() string {
	return "the app lacks " + m.Permission + ": grant it, as an application permission, and give admin consent"
}

// SignInError is a sign-in that Microsoft refused. Its codes are those of AADSTS errors,
// such as "AADSTS7000222": the secret has ended.
type SignInError struct {
	Status int
	Code   string // such as "AADSTS7000222"; "" where there is none
}

func (e *SignInError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("Microsoft gives no token: %d %s", e.Status, e.Code))
}

// fails reports whether the login was not able to say anything of the app.
func (e *SignInError) fails() bool {
	return e.Status < http.StatusBadRequest || e.Status >= http.StatusInternalServerError || e.Status == http.StatusTooManyRequests
}

// refused is an answer of Graph that is no success. What Graph says in words is told apart,
// and never passed on: it may name people.
type refused struct {
	status  int
	code    string
	request string // Microsoft's name of the call, which its support asks for
	says    says
	wait    time.Duration // that it wants not to be asked for; 0: it names none
}

func (r *refused) Error() string {
	text := fmt.Sprintf("Graph answers %d %s", r.status, r.code)
	if r.request != "" {
		text += " to the request " + r.request
	}
	return text
}

// says is what a refusal means that Graph tells in words alone: each is Request_BadRequest.
type says int

const (
	saysNothing    says = iota
	saysNoLocation      // no usage location, or one that is none
	saysNoSeat
	saysConflict
	saysNoBase
	saysNotOwned // or not delivered yet
	saysByGroup
	saysNotHeld // what was to be taken away
)

// wordings are parts of Graph's sentences, in small letters, in the order in which they
// are looked for.
var wordings = []struct {
	part string
	says says
}{
	{"invalid usage location", saysNoLocation},
	{"does not have any available licenses", saysNoSeat},
	{"inherited from a group", saysByGroup},
	{"conflicts with service plan", saysConflict},
	{"mutually exclusive", saysConflict},
	{"depends on the service plan", saysNoBase},
	{"does not correspond to a valid company license", saysNotOwned},
	{"does not have a corresponding license", saysNotHeld},
}

// meaning finds what a sentence of Graph's means.
func meaning(message string) says {
	message = strings.ToLower(message)
	for _, w := range wordings {
		if strings.Contains(message, w.part) {
			return w.says
		}
	}
	return saysNothing
}

// reason is what a person is told of a refusal about one user; ok is false where it is
// none of the user's.
func (r *refused) reason() (reason commerce.Reason, ok bool) {
	switch r.says {
	case saysNoLocation:
		return commerce.ReasonNoLocation, true
	case saysNoSeat:
		return commerce.ReasonNoSeat, true
	case saysConflict:
		return commerce.ReasonConflict, true
	case saysNoBase:
		return commerce.ReasonNoBase, true
	case saysNotOwned:
		return commerce.ReasonUndelivered, true
	case saysByGroup:
		return commerce.ReasonByGroup, true
	}
	if r.status == http.StatusForbidden && r.code == denied {
		return commerce.ReasonForbidden, true // that the app may change others is known by now
	}
	return commerce.ReasonGone, r.status == http.StatusNotFound && r.code == directory[r.status] // another's 404 is about an address
}

// permitted reports whether the refusal comes after the look at the app's permission.
func (r *refused) permitted() bool {
	code, known := directory[r.status]
	return known && r.code == code
}

// repeatable reports whether the same call may go well later.
func (r *refused) repeatable() bool {
	switch r.status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return true
	}
	return r.status >= http.StatusInternalServerError
}

// waitOf is how long an answer that failed a call wants no other; 0 where it names no time.
func waitOf(err error) time.Duration {
	if no, ok := errors.AsType[*refused](err); ok {
		return no.wait
	}
	return 0
}

// undone reports whether a refused call certainly changed nothing.
func (r *refused) undone() bool {
	return r.status == http.StatusUnauthorized || r.status == http.StatusConflict || r.status == http.StatusTooManyRequests
}

// refusal reads an answer that is no success.
func refusal(status int, header http.Header, body []byte) *refused {
	var text struct {
		Error struct {
			Code       string `json:"code"`
			Message    string `json:"message"`
			InnerError struct {
				Request string `json:"request-id"`
			} `json:"innerError"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &text) // a proxy's page is no JSON; the status says enough
	return &refused{
		status: status, code: word(text.Error.Code), request: word(text.Error.InnerError.Request), says: meaning(text.Error.Message),
		wait: retryAfter(header.Get("Retry-After")),
	}
}

var words = regexp.MustCompile(`^[\w.-]{1,60}$`)

// word is s where it can be nothing but a code or an id.
func word(s string) string {
	if words.MatchString(s) {
		return s
	}
	return ""
}

var signInCode = regexp.MustCompile(`AADSTS\d+`)

var errNoLogin = errors.New("sign in: Microsoft's login does not answer")

// failed is why there is no answer, without addresses and the text of answers: both name
// people, and azcore writes them out.
func failed(ctx context.Context, err error) error {
	var url *url.Error
	var login *azidentity.AuthenticationFailedError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("call Graph: %w", ctx.Err())
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("call Graph: %w", context.DeadlineExceeded)
	case errors.As(err, &login) && login.RawResponse != nil:
		return notSignedIn(login)
	case errors.As(err, &login):
		return errNoLogin
	case errors.As(err, &url):
		return fmt.Errorf("call Graph: %w", url.Err)
	}
	return fmt.Errorf("call Graph: %w", err)
}

// notSignedIn keeps of what the login says nothing but its code.
func notSignedIn(login *azidentity.AuthenticationFailedError) error {
	no := &SignInError{Status: login.RawResponse.StatusCode, Code: signInCode.FindString(login.Error())}
	if no.fails() {
		return no
	}
	return commerce.Refuse(commerce.CodeUnavailable).Because(no)
}

// definite reports whether err is an answer, as opposed to a service that fails.
func definite(err error) bool {
	if err == nil {
		return true
	}
	if no, ok := errors.AsType[*refused](err); ok {
		return !no.repeatable()
	}
	_, coded := errors.AsType[*commerce.Error](err)
	return coded
}
