package commerce

import "time"

// Told is how far a run was when people were last told of it, and the zero Told while there
// is none. A message is edited at each batch of a few people, but of a thousand not fifty
// times: platforms limit how often, and nobody reads that fast.
type Told struct {
	At      time.Time `json:"at"`
	Served  int       `json:"served"`
	Unready bool      `json:"unready,omitempty"`
	Slow    bool      `json:"slow,omitempty"`
}

const (
	toldParts = 10 // of a run's people: after each it is told of
	toldEvery = 10 * time.Second
)

// due reports whether to tell of a run again: it has come another tenth further, or further
// at all since some seconds ago, or it waits for something else.
func (t Told) due(now Told, total int) bool {
	return t.At.IsZero() || now.Unready != t.Unready || now.Slow != t.Slow || (now.Served-t.Served)*toldParts >= max(total, 1) ||
		now.Served != t.Served && now.At.Sub(t.At) >= toldEvery
}

// tells reports whether to tell of the order as it is now, and notes it: of each change, but
// not of each batch of people.
func (o *Order) tells(now time.Time) bool {
	if o.State != StateAssigning {
		o.Told = Told{}
		return true
	}
	p := o.People()
	next := Told{At: now, Served: p.Assigned + p.Failed, Unready: o.Unready(), Slow: o.Slowed()}
	if !o.Told.due(next, p.Total) {
		return false
	}
	o.Told = next
	return true
}

// tells is Order.tells, for a task.
func (t *Task) tells(now time.Time) bool {
	if t.State != TaskRunning {
		t.Told = Told{}
		return true
	}
	next := Told{At: now, Served: t.People.Assigned + t.People.Failed, Slow: t.Slow.Is()}
	if !t.Told.due(next, t.People.Total) {
		return false
	}
	t.Told = next
	return true
}
