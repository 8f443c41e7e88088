package conversations

import (
	"context"
	"slices"

	"cartwright/commerce"
)

// Overview is what a platform shows on a page of its own to an account of an
// organisation: what waits for the person, their cart, the orders under way, and all that
// can be begun. It takes no step and changes nothing.
func (e *Engine) Overview(ctx context.Context, organisation string, account Account) Prompt {
	ev := Event{ID: account.Platform + ":overview", Organisation: organisation, Account: account}
	f, ok := e.meet(ctx, ev)
	if !ok {
		return trouble(f, commerce.Refuse(commerce.CodeNotFound))
	}
	f, err := e.ground(ctx, f)
	if err == nil && f.reads() {
		f.orders, err = e.Service.OrdersUnderWay(ctx, f.actor, 2*pageSize+1)
	}
	if err == nil && f.reads() && len(f.org.Policy.Roles()) > 0 {
		f, err = e.gatherVoter(ctx, f)
	}
	if err == nil && f.mayAnswer() {
		f.forMe, _, err = e.Service.Approvals(ctx, f.actor)
	}
	links := map[string]string{}
	for _, o := range f.orders {
		if err == nil && waitsFor(f, o) {
			links[o.ID], err = e.Service.PaymentLink(ctx, o)
		}
	}
	if err != nil {
		return e.stumble(ctx, f, ev, err).Prompt
	}
	return overviewPrompt(links, f)
}

// Look is what the event would show, with no step taken and nothing changed: for platforms
// that show a message to each of its readers as it is for them.
func (e *Engine) Look(ctx context.Context, ev Event) Prompt {
	return e.seen(ctx, ev, func(f facts) (state, error) {
		s, eff := advance(state{}, ev, f)
		if eff != nil {
			return s, commerce.Refuse(commerce.CodeNotFound) // it would change something
		}
		return s, nil
	})
}

// seen is the prompt of a state, which is what the facts make of it.
func (e *Engine) seen(ctx context.Context, ev Event, of func(facts) (state, error)) Prompt {
	f, ok := e.meet(ctx, ev)
	if !ok {
		return trouble(f, commerce.Refuse(commerce.CodeNotFound))
	}
	f, err := e.ground(ctx, f)
	var s state
	if err == nil {
		s, err = of(f)
	}
	var p Prompt
	if err == nil {
		p, err = e.show(ctx, s, f)
	}
	if err != nil {
		return e.stumble(ctx, f, ev, err).Prompt
	}
	return p
}

// Question is what is asked before the event's click is sent, for platforms that cannot ask
// by themselves. ok is false where the click is not there any more, or asks nothing. It takes
// no step and changes nothing.
func (e *Engine) Question(ctx context.Context, ev Event) (c Confirm, ok bool) {
	p := e.seen(ctx, ev, func(facts) (state, error) {
		saved, _, err := e.Store.Load(ctx, Key{Organisation: ev.Organisation, Account: ev.Account})
		return decodeState(saved), err
	})
	c, ok = p.question(ev.Ref)
	for _, verb := range []string{verbApproval, verbOrder} {
		if about := readRef(ev.Ref).text(0); !ok && about != "" {
			look := ev
			look.Ref = makeRef(verb, about)
			c, ok = e.Look(ctx, look).question(ev.Ref)
		}
	}
	return c, ok
}

// question is what the prompt asks before it sends the ref.
func (p Prompt) question(ref string) (c Confirm, ok bool) {
	actions := slices.Clone(p.Actions)
	for _, b := range slices.Concat(p.Blocks, p.Below) {
		if b.Item != nil {
			actions = append(actions, b.Item.Actions...)
		}
	}
	i := slices.IndexFunc(actions, func(a Action) bool { return a.Ref == ref && a.Confirm != nil })
	if i < 0 {
		return c, false
	}
	return *actions[i].Confirm, true
}

// waitsFor reports whether the order goes on by what the reader does.
func waitsFor(f facts, o commerce.Order) bool {
	return o.Buyer == f.actor.Person && (o.State == commerce.StateAwaitingPayment || o.State == commerce.StateHandedOver)
}

func overviewPrompt(links map[string]string, f facts) Prompt {
	if denial(stepHome, f) != nil && !f.reads() {
		return finished(refusal(stepHome, f), f)
	}
	p := Prompt{Name: "overview", Title: f.words.T("home.title", "name", f.actor.Name)}
	waiting := approvalItems(f.forMe[:min(len(f.forMe), pageSize)], f)
	var others []Block
	for _, o := range f.orders[:min(len(f.orders), 2*pageSize)] {
		switch {
		case slices.ContainsFunc(f.forMe, func(other commerce.Order) bool { return other.ID == o.ID }):
		case waitsFor(f, o):
			waiting = append(waiting, Block{Item: overviewItem(o, links[o.ID], f)})
		default:
			others = append(others, Block{Item: overviewItem(o, "", f)})
		}
	}
	p.Blocks = append(p.Blocks, titled(f, "overview.waiting", waiting)...)
	p.Blocks = append(p.Blocks, titled(f, "overview.cart", openCart(f))...)
	p.Blocks = append(p.Blocks, titled(f, "overview.orders", others)...)
	if len(p.Blocks) == 0 {
		p.Blocks = []Block{paragraph(f.words.T("overview.nothing"))}
	}
	if len(f.orders) > 2*pageSize {
		p.Blocks = append(p.Blocks, muted(f.words.T("overview.more")))
	}
	p.Actions = homePrompt(f).Actions
	if denial(stepHome, f) != nil {
		p.Actions = waysOut(f)
	}
	return finished(p, f)
}

// finished names the organisation and the language, as every prompt does.
func finished(p Prompt, f facts) Prompt {
	p.Organisation, p.Locale = f.org.Name, f.words.Lang()
	return p
}

// titled is a heading with blocks, nothing where there are none.
func titled(f facts, key string, blocks []Block) []Block {
	if len(blocks) == 0 {
		return nil
	}
	return append([]Block{{Heading: f.words.T(key)}}, blocks...)
}

func overviewItem(o commerce.Order, link string, f facts) *Item {
	item := orderItem(o, f)
	if link != "" {
		item.Actions = append([]Action{{Label: f.words.T("order.pay"), Name: f.words.T("overview.pay_order", "order", o.ID), URL: link, Style: Primary}}, item.Actions...)
	}
	return item
}

// openCart is what is in the cart, in a line for each product.
func openCart(f facts) []Block {
	if len(f.cart.Lines) == 0 || !f.mayBuy() {
		return nil
	}
	item := &Item{Title: f.words.N("action.cart_lines", len(f.cart.Lines))}
	for _, l := range f.cart.Lines {
		name := l.Offer
		if offer, ok := f.shelf.Catalogue.Offer(l.Offer); ok {
			name = offer.Name
		}
		item.Lines = append(item.Lines, f.words.N("overview.cart_line", l.Quantity, "product", name, "plan", planName(f, l.Plan)))
	}
	item.Actions = []Action{{Ref: makeRef(verbCart), Label: f.words.T("overview.go_on"), Name: f.words.T("overview.go_on"), Style: Primary}}
	return []Block{{Item: item}}
}
