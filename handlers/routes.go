// Package handlers is all that arrives from outside over HTTP: every route, and what
// each request passes before it reaches the package that answers it.
package handlers

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"

	"cartwright/handlers/discord"
	"cartwright/handlers/pay"
	"cartwright/handlers/playground"
	"cartwright/handlers/slack"
	"cartwright/handlers/teams"
)

// Options is what the public listener serves, and how.
type Options struct {
	PublicURL  *url.URL               // base of the links that people are sent
	Listener   net.Addr               // where the public listener really listens
	Playground *playground.Playground // nil: off
	Slack      *slack.Slack           // nil: off
	Installs   *slack.Installer       // of Slack's app; nil: off
	Discord    *discord.Discord       // nil: off
	Teams      *teams.Teams           // nil: off
	Pay        *pay.Pay               // needed
	AtOnce     int                    // requests answered at once, streams aside; 0: 256
	Log        *slog.Logger
	Random     io.Reader // names requests
}

// maxBody is the size of a request's body that is still read, in bytes.
const maxBody = 1 << 20

// stream is the one route whose requests last as long as a page is open.
const stream = "/playground/stream"

// Routes is every route of the public listener.
func Routes(o Options) http.Handler {
	mux := http.NewServeMux()
	if p := o.Playground; p != nil {
		mux.HandleFunc("GET /{$}", p.Page)
		mux.HandleFunc("POST /{$}", p.Enter)
		mux.HandleFunc("POST /playground/turns", p.Turns)
		mux.HandleFunc("GET "+stream, p.Stream)
		mux.HandleFunc("GET /assets/{file}", p.Assets)
	}
	if s := o.Slack; s != nil && s.ServesHTTP() {
		mux.HandleFunc("POST /slack/commands", s.Commands)
		mux.HandleFunc("POST /slack/interactions", s.Interactions)
		mux.HandleFunc("POST /slack/events", s.Events)
	}
	if i := o.Installs; i != nil {
		mux.HandleFunc("GET /slack/install", i.Page)
		mux.HandleFunc("GET /slack/oauth/callback", i.Callback)
	}
	if d := o.Discord; d != nil {
		mux.HandleFunc("POST /discord/interactions", d.Interactions)
	}
	if t := o.Teams; t != nil {
		mux.HandleFunc("POST /api/messages", t.Messages)
	}
	mux.HandleFunc("GET /pay/{token}", o.Pay.Link)
	mux.HandleFunc("GET /sandbox/pay/{id}", o.Pay.Sandbox)
	mux.HandleFunc("POST /sandbox/pay/{id}", o.Pay.Play)
	mux.HandleFunc("GET /assets/pay.css", o.Pay.Stylesheet)
	return o.guarded(mux)
}

// guarded wraps the routes in what every request passes, the first listed first.
func (o Options) guarded(routes http.Handler) http.Handler {
	if o.AtOnce == 0 {
		o.AtOnce = 256
	}
	passes := []func(http.Handler) http.Handler{
		named(o.Random),
		logged(o.Log),
		recovered(o.Log),
		secured(o.PublicURL),
		addressed(hosts(o.PublicURL, o.Listener)),
		limited(o.AtOnce),
		http.NewCrossOriginProtection().Handler,
		bounded,
	}
	for i := len(passes) - 1; i >= 0; i-- {
		routes = passes[i](routes)
	}
	return routes
}
