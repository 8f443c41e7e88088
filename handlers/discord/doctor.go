package discord

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
)

// Checks makes one harmless call for each thing that must be right, and yields what was
// looked at with what is wrong and what to do, nil where nothing is.
func (d *Discord) Checks(ctx context.Context, guilds []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		app, err := d.ours(ctx)
		if !yield("Discord application "+d.Application, err) || !yield("Discord commands", d.registered(ctx)) {
			return
		}
		if err == nil && !yield(d.way(), d.delivers(ctx, app)) {
			return
		}
		if len(guilds) == 0 {
			yield("Discord servers", errors.New(`no organisation has one: add workspaces: {discord: ["…"]} to the organisations file`))
		}
		for _, guild := range guilds {
			if !yield("Discord server "+guild, d.joined(ctx, guild)) {
				return
			}
		}
	}
}

// application is what Discord has of one.
type application struct {
	ID       string `json:"id"`
	Key      string `json:"verify_key"`
	Endpoint string `json:"interactions_endpoint_url"`
}

// ours looks whether the token is of this application, and signs with this key.
func (d *Discord) ours(ctx context.Context) (application, error) {
	var app application
	err := d.api.call(ctx, http.MethodGet, "applications/@me", nil, &app)
	switch {
	case unauthorised(err):
		return app, errors.New("the token is refused: copy DISCORD_BOT_TOKEN anew from the application's Bot page")
	case err != nil:
		return app, err
	case app.ID != d.Application:
		return app, fmt.Errorf("the token is of the application %s: DISCORD_APPLICATION_ID and DISCORD_BOT_TOKEN do not belong together", app.ID)
	case !d.ByGateway && app.Key != hex.EncodeToString(d.PublicKey):
		return app, errors.New("DISCORD_PUBLIC_KEY is not this application's: copy it from its General Information")
	}
	return app, nil
}

// way is how interactions come.
func (d *Discord) way() string {
	if d.ByGateway {
		return "Discord delivers by the gateway"
	}
	return "Discord delivers over HTTP"
}

// delivers looks whether interactions come the way that is expected: Discord sends them to
// the application's URL, or by the gateway where it has none.
func (d *Discord) delivers(ctx context.Context, app application) error {
	switch {
	case !d.ByGateway && app.Endpoint == "":
		return errors.New("the application has no Interactions Endpoint URL: set it to PUBLIC_URL/discord/interactions, or DISCORD_GATEWAY=true here")
	case !d.ByGateway:
		return nil
	case app.Endpoint != "":
		return errors.New("the application has an Interactions Endpoint URL, and gets nothing by the gateway: clear it, or leave out DISCORD_GATEWAY")
	}
	var allowed struct {
		Sessions struct {
			Remaining int `json:"remaining"`
		} `json:"session_start_limit"`
	}
	err := d.api.call(ctx, http.MethodGet, "gateway/bot", nil, &allowed)
	if err == nil && allowed.Sessions.Remaining == 0 {
		return errors.New("the bot may begin no more sessions today: look for another program that uses its token")
	}
	return err
}

// registered looks whether Discord has the commands.
func (d *Discord) registered(ctx context.Context) error {
	var has []struct {
		Name string `json:"name"`
	}
	err := d.api.call(ctx, http.MethodGet, "applications/"+d.Application+"/commands", nil, &has)
	if err != nil {
		return err
	}
	for _, c := range commands() {
		if !slices.ContainsFunc(has, func(h struct {
			Name string `json:"name"`
		}) bool {
			return h.Name == c.Name
		}) {
			return fmt.Errorf("/%s is not registered: run bot manifest discord --apply", c.Name)
		}
	}
	return nil
}

// joined looks whether the bot is in a guild.
func (d *Discord) joined(ctx context.Context, guild string) error {
	err := d.api.call(ctx, http.MethodGet, "guilds/"+guild, nil, nil)
	if no, ok := errors.AsType[*refused](err); ok && (no.Status == http.StatusNotFound || no.Status == http.StatusForbidden) {
		return errors.New("the bot is not there: add the application to the server, with the scopes bot and applications.commands")
	}
	return err
}

func unauthorised(err error) bool {
	no, ok := errors.AsType[*refused](err)
	return ok && no.Status == http.StatusUnauthorized
}
