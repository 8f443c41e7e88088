package main

import (
	"slices"
	"time"

	"cartwright/config"
	"cartwright/handlers/discord"
)

// discord is the platform Discord.
func (s *server) discord(cfg config.Config, turn turning) *discord.Discord {
	p := discord.New(discord.Options{
		Turn: turn, Organisation: s.organisationOf(discord.Platform), Guilds: s.workspacesOf(discord.Platform), Channel: s.channelOf(discord.Platform),
		Application: cfg.Discord.Application, PublicKey: cfg.Discord.PublicKey, Token: cfg.Discord.BotToken.Reveal(), APIURL: cfg.Discord.APIURL,
		Now: time.Now, Log: s.log,
	})
	s.atStop(p.Close)
	return p
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
