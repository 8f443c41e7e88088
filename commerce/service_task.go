package commerce

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Subscription is what an organisation owns of one product.
type Subscription struct {
	OwnedSeats
	Name  string // the offer's, or the SKU where the catalogue does not know it
	Offer Offer  // zero where the catalogue does not know it
}

// Subscriptions lists what the organisation owns, by name. known is false where that
// could not be read in time. Whoever holds any role may see it.
func (s *Service) Subscriptions(ctx context.Context, actor Actor) (owned []Subscription, known bool, err error) {
	org, ports, err := s.organisation(actor.Organisation)
	if err != nil {
		return nil, false, err
	}
	err = mayRead(org, actor)
	if err != nil {
		return nil, false, err
	}
	read := s.seats.read(ctx, org, ports.Licensor, s.readTime(), s.Now)
	return s.subscriptions(read), read.known, nil
}

func (s *Service) subscriptions(read seatsRead) []Subscription {
	catalogue := s.Catalogue()
	var owned []Subscription
	for _, seats := range read.bySKU {
		owned = append(owned, catalogue.subscription(seats))
	}
	byName := collate.New(language.Und)
	slices.SortFunc(owned, func(a, b Subscription) int {
		return cmp.Or(byName.CompareString(a.Name, b.Name), cmp.Compare(a.SKU, b.SKU))
	})
	return owned
}

func (c Catalogue) subscription(seats OwnedSeats) Subscription {
	for _, o := range c.Offers {
		if o.GraphSKU == seats.SKU {
			return Subscription{OwnedSeats: seats, Name: o.Name, Offer: o}
		}
	}
	return Subscription{OwnedSeats: seats, Name: seats.SKU}
}

// licensing finds the organisation of somebody who may change what kind of task changes.
func (s *Service) licensing(actor Actor, kind TaskKind) (Organisation, Ports, error) {
	org, ports, err := s.organisation(actor.Organisation)
	if err != nil {
		return org, ports, err
	}
	return org, ports, Authorise(org, actor, kind.Role())
}

// FindUsers finds people of the organisation's directory, for those who may give and
// take licences. CodeUnavailable: it did not answer in time.
func (s *Service) FindUsers(ctx context.Context, actor Actor, q UserQuery) ([]User, error) {
	org, ports, err := s.licensing(actor, TaskAssign)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.readTime())
	defer cancel()
	users, err := ports.Licensor.Users(ctx, org, q)
	if err != nil {
		return nil, Refuse(CodeUnavailable).Because(err)
	}
	return users, nil
}

// Preview says what a task would do, now. It changes nothing.
func (s *Service) Preview(ctx context.Context, actor Actor, r TaskRequest) (Preview, error) {
	org, ports, err := s.licensing(actor, r.Kind)
	if err != nil {
		return Preview{}, err
	}
	return s.preview(ctx, org, ports.Licensor, r)
}

func (s *Service) preview(ctx context.Context, org Organisation, l Licensor, r TaskRequest) (Preview, error) {
	switch {
	case len(r.Users) == 0:
		return Preview{}, Refuse(CodeNobody)
	case len(r.Users) > MaxTaskPeople:
		return Preview{}, Refuse(CodeTooMany, "max", MaxTaskPeople)
	}
	ctx, cancel := context.WithTimeout(ctx, s.readTime())
	defer cancel()
	seats := readSeats(ctx, org, l, s.readTime(), s.Now)
	people, held, err := named(ctx, org, l, r.Users)
	switch {
	case err != nil:
		return Preview{}, Refuse(CodeUnavailable).Because(err)
	case !seats.known:
		return Preview{}, Refuse(CodeUnavailable)
	case !seats.owns(r):
		s.seats.forget(org.ID) // which is what the person is shown again
		return Preview{}, Refuse(CodeStale)
	}
	catalogue := s.Catalogue()
	bases := catalogue.bases(catalogue.subscription(OwnedSeats{SKU: r.gives()}).Offer)
	p := foresee(r, missing(r.Users, people), held, seats.bySKU[r.gives()].Free(), bases)
	p.Stranded, p.AsOf = catalogue.stranded(r, p.Able, held), seats.asOf
	return p, nil
}

// named reads who people are and what they hold, at once: there may be a thousand of them.
func named(ctx context.Context, org Organisation, l Licensor, users []string) (people []User, held map[string]Licences, err error) {
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		people, err = l.Users(ctx, org, UserQuery{IDs: users})
		return err
	})
	both.Go(func() (err error) {
		held, err = l.Licences(ctx, org, users)
		return err
	})
	err = both.Wait()
	return people, held, err
}

// owns reports whether the task speaks of licences that the organisation has.
func (r seatsRead) owns(t TaskRequest) bool {
	_, from := r.bySKU[t.SKU]
	_, to := r.bySKU[t.gives()]
	return from && to && (t.Kind != TaskMove || t.SKU != t.To)
}

