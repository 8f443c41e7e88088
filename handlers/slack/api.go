package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"cartwright/conversations"
)

// api calls Slack's Web API for each workspace with its own token, and keeps its limits:
// after a 429 a method is not called in that workspace before its time, and a workspace
// that answers slowly has only so many calls under way.
type api struct {
	tokens TokenSource
	url    string
	base   *url.URL
	http   *http.Client
	now    func() time.Time

	mu    sync.Mutex
	gates map[string]*gate // by workspace
}

// gate is what holds calls back in one workspace.
type gate struct {
	free chan struct{} // calls that may be under way

	mu    sync.Mutex
	until map[string]time.Time // method -> not before
}

const (
	// atOnce is how many calls of a workspace are under way.
	atOnce = 8
	// limitedTime is how long a limit holds of which Slack does not say how long.
	limitedTime = 30 * time.Second
	// busyTime is when to try again where a workspace has its calls under way.
	busyTime = 2 * time.Second
)

func newAPI(o Options) *api {
	base, err := url.Parse(o.APIURL)
	if err != nil {
		base = &url.URL{} // the configuration has looked at it; nothing is followed then
	}
	return &api{tokens: o.Tokens, url: o.APIURL, base: base, http: sender(), now: o.Now, gates: map[string]*gate{}}
}

func (a *api) gate(workspace string) *gate {
	a.mu.Lock()
	defer a.mu.Unlock()
	g, ok := a.gates[workspace]
	if !ok {
		if len(a.gates) > 10_000 {
			a.gates = map[string]*gate{}
		}
		g = &gate{free: make(chan struct{}, atOnce), until: map[string]time.Time{}}
		a.gates[workspace] = g
	}
	return g
}

// enter takes one of the calls that may be under way, or says how long to wait for one.
func (g *gate) enter(method string, now time.Time) (leave func(), wait time.Duration) {
	g.mu.Lock()
	wait = g.until[method].Sub(now)
	g.mu.Unlock()
	if wait > 0 {
		return nil, wait
	}
	select {
	case g.free <- struct{}{}:
		return func() { <-g.free }, 0
	default:
		return nil, busyTime
	}
}

func (g *gate) hold(method string, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until[method] = until
}

// call makes one call. *conversations.Wait: Slack limits it, and when to try again.
func (a *api) call(ctx context.Context, workspace, method string, do func(context.Context, *slack.Client) error) error {
	client, err := a.client(ctx, workspace)
	if err != nil {
		return fmt.Errorf("%s in %s: %w", method, workspace, err)
	}
	return a.limited(workspace, method, func() error { return do(ctx, client) })
}

// limited makes a call within the limits of a workspace, or of whatever else has its own.
func (a *api) limited(of, method string, do func() error) error {
	g := a.gate(of)
	leave, wait := g.enter(method, a.now())
	if wait > 0 {
		return &conversations.Wait{For: wait, Cause: fmt.Errorf("%s in %s is held back", method, of)}
	}
	defer leave()
	err := do()
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s in %s: %w", method, of, err)
	if wait = limit(err); wait > 0 {
		g.hold(method, a.now().Add(wait))
		return &conversations.Wait{For: wait, Cause: err}
	}
	return err
}

// client calls Slack with the workspace's token.
func (a *api) client(ctx context.Context, workspace string) (*slack.Client, error) {
	token, err := a.tokens.For(ctx, workspace)
	if err != nil {
		return nil, err
	}
	return slack.New(token, slack.OptionAPIURL(a.url), slack.OptionHTTPClient(a.http)), nil
}

// limit is how long Slack wants not to be called so, 0 where that is not what it says.
func limit(err error) time.Duration {
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) {
		return max(limited.RetryAfter, time.Second)
	}
	var status slack.StatusCodeError
	var refused slack.SlackErrorResponse
	if errors.As(err, &status) && status.Code == http.StatusTooManyRequests ||
		errors.As(err, &refused) && (refused.Err == "ratelimited" || refused.Err == "message_limit_exceeded") {
		return limitedTime
	}
	return 0
}

// patiently calls again when it may, as long as ctx lasts: somebody waits for it.
func (a *api) patiently(ctx context.Context, workspace, method string, do func(context.Context, *slack.Client) error) error {
	return persist(ctx, func() error { return a.call(ctx, workspace, method, do) })
}

func persist(ctx context.Context, do func() error) error {
	for {
		err := do()
		wait, ok := errors.AsType[*conversations.Wait](err)
		if !ok {
			return err
		}
		select {
		case <-time.After(wait.For):
		case <-ctx.Done():
			return err
		}
	}
}
