package discord

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
)

// Checks makes one harmless call for each thing that must be right, and yields what was
// looked at with what is wrong and what to do, nil where nothing is. channels are where
// approvals are asked for.
func (d *Discord) Checks(ctx context.Context, guilds, channels []string) iter.Seq2[string, error] {
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
		for _, channel := range channels {
			if !yield("Discord channel "+channel, d.reaches(ctx, channel)) {
				return
			}
		}
	}
}

// reaches looks whether the bot sees a channel.
func (d *Discord) reaches(ctx context.Context, channel string) error {
	err := d.api.call(ctx, http.MethodGet, "channels/"+channel, nil, nil)
	if no, ok := errors.AsType[*refused](err); ok && (no.Status == http.StatusNotFound || no.Status == http.StatusForbidden) {
		return errors.New("the bot does not see it: give it View Channel and Send Messages there, or correct approvals.channel.discord in the organisations file")
	}
	return err
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

// registered looks whether Discord has the commands as they are here.
func (d *Discord) registered(ctx context.Context) error {
	var has []command
	err := d.api.call(ctx, http.MethodGet, "applications/"+d.Application+"/commands?with_localizations=true", nil, &has)
	if err != nil {
		return err
	}
	if name := differs(commands(), has); name != "" {
		return fmt.Errorf("/%s is not registered, or was changed since: run bot manifest discord --apply", name)
	}
	return nil
}

// differs is the first command, or option of one, that is not in both or is not called and
// described there as here, "" for none.
func differs(ours, has []command) string {
	for _, h := range has {
		if !slices.ContainsFunc(ours, func(c command) bool { return c.Name == h.Name }) {
			return h.Name
		}
	}
	for _, c := range ours {
		at := slices.IndexFunc(has, func(h command) bool { return h.Name == c.Name })
		if at < 0 || !alike(c, has[at]) {
			return c.Name
		}
		if inside := differs(c.Options, has[at].Options); inside != "" {
			return c.Name + " " + inside
		}
	}
	return ""
}

// alike compares what people see of commands, and what they may give to them.
func alike(c, h command) bool {
	return c.Type == h.Type && c.Description == h.Description && c.Required == h.Required && c.Suggests == h.Suggests &&
		maps.Equal(c.Names, h.Names) && maps.Equal(c.Descriptions, h.Descriptions)
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
