package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/sony/gobreaker/v2"
)

// tenant calls Graph for one organisation.
type tenant struct {
	organisation string
	app          Tenant
	hosts        Hosts
	base         *url.URL
	g            *Graph
	client       atomic.Pointer[azcore.Client]                // holds the token
	breakers     map[string]*gobreaker.CircuitBreaker[[]byte] // by the name of what is read: a list that is long shuts no look at a few people
	rests        atomic.Int64                                 // until when nothing is to be changed, Unix nanoseconds
}

// rest has nobody change anything in the tenant for a while, as Graph wants it.
func (t *tenant) rest(d time.Duration) {
	until := t.g.o.Now().Add(min(d, restMost)).UnixNano()
	if d > 0 && until > t.rests.Load() { // of two answers at once the longer one
		t.rests.Store(until)
	}
}

// resting is how much of that while is left.
func (t *tenant) resting() time.Duration {
	return time.Duration(t.rests.Load() - t.g.o.Now().UnixNano())
}

func (g *Graph) newTenant(organisation string, app Tenant, hosts Hosts) (*tenant, error) {
	base, err := url.Parse(hosts.Graph)
	if err != nil {
		return nil, fmt.Errorf("Graph's address: %w", err) //nolint:staticcheck // a name begins it
	}
	t := &tenant{organisation: organisation, app: app, hosts: hosts, base: base, g: g, breakers: map[string]*gobreaker.CircuitBreaker[[]byte]{}}
	for _, name := range []string{forCheck, forSeats, forSubscriptions, forUnlicensed, forHolding, forListed, forSearch} {
		t.breakers[name] = gobreaker.NewCircuitBreaker[[]byte](g.breaking(organisation, name))
	}
	client, err := t.newClient()
	if err != nil {
		return nil, fmt.Errorf("make a client of Graph for %s: %w", organisation, err)
	}
	t.client.Store(client)
	return t, nil
}

// options are those of calls to Graph and to the login.
func (t *tenant) options() policy.ClientOptions {
	return policy.ClientOptions{
		Cloud:           cloud.Configuration{ActiveDirectoryAuthorityHost: t.hosts.Login},
		Transport:       transport(t.g.o.Transport),
		TracingProvider: t.g.o.Tracing,
		Telemetry:       policy.TelemetryOptions{ApplicationID: "cartwright"},
		Retry:           t.g.retries(tokenTries, readTime, mayReadAgain),
	}
}

// credential gets tokens, and has none yet. Microsoft's login is not asked whether its own
// address is right: it is one of ours.
func (t *tenant) credential() (*azidentity.ClientSecretCredential, error) {
	return azidentity.NewClientSecretCredential(t.app.ID, t.app.App, t.app.Secret, &azidentity.ClientSecretCredentialOptions{
		ClientOptions: t.options(), DisableInstanceDiscovery: true,
	})
}

// signIn gets a token, for nothing.
func (t *tenant) signIn(ctx context.Context) error {
	credential, err := t.credential()
	if err != nil {
		return err
	}
	if _, err = credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{t.hosts.Scope}}); err == nil {
		return nil
	}
	err = failed(context.WithoutCancel(ctx), err)
	if _, answered := errors.AsType[*SignInError](err); answered {
		return err
	}
	return errNoLogin
}

// newClient makes a client that has no token yet.
func (t *tenant) newClient() (*azcore.Client, error) {
	credential, err := t.credential()
	if err != nil {
		return nil, err
	}
	options := t.options()
	bearer := runtime.NewBearerTokenPolicy(credential, []string{t.hosts.Scope}, nil)
	return azcore.NewClient("commerce/graph", "v1.0.0", runtime.PipelineOptions{
		PerRetry: []policy.Policy{fractions{}, bearer}, Tracing: runtime.TracingOptions{Namespace: "Microsoft.Graph"},
	}, &options)
}

// What is read.
const (
	pathSKUs          = "/subscribedSkus"
	pathSubscriptions = "/directory/subscriptions"
	pathUsers         = "/users"
)

// What it is read for.
const (
	forCheck         = "Check"
	forSeats         = "Seats"
	forSubscriptions = "Subscriptions"
	forUnlicensed    = "Unlicensed"
	forHolding       = "Holding"
	forListed        = "Listed"
	forSearch        = "Search"
)

