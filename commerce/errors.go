package commerce

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Code says what went wrong, for the program and for the locale files, where each
// has a sentence: what happened, what is kept, what to do.
type Code string

const (
	CodeNotAllowed      Code = "not_allowed"      // role, ask: the names of those who may
	CodeLookupFailed    Code = "lookup_failed"    // the person's roles could not be found out
	CodeUnknownPerson   Code = "unknown_person"   // ask: the names of those who may buy
	CodeNotFound        Code = "not_found"        // of unknown and foreign things alike
	CodeBuyingStopped   Code = "buying_stopped"   // the organisation takes no new orders
	CodeStale           Code = "stale"            // the clicked control speaks of an earlier state
	CodeCartEmpty       Code = "cart_empty"       //
	CodeCartInvalid     Code = "cart_invalid"     // a line must be fixed or removed first
	CodeCartFull        Code = "cart_full"        // max
	CodeQuantity        Code = "quantity"         // min, max (0: none): not a whole number of licences in range
	CodeOverCap         Code = "over_cap"         // max, owned, open, left
	CodeOfferGone       Code = "offer_gone"       // the offer or plan is not sold (any more)
	CodeNeedsBase       Code = "needs_base"       // needs: names of offers of which one must be owned or in the cart
	CodeNoPrice         Code = "no_price"         // no price now in the organisation's currency
	CodeSeatsUnknown    Code = "seats_unknown"    // a cap cannot be checked while the seats owned are unknown
	CodeQuoteExpired    Code = "quote_expired"    //
	CodePriceMoved      Code = "price_moved"      // the difference must be accepted first
	CodeOrderState      Code = "order_state"      // state: the order is past what was asked
	CodeOwnOrder        Code = "own_order"        // ask: nobody approves what they ordered themselves
	CodeVoted           Code = "voted"            // the person has voted already
	CodeRepresented     Code = "represented"      // name: of who has cast the vote; for: of whose it is
	CodeStandIn         Code = "stand_in"         // nobody who holds a role, or the person themselves
	CodeUntil           Code = "until"            // no day from today to a year from now
	CodeDecided         Code = "decided"          // verdict, name: of whoever was first
	CodeReason          Code = "reason"           // max: a rejection says why, in so many characters
	CodeNoChange        Code = "no_change"        // a proposal that differs in nothing
	CodeNudged          Code = "nudged"           // the buyer reminds the approvers once a day
	CodeApprovalExpired Code = "approval_expired" // nobody decided in time
	CodePaymentDeclined Code = "payment_declined" //
	CodeLinkExpired     Code = "link_expired"     //
	CodeVendorRefused   Code = "vendor_refused"   // the vendor will not take the order or line
	CodeProvisioning    Code = "provisioning"     // the vendor took the line and could not deliver it
	CodeNotBought       Code = "not_bought"       // direct: nothing was bought at Microsoft in time
	CodeUnseen          Code = "unseen"           // direct: Microsoft could not be asked in time whether it was bought
	CodeAtMicrosoft     Code = "at_microsoft"     // direct: only a person can do that, in the admin centre
	CodeNobody          Code = "nobody"           // a task for nobody: pick somebody first
	CodeTooMany         Code = "too_many"         // max: more people than one task takes
	CodePlanned         Code = "planned"          // that many seats are planned for the renewal already
	CodeTaskState       Code = "task_state"       // the task is past what was asked
	CodeUnavailable     Code = "unavailable"      // something outside did not answer; nothing is lost, try again
	CodeTooFast         Code = "too_fast"         // seconds: over the person's limit
	CodeInternal        Code = "internal"         // everything uncoded
)

// Error is a refusal or failure that a person can be told about. Err, wrapped, is
// the cause, for the operator only.
type Error struct {
	Code Code
	Args map[string]any
	Err  error
}

func (e *Error) Error() string {
	text := string(e.Code)
	for _, name := range slices.Sorted(maps.Keys(e.Args)) {
		text += fmt.Sprintf(" %s=%v", name, e.Args[name])
	}
	if e.Err == nil {
		return text
	}
	return text + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, &Error{Code: c}) compare codes alone.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Refuse makes an Error from a code and pairs of argument name and value.
func Refuse(code Code, pairs ...any) *Error {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return &Error{Code: code, Args: args}
}

// Because is e with the cause err.
func (e *Error) Because(err error) *Error {
	return &Error{Code: e.Code, Args: e.Args, Err: err}
}

// CodeOf is the code of err, CodeInternal where it has none, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var coded *Error
	if errors.As(err, &coded) {
		return coded.Code
	}
	return CodeInternal
}

// IsCode reports whether err carries the code.
func IsCode(err error, code Code) bool { return err != nil && CodeOf(err) == code }
