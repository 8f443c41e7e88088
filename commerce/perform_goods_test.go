package commerce

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// people reads such as "ann:pending bob:assigned:no_seat", each on line 1 but for those of
// "2/…".
func people(text string) []Assignment {
	var all []Assignment
	for word := range strings.FieldsSeq(text) {
		a := Assignment{Order: "CW-1", Line: 1}
		if rest, second := strings.CutPrefix(word, "2/"); second {
			word, a.Line = rest, 2
		}
		parts := strings.Split(word+"::", ":")
		a.User, a.State, a.Reason = parts[0], AssignmentState(parts[1]), Reason(parts[2])
		all = append(all, a)
	}
	return all
}

func written(all []Assignment) string {
	var text []string
	for _, a := range all {
		word := a.User + ":" + string(a.State)
		if a.Reason != ReasonNone {
			word += ":" + string(a.Reason)
		}
		if a.Line == 2 {
			word = "2/" + word
		}
		text = append(text, word)
	}
	return strings.Join(text, " ")
}

// Whoever waits for a seat is turned away once there is none, but for those who may have got
// one already.
func TestTurnedAway(t *testing.T) {
	t.Parallel()
	waiting := "cleo:pending dave:intended 2/eve:pending"
	for results, want := range map[string]string{
		"ann:assigned bob:failed:no_seat":     "cleo:failed:no_seat 2/eve:failed:no_seat",
		"ann:assigned bob:failed:unavailable": "",
		"ann:assigned bob:skipped:gone":       "",
		"ann:failed:not_yet":                  "cleo:failed:not_yet 2/eve:failed:not_yet",
		"ann:pending:not_yet":                 "",
		"":                                    "",
	} {
		if got := written(turnedAway(people(results), people(waiting))); got != want {
			t.Errorf("after %q are turned away %q, want %q", results, got, want)
		}
	}
}

// roll is a transaction that knows an order's people.
type roll struct {
	Tx
	people []Assignment
	others []Rival // of other orders
}

func (r *roll) Assignments(string) ([]Assignment, error) { return r.people, nil }

func (r *roll) Rivals(OrderRef, time.Time) ([]Rival, error) { return r.others, nil }

func (r *roll) SaveAssignments(changed []Assignment) error {
	for _, a := range changed {
		for i := range r.people {
			if r.people[i].User == a.User {
				r.people[i] = a
			}
		}
	}
	return nil
}

// beside are people of other orders, such as "ann:intended", who are given E3.
func beside(text string) []Rival {
	var all []Rival
	for _, a := range people(text) {
		all = append(all, Rival{Assignment: a, Gives: "e3", At: noon})
	}
	return all
}

// Whoever another order is at is left for later, unless both have begun and this one is the
// first; whoever it has just served is not asked for.
func TestWhoIsPickedBesideAnotherOrder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		all, others    string
		first          bool // this order is the older one
		picked, served string
		busy           bool
	}{
		"nobody else":           {all: "ann:pending bob:intended", picked: "ann:intended bob:intended"},
		"the other is at one":   {all: "ann:pending bob:pending", others: "ann:intended", picked: "bob:intended", busy: true},
		"though it is younger":  {all: "ann:pending", others: "ann:intended", first: true, busy: true},
		"both have begun":       {all: "ann:intended", others: "ann:intended", busy: true},
		"this one first":        {all: "ann:intended", others: "ann:intended", first: true, picked: "ann:intended"},
		"it has just served":    {all: "ann:pending bob:pending", others: "ann:assigned", picked: "ann:intended bob:intended", served: "ann"},
		"a third one has it so": {all: "ann:pending", others: "ann:assigned ann:intended", picked: "ann:intended", served: "ann"},
		"nobody knows":          {all: "ann:pending bob:pending", others: "ann:failed:unavailable", picked: "bob:intended", busy: true},
		"nor of its own":        {all: "ann:intended", others: "ann:failed:unavailable", first: true, busy: true},
		"though a third has":    {all: "ann:pending", others: "ann:failed:unavailable ann:assigned", picked: "ann:intended", served: "ann"},
		"of somebody else":      {all: "ann:pending", others: "zoe:intended yan:assigned", picked: "ann:intended"},
	} {
		o := Order{ID: "CW-2", Lines: []OrderLine{{GraphSKU: "basic"}}}
		o.Lines[0].ID = 1
		tx := &roll{people: people(test.all), others: beside(test.others)}
		for i := range tx.people {
			tx.people[i].Order = o.ID
		}
		for i := range tx.others {
			tx.others[i].Order = map[bool]string{true: "CW-3", false: "CW-1"}[test.first]
		}
		w := &work{Service: &Service{Now: func() time.Time { return noon }}}
		if err := w.pick(tx, o); err != nil {
			t.Fatal(err)
		}
		if got := written(w.people); got != test.picked || w.busy > 0 != test.busy {
			t.Errorf("%s: %q are picked, busy %v", name, got, w.busy)
		}
		held := map[string]Licences{"ann": {}, "bob": {}}
		results, rest := w.settleKnown(held, "basic")
		for _, a := range results {
			if a.User != test.served || a.State != AssignSkipped || a.Reason != ReasonHasLicence {
				t.Errorf("%s: %+v", name, a)
			}
		}
		if len(results) != len(strings.Fields(test.served)) || len(results)+len(rest) != len(w.people) {
			t.Errorf("%s: %d are settled, and %d asked for", name, len(results), len(rest))
		}
	}
}

// A batch is of one line and of twenty at the most. Those who wait for the same licence are
// known; those who wait for another are not among them.
func TestWhoIsPicked(t *testing.T) {
	t.Parallel()
	var line []string
	for i := range 19 {
		line = append(line, fmt.Sprintf("p%02d:pending", i))
	}
	full := strings.Join(line, " ")
	for name, test := range map[string]struct {
		all, second string
		picked      int
		known, wait string
		asks        time.Time // for the first line again
	}{
		"one line":             {full + " ann:intended bob:pending cleo:intended dave:assigned", "e3", 20, "ann:intended", "bob:pending cleo:intended", time.Time{}},
		"two, of one licence":  {full + " 2/bob:pending 2/cleo:failed", "basic", 19, "", "2/bob:pending", time.Time{}},
		"two, of two licences": {full + " 2/bob:pending", "e3", 19, "", "", time.Time{}},
		"the first is done":    {"ann:assigned 2/bob:pending", "e3", 1, "", "", time.Time{}},
		"the first waits":      {full + " 2/bob:pending", "e3", 1, "", "", noon.Add(time.Second)},
		"the first waited":     {full + " 2/bob:pending", "e3", 19, "", "", noon},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Order{ID: "CW-1", Lines: []OrderLine{{GraphSKU: "basic"}, {GraphSKU: test.second}}}
			o.Lines[0].ID, o.Lines[1].ID, o.Lines[0].AskAgain = 1, 2, test.asks
			w, tx := &work{Service: &Service{Now: func() time.Time { return noon }}}, &roll{people: people(test.all)}
			if err := w.pick(tx, o); err != nil {
				t.Fatal(err)
			}
			if len(w.people) != test.picked || written(w.known) != test.known || written(w.waiting) != test.wait {
				t.Errorf("%d are picked, %q of them again, and %q wait", len(w.people), written(w.known), written(w.waiting))
			}
			if n := strings.Count(written(tx.people), ":intended") - strings.Count(test.wait, ":intended"); n != test.picked {
				t.Errorf("of %d it is written down", n)
			}
		})
	}
}
