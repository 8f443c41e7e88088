package conversations_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cartwright/commerce"
	"cartwright/commerce/graph"
	"cartwright/testservices/fakegraph"
)

// entra is the world with contoso's licences at Graph, where the clock is the world's.
type entra struct {
	*world
	fake *fakegraph.Graph
}

func newEntra(t *testing.T) *entra { return newEntraOf(t, nil) }

// newEntraOf is one that limits how much is asked of it.
func newEntraOf(t *testing.T, limits *fakegraph.Limits) *entra {
	t.Helper()
	w := newWorld(t)
	fake := fakegraph.New(fakegraph.Options{Now: w.now, Limits: limits})
	t.Cleanup(fake.Close)
	app := graph.Tenant{ID: fake.Tenant, App: fake.AppID, Secret: fake.Secret}
	ports := w.service.Backends[commerce.Sandbox]
	ports.Licensor = graph.New(graph.Options{
		Tenant:    func(id string) (graph.Tenant, bool) { return app, id == "contoso" },
		Transport: fake.Client().Transport, Log: slog.New(slog.DiscardHandler), Now: w.now, Pause: time.Millisecond,
	})
	w.service.Backends[commerce.Sandbox] = ports
	return &entra{w, fake}
}

// people are members without a licence, by id.
func (w *entra) people(n int) []string {
	var ids []string
	for _, p := range w.fake.AddPeople(n) {
		ids = append(ids, p.ID)
	}
	return ids
}

// A purchase whose licences Graph has only a quarter of an hour after they are delivered is
// handed out then, to everyone, once.
func TestASKUThatGraphDoesNotHaveYet(t *testing.T) {
	t.Parallel()
	w := newEntra(t)
	people := w.people(40)
	w.fake.Own(fakegraph.VisioPlan1, 5)
	p := w.as("aicha")
	id := p.buys("business-premium", "40", "P1Y.annual", true)
	w.fake.Buy(fakegraph.BusinessPremium, 40, 15*time.Minute)
	w.pays(id, "paid", "deliver")
	w.minutes(10)
	p.types("order "+id).sees("assigning licences", "Microsoft has not made them available yet")
	if n := len(w.fake.Changed()); n != 0 {
		t.Errorf("%d people were changed already", n)
	}
	w.minutes(20)
	p.types("order "+id).sees("Done. The licences are ready.", "assigned 40 of 40")
	if holders := w.fake.Holders(fakegraph.BusinessPremium); len(holders) != 40 || len(w.fake.Repeats()) != 0 || len(people) != 40 {
		t.Errorf("%d hold one, again %v", len(holders), w.fake.Repeats())
	}
	if n := len(w.fake.Batches()); n > 10 { // two that served them, and one each time that it was asked again
		t.Errorf("%d batches for 40 people", n)
	}
}

// What a preview over Graph says of each person is what Graph says of them.
func TestAPreviewOverGraph(t *testing.T) {
	t.Parallel()
	w := newEntra(t)
	const basic, e3 = fakegraph.BusinessBasic, fakegraph.OfficeE3
	w.fake.Own(basic, 20)
	w.fake.Own(e3, 20)
	person := func(p fakegraph.Person) string { return w.fake.Add(p).ID }
	able := person(fakegraph.Person{Name: "Able", Location: "FR"})
	own := person(fakegraph.Person{Name: "Own", Location: "FR"})
	grouped := person(fakegraph.Person{Name: "Grouped", Location: "FR"})
	failing := person(fakegraph.Person{Name: "Failing", Location: "FR"})
	guest, disabled := person(fakegraph.Person{Name: "Guest", Location: "FR", Guest: true}), person(fakegraph.Person{Name: "Disabled", Location: "FR", Disabled: true})
	nowhere := person(fakegraph.Person{Name: "Nowhere"})
	w.fake.Give(basic, own)
	w.fake.GroupLicence("sales", basic, grouped)
	w.fake.GroupFailure("sales", e3, "MutuallyExclusiveViolation", failing)
	w.fake.Give(basic, failing)
	all := []string{able, own, grouped, failing, guest, disabled, nowhere}
	for name, test := range map[string]struct {
		asked commerce.TaskRequest
		want  string
	}{
		"assign": {commerce.TaskRequest{Kind: commerce.TaskAssign, SKU: e3, Users: all}, "[Disabled:disabled Failing:conflict Guest:guest Nowhere:no_location]"},
		"has it": {commerce.TaskRequest{Kind: commerce.TaskAssign, SKU: basic, Users: all}, "[Disabled:disabled Failing:has_this Grouped:has_this Guest:guest Nowhere:no_location Own:has_this]"},
		"remove": {commerce.TaskRequest{Kind: commerce.TaskRemove, SKU: basic, Users: all}, "[Able:no_licence Disabled:no_licence Grouped:by_group Guest:no_licence Nowhere:no_licence]"},
		"move":   {commerce.TaskRequest{Kind: commerce.TaskMove, SKU: basic, To: e3, Users: all}, "[Able:no_licence Disabled:no_licence Grouped:by_group Guest:no_licence Nowhere:no_licence]"},
	} {
		preview, err := w.service.Preview(w.ctx, w.officer(), test.asked)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var unable []string
		for _, r := range preview.Unable {
			unable = append(unable, r.Name+":"+string(r.Reason))
		}
		if got := fmt.Sprint(unable); got != test.want || len(preview.Able)+len(unable) != len(all) || !preview.AsOf.Equal(w.now()) {
			t.Errorf("%s, as of %s: %s, want %s", name, preview.AsOf, got, test.want)
		}
	}
}

