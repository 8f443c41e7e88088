package slack

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// How long what Slack said is believed. A role that a group grants is gone a minute after
// somebody left the group.
const (
	profileLife = 5 * time.Minute
	membersLife = time.Minute
	channelLife = 24 * time.Hour
	cachedMost  = 20_000
)

// cache remembers what was looked up, for a while. Failures are not remembered.
type cache[T any] struct {
	now    func() time.Time
	life   time.Duration
	flight singleflight.Group

	mu   sync.Mutex
	kept map[string]kept[T]
}

type kept[T any] struct {
	value T
	until time.Time
}

func newCache[T any](now func() time.Time, life time.Duration) *cache[T] {
	return &cache[T]{now: now, life: life, kept: map[string]kept[T]{}}
}

func (c *cache[T]) get(key string) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[key]
	if !ok || !c.now().Before(k.until) {
		var none T
		return none, false
	}
	return k.value, true
}

func (c *cache[T]) put(key string, value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= cachedMost {
		c.kept = map[string]kept[T]{}
	}
	c.kept[key] = kept[T]{value, c.now().Add(c.life)}
}

// load answers from the cache, or looks up once for all who ask at the same time.
func (c *cache[T]) load(ctx context.Context, key string, lookUp func(context.Context) (T, error)) (T, error) {
	if value, ok := c.get(key); ok {
		return value, nil
	}
	found, err, _ := c.flight.Do(key, func() (any, error) {
		value, err := lookUp(context.WithoutCancel(ctx)) // others wait for it too
		if err == nil {
			c.put(key, value)
		}
		return value, err
	})
	value, _ := found.(T)
	return value, err
}

func (c *cache[T]) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, key)
}
