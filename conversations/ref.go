package conversations

import (
	"strconv"
	"strings"
)

// A ref says what a click means: a verb and what the control was printed with, such as
// "place:7:0f3c…" — the cart's revision and the quote's hash. It is not a secret and not
// signed: whatever it claims is checked against the ledger and the person.

// Verbs of refs.
const (
	verbHome         = "home"
	verbHelp         = "help"
	verbAgain        = "again" // step; details: offer, line, revision; renew: SKU
	verbCancel       = "cancel"
	verbList         = "list"   // page
	verbSearch       = "search" // fields q, group
	verbBuy          = "buy"    // offer
	verbDetails      = "details"
	verbCart         = "cart"
	verbChange       = "line.change" // line, revision
	verbRemove       = "line.remove" // line, revision
	verbEmpty        = "cart.empty"  // revision
	verbFix          = "cart.fix"    // revision
	verbCheckOut     = "checkout"    // revision
	verbAccept       = "accept"      // revision, hash
	verbNext         = "next"        // revision, hash
	verbPlace        = "place"       // revision, hash
	verbOrders       = "orders"      // page
	verbOrder        = "order"       // order
	verbOrderPeople  = "order.people"
	verbOrderCancel  = "order.cancel"
	verbOrderLink    = "order.link"
	verbOrderRetry   = "order.retry"
	verbOrderNudge   = "order.nudge"
	verbBought       = "order.bought"
	verbEnough       = "order.enough"
	verbWanted       = "order.wanted"
	verbWish         = "words.on"   // which of the products of a message
	verbSkip         = "words.skip" // which of the products of a message
	maxRef           = 90
	maxText          = 2_000 // characters
	maxPage          = 10_000
	separator        = ":"
	fieldQuery       = "q"
	fieldGroup       = "group"
	fieldQuantity    = "quantity"
	fieldPlan        = "plan"
	fieldAutoAssign  = "auto_assign"
	everyGroup       = "all"
	platformSeparate = "/"
)

// ref is a decoded Action.Ref.
type ref struct {
	verb string
	args []string
}

func makeRef(verb string, args ...any) string {
	parts := []string{verb}
	for _, a := range args {
		switch a := a.(type) {
		case int:
			parts = append(parts, strconv.Itoa(a))
		case string:
			parts = append(parts, a)
		}
	}
	return strings.Join(parts, separator)
}

func readRef(text string) ref {
	if len(text) > maxRef || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ref{} // never printed here
	}
	parts := strings.Split(text, separator)
	return ref{verb: parts[0], args: parts[1:]}
}

// text is argument i, "" where there is none.
func (r ref) text(i int) string {
	if i >= len(r.args) {
		return ""
	}
	return r.args[i]
}

// int is argument i, -1 where it is no number as makeRef writes it: no revision, line or
// page is that.
func (r ref) int(i int) int {
	n, err := strconv.Atoi(r.text(i))
	if err != nil || n < 0 || strconv.Itoa(n) != r.text(i) {
		return -1
	}
	return n
}

// page is argument i as the number of a page.
func (r ref) page(i int) int { return min(max(0, r.int(i)), maxPage) }
