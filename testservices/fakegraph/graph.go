// Package fakegraph plays Microsoft Graph v1.0 for tests, as far as licences go, and the login
// of Microsoft Entra ID before it: strictly, with a state that calls change. What Microsoft
// documents that it refuses it refuses, by the same codes and texts.
//
// It shares no code with the app.
package fakegraph

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Cloud is where a Graph and its login are. Tokens of one are worth nothing in another.
type Cloud struct{ Graph, Login string } // https, without a slash at the end

// The clouds that Microsoft has open to organisations.
var (
	Worldwide = Cloud{"https://graph.microsoft.com", "https://login.microsoftonline.com"}
	China     = Cloud{"https://microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn"} // 21Vianet's
)

// Scope is what a token of the cloud is asked for with.
func (c Cloud) Scope() string { return c.Graph + "/.default" }

// Permissions are the three that licensing takes.
var Permissions = []string{"Organization.Read.All", "User.Read.All", "LicenseAssignment.ReadWrite.All"}

// Options make a Graph. All may be zero.
type Options struct {
	Cloud         Cloud            // Worldwide by default
	Tenant        string           // the customer's
	AppID, Secret string           // of the app
	Permissions   []string         // that the tenant granted; the three by default
	Now           func() time.Time // time.Now by default; Advance moves it
	TokenLife     time.Duration    // an hour by default
	Provisioning  time.Duration    // from a subscription's appearance until its SKU can be assigned; none by default
	PageLimit     int              // of people on a page, however many are asked for; 999 by default
	PageLife      time.Duration    // of a nextLink; an hour by default
	Limits        *Limits          // none by default: nothing is throttled
}

// Graph is a tenant with its people and licences, and the login that it trusts.
type Graph struct {
	Options
	web  *httptest.Server
	stop chan struct{}

	mu            sync.Mutex
	ahead, lag    time.Duration
	numbers       int
	secretEnded   bool
	tokens        map[string]*token
	tokenCalls    int
	people        []*person
	subscriptions []*subscription
	products      map[string]Product
	pages         map[string]page
	faults        []*Fault
	calls         []Call
	batches       []int
	touched       []string
	repeats       map[string]int
	bare          []string
	throttled     int
	buckets       buckets
}

// New starts a Graph on a free port of this machine, with TLS.
func New(o Options) *Graph {
	setDefault(&o.Cloud, Worldwide)
	setDefault(&o.Tenant, "99999999-8888-4777-8666-555555555555")
	setDefault(&o.AppID, "11111111-2222-4333-8444-555555555555")
	setDefault(&o.Secret, "the app's secret")
	setDefault(&o.TokenLife, time.Hour)
	setDefault(&o.PageLimit, pageLimit)
	setDefault(&o.PageLife, time.Hour)
	if o.Permissions == nil {
		o.Permissions = Permissions
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	g := &Graph{
		Options: o, stop: make(chan struct{}), tokens: map[string]*token{}, products: catalogue(), pages: map[string]page{}, repeats: map[string]int{},
	}
	g.web = httptest.NewTLSServer(g.handler())
	return g
}

// handler is that of both hosts.
func (g *Graph) handler() http.Handler {
	login := http.NewServeMux()
	login.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", g.serveMetadata)
	login.HandleFunc("POST /{tenant}/oauth2/v2.0/token", g.serveToken)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1.0/") {
			g.serve(w, r)
			return
		}
		login.ServeHTTP(w, r)
	})
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Close ends it, and whatever hangs in it.
func (g *Graph) Close() {
	close(g.stop)
	g.web.CloseClientConnections()
	g.web.Close()
}

// URL is the address of both Graph and the login on this machine, without a slash at the end.
func (g *Graph) URL() string { return g.web.URL }

// Certificate is the one of URL, in PEM: for SSL_CERT_FILE of a process, or node's NODE_EXTRA_CA_CERTS.
func (g *Graph) Certificate() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.web.Certificate().Raw})
}

// Client is one to whom the cloud's own hosts are this Graph and its login, each at its own
// host only. URL works too; other hosts do not exist.
func (g *Graph) Client() *http.Client {
	return &http.Client{Transport: wires{g, g.web.Client().Transport}}
}

// wires lead from the hosts of a cloud to this machine.
type wires struct {
	graph *Graph
	to    http.RoundTripper
}

func (w wires) RoundTrip(r *http.Request) (*http.Response, error) {
	known := []string{host(w.graph.Cloud.Graph), host(w.graph.Cloud.Login), host(w.graph.web.URL)}
	if !slices.Contains(known, r.URL.Host) || r.URL.Scheme != "https" {
		return nil, fmt.Errorf("nobody is at %s://%s", r.URL.Scheme, r.URL.Host)
	}
	c := r.Clone(r.Context())
	c.Host, c.URL.Host = r.URL.Host, host(w.graph.web.URL)
	response, err := w.to.RoundTrip(c)
	if err == nil {
		response.Request = r
	}
	return response, err
}

func host(address string) string {
	u, _ := url.Parse(address)
	return u.Host
}

// at says whether a request came to that address of the cloud, or to this machine's.
func (g *Graph) at(address string, r *http.Request) bool {
	return r.Host == host(address) || r.Host == host(g.web.URL)
}

// Advance moves the clock.
func (g *Graph) Advance(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ahead += d
}

// Lag has reads show what was so long ago from now on. Writes look at what is.
func (g *Graph) Lag(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lag = d
}

func (g *Graph) now() time.Time { return g.Now().Add(g.ahead) }

// seen is the time as of which reads are answered.
func (g *Graph) seen() time.Time { return g.now().Add(-g.lag) }

// id is a new GUID.
func (g *Graph) id(kind string) string {
	g.numbers++
	return fmt.Sprintf("%s-0000-4000-8000-%012d", kind, g.numbers)
}

func opaque() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

func guid() string {
	s := opaque()
	return strings.Join([]string{s[:8], s[8:12], s[12:16], s[16:20], s[20:]}, "-")
}
