package commerce

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

// Money is an exact decimal amount in one currency, such as 13.13 EUR. The zero
// Money has no currency: it stands for "no amount" and adds to anything.
// As text and in JSON it reads "13.13 EUR", or "" for the zero Money.
//
// Money of two currencies never meets inside one organisation, so arithmetic on
// them panics: it is a mistake of the program, not of a person.
type Money struct{ amount currency.Amount }

// NewMoney reads a decimal such as "13.13" as money in the ISO 4217 currency.
func NewMoney(number, code string) (Money, error) {
	amount, err := currency.NewAmount(number, code)
	if err != nil {
		return Money{}, fmt.Errorf("read %q as an amount: %w", number, err)
	}
	return Money{amount}, nil
}

// Zero is nothing, in a currency.
func Zero(code string) Money {
	amount, err := currency.NewAmount("0", code)
	if err != nil {
		panic(err)
	}
	return Money{amount}
}

// Amount is m for formatting in a person's locale.
func (m Money) Amount() currency.Amount { return m.amount }

// Currency is the ISO 4217 code, "" for the zero Money.
func (m Money) Currency() string { return m.amount.CurrencyCode() }

// Number is the decimal without its currency, such as "13.13".
func (m Money) Number() string { return m.amount.Number() }

// None reports whether m has no currency, and so is no amount at all.
func (m Money) None() bool { return m.Currency() == "" }

// IsZero reports whether m is nothing, with or without a currency.
func (m Money) IsZero() bool { return m.None() || m.amount.IsZero() }

// Plus is m + n.
func (m Money) Plus(n Money) Money {
	switch {
	case m.None():
		return n
	case n.None():
		return m
	}
	return must(m.amount.Add(n.amount))
}

// Minus is m - n.
func (m Money) Minus(n Money) Money {
	switch {
	case n.None():
		return m
	case m.None():
		return Zero(n.Currency()).Minus(n)
	}
	return must(m.amount.Sub(n.amount))
}

// Times is m × n.
func (m Money) Times(n int) Money {
	if m.None() {
		return m
	}
	return must(m.amount.Mul(strconv.Itoa(n)))
}

// Percent is the share of m that rate, a decimal such as "0.2", asks for,
// rounded half up once to the minor unit.
func (m Money) Percent(rate string) Money {
	if m.None() {
		return m
	}
	part := must(m.amount.Mul(rate))
	return Money{part.amount.Round()}
}

// Cmp is -1, 0 or 1 as m is less than, equal to or more than n.
func (m Money) Cmp(n Money) int {
	diff := m.Minus(n)
	switch {
	case diff.IsZero():
		return 0
	case diff.amount.IsNegative():
		return -1
	}
	return 1
}

// Equal reports whether m and n are the same amount, however many zeroes end them.
func (m Money) Equal(n Money) bool { return m.Currency() == n.Currency() && m.Cmp(n) == 0 }

func (m Money) String() string {
	if m.None() {
		return ""
	}
	return m.Number() + " " + m.Currency()
}

func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

func (m *Money) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*m = Money{}
		return nil
	}
	number, code, found := strings.Cut(string(text), " ")
	if !found {
		return fmt.Errorf("read %q as money: no currency", text)
	}
	read, err := NewMoney(number, code)
	if err != nil {
		return err
	}
	*m = read
	return nil
}

func must(amount currency.Amount, err error) Money {
	if err != nil {
		panic(err) // two currencies met, or a number of the program's own is malformed
	}
	return Money{amount}
}
