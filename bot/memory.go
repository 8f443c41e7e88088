package main

import (
	"context"
	"time"
)

// startPages is how long after the start the pages it needed are kept: first requests are
// answered with them.
const startPages = 2 * time.Second

// settle gives memory back that only the start needed, once, when it is over.
func (s *server) settle(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(startPages):
		if err := releaseStart(); err != nil {
			s.log.WarnContext(ctx, "memory of the start is kept", "err", err)
		}
	}
}
