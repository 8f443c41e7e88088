// Package faketeams plays Microsoft Teams for tests, strictly: its login, the Bot Connector,
// and people at clients. What Microsoft documents that it refuses it refuses, by the same
// names. It delivers activities to the bot with signed tokens and shows each person what
// they would see.
//
// It shares no code with the app.
package faketeams

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options make a Teams. All may be zero.
type Options struct {
	AppID, Password string           // of the bot
	Tenant          string           // the customer's; tokens are asked for there
	BotName         string           // "Cartwright" by default
	Issuer          string           // of inbound tokens; the public cloud's by default
	Scope           string           // that outbound tokens are asked for with; the public cloud's by default
	Now             func() time.Time // time.Now by default; Advance moves it
	AnswerTime      time.Duration    // how long an invoke waits for its answer; 5 s by default
	TokenLife       time.Duration    // of outbound tokens; an hour by default
	KeysKept        int              // that inbound tokens may be signed with; the last 2 by default
	Limits          []Limit          // of one conversation; Microsoft's by default, none where it is not nil and empty
}

// Limit is how many messages a conversation takes from a bot in a time. Edits and deletions
// count too: Microsoft does not say that they do not.
type Limit struct {
	Count int
	In    time.Duration
}

// DocumentedLimits are Microsoft's for one bot in one conversation.
var DocumentedLimits = []Limit{{7, time.Second}, {8, 2 * time.Second}, {60, 30 * time.Second}, {1800, time.Hour}}

// Teams is a tenant with its people, the bot, and the login that they trust.
type Teams struct {
	Options
	web *httptest.Server

	mu            sync.Mutex
	ahead         time.Duration
	numbers       int
	bot           string // where activities are delivered
	keys          []signer
	openID        OpenID
	fetches       map[string]int
	tokens        map[string]time.Time // outbound, to when they end
	tokenCalls    int
	people        []*Person
	conversations map[string]*conversation
	messages      []*message
	faults        []*Fault
	calls         []Call
	sent          []Delivery
	pings         []string
	large         []string
}

// signer is a key of Microsoft's.
type signer struct {
	id           string
	key          *rsa.PrivateKey
	endorsements []string
}

// Call is one call of the Connector.
type Call struct {
	Method, Path string // the path after the service's address, with ids as they are
	At           time.Time
	Body         map[string]any
	Status       int
	Error        string // the code that it was answered with, and why
}

// Fault is a failure that calls of the Connector meet. Empty fields fit all.
type Fault struct {
	Method, Conversation string
	Times                int
	Status               int           // such as 502
	RetryAfter           int           // seconds, said beside the status
	Hang                 time.Duration // before the answer; without a status it is only slow
}

// Delivery is an activity that was delivered to the bot.
type Delivery struct {
	Activity map[string]any
	Status   int // of the bot's answer
	Answer   []byte
	Took     time.Duration
}

// New starts a Teams on a free port of this machine.
func New(o Options) *Teams {
	setDefault(&o.AppID, "11111111-2222-4333-8444-555555555555")
	setDefault(&o.Password, "the bot's password")
	setDefault(&o.Tenant, "99999999-8888-4777-8666-555555555555")
	setDefault(&o.BotName, "Cartwright")
	setDefault(&o.Issuer, "https://api.botframework.com")
	setDefault(&o.Scope, "https://api.botframework.com/.default")
	setDefault(&o.AnswerTime, 5*time.Second)
	setDefault(&o.TokenLife, time.Hour)
	setDefault(&o.KeysKept, 2)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Limits == nil {
		o.Limits = DocumentedLimits
	}
	t := &Teams{Options: o, fetches: map[string]int{}, tokens: map[string]time.Time{}, conversations: map[string]*conversation{}}
	t.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/.well-known/openidconfiguration", t.serveMetadata)
	mux.HandleFunc("GET /v1/.well-known/keys", t.serveKeys)
	mux.HandleFunc("POST /login/{tenant}/oauth2/v2.0/token", t.serveToken)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", t.serveToken) // as Microsoft has it, and MSAL insists
	t.connector(mux)
	t.web = httptest.NewServer(mux)
	return t
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Close ends it.
func (t *Teams) Close() {
	t.web.CloseClientConnections()
	t.web.Close()
}

// OpenIDURL is where the metadata of inbound tokens is.
func (t *Teams) OpenIDURL() string { return t.web.URL + "/v1/.well-known/openidconfiguration" }

// TokenURL is the login's address, to which {tenant}/oauth2/v2.0/token is added.
func (t *Teams) TokenURL() string { return t.web.URL + "/login/" }

// ServiceURL is the Connector's address, as activities name it: with a path, and a slash at the end.
func (t *Teams) ServiceURL() string { return t.web.URL + "/amer/" }

// ServiceHost is the host of ServiceURL, with its port.
func (t *Teams) ServiceHost() string {
	u, _ := url.Parse(t.web.URL)
	return u.Host
}

// Bot is the bot's id, as activities have it.
func (t *Teams) Bot() string { return "28:" + t.AppID }

// Deliver has activities delivered to the bot at base from now on, at /api/messages.
func (t *Teams) Deliver(base string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bot = strings.TrimSuffix(base, "/") + "/api/messages"
}

// Advance moves the clock.
func (t *Teams) Advance(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ahead += d
}

func (t *Teams) now() time.Time { return t.Now().Add(t.ahead) }

func (t *Teams) number() int {
	t.numbers++
	return t.numbers
}

// stamp is the name of a message: the time in milliseconds, never the same twice.
func (t *Teams) stamp() string {
	return fmt.Sprint(t.now().UnixMilli() + int64(t.number()))
}

// Fail has calls of the Connector fail.
func (t *Teams) Fail(f Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	t.faults = append(t.faults, &f)
}

// Calls are those of the Connector so far, of a method where it is not "".
func (t *Teams) Calls(method string) []Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(t.calls), func(c Call) bool { return method != "" && c.Method != method })
}

// Refusals are the calls that were answered with an error.
func (t *Teams) Refusals() []Call {
	return slices.DeleteFunc(t.Calls(""), func(c Call) bool { return c.Error == "" })
}

// Deliveries are the activities that were delivered so far.
func (t *Teams) Deliveries() []Delivery {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.sent)
}

// Pings are those whom the bot's messages mentioned.
func (t *Teams) Pings() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.pings)
}

// Large says of each message over 28 KB, which Teams takes, how large it was.
func (t *Teams) Large() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.large)
}

// Messages are all that is in a conversation, by everybody, the newest last, as those see it
// to whom nothing else was shown. Deleted ones are among them.
func (t *Teams) Messages(conversation string) []Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []Message
	for _, m := range t.messages {
		if m.Conversation == conversation {
			all = append(all, m.seenBy(""))
		}
	}
	return all
}

// copied is a copy that nobody shares.
func copied(v map[string]any) map[string]any {
	if v == nil {
		return nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came as JSON
	}
	c := map[string]any{}
	if err := json.Unmarshal(raw, &c); err != nil {
		panic(err)
	}
	return c
}

func text(v map[string]any, key string) string {
	s, _ := v[key].(string)
	return s
}

func object(v map[string]any, key string) map[string]any {
	o, _ := v[key].(map[string]any)
	return o
}

func list(v map[string]any, key string) []any {
	l, _ := v[key].([]any)
	return l
}
