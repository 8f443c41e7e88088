package sandbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
)

func (l *lab) assign(org commerce.Organisation, sku string, users ...string) map[string]commerce.Reason {
	l.t.Helper()
	results, err := l.Licensor().Assign(l.t.Context(), org, sku, users)
	if err != nil {
		l.t.Fatal(err)
	}
	if len(results) != len(users) {
		l.t.Fatalf("%d answers for %d users", len(results), len(users))
	}
	reasons := map[string]commerce.Reason{}
	for i, r := range results {
		if r.User != users[i] {
			l.t.Errorf("answer %d is about %s, want %s", i, r.User, users[i])
		}
		reasons[r.User] = r.Reason
	}
	return reasons
}

func (l *lab) unlicensed(org commerce.Organisation) []commerce.User {
	l.t.Helper()
	users, err := l.Licensor().Unlicensed(l.t.Context(), org)
	if err != nil {
		l.t.Fatal(err)
	}
	return users
}

// studio has one seat left of its only product.
func studio(o *sandbox.Options) {
	user := func(id string) commerce.User {
		return commerce.User{ID: id, Name: "Ms " + id, Address: id + "@studio.example", Location: "FR"}
	}
	guest, disabled, nowhere := user("guest"), user("disabled"), user("nowhere")
	guest.Guest, disabled.Disabled, nowhere.Location = true, true, ""
	o.Speed = 1000
	o.Seeds = map[string]sandbox.Tenant{"contoso": {
		Users:    []commerce.User{user("holder"), user("first"), user("second"), user("shaky"), guest, disabled, nowhere},
		Owned:    map[string]int{basicSKU: 2},
		Holders:  map[string][]string{basicSKU: {"holder"}},
		Stumbles: []string{"shaky"},
	}}
}

func TestWhoGetsALicence(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		got := l.assign(contoso, basicSKU, "holder", "ghost", "guest", "disabled", "nowhere", "shaky", "first", "second", "first")
		want := map[string]commerce.Reason{
			"holder": commerce.ReasonNone, "ghost": commerce.ReasonGone, "guest": commerce.ReasonGuest, "disabled": commerce.ReasonDisabled,
			"nowhere": commerce.ReasonNoLocation, "shaky": commerce.ReasonUnavailable, "first": commerce.ReasonNone, "second": commerce.ReasonNoSeat,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			l.t.Errorf("answers (-want +got):\n%s", diff)
		}
		if got := l.assign(contoso, visioSKU, "first"); got["first"] != commerce.ReasonNoSeat {
			l.t.Errorf("a product that is not owned: %v", got)
		}
		if got := l.seats(contoso, basicSKU); got.Owned != 2 || got.Used != 2 {
			l.t.Errorf("seats %+v", got)
		}
		if n := l.count(`SELECT count(*) FROM sandbox_grants`); n != 1 {
			l.t.Errorf("%d licences were given, want 1", n)
		}
		if _, err := l.db.ExecContext(l.t.Context(), `UPDATE sandbox_seats SET owned = 3 WHERE organisation = 'contoso'`); err != nil {
			l.t.Fatal(err)
		}
		if got := l.assign(contoso, basicSKU, "shaky"); got["shaky"] != commerce.ReasonNone {
			l.t.Errorf("the retry: %v", got)
		}
	}, studio)
}

func TestLicences(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		got, err := l.Licensor().Licences(l.t.Context(), contoso, []string{"holder", "first", "ghost"})
		if err != nil {
			l.t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]commerce.Licences{"holder": {{SKU: basicSKU}}, "first": {}}, got); diff != "" {
			l.t.Errorf("(-want +got):\n%s", diff)
		}
	}, studio)
}

func TestNoTenant(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		_, seats := l.Licensor().Seats(l.t.Context(), nobody)
		_, people := l.Licensor().Unlicensed(l.t.Context(), nobody)
		_, held := l.Licensor().Licences(l.t.Context(), nobody, nil)
		_, given := l.Licensor().Assign(l.t.Context(), nobody, basicSKU, []string{"x"})
		_, found := l.Licensor().Users(l.t.Context(), nobody, commerce.UserQuery{Text: "x"})
		_, taken := l.Licensor().Remove(l.t.Context(), nobody, basicSKU, []string{"x"})
		_, moved := l.Licensor().Move(l.t.Context(), nobody, basicSKU, visioSKU, []string{"x"})
		for _, err := range []error{seats, people, held, given, found, taken, moved} {
			if !commerce.IsCode(err, commerce.CodeNotFound) {
				l.t.Errorf("an unknown tenant: %v", err)
			}
		}
		if err := l.Vendor().PlanRenewal(l.t.Context(), nobody, basicSKU, 1); !commerce.IsCode(err, commerce.CodeVendorRefused) {
			l.t.Errorf("an unknown customer: %v", err)
		}
	})
}

