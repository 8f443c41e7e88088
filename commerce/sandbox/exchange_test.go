package sandbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
)

// answers are the reasons of a call, in the order in which users were asked for.
func (l *lab) answers(users []string) func([]commerce.AssignResult, error) []commerce.Reason {
	return func(results []commerce.AssignResult, err error) []commerce.Reason {
		l.t.Helper()
		if err != nil || len(results) != len(users) {
			l.t.Errorf("%d answers for %d users, %v", len(results), len(users), err)
			return nil
		}
		var all []commerce.Reason
		for i, r := range results {
			if r.User != users[i] {
				l.t.Errorf("answer %d is about %s, want %s", i, r.User, users[i])
			}
			all = append(all, r.Reason)
		}
		return all
	}
}

func (l *lab) remove(org commerce.Organisation, sku string, users ...string) []commerce.Reason {
	l.t.Helper()
	return l.answers(users)(l.Licensor().Remove(l.t.Context(), org, sku, users))
}

func (l *lab) move(org commerce.Organisation, from, to string, users ...string) []commerce.Reason {
	l.t.Helper()
	return l.answers(users)(l.Licensor().Move(l.t.Context(), org, from, to, users))
}

func (l *lab) licences(org commerce.Organisation, user string) []string {
	l.t.Helper()
	held, err := l.Licensor().Licences(l.t.Context(), org, []string{user})
	if err != nil {
		l.t.Fatal(err)
	}
	var skus []string
	for _, one := range held[user] {
		skus = append(skus, one.SKU)
	}
	return skus
}

// grantsAndRemovals count what was really done.
func (l *lab) grantsAndRemovals() [2]int {
	l.t.Helper()
	return [2]int{l.count(`SELECT count(*) FROM sandbox_grants`), l.count(`SELECT count(*) FROM sandbox_removals`)}
}

// bureau has people of each kind who hold Business Basic, two free seats of Business Premium
// and one of an add-on to that.
func bureau(o *sandbox.Options) {
	var users []commerce.User
	for _, id := range []string{"ana", "ben", "cleo", "shaky", "guest", "disabled", "nowhere", "premium", "both", "bare"} {
		users = append(users, commerce.User{
			ID: id, Name: "Ms " + id, Address: id + "@bureau.example", Location: "FR", Guest: id == "guest", Disabled: id == "disabled",
		})
	}
	users[6].Location = ""
	o.Speed = 1000
	o.Seeds = map[string]sandbox.Tenant{"contoso": {
		Users: users,
		Owned: map[string]int{basicSKU: 10, premiumSKU: 4, addOnSKU: 1},
		Holders: map[string][]string{
			basicSKU: {"ana", "ben", "cleo", "shaky", "guest", "disabled", "nowhere", "both"}, premiumSKU: {"premium", "both"},
		},
		Stumbles: []string{"shaky"},
	}}
}

