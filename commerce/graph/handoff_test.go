package graph_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/commerce/graph"
	"cartwright/testservices/fakegraph"
)

func (w *world) handOff() *graph.HandOff {
	return graph.NewHandOff(w.Graph, func() commerce.Catalogue { return sold })
}

// What is told of a tenant is each subscription with its state, and how many licences of
// a product can be given.
func TestWhatATenantOwns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{Provisioning: 15 * time.Minute})
	ends, made := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	for i, status := range []string{"Enabled", "Suspended", "Warning", "Deleted", "LockedOut"} {
		w.fake.Subscribe(fakegraph.Subscription{ID: "s" + status, SKU: owned, Seats: i + 1, Status: status, Created: made, Renews: ends}, -time.Hour)
	}
	w.fake.Subscribe(fakegraph.Subscription{ID: "trial", SKU: owned, Seats: 25, Trial: true, Created: made, Renews: ends}, -time.Hour)
	w.fake.Subscribe(fakegraph.Subscription{ID: "fresh", SKU: owned, Seats: 7, Created: made, Renews: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}, 0)
	got, err := w.handOff().LookUp(soon(t), contoso, "any key")
	if err != nil || got.Owned == nil || len(got.Lines) > 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	slices.SortFunc(got.Owned.Subscriptions, func(a, b commerce.OwnedSubscription) int { return a.Seats - b.Seats })
	is := func(id string, seats int, enabled, trial bool, renews time.Time) commerce.OwnedSubscription {
		return commerce.OwnedSubscription{ID: id, SKU: owned, Part: "POWER_BI_PRO", Seats: seats, Enabled: enabled, Trial: trial, Created: made, RenewsAt: renews}
	}
	want := []commerce.OwnedSubscription{
		is("sEnabled", 1, true, false, ends), is("sSuspended", 2, false, false, ends), is("sWarning", 3, false, false, ends), is("sDeleted", 4, false, false, ends),
		is("sLockedOut", 5, false, false, ends), is("fresh", 7, true, false, time.Time{}), is("trial", 25, true, true, ends),
	}
	if diff := cmp.Diff(want, got.Owned.Subscriptions); diff != "" {
		t.Errorf("the subscriptions (-want +got):\n%s", diff)
	}
	if n := got.Owned.Usable[owned]; n != 26 {
		t.Errorf("%d licences can be given, want those of the enabled ones that are there: 26", n)
	}
}

// A tenant that cannot be read is unknown: never an empty one.
func TestATenantThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fakegraph.Fault{
		"no SKUs":           {Path: "/subscribedSkus", Status: http.StatusServiceUnavailable, Times: 20},
		"no subscriptions":  {Path: "/directory/subscriptions", Status: http.StatusServiceUnavailable, Times: 20},
		"strange":           {Path: "/directory/subscriptions", Body: "<html>", Times: 20},
		"cut":               {Path: "/directory/subscriptions", Drop: true, Cut: 40, Times: 20},
		"SKUs, but no list": {Path: "/subscribedSkus", Body: `{}`, Times: 20},
		"a SKU of no name":  {Path: "/subscribedSkus", Body: `{"value": [{"consumedUnits": 3}]}`, Times: 20},
		"no list":           {Path: "/directory/subscriptions", Body: `{}`, Times: 20},
		"nothing":           {Path: "/directory/subscriptions", Body: `null`, Times: 20},
		"an error, as 200":  {Path: "/directory/subscriptions", Body: `{"error": {"code": "UnknownError"}}`, Times: 20},
		"a list of nothing": {Path: "/directory/subscriptions", Body: `{"value": [{}]}`, Times: 20},
		"no list in it":     {Path: "/directory/subscriptions", Body: `{"value": null}`, Times: 20},
	} {
		w := newWorld(t, fakegraph.Options{})
		w.fake.Own(owned, 5)
		w.fake.Fail(fault)
		for what, call := range map[string]func() (commerce.Placed, error){
			"look up": func() (commerce.Placed, error) { return w.handOff().LookUp(soon(t), contoso, "k") },
			"place":   func() (commerce.Placed, error) { return w.handOff().Place(soon(t), buying, placed("k", 3)) },
		} {
			if got, err := call(); !commerce.IsCode(err, commerce.CodeUnavailable) || got.Owned != nil {
				t.Errorf("%s, %s: %+v, %v", name, what, got, err)
			}
		}
	}
	w := newWorld(t, fakegraph.Options{})
	w.fake.Permit("User.Read.All")
	_, err := w.handOff().LookUp(soon(t), contoso, "k")
	if !commerce.IsCode(err, commerce.CodeUnavailable) {
		t.Errorf("without the permission: %v", err)
	}
	w.discreet(err.Error())
}

// Prices are the catalogue's, and say that they bind nobody.
func TestPricesOfAHandOffAreIndicative(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fakegraph.Options{})
	plans, err := w.handOff().Prices(t.Context(), buying, []commerce.PriceOf{{Offer: "visio", Plan: yearly}})
	if err != nil || !plans[0].Indicative || plans[0].Price.String() != "60.00 EUR" {
		t.Errorf("%+v, %v", plans, err)
	}
	if n := len(w.fake.Calls(http.MethodGet)); n > 0 {
		t.Errorf("%d calls for prices", n)
	}
}