// missing adds those whom the directory does not know any more, so that they are told of.
func missing(ids []string, known []User) []User {
	for _, id := range ids {
		if !slices.ContainsFunc(known, func(u User) bool { return u.ID == id }) {
			known = append(known, User{ID: id, Name: id})
		}
	}
	return known
}

// bases are the SKUs of which one is needed to hold a licence of the offer, none for any.
func (c Catalogue) bases(o Offer) []string {
	var skus []string
	for _, id := range o.Needs {
		if base, ok := c.Offer(id); ok {
			skus = append(skus, base.GraphSKU)
		}
	}
	return skus
}

// StartTask assigns, removes or moves as the preview with that hash showed. CodeStale: by
// now it would do something else, so it is to be shown again.
func (s *Service) StartTask(ctx context.Context, r Request, asked TaskRequest, hash string) (Task, error) {
	org, ports, err := s.licensing(r.Actor, asked.Kind)
	if err == nil && asked.Once == "" {
		err = Refuse(CodeStale)
	}
	if err != nil {
		return Task{}, err
	}
	once := startedWith(r.Actor, asked.Once)
	done, found, err := s.Ledger.AppliedTo(ctx, once)
	if err != nil || found {
		return s.taskOf(ctx, org, done, err)
	}
	p, err := s.preview(ctx, org, ports.Licensor, asked)
	switch {
	case err != nil:
		return Task{}, err
	case len(p.Able) == 0:
		return Task{}, Refuse(CodeNobody)
	case p.Hash() != hash:
		return Task{}, Refuse(CodeStale)
	}
	return s.startTask(ctx, r, once, Task{Kind: asked.Kind, SKU: asked.SKU, To: asked.To}, p)
}

// startedWith is the name under which a form's task is remembered, for the second of two
// clicks and for a redelivery.
func startedWith(by Actor, form string) string {
	return "task:" + by.Organisation + ":" + by.Person + ":" + form
}

// PlanRenewal makes the organisation own that many seats from the next renewal on.
// CodeStale: something else is planned by now, or is about to be, or that renewal is past.
// CodePlanned: that many are planned already.
func (s *Service) PlanRenewal(ctx context.Context, r Request, asked RenewalPlan) (Task, error) {
	org, ports, err := s.licensing(r.Actor, TaskRenew)
	if err == nil && asked.Once == "" {
		err = Refuse(CodeStale)
	}
	if err != nil {
		return Task{}, err
	}
	once := startedWith(r.Actor, asked.Once)
	done, found, err := s.Ledger.AppliedTo(ctx, once)
	if err != nil || found {
		return s.taskOf(ctx, org, done, err)
	}
	if ports.Gateway == nil {
		return Task{}, Refuse(CodeAtMicrosoft) // who takes no order changes none either
	}
	read := readSeats(ctx, org, ports.Licensor, s.readTime(), s.Now)
	now, owned := read.bySKU[asked.SKU]
	switch {
	case !read.known:
		return Task{}, Refuse(CodeUnavailable)
	case !owned || now.Next != asked.Was || now.RenewalDay() != asked.Day || !now.RenewsAt.After(s.Now()):
		s.seats.forget(org.ID) // which is what the person is shown again
		return Task{}, Refuse(CodeStale)
	case asked.Seats == now.Next:
		return Task{}, Refuse(CodePlanned)
	}
	err = s.Catalogue().subscription(now).CheckRenewal(asked.Seats)
	if err != nil {
		return Task{}, err
	}
	return s.startTask(ctx, r, once, Task{Kind: TaskRenew, SKU: asked.SKU, Was: asked.Was, Quantity: asked.Seats, RenewsAt: now.RenewsAt}, Preview{})
}

// CheckRenewal says why a subscription cannot be renewed with that many seats, nil where
// it can: a seat that somebody holds cannot go.
func (s Subscription) CheckRenewal(seats int) error {
	least := max(1, s.Used, s.Offer.Seats.Min)
	if seats < least || seats > s.Owned {
		return Refuse(CodeQuantity, "min", least, "max", s.Owned)
	}
	return nil
}

func (s *Service) taskOf(ctx context.Context, org Organisation, id string, err error) (Task, error) {
	if err != nil {
		return Task{}, err
	}
	return s.Ledger.Task(ctx, org.ID, id)
}

// startTask writes the task down with its people and its audit; its job does it.
func (s *Service) startTask(ctx context.Context, r Request, once string, t Task, p Preview) (Task, error) {
	id, _, err := s.once(ctx, once, func(tx Tx) (string, error) {
		err := alone(tx, r.Actor.Organisation, t)
		if err != nil {
			return "", err
		}
		id, err := tx.NextTaskID()
		if err != nil {
			return "", err
		}
		now, people := s.Now(), p.people(id)
		made := s.newTask(id, r.Actor, t, now)
		if t.Kind != TaskRenew {
			made.count(people, now)
		}
		err = s.keepTask(tx, made, r.Actor, r.Event, "licences."+string(t.Kind), map[string]any{"task": made, "people": summary(people)})
		if err != nil {
			return "", err
		}
		return id, tx.SaveTaskPeople(people)
	})
	return s.taskOf(ctx, Organisation{ID: r.Actor.Organisation}, id, err)
}

