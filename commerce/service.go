package commerce

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Ports are the outside systems of one backend.
type Ports struct {
	Vendor   Vendor
	Gateway  Gateway
	Licensor Licensor
}

// Service carries out what people ask for and what orders wait for. Its fields are set
// before use and not changed after.
type Service struct {
	Ledger        Ledger
	Organisations func(id string) (Organisation, bool)
	Catalogue     func() Catalogue
	Backends      map[Backend]Ports
	Directory     Directory
	Timings       Timings
	PublicURL     string // base of the links that payers come back to
	Now           func() time.Time
	Log           *slog.Logger

	seats  seatsCache
	people peopleReads
}

// Request is who asks, and by which event: the same event never acts twice.
type Request struct {
	Event string
	Actor Actor
}

// ReadTimeout bounds what a turn waits for an outside read; what does not answer in
// time is unknown.
const ReadTimeout = 1500 * time.Millisecond

func (s *Service) readTime() time.Duration { return cmp.Or(s.Timings.Read, ReadTimeout) }

// organisation finds the organisation of a request or an order.
func (s *Service) organisation(id string) (Organisation, Ports, error) {
	org, ok := s.Organisations(id)
	if !ok {
		return Organisation{}, Ports{}, Refuse(CodeNotFound)
	}
	ports, ok := s.Backends[org.Backend]
	if !ok {
		return Organisation{}, Ports{}, fmt.Errorf("organisation %s: no adapters for backend %s", id, org.Backend)
	}
	return org, ports, nil
}

// Shelf reads what the organisation can buy and what it holds. Seats that could not be
// read in time are not known; they may be some seconds old, and say so.
func (s *Service) Shelf(ctx context.Context, organisation string) (Shelf, error) {
	org, ports, err := s.organisation(organisation)
	if err != nil {
		return Shelf{}, err
	}
	seats := s.seats.read(ctx, org, ports.Licensor, s.readTime(), s.Now)
	open, err := s.Ledger.OpenSeats(ctx, org.ID, seats.asOf)
	if err != nil {
		return Shelf{}, err
	}
	return s.shelf(org, seats, open), nil
}

// Stock is Shelf and Cart together: what each click of a buyer needs.
func (s *Service) Stock(ctx context.Context, actor Actor) (Shelf, Cart, error) {
	org, ports, err := s.organisation(actor.Organisation)
	if err == nil {
		err = Authorise(org, actor, Buyer)
	}
	if err != nil {
		return Shelf{}, Cart{}, err
	}
	seats := s.seats.read(ctx, org, ports.Licensor, s.readTime(), s.Now)
	cart, open, err := s.Ledger.Stock(ctx, org.ID, actor.Person, seats.asOf)
	if err != nil {
		return Shelf{}, Cart{}, err
	}
	return s.shelf(org, seats, open), cart, nil
}

func (s *Service) shelf(org Organisation, seats seatsRead, open map[string]int) Shelf {
	shelf := Shelf{
		Organisation: org, Catalogue: s.Catalogue(), Known: seats.known, AsOf: seats.asOf, Holdings: make(map[string]Holding, len(seats.bySKU)+len(open)), Now: s.Now(),
	}
	for sku, owned := range seats.bySKU {
		shelf.Holdings[sku] = Holding{Known: true, AsOf: seats.asOf, Owned: owned.Owned, Used: owned.Used, Open: open[sku]}
	}
	for sku, n := range open {
		if _, owned := shelf.Holdings[sku]; !owned {
			shelf.Holdings[sku] = Holding{Known: seats.known, AsOf: seats.asOf, Open: n}
		}
	}
	return shelf
}

// once runs fn once for an event. A repeat changes nothing: fresh is false, and id is
// what fn answered the first time.
func (s *Service) once(ctx context.Context, event string, fn func(Tx) (id string, err error)) (id string, fresh bool, err error) {
	err = s.Ledger.Change(ctx, func(tx Tx) error {
		id, fresh, err = tx.Claim(event)
		if err != nil || !fresh {
			return err
		}
		id, err = fn(tx)
		if err != nil {
			return err
		}
		return tx.Applied(event, id)
	})
	return id, fresh, err
}

// entry is an audit entry about an order.
func (s *Service) entry(o Order, by Actor, event, action string, data any) (Entry, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return Entry{}, fmt.Errorf("write the audit entry %s: %w", action, err)
	}
	return Entry{
		Organisation: o.Organisation, At: s.Now(), Actor: by.Person, Account: by.Account,
		Action: action, Order: o.ID, Event: event, Data: text,
	}, nil
}

// keep saves a changed order with its audit entry, and the jobs that go on from it.
func (s *Service) keep(tx Tx, o Order, by Actor, event, action string, data any) error {
	now := s.Now()
	o.UpdatedAt = now
	tells := o.tells(now)
	step, due := o.Next(now, s.Timings)
	if step == StepNone {
		due = time.Time{}
	}
	err := tx.SaveOrder(o, due)
	if err != nil {
		return err
	}
	e, err := s.entry(o, by, event, action, data)
	if err != nil {
		return err
	}
	err = tx.Append(e)
	if err != nil {
		return err
	}
	ref := OrderRef{Organisation: o.Organisation, ID: o.ID}
	if step != StepNone {
		err = tx.Perform(ref, o.Version, notBefore(due, now))
		if err != nil {
			return err
		}
	}
	if !tells {
		return nil
	}
	return tx.Announce(ref, o.Version)
}

// notBefore is due, or zero for what is due already.
func notBefore(due, now time.Time) time.Time {
	if !due.After(now) {
		return time.Time{}
	}
	return due
}

// Bot is the actor of what happens by itself.
var Bot = Actor{Person: "bot"}

// random128 is 128 random bits in hex.
func random128() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return hex.EncodeToString(b)
}

// seatsCache remembers owned seats for a moment, so that a list that is paged through
// does not ask for them at each click.
type seatsCache struct {
	mu    sync.Mutex
	reads map[string]seatsRead
}

type seatsRead struct {
	bySKU map[string]OwnedSeats
	asOf  time.Time
	known bool
}

const seatsLife = 10 * time.Second

func (c *seatsCache) read(ctx context.Context, org Organisation, l Licensor, wait time.Duration, now func() time.Time) seatsRead {
	c.mu.Lock()
	read, ok := c.reads[org.ID]
	c.mu.Unlock()
	if ok && now().Sub(read.asOf) < seatsLife {
		return read
	}
	fresh := readSeats(ctx, org, l, wait, now)
	if fresh.known {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.reads == nil {
			c.reads = map[string]seatsRead{}
		}
		c.reads[org.ID] = fresh
	}
	return fresh
}

// forget makes the next read a fresh one: the seats have just changed.
func (c *seatsCache) forget(org string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.reads, org)
}

// readSeats asks the Licensor now. The time it is as of is before the call: what is
// delivered meanwhile still counts as open.
func readSeats(ctx context.Context, org Organisation, l Licensor, wait time.Duration, now func() time.Time) seatsRead {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	read := seatsRead{bySKU: map[string]OwnedSeats{}, asOf: now()}
	owned, err := l.Seats(ctx, org)
	if err != nil {
		return read
	}
	for _, o := range owned {
		read.bySKU[o.SKU] = o
	}
	read.known = true
	return read
}
