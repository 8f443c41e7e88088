package conversations

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"cartwright/commerce"
)

// Radar tells people of subscriptions that renew soon with seats that nobody uses. Its
// fields are set before use and not changed after.
type Radar struct {
	Announcements *Announcements
	Organisations func() []commerce.Organisation
	Directories   map[string]Directory // by platform
	Every         time.Duration        // between two looks at an organisation

	mu     sync.Mutex
	looked map[string]time.Time // by organisation
}

// Look posts each notice that is due and was not posted. It may be called at any time, by
// several programs at once: each person gets each notice once. What fails is tried again
// at the next look.
func (r *Radar) Look(ctx context.Context) error {
	var errs []error
	for _, org := range r.Organisations() {
		if !r.due(org.ID) {
			continue
		}
		err := r.look(ctx, org)
		if err != nil {
			r.again(org.ID)
			errs = append(errs, fmt.Errorf("renewals of %s: %w", org.ID, err))
		}
	}
	return errors.Join(errs...)
}

func (r *Radar) due(org string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.Announcements.Now()
	last, looked := r.looked[org]
	if looked && now.Sub(last) < r.Every {
		return false
	}
	if r.looked == nil {
		r.looked = map[string]time.Time{}
	}
	r.looked[org] = now
	return true
}

func (r *Radar) again(org string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.looked, org)
}

func (r *Radar) look(ctx context.Context, org commerce.Organisation) error {
	renewals, err := r.Announcements.Service.Renewals(ctx, org.ID)
	if err != nil {
		return err
	}
	var errs []error
	for _, renewal := range renewals {
		for _, p := range told(org, renewal) {
			errs = append(errs, r.tell(ctx, org, renewal, p))
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

// tell posts the notice to each account of the person on a platform that is served.
func (r *Radar) tell(ctx context.Context, org commerce.Organisation, renewal commerce.Renewal, p commerce.Person) error {
	var errs []error
	for _, platform := range slices.Sorted(maps.Keys(p.Accounts)) {
		if _, served := r.Announcements.Posters[platform]; !served {
			continue
		}
		to := Account{Platform: platform, Workspace: workspace(org, platform), ID: p.Accounts[platform]}
		lang, err := r.language(ctx, org, p, to)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		_, err = r.Announcements.keep(ctx, note{org: org, id: noticeOf(org, renewal), to: to, version: 1}, func() (Prompt, int, error) {
			f := r.Announcements.reader(org, p.ID, to, lang)
			f.denied = commerce.Authorise(org, f.actor, commerce.Buyer)
			return renewalPrompt(renewal, f), 1, nil
		})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// noticeOf names a notice: one for each renewal and number of days.
func noticeOf(org commerce.Organisation, r commerce.Renewal) string {
	return fmt.Sprintf("renewal/%s/%s/%s/%d", org.ID, r.SKU, r.RenewsAt.UTC().Format(time.DateOnly), r.Days)
}

// workspace is where the organisation's people are on a platform; the playground has one
// for each organisation, of its name.
func workspace(org commerce.Organisation, platform string) string {
	if all := org.Workspaces[platform]; len(all) > 0 {
		return all[0]
	}
	return org.ID
}

func (r *Radar) language(ctx context.Context, org commerce.Organisation, p commerce.Person, to Account) (string, error) {
	d, ok := r.Directories[to.Platform]
	if !ok {
		return p.Locale, nil
	}
	profile, err := d.Profile(ctx, org.ID, to)
	if err != nil {
		return "", fmt.Errorf("look up %s: %w", p.ID, err)
	}
	if profile.Locale != "" {
		return profile.Locale, nil
	}
	return p.Locale, nil
}