// A preview of a thousand people is read within a turn's time and Microsoft's limits. Calls
// take ten times as long here as Microsoft's do, and so may all of it: this machine's own time
// counts less. What cannot be read in a turn is said not to be known: nobody is told of as
// gone, or as able.
func TestAPreviewOfAThousandOverGraph(t *testing.T) {
	t.Parallel()
	w := newEntraOf(t, fakegraph.DocumentedLimits(1000))
	w.fake.Own(fakegraph.BusinessBasic, 1000)
	people := w.people(1000)
	w.fake.Give(fakegraph.BusinessBasic, people[:300]...)
	asked := commerce.TaskRequest{Kind: commerce.TaskAssign, SKU: fakegraph.BusinessBasic, Users: people}
	w.fake.Fail(fakegraph.Fault{Method: http.MethodGet, Times: -1, Hang: 300 * time.Millisecond})
	began := time.Now()
	preview, err := w.service.Preview(w.ctx, w.officer(), asked)
	took := time.Since(began)
	if err != nil || len(preview.Able) != 700 || len(preview.Unable) != 300 || !preview.AsOf.Equal(w.now()) {
		t.Fatalf("%d can be served and %d cannot, as of %s, %v", len(preview.Able), len(preview.Unable), preview.AsOf, err)
	}
	if most := 10 * commerce.ReadTimeout / 2; took > most || w.fake.Throttled() > 0 {
		t.Errorf("read in %s, of which %s would do; %d calls were over the limits", took, most, w.fake.Throttled())
	}
	w.fake.Heal()
	w.fake.Fail(fakegraph.Fault{Method: http.MethodGet, Times: -1, Hang: time.Second})
	w.service.Timings.Read = 0 // a turn's
	preview, err = w.service.Preview(w.ctx, w.officer(), asked)
	if !commerce.IsCode(err, commerce.CodeUnavailable) || len(preview.Able)+len(preview.Unable) != 0 {
		t.Errorf("what cannot be read in time: %d and %d, %v", len(preview.Able), len(preview.Unable), err)
	}
}

// officer is who hands licences out.
func (w *world) officer() commerce.Actor {
	org, _ := w.organisation("contoso")
	person, _ := org.Person("aicha")
	return commerce.Actor{Organisation: org.ID, Person: "aicha", Name: person.Name, Roles: person.Roles, Account: w.as("aicha").account()}
}

// death is a program that is killed around a call of the Licensor, so that nobody gives its
// lease back and nothing of the call is kept.
type death struct{ before bool }

var errKilled = errors.New("killed")

// dies has the program be killed at a few of the next calls that change licences.
func (w *world) dies(at map[int]death) {
	w.counting(nil)
	ports := w.service.Backends[commerce.Sandbox]
	c := ports.Licensor.(*counted)
	c.around = func(call func() ([]commerce.AssignResult, error)) ([]commerce.AssignResult, error) {
		d, now := at[len(c.batches)]
		if now && d.before {
			panic(errKilled)
		}
		results, err := call()
		if now {
			panic(errKilled)
		}
		return results, err
	}
}

