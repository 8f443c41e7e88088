package commerce

import (
	"context"
	"net/http"
	"time"
)

// PaymentStatus is how far a payment is.
type PaymentStatus string

const (
	PaymentNone       PaymentStatus = ""
	PaymentOpen       PaymentStatus = "open"       // waits for the payer; may have been declined before
	PaymentProcessing PaymentStatus = "processing" // a slow way to pay: may still fail
	PaymentSecured    PaymentStatus = "secured"    // authorised, to be captured or voided
	PaymentCaptured   PaymentStatus = "captured"
	PaymentVoided     PaymentStatus = "voided"  // nothing was or will be taken
	PaymentExpired    PaymentStatus = "expired" // the link is dead, nothing was taken
)

// Gateway takes payments: secures the money, captures what was really placed, gives
// back the rest.
//
// Every changing call carries a key; the same key never acts twice. A coded *Error is
// a definite refusal; after any other error LookUp tells what happened.
type Gateway interface {
	// Open makes a payment page for the amount.
	Open(ctx context.Context, org Organisation, r PaymentRequest) (Session, error)
	// LookUp finds a session by the key that it was opened with. ErrNoTrace: none was.
	LookUp(ctx context.Context, org Organisation, key string) (Session, error)
	// Capture takes amount, at most what was secured, and lets the rest go.
	Capture(ctx context.Context, org Organisation, session, key string, amount Money) error
	// Void closes an open session or lets secured money go. Voiding twice is no error;
	// captured money is CodeOrderState.
	Void(ctx context.Context, org Organisation, session, key string) error
	// Refund gives back amount of what was captured.
	Refund(ctx context.Context, org Organisation, session, key string, amount Money) error
	// Event verifies and reads a message of the gateway's: signature and freshness
	// first. Any error means that it is not to be believed.
	Event(raw []byte, header http.Header) (PaymentEvent, error)
}

// PaymentRequest asks for a payment page.
type PaymentRequest struct {
	Key      string // idempotency key, unique in the world
	Order    string // such as "CW-1042"
	Amount   Money
	Expires  time.Time
	Return   string // where the payer goes afterwards
	Locale   string
	Lines    []QuoteLine
	Merchant string // who is paid for whom: the organisation's name
}

// Session is a payment page and what came of it.
type Session struct {
	ID       string
	URL      string
	Status   PaymentStatus
	Declined bool // the last attempt was declined; the page still takes another
	Captured Money
	Refunded Money
	Expires  time.Time
}

// PaymentEvent is a gateway's news about a session.
type PaymentEvent struct {
	ID       string // unique for the gateway: the same event may arrive twice, and late
	Session  string
	Order    string
	Status   PaymentStatus
	Declined bool
}
