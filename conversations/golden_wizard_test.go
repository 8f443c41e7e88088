package conversations

import (
	"slices"
	"testing"
	"time"

	"cartwright/commerce"
)

func wizardGoldens(t *testing.T, at place) map[string]golden {
	f := goldenFacts(t, at)
	unknown := f
	unknown.shelf.Known = false
	unknown.shelf.Holdings, unknown.people = map[string]commerce.Holding{}, commerce.Unlicensed{}
	full := f.with(t, lineOf("basic", annual, 248, false))
	licensed, few := f, f
	licensed.people.People = nil
	few.people.People, few.people.AsOf = f.people.People[:1], morning.Add(-3*time.Minute)
	unable := f
	unable.people.People = goldenPeople(0)
	on := func(form form, issues ...issue) state { return state{Step: stepDetails, Form: form, Issues: issues} }
	premium := form{Offer: "premium", Quantity: "1", Plan: "P1Y.annual"}
	return map[string]golden{
		"home":                   {state{Step: stepHome}, f},
		"home-cart":              {state{Step: stepHome}, f.two(t)},
		"list":                   {state{Step: stepList}, f},
		"list-last-page":         {state{Step: stepList, Page: 99}, f.two(t)},
		"list-search":            {state{Step: stepList, Query: "basic", Group: "business"}, f},
		"list-one":               {state{Step: stepList, Query: "VISIO"}, f},
		"list-nothing":           {state{Step: stepList, Query: "nothing like it"}, f},
		"list-needs-base":        {state{Step: stepList, Query: "copilot"}, f},
		"list-cap-reached":       {state{Step: stepList, Query: "basic"}, full},
		"list-seats-unknown":     {state{Step: stepList}, unknown},
		"details":                {on(premium), f},
		"details-owned":          {on(form{Offer: "basic", Quantity: "3", Plan: "P1Y.monthly", AutoAssign: true}), f},
		"details-change":         {on(form{Offer: "premium", Line: 1, Revision: 2, Quantity: "25", Plan: "P1Y.monthly", AutoAssign: true}), f.two(t)},
		"details-add-on":         {on(form{Offer: "copilot", Quantity: "1", Plan: "P1Y.annual"}), f},
		"details-long":           {on(form{Offer: "long", Quantity: "10000", Plan: "P1Y.monthly"}), f},
		"details-seats-unknown":  {on(premium), unknown},
		"details-everyone":       {on(premium), licensed},
		"details-one-without":    {on(premium), few},
		"details-nobody-able":    {on(premium), unable},
		"details-offer-gone":     {on(form{Offer: "gone"}), f},
		"details-error-quantity": {on(form{Offer: "premium", Quantity: "ten", Plan: "P1Y.annual"}, issue{tone: Bad, field: fieldQuantity, err: commerce.Refuse(commerce.CodeQuantity, "min", 1, "max", 300)}), f},
		"details-error-most":     {on(form{Offer: "e3", Quantity: "10001", Plan: "P1Y.annual"}, issue{tone: Bad, field: fieldQuantity, err: commerce.Refuse(commerce.CodeQuantity, "min", 1, "max", commerce.MaxQuantity)}), f},
		"details-error-cap":      {on(form{Offer: "basic", Quantity: "249", Plan: "P1Y.annual"}, issue{tone: Bad, field: fieldQuantity, err: f.shelf.CheckQuantity(f.shelf.Catalogue.Offers[1], 249, 0)}), f},
		"details-error-plan":     {on(form{Offer: "premium", Quantity: "1"}, issue{tone: Bad, field: fieldPlan, key: "details.choose_plan"}), f},
	}
}

func cartGoldens(t *testing.T, at place) map[string]golden {
	f := goldenFacts(t, at)
	step := state{Step: stepCart}
	stopped := f.two(t)
	stopped.org.Buying = false
	return map[string]golden{
		"cart-empty":   {step, f},
		"cart":         {step, f.two(t)},
		"cart-one":     {step, f.with(t, lineOf("premium", annual, 1, false))},
		"cart-long":    {step, f.with(t, lineOf("long", month, 10000, true))},
		"cart-stopped": {step, stopped},
		"cart-invalid": {step, invalid(t, f)},
		"cart-stale":   {step.fail(commerce.Refuse(commerce.CodeStale), ""), f.two(t)},
	}
}

