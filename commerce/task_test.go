package commerce

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	ann  = User{ID: "ann", Name: "Ann", Location: "FR"}
	bob  = User{ID: "bob", Name: "Bob", Location: "FR"}
	cleo = User{ID: "cleo", Name: "Cleo", Location: "FR"}
)

// reasonsOf are the reasons for which a preview leaves people out, by user.
func reasonsOf(p Preview) map[string]Reason {
	reasons := map[string]Reason{}
	for _, r := range p.Unable {
		reasons[r.ID] = r.Reason
	}
	return reasons
}

// holding is what people hold by themselves.
func holding(held map[string][]string) map[string]Licences {
	all := map[string]Licences{}
	for user, skus := range held {
		all[user] = Licences{}
		for _, sku := range skus {
			all[user] = append(all[user], Licence{SKU: sku})
		}
	}
	return all
}

// Who gets a licence, who cannot, and why, is known before anything is changed.
func TestForesee(t *testing.T) {
	t.Parallel()
	guest, disabled, nowhere := User{ID: "guest", Guest: true, Location: "FR"}, User{ID: "disabled", Disabled: true, Location: "FR"}, User{ID: "nowhere"}
	tests := map[string]struct {
		request TaskRequest
		people  []User
		held    map[string][]string
		free    int
		bases   []string
		able    []string
		reasons map[string]Reason
	}{
		"assign": {
			TaskRequest{Kind: TaskAssign, SKU: "basic"}, []User{ann, bob, guest, disabled, nowhere, cleo},
			map[string][]string{"ann": {"basic"}, "bob": {"visio"}, "guest": {}, "disabled": {}, "nowhere": {}},
			5, nil, []string{"bob"},
			map[string]Reason{"ann": ReasonHasThis, "guest": ReasonGuest, "disabled": ReasonDisabled, "nowhere": ReasonNoLocation, "cleo": ReasonGone},
		},
		"the last seat goes to the first": {
			TaskRequest{Kind: TaskAssign, SKU: "basic"}, []User{ann, bob, cleo}, map[string][]string{"ann": {"basic"}, "bob": {}, "cleo": {}},
			1, nil, []string{"bob"}, map[string]Reason{"ann": ReasonHasThis, "cleo": ReasonNoSeat},
		},
		"an add-on needs its base": {
			TaskRequest{Kind: TaskAssign, SKU: "copilot"}, []User{ann, bob}, map[string][]string{"ann": {"basic"}, "bob": {"visio"}},
			5, []string{"basic", "e3"}, []string{"ann"}, map[string]Reason{"bob": ReasonNoBase},
		},
		"a base that is moved away is none": {
			TaskRequest{Kind: TaskMove, SKU: "basic", To: "copilot"}, []User{ann, bob}, map[string][]string{"ann": {"basic"}, "bob": {"basic", "e3"}},
			5, []string{"basic", "e3"}, []string{"bob"}, map[string]Reason{"ann": ReasonNoBase},
		},
		"remove needs no seat, and takes from guests too": {
			TaskRequest{Kind: TaskRemove, SKU: "basic"}, []User{ann, bob, guest}, map[string][]string{"ann": {"basic"}, "bob": {}, "guest": {"basic"}},
			0, nil, []string{"ann", "guest"}, map[string]Reason{"bob": ReasonNoLicence},
		},
		"move": {
			TaskRequest{Kind: TaskMove, SKU: "basic", To: "e3"}, []User{ann, bob, cleo},
			map[string][]string{"ann": {"basic"}, "bob": {"basic", "e3"}, "cleo": {}},
			5, nil, []string{"ann"}, map[string]Reason{"bob": ReasonHasThis, "cleo": ReasonNoLicence},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := foresee(test.request, test.people, holding(test.held), test.free, test.bases)
			var able []string
			for _, u := range p.Able {
				able = append(able, u.ID)
			}
			if !slices.Equal(able, test.able) {
				t.Errorf("it works for %v, want %v", able, test.able)
			}
			for id, want := range test.reasons {
				if got := reasonsOf(p)[id]; got != want {
					t.Errorf("%s is left out for %q, want %q", id, got, want)
				}
			}
			if len(p.Able)+len(p.Unable) != len(test.people) {
				t.Errorf("%d of %d people are told of", len(p.Able)+len(p.Unable), len(test.people))
			}
		})
	}
}

