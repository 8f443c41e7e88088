package graph

import (
	"context"
	"errors"
	"math"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

const (
	pageOf      = "999" // people on a page, the most there may be
	most        = 1000  // pages of a list
	named15     = 15    // values that an "in" of a filter takes
	readsAtOnce = 16    // of one list: a turn reads a thousand people twice
)

// item is one of a list of Graph's.
type item interface {
	// named reports whether it says which one it is.
	named() bool
}

// page is a part of a list.
type page[T item] struct {
	Value []T    `json:"value"`
	Next  string `json:"@odata.nextLink"`
}

// whole reports whether a page is one: an answer without a list is not an empty one, which
// would say that nothing is owned and that everybody is gone.
func (p page[T]) whole() bool {
	return p.Value != nil && !slices.ContainsFunc(p.Value, func(one T) bool { return !one.named() })
}

// all reads a list to its last page.
func all[T item](ctx context.Context, t *tenant, r request) ([]T, error) {
	return first[T](ctx, t, r, math.MaxInt)
}

// first reads a list until it has n of it.
func first[T item](ctx context.Context, t *tenant, r request, n int) ([]T, error) {
	var list []T
	for range most {
		var page page[T]
		if err := t.read(ctx, r, &page); err != nil {
			return nil, err
		}
		if !page.whole() {
			return nil, unavailable(errStrange)
		}
		list = append(list, page.Value...)
		if page.Next == "" || len(list) >= n {
			return list[:min(n, len(list))], nil
		}
		if !t.follows(r.address, page.Next) {
			return nil, unavailable(errors.New("read Graph's answer: the next page is elsewhere"))
		}
		r.address = page.Next
	}
	return nil, unavailable(errors.New("read Graph's answer: the pages do not end"))
}

// follows reports whether next may be the page after an address: the token goes nowhere
// but to where it went before.
func (t *tenant) follows(address, next string) bool {
	before, err := url.Parse(address)
	after, err2 := url.Parse(next)
	return err == nil && err2 == nil && next != address &&
		after.Scheme == before.Scheme && strings.EqualFold(after.Host, before.Host) && after.Path == before.Path && after.User == nil
}

// naming reads what there is of each value, in as many calls as it takes, a few at once.
func naming[T item](ctx context.Context, values []string, read func(ctx context.Context, some []string) ([]T, error)) ([]T, error) {
	var (
		mu   sync.Mutex
		list []T
	)
	calls, ctx := errgroup.WithContext(ctx)
	calls.SetLimit(readsAtOnce)
	for some := range slices.Chunk(values, named15) {
		calls.Go(func() error {
			found, err := read(ctx, some)
			mu.Lock()
			defer mu.Unlock()
			list = append(list, found...)
			return err
		})
	}
	return list, calls.Wait()
}

// in is a filter for a property that is one of the values.
func in(property string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	return property + " in (" + strings.Join(quoted, ",") + ")"
}
