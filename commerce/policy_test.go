package commerce

import (
	"fmt"
	"strings"
	"testing"
)

func euros(t testing.TB, number string) Money {
	t.Helper()
	m, err := NewMoney(number, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// factsOf is an order of 10 licences that commits to an amount.
func factsFor(t testing.TB, committed string) Facts {
	return Facts{
		Committed: euros(t, committed), Total: euros(t, "100"), Quantity: 10, Products: []string{"business-basic", "intune"},
		Groups: []string{"business", "add-on"}, Term: "P1Y", Buyer: "aicha", Country: "FR", Spent: euros(t, "900.10"),
	}
}

// told writes reasons as briefly as can be read.
func told(reasons []PolicyReason) string {
	var lines []string
	for _, r := range reasons {
		lines = append(lines, fmt.Sprintf("%s %s %s (%s)", r.Fact, r.Op, r.Limit, r.Value))
	}
	return strings.Join(lines, "; ")
}

func (o Operand) String() string {
	switch {
	case o.Number != nil:
		return fmt.Sprint(*o.Number)
	case len(o.Texts) > 0:
		return strings.Join(o.Texts, ",")
	}
	return o.Money.String()
}

// The rules of the contract's own example.
func ladder(t testing.TB) Policy {
	t.Helper()
	p, problems := NewPolicy([]Rule{
		{Name: "small", When: "committed < 500", Approvals: 0},
		{Name: "normal", When: "committed < 10000", Approvals: 1, From: []Role{Approver}},
		{Name: "large", Approvals: 2, From: []Role{Approver, "finance"}, DistinctRoles: true},
	}, "EUR")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

func TestTheFirstRuleThatMatchesHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		committed, rule string
		approvals       int
		why             string
	}{
		{"499.99", "small", 0, "committed below 500 EUR (499.99 EUR)"},
		{"500", "normal", 1, "committed at_least 500 EUR (500 EUR); committed below 10000 EUR (500 EUR)"},
		{"9999.99", "normal", 1, "committed at_least 500 EUR (9999.99 EUR); committed below 10000 EUR (9999.99 EUR)"},
		{"10000", "large", 2, "committed at_least 10000 EUR (10000 EUR)"},
		{"13200", "large", 2, "committed at_least 10000 EUR (13200 EUR)"},
	} {
		need, err := ladder(t).Evaluate(factsFor(t, c.committed))
		if err != nil || need.Rule != c.rule || need.Approvals != c.approvals || told(need.Why) != c.why {
			t.Errorf("%s: %s asks for %d because %s, %v; want %s, %d because %s", c.committed, need.Rule, need.Approvals, told(need.Why), err, c.rule, c.approvals, c.why)
		}
	}
	if need, err := (Policy{}).Evaluate(factsFor(t, "1000000")); err != nil || need.Approvals != 0 {
		t.Errorf("without rules: %+v, %v", need, err)
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	for when, want := range map[string]struct {
		holds bool
		why   string
	}{
		"committed == 1200.50":                   {true, "committed is 1200.5 EUR (1200.50 EUR)"},
		"committed == 1200.5 and total != 100":   {false, "total is 100 EUR (100 EUR)"},
		"0.1 + committed > 1200.59":              {true, ""},
		"1200.60 > committed":                    {true, "committed below 1200.6 EUR (1200.50 EUR)"},
		"committed + spent_30d > 2100.59":        {true, ""},
		"committed + spent_30d > 2100.60":        {false, ""},
		"spent_30d >= 900.10":                    {true, "spent_30d at_least 900.1 EUR (900.10 EUR)"},
		"quantity > 10":                          {false, "quantity at_most 10 (10)"},
		"quantity >= 5 and quantity <= 20":       {true, "quantity at_least 5 (10); quantity at_most 20 (10)"},
		`"intune" in products`:                   {true, "products has intune (business-basic,intune)"},
		`not ("intune" in products)`:             {false, "products has intune (business-basic,intune)"},
		`"intune" not in products`:               {false, "products has intune (business-basic,intune)"},
		`buyer in ["bruno", "chloe"]`:            {false, "buyer has_not bruno,chloe (aicha)"},
		`term == "P1Y" or quantity > 5`:          {true, "term is P1Y (P1Y)"},
		`term == "P1M" or quantity > 50`:         {false, "term is_not P1M (P1Y); quantity at_most 50 (10)"},
		`country == "FR" && !("apps" in groups)`: {true, "country is FR (FR); groups has_not apps (business,add-on)"},
		`any(products, # startsWith "business")`: {true, ""},
		`quantity > 5 ? true : false`:            {true, ""},
		`len(products) == 2`:                     {true, ""},
	} {
		c, err := readCondition(when, "EUR")
		if err != nil {
			t.Errorf("%s: %v", when, err)
			continue
		}
		holds, reasons, err := c.explain(factsFor(t, "1200.50"))
		if err != nil || holds != want.holds || told(reasons) != want.why {
			t.Errorf("%s: %v because %q, %v; want %v because %q", when, holds, told(reasons), err, want.holds, want.why)
		}
	}
}

func TestMistakesOfConditionsAreFoundAtTheStart(t *testing.T) {
	t.Parallel()
	for _, when := range []string{
		"commitment < 500", "committed < ", `committed < "500"`, "quantity", "committed", "total + 1", `term > 5`, `"a" in quantity`,
		"now() > 5", "committed.amount > 5", "quantity = 5", strings.Repeat("quantity > 5 and ", 200) + "true", `products == 5`,
	} {
		p, problems := NewPolicy([]Rule{{Name: "fine", When: "quantity > 1"}, {Name: "mine", When: when}}, "EUR")
		if len(problems) != 1 || !strings.Contains(problems[0].Error(), "rule mine: when: ") || len(p.Rules()) != 0 {
			t.Errorf("%s: %v", when, problems)
		}
	}
}

// Nothing may be ordered where it cannot be said what approval that needs.
func TestAConditionThatFailsDenies(t *testing.T) {
	t.Parallel()
	p, problems := NewPolicy([]Rule{{Name: "odd", When: "products[quantity] == 'x'"}}, "EUR")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if need, err := p.Evaluate(factsFor(t, "1")); err == nil {
		t.Errorf("it answers %+v", need)
	}
}
