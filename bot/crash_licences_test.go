package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/conversations"
)

// chore is one thing to do with owned licences, for everyone that it makes sense for.
type chore struct {
	kind     commerce.TaskKind
	from, to string // offers
}

// chores are two batches each: Contoso's 28 people with Business Standard lose it, 30 of
// the 31 with Business Basic get it instead, and 39 without a licence get Business Basic.
var chores = []chore{
	{commerce.TaskRemove, "business-standard", ""},
	{commerce.TaskMove, "business-basic", "business-standard"},
	{commerce.TaskAssign, "business-basic", ""},
}

// TestNoLicenceIsLostOrChangedTwice kills the bot at each crash point of assigning,
// removing and moving licences, starts it again, and looks at who holds what.
func TestNoLicenceIsLostOrChangedTwice(t *testing.T) {
	for _, at := range places(t) {
		t.Run(at.kind, func(t *testing.T) {
			began := time.Now()
			points := undisturbedChores(t, at)
			each := stride(at)
			var cases []string
			for i, point := range chosen(points) {
				if i%each == 0 {
					cases = append(cases, point)
				}
			}
			var mu sync.Mutex
			var missed []string
			parallel(len(cases), func(_, i int) {
				t.Run(cases[i], func(t *testing.T) {
					l := liveChores(t, at, settings{crashAtEnv: cases[i]})
					if l.deaths == 0 {
						mu.Lock()
						defer mu.Unlock()
						missed = append(missed, cases[i])
					}
				})
			})
			t.Logf("%d deaths (each %d of %d points) in %s; %d points were not reached in their second life: %s",
				len(cases), each, len(chosen(points)), time.Since(began).Round(time.Second), len(missed), strings.Join(missed, ", "))
			if len(missed) > 3+len(cases)/20 {
				t.Error("more crash points than a few were not reached")
			}
		})
	}
}

func undisturbedChores(t *testing.T, at place) (points []string) {
	t.Helper()
	t.Run("undisturbed", func(t *testing.T) { points = liveChores(t, at, nil).points() })
	return points
}

// liveChores does the chores one after the other, and checks what came of them. Redis is
// embedded, so each death loses the conversation too.
func liveChores(t *testing.T, at place, dies settings) *life {
	t.Helper()
	l := newLife(t, at, story{}, dies, "")
	o := &officer{buyer: &buyer{
		line: &line{t: t, base: l.base, broken: l.broken, client: patient()}, org: "contoso", person: "aicha",
	}}
	defer o.client.CloseIdleConnections()
	for _, c := range chores {
		o.do(c)
	}
	h := &holders{account: &account{t: t, db: books(t, l.db), url: l.db}}
	l.until(h.unfinished)
	l.bot.kill()
	h.check()
	return l
}

// officer hands licences out, by what each prompt shows.
type officer struct{ *buyer }

// do does a chore, however often the bot dies meanwhile.
func (o *officer) do(c chore) {
	o.t.Helper()
	deadline := time.Now().Add(2 * patience)
	p := o.begin(c)
	for p.Name != "task" || !p.Closed || o.has(p, "task.retry:") {
		if time.Now().After(deadline) {
			o.t.Fatalf("stuck: at %q %q %v", p.Name, p.Title, p.Notices)
		}
		p = o.next(c, p)
	}
}

func (o *officer) begin(c chore) conversations.Prompt {
	return o.say(string(c.kind) + " " + want{offer: c.from}.name())
}

func (o *officer) next(c chore, p conversations.Prompt) conversations.Prompt {
	switch p.Name {
	case "choose", "target":
		for _, item := range items(p) {
			if (item.Title == want{offer: c.from}.name() || item.Title == want{offer: c.to}.name()) && len(item.Actions) > 0 {
				return o.click(item.Actions[0].Ref, nil)
			}
		}
	case "pick":
		if ref := action(p, "preview"); ref != "" {
			return o.click(ref, nil)
		}
		return o.click(action(p, "pick.everyone"), nil)
	case "preview":
		if ref := action(p, "start:"); ref != "" {
			return o.click(ref, nil)
		}
	case "started":
		return o.click(action(p, "task:"), nil)
	case "task":
		if ref := action(p, "task.retry:"); ref != "" {
			return o.click(ref, nil)
		}
		time.Sleep(pause)
		return o.click("task:"+strings.Fields(strings.ReplaceAll(p.Title, ":", " "))[0], nil)
	}
	time.Sleep(pause)
	return o.begin(c) // the conversation was lost, and what it had started would be shown
}

