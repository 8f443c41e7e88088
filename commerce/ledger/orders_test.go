package ledger

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
)

func money(t testing.TB, s string) commerce.Money {
	t.Helper()
	m, err := commerce.NewMoney(s, "EUR")
	check(t, err)
	return m
}

// same compares what JSON keeps.
var same = cmp.Comparer(func(a, b commerce.Money) bool { return a.Equal(b) && a.Currency() == b.Currency() })

func TestAnOrderIsReadAsItWasWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		o := newOrder("CW-1", 4)
		o.BuyerName, o.Locale = "Aïcha \u0000 李", "zh-CN"
		o.Quote.Total = money(t, "13.13")
		o.Payment = commerce.Payment{Session: "cs_1", Status: commerce.PaymentOpen, Expires: noon.Add(time.Hour)}
		o.Intent = &commerce.Intent{Step: commerce.StepPlace, Key: "k", At: noon, For: 1}
		o.Lines = []commerce.OrderLine{line(1, "sku-a", 3, commerce.LinePending)}
		save(t, l, o, noon)

		got, err := l.Order(t.Context(), org, o.ID)
		check(t, err)
		if diff := cmp.Diff(o, got, same); diff != "" {
			t.Errorf("outside a change (-wrote +read):\n%s", diff)
		}
		change(t, l, func(tx commerce.Tx) error {
			byID, err := tx.Order(o.ID)
			check(t, err)
			bySession, err := tx.OrderOfSession("cs_1")
			check(t, err)
			byCart, found, err := tx.OrderOfCart(org, buyer, 4)
			check(t, err)
			if !found {
				t.Error("not found by its cart")
			}
			for _, got := range []commerce.Order{byID, bySession, byCart} {
				if diff := cmp.Diff(o, got, same); diff != "" {
					t.Errorf("inside a change (-wrote +read):\n%s", diff)
				}
			}
			return nil
		})
	})
}

func TestForeignAndUnknownOrdersAreNotFoundAlike(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		save(t, l, newOrder("CW-1", 1), noon)
		for _, ask := range []struct{ org, id string }{{"fabrikam", "CW-1"}, {org, "CW-2"}, {"", "CW-2"}} {
			if _, err := l.Order(t.Context(), ask.org, ask.id); !commerce.IsCode(err, commerce.CodeNotFound) {
				t.Errorf("%+v: got %v, want not found", ask, err)
			}
		}
		if _, err := l.Order(t.Context(), "", "CW-1"); err != nil {
			t.Errorf("in any organisation: %v", err)
		}
		change(t, l, func(tx commerce.Tx) error {
			if _, err := tx.Order("CW-2"); !commerce.IsCode(err, commerce.CodeNotFound) {
				t.Errorf("in a change: got %v, want not found", err)
			}
			if _, err := tx.OrderOfSession("cs_2"); !commerce.IsCode(err, commerce.CodeNotFound) {
				t.Errorf("by session: got %v, want not found", err)
			}
			if _, found, err := tx.OrderOfCart(org, buyer, 2); found || err != nil {
				t.Errorf("by cart: got %v, %v", found, err)
			}
			if err := tx.Postpone("CW-2", noon); !commerce.IsCode(err, commerce.CodeNotFound) {
				t.Errorf("postpone: got %v, want not found", err)
			}
			return nil
		})
	})
}

func TestOnlyOneOfTwoChangesAtAVersionWins(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		o := newOrder("CW-1", 1)
		save(t, l, o, noon)
		o.Version = 2
		errs := atOnce(4, func(int) error {
			return l.Change(t.Context(), func(tx commerce.Tx) error { return tx.SaveOrder(o, noon) })
		})
		wantOne(t, errs, commerce.CodeStale)
		for _, version := range []int{1, 2, 4} {
			o.Version = version
			err := l.Change(t.Context(), func(tx commerce.Tx) error { return tx.SaveOrder(o, noon) })
			if !commerce.IsCode(err, commerce.CodeStale) {
				t.Errorf("version %d over 2: got %v, want stale", version, err)
			}
		}
	})
}

// wantOne wants one success, and the code of all others.
func wantOne(t *testing.T, errs []error, code commerce.Code) {
	t.Helper()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !commerce.IsCode(err, code):
			t.Errorf("got %v, want %s", err, code)
		}
	}
	if won != 1 {
		t.Errorf("%d won, want 1: %v", won, errs)
	}
}

