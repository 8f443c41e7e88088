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
		if !yield("Discord application "+d.Application, d.ours(ctx)) || !yield("Discord commands", d.registered(ctx)) {
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

// ours looks whether the token is of this application, and signs with this key.
func (d *Discord) ours(ctx context.Context) error {
	var app struct {
		ID  string `json:"id"`
		Key string `json:"verify_key"`
	}
	err := d.api.call(ctx, http.MethodGet, "applications/@me", nil, &app)
	switch {
	case unauthorised(err):
		return errors.New("the token is refused: copy DISCORD_BOT_TOKEN anew from the application's Bot page")
	case err != nil:
		return err
	case app.ID != d.Application:
		return fmt.Errorf("the token is of the application %s: DISCORD_APPLICATION_ID and DISCORD_BOT_TOKEN do not belong together", app.ID)
	case app.Key != hex.EncodeToString(d.PublicKey):
		return errors.New("DISCORD_PUBLIC_KEY is not this application's: copy it from its General Information")
	}
	return nil
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