// Whatever fails and wherever the program is killed, a task over Graph ends,
// and what it says of each person is so: nobody has two seats, nobody is lost in a move, nobody
// is touched whom it did not name, what a group gives stays.
func TestATaskOverGraphWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := newSaga(t, rt)
		defer s.close()
		s.starts()
		s.ends()
		for range 2 {
			s.again()
		}
		s.check()
	})
}

// saga is one task over Graph.
type saga struct {
	*entra
	rt            *rapid.T
	people, named []string
	before        map[string][]string
	grouped       map[string]bool
	able          map[string]bool // by the preview
	lag           bool
	kind          commerce.TaskKind
	task          commerce.Task
}

const sagaFrom, sagaTo = fakegraph.PowerBIPro, fakegraph.VisioPlan1

func newSaga(t *testing.T, rt *rapid.T) *saga {
	s := &saga{entra: newEntra(t), rt: rt, before: map[string][]string{}, grouped: map[string]bool{}, able: map[string]bool{}}
	s.failer = rt
	s.kind = rapid.SampledFrom([]commerce.TaskKind{commerce.TaskAssign, commerce.TaskRemove, commerce.TaskMove}).Draw(rt, "kind")
	s.people = s.entra.people(rapid.IntRange(3, 50).Draw(rt, "people"))
	s.fake.Own(sagaFrom, len(s.people))
	s.fake.Own(sagaTo, len(s.people))
	for _, id := range s.people {
		switch rapid.IntRange(0, 5).Draw(rt, "holds") {
		case 0:
			s.fake.GroupLicence("sales", sagaFrom, id)
			s.grouped[id] = true
		case 1:
		default:
			s.fake.Give(sagaFrom, id)
		}
		s.before[id] = s.fake.Licences(id)
	}
	s.named = s.people[:rapid.IntRange(1, len(s.people)).Draw(rt, "named")]
	return s
}

// starts starts the task, after which everything may go wrong: seats are taken, a group comes
// in, calls fail, the program is killed.
func (s *saga) starts() {
	asked := commerce.TaskRequest{Kind: s.kind, SKU: sagaFrom, Users: s.named, Once: "form"}
	switch s.kind {
	case commerce.TaskAssign:
		asked.SKU = sagaTo
	case commerce.TaskMove:
		asked.To = sagaTo
	}
	preview, err := s.service.Preview(s.ctx, s.officer(), asked)
	if err != nil {
		s.Fatalf("preview: %v", err)
	}
	if len(preview.Able) == 0 {
		s.rt.Skip("nobody can be served")
	}
	s.task, err = s.service.StartTask(s.ctx, commerce.Request{Actor: s.officer(), Event: "start"}, asked, preview.Hash())
	if err != nil {
		s.Fatalf("start: %v", err)
	}
	for _, u := range preview.Able {
		s.able[u.ID] = true
	}
	s.fate(preview)
}

func (s *saga) fate(preview commerce.Preview) {
	if rapid.Bool().Draw(s.rt, "seats are taken") {
		s.fake.Subscribe(fakegraph.Subscription{SKU: sagaTo, Seats: -rapid.IntRange(1, len(s.people)).Draw(s.rt, "seats")}, -time.Hour)
	}
	if rapid.Bool().Draw(s.rt, "a group comes in") && s.kind != commerce.TaskAssign {
		late := rapid.SampledFrom(preview.Able).Draw(s.rt, "who").ID
		s.fake.GroupLicence("late", sagaFrom, late)
		s.grouped[late] = true
	}
	for range rapid.IntRange(0, 3).Draw(s.rt, "faults") {
		f := rapid.SampledFrom([]fakegraph.Fault{
			{Status: http.StatusTooManyRequests}, {Status: http.StatusGatewayTimeout, Done: true}, {Drop: true}, {Drop: true, Done: true}, {Cut: 50},
		}).Draw(s.rt, "fault")
		f.Path = rapid.SampledFrom([]string{"/$batch", "/users"}).Draw(s.rt, "where")
		f.Skip, f.Times = rapid.IntRange(0, 5).Draw(s.rt, "after"), rapid.IntRange(1, 3).Draw(s.rt, "times")
		s.fake.Fail(f)
	}
	if s.lag = rapid.Bool().Draw(s.rt, "reads are behind"); s.lag {
		s.fake.Lag(5 * time.Second)
	}
	at := map[int]death{}
	for range rapid.IntRange(0, 3).Draw(s.rt, "deaths") {
		at[rapid.IntRange(1, 5).Draw(s.rt, "at call")] = death{before: rapid.Bool().Draw(s.rt, "before it")}
	}
	s.dies(at)
}

