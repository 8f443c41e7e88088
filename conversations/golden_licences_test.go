package conversations

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
)

// renewal is when the golden subscriptions renew.
var renewal = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)

// licensing is f for somebody who hands licences out and buys nothing.
func (f facts) licensing() facts { return f.as("dagmar", "Dagmar", commerce.Licensing) }

// both is f for somebody who does both.
func (f facts) both() facts { return f.as("aicha", "Aïcha", commerce.Buyer, commerce.Licensing) }

// owning is f with the subscriptions of the golden organisation.
func (f facts) owning(t testing.TB) facts {
	t.Helper()
	f.org.People = append([]commerce.Person{{ID: "dagmar", Name: "Dagmar", Roles: []commerce.Role{commerce.Licensing}}}, f.org.People...)
	f.owned, f.ownedKnown = []commerce.Subscription{
		ownedOf(f, "basic", 40, 31, 40), ownedOf(f, "e3", 120, 120, 120), ownedOf(f, "e5", 60, 31, 31), ownedOf(f, "premium", 25, 0, 5), ownedOf(f, "visio", 1, 1, 1),
		{OwnedSeats: commerce.OwnedSeats{SKU: "11111111-2222-3333-4444-555555555555", Owned: 10_000, Used: 3, Next: 10_000}, Name: "11111111-2222-3333-4444-555555555555"},
	}, true
	return f
}

func ownedOf(f facts, id string, owned, used, next int) commerce.Subscription {
	offer, _ := f.shelf.Catalogue.Offer(id)
	return commerce.Subscription{
		OwnedSeats: commerce.OwnedSeats{SKU: offer.GraphSKU, Owned: owned, Used: used, Next: next, RenewsAt: renewal}, Name: offer.Name, Offer: offer,
	}
}

func licenceGoldens(t *testing.T, here place) map[string]golden {
	t.Helper()
	all := map[string]golden{}
	for _, some := range []map[string]golden{
		subscriptionGoldens(t, here), chooseGoldens(t, here), pickGoldens(t, here), previewGoldens(t, here), taskGoldens(t, here),
		renewGoldens(t, here), freeGoldens(t, here),
	} {
		for name, g := range some {
			all[name] = g
		}
	}
	return all
}

func subscriptionGoldens(t *testing.T, here place) map[string]golden {
	f := goldenFacts(t, here).owning(t)
	at := state{Step: stepSubscriptions}
	unknown, none, many, alone := f, f, f, f
	unknown.owned, unknown.ownedKnown = nil, false
	none.owned = nil
	none.shelf.Holdings = nil
	for i := range 14 {
		s := ownedOf(f, "e5", 10+i, i, 10+i)
		s.SKU, s.Name = fmt.Sprintf("sku-%d", i), fmt.Sprintf("Office 365 E%d", i)
		many.owned = append(many.owned, s)
	}
	alone.org.People = nil
	ordered := f
	ordered.owned = f.owned[1:2]
	home := state{Step: stepHome}
	return map[string]golden{
		"subscriptions":             {at, f},
		"subscriptions-licensing":   {at, f.licensing()},
		"subscriptions-both":        {at, f.both()},
		"subscriptions-viewer":      {at, f.as("vera", "Vera", commerce.Viewer)},
		"subscriptions-nobody":      {at, alone.as("vera", "Vera", commerce.Viewer)},
		"subscriptions-none":        {at, none},
		"subscriptions-none-viewer": {at, none.as("vera", "Vera", commerce.Viewer)},
		"subscriptions-unknown":     {at, unknown},
		"subscriptions-on-order":    {at, ordered.both()},
		"subscriptions-page":        {state{Step: stepSubscriptions, Page: 1}, many.both()},
		"subscriptions-lost":        {at.say(Warning, "pick.lost"), f.licensing()},
		"home-licensing":            {home, f.licensing()},
		"home-both":                 {home, f.both()},
		"help-licensing":            {state{Step: stepHelp}, f.licensing()},
		"closed-licences":           {state{Step: stepClosed, Licences: licences{Kind: commerce.TaskAssign}}, f.licensing()},
		"refused-licensing":         {state{Step: stepChoose, Licences: licences{Kind: commerce.TaskAssign}}, f},
		"refused-buying":            {state{Step: stepCart}, f.licensing()},
		"refused-renew":             {state{Step: stepRenew}, f.licensing()},
	}
}

