package commerce

import (
	"cmp"
	"slices"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// NewOrder makes an order of a cart whose quote was shown, and writes down who gets a
// licence automatically. It begins submitted, at version 1.
func NewOrder(id, key string, buyer Actor, cart Cart, s Shelf, people []User) (Order, []Assignment) {
	o := Order{
		ID: id, Key: key, Organisation: cart.Organisation,
		Buyer: buyer.Person, BuyerName: buyer.Name, Account: buyer.Account, Locale: buyer.Locale, TimeZone: buyer.zone(),
		State: StateSubmitted, Version: 1, Quote: *cart.Quote, SubmittedAt: s.Now, UpdatedAt: s.Now,
	}
	for _, l := range o.Quote.Lines {
		offer, _ := s.Catalogue.Offer(l.Offer)
		o.Lines = append(o.Lines, OrderLine{QuoteLine: l, GraphSKU: offer.GraphSKU, State: LinePending})
	}
	assignments := allocate(o, people)
	o.count(assignments)
	return o, assignments
}

// allocate gives each person at most one automatic assignment: line by line, and in a
// line by name. Those who cannot get a licence are listed at the first such line, with
// the reason, and take none.
func allocate(o Order, people []User) []Assignment {
	people = slices.Clone(people)
	byName := collate.New(language.Und)
	slices.SortStableFunc(people, func(a, b User) int {
		return cmp.Or(byName.CompareString(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	var able, unable []User
	for _, u := range people {
		if u.Ineligible() == ReasonNone {
			able = append(able, u)
		} else {
			unable = append(unable, u)
		}
	}
	var all []Assignment
	for _, l := range o.Lines {
		if !l.AutoAssign {
			continue
		}
		for _, u := range able[:min(l.Quantity, len(able))] {
			all = append(all, Assignment{Order: o.ID, Line: l.ID, User: u.ID, Name: u.Name, State: AssignPending})
		}
		able = able[min(l.Quantity, len(able)):]
		for _, u := range unable {
			all = append(all, Assignment{Order: o.ID, Line: l.ID, User: u.ID, Name: u.Name, State: AssignSkipped, Reason: u.Ineligible()})
		}
		unable = nil
	}
	return all
}

// inOrder sorts people by line, then by name as people sort names.
func inOrder(all []Assignment) []Assignment {
	byName := collate.New(language.Und)
	slices.SortStableFunc(all, func(a, b Assignment) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), byName.CompareString(a.Name, b.Name), cmp.Compare(a.User, b.User))
	})
	return all
}

// count brings the lines' progress up to date with the people.
func (o *Order) count(all []Assignment) {
	for i := range o.Lines {
		o.Lines[i].People = Progress{}
	}
	for _, a := range all {
		l := o.Line(a.Line)
		if l == nil {
			continue
		}
		switch a.State {
		case AssignSkipped:
			l.People.Skipped++
			continue
		case AssignDone:
			l.People.Assigned++
		case AssignFailed:
			l.People.Failed++
		}
		l.People.Total++
	}
}

// People sums the lines' progress.
func (o Order) People() Progress {
	var sum Progress
	for _, l := range o.Lines {
		sum.Total += l.People.Total
		sum.Assigned += l.People.Assigned
		sum.Failed += l.People.Failed
		sum.Skipped += l.People.Skipped
	}
	return sum
}

// admit takes the policy's answer: the order waits for approval, for its payment, or for
// its purchase at Microsoft.
func (o *Order) admit(need Requirement, now time.Time, t Timings) error {
	if need.Approvals > 0 {
		return o.request(need, now, t)
	}
	return o.cleared(now, t)
}
