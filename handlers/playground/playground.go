// Package playground is the browser page that looks like a chat: one more platform,
// behind the same ports as the others, for organisations whose outside is a sandbox.
//
// Whoever opens the page chooses who to be. What the page sends is an event like any
// platform's; what people are shown is kept here, in memory and bounded, and reaches
// every open page of the same account as it happens. A restart forgets it all: nothing
// here matters, orders live elsewhere.
package playground

import (
	"context"
	"crypto/sha256"
	"html/template"
	"io"
	"log/slog"
	"sync"
	"time"

	"cartwright/conversations"
)

// Platform is the name that accounts of the playground carry.
const Platform = "playground"

// Stranger is the id of the account that belongs to nobody in the organisation.
const Stranger = "stranger"

// Options is what the playground is made of. Every field is needed but Token and Log.
type Options struct {
	// Turn answers an event; it is called with a context that outlives the request.
	Turn func(context.Context, conversations.Event) conversations.Reply
	// Organisations lists those that may be played with, in order. It may change.
	Organisations func() []Organisation
	Token         string // asked for before anything is shown; "": the page is open
	Secure        bool   // people come over https: cookies are marked so
	Key           []byte // signs the session cookie
	Now           func() time.Time
	Random        io.Reader // names messages
	Log           *slog.Logger
}

// Organisation is one that may be played with.
type Organisation struct {
	ID     string
	Name   string
	Cloud  string
	People []Person
}

// Person is somebody whom the page can be opened as.
type Person struct {
	ID     string
	Name   string
	Roles  []string
	Locale string // BCP 47, "" where none is set
}

// Playground serves the page, and is a platform: a Poster and a Directory.
type Playground struct {
	Options
	chats    chats
	attempts attempts
	pages    *template.Template
	assets   map[string]asset
	secret   [sha256.Size]byte // of the token: what the cookie's signature covers
	closed   chan struct{}
	closing  sync.Once
}

var (
	_ conversations.Poster    = (*Playground)(nil)
	_ conversations.Directory = (*Playground)(nil)
)

// New makes a playground out of its options.
func New(o Options) *Playground {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Playground{
		Options:  o,
		chats:    chats{of: map[conversations.Account]*chat{}},
		attempts: attempts{from: map[string]*tries{}},
		pages:    template.Must(template.ParseFS(files, "assets/*.html")),
		assets:   readAssets(),
		secret:   sha256.Sum256([]byte(o.Token)),
		closed:   make(chan struct{}),
	}
}

// Close ends every open stream, so that the server can shut down; pages reconnect.
// Turns go on. It may be called more than once.
func (p *Playground) Close() { p.closing.Do(func() { close(p.closed) }) }

func (p *Playground) organisation(id string) (Organisation, bool) {
	for _, o := range p.Organisations() {
		if o.ID == id {
			return o, true
		}
	}
	return Organisation{}, false
}

// person finds who has the id; the stranger is in every organisation, and in none.
func (o Organisation) person(id string) (Person, bool) {
	for _, p := range o.People {
		if p.ID == id {
			return p, true
		}
	}
	return Person{ID: Stranger}, id == Stranger
}

// buyer is who the page is opened as when nobody was chosen.
func (o Organisation) buyer() Person {
	for _, p := range o.People {
		for _, role := range p.Roles {
			if role == "buyer" {
				return p
			}
		}
	}
	if len(o.People) > 0 {
		return o.People[0]
	}
	return Person{ID: Stranger}
}

// account finds the account of a person of an organisation.
func (p *Playground) account(organisation, person string) (conversations.Account, bool) {
	o, ok := p.organisation(organisation)
	if !ok {
		return conversations.Account{}, false
	}
	if _, ok = o.person(person); !ok {
		return conversations.Account{}, false
	}
	return conversations.Account{Platform: Platform, Workspace: organisation, ID: person}, true
}
