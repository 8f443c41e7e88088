package conversations

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cartwright/commerce"
)

// advance is the pure step: what an event makes of a state, and what it asks the domain
// to do (nil: nothing). It decides by the state, the event and the facts alone.
func advance(s state, ev Event, f facts) (state, effect) {
	if s.knows(ev.ID) { // a redelivery: the prompt is shown again
		if !s.last(ev.ID) {
			s.Issues = nil // which are a later event's
		}
		return s, nil
	}
	s = s.remember(ev.ID)
	if ev.Ref != "" {
		return click(s, readRef(ev.Ref), ev.Values, f)
	}
	if next, eff, ok := heed(s, ev, f); ok {
		return next, eff
	}
	return command(s, ev.Text, ev.Values, f)
}

// command reads what was typed, and what a platform's own command has beside its words.
func command(s state, text string, values map[string]string, f facts) (state, effect) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > maxText {
		s.Step = stepHome
		return s.say(Warning, "notice.too_long"), nil
	}
	text = typed(text)
	word, rest := firstWord(text)
	switch strings.ToLower(word) {
	case "":
		s.Step = stepHome
	case "buy":
		return want(s, rest, values, f), nil
	case "cart":
		s.Step = stepCart
	case "orders":
		s.Step, s.Page = stepOrders, 0
	case "order":
		return numbered(s, rest), nil
	case "subscriptions":
		s.Step, s.Page = stepSubscriptions, 0
	case "assign", "remove", "move":
		return handOut(s, commerce.TaskKind(strings.ToLower(word)), rest, f)
	case "approvals":
		s.Step = stepApprovals
	case "delegate":
		return standsIn(s, rest, f), nil
	case "withdraw":
		return onOrder(s, rest, "", withdrawOrder)
	case "nudge":
		return onOrder(s, rest, "approval.nudged", nudgeOrder)
	case "help":
		s.Step = stepHelp
	case "cancel":
		return callOff(s), nil
	default:
		s.Step = stepHome
		return s.say(Warning, "notice.not_understood", "text", shortened(text)), nil
	}
	return s, nil
}

// typed is a text without what a platform may leave in front of it.
func typed(text string) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "/m365"))
}

// want lists what may be meant by a product's name, and opens the details of one that is
// named whole and can be bought. The quantity that came with it is kept for the product that is chosen.
func want(s state, name string, values map[string]string, f facts) state {
	s.Step, s.Query, s.Group, s.Page, s.Wanted, s.Wishes = stepList, clip(name), "", 0, clip(values[fieldQuantity]), wishes{}
	if o, ok := namedWhole(name, f); ok {
		return choose(s, o.ID, f)
	}
	return s
}

// namedWhole is the offer that is named whole and can be bought.
func namedWhole(name string, f facts) (*commerce.Offer, bool) {
	for _, o := range f.shelf.Offers() {
		if strings.EqualFold(o.Name, name) && f.closedTo(o, o.FirstPlan(f.org, f.now).PlanID) == nil {
			return o, true
		}
	}
	return nil, false
}

// onOrder changes the order of a number; without one it shows what there is to choose from.
func onOrder(s state, text, done string, do func(*commerce.Service) changeOrder) (state, effect) {
	if text == "" {
		s.Step = stepApprovals
		return s, nil
	}
	s = numbered(s, text)
	if s.Step != stepOrder || s.Order == "" {
		return s, nil
	}
	return s, orderChange{s.Order, done, do}
}

// firstWord is a command and what follows it, whatever blanks stand between them.
func firstWord(text string) (word, rest string) {
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimSpace(text[i:])
}

// shortened is enough of a message to be recognised in an answer.
func shortened(text string) string {
	if short := clip(text); short != text {
		return short + "…"
	}
	return text
}

// numbered shows the order of a number or, of one such as "L-1042", the task.
func numbered(s state, text string) state {
	s.Step, s.Order, s.Page = stepOrder, readNumber("CW", text), 0
	if task := readNumber("L", text); s.Order == "" && task != "" {
		s.Step, s.Task = stepTask, task
	}
	return s
}

// readNumber reads a number as people say it: "CW-1042", "cw 1042", "1042".
func readNumber(prefix, text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	text = strings.TrimLeft(strings.TrimPrefix(text, prefix), " -‑–#")
	if text == "" || len(text) > 12 || strings.Trim(text, "0123456789") != "" {
		return ""
	}
	return prefix + "-" + text
}

