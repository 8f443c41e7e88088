package conversations

import (
	"maps"
	"slices"
	"testing"
	"time"

	"cartwright/commerce"
)

const goldenLink = "https://cartwright.example/pay/0123456789abcdef0123456789abcdef"

// moments are orders in every state, and finer where people are told more finely. The
// name is that of the sentence.
func moments(t testing.TB) map[string]func(*commerce.Order) {
	t.Helper()
	in := func(s commerce.State, change ...func(*commerce.Order)) func(*commerce.Order) {
		return func(o *commerce.Order) {
			o.State = s
			for _, c := range change {
				c(o)
			}
		}
	}
	pay := func(status commerce.PaymentStatus) func(*commerce.Order) {
		return func(o *commerce.Order) { o.Payment.Status, o.Payment.Expires = status, morning.Add(24*time.Hour) }
	}
	all := map[string]func(*commerce.Order){
		"submitted":          in(commerce.StateSubmitted),
		"awaiting_approval":  in(commerce.StateAwaitingApproval),
		"changes_proposed":   in(commerce.StateChangesProposed),
		"link_coming":        in(commerce.StateAwaitingPayment),
		"awaiting_payment":   in(commerce.StateAwaitingPayment, pay(commerce.PaymentOpen)),
		"payment_declined":   in(commerce.StateAwaitingPayment, pay(commerce.PaymentOpen), func(o *commerce.Order) { o.Payment.Declined = true }),
		"payment_processing": in(commerce.StateAwaitingPayment, pay(commerce.PaymentProcessing)),
		"link_expired":       in(commerce.StateAwaitingPayment, pay(commerce.PaymentExpired)),
		"payment_secured":    in(commerce.StatePaymentSecured, pay(commerce.PaymentSecured)),
		"placing":            in(commerce.StatePlacing, pay(commerce.PaymentSecured)),
		"provisioning":       in(commerce.StateProvisioning, taken(t, commerce.LinePlaced, commerce.LinePlaced)),
		"assigning":          in(commerce.StateAssigning, taken(t, commerce.LineProvisioned, commerce.LineProvisioned)),
		"slowed":             in(commerce.StateAssigning, taken(t, commerce.LineProvisioned, commerce.LineProvisioned), slowed),
		"not_yet":            in(commerce.StateAssigning, taken(t, commerce.LineProvisioned, commerce.LineProvisioned), notYet),
		"completed":          in(commerce.StateCompleted, taken(t, commerce.LineProvisioned, commerce.LineProvisioned)),
		"completed_partly": in(commerce.StateCompleted, taken(t, commerce.LineProvisioned, commerce.LineFailed), func(o *commerce.Order) {
			o.Payment.Refunded = o.Lines[1].Subtotal.Plus(o.Lines[1].Subtotal.Percent(o.Quote.TaxRate))
		}),
		"completed_people_failed": in(commerce.StateCompleted, taken(t, commerce.LineProvisioned, commerce.LineProvisioned)),
		"completed_not_yet":       in(commerce.StateCompleted, taken(t, commerce.LineProvisioned, commerce.LineProvisioned), notYet),
		"rejected":                in(commerce.StateRejected),
		"gone":                    in(commerce.StateRejected, func(o *commerce.Order) { o.Reason = commerce.CodeOfferGone }),
		"approval_expired":        in(commerce.StateExpired, func(o *commerce.Order) { o.Reason = commerce.CodeApprovalExpired }),
		"expired":                 in(commerce.StateExpired, pay(commerce.PaymentExpired)),
		"cancelling":              in(commerce.StateCancelling, pay(commerce.PaymentOpen)),
		"cancelled":               in(commerce.StateCancelled, pay(commerce.PaymentVoided)),
		"failed_refused": in(commerce.StateFailed, lines(commerce.LineRefused, commerce.LineRefused), pay(commerce.PaymentVoided),
			func(o *commerce.Order) { o.Reason = commerce.CodeVendorRefused }),
		"failed_provisioning": in(commerce.StateFailed, taken(t, commerce.LineFailed, commerce.LineFailed), func(o *commerce.Order) {
			o.Reason, o.Payment.Refunded = commerce.CodeProvisioning, o.Quote.Total
		}),
	}
	maps.Copy(all, handOffMoments())
	return all
}

func lines(states ...commerce.LineState) func(*commerce.Order) {
	return func(o *commerce.Order) {
		for i := range o.Lines {
			o.Lines[i].State = states[i]
		}
	}
}

// notYet is an order whose licences Microsoft does not give yet.
func notYet(o *commerce.Order) {
	o.Lines[0].AskAgain, o.Lines[0].People.Failed = morning.Add(10*time.Minute), 1
}

// slowed is an order whose licences Microsoft wants to be asked for more slowly.
func slowed(o *commerce.Order) {
	o.Lines[0].Slow = commerce.Slow{Since: morning, Until: morning.Add(time.Minute)}
}

// taken is an order that the vendor took and that was paid.
func taken(t testing.TB, states ...commerce.LineState) func(*commerce.Order) {
	t.Helper()
	return func(o *commerce.Order) {
		lines(states...)(o)
		o.VendorOrder, o.Payment.Status, o.Payment.Captured = "SB-x1y2z3", commerce.PaymentCaptured, o.Quote.Total
		for i := range o.Lines {
			o.Lines[i].UndoUntil = morning.Add(time.Duration(7+i) * 24 * time.Hour)
		}
	}
}

