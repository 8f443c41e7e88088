package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"cartwright/commerce"
)

// Outcomes are what a payer can do on the payment page.
const (
	OutcomePaid      = "paid"
	OutcomeDeclined  = "declined"
	OutcomeSlow      = "slow"      // processing first, secured later
	OutcomeSlowFail  = "slow_fail" // processing first, declined later
	OutcomeAbandoned = "abandoned"
)

// Outcomes lists every outcome, the usual one first.
var Outcomes = []string{OutcomePaid, OutcomeDeclined, OutcomeSlow, OutcomeSlowFail, OutcomeAbandoned}

// slowDelay is how long a slow payment is processed, at speed 1.
const slowDelay = 8 * time.Second

// Page is what the payment page shows. Subtotals are before tax, Amount is after.
type Page struct {
	ID       string
	Order    string // such as "CW-1042"
	Merchant string
	Amount   commerce.Money
	Lines    []PageLine
	Status   commerce.PaymentStatus
	Declined bool // the last attempt was; the page still takes another
	Return   string
	Locale   string
	Expires  time.Time
}

// PageLine is one line of what is paid for.
type PageLine struct {
	Name     string          `json:"name"`
	Quantity int             `json:"quantity"`
	Plan     commerce.PlanID `json:"plan"`
	Unit     commerce.Money  `json:"unit"`
	Subtotal commerce.Money  `json:"subtotal"`
}

// Page reads a payment page and changes nothing. CodeNotFound: there is none.
func (s *Sandbox) Page(ctx context.Context, id string) (Page, error) {
	paying, err := readSession(s.db.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sandbox_sessions WHERE id = $1`, id))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Page{}, commerce.Refuse(commerce.CodeNotFound)
	case err != nil:
		return Page{}, fmt.Errorf("read the payment page: %w", err)
	}
	paying.settle(s.o.Now())
	about := paying.details
	return Page{
		ID: paying.id, Order: paying.order, Merchant: about.Merchant, Amount: paying.amount, Lines: about.Lines,
		Status: paying.status, Declined: paying.declined, Return: about.Return, Locale: about.Locale, Expires: paying.expires,
	}, nil
}

// Pay is what the payer does: one of Outcomes, with one of Scenarios ("" is
// ScenarioDeliver) for what then becomes of the order; what is in neither list is
// CodeNotFound, as an unknown page is. A page that cannot be paid any more is
// CodeLinkExpired or CodeOrderState.
func (s *Sandbox) Pay(ctx context.Context, id, outcome, scenario string) error {
	if scenario == "" {
		scenario = ScenarioDeliver
	}
	if !slices.Contains(Outcomes, outcome) || !slices.Contains(Scenarios, scenario) {
		return commerce.Refuse(commerce.CodeNotFound)
	}
	if outcome == OutcomeAbandoned {
		_, err := s.Page(ctx, id)
		return err
	}
	err := s.change(ctx, func(tx *sql.Tx) error { return s.pay(ctx, tx, id, outcome, scenario) })
	if err != nil {
		return fmt.Errorf("pay in the sandbox: %w", err)
	}
	select {
	case s.wake <- struct{}{}:
	default: // Run is about to look anyway
	}
	return nil
}

func (s *Sandbox) pay(ctx context.Context, tx *sql.Tx, id, outcome, scenario string) error {
	paying, err := s.lockSession(ctx, tx, id)
	if err != nil {
		return err
	}
	switch paying.status {
	case commerce.PaymentOpen:
	case commerce.PaymentExpired:
		return commerce.Refuse(commerce.CodeLinkExpired)
	default:
		return paying.refuse()
	}
	now := s.o.Now()
	paying.attempt(outcome, scenario, now, now.Add(s.delay(slowDelay)))
	if err := s.saveSession(ctx, tx, paying); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, paying, now); err != nil {
		return err
	}
	if paying.status != commerce.PaymentProcessing {
		return nil
	}
	later := paying
	later.status, later.declined = paying.settlesAs, paying.settlesAs == commerce.PaymentOpen
	return s.tell(ctx, tx, later, paying.settlesAt)
}

// attempt makes s what the outcome says.
func (s *session) attempt(outcome, scenario string, now, settles time.Time) {
	s.declined = outcome == OutcomeDeclined
	if s.declined {
		return
	}
	s.scenario, s.paid = scenario, now
	switch outcome {
	case OutcomePaid:
		s.status = commerce.PaymentSecured
	case OutcomeSlow:
		s.status, s.settlesAt, s.settlesAs = commerce.PaymentProcessing, settles, commerce.PaymentSecured
	case OutcomeSlowFail:
		s.status, s.settlesAt, s.settlesAs = commerce.PaymentProcessing, settles, commerce.PaymentOpen
	}
}