// ends lets time pass until the task has ended.
func (s *saga) ends() {
	for range 40 {
		s.passes(10 * time.Second)
		task, err := s.books.Task(s.ctx, "contoso", s.task.ID)
		if err != nil {
			s.Fatalf("read the task: %v", err)
		}
		if s.task = task; task.State == commerce.TaskDone {
			return
		}
	}
	s.Fatalf("the task does not end: %+v", s.task.People)
}

// again tries again those who failed.
func (s *saga) again() {
	s.fake.Heal()
	s.passes(time.Minute)
	if !s.task.Retries() {
		return
	}
	s.events++
	_, err := s.service.RetryTask(s.ctx, commerce.Request{Actor: s.officer(), Event: fmt.Sprint("again ", s.events)}, s.task.ID)
	if err != nil {
		s.Fatalf("try again: %v", err)
	}
	s.ends()
}

func (s *saga) check() {
	people, err := s.books.TaskPeople(s.ctx, s.task.ID)
	if err != nil || len(people) != len(s.named) {
		s.Fatalf("%d of %d people are told of, %v", len(people), len(s.named), err)
	}
	if n := len(s.fake.Bare()); s.kind != commerce.TaskRemove && n > 0 {
		s.Fatalf("%d were left without, even for a moment", n)
	}
	if n := len(s.fake.Repeats()); n > 0 && !s.lag {
		s.Fatalf("%d were given what they had", n)
	}
	owned, used := s.fake.Seats(sagaTo)
	if used > max(owned, 0) {
		s.Fatalf("%d of %d seats are used", used, owned)
	}
	for _, a := range people {
		s.checkPerson(a, used >= owned)
	}
	for _, id := range s.people {
		if now := s.fake.Licences(id); !slices.Contains(s.named, id) && fmt.Sprint(now) != fmt.Sprint(s.before[id]) {
			s.Fatalf("%s was not named, and has %v in place of %v", id, now, s.before[id])
		} else if s.grouped[id] && !slices.Contains(now, sagaFrom) {
			s.Fatalf("%s lost what a group gives", id)
		}
	}
}

// checkPerson compares what the task says of somebody with what Graph does.
func (s *saga) checkPerson(a commerce.Assignment, full bool) {
	now := s.fake.Licences(a.User)
	from, to := slices.Contains(now, sagaFrom), slices.Contains(now, sagaTo)
	done := map[commerce.TaskKind]bool{commerce.TaskAssign: to, commerce.TaskRemove: !from, commerce.TaskMove: to && !from}[s.kind]
	switch {
	case a.State == commerce.AssignDone && !done:
		s.Fatalf("%s is said to be served, and has %v", a.User, now)
	case a.State == commerce.AssignFailed && a.Reason != commerce.ReasonNoSeat:
		s.Fatalf("%s failed for %q, though nothing fails any more", a.User, a.Reason)
	case a.State == commerce.AssignFailed && !full:
		s.Fatalf("%s failed for want of a seat, and there are some", a.User)
	case a.State == commerce.AssignFailed && fmt.Sprint(now) != fmt.Sprint(s.before[a.User]):
		s.Fatalf("%s failed, and has %v in place of %v", a.User, now, s.before[a.User])
	case a.State == commerce.AssignSkipped && s.able[a.User] && !s.lag && a.Reason != commerce.ReasonByGroup:
		s.Fatalf("%s was skipped for %q, which nobody but the task did", a.User, a.Reason)
	case a.State == commerce.AssignPending || a.State == commerce.AssignIntended:
		s.Fatalf("%s waits for ever", a.User)
	}
}
