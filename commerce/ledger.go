package commerce

import (
	"context"
	"encoding/json"
	"time"
)

// Ledger keeps what matters: carts, orders, their people, the audit, and the jobs.
// Reads see committed state. An error without a code means that the database could not
// be reached or failed: nothing was changed.
type Ledger interface {
	// Change runs fn in one transaction. When fn returns an error nothing is kept.
	// fn may run more than once, so it changes nothing outside tx.
	Change(ctx context.Context, fn func(tx Tx) error) error

	// AppliedTo is what an event led to that was applied before.
	AppliedTo(ctx context.Context, event string) (result string, found bool, err error)
	// Cart is the person's cart, empty at revision 0 where there is none.
	Cart(ctx context.Context, org, person string) (Cart, error)
	// Stock is Cart and OpenSeats, read together.
	Stock(ctx context.Context, org, person string, seen time.Time) (Cart, map[string]int, error)
	// Order finds an order of the organisation. CodeNotFound: there is none.
	Order(ctx context.Context, org, id string) (Order, error)
	// Orders lists an organisation's orders, newest first; person "" is everyone's.
	Orders(ctx context.Context, q OrderQuery) ([]Order, error)
	// OpenSeats counts, by Graph SKU, the licences of the organisation in orders that
	// are not delivered, or were delivered only after seen (so that seats read at that
	// time do not hold them yet).
	OpenSeats(ctx context.Context, org string, seen time.Time) (map[string]int, error)
	// Spent lists what the organisation's orders since then commit it to, without those
	// that came to nothing.
	Spent(ctx context.Context, org string, since time.Time) ([]Commitment, error)
	// Delegations lists those of the organisation that are in force at t, by who made them.
	Delegations(ctx context.Context, org string, t time.Time) ([]Delegation, error)
	// Assignments lists an order's people, by line.
	Assignments(ctx context.Context, order string) ([]Assignment, error)
	// ByPaymentToken finds the order of a payment link. CodeNotFound: no such token.
	ByPaymentToken(ctx context.Context, token string) (Order, error)
	// PaymentToken is the secret of the order's current payment link, "" for none.
	PaymentToken(ctx context.Context, order string) (string, error)
	// Due lists unfinished orders whose next step was due before t and that nobody
	// holds: their job was lost.
	Due(ctx context.Context, t time.Time) ([]OrderRef, error)
	// Task finds a task of the organisation. CodeNotFound: there is none.
	Task(ctx context.Context, org, id string) (Task, error)
	// TaskPeople lists a task's people, by name.
	TaskPeople(ctx context.Context, task string) ([]Assignment, error)
	// DueTasks lists running tasks whose next step was due before t and that nobody
	// holds: their job was lost.
	DueTasks(ctx context.Context, t time.Time) ([]OrderRef, error)
	// Bought finds, by Graph SKU, the organisation's newest delivered line of an order.
	Bought(ctx context.Context, org string) (map[string]Bought, error)
}

// Bought is a delivered order line with who bought it.
type Bought struct {
	Order, Buyer string // Buyer is a person id
	Line         OrderLine
}

// OrderQuery selects orders. Zero fields select all.
type OrderQuery struct {
	Organisation string
	Person       string
	State        State
	UnderWay     bool      // only those that have not ended
	Since        time.Time // submitted then or later
	Offset       int
	Limit        int // 0: 50
}

// OrderRef is the id of an order or a task, with its organisation.
type OrderRef struct{ Organisation, ID string }