func chooseGoldens(t *testing.T, here place) map[string]golden {
	f := goldenFacts(t, here).owning(t).licensing()
	at := func(kind commerce.TaskKind) state { return state{Step: stepChoose, Licences: licences{Kind: kind}} }
	full, unused, unknown, none := f, f, f, f
	none.owned = nil
	full.owned = f.owned[1:2]
	unused.owned = f.owned[2:3]
	unknown.owned, unknown.ownedKnown = nil, false
	both := full.as("aicha", "Aïcha", commerce.Buyer, commerce.Licensing)
	target := at(commerce.TaskMove)
	target.Step, target.Licences.SKU = stepTarget, "sku-e3"
	named := at(commerce.TaskRemove)
	named.Licences.Named = "office"
	all := map[string]golden{
		"choose-target":      {target, f},
		"choose-named":       {named, f},
		"choose-none-buyer":  {at(commerce.TaskAssign), both},
		"choose-none-assign": {at(commerce.TaskAssign), full},
		"choose-none-move":   {at(commerce.TaskMove), full},
		"choose-none-remove": {at(commerce.TaskRemove), unused},
		"choose-nothing":     {at(commerce.TaskMove), none},
		"choose-unknown":     {at(commerce.TaskAssign), unknown},
		"choose-stale":       {at(commerce.TaskAssign).fail(commerce.Refuse(commerce.CodeStale), ""), f},
	}
	for _, kind := range []commerce.TaskKind{commerce.TaskAssign, commerce.TaskRemove, commerce.TaskMove} {
		all["choose-"+string(kind)] = golden{at(kind), f}
		all["choose-no-match-"+string(kind)] = golden{at(kind).say(Warning, "choose.no_match."+string(kind), "text", "<b>excel</b>"), f}
	}
	return all
}

// picking is the form of a task of the kind, for the first n people.
func picking(kind commerce.TaskKind, n int) state {
	s := state{Step: stepPick, Licences: licences{Kind: kind, SKU: "sku-basic", Once: "00112233aabbccdd"}}
	if kind == commerce.TaskMove {
		s.Licences.SKU, s.Licences.To = "sku-e3", "sku-basic"
	}
	for _, u := range addressed(n)[:n] {
		s.Licences.Picked = append(s.Licences.Picked, u.ID)
	}
	return s
}

// addressed are the golden people with addresses.
func addressed(n int) []commerce.User {
	people := goldenPeople(n)
	for i := range people {
		people[i].Address = people[i].ID + "@contoso.example"
	}
	return people
}

