package commerce

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// have is a subscription in its term.
func have(id, sku string, seats int) OwnedSubscription {
	return OwnedSubscription{ID: id, SKU: sku, Part: "PART_" + sku, Seats: seats, Enabled: true}
}

// estate owns the subscriptions, all of whose seats can be given to people.
func estate(at time.Time, subscriptions ...OwnedSubscription) Estate {
	e := Estate{At: at, Subscriptions: subscriptions, Usable: map[string]int{}}
	for _, s := range subscriptions {
		if s.Enabled {
			e.Usable[s.SKU] += s.Seats
		}
	}
	return e
}

type wants struct {
	sku string
	n   int
}

// waiting is an order that was handed over then, when that was owned.
func waiting(id string, at time.Time, baseline Estate, lines ...wants) Order {
	o := Order{ID: id, State: StateHandedOver, HandOff: &HandOff{At: at, Baseline: baseline}}
	for i, l := range lines {
		o.Lines = append(o.Lines, OrderLine{QuoteLine: QuoteLine{CartLine: CartLine{ID: i + 1, Quantity: l.n}}, GraphSKU: l.sku, State: LinePending})
	}
	return o
}

// claimed is what was bought, such as "1: 5 a of s1".
func claimed(claims []Claim) []string {
	var all []string
	for _, c := range claims {
		all = append(all, fmt.Sprintf("%d: %d %s of %s", c.Line, c.Seats(), c.SKU, c.Subscription))
	}
	slices.Sort(all)
	return all
}

