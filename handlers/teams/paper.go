package teams

import (
	"sync"

	"cartwright/conversations"
)

// paper is what the parts of a card are laid on until it is written: a page of the catalogue
// has a hundred of them, and to find memory for each costs more than to write it.
type paper struct {
	elements sheaf[element]
	runs     sheaf[run]
	columns  sheaf[column]
	actions  sheaf[action]
	prints   sheaf[printed]
}

var papers = sync.Pool{New: func() any { return new(paper) }}

// sketched is the message of a prompt, whose card is drawn on paper that was used before.
func sketched(p conversations.Prompt, own string) sheet {
	on := papers.Get().(*paper) //nolint:forcetypeassert // there is nothing else in it
	defer papers.Put(on)
	defer on.wipe()
	return sheetOf(on.drawn(p, own), p)
}

func (on *paper) wipe() {
	on.elements.wipe()
	on.runs.wipe()
	on.columns.wipe()
	on.actions.wipe()
	on.prints.wipe()
}

// sheaf has room for many of a kind, beside each other. What was laid stays where it is.
type sheaf[T any] struct{ used []T }

// leastSheaf is how many have room at first.
const leastSheaf = 16

// room is empty, and has room for n.
func (s *sheaf[T]) room(n int) []T {
	from := len(s.used)
	if cap(s.used)-from < n {
		from, s.used = 0, make([]T, 0, max(n, leastSheaf, 2*cap(s.used))) // the old one lives as long as what lies on it
	}
	s.used = s.used[:from+n]
	return s.used[from : from : from+n]
}

func (s *sheaf[T]) lay(all ...T) []T { return append(s.room(len(all)), all...) }

// wipe lets go of what the parts say.
func (s *sheaf[T]) wipe() {
	clear(s.used)
	s.used = s.used[:0]
}