// request is one call.
type request struct {
	name     string // for traces, and of what is read
	method   string
	address  string
	body     []byte
	advanced bool // an advanced query of the directory, which may lag behind
}

// at is the address of a path of the API, such as "/users".
func (t *tenant) at(path string, query url.Values) string {
	address := *t.base
	address.Path, address.RawQuery = "/v1.0"+path, encoded(query)
	return address.String()
}

// reading is a call that changes nothing.
func (t *tenant) reading(name, path string, query url.Values) request {
	return request{name: name, method: http.MethodGet, address: t.at(path, query), advanced: query.Has("$count")}
}

// read makes a call and decodes its answer. Where calls of that name have failed several
// times it fails at once.
func (t *tenant) read(ctx context.Context, r request, into any) error {
	ctx = policy.WithRetryOptions(ctx, t.g.retries(callTries, readTime, mayReadAgain))
	body, err := t.breakers[r.name].Execute(func() ([]byte, error) { return t.call(ctx, r) })
	if err != nil {
		return unavailable(named(err))
	}
	if err := json.Unmarshal(body, into); err != nil {
		return unavailable(errStrange)
	}
	return nil
}

var errStrange = errors.New("read Graph's answer: it is not what it should be")

// encoded writes a query as Graph reads it: it does not take + for a blank.
func encoded(query url.Values) string { return strings.ReplaceAll(query.Encode(), "+", "%20") }

// post makes a call that may change something, and repeats it where again says so: what fails
// without an answer has an unknown outcome.
func (t *tenant) post(ctx context.Context, name, path string, body, into any, again func(*http.Response, error) bool) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx = policy.WithRetryOptions(ctx, t.g.retries(callTries, postTime, again))
	answer, err := t.call(ctx, request{name: name, method: http.MethodPost, address: t.at(path, nil), body: text})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return errStrange
	}
	return nil
}

// call signs in anew and once more where Graph does not take the token, of which there may
// be a copy for as long as it was good for.
func (t *tenant) call(ctx context.Context, r request) (answer []byte, err error) {
	client := t.client.Load()
	ctx, end := runtime.StartSpan(ctx, "graph."+r.name, client.Tracer(), nil)
	defer func() { end(err) }()
	answer, err = try(ctx, client, r)
	if no, ok := errors.AsType[*refused](err); !ok || no.status != http.StatusUnauthorized {
		return answer, err
	}
	if client, err = t.renew(client); err != nil {
		return nil, err
	}
	return try(ctx, client, r)
}

// renew replaces a client whose token is not taken, unless somebody else has.
func (t *tenant) renew(old *azcore.Client) (*azcore.Client, error) {
	client, err := t.newClient()
	if err != nil {
		return nil, err
	}
	t.client.CompareAndSwap(old, client)
	return t.client.Load(), nil
}

// try makes a call, and waits no longer for it than ctx lasts: of those who want a token
// at the same time azcore lets all wait for the first, however long that takes.
func try(ctx context.Context, client *azcore.Client, r request) ([]byte, error) {
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		answer, err := send(ctx, client, r)
		done <- result{answer, err}
	}()
	select {
	case got := <-done:
		return got.answer, got.err
	case <-ctx.Done():
		return nil, failed(ctx, ctx.Err())
	}
}

func send(ctx context.Context, client *azcore.Client, r request) ([]byte, error) {
	sent, err := runtime.NewRequest(ctx, r.method, r.address)
	if err != nil {
		return nil, errors.New("call Graph: the address is none")
	}
	sent.Raw().Header.Set("Accept", "application/json")
	if r.advanced {
		sent.Raw().Header.Set("ConsistencyLevel", "eventual")
	}
	if r.body != nil {
		if err := sent.SetBody(streaming.NopCloser(bytes.NewReader(r.body)), "application/json"); err != nil {
			return nil, err
		}
	}
	got, err := client.Pipeline().Do(sent)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return settled(ctx, got)
}

func settled(ctx context.Context, got *http.Response) ([]byte, error) {
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body) // azcore has read it already
	switch {
	case err != nil:
		return nil, failed(ctx, err)
	case got.StatusCode >= 300:
		return nil, refusal(got.StatusCode, got.Header, text)
	}
	return text, nil
}
