package conversations

import (
	"context"

	"cartwright/commerce"
)

// effect is what a step asks the domain to do. Each carries what the clicked control was
// printed with, and is safe to repeat for the same event.
type effect interface {
	// carryOut does it.
	carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error)
	// then is the state that follows.
	then(s state, res result, err error) state
}

// result is what an effect brought.
type result struct {
	cart   commerce.Cart
	order  commerce.Order
	owned  []commerce.Subscription
	known  bool // whether owned could be read
	people []commerce.User
	task   commerce.Task
}

// putLine adds a cart line or changes one.
type putLine struct {
	revision int
	line     commerce.CartLine
	onward   func(s state, now commerce.Cart) state // from the cart with the line; nil: the cart is shown
}

func (e putLine) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	cart, err := s.Put(ctx, r, e.revision, e.line)
	return result{cart: cart}, err
}

func (e putLine) then(s state, res result, err error) state {
	switch commerce.CodeOf(err) {
	case "":
		s.Step, s.Form = stepCart, form{}
		if e.onward != nil {
			s = e.onward(s, res.cart)
		}
		return s
	case commerce.CodeQuantity, commerce.CodeOverCap:
		return s.fail(err, fieldQuantity)
	case commerce.CodeStale:
		s.Step = stepCart
	}
	return s.fail(err, "")
}

// cartChange is a change that leads back to the cart.
type cartChange struct {
	do func(ctx context.Context, s *commerce.Service, r commerce.Request) (commerce.Cart, error)
}

func (e cartChange) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	cart, err := e.do(ctx, s, r)
	return result{cart: cart}, err
}

func (e cartChange) then(s state, _ result, err error) state {
	s.Step = stepCart
	if err != nil {
		return s.fail(err, "")
	}
	return s
}

func removeLine(revision, line int) effect {
	return cartChange{func(ctx context.Context, s *commerce.Service, r commerce.Request) (commerce.Cart, error) {
		return s.Remove(ctx, r, revision, line)
	}}
}

func emptyCart(revision int) effect {
	return cartChange{func(ctx context.Context, s *commerce.Service, r commerce.Request) (commerce.Cart, error) {
		return s.Empty(ctx, r, revision)
	}}
}

func fixCart(revision int) effect {
	return cartChange{func(ctx context.Context, s *commerce.Service, r commerce.Request) (commerce.Cart, error) {
		return s.RemoveInvalid(ctx, r, revision)
	}}
}

// quote asks for the prices of the cart.
type quote struct{ revision int }

func (e quote) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	cart, err := s.Quote(ctx, r, e.revision)
	return result{cart: cart}, err
}

func (e quote) then(s state, res result, err error) state {
	if err == nil && res.cart.Quote == nil {
		err = commerce.Refuse(commerce.CodeStale) // a repeat, and the cart has changed since the first time
	}
	if err != nil {
		s.Step = stepCart
		return s.fail(err, "")
	}
	s.Step, s.Revision, s.Hash = stepCheck, res.cart.Revision, res.cart.Quote.Hash
	return s
}

// acceptPrices accepts prices that have moved.
type acceptPrices struct{ hash string }

func (e acceptPrices) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	cart, err := s.AcceptPrices(ctx, r, e.hash)
	return result{cart: cart}, err
}

func (e acceptPrices) then(s state, _ result, err error) state {
	if err != nil {
		s.Step = stepCart
		return s.fail(err, "")
	}
	s.Step = stepCheck
	return s
}

// submit places the order.
type submit struct {
	revision int
	hash     string
}

func (e submit) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	order, err := s.Submit(ctx, r, e.revision, e.hash)
	return result{order: order}, err
}

func (e submit) then(s state, res result, err error) state {
	if err == nil {
		s.Step, s.Order, s.Revision, s.Hash = stepSubmitted, res.order.ID, 0, ""
		return s
	}
	// Whatever hindered it, nothing was bought, and the cart is where it is mended.
	s.Step, s.Revision, s.Hash = stepCart, 0, ""
	return s.fail(err, "")
}

// orderChange is a change of an order that leads back to the order.
type orderChange struct {
	id   string
	done string // what is said once it is done, "" for nothing
	do   func(s *commerce.Service) func(context.Context, commerce.Request, string) (commerce.Order, error)
}

func (e orderChange) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	order, err := e.do(s)(ctx, r, e.id)
	return result{order: order}, err
}

func (e orderChange) then(s state, _ result, err error) state {
	s.Step, s.Order = stepOrder, e.id
	switch {
	case err != nil:
		return s.fail(err, "")
	case e.done != "":
		return s.say(Good, e.done)
	}
	return s
}

type changeOrder = func(context.Context, commerce.Request, string) (commerce.Order, error)

func cancelOrder(s *commerce.Service) changeOrder { return s.Cancel }
func newLink(s *commerce.Service) changeOrder     { return s.NewLink }
func retryPeople(s *commerce.Service) changeOrder { return s.RetryPeople }