// alone lets one plan for a subscription's renewal be under way at a time: of two, nobody
// could tell which would hold in the end.
func alone(tx Tx, org string, t Task) error {
	if t.Kind != TaskRenew {
		return nil
	}
	err := tx.Lock(org)
	if err != nil {
		return err
	}
	running, err := tx.RunningTasks(org)
	if slices.ContainsFunc(running, func(other Task) bool { return other.Kind == TaskRenew && other.SKU == t.SKU }) {
		return Refuse(CodeStale)
	}
	return err
}

func (s *Service) newTask(id string, by Actor, t Task, now time.Time) Task {
	t.ID, t.Version, t.State = id, 1, TaskRunning
	t.Organisation, t.By, t.ByName, t.Account = by.Organisation, by.Person, by.Name, by.Account
	t.Locale, t.TimeZone = by.Locale, by.zone()
	t.Name = s.Catalogue().subscription(OwnedSeats{SKU: t.SKU}).Name
	if t.To != "" {
		t.ToName = s.Catalogue().subscription(OwnedSeats{SKU: t.To}).Name
	}
	t.StartedAt, t.UpdatedAt = now, now
	return t
}

// people are those whom the task is for, and those for whom it can do nothing.
func (p Preview) people(task string) []Assignment {
	var all []Assignment
	for _, u := range p.Able {
		all = append(all, Assignment{Order: task, User: u.ID, Name: u.Name, State: AssignPending})
	}
	for _, u := range p.Unable {
		all = append(all, Assignment{Order: task, User: u.ID, Name: u.Name, State: AssignSkipped, Reason: u.Reason})
	}
	return all
}

// keepTask saves a changed task with its audit entry and the jobs that go on from it.
func (s *Service) keepTask(tx Tx, t Task, by Actor, event, action string, data any) error {
	t.UpdatedAt = s.Now()
	tells, due := t.tells(t.UpdatedAt), time.Time{}
	if t.State == TaskRunning {
		due = later(t.UpdatedAt, t.Slow.Until)
	}
	err := tx.SaveTask(t, due)
	if err != nil {
		return err
	}
	e, err := s.entry(Order{Organisation: t.Organisation, ID: t.ID}, by, event, action, data)
	if err != nil {
		return err
	}
	err = tx.Append(e)
	if err != nil {
		return err
	}
	ref := OrderRef{Organisation: t.Organisation, ID: t.ID}
	if t.State == TaskRunning {
		err = tx.PerformTask(ref, t.Version)
		if err != nil {
			return err
		}
	}
	if !tells {
		return nil
	}
	return tx.AnnounceTask(ref, t.Version)
}

// Task finds a task that the actor may see: whoever holds any role may.
func (s *Service) Task(ctx context.Context, actor Actor, id string) (Task, error) {
	org, _, err := s.organisation(actor.Organisation)
	if err != nil {
		return Task{}, err
	}
	err = mayRead(org, actor)
	if err != nil {
		return Task{}, err
	}
	return s.Ledger.Task(ctx, org.ID, id)
}

// TaskPeople lists a task's people by name. Whether the reader may see it was asked with
// the task.
func (s *Service) TaskPeople(ctx context.Context, t Task) ([]Assignment, error) {
	people, err := s.Ledger.TaskPeople(ctx, t.ID)
	return inOrder(people), err
}

// RetryTask tries again those for whom the task failed, and nobody else.
func (s *Service) RetryTask(ctx context.Context, r Request, id string) (Task, error) {
	org, _, err := s.organisation(r.Actor.Organisation)
	if err != nil {
		return Task{}, err
	}
	id, _, err = s.once(ctx, r.Event, func(tx Tx) (string, error) {
		t, err := tx.Task(id)
		switch {
		case err != nil:
			return "", err
		case t.Organisation != org.ID:
			return "", Refuse(CodeNotFound)
		}
		err = Authorise(org, r.Actor, t.Kind.Role())
		if err != nil {
			return "", err
		}
		return t.ID, s.retryTask(tx, t, r)
	})
	return s.taskOf(ctx, org, id, err)
}

func (s *Service) retryTask(tx Tx, t Task, r Request) error {
	if !t.Retries() {
		return Refuse(CodeTaskState)
	}
	people, err := tx.TaskPeople(t.ID)
	if err != nil {
		return err
	}
	for i := range people {
		if people[i].State == AssignFailed {
			people[i].State, people[i].Reason = again(people[i])
		}
	}
	err = tx.SaveTaskPeople(people)
	if err != nil {
		return err
	}
	t.count(people, s.Now())
	t.Version++
	return s.keepTask(tx, t, r.Actor, r.Event, "licences.retried", map[string]any{"people": t.People.Total})
}

// Retries reports whether trying again may help. A plan is made anew instead: another may
// have been made since.
func (t Task) Retries() bool { return t.State == TaskDone && t.People.Failed > 0 }
