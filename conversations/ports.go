package conversations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cartwright/commerce"
)

// ErrMessageGone says that a posted message no longer exists or cannot be edited.
var ErrMessageGone = errors.New("the message is gone")

// ErrRefused says that a platform took a call and refused it: nothing was posted. After any
// other error of a post it may have been.
var ErrRefused = errors.New("the platform refuses")

// Wait is an error of a platform that is to be asked again later: it limits how often it
// is, or answers slowly.
type Wait struct {
	For   time.Duration // at least that long
	Cause error
}

func (w *Wait) Error() string { return fmt.Sprintf("to be tried again in %v: %v", w.For, w.Cause) }
func (w *Wait) Unwrap() error { return w.Cause }

// Patiently does what may be told to wait, again as soon as it may, as long as ctx lasts:
// for what somebody waits for.
func Patiently(ctx context.Context, do func() error) error {
	for {
		err := do()
		wait, ok := errors.AsType[*Wait](err)
		if !ok {
			return err
		}
		select {
		case <-time.After(wait.For):
		case <-ctx.Done():
			return err
		}
	}
}

// Poster puts messages in front of an account, outside any event. Each platform has one.
type Poster interface {
	// Post shows a new message to the account and returns its reference. *Wait: later.
	Post(ctx context.Context, organisation string, to Account, p Prompt) (ref string, err error)
	// Edit replaces a posted message. ErrMessageGone: post it anew. *Wait: later.
	Edit(ctx context.Context, organisation string, to Account, ref string, p Prompt) error
}

// Profile is what a platform knows of an account.
type Profile struct {
	Name   string
	Locale string   // BCP 47; "" where the platform does not say
	Groups []string // that the account is in now
	Closed bool     // guests, bots and deactivated accounts: refused
	// TimeZone is where the person is; nil where the platform does not say.
	TimeZone *time.Location
}

// Directory looks accounts up on their platform. Each platform has one.
type Directory interface {
	// Profile fails where the platform could not answer: then nothing is granted.
	Profile(ctx context.Context, organisation string, account Account) (Profile, error)
}

// Sent remembers the messages that were posted of an order.
type Sent interface {
	// Claim gives the caller an order's message for an account for a short while.
	// ok is false while somebody else has it. ref is "" until a message was posted.
	Claim(ctx context.Context, order string, to Account) (ref string, version int, ok bool, err error)
	// Done notes what the message shows now, and gives the claim back. shown is the audit's
	// entry of what was put in front of somebody, nil where nothing was.
	Done(ctx context.Context, order string, to Account, ref string, version int, shown *commerce.Entry) error
	// Unsure gives the claim back of a message, claimed at version, of which nobody knows
	// whether it was posted.
	Unsure(ctx context.Context, order string, to Account, version int) error
	// Copies lists an order's messages, and those whose id begins with its own and a slash.
	Copies(ctx context.Context, order string) ([]commerce.Copy, error)
}
