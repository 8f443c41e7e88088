package main

import (
	"context"
	"crypto/rand"
	"net/url"
	"slices"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/ledger"
	"cartwright/config"
	"cartwright/conversations"
	"cartwright/handlers/slack"
)

// slack is the platform Slack.
func (s *server) slack(cfg config.Config, engine *conversations.Engine, tokens *slack.Tokens, turn turning) *slack.Slack {
	p := slack.New(slack.Options{
		Turn: turn, Overview: engine.Overview, Organisation: s.organisationOf(slack.Platform), Groups: s.groupsOf(slack.Platform),
		Tokens: tokens, SigningSecret: cfg.Slack.SigningSecret.Reveal(), APIURL: cfg.Slack.APIURL,
		Now: time.Now, Log: s.log,
	})
	s.atStop(p.Close)
	return p
}

// slackInstaller adds the app to workspaces, nil where it has no OAuth.
func (s *server) slackInstaller(cfg config.Config, tokens *slack.Tokens, public *url.URL) (*slack.Installer, error) {
	if !cfg.Slack.Installs() {
		return nil, nil //nolint:nilnil // nil is "off", to the routes too
	}
	key, err := derived(cfg.SecretKey, "cartwright slack install")
	if err != nil {
		return nil, err
	}
	serves := s.organisationOf(slack.Platform)
	return slack.NewInstaller(slack.InstallerOptions{
		Tokens: tokens, PublicURL: public.String(), Key: key, Now: time.Now, Random: rand.Reader, Log: s.log,
		Serves: func(workspace string) bool { _, ok := serves(workspace); return ok },
	}), nil
}

// listenToSlack opens the sockets of Socket Mode, where there is a token for them.
func (s *server) listenToSlack(ctx context.Context, cfg config.Config, p *slack.Slack) {
	if p == nil || !cfg.Slack.AppToken.Set() {
		return
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Sockets(ctx, cfg.Slack.AppToken.Reveal(), cfg.Slack.Sockets)
	}()
	s.atStop(func(context.Context) error { stop(); <-done; return nil })
}

func slackTokens(cfg config.Slack, books *ledger.Ledger) *slack.Tokens {
	return slack.NewTokens(slack.TokensOptions{
		Installations: installations{books, slack.Platform}, BotToken: cfg.BotToken.Reveal(),
		ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret.Reveal(), APIURL: cfg.APIURL, Now: time.Now,
	})
}

// organisationOf finds the organisation that a workspace of a platform belongs to.
func (s *server) organisationOf(platform string) func(string) (string, bool) {
	return func(workspace string) (string, bool) {
		for _, o := range s.current().Organisations {
			if slices.Contains(o.Workspaces[platform], workspace) {
				return o.ID, true
			}
		}
		return "", false
	}
}

// membersOf lists the accounts on a platform of those who have a role in an organisation.
func (s *server) membersOf(platform string) func(string) []string {
	return func(organisation string) []string {
		var all []string
		for _, o := range s.current().Organisations {
			for _, p := range o.People {
				if id := p.Accounts[platform]; o.ID == organisation && id != "" && len(p.Roles) > 0 {
					all = append(all, id)
				}
			}
		}
		return all
	}
}

// groupsOf lists a platform's groups that grant a role in an organisation.
func (s *server) groupsOf(platform string) func(string) []string {
	return func(organisation string) []string {
		var groups []string
		for _, o := range s.current().Organisations {
			if o.ID != organisation {
				continue
			}
			for _, by := range o.Groups {
				groups = append(groups, by[platform]...)
			}
		}
		slices.Sort(groups)
		return slices.Compact(groups)
	}
}

// installations are those of one platform in the ledger.
type installations struct {
	books    *ledger.Ledger
	platform string
}

func (i installations) Load(ctx context.Context, workspace string) (body []byte, found bool, err error) {
	body, _, err = i.books.Installation(ctx, i.platform, workspace)
	if commerce.IsCode(err, commerce.CodeNotFound) {
		return nil, false, nil
	}
	return body, err == nil, err
}

func (i installations) Save(ctx context.Context, workspace string, body []byte, at time.Time) error {
	return i.books.SaveInstallation(ctx, i.platform, workspace, body, at)
}

func (i installations) Delete(ctx context.Context, workspace string, unlessAfter time.Time) error {
	return i.books.DeleteInstallation(ctx, i.platform, workspace, unlessAfter)
}

func (i installations) Claim(ctx context.Context, workspace string) (bool, error) {
	return i.books.ClaimInstallation(ctx, i.platform, workspace)
}

func (i installations) List(ctx context.Context) ([]string, error) {
	return i.books.Installations(ctx, i.platform)
}
