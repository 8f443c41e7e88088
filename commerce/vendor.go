package commerce

import (
	"context"
	"errors"
	"time"
)

// ErrNoTrace says that the outside system has never heard of a key: the call it was
// made for did not arrive, and may be made.
var ErrNoTrace = errors.New("no trace of that key")

// Vendor sells licences.
//
// Calls return a coded *Error for a definite refusal; any other error means that the
// outcome is unknown, and is looked up before anything is repeated.
//
// Where a person buys, at Microsoft, the vendor only hands over: Place and LookUp answer
// with no lines and with what is owned, and what of that was bought is worked out here
// (Purchases).
type Vendor interface {
	// Prices asks what plans cost now, in the order of the asked; one without a
	// price is the zero Plan. It reads only.
	Prices(ctx context.Context, org Organisation, asked []PriceOf) ([]Plan, error)
	// Place orders the lines. The same key never places twice: a repeat returns
	// what the first call placed.
	Place(ctx context.Context, org Organisation, p Placement) (Placed, error)
	// LookUp finds what was placed with a key, and how far each line is.
	// ErrNoTrace: nothing was. A hand-off keeps no keys: it answers each with what is owned.
	LookUp(ctx context.Context, org Organisation, key string) (Placed, error)
	// PlanRenewal makes the tenant own that many seats of the SKU from their next renewal
	// on; as many as now: what was planned is called off. The same plan twice is no error.
	// CodeQuantity: fewer than are used or than the vendor sells, or more than are owned.
	// CodeAtMicrosoft: only a person can, in the admin centre.
	PlanRenewal(ctx context.Context, org Organisation, sku string, seats int) error
}

// PriceOf names a plan of an offer.
type PriceOf struct {
	Offer string
	Plan  PlanID
}

// Placement is an order as the vendor sees it.
type Placement struct {
	Key   string // idempotency key, unique in the world
	Order string // such as "CW-1042", for people
	Lines []PlacementLine
}

// PlacementLine is one line of a Placement.
type PlacementLine struct {
	ID       int
	Offer    Offer
	Plan     PlanID
	Quantity int
}

// Placed is what the vendor made of a Placement. A checkout can succeed in part.
type Placed struct {
	VendorOrder string
	Lines       []PlacedLine
	Owned       *Estate // what the tenant owns, where the vendor takes no order itself; else nil
}

// PlacedLine is the vendor's state of one line.
type PlacedLine struct {
	ID           int
	State        LineState // LinePlaced, LineProvisioned, LineRefused or LineFailed
	Subscription string    // "" until known
	RenewsAt     time.Time
	UndoUntil    time.Time // until when it can be cancelled or reduced
}