func TestTwoSubmitsOfOneCartMakeOneOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		errs := atOnce(4, func(int) error {
			return l.Change(t.Context(), func(tx commerce.Tx) error {
				id, err := tx.NextOrderID()
				if err != nil {
					return err
				}
				return tx.SaveOrder(newOrder(id, 7), noon)
			})
		})
		wantOne(t, errs, commerce.CodeStale)
		orders, err := l.Orders(t.Context(), commerce.OrderQuery{})
		check(t, err)
		if len(orders) != 1 {
			t.Errorf("%d orders, want 1", len(orders))
		}
	})
}

func TestOrderNumbersHaveNoDuplicatesAndNoGaps(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		given := make([]string, 24)
		errs := atOnce(len(given), func(i int) error {
			return l.Change(t.Context(), func(tx commerce.Tx) (err error) {
				given[i], err = tx.NextOrderID()
				if i%3 == 0 {
					return errors.Join(err, errors.New("regret"))
				}
				return err
			})
		})
		var kept, want []string
		for i, id := range given {
			if i%3 != 0 {
				check(t, errs[i])
				kept = append(kept, id)
				want = append(want, fmt.Sprintf("CW-%d", 1001+len(want)))
			}
		}
		slices.Sort(kept)
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("numbers (-want +got):\n%s", diff)
		}
	})
}

func TestAnEventIsAppliedOnceAndAnsweredAlways(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		results := make([]string, 8)
		fresh := make([]bool, len(results))
		errs := atOnce(len(results), func(i int) error {
			return l.Change(t.Context(), func(tx commerce.Tx) (err error) {
				results[i], fresh[i], err = tx.Claim("slack:1")
				if err != nil || !fresh[i] {
					return err
				}
				results[i] = fmt.Sprintf("CW-%d", i)
				return tx.Applied("slack:1", results[i])
			})
		})
		check(t, errors.Join(errs...))
		first := slices.Index(fresh, true)
		if first < 0 || slices.Contains(fresh[first+1:], true) {
			t.Fatalf("applied by %v, want one", fresh)
		}
		for i, got := range results {
			if want := fmt.Sprintf("CW-%d", first); got != want {
				t.Errorf("repeat %d was answered %q, want %q", i, got, want)
			}
		}
		err := l.Change(t.Context(), func(tx commerce.Tx) error { return tx.Applied("slack:2", "x") })
		if err == nil {
			t.Error("an event that nobody claimed was applied")
		}
	})
}

func TestALeaseIsOneCallersUntilItEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l, other := open(t, url), open(t, url)
		save(t, l, newOrder("CW-1", 1), noon)
		lease := func(l *Ledger, now, until time.Time) (got bool) {
			t.Helper()
			change(t, l, func(tx commerce.Tx) (err error) {
				got, err = tx.Lease("CW-1", now, until)
				return err
			})
			return got
		}
		for _, step := range []struct {
			name       string
			l          *Ledger
			now, until time.Time
			want       bool
		}{
			{"free", l, noon, noon.Add(time.Minute), true},
			{"held, for its holder too", l, noon.Add(time.Second), noon.Add(time.Hour), false},
			{"held", other, noon.Add(time.Second), noon.Add(time.Hour), false},
			{"somebody else's to give back", other, noon.Add(time.Second), time.Time{}, false},
			{"given back", l, noon.Add(time.Second), time.Time{}, true},
			{"free again", other, noon.Add(time.Second), noon.Add(time.Minute), true},
			{"over", l, noon.Add(time.Minute), noon.Add(2 * time.Minute), true},
		} {
			if got := lease(step.l, step.now, step.until); got != step.want {
				t.Errorf("%s: got %v, want %v", step.name, got, step.want)
			}
		}
		taken := make([]bool, 6)
		errs := atOnce(len(taken), func(i int) error {
			return l.Change(t.Context(), func(tx commerce.Tx) (err error) {
				taken[i], err = tx.Lease("CW-1", noon.Add(time.Hour), noon.Add(2*time.Hour))
				return err
			})
		})
		check(t, errors.Join(errs...))
		if n := len(slices.DeleteFunc(taken, func(ok bool) bool { return !ok })); n != 1 {
			t.Errorf("%d have the lease, want 1", n)
		}
	})
}

