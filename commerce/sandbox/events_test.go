package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
)

type statuses = []commerce.PaymentStatus

func TestASlowPayment(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		in, _ := l.listen(0)
		s := l.open("k", "CW-1", "12.00 EUR")
		l.pay(s.ID, sandbox.OutcomeSlow)
		eventually(l.t, "the first event arrives", func() bool { return len(in.news()) == 1 })
		if err := l.Pay(l.t.Context(), s.ID, sandbox.OutcomePaid, ""); !commerce.IsCode(err, commerce.CodeOrderState) {
			l.t.Errorf("paid while a payment is processed: %v", err)
		}
		l.clock.advance(8*time.Second - time.Millisecond)
		time.Sleep(600 * time.Millisecond) // more than two of the outbox's rounds
		if got := l.session("k").Status; got != commerce.PaymentProcessing || len(in.news()) != 1 {
			l.t.Errorf("too early: %s, %v", got, in.news())
		}
		l.clock.advance(time.Millisecond)
		if got := l.session("k").Status; got != commerce.PaymentSecured {
			l.t.Errorf("%s when its time has come", got)
		}
		eventually(l.t, "the second event arrives", func() bool { return len(in.news()) == 2 })
		if diff := cmp.Diff(statuses{commerce.PaymentProcessing, commerce.PaymentSecured}, in.news()); diff != "" {
			l.t.Error(diff)
		}
		if err := l.capture(s.ID, "c", "12.00 EUR"); err != nil {
			l.t.Error(err)
		}
	})
}

func TestASlowPaymentThatFailsCanBeTriedAgain(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		in, _ := l.listen(0)
		s := l.open("k", "CW-1", "12.00 EUR")
		l.pay(s.ID, sandbox.OutcomeSlowFail)
		l.clock.advance(time.Second) // 8 s at ten times the speed
		if got := l.session("k"); got.Status != commerce.PaymentOpen || !got.Declined {
			l.t.Errorf("afterwards %+v", got)
		}
		l.pay(s.ID, sandbox.OutcomePaid)
		eventually(l.t, "all events arrive", func() bool { return len(in.news()) == 3 })
		if diff := cmp.Diff(statuses{commerce.PaymentProcessing, commerce.PaymentOpen, commerce.PaymentSecured}, in.news()); diff != "" {
			l.t.Error(diff)
		}
		if !in.taken[1].Declined || in.taken[2].Declined {
			l.t.Errorf("events %+v", in.taken)
		}
	}, speed(10))
}

func TestAVoidedSlowPaymentIsNeverSecured(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		s := l.open("k", "CW-1", "12.00 EUR")
		l.pay(s.ID, sandbox.OutcomeSlow)
		if err := l.Gateway().Void(l.t.Context(), contoso, s.ID, "v"); err != nil {
			l.t.Fatal(err)
		}
		l.clock.advance(time.Minute)
		in, stop := l.listen(0)
		eventually(l.t, "the first event arrives", func() bool { return len(in.news()) == 1 })
		time.Sleep(600 * time.Millisecond)
		stop()
		if got := l.session("k").Status; got != commerce.PaymentVoided || len(in.news()) != 1 {
			l.t.Errorf("%s, and news %v", got, in.news())
		}
	})
}

func TestEventsComeAgainUntilTheyAreTaken(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		s := l.open("k", "CW-1", "12.00 EUR")
		l.pay(s.ID, sandbox.OutcomeDeclined)
		l.pay(s.ID, sandbox.OutcomePaid)
		deaf, stop := l.listen(1 << 30)
		for range 3 {
			before := deaf.attempts()
			eventually(l.t, "an event comes again", func() bool { l.clock.advance(time.Second); return deaf.attempts() > before })
		}
		stop()
		l.restart()
		in, _ := l.listen(2)
		eventually(l.t, "both events are taken after the restart", func() bool { l.clock.advance(time.Second); return len(in.news()) >= 2 })
		if diff := cmp.Diff(statuses{commerce.PaymentOpen, commerce.PaymentSecured}, in.news()); diff != "" {
			l.t.Errorf("out of order:\n%s", diff)
		}
		eventually(l.t, "they are noted", func() bool { return l.count(`SELECT count(*) FROM sandbox_events WHERE delivered_at = 0`) == 0 })
		l.clock.advance(time.Hour)
		time.Sleep(600 * time.Millisecond)
		if got := len(in.news()); got != 2 {
			l.t.Errorf("%d events taken after all were", got)
		}
	})
}

