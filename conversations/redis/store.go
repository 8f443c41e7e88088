// Package redis keeps conversations in a Redis, in the process or outside of it. What
// it keeps may be lost at any time: it holds half-filled forms and paces, no more.
package redis

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"cartwright/conversations"

	"github.com/go-redis/redis_rate/v10"
	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// MaxState is how many bytes of one conversation are kept.
const MaxState = 256 << 10

// patience is how long one call may take with everything in it, so that a Redis that
// hangs does not hold a person.
const patience = 1500 * time.Millisecond

var (
	_ conversations.Store   = (*Store)(nil)
	_ conversations.Limiter = (*Store)(nil)
)

//go:embed save.lua
var saveLua string

// Store is conversations.Store and conversations.Limiter on a Redis.
type Store struct {
	client   goredis.UniversalClient
	save     *goredis.Script
	limiter  *redis_rate.Limiter
	embedded *embedded // nil: the Redis is outside
}

// Open makes a Store on the Redis at url, or on one inside the process where url is
// "embedded"; contract.md has the forms. It connects with the first call, so that the
// program starts without its Redis: [Store.Ping] tells. An error never repeats the url.
//
// In an embedded one lifetimes follow now, to the second, until ctx ends or Close.
func Open(ctx context.Context, url string, now func() time.Time) (*Store, error) {
	if url == "embedded" {
		e := startEmbedded(ctx, now)
		return newStore(e.options(), e), nil
	}
	opts, err := parse(url)
	if err != nil {
		return nil, fmt.Errorf("read the Redis URL: %w", err)
	}
	return newStore(opts, nil), nil
}

// speakThroughSlog hands what go-redis has to say, such as of a failover, to the
// program's log. The library has one logger for the whole process.
var speakThroughSlog = sync.OnceFunc(func() { goredis.SetLogger(logger{}) })

type logger struct{}

func (logger) Printf(ctx context.Context, format string, args ...any) {
	slog.WarnContext(ctx, fmt.Sprintf(format, args...))
}

func newStore(opts *goredis.UniversalOptions, e *embedded) *Store {
	speakThroughSlog()
	opts.DialTimeout, opts.ReadTimeout, opts.WriteTimeout = time.Second, time.Second, time.Second
	opts.ContextTimeoutEnabled = true // for patience
	opts.DialerRetries = 1
	opts.MaxRetries = 1
	opts.MinRetryBackoff, opts.MaxRetryBackoff = 10*time.Millisecond, 50*time.Millisecond
	opts.PoolSize = 10
	opts.MaxActiveConns = 20
	opts.PipelinePoolSize = -1 // nothing here is pipelined
	// A new connection asks the server for as little as can be.
	opts.DisableIdentity = true
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	client := goredis.NewUniversalClient(opts)
	return &Store{client: client, save: goredis.NewScript(saveLua), limiter: redis_rate.NewLimiter(client), embedded: e}
}

// firstVersion of a conversation is unlike that of any before it, and leaves as many to come.
func firstVersion() int64 { return 1 + rand.Int64N(math.MaxInt64/2) } //nolint:gosec // nothing is kept secret by it

// Load is one round trip; see conversations.Store.
func (s *Store) Load(ctx context.Context, key conversations.Key) (state []byte, version int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	saved, err := s.client.Get(ctx, conversationKey(key)).Bytes()
	if errors.Is(err, goredis.Nil) {
		return nil, 0, nil
	}
	number, state, whole := bytes.Cut(saved, []byte("\n"))
	if err == nil && !whole {
		err = errors.New("it has no version")
	}
	if err == nil {
		version, err = strconv.ParseInt(string(number), 10, 64)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("load the conversation: %w", err)
	}
	return state, version, nil
}

// Save is one round trip; see conversations.Store. A state over MaxState is refused.
//
// An error leaves open whether the state was saved. So does ErrLostRace in the rare
// case that an answer was lost on the way and the call made again: it then speaks of
// this very save.
func (s *Store) Save(ctx context.Context, key conversations.Key, version int64, state []byte, ttl time.Duration) (int64, error) {
	if len(state) > MaxState {
		return 0, fmt.Errorf("save the conversation: %d bytes are more than %d", len(state), MaxState)
	}
	if ttl < time.Millisecond {
		return 0, fmt.Errorf("save the conversation: a lifetime of %v is none", ttl)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	next := version + 1
	if version == 0 {
		next = firstVersion()
	}
	saved, err := s.save.Run(ctx, s.client, []string{conversationKey(key)},
		strconv.FormatInt(version, 10), strconv.FormatInt(next, 10), state, ttl.Milliseconds()).Bool()
	if err != nil {
		return 0, fmt.Errorf("save the conversation: %w", err)
	}
	if !saved {
		return 0, conversations.ErrLostRace
	}
	return next, nil
}

// Allow lets perMinute calls through at once, then one each 60/perMinute seconds; see
// conversations.Limiter. Paces are kept by the Redis's own clock.
func (s *Store) Allow(ctx context.Context, key string, perMinute int) (ok bool, wait time.Duration, err error) {
	if perMinute < 1 {
		return false, 0, errors.New("keep the pace: fewer than one a minute is no pace")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	result, err := s.limiter.Allow(ctx, name("pace", key), redis_rate.PerMinute(perMinute))
	if err != nil {
		return false, 0, fmt.Errorf("keep the pace: %w", err)
	}
	if result.Allowed == 0 {
		return false, result.RetryAfter, nil
	}
	return true, 0, nil
}

// Ping asks whether the Redis answers.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := s.client.Ping(ctx).Err()
	if err != nil {
		return fmt.Errorf("reach Redis: %w", err)
	}
	return nil
}

// Close ends every connection, and the embedded Redis with all it held.
func (s *Store) Close() error {
	err := s.client.Close()
	if s.embedded != nil {
		s.embedded.close()
	}
	if err != nil {
		return fmt.Errorf("close Redis: %w", err)
	}
	return nil
}

func conversationKey(key conversations.Key) string {
	return name("form", key.Organisation, key.Account.Platform, key.Account.Workspace, key.Account.ID)
}

// name makes a Redis key of parts that come from outside: hashed with their lengths,
// so that no two lists of parts meet and none carries a brace. The braces keep all
// keys of the same parts in one slot of a cluster.
func name(kind string, parts ...string) string {
	text := make([]byte, 0, 128)
	for _, part := range parts {
		text = append(binary.BigEndian.AppendUint64(text, uint64(len(part))), part...)
	}
	sum := sha256.Sum256(text)
	return "cartwright:{" + base64.RawURLEncoding.EncodeToString(sum[:]) + "}:" + kind
}
