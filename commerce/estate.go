package commerce

import (
	"maps"
	"slices"
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
	Created  time.Time `json:"created,omitzero"` // midnight UTC: on that day; zero where it is not told
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

// clocks is how far the clock of who creates a subscription may be from ours, and how much of a
// moment they leave out: Graph tells seconds. A purchase that counts as older is never seen.
const clocks = 30 * time.Second

// before reports whether it is certain that the subscription was created before t.
func (s OwnedSubscription) before(t time.Time) bool {
	created := s.Created
	if created.IsZero() {
		return false
	}
	if day := 24 * time.Hour; created.Truncate(day).Equal(created) {
		created = created.Add(day)
	}
	return created.Add(clocks).Before(t)
}

// mark is that of a subscription, 0 for one that was not there. One that is not listed though
// it is older was missed, as what is read may be behind: all of it was there.
func (e Estate) mark(s OwnedSubscription) int {
	for _, listed := range e.Subscriptions {
		if listed.ID == s.ID {
			return listed.mark()
		}
	}
	if s.before(e.At) {
		return s.mark()
	}
	return 0
}

// joined is the estate with those subscriptions of a later one that it missed, so that what
// these grow by from then on is seen. It reports whether there were any.
func (e Estate) joined(later Estate) (all Estate, missed bool) {
	e.Usable = maps.Clone(e.Usable)
	for _, s := range later.Subscriptions {
		listed := slices.ContainsFunc(e.Subscriptions, func(o OwnedSubscription) bool { return o.ID == s.ID })
		if listed || !s.before(e.At) {
			continue
		}
		missed, e.Subscriptions = true, append(slices.Clip(e.Subscriptions), s)
		if s.Enabled {
			e.Usable[s.SKU] += s.Seats
		}
	}
	return e, missed
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
		if s.paid() > before.mark(s) {
			return true
		}
	}
	return false
}