func TestOpenSeats(t *testing.T) {
	seen := noon
	delivered := func(l commerce.OrderLine, at time.Time) commerce.OrderLine {
		l.ProvisionedAt = at
		return l
	}
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		for i, tt := range []struct {
			state commerce.State
			line  commerce.OrderLine
		}{
			{commerce.StateAwaitingPayment, line(1, "pending", 1, commerce.LinePending)},
			{commerce.StateProvisioning, line(1, "placed", 2, commerce.LinePlaced)},
			{commerce.StateAssigning, delivered(line(1, "just delivered", 3, commerce.LineProvisioned), seen)},
			{commerce.StateCompleted, delivered(line(1, "delivered after", 4, commerce.LineProvisioned), seen.Add(time.Microsecond))},
			{commerce.StateCompleted, delivered(line(1, "delivered before", 5, commerce.LineProvisioned), seen.Add(-time.Microsecond))},
			{commerce.StateProvisioning, line(1, "refused", 6, commerce.LineRefused)},
			{commerce.StateProvisioning, line(1, "failed", 7, commerce.LineFailed)},
			{commerce.StateRejected, line(1, "rejected order", 8, commerce.LinePending)},
			{commerce.StateExpired, line(1, "expired order", 9, commerce.LinePending)},
			{commerce.StateCancelled, line(1, "cancelled order", 10, commerce.LinePending)},
			{commerce.StateFailed, line(1, "failed order", 11, commerce.LinePlaced)},
			{commerce.StateCancelling, line(1, "cancelling order", 12, commerce.LinePending)},
			{commerce.StateAwaitingPayment, line(1, "pending", 100, commerce.LinePending)},
		} {
			o := newOrder(fmt.Sprintf("CW-%d", i), i)
			o.State, o.Lines = tt.state, []commerce.OrderLine{tt.line}
			save(t, l, o, noon)
		}
		foreign := newOrder("CW-99", 99)
		foreign.Organisation, foreign.Lines = "fabrikam", []commerce.OrderLine{line(1, "pending", 1000, commerce.LinePending)}
		save(t, l, foreign, noon)

		want := map[string]int{"pending": 101, "placed": 2, "just delivered": 3, "delivered after": 4, "cancelling order": 12}
		got, err := l.OpenSeats(t.Context(), org, seen)
		check(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("open seats (-want +got):\n%s", diff)
		}
		change(t, l, func(tx commerce.Tx) error {
			got, err := tx.OpenSeats(org, seen)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("open seats in a change (-want +got):\n%s", diff)
			}
			return err
		})
	})
}

// Two buyers at the cap: ten seats are left, and each of four wants four.
func TestBuyersAtTheCapComeOneAfterTheOther(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		errs := atOnce(4, func(i int) error {
			return l.Change(t.Context(), func(tx commerce.Tx) error {
				open, err := tx.OpenSeats(org, noon)
				if err != nil {
					return err
				}
				time.Sleep(20 * time.Millisecond) // for the others to look, too
				if open["sku"]+4 > 10 {
					return commerce.Refuse(commerce.CodeOverCap)
				}
				o := newOrder(fmt.Sprintf("CW-%d", i), i)
				o.Lines = []commerce.OrderLine{line(1, "sku", 4, commerce.LinePending)}
				return tx.SaveOrder(o, noon)
			})
		})
		open, err := l.OpenSeats(t.Context(), org, noon)
		check(t, err)
		if open["sku"] != 8 {
			t.Errorf("%d seats were sold of 10, want 8: %v", open["sku"], errs)
		}
	})
}

