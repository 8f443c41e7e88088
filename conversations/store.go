package conversations

import (
	"context"
	"errors"
	"time"
)

// ErrLostRace says that the conversation was saved by somebody else since it was loaded.
var ErrLostRace = errors.New("the conversation changed meanwhile")

// Key names a conversation: one for each organisation and account.
type Key struct {
	Organisation string
	Account      Account
}

// Store keeps the half-filled form of each conversation. It may be lost at any time.
type Store interface {
	// Load returns the saved bytes and their version; nil and 0 where there is nothing. A
	// version names one save of one conversation and comes again for no other, also after
	// everything was lost.
	Load(ctx context.Context, key Key) (state []byte, version int64, err error)
	// Save writes state for ttl if version is still the stored one, and answers the version
	// that it is stored as. ErrLostRace: it is not.
	Save(ctx context.Context, key Key, version int64, state []byte, ttl time.Duration) (saved int64, err error)
}

// Limiter holds people to a pace.
type Limiter interface {
	// Allow takes one of what the key may do; when it may not, how long to wait.
	Allow(ctx context.Context, key string, perMinute int) (ok bool, wait time.Duration, err error)
}
