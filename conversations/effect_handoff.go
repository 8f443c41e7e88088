package conversations

import (
	"context"

	"cartwright/commerce"
)

// saidBought is what the buyer says of an order that they buy at Microsoft. The bot looks
// at once, and says what it saw.
type saidBought struct {
	id string
	do changes
}

// changes picks a change of an order.
type changes = func(s *commerce.Service) changeOrder

func (e saidBought) carryOut(ctx context.Context, s *commerce.Service, r commerce.Request) (result, error) {
	order, err := e.do(s)(ctx, r, e.id)
	return result{order: order}, err
}

func (e saidBought) then(s state, res result, err error) state {
	s.Step, s.Order = stepOrder, e.id
	switch {
	case err != nil:
		return s.fail(err, "")
	case res.order.State != commerce.StateHandedOver:
		return s // the order says how it went on
	case !res.order.HandOff.Answered():
		return s.say(Warning, "notice.look_asked")
	case res.order.SeenAny():
		return s.say(Plain, "notice.looked_some")
	}
	return s.say(Plain, "notice.looked_nothing")
}

func bought(s *commerce.Service) changeOrder       { return s.Bought }
func boughtNoMore(s *commerce.Service) changeOrder { return s.BoughtNoMore }
func stillWanted(s *commerce.Service) changeOrder  { return s.StillWanted }
