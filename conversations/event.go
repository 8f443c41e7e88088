package conversations

import "cartwright/commerce"

// Account is one login of a person on one platform.
type Account = commerce.Account

// Event is one thing that a person did, verified and decoded by a platform.
type Event struct {
	// ID is the same for a redelivery of the same event and unique otherwise, at most
	// 200 bytes; the platform's name begins it.
	ID           string
	Organisation string // id of the organisation that the workspace belongs to
	Account      Account
	// Text is a command as typed, without the bot's name: "", "cart", "order CW-1042".
	// It is read when Ref is "".
	Text string
	// Ref is the clicked Action's, or the Submit's.
	Ref string
	// Values are the prompt's fields, by Field.Key, as text. With the command "buy" they may
	// have the quantity.
	Values map[string]string
}

// Reply answers an event.
type Reply struct {
	Prompt Prompt
	// InPlace: the prompt replaces the one that was clicked. Otherwise it is new.
	InPlace bool
	// Did: the event asked for something to be done, rather than to be shown.
	Did bool
	// Said is how many of the prompt's first notices say what became of this event. A
	// message that is kept up to date by itself needs no answer beside them.
	Said int
}

// TellsItself reports whether a message of its own, in which the event was, tells all that
// there is to tell: it is brought up to date by itself.
func (r Reply) TellsItself() bool { return r.Did && r.Said == 0 && r.Prompt.KeptUp() }
