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
	// answersAtOnce is how many posts to response_urls of a channel are: a channel in which
	// many people click at once answers them all.
	answersAtOnce = 64
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

// gate is the gate of a workspace, or of a channel's response_urls.
func (a *api) gate(of string, atOnce int) *gate {
	a.mu.Lock()
	defer a.mu.Unlock()
	g, ok := a.gates[of]
	if !ok {
		if len(a.gates) > 10_000 {
			a.gates = map[string]*gate{}
		}
		g = &gate{free: make(chan struct{}, atOnce), until: map[string]time.Time{}}
		a.gates[of] = g
	}
	return g
}

// wait is how long a method is not to be called.
func (g *gate) wait(method string, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until[method].Sub(now)
}

func (g *gate) hold(method string, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until[method] = until
}

// call makes one call, now or not at all. *conversations.Wait: Slack limits it, or answers
// slowly; and when to try again.
func (a *api) call(ctx context.Context, workspace, method string, do func(context.Context, *slack.Client) error) error {
	client, err := a.client(ctx, workspace)
	if err != nil {
		return fmt.Errorf("%s in %s: %w", method, workspace, err)
	}
	g := a.gate(workspace, atOnce)
	if wait := g.wait(method, a.now()); wait > 0 {
		return &conversations.Wait{For: wait, Cause: fmt.Errorf("%s in %s is held back", method, workspace)}
	}
	select {
	case g.free <- struct{}{}:
	default:
		return &conversations.Wait{For: busyTime, Cause: fmt.Errorf("%s has its calls under way", workspace)}
	}
	return a.within(g, workspace, method, func() error { return do(ctx, client) })
}

// patiently makes a call as soon as it may, as long as ctx lasts: somebody waits for it.
func (a *api) patiently(ctx context.Context, workspace, method string, do func(context.Context, *slack.Client) error) error {
	client, err := a.client(ctx, workspace)
	if err != nil {
		return fmt.Errorf("%s in %s: %w", method, workspace, err)
	}
	return a.persist(ctx, a.gate(workspace, atOnce), workspace, method, func() error { return do(ctx, client) })
}

// respond makes a post to a response_url, as soon as it may: it needs no token, and has
// limits of its own.
func (a *api) respond(ctx context.Context, channel string, do func() error) error {
	return a.persist(ctx, a.gate(channel, answersAtOnce), channel, "response_url", do)
}

func (a *api) persist(ctx context.Context, g *gate, of, method string, do func() error) error {
	for {
		if wait := g.wait(method, a.now()); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
			}
		}
		select {
		case g.free <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("%s in %s: %w", method, of, ctx.Err())
		}
		err := a.within(g, of, method, do)
		if _, limited := errors.AsType[*conversations.Wait](err); !limited {
			return err
		}
	}
}

// within makes a call that was let in, and notes how long Slack wants no other.
func (a *api) within(g *gate, of, method string, do func() error) error {
	defer func() { <-g.free }()
	err := do()
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s in %s: %w", method, of, err)
	if wait := limit(err); wait > 0 {
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
