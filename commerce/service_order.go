package commerce

import (
	"context"
	"net/http"
)

// Submit makes an order of the cart at revision, whose quote with that hash the buyer
// saw. A second submit of the same cart, by whatever event, answers the first one's order.
func (s *Service) Submit(ctx context.Context, r Request, revision int, hash string) (Order, error) {
	org, ports, err := s.organisation(r.Actor.Organisation)
	if err != nil {
		return Order{}, err
	}
	err = Authorise(org, r.Actor, Buyer)
	if err != nil {
		return Order{}, err
	}
	// Read before the transaction, and fresh: nothing outside is called inside it.
	seats := readSeats(ctx, org, ports.Licensor, s.readTime(), s.Now)
	people := s.Unlicensed(ctx, org.ID)
	id, _, err := s.once(ctx, r.Event, func(tx Tx) (string, error) {
		err := tx.Lock(org.ID)
		if err != nil {
			return "", err
		}
		made, found, err := tx.OrderOfCart(org.ID, r.Actor.Person, revision)
		if err != nil || found {
			return made.ID, err
		}
		cart, err := tx.Cart(org.ID, r.Actor.Person)
		if err != nil {
			return "", err
		}
		open, err := tx.OpenSeats(org.ID, seats.asOf)
		if err != nil {
			return "", err
		}
		shelf := s.shelf(org, seats, open)
		err = submittable(cart, revision, hash, shelf, people.Known)
		if err != nil {
			return "", err
		}
		return s.submit(tx, r, cart, shelf, people.People, ports.Gateway == nil)
	})
	if err != nil {
		return Order{}, err
	}
	return s.Ledger.Order(ctx, org.ID, id)
}

// submittable says why the cart cannot become an order, nil where it can.
func submittable(c Cart, revision int, hash string, shelf Shelf, peopleKnown bool) error {
	switch {
	case !shelf.Organisation.Buying:
		return Refuse(CodeBuyingStopped)
	case c.Revision != revision || c.Quote == nil || c.Quote.Hash != hash:
		return Refuse(CodeStale)
	case !shelf.Now.Before(c.Quote.Expires):
		return Refuse(CodeQuoteExpired)
	case !c.Quote.Accepted:
		return Refuse(CodePriceMoved)
	}
	for _, l := range c.Lines {
		offer, ok := shelf.Offer(l.Offer)
		if !ok {
			return Refuse(CodeCartInvalid)
		}
		err := shelf.Certain(offer)
		if err != nil {
			return err
		}
		if l.AutoAssign && !peopleKnown {
			return Refuse(CodeUnavailable)
		}
		err = shelf.Problem(c, l)
		if err != nil {
			return err
		}
	}
	return nil
}

// submit writes the order, its people and its audit, and empties the cart. microsoft: it is
// paid there.
func (s *Service) submit(tx Tx, r Request, cart Cart, shelf Shelf, people []User, microsoft bool) (string, error) {
	id, err := tx.NextOrderID()
	if err != nil {
		return "", err
	}
	order, assignments := NewOrder(id, random128(), r.Actor, cart, shelf, people)
	order.handsOver(microsoft)
	org := shelf.Organisation
	spent, err := tx.Spent(org.ID, shelf.Now.Add(-SpentWindow))
	if err != nil {
		return "", err
	}
	need, err := org.Policy.Evaluate(FactsOf(order.Quote, org, shelf.Catalogue, order.Buyer, sum(spent, "")))
	if err != nil {
		return "", err
	}
	err = order.admit(need, shelf.Now, s.Timings)
	if err != nil {
		return "", err
	}
	err = s.keep(tx, order, r.Actor, r.Event, "order.submitted", map[string]any{
		"quote": order.Quote, "policy": need, "people": len(assignments),
	})
	if err != nil {
		return "", err
	}
	err = tx.SaveAssignments(assignments)
	if err != nil {
		return "", err
	}
	return id, tx.SaveCart(cart.Without(shelf.Now, func(CartLine) bool { return true }))
}

// Order finds an order that the actor may see.
func (s *Service) Order(ctx context.Context, actor Actor, id string) (Order, error) {
	org, _, err := s.organisation(actor.Organisation)
	if err != nil {
		return Order{}, err
	}
	err = mayRead(org, actor)
	if err != nil {
		return Order{}, err
	}
	return s.Ledger.Order(ctx, org.ID, id)
}

