package conversations_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/conversations"
)

const (
	day           = 24 * time.Hour
	exchangePlan1 = "4b9405b0-7788-4568-add1-99614e613b69" // 5 of Contoso's 20 are free; they renew 34 days after the beginning
)

// radar looks each hour.
func (w *world) radar() *conversations.Radar {
	return &conversations.Radar{
		Announcements: w.announcements, Directories: map[string]conversations.Directory{platform: w.directory}, Every: time.Hour,
		Organisations: func() []commerce.Organisation {
			org, _ := w.organisation("contoso")
			return []commerce.Organisation{org}
		},
	}
}

// looks lets the radar look, and returns the notices that were posted since.
func (w *world) looks(r *conversations.Radar) []conversations.Prompt {
	w.Helper()
	before := len(w.chat.shown)
	if err := r.Look(w.ctx); err != nil {
		w.Fatalf("look: %v", err)
	}
	return w.chat.shown[before:]
}

// later lets time pass in which nothing else is due.
func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

// Buyer and licensing people hear of a renewal 30 days before, once, and again 7 days
// before; then never more.
func TestARenewalIsToldTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.renewsIn(34 * day)
	r := w.radar()
	for _, step := range []struct {
		name  string
		wait  time.Duration
		tells string // "" for nothing
	}{
		{"34 days before", 0, ""},
		{"30 days before", 4 * day, "30 days"},
		{"a minute later", time.Minute, ""},
		{"two hours later", 2 * time.Hour, ""},
		{"8 days before", 22*day - 2*time.Hour - time.Minute, ""},
		{"7 days before", day, "7 days"},
		{"6 days before", day, ""},
		{"the day after", 7 * day, ""},
	} {
		w.later(step.wait)
		told := w.looks(r)
		if step.tells == "" && len(told) > 0 || step.tells != "" && len(told) != 1 {
			t.Fatalf("%s: %d notices", step.name, len(told))
		}
		if step.tells != "" && !strings.Contains(written(told[0]), step.tells) {
			t.Errorf("%s: %q is not in\n%s", step.name, step.tells, written(told[0]))
		}
	}
}

// renewsIn moves the renewal of Exchange Plan 1, and all others far away.
func (w *world) renewsIn(d time.Duration) {
	w.Helper()
	w.exec("UPDATE sandbox_seats SET renews_at = $1", w.now().Add(300*day).UnixMicro())
	w.exec("UPDATE sandbox_seats SET renews_at = $1 WHERE organisation = 'contoso' AND sku = $2", w.now().Add(d).UnixMicro(), exchangePlan1)
}

// The notice says when and how many nobody uses, in the reader's language, and offers
// what the reader may do. What they cost is the list price where they were not bought here.
func TestWhatARenewalSays(t *testing.T) {
	t.Parallel()
	for lang, says := range map[string][]string{
		"en": {"Exchange", "30 days", "renew: 20, of which nobody uses 5.", "list price", "€"}, "fr": {"Exchange", "30 jours", "tarif", "€"},
		"de": {"Exchange", "30 Tage", "Listenpreis", "€"}, "zh-CN": {"Exchange", "30", "标价", "€"},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.changes("contoso", func(o *commerce.Organisation) { o.People[0].Locale = lang })
			p := w.hearsOfARenewal()
			p.sees(says...)
			for _, verb := range []string{"renew:", "assign:", "subs:"} {
				if !offers(p.prompt, verb) {
					t.Errorf("%s is not offered in\n%s", verb, written(p.prompt))
				}
			}
			bought := newWorld(t)
			bought.as("aicha").buys("exchange-online-p1", "3", "P1Y.annual", false)
			bought.pays("CW-1001", "paid", "deliver")
			bought.settles()
			bought.as("aicha").speaking(lang)
			bought.hearsOfARenewal().sees(says[1], "8", "23", "€").lacks("list price", "tarif", "Listenpreis", "标价")
		})
	}
}

// hearsOfARenewal is Aïcha with the notice 30 days before.
func (w *world) hearsOfARenewal() *person {
	w.Helper()
	w.renewsIn(30 * day)
	p := w.as("aicha")
	told := w.looks(w.radar())
	if len(told) != 1 {
		w.Fatalf("%d notices", len(told))
	}
	p.prompt = told[0]
	return p
}

func offers(p conversations.Prompt, verb string) bool {
	for _, a := range p.Actions {
		if strings.HasPrefix(a.Ref, verb) {
			return true
		}
	}
	return false
}