func TestMisuse(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		ctx, licensor, many := l.t.Context(), l.Licensor(), make([]string, 21)
		_, assigned := licensor.Assign(ctx, contoso, basicSKU, many)
		_, removed := licensor.Remove(ctx, contoso, basicSKU, many)
		_, moved := licensor.Move(ctx, contoso, basicSKU, visioSKU, many)
		_, nothing := licensor.Assign(ctx, contoso, "", nil)
		_, away := licensor.Move(ctx, contoso, basicSKU, "", nil)
		_, stays := licensor.Move(ctx, contoso, basicSKU, basicSKU, nil)
		_, all := licensor.Users(ctx, contoso, commerce.UserQuery{})
		_, both := licensor.Users(ctx, contoso, commerce.UserQuery{Text: "a", Holding: basicSKU})
		for i, err := range []error{assigned, removed, moved, nothing, away, stays, all, both} {
			if !commerce.IsCode(err, commerce.CodeInternal) {
				l.t.Errorf("%d: %v", i, err)
			}
		}
	})
}

func TestOneSeatIsGivenOnce(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		for round := range 10 {
			sku := fmt.Sprint("single-", round)
			if _, err := l.db.ExecContext(l.t.Context(), `INSERT INTO sandbox_seats (organisation, sku, owned, renews_at) VALUES ('contoso', $1, 1, 0)`, sku); err != nil {
				l.t.Fatal(err)
			}
			reasons := make([]commerce.Reason, 6)
			atOnce(len(reasons), func(i int) {
				user := []string{"holder", "first", "second"}[i%3]
				reasons[i] = l.assign(contoso, sku, user)[user]
			})
			lost := 0
			for _, r := range reasons {
				if r == commerce.ReasonNoSeat {
					lost++
				}
			}
			if n := l.count(`SELECT count(*) FROM sandbox_grants WHERE sku = $1`, sku); n != 1 || lost != 4 {
				l.t.Errorf("%d licences were given, want 1: %q", n, reasons)
			}
		}
	}, studio)
}

func TestAnAssignmentThatIsCutOffLeavesTheFirstServed(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		var users []string
		for _, u := range l.unlicensed(adatum) {
			if u.Ineligible() == commerce.ReasonNone {
				users = append(users, u.ID)
			}
		}
		sku, before := basicSKU, l.seats(adatum, basicSKU)
		ctx, cancel := context.WithCancel(l.t.Context())
		var done sync.WaitGroup
		done.Go(func() {
			if _, err := l.Licensor().Assign(ctx, adatum, sku, users[:4]); err == nil {
				l.t.Error("the cut was not noticed")
			}
		})
		eventually(l.t, "somebody is served", func() bool { return l.seats(adatum, sku).Used > before.Used })
		cancel()
		done.Wait()
		served := l.seats(adatum, sku).Used - before.Used
		if served < 1 || served > 3 {
			l.t.Errorf("%d of 4 were served", served)
		}
		l.assign(adatum, sku, users[:4]...)
		if n := l.count(`SELECT count(*) FROM sandbox_grants`); n != 4 {
			l.t.Errorf("%d licences were given to 4 people", n)
		}
	}, speed(0.4))
}

func TestContosoAfterAPurchaseForEverybody(t *testing.T) {
	onEachDatabase(t, func(l *lab) {
		all := l.unlicensed(contoso)
		tally := map[commerce.Reason]int{}
		var able []string
		for _, u := range all {
			tally[u.Ineligible()]++
			if u.Ineligible() == commerce.ReasonNone {
				able = append(able, u.ID)
			}
		}
		if diff := cmp.Diff(map[commerce.Reason]int{"": 40, commerce.ReasonNoLocation: 2}, tally); diff != "" {
			l.t.Fatalf("people without a licence (-want +got):\n%s", diff)
		}
		if _, err := l.Vendor().Place(l.t.Context(), contoso, placement("1", 31)); err != nil { // with the 9 that are free: 40
			l.t.Fatal(err)
		}
		l.clock.advance(time.Minute)
		l.expect("1", commerce.LineProvisioned)
		var failed []string
		for batch := range slices.Chunk(able, commerce.AssignBatch) {
			for user, reason := range l.assign(contoso, basicSKU, batch...) {
				if reason != commerce.ReasonNone {
					failed = append(failed, fmt.Sprint(user, " ", reason))
				}
			}
		}
		if len(failed) != 1 || failed[0] != able[7]+" unavailable" {
			l.t.Errorf("failures %v, want only %s", failed, able[7])
		}
		if got := l.assign(contoso, basicSKU, able[7]); got[able[7]] != commerce.ReasonNone {
			l.t.Errorf("the retry: %v", got)
		}
		if got := l.seats(contoso, basicSKU); got.Owned != 71 || got.Used != 71 || len(l.unlicensed(contoso)) != 2 {
			l.t.Errorf("in the end %+v", got)
		}
		if n := l.count(`SELECT count(*) FROM sandbox_grants WHERE organisation = 'contoso'`); n != 40 {
			l.t.Errorf("%d licences were given, want 40", n)
		}
	}, speed(1000))
}
