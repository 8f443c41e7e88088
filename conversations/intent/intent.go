// Package intent reads what somebody wrote in their own words: text in, an [Intent] out.
// Rules read first, without a network; a language model, where one is configured, may
// help with what they leave open, and what it says must be found in the text again.
//
// An Intent only fills in a form. Nothing in it approves, confirms, places or prices.
package intent

import "cartwright/commerce"

// Kind is what the writer wants. The names are those that `bot parse` prints.
type Kind string

const (
	Buy           Kind = "buy"
	Cart          Kind = "cart"
	Subscriptions Kind = "subscriptions"
	Help          Kind = "help"
	Cancel        Kind = "cancel"
	Assign        Kind = "assign"
	Unassign      Kind = "unassign"
	None          Kind = "none"
)

// Kinds lists every kind.
var Kinds = []Kind{Buy, Cart, Subscriptions, Help, Cancel, Assign, Unassign, None}

// Intent is what was understood. The zero value of a slot is "not said, or not clear".
type Intent struct {
	Kind     Kind
	Items    []Item // of Buy, Assign and Unassign, in the order named
	Asks     []Ask  // what must be asked because of what was written; a slot that is merely missing is not in it
	Evidence []Evidence
	// Unsure: something must be asked, or words of weight are left that nothing accounts
	// for. A model may then be asked too.
	Unsure bool
}

// Item is one line.
type Item struct {
	Product    string // an offer's id
	Quantity   int
	Billing    commerce.Billing
	AutoAssign *bool // nil: not said
}

// Slot names a field of an Item.
type Slot string

const (
	Product    Slot = "product"
	Quantity   Slot = "quantity"
	Billing    Slot = "billing"
	AutoAssign Slot = "auto_assign"
)

// Ask is a question that the text raises.
type Ask struct {
	Item       int // index into Items
	Slot       Slot
	Said       string   // the writer's own words for it
	Candidates []string // of Product: ids of the offers that it may be; none: nothing in the catalogue is called so
}

// Evidence is the piece of the text that filled a slot: [Start, End) in bytes of the text
// as it was written.
type Evidence struct {
	Item       int
	Slot       Slot
	Start, End int
}

// Ambiguous reports whether something must be asked because of what was written.
func (i Intent) Ambiguous() bool { return len(i.Items) > 0 && len(i.Asks) > 0 }