func pickGoldens(t *testing.T, here place) map[string]golden {
	f := goldenFacts(t, here).owning(t).licensing()
	some, many, one, found, most, down, unknown := f, f, f, f, f, f, f
	some.picked, many.picked, one.picked = addressed(3)[:3], addressed(10)[:10], addressed(1)[:1]
	found.picked, found.found = addressed(3)[:3], addressed(14)
	most.found = addressed(50)[:50]
	down.unread = commerce.Refuse(commerce.CodeUnavailable)
	unknown.owned, unknown.ownedKnown = nil, false
	search := func(s state, text string) state {
		s.Licences.Query = text
		return s
	}
	lone := f
	lone.found = addressed(1)[:1]
	list := func(text string) state {
		s := picking(commerce.TaskAssign, 3)
		s.Step, s.Licences.Text = stepAddresses, text
		return s
	}
	page := search(picking(commerce.TaskRemove, 3), "am")
	page.Page = 2
	unknownList := list("nobody@contoso.example")
	return map[string]golden{
		"pick-assign":           {picking(commerce.TaskAssign, 0), f},
		"pick-remove":           {picking(commerce.TaskRemove, 0), f},
		"pick-move":             {picking(commerce.TaskMove, 0), f},
		"pick-one":              {picking(commerce.TaskAssign, 1), one},
		"pick-some":             {picking(commerce.TaskAssign, 3).say(Good, "pick.added_one", "name", "Amélie n° 3"), some},
		"pick-many":             {picking(commerce.TaskRemove, 240).count(Good, "pick.added", 240), many},
		"pick-cut":              {picking(commerce.TaskRemove, 1000).count(Warning, "pick.cut", 500, "max", commerce.MaxTaskPeople).count(Good, "pick.added", 1000), many},
		"pick-found":            {search(picking(commerce.TaskAssign, 3), "am"), found},
		"pick-found-page":       {page, found},
		"pick-found-one":        {search(picking(commerce.TaskMove, 0), "am"), lone},
		"pick-found-most":       {search(picking(commerce.TaskAssign, 0), "a"), most},
		"pick-found-nobody":     {search(picking(commerce.TaskAssign, 0), "zzz"), f},
		"pick-unread":           {search(picking(commerce.TaskAssign, 3), "am"), down},
		"pick-seats-unknown":    {picking(commerce.TaskAssign, 3), unknown},
		"pick-told-nobody":      {picking(commerce.TaskAssign, 0).say(Warning, "pick.nobody"), f},
		"pick-told-all":         {picking(commerce.TaskAssign, 3).say(Plain, "pick.all_chosen"), some},
		"pick-told-gone":        {picking(commerce.TaskAssign, 0).say(Warning, "pick.gone"), f},
		"addresses":             {list(""), f},
		"addresses-none":        {list("; ,").at(fieldAddresses, "addresses.none"), f},
		"addresses-many":        {list("a@contoso.example").fail(commerce.Refuse(commerce.CodeTooMany, "max", commerce.MaxTaskPeople), fieldAddresses), f},
		"addresses-unknown":     {unknownList.count(Good, "pick.added", 12).tellUnknown([]string{"nobody@contoso.example"}), f},
		"addresses-unknown-two": {list("<b>@x y@z").tellUnknown([]string{"<b>@x", "y@z"}), f},
		"addresses-unknown-all": {list("1 2 3 4 5 6 7 8 9 10 11 12").tellUnknown(readAddresses("1 2 3 4 5 6 7 8 9 10 11 12")), f},
	}
}

// at is s with a sentence at a field.
func (s state) at(field, key string) state {
	s = s.say(Bad, key)
	s.Issues[len(s.Issues)-1].field = field
	return s
}

// foreseeing is f with a preview for n people who can, and some who cannot.
func (f facts) foreseeing(s state, n int, unable ...commerce.Refused) facts {
	f.preview = commerce.Preview{Request: s.Licences.request(), Able: addressed(n)[:n], Unable: unable, Free: 40, AsOf: f.now}
	return f
}

func previewGoldens(t *testing.T, here place) map[string]golden {
	f := goldenFacts(t, here).owning(t).licensing()
	var each, many []commerce.Refused
	for i, reason := range commerce.Reasons {
		each = append(each, commerce.Refused{User: commerce.User{ID: fmt.Sprint(i), Name: fmt.Sprintf("Zoé n° %d", i+1)}, Reason: reason})
	}
	for i := range 130 {
		many = append(many, each[i%4])
	}
	down := f
	down.unread = commerce.Refuse(commerce.CodeUnavailable)
	all := map[string]golden{}
	for _, kind := range []commerce.TaskKind{commerce.TaskAssign, commerce.TaskRemove, commerce.TaskMove} {
		s := picking(kind, 3)
		s.Step = stepPreview
		people := s
		people.Step, people.Page = stepPreviewPeople, 1
		name := "preview-" + string(kind)
		all[name] = golden{s, f.foreseeing(s, 12, each[:2]...)}
		all[name+"-one"] = golden{s, f.foreseeing(s, 1)}
		all[name+"-stale"] = golden{s.fail(commerce.Refuse(commerce.CodeStale), ""), f.foreseeing(s, 3)}
		all[name+"-people"] = golden{people, f.foreseeing(s, 30, each...)}
	}
	s := picking(commerce.TaskAssign, 3)
	s.Step = stepPreview
	all["preview-reasons"] = golden{s, f.foreseeing(s, 40, many...)}
	for _, kind := range []commerce.TaskKind{commerce.TaskRemove, commerce.TaskMove} {
		s := picking(kind, 3)
		s.Step = stepPreview
		left := f.foreseeing(s, 12)
		left.preview.Stranded = []commerce.Stranded{{SKU: "sku-phone", Name: "Teams Phone", People: 1}, {SKU: "sku-copilot", Name: "Microsoft 365 Copilot", People: 12}}
		all["preview-stranded-"+string(kind)] = golden{s, left}
	}
	all["preview-nobody"] = golden{s, f.foreseeing(s, 0, each[:1]...)}
	all["preview-unread"] = golden{s, down}
	return all
}