// Tx is one transaction of the ledger. Rows that it reads stay as read until it ends.
type Tx interface {
	// Claim notes that event is applied now. For one that was applied before it
	// returns what Applied stored, and false. Two events that come at once wait for each
	// other here.
	Claim(event string) (result string, fresh bool, err error)
	// Applied stores the result of a claimed event, for its repeats.
	Applied(event, result string) error

	// Lock makes everyone else who locks the organisation wait.
	Lock(org string) error
	// Cart reads and locks a cart.
	Cart(org, person string) (Cart, error)
	// SaveCart writes the cart as it is.
	SaveCart(c Cart) error
	// NextOrderID makes a number that people can say, such as "CW-1042".
	NextOrderID() (string, error)
	// Order reads and locks an order. CodeNotFound: there is none.
	Order(id string) (Order, error)
	// OrderOfSession finds the order that a gateway's session pays for, and locks it.
	OrderOfSession(session string) (Order, error)
	// HandOffs locks the organisation, and lists its orders that were handed over to the
	// admin centre, whatever became of them: what one of them has claimed is no other's.
	HandOffs(org string) ([]Order, error)
	// OrderOfCart finds the order made of that revision of a cart, if any.
	OrderOfCart(org, person string, revision int) (Order, bool, error)
	// SaveOrder writes an order whose Version is one more than the stored one (1: a new
	// order). due is when its next step should run, zero for never.
	SaveOrder(o Order, due time.Time) error
	// Postpone moves the time at which the order's next step is due.
	Postpone(order string, due time.Time) error
	// Lease gives the caller the order's outside calls until t; false: somebody else
	// has them at now. A zero t gives them back.
	Lease(order string, now, t time.Time) (bool, error)
	// OpenSeats is Ledger.OpenSeats, inside the transaction.
	OpenSeats(org string, seen time.Time) (map[string]int, error)
	// Spent is Ledger.Spent, inside the transaction, which locks the organisation.
	Spent(org string, since time.Time) ([]Commitment, error)
	// SaveDelegation keeps a person's delegation, in place of any other of theirs.
	SaveDelegation(d Delegation) error
	// Assignments lists an order's people, by line.
	Assignments(order string) ([]Assignment, error)
	// Rivals lists the people whom other orders and tasks of the organisation are serving
	// now, or have served since, or may have, as no answer came. Of two that begin at once
	// the second one finds the first.
	Rivals(of OrderRef, since time.Time) ([]Rival, error)
	// SaveAssignments inserts or replaces people of an order, by order and user.
	SaveAssignments(as []Assignment) error
	// SetPaymentToken stores the secret of the order's current payment link, replacing
	// an earlier one: hashed to be found by, sealed to be shown again.
	SetPaymentToken(order, token string) error
	// NextTaskID makes a number such as "L-1042".
	NextTaskID() (string, error)
	// Task reads and locks a task. CodeNotFound: there is none.
	Task(id string) (Task, error)
	// RunningTasks lists the organisation's tasks that have not ended.
	RunningTasks(org string) ([]Task, error)
	// SaveTask writes a task whose Version is one more than the stored one (1: a new task).
	// due is when its next step should run, zero for never.
	SaveTask(t Task, due time.Time) error
	// LeaseTask is Lease, for a task.
	LeaseTask(task string, now, t time.Time) (bool, error)
	// TaskPeople lists a task's people, by name.
	TaskPeople(task string) ([]Assignment, error)
	// SaveTaskPeople inserts or replaces people of a task (Assignment.Order), by task and user.
	SaveTaskPeople(as []Assignment) error
	// PerformTask enqueues the task's next step.
	PerformTask(ref OrderRef, version int) error
	// AnnounceTask enqueues telling of the task as it is at version.
	AnnounceTask(ref OrderRef, version int) error
	// Append adds an entry to the organisation's audit chain.
	Append(e Entry) error
	// Perform enqueues the order's next step, at the earliest at t (zero: now).
	Perform(ref OrderRef, version int, t time.Time) error
	// Announce enqueues telling people of the order as it is at version.
	Announce(ref OrderRef, version int) error
}

// Entry is one line of the audit: who did what to which order, when.
type Entry struct {
	Organisation string          `json:"organisation"`
	At           time.Time       `json:"at"`
	Actor        string          `json:"actor"` // person id, "bot", or "on-call:NAME"
	Account      Account         `json:"account,omitzero"`
	Action       string          `json:"action"`          // such as "order.submitted"
	Order        string          `json:"order,omitempty"` // or the task
	Event        string          `json:"event,omitempty"`
	Data         json.RawMessage `json:"data,omitempty"`
}

// Copy is a message that was posted, or is about to be.
type Copy struct {
	ID      string // of the order, or of what belongs to it
	To      Account
	Version int // that it shows
	Posted  bool
	At      time.Time // when it was posted
	Unsure  bool      // it may have been posted: whoever began to has not come back to say
}

// Announcer tells people of an order or a task: posts its message, or edits the posted one.
type Announcer interface {
	// Announce shows the order as it is now, which is version or later. It answers how
	// long to wait before it is asked again, 0 for never; so does an error, later. It may
	// be called more than once for a version.
	Announce(ctx context.Context, ref OrderRef, version int) (time.Duration, error)
	// AnnounceTask is Announce, for a task.
	AnnounceTask(ctx context.Context, ref OrderRef, version int) (time.Duration, error)
}
