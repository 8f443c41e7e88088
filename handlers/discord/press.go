package discord

import "strings"

// press is what a click on a button does, or the choice of an option, and where it is: the
// beginning of its custom_id. A modal's remembers where it was opened.
type press struct {
	own     bool // in a message that is kept up to date by itself; otherwise in an answer, which is replaced
	asked   bool // in the question whether a click was meant
	confirm bool // asks that first
	form    bool // asks for the fields in a modal
	part    int  // of the fields, from 0
}

// Where prompts are shown.
var (
	wizardButton = press{}
	ownButton    = press{own: true}
)

// idSeparator is between what a button does and its ref.
const idSeparator = "!"

// String is a letter for each thing; digits after it number buttons.
func (b press) String() string {
	letters := ""
	for _, l := range []struct {
		is     bool
		letter string
	}{{b.asked, "a"}, {b.confirm, "c"}, {b.form, "f"}, {b.part > 0, string(rune('A' + b.part))}, {b.own, "o"}, {!b.own, "w"}} {
		if l.is {
			letters += l.letter
		}
	}
	return letters
}

// readID is what a button does and its ref, "" for what was not printed here.
func readID(id string) (b press, ref string) {
	letters, ref, _ := strings.Cut(id, idSeparator)
	for _, letter := range letters {
		switch {
		case letter == 'a':
			b.asked = true
		case letter == 'c':
			b.confirm = true
		case letter == 'f':
			b.form = true
		case letter == 'o':
			b.own = true
		case 'A' <= letter && letter <= 'Z':
			b.part = int(letter - 'A')
		}
	}
	return b, ref
}