func TestWhoLosesALicence(t *testing.T) {
	const none, gone, unavailable = commerce.ReasonNone, commerce.ReasonGone, commerce.ReasonUnavailable
	onEachDatabase(t, func(l *lab) {
		got := l.remove(contoso, basicSKU, "ana", "ghost", "bare", "guest", "disabled", "nowhere", "shaky", "both", "ana")
		want := []commerce.Reason{none, gone, none, none, none, none, unavailable, none, none}
		if diff := cmp.Diff(want, got); diff != "" {
			l.t.Errorf("answers (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]commerce.Reason{none, none}, l.remove(contoso, basicSKU, "shaky", "shaky")); diff != "" {
			l.t.Errorf("the retry (-want +got):\n%s", diff)
		}
		if got := l.seats(contoso, basicSKU); got.Owned != 10 || got.Used != 2 {
			l.t.Errorf("seats %+v", got)
		}
		if got := l.licences(contoso, "both"); !cmp.Equal(got, []string{premiumSKU}) {
			l.t.Errorf("of two licences %v is left", got)
		}
		if got := l.grantsAndRemovals(); got != [2]int{0, 6} {
			l.t.Errorf("granted and removed %v", got)
		}
		if n := l.count(`SELECT count(*) FROM sandbox_calls WHERE name = 'licensor.remove' AND key = $1`, basicSKU); n != 2 {
			l.t.Errorf("%d calls counted", n)
		}
	}, bureau)
}

func TestWhoIsMoved(t *testing.T) {
	const none = commerce.ReasonNone
	onEachDatabase(t, func(l *lab) {
		users := []string{"ghost", "bare", "premium", "both", "guest", "disabled", "nowhere", "shaky", "ana", "ana", "ben", "cleo"}
		got := l.move(contoso, basicSKU, premiumSKU, users...)
		want := []commerce.Reason{
			commerce.ReasonGone, commerce.ReasonNoLicence, none, commerce.ReasonHasThis, commerce.ReasonGuest, commerce.ReasonDisabled,
			commerce.ReasonNoLocation, commerce.ReasonUnavailable, none, none, none, commerce.ReasonNoSeat,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			l.t.Errorf("answers (-want +got):\n%s", diff)
		}
		for user, want := range map[string][]string{
			"ana": {premiumSKU}, "ben": {premiumSKU}, "cleo": {basicSKU}, "shaky": {basicSKU}, "guest": {basicSKU}, "both": {basicSKU, premiumSKU},
		} {
			if diff := cmp.Diff(want, l.licences(contoso, user)); diff != "" {
				l.t.Errorf("%s holds (-want +got):\n%s", user, diff)
			}
		}
		if got := l.grantsAndRemovals(); got != [2]int{2, 2} {
			l.t.Errorf("granted and removed %v", got)
		}
		l.remove(contoso, premiumSKU, "premium")
		if got := l.move(contoso, basicSKU, premiumSKU, "shaky"); got[0] != none {
			l.t.Errorf("the retry, with a seat: %v", got)
		}
		if got := l.move(contoso, basicSKU, visioSKU, "cleo"); got[0] != commerce.ReasonNoSeat || !cmp.Equal(l.licences(contoso, "cleo"), []string{basicSKU}) {
			l.t.Errorf("to a product that is not owned: %v", got)
		}
		if n := l.count(`SELECT count(*) FROM sandbox_calls WHERE name = 'licensor.move' AND key = $1`, basicSKU+">"+premiumSKU); n != 2 {
			l.t.Errorf("%d calls counted", n)
		}
	}, bureau)
}

func TestAnAddOnNeedsItsBase(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		got := l.assign(contoso, addOnSKU, "ana", "bare", "guest")
		want := map[string]commerce.Reason{"ana": commerce.ReasonNoBase, "bare": commerce.ReasonNoBase, "guest": commerce.ReasonGuest}
		if diff := cmp.Diff(want, got); diff != "" {
			l.t.Errorf("assigned (-want +got):\n%s", diff)
		}
		for _, c := range []struct {
			from, user string
			want       commerce.Reason
		}{
			{basicSKU, "ana", commerce.ReasonNoBase},
			{premiumSKU, "premium", commerce.ReasonNoBase}, // it would be gone
			{basicSKU, "both", commerce.ReasonNone},
		} {
			if got := l.move(contoso, c.from, addOnSKU, c.user); got[0] != c.want {
				l.t.Errorf("%s moved: %q, want %q", c.user, got, c.want)
			}
		}
		if got := l.assign(contoso, addOnSKU, "premium"); got["premium"] != commerce.ReasonNoSeat {
			l.t.Errorf("with a base: %v", got)
		}
	}, bureau)
}

// A batch that is cut off has served the first of its people, wholly, and goes on from there.
func TestACallThatIsCutOffLeavesTheFirstServed(t *testing.T) {
	const exchangeSKU = "4b9405b0-7788-4568-add1-99614e613b69"
	onEachDatabase(t, func(l *lab) {
		holders, err := l.Licensor().Users(l.t.Context(), adatum, commerce.UserQuery{Holding: exchangeSKU})
		if err != nil {
			l.t.Fatal(err)
		}
		var users []string
		for _, u := range holders {
			users = append(users, u.ID)
		}
		move := func(ctx context.Context) error {
			_, err := l.Licensor().Move(ctx, adatum, exchangeSKU, basicSKU, users[:4])
			return err
		}
		remove := func(ctx context.Context) error {
			_, err := l.Licensor().Remove(ctx, adatum, exchangeSKU, users[4:8])
			return err
		}
		l.cut(move, exchangeSKU, users[:4])
		l.cut(remove, exchangeSKU, users[4:8])
		if got := l.grantsAndRemovals(); got != [2]int{4, 8} {
			l.t.Errorf("4 were moved and 4 licences removed: %v", got)
		}
	}, speed(0.4))
}