// callOff drops the form. The cart stays, for it is in the ledger.
func callOff(s state) state {
	off := state{Step: stepClosed, Events: s.Events}
	if s.Step.handing() || s.Step == stepRenew || s.Step == stepClosed {
		off.Licences.Kind = s.Licences.Kind // what was called off
	}
	return off
}

// click reads what a control was printed with. What it claims is checked by the domain.
func click(s state, r ref, values map[string]string, f facts) (state, effect) {
	s.Wishes = s.Wishes.clicked(r, s.Step)
	switch r.verb {
	case verbHome:
		s.Step = stepHome
	case verbHelp:
		s.Step = stepHelp
	case verbCancel:
		return callOff(s), nil
	case verbList:
		s.Step, s.Page = stepList, r.page(0)
	case verbSearch:
		s.Step, s.Query, s.Group, s.Page = stepList, clip(values[fieldQuery]), groupNamed(values[fieldGroup]), 0
	case verbBuy:
		return choose(s, r.text(0), f), nil
	case verbDetails:
		return fill(s, r, values, f)
	case verbAgain:
		return again(s, r, values, f), nil
	case verbWish, verbSkip:
		return among(s, r, f), nil
	case verbCart:
		s.Step = stepCart
	case verbOrders:
		s.Step, s.Page = stepOrders, r.page(0)
	case verbOrder:
		s.Step, s.Order = stepOrder, r.text(0)
	case verbOrderPeople:
		s.Step, s.Order, s.Page = stepPeople, r.text(0), r.page(1)
	default:
		if next, eff, ok := clickApproval(s, r, values); ok {
			return next, eff
		}
		if next, eff, ok := clickDelegation(s, r, values, f); ok {
			return next, eff
		}
		if next, eff, ok := clickLicences(s, r, values, f); ok {
			return next, eff
		}
		return act(s, r, f)
	}
	return s, nil
}

// again shows a form once more: with what was typed, where that is still there, and with
// what is sent of it, where a platform asks for its fields in parts.
func again(s state, r ref, values map[string]string, f facts) state {
	switch at := step(r.text(0)); at {
	case stepList:
		s.Step = at
	case stepDetails:
		return detailsAgain(s, r, f)
	case stepExplain:
		s, _, _ = clickApproval(s, ref{verb: verbExplain, args: r.args[min(1, len(r.args)):]}, nil)
	case stepDelegate:
		s.Step = at
	case stepReject, stepPropose:
		if s.asks(at, r.text(1), r.text(2)) {
			s.Changes = merged(s.Changes, readChanges(values))
			return s
		}
		s, _, _ = clickApproval(s, ref{verb: r.text(0), args: r.args[min(1, len(r.args)):]}, nil)
		s.Changes = readChanges(values)
	case stepPick:
		s, _, _ = clickLicences(s, ref{verb: verbPick}, nil, f)
	case stepAddresses:
		s, _, _ = clickLicences(s, ref{verb: verbAddresses}, nil, f)
	case stepRenew:
		if s.Licences.Kind == commerce.TaskRenew && s.Licences.SKU == r.text(1) {
			s.Step = at
			return s
		}
		s, _, _ = clickLicences(s, ref{verb: verbRenew, args: r.args[1:]}, nil, f)
	default:
		s.Step = stepHome
		return s.say(Warning, "notice.dead")
	}
	return s
}

// detailsAgain is the form of that offer or cart line, as it was filled in or anew.
func detailsAgain(s state, r ref, f facts) state {
	form := s.Form
	form.Offer, form.Line, form.Revision = r.text(1), r.int(2), r.int(3)
	switch {
	case form == s.Form && f.stillOpen(form):
		s.Step = stepDetails
		return s
	case form.Line > 0:
		return change(s, ref{verb: verbChange, args: r.args[2:]}, f)
	}
	return choose(s, form.Offer, f)
}

// clip keeps a search within what one is.
func clip(query string) string { return clipTo(query, 100) }

func clipTo(text string, most int) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// groupNamed is a group of the catalogue, "" for all where there is no such group.
func groupNamed(name string) string {
	if slices.Contains(commerce.Groups, commerce.Group(name)) {
		return name
	}
	return ""
}