// taskOf is a task of the kind in the state, with its people.
func taskOf(kind commerce.TaskKind, people []commerce.Assignment, change func(*commerce.Task)) (commerce.Task, []commerce.Assignment) {
	t := commerce.Task{
		ID: "L-1042", Organisation: "contoso", Kind: kind, By: "dagmar", ByName: "Dagmar", SKU: "sku-basic", Name: "Microsoft 365 Business Basic",
		State: commerce.TaskDone, StartedAt: morning, EndedAt: morning.Add(2 * time.Minute),
	}
	if kind == commerce.TaskMove {
		t.SKU, t.Name, t.To, t.ToName = "sku-e3", "Office 365 E3", "sku-basic", "Microsoft 365 Business Basic"
	}
	if kind == commerce.TaskRenew {
		t.By, t.ByName, t.Quantity, t.RenewsAt = "aicha", "Aïcha", 31, renewal
	}
	for _, a := range people {
		switch a.State {
		case commerce.AssignSkipped:
			t.People.Skipped++
			continue
		case commerce.AssignDone:
			t.People.Assigned++
		case commerce.AssignFailed:
			t.People.Failed++
		}
		t.People.Total++
	}
	if change != nil {
		change(&t)
	}
	return t, people
}

// taskPeople are people of whom so many are done, failed, skipped and waiting.
func taskPeople(done, failed, skipped, waiting int) []commerce.Assignment {
	var all []commerce.Assignment
	add := func(n int, state commerce.AssignmentState, reasons ...commerce.Reason) {
		for i := range n {
			a := commerce.Assignment{Order: "L-1042", User: fmt.Sprint(len(all)), Name: fmt.Sprintf("Amélie n° %d", len(all)+1), State: state}
			if len(reasons) > 0 {
				a.Reason = reasons[i%len(reasons)]
			}
			all = append(all, a)
		}
	}
	add(done, commerce.AssignDone)
	add(failed, commerce.AssignFailed, commerce.ReasonUnavailable, commerce.ReasonConflict)
	add(skipped, commerce.AssignSkipped, commerce.ReasonGuest, commerce.ReasonGone)
	add(waiting, commerce.AssignPending)
	return all
}

func running(t *commerce.Task) { t.State, t.EndedAt = commerce.TaskRunning, time.Time{} }

// keptOut is a task that Microsoft keeps waiting.
func keptOut(t *commerce.Task) {
	running(t)
	t.Slow = commerce.Slow{Since: morning, Until: morning.Add(time.Minute)}
}

func refused(t *commerce.Task) { t.State, t.Reason = commerce.TaskFailed, commerce.CodeVendorRefused }

func overtaken(t *commerce.Task) { t.State, t.Reason = commerce.TaskFailed, commerce.CodeStale }