// holders calls the chores to account: what the ledger says of them, and who really
// holds what outside.
type holders struct{ *account }

func (h *holders) unfinished() []string {
	h.t.Helper()
	return column[string](h.account, `SELECT kind || ' ' || CAST(state AS TEXT) FROM river_job
		WHERE kind LIKE 'task_%' AND CAST(state AS TEXT) NOT IN ('completed', 'cancelled', 'discarded')`)
}

func (h *holders) check() {
	h.t.Helper()
	var tasks []commerce.Task
	for _, body := range column[string](h.account, `SELECT body FROM tasks ORDER BY id`) {
		var task commerce.Task
		if err := json.Unmarshal([]byte(body), &task); err != nil {
			h.t.Fatal(err)
		}
		tasks = append(tasks, task)
	}
	if len(tasks) != len(chores) {
		h.t.Errorf("%d tasks of %d starts", len(tasks), len(chores))
	}
	for i, served := range []int{28, 30, 39} {
		if i < len(tasks) && (tasks[i].People.Assigned != served || tasks[i].People.Failed > 0 || tasks[i].State != commerce.TaskDone) {
			h.t.Errorf("%s ended %s with %+v, expected %d people", tasks[i].Kind, tasks[i].State, tasks[i].People, served)
		}
	}
	h.checkChanges(tasks)
	h.checkLeft(tasks)
	h.checkCalls()
	verified(h.t, h.url)
}

// checkChanges compares each licence given and taken outside with what the tasks say:
// nobody twice, nobody left out, and nobody moved without both halves of it.
func (h *holders) checkChanges(tasks []commerce.Task) {
	h.t.Helper()
	var given, taken []string
	for _, task := range tasks {
		for _, user := range column[string](h.account, `SELECT user_id FROM task_people WHERE state = 'assigned' AND task_id = $1`, task.ID) {
			if task.Kind != commerce.TaskAssign {
				taken = append(taken, user+" "+task.SKU)
			}
			switch task.Kind {
			case commerce.TaskAssign:
				given = append(given, user+" "+task.SKU)
			case commerce.TaskMove:
				given = append(given, user+" "+task.To)
			}
		}
	}
	for table, expected := range map[string][]string{"sandbox_grants": given, "sandbox_removals": taken} {
		slices.Sort(expected)
		found := column[string](h.account, fmt.Sprintf(`SELECT user_id || ' ' || sku FROM %s`, table))
		slices.Sort(found)
		if diff := cmp.Diff(expected, found); diff != "" {
			h.t.Errorf("%s (-by the tasks +outside):\n%s", table, diff)
		}
	}
}

// checkLeft finds what ended tasks must not have any more, and messages that do not show
// the end.
func (h *holders) checkLeft(tasks []commerce.Task) {
	h.t.Helper()
	if n := one[int](h.account, `SELECT count(*) FROM tasks WHERE lease_until > 0 OR due_at > 0`); n > 0 {
		h.t.Error("a task is still leased or due")
	}
	for _, task := range tasks {
		shown := column[int](h.account, `SELECT version FROM sent_messages WHERE ref <> '' AND claimed_until = 0 AND order_id = $1`, task.ID)
		if !cmp.Equal(shown, []int{task.Version}) {
			h.t.Errorf("the messages of %s show versions %v of %d", task.ID, shown, task.Version)
		}
	}
	if n := one[int](h.account, `SELECT count(*) FROM task_people WHERE state NOT IN ('assigned', 'skipped')`); n > 0 {
		h.t.Errorf("%d people are not served", n)
	}
}
