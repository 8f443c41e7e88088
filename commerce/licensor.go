package commerce

import (
	"context"
	"slices"
	"time"
)

// Licensor knows who holds which licence in a tenant, and hands licences out.
// A coded *Error is a definite refusal; any other error is an unknown outcome.
type Licensor interface {
	// Seats lists what the tenant owns, by Graph SKU.
	Seats(ctx context.Context, org Organisation) ([]OwnedSeats, error)
	// Users finds people of the tenant's directory, by name.
	Users(ctx context.Context, org Organisation, q UserQuery) ([]User, error)
	// Unlicensed lists every enabled member who has no licence at all, by name, those
	// without a usage location included. Guests and disabled accounts, such as shared
	// mailboxes, are not in it: they are found by Users, if somebody names them.
	Unlicensed(ctx context.Context, org Organisation) ([]User, error)
	// Licences finds what each of the users holds, and how; users who are gone are absent.
	Licences(ctx context.Context, org Organisation, users []string) (map[string]Licences, error)
	// Assign gives each of at most AssignBatch users a licence of the SKU, and answers
	// for each. Giving twice is no error and takes one seat.
	Assign(ctx context.Context, org Organisation, sku string, users []string) ([]AssignResult, error)
	// Remove takes a licence of the SKU from each of at most AssignBatch users, and answers
	// for each: ReasonByGroup where a group decides about it. Taking twice is no error.
	Remove(ctx context.Context, org Organisation, sku string, users []string) ([]AssignResult, error)
	// Move exchanges a licence of from for one of to, for each of at most AssignBatch users
	// in one call of their own, and answers for each: nobody is without both in between.
	// Moving twice is no error and takes one seat. ReasonByGroup as in Remove.
	Move(ctx context.Context, org Organisation, from, to string, users []string) ([]AssignResult, error)
}

// UserQuery selects people of a directory. Exactly one field is set.
type UserQuery struct {
	Text      string   // begins a word of the name, or the address, without regard to case and accents; the first UsersFound
	Addresses []string // exactly these, without regard to case
	IDs       []string
	Holding   string // everyone who has a licence of that SKU
}

// UsersFound is how many people a search answers at the most.
const UsersFound = 50

// AssignBatch is how many users one Assign call takes: Graph's $batch limit.
const AssignBatch = 20

// OwnedSeats is what a tenant has of one SKU.
type OwnedSeats struct {
	SKU         string
	Owned, Used int
	RenewsAt    time.Time
	Next        int // seats from RenewsAt on: Owned, unless fewer were planned
	AsOf        time.Time
}

// Free is how many owned seats nobody uses.
func (s OwnedSeats) Free() int { return max(0, s.Owned-s.Used) }

// RenewalDay names the renewal that RenewsAt is of.
func (s OwnedSeats) RenewalDay() string { return s.RenewsAt.UTC().Format(time.DateOnly) }

// User is an account in the tenant's directory: someone who can hold a licence. (A
// Person is someone who talks to the bot.)
type User struct {
	ID       string
	Name     string
	Address  string // user principal name
	Location string // usage location, ISO 3166 alpha-2; "" for none
	Guest    bool
	Disabled bool
}

// Licence is one that somebody has, or that a group is to give them and cannot.
type Licence struct {
	SKU     string
	ByGroup bool   // a group gives it, perhaps beside their own, or tries to: only the group can take it away
	Fails   Reason // why the group cannot give it, so that they do not have it; ReasonNone: they have it
}

// Licences are what one person has and lacks, by SKU, each SKU once.
type Licences []Licence

// Has reports whether they have a licence of the SKU, by themselves or through a group.
func (l Licences) Has(sku string) bool {
	return slices.ContainsFunc(l, func(one Licence) bool { return one.SKU == sku && one.Fails == ReasonNone })
}

// None reports whether they have no licence at all.
func (l Licences) None() bool {
	return !slices.ContainsFunc(l, func(one Licence) bool { return one.Fails == ReasonNone })
}

// ByGroup reports whether a group decides about their licence of the SKU.
func (l Licences) ByGroup(sku string) bool {
	return slices.ContainsFunc(l, func(one Licence) bool { return one.SKU == sku && one.ByGroup })
}

// Fails says why a group cannot give them a licence of the SKU, ReasonNone where none tries.
func (l Licences) Fails(sku string) Reason {
	for _, one := range l {
		if one.SKU == sku {
			return one.Fails
		}
	}
	return ReasonNone
}

// Reason says why a user gets no licence.
type Reason string

const (
	ReasonNone        Reason = ""
	ReasonNoLocation  Reason = "no_location"
	ReasonGuest       Reason = "guest"
	ReasonDisabled    Reason = "disabled"
	ReasonHasLicence  Reason = "has_licence" // gained one since the order was made
	ReasonHasThis     Reason = "has_this"    // holds that very licence
	ReasonNoLicence   Reason = "no_licence"  // does not hold the licence that was to go
	ReasonNoBase      Reason = "no_base"     // holds none of the licences that the add-on needs
	ReasonNoSeat      Reason = "no_seat"     // none left
	ReasonConflict    Reason = "conflict"    // excludes a licence that the user holds
	ReasonByGroup     Reason = "by_group"    // holds it through a group, and only the group can take it away
	ReasonGone        Reason = "gone"        // the user no longer exists
	ReasonForbidden   Reason = "forbidden"   // the bot may change others, and not them: somebody else has to
	ReasonUndelivered Reason = "undelivered" // the line's licences did not come
	ReasonNotYet      Reason = "not_yet"     // Microsoft does not give licences of it, or not yet
	ReasonUnavailable Reason = "unavailable" // no answer; a retry may help
)

// Reasons lists every reason that a person may be shown.
var Reasons = []Reason{
	ReasonNoLocation, ReasonGuest, ReasonDisabled, ReasonHasLicence, ReasonHasThis, ReasonNoLicence, ReasonNoBase, ReasonNoSeat,
	ReasonConflict, ReasonByGroup, ReasonGone, ReasonUndelivered, ReasonNotYet, ReasonUnavailable, ReasonForbidden,
}

// Ineligible says why u cannot be given a licence, ReasonNone where u can.
func (u User) Ineligible() Reason {
	switch {
	case u.Disabled:
		return ReasonDisabled
	case u.Guest:
		return ReasonGuest
	case u.Location == "":
		return ReasonNoLocation
	}
	return ReasonNone
}

// AssignResult is what became of one user: ReasonNone is success.
type AssignResult struct {
	User   string
	Reason Reason
	// AskIn is how long the service wants not to be asked, of ReasonUnavailable for no other
	// cause than that too much was asked of it: the user stays to be served. 0: it is not so.
	AskIn time.Duration
}
