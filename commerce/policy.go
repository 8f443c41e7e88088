package commerce

import (
	"fmt"
	"slices"
	"time"
)

// Policy says what approval an order needs: the first of its rules that matches does.
// Where none matches, none is needed; so does the zero Policy.
type Policy struct{ rules []rule }

// Rule is one rule of a policy, as it is written.
type Rule struct {
	Name          string
	When          string        // a condition in expr-lang; "" always matches
	Approvals     int           // by so many people
	From          []Role        // of which each holds one
	DistinctRoles bool          // and no two stand for the same
	Expires       time.Duration // after the request; 0: DefaultExpires
	Remind        time.Duration // after the request, and then less and less often; 0: DefaultRemind
	Escalate      Escalation
}

// Escalation asks further roles where nobody has decided. The zero Escalation never does.
type Escalation struct {
	After time.Duration `json:"after,omitempty"`
	To    []Role        `json:"to,omitempty"`
}

const (
	DefaultExpires = 72 * time.Hour
	DefaultRemind  = 24 * time.Hour
)

// rule is a Rule that was read.
type rule struct {
	Rule
	when *condition // nil: always
}

// Requirement is a policy's answer for one order. The zero Requirement asks for nothing.
type Requirement struct {
	Rule          string         `json:"rule,omitempty"` // by name
	Approvals     int            `json:"approvals"`
	From          []Role         `json:"from,omitempty"`
	DistinctRoles bool           `json:"distinct_roles,omitempty"`
	Expires       time.Duration  `json:"expires,omitempty"`
	Remind        time.Duration  `json:"remind,omitempty"`
	Escalate      Escalation     `json:"escalate,omitzero"`
	Why           []PolicyReason `json:"why,omitempty"` // all of them hold
}

// Facts are what conditions are about. All money is before tax.
type Facts struct {
	Committed Money    `expr:"committed"` // over the whole term
	Total     Money    `expr:"total"`     // the subtotal: the first billing periods
	Quantity  int      `expr:"quantity"`  // of licences
	Products  []string `expr:"products"`  // offers' ids
	Groups    []string `expr:"groups"`    // of the catalogue
	Term      string   `expr:"term"`      // the longest commitment, such as "P1Y"
	Buyer     string   `expr:"buyer"`     // person id
	Country   string   `expr:"country"`
	// Spent is what the organisation has ordered in the 30 days before, committed, without
	// what came to nothing.
	Spent Money `expr:"spent_30d"`
}

// FactsOf are the facts of a quote.
func FactsOf(q Quote, org Organisation, c Catalogue, buyer string, spent Money) Facts {
	f := Facts{
		Committed: q.Committed, Total: q.Subtotal, Term: string(Month), Buyer: buyer, Country: org.Country,
		Spent: Zero(org.Currency).Plus(spent), Products: []string{}, Groups: []string{},
	}
	for _, l := range q.Lines {
		f.Quantity += l.Quantity
		f.Products = append(f.Products, l.Offer)
		if offer, ok := c.Offer(l.Offer); ok && !slices.Contains(f.Groups, string(offer.Group)) {
			f.Groups = append(f.Groups, string(offer.Group))
		}
		if l.Plan.Commitment == Year {
			f.Term = string(Year)
		}
	}
	return f
}

// NewPolicy reads the rules of an organisation. The errors are its mistakes, each with the
// rule's name.
func NewPolicy(rules []Rule, currency string) (Policy, []error) {
	var p Policy
	var problems []error
	for _, r := range rules {
		read := rule{Rule: r}
		if r.When != "" {
			when, err := readCondition(r.When, currency)
			if err != nil {
				problems = append(problems, fmt.Errorf("rule %s: when: %w", r.Name, err))
			}
			read.when = when
		}
		p.rules = append(p.rules, read)
	}
	if len(problems) > 0 {
		return Policy{}, problems
	}
	return p, nil
}

// Rules are the policy's rules as they were written.
func (p Policy) Rules() []Rule {
	rules := make([]Rule, len(p.rules))
	for i, r := range p.rules {
		rules[i] = r.Rule
	}
	return rules
}

// Roles are all that any of the rules asks for approval.
func (p Policy) Roles() []Role {
	var roles []Role
	for _, r := range p.rules {
		roles = append(append(roles, r.From...), r.Escalate.To...)
	}
	return roles
}

// Literal is a text that a rule's condition compares a fact with.
type Literal struct{ Rule, Fact, Text string }

// Literals are those of all rules, in their order.
func (p Policy) Literals() []Literal {
	var all []Literal
	var look func(rule string, c *condition)
	look = func(rule string, c *condition) {
		for _, text := range c.limit.Texts {
			all = append(all, Literal{rule, c.fact, text})
		}
		for _, part := range c.parts {
			look(rule, part)
		}
	}
	for _, r := range p.rules {
		if r.when != nil {
			look(r.Name, r.when)
		}
	}
	return all
}

// Evaluate answers what approval is needed, and why: the conditions of the rules before
// that do not hold, and the rule's own one, which does. An error means that a condition
// could not be worked out, such as by a division by zero: then nothing may be ordered.
func (p Policy) Evaluate(f Facts) (Requirement, error) {
	var why []PolicyReason
	for _, r := range p.rules {
		holds, reasons, err := r.matches(f)
		if err != nil {
			return Requirement{}, fmt.Errorf("approval rule %s: %w", r.Name, err)
		}
		why = append(why, reasons...)
		if holds {
			return r.requirement(strongest(why)), nil
		}
	}
	return Requirement{}, nil
}

func (r rule) matches(f Facts) (bool, []PolicyReason, error) {
	if r.when == nil {
		return true, nil, nil
	}
	return r.when.explain(f)
}

func (r rule) requirement(why []PolicyReason) Requirement {
	q := Requirement{
		Rule: r.Name, Approvals: r.Approvals, From: r.From, DistinctRoles: r.DistinctRoles,
		Expires: r.Expires, Remind: r.Remind, Escalate: r.Escalate, Why: why,
	}
	if q.Expires == 0 {
		q.Expires = DefaultExpires
	}
	if q.Remind == 0 {
		q.Remind = DefaultRemind
	}
	return q
}
