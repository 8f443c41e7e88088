// Package fakeslack plays Slack for tests, strictly: what Slack would refuse it refuses,
// by the same names; what Slack forgets it forgets. It delivers to the app as Slack does,
// signed over HTTP or by sockets, and shows each person what they would see.
//
// It shares no code with the app or with the library that the app calls Slack by.
package fakeslack

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options make a Slack. All may be zero.
type Options struct {
	SigningSecret string           // "the signing secret" by default
	Now           func() time.Time // time.Now by default
	AckTime       time.Duration    // how long the app may take to acknowledge; 3 s by default
	Burst         int              // messages a second that a channel takes; 0: any number
	Retries       []time.Duration  // when an event that was not acknowledged is delivered again
	ClientID      string           // of OAuth, with ClientSecret
	ClientSecret  string
}

// Slack is all workspaces and the app's side of them.
type Slack struct {
	Options
	web *httptest.Server

	mu       sync.Mutex
	spaces   map[string]*Workspace
	app      string // where requests are delivered; "": by sockets
	sockets  []*socket
	refuses  int // connections that are still refused
	triggers map[string]*trigger
	hooks    map[string]*hook
	codes    map[string]code // of OAuth
	faults   []*Fault
	calls    []Call
	sent     []Delivery
	numbers  int
}

// Workspace is one workspace in which the app is installed.
type Workspace struct {
	*Slack
	ID, Token string
	BotUser   string
	Scopes    []string
	Installed bool

	people   map[string]*Person
	channels map[string][]string // id -> members, the bot's user among them where it is in
	groups   map[string][]string
	posts    []*Posted
	modals   map[string][]*View // by person, the top last
	homes    map[string]*View
	errors   map[string]map[string]string // of a person's top modal, by block
	minute   map[string][]time.Time       // channel -> when it was posted to
	refusals map[string]int               // channel -> posts that are still told to wait
}

// Person is an account of a workspace.
type Person struct {
	ID, Name, Locale, TZ                       string
	Team                                       string // another workspace's, "" for this one
	Deleted, Bot, Guest, SingleGuest, Stranger bool
}

// Posted is a message as it is now.
type Posted struct {
	Workspace, Channel, TS, Thread string
	To                             string // whom an ephemeral one is shown to; "": everyone there
	Text                           string
	Blocks                         []any
	Edits                          int
	Deleted                        bool
}

// View is a modal or a home as it is now.
type View struct {
	ID, Hash, Type, Callback, Metadata, External string
	Person                                       string
	Raw                                          map[string]any
	Values                                       map[string]map[string]map[string]any // block -> action -> as Slack sends it
}

// Call is one call of the Web API or to a response_url.
type Call struct {
	Workspace, Method string
	At                time.Time
	Body              map[string]any
	Error             string // that it was answered with
}

// Fault is a failure that calls of a method meet. Empty fields fit all.
type Fault struct {
	Workspace, Method string
	Times             int
	RetryAfter        int           // seconds: answered 429
	Status            int           // such as 500
	Hang              time.Duration // before the answer
	Body              string        // in place of the answer
}

// AllScopes are what the app is given by default.
var AllScopes = []string{"commands", "chat:write", "im:history", "im:write", "app_mentions:read", "users:read", "usergroups:read"}