func momentGoldens(t *testing.T, at place) map[string]golden {
	all := map[string]golden{}
	for name, change := range moments(t) {
		if at.lacks("order-" + name) {
			continue
		}
		f := goldenFacts(t, at)
		if handOffMoments()[name] != nil {
			f = f.buyingThere().two(t).quoted(t, nil)
		}
		f = f.ordered(t, change)
		if f.order.Payable(f.now) {
			f.link = goldenLink
		}
		served(&f, name)
		all["order-"+name] = golden{state{Step: stepOrder, Order: f.order.ID}, f}
	}
	return all
}

// served gives people their licences as far as the moment is.
func served(f *facts, moment string) {
	done := 0
	switch moment {
	case "assigning", "slowed":
		done = 12
	case "completed", "completed_partly", "completed_people_failed":
		done = len(f.assigned)
	}
	f.assigned = slices.Clone(f.assigned)
	for i := range f.assigned[:done] {
		if f.assigned[i].State == commerce.AssignPending {
			f.assigned[i].State = commerce.AssignDone
		}
	}
	if moment == "completed_people_failed" {
		f.assigned[0].State, f.assigned[0].Reason = commerce.AssignFailed, commerce.ReasonUnavailable
		f.assigned[1].State, f.assigned[1].Reason = commerce.AssignFailed, commerce.ReasonConflict
		f.assigned[2].State, f.assigned[2].Reason = commerce.AssignSkipped, commerce.ReasonHasLicence
	}
	for i := range f.assigned {
		if a := &f.assigned[i]; a.State == commerce.AssignPending && (moment == "not_yet" && i < 20 || moment == "completed_not_yet") {
			a.Reason = commerce.ReasonNotYet
			if moment == "completed_not_yet" {
				a.State = commerce.AssignFailed
			}
		}
	}
	counted(&f.order, f.assigned)
}

// counted brings the order's counts up to date, as the ledger's order has them.
func counted(o *commerce.Order, people []commerce.Assignment) {
	for i := range o.Lines {
		o.Lines[i].People = commerce.Progress{}
	}
	for _, a := range people {
		p := &o.Line(a.Line).People
		switch a.State {
		case commerce.AssignSkipped:
			p.Skipped++
			continue
		case commerce.AssignDone:
			p.Assigned++
		case commerce.AssignFailed:
			p.Failed++
		}
		p.Total++
	}
}

func orderGoldens(t *testing.T, at place) map[string]golden {
	f := goldenFacts(t, at)
	made := moments(t)
	completed := f.ordered(t, made["completed"])
	if at.cloud == commerce.Worldwide {
		served(&completed, "completed_people_failed")
	}
	resolved := f.ordered(t, made["failed_provisioning"])
	resolved.order.Outcome = "Refunded by bank transfer, see ticket 4711."
	small := f.with(t, lineOf("visio", month, 1, false)).quoted(t, nil).ordered(t, made["completed"])
	colleague := f.ordered(t, made["awaiting_payment"])
	colleague.link = goldenLink
	colleague = colleague.as("bruno", "Bruno", commerce.Approver)
	step := state{Step: stepOrder, Order: "CW-1042"}
	list := f
	list.orders, list.more = several(t, f), true
	last := f.as("bruno", "Bruno", commerce.Approver)
	last.orders = list.orders[:1]
	many := f
	many.people.People = goldenPeople(60)
	many = many.with(t, lineOf("premium", annual, 60, true)).quoted(t, nil).ordered(t, nil)
	return map[string]golden{
		"order-small":         {step, small},
		"order-resolved":      {step, resolved},
		"order-of-another":    {step, colleague},
		"order-not-possible":  {step.fail(commerce.Refuse(commerce.CodeOrderState, "state", "completed"), ""), completed},
		"orders-none":         {state{Step: stepOrders}, f},
		"orders":              {state{Step: stepOrders}, list},
		"orders-last-page":    {state{Step: stepOrders, Page: 3}, last},
		"people":              {state{Step: stepPeople, Order: "CW-1042"}, completed},
		"people-second-page":  {state{Step: stepPeople, Order: "CW-1042", Page: 1}, many},
		"people-past-the-end": {state{Step: stepPeople, Order: "CW-1042", Page: 99}, many},
		"people-nobody":       {state{Step: stepPeople, Order: "CW-1042"}, small},
	}
}

// several are orders in different states, of one line and of more.
func several(t *testing.T, f facts) []commerce.Order {
	t.Helper()
	var orders []commerce.Order
	for i, name := range []string{"awaiting_payment", "provisioning", "completed", "expired", "cancelled", "failed_refused"} {
		g := f
		if i%2 == 1 {
			g = f.with(t, lineOf("visio", month, 1, false)).quoted(t, nil)
		}
		o := g.ordered(t, moments(t)[name]).order
		o.ID = "CW-104" + string(rune('9'-i))
		orders = append(orders, o)
	}
	return orders
}
