package locale

import "sync"

// Remembered are texts that were written before, by what they were written of: prices are few,
// and a page of the catalogue has each of them written again. Its zero value is ready.
type Remembered[K comparable] struct {
	mu    sync.RWMutex
	texts map[K]string
}

// rememberedMost is more than a catalogue has prices.
const rememberedMost = 2_000

// Text is what write makes of it, now or before.
func (r *Remembered[K]) Text(of K, write func(K) string) string {
	r.mu.RLock()
	text, known := r.texts[of]
	r.mu.RUnlock()
	if known {
		return text
	}
	text = write(of)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.texts == nil || len(r.texts) >= rememberedMost {
		r.texts = map[K]string{}
	}
	r.texts[of] = text
	return text
}
