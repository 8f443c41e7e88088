package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"cartwright/commerce"
	"cartwright/config"
	"cartwright/conversations"
	"cartwright/handlers"
	"cartwright/handlers/discord"
)

// discord is the platform Discord.
func (s *server) discord(cfg config.Config, engine *conversations.Engine, service *commerce.Service, turn turning) *discord.Discord {
	p := discord.New(discord.Options{
		Turn: turn, Question: engine.Question, Organisation: s.organisationOf(discord.Platform), Guilds: s.workspacesOf(discord.Platform), Channel: s.channelOf(discord.Platform),
		Suggest: s.products(service), Application: cfg.Discord.Application, ByGateway: cfg.Discord.Gateway, PublicKey: cfg.Discord.PublicKey, Token: cfg.Discord.BotToken.Reveal(), APIURL: cfg.Discord.APIURL,
		Now: time.Now, Log: s.log,
	})
	s.atStop(p.Close)
	return p
}

// discordOverHTTP is the platform as far as it is delivered to over HTTP, nil where it is not.
func discordOverHTTP(p *discord.Discord) *discord.Discord {
	if p == nil || p.ByGateway {
		return nil
	}
	return p
}

// listenToDiscord opens the gateway, where interactions come by it.
func (s *server) listenToDiscord(ctx context.Context, p *discord.Discord) {
	if p == nil || !p.ByGateway {
		return
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Gateway(ctx)
	}()
	s.atStop(func(context.Context) error { stop(); <-done; return nil })
}

// watchDiscord shows how the gateway is, where interactions come by it.
func watchDiscord(p *discord.Discord, m *metrics) []handlers.Check {
	if p == nil || !p.ByGateway {
		return nil
	}
	m.gateway(p.GatewayUp)
	return []handlers.Check{{Name: "discord gateway", Do: p.CheckGateway}}
}

// products names what an organisation can buy, as far as it has what is typed in its name.
func (s *server) products(service *commerce.Service) func(organisation, typed string) []string {
	return func(organisation, typed string) []string {
		org, ok := service.Organisations(organisation)
		var names []string
		for _, o := range service.Catalogue().Offers {
			if ok && len(o.PlansFor(org, time.Now())) > 0 && strings.Contains(strings.ToLower(o.Name), strings.ToLower(typed)) {
				names = append(names, o.Name)
			}
		}
		return names
	}
}

// workspacesOf lists the workspaces of a platform of every organisation that knows an account,
// each organisation's in the order of the file.
func (s *server) workspacesOf(platform string) func(string) []string {
	return func(account string) []string {
		var all []string
		for _, o := range s.current().Organisations {
			if slices.ContainsFunc(o.People, func(p commerce.Person) bool { return p.Accounts[platform] == account }) {
				all = append(all, o.Workspaces[platform]...)
			}
		}
		return all
	}
}

// channelOf is where an organisation's approvals are asked for on a platform, "" for nowhere.
func (s *server) channelOf(platform string) func(string) string {
	return func(organisation string) string {
		for _, o := range s.current().Organisations {
			if o.ID == organisation {
				return o.ApprovalChannel[platform]
			}
		}
		return ""
	}
}
