package commerce

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// PolicyReason is why a rule matches, or one before it does not: a comparison of a fact, or
// several reasons of which any would do. The locale makes sentences of them.
type PolicyReason struct {
	Any   []PolicyReason `json:"any,omitempty"`
	Fact  string         `json:"fact,omitempty"` // as Facts names it; "" with no Any: nothing simpler than the rule's name
	Op    Op             `json:"op,omitempty"`
	Value Operand        `json:"value,omitzero"`
	Limit Operand        `json:"limit,omitzero"`
	Rule  string         `json:"rule,omitempty"`
}

// Op is how a fact's value stands to a limit.
type Op string

const (
	Below   Op = "below"
	AtMost  Op = "at_most"
	AtLeast Op = "at_least"
	Above   Op = "above"
	Is      Op = "is"
	IsNot   Op = "is_not"
	Has     Op = "has"     // one of several, or is one of them
	HasNot  Op = "has_not" //
)

// Operand is one side of a comparison: money, a number or texts.
type Operand struct {
	Money  Money    `json:"money,omitzero"`
	Number *int     `json:"number,omitempty"`
	Texts  []string `json:"texts,omitempty"`
}

// condition is a rule's condition that was read: a whole program, and the tree of its
// parts for telling why.
type condition struct {
	program  *vm.Program
	kind     conditionKind
	parts    []*condition
	fact     string
	op       Op
	limit    Operand
	currency string
}

type conditionKind int

const (
	conditionOther conditionKind = iota // nothing to tell of it but that it holds or not
	conditionAll
	conditionAny
	conditionNot
	conditionCompare
)

// maxCondition is as long as a condition may be.
const maxCondition = 2000

// readCondition reads a condition and its types. Money is compared with plain numbers, in
// the organisation's currency.
func readCondition(text, currency string) (*condition, error) {
	if len(text) > maxCondition {
		return nil, fmt.Errorf("it is longer than %d characters", maxCondition)
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	return newCondition(tree.Node, currency)
}

func newCondition(n ast.Node, currency string) (*condition, error) {
	c := &condition{currency: currency}
	var err error
	c.program, err = expr.Compile(n.String(), exactly(currency)...)
	if err != nil {
		return nil, err
	}
	kind, parts := split(n)
	c.kind = kind
	for _, part := range parts {
		sub, err := newCondition(part, currency)
		if err != nil {
			return nil, err
		}
		c.parts = append(c.parts, sub)
	}
	if kind == conditionOther {
		c.compare(n)
	}
	return c, nil
}

// split takes a condition apart where it is made of others.
func split(n ast.Node) (conditionKind, []ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&":
			return conditionAll, []ast.Node{n.Left, n.Right}
		case "or", "||":
			return conditionAny, []ast.Node{n.Left, n.Right}
		}
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return conditionNot, []ast.Node{n.Node}
		}
	}
	return conditionOther, nil
}

// compare notes what is compared with what, where one side is a fact and the other is
// written out.
func (c *condition) compare(n ast.Node) {
	b, ok := n.(*ast.BinaryNode)
	if !ok {
		return
	}
	op, ok := ops[b.Operator]
	fact, limit := b.Left, b.Right
	if _, named := fact.(*ast.IdentifierNode); !named {
		fact, limit, op = limit, fact, mirrored[op]
	}
	name, named := fact.(*ast.IdentifierNode)
	operand, written := c.written(limit)
	if ok && named && written && op != "" {
		c.kind, c.fact, c.op, c.limit = conditionCompare, name.Value, op, operand
	}
}

var (
	ops = map[string]Op{
		"<": Below, "<=": AtMost, ">=": AtLeast, ">": Above, "==": Is, "!=": IsNot, "in": Has,
	}
	mirrored = map[Op]Op{Below: Above, AtMost: AtLeast, AtLeast: AtMost, Above: Below, Is: Is, IsNot: IsNot, Has: Has}
	negated  = map[Op]Op{Below: AtLeast, AtMost: Above, AtLeast: Below, Above: AtMost, Is: IsNot, IsNot: Is, Has: HasNot, HasNot: Has}
)

// written reads what stands in the condition itself.
func (c *condition) written(n ast.Node) (Operand, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return Operand{Number: &n.Value}, true
	case *ast.FloatNode:
		m, err := NewMoney(decimal(n.Value), c.currency)
		return Operand{Money: m}, err == nil
	case *ast.StringNode:
		return Operand{Texts: []string{n.Value}}, true
	case *ast.ArrayNode:
		var texts []string
		for _, item := range n.Nodes {
			text, ok := item.(*ast.StringNode)
			if !ok {
				return Operand{}, false
			}
			texts = append(texts, text.Value)
		}
		return Operand{Texts: texts}, true
	}
	return Operand{}, false
}

// explain reports whether the condition holds, with the reasons of it: all of them are so.
func (c *condition) explain(f Facts) (bool, []PolicyReason, error) {
	holds, err := c.holds(f)
	if err != nil {
		return false, nil, err
	}
	reasons, err := c.reasons(f, holds)
	return holds, reasons, err
}

func (c *condition) holds(f Facts) (bool, error) {
	result, err := vm.Run(c.program, f)
	if err != nil {
		return false, errors.New("the condition cannot be worked out: " + err.Error())
	}
	holds, ok := result.(bool)
	if !ok {
		return false, errors.New("the condition is neither true nor false")
	}
	return holds, nil
}