// What a group gives stays, beside somebody's own too; it is not given a second time. What a
// group cannot give for the plans of somebody's other licences the bot cannot give either,
// unless the other licence goes.
func TestForeseeGroups(t *testing.T) {
	t.Parallel()
	held := map[string]Licences{
		"ann":  {{SKU: "basic", ByGroup: true}},
		"bob":  {{SKU: "basic"}, {SKU: "e3", ByGroup: true, Fails: ReasonConflict}},
		"cleo": {{SKU: "basic"}, {SKU: "e3", ByGroup: true, Fails: ReasonNoBase}},
	}
	for name, test := range map[string]struct {
		request TaskRequest
		want    map[string]Reason
	}{
		"assigned, who has it":   {TaskRequest{Kind: TaskAssign, SKU: "basic"}, map[string]Reason{"ann": ReasonHasThis, "bob": ReasonHasThis, "cleo": ReasonHasThis}},
		"assigned what fails":    {TaskRequest{Kind: TaskAssign, SKU: "e3"}, map[string]Reason{"bob": ReasonConflict, "cleo": ReasonNoBase}},
		"removed":                {TaskRequest{Kind: TaskRemove, SKU: "basic"}, map[string]Reason{"ann": ReasonByGroup}},
		"removed, who lacks it":  {TaskRequest{Kind: TaskRemove, SKU: "e3"}, map[string]Reason{"ann": ReasonNoLicence, "bob": ReasonNoLicence, "cleo": ReasonNoLicence}},
		"moved to what fails":    {TaskRequest{Kind: TaskMove, SKU: "basic", To: "e3"}, map[string]Reason{"ann": ReasonByGroup, "cleo": ReasonNoBase}},
		"moved to something new": {TaskRequest{Kind: TaskMove, SKU: "basic", To: "f3"}, map[string]Reason{"ann": ReasonByGroup}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := foresee(test.request, []User{ann, bob, cleo}, held, 5, nil)
			if got := reasonsOf(p); !maps.Equal(got, test.want) {
				t.Errorf("left out are %v, want %v", got, test.want)
			}
		})
	}
}

// Who keeps an add-on without any licence that it needs is counted, and nobody else is.
func TestStranded(t *testing.T) {
	t.Parallel()
	remove := TaskRequest{Kind: TaskRemove, SKU: "sku-e3"}
	move := func(to string) TaskRequest { return TaskRequest{Kind: TaskMove, SKU: "sku-e3", To: to} }
	held := map[string][]string{
		"ann": {"sku-copilot", "sku-e3"}, "bob": {"sku-copilot", "sku-e3", "sku-premium"}, "cleo": {"sku-e3"}, "dave": {"sku-copilot", "sku-e3"},
	}
	for name, test := range map[string]struct {
		request TaskRequest
		people  []User
		want    int
	}{
		"removed":                           {remove, []User{ann, bob, cleo}, 1},
		"removed from two":                  {remove, []User{ann, {ID: "dave"}}, 2},
		"of which the add-on needs nothing": {TaskRequest{Kind: TaskRemove, SKU: "sku-basic"}, []User{ann, bob, cleo}, 0},
		"another base is left":              {remove, []User{bob}, 0},
		"the add-on itself":                 {TaskRequest{Kind: TaskRemove, SKU: "sku-copilot"}, []User{ann, bob}, 0},
		"moved to what does not do":         {move("sku-basic"), []User{ann, bob, cleo}, 1},
		"moved to what does too":            {move("sku-premium"), []User{ann, bob, cleo}, 0},
		"assigned":                          {TaskRequest{Kind: TaskAssign, SKU: "sku-e3"}, []User{ann}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []Stranded
			if test.want > 0 {
				want = []Stranded{{SKU: "sku-copilot", Name: "Copilot", People: test.want}}
			}
			if got := testCatalogue(t).stranded(test.request, test.people, holding(held)); !slices.Equal(got, want) {
				t.Errorf("left behind is %v, want %v", got, want)
			}
		})
	}
}

