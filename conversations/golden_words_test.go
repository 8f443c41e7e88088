package conversations

import (
	"strings"
	"testing"

	"cartwright/commerce"
	"cartwright/conversations/intent"
)

// hostileWords are what somebody may write who means no good, as it is repeated.
var hostileWords = quoted("<b>@everyone</b> *_`~[x](https://evil.example) <!channel> \u202e" + strings.Repeat("x", 100))

// wordGoldens are what somebody is shown who wrote it in their own words.
func wordGoldens(t *testing.T, at place) map[string]golden {
	f := goldenFacts(t, at)
	heard := []phrase{{intent.Quantity, "25"}, {intent.Product, "business premium"}, {intent.Billing, "paid yearly"}, {intent.AutoAssign, "everyone without a licence"}}
	premium := wish{Offer: "premium", Quantity: "25", Billing: commerce.Annual, Assign: "true", Heard: heard}
	monthly := wish{Offer: "visio", Billing: commerce.Monthly, Heard: []phrase{{intent.Product, "Visio"}, {intent.Billing, "monthly"}}}
	unclear := wish{Offer: "visio", Assign: "false", Unclear: []phrase{{intent.Quantity, "3-5"}, {intent.Billing, "quarterly"}}, Heard: []phrase{{intent.AutoAssign, "don’t assign"}}}
	e3 := wish{Among: []string{"e3", "e5"}, Named: "E3", Quantity: "7", Heard: []phrase{{intent.Quantity, "7"}}}
	hostile := wish{Named: hostileWords, Quantity: "7", Heard: []phrase{{intent.Quantity, hostileWords}}, Among: []string{"e3", "e5"}}
	on := func(next ...wish) state {
		s := state{Wishes: wishes{Now: next[0], Next: next[1:], At: 1, Of: len(next)}}
		return pursue(s, f)
	}
	many := make([]wish, maxWishes)
	for i := range many {
		many[i] = wish{Offer: "long", Quantity: "10000", Heard: []phrase{{intent.Quantity, hostileWords}, {intent.Product, hostileWords}}}
	}
	open := state{Step: stepDetails, Form: form{Offer: "premium", Quantity: "25", Plan: "P1Y.annual"}}
	waiting := on(premium, unclear, e3)
	waiting.Step = stepCart
	which := state{Step: stepCart, Wishes: wishes{Now: wish{Quantity: "30", Change: true}, At: 1, Of: 1}}
	return map[string]golden{
		"words":             {on(premium), f},
		"words-monthly":     {on(monthly), f},
		"words-unclear":     {on(unclear), f},
		"words-which":       {on(e3), f},
		"words-which-any":   {on(wish{Quantity: "7", Heard: e3.Heard}), f},
		"words-unknown":     {on(wish{Named: "Visio Studio"}), f},
		"words-not-sold":    {on(wish{Offer: "gone"}), f},
		"words-over":        {on(wish{Offer: "premium", Quantity: "400", Heard: []phrase{{intent.Quantity, "400"}}}), f},
		"words-add-on":      {on(wish{Offer: "copilot", Quantity: "2", Assign: "true", Heard: heard[3:]}), f},
		"words-several":     {on(premium, unclear, e3, wish{}), f},
		"words-last":        {goOn(on(e3, premium), f), f},
		"words-ten":         {on(many...), f},
		"words-hostile":     {on(hostile), f},
		"words-more":        {on(premium).count(Warning, "words.too_many", 4, "most", maxWishes), f},
		"words-cart":        {waiting, f.two(t)},
		"words-cart-empty":  {waiting, f},
		"words-which-line":  {which.say(Plain, "words.which_line"), f.two(t)},
		"words-corrected":   {open.amend(wish{Quantity: "30", Billing: commerce.Monthly, Assign: "true"}, f), f},
		"words-unassigned":  {on(premium).amend(wish{Quantity: "31", Assign: "false"}, f), f},
		"words-unchanged":   {open.amend(wish{}, f), f},
		"words-instead":     {on(wish{Offer: "visio", Quantity: "25"}).say(Plain, "words.instead"), f},
		"words-none":        {state{Step: stepHome}.say(Plain, "words.none", "text", hostileWords), f},
		"words-people":      {handover{seats: "2", others: []string{"Visio Plan 2", "Copilot"}}.tell(state{Step: stepHome}), f},
		"words-people-one":  {handover{seats: "1"}.tell(state{Step: stepHome}), f},
		"words-billed":      {open.amend(wish{Billing: commerce.Annual}, f).amend(wish{Billing: commerce.Annual}, f), f},
		"words-how-many":    {on(wish{Offer: "visio", Heard: []phrase{{intent.Product, "Visio"}}}), f},
		"words-other-offer": {state{Step: stepDetails, Form: form{Offer: "basic", Quantity: "1", Plan: "P1Y.annual"}, Wishes: on(premium).Wishes}, f},
	}
}
