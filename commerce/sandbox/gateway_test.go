package sandbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
)

func (l *lab) request(key, order, amount string) commerce.PaymentRequest {
	return commerce.PaymentRequest{
		Key: key, Order: order, Amount: money(amount), Expires: l.clock.Now().Add(24 * time.Hour),
		Return: "http://bot.example/", Locale: "fr", Merchant: "Contoso SARL",
		Lines: []commerce.QuoteLine{{
			CartLine: commerce.CartLine{ID: 1, Offer: basic.ID, Plan: yearly, Quantity: 2},
			Name:     basic.Name, Unit: money("5.00 EUR"), Subtotal: money("10.00 EUR"),
		}},
	}
}

func (l *lab) open(key, order, amount string) commerce.Session {
	l.t.Helper()
	s, err := l.Gateway().Open(l.t.Context(), contoso, l.request(key, order, amount))
	if err != nil {
		l.t.Fatal(err)
	}
	return s
}

func (l *lab) pay(id, outcome string) {
	l.t.Helper()
	if err := l.Pay(l.t.Context(), id, outcome, ""); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) session(key string) commerce.Session {
	l.t.Helper()
	s, err := l.Gateway().LookUp(l.t.Context(), contoso, key)
	if err != nil {
		l.t.Fatal(err)
	}
	return s
}

func TestAKeyOpensOnePage(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		opened := make([]commerce.Session, 8)
		atOnce(len(opened), func(i int) { opened[i] = l.open("k", "CW-1", "12.00 EUR") })
		for _, s := range opened[1:] {
			if diff := cmp.Diff(opened[0], s); diff != "" {
				l.t.Errorf("another page:\n%s", diff)
			}
		}
		if s := opened[0]; len(s.ID) != 22 || s.URL != "http://bot.example/sandbox/pay/"+s.ID || s.Status != commerce.PaymentOpen {
			l.t.Errorf("opened %+v", s)
		}
		for name, r := range map[string]commerce.PaymentRequest{
			"another amount": l.request("k", "CW-1", "12.01 EUR"), "another order": l.request("k", "CW-2", "12.00 EUR"),
			"nothing to pay": l.request("n", "CW-1", "0.00 EUR"), "less than nothing": l.request("m", "CW-1", "-1.00 EUR"),
			"half a cent": l.request("h", "CW-1", "1.005 EUR"), "no key": l.request("", "CW-1", "1.00 EUR"),
		} {
			if _, err := l.Gateway().Open(l.t.Context(), contoso, r); !commerce.IsCode(err, commerce.CodeInternal) || !errors.As(err, new(*commerce.Error)) {
				l.t.Errorf("%s: %v", name, err)
			}
		}
		late := l.request("late", "CW-1", "1.00 EUR")
		late.Expires = l.clock.Now()
		if _, err := l.Gateway().Open(l.t.Context(), contoso, late); !commerce.IsCode(err, commerce.CodeLinkExpired) {
			l.t.Errorf("a page without time: %v", err)
		}
		if n := l.count(`SELECT count(*) FROM sandbox_sessions`); n != 1 {
			l.t.Errorf("%d pages", n)
		}
		if _, err := l.Gateway().LookUp(l.t.Context(), contoso, "late"); !errors.Is(err, commerce.ErrNoTrace) {
			l.t.Errorf("a page that was not opened: %v", err)
		}
		if _, err := l.Gateway().LookUp(l.t.Context(), adatum, "k"); !errors.Is(err, commerce.ErrNoTrace) {
			l.t.Errorf("somebody else's page: %v", err)
		}
	})
}

func TestThePage(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		s := l.open("k", "CW-1", "12.00 EUR")
		page, err := l.Page(l.t.Context(), s.ID)
		if err != nil {
			l.t.Fatal(err)
		}
		want := sandbox.Page{
			ID: s.ID, Order: "CW-1", Merchant: "Contoso SARL", Amount: money("12.00 EUR"), Status: commerce.PaymentOpen,
			Return: "http://bot.example/", Locale: "fr", Expires: s.Expires,
			Lines: []sandbox.PageLine{{Name: basic.Name, Quantity: 2, Plan: yearly, Unit: money("5.00 EUR"), Subtotal: money("10.00 EUR")}},
		}
		if diff := cmp.Diff(want, page); diff != "" {
			l.t.Errorf("page (-want +got):\n%s", diff)
		}
		for _, id := range []string{"", "x", s.ID[1:], strings.Repeat("x", 10_000)} {
			if _, err := l.Page(l.t.Context(), id); !commerce.IsCode(err, commerce.CodeNotFound) {
				l.t.Errorf("page %.30q: %v", id, err)
			}
			if err := l.Pay(l.t.Context(), id, sandbox.OutcomePaid, ""); !commerce.IsCode(err, commerce.CodeNotFound) {
				l.t.Errorf("pay %.30q: %v", id, err)
			}
		}
		for _, odd := range [][2]string{{"stolen", ""}, {"", ""}, {"paid", "explode"}} {
			if err := l.Pay(l.t.Context(), s.ID, odd[0], odd[1]); !commerce.IsCode(err, commerce.CodeNotFound) {
				l.t.Errorf("pay %v: %v", odd, err)
			}
		}
		l.pay(s.ID, sandbox.OutcomeAbandoned)
		if n := l.count(`SELECT count(*) FROM sandbox_events`); n != 0 || l.session("k").Status != commerce.PaymentOpen {
			l.t.Errorf("an abandoned page left %d events and %+v", n, l.session("k"))
		}
	})
}

