package graph

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/sony/gobreaker/v2"

	"cartwright/commerce"
)

const (
	singleSize = 1 << 20          // bytes of an answer
	pageSize   = 8 << 20          // bytes of a page of people
	readTime   = 20 * time.Second // of one try, or of a login
	postTime   = time.Minute      // of a batch, which is twenty calls
	callTries  = 4
	tokenTries = 2
	longest    = time.Minute // that a service is waited for
	restMost   = time.Hour   // that a service is believed not to want to be asked for
)

// network is where calls go. Connections are kept: making one costs more than a call.
func network() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = readsAtOnce * 2
	return t
}

// transport follows no redirects, which would take the token elsewhere, and reads no more
// of an answer than a real one has.
func transport(network http.RoundTripper) policy.Transporter {
	return capped{&http.Client{Transport: network, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type capped struct{ client *http.Client }

func (c capped) Do(r *http.Request) (*http.Response, error) {
	got, err := c.client.Do(r) //nolint:gosec // the addresses are Microsoft's, of the tenant's cloud; a next page is held to the same host
	if err != nil {
		return nil, err
	}
	size := int64(singleSize)
	if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, pathUsers) {
		size = pageSize
	}
	got.Body = http.MaxBytesReader(nil, got.Body, size)
	return got, nil
}

// retries are at the most tries, each of so long, of the calls that may be repeated.
func (g *Graph) retries(tries int32, each time.Duration, may func(*http.Response, error) bool) policy.RetryOptions {
	return policy.RetryOptions{MaxRetries: tries - 1, TryTimeout: each, RetryDelay: g.o.Pause, MaxRetryDelay: longest, ShouldRetry: may}
}

// mayReadAgain picks calls that failed and change nothing, logins too.
func mayReadAgain(got *http.Response, err error) bool {
	if err != nil {
		_, huge := errors.AsType[*http.MaxBytesError](err)
		return !huge
	}
	return got.StatusCode == http.StatusTooManyRequests || fails(got.StatusCode)
}

// mayPostAgain picks calls that Graph did not take: whatever else may have changed
// something is looked into before it is repeated.
func mayPostAgain(got *http.Response, err error) bool {
	return err == nil && got.StatusCode == http.StatusTooManyRequests
}

// notAgain is for calls whose caller knows better when.
func notAgain(*http.Response, error) bool { return false }

func fails(status int) bool {
	return status == http.StatusRequestTimeout || status >= http.StatusInternalServerError
}

// fractions makes Retry-After readable to azcore, which knows whole seconds only.
type fractions struct{}

func (fractions) Do(r *policy.Request) (*http.Response, error) {
	got, err := r.Next()
	if err == nil {
		if wait := retryAfter(got.Header.Get("Retry-After")); wait > 0 {
			got.Header.Set("Retry-After-Ms", strconv.FormatInt(wait.Milliseconds(), 10))
		}
	}
	return got, err
}

// retryAfter reads seconds, such as "2.128", rounded up to milliseconds; 0 where they are none.
func retryAfter(text string) time.Duration {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(seconds > 0) || seconds > 1e6 {
		return 0
	}
	return time.Duration(math.Ceil(seconds*1000)) * time.Millisecond
}

const (
	failures = 4                // in a row, after which nobody asks any more
	rest     = 10 * time.Second // after which one may try
)

// breaking says when reads of an organisation are no longer tried: a service that hangs
// then costs a few callers their time, not each.
func (g *Graph) breaking(organisation, name string) gobreaker.Settings {
	return gobreaker.Settings{
		Name: name, Timeout: rest, ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
		IsSuccessful: definite, IsExcluded: func(err error) bool { return errors.Is(err, context.Canceled) },
		OnStateChange: func(name string, from, to gobreaker.State) {
			g.o.Log.Warn("breaker of Graph's reads", "organisation", organisation, "read", name, "was", from.String(), "is", to.String())
		},
	}
}

// named gives the breaker's errors the words of this package, and a refusal for want of a
// permission the permission's name.
func named(err error) error {
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return errors.New("Graph has not answered lately, so it was not asked")
	}
	return err
}

// lacking is err, or where Graph refuses for want of a permission one that names it.
func lacking(err error, permission string) error {
	no, ok := errors.AsType[*refused](err)
	if ok && no.status == http.StatusForbidden {
		return commerce.Refuse(commerce.CodeUnavailable).Because(&Missing{permission})
	}
	return err
}
