package commerce

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	peopleTime = 30 * time.Second // for a read, whoever still waits for it
	peopleLife = 5 * time.Minute  // of a list that is shown where a newer one takes longer than a turn waits
)

// Unlicensed is who has no licence, by name, with what makes some of them ineligible.
type Unlicensed struct {
	People []User
	AsOf   time.Time // when they began to be read
	Known  bool      // false where the list could not be read in time, nor lately
}

// peopleReads are the lists of a large tenant, which may take longer to read than a turn
// waits: the read goes on behind it, once for all who ask, and the next turn has it.
type peopleReads struct {
	flight singleflight.Group
	mu     sync.Mutex
	kept   map[string]Unlicensed // by organisation
}

// Unlicensed lists who has no licence now or, where that takes too long, some minutes ago.
// Where the directory fails it is not known.
func (s *Service) Unlicensed(ctx context.Context, organisation string) Unlicensed {
	org, ports, err := s.organisation(organisation)
	if err != nil {
		return Unlicensed{}
	}
	behind := context.WithoutCancel(ctx)
	read := s.people.flight.DoChan(org.ID, func() (any, error) { return s.readPeople(behind, org, ports.Licensor) })
	ctx, cancel := context.WithTimeout(ctx, s.readTime())
	defer cancel()
	select {
	case r := <-read:
		people, _ := r.Val.(Unlicensed) // nobody, where it failed
		return people
	case <-ctx.Done():
		s.Log.WarnContext(ctx, "people not read in time", "organisation", org.ID)
		return s.people.lately(org.ID, s.Now())
	}
}

func (s *Service) readPeople(ctx context.Context, org Organisation, l Licensor) (Unlicensed, error) {
	ctx, cancel := context.WithTimeout(ctx, max(peopleTime, s.readTime()))
	defer cancel()
	at := s.Now()
	people, err := l.Unlicensed(ctx, org)
	if err != nil {
		s.Log.WarnContext(ctx, "people not read", "organisation", org.ID, "err", err)
		return Unlicensed{}, err
	}
	read := Unlicensed{People: people, AsOf: at, Known: true}
	s.people.keep(org.ID, read)
	return read, nil
}

func (p *peopleReads) keep(organisation string, read Unlicensed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil {
		p.kept = map[string]Unlicensed{}
	}
	p.kept[organisation] = read
}

// lately is what was read last, nothing where that is too long ago.
func (p *peopleReads) lately(organisation string, now time.Time) Unlicensed {
	p.mu.Lock()
	defer p.mu.Unlock()
	if read := p.kept[organisation]; now.Sub(read.AsOf) < peopleLife {
		return read
	}
	return Unlicensed{}
}