func TestDeclinedThenPaid(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		in, _ := l.listen(0)
		s := l.open("k", "CW-1", "12.00 EUR")
		l.pay(s.ID, sandbox.OutcomeDeclined)
		if got := l.session("k"); got.Status != commerce.PaymentOpen || !got.Declined {
			l.t.Errorf("after a decline: %+v", got)
		}
		l.pay(s.ID, sandbox.OutcomePaid)
		if got := l.session("k"); got.Status != commerce.PaymentSecured || got.Declined {
			l.t.Errorf("after the payment: %+v", got)
		}
		if err := l.Pay(l.t.Context(), s.ID, sandbox.OutcomePaid, ""); !commerce.IsCode(err, commerce.CodeOrderState) {
			l.t.Errorf("paid twice: %v", err)
		}
		eventually(l.t, "both events arrive", func() bool { return len(in.news()) == 2 })
		first, second := in.taken[0], in.taken[1]
		if !first.Declined || first.Status != commerce.PaymentOpen || first.Session != s.ID || first.Order != "CW-1" ||
			second.Declined || second.Status != commerce.PaymentSecured || first.ID == second.ID {
			l.t.Errorf("events %+v", in.taken)
		}
	})
}

func TestTwoPayersAtOnce(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		for round := range 10 {
			s := l.open(fmt.Sprint(round), "CW-1", "12.00 EUR")
			l.once(commerce.CodeOrderState, func(int) error { return l.Pay(l.t.Context(), s.ID, sandbox.OutcomePaid, "") })
			if n := l.count(`SELECT count(*) FROM sandbox_events WHERE session = $1`, s.ID); n != 1 {
				l.t.Errorf("%d events", n)
			}
		}
	})
}

func TestTwoRefundsAtOnce(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		for round := range 10 {
			key := fmt.Sprint(round)
			s := l.open(key, "CW-1", "12.00 EUR")
			l.pay(s.ID, sandbox.OutcomePaid)
			l.once(commerce.CodeOrderState, func(i int) error { return l.capture(s.ID, fmt.Sprint(key, "/capture/", i), "12.00 EUR") })
			l.once(commerce.CodeInternal, func(i int) error { return l.refund(s.ID, fmt.Sprint(key, "/refund/", i), "8.00 EUR") })
			if got := l.session(key); !got.Captured.Equal(money("12 EUR")) || !got.Refunded.Equal(money("8 EUR")) {
				l.t.Errorf("captured %s, refunded %s", got.Captured, got.Refunded)
			}
		}
	})
}

// once lets calls race and expects all but one to be refused with the code.
func (l *lab) once(code commerce.Code, call func(i int) error) {
	l.t.Helper()
	errs := make([]error, 4)
	atOnce(len(errs), func(i int) { errs[i] = call(i) })
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !commerce.IsCode(err, code) || !errors.As(err, new(*commerce.Error)):
			l.t.Error(err)
		}
	}
	if won != 1 {
		l.t.Errorf("%d of the calls worked: %v", won, errs)
	}
}

func TestALinkExpires(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		s := l.open("k", "CW-1", "12.00 EUR")
		l.clock.advance(24 * time.Hour)
		page, err := l.Page(l.t.Context(), s.ID)
		if err != nil || page.Status != commerce.PaymentExpired || l.session("k").Status != commerce.PaymentExpired {
			l.t.Errorf("page %+v, %v", page, err)
		}
		if err := l.Pay(l.t.Context(), s.ID, sandbox.OutcomePaid, ""); !commerce.IsCode(err, commerce.CodeLinkExpired) {
			l.t.Errorf("paid too late: %v", err)
		}
		if again := l.open("k", "CW-1", "12.00 EUR"); again.ID != s.ID || again.Status != commerce.PaymentExpired {
			l.t.Errorf("a repeat of the call revived it: %+v", again)
		}
		if err := l.Gateway().Void(l.t.Context(), contoso, s.ID, "v"); err != nil {
			l.t.Errorf("nothing to let go: %v", err)
		}
	})
}

