package conversations

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cartwright/commerce"
	"cartwright/conversations/intent"
)

// handover is what was understood of a text about who is to have a licence, or no longer.
type handover struct {
	among     []string // ids of the offers that it may be; none: any
	named     string   // what the product was called
	addresses []string
	seats     string   // how many licences were asked for, which nobody is asked here
	others    []string // products that were named besides
}

// address is one in the middle of a text, in whatever alphabet but one without blanks
// between words: there it begins where the Latin letters do.
var address = regexp.MustCompile(`[\p{Latin}\p{Greek}\p{Cyrillic}0-9._%+'-]+@[\p{Latin}0-9-]+(?:\.[\p{Latin}0-9-]+)+`)

// handOver begins to assign licences or to take them. Where a command and a subscription's
// name were typed, it is that subscription's.
func handOver(s state, word, rest string, in intent.Intent, text string, f facts) (state, effect) {
	kind := commerce.TaskAssign
	if in.Kind == intent.Unassign {
		kind = commerce.TaskRemove
	}
	if word != string(kind) {
		rest = ""
	}
	next, eff := handOut(s, kind, rest, f)
	if open, ok := eff.(openLicences); ok {
		meant := handoverOf(in, text, f)
		open.meant = &meant
		return next, open
	}
	return next, eff
}

// handOutOr is handOut of what may be no subscription's name: then it is otherwise.
func handOutOr(s state, kind commerce.TaskKind, named string, f facts, otherwise func(state) state) (state, effect) {
	next, eff := handOut(s, kind, named, f)
	if open, ok := eff.(openLicences); ok {
		open.otherwise = otherwise
		return next, open
	}
	return otherwise(s), nil
}

func handoverOf(in intent.Intent, text string, f facts) handover {
	ws, _ := wishesOf(in, text)
	h := handover{seats: ws.Now.Quantity}
	for _, a := range address.FindAllString(text, commerce.MaxTaskPeople) {
		h.addresses = append(h.addresses, strings.Trim(a, ".'-"))
	}
	for _, w := range ws.Next {
		h.others = append(h.others, f.wishName(w))
	}
	h.among, h.named = ws.Now.Among, ws.Now.Named
	if ws.Now.Offer != "" {
		h.among, h.named = []string{ws.Now.Offer}, f.offerName(ws.Now.Offer)
	}
	return h
}

// wishName is what a wish is called in a sentence.
func (f facts) wishName(w wish) string {
	switch {
	case w.Offer != "":
		return f.offerName(w.Offer)
	case w.Named != "":
		return w.Named
	}
	return f.words.T("words.unnamed")
}

// tell says what of a text is not done.
func (h handover) tell(s state) state {
	if n, err := strconv.Atoi(h.seats); err == nil {
		s = s.count(Plain, "words.people_instead", n)
	}
	if len(h.others) > 0 {
		s = s.say(Plain, "words.one_at_a_time", "others", h.others)
	}
	return s
}

// mean goes on from the subscriptions that a text may mean.
func (e openLicences) mean(s state, fit, owned []commerce.Subscription) state {
	h := e.meant
	s = h.tell(s)
	s.Licences.Given = strings.Join(h.addresses, "\n")
	if len(h.among) == 0 && h.named == "" {
		return e.chosen(s, fit, owned)
	}
	those := ofOffers(fit, h.among)
	if len(those) == 0 && len(fit) > 0 {
		return s.say(Warning, "choose.no_match."+string(e.kind), "text", h.named)
	}
	s.Licences.Among = h.among
	return e.chosen(s, those, owned)
}

// ofOffers are the subscriptions of some offers.
func ofOffers(owned []commerce.Subscription, ids []string) []commerce.Subscription {
	var all []commerce.Subscription
	for _, sub := range owned {
		if sub.Offer.ID != "" && slices.Contains(ids, sub.Offer.ID) {
			all = append(all, sub)
		}
	}
	return all
}

// given are the addresses that came with the text that began a choice of this kind.
func (s state) given(kind commerce.TaskKind) string {
	if s.Step == stepChoose && s.Licences.Kind == kind {
		return s.Licences.Given
	}
	return ""
}

// addressed is s with the addresses that came with a text in the list of addresses, where
// it is known by now what they are for.
func (s state) addressed() state {
	if s.Licences.Given != "" && s.Step == stepPick {
		s.Step, s.Licences.Text, s.Licences.Given = stepAddresses, s.Licences.Given, ""
	}
	return s
}