// A preview's name is the people, the change and what they are left with, and nothing else.
func TestPreviewHash(t *testing.T) {
	t.Parallel()
	base := Preview{Request: TaskRequest{Kind: TaskMove, SKU: "a", To: "b"}, Able: []User{ann, bob}}
	same := base
	same.Able, same.Free, same.Unable = []User{bob, ann}, 7, []Refused{{cleo, ReasonGuest}}
	if base.Hash() != same.Hash() {
		t.Error("the order of people, or those left out, change the hash")
	}
	others := map[string]Preview{
		"fewer people":               {Request: base.Request, Able: []User{ann}},
		"another kind":               {Request: TaskRequest{Kind: TaskAssign, SKU: "a", To: "b"}, Able: base.Able},
		"another SKU":                {Request: TaskRequest{Kind: TaskMove, SKU: "c", To: "b"}, Able: base.Able},
		"one is left with an add-on": {Request: base.Request, Able: base.Able, Stranded: []Stranded{{SKU: "x", People: 1}}},
		"another goal":               {Request: TaskRequest{Kind: TaskMove, SKU: "a", To: "c"}, Able: base.Able},
	}
	for name, p := range others {
		if p.Hash() == base.Hash() {
			t.Errorf("%s has the same hash", name)
		}
	}
}

// After an attempt whose end was not seen, what people hold decides; nobody is served
// twice, and what somebody else did is not claimed as done.
func TestSettled(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		task := Task{Kind: rapid.SampledFrom([]TaskKind{TaskAssign, TaskRemove, TaskMove}).Draw(t, "kind"), SKU: "from", To: "to"}
		var has Licences
		for _, sku := range []string{"from", "to", "other"} {
			if rapid.Bool().Draw(t, sku) {
				has = append(has, Licence{
					SKU: sku, ByGroup: rapid.Bool().Draw(t, sku+" by a group"), Fails: rapid.SampledFrom([]Reason{ReasonNone, ReasonNone, ReasonConflict}).Draw(t, sku+" fails"),
				})
			}
		}
		attempted := rapid.Bool().Draw(t, "attempted")
		state, reason, ok := task.settled(has, true, attempted)
		there := task.done(has.Has("from"), has.Has("to"))
		switch {
		case there && attempted && (state != AssignDone || reason != ReasonNone):
			t.Fatalf("an attempt that worked is %s %s", state, reason)
		case there && !ok:
			t.Fatal("what is so already is done again")
		case state == AssignDone && !there:
			t.Fatal("what is not so is called done")
		case !ok && task.Kind != TaskAssign && has.ByGroup("from"):
			t.Fatal("what a group gives is taken")
		case state == AssignSkipped && reason == ReasonNone:
			t.Fatal("somebody is skipped without a reason")
		}
	})
}

// A task ends when nobody waits any more; what failed may be tried again.
func TestTaskCounts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	people := []Assignment{{State: AssignDone}, {State: AssignFailed}, {State: AssignSkipped}, {State: AssignIntended}}
	var task Task
	task.count(people, now)
	if want := (Progress{Total: 3, Assigned: 1, Failed: 1, Skipped: 1}); task.People != want || task.State != TaskRunning || !task.EndedAt.IsZero() {
		t.Errorf("with somebody waiting it is %+v", task)
	}
	people[3].State = AssignDone
	task.count(people, now)
	if task.State != TaskDone || !task.EndedAt.Equal(now) || !task.Retries() {
		t.Errorf("with nobody waiting it is %+v", task)
	}
}

