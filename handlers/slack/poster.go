package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"cartwright/conversations"
)

// Post sends the account a direct message, or a channel one, and returns its reference,
// "channel/ts".
func (s *Slack) Post(ctx context.Context, _ string, to conversations.Account, p conversations.Prompt) (string, error) {
	options := ownMessage(p)
	ref := ""
	err := s.api.call(ctx, to.Workspace, "chat.postMessage", func(ctx context.Context, c *slack.Client) error {
		channel, err := to.ID, error(nil)
		if !isChannel(to.ID) {
			channel, err = s.directChannel(ctx, c, to.Workspace, to.ID)
		}
		if err != nil {
			return err
		}
		channel, ts, err := c.PostMessageContext(ctx, channel, options...)
		ref = channel + "/" + ts
		return err
	})
	if err != nil {
		return "", unposted(err)
	}
	s.paces.take(ref, s.Now())
	return ref, nil
}

// unposted tells whether Slack said that it did not take a message.
func unposted(err error) error {
	if refused := (slack.SlackErrorResponse{}); errors.As(err, &refused) || limit(err) > 0 {
		return fmt.Errorf("%w: %w", conversations.ErrRefused, err)
	}
	return err
}

// isChannel tells a channel's id from a person's.
func isChannel(id string) bool { return strings.HasPrefix(id, "C") || strings.HasPrefix(id, "G") }

// Edit replaces a message that Post sent.
func (s *Slack) Edit(ctx context.Context, _ string, to conversations.Account, ref string, p conversations.Prompt) error {
	channel, ts, ok := strings.Cut(ref, "/")
	if !ok {
		return conversations.ErrMessageGone
	}
	if wait := s.paces.take(ref, s.Now()); wait > 0 {
		return &conversations.Wait{For: wait, Cause: errors.New("the message was changed just now")}
	}
	options := ownMessage(p)
	err := s.api.call(ctx, to.Workspace, "chat.update", func(ctx context.Context, c *slack.Client) error {
		_, _, _, err := c.UpdateMessageContext(ctx, channel, ts, options...)
		return err
	})
	if gone(err) {
		return fmt.Errorf("%w: %w", conversations.ErrMessageGone, err)
	}
	return err
}

func ownMessage(p conversations.Prompt) []slack.MsgOption {
	text, blocks := message(p, ownButton)
	return []slack.MsgOption{
		slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

// gone reports whether Slack says that a message cannot be changed any more.
func gone(err error) bool {
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Err {
	case "message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found", "is_archived":
		return true
	}
	return false
}

// paces keep the changes of each message a second apart: what comes in between is shown
// together.
type paces struct {
	mu   sync.Mutex
	next map[string]time.Time
}

// pacedMost is of how many messages it is known when they may change.
const pacedMost = 20_000

// editPace is Slack's own, for a channel.
const editPace = time.Second

// take is how long a change has to wait, 0 where it may be made now.
func (p *paces) take(message string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait := p.next[message].Sub(now); wait > 0 {
		return wait
	}
	if p.next == nil || len(p.next) >= pacedMost {
		p.next = map[string]time.Time{}
	}
	p.next[message] = now.Add(editPace)
	return 0
}
