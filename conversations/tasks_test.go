package conversations_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"cartwright/commerce"
)

// lossy is a Licensor that serves a call, or the first people of it, and whose answer
// does not come.
type lossy struct {
	commerce.Licensor
	lost   int            // answers that do not come
	serves int            // people who are served before one gets lost
	served map[string]int // how often, by user
}

var errLost = fmt.Errorf("the connection was closed")

func (l *lossy) change(users []string, call func([]string) ([]commerce.AssignResult, error)) ([]commerce.AssignResult, error) {
	lost := l.lost > 0
	if lost {
		l.lost--
		users = users[:min(l.serves, len(users))]
	}
	for _, u := range users {
		l.served[u]++
	}
	results, err := call(users)
	if lost && err == nil {
		return nil, errLost
	}
	return results, err
}

func (l *lossy) Assign(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	return l.change(users, func(some []string) ([]commerce.AssignResult, error) { return l.Licensor.Assign(ctx, org, sku, some) })
}

func (l *lossy) Remove(ctx context.Context, org commerce.Organisation, sku string, users []string) ([]commerce.AssignResult, error) {
	return l.change(users, func(some []string) ([]commerce.AssignResult, error) { return l.Licensor.Remove(ctx, org, sku, some) })
}

func (l *lossy) Move(ctx context.Context, org commerce.Organisation, from, to string, users []string) ([]commerce.AssignResult, error) {
	return l.change(users, func(some []string) ([]commerce.AssignResult, error) {
		return l.Licensor.Move(ctx, org, from, to, some)
	})
}

// losing makes the world's Licensor lose its next answers.
func (w *world) losing(lost, serves int) *lossy {
	ports := w.service.Backends[commerce.Sandbox]
	l := &lossy{Licensor: ports.Licensor, lost: lost, serves: serves, served: map[string]int{}}
	ports.Licensor = l
	w.service.Backends[commerce.Sandbox] = ports
	return l
}

// An answer that is lost is looked up: whoever was served is not served again, and counts
// as done; the others are served.
func TestAnAnswerIsLost(t *testing.T) {
	t.Parallel()
	begin := map[string]func(p *person) *person{
		"remove": func(p *person) *person { return p.types("remove standard").clicks("Everyone who has it") },
		"move": func(p *person) *person {
			p.owns(basicSKU, 60)
			return p.types("move standard").clicks("Choose " + basicName).clicks("Everyone who has the old licence")
		},
		"assign": func(p *person) *person {
			p.owns(standardSKU, 60)
			p.exec("UPDATE sandbox_users SET stumbles = 0")
			p.types("assign business standard").clicks("Everyone without a licence").clicks("Start over").clicks("Paste a list of addresses")
			list := ""
			for _, a := range p.addresses(holdsNothing)[:28] {
				list += a + " "
			}
			return p.fills("addresses", list).clicks("Add these people")
		},
	}
	for kind, chosen := range begin {
		for name, serves := range map[string]int{"of a batch": commerce.AssignBatch, "of a part": 7, "of nobody": 0} {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				p := chosen(w.as("aicha")).clicks("Preview for 28 people").at("preview")
				l := w.losing(2, serves)
				p.sends("", p.refOf("start"), nil).at("started")
				w.settles()
				for user, n := range l.served {
					if n != 1 {
						t.Errorf("%s was served %d times", user, n)
					}
				}
				task, err := w.books.Task(w.ctx, "contoso", "L-1001")
				if want := (commerce.Progress{Total: 28, Assigned: 28}); err != nil || task.State != commerce.TaskDone || task.People != want || len(l.served) != 28 || l.lost > 0 {
					t.Errorf("%d were served, and the task is %s with %+v (%v)", len(l.served), task.State, task.People, err)
				}
			})
		}
	}
}

// performs counts the jobs that carry a task on.
func (w *world) performs() int {
	w.Helper()
	return w.count("SELECT count(*) FROM river_job WHERE kind = 'task_perform'")
}

// A task whose job was lost gets another, once it is sure that it was; one that ended
// gets none.
func TestATaskHasLostItsJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("remove exchange").clicks("Everyone who has it").clicks("Preview for 15 people").clicks("Remove 15 licences").at("started")
	sweeps := func(want int) {
		t.Helper()
		if err := w.service.Sweep(w.ctx); err != nil {
			t.Fatal(err)
		}
		if n := w.performs(); n != want {
			t.Fatalf("%d jobs after the sweep, want %d", n, want)
		}
	}
	w.exec("DELETE FROM river_job WHERE kind = 'task_perform'")
	sweeps(0)
	w.passes(2*w.service.Timings.Lease + time.Second)
	if n := w.holders(exchangeSKU); n != 15 {
		t.Fatalf("%d people hold the licence, and there was no job", n)
	}
	sweeps(1)
	w.settles()
	p.sends("", "task:L-1001", nil).sees("removed 15 of 15")
	w.passes(2*w.service.Timings.Lease + time.Second)
	sweeps(0)
}

// A form is its person's: somebody else who sends it does not get the task that it has
// started, and starts their own with one of the same name.
func TestAFormIsItsPersons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changes("contoso", has("chloe", commerce.Licensing))
	free := w.addresses(holdsNothing)
	p := w.as("aicha").types("assign business basic").clicks("Paste a list of addresses").fills("addresses", free[0]).clicks("Add these people").clicks("Preview for 1 person")
	start := p.refOf("start")
	p.sends("", start, nil).at("started").sees("L-1001")
	w.as("chloe").sends("", start, nil).at("subscriptions").sees("That was out of date").lacks("L-1001")
	var ids []string
	for _, who := range []string{"aicha", "chloe", "aicha"} {
		ids = append(ids, w.startsWith("one form", who, free[1]).ID)
	}
	if ids[0] != "L-1002" || ids[1] != "L-1003" || ids[2] != "L-1002" {
		t.Errorf("Aïcha, Chloé and Aïcha again get %q", ids)
	}
}

// startsWith has somebody of contoso assign a licence with the form of that name.
func (w *world) startsWith(form, who, address string) commerce.Task {
	w.Helper()
	org, _ := w.organisation("contoso")
	person, _ := org.Person(who)
	by := commerce.Actor{Organisation: org.ID, Person: who, Name: person.Name, Roles: person.Roles, Account: w.as(who).account()}
	users, err := w.service.FindUsers(w.ctx, by, commerce.UserQuery{Addresses: []string{address}})
	if err != nil || len(users) != 1 {
		w.Fatalf("find %s: %v", address, err)
	}
	asked := commerce.TaskRequest{Kind: commerce.TaskAssign, SKU: basicSKU, Users: []string{users[0].ID}, Once: form}
	preview, err := w.service.Preview(w.ctx, by, asked)
	if err != nil {
		w.Fatalf("preview: %v", err)
	}
	w.events++
	task, err := w.service.StartTask(w.ctx, commerce.Request{Actor: by, Event: fmt.Sprint("event ", w.events)}, asked, preview.Hash())
	if err != nil {
		w.Fatalf("start: %v", err)
	}
	return task
}
