package conversations

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cartwright/commerce"
	"cartwright/conversations/intent"
)

// maxWishes is how many products of one message are taken up, maxAmong how many offers one
// of them may mean, and maxSaid how many letters of it are repeated, maxWord of them of one word.
const (
	maxWishes = 10
	maxAmong  = 12
	maxSaid   = 40
	maxWord   = 20
)

// wish is one product that somebody asked for in their own words, as far as it was
// understood. It fills in a form and does nothing else.
type wish struct {
	Offer    string           `json:"offer,omitempty"` // "": to be chosen
	Among    []string         `json:"among,omitempty"` // offers that it may be; none: any
	Named    string           `json:"named,omitempty"` // what it was called, where no offer is called so
	Quantity string           `json:"quantity,omitempty"`
	Billing  commerce.Billing `json:"billing,omitempty"`
	Assign   string           `json:"assign,omitempty"`  // the field's value; "": not said
	Unclear  []phrase         `json:"unclear,omitempty"` // what must be asked although it was said
	Heard    []phrase         `json:"heard,omitempty"`   // the words that filled something in
	Change   bool             `json:"change,omitempty"`  // of a line of the cart, which is to be chosen
}

// phrase is a piece of what somebody wrote, and what it is about.
type phrase struct {
	Slot intent.Slot `json:"slot"`
	Text string      `json:"text"`
}

// wishes are the products of one message: that whose form is open, and those after it.
type wishes struct {
	Now  wish   `json:"now,omitzero"`
	Next []wish `json:"next,omitempty"`
	At   int    `json:"at,omitempty"` // which one it is, from 1
	Of   int    `json:"of,omitempty"`
}

// after is w when the product whose form was open is done with.
func (w wishes) after() wishes {
	if len(w.Next) == 0 {
		return wishes{}
	}
	return wishes{Now: w.Next[0], Next: w.Next[1:], At: w.At + 1, Of: w.Of}
}

// idle reports whether nothing of a message is left to do.
func (w wishes) idle() bool { return w.Of == 0 }

// wishesOf are the products of an Intent, the first maxWishes of them, and how many more
// there are. text is what was read.
func wishesOf(in intent.Intent, text string) (all wishes, more int) {
	items := in.Items[:min(len(in.Items), maxWishes)]
	list := make([]wish, len(items))
	for i, item := range items {
		list[i] = wishOf(in, i, item, text)
	}
	if len(list) == 0 {
		return wishes{}, 0
	}
	return wishes{Now: list[0], Next: list[1:], At: 1, Of: len(list)}, len(in.Items) - len(items)
}

func wishOf(in intent.Intent, i int, item intent.Item, text string) wish {
	w := wish{Offer: clip(item.Product), Heard: heard(in, i, text)}
	if item.Quantity > 0 {
		w.Quantity = strconv.Itoa(item.Quantity)
	}
	if item.Billing == commerce.Annual || item.Billing == commerce.Monthly {
		w.Billing = item.Billing
	}
	if item.AutoAssign != nil {
		w.Assign = strconv.FormatBool(*item.AutoAssign)
	}
	for _, a := range in.Asks {
		if a.Item == i {
			w = w.unsure(a)
		}
	}
	return w
}

// unsure is w with a question about it: whatever the question is about is not filled in.
func (w wish) unsure(a intent.Ask) wish {
	about := quoted(a.Said)
	switch a.Slot {
	case intent.Product:
		w.Offer, w.Named, w.Among = "", about, nil
		for _, id := range a.Candidates[:min(len(a.Candidates), maxAmong)] {
			w.Among = append(w.Among, clip(id))
		}
		return w
	case intent.Quantity:
		w.Quantity = ""
	case intent.Billing:
		w.Billing = ""
	case intent.AutoAssign:
		w.Assign = ""
	default:
		return w
	}
	w = w.mute(a.Slot)
	w.Unclear = append(w.Unclear, phrase{a.Slot, about})
	return w
}

