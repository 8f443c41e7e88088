package ledger

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
)

func newTask(id string) commerce.Task {
	return commerce.Task{
		ID: id, Organisation: org, Kind: commerce.TaskMove, SKU: "sku-a", To: "sku-b", Name: "Ä 李",
		State: commerce.TaskRunning, Version: 1, StartedAt: noon, UpdatedAt: noon,
	}
}

func saveTask(t testing.TB, l *Ledger, task commerce.Task, due time.Time) {
	t.Helper()
	change(t, l, func(tx commerce.Tx) error { return tx.SaveTask(task, due) })
}

func TestATaskIsReadAsItWasWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		task := newTask("L-1")
		saveTask(t, l, task, noon)
		people := []commerce.Assignment{
			{Order: "L-1", User: "u2", Name: "Zoé", State: commerce.AssignPending},
			{Order: "L-1", User: "u1", Name: "Ann", State: commerce.AssignSkipped, Reason: commerce.ReasonGuest},
		}
		change(t, l, func(tx commerce.Tx) error { return tx.SaveTaskPeople(people) })
		people[0].State = commerce.AssignDone
		change(t, l, func(tx commerce.Tx) error { return tx.SaveTaskPeople(people[:1]) })

		got, err := l.Task(t.Context(), org, "L-1")
		check(t, err)
		if diff := cmp.Diff(task, got); diff != "" {
			t.Errorf("the task (-wrote +read):\n%s", diff)
		}
		slices.Reverse(people)
		read, err := l.TaskPeople(t.Context(), "L-1")
		check(t, err)
		if diff := cmp.Diff(people, read); diff != "" {
			t.Errorf("its people by name (-wrote +read):\n%s", diff)
		}
		for _, ask := range []struct{ org, id string }{{"fabrikam", "L-1"}, {org, "L-2"}} {
			if _, err := l.Task(t.Context(), ask.org, ask.id); !commerce.IsCode(err, commerce.CodeNotFound) {
				t.Errorf("%+v: got %v, want not found", ask, err)
			}
		}
	})
}

func TestOnlyOneOfSeveralChangesOfATaskWins(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		task := newTask("L-1")
		saveTask(t, l, task, noon)
		task.Version = 2
		wantOne(t, atOnce(4, func(int) error {
			return l.Change(t.Context(), func(tx commerce.Tx) error { return tx.SaveTask(task, noon) })
		}), commerce.CodeStale)
	})
}

func TestTasksAreNumberedApartFromOrders(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		var ids []string
		change(t, l, func(tx commerce.Tx) error {
			ids = nil
			for _, next := range []func() (string, error){tx.NextTaskID, tx.NextOrderID, tx.NextTaskID} {
				id, err := next()
				check(t, err)
				ids = append(ids, id)
			}
			return nil
		})
		if diff := cmp.Diff([]string{"L-1001", "CW-1001", "L-1002"}, ids); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestWhatAnEventLedToCanBeAsked(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		if _, found, err := l.AppliedTo(t.Context(), "e"); found || err != nil {
			t.Errorf("before: %v, %v", found, err)
		}
		change(t, l, func(tx commerce.Tx) error {
			_, _, err := tx.Claim("e")
			check(t, err)
			return tx.Applied("e", "L-1")
		})
		if got, found, err := l.AppliedTo(t.Context(), "e"); got != "L-1" || !found || err != nil {
			t.Errorf("after: %q, %v, %v", got, found, err)
		}
	})
}

func TestDueTasksAreThoseThatLostTheirJob(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := openWith(t, url, Options{Now: func() time.Time { return noon }})
		due := noon.Add(-time.Minute)
		for _, tt := range []struct {
			name    string
			due     time.Time
			version int // of its job, 0 for none
			lease   time.Time
		}{
			{name: "lost", due: due},
			{name: "ended", due: time.Time{}},
			{name: "has its job", due: due, version: 1},
			{name: "has an older job", due: due, version: 9},
			{name: "held", due: due, lease: noon.Add(time.Second)},
			{name: "was held", due: due, lease: noon},
		} {
			saveTask(t, l, newTask(tt.name), tt.due)
			change(t, l, func(tx commerce.Tx) error {
				if !tt.lease.IsZero() {
					got, err := tx.LeaseTask(tt.name, noon.Add(-time.Hour), tt.lease)
					if !got || err != nil {
						t.Fatalf("lease: %v, %v", got, err)
					}
				}
				if tt.version == 0 {
					return nil
				}
				return tx.PerformTask(commerce.OrderRef{Organisation: org, ID: tt.name}, tt.version)
			})
		}
		refs, err := l.DueTasks(t.Context(), noon.Add(-time.Second))
		check(t, err)
		var ids []string
		for _, r := range refs {
			ids = append(ids, r.ID)
		}
		slices.Sort(ids)
		if diff := cmp.Diff([]string{"has an older job", "lost", "was held"}, ids); diff != "" {
			t.Errorf("due (-want +got):\n%s", diff)
		}
	})
}

// A task's jobs come to the task's functions, with its number and version.
func TestJobsOfTasks(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		r := record("tasks")
		start(t, l, r.Jobs)
		task := commerce.OrderRef{Organisation: org, ID: "L-1"}
		change(t, l, func(tx commerce.Tx) error { return tx.PerformTask(task, 3) })
		if c := r.next(t); c.kind != "perform task" || c.ref != task || c.version != 3 {
			t.Errorf("got %+v", c)
		}
		change(t, l, func(tx commerce.Tx) error { return tx.AnnounceTask(task, 4) })
		if c := r.next(t); c.kind != "announce task" || c.ref != task || c.version != 4 {
			t.Errorf("got %+v", c)
		}
	})
}

// Who bought what is owned: the newest delivered line of each SKU, in this organisation.
func TestBought(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		for i, tt := range []struct {
			sku, org, buyer string
			state           commerce.LineState
			at              time.Time
		}{
			{"a", org, "old", commerce.LineProvisioned, noon.Add(-time.Hour)},
			{"a", org, "new", commerce.LineProvisioned, noon},
			{"a", org, "failed", commerce.LineFailed, noon.Add(time.Hour)},
			{"a", "fabrikam", "foreign", commerce.LineProvisioned, noon.Add(time.Hour)},
			{"b", org, "other", commerce.LineProvisioned, noon},
			{"c", org, "waiting", commerce.LinePlaced, time.Time{}},
		} {
			o := newOrder(fmt.Sprintf("CW-%d", i), i)
			o.Organisation, o.Buyer = tt.org, tt.buyer
			o.Lines = []commerce.OrderLine{line(7, tt.sku, 3, tt.state)}
			o.Lines[0].ProvisionedAt = tt.at
			save(t, l, o, time.Time{})
		}
		got, err := l.Bought(t.Context(), org)
		check(t, err)
		if len(got) != 2 || got["a"].Buyer != "new" || got["b"].Buyer != "other" || got["a"].Line.ID != 7 {
			t.Errorf("got %+v", got)
		}
	})
}
