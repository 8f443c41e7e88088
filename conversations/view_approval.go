package conversations

import (
	"cmp"
	"slices"
	"strconv"

	"cartwright/commerce"
)

// approvalPrompt is a request for approval, as those read it who are asked: the same
// whether it was asked for or is the copy that is kept up to date.
func approvalPrompt(o commerce.Order, c commerce.Case, mayVote bool, f facts) Prompt {
	p := Prompt{
		Name: "approval", Title: f.words.T("approval.title", "order", o.ID, "state", stateOf(o, f)),
		Organisation: f.org.Name, Locale: f.words.Lang(),
		Notices: []Notice{approvalNotice(o, f)},
		Closed:  o.State != commerce.StateAwaitingApproval,
	}
	p.Blocks = append([]Block{{Facts: approvalFacts(o, c, f)}}, votes(o, f)...)
	asked := quoteTable(o.Quote, f)
	asked.Caption = f.words.T("order.table", "order", o.ID)
	p.Below = append(append(proposed(o, f), Block{Table: asked}), indicative(f)...)
	if why := reasons(o.Approval.Need, f); len(why) > 0 {
		p.Below = append(p.Below, Block{List: &List{Title: f.words.T("approval.why"), Items: why}})
	}
	if mayVote {
		p.Actions = voteActions(o, f)
	}
	if mayVote && o.Approval.Quorum() {
		p.Actions = p.Actions[len(p.Actions)-1:] // until the verdict only a rejection changes anything
	}
	p.Actions = append(p.Actions, Action{Ref: makeRef(verbOrder, o.ID), Label: f.words.T("approval.show_order"), Name: f.words.T("orders.show_order", "order", o.ID)})
	return p
}

// approvalSoFar is what an order's own message tells of the request: who has voted, and
// why that is asked.
func approvalSoFar(o commerce.Order, f facts) []Block {
	if o.Approval == nil {
		return nil
	}
	var blocks []Block
	if o.Approval.Why != "" {
		blocks = append(blocks, Block{Facts: []Fact{{Label: f.words.T("approval.purpose"), Value: o.Approval.Why}}})
	}
	blocks = append(append(blocks, votes(o, f)...), proposed(o, f)...)
	if o.State == commerce.StateAwaitingApproval {
		if why := reasons(o.Approval.Need, f); len(why) > 0 {
			blocks = append(blocks, Block{List: &List{Title: f.words.T("approval.why"), Items: why}})
		}
		blocks = append(blocks, muted(f.words.T("approval.until", "date", f.words.DateTime(o.Approval.ExpiresAt))))
	}
	return blocks
}

// approvalNotice is how far the request is, in a sentence.
func approvalNotice(o commerce.Order, f facts) Notice {
	a := o.Approval
	last, voted := a.Last()
	switch {
	case a.Verdict == commerce.VerdictRejected && voted:
		return Notice{Tone: Bad, Text: f.words.T("approval.rejected", "name", signed(last.Name, last.ForName, f), "date", f.words.DateTime(last.At), "reason", last.Reason)}
	case a.Verdict == commerce.VerdictApproved && voted:
		return Notice{Tone: Good, Text: f.words.T("approval.approved", "name", signed(last.Name, last.ForName, f), "date", f.words.DateTime(last.At))}
	case o.State == commerce.StateChangesProposed && a.Proposal != nil:
		return Notice{Tone: Warning, Text: f.words.T("approval.proposed", "name", signed(a.Proposal.By.Name, a.Proposal.By.ForName, f), "buyer", o.BuyerName)}
	case o.State != commerce.StateAwaitingApproval:
		return happening(o, f)
	case a.Quorum():
		return Notice{Text: f.words.T("approval.checking")}
	case a.Rose == commerce.RoseTotal:
		return Notice{Tone: Warning, Text: f.words.N("approval.moved_tax", a.Missing(), "now", money(f, o.Quote.Total))}
	case a.Rose == commerce.RoseCommitted:
		return Notice{Tone: Warning, Text: f.words.N("approval.moved_committed", a.Missing(), "before", money(f, a.Moved), "now", money(f, o.Quote.Committed))}
	case !a.Moved.None():
		return Notice{Tone: Warning, Text: f.words.N("approval.moved", a.Missing(), "before", money(f, a.Moved), "now", money(f, o.Quote.Subtotal))}
	}
	return Notice{Text: f.words.N("approval.waiting", a.Missing(), "names", askedOf(o, f))}
}

