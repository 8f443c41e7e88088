package conversations

import (
	"sync"

	"cartwright/commerce"
)

// members remembers where in the list of their organisation people were found: it may have
// thousands, and each click asks. What it remembers is looked at again before it counts, so
// that a file that was read anew needs no word here. The zero value is ready.
type members struct {
	of sync.Map // member -> int
}

type member struct {
	organisation string
	account      Account
}

// holding is org.Holding.
func (m *members) holding(org commerce.Organisation, account Account) (commerce.Person, bool) {
	key := member{org.ID, account}
	known, _ := m.of.Load(key)
	guess, _ := known.(int)
	at, found := org.PlaceOf(account, guess)
	switch {
	case !found:
		return commerce.Person{}, false
	case known == nil || at != guess:
		m.of.Store(key, at)
	}
	return org.People[at], true
}