// invalid is f with a cart in which hardly anything can be bought any more.
func invalid(t *testing.T, f facts) facts {
	t.Helper()
	f = f.with(t, lineOf("premium", annual, 5, false), lineOf("basic", annual, 200, false), lineOf("basic-no-teams", monthly, 9, false),
		lineOf("copilot", annual, 5, false), lineOf("visio", annual, 2, false), lineOf("project", month, 2, false))
	f.cart.Lines = append([]commerce.CartLine(nil), f.cart.Lines...)
	f.cart.Lines[2].Plan = commerce.PlanID{Commitment: "P3Y", Billing: commerce.Annual} // withdrawn since
	f.cart.Lines[3].Plan = annual
	f.cart.Lines = append(f.cart.Lines[:2:2], f.cart.Lines[3:]...) // the add-on's base is removed
	f.shelf.Holdings["sku-basic"] = commerce.Holding{Known: true, Owned: 290, Used: 31}
	var offers []commerce.Offer
	for _, o := range f.shelf.Catalogue.Offers {
		if o.ID == "project" {
			gone := f.cart.Lines[len(f.cart.Lines)-1].Plan // not sold so any more
			o.Plans = slices.DeleteFunc(slices.Clone(o.Plans), func(p commerce.Plan) bool { return p.PlanID == gone })
		}
		if o.ID != "visio" { // withdrawn
			offers = append(offers, o)
		}
	}
	f.shelf.Catalogue.Offers = offers
	return f
}

func checkoutGoldens(t *testing.T, at place) map[string]golden {
	f := goldenFacts(t, at).two(t)
	moved := func(i int, p *commerce.Plan) {
		p.Price = []commerce.Money{f.amount(t, "22.00"), f.amount(t, "15.5")}[i]
	}
	listPrice := func(_ int, p *commerce.Plan) { p.Demonstration, p.Indicative = false, true }
	on := func(s step, f facts) golden {
		return golden{state{Step: s, Hash: f.cart.Quote.Hash, Revision: f.cart.Revision}, f}
	}
	plain, dearer := f.quoted(t, nil), f.quoted(t, moved)
	accepted, untaxed, late := f.quoted(t, moved), f, plain
	accepted.cart.Quote.Accepted = true
	untaxed.shelf.Organisation.Tax = commerce.Tax{}
	untaxed = untaxed.quoted(t, listPrice)
	late.now = morning.Add(time.Hour)
	nobody := goldenFacts(t, at).with(t, lineOf("premium", annual, 1, false)).quoted(t, nil)
	one := goldenFacts(t, at).with(t, lineOf("premium", annual, 1, true)).quoted(t, nil)
	long := goldenFacts(t, at).with(t, lineOf("long", monthly, 10000, false)).quoted(t, nil)
	return map[string]golden{
		"check":           on(stepCheck, plain),
		"check-moved":     on(stepCheck, dearer),
		"check-accepted":  on(stepCheck, accepted),
		"check-untaxed":   on(stepCheck, untaxed),
		"check-long":      on(stepCheck, long),
		"check-expired":   on(stepCheck, late),
		"check-changed":   {state{Step: stepCheck, Hash: "another"}, plain},
		"payment":         on(stepPayment, plain),
		"payment-one":     on(stepPayment, one),
		"payment-nobody":  on(stepPayment, nobody),
		"payment-unmoved": on(stepPayment, dearer),
		"payment-expired": on(stepPayment, late),
		"payment-changed": {state{Step: stepPayment, Hash: "another"}, plain},
		"submitted":       {state{Step: stepSubmitted, Order: "CW-1042"}, f.ordered(t, nil)},
	}
}