// cut stops a call that frees seats of the SKU once somebody is served, and repeats it.
func (l *lab) cut(call func(context.Context) error, sku string, users []string) {
	l.t.Helper()
	before := l.seats(adatum, sku).Used
	ctx, cancel := context.WithCancel(l.t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		if call(ctx) == nil {
			l.t.Error("the cut was not noticed")
		}
	})
	eventually(l.t, "somebody is served", func() bool { return l.seats(adatum, sku).Used < before })
	cancel()
	done.Wait()
	served := before - l.seats(adatum, sku).Used
	for i, user := range users {
		holds := cmp.Equal(l.licences(adatum, user), []string{sku})
		if holds != (i >= served) || served == len(users) {
			l.t.Errorf("%d of %d were served; the one at %d holds %v", served, len(users), i, l.licences(adatum, user))
		}
	}
	if err := call(l.t.Context()); err != nil {
		l.t.Error(err)
	}
}

// rivals are 16 people: 5 hold each of two products of 7 seats, 6 hold nothing.
func rivals(o *sandbox.Options) {
	o.Speed = 1e6
	tenant := sandbox.Tenant{Owned: map[string]int{basicSKU: 7, premiumSKU: 7}, Holders: map[string][]string{}}
	for i := range 16 {
		id := fmt.Sprintf("u%02d", i)
		tenant.Users = append(tenant.Users, commerce.User{ID: id, Name: id, Address: id + "@rivals.example", Location: "FR"})
		if i < 10 {
			sku := []string{basicSKU, premiumSKU}[i%2]
			tenant.Holders[sku] = append(tenant.Holders[sku], id)
		}
	}
	o.Seeds = map[string]sandbox.Tenant{"contoso": tenant}
}

// Two who move people in opposite directions, three who assign and one who removes, all the
// same people, neither wait for each other for ever nor give a seat that there is not.
func TestRivalsShareTheSeats(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		var all []string
		for i := range 32 {
			all = append(all, fmt.Sprintf("u%02d", (i*7)%16))
		}
		from := func(i int) []string { return all[i : i+16] } // everyone, each time in another order
		assign := func(sku string, users []string) {
			l.answers(users)(l.Licensor().Assign(l.t.Context(), contoso, sku, users))
		}
		calls := []func(){
			func() { l.move(contoso, basicSKU, premiumSKU, from(0)...) },
			func() { l.move(contoso, premiumSKU, basicSKU, from(3)...) },
			func() { assign(premiumSKU, from(6)) },
			func() { assign(premiumSKU, from(14)) },
			func() { assign(basicSKU, from(9)) },
			func() { l.remove(contoso, basicSKU, from(12)[:3]...) },
		}
		for range 5 {
			atOnce(len(calls), func(i int) { calls[i]() })
			for _, sku := range []string{basicSKU, premiumSKU} {
				if s := l.seats(contoso, sku); s.Used > s.Owned {
					l.t.Errorf("%d of %d seats are used", s.Used, s.Owned)
				}
			}
		}
		done := l.grantsAndRemovals()
		if n := l.count(`SELECT count(*) FROM sandbox_licences WHERE organisation = 'contoso'`); n != 10+done[0]-done[1] || done[0] < 5 {
			l.t.Errorf("%d licences are held after %v were given and taken", n, done)
		}
	}, rivals)
}

// Two who take the same licence away, each in their way, take it once.
func TestALicenceIsTakenOnce(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		for round := range 10 {
			atOnce(6, func(i int) {
				if i%2 == 0 {
					l.remove(contoso, basicSKU, "ana")
				} else {
					l.move(contoso, basicSKU, premiumSKU, "ana")
				}
			})
			if n := l.count(`SELECT count(*) FROM sandbox_removals WHERE sku = $1`, basicSKU); n != round+1 {
				l.t.Fatalf("%d licences were taken, want %d", n, round+1)
			}
			l.assign(contoso, basicSKU, "ana")
			if _, err := l.db.ExecContext(l.t.Context(), `DELETE FROM sandbox_licences WHERE sku = $1 AND user_id = 'ana'`, premiumSKU); err != nil {
				l.t.Fatal(err)
			}
		}
	}, bureau)
}
