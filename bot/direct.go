package main

import (
	"log/slog"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/tracing"

	"cartwright/commerce"
	"cartwright/commerce/graph"
	"cartwright/config"
)

// direct are the outside systems of an organisation that buys from Microsoft itself.
// Microsoft takes the payment, so there is no gateway.
func direct(tenants *graph.Graph, catalogue func() commerce.Catalogue) commerce.Ports {
	return commerce.Ports{Vendor: graph.NewHandOff(tenants, catalogue), Licensor: tenants}
}

// graph calls Microsoft Graph as the apps of the organisations, those of a reload too.
func (p *program) graph(current func() config.Config, spans tracing.Provider, log *slog.Logger) *graph.Graph {
	return graph.New(graph.Options{
		Tenant: func(organisation string) (graph.Tenant, bool) {
			app, has := current().Graph.Apps[organisation]
			return graph.Tenant{ID: app.Tenant, App: app.Client, Secret: app.Secret.Reveal()}, has
		},
		Hosts: graphHosts(current().Graph), Transport: p.seams.graph, Tracing: spans, Log: log,
	})
}

// graphHosts are the addresses that stand for every cloud's.
func graphHosts(cfg config.Graph) map[commerce.Cloud]graph.Hosts {
	hosts := graph.Hosts{Graph: cfg.URL, Login: cfg.LoginURL}
	return map[commerce.Cloud]graph.Hosts{commerce.Worldwide: hosts, commerce.Vianet: hosts}
}

// withGraph are the organisations that have an app in their tenant.
func withGraph(cfg config.Config) []commerce.Organisation {
	var all []commerce.Organisation
	for _, o := range cfg.Organisations {
		if _, has := cfg.Graph.Apps[o.ID]; has {
			all = append(all, o)
		}
	}
	return all
}