func TestWhatWasBought(t *testing.T) {
	t.Parallel()
	before := estate(noon, have("s1", "a", 20), have("s2", "b", 5))
	suspended := OwnedSubscription{ID: "s9", SKU: "a", Seats: 7}
	trial := OwnedSubscription{ID: "t", SKU: "a", Seats: 25, Enabled: true, Trial: true}
	bought := trial
	bought.Trial = false
	for name, c := range map[string]struct {
		before Estate
		lines  []wants
		now    []OwnedSubscription
		want   []string
	}{
		"nothing":                          {before, []wants{{"a", 10}}, before.Subscriptions, nil},
		"a new subscription":               {before, []wants{{"a", 10}}, []OwnedSubscription{have("s1", "a", 20), have("s3", "a", 10)}, []string{"1: 10 a of s3"}},
		"seats of one that was there":      {before, []wants{{"a", 10}}, []OwnedSubscription{have("s1", "a", 30)}, []string{"1: 10 a of s1"}},
		"SKUs in capital letters":          {before, []wants{{"A", 10}}, []OwnedSubscription{have("s1", "a", 30)}, []string{"1: 10 a of s1"}},
		"both":                             {before, []wants{{"a", 10}}, []OwnedSubscription{have("s1", "a", 24), have("s3", "a", 6)}, []string{"1: 4 a of s1", "1: 6 a of s3"}},
		"fewer":                            {before, []wants{{"a", 10}}, []OwnedSubscription{have("s1", "a", 27)}, []string{"1: 7 a of s1"}},
		"more":                             {before, []wants{{"a", 10}}, []OwnedSubscription{have("s1", "a", 32)}, []string{"1: 10 a of s1", "1: 2 a of s1"}},
		"another product":                  {before, []wants{{"a", 10}}, []OwnedSubscription{have("s1", "a", 20), have("s2", "b", 15)}, []string{"0: 10 b of s2"}},
		"one shrinks and one grows":        {before, []wants{{"a", 10}}, []OwnedSubscription{have("s1", "a", 8), have("s3", "a", 10)}, []string{"1: 10 a of s3"}},
		"one goes and one comes":           {before, []wants{{"a", 10}}, []OwnedSubscription{have("s3", "a", 10)}, []string{"1: 10 a of s3"}},
		"one shrinks":                      {before, []wants{{"a", 10}}, []OwnedSubscription{have("s1", "a", 1)}, nil},
		"one that is not in its term":      {before, []wants{{"a", 10}}, []OwnedSubscription{{ID: "s3", SKU: "a", Seats: 10}}, nil},
		"a trial":                          {before, []wants{{"a", 10}}, []OwnedSubscription{trial}, nil},
		"a trial that was bought":          {estate(noon, trial), []wants{{"a", 25}}, []OwnedSubscription{bought}, []string{"1: 25 a of t"}},
		"one that works again":             {estate(noon, suspended), []wants{{"a", 7}}, []OwnedSubscription{have("s9", "a", 7)}, nil},
		"one that works again and grew":    {estate(noon, suspended), []wants{{"a", 7}}, []OwnedSubscription{have("s9", "a", 9)}, []string{"1: 2 a of s9"}},
		"what people sign up for":          {before, []wants{{"a", 10}}, []OwnedSubscription{have("f", "free", 10_000)}, nil},
		"two lines of a product":           {before, []wants{{"a", 5}, {"a", 3}}, []OwnedSubscription{have("x", "a", 3), have("y", "a", 5)}, []string{"1: 5 a of y", "2: 3 a of x"}},
		"two lines, bought together":       {before, []wants{{"a", 5}, {"a", 3}}, []OwnedSubscription{have("x", "a", 9)}, []string{"1: 5 a of x", "2: 1 a of x", "2: 3 a of x"}},
		"two products, of which one comes": {before, []wants{{"a", 5}, {"b", 3}}, []OwnedSubscription{have("s2", "b", 8)}, []string{"2: 3 b of s2"}},
	} {
		got := claimed(Purchases([]Order{waiting("CW-1", noon, c.before, c.lines...)}, nil, estate(noon.Add(time.Hour), c.now...))["CW-1"])
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A subscription is listed before its licences are there: until then nothing was bought.
// What was out of step before does not matter.
func TestLicencesThatAreNotThereYet(t *testing.T) {
	t.Parallel()
	before := estate(noon, have("s1", "a", 20))
	before.Usable["a"] = 18
	o := waiting("CW-1", noon, before, wants{"a", 10})
	for usable, want := range map[int]int{18: 0, 24: 6, 28: 10, 30: 10} {
		now := estate(noon, have("s1", "a", 20), have("s2", "a", 10))
		now.Usable["a"] = usable
		_ = o.see(Purchases([]Order{o}, nil, now)["CW-1"], noon)
		if o.Lines[0].Bought != want {
			t.Errorf("%d of 30 can be given: bought %d, want %d", usable, o.Lines[0].Bought, want)
		}
	}
}

func TestTheSameSeatsCountOnce(t *testing.T) {
	t.Parallel()
	before := estate(noon, have("s1", "a", 20))
	older, newer := waiting("CW-2", noon, before, wants{"a", 10}), waiting("CW-1", noon.Add(time.Minute), before, wants{"a", 5})
	for grown, want := range map[int][2]int{3: {3, 0}, 5: {0, 5}, 10: {10, 0}, 12: {10, 2}, 15: {10, 5}, 18: {13, 5}} {
		found := Purchases([]Order{newer, older}, nil, estate(noon.Add(time.Hour), have("s1", "a", 20+grown)))
		if got := [2]int{total(found["CW-2"]), total(found["CW-1"])}; got != want {
			t.Errorf("of %d seats the older and the newer have %v, want %v", grown, got, want)
		}
	}
	now := estate(noon.Add(time.Hour), have("s1", "a", 30))
	settled := Purchases([]Order{older}, nil, now)["CW-2"]
	if found := Purchases([]Order{newer}, settled, now); len(found["CW-1"]) > 0 {
		t.Errorf("what the older has is the newer's too: %v", claimed(found["CW-1"]))
	}
	behind := waiting("CW-3", noon.Add(2*time.Hour), estate(noon.Add(time.Hour+time.Minute), have("s1", "a", 20)), wants{"a", 10})
	if found := Purchases([]Order{behind}, settled, now); len(found["CW-3"]) > 0 {
		t.Errorf("a baseline that is behind counts them again: %v", claimed(found["CW-3"]))
	}
	again := waiting("CW-4", noon.AddDate(0, 0, 2), estate(noon.AddDate(0, 0, 2), have("s1", "a", 20)), wants{"a", 10})
	if found := Purchases([]Order{again}, settled, now); total(found["CW-4"]) != 10 {
		t.Errorf("seats that were given back and are bought anew: %v", claimed(found["CW-4"]))
	}
}

// What was created before the order's baseline is no purchase for it, whenever it is listed. A
// creation at midnight tells the day alone, and where none is told what is new counts.
func TestWhatIsOlderThanTheOrder(t *testing.T) {
	t.Parallel()
	o := waiting("CW-1", noon.Add(time.Second), estate(noon, have("s1", "a", 20)), wants{"a", 10})
	midnight := noon.Truncate(24 * time.Hour)
	for name, c := range map[string]struct {
		created time.Time
		want    int
	}{
		"not told":          {time.Time{}, 10},
		"a minute before":   {noon.Add(-time.Minute), 0},
		"in that second":    {noon, 10},
		"by another clock":  {noon.Add(-20 * time.Second), 10},
		"a minute after":    {noon.Add(time.Minute), 10},
		"on that day":       {midnight, 10},
		"on the day before": {midnight.AddDate(0, 0, -1), 0},
	} {
		s := have("s2", "a", 10)
		s.Created = c.created
		now := estate(noon.Add(time.Hour), have("s1", "a", 20), s)
		if got := total(Purchases([]Order{o}, nil, now)["CW-1"]); got != c.want {
			t.Errorf("%s: %d are bought, want %d", name, got, c.want)
		}
		noted := o
		if missed := noted.missed(now); missed != (c.want == 0) || noted.missed(now) {
			t.Errorf("%s: it was missed: %v", name, missed)
		}
		now.Subscriptions[1].Seats, now.Usable["a"] = 15, 35
		if got := total(Purchases([]Order{noted}, nil, now)["CW-1"]); got != c.want+5 {
			t.Errorf("%s: %d are bought once it has grown, want %d", name, got, c.want+5)
		}
		if len(o.HandOff.Baseline.Subscriptions) != 1 || o.HandOff.Baseline.Usable["a"] != 20 {
			t.Fatalf("%s: the order itself was changed", name)
		}
	}
}

func TestLessThanWasSeen(t *testing.T) {
	t.Parallel()
	claims := func(text string) (all []Claim) {
		for word := range strings.FieldsSeq(text) {
			var c Claim
			if _, err := fmt.Sscanf(word, "%d:s%d:%d-%d", &c.Line, &c.To, &c.From, &c.To); err != nil {
				t.Fatal(err)
			}
			c.Subscription = word[2:4]
			all = append(all, c)
		}
		return all
	}
	for _, c := range []struct {
		now, seen string
		want      bool
	}{
		{"", "", false},
		{"", "1:s1:20-25", true},
		{"1:s1:20-22", "1:s1:20-25", true},
		{"1:s1:20-22 1:s1:24-25", "1:s1:20-25", true},
		{"1:s1:20-25", "1:s1:20-25", false},
		{"1:s1:20-26", "1:s1:20-25", false},
		{"1:s2:0-2", "1:s1:20-25", false},
		{"2:s1:20-22", "1:s1:20-25", false},
		{"1:s1:20-25", "1:s1:20-25 1:s2:0-3", true},
	} {
		if got := less(claims(c.now), claims(c.seen)); got != c.want {
			t.Errorf("%q after %q: %v", c.now, c.seen, got)
		}
	}
}

// A purchase that is what one order misses is that order's; one that is being called off comes
// after those that are wanted.
func TestWhoseAPurchaseIs(t *testing.T) {
	t.Parallel()
	before := estate(noon, have("s1", "a", 20))
	said := func(o Order, after time.Duration) Order { o.HandOff.SaidAt = noon.Add(after); return o }
	off := func(o Order) Order { o.State = StateCancelling; return o }
	saw := func(o Order, n int) Order {
		o.HandOff.Claims = []Claim{{Line: 1, Subscription: "s1", SKU: "a", From: 20, To: 20 + n, At: noon}}
		return o
	}
	older := func(lines ...wants) Order { return waiting("CW-1", noon, before, lines...) }
	newer := func(lines ...wants) Order { return waiting("CW-2", noon.Add(time.Minute), before, lines...) }
	five, ten := wants{"a", 5}, wants{"a", 10}
	for name, c := range map[string]struct {
		older, newer Order
		grown        int // seats that s1 has more
		want         [2]int
	}{
		"what the newer asks for":                   {older(ten), newer(five), 5, [2]int{0, 5}},
		"what the older asks for":                   {older(five), newer(ten), 5, [2]int{5, 0}},
		"what neither asks for":                     {older(ten), newer(five), 7, [2]int{7, 0}},
		"what all lines of the newer ask for":       {older(ten), newer(wants{"a", 5}, wants{"a", 3}), 8, [2]int{0, 8}},
		"what both ask for, and nobody speaks":      {older(five), newer(five), 5, [2]int{5, 0}},
		"what both ask for, and the newer's says":   {older(five), said(newer(five), time.Hour), 5, [2]int{0, 5}},
		"what both ask for, and the older's too":    {said(older(five), time.Hour), said(newer(five), time.Minute), 5, [2]int{5, 0}},
		"what one asks for, and the other's says":   {older(five), said(newer(ten), time.Hour), 5, [2]int{5, 0}},
		"what neither asks for, and the newer says": {older(ten), said(newer(five), time.Hour), 3, [2]int{3, 0}},
		"what completes what the older has seen":    {saw(older(ten), 3), newer(five), 10, [2]int{10, 0}},
		"what the newer asks for, beside it":        {saw(older(ten), 3), newer(five), 8, [2]int{3, 5}},
		"a part of the older's, then little more":   {saw(older(ten), 3), newer(five), 5, [2]int{5, 0}},
		"what the older has seen, and is gone":      {saw(older(ten), 3), newer(five), 1, [2]int{1, 0}},
		"the older is called off":                   {off(older(five)), newer(five), 5, [2]int{0, 5}},
		"it is, though it has seen a part":          {off(saw(older(ten), 3)), newer(five), 3, [2]int{0, 3}},
		"it is, and both were bought":               {off(older(five)), newer(five), 10, [2]int{5, 5}},
		"it is, and more was bought":                {off(older(five)), newer(five), 12, [2]int{5, 7}},
		"it is, and nobody else asks for it":        {off(older(five)), newer(wants{"b", 5}), 5, [2]int{5, 0}},
	} {
		found := Purchases([]Order{c.newer, c.older}, nil, estate(noon.Add(time.Hour), have("s1", "a", 20+c.grown)))
		if got := [2]int{total(found["CW-1"]), total(found["CW-2"])}; got != c.want {
			t.Errorf("%s: the older and the newer have %v, want %v", name, got, c.want)
		}
	}
}

func total(claims []Claim) int {
	n := 0
	for _, c := range claims {
		n += c.Seats()
	}
	return n
}

// Whatever is bought, given back and asked for: no seat counts twice, none is counted that
// has not come, nobody is served who was not, and it does not matter in which order things
// are listed.
func TestPurchasesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		skus := []string{"a", "b", "c"}
		draw := func(e Estate, label string) Estate {
			next := estate(e.At.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, label+" later"))*time.Minute), slices.Clone(e.Subscriptions)...)
			for i := range next.Subscriptions {
				s := &next.Subscriptions[i]
				s.Seats = max(0, s.Seats+rapid.IntRange(-5, 8).Draw(t, label+" seats"))
				s.Enabled = rapid.IntRange(0, 9).Draw(t, label+" enabled") > 0
			}
			for range rapid.IntRange(0, 2).Draw(t, label+" new") {
				sku := rapid.SampledFrom(skus).Draw(t, label+" sku")
				next.Subscriptions = append(next.Subscriptions, have(fmt.Sprintf("s%d", len(next.Subscriptions)), sku, rapid.IntRange(1, 9).Draw(t, label+" bought")))
			}
			next.Usable = estate(next.At, next.Subscriptions...).Usable
			return next
		}
		now := draw(estate(noon), "first")
		var open []Order
		var settled []Claim
		for i := range rapid.IntRange(1, 8).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0:
				o := waiting(fmt.Sprintf("CW-%d", i), now.At, now)
				for line := range rapid.IntRange(1, 3).Draw(t, "lines") {
					w := wants{rapid.SampledFrom(skus).Draw(t, "wants"), rapid.IntRange(1, 9).Draw(t, "quantity")}
					o.Lines = append(o.Lines, waiting("", now.At, now, w).Lines...)
					o.Lines[line].ID = line + 1
				}
				open = append(open, o)
			case 1:
				now = draw(now, "next")
			case 2:
				if len(open) > 0 {
					at := rapid.IntRange(0, len(open)-1).Draw(t, "ends")
					settled = append(settled, Purchases(open, settled, now)[open[at].ID]...)
					open = slices.Delete(open, at, at+1)
				}
			}
			addsUp(t, open, settled, now)
		}
	})
}

