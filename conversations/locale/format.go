package locale

import (
	"strconv"

	"github.com/bojanz/currency"
)

// Money writes an amount with its currency's symbol, such as "13 200,00 €". Spaces in it
// do not break. An amount without a currency is "".
func (w Words) Money(amount currency.Amount) string {
	if amount.CurrencyCode() == "" {
		return ""
	}
	return w.in().prices.Text(amount, w.in().money.Format)
}

// MoneyDifference is Money with a plus where there is more than nothing.
func (w Words) MoneyDifference(amount currency.Amount) string {
	if !amount.IsPositive() {
		return w.Money(amount)
	}
	return w.in().difference.Format(amount)
}

// Number writes a whole number with the language's grouping.
func (w Words) Number(n int) string {
	if -1000 < n && n < 1000 {
		return strconv.Itoa(n)
	}
	return w.decimal(strconv.Itoa(n))
}

// Percent writes a decimal such as "0.2" as a share of a hundred, such as "20 %".
// A rate that is no decimal is told to OnMissing's hook, and written as it is.
func (w Words) Percent(rate string) string {
	share, err := currency.NewAmount(rate, anyCurrency)
	if err == nil {
		share, err = share.Mul("100")
	}
	if err != nil {
		missing(w.Lang(), "percentage of "+rate)
		return rate
	}
	return w.in().number.Format(share) + w.in().calendar.percent
}

// anyCurrency lets the formatter of money, which knows each language's signs, write
// plain numbers too: x/text groups French digits with another space than money has.
const anyCurrency = "EUR"

func (w Words) decimal(number string) string {
	amount, err := currency.NewAmount(number, anyCurrency)
	if err != nil {
		return number
	}
	return w.in().number.Format(amount)
}

// List is "A, B and C"; "" of nothing.
func (w Words) List(items []string) string { return w.join(items, "join.and") }

// Or is "A, B or C"; "" of nothing.
func (w Words) Or(items []string) string { return w.join(items, "join.or") }

func (w Words) join(items []string, last string) string {
	if len(items) == 0 {
		return ""
	}
	joined := items[0]
	for i, item := range items[1:] {
		key := "join.more"
		if i == len(items)-2 {
			key = last
		}
		joined = w.T(key, "before", joined, "item", item)
	}
	return joined
}
