package commerce

import (
	"testing"
	"time"
)

// What a month was: by order, and by what is left of terms that are paid by the month.
func TestSummarise(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	october := time.Date(2026, 10, 1, 0, 0, 0, 0, paris)
	eur := func(n string) Money {
		m, err := NewMoney(n, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	line := func(plan PlanID, provisioned time.Time) OrderLine {
		return OrderLine{QuoteLine: QuoteLine{CartLine: CartLine{Plan: plan, Quantity: 10}, Name: "P", Subtotal: eur("100")}, State: LineProvisioned, ProvisionedAt: provisioned}
	}
	yearly, monthly := PlanID{Year, Monthly}, PlanID{Month, Monthly}
	order := func(state State, submitted time.Time, change func(*Order)) Order {
		o := Order{State: state, SubmittedAt: submitted, Quote: Quote{Currency: "EUR", Committed: eur("1200")}}
		if change != nil {
			change(&o)
		}
		return o
	}
	paid := func(at time.Time, captured, refunded string) func(*Order) {
		return func(o *Order) {
			o.Payment.SecuredAt, o.Payment.Captured, o.Payment.Refunded = at, eur(captured), eur(refunded)
		}
	}
	lines := func(all ...OrderLine) func(*Order) { return func(o *Order) { o.Lines = all } }
	mid := october.AddDate(0, 0, 14)
	for name, c := range map[string]struct {
		order                       Order
		ordered                     int
		total, charged, waits, left string
	}{
		"ordered in it":                      {order(StateCompleted, mid, nil), 1, "1200", "0", "0", "0"},
		"in its first moment":                {order(StateCompleted, october, nil), 1, "1200", "0", "0", "0"},
		"a moment before":                    {order(StateCompleted, october.Add(-1), nil), 0, "0", "0", "0", "0"},
		"in the first after":                 {order(StateCompleted, october.AddDate(0, 1, 0), nil), 0, "0", "0", "0", "0"},
		"rejected":                           {order(StateRejected, mid, nil), 0, "0", "0", "0", "0"},
		"being called off":                   {order(StateCancelling, mid, nil), 0, "0", "0", "0", "0"},
		"waits":                              {order(StateAwaitingApproval, mid, nil), 1, "1200", "0", "1200", "0"},
		"waits since before":                 {order(StateAwaitingPayment, october.AddDate(0, 0, -3), nil), 0, "0", "0", "1200", "0"},
		"charged, and part of it given back": {order(StateCompleted, mid, paid(mid, "300", "100")), 1, "1200", "200", "0", "0"},
		"charged later":                      {order(StateCompleted, mid, paid(mid.AddDate(0, 1, 0), "300", "0")), 1, "1200", "0", "0", "0"},
		"a year, the first month":            {order(StateCompleted, october.AddDate(0, -1, 0), lines(line(yearly, mid))), 0, "0", "0", "0", "1100"},
		"a year, some months":                {order(StateCompleted, october.AddDate(0, -6, 0), lines(line(yearly, october.AddDate(0, -5, 3)))), 0, "0", "0", "0", "600"},
		"a year, its last month":             {order(StateCompleted, october.AddDate(-1, 0, 0), lines(line(yearly, october.AddDate(0, -11, 3)))), 0, "0", "0", "0", "0"},
		"a year that is over":                {order(StateCompleted, october.AddDate(-1, 0, 0), lines(line(yearly, october.AddDate(-1, 0, 3)))), 0, "0", "0", "0", "0"},
		"month to month":                     {order(StateCompleted, october.AddDate(0, -1, 0), lines(line(monthly, mid))), 0, "0", "0", "0", "0"},
		"delivered after it":                 {order(StateCompleted, october.AddDate(0, -1, 0), lines(line(yearly, october.AddDate(0, 1, 1)))), 0, "0", "0", "0", "0"},
		"two lines of which one failed":      {order(StateCompleted, october.AddDate(0, -1, 0), lines(line(yearly, mid), OrderLine{QuoteLine: line(yearly, mid).QuoteLine, State: LineFailed})), 0, "0", "0", "0", "1100"},
	} {
		got := Summarise([]Order{c.order}, "EUR", october)
		if len(got.Ordered) != c.ordered || !got.Total.Equal(eur(c.total)) || !got.Charged.Equal(eur(c.charged)) || !got.Waits.Equal(eur(c.waits)) || !got.OpenLeft.Equal(eur(c.left)) {
			t.Errorf("%s: %d ordered, %s; charged %s, waits %s, left %s", name, len(got.Ordered), got.Total, got.Charged, got.Waits, got.OpenLeft)
		}
		if nothing := c.ordered == 0 && c.charged == "0" && c.waits == "0" && c.left == "0"; got.Empty() != nothing {
			t.Errorf("%s: empty is %v", name, got.Empty())
		}
	}
	if m := MonthBefore(time.Date(2026, 10, 31, 23, 30, 0, 0, time.UTC), paris); !m.Equal(october) {
		t.Errorf("in Paris it is November, so October is over: %v", m)
	}
	if m := MonthBefore(time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC), paris); !m.Equal(time.Date(2026, 12, 1, 0, 0, 0, 0, paris)) {
		t.Errorf("before January comes December: %v", m)
	}
}
