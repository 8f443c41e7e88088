package conversations

import (
	"context"
	"sync"
)

// What a turn saved is remembered, so that the next turn of the same conversation need not
// ask the store where it is: a round trip less for most clicks. The save at a turn's end
// succeeds only on top of the version that the turn began with, and so finds out a memory
// that somebody else overtook; what has effects is decided on what the store has.

const (
	rememberedBytes = 4 << 20 // of all
	snapshotBytes   = 2 << 10 // of each; a longer one is loaded
	keyBytes        = 400     // or so: what a conversation's names take
)

// snapshot is a conversation as it was saved.
type snapshot struct {
	state      []byte
	version    int64
	remembered bool // rather than loaded
}

func (e *Engine) where(ctx context.Context, key Key) (snapshot, error) {
	if p, ok := e.last.get(key); ok {
		return p, nil
	}
	state, version, err := e.Store.Load(ctx, key)
	return snapshot{state: state, version: version}, err
}

// save remembers what it saved, and forgets what it could not.
func (e *Engine) save(ctx context.Context, key Key, version int64, state []byte) error {
	saved, err := e.Store.Save(ctx, key, version, state, conversationLife)
	if err != nil {
		e.last.forget(key)
		return err
	}
	e.last.put(key, snapshot{state: state, version: saved, remembered: true})
	return nil
}

// lastSaves are snapshots; the zero value has none. They are emptied when they are full.
type lastSaves struct {
	mu    sync.Mutex
	saves map[Key]snapshot
	bytes int
}

func (l *lastSaves) get(key Key) (snapshot, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.saves[key]
	return p, ok
}

func (l *lastSaves) put(key Key, p snapshot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(key)
	if len(p.state) > snapshotBytes {
		return
	}
	if l.saves == nil || l.bytes >= rememberedBytes {
		l.saves, l.bytes = map[Key]snapshot{}, 0
	}
	l.saves[key] = p
	l.bytes += keyBytes + len(p.state)
}

func (l *lastSaves) forget(key Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(key)
}

func (l *lastSaves) drop(key Key) {
	if p, ok := l.saves[key]; ok {
		delete(l.saves, key)
		l.bytes -= keyBytes + len(p.state)
	}
}
