package commerce

import (
	"slices"
	"time"
)

// State is where an order is in its life; docs/order-states.md has the chart.
type State string

const (
	StateSubmitted        State = "submitted"
	StateAwaitingApproval State = "awaiting_approval"
	StateChangesProposed  State = "changes_proposed"
	StateAwaitingPayment  State = "awaiting_payment"
	StatePaymentSecured   State = "payment_secured"
	StatePlacing          State = "placing"
	StateHandedOver       State = "handed_over" // direct: the admin buys in the admin centre
	StateProvisioning     State = "provisioning"
	StateAssigning        State = "assigning"
	StateCompleted        State = "completed"
	StateRejected         State = "rejected"
	StateExpired          State = "expired"
	StateCancelling       State = "cancelling"
	StateCancelled        State = "cancelled"
	StateFailed           State = "failed"
)

// LineState is where one line of an order is.
type LineState string

const (
	LinePending     LineState = "pending"
	LinePlaced      LineState = "placed"      // the vendor took it and is at it
	LineProvisioned LineState = "provisioned" // the licences are there
	LineRefused     LineState = "refused"     // the vendor did not take it
	LineFailed      LineState = "failed"      // the vendor took it and could not deliver
	LineUnbought    LineState = "not_bought"  // direct: the order went on without it
)

// Order is a submitted cart. Every change makes a new Version.
type Order struct {
	ID           string      `json:"id"`  // such as "CW-1042": people say it
	Key          string      `json:"key"` // 128 random bits, hex: idempotency keys are made of it
	Organisation string      `json:"organisation"`
	Buyer        string      `json:"buyer"` // person id
	BuyerName    string      `json:"buyer_name"`
	Account      Account     `json:"account"` // where the buyer hears of it
	Locale       string      `json:"locale"`
	TimeZone     string      `json:"time_zone,omitempty"` // the buyer's own, an IANA name
	State        State       `json:"state"`
	Version      int         `json:"version"`
	Quote        Quote       `json:"quote"` // what was bought at which price
	Lines        []OrderLine `json:"lines"`
	Approval     *Approval   `json:"approval,omitempty"` // nil: none was needed
	Payment      Payment     `json:"payment"`
	HandOff      *HandOff    `json:"hand_off,omitempty"` // direct: nil where the bot orders itself
	VendorOrder  string      `json:"vendor_order,omitempty"`
	Reason       Code        `json:"reason,omitempty"`  // why it failed or expired
	Outcome      string      `json:"outcome,omitempty"` // what the on-call person wrote when resolving it
	Intent       *Intent     `json:"intent,omitempty"`  // an outside call whose outcome is not known yet
	SubmittedAt  time.Time   `json:"submitted_at"`
	UpdatedAt    time.Time   `json:"updated_at"`
	EndedAt      time.Time   `json:"ended_at,omitzero"`
	Told         Told        `json:"told,omitzero"` // of the people who are being served
}

// OrderLine is a quoted line on its way.
type OrderLine struct {
	QuoteLine
	GraphSKU      string    `json:"graph_sku"`
	State         LineState `json:"state"`
	Bought        int       `json:"bought,omitempty"` // direct: licences that were seen in the tenant; Quantity is what was ordered
	Subscription  string    `json:"subscription,omitempty"`
	ProvisionedAt time.Time `json:"provisioned_at,omitzero"`
	RenewsAt      time.Time `json:"renews_at,omitzero"`
	UndoUntil     time.Time `json:"undo_until,omitzero"`
	Refunded      Money     `json:"refunded,omitzero"`
	People        Progress  `json:"people"`
	AskAgain      time.Time `json:"ask_again,omitzero"` // its people are not asked for before: Microsoft could not give its licences yet
	Slow          Slow      `json:"slow,omitzero"`
}

// Progress counts the people of a line's automatic assignment.
type Progress struct {
	Total    int `json:"total"` // those who are to get a licence: the skipped are not in it
	Assigned int `json:"assigned"`
	Failed   int `json:"failed"`
	Skipped  int `json:"skipped"`
}

