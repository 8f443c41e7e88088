package commerce

import (
	"testing"
	"time"
)

// Whoever is kept out waits for as long as Microsoft says, and for two hours in which nobody
// gets an answer; what became of the others stays.
func TestSlow(t *testing.T) {
	t.Parallel()
	some, nobody := people("ann:intended bob:skipped:gone cleo:assigned"), people("ann:intended")
	since := func(d time.Duration) Slow { return Slow{Since: noon.Add(-d), Until: noon.Add(-time.Second)} }
	for name, test := range map[string]struct {
		before  Slow
		results []Assignment
		asksIn  time.Duration
		want    string
		next    Slow
	}{
		"it may be asked":              {since(time.Hour), people("ann:assigned"), 0, "ann:assigned", Slow{}},
		"for the first time":           {Slow{}, nobody, time.Minute, "ann:intended", Slow{noon, noon.Add(time.Minute)}},
		"again":                        {since(time.Hour), nobody, time.Hour, "ann:intended", Slow{noon.Add(-time.Hour), noon.Add(time.Hour)}},
		"again, but some were served":  {since(3 * time.Hour), some, time.Minute, written(some), Slow{noon, noon.Add(time.Minute)}},
		"for too long":                 {since(2 * time.Hour), nobody, time.Minute, "ann:failed:unavailable", Slow{}},
		"for no time that is worth it": {Slow{}, nobody, time.Millisecond, "ann:intended", Slow{noon, noon.Add(time.Second)}},
	} {
		kept, next := test.before.after(test.results, test.asksIn, noon, StandardTimings())
		if got := written(kept); got != test.want || next != test.next {
			t.Errorf("%s: %q, %v, want %q, %v", name, got, next, test.want, test.next)
		}
	}
	if written(nobody) != "ann:intended" {
		t.Error("the results were changed")
	}
}

// An order is asked for when the later of its waits is over.
func TestNextBatchAfterALimit(t *testing.T) {
	t.Parallel()
	line := OrderLine{People: Progress{Total: 3}, AskAgain: noon.Add(time.Minute), Slow: Slow{noon, noon.Add(time.Hour)}}
	if due := (Order{Lines: []OrderLine{line}}).nextBatch(noon); !due.Equal(noon.Add(time.Hour)) {
		t.Errorf("asked at %s", due)
	}
}