// Orders lists the organisation's orders, newest first.
func (s *Service) Orders(ctx context.Context, actor Actor, offset, limit int) ([]Order, error) {
	org, _, err := s.organisation(actor.Organisation)
	if err != nil {
		return nil, err
	}
	err = mayRead(org, actor)
	if err != nil {
		return nil, err
	}
	return s.Ledger.Orders(ctx, OrderQuery{Organisation: org.ID, Offset: offset, Limit: limit})
}

// OrdersUnderWay lists the first of the organisation's orders that have not ended, newest
// first.
func (s *Service) OrdersUnderWay(ctx context.Context, actor Actor, limit int) ([]Order, error) {
	org, _, err := s.organisation(actor.Organisation)
	if err != nil {
		return nil, err
	}
	err = mayRead(org, actor)
	if err != nil {
		return nil, err
	}
	return s.Ledger.Orders(ctx, OrderQuery{Organisation: org.ID, UnderWay: true, Limit: limit})
}

// mayRead lets everyone see the organisation's orders who holds any role in it.
func mayRead(org Organisation, actor Actor) error {
	if !actor.Failed && actor.Organisation == org.ID && actor.Person != "" && len(actor.Roles) > 0 {
		return nil
	}
	return Authorise(org, actor, Buyer)
}

// People lists who gets licences by an order, by line and then by name. Whether the
// reader may see it was asked with the order.
func (s *Service) People(ctx context.Context, o Order) ([]Assignment, error) {
	people, err := s.Ledger.Assignments(ctx, o.ID)
	return inOrder(people), err
}

// Cancel calls an order off before anything was placed; what was paid is let go.
func (s *Service) Cancel(ctx context.Context, r Request, id string) (Order, error) {
	return s.changeOrder(ctx, r, id, "order.cancelled", func(_ Tx, o *Order) error {
		if !o.State.Cancellable() {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		return o.to(StateCancelling, s.Now())
	})
}

// NewLink replaces a payment link that has expired.
func (s *Service) NewLink(ctx context.Context, r Request, id string) (Order, error) {
	return s.changeOrder(ctx, r, id, "payment.link_asked", func(_ Tx, o *Order) error {
		if !o.Links(s.Now()) {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		o.relink()
		return nil
	})
}

// RetryPeople tries again those whose assignment failed, and nobody else.
func (s *Service) RetryPeople(ctx context.Context, r Request, id string) (Order, error) {
	return s.changeOrder(ctx, r, id, "assignment.retried", func(tx Tx, o *Order) error {
		if o.State != StateCompleted || o.People().Failed == 0 {
			return Refuse(CodeOrderState, "state", string(o.State))
		}
		return s.retryPeople(tx, o)
	})
}

func (s *Service) retryPeople(tx Tx, o *Order) error {
	all, err := tx.Assignments(o.ID)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].State == AssignFailed {
			all[i].State, all[i].Reason = again(all[i])
		}
	}
	o.count(all)
	err = tx.SaveAssignments(all)
	if err != nil {
		return err
	}
	return o.to(StateAssigning, s.Now())
}

// changeOrder is the one way in which a person changes an order: its buyer, who still
// is one, once for an event.
func (s *Service) changeOrder(ctx context.Context, r Request, id, action string, fn func(Tx, *Order) error) (Order, error) {
	org, _, err := s.organisation(r.Actor.Organisation)
	if err != nil {
		return Order{}, err
	}
	err = Authorise(org, r.Actor, Buyer)
	if err != nil {
		return Order{}, err
	}
	_, _, err = s.once(ctx, r.Event, func(tx Tx) (string, error) {
		o, err := tx.Order(id)
		switch {
		case err != nil:
			return "", err
		case o.Organisation != org.ID:
			return "", Refuse(CodeNotFound)
		case o.Buyer != r.Actor.Person:
			return "", Refuse(CodeNotAllowed, "role", string(Buyer), "ask", []string{o.BuyerName})
		}
		was := o.QuoteShown()
		err = fn(tx, &o)
		if err != nil {
			return "", err
		}
		o.Version++
		data := map[string]any{"state": o.State, "quote": o.Quote.Hash, "seen": was}
		if o.HandedOver() {
			data["tally"] = o.tally()
		}
		if o.Approval != nil {
			data["why"] = o.Approval.Why
		}
		return o.ID, s.keep(tx, o, r.Actor, r.Event, action, data)
	})
	if err != nil {
		return Order{}, err
	}
	return s.Ledger.Order(ctx, org.ID, id)
}