// askedOf names who may approve and has not.
func askedOf(o commerce.Order, f facts) string {
	var names []string
	for _, p := range o.Asked(f.org, f.standing) {
		if !p.Voted {
			names = append(names, signed(p.Name, p.For, f))
		}
	}
	if len(names) == 0 {
		return roleNames(o.Approval.Asks(), f)
	}
	return f.words.Or(names)
}

// signed is the name of somebody who answers for themselves, or for another.
func signed(name, in string, f facts) string {
	if in == "" {
		return name
	}
	return f.words.T("approval.stands_in", "name", name, "for", in)
}

func roleNames(roles []commerce.Role, f facts) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return f.words.Or(names)
}

func approvalFacts(o commerce.Order, c commerce.Case, f facts) []Fact {
	rows := []Fact{{Label: f.words.T("order.by"), Value: f.words.T("order.by_value", "name", o.BuyerName, "date", f.words.DateTime(o.SubmittedAt))}}
	if o.Approval.Why != "" {
		rows = append(rows, Fact{Label: f.words.T("approval.purpose"), Value: o.Approval.Why})
	}
	rows = append(rows,
		Fact{Label: f.words.T("quote.charged"), Value: money(f, o.Quote.Charged), Strong: true},
		Fact{Label: f.words.T("quote.committed"), Value: money(f, o.Quote.Committed)},
		Fact{Label: f.words.T("approval.spent"), Value: money(f, c.Spent)},
	)
	for _, l := range o.Lines {
		if free := c.Free[l.ID]; free > 0 {
			rows = append(rows, Fact{Label: f.words.T("approval.free", "product", l.Name), Value: f.words.N("approval.free_seats", free)})
		}
	}
	if o.State == commerce.StateAwaitingApproval {
		rows = append(rows, Fact{Label: f.words.T("approval.expires"), Value: f.words.DateTime(o.Approval.ExpiresAt)})
	}
	return rows
}

// votes name who has voted so far, and how.
func votes(o commerce.Order, f facts) []Block {
	var lines []string
	for _, v := range o.Approval.Votes {
		key := "approval.vote"
		if v.Reject {
			key = "approval.vote_against"
		}
		lines = append(lines, f.words.T(key, "name", signed(v.Name, v.ForName, f), "date", f.words.DateTime(v.At)))
	}
	if d := o.Approval.Declined; d != nil {
		lines = append(lines, f.words.T("approval.declined", "buyer", o.BuyerName, "name", d.By, "date", f.words.DateTime(d.At)))
	}
	if len(lines) == 0 {
		return nil
	}
	return []Block{{List: &List{Title: f.words.T("approval.votes"), Items: lines}}}
}

func voteActions(o commerce.Order, f facts) []Action {
	return []Action{
		{
			Ref: makeRef(verbApprove, o.ID, o.Quote.Hash), Label: f.words.T("approval.approve"), Name: f.words.T("approval.approve_order", "order", o.ID), Style: Primary,
			Confirm: &Confirm{
				Title: f.words.T("approval.confirm_title", "order", o.ID),
				Text:  f.words.T(f.paid("approval.confirm_text"), "charged", money(f, o.Quote.Charged), "committed", money(f, o.Quote.Committed)),
				Yes:   f.words.T("approval.approve"), No: f.words.T("approval.not_yet"),
			},
		},
		{Ref: makeRef(verbPropose, o.ID, o.Quote.Hash), Label: f.words.T("approval.change"), Name: f.words.T("approval.change_order", "order", o.ID)},
		{Ref: makeRef(verbReject, o.ID, o.Quote.Hash), Label: f.words.T("approval.reject"), Name: f.words.T("approval.reject_order", "order", o.ID), Style: Danger},
	}
}

// mayVote reports whether the reader may vote on the order as they see it.
func mayVote(o commerce.Order, f facts) bool {
	return o.State == commerce.StateAwaitingApproval && o.MayVote(f.org, f.voter, o.Quote.Hash) == nil
}

