package commerce

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Task is something that was asked to be done with licences that are owned already: to
// assign, remove or move them, or to own fewer from the next renewal on. Every change
// makes a new Version.
type Task struct {
	ID           string    `json:"id"` // such as "L-1042"
	Organisation string    `json:"organisation"`
	Kind         TaskKind  `json:"kind"`
	By           string    `json:"by"` // person id
	ByName       string    `json:"by_name"`
	Account      Account   `json:"account"` // where that person hears of it
	Locale       string    `json:"locale"`
	TimeZone     string    `json:"time_zone,omitempty"` // the person's own, an IANA name
	SKU          string    `json:"sku"`                 // Graph's: given, taken away, moved from, renewed
	Name         string    `json:"name"`
	To           string    `json:"to,omitempty"` // TaskMove: the SKU moved to
	ToName       string    `json:"to_name,omitempty"`
	Was          int       `json:"was,omitempty"`      // TaskRenew: seats planned as the person saw it
	Quantity     int       `json:"quantity,omitempty"` // TaskRenew: seats from the renewal on
	RenewsAt     time.Time `json:"renews_at,omitzero"` // TaskRenew
	State        TaskState `json:"state"`
	Reason       Code      `json:"reason,omitempty"` // why it failed
	Version      int       `json:"version"`
	People       Progress  `json:"people"`
	StartedAt    time.Time `json:"started_at"`
	UpdatedAt    time.Time `json:"updated_at"`
	EndedAt      time.Time `json:"ended_at,omitzero"`
	Told         Told      `json:"told,omitzero"`
	Slow         Slow      `json:"slow,omitzero"`
}

// Gives is the Graph SKU whose licences people get, "" for none.
func (t Task) Gives() string {
	switch t.Kind {
	case TaskAssign:
		return t.SKU
	case TaskMove:
		return t.To
	}
	return ""
}

// Takes is the Graph SKU whose licences people lose, "" for none.
func (t Task) Takes() string {
	if t.Kind == TaskMove || t.Kind == TaskRemove {
		return t.SKU
	}
	return ""
}

// TaskKind is what a Task does.
type TaskKind string

const (
	TaskAssign TaskKind = "assign"
	TaskRemove TaskKind = "remove"
	TaskMove   TaskKind = "move" // one call for each person: never removed and then assigned
	TaskRenew  TaskKind = "renew"
)

// Role is who may ask for it: renewing fewer seats is the buyer's to decide, for it is
// about money; who holds which licence is licensing's.
func (k TaskKind) Role() Role {
	if k == TaskRenew {
		return Buyer
	}
	return Licensing
}

// TaskState is where a Task is.
type TaskState string

const (
	TaskRunning TaskState = "running"
	TaskDone    TaskState = "done" // it may carry people for whom it failed
	TaskFailed  TaskState = "failed"
)

// MaxTaskPeople is how many people one task is for, at the most.
const MaxTaskPeople = 1000

// TaskRequest is a task as it is asked for.
type TaskRequest struct {
	Kind  TaskKind
	SKU   string
	To    string   // TaskMove
	Users []string // ids in the directory
	Once  string   // names the form that it is asked with: each starts one task at the most
}

// RenewalPlan is a plan of a renewal as it is asked for, with what the person saw.
type RenewalPlan struct {
	SKU   string
	Day   string // OwnedSeats.RenewalDay
	Was   int    // seats that were planned
	Seats int    // from the renewal on
	Once  string // as in TaskRequest
}

// Refused is somebody for whom a task can do nothing, and why.
type Refused struct {
	User
	Reason Reason
}

// Stranded is an add-on that people keep without any of the licences that it needs.
type Stranded struct {
	SKU    string
	Name   string
	People int
}

// Preview is what a task would do, before anything is changed. Nobody but the Able is
// touched. Both lists are by name.
type Preview struct {
	Request  TaskRequest
	Able     []User
	Unable   []Refused
	Free     int        // seats that nobody uses, of SKU or, for a move, of To
	AsOf     time.Time  // when they were read
	Stranded []Stranded // what some of the Able are left with; no hindrance, for the vendor lets it happen
}