// taskMoments are tasks of every kind at every moment, by the end of their sentence's key.
func taskMoments() map[string]func() (commerce.Task, []commerce.Assignment) {
	all := map[string]func() (commerce.Task, []commerce.Assignment){}
	for _, kind := range []commerce.TaskKind{commerce.TaskAssign, commerce.TaskRemove, commerce.TaskMove} {
		all[string(kind)+".running"] = func() (commerce.Task, []commerce.Assignment) { return taskOf(kind, taskPeople(12, 0, 1, 28), running) }
		all[string(kind)+".slowed"] = func() (commerce.Task, []commerce.Assignment) { return taskOf(kind, taskPeople(12, 0, 1, 28), keptOut) }
		all[string(kind)+".done"] = func() (commerce.Task, []commerce.Assignment) { return taskOf(kind, taskPeople(40, 0, 0, 0), nil) }
		all[string(kind)+".part"] = func() (commerce.Task, []commerce.Assignment) { return taskOf(kind, taskPeople(38, 2, 3, 0), nil) }
		all[string(kind)+".none"] = func() (commerce.Task, []commerce.Assignment) { return taskOf(kind, taskPeople(0, 0, 2, 0), nil) }
	}
	for name, change := range map[string]func(*commerce.Task){"running": running, "done": nil, "failed": refused, "overtaken": overtaken} {
		all["renew."+name] = func() (commerce.Task, []commerce.Assignment) { return taskOf(commerce.TaskRenew, nil, change) }
	}
	return all
}

func taskGoldens(t *testing.T, here place) map[string]golden {
	f := goldenFacts(t, here).owning(t).both()
	all := map[string]golden{}
	for name, made := range taskMoments() {
		g := f
		g.task, g.assigned = made()
		all["task-"+strings.ReplaceAll(name, ".", "-")] = golden{state{Step: stepTask, Task: "L-1042"}, g}
		all["task-people-"+strings.ReplaceAll(name, ".", "-")] = golden{state{Step: stepTaskPeople, Task: "L-1042", Page: 1}, g}
	}
	part := f.as("vera", "Vera", commerce.Viewer)
	part.task, part.assigned = taskMoments()["assign.part"]()
	one := f
	one.task, one.assigned = taskOf(commerce.TaskAssign, taskPeople(1, 1, 1, 0), nil)
	late := one
	late.actor.Roles = nil
	at := state{Step: stepTask, Task: "L-1042"}
	all["task-started"] = golden{state{Step: stepStarted, Task: "L-1042"}, one}
	all["task-viewer"] = golden{at, part}
	all["task-one"] = golden{at, one}
	all["task-no-role"] = golden{at, late}
	all["task-not-possible"] = golden{at.fail(commerce.Refuse(commerce.CodeTaskState), ""), one}
	all["task-unknown"] = golden{at, f}
	return all
}

func renewGoldens(t *testing.T, here place) map[string]golden {
	f := goldenFacts(t, here).owning(t)
	at := func(sku string) state {
		return state{Step: stepRenew, Licences: licences{Kind: commerce.TaskRenew, SKU: sku, Once: "00112233aabbccdd"}}
	}
	typed := at("sku-basic")
	typed.Form.Quantity = "30"
	unknown := f
	unknown.owned, unknown.ownedKnown = nil, false
	return map[string]golden{
		"renew":            {at("sku-basic"), f},
		"renew-planned":    {at("sku-premium"), f},
		"renew-nothing":    {at("sku-visio"), f},
		"renew-unknown":    {at("sku-basic"), unknown},
		"renew-stale":      {at("sku-basic").fail(commerce.Refuse(commerce.CodeStale), ""), f},
		"renew-error":      {typed.fail(commerce.Refuse(commerce.CodeQuantity, "min", 31, "max", 40), fieldQuantity), f},
		"renew-least":      {at("sku-e5"), f},
		"renew-error-same": {typed.fail(commerce.Refuse(commerce.CodePlanned), fieldQuantity), f},
	}
}

func freeGoldens(t *testing.T, here place) map[string]golden {
	f := goldenFacts(t, here).owning(t)
	one := f
	one.shelf.Holdings = map[string]commerce.Holding{"sku-basic": {Known: true, Owned: 40, Used: 39}}
	lone := one
	lone.org.People = nil
	basic := state{Step: stepDetails, Form: form{Offer: "basic", Quantity: "3", Plan: "P1Y.annual"}}
	nobody := f
	nobody.org.People = nil
	covered := f.with(t, lineOf("basic", annual, 9, false), lineOf("basic", month, 10, false))
	return map[string]golden{
		"details-free":            {basic, f.both()},
		"details-free-one":        {basic, one.both()},
		"details-free-ask":        {basic, f},
		"details-free-nobody":     {basic, nobody},
		"details-free-one-ask":    {basic, one},
		"details-free-one-nobody": {basic, lone},
		"cart-free":               {state{Step: stepCart}, covered.both()},
		"cart-free-ask":           {state{Step: stepCart}, covered},
	}
}

