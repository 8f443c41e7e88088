package main

import (
	"slices"
	"strings"
	"time"

	"cartwright/commerce"
	"cartwright/config"
	"cartwright/handlers/discord"
)

// discord is the platform Discord.
func (s *server) discord(cfg config.Config, service *commerce.Service, turn turning) *discord.Discord {
	p := discord.New(discord.Options{
		Turn: turn, Organisation: s.organisationOf(discord.Platform), Guilds: s.workspacesOf(discord.Platform), Channel: s.channelOf(discord.Platform),
		Suggest: s.products(service), Application: cfg.Discord.Application, PublicKey: cfg.Discord.PublicKey, Token: cfg.Discord.BotToken.Reveal(), APIURL: cfg.Discord.APIURL,
		Now: time.Now, Log: s.log,
	})
	s.atStop(p.Close)
	return p
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

// workspacesOf lists the workspaces of a platform whose organisation knows an account.
func (s *server) workspacesOf(platform string) func(string) []string {
	return func(account string) []string {
		var all []string
		for _, o := range s.current().Organisations {
			for _, p := range o.People {
				if p.Accounts[platform] == account {
					all = append(all, o.Workspaces[platform]...)
				}
			}
		}
		slices.Sort(all)
		return slices.Compact(all)
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
