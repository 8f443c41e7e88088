package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/tracing"

	"cartwright/commerce/ledger"
	"cartwright/config"
	"cartwright/conversations/redis"
	"cartwright/handlers/discord"
	"cartwright/handlers/slack"
	"cartwright/handlers/teams"
)

type doctorCommand struct{}

// Run looks at every configured service, a line each.
func (doctorCommand) Run(p *program) error {
	cfg, err := p.configured()
	if err != nil {
		return err
	}
	well := true
	for _, checks := range p.doctors(cfg) {
		for name, err := range checks {
			if err == nil {
				fmt.Fprintf(p.stdout, "ok    %s\n", name)
				continue
			}
			well = false
			fmt.Fprintf(p.stdout, "FAIL  %s: %v\n", name, atOnce(err))
		}
	}
	for _, o := range withGraph(cfg) {
		fmt.Fprintf(p.stdout, "note  %s: %s\n", o.ID, rolesHint)
	}
	if !well {
		return errSilent
	}
	return nil
}

// rolesHint is what no permission of the app's shows, and a purchase may fail for.
const rolesHint = "at Microsoft who buys must be a Billing Administrator, and who assigns in the admin centre a License Administrator; the app needs neither, and cannot see who is"

// doctors are the checks of each configured service.
func (p *program) doctors(cfg config.Config) []iter.Seq2[string, error] {
	name := "Redis"
	if cfg.RedisEmbedded() {
		name = "Redis, in this process"
	}
	all := []iter.Seq2[string, error]{check(name, func() error { return pingRedis(p.ctx, cfg) })}
	books, err := p.openLedger(cfg, ledger.Options{})
	all = append(all, check("database", func() error { return err }))
	if err == nil && cfg.Slack.Configured() {
		all = append(all, slackDoctor(cfg, books).Checks(p.ctx))
	}
	if cfg.Slack.SigningSecret.Set() {
		all = append(all, check("Slack reaches "+cfg.PublicURL.String(), func() error { return p.refuses(cfg.PublicURL.JoinPath("slack", "events")) }))
	}
	if err == nil && cfg.Teams.Configured() {
		o := teamsOptions(cfg.Teams)
		o.References = installations{books, teams.Platform}
		all = append(all, teams.New(o).Checks(p.ctx, workspaces(cfg, teams.Platform)), check("Teams reaches "+cfg.PublicURL.String(), func() error { return p.refuses(cfg.PublicURL.JoinPath("api", "messages")) }))
	}
	if cfg.Discord.Configured() {
		all = append(all, discordCaller(cfg.Discord).Checks(p.ctx, workspaces(cfg, discord.Platform), channels(cfg, discord.Platform)))
	}
	if orgs := withGraph(cfg); len(orgs) > 0 {
		licences := p.graph(func() config.Config { return cfg }, tracing.Provider{}, slog.New(slog.DiscardHandler))
		all = append(all, licences.Checks(p.ctx, orgs...))
	}
	if cfg.OpenAI.Configured() {
		all = append(all, p.modelDoctor(cfg))
	}
	return all
}

// modelDoctor has the language model make a harmless call.
func (p *program) modelDoctor(cfg config.Config) iter.Seq2[string, error] {
	m, err := modelOf(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return check("language model "+cfg.OpenAI.Model, func() error { return err })
	}
	return m.Checks(p.ctx)
}

// workspaces are those of a platform that organisations have.
func workspaces(cfg config.Config, platform string) []string {
	var all []string
	for _, o := range cfg.Organisations {
		all = append(all, o.Workspaces[platform]...)
	}
	slices.Sort(all)
	return all
}

// channels are where organisations' approvals are asked for on a platform.
func channels(cfg config.Config, platform string) []string {
	var all []string
	for _, o := range cfg.Organisations {
		if channel := o.ApprovalChannel[platform]; channel != "" {
			all = append(all, channel)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// discordCaller is the platform as far as it calls Discord.
func discordCaller(cfg config.Discord) *discord.Discord {
	return discord.New(discord.Options{Application: cfg.Application, ByGateway: cfg.Gateway, PublicKey: cfg.PublicKey, Token: cfg.BotToken.Reveal(), APIURL: cfg.APIURL, Now: time.Now})
}

func check(name string, do func() error) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) { yield(name, do()) }
}

// refuses sends the bot something without a signature: it must refuse it, and nothing else
// would.
func (p *program) refuses(address *url.URL) error {
	ctx, cancel := context.WithTimeout(p.ctx, reachTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), strings.NewReader("{}"))
	if err != nil {
		return err
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return fmt.Errorf("nothing answers: start the bot, and look at PUBLIC_URL, DNS and the firewall: %w", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		return fmt.Errorf("something answers %d, which the bot would not: look at PUBLIC_URL and the proxy", answer.StatusCode)
	}
	return nil
}

// reachTime is how long the bot may take to be reached.
const reachTime = 5 * time.Second

func pingRedis(ctx context.Context, cfg config.Config) error {
	store, err := redis.Open(ctx, cfg.Redis.Reveal(), time.Now)
	if err != nil {
		return err
	}
	return errors.Join(store.Ping(ctx), store.Close())
}

func slackDoctor(cfg config.Config, books *ledger.Ledger) slack.Doctor {
	return slack.Doctor{DoctorOptions: slack.DoctorOptions{
		Tokens: slackTokens(cfg.Slack, books), Workspaces: workspaces(cfg, slack.Platform), AppToken: cfg.Slack.AppToken.Reveal(),
		Now: time.Now,
	}}
}

type manifestCommand struct {
	Platform string `arg:"" enum:"slack,discord,teams" help:"Which platform's: slack, discord or teams."`
	Apply    bool   `help:"Register Discord's commands with Discord."`
}

// Run prints the app's manifest for this configuration.
func (c manifestCommand) Run(p *program) error {
	cfg, err := config.Read(p.env, p.readFile)
	if err != nil {
		return err
	}
	switch c.Platform {
	case discord.Platform:
		return c.discord(p, cfg.Discord)
	case teams.Platform:
		return c.teams(p, cfg)
	}
	text, err := slack.Manifest(slack.ManifestOptions{
		PublicURL: cfg.PublicURL.String(), Sockets: cfg.Slack.AppToken.Set(), Installs: cfg.Slack.Installs(),
	})
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(text)
	return err
}

// discord prints the commands, or registers them.
func (c manifestCommand) discord(p *program, cfg config.Discord) error {
	if !c.Apply {
		_, err := p.stdout.Write(append(discord.Manifest(), '\n'))
		return err
	}
	if !cfg.Configured() {
		return errors.New("set DISCORD_APPLICATION_ID, DISCORD_BOT_TOKEN and DISCORD_PUBLIC_KEY or DISCORD_GATEWAY first")
	}
	err := discordCaller(cfg).Apply(p.ctx)
	if err == nil {
		_, err = fmt.Fprintln(p.stdout, "Discord has the commands.")
	}
	return err
}

// teams writes the app's package, to be sent to a file.
func (manifestCommand) teams(p *program, cfg config.Config) error {
	if cfg.Teams.AppID == "" {
		return errors.New("set TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID first")
	}
	text, err := teams.Manifest(teams.ManifestOptions{AppID: cfg.Teams.AppID, PublicURL: cfg.PublicURL})
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(text)
	return err
}
