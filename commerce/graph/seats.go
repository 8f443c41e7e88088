package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"cartwright/commerce"
)

// The permissions of the bot's app: the narrowest that will do.
const (
	readOrganisation = "Organization.Read.All"
	readUsers        = "User.Read.All"
	assignLicences   = "LicenseAssignment.ReadWrite.All"
)

// subscribed is what a tenant has of a SKU, over all its subscriptions.
type subscribed struct {
	SKU       string `json:"skuId"`
	Part      string `json:"skuPartNumber"`
	Status    string `json:"capabilityStatus"`
	AppliesTo string `json:"appliesTo"`
	Consumed  int    `json:"consumedUnits"`
	Prepaid   struct {
		Enabled int `json:"enabled"`
		Warning int `json:"warning"`
	} `json:"prepaidUnits"`
}

func (s subscribed) named() bool { return s.SKU != "" }

// subscription is one of them.
type subscription struct {
	ID      string    `json:"id"`
	SKU     string    `json:"skuId"`
	Part    string    `json:"skuPartNumber"`
	Status  string    `json:"status"`
	Trial   bool      `json:"isTrial"`
	Total   int       `json:"totalLicenses"`
	Created string    `json:"createdDateTime"`
	Next    time.Time `json:"nextLifecycleDateTime"`
}

func (s subscription) named() bool { return s.ID != "" && s.SKU != "" }

// alive reports whether licences of such a state can be given: in Warning the term has
// ended and everything works on for a month.
func alive(status string) bool { return status == "Enabled" || status == "Warning" }

// Seats are of SKUs for people, not of those for the whole company, that can be used.
// RenewsAt is when the first of a SKU's subscriptions comes to the end of its term. What is
// planned for then Graph does not know: Next is what is owned.
func (g *Graph) Seats(ctx context.Context, org commerce.Organisation) ([]commerce.OwnedSeats, error) {
	seats, err := g.seats(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("read the seats of %s: %w", org.ID, err)
	}
	return seats, nil
}

func (g *Graph) seats(ctx context.Context, org commerce.Organisation) ([]commerce.OwnedSeats, error) {
	owned, subscriptions, err := g.owned(ctx, org)
	if err != nil {
		return nil, err
	}
	return seatsOf(owned, subscriptions, g.o.Now()), nil
}

// owned reads what a tenant has by SKU, and by subscription.
func (g *Graph) owned(ctx context.Context, org commerce.Organisation) (owned []subscribed, subscriptions []subscription, err error) {
	t, err := g.tenant(org)
	if err != nil {
		return nil, nil, err
	}
	both, limit := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		owned, err = all[subscribed](limit, t, t.reading(forSeats, pathSKUs, nil))
		return
	})
	both.Go(func() (err error) {
		subscriptions, err = all[subscription](limit, t, t.reading(forSubscriptions, pathSubscriptions, nil))
		return
	})
	if err := both.Wait(); err != nil {
		return nil, nil, lacking(err, readOrganisation)
	}
	return owned, subscriptions, nil
}

func seatsOf(owned []subscribed, subscriptions []subscription, now time.Time) []commerce.OwnedSeats {
	var seats []commerce.OwnedSeats
	for _, s := range owned {
		if !alive(s.Status) || s.AppliesTo != "User" {
			continue
		}
		n := s.Prepaid.Enabled + s.Prepaid.Warning
		seats = append(seats, commerce.OwnedSeats{
			SKU: strings.ToLower(s.SKU), Owned: n, Used: s.Consumed, RenewsAt: renewal(s.SKU, subscriptions, now), Next: n, AsOf: now,
		})
	}
	slices.SortFunc(seats, func(a, b commerce.OwnedSeats) int { return cmp.Compare(a.SKU, b.SKU) })
	return seats
}

// renewal is the next end of a term of a SKU's subscriptions, the zero time where there is
// none. One in Warning is past its end, and what comes next is that it stops.
func renewal(sku string, subscriptions []subscription, now time.Time) time.Time {
	var first time.Time
	for _, s := range subscriptions {
		end := s.ends()
		ends := strings.EqualFold(s.SKU, sku) && s.Status == "Enabled" && end.After(now)
		if ends && (first.IsZero() || end.Before(first)) {
			first = end
		}
	}
	return first
}

// ends is when the term ends, the zero time where it does not.
func (s subscription) ends() time.Time {
	if s.Next.Year() >= never {
		return time.Time{}
	}
	return s.Next
}

// created is when it was created, the zero time where that is not told.
func (s subscription) created() time.Time {
	t, err := time.Parse(time.RFC3339, s.Created)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// never is the year of a date that means that there is no end.
const never = 9999
