// Package graph reads and hands out the licences of a tenant through Microsoft Graph.
// Licensor is the port commerce.Licensor; Checks is what bot doctor asks. Nothing here
// buys, and nothing sets a usage location.
package graph

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/tracing"

	"cartwright/commerce"
)

var _ commerce.Licensor = (*Graph)(nil)

// Graph is the Licensor of every organisation whose tenant has an app for the bot. What
// it has learnt of one organisation, such as a token or an outage, is never another's.
type Graph struct {
	o Options

	mu      sync.Mutex
	tenants map[string]*tenant // by organisation
}

// Options are what Graph needs. Tenant and Log must be set.
type Options struct {
	// Tenant finds the app of an organisation; false where there is none.
	Tenant func(organisation string) (Tenant, bool)
	// Hosts replace those of Microsoft's open clouds, each where it is not "".
	Hosts map[commerce.Cloud]Hosts
	// Transport replaces the network below the limits of size and redirects.
	Transport http.RoundTripper
	Tracing   tracing.Provider
	Log       *slog.Logger
	Now       func() time.Time
	// Pause is the first wait before something is repeated where the service names none;
	// 0 for half a second. Each further one is twice as long.
	Pause time.Duration
}

// Tenant is an app registration in a tenant, as which the bot signs in.
type Tenant struct {
	ID     string // directory (tenant) id
	App    string // application (client) id
	Secret string
}

// String leaves the secret out.
func (t Tenant) String() string { return t.ID + "/" + t.App }

// GoString leaves the secret out.
func (t Tenant) GoString() string { return t.String() }

// Hosts are the addresses of a cloud, each https://host.
type Hosts struct {
	Graph string
	Login string
	Scope string // of tokens; "" for the Graph of Microsoft's own cloud
}

// clouds are those that are open. Tokens of one are good for nothing in another.
var clouds = map[commerce.Cloud]Hosts{
	commerce.Worldwide: {
		Graph: "https://graph.microsoft.com", Login: "https://login.microsoftonline.com", Scope: "https://graph.microsoft.com/.default",
	},
	commerce.Vianet: {
		Graph: "https://microsoftgraph.chinacloudapi.cn", Login: "https://login.chinacloudapi.cn",
		Scope: "https://microsoftgraph.chinacloudapi.cn/.default",
	},
}

// New makes a Graph. It calls nobody.
func New(o Options) *Graph {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == 0 {
		o.Pause = 500 * time.Millisecond
	}
	if o.Transport == nil {
		o.Transport = network()
	}
	return &Graph{o: o, tenants: map[string]*tenant{}}
}

// tenant is the organisation's, made when it is first asked for, and anew where its app
// has changed.
func (g *Graph) tenant(org commerce.Organisation) (*tenant, error) {
	app, known := g.o.Tenant(org.ID)
	hosts, open := g.hosts(org.Cloud)
	switch {
	case !known:
		return nil, commerce.Refuse(commerce.CodeNotFound).Because(fmt.Errorf("%s has no app in its tenant", org.ID))
	case !open:
		return nil, commerce.Refuse(commerce.CodeNotFound).Because(fmt.Errorf("the cloud %q has no Graph", org.Cloud))
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if t := g.tenants[org.ID]; t != nil && t.app == app && t.hosts == hosts {
		return t, nil
	}
	t, err := g.newTenant(org.ID, app, hosts)
	if err != nil {
		return nil, err
	}
	g.tenants[org.ID] = t
	return t, nil
}

func (g *Graph) hosts(cloud commerce.Cloud) (Hosts, bool) {
	own, open := clouds[cloud]
	other := g.o.Hosts[cloud]
	return Hosts{Graph: cmp.Or(other.Graph, own.Graph), Login: cmp.Or(other.Login, own.Login), Scope: cmp.Or(other.Scope, own.Scope)}, open
}

// misusef is a mistake of the caller.
func misusef(format string, args ...any) error {
	return commerce.Refuse(commerce.CodeInternal).Because(fmt.Errorf(format, args...))
}

// unavailable is of a call that changed nothing and may be made again.
func unavailable(cause error) error {
	if _, coded := errors.AsType[*commerce.Error](cause); coded {
		return cause
	}
	return commerce.Refuse(commerce.CodeUnavailable).Because(cause)
}