func addsUp(t *rapid.T, open []Order, settled []Claim, now Estate) {
	found := Purchases(open, settled, now)
	shuffled := now
	shuffled.Subscriptions = rapid.Permutation(now.Subscriptions).Draw(t, "listed")
	other := Purchases(rapid.Permutation(open).Draw(t, "orders"), rapid.Permutation(settled).Draw(t, "claims"), shuffled)
	grown := map[string]int{}
	for _, o := range open {
		if got, want := claimed(other[o.ID]), claimed(found[o.ID]); !slices.Equal(got, want) {
			t.Fatalf("%s has %v, or in another order %v", o.ID, want, got)
		}
		for _, s := range now.Subscriptions {
			grown[s.ID] = max(grown[s.ID], s.paid()-o.HandOff.Baseline.mark(s))
		}
	}
	taken := map[string]map[int]bool{}
	counted := map[string]int{}
	for _, c := range slices.Concat(slices.Collect(maps.Values(found))...) {
		if c.From < 0 || c.To <= c.From {
			t.Fatalf("no seats: %+v", c)
		}
		for seat := c.From; seat < c.To; seat++ {
			if taken[c.Subscription] == nil {
				taken[c.Subscription] = map[int]bool{}
			}
			if taken[c.Subscription][seat] {
				t.Fatalf("seat %d of %s counts twice", seat+1, c.Subscription)
			}
			taken[c.Subscription][seat] = true
		}
		counted[c.Subscription] += c.Seats()
	}
	for id, n := range counted {
		if n > grown[id] {
			t.Fatalf("%s has grown by %d, and %d are counted", id, grown[id], n)
		}
	}
	for _, c := range settled {
		for seat := range taken[c.Subscription] {
			recent := slices.ContainsFunc(open, func(o Order) bool { return !c.At.After(o.HandOff.Baseline.At.Add(-lagging)) })
			if !recent && c.From <= seat && seat < c.To {
				t.Fatalf("seat %d of %s was claimed before", seat+1, c.Subscription)
			}
		}
	}
}
