package conversations_test

import (
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

// The notice says when, how many nobody uses and what that costs, in the reader's
// language, and offers what the reader may do.
func TestWhatARenewalSays(t *testing.T) {
	t.Parallel()
	for lang, says := range map[string][]string{
		"en": {"Exchange", "30 days", "renew: 20, of which nobody uses 5.", "€"}, "fr": {"Exchange", "30 jours", "€"},
		"de": {"Exchange", "30 Tage", "€"}, "zh-CN": {"Exchange", "30", "€"},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.renewsIn(30 * day)
			w.changes("contoso", func(o *commerce.Organisation) {
				for i := range o.People {
					o.People[i].Locale = lang
				}
			})
			told := w.looks(w.radar())
			if len(told) != 1 {
				t.Fatalf("%d notices", len(told))
			}
			for _, text := range says {
				if !strings.Contains(written(told[0]), text) {
					t.Errorf("%q is not in\n%s", text, written(told[0]))
				}
			}
			for _, verb := range []string{"renew:", "assign:", "subs:"} {
				if !offers(told[0], verb) {
					t.Errorf("%s is not offered in\n%s", verb, written(told[0]))
				}
			}
		})
	}
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