// act reads the clicks that change a cart or an order.
func act(s state, r ref, f facts) (state, effect) {
	switch r.verb {
	case verbChange:
		return change(s, r, f), nil
	case verbRemove:
		return s, removeLine(r.int(1), r.int(0))
	case verbEmpty:
		return s, emptyCart(r.int(0))
	case verbFix:
		return s, fixCart(r.int(0))
	case verbCheckOut:
		return s, quote{r.int(0)}
	case verbAccept, verbNext, verbPlace:
		return buy(s, r)
	case verbOrderCancel:
		return s, orderChange{r.text(0), "", cancelOrder}
	case verbOrderLink:
		return s, orderChange{r.text(0), "", newLink}
	case verbOrderRetry:
		return s, orderChange{r.text(0), "", retryPeople}
	case verbBought:
		return s, saidBought{r.text(0), bought}
	case verbEnough:
		return s, saidBought{r.text(0), boughtNoMore}
	case verbWanted:
		return s, orderChange{r.text(0), "notice.still_wanted", stillWanted}
	case verbOrderNudge:
		return s, orderChange{r.text(0), "approval.nudged", nudgeOrder}
	}
	s.Step = stepHome
	return s.say(Warning, "notice.dead"), nil
}

// choose opens the details of an offer.
func choose(s state, id string, f facts) state {
	offer, ok := f.shelf.Offer(id)
	if !ok {
		s.Step = stepList
		return s.fail(commerce.Refuse(commerce.CodeOfferGone), "")
	}
	if s.Wishes.waitFor(id, s.Step) {
		s.Wishes.Now = s.Wishes.Now.of(id)
		return s.filled(offer, f)
	}
	s.Step, s.Wishes = stepDetails, s.Wishes.aside(id)
	s.Form, s.Wanted = form{Offer: id, Revision: f.cart.Revision, Quantity: cmp.Or(s.Wanted, "1")}, ""
	if plans := offer.PlansFor(f.org, f.now); len(plans) > 0 {
		s.Form.Plan = planValue(plans[0].PlanID)
	}
	return s
}

// change opens the details of a cart line.
func change(s state, r ref, f facts) state {
	line, ok := f.cart.Line(r.int(0))
	if !ok || r.int(1) != f.cart.Revision {
		s.Step = stepCart
		return s.fail(commerce.Refuse(commerce.CodeStale), "")
	}
	if _, sold := f.shelf.Offer(line.Offer); !sold {
		s.Step = stepCart
		return s.fail(commerce.Refuse(commerce.CodeOfferGone), "")
	}
	s.Step = stepDetails
	s.Form = form{
		Line: line.ID, Revision: f.cart.Revision, Offer: line.Offer, Plan: planValue(line.Plan),
		Quantity: strconv.Itoa(line.Quantity), AutoAssign: line.AutoAssign,
	}
	if w := s.Wishes.Now; w.Change && (w.Offer == "" || w.Offer == line.Offer) {
		return s.amend(w, f)
	}
	return s
}

// fill takes the details. The ref names offer, line and revision, so that the form works
// even when the conversation was lost.
func fill(s state, r ref, values map[string]string, f facts) (state, effect) {
	offer, ok := f.shelf.Offer(r.text(0))
	if !ok {
		s.Step = stepList
		return s.fail(commerce.Refuse(commerce.CodeOfferGone), ""), nil
	}
	s.Step = stepDetails
	s.Form = form{
		Offer: offer.ID, Line: r.int(1), Revision: r.int(2), Quantity: clip(values[fieldQuantity]),
		Plan: clip(values[fieldPlan]), AutoAssign: values[fieldAutoAssign] == "true",
	}
	n, err := commerce.ReadQuantity(s.Form.Quantity, offer)
	if err != nil {
		s = s.fail(err, fieldQuantity)
	}
	plan := readPlan(s.Form.Plan)
	if !f.sells(offer, plan) {
		s = s.say(Bad, "details.choose_plan")
		s.Issues[len(s.Issues)-1].field = fieldPlan
	}
	if len(s.Issues) > 0 {
		return s, nil
	}
	return s, putLine{s.Form.Revision, commerce.CartLine{
		ID: s.Form.Line, Offer: offer.ID, Plan: plan, Quantity: n, AutoAssign: s.Form.AutoAssign,
	}, s.onward(f)}
}

// buy goes on only from the quote that this conversation has shown. One that was lost, or
// shows something else by now, never submits: it shows the cart.
func buy(s state, r ref) (state, effect) {
	revision, hash := r.int(0), r.text(1)
	if s.Hash == "" || s.Hash != hash || s.Revision != revision {
		if r.verb == verbPlace && s.Step == stepSubmitted {
			return s, nil // the second of two clicks: the order is shown
		}
		s.Step = stepCart
		return s.fail(commerce.Refuse(commerce.CodeStale), ""), nil
	}
	switch r.verb {
	case verbAccept:
		return s, acceptPrices{hash}
	case verbPlace:
		return s, submit{revision, hash}
	}
	s.Step = stepPayment
	return s, nil
}