// rejectPrompt asks why.
func rejectPrompt(s state, f facts) Prompt {
	o := f.order
	if o.State != commerce.StateAwaitingApproval || o.Quote.Hash != s.Shown {
		return approvalPrompt(o, f.request, mayVote(o, f), f)
	}
	return Prompt{
		Name: "reject", Title: f.words.T("approval.reject_title", "order", o.ID),
		Blocks: []Block{paragraph(f.words.T("approval.reject_text", "name", o.BuyerName))},
		Fields: []Field{{
			Key: fieldReason, Kind: AreaField, Label: f.words.T("approval.reason"), Help: f.words.T("approval.reason_help"), Value: s.Reason,
			Error: fieldError(s, f, fieldReason), Required: true,
		}},
		Submit:  &Action{Ref: makeRef(verbRejectWhy, o.ID, s.Shown), Label: f.words.T("approval.reject"), Style: Primary},
		Actions: []Action{{Ref: makeRef(verbApproval, o.ID), Label: f.words.T("approval.back")}},
	}
}

// explainPrompt asks the buyer what the order is for.
func explainPrompt(s state, f facts) Prompt {
	o := f.order
	if o.State != commerce.StateAwaitingApproval || o.Buyer != f.actor.Person {
		return orderPrompt(o, f.assigned, f.link, f)
	}
	why := s.Reason
	if why == "" {
		why = o.Approval.Why
	}
	return Prompt{
		Name: "explain", Title: f.words.T("approval.explain_title", "order", o.ID),
		Fields: []Field{{
			Key: fieldReason, Kind: AreaField, Label: f.words.T("approval.purpose"), Help: f.words.T("approval.purpose_help"), Value: why,
			Error: fieldError(s, f, fieldReason),
		}},
		Submit:  &Action{Ref: makeRef(verbExplained, o.ID), Label: f.words.T("approval.explain"), Style: Primary},
		Actions: []Action{{Ref: makeRef(verbOrder, o.ID), Label: f.words.T("approval.show_order")}},
	}
}

// proposePrompt asks what would be approved instead.
func proposePrompt(s state, f facts) Prompt {
	o := f.order
	if o.State != commerce.StateAwaitingApproval || o.Quote.Hash != s.Shown {
		return approvalPrompt(o, f.request, mayVote(o, f), f)
	}
	p := Prompt{
		Name: "propose", Title: f.words.T("approval.change_order", "order", o.ID),
		Blocks:  []Block{paragraph(f.words.T("approval.propose_text", "name", o.BuyerName))},
		Submit:  &Action{Ref: makeRef(verbProposal, o.ID, s.Shown), Label: f.words.T("approval.propose"), Style: Primary},
		Actions: []Action{{Ref: makeRef(verbApproval, o.ID), Label: f.words.T("approval.back")}},
	}
	for _, l := range o.Quote.Lines {
		p.Fields = append(p.Fields, lineFields(l, s, f)...)
	}
	return p
}

func lineFields(l commerce.QuoteLine, s state, f facts) []Field {
	key := strconv.Itoa(l.ID)
	seats, terms := strconv.Itoa(l.Quantity), planValue(l.Plan)
	for _, c := range s.Changes {
		if c.Line == l.ID {
			seats, terms = *cmp.Or(c.Seats, &seats), *cmp.Or(c.Plan, &terms)
		}
	}
	plans := Field{Key: fieldTerms + key, Kind: ChoiceField, Label: f.words.T("approval.propose_plan", "product", l.Name), Value: terms}
	offer, _ := f.catalogue.Offer(l.Offer)
	for _, plan := range offer.PlansFor(f.org, f.now) {
		plans.Options = append(plans.Options, Option{Value: planValue(plan.PlanID), Label: planName(f, plan.PlanID), Help: unitPrice(f, plan.PlanID, plan.Price)})
	}
	if !slices.ContainsFunc(plans.Options, func(o Option) bool { return o.Value == plans.Value }) {
		plans.Value = "" // it was forged, or is not sold any more
	}
	fields := []Field{{Key: fieldSeats + key, Kind: NumberField, Label: f.words.T("approval.propose_seats", "product", l.Name), Value: seats, Required: true, Min: 1, Max: l.Quantity}}
	if len(plans.Options) > 0 {
		fields = append(fields, plans)
	}
	return fields
}

