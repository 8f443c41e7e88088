package slack

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// How long a connection that could not be made waits before the next try, at first and at
// most.
const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
)

// Sockets takes what Slack delivers over so many connections, until ctx ends. Slack gives
// each delivery to one of them, so that one that is made anew leaves no gap.
func (s *Slack) Sockets(ctx context.Context, appToken string, connections int) {
	var all sync.WaitGroup
	for n := range connections {
		all.Go(func() { s.socket(ctx, appToken, n+1) })
	}
	all.Wait()
}

// socket keeps one connection. socketmode makes it anew when Slack asks for that or when
// it breaks, and gives up when that fails once.
func (s *Slack) socket(ctx context.Context, appToken string, n int) {
	retry := firstRetry
	for ctx.Err() == nil {
		began := s.Now()
		err := s.connect(ctx, appToken)
		if ctx.Err() != nil {
			return
		}
		if s.Now().Sub(began) > time.Minute {
			retry = firstRetry
		}
		s.Log.WarnContext(ctx, "no connection to Slack", "number", n, "err", err, "again_in", retry)
		select {
		case <-time.After(retry/2 + rand.N(retry)): //nolint:gosec // to spread replicas, no secret
		case <-ctx.Done():
		}
		retry = min(2*retry, lastRetry)
	}
}

func (s *Slack) connect(ctx context.Context, appToken string) error {
	sm := socketmode.New(slack.New("", slack.OptionAppLevelToken(appToken), slack.OptionAPIURL(s.APIURL), slack.OptionHTTPClient(s.api.http)))
	ctx, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			select {
			case e := <-sm.Events:
				s.envelope(ctx, sm, e)
			case <-ctx.Done():
				return
			}
		}
	})
	err := sm.RunContext(ctx)
	cancel()
	reading.Wait()
	return err
}

// envelope takes what a connection delivers. What slack-go cannot read it hands on as it
// came: here fewer fields are read.
func (s *Slack) envelope(ctx context.Context, sm *socketmode.Client, e socketmode.Event) {
	request := e.Request
	switch data := e.Data.(type) {
	case *slack.ConnectionErrorEvent:
		s.Log.WarnContext(ctx, "no connection to Slack yet", "attempt", data.Attempt, "err", data.ErrorObj, "again_in", data.Backoff)
	case *socketmode.ErrorBadMessage:
		request = new(socketmode.Request)
		if json.Unmarshal(data.Message, request) != nil {
			return
		}
	}
	if request == nil || request.EnvelopeID == "" {
		return // of the connection itself
	}
	s.work.Go(func() { s.takeEnvelope(ctx, sm, *request) })
}

func (s *Slack) takeEnvelope(ctx context.Context, sm *socketmode.Client, r socketmode.Request) {
	d, err := s.delivered(r)
	if err != nil {
		s.Log.WarnContext(ctx, "a delivery of Slack's cannot be read", "err", err)
	}
	after := s.take(ctx, d, func(ack any, _ bool) {
		if err := sm.AckCtx(ctx, r.EnvelopeID, ack); err != nil && !errors.Is(err, context.Canceled) {
			s.Log.WarnContext(ctx, "a delivery of Slack's was not acknowledged", "err", err)
		}
	})
	if after != nil {
		s.behind(after)
	}
}

func (s *Slack) delivered(r socketmode.Request) (delivery, error) {
	switch r.Type {
	case socketmode.RequestTypeSlashCommands:
		var c slashCommand
		if err := decode(r.Payload, &c); err != nil {
			return nil, err
		}
		return s.command(c)
	case socketmode.RequestTypeInteractive:
		return s.interaction(r.Payload)
	case socketmode.RequestTypeEventsAPI:
		return s.happening(r.Payload)
	}
	return nil, nil //nolint:nilnil // nothing to do
}
