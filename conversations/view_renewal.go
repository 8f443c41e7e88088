package conversations

import (
	"strconv"
	"time"

	"cartwright/commerce"
)

// renewPrompt asks how many licences are owned from the next renewal on.
func renewPrompt(s state, f facts) Prompt {
	p := Prompt{Name: "renew", Title: f.words.T("renew.title")}
	if !f.ownedKnown {
		return unread(p, Action{Ref: makeRef(verbRenew, s.Licences.SKU), Label: f.words.T("action.again"), Style: Primary}, f)
	}
	sub, ok := bySKU(f.owned, s.Licences.SKU)
	if !ok || !f.plans(sub) {
		p = subscriptionsPrompt(state{}, f)
		p.Notices = []Notice{{Tone: Warning, Text: f.words.T("renew.nothing")}}
		return p
	}
	p.Title = subject(commerce.TaskRenew, sub.Name, "", f)
	p.Blocks = []Block{{Facts: renewFacts(sub, f)}, paragraph(f.words.T("renew.text", "date", f.words.Date(sub.RenewsAt)))}
	p.Fields = []Field{renewField(s, sub, f)}
	p.Submit = &Action{Ref: makeRef(verbPlanRenewal, sub.SKU, sub.Next, sub.RenewalDay(), s.Licences.Once), Label: f.words.T("renew.submit"), Style: Primary}
	p.Actions = []Action{subscriptionsAction(f), cancelAction(f)}
	return p
}

func renewFacts(sub commerce.Subscription, f facts) []Fact {
	return []Fact{
		{Label: f.words.T("details.owned"), Value: f.words.N("details.owned_value", sub.Owned, "free", sub.Free(), "used", sub.Used)},
		{Label: f.words.T("renew.date"), Value: f.words.Date(sub.RenewsAt)},
		{Label: f.words.T("renew.next"), Value: f.words.N("renew.next_value", sub.Next, "unused", max(0, sub.Next-sub.Used))},
	}
}

func renewField(s state, sub commerce.Subscription, f facts) Field {
	least, most := renewable(sub)
	fewest := least
	if fewest == sub.Next {
		fewest = most // what is planned already would change nothing
	}
	field := Field{
		Key: fieldQuantity, Kind: NumberField, Label: f.words.T("renew.seats", "date", f.words.Date(sub.RenewsAt)),
		Help: f.words.T("renew.help", "min", least, "max", most), Value: strconv.Itoa(fewest), Required: true, Min: least, Max: most,
		Error: fieldError(s, f, fieldQuantity),
	}
	if field.Error != "" {
		field.Value = s.Form.Quantity
	}
	return field
}

// renewalPrompt tells, some time before it happens, that a subscription renews with
// licences that nobody uses, and what they cost.
func renewalPrompt(r commerce.Renewal, f facts) Prompt {
	date := f.words.Date(r.RenewsAt)
	p := Prompt{
		Name: "renewal", Title: f.words.T("renewal.title", "product", r.Name, "date", date),
		Organisation: f.org.Name, Locale: f.words.Lang(),
		Notices: []Notice{{Tone: Warning, Text: inDays(daysUntil(r.RenewsAt, f), f)}},
		Blocks:  []Block{paragraph(f.words.N("renewal.unused", r.Unused, "next", r.Next))},
	}
	p.Blocks = append(p.Blocks, renewalCost(r, f)...)
	least, _ := renewable(r.Subscription)
	switch fewer := least < r.Next; {
	case fewer && f.plans(r.Subscription):
		p.Blocks = append(p.Blocks, paragraph(f.words.T("renewal.plan", "date", date)))
		plan := planAction(r.Subscription, f)
		plan.Style = Primary
		p.Actions = []Action{plan}
	case fewer && f.may(commerce.Buyer) != nil:
		p.Blocks = append(p.Blocks, paragraph(ask(f, commerce.Buyer, "renewal.ask")))
	}
	if f.may(commerce.Licensing) == nil && r.Free() > 0 {
		p.Blocks = append(p.Blocks, paragraph(f.words.N("renewal.assign", r.Unused)))
		p.Actions = append(p.Actions, kindAction(commerce.TaskAssign, r.Subscription, f))
	}
	p.Actions = append(p.Actions, subscriptionsAction(f))
	return p
}

// inDays says how soon that is.
func inDays(n int, f facts) string {
	if n == 0 {
		return f.words.T("renewal.today")
	}
	return f.words.N("renewal.in_days", n)
}

// renewalCost is what the licences that nobody uses cost for a billing period: in the plan
// that was bought or, said to be that, at the list price where it was bought elsewhere.
func renewalCost(r commerce.Renewal, f facts) []Block {
	if r.Cost.Price.None() {
		return nil
	}
	key := "renewal.list"
	if r.Paid {
		key = "renewal.cost"
	}
	if r.Cost.Billing == commerce.Annual {
		key += "_year"
	} else {
		key += "_month"
	}
	blocks := []Block{paragraph(f.words.N(key, r.Unused, "cost", money(f, r.Cost.Price.Times(r.Unused)), "plan", planName(f, r.Cost.PlanID)))}
	switch {
	case r.Cost.Demonstration:
		blocks = append(blocks, muted(f.words.T("check.demonstration")))
	case r.Cost.Indicative:
		blocks = append(blocks, muted(f.words.T("check.indicative")))
	}
	return blocks
}

// daysUntil counts the nights until then, where the organisation is.
func daysUntil(then time.Time, f facts) int {
	midnight := func(t time.Time) time.Time {
		if f.org.TimeZone != nil {
			t = t.In(f.org.TimeZone)
		}
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return max(0, int(midnight(then).Sub(midnight(f.now))/(24*time.Hour)))
}
