package commerce

import (
	"time"
)

// Two orders may have chosen the same person, who had no licence when each was made. Who is
// being served by another order waits for what comes of it; and who was served by it just
// now has a licence, whatever the tenant's reads, which may be behind, say.
const (
	readsBehind = 15 * time.Minute
	rivalWait   = time.Second
)

// rivals are what other orders do for the same people, by user.
type rivals map[string]Assignment

func (w *work) rivals(tx Tx, o Order) (rivals, error) {
	others, err := tx.Rivals(OrderRef{Organisation: o.Organisation, ID: o.ID}, w.Now().Add(-w.Timings.Wait(readsBehind)))
	if err != nil {
		return nil, err
	}
	by := rivals{}
	for _, a := range others {
		if by[a.User].State != AssignDone {
			by[a.User] = a
		}
	}
	return by, nil
}

// busy reports whether somebody is being served by another order. Of two that have both
// begun, and do not know how it ended, the first by number goes on.
func (r rivals) busy(a Assignment) bool {
	other := r[a.User]
	return other.State == AssignIntended && (a.State == AssignPending || other.Order < a.Order)
}

// served reports whether another order has just given somebody a licence.
func (r rivals) served(user string) bool { return r[user].State == AssignDone }
