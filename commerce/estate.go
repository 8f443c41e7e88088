package commerce

import (
	"time"
)

// Estate is what a tenant owns at a moment, as far as it tells what was bought: where
// Microsoft takes the order itself, nobody says that it did.
type Estate struct {
	At            time.Time           `json:"at"` // before it was read
	Subscriptions []OwnedSubscription `json:"subscriptions"`
	Usable        map[string]int      `json:"usable"` // seats of each Graph SKU that can be given to people
}

// OwnedSubscription is one subscription of a tenant.
type OwnedSubscription struct {
	ID       string    `json:"id"`
	SKU      string    `json:"sku"`  // Graph's, in small letters
	Part     string    `json:"part"` // the SKU's string id, such as "SPB"
	Seats    int       `json:"seats"`
	Enabled  bool      `json:"enabled"` // in its term, neither suspended nor expired
	Trial    bool      `json:"trial,omitempty"`
	RenewsAt time.Time `json:"renews_at,omitzero"`
}

// paid is how many seats were bought and are in their term.
func (s OwnedSubscription) paid() int {
	if !s.Enabled || s.Trial {
		return 0
	}
	return s.Seats
}

// mark is the number of seats beyond which a subscription has grown. One that was
// suspended then and works again has not: only of a trial everything is new.
func (s OwnedSubscription) mark() int {
	if s.Trial {
		return 0
	}
	return s.Seats
}

// mark is that of a subscription, 0 for one that was not there.
func (e Estate) mark(id string) int {
	for _, s := range e.Subscriptions {
		if s.ID == id {
			return s.mark()
		}
	}
	return 0
}

// gap is how many seats of a SKU are listed and cannot be given to anybody yet: a
// subscription is listed some minutes before its licences are there.
func (e Estate) gap(sku string) int {
	n := -e.Usable[sku]
	for _, s := range e.Subscriptions {
		if s.SKU == sku && s.Enabled {
			n += s.Seats
		}
	}
	return max(0, n)
}

// seats sums up what is paid for, by SKU.
func (e Estate) seats() map[string]int {
	all := map[string]int{}
	for _, s := range e.Subscriptions {
		if n := s.paid(); n > 0 {
			all[s.SKU] += n
		}
	}
	return all
}

// grewSince reports whether any subscription has more seats than it had, or is new.
func (e Estate) grewSince(before Estate) bool {
	for _, s := range e.Subscriptions {
		if s.paid() > before.mark(s.ID) {
			return true
		}
	}
	return false
}