// Renewal notices are made without a conversation: each is compared by itself.
func TestRenewalNotices(t *testing.T) {
	t.Parallel()
	for _, cloud := range commerce.Clouds {
		for name := range renewalNotices(goldenFacts(t, english)) {
			for _, who := range renewalReaders {
				var all []Prompt
				for _, at := range places(cloud) {
					f := goldenFacts(t, at).owning(t)
					p := renewalPrompt(renewalNotices(f)[name], f.reading(who))
					for _, wrong := range Unsound(p) {
						t.Errorf("%s for %s in %v: %s", name, who, at, wrong)
					}
					all = append(all, p)
				}
				compareGolden(t, renewalFile(name, who, cloud), all)
			}
		}
	}
}

var renewalReaders = []string{"buyer", "licensing", "both", "nobody"}

// reading is f for one of renewalReaders; the last has nobody to ask.
func (f facts) reading(who string) facts {
	switch who {
	case "licensing":
		return f.licensing()
	case "both":
		return f.both()
	case "nobody":
		f.org.People = nil
		return f.licensing()
	}
	return f
}

func renewalNotices(f facts) map[string]commerce.Renewal {
	basic := ownedOf(f, "basic", 40, 31, 40)
	price := func(i int, change func(*commerce.Plan)) commerce.Plan {
		p := basic.Offer.Plans[i]
		if change != nil {
			change(&p)
		}
		return p
	}
	made := func(days int, in time.Duration, unused int, cost commerce.Plan) commerce.Renewal {
		r := commerce.Renewal{Subscription: basic, Days: days, Unused: unused, Cost: cost, Paid: days == 30, Buyer: "aicha"}
		r.RenewsAt, r.Used = f.now.Add(in), basic.Owned-unused
		return r
	}
	listed := func(p *commerce.Plan) { p.Demonstration, p.Indicative = false, true }
	return map[string]commerce.Renewal{
		"30":       made(30, 30*24*time.Hour, 9, price(0, nil)),
		"7":        made(7, 7*24*time.Hour-9*time.Hour, 9, price(1, listed)),
		"1":        made(7, 24*time.Hour, 1, price(1, nil)),
		"today":    made(7, 2*time.Hour, 9, price(0, nil)),
		"no-price": made(30, 25*24*time.Hour, 9, commerce.Plan{}),
	}
}

func renewalFile(name, who string, cloud commerce.Cloud) string {
	return goldenFile("renewal-"+name+"-"+who, cloud)
}

// How soon a renewal is, by the nights until then where the organisation is.
func TestHowSoonARenewalIs(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	evening := time.Date(2026, 11, 23, 22, 30, 0, 0, time.UTC) // 23:30 in Paris
	for in, want := range map[time.Duration][]string{
		-time.Hour:          {"That is today.", "C’est aujourd’hui.", "Das ist heute.", "就在今天。"},
		29 * time.Minute:    {"That is today.", "C’est aujourd’hui.", "Das ist heute.", "就在今天。"},
		30 * time.Minute:    {"That is in 1 day.", "C’est dans 1 jour.", "Das ist in 1 Tag.", "还有 1 天。"},
		7 * 24 * time.Hour:  {"That is in 7 days.", "C’est dans 7 jours.", "Das ist in 7 Tagen.", "还有 7 天。"},
		30 * 24 * time.Hour: {"That is in 30 days.", "C’est dans 30 jours.", "Das ist in 30 Tagen.", "还有 30 天。"},
	} {
		for i, lang := range []string{"en", "fr", "de", "zh-CN"} {
			f := goldenFacts(t, place{commerce.Worldwide, lang})
			f.org.TimeZone, f.now = paris, evening
			r := renewalNotices(f)["30"]
			r.RenewsAt = evening.Add(in)
			if got := renewalPrompt(r, f).Notices[0].Text; got != want[i] {
				t.Errorf("in %s: %q, want %q", in, got, want[i])
			}
		}
	}
}