// The notice that is due is the latest whose day has come; none without unused seats.
func TestRenewalNotices(t *testing.T) {
	t.Parallel()
	renews := time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	seats := OwnedSeats{SKU: "a", Owned: 10, Used: 7, Next: 10, RenewsAt: renews}
	tests := map[string]struct {
		seats        OwnedSeats
		before       time.Duration
		days, unused int
	}{
		"31 days before":           {seats, 31 * day, 0, 0},
		"30 days before":           {seats, 30 * day, 30, 3},
		"8 days before":            {seats, 8 * day, 30, 3},
		"7 days before":            {seats, 7 * day, 7, 3},
		"at the renewal":           {seats, 0, 0, 0},
		"all are used":             {OwnedSeats{Owned: 10, Used: 10, Next: 10, RenewsAt: renews}, day, 0, 0},
		"fewer are planned":        {OwnedSeats{Owned: 10, Used: 7, Next: 8, RenewsAt: renews}, day, 7, 1},
		"none too many are":        {OwnedSeats{Owned: 10, Used: 7, Next: 7, RenewsAt: renews}, day, 0, 0},
		"it is not known when":     {OwnedSeats{Owned: 10, Used: 7, Next: 10}, day, 0, 0},
		"it was renewed yesterday": {seats, -day, 0, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, due := Subscription{OwnedSeats: test.seats}.renewal(Organisation{}, Bought{}, renews.Add(-test.before))
			if due != (test.days > 0) || r.Days != test.days || r.Unused != test.unused {
				t.Errorf("got %v %d days %d unused, want %d, %d", due, r.Days, r.Unused, test.days, test.unused)
			}
		})
	}
}

func boughtIn(plan PlanID) Bought {
	return Bought{Line: OrderLine{QuoteLine: QuoteLine{CartLine: CartLine{Plan: plan}}}}
}

// What renews each month is told of once a month, 7 days before.
func TestMonthlyRenewalNotices(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	sub := Subscription{OwnedSeats: OwnedSeats{SKU: "a", Owned: 10, Used: 7, Next: 10, RenewsAt: noon}}
	for plan, want := range map[PlanID][2]int{{Month, Monthly}: {0, 7}, monthly(): {30, 7}, yearly(): {30, 7}, {}: {30, 7}} {
		for i, before := range []time.Duration{8 * day, 7 * day} {
			r, due := sub.renewal(testOrganisation(), boughtIn(plan), noon.Add(-before))
			if due != (want[i] > 0) || r.Days != want[i] {
				t.Errorf("%v, %s before: %v, the notice of %d days, want %d", plan, before, due, r.Days, want[i])
			}
		}
	}
}

// The plan that was bought says what seats cost, and the first on sale where none was.
func TestWhatUnusedSeatsCost(t *testing.T) {
	t.Parallel()
	offer, _ := testCatalogue(t).Offer("basic")
	sub := Subscription{Offer: offer}
	first := offer.PlansFor(testOrganisation(), noon)[0]
	for plan, want := range map[PlanID]string{yearly(): "77.28", {Month, Monthly}: "7.73", {}: "", {Month, Annual}: ""} {
		got, paid := sub.cost(testOrganisation(), boughtIn(plan), noon)
		switch {
		case want == "" && (paid || got.PlanID != first.PlanID):
			t.Errorf("%v, which has no price: %v, paid %v", plan, got, paid)
		case want != "" && (!paid || got.PlanID != plan || !got.Price.Equal(eur(t, want))):
			t.Errorf("%v costs %v in %v, want %q", plan, got.Price, got.PlanID, want)
		}
	}
	if got, paid := (Subscription{}).cost(testOrganisation(), Bought{}, noon); paid || !got.Price.None() {
		t.Errorf("what is not in the catalogue costs %v", got.Price)
	}
}

