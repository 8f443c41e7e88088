package discord

import (
	"strconv"
	"time"
)

const (
	// ackTime is when an interaction is answered at the latest; Discord waits 3 s.
	ackTime = 2300 * time.Millisecond
	// leastTime is what a turn is given even so: the clocks may differ, and most turns
	// need less.
	leastTime = 300 * time.Millisecond
)

// discordEpoch is the first millisecond that an id of Discord's can name.
const discordEpoch = 1_420_070_400_000

// left is how long an interaction can wait for its first answer still: one that happened
// while the connection was broken comes late. Its id says when that was.
func (d *Discord) left(i interaction) time.Duration {
	id, err := strconv.ParseInt(i.ID, 10, 64)
	if err != nil {
		return ackTime
	}
	age := d.Now().Sub(time.UnixMilli(id>>22 + discordEpoch))
	return min(max(ackTime-age, leastTime), ackTime)
}
