package conversations

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const cachedMost = 20_000

// Cache remembers what a platform looked up, for a while. Failures are not remembered.
type Cache[T any] struct {
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

// NewCache makes an empty one; what is in it lives that long.
func NewCache[T any](now func() time.Time, life time.Duration) *Cache[T] {
	return &Cache[T]{now: now, life: life, kept: map[string]kept[T]{}}
}

// Get is what is remembered; ok is false for nothing.
func (c *Cache[T]) Get(key string) (value T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[key]
	if !ok || !c.now().Before(k.until) {
		return value, false
	}
	return k.value, true
}

// Put remembers.
func (c *Cache[T]) Put(key string, value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= cachedMost {
		c.kept = map[string]kept[T]{}
	}
	c.kept[key] = kept[T]{value, c.now().Add(c.life)}
}

// Load answers from the cache, or looks up once for all who ask at the same time.
func (c *Cache[T]) Load(ctx context.Context, key string, lookUp func(context.Context) (T, error)) (T, error) {
	if value, ok := c.Get(key); ok {
		return value, nil
	}
	found, err, _ := c.flight.Do(key, func() (any, error) {
		value, err := lookUp(context.WithoutCancel(ctx)) // others wait for it too
		if err == nil {
			c.Put(key, value)
		}
		return value, err
	})
	value, _ := found.(T)
	return value, err
}

// Forget forgets.
func (c *Cache[T]) Forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, key)
}
