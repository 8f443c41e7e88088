package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// parseEvalCommand scores a labelled file (contract.md, Commands).
type parseEvalCommand struct {
	File string `arg:"" help:"Labelled messages, one JSON object a line." type:"path"`
	Tags string `help:"A file of tags (TSV: id, tags with commas) to score apart." type:"path"`
	LLM  bool   `name:"llm" help:"Ask the language model that is configured (OPENAI_MODEL) where the rules are not sure."`
}

func (c parseEvalCommand) Run(p *program) error {
	read, err := p.readingBy(c.LLM)
	if err != nil {
		return err
	}
	return c.score(p, read)
}

func (c parseEvalCommand) score(p *program, read reader) error {
	cases, err := p.labelled(c.File)
	if err != nil {
		return err
	}
	tags, err := p.tags(c.Tags)
	if err != nil {
		return err
	}
	for i := range cases {
		cases[i].predicted = reading(read.Read(p.ctx, cases[i].Text, ""))
		cases[i].tags = tags[cases[i].ID]
	}
	report := figures{w: p.stdout}
	report.all(cases)
	return nil
}

// labelledCase is a message, what is right, and what was read.
type labelledCase struct {
	ID        string        `json:"id"`
	Lang      string        `json:"lang"`
	Text      string        `json:"text"`
	Expect    printedIntent `json:"expect"`
	predicted printedIntent
	tags      []string
}

func (p *program) labelled(path string) ([]labelledCase, error) {
	raw, err := p.readFile(path)
	if err != nil {
		return nil, err
	}
	var cases []labelledCase
	decoder := json.NewDecoder(bytes.NewReader(raw))
	for {
		var one labelledCase
		err := decoder.Decode(&one)
		switch {
		case errors.Is(err, io.EOF):
			return cases, nil
		case err != nil:
			return nil, fmt.Errorf("%s, message %d: %w", path, len(cases)+1, err)
		}
		cases = append(cases, one)
	}
}

// tags reads id -> tags; the first line is a heading.
func (p *program) tags(path string) (map[string][]string, error) {
	found := map[string][]string{}
	if path == "" {
		return found, nil
	}
	raw, err := p.readFile(path)
	if err != nil {
		return nil, err
	}
	for i, line := range strings.Split(string(raw), "\n") {
		id, list, _ := strings.Cut(strings.TrimRight(line, "\r"), "\t")
		list, _, _ = strings.Cut(list, "\t")
		if i > 0 && list != "" {
			found[id] = strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
		}
	}
	return found, nil
}

// figures prints what score.py prints.
type figures struct{ w io.Writer }

func (f figures) all(cases []labelledCase) {
	f.line("ALL", cases)
	f.by(cases, "lang ", func(c labelledCase) []string { return []string{c.Lang} })
	f.by(cases, "intent ", func(c labelledCase) []string { return []string{string(c.Expect.Intent)} })
	f.by(cases, "tag ", func(c labelledCase) []string { return c.tags })
}

func (f figures) by(cases []labelledCase, name string, keys func(labelledCase) []string) {
	groups := map[string][]labelledCase{}
	for _, c := range cases {
		for _, k := range slices.Compact(slices.Sorted(slices.Values(keys(c)))) {
			groups[k] = append(groups[k], c)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(groups)) {
		f.line(name+k, groups[k])
	}
}

func (f figures) line(name string, cases []labelledCase) {
	if len(cases) == 0 {
		return
	}
	var t tally
	for _, c := range cases {
		t.add(c)
	}
	n := float64(len(cases))
	precision, recall, both := t.slots()
	fmt.Fprintf(f.w, "%-22s n=%3d intent=%.3f slotP=%.3f slotR=%.3f slotF1=%.3f exact=%.3f exact+amb=%.3f ambAcc=%.3f wrong-but-sure=%d\n",
		name, len(cases), t.kind/n, precision, recall, both, t.exact/n, t.exactAmbiguous/n, t.ambiguous/n, t.unsafe)
}

// tally counts what was read right.
type tally struct {
	kind, exact, exactAmbiguous, ambiguous float64
	right, surplus, missing                int
	unsafe                                 int
}

func (t *tally) add(c labelledCase) {
	gold, got := c.Expect, c.predicted
	if gold.Intent == got.Intent {
		t.kind++
	}
	exact := gold.Intent == got.Intent && slices.Equal(gold.lines(), got.lines())
	same := gold.Ambiguous == got.Ambiguous
	t.exact += number(exact)
	t.ambiguous += number(same)
	t.exactAmbiguous += number(exact && same)
	t.count(gold.slots(), got.slots())
	if got.unsafe(gold) {
		t.unsafe++
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (t *tally) count(gold, got map[string]int) {
	right := 0
	for slot, n := range got {
		right += min(n, gold[slot])
	}
	t.right += right
	t.surplus += total(got) - right
	t.missing += total(gold) - right
}

func total(slots map[string]int) int {
	n := 0
	for _, count := range slots {
		n += count
	}
	return n
}

// slots is precision, recall and their harmonic mean.
func (t *tally) slots() (precision, recall, both float64) {
	precision = share(t.right, t.right+t.surplus)
	recall = share(t.right, t.right+t.missing)
	if precision+recall > 0 {
		both = 2 * precision * recall / (precision + recall)
	}
	return precision, recall, both
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// lines are the items in a form that can be compared, in order.
func (p printedIntent) lines() []string {
	var lines []string
	for _, it := range p.Items {
		line, err := json.Marshal(it)
		if err != nil {
			panic(err) // an item has nothing that JSON lacks
		}
		lines = append(lines, string(line))
	}
	slices.Sort(lines)
	return lines
}

// slots counts the values that are not null; those of an item go with its product.
func (p printedIntent) slots() map[string]int {
	found := map[string]int{}
	for _, it := range p.Items {
		key := "null"
		if it.Product != nil {
			key = *it.Product
			found["product "+key]++
		}
		if it.Quantity != nil {
			found[fmt.Sprint(key, " quantity ", *it.Quantity)]++
		}
		if it.Billing != nil {
			found[key+" billing "+*it.Billing]++
		}
		if it.AutoAssign != nil {
			found[fmt.Sprint(key, " auto_assign ", *it.AutoAssign)]++
		}
	}
	return found
}

// unsafe reports whether a complete line, shown without a question, is not what was meant.
func (p printedIntent) unsafe(gold printedIntent) bool {
	if p.Intent != "buy" || p.Ambiguous {
		return false
	}
	return slices.ContainsFunc(p.Items, func(it printedItem) bool {
		return it.Product != nil && it.Quantity != nil && (gold.Intent != "buy" || !gold.wants(it))
	})
}

func (p printedIntent) wants(it printedItem) bool {
	return slices.ContainsFunc(p.Items, func(mine printedItem) bool {
		return mine.Product != nil && mine.Quantity != nil && *mine.Product == *it.Product && *mine.Quantity == *it.Quantity
	})
}
