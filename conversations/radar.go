package conversations

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"cartwright/commerce"
)

// Radar tells people of what comes with time. Of subscriptions that renew soon with seats
// that nobody uses: 30 and 7 days before, or 7 days before only where it is known to renew
// each month. And of each month that is over: what was spent. Its fields are set before use
// and not changed after.
type Radar struct {
	Announcements *Announcements
	Organisations func() []commerce.Organisation
	Directories   map[string]Directory // by platform
	Every         time.Duration        // between two looks at an organisation

	mu     sync.Mutex           // of what follows, by organisation
	paces  map[string]pace      //
	months map[string]time.Time // the last one that was summed up
}

// pace is when an organisation is looked at next.
type pace struct {
	next time.Time
	wait time.Duration // that the last look brought on by failing; 0: it did not fail
}

// soon is how long a look that failed waits at first.
const soon = time.Minute

// Look posts each notice that is due and was not posted. It may be called at any time, by
// several programs at once: each person gets each notice once. What fails is tried again
// soon, and then ever later.
func (r *Radar) Look(ctx context.Context) error {
	var errs []error
	for _, org := range r.Organisations() {
		if ctx.Err() != nil || !r.due(org.ID) {
			continue
		}
		err := r.look(ctx, org)
		r.looked(org.ID, err)
		if err != nil {
			errs = append(errs, fmt.Errorf("renewals of %s: %w", org.ID, err))
		}
	}
	return errors.Join(errs...)
}

func (r *Radar) due(org string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, p := r.Announcements.Now(), r.paces[org]
	if now.Before(p.next) {
		return false
	}
	if r.paces == nil {
		r.paces = map[string]pace{}
	}
	r.paces[org] = pace{next: now.Add(r.Every), wait: p.wait}
	return true
}

// looked sets the pace by what came of a look: after each that fails in a row the next
// waits twice as long, up to Every. So a notice that is late for a moment comes soon, and
// somebody who can never be reached costs no more looks than everybody else.
func (r *Radar) looked(org string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.paces[org]
	failed := p.wait
	p.wait = 0
	if err != nil {
		p.wait = min(max(soon, 2*failed), r.Every)
		p.next = r.Announcements.Now().Add(p.wait)
	}
	r.paces[org] = p
}

func (r *Radar) look(ctx context.Context, org commerce.Organisation) error {
	renewals, err := r.Announcements.Service.Renewals(ctx, org.ID)
	if err != nil {
		return err
	}
	errs := []error{r.summarise(ctx, org), r.Announcements.Service.Lapse(ctx, org.ID)}
	for _, renewal := range renewals {
		errs = append(errs, r.announce(ctx, org, renewal))
	}
	return errors.Join(errs...)
}

// announce tells whoever is to hear of a renewal. A buyer who left can hear nothing: then
// every other one does.
func (r *Radar) announce(ctx context.Context, org commerce.Organisation, renewal commerce.Renewal) error {
	var errs []error
	for _, p := range told(org, renewal) {
		heard, err := r.tell(ctx, org, renewal, p)
		errs = append(errs, err)
		if !heard && p.ID == renewal.Buyer {
			renewal.Buyer = ""
			return errors.Join(append(errs, r.announce(ctx, org, renewal))...)
		}
	}
	return errors.Join(errs...)
}

// told are the people who hear of a renewal: its buyer, or every buyer where nobody here
// bought it or that person buys no more, and those who hand licences out.
func told(org commerce.Organisation, r commerce.Renewal) []commerce.Person {
	buyer, known := org.Person(r.Buyer)
	known = known && slices.Contains(buyer.Roles, commerce.Buyer)
	var people []commerce.Person
	for _, p := range org.People {
		buys := slices.Contains(p.Roles, commerce.Buyer) && (!known || p.ID == buyer.ID)
		if buys || slices.Contains(p.Roles, commerce.Licensing) {
			people = append(people, p)
		}
	}
	return people
}

// tell posts the notice of a renewal to each account of the person. It answers whether
// there is one that is open.
func (r *Radar) tell(ctx context.Context, org commerce.Organisation, renewal commerce.Renewal, p commerce.Person) (heard bool, err error) {
	return r.post(ctx, org, p, noticeOf(org, renewal), func(f facts) Prompt {
		f.denied = commerce.Authorise(org, f.actor, commerce.Buyer)
		return renewalPrompt(renewal, f)
	})
}

// post shows the prompt, once, to each account of the person on a platform that is
// served. It answers whether there is one that is open.
func (r *Radar) post(ctx context.Context, org commerce.Organisation, p commerce.Person, id string, prompt func(facts) Prompt) (heard bool, err error) {
	var errs []error
	for _, platform := range slices.Sorted(maps.Keys(p.Accounts)) {
		if _, served := r.Announcements.Posters[platform]; !served {
			continue
		}
		to := Account{Platform: platform, Workspace: workspace(org, platform), ID: p.Accounts[platform]}
		closed := false
		wait, err := r.Announcements.keep(ctx, note{org: org, id: id, to: to, version: 1}, func() (page, error) {
			f, open, err := r.reader(ctx, org, p, to)
			closed = err == nil && !open
			if err != nil || closed {
				return page{}, err
			}
			return page{prompt: prompt(f), version: 1}, nil
		})
		if wait > busy { // the platform is to be asked later; the one who holds it now tells
			err = errors.Join(err, fmt.Errorf("tell %s: in %v", p.ID, wait))
		}
		heard = heard || !closed
		errs = append(errs, err)
	}
	return heard, errors.Join(errs...)
}

// reader is the person as they read there; not open where the platform has closed the account.
func (r *Radar) reader(ctx context.Context, org commerce.Organisation, p commerce.Person, to Account) (f facts, open bool, err error) {
	profile, err := r.profile(ctx, org, to)
	switch {
	case err != nil:
		return f, false, fmt.Errorf("look up %s: %w", p.ID, err)
	case profile.Closed:
		return f, false, nil
	}
	f = r.Announcements.reader(org, p.ID, to, cmp.Or(profile.Locale, p.Locale), "")
	if profile.TimeZone != nil {
		f.words = f.words.In(profile.TimeZone)
	}
	return f, true, nil
}

// noticeOf names a notice: one for each renewal and number of days.
func noticeOf(org commerce.Organisation, r commerce.Renewal) string {
	return fmt.Sprintf("renewal/%s/%s/%s/%d", org.ID, r.SKU, r.RenewalDay(), r.Days)
}

// workspace is where the organisation's people are on a platform; the playground has one
// for each organisation, of its name.
func workspace(org commerce.Organisation, platform string) string {
	if all := org.Workspaces[platform]; len(all) > 0 {
		return all[0]
	}
	return org.ID
}

// profile is the zero one on a platform that looks nobody up.
func (r *Radar) profile(ctx context.Context, org commerce.Organisation, to Account) (Profile, error) {
	d, ok := r.Directories[to.Platform]
	if !ok {
		return Profile{}, nil
	}
	return d.Profile(ctx, org.ID, to)
}
