package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/ledger"
	"cartwright/commerce/sandbox"
	"cartwright/config"
	"cartwright/conversations"
	"cartwright/handlers/discord"
	"cartwright/handlers/slack"
	"cartwright/handlers/teams"
)

// startJobs starts the workers that carry orders on.
func (s *server) startJobs(ctx context.Context, cfg config.Config, books *ledger.Ledger, service *commerce.Service, a commerce.Announcer, radar *conversations.Radar, m *metrics) error {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("name this replica: %w", err)
	}
	stop, err := books.StartJobs(ctx, ledger.Jobs{
		ID:      host + "/" + strings.ReplaceAll(cfg.HTTPAddr, "/", "_"),
		Perform: m.counted("perform", service.Perform), Announce: m.counted("announce", a.Announce),
		PerformTask: m.counted("perform_task", service.PerformTask), AnnounceTask: m.counted("announce_task", a.AnnounceTask),
		Sweep: func(ctx context.Context) error { return errors.Join(service.Sweep(ctx), lookBriefly(ctx, radar)) }, Logger: s.log,
	})
	if err != nil {
		return err
	}
	s.atStop(stop)
	return nil
}

// lookBriefly bounds the radar: a platform that hangs must not hold up the sweep.
func lookBriefly(ctx context.Context, radar *conversations.Radar) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	return radar.Look(ctx)
}

// deliver brings the sandbox gateway's events to the service, until the program stops.
func (s *server) deliver(ctx context.Context, outside *sandbox.Sandbox, service *commerce.Service) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		outside.Run(ctx, func(ctx context.Context, raw []byte, header http.Header) error {
			return service.PaymentEvent(ctx, commerce.Sandbox, raw, header)
		})
	}()
	s.atStop(func(context.Context) error { cancel(); <-done; return nil })
}

// reloadOnHangup reads organisations and catalogue anew at SIGHUP, and refuses them whole
// if anything is wrong.
func (s *server) reloadOnHangup(ctx context.Context, outside *sandbox.Sandbox) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		defer signal.Stop(hangups)
		for {
			select {
			case <-hangups:
				s.reload(ctx, outside)
			case <-ctx.Done():
				return
			}
		}
	}()
}

func (s *server) reload(ctx context.Context, outside *sandbox.Sandbox) {
	fresh, err := config.Read(s.env, s.readFile)
	if err == nil {
		err = seed(ctx, outside, fresh)
	}
	if err != nil {
		s.log.Error("reload refused, nothing was changed", "err", err)
		return
	}
	next := s.current()
	next.Organisations, next.Graph.Apps, next.Catalogue = fresh.Organisations, fresh.Graph.Apps, fresh.Catalogue
	s.config.Store(&next)
	s.warn(fresh)
	s.log.Info("reloaded", "organisations", len(next.Organisations), "offers", len(next.Catalogue.Offers))
}

// warn logs what in the configuration is allowed and may be a mistake.
func (s *server) warn(cfg config.Config) {
	for _, w := range cfg.Warnings {
		s.log.Warn("the organisations file", "warning", w)
	}
	for _, o := range unreached(cfg) {
		s.log.Warn("nobody reaches the bot in an organisation: none of its platforms is configured", "organisation", o.ID, "has_workspaces_in", slices.Sorted(maps.Keys(o.Workspaces)))
	}
}

// unreached are organisations that have no place where anybody could talk to the bot. The
// page is for sandboxes.
func unreached(cfg config.Config) []commerce.Organisation {
	configured := map[string]bool{slack.Platform: cfg.Slack.Configured(), discord.Platform: cfg.Discord.Configured(), teams.Platform: cfg.Teams.Configured()}
	var all []commerce.Organisation
	for _, o := range cfg.Organisations {
		reached := o.Backend == commerce.Sandbox && cfg.Playground
		for platform, workspaces := range o.Workspaces {
			reached = reached || configured[platform] && len(workspaces) > 0
		}
		if !reached {
			all = append(all, o)
		}
	}
	return all
}

// logHeads writes the audit's heads where they can be kept apart from the database.
func (s *server) logHeads(ctx context.Context, books *ledger.Ledger) {
	go func() {
		every := time.NewTicker(time.Hour)
		defer every.Stop()
		for {
			select {
			case <-every.C:
				s.logHeadsNow(ctx, books)
			case <-ctx.Done():
				return
			}
		}
	}()
	s.atStop(func(ctx context.Context) error { s.logHeadsNow(ctx, books); return nil })
}

func (s *server) logHeadsNow(ctx context.Context, books *ledger.Ledger) {
	heads, err := books.Heads(ctx)
	if err != nil {
		s.log.Error("audit heads", "err", err)
	}
	for _, h := range heads {
		s.log.Info("audit head", "organisation", h.Organisation, "seq", h.Seq, "mac", h.MAC)
	}
}
