package commerce

import (
	"context"
	"slices"
	"time"
)

// Voter finds out for whom the actor may answer requests, and what each of those may do now.
func (s *Service) Voter(ctx context.Context, org Organisation, actor Actor) (Voter, error) {
	v := Voter{Actor: actor, Behind: map[string][]Role{}}
	all, err := s.Ledger.Delegations(ctx, org.ID, s.Now())
	if err != nil || len(all) == 0 {
		return v, err
	}
	gone := map[string]bool{} // nothing leads through them
	for _, d := range Delegations(all).Behind(actor.Person, "") {
		from := s.Directory.Actor(ctx, org, d.From, d.Account)
		v.Unsure = v.Unsure || from.Failed
		if gone[d.From] = from.Failed || from.Person != d.From; !gone[d.From] {
			v.Behind[d.From] = from.Roles
		}
	}
	v.Delegations = slices.DeleteFunc(all, func(d Delegation) bool { return gone[d.From] })
	return v, nil
}

// Delegations are those of the organisation that are in force.
func (s *Service) Delegations(ctx context.Context, org string) (Delegations, error) {
	return s.Ledger.Delegations(ctx, org, s.Now())
}

// Delegate has a person stand in for the actor, in place of anyone who does so far, until
// that moment. CodeStandIn: it is nobody who holds a role by the organisations file, or the
// actor; CodeUntil: it is over, or further away than MaxDelegation.
func (s *Service) Delegate(ctx context.Context, r Request, to string, until time.Time) error {
	org, _, err := s.organisation(r.Actor.Organisation)
	if err == nil {
		err = mayRead(org, r.Actor)
	}
	if err == nil {
		err = delegable(org, r.Actor, to, until, s.Now())
	}
	if err != nil {
		return err
	}
	person, _ := org.Person(to)
	return s.setDelegation(ctx, r, "approval.delegated", Delegation{
		Organisation: org.ID, From: r.Actor.Person, FromName: r.Actor.Name, Account: r.Actor.Account,
		To: person.ID, ToName: person.Name, Since: s.Now(), Until: until.UTC(),
	})
}

// EndDelegation has nobody stand in for the actor any more.
func (s *Service) EndDelegation(ctx context.Context, r Request) error {
	org, _, err := s.organisation(r.Actor.Organisation)
	if err == nil {
		err = mayRead(org, r.Actor)
	}
	if err != nil {
		return err
	}
	all, err := s.Delegations(ctx, org.ID)
	if err != nil {
		return err
	}
	d, ok := all.Of(r.Actor.Person)
	if !ok {
		return nil
	}
	d.Until = s.Now().UTC()
	return s.setDelegation(ctx, r, "approval.delegation_ended", d)
}

// setDelegation keeps it, with its audit entry, and makes all open requests new versions,
// for whom they are asked of may have changed.
func (s *Service) setDelegation(ctx context.Context, r Request, action string, d Delegation) error {
	open, err := s.every(ctx, OrderQuery{Organisation: d.Organisation, State: StateAwaitingApproval})
	if err != nil {
		return err
	}
	_, _, err = s.once(ctx, r.Event, func(tx Tx) (string, error) {
		if err := tx.SaveDelegation(d); err != nil {
			return "", err
		}
		for _, seen := range open {
			if err := s.readdress(tx, r, seen.ID); err != nil {
				return "", err
			}
		}
		e, err := s.entry(Order{Organisation: d.Organisation}, r.Actor, r.Event, action, d)
		if err != nil {
			return "", err
		}
		return d.To, tx.Append(e)
	})
	return err
}

// Lapse has the open requests of an organisation shown anew after a delegation is over by
// itself. It may be called at any time.
func (s *Service) Lapse(ctx context.Context, org string) error {
	all, err := s.Ledger.Delegations(ctx, org, s.Now().Add(-lapsed))
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Until.After(s.Now()) {
			continue
		}
		open, err := s.every(ctx, OrderQuery{Organisation: org, State: StateAwaitingApproval})
		if err != nil {
			return err
		}
		r := Request{Event: "lapse:" + org + ":" + d.From + ":" + d.Until.UTC().Format(time.RFC3339), Actor: Bot}
		_, _, err = s.once(ctx, r.Event, func(tx Tx) (string, error) {
			for _, o := range open {
				if err := s.readdress(tx, r, o.ID); err != nil {
					return "", err
				}
			}
			return d.To, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lapsed is how long ago a delegation may have ended that is still looked for.
const lapsed = 7 * 24 * time.Hour

func (s *Service) readdress(tx Tx, r Request, id string) error {
	o, err := tx.Order(id)
	if err != nil || o.State != StateAwaitingApproval {
		return err
	}
	o.Version++
	return s.keep(tx, o, r.Actor, r.Event, "approval.readdressed", map[string]any{"quote": o.Quote.Hash})
}
