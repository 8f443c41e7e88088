package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"cartwright/testservices/fakediscord"
)

// What no program has seen yet comes by the gateway, and what nobody should send: the bot
// goes on, and nobody else can deliver anything.
func TestDiscordGatewayTakesAnything(t *testing.T) {
	g := openGuild(t, true)
	aicha := g.join("11", "aicha", "en-US")
	g.until("the bot is there", func() bool { return g.Identifies() == 1 })
	sent := map[string]any{
		"id": "1", "token": "none", "type": 5, "guild_id": g.Guild, "member": map[string]any{"user": map[string]any{"id": "11"}},
		"data": map[string]any{"custom_id": "w!details:none:0:1", "components": []any{
			map[string]any{"type": 98, "component": map[string]any{"type": 99, "custom_id": "new", "value": map[string]any{"never": "seen"}}}, nil, map[string]any{},
		}},
	}
	g.Dispatch("INTERACTION_CREATE", sent)
	for _, odd := range []any{nil, "odd", 5, []any{}, map[string]any{}, map[string]any{"type": 1}, map[string]any{"type": "5"}, map[string]any{"id": "2", "token": "none", "type": 3, "user": map[string]any{"id": "11"}, "data": nil}} {
		g.Dispatch("INTERACTION_CREATE", odd)
	}
	g.Dispatch("SOMETHING_NEW", map[string]any{})
	aicha.do(aicha.Command(t.Context(), "cart"))
	aicha.sees("6", "Your cart is empty")
	if g.Identifies() != 1 || g.Resumes() != 0 {
		t.Errorf("%d sessions, resumed %d times", g.Identifies(), g.Resumes())
	}

	answer, err := http.Post(g.base+"/discord/interactions", "application/json", strings.NewReader(`{"type": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("over HTTP it is answered %d", answer.StatusCode)
	}
}

// Whoever runs the bot sees at /readyz and in the metrics whether it is at the gateway: one
// whose token is refused never will be.
func TestDiscordGatewayShowsInReadiness(t *testing.T) {
	for name, c := range map[string]struct {
		token, ready, metric string
		status               int
	}{
		"let in":  {"", "discord gateway: ok", "cartwright_discord_gateway_up 1", http.StatusOK},
		"refused": {"another", "discord gateway: failed", "cartwright_discord_gateway_up 0", http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &guild{T: t, Discord: fakediscord.New(fakediscord.Options{})}
			t.Cleanup(g.Close)
			admin := freeAddress(t)
			set := hurried.with(discordSettings(t, g.Discord, true)).with(settings{"ADMIN_ADDR": admin})
			if c.token != "" {
				set = set.with(settings{"DISCORD_BOT_TOKEN": c.token})
			}
			started(t, set)
			read := func(path string) (int, string) {
				res, err := http.Get("http://" + admin + path)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				text, err := io.ReadAll(res.Body)
				g.do(err)
				return res.StatusCode, string(text)
			}
			g.until("it shows", func() bool {
				status, text := read("/readyz")
				_, metrics := read("/metrics")
				return status == c.status && strings.Contains(text, c.ready) && strings.Contains(metrics, c.metric)
			})
		})
	}
}
