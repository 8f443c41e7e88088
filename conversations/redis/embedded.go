package redis

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"
)

// embedded is a Redis inside the process. It opens no port: whoever else is on the
// machine cannot reach it.
type embedded struct {
	server *miniredis.Miniredis
	stop   context.CancelFunc
	clock  sync.WaitGroup
}

func startEmbedded(ctx context.Context, now func() time.Time) *embedded {
	ctx, stop := context.WithCancel(ctx)
	e := &embedded{server: miniredis.NewMiniRedis(), stop: stop}
	e.clock.Go(func() { e.tick(ctx, now) })
	return e
}

// tick lets time pass in the server, which has no clock of its own for lifetimes.
func (e *embedded) tick(ctx context.Context, now func() time.Time) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	last := now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			at := now()
			if passed := at.Sub(last); passed > 0 {
				e.server.FastForward(passed)
			}
			last = at
		}
	}
}

func (e *embedded) options() *goredis.UniversalOptions {
	return &goredis.UniversalOptions{
		Addrs:  []string{"embedded:0"},
		Dialer: func(context.Context, string, string) (net.Conn, error) { return e.server.Dial() },
	}
}

func (e *embedded) close() {
	e.stop()
	e.clock.Wait()
	e.server.Close()
}
