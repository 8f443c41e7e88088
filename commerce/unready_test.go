package commerce

import (
	"testing"
	"time"
)

// Licences that cannot be given yet are asked for ever less often, for two hours and no longer.
func TestAsksIn(t *testing.T) {
	t.Parallel()
	for speed, most := range map[float64]int{0: 20, 60: 20} {
		timings := StandardTimings()
		timings.Speed = speed
		line, now, asked := OrderLine{ProvisionedAt: noon}, noon, 0
		for wait := time.Duration(0); ; asked++ {
			next := line.asksIn(now, timings)
			if next == 0 {
				break
			}
			if left := timings.Wait(readyWithin) - now.Sub(noon); next < timings.Recheck || next < min(wait, left) || next > timings.Wait(askedLast) {
				t.Errorf("at speed %v, after %s: %s, and before it %s", speed, now.Sub(noon), next, wait)
			}
			wait, now = next, now.Add(next)
		}
		if took := now.Sub(noon); took != timings.Wait(readyWithin) || asked < 8 || asked > most {
			t.Errorf("at speed %v asked %d times in %s", speed, asked, took)
		}
	}
	if (OrderLine{}).asksIn(noon, StandardTimings()) != 0 {
		t.Error("a line of which nobody knows when it came is asked for again")
	}
}

// The next batch is of whichever line can be asked for first, of those that somebody waits for.
func TestNextBatch(t *testing.T) {
	t.Parallel()
	waits, served := Progress{Total: 3, Assigned: 1, Failed: 1}, Progress{Total: 3, Assigned: 2, Failed: 1}
	line := func(p Progress, again time.Duration) OrderLine {
		l := OrderLine{People: p}
		if again != 0 {
			l.AskAgain = noon.Add(again)
		}
		return l
	}
	for name, test := range map[string]struct {
		lines []OrderLine
		want  time.Duration
	}{
		"at once":             {[]OrderLine{line(waits, 0)}, 0},
		"in ten minutes":      {[]OrderLine{line(waits, 10*time.Minute)}, 10 * time.Minute},
		"the time has passed": {[]OrderLine{line(waits, -time.Minute)}, 0},
		"another one first":   {[]OrderLine{line(waits, 10*time.Minute), line(waits, 0)}, 0},
		"the earlier of two":  {[]OrderLine{line(waits, 10*time.Minute), line(waits, 5*time.Minute)}, 5 * time.Minute},
		"nobody for that one": {[]OrderLine{line(waits, 10*time.Minute), line(served, 0)}, 10 * time.Minute},
		"nobody at all":       {[]OrderLine{line(served, 0)}, 0},
	} {
		o := Order{State: StateAssigning, Lines: test.lines}
		if step, due := o.Next(noon, StandardTimings()); step != StepAssign || !due.Equal(noon.Add(test.want)) {
			t.Errorf("%s: %s at %s", name, step, due)
		}
	}
}

// Whoever waits for licences that are not there yet waits on, until it has been too long;
// what became of the others stays.
func TestUnready(t *testing.T) {
	t.Parallel()
	results := people("ann:failed:not_yet bob:skipped:gone cleo:assigned")
	for name, test := range map[string]struct {
		age  time.Duration
		want string
		in   time.Duration
	}{
		"just delivered":     {0, "ann:pending:not_yet bob:skipped:gone cleo:assigned", time.Minute},
		"ten minutes ago":    {10 * time.Minute, "ann:pending:not_yet bob:skipped:gone cleo:assigned", 5 * time.Minute},
		"too long ago":       {2 * time.Hour, "ann:failed:not_yet bob:skipped:gone cleo:assigned", 0},
		"a month ago, again": {30 * 24 * time.Hour, "ann:failed:not_yet bob:skipped:gone cleo:assigned", 0},
	} {
		kept, again := OrderLine{ProvisionedAt: noon.Add(-test.age)}.unready(results, noon, StandardTimings())
		if got := written(kept); got != test.want || !again.Equal(noon.Add(test.in)) {
			t.Errorf("%s: %q, again at %s", name, got, again)
		}
	}
	if kept, again := (OrderLine{ProvisionedAt: noon}).unready(results[1:], noon, StandardTimings()); !again.IsZero() || written(kept) != written(results[1:]) {
		t.Errorf("they are there: %q, again at %s", written(kept), again)
	}
	if written(results) != "ann:failed:not_yet bob:skipped:gone cleo:assigned" {
		t.Error("the results were changed")
	}
}