func TestListsOfOrders(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		for i := range 6 {
			o := newOrder(fmt.Sprintf("CW-%d", i), i)
			o.SubmittedAt = noon.Add(time.Duration(i) * time.Minute)
			if i%2 == 1 {
				o.Buyer, o.State = "bruno", commerce.StateCompleted
			}
			if i == 5 {
				o.Organisation = "fabrikam"
			}
			save(t, l, o, noon)
		}
		for _, tt := range []struct {
			query commerce.OrderQuery
			want  string
		}{
			{commerce.OrderQuery{}, "CW-5 CW-4 CW-3 CW-2 CW-1 CW-0"},
			{commerce.OrderQuery{Organisation: org}, "CW-4 CW-3 CW-2 CW-1 CW-0"},
			{commerce.OrderQuery{Organisation: org, Person: "bruno"}, "CW-3 CW-1"},
			{commerce.OrderQuery{State: commerce.StateCompleted}, "CW-5 CW-3 CW-1"},
			{commerce.OrderQuery{Limit: 2, Offset: 1}, "CW-4 CW-3"},
			{commerce.OrderQuery{Organisation: "' OR '1'='1"}, ""},
		} {
			orders, err := l.Orders(t.Context(), tt.query)
			check(t, err)
			got := ""
			for _, o := range orders {
				got += " " + o.ID
			}
			if got != "" {
				got = got[1:]
			}
			if got != tt.want {
				t.Errorf("%+v: got %q, want %q", tt.query, got, tt.want)
			}
		}
	})
}

func TestPeopleOfAnOrderAreListedByLineThenName(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		save(t, l, newOrder("CW-1", 1), noon)
		person := func(line int, user, name string, state commerce.AssignmentState) commerce.Assignment {
			return commerce.Assignment{Order: "CW-1", Line: line, User: user, Name: name, State: state}
		}
		people := []commerce.Assignment{
			person(2, "u1", "Ada", commerce.AssignPending), person(1, "u2", "Zoë", commerce.AssignPending),
			person(1, "u3", "émile", commerce.AssignPending), person(1, "u5", "Ada", commerce.AssignPending),
			person(1, "u4", "Ada", commerce.AssignPending),
		}
		change(t, l, func(tx commerce.Tx) error { return tx.SaveAssignments(people) })
		failed := person(1, "u2", "Zoë", commerce.AssignFailed)
		failed.Reason = commerce.ReasonNoSeat
		change(t, l, func(tx commerce.Tx) error { return tx.SaveAssignments([]commerce.Assignment{failed}) })

		want := []commerce.Assignment{people[4], people[3], failed, people[2], people[0]}
		got, err := l.Assignments(t.Context(), "CW-1")
		check(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("people (-want +got):\n%s", diff)
		}
		change(t, l, func(tx commerce.Tx) error {
			got, err := tx.Assignments("CW-1")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("people in a change (-want +got):\n%s", diff)
			}
			return err
		})
	})
}

func TestACartIsOneBuyersAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		errs := atOnce(8, func(int) error {
			return l.Change(t.Context(), func(tx commerce.Tx) error {
				cart, err := tx.Cart(org, buyer)
				if err != nil {
					return err
				}
				cart.Revision++
				cart.Lines = append(cart.Lines, commerce.CartLine{ID: cart.Revision, Offer: "e3", Seen: money(t, "9.99")})
				return tx.SaveCart(cart)
			})
		})
		check(t, errors.Join(errs...))
		cart, err := l.Cart(t.Context(), org, buyer)
		check(t, err)
		if cart.Revision != 8 || len(cart.Lines) != 8 || !cart.Lines[7].Seen.Equal(money(t, "9.99")) {
			t.Errorf("the cart is %+v, want 8 revisions and lines", cart)
		}
		other, err := l.Cart(t.Context(), org, "bruno")
		check(t, err)
		if other.Revision != 0 {
			t.Errorf("somebody else's cart is at revision %d", other.Revision)
		}
	})
}

func TestOneSessionPaysForOneOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		l := open(t, url)
		first, second := newOrder("CW-1", 1), newOrder("CW-2", 2)
		first.Payment.Session = "cs_1"
		save(t, l, first, noon)
		first.Version, first.Payment.Session = 2, "cs_2" // a new link: news of the old one still finds it
		save(t, l, first, noon)
		change(t, l, func(tx commerce.Tx) error {
			for _, session := range []string{"cs_1", "cs_2"} {
				o, err := tx.OrderOfSession(session)
				check(t, err)
				if o.ID != "CW-1" {
					t.Errorf("%s is of %s", session, o.ID)
				}
			}
			return nil
		})
		second.Payment.Session = "cs_1"
		err := l.Change(t.Context(), func(tx commerce.Tx) error { return tx.SaveOrder(second, noon) })
		if err == nil || commerce.CodeOf(err) != commerce.CodeInternal {
			t.Errorf("another order with the session: got %v, want an uncoded error", err)
		}
	})
}