func (i *inbox) attempts() int {
	i.Lock()
	defer i.Unlock()
	return i.tries
}

func TestOneDeafListenerHoldsUpNobodyElse(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		deaf, fine := l.open("deaf", "CW-1", "12.00 EUR"), l.open("fine", "CW-2", "12.00 EUR")
		l.pay(deaf.ID, sandbox.OutcomePaid)
		l.pay(fine.ID, sandbox.OutcomePaid)
		taken := make(chan string, 1)
		ctx, cancel := context.WithCancel(l.t.Context())
		defer cancel()
		go l.Run(ctx, func(ctx context.Context, raw []byte, header http.Header) error {
			event, err := l.Gateway().Event(raw, header)
			if err == nil && event.Session == deaf.ID {
				<-ctx.Done()
				return ctx.Err()
			}
			taken <- event.Session
			return err
		})
		select {
		case id := <-taken:
			if id != fine.ID {
				l.t.Errorf("took the event of %s", id)
			}
		case <-time.After(5 * time.Second):
			l.t.Error("the other session's event waits")
		}
	})
}

func TestOnlyTrueAndFreshEventsAreBelieved(t *testing.T) {
	t.Parallel()
	l := newLab(t, "sqlite", "sqlite", sqliteURL(t))
	raw, header := l.caught(t)
	signature := header.Get(sandbox.SignatureHeader)
	stamp, mac, _ := strings.Cut(signature, ",v1=")
	later := fmt.Sprint("t=", l.clock.Now().Unix()+1)
	forged := *l
	forged.options.Key = []byte("fedcba9876543210")
	forged.restart()
	_, foreign := forged.caught(t)
	cases := map[string]struct {
		raw, signature string
		later          time.Duration
		believed       bool
	}{
		"as sent":           {raw, signature, 0, true},
		"after 300 s":       {raw, signature, 300 * time.Second, true},
		"after 301 s":       {raw, signature, 301 * time.Second, false},
		"from the future":   {raw, signature, -301 * time.Second, false},
		"another body":      {strings.Replace(raw, "secured", "captured", 1), signature, 0, false},
		"cut off":           {raw[:len(raw)-1], signature, 0, false},
		"nothing":           {"", signature, 0, false},
		"extended":          {raw + "{}", signature, 0, false},
		"another time":      {raw, later + ",v1=" + mac, 0, false},
		"another key":       {raw, foreign.Get(sandbox.SignatureHeader), 0, false},
		"no signature":      {raw, "", 0, false},
		"empty signature":   {raw, stamp + ",v1=", 0, false},
		"half a signature":  {raw, signature[:len(signature)-2], 0, false},
		"no hex":            {raw, stamp + ",v1=" + strings.Repeat("z", 64), 0, false},
		"no time":           {raw, "v1=" + mac, 0, false},
		"the wrong version": {raw, stamp + ",v0=" + mac, 0, false},
	}
	for name, c := range cases {
		l.clock.advance(c.later)
		event, err := l.Gateway().Event([]byte(c.raw), http.Header{sandbox.SignatureHeader: {c.signature}})
		l.clock.advance(-c.later)
		if believed := err == nil; believed != c.believed {
			t.Errorf("%s: %+v, %v", name, event, err)
		}
		if err != nil && event != (commerce.PaymentEvent{}) {
			t.Errorf("%s: %+v comes with the error", name, event)
		}
	}
}

// caught is a true event off the wire.
func (l *lab) caught(t *testing.T) (raw string, header http.Header) {
	s := l.open(time.Now().String(), "CW-1", "12.00 EUR")
	l.pay(s.ID, sandbox.OutcomePaid)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var mu sync.Mutex // events of two payments come at once
	l.Run(ctx, func(_ context.Context, r []byte, h http.Header) error {
		mu.Lock()
		defer mu.Unlock()
		raw, header = string(r), h
		cancel()
		return nil
	})
	if raw == "" {
		t.Fatal("no event was sent")
	}
	return raw, header
}