// proposed is what an approver would approve instead.
func proposed(o commerce.Order, f facts) []Block {
	if o.State != commerce.StateChangesProposed || o.Approval.Proposal == nil {
		return nil
	}
	q := o.Approval.Proposal.Quote
	t := quoteTable(q, f)
	t.Caption = f.words.T("approval.instead")
	return []Block{{Table: t}, {Facts: []Fact{
		{Label: f.words.T("quote.charged"), Value: money(f, q.Charged), Strong: true}, {Label: f.words.T("quote.committed"), Value: money(f, q.Committed)},
	}}}
}

// answerActions are the buyer's answers to a proposal.
func answerActions(o commerce.Order, f facts) []Action {
	if o.State != commerce.StateChangesProposed || o.Approval == nil || o.Approval.Proposal == nil {
		return nil
	}
	hash := o.Approval.Proposal.Quote.Hash
	return []Action{
		{Ref: makeRef(verbAccepted, o.ID, hash), Label: f.words.T("approval.accept"), Style: Primary},
		{Ref: makeRef(verbDeclined, o.ID, hash), Label: f.words.T("approval.decline")},
	}
}

// approvalsPrompt lists what waits for the reader, and what they asked for.
func approvalsPrompt(f facts) Prompt {
	p := Prompt{Name: "approvals", Title: f.words.T("approvals.title")}
	p.Blocks = append(titled(f, "approvals.for_me", approvalItems(f.forMe, f)), titled(f, "approvals.mine", approvalItems(f.orders, f))...)
	if len(p.Blocks) == 0 {
		p.Blocks = []Block{paragraph(f.words.T("approvals.none"))}
	}
	p.Below = standingIn(f)
	p.Actions = append(delegateActions(f), startAction(f))
	return p
}

func approvalItems(orders []commerce.Order, f facts) []Block {
	var blocks []Block
	for _, o := range orders {
		blocks = append(blocks, Block{Item: approvalItem(o, f)})
	}
	return blocks
}

// approvalItem is a request in a list.
func approvalItem(o commerce.Order, f facts) *Item {
	item := orderItem(o, f)
	item.Lines = append(item.Lines, approvalNotice(o, f).Text)
	item.Actions = []Action{{Ref: makeRef(verbApproval, o.ID), Label: f.words.T("orders.show"), Name: f.words.T("approvals.show", "order", o.ID), Style: Primary}}
	return item
}

// required says what approval will be asked, of whom, and why.
func required(need commerce.Requirement, buyer string, f facts) []Block {
	if need.Approvals == 0 {
		return nil
	}
	o := commerce.Order{Buyer: buyer, Approval: &commerce.Approval{Need: need}}
	blocks := []Block{paragraph(f.words.N("payment.asked", need.Approvals, "names", askedOf(o, f)))}
	if why := reasons(need, f); len(why) > 0 {
		blocks = append(blocks, Block{List: &List{Title: f.words.T("approval.why"), Items: why}})
	}
	return blocks
}

// reasons are why approval is needed, a sentence each.
func reasons(need commerce.Requirement, f facts) []string {
	var lines []string
	for _, r := range need.Why {
		if r.Fact != "" {
			lines = append(lines, f.words.T("why."+r.Fact, "how", f.words.T("why.op."+string(r.Op), "limit", operand(r.Fact, r.Limit, f)), "value", operand(r.Fact, r.Value, f)))
		}
	}
	if len(lines) == 0 && need.Rule != "" {
		lines = append(lines, f.words.T("why.rule", "rule", need.Rule))
	}
	return lines
}

// operand is a side of a comparison, in the person's words.
func operand(fact string, o commerce.Operand, f facts) string {
	switch {
	case o.Number != nil:
		return f.words.Number(*o.Number)
	case !o.Money.None():
		return money(f, o.Money)
	}
	texts := make([]string, len(o.Texts))
	for i, t := range o.Texts {
		texts[i] = named(fact, t, f)
	}
	return f.words.Or(texts)
}

// named is a text of a condition by the name that people know.
func named(fact, text string, f facts) string {
	switch fact {
	case "products":
		if offer, ok := f.catalogue.Offer(text); ok {
			return offer.Name
		}
	case "groups":
		if groupNamed(text) != "" {
			return f.words.T("group." + text)
		}
	case "term":
		switch commerce.Term(text) {
		case commerce.Year, commerce.Month:
			return f.words.T("why.term." + text)
		}
	case "buyer":
		if p, ok := f.org.Person(text); ok {
			return p.Name
		}
	}
	return text
}
