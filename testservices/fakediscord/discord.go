// Package fakediscord plays Discord for tests, strictly: what Discord refuses it refuses, by
// the same codes; what Discord forgets it forgets. It delivers interactions as Discord does,
// signed over HTTP or by the gateway, and shows each person what they would see.
//
// It shares no code with the app or with the library that the app listens by.
package fakediscord

import (
	"crypto/ed25519"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Options make a Discord. All may be zero.
type Options struct {
	AckTime   time.Duration // how long the first answer may take; 3 s by default
	Heartbeat time.Duration // how often the gateway wants one; 41.25 s by default
	// IdentifyEvery is how long apart sessions have to be begun, which is 5 s at Discord
	// (max_concurrency 1); 0: that is not looked at.
	IdentifyEvery time.Duration
}

// Discord is one guild, its members, and all that an application has there.
type Discord struct {
	Options
	Application, Token, Guild string
	PublicKey                 ed25519.PublicKey

	web *httptest.Server
	key ed25519.PrivateKey

	mu           sync.Mutex
	later        time.Duration // by which the clock was moved
	numbers      int
	members      map[string]map[string]any
	channels     map[string]string   // id -> the person whose direct messages it has, "" for the guild's
	closed       map[string]bool     // people who take no direct messages
	messages     map[string]*Message // by channel/id
	order        []*Message
	interactions []*interaction
	modals       map[string]*modal // that are open, by person
	commands     []any
	refusals     []string
	typing       map[string]int // by channel
	limits       map[string]int // route -> calls that are still told to wait

	endpoint   string // where interactions are delivered; "": by the gateway
	deliveries []Delivery
	gateway    gateway
}

// TalkChannel is the channel of the guild where people use commands.
const TalkChannel = "6"

// New starts a Discord on a free port of this machine.
func New(o Options) *Discord {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	if o.AckTime == 0 {
		o.AckTime = 3 * time.Second
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 41250 * time.Millisecond
	}
	d := &Discord{
		Options: o, Application: "1001", Token: "the.bots.token", Guild: "42", PublicKey: public, key: private,
		members: map[string]map[string]any{}, channels: map[string]string{TalkChannel: ""}, closed: map[string]bool{},
		messages: map[string]*Message{}, modals: map[string]*modal{}, limits: map[string]int{}, typing: map[string]int{},
	}
	d.web = httptest.NewServer(d.routes())
	return d
}

// Close stops it, with the app's connections.
func (d *Discord) Close() {
	d.Drop()
	d.web.CloseClientConnections()
	d.web.Close()
}

// APIURL is where the REST API is; it ends in a slash. Below it, api/v9/ and api/v10/ are the
// same.
func (d *Discord) APIURL() string { return d.web.URL + "/" }

// Deliver has interactions delivered over HTTP to this URL from now on; "" is by the gateway.
func (d *Discord) Deliver(url string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.endpoint = url
}

// Later moves the clock forward.
func (d *Discord) Later(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.later += by
}

func (d *Discord) now() time.Time { return time.Now().Add(d.later) }

// Join makes somebody a member of the guild, with roles; their client is in English.
func (d *Discord) Join(id, name string, roles ...string) *Person {
	d.mu.Lock()
	defer d.mu.Unlock()
	user := map[string]any{"id": id, "username": name, "discriminator": "0", "global_name": nil, "avatar": nil, "primary_guild": nil, "public_flags": 0}
	d.members[id] = map[string]any{
		"user": user, "roles": append([]string{}, roles...), "nick": nil, "avatar": nil, "joined_at": "2026-01-01T00:00:00+00:00",
		"deaf": false, "mute": false, "pending": false, "flags": 0, "permissions": "2147483648", "premium_since": nil, "communication_disabled_until": nil,
	}
	return &Person{Discord: d, ID: id, Locale: "en-US"}
}

// Channel adds a channel to the guild.
func (d *Discord) Channel(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.channels[id] = ""
}

// DirectChannel is the channel of the bot and a person, once it was opened.
func DirectChannel(person string) string { return "99" + person }

// RefuseDirect has somebody take no direct messages from now on, as their settings can.
func (d *Discord) RefuseDirect(person string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed[person] = true
}

// Limit tells the next calls of a route, such as "POST /channels/{channel}/messages", to wait.
func (d *Discord) Limit(route string, calls int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.limits[route] = calls
}

// Refusals are the calls that were refused, but for those that ask for what is not there.
func (d *Discord) Refusals() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.refusals)
}

// epoch is the first millisecond that a snowflake can name.
const epoch = 1_420_070_400_000

// snowflake is an id, of which later ones are greater.
func (d *Discord) snowflake() string {
	d.numbers++
	return strconv.FormatInt((d.now().UnixMilli()-epoch)<<22|int64(d.numbers), 10)
}