func TestWhatTheGatewayRefuses(t *testing.T) {
	steps := map[string]func(l *lab, id, key string) error{
		"capture 12":   func(l *lab, id, key string) error { return l.capture(id, key, "12.00 EUR") },
		"capture 5":    func(l *lab, id, key string) error { return l.capture(id, key, "5 EUR") },
		"capture more": func(l *lab, id, key string) error { return l.capture(id, key, "12.01 EUR") },
		"capture none": func(l *lab, id, key string) error { return l.capture(id, key, "0 EUR") },
		"capture CNY":  func(l *lab, id, key string) error { return l.capture(id, key, "5 CNY") },
		"refund 3":     func(l *lab, id, key string) error { return l.refund(id, key, "3.00 EUR") },
		"refund -3":    func(l *lab, id, key string) error { return l.refund(id, key, "-3.00 EUR") },
		"void":         func(l *lab, id, key string) error { return l.Gateway().Void(l.t.Context(), contoso, id, key) },
		"theft":        func(l *lab, id, key string) error { return l.Gateway().Void(l.t.Context(), adatum, id, key) },
		"no key":       func(l *lab, id, _ string) error { return l.capture(id, "", "5 EUR") },
		"paid":         func(l *lab, id, _ string) error { return l.Pay(l.t.Context(), id, sandbox.OutcomePaid, "") },
		"slow":         func(l *lab, id, _ string) error { return l.Pay(l.t.Context(), id, sandbox.OutcomeSlow, "") },
	}
	const state, misuse, foreign = commerce.CodeOrderState, commerce.CodeInternal, commerce.CodeNotFound
	cases := []struct {
		before []string
		step   string
		want   commerce.Code
		status commerce.PaymentStatus
	}{
		{nil, "capture 5", state, commerce.PaymentOpen},
		{nil, "refund 3", state, commerce.PaymentOpen},
		{nil, "void", "", commerce.PaymentVoided},
		{[]string{"void"}, "paid", state, commerce.PaymentVoided},
		{[]string{"void"}, "void", "", commerce.PaymentVoided},
		{[]string{"slow"}, "capture 5", state, commerce.PaymentProcessing},
		{[]string{"slow"}, "void", "", commerce.PaymentVoided},
		{[]string{"paid"}, "capture 12", "", commerce.PaymentCaptured},
		{[]string{"paid"}, "capture 5", "", commerce.PaymentCaptured},
		{[]string{"paid"}, "capture more", misuse, commerce.PaymentSecured},
		{[]string{"paid"}, "capture none", misuse, commerce.PaymentSecured},
		{[]string{"paid"}, "capture CNY", misuse, commerce.PaymentSecured},
		{[]string{"paid"}, "no key", foreign, commerce.PaymentSecured},
		{[]string{"paid"}, "theft", foreign, commerce.PaymentSecured},
		{[]string{"paid"}, "refund 3", state, commerce.PaymentSecured},
		{[]string{"paid"}, "void", "", commerce.PaymentVoided},
		{[]string{"paid", "void"}, "capture 5", state, commerce.PaymentVoided},
		{[]string{"paid", "capture 5"}, "capture 5", state, commerce.PaymentCaptured},
		{[]string{"paid", "capture 5"}, "void", state, commerce.PaymentCaptured},
		{[]string{"paid", "capture 5"}, "refund 3", "", commerce.PaymentCaptured},
		{[]string{"paid", "capture 5"}, "refund -3", misuse, commerce.PaymentCaptured},
		{[]string{"paid", "capture 5", "refund 3"}, "refund 3", misuse, commerce.PaymentCaptured},
	}
	onEachDatabase(t, func(l *lab) {
		for i, c := range cases {
			name := fmt.Sprint(c.before, " then ", c.step)
			key := fmt.Sprint("case-", i)
			s := l.open(key, "CW-1", "12.00 EUR")
			for j, step := range c.before {
				if err := steps[step](l, s.ID, fmt.Sprint(key, "/", j)); err != nil {
					l.t.Fatalf("%s: %s: %v", name, step, err)
				}
			}
			if err := steps[c.step](l, s.ID, key+"/last"); commerce.CodeOf(err) != c.want {
				l.t.Errorf("%s: %v, want %q", name, err, c.want)
			}
			if got := l.session(key); got.Status != c.status {
				l.t.Errorf("%s: then %s, want %s", name, got.Status, c.status)
			}
		}
	})
}

