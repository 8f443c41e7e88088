package redis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/go-redis/redis_rate/v10"
	goredis "github.com/redis/go-redis/v9"
)

//go:embed spend.lua
var spendLua string

// spend is a counter of ours because a pace would not do: redis_rate refills while the day
// lasts, and cannot take what is known only after a call, when it may be more than is left.
var spend = goredis.NewScript(spendLua)

// modelPaces are what one person may ask of a language model: so many a minute, few of them at
// once, and so many a day. What a minute refuses takes nothing from the day.
var modelPaces = []struct {
	kind  string
	limit redis_rate.Limit
}{
	{"model-minute", redis_rate.Limit{Rate: 10, Burst: 3, Period: time.Minute}},
	{"model-day", redis_rate.Limit{Rate: 200, Burst: 200, Period: day}},
}

const day = 24 * time.Hour

// Budget is what may be spent on a language model.
type Budget struct {
	store *Store
	daily int
}

// Budget lets each person make some calls, and each organisation use dailyTokens in the 24
// hours from its first call on.
func (s *Store) Budget(dailyTokens int) *Budget { return &Budget{store: s, daily: dailyTokens} }

// Take takes one call of a person. spent is "person" or "organisation" where that has
// nothing left, and "" where the call may be made. Calls that are under way at once may
// together use more tokens than are left.
func (b *Budget) Take(ctx context.Context, organisation, person string) (spent string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	used, err := b.store.client.Get(ctx, tokensKey(organisation)).Int()
	if err != nil && !errors.Is(err, goredis.Nil) {
		return "", fmt.Errorf("look at the budget: %w", err)
	}
	if used >= b.daily {
		return "organisation", nil
	}
	for _, pace := range modelPaces {
		result, err := b.store.limiter.Allow(ctx, name(pace.kind, organisation, person), pace.limit)
		if err != nil {
			return "", fmt.Errorf("look at the budget: %w", err)
		}
		if result.Allowed == 0 {
			return "person", nil
		}
	}
	return "", nil
}

// Used takes the tokens of a call that was made.
func (b *Budget) Used(ctx context.Context, organisation string, tokens int) error {
	if tokens < 0 {
		return errors.New("take from the budget: fewer than no tokens")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := spend.Run(ctx, b.store.client, []string{tokensKey(organisation)}, tokens, day.Milliseconds()).Err()
	if err != nil {
		return fmt.Errorf("take from the budget: %w", err)
	}
	return nil
}

func tokensKey(organisation string) string { return name("model-tokens", organisation) }
