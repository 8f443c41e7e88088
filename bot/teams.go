package main

import (
	"time"

	"cartwright/commerce/ledger"
	"cartwright/config"
	"cartwright/conversations"
	"cartwright/handlers/teams"
)

// teams is the platform Microsoft Teams.
func (s *server) teams(cfg config.Teams, engine *conversations.Engine, books *ledger.Ledger, turn turning) *teams.Teams {
	o := teamsOptions(cfg)
	o.Turn, o.Look, o.Organisation, o.Channel = turn, engine.Look, s.organisationOf(teams.Platform), s.channelOf(teams.Platform)
	o.Readers = s.membersOf(teams.Platform)
	o.References, o.Log = installations{books, teams.Platform}, s.log
	p := teams.New(o)
	s.atStop(p.Close)
	p.Warm()
	return p
}

// teamsOptions are as far as the platform calls Microsoft.
func teamsOptions(cfg config.Teams) teams.Options {
	return teams.Options{
		AppID: cfg.AppID, Password: cfg.Password.Reveal(), OpenIDURL: cfg.OpenIDURL, Issuer: cfg.Issuer, TokenURL: cfg.TokenURL, Scope: cfg.Scope,
		ServiceHosts: cfg.ServiceHosts, ServiceURL: cfg.ServiceURL, Anonymous: cfg.Anonymous, Now: time.Now,
	}
}