// Hash names the preview: the same people for the same change, with the same left
// behind. It is bound to the button that starts the task, so that what was not shown is
// not done. 32 hex digits.
func (p Preview) Hash() string {
	ids := make([]string, len(p.Able))
	for i, u := range p.Able {
		ids[i] = u.ID
	}
	slices.Sort(ids)
	parts := append([]string{string(p.Request.Kind), p.Request.SKU, p.Request.To, strconv.Itoa(len(ids))}, ids...)
	for _, left := range p.Stranded {
		parts = append(parts, left.SKU, strconv.Itoa(left.People))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// foresee sorts people into those for whom the task works and those for whom it does
// not. held is what each holds; whoever is not in it is gone. bases are the SKUs of which
// somebody must hold one to be given the licence, none for any.
func foresee(r TaskRequest, people []User, held map[string]Licences, free int, bases []string) Preview {
	p := Preview{Request: r, Free: free}
	for _, u := range people {
		reason := hindrance(r, u, held, bases)
		if reason == ReasonNone && r.Kind != TaskRemove && len(p.Able) >= free {
			reason = ReasonNoSeat
		}
		if reason == ReasonNone {
			p.Able = append(p.Able, u)
		} else {
			p.Unable = append(p.Unable, Refused{User: u, Reason: reason})
		}
	}
	return p
}

// stranded counts, by add-on, the people who keep it while they lose the last licence
// that it needs. held is foresee's.
func (c Catalogue) stranded(r TaskRequest, people []User, held map[string]Licences) []Stranded {
	var all []Stranded
	for _, o := range c.Offers {
		bases := c.bases(o)
		if !slices.Contains(bases, r.leaves()) || r.Kind == TaskMove && slices.Contains(bases, r.To) {
			continue
		}
		left := Stranded{SKU: o.GraphSKU, Name: o.Name}
		for _, u := range people {
			if has := held[u.ID]; has.Has(o.GraphSKU) && !r.keepsOne(bases, has) {
				left.People++
			}
		}
		if left.People > 0 {
			all = append(all, left)
		}
	}
	return all
}

// keepsOne reports whether somebody keeps one of the bases of what they hold.
func (r TaskRequest) keepsOne(bases []string, has Licences) bool {
	return slices.ContainsFunc(bases, func(sku string) bool { return sku != r.leaves() && has.Has(sku) })
}

// hindrance says why the task can do nothing for somebody, seats aside. What a group gives
// only the group can take: without their own they would have it still. What one fails to
// give for a reason of theirs would fail for the same reason, unless it is the licence that
// goes which is in the way.
func hindrance(r TaskRequest, u User, held map[string]Licences, bases []string) Reason {
	has, exists := held[u.ID]
	switch {
	case !exists:
		return ReasonGone
	case r.Kind != TaskAssign && !has.Has(r.SKU):
		return ReasonNoLicence
	case r.Kind != TaskAssign && has.ByGroup(r.SKU):
		return ReasonByGroup
	case r.Kind == TaskRemove:
		return ReasonNone
	case has.Has(r.gives()):
		return ReasonHasThis
	case u.Ineligible() != ReasonNone:
		return u.Ineligible()
	case len(bases) > 0 && !r.keepsOne(bases, has):
		return ReasonNoBase
	case has.Fails(r.gives()) == ReasonConflict && r.Kind == TaskMove:
		return ReasonNone
	}
	return has.Fails(r.gives())
}

// gives is the SKU whose licences people get.
func (r TaskRequest) gives() string {
	if r.Kind == TaskMove {
		return r.To
	}
	return r.SKU
}

// leaves is the SKU whose licences people lose, "" for none.
func (r TaskRequest) leaves() string {
	if r.Kind == TaskAssign {
		return ""
	}
	return r.SKU
}

// settled is what a person holds by now makes of a task for them: done where an earlier
// attempt was begun, skipped with a reason where somebody else did it or a group decides;
// ok is false where the task is still to be done.
func (t Task) settled(holds Licences, exists, attempted bool) (AssignmentState, Reason, bool) {
	has, hasTo := holds.Has(t.SKU), holds.Has(t.To)
	switch {
	case !exists:
		return AssignSkipped, ReasonGone, true
	case t.done(has, hasTo) && attempted:
		return AssignDone, ReasonNone, true
	case t.Kind == TaskAssign && has:
		return AssignSkipped, ReasonHasThis, true
	case t.Kind != TaskAssign && !has:
		return AssignSkipped, ReasonNoLicence, true
	case t.Kind != TaskAssign && holds.ByGroup(t.SKU):
		return AssignSkipped, ReasonByGroup, true
	case t.Kind == TaskMove && hasTo:
		return AssignSkipped, ReasonHasThis, true
	}
	return "", ReasonNone, false
}

func (t Task) done(has, hasTo bool) bool {
	switch t.Kind {
	case TaskRemove:
		return !has
	case TaskMove:
		return !has && hasTo
	}
	return has
}

// count brings the progress up to date with the people, and ends the task once nobody
// waits any more.
func (t *Task) count(all []Assignment, now time.Time) {
	t.People = Progress{}
	waiting := 0
	for _, a := range all {
		switch a.State {
		case AssignSkipped:
			t.People.Skipped++
			continue
		case AssignDone:
			t.People.Assigned++
		case AssignFailed:
			t.People.Failed++
		default:
			waiting++
		}
		t.People.Total++
	}
	t.State, t.EndedAt = TaskRunning, time.Time{}
	if waiting == 0 {
		t.State, t.EndedAt = TaskDone, now
	}
}