// People of other orders and tasks are known who are being served now, or have been just now,
// or may have been, with what they are given; and of no other organisation.
func TestRivals(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		now := noon
		l := openWith(t, url, Options{Now: func() time.Time { return now }})
		keep := func(id, organisation string, state commerce.State, people ...commerce.Assignment) {
			o := newOrder(id, len(id)+int(now.Sub(noon)/time.Minute))
			o.Organisation, o.State, o.Buyer = organisation, state, id
			o.Lines = []commerce.OrderLine{line(1, "sku-o", 9, commerce.LineProvisioned)}
			save(t, l, o, noon)
			for i := range people {
				people[i].Order, people[i].Line, people[i].Name = id, 1, people[i].User
			}
			change(t, l, func(tx commerce.Tx) error { return tx.SaveAssignments(people) })
		}
		tasked := func(id, organisation string, kind commerce.TaskKind, state commerce.TaskState, people ...commerce.Assignment) {
			task := newTask(id)
			task.Organisation, task.Kind, task.State = organisation, kind, state
			saveTask(t, l, task, noon)
			for i := range people {
				people[i].Order, people[i].Name = id, people[i].User
			}
			change(t, l, func(tx commerce.Tx) error { return tx.SaveTaskPeople(people) })
		}
		person := func(user string, s commerce.AssignmentState) commerce.Assignment {
			return commerce.Assignment{User: user, State: s}
		}
		unsure := func(user string) commerce.Assignment {
			return commerce.Assignment{User: user, State: commerce.AssignFailed, Reason: commerce.ReasonUnavailable}
		}
		keep("CW-1", org, commerce.StateCompleted, person("long ago", commerce.AssignDone), unsure("once"))
		tasked("L-1", org, commerce.TaskAssign, commerce.TaskDone, person("long ago", commerce.AssignDone), unsure("once"))
		now = now.Add(time.Hour)
		keep("CW-2", org, commerce.StateCompleted, person("just now", commerce.AssignDone), person("failed", commerce.AssignFailed), unsure("unsure"), person("left", commerce.AssignIntended))
		keep("CW-3", org, commerce.StateAssigning, person("now", commerce.AssignIntended), person("next", commerce.AssignPending), person("skipped", commerce.AssignSkipped))
		keep("CW-4", "fabrikam", commerce.StateAssigning, person("abroad", commerce.AssignIntended))
		keep("CW-5", org, commerce.StateAssigning, person("own", commerce.AssignIntended))
		tasked("L-2", org, commerce.TaskAssign, commerce.TaskDone, person("just now", commerce.AssignDone), person("failed", commerce.AssignFailed), unsure("unsure"))
		tasked("L-3", org, commerce.TaskMove, commerce.TaskRunning, person("now", commerce.AssignIntended), person("next", commerce.AssignPending))
		tasked("L-4", "fabrikam", commerce.TaskAssign, commerce.TaskRunning, person("abroad", commerce.AssignIntended))
		tasked("L-5", org, commerce.TaskRemove, commerce.TaskRunning, person("own", commerce.AssignIntended), person("gone", commerce.AssignDone))
		fromOrders := []string{"CW-2 just now assigned +sku-o", "CW-2 unsure failed +sku-o", "CW-3 now intended +sku-o"}
		fromTasks := []string{"L-2 just now assigned +sku-a", "L-2 unsure failed +sku-a", "L-3 now intended -sku-a +sku-b"}
		for of, want := range map[string][]string{
			"CW-5": slices.Concat(fromOrders, fromTasks, []string{"L-5 gone assigned -sku-a", "L-5 own intended -sku-a"}),
			"L-5":  slices.Concat(fromOrders, []string{"CW-5 own intended +sku-o"}, fromTasks),
		} {
			change(t, l, func(tx commerce.Tx) error {
				found, err := tx.Rivals(commerce.OrderRef{Organisation: org, ID: of}, now.Add(-time.Minute))
				check(t, err)
				var got []string
				for _, r := range found {
					word := r.Order + " " + r.User + " " + string(r.State)
					if r.Takes != "" {
						word += " -" + r.Takes
					}
					if r.Gives != "" {
						word += " +" + r.Gives
					}
					if got = append(got, word); !r.At.Equal(now) {
						t.Errorf("%s at %s", word, r.At)
					}
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("beside %s are %q, want %q", of, got, want)
				}
				return nil
			})
		}
	})
}