func (l *lab) capture(id, key, amount string) error {
	return l.Gateway().Capture(l.t.Context(), contoso, id, key, money(amount))
}

func (l *lab) refund(id, key, amount string) error {
	return l.Gateway().Refund(l.t.Context(), contoso, id, key, money(amount))
}

func TestAKeyMovesMoneyOnce(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		s := l.open("k", "CW-1", "12.00 EUR")
		l.pay(s.ID, sandbox.OutcomePaid)
		calls := []func() error{
			func() error { return l.capture(s.ID, "capture", "10.00 EUR") },
			func() error { return l.refund(s.ID, "refund", "3.00 EUR") },
		}
		for _, call := range calls {
			atOnce(8, func(int) {
				if err := call(); err != nil {
					l.t.Error(err)
				}
			})
		}
		if got := l.session("k"); !got.Captured.Equal(money("10 EUR")) || !got.Refunded.Equal(money("3 EUR")) {
			l.t.Errorf("captured %s, refunded %s", got.Captured, got.Refunded)
		}
		for name, err := range map[string]error{
			"another amount": l.refund(s.ID, "refund", "2.00 EUR"), "another call": l.refund(s.ID, "capture", "10.00 EUR"),
		} {
			if !commerce.IsCode(err, commerce.CodeInternal) || !errors.As(err, new(*commerce.Error)) {
				l.t.Errorf("a used key for %s: %v", name, err)
			}
		}
		other := l.open("k2", "CW-2", "12.00 EUR")
		l.pay(other.ID, sandbox.OutcomePaid)
		if err := l.capture(other.ID, "capture", "10.00 EUR"); !commerce.IsCode(err, commerce.CodeInternal) {
			l.t.Errorf("a used key for another session: %v", err)
		}
	})
}

func TestNoMoneyFromNowhere(t *testing.T) {
	t.Parallel()
	l := newLab(t, "sqlite", "sqlite", sqliteURL(t))
	sessions := 0
	rapid.Check(t, func(r *rapid.T) {
		sessions++
		key := fmt.Sprint("walk-", sessions)
		secured := commerce.Zero("EUR").Plus(money(fmt.Sprint(rapid.IntRange(1, 20).Draw(r, "secured"), ".00 EUR")))
		s := l.open(key, "CW-1", secured.String())
		effects := map[string]commerce.Money{} // of each key that was taken
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			amount := money(fmt.Sprint(rapid.IntRange(-1, 25).Draw(r, "amount"), ".00 EUR"))
			call := fmt.Sprint(key, "/", rapid.IntRange(0, 6).Draw(r, "key"))
			var err error
			step := rapid.SampledFrom([]string{"paid", "paid", "declined", "slow", "slow_fail", "wait", "capture", "capture", "refund", "refund", "void"}).Draw(r, "step")
			switch step {
			case "wait":
				l.clock.advance(10 * time.Second)
			case "capture":
				err = l.capture(s.ID, call, amount.String())
			case "refund":
				err = l.refund(s.ID, call, amount.String())
			case "void":
				err = l.Gateway().Void(t.Context(), contoso, s.ID, call)
			default:
				err = l.Pay(t.Context(), s.ID, step, "")
			}
			if err != nil && !errors.As(err, new(*commerce.Error)) {
				r.Fatalf("%s: %v", step, err)
			}
			if err == nil && (step == "capture" || step == "refund") {
				effects[step+" "+call] = amount
			}
			checkBooks(r, l.session(key), secured, effects)
		}
	})
}

// checkBooks holds a session against what was secured and what each key was answered.
func checkBooks(r *rapid.T, got commerce.Session, secured commerce.Money, effects map[string]commerce.Money) {
	captured, refunded := commerce.Zero("EUR"), commerce.Zero("EUR")
	for what, amount := range effects {
		if strings.HasPrefix(what, "capture") {
			captured = captured.Plus(amount)
		} else {
			refunded = refunded.Plus(amount)
		}
	}
	switch {
	case got.Captured.Cmp(captured) != 0 || got.Refunded.Cmp(refunded) != 0:
		r.Fatalf("captured %s and refunded %s, answered %v", got.Captured, got.Refunded, effects)
	case got.Captured.Cmp(secured) > 0 || got.Refunded.Cmp(got.Captured) > 0:
		r.Fatalf("secured %s, captured %s, refunded %s", secured, got.Captured, got.Refunded)
	case (got.Status == commerce.PaymentCaptured) != (captured.Cmp(commerce.Zero("EUR")) > 0):
		r.Fatalf("%s with %s captured", got.Status, got.Captured)
	}
}
