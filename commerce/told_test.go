package commerce

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// People are told when a run begins and ends, at each tenth of it, and every ten seconds in
// which anything happened; not at each batch.
func TestTold(t *testing.T) {
	t.Parallel()
	told := Told{At: noon, Served: 100}
	for name, test := range map[string]struct {
		before, now Told
		want        bool
	}{
		"it begins":                 {Told{}, Told{At: noon}, true},
		"a batch":                   {told, Told{At: noon.Add(2 * time.Second), Served: 120}, false},
		"a tenth":                   {told, Told{At: noon.Add(2 * time.Second), Served: 200}, true},
		"a batch, after some time":  {told, Told{At: noon.Add(10 * time.Second), Served: 120}, true},
		"nothing, after long":       {told, Told{At: noon.Add(time.Hour), Served: 100}, false},
		"it waits for Microsoft":    {told, Told{At: noon, Served: 100, Unready: true}, true},
		"it waits and waits":        {Told{At: noon, Unready: true}, Told{At: noon.Add(time.Hour), Unready: true}, false},
		"it waits for it no longer": {Told{At: noon, Unready: true}, Told{At: noon}, true},
	} {
		if got := test.before.due(test.now, 1000); got != test.want {
			t.Errorf("%s: told %v", name, got)
		}
	}
}

// However many people a run is of and however fast it goes, it is told of at most at each
// tenth and every ten seconds, and always when it begins, ends or begins anew.
func TestHowOftenPeopleAreTold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(1, 1000).Draw(t, "people")
		batch := rapid.SampledFrom([]int{1, 5, 20}).Draw(t, "batch")
		every := time.Duration(rapid.IntRange(0, 15000).Draw(t, "milliseconds")) * time.Millisecond
		task := Task{State: TaskRunning, People: Progress{Total: total}}
		now, times := noon, 0
		for task.State == TaskRunning {
			if task.tells(now) {
				times++
			} else if task.Told.At.IsZero() {
				t.Fatal("its beginning is not told")
			}
			now = now.Add(every)
			task.People.Assigned = min(total, task.People.Assigned+batch)
			if task.People.Assigned == total {
				task.State = TaskDone
			}
		}
		if !task.tells(now) {
			t.Fatal("its end is not told")
		}
		if most := 1 + toldParts + int(now.Sub(noon)/toldEvery); times > most {
			t.Fatalf("told %d times, at most %d are worth it", times, most)
		}
		task.State, task.People.Assigned = TaskRunning, 0
		if !task.tells(now) {
			t.Fatal("that it begins anew is not told")
		}
	})
}
