package conversations_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"cartwright/commerce"
	"cartwright/conversations"
)

// chat is a platform's side that shows orders' messages.
type chat struct {
	mu       sync.Mutex
	messages map[string]conversations.Prompt // by reference
	shown    []conversations.Prompt          // in the order in which they were posted or edited
	posts    int
	edits    int
	tries    int           // posts that were asked for
	fails    bool          // nothing can be shown just now
	shuns    string        // somebody to whom nothing can be posted
	why      error         // what is said of that; errChat by default
	hold     chan struct{} // where it is set, the next post waits for it to be closed
	entered  chan struct{} // is sent to by a post that waits
}

func newChat() *chat { return &chat{messages: map[string]conversations.Prompt{}} }

var errChat = errors.New("the chat is out of reach")

func (c *chat) Post(_ context.Context, organisation string, to conversations.Account, p conversations.Prompt) (string, error) {
	c.mu.Lock()
	hold := c.hold
	c.hold = nil
	c.mu.Unlock()
	if hold != nil {
		c.entered <- struct{}{}
		<-hold
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries++
	if c.fails || to.ID == c.shuns {
		return "", cmp.Or(c.why, errChat)
	}
	c.posts++
	ref := fmt.Sprintf("%s/%s/%d", organisation, to.ID, c.posts)
	c.messages[ref] = p
	c.shown = append(c.shown, p)
	return ref, nil
}

func (c *chat) Edit(_ context.Context, _ string, _ conversations.Account, ref string, p conversations.Prompt) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails {
		return errChat
	}
	if _, ok := c.messages[ref]; !ok {
		return conversations.ErrMessageGone
	}
	c.edits++
	c.messages[ref] = p
	c.shown = append(c.shown, p)
	return nil
}

// loses forgets every message, as when somebody deletes them.
func (c *chat) loses() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages = map[string]conversations.Prompt{}
}

// last is what was shown last.
func (c *chat) last() conversations.Prompt {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.shown) == 0 {
		return conversations.Prompt{}
	}
	return c.shown[len(c.shown)-1]
}

// directory knows accounts by their own id.
type directory struct {
	mu     sync.Mutex
	asked  int
	fails  bool
	langs  map[string]string
	groups map[string][]string
	closed map[string]bool
}

func (d *directory) Profile(_ context.Context, _ string, a conversations.Account) (conversations.Profile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	if d.fails {
		return conversations.Profile{}, errors.New("the platform does not answer")
	}
	return conversations.Profile{Name: a.ID, Locale: d.langs[a.ID], Groups: d.groups[a.ID], Closed: d.closed[a.ID]}, nil
}

// fail has every lookup fail, or none.
func (d *directory) fail(fails bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fails = fails
}

// outages are the outside systems that do not answer.
type outages struct {
	seats, people, prices bool
	hangs                 bool // the directory takes calls and never answers
}

var errOutage = errors.New("no answer")

type licensor struct {
	commerce.Licensor
	down *outages
}

func (l licensor) Seats(ctx context.Context, org commerce.Organisation) ([]commerce.OwnedSeats, error) {
	if l.down.seats {
		return nil, errOutage
	}
	return l.Licensor.Seats(ctx, org)
}

func (l licensor) Unlicensed(ctx context.Context, org commerce.Organisation) ([]commerce.User, error) {
	if l.down.people {
		return nil, errOutage
	}
	return l.Licensor.Unlicensed(ctx, org)
}

func (l licensor) Users(ctx context.Context, org commerce.Organisation, q commerce.UserQuery) ([]commerce.User, error) {
	if l.down.hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if l.down.people {
		return nil, errOutage
	}
	return l.Licensor.Users(ctx, org, q)
}

type vendor struct {
	commerce.Vendor
	down *outages
}

func (v vendor) Prices(ctx context.Context, org commerce.Organisation, asked []commerce.PriceOf) ([]commerce.Plan, error) {
	if v.down.prices {
		return nil, errOutage
	}
	return v.Vendor.Prices(ctx, org, asked)
}

// halfway is a chat that edits, and cannot post.
type halfway struct{ *chat }

func (halfway) Post(context.Context, string, conversations.Account, conversations.Prompt) (string, error) {
	return "", errChat
}