// New starts a Slack on a free port of this machine.
func New(o Options) *Slack {
	if o.SigningSecret == "" {
		o.SigningSecret = "the signing secret"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.AckTime == 0 {
		o.AckTime = 3 * time.Second
	}
	if o.Retries == nil {
		o.Retries = []time.Duration{0, 50 * time.Millisecond, 200 * time.Millisecond}
	}
	s := &Slack{
		Options: o, spaces: map[string]*Workspace{}, triggers: map[string]*trigger{}, hooks: map[string]*hook{}, codes: map[string]code{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{method}", s.serveAPI)
	mux.HandleFunc("POST /actions/{hook}", s.serveHook)
	mux.HandleFunc("GET /oauth/v2/authorize", s.authorize)
	mux.HandleFunc("GET /socket", s.serveSocket)
	s.web = httptest.NewServer(mux)
	return s
}

// Close ends it, with its sockets.
func (s *Slack) Close() {
	s.mu.Lock()
	open := slices.Clone(s.sockets)
	s.mu.Unlock()
	for _, c := range open {
		c.drop()
	}
	s.web.CloseClientConnections()
	s.web.Close()
}

// APIURL is where the Web API is; it ends in a slash.
func (s *Slack) APIURL() string { return s.web.URL + "/api/" }

// AppToken is what Socket Mode is asked for with.
func (s *Slack) AppToken() string { return "xapp-1-A1-token" }

// Deliver has everything delivered over HTTP to the app at base from now on; "" is by
// sockets.
func (s *Slack) Deliver(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app = base
}

// Workspace makes a workspace in which the app is installed.
func (s *Slack) Workspace(id string) *Workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &Workspace{
		Slack: s, ID: id, Token: "xoxb-" + id, BotUser: "UBOT" + id, Scopes: slices.Clone(AllScopes), Installed: true,
		people: map[string]*Person{}, channels: map[string][]string{}, groups: map[string][]string{},
		modals: map[string][]*View{}, homes: map[string]*View{}, errors: map[string]map[string]string{}, minute: map[string][]time.Time{}, refusals: map[string]int{},
	}
	s.spaces[id] = w
	return w
}

// Person adds somebody, or changes them.
func (w *Workspace) Person(p Person) *Client {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.Locale == "" {
		p.Locale = "en-US"
	}
	if p.TZ == "" {
		p.TZ = "Europe/Paris"
	}
	w.people[p.ID] = &p
	w.channels[w.dm(p.ID)] = []string{p.ID, w.BotUser}
	return &Client{Workspace: w, ID: p.ID}
}

// Channel adds a channel with the bot and these people in it.
func (w *Workspace) Channel(id string, members ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.channels[id] = append(slices.Clone(members), w.BotUser)
}

// LimitChannel tells the next posts to a channel to wait a second.
func (w *Workspace) LimitChannel(channel string, posts int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refusals[channel] = posts
}

// Leave takes somebody out of a channel, the bot by its BotUser.
func (w *Workspace) Leave(channel, user string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.channels[channel] = slices.DeleteFunc(w.channels[channel], func(m string) bool { return m == user })
}

// Group sets who is in a user group.
func (w *Workspace) Group(id string, members ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.groups[id] = members
}

// dm is the conversation of somebody with the bot.
func (w *Workspace) dm(user string) string { return "D" + strings.TrimPrefix(user, "U") }

// Break has calls fail, the first fault that fits.
func (s *Slack) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Calls are those of a method in a workspace so far; "" is any.
func (s *Slack) Calls(workspace, method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Call
	for _, c := range s.calls {
		if (workspace == "" || c.Workspace == workspace) && (method == "" || c.Method == method) {
			found = append(found, c)
		}
	}
	return found
}

// Refusals are the calls that were answered with an error.
func (s *Slack) Refusals() []Call {
	return slices.DeleteFunc(s.Calls("", ""), func(c Call) bool { return c.Error == "" })
}

func (s *Slack) number() int {
	s.numbers++
	return s.numbers
}

// ts is a message's name: later ones are greater.
func (s *Slack) ts() string { return fmt.Sprintf("%d.%06d", s.Now().Unix(), s.number()) }

// trigger opens a modal once, for 3 seconds.
type trigger struct {
	space *Workspace
	user  string
	at    time.Time
	used  bool
}

const triggerLife = 3 * time.Second

func (w *Workspace) trigger(user string) string {
	id := fmt.Sprintf("%d.%d.%032x", w.number(), w.Now().UnixMicro(), w.number())
	w.triggers[id] = &trigger{space: w, user: user, at: w.Now()}
	return id
}

// hook is a response_url.
type hook struct {
	space         *Workspace
	channel, user string
	message       *Posted // that it is of; nil for a command's
	at            time.Time
	uses          int
}

const (
	hookLife = 30 * time.Minute
	hookUses = 5
)

func (w *Workspace) hook(channel, user string, message *Posted) string {
	id := fmt.Sprintf("T%d", w.number())
	w.hooks[id] = &hook{space: w, channel: channel, user: user, message: message, at: w.Now()}
	return w.web.URL + "/actions/" + id
}
