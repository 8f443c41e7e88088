package teams

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"cartwright/conversations"
)

// connector calls the Bot Connector, Microsoft's service that stands before Teams.
type connector struct {
	http   *http.Client
	hosts  []string  // that are called, and given a token
	tokens *outbound // nil: none is sent, as to an emulator
	health *health
	paces  *paces
}

// callsAtOnce is how many connections are kept open to the Bot Connector: making one costs
// more than a call.
const callsAtOnce = 64

func newConnector(o Options) connector {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 4*callsAtOnce, callsAtOnce
	client := &http.Client{
		Timeout: callTime, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c := connector{http: client, hosts: o.ServiceHosts, paces: &paces{now: o.Now}, health: &health{now: o.Now, log: o.Log}}
	if o.Password == "" {
		return c
	}
	credentials := clientcredentials.Config{
		ClientID: o.AppID, ClientSecret: o.Password, TokenURL: o.TokenURL, Scopes: []string{o.Scope}, AuthStyle: oauth2.AuthStyleInParams,
	}
	source := credentials.TokenSource(context.WithValue(context.Background(), oauth2.HTTPClient, client))
	c.tokens = &outbound{source: oauth2.ReuseTokenSourceWithExpiry(nil, source, sentLate), now: o.Now}
	return c
}

// refused is what the connector says of a call that it did not take.
type refused struct {
	Status  int
	Problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	SubCode string `json:"subCode"`
}

func (r *refused) Error() string {
	return fmt.Sprintf("the Bot Connector answers %d: %s %s %s", r.Status, r.Problem.Code, r.SubCode, r.Problem.Message)
}

// Is tells that nothing came of the call.
func (r *refused) Is(target error) bool { return target == conversations.ErrRefused && r.Status < 500 }

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

// call makes a call at a service, whose host must be among those that are called. result
// may be nil. *conversations.Wait: it is called too often, or does not answer.
func (c connector) call(ctx context.Context, service, method, path string, body, result any) error {
	if !slices.Contains(c.hosts, host(service)) {
		return fmt.Errorf("the service %q is none that is called: TEAMS_SERVICE_HOSTS", service)
	}
	return c.health.after(ctx, c.attempt(ctx, method, strings.TrimSuffix(service, "/")+path, body, result))
}

func (c connector) attempt(ctx context.Context, method, address string, body, result any) error {
	r, err := c.request(ctx, method, address, body)
	if err != nil {
		return err
	}
	got, err := c.http.Do(r)
	if err != nil {
		return errDown{fmt.Errorf("call the Bot Connector: %w", errors.Unwrap(err))}
	}
	defer got.Body.Close()
	text, err := io.ReadAll(io.LimitReader(got.Body, maxAnswer))
	if err != nil {
		return errDown{fmt.Errorf("read the Bot Connector's answer: %w", err)}
	}
	return settled(got, text, result)
}

func (c connector) request(ctx context.Context, method, address string, body any) (*http.Request, error) {
	var content io.Reader
	switch body := body.(type) {
	case nil:
	case jsontext.Value:
		content = bytes.NewReader(body)
	default:
		content = bytes.NewReader(encoded(body))
	}
	r, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return nil, errors.New("call the Bot Connector: the address is none")
	}
	r.Header.Set("Content-Type", "application/json")
	if c.tokens == nil {
		return r, nil
	}
	token, err := c.tokens.get(ctx)
	if err != nil {
		return nil, unsigned(err)
	}
	token.SetAuthHeader(r)
	return r, nil
}

// unsigned says why there is no token, without what Microsoft says at length.
func unsigned(err error) error {
	no, ok := errors.AsType[*oauth2.RetrieveError](err)
	if ok && no.Response != nil && no.Response.StatusCode < 500 && no.Response.StatusCode != http.StatusTooManyRequests {
		return fmt.Errorf("Microsoft gives no token: %d %s", no.Response.StatusCode, no.ErrorCode) //nolint:staticcheck // a name begins it
	}
	return errDown{errNoLogin}
}

// settled is what an answer says of a call: nil, *refused, *conversations.Wait where Teams
// limits the bot, errDown where the service fails.
func settled(got *http.Response, text []byte, result any) error {
	switch {
	case got.StatusCode == http.StatusTooManyRequests, got.StatusCode == http.StatusPreconditionFailed, got.Header.Get("Retry-After") != "" && got.StatusCode >= 500:
		return &conversations.Wait{For: retryAfter(got.Header), Cause: &refused{Status: got.StatusCode}}
	case got.StatusCode >= 500:
		return errDown{&refused{Status: got.StatusCode}}
	case got.StatusCode >= 300:
		no := refused{}
		_ = json.Unmarshal(text, &no) // what it says is for the operator only
		no.Status = got.StatusCode
		return &no
	case result == nil:
		return nil
	}
	if err := json.Unmarshal(text, result); err != nil {
		return fmt.Errorf("read the Bot Connector's answer: %w", err)
	}
	return nil
}

// longestWait is what is believed of how long a limit lasts.
const longestWait = 5 * time.Minute

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseFloat(h.Get("Retry-After"), 64)
	if err != nil || seconds < 0 {
		return time.Second
	}
	return min(max(time.Duration(seconds*float64(time.Second)), 200*time.Millisecond), longestWait)
}

// statusOf is the status that the connector refused a call with, 0 for another error.
func statusOf(err error) int {
	no, ok := errors.AsType[*refused](err)
	if !ok {
		return 0
	}
	return no.Status
}

// conversation is where its activities are sent, as a path. Its id has characters that a
// path does not take.
func conversation(id string) string { return "/v3/conversations/" + url.PathEscape(id) }

// speech is a message of words alone.
type speech struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Format string `json:"textFormat"`
}

func saying(text string) jsontext.Value { return encoded(speech{"message", text, "plain"}) }

const cardType = "application/vnd.microsoft.card.adaptive"

// maxSummary is how much of a prompt a notification shows.
const maxSummary = 300

// sheet is a message with a card, written once: a click is answered with the card of it.
type sheet struct{ message, card jsontext.Value }

func sheetOf(c card, p conversations.Prompt) sheet {
	s := summary(p)
	if utf8.RuneCountInString(s) > maxSummary {
		s = string([]rune(s)[:maxSummary-1]) + "…"
	}
	var from, to int
	text := jotted(func(text []byte) []byte {
		text = appendText(append(text, `{"type":"message"`...), `,"summary":`, s)
		text = append(text, `,"attachments":[{"contentType":"`+cardType+`","content":`...)
		from = len(text)
		text = c.appendTo(text)
		to = len(text)
		return append(text, `}]}`...)
	})
	return sheet{text, text[from:to]}
}

// sent is what the connector calls a new message.
type sent struct {
	ID string `json:"id"`
}

// send puts a message into a conversation.
func (c connector) send(ctx context.Context, service, in string, m jsontext.Value) (id string, err error) {
	if err := c.paces.wait(ctx, in); err != nil {
		return "", err
	}
	var s sent
	err = c.call(ctx, service, http.MethodPost, conversation(in)+"/activities", m, &s)
	return s.ID, err
}

// replace puts another message in the place of one.
func (c connector) replace(ctx context.Context, service, in, id string, m jsontext.Value) error {
	if err := c.paces.wait(ctx, in); err != nil {
		return err
	}
	return c.call(ctx, service, http.MethodPut, conversation(in)+"/activities/"+url.PathEscape(id), m, nil)
}
