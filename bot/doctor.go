package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"cartwright/commerce/ledger"
	"cartwright/config"
	"cartwright/conversations/redis"
	"cartwright/handlers/discord"
	"cartwright/handlers/slack"
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
			fmt.Fprintf(p.stdout, "FAIL  %s: %v\n", name, err)
		}
	}
	if !well {
		return errSilent
	}
	return nil
}

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
	if cfg.Discord.Configured() {
		all = append(all, discordCaller(cfg.Discord).Checks(p.ctx, workspaces(cfg, discord.Platform)))
	}
	return all
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

// discordCaller is the platform as far as it calls Discord.
func discordCaller(cfg config.Discord) *discord.Discord {
	return discord.New(discord.Options{Application: cfg.Application, PublicKey: cfg.PublicKey, Token: cfg.BotToken.Reveal(), APIURL: cfg.APIURL, Now: time.Now})
}

func check(name string, do func() error) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) { yield(name, do()) }
}

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
		HTTP: cfg.Slack.SigningSecret.Set(), PublicURL: cfg.PublicURL.String(), Now: time.Now,
	}}
}

type manifestCommand struct {
	Platform string `arg:"" enum:"slack,discord" help:"Which platform's: slack or discord."`
	Apply    bool   `help:"Register Discord's commands with Discord."`
}

// Run prints the app's manifest for this configuration.
func (c manifestCommand) Run(p *program) error {
	cfg, err := config.Read(p.env, p.readFile)
	if err != nil {
		return err
	}
	if c.Platform == discord.Platform {
		return c.discord(p, cfg.Discord)
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
		return errors.New("set DISCORD_APPLICATION_ID, DISCORD_PUBLIC_KEY and DISCORD_BOT_TOKEN first")
	}
	err := discordCaller(cfg).Apply(p.ctx)
	if err == nil {
		_, err = fmt.Fprintln(p.stdout, "Discord has the commands.")
	}
	return err
}