// Payment is the money side of an order.
type Payment struct {
	Link      int           `json:"link"`              // how many links were opened
	Session   string        `json:"session"`           // the gateway's
	URL       string        `json:"url"`               // the gateway's page; people are sent to /pay/{token}
	Closing   string        `json:"closing,omitempty"` // an earlier session, to be closed before there is another
	Status    PaymentStatus `json:"status"`
	Declined  bool          `json:"declined,omitempty"`
	Expires   time.Time     `json:"expires,omitzero"` // of the link
	PayBy     time.Time     `json:"pay_by,omitzero"`  // the order itself expires then
	SecuredAt time.Time     `json:"secured_at,omitzero"`
	Captured  Money         `json:"captured,omitzero"`
	Refunded  Money         `json:"refunded,omitzero"`
}

// Intent is written before an outside call and cleared with its result. One that is
// found without its caller means that the outcome must be looked up.
type Intent struct {
	Step Step      `json:"step"`
	Key  string    `json:"key"`
	At   time.Time `json:"at"`
	For  int       `json:"for"` // the version that the job was made for
}

// Assignment is one person's automatic assignment in an order, or their part of a task:
// at most one for each person and order or task.
type Assignment struct {
	Order  string // or the task, whose Line is 0
	Line   int
	User   string
	Name   string
	State  AssignmentState
	Reason Reason
}

// AssignmentState is where an Assignment is.
type AssignmentState string

const (
	AssignPending  AssignmentState = "pending"
	AssignIntended AssignmentState = "intended" // the call was begun, its outcome not seen
	AssignDone     AssignmentState = "assigned"
	AssignSkipped  AssignmentState = "skipped" // not to be given: see Reason
	AssignFailed   AssignmentState = "failed"  // may be retried
)

// transitions is the chart in docs/order-states.md: nothing else may happen.
var transitions = map[State][]State{
	StateSubmitted:        {StateAwaitingApproval, StateAwaitingPayment, StateHandedOver, StateCancelling},
	StateAwaitingApproval: {StateChangesProposed, StateAwaitingPayment, StateHandedOver, StateRejected, StateExpired, StateCancelling},
	StateChangesProposed:  {StateAwaitingApproval, StateAwaitingPayment, StateHandedOver, StateRejected, StateExpired, StateCancelling},
	StateAwaitingPayment:  {StatePaymentSecured, StateExpired, StateCancelling, StateFailed},
	StatePaymentSecured:   {StatePlacing, StateCancelling},
	StatePlacing:          {StateProvisioning, StateFailed},
	StateHandedOver:       {StateProvisioning, StateCancelling, StateExpired, StateFailed},
	StateProvisioning:     {StateAssigning, StateCompleted, StateFailed},
	StateAssigning:        {StateCompleted},
	StateCompleted:        {StateAssigning}, // a retry of the people who failed
	StateCancelling:       {StateCancelled},
}

// States lists every state, in the order of an order's life.
var States = []State{
	StateSubmitted, StateAwaitingApproval, StateChangesProposed, StateAwaitingPayment, StatePaymentSecured,
	StatePlacing, StateHandedOver, StateProvisioning, StateAssigning, StateCompleted,
	StateRejected, StateExpired, StateCancelling, StateCancelled, StateFailed,
}

// EndStates are those in which nothing more happens to an order's goods.
var EndStates = []State{StateCompleted, StateRejected, StateExpired, StateCancelled, StateFailed}

// Ended reports whether nothing more happens by itself in state s.
func (s State) Ended() bool { return slices.Contains(EndStates, s) }

// Cancellable reports whether the buyer may still call the order off.
func (s State) Cancellable() bool { return slices.Contains(transitions[s], StateCancelling) }

// Line finds a line by id.
func (o *Order) Line(id int) *OrderLine {
	i := slices.IndexFunc(o.Lines, func(l OrderLine) bool { return l.ID == id })
	if i < 0 {
		return nil
	}
	return &o.Lines[i]
}
