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
	"cartwright/conversations/redis"
	"cartwright/handlers/discord"
	"cartwright/handlers/playground"
	"cartwright/handlers/slack"
	"cartwright/handlers/teams"
)

// turning answers an event.
type turning = func(context.Context, conversations.Event) conversations.Reply

// chats are the platforms that are served; nil where one is not.
type chats struct {
	page    *playground.Playground
	slack   *slack.Slack
	discord *discord.Discord
	teams   *teams.Teams

	installs *slack.Installer
}

// talk builds the dialogue and its platforms, and starts the jobs that tell people.
func (s *server) talk(ctx context.Context, cfg config.Config, service *commerce.Service, books *ledger.Ledger, store *redis.Store, public *url.URL, m *metrics) (c chats, err error) {
	directories, posters := map[string]conversations.Directory{}, map[string]conversations.Poster{}
	service.Directory = conversations.People{Directories: directories}
	reader, err := s.reads(ctx, store.Budget(cfg.OpenAI.DailyTokens), m)
	if err != nil {
		return c, err
	}
	engine := &conversations.Engine{
		Service: service, Store: s.store(store), Limiter: store, Directories: directories,
		Now: time.Now, Log: s.log, PerMinute: perMinute, Reader: reader,
	}
	c.page, err = s.playground(cfg, public, m.timed(engine.Turn))
	if err != nil {
		return c, err
	}
	if c.page != nil {
		directories[playground.Platform] = c.page
		posters[playground.Platform] = s.poster(c.page)
	}
	if cfg.Slack.Configured() {
		tokens := slackTokens(cfg.Slack, books)
		c.slack = s.slack(cfg, engine, tokens, m.timed(engine.Turn))
		if c.installs, err = s.slackInstaller(cfg, tokens, public); err != nil {
			return c, err
		}
		directories[slack.Platform] = c.slack
		posters[slack.Platform] = s.poster(c.slack)
	}
	if cfg.Discord.Configured() {
		c.discord = s.discord(cfg, engine, service, m.timed(engine.Turn))
		directories[discord.Platform] = c.discord
		posters[discord.Platform] = s.poster(c.discord)
	}
	if cfg.Teams.Configured() {
		c.teams = s.teams(cfg.Teams, engine, books, m.timed(engine.Turn))
		directories[teams.Platform] = c.teams
		posters[teams.Platform] = s.poster(c.teams)
	}
	announcements := &conversations.Announcements{Service: service, Sent: books, Posters: posters, Aside: playground.Platform, Now: time.Now, Directories: directories}
	radar := &conversations.Radar{
		Announcements: announcements, Directories: directories, Every: time.Duration(float64(time.Hour) / cfg.ClockSpeed),
		Organisations: func() []commerce.Organisation { return s.served(service) },
	}
	return c, s.startJobs(ctx, cfg, books, service, announcements, radar, m)
}

// served are the organisations whose backend there are adapters for.
func (s *server) served(service *commerce.Service) []commerce.Organisation {
	return slices.DeleteFunc(slices.Clone(s.current().Organisations), func(o commerce.Organisation) bool {
		_, ok := service.Backends[o.Backend]
		return !ok
	})
}

// playground is the browser page, nil where it is off.
func (s *server) playground(cfg config.Config, public *url.URL, turn turning) (*playground.Playground, error) {
	if !cfg.Playground {
		return nil, nil //nolint:nilnil // nil is "off", to the routes too
	}
	key, err := derived(cfg.SecretKey, "cartwright playground session")
	if err != nil {
		return nil, err
	}
	return playground.New(playground.Options{
		Turn: turn, Organisations: s.playgroundOrganisations, Token: cfg.PlaygroundToken.Reveal(),
		Secure: public.Scheme == "https", Key: key, Now: time.Now, Random: rand.Reader, Log: s.log,
	}), nil
}

// playgroundOrganisations are the organisations and people that the page can be opened as.
func (s *server) playgroundOrganisations() []playground.Organisation {
	var all []playground.Organisation
	for _, o := range s.current().PlaygroundOrganisations() {
		org := playground.Organisation{ID: o.ID, Name: o.Name, Cloud: string(o.Cloud)}
		for _, p := range o.People {
			person := playground.Person{ID: p.ID, Name: p.Name, Locale: p.Locale}
			for _, r := range p.Roles {
				person.Roles = append(person.Roles, string(r))
			}
			org.People = append(org.People, person)
		}
		all = append(all, org)
	}
	return all
}

func (s *server) poster(poster conversations.Poster) conversations.Poster {
	if s.seams.poster != nil {
		return s.seams.poster(poster)
	}
	return poster
}