// QuoteShown is the hash of the quote that people are asked about, or were last: a
// proposal's, or the order's own.
func (o Order) QuoteShown() string {
	if o.State == StateChangesProposed && o.Approval != nil && o.Approval.Proposal != nil {
		return o.Approval.Proposal.Quote.Hash
	}
	return o.Quote.Hash
}

// PaymentPage is where the payer of a link goes. CodeNotFound: no such token;
// CodeLinkExpired, CodeOrderState: the link does not work any more. It changes nothing.
func (s *Service) PaymentPage(ctx context.Context, token string) (url, locale string, err error) {
	o, err := s.Ledger.ByPaymentToken(ctx, token)
	if err != nil {
		return "", "", err
	}
	switch {
	case o.Payable(s.Now()):
		return o.Payment.URL, o.Locale, nil
	case o.State == StateAwaitingPayment && o.Payment.Status != PaymentProcessing, o.State == StateExpired:
		return "", o.Locale, Refuse(CodeLinkExpired, "order", o.ID)
	}
	return "", o.Locale, Refuse(CodeOrderState, "state", string(o.State), "order", o.ID)
}

// PaymentLink is the address to send the payer of an order to, "" while there is none
// that works.
func (s *Service) PaymentLink(ctx context.Context, o Order) (string, error) {
	if !o.Payable(s.Now()) {
		return "", nil
	}
	token, err := s.Ledger.PaymentToken(ctx, o.ID)
	if err != nil || token == "" {
		return "", err
	}
	return s.PublicURL + "/pay/" + token, nil
}

// PaymentEvent takes a message of a backend's gateway. A repeat changes nothing; an
// error means that the gateway should send it again.
func (s *Service) PaymentEvent(ctx context.Context, b Backend, raw []byte, header http.Header) error {
	ports, ok := s.Backends[b]
	if !ok || ports.Gateway == nil {
		return Refuse(CodeNotFound)
	}
	event, err := ports.Gateway.Event(raw, header)
	if err != nil {
		return err
	}
	_, _, err = s.once(ctx, "payment:"+string(b)+":"+event.ID, func(tx Tx) (string, error) {
		o, err := tx.OrderOfSession(event.Session)
		if IsCode(err, CodeNotFound) {
			o, err = s.orphan(tx, event)
		}
		if err != nil {
			return "", err
		}
		return o.ID, s.hear(tx, o, b, event)
	})
	return err
}

// orphan finds the order of a session that was opened by a call whose answer was lost.
func (s *Service) orphan(tx Tx, event PaymentEvent) (Order, error) {
	o, err := tx.Order(event.Order)
	if err == nil && o.Payment.Session == "" {
		o.Payment.Session = event.Session
	}
	return o, err
}

func (s *Service) hear(tx Tx, o Order, b Backend, event PaymentEvent) error {
	org, _ := s.Organisations(o.Organisation)
	if o.Payment.Session != event.Session || org.Backend != b {
		return s.note(tx, o, "payment.ignored", event) // of a link that was replaced, and voided then
	}
	before := o.Payment
	err := o.heard(event.Status, event.Declined, s.Now())
	if err != nil {
		return err
	}
	if o.Payment == before && event.Status != PaymentOpen {
		return s.note(tx, o, "payment.repeated", event)
	}
	o.Version++
	return s.keep(tx, o, Bot, "", "payment."+string(event.Status), map[string]any{"declined": event.Declined, "gateway_event": event.ID})
}

// note writes an audit entry and changes nothing.
func (s *Service) note(tx Tx, o Order, action string, event PaymentEvent) error {
	e, err := s.entry(o, Bot, "", action, map[string]any{"status": event.Status, "gateway_event": event.ID})
	if err != nil {
		return err
	}
	return tx.Append(e)
}