// Seats that somebody holds cannot be renewed away.
func TestCheckRenewal(t *testing.T) {
	t.Parallel()
	sub := Subscription{OwnedSeats: OwnedSeats{Owned: 10, Used: 7}}
	for seats, fits := range map[int]bool{6: false, 7: true, 10: true, 11: false, 0: false, -1: false} {
		if err := sub.CheckRenewal(seats); (err == nil) != fits {
			t.Errorf("%d seats: %v", seats, err)
		}
	}
}

// Whom others have just given licences a task gives none besides, unless they were to have one
// more anyway: it was seen when the task was asked for, or they hold another one.
func TestWhomOthersHaveJustServed(t *testing.T) {
	t.Parallel()
	move := func(r Rival) Rival { r.Takes = "old"; return r }
	unsure := func(r Rival) Rival { r.State = AssignFailed; return r }
	gave := func(sku string, after time.Duration) Rival {
		return Rival{Assignment: Assignment{Order: "CW-1", User: "ann", State: AssignDone}, Gives: sku, At: noon.Add(after)}
	}
	took := func(sku string, after time.Duration) Rival {
		r := gave("", after)
		r.Takes = sku
		return r
	}
	holds := func(skus ...string) Licences {
		var all Licences
		for _, sku := range skus {
			all = append(all, Licence{SKU: sku})
		}
		return all
	}
	for name, c := range map[string]struct {
		kind   TaskKind
		holds  Licences
		others []Rival
		want   Reason
	}{
		"nobody":                            {TaskAssign, nil, nil, ReasonNone},
		"the same licence":                  {TaskAssign, nil, []Rival{gave("a", -time.Minute)}, ReasonHasThis},
		"another, which cannot be seen yet": {TaskAssign, nil, []Rival{gave("b", -time.Minute)}, ReasonHasLicence},
		"another, which was seen":           {TaskAssign, holds("b"), []Rival{gave("b", -time.Minute)}, ReasonNone},
		"another, after the task began":     {TaskAssign, holds("b"), []Rival{gave("b", time.Minute)}, ReasonHasLicence},
		"beside one that they had":          {TaskAssign, holds("b", "c"), []Rival{gave("b", time.Minute)}, ReasonNone},
		"another, long ago":                 {TaskAssign, nil, []Rival{gave("b", -time.Hour)}, ReasonNone},
		"one of which nobody knew":          {TaskAssign, holds("b"), []Rival{unsure(gave("b", -time.Minute))}, ReasonHasLicence},
		"one that did not come":             {TaskAssign, nil, []Rival{unsure(gave("b", -time.Minute))}, ReasonNone},
		"one that was taken since":          {TaskAssign, nil, []Rival{gave("b", -time.Minute), took("b", 0)}, ReasonNone},
		"one that was taken before":         {TaskAssign, nil, []Rival{took("b", -time.Minute), gave("b", 0)}, ReasonHasLicence},
		"one in place of another":           {TaskAssign, holds("old"), []Rival{move(gave("b", time.Minute))}, ReasonNone},
		"the one moved to":                  {TaskMove, holds("a"), []Rival{gave("to", time.Minute)}, ReasonHasThis},
		"another than the one moved to":     {TaskMove, holds("a"), []Rival{gave("b", time.Minute)}, ReasonNone},
		"the one that is to go":             {TaskRemove, holds("a"), []Rival{gave("a", time.Minute)}, ReasonNone},
	} {
		task := Task{Kind: c.kind, SKU: "a", To: map[bool]string{true: "to"}[c.kind == TaskMove], StartedAt: noon}
		if got := task.overtaken(c.holds, rivals{by: map[string][]Rival{"ann": c.others}, fresh: noon.Add(-readsBehind)}.lately("ann", c.holds)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