// Who bought here last hears of it, not every buyer; whoever hands licences out does too.
// Nobody else does, and a person who may not buy is offered no plan.
func TestWhoHearsOfARenewal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changes("contoso", func(o *commerce.Organisation) {
		o.People = []commerce.Person{
			{ID: "aicha", Name: "Aïcha", Roles: []commerce.Role{commerce.Buyer}, Accounts: map[string]string{platform: "aicha"}},
			{ID: "bruno", Name: "Bruno", Roles: []commerce.Role{commerce.Buyer}, Accounts: map[string]string{platform: "bruno"}},
			{ID: "chloe", Name: "Chloé", Roles: []commerce.Role{commerce.Licensing}, Accounts: map[string]string{platform: "chloe"}},
			{ID: "dagmar", Name: "Dagmar", Roles: []commerce.Role{commerce.Approver}, Accounts: map[string]string{platform: "dagmar", "elsewhere": "x"}},
		}
	})
	w.renewsIn(30 * day)
	if told := w.looks(w.radar()); len(told) != 3 {
		t.Errorf("bought by nobody here: %d people hear of it, want both buyers and Chloé", len(told))
	}
	w.as("aicha").buys("exchange-online-p1", "3", "P1Y.annual", false)
	w.pays("CW-1001", "paid", "deliver")
	w.settles()
	w.renewsIn(7 * day)
	told := w.looks(w.radar())
	plans := 0
	for _, p := range told {
		if offers(p, "renew:") {
			plans++
		}
	}
	if len(told) != 2 || plans != 1 {
		t.Errorf("bought by Aïcha: %d people hear of it and %d may plan, want 2 and 1", len(told), plans)
	}
}

// With no seat unused, or as many planned away, there is nothing to tell.
func TestNothingToTell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.renewsIn(30 * day)
	w.exec("UPDATE sandbox_seats SET planned = 15 WHERE organisation = 'contoso' AND sku = $1", exchangePlan1)
	if told := w.looks(w.radar()); len(told) > 0 {
		t.Errorf("told:\n%s", written(told[0]))
	}
}

// A notice that could not be posted is posted at the next look, and not twice by two
// programs.
func TestANoticeIsPostedOnceEvenSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.renewsIn(30 * day)
	w.chat.fails = true
	if err := w.radar().Look(w.ctx); err == nil {
		t.Error("a notice that was not posted is no error")
	}
	w.chat.fails = false
	r, other := w.radar(), w.radar()
	if n := len(w.looks(r)) + len(w.looks(other)); n != 1 {
		t.Errorf("%d notices of two programs", n)
	}
}

// Whoever the platform has shut out hears nothing, until they are let in again.
func TestAClosedAccountHearsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.renewsIn(30 * day)
	r := w.radar()
	w.directory.closed = map[string]bool{"aicha": true}
	if told := w.looks(r); len(told) > 0 {
		t.Errorf("a closed account hears:\n%s", written(told[0]))
	}
	w.directory.closed = nil
	w.later(time.Hour)
	if n := len(w.looks(r)); n != 1 {
		t.Errorf("%d notices after it was opened, want 1", n)
	}
}

// Nobody is looked up for a notice that somebody else is about to post, or that was posted.
func TestNobodyIsLookedUpForNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.renewsIn(30 * day)
	id := "renewal/contoso/" + exchangePlan1 + "/" + w.now().Add(30*day).Format(time.DateOnly) + "/30"
	to := w.as("aicha").account()
	if _, _, ok, err := w.books.Claim(w.ctx, id, to); !ok || err != nil {
		t.Fatalf("claim the notice: %v, %v", ok, err)
	}
	w.looks(w.radar())
	if w.directory.asked > 0 {
		t.Error("Aïcha was looked up while another program had the notice")
	}
	if err := w.books.Done(w.ctx, id, to, "", 0, nil); err != nil {
		t.Fatal(err)
	}
	r := w.radar()
	for i := range 3 {
		if n := len(w.looks(r)); n != max(0, 1-i) {
			t.Errorf("look %d tells %d", i, n)
		}
		w.later(time.Hour)
	}
	if w.directory.asked != 1 {
		t.Errorf("Aïcha was looked up %d times, want once", w.directory.asked)
	}
}

// tellsTwo is a renewal of which Aïcha hears first, and then Chloé.
func (w *world) tellsTwo() {
	w.Helper()
	w.changes("contoso", func(o *commerce.Organisation) {
		o.People = []commerce.Person{
			with("aicha", "Aïcha", commerce.Buyer),
			with("chloe", "Chloé", commerce.Licensing),
		}
	})
	w.renewsIn(30 * day)
}

// Where the first cannot be told, the second is, once; the first is soon after.
func TestOneOfTwoCannotBeTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tellsTwo()
	r := w.radar()
	w.chat.shuns = "aicha"
	if err := r.Look(w.ctx); err == nil || len(w.chat.shown) != 1 || offers(w.chat.last(), "renew:") {
		t.Fatalf("%d notices (%v), want Chloé's", len(w.chat.shown), err)
	}
	w.chat.shuns = ""
	w.later(time.Minute)
	if told := w.looks(r); len(told) != 1 || !offers(told[0], "renew:") {
		t.Fatalf("%d notices a minute later, want Aïcha's", len(told))
	}
	w.later(2 * time.Hour)
	if n := len(w.looks(r)); n > 0 {
		t.Errorf("%d more notices", n)
	}
}