// heard are the words that filled in the slots of an item, one text for each slot.
func heard(in intent.Intent, item int, text string) []phrase {
	var all []phrase
	for _, slot := range []intent.Slot{intent.Quantity, intent.Product, intent.Billing, intent.AutoAssign} {
		var pieces []string
		for _, e := range in.Evidence {
			if e.Item == item && e.Slot == slot {
				pieces = append(pieces, piece(text, e.Start, e.End))
			}
		}
		if words := quoted(strings.Join(slices.DeleteFunc(pieces, blank), " … ")); words != "" {
			all = append(all, phrase{slot, words})
		}
	}
	return all
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// piece is text from start to end, "" where there is no such piece.
func piece(text string, start, end int) string {
	if start < 0 || end > len(text) || start >= end || !utf8.ValidString(text[start:end]) {
		return ""
	}
	return text[start:end]
}

// quoted is as much of somebody's words as can be repeated within a sentence: on one line,
// short, and without what would turn the writing of the rest around.
func quoted(text string) string {
	text = breakable(strings.Join(strings.Fields(strings.Map(legible, strings.ToValidUTF8(text, "\uFFFD"))), " "))
	if short := clipTo(text, maxSaid); short != text {
		return short + "…"
	}
	return text
}

// breakable is a text without the ends of words that are too long for a line on a phone.
func breakable(text string) string {
	var b strings.Builder
	run := 0
	for _, r := range text {
		if run++; r == ' ' || r == '-' || unicode.Is(unicode.Han, r) {
			run = 0
		}
		if run <= maxWord {
			b.WriteRune(r)
		} else if run == maxWord+1 {
			b.WriteRune('…')
		}
	}
	return b.String()
}

// legible makes controls into blanks and drops marks that turn the writing around.
func legible(r rune) rune {
	switch {
	case unicode.IsControl(r):
		return ' '
	case unicode.Is(unicode.Bidi_Control, r):
		return -1
	}
	return r
}

// about is what was said of a slot that must be asked, "" where nothing was.
func (w wish) about(slot intent.Slot) (text string, unclear bool) {
	return saidOf(w.Unclear, slot)
}

func saidOf(all []phrase, slot intent.Slot) (text string, ok bool) {
	i := slices.IndexFunc(all, func(s phrase) bool { return s.Slot == slot })
	if i < 0 {
		return "", false
	}
	return all[i].Text, true
}

// mute is w without what was said of a slot.
func (w wish) mute(slot intent.Slot) wish {
	other := func(s phrase) bool { return s.Slot == slot }
	w.Heard, w.Unclear = slices.DeleteFunc(slices.Clone(w.Heard), other), slices.DeleteFunc(slices.Clone(w.Unclear), other)
	return w
}

// mentions reports whether anything was said of a slot.
func (w wish) mentions(slot intent.Slot) bool {
	_, unclear := w.about(slot)
	switch slot {
	case intent.Quantity:
		return unclear || w.Quantity != ""
	case intent.Billing:
		return unclear || w.Billing != ""
	case intent.Product:
		return w.Offer != "" || w.Named != "" || len(w.Among) > 0
	}
	return unclear || w.Assign != ""
}

// amended is w with whatever other says, in its place.
func (w wish) amended(other wish) wish {
	for _, slot := range []intent.Slot{intent.Quantity, intent.Billing, intent.AutoAssign} {
		if other.mentions(slot) {
			w = w.taking(slot, other)
		}
	}
	return w
}

// taking is w with one slot as other has it.
func (w wish) taking(slot intent.Slot, other wish) wish {
	w = w.mute(slot)
	switch slot {
	case intent.Quantity:
		w.Quantity = other.Quantity
	case intent.Billing:
		w.Billing = other.Billing
	default:
		w.Assign = other.Assign
	}
	if text, ok := saidOf(other.Heard, slot); ok {
		w.Heard = append(w.Heard, phrase{slot, text})
	}
	if text, ok := other.about(slot); ok {
		w.Unclear = append(w.Unclear, phrase{slot, text})
	}
	return w
}

// fits are the plans that a wish may mean, in the order in which they are shown.
func (w wish) fits(o commerce.Offer, f facts) []commerce.PlanID {
	var all []commerce.PlanID
	for _, p := range o.PlansFor(f.org, f.now) {
		if w.Billing == "" || p.Billing == w.Billing {
			all = append(all, p.PlanID)
		}
	}
	return all
}

// plan is the value of the plan's field: the first plan where none was asked for, and none
// where several may be meant.
func (w wish) plan(o commerce.Offer, f facts) string {
	_, unclear := w.about(intent.Billing)
	fit := w.fits(o, f)
	if unclear || len(fit) == 0 || len(fit) > 1 && w.Billing != "" {
		return ""
	}
	return planValue(fit[0])
}
