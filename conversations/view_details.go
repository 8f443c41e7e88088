package conversations

import (
	"slices"
	"time"

	"cartwright/commerce"
)

// namesShown is how many people a prompt names before it only counts.
const namesShown = 10

// detailsPrompt asks how many licences, how paid, and whether to assign them at once.
func detailsPrompt(s state, f facts) Prompt {
	offer, ok := f.shelf.Offer(s.Form.Offer)
	if !ok {
		return listPrompt(state{Step: stepList}, f)
	}
	p := Prompt{
		Name: "details", Title: offer.Name,
		Blocks: append(readingBlocks(s, f), Block{Facts: holdingFacts(s, offer, f)}),
		Fields: []Field{quantityField(s, offer, f), planField(s, offer, f)},
		Submit: &Action{
			Ref:   makeRef(verbDetails, offer.ID, s.Form.Line, s.Form.Revision),
			Label: f.own("details.submit"), Style: Primary,
		},
		Actions: slices.Concat([]Action{{Ref: makeRef(verbList, s.Page), Label: f.words.T("action.back")}}, skipAction(s, f), wizardActions(f)),
	}
	if len(skipAction(s, f)) > 0 {
		p.Submit.Label = f.words.T("words.next")
	}
	if f.autoAssigns(offer) {
		p.Fields = append(p.Fields, assignField(s, f))
		p.Below = unlicensedBlocks(f)
	} else if f.cloud().assigns {
		p.Below = []Block{muted(f.words.T("details.no_auto_assign"))}
	}
	if names := f.basesOf(offer); len(names) > 0 {
		p.Blocks = append(p.Blocks, muted(f.words.T("details.needs", "needs", f.words.Or(names))))
	}
	return freeFirst(p, offer, f)
}

// basesOf are the names of the offers of which an add-on needs one.
func (f facts) basesOf(o commerce.Offer) []string {
	var names []string
	for _, id := range o.Needs {
		if base, ok := f.shelf.Catalogue.Offer(id); ok {
			names = append(names, base.Name)
		}
	}
	return names
}

// holdingFacts show what is owned and how much more may be.
func holdingFacts(s state, o commerce.Offer, f facts) []Fact {
	h := f.shelf.Holding(o)
	owned := f.words.T("details.unknown")
	if h.Known {
		owned = f.words.T("details.owned_none")
	}
	if h.Known && h.Owned > 0 {
		owned = f.words.N("details.owned_value", h.Owned, "free", h.Free(), "used", h.Used)
	}
	rows := []Fact{{Label: f.words.T("details.owned"), Value: owned}}
	if h.Open > 0 {
		rows = append(rows, Fact{Label: f.words.T("details.open"), Value: f.words.Number(h.Open)})
	}
	if left, limited := f.shelf.Left(o, f.inCart(o, s.Form.Line)); limited {
		value := f.words.T("details.limit_unknown", "max", o.Seats.Max)
		if h.Known {
			value = f.words.N("details.limit_value", left, "max", o.Seats.Max)
		}
		rows = append(rows, Fact{Label: f.words.T("details.limit"), Value: value})
	}
	return rows
}

// inCart counts the offer's licences in other lines of the cart.
func (f facts) inCart(o commerce.Offer, line int) int {
	n := 0
	for _, l := range f.cart.Lines {
		if l.Offer == o.ID && l.ID != line {
			n += l.Quantity
		}
	}
	return n
}

// total is what the organisation will have of an offer without the line.
func (f facts) total(o commerce.Offer, line int) int {
	h := f.shelf.Holding(o)
	return h.Owned + h.Open + f.inCart(o, line)
}

func quantityField(s state, o commerce.Offer, f facts) Field {
	left, _ := f.shelf.Left(o, f.inCart(o, s.Form.Line))
	field := Field{
		Key: fieldQuantity, Kind: NumberField, Label: f.words.T("details.quantity"), Help: f.words.T("details.quantity_help"),
		Value: s.Form.Quantity, Required: true, Min: o.Seats.Min, Max: left, Error: askedAt(s, o, f, fieldQuantity),
	}
	if f.shelf.Holding(o).Known {
		field.Sum = &Sum{Label: f.words.T("details.new_total"), Base: f.total(o, s.Form.Line)}
		n, err := commerce.ReadQuantity(s.Form.Quantity, o)
		if err == nil {
			field.Sum.Text = f.words.T("details.new_total_value", "added", n, "total", field.Sum.Base+n)
		}
	}
	return field
}

func planField(s state, o commerce.Offer, f facts) Field {
	field := Field{
		Key: fieldPlan, Kind: ChoiceField, Label: f.words.T("details.plan"), Value: s.Form.Plan, Required: true, Open: true,
		Error: askedAt(s, o, f, fieldPlan),
	}
	for _, plan := range o.PlansFor(f.org, f.now) {
		field.Options = append(field.Options, Option{
			Value: planValue(plan.PlanID),
			Label: f.words.T("details.plan_option", "plan", planName(f, plan.PlanID), "price", unitPrice(f, plan.PlanID, plan.Price)),
			Help:  f.words.T("commits."+planValue(plan.PlanID), "committed", money(f, plan.Price.Times(plan.Periods()))),
		})
	}
	return field
}

func assignField(s state, f facts) Field {
	value := "false"
	if s.Form.AutoAssign {
		value = "true"
	}
	return Field{Key: fieldAutoAssign, Kind: ToggleField, Label: f.words.T("details.auto_assign"), Help: f.words.T("details.auto_assign_help"), Value: value}
}

// unlicensedBlocks name who has no licence: the first ones and a count, and who of them
// cannot get one, with the reason.
func unlicensedBlocks(f facts) []Block {
	if !f.people.Known {
		return []Block{{Text: &Notice{Tone: Warning, Text: f.words.T("details.people_unknown")}}}
	}
	var able, unable []string
	for _, u := range f.people.People {
		if reason := u.Ineligible(); reason != commerce.ReasonNone {
			unable = append(unable, f.words.T("people.with_reason", "name", u.Name, "reason", f.words.T("reason."+string(reason))))
		} else {
			able = append(able, u.Name)
		}
	}
	if len(f.people.People) == 0 {
		return []Block{muted(f.words.T("details.everyone_licensed"))}
	}
	var blocks []Block
	if len(able) > 0 {
		blocks = append(blocks, nameList(f, f.words.N("details.without", len(able)), able))
	}
	if len(unable) > 0 {
		blocks = append(blocks, nameList(f, f.words.N("details.unable", len(unable)), unable))
	}
	if f.now.Sub(f.people.AsOf) >= peopleAge {
		blocks = append(blocks, muted(f.words.T("subscriptions.as_of", "date", f.words.DateTime(f.people.AsOf))))
	}
	return blocks
}

// peopleAge is how old a list of people is that says of when it is.
const peopleAge = time.Minute

// nameList shows the first names and how many more there are.
func nameList(f facts, title string, names []string) Block {
	list := &List{Title: title, Items: names[:min(namesShown, len(names))]}
	if more := len(names) - namesShown; more > 0 {
		list.More = f.words.N("people.more", more)
	}
	return Block{List: list}
}
