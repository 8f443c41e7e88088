package teams

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// sentLate is a token's life that is left when it is fetched anew.
const sentLate = 5 * time.Minute

// outbound are the tokens that the connector is called with, one after the other. Nobody waits for
// Microsoft's login longer than their context lasts.
type outbound struct {
	source oauth2.TokenSource
	now    func() time.Time
	has    atomic.Pointer[oauth2.Token]
	flight singleflight.Group
}

var errNoLogin = errors.New("Microsoft's login does not answer in time") //nolint:staticcheck // a name begins it

func (t *outbound) get(ctx context.Context) (*oauth2.Token, error) {
	if had := t.has.Load(); had != nil && had.Expiry.Sub(t.now()) > sentLate {
		return had, nil
	}
	select {
	case got := <-t.flight.DoChan("", t.fetch):
		token, _ := got.Val.(*oauth2.Token)
		return token, got.Err
	case <-ctx.Done():
		return nil, errNoLogin
	}
}

func (t *outbound) fetch() (any, error) {
	token, err := t.source.Token()
	if err == nil {
		t.has.Store(token)
	}
	return token, err
}