// Somebody who can never be told is tried ever less often, and holds nobody else up.
func TestWhoCanNeverBeTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tellsTwo()
	r := w.radar()
	w.chat.shuns = "aicha"
	for range 24 * 60 {
		_ = r.Look(w.ctx)
		w.later(time.Minute)
	}
	if told := len(w.chat.shown); told != 1 || w.chat.tries < 24 || w.chat.tries > 32 {
		t.Errorf("in a day %d was told, and %d posts were tried", told, w.chat.tries)
	}
	w.chat.shuns = ""
	w.later(time.Hour)
	if n := len(w.looks(r)); n != 1 {
		t.Errorf("%d notices once Aïcha can be told, want 1", n)
	}
}

// Without time to do it nothing is looked at, and nothing is held against anybody.
func TestALookWithoutTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.renewsIn(30 * day)
	r := w.radar()
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if err := r.Look(ctx); err != nil {
		t.Errorf("look: %v", err)
	}
	if n := len(w.looks(r)); n != 1 {
		t.Errorf("%d notices, want 1", n)
	}
}

// A buyer who left hears nothing: whoever else buys does, once.
func TestABuyerWhoLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as("aicha").buys("exchange-online-p1", "3", "P1Y.annual", false)
	w.pays("CW-1001", "paid", "deliver")
	w.settles()
	w.changes("contoso", func(o *commerce.Organisation) {
		o.People = []commerce.Person{
			with("aicha", "Aïcha", commerce.Buyer),
			with("bruno", "Bruno", commerce.Buyer),
		}
	})
	w.renewsIn(30 * day)
	w.directory.closed = map[string]bool{"aicha": true}
	r := w.radar()
	for i, want := range []int{1, 0} {
		if n := len(w.looks(r)); n != want {
			t.Errorf("look %d tells %d, want %d", i, n, want)
		}
		w.later(2 * time.Hour)
	}
}

// A notice offers fewer licences only where fewer are possible.
func TestANoticeOfTheFewest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("DELETE FROM sandbox_licences WHERE organisation = 'contoso' AND sku = $1", exchangeSKU)
	w.exec("UPDATE sandbox_seats SET planned = 1 WHERE organisation = 'contoso' AND sku = $1", exchangeSKU)
	w.hearsOfARenewal().sees("renew: 1, of which nobody uses 1.").lacks("You can plan to own fewer", "please ask")
}

// A form of renewal that is out of date says so, whatever number is typed, and leads to
// one that works.
func TestARenewalFormThatIsOutOfDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "renew:"+exchangeSKU, nil).at("renew")
	old := p.prompt.Submit.Ref
	w.exec("UPDATE sandbox_seats SET planned = 16 WHERE organisation = 'contoso' AND sku = $1", exchangeSKU)
	p.sends("", old, map[string]string{"quantity": "20"}).at("renew").sees("That was out of date").lacks("planned already")
	p.sends("", "renew.plan:"+exchangeSKU+":20:0011223344556677", map[string]string{"quantity": "20"}).at("renew").sees("That was out of date")
	p.fills("quantity", "16").clicks("Plan this").at("renew").sees("That many are planned already.")
	p.fills("quantity", "17").clicks("Plan this").at("started")
}

// with is somebody of one role.
func with(id, name string, role commerce.Role) commerce.Person {
	return commerce.Person{ID: id, Name: name, Roles: []commerce.Role{role}, Accounts: map[string]string{platform: id}}
}

// Who holds finance hears of each month that is over once, in working hours, and of one in
// which there was nothing, nothing.
func TestAMonthIsSummedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.renewsIn(2000 * day)
	r := w.radar()
	if told := w.looks(r); len(told) != 0 {
		t.Fatalf("of a month with nothing in it:\n%s", written(told[0]))
	}
	aicha := w.as("aicha")
	order := aicha.buys("business-premium", "10", "P1Y.monthly", false)
	w.pays(order, "paid", "")
	w.settles()
	waits := aicha.buys("business-basic", "2", "P1Y.annual", false)
	paris, _ := time.LoadLocation("Europe/Paris")
	w.later(time.Date(2026, 12, 1, 7, 0, 0, 0, paris).Sub(w.now()))
	if told := w.looks(r); len(told) != 0 {
		t.Fatalf("before working hours:\n%s", written(told[0]))
	}
	w.later(2 * time.Hour)
	told := w.looks(r)
	if len(told) != 2 {
		t.Fatalf("%d were told, want Chloé and Dagmar", len(told))
	}
	text := written(told[0])
	for _, want := range []string{"Contoso SARL: what was spent in November 2026", "2 orders", "1 order", order, waits, "| Microsoft 365 Business Premium | 10 | ", "Still to pay"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	w.later(2 * time.Hour)
	if told := w.looks(r); len(told) != 0 {
		t.Errorf("a second time:\n%s", written(told[0]))
	}
}