// reasons of the condition being as holds says. Of several parts only those are told that
// make it so.
func (c *condition) reasons(f Facts, holds bool) ([]PolicyReason, error) {
	switch c.kind {
	case conditionNot:
		return c.parts[0].reasons(f, !holds)
	case conditionAll, conditionAny:
		return c.joined(f, holds)
	case conditionCompare:
		return []PolicyReason{c.reason(f, holds)}, nil
	}
	return nil, nil
}

func (c *condition) joined(f Facts, holds bool) ([]PolicyReason, error) {
	var told [][]PolicyReason
	for _, part := range c.parts {
		so, reasons, err := part.explain(f)
		if err != nil {
			// The second part of an "and" or an "or" may be one that makes no sense where the
			// first has decided.
			continue
		}
		if so == holds && len(reasons) > 0 {
			told = append(told, reasons)
		}
	}
	every := (c.kind == conditionAll) == holds
	if every || len(told) < 2 {
		return slices.Concat(told...), nil
	}
	// Each of them alone would do: the first is enough to tell.
	return told[0], nil
}

func (c *condition) reason(f Facts, holds bool) PolicyReason {
	r := PolicyReason{Fact: c.fact, Op: c.op, Value: f.operand(c.fact), Limit: c.limit}
	if !holds {
		r.Op = negated[c.op]
	}
	if !r.Value.Money.None() && c.limit.Number != nil {
		m, err := NewMoney(strconv.Itoa(*c.limit.Number), c.currency)
		if err == nil {
			r.Limit = Operand{Money: m}
		}
	}
	return r
}

// operand is a fact by its name.
func (f Facts) operand(name string) Operand {
	t, v := reflect.TypeOf(f), reflect.ValueOf(f)
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("expr") != name {
			continue
		}
		switch value := v.Field(i).Interface().(type) {
		case Money:
			return Operand{Money: value}
		case int:
			return Operand{Number: &value}
		case string:
			return Operand{Texts: []string{value}}
		case []string:
			return Operand{Texts: value}
		}
	}
	return Operand{}
}

// strongest drops a reason that another one of the same fact includes: over 10,000 is
// over 500 too.
func strongest(reasons []PolicyReason) []PolicyReason {
	var kept []PolicyReason
	for i, r := range reasons {
		weaker := slices.ContainsFunc(reasons[i+1:], r.includedIn)
		weaker = weaker || slices.ContainsFunc(kept, r.includedIn)
		if !weaker {
			kept = append(kept, r)
		}
	}
	return kept
}

func (r PolicyReason) includedIn(other PolicyReason) bool {
	if r.Fact == "" || r.Fact != other.Fact || r.side() == 0 || r.side() != other.side() {
		return false
	}
	return r.Limit.cmp(other.Limit)*r.side() <= 0
}

// side is 1 for a limit below the value, -1 for one above it.
func (r PolicyReason) side() int {
	switch r.Op {
	case AtLeast, Above:
		return 1
	case Below, AtMost:
		return -1
	}
	return 0
}

func (o Operand) cmp(p Operand) int {
	if o.Number != nil && p.Number != nil {
		return *o.Number - *p.Number
	}
	return o.Money.Cmp(p.Money)
}

// exactly is expr-lang with Facts for its variables and money that compares exactly.
// What it is asked changes nothing and depends on nothing else, so there is no now().
func exactly(currency string) []expr.Option {
	options := []expr.Option{expr.Env(Facts{}), expr.AsBool(), expr.DisableBuiltin("now")}
	for op, holds := range map[string]func(int) bool{
		"<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 }, "==": func(c int) bool { return c == 0 },
		">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 }, "!=": func(c int) bool { return c != 0 },
	} {
		name := "money_" + names[op]
		options = append(options, expr.Operator(op, name), expr.Function(name, func(sides ...any) (any, error) {
			a, b, err := amounts(sides, currency)
			if err != nil {
				return false, err
			}
			return holds(a.Cmp(b)), nil
		},
			new(func(Money, Money) bool), new(func(Money, int) bool), new(func(int, Money) bool),
			new(func(Money, float64) bool), new(func(float64, Money) bool)))
	}
	return append(options, expr.Operator("+", "money_plus"), expr.Function("money_plus", func(sides ...any) (any, error) {
		a, b, err := amounts(sides, currency)
		if err != nil {
			return Money{}, err
		}
		return a.Plus(b), nil
	}, new(func(Money, Money) Money), new(func(Money, int) Money), new(func(int, Money) Money), new(func(Money, float64) Money), new(func(float64, Money) Money)))
}

var names = map[string]string{"<": "below", "<=": "at_most", "==": "is", ">": "above", ">=": "at_least", "!=": "is_not"}

func amounts(sides []any, currency string) (a, b Money, err error) {
	a, err = amount(sides[0], currency)
	if err == nil {
		b, err = amount(sides[1], currency)
	}
	return a, b, err
}

// amount is a side of a comparison as money. A number with a fraction is what its
// shortest decimal says: what was typed, up to 15 digits.
func amount(side any, currency string) (Money, error) {
	switch side := side.(type) {
	case Money:
		return side, nil
	case int:
		return NewMoney(strconv.Itoa(side), currency)
	case float64:
		return NewMoney(decimal(side), currency)
	}
	return Money{}, fmt.Errorf("%T is no amount", side)
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
